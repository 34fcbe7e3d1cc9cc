"""The JSON report as models, in the order of its keys; its JSON Schema is generated from them.

Keys may be added at the end of an object; none is ever renamed, dropped or given another meaning.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

SCHEMA = "planguard/report/v1"

Outcome = Literal["allow", "warn", "block"]
Effect = Literal["block", "warn", "observe"]
Status = Literal["introduced", "inherited", "fixed"]
Severity = Literal["critical", "high", "medium", "low"]


class Tool(Struct, frozen=True):
    """Which planguard said it, by which rules and which policy."""

    version: str
    rules_digest: str
    policy_digest: str


class Environment(Struct, frozen=True):
    """What the plan is for, and why planguard thinks so."""

    name: str | None
    because: str


class PlanFacts(Struct, frozen=True):
    """The plan that was decided on.

    ``sensitive`` tells how sensitive values entered its digests: by a keyed hash, or only as being there.
    """

    file: str
    format_version: str
    terraform_version: str
    digest: str
    project: str | None
    workspace: str | None
    environment: Environment
    complete: bool | None
    errored: bool
    lineage: str | None = None
    serial: int | None = None
    timestamp: str | None = None
    applyable: bool | None = None
    sensitive: Literal["keyed", "present"] | None = None


class Ledger(Struct, frozen=True):
    """What was looked at; it adds up."""

    resources: int
    changes: dict[str, int]
    rules: int
    evaluations: int
    violations: dict[str, int]
    status: dict[str, int]
    waived: int
    undetermined: int
    errors: int
    unmodelled_types: list[str]
    data_sources: int = 0
    deferred: int = 0
    drift: int = 0
    graph: dict[str, int] = {}
    idle: list[str] | UnsetType = UNSET


class WaiverUse(Struct, frozen=True):
    """The waiver that excuses a violation."""

    id: str
    owner: str
    expires: str


class SourcePlace(Struct, frozen=True):
    """Where a block stands in the source."""

    file: str
    line: int | None
    end_line: int | None


class ViolationEntry(Struct, frozen=True):
    """One violation."""

    rule: str
    title: str
    aliases: list[str]
    domain: str
    severity: Severity
    controls: dict[str, list[str]]
    address: str
    type: str
    actions: list[str]
    status: Status
    effect: Effect
    gate: str
    path: str
    message: str
    fix: str
    change_digest: str | None
    fingerprint: str
    waiver: WaiverUse | None
    evidence: list[str]
    source: SourcePlace | None
    previous_address: str | None = None
    deposed: str | None = None
    part_of: str | None = None
    owner: str | None = None
    mitigation: str | None = None


class UndeterminedEntry(Struct, frozen=True):
    """One rule that needs a value which is not known before apply."""

    rule: str
    title: str
    severity: Severity
    domain: str
    address: str
    path: str
    known_after: list[str]
    effect: Effect
    gate: str
    waiver: WaiverUse | None
    source: SourcePlace | None
    why: str = ""
    status: Literal["introduced", "inherited"] = "introduced"
    part_of: str | None = None
    owner: str | None = None
    fingerprint: str = ""
    type: str = ""
    change_digest: str | None = None


class ErrorEntry(Struct, frozen=True):
    """One rule that crashed, or came out neither true nor false."""

    rule: str
    address: str
    message: str


class WaiverEntry(Struct, frozen=True):
    """One waiver, and whether it counted."""

    id: str
    status: Literal[
        "used", "unused", "expired", "not-yet", "revoked", "wrong-plan", "unsigned", "unapproved", "invalid"
    ]
    why: str
    file: str = ""
    reasons: list[str] = []
    owner: str | None = None
    expires: str | None = None


class PromotionEntry(Struct, frozen=True):
    """What a promotion compared: ``file`` is the report of the lower environment, null where there is none.

    ``different`` names by address the settings that differ.
    """

    environment: str
    file: str | None
    without_counterpart: list[str]
    different: dict[str, list[str]]


class ModuleEntry(Struct, frozen=True):
    """Where a module of the configuration comes from."""

    source: str
    version: str | None


class BlockEntry(Struct, frozen=True):
    """One block of the configuration; each setting as a short hash of its expression."""

    type: str
    settings: dict[str, str]


class ConfigurationEntry(Struct, frozen=True):
    """What a later promotion can compare with; there where policy has promotions."""

    modules: dict[str, ModuleEntry]
    blocks: dict[str, BlockEntry]


class PassEntry(Struct, frozen=True):
    """One rule that found a resource in order (with ``--verbose``)."""

    rule: str
    address: str


class DriftEntry(Struct, frozen=True):
    """One object that was changed outside Terraform since the last apply.

    ``paths`` are the top-level attributes that differ.
    """

    address: str
    type: str
    actions: list[str]
    paths: list[str]
    relevant: bool


class OutputEntry(Struct, frozen=True):
    """One root output that changes; values are not shown."""

    name: str
    actions: list[str]
    sensitive: bool


class CheckEntry(Struct, frozen=True):
    """One check, precondition or postcondition of the configuration."""

    address: str
    status: str
    problems: list[str]


class InvocationEntry(Struct, frozen=True):
    """One action that the apply will invoke."""

    address: str
    type: str
    trigger: str


class MoveEntry(Struct, frozen=True):
    """One object whose address changes."""

    address: str
    previous_address: str


class DeferredEntry(Struct, frozen=True):
    """One change that this plan does not decide, because too much of it is not known yet."""

    address: str
    reason: str


class DecisionEntry(Struct, frozen=True):
    """What was decided on one plan, and everything that it rests on."""

    plan: PlanFacts
    outcome: Outcome
    reasons: list[str]
    ledger: Ledger
    violations: list[ViolationEntry]
    undetermined: list[UndeterminedEntry]
    errors: list[ErrorEntry]
    waivers: list[WaiverEntry]
    passes: list[PassEntry] | UnsetType = UNSET
    drift: list[DriftEntry] = []
    outputs: list[OutputEntry] = []
    checks: list[CheckEntry] = []
    actions: list[InvocationEntry] = []
    moves: list[MoveEntry] = []
    imports: list[str] = []
    forgotten: list[str] = []
    generated: list[str] = []
    deferred: list[DeferredEntry] = []
    valid_until: str | None = None
    promotion: list[PromotionEntry] = []
    configuration: ConfigurationEntry | UnsetType = UNSET


class UnreadableEntry(Struct, frozen=True):
    """One plan that could not be decided on, and why."""

    file: str
    message: str
    help: str | None


class SkippedEntry(Struct, frozen=True):
    """One file of a folder that was passed over because it is no plan."""

    file: str
    why: str


class Report(Struct, frozen=True):
    """One call of ``planguard check``."""

    schema: Literal["planguard/report/v1"]
    outcome: Outcome
    planguard: Tool
    decisions: list[DecisionEntry]
    unreadable: list[UnreadableEntry] = []
    skipped: list[SkippedEntry] = []


def report_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the report."""
    import msgspec

    schema = msgspec.json.schema(Report)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "planguard report v1",
        **schema,
    }
