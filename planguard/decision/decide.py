"""From findings to a decision. A pure function: same findings, same policy, same answer.

A decision never travels without its reasons. Nothing that could not be read, judged or finished is ever the ground
for *allow*.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from planguard.decision.policy import ALLOW, BLOCK, OBSERVE, PART_OF_WIDER, UNDETERMINED, WARN, Gate, Policy
from planguard.engine.finding import FIXED, INHERITED, Findings, Found, Open
from planguard.plan.plan import Plan

_RANK = {BLOCK: 0, WARN: 1, OBSERVE: 2}


class Judged(msgspec.Struct, frozen=True):
    """A violation or an undetermined finding, and the gate that decided on it."""

    finding: Found | Open
    gate: Gate
    effect: str


class Decision(msgspec.Struct, frozen=True):
    """What the gate says of one plan.

    :ivar outcome: allow, warn or block
    :ivar reasons: why, in words; never empty
    """

    outcome: str
    reasons: tuple[str, ...]
    violations: tuple[Judged, ...]
    undetermined: tuple[Judged, ...]
    errors: int


def decide(plan: Plan, findings: Findings, policy: Policy) -> Decision:
    """Decide on one plan.

    :param findings: what the rules say of it
    """
    violations = tuple(_judged(one, one.status, policy) for one in findings.violations)
    # What was undetermined before for the same reason is nothing that this plan brings.
    undetermined = tuple(
        _judged(one, INHERITED if one.status == INHERITED else UNDETERMINED, policy) for one in findings.undetermined
    )
    reasons: list[tuple[str, str]] = []
    if findings.errors:
        reasons.append(
            (BLOCK, f"{_count(len(findings.errors), 'evaluation error')}: what cannot be judged is not allowed")
        )
    reasons += _gate_reasons(violations, "violation")
    reasons += _gate_reasons(undetermined, "undetermined finding")
    reasons += _plan_reasons(plan)
    outcome = min((effect for effect, _ in reasons), key=_RANK.__getitem__, default=OBSERVE)
    if outcome == OBSERVE:
        return Decision(ALLOW, (_why_allowed(violations, plan),), violations, undetermined, 0)
    told = tuple(text for effect, text in reasons if effect in (BLOCK, WARN))
    return Decision(outcome, told, violations, undetermined, len(findings.errors))


def _judged(finding: Found | Open, status: str, policy: Policy) -> Judged:
    if finding.part_of:
        return Judged(finding, PART_OF_WIDER, OBSERVE)
    gate = policy.gate_for(status, finding.rule.severity)
    return Judged(finding, gate, OBSERVE if status == FIXED else gate.effect)


def _gate_reasons(judged: tuple[Judged, ...], what: str) -> list[tuple[str, str]]:
    verbs = {BLOCK: "blocked", WARN: "warned of", OBSERVE: "observed"}
    counts = Counter((one.effect, one.gate.name) for one in judged)
    ordered = sorted(counts.items(), key=lambda item: (_RANK[item[0][0]], item[0][1]))
    return [(effect, f"{_count(count, what)} {verbs[effect]} by gate `{gate}`") for (effect, gate), count in ordered]


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


def _why_allowed(violations: tuple[Judged, ...], plan: Plan) -> str:
    outputs = sum(output.actions != ["no-op"] for output in plan.outputs.values())
    if not plan.has_changes or not (plan.changes_resources or outputs):
        return "nothing changes"
    if not plan.changes_resources:
        return f"only {_count(outputs, 'output')} changed"
    seen = sum(one.finding.status != FIXED for one in violations if isinstance(one.finding, Found))
    if seen:
        return f"nothing that policy blocks or warns of; {_count(seen, 'violation')} observed"
    return "no violations"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
