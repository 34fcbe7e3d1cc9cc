"""From findings to a decision. A pure function: same findings, same policy, same waivers, same time, same answer.

A decision never travels without its reasons. Nothing that could not be read, judged or finished is ever the ground
for *allow*, and no waiver excuses it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from planguard.decision.environment import Resolved
from planguard.decision.owner import Ownership
from planguard.decision.policy import (
    ALLOW,
    BLOCK,
    EFFECTS,
    MITIGATED,
    OBSERVE,
    PART_OF_WIDER,
    WARN,
    Gate,
    Policy,
    Subject,
)
from planguard.engine.finding import FIXED, Findings, Found, Open
from planguard.graph.graph import Graph
from planguard.graph.node import Node
from planguard.plan.digest import Context, Digests
from planguard.plan.plan import Plan

if TYPE_CHECKING:
    from planguard.decision.promotion import Comparison, ConfigurationFacts, Missing
    from planguard.decision.waivers.judge import Verdict, Waivers
    from planguard.decision.waivers.waiver import Waiver

_MOST_TOLD = 2
"""Waivers that a reason tells of one by one."""
_RANK = {effect: rank for rank, effect in enumerate(EFFECTS)}


class Case(msgspec.Struct, frozen=True):
    """What is to be decided, besides the plan and what the rules say of it.

    :ivar now: the time of the decision; only waivers ask for it
    :ivar waivers: None where there are none
    :ivar files: gives the file that the block of a node stands in, None where there is no source
    :ivar unpromoted: what promotion asks for and did not find, with what was ``compared``
    :ivar configuration: what a later promotion can compare with, None where policy asks for none
    """

    resolved: Resolved
    context: Context = Context()
    now: datetime | None = None
    waivers: Waivers | None = None
    files: Callable[[Node], str | None] | None = None
    unpromoted: tuple[Missing, ...] = ()
    compared: tuple[Comparison, ...] = ()
    configuration: ConfigurationFacts | None = None


class Judged(msgspec.Struct, frozen=True):
    """A violation or an undetermined finding, the gate that decided on it, and the waiver that excuses it."""

    finding: Found | Open
    gate: Gate
    effect: str
    fingerprint: str
    owner: str | None = None
    waiver: Waiver | None = None


class Decision(msgspec.Struct, frozen=True):
    """What the gate says of one plan.

    :ivar outcome: allow, warn or block
    :ivar reasons: why, in words; never empty
    :ivar digest: the plan digest that it is about
    :ivar waivers: what became of each waiver
    :ivar valid_until: the earliest expiry of a waiver that it rests on, None where it rests on none
    """

    outcome: str
    reasons: tuple[str, ...]
    violations: tuple[Judged, ...]
    undetermined: tuple[Judged, ...]
    errors: int
    digest: str
    waivers: tuple[Verdict, ...] = ()
    valid_until: datetime | None = None


def decide(plan: Plan, graph: Graph, findings: Findings, policy: Policy, digests: Digests, case: Case) -> Decision:
    """Decide on one plan.

    :param findings: what the rules say of it
    :raises PlanError: when a value of the plan cannot be decoded
    """
    judge = _Judge(plan, graph, policy, case)
    violations = [judge.judged(one) for one in findings.violations]
    undetermined = [judge.judged(one) for one in findings.undetermined]
    digest = digests.of_plan(case.context)
    verdicts: tuple[Verdict, ...] = ()
    if case.waivers is not None:
        verdicts = _excuse(violations, undetermined, policy, digests, digest, case)
    reasons: list[tuple[str, str]] = []
    if findings.errors:
        reasons.append(
            (BLOCK, f"{_count(len(findings.errors), 'evaluation error')}: what cannot be judged is not allowed")
        )
    reasons += _gate_reasons(violations, "violation")
    reasons += _gate_reasons(undetermined, "undetermined finding")
    reasons += [(one.effect, one.text) for one in case.unpromoted]
    reasons += _plan_reasons(plan)
    used = [one.waiver for one in (*violations, *undetermined) if one.waiver is not None]
    outcome = min((effect for effect, _ in reasons), key=_RANK.__getitem__, default=OBSERVE)
    if outcome == OBSERVE:
        outcome = ALLOW
        told = [_why_allowed(violations, plan)] if not used else []
    else:
        told = [text for effect, text in reasons if effect in (BLOCK, WARN)]
    if used:
        told += [_why_excused(used)]
    told += _uncounted(verdicts)
    return Decision(
        outcome,
        tuple(told),
        tuple(violations),
        tuple(undetermined),
        len(findings.errors),
        digest,
        verdicts,
        min((one.expires for one in used), default=None),
    )


class _Judge:
    """Asks policy of the findings of one plan."""

    def __init__(self, plan: Plan, graph: Graph, policy: Policy, case: Case) -> None:
        self._redactor = plan.redactor
        self._policy = policy
        self._environment = case.resolved.name
        self._owners = Ownership(policy.owners, graph, case.files)
        self._gates: dict[Any, Gate] = {}
        self._by_address = any(gate.when.addresses for gate in policy.gates)

    def judged(self, finding: Found | Open) -> Judged:
        """What policy says of a finding."""
        owner = self._owners.of(finding.node)
        fingerprint = self._fingerprint(finding)
        if finding.part_of:
            return Judged(finding, PART_OF_WIDER, OBSERVE, fingerprint, owner)
        rule, node = finding.rule, finding.node
        is_open = isinstance(finding, Open)
        key = (
            rule.id,
            rule.severity,
            finding.status,
            is_open,
            owner,
            node.type,
            node.address if self._by_address else None,
        )
        gate = self._gates.get(key)
        if gate is None:
            gate = self._gates[key] = self._policy.gate_for(subject_of(finding, owner, self._environment))
        if (
            isinstance(finding, Found)
            and finding.mitigation
            and gate.effect == BLOCK
            and self._policy.heeds_mitigations
        ):
            gate = MITIGATED
        effect = OBSERVE if finding.status == FIXED else gate.effect
        return Judged(finding, gate, effect, fingerprint, owner)

    def _fingerprint(self, finding: Found | Open) -> str:
        """Over rule, address and the facts that violate it, or the value that is not known."""
        node = finding.node
        if isinstance(finding, Found):
            said = self._redactor.text(finding.facts)
        else:
            said = "\0".join(("undetermined", finding.path, *finding.known_after))
        text = "\0".join((finding.rule.id, node.address, node.deposed, said))
        return "pg1f:" + sha256(text.encode()).hexdigest()


def subject_of(finding: Found | Open, owner: str | None, environment: str | None) -> Subject:
    """What policy may ask of a finding."""
    rule = finding.rule
    return Subject(
        finding.status,
        rule.severity,
        rule.domain,
        rule.id,
        rule.aliases,
        finding.node.type,
        finding.node.address,
        environment,
        owner,
        isinstance(finding, Open),
    )


def _excuse(
    violations: list[Judged],
    undetermined: list[Judged],
    policy: Policy,
    digests: Digests,
    digest: str,
    case: Case,
) -> tuple[Verdict, ...]:
    """Tie waivers to what they excuse."""
    from planguard.decision.waivers.judge import Excusable, Situation, judge_waivers

    assert case.waivers is not None  # noqa: S101 - the caller has looked
    assert case.now is not None  # noqa: S101 - waivers ask for the time
    places: list[tuple[list[Judged], int]] = []
    excusable: list[Excusable] = []
    for entries in (violations, undetermined):
        for number, one in enumerate(entries):
            if one.effect == OBSERVE:
                continue
            change = one.finding.node.change
            places.append((entries, number))
            excusable.append(
                Excusable(
                    subject_of(one.finding, one.owner, case.resolved.name),
                    one.gate,
                    digests.of_change(change) if change is not None else None,
                    one.fingerprint,
                )
            )
    environment = case.resolved.environment
    situation = Situation(
        now=case.now,
        plan_digest=digest,
        environment=case.resolved.name,
        production=environment.production if environment is not None else True,
        project=case.context.project,
        workspace=case.context.workspace,
    )
    excused, verdicts = judge_waivers(case.waivers, excusable, policy, situation)
    for index, waiver in excused.items():
        entries, number = places[index]
        entries[number] = msgspec.structs.replace(entries[number], waiver=waiver)
    return tuple(verdicts)


def _gate_reasons(judged: Iterable[Judged], what: str) -> list[tuple[str, str]]:
    verbs = {BLOCK: "blocked", WARN: "warned of", OBSERVE: "observed"}
    counts = Counter((one.effect, one.gate.name) for one in judged if one.waiver is None)
    ordered = sorted(counts.items(), key=lambda item: (_RANK[item[0][0]], item[0][1]))
    return [(effect, f"{_count(count, what)} {verbs[effect]} by gate `{gate}`") for (effect, gate), count in ordered]


def _why_excused(used: list[Waiver]) -> str:
    names = sorted({one.id for one in used})
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_TOLD])
    more = f" and {len(names) - _MOST_TOLD} more" if len(names) > _MOST_TOLD else ""
    return f"{_count(len(used), 'finding')} excused by {'waiver' if len(names) == 1 else 'waivers'} {shown}{more}"


def _uncounted(verdicts: tuple[Verdict, ...]) -> list[str]:
    """That waivers do not count, and why; the report lists each."""
    shown = [one for one in verdicts if one.status not in ("used", "unused")]
    if len(shown) <= _MOST_TOLD:
        return [f"waiver `{one.id}` does not count: {one.why}" for one in shown]
    counts = Counter(one.status for one in shown)
    return [
        f"{len(shown)} waivers do not count ({', '.join(f'{n} {status}' for status, n in sorted(counts.items()))})"
    ]


def _plan_reasons(plan: Plan) -> list[tuple[str, str]]:
    """What the plan itself says that stands against calling it a pass."""
    reasons: list[tuple[str, str]] = []
    if plan.complete is False:
        reasons.append(
            (WARN, "the plan is incomplete: another plan has to follow it (`-target`, or deferred changes)")
        )
    if plan.deferred or plan.deferred_invocations:
        count = len(plan.deferred) + len(plan.deferred_invocations)
        reasons.append((WARN, f"{_count(count, 'deferred change')} that this plan does not decide"))
    failed = sum(check.status in ("fail", "error") for check in plan.checks)
    if failed:
        reasons.append((WARN, f"{_count(failed, 'check')} of the configuration did not pass"))
    if plan.invocations:
        count = len(plan.invocations)
        reasons.append((WARN, f"{_count(count, 'action')} will be invoked, which no rule judges"))
    return reasons


def _why_allowed(violations: Iterable[Judged], plan: Plan) -> str:
    outputs = sum(output.actions != ["no-op"] for output in plan.outputs.values())
    if not plan.has_changes or not (plan.changes_resources or outputs):
        return "nothing changes"
    if not plan.changes_resources:
        return f"only {_count(outputs, 'output')} changed"
    seen = sum(one.finding.status != FIXED for one in violations)
    if seen:
        return f"nothing that policy blocks or warns of; {_count(seen, 'violation')} observed"
    return "no violations"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
