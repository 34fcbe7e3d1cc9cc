"""SARIF 2.1.0 (OASIS Standard, errata 01), complete: every finding, what excuses it, and what is fixed.

One run for each decision. Section numbers are those of the standard.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from planguard.reports.escaping import clipped, uri_of
from planguard.reports.model import (
    DecisionEntry,
    ErrorEntry,
    PlanFacts,
    Report,
    SkippedEntry,
    Tool,
    UndeterminedEntry,
    UnreadableEntry,
    ViolationEntry,
)
from planguard.reports.sarif_rules import MOST_TEXT, rule_id, rules_of
from planguard.reports.standing import (
    Finding,
    categories_of,
    findings_of,
    fingerprint_of,
    fix_of,
    lines_of,
    waiver_of,
    what_of,
    where_of,
)
from planguard.reports.text import plain

SCHEMA_URI = "https://json.schemastore.org/sarif-2.1.0.json"
UNREADABLE, CRASHED = "planguard-plan-unreadable", "planguard-evaluation-failed"
_LEVELS = {"block": "error", "warn": "warning", "observe": "note"}
_STATES = {"introduced": "new", "inherited": "unchanged", "fixed": "absent"}


class Problem(Struct, frozen=True):
    """Something that stood in the way of a decision, or that was passed over.

    :ivar rule: the rule that crashed, or empty
    """

    kind: str
    level: str
    message: str
    file: str
    rule: str = ""
    address: str = ""


class Run(Struct, frozen=True):
    """What goes into one run."""

    category: str
    findings: Sequence[tuple[Finding, PlanFacts]] = ()
    problems: Sequence[Problem] = ()
    decision: DecisionEntry | None = None


def render_sarif(report: Report, *, source_root: str = "") -> bytes:
    """The whole report as one SARIF log.

    :param source_root: where the source stands below the root of the repository
    """
    runs = [_full_run(run, report.planguard, source_root) for run in runs_of(report)]
    return written(runs)


def written(runs: list[dict[str, Any]]) -> bytes:
    """A SARIF log (section 3.13) of these runs."""
    document = {"$schema": SCHEMA_URI, "version": "2.1.0", "runs": runs}
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def runs_of(report: Report) -> list[Run]:
    """A run for each decision, and one for what could not be decided on."""
    runs = [
        Run(category, [(one, entry.plan) for one in findings_of(entry)], _crashes(entry), entry)
        for category, entry in zip(categories_of(report), report.decisions, strict=True)
    ]
    problems = [_unreadable(one) for one in report.unreadable] + [_skipped(one) for one in report.skipped]
    if not runs and not problems:
        problems = [Problem(UNREADABLE, "error", "no plan was checked", "")]
    return [*runs, Run("planguard/undecided/", (), problems)] if problems else runs


def _crashes(entry: DecisionEntry) -> list[Problem]:
    return [_crash(one, entry.plan) for one in entry.errors]


def _crash(error: ErrorEntry, plan: PlanFacts) -> Problem:
    return Problem(CRASHED, "error", error.message, plan.file, error.rule, error.address)


def _unreadable(entry: UnreadableEntry) -> Problem:
    told = f"{entry.message}; {entry.help}" if entry.help else entry.message
    return Problem(UNREADABLE, "error", told, entry.file)


def _skipped(entry: SkippedEntry) -> Problem:
    return Problem("planguard-file-skipped", "note", f"skipped: {entry.why}", entry.file)


def _full_run(run: Run, tool: Tool, root: str) -> dict[str, Any]:
    rules = rules_of((one for one, _ in run.findings), split=False)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    results = []
    for (one, plan), base in zip(run.findings, base_results(run.findings, index, root, split=False), strict=True):
        result = base
        if isinstance(one, UndeterminedEntry):
            # Section 3.27.10: where the kind is another than `fail`, the level has to be `none`.
            result |= {"kind": "open", "level": "none"}
        result["baselineState"] = _STATES[one.status]
        # Section 3.27.23: all results of a run have suppressions, or none has.
        result["suppressions"] = _suppressions(one)
        result["properties"] = _properties(one, plan)
        results.append(result)
    return framed(run, tool, rules, results) | {"properties": _run_properties(run)}


def framed(
    run: Run, tool: Tool, rules: list[dict[str, Any]], results: list[dict[str, Any]], *notes: str
) -> dict[str, Any]:
    """A run (section 3.14) with its tool, its invocation and its results.

    :param notes: what the reader of the log has to know
    """
    notifications = [_notification(one) for one in run.problems]
    notifications += [{"level": "warning", "message": {"text": note}} for note in notes]
    return {
        "tool": {
            "driver": {
                "name": "planguard",
                "semanticVersion": message_text(tool.version) or "0.0.0",
                "rules": rules,
                "properties": _plain_values({"rulesDigest": tool.rules_digest, "policyDigest": tool.policy_digest}),
            }
        },
        "automationDetails": {"id": run.category},
        "invocations": [
            {
                "executionSuccessful": not any(one.level == "error" for one in run.problems),
                "toolExecutionNotifications": notifications,
            }
        ],
        "results": results,
    }


def _notification(problem: Problem) -> dict[str, Any]:
    """What went wrong (section 3.58)."""
    told: dict[str, Any] = {
        "descriptor": {"id": problem.kind},
        "level": problem.level,
        "message": {"text": message_text(problem.message) or "no reason is given"},
        "locations": [location_of(problem.file, problem.address)],
    }
    if problem.rule:
        told["associatedRule"] = {"id": clipped(problem.rule, MOST_TEXT)}
    return told


def base_results(
    findings: Iterable[tuple[Finding, PlanFacts]], index: dict[str, int], root: str, *, split: bool
) -> Iterable[dict[str, Any]]:
    """What every dialect says of a finding (section 3.27).

    :param split: whether what is undetermined has rules of its own
    """
    often: Counter[str] = Counter()
    for one, plan in findings:
        rule = rule_id(one, split=split)
        digits = fingerprint_of(one)
        if isinstance(one, ViolationEntry) and one.status == "fixed":
            digits = hashlib.sha256(f"fixed {digits}".encode()).hexdigest()
        often[digits] += 1
        where = lines_of(one.source, plan)
        yield {
            "ruleId": rule,
            "ruleIndex": index[rule],
            "level": _LEVELS[one.effect],
            "message": {"text": _told(one)},
            "locations": [
                location_of(
                    where.file, where_of(one), where.line, where.end_line, root if where.in_source else "", one.type
                )
            ],
            # Section 3.27.17. GitHub uses the first of the two only.
            "partialFingerprints": {
                "primaryLocationLineHash": f"{digits[:32]}:{often[digits]}",
                "planguard/v1": plain(one.fingerprint) or digits,
            },
        }


def location_of(
    file: str, address: str, line: int = 1, end_line: int = 1, root: str = "", type_: str = ""
) -> dict[str, Any]:
    """A place in a file, and the object that it is about (section 3.28)."""
    place: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri_of(file, root)},
            "region": {"startLine": line, "endLine": end_line},
        }
    }
    if address:
        logical = {"fullyQualifiedName": clipped(address, MOST_TEXT), "kind": "resource"}
        place["logicalLocations"] = [logical | ({"name": clipped(type_, MOST_TEXT)} if type_ else {})]
    return place


def _told(one: Finding) -> str:
    """The title as the first sentence, which is what short lists show; then where, what, and how to fix it."""
    parts = [one.title.rstrip("."), f"{where_of(one)}: {what_of(one)}", fix_of(one) and f"Fix: {fix_of(one)}"]
    return ". ".join(message_text(part) for part in parts if part) or "no message"


def message_text(text: str) -> str:
    """Plain text of a message, with nothing that reads as a link (section 3.11.6)."""
    return clipped(text, MOST_TEXT).replace("](", "] (")


def _suppressions(one: Finding) -> list[dict[str, Any]]:
    """A waiver as a suppression (section 3.35) that stands outside the source."""
    if one.waiver is None:
        return []
    return [{"kind": "external", "status": "accepted", "justification": message_text(waiver_of(one))}]


_TOLD_ELSEWHERE = frozenset({"title", "message", "fix", "source", "aliases", "controls", "fingerprint", "rule"})


def _properties(one: Finding, plan: PlanFacts) -> dict[str, Any]:
    """What SARIF has no place for (section 3.8), under the names of the JSON report."""
    facts = msgspec.to_builtins(one)
    kept = {key: value for key, value in facts.items() if key not in _TOLD_ELSEWHERE and value not in (None, "", [])}
    found: dict[str, Any] = _plain_values(kept | {"plan": plan.digest})
    return found


def _plain_values(value: Any) -> Any:
    """The same value with every text in it made harmless."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_plain_values(one) for one in value]
    if isinstance(value, dict):
        return {plain(key): _plain_values(one) for key, one in value.items()}
    return value


def _run_properties(run: Run) -> dict[str, Any]:
    entry = run.decision
    if entry is None:
        return {"outcome": "block"} if any(one.level == "error" for one in run.problems) else {}
    plan = entry.plan
    facts = {
        "outcome": entry.outcome,
        "reasons": entry.reasons,
        "plan": {
            "file": plan.file,
            "digest": plan.digest,
            "project": plan.project,
            "workspace": plan.workspace,
            "environment": plan.environment.name,
        },
        "waivers": msgspec.to_builtins(entry.waivers),
    }
    found: dict[str, Any] = _plain_values(facts)
    return found
