"""The decision: every combination, its effect and its reason."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from planguard.decision.decide import Case, Decision, decide
from planguard.decision.environment import Resolved
from planguard.decision.policy import BUILTIN_POLICY, Policy
from planguard.engine.finding import Failed, Findings, Found, Open
from planguard.engine.rule import Rule
from planguard.graph.build import build_graph
from planguard.plan.digest import Digests
from tests.conftest import graph_from, plan_document, plan_from


def rule(severity: str) -> Rule:
    return Rule("a-rule", "t", "w", "f", "network", severity, ("aws_x",))


CHANGE = {
    "address": "aws_x.y",
    "mode": "managed",
    "type": "aws_x",
    "name": "y",
    "change": {"actions": ["create"], "after": {}},
}
NODE = graph_from(plan_document(CHANGE)).nodes[0]


def violated(severity: str, status: str) -> Found:
    return Found(rule(severity), NODE, status, "", "m", "f", ())


def decided(findings: Findings, policy: Policy = BUILTIN_POLICY, **document: Any) -> Decision:
    plan = plan_from({**plan_document(), **document})
    case = Case(Resolved(None, "nothing tells"))
    return decide(plan, build_graph(plan), findings, policy, Digests(plan), case)


def mitigated(severity: str, status: str) -> Found:
    return Found(rule(severity), NODE, status, "", "m", "f", (), mitigation="nothing holds it")


@pytest.mark.parametrize(
    ("severity", "status", "effect", "gate"),
    [
        ("critical", "introduced", "warn", "mitigated"),
        ("low", "introduced", "warn", "builtin-introduced-medium-low"),
        ("critical", "inherited", "observe", "builtin-inherited"),
        ("critical", "fixed", "observe", "builtin-fixed"),
    ],
)
def test_what_something_takes_the_edge_off_is_a_warning_at_the_most(
    severity: str, status: str, effect: str, gate: str
) -> None:
    decision = decided(Findings(violations=[mitigated(severity, status)]))
    assert [(one.effect, one.gate.name) for one in decision.violations] == [(effect, gate)]


def test_a_policy_may_ignore_mitigations() -> None:
    policy = replace(BUILTIN_POLICY, heeds_mitigations=False)
    assert decided(Findings(violations=[mitigated("critical", "introduced")]), policy).outcome == "block"


@pytest.mark.parametrize(
    ("status", "severity", "effect"),
    [
        ("introduced", "critical", "block"),
        ("introduced", "high", "block"),
        ("introduced", "medium", "warn"),
        ("introduced", "low", "warn"),
        *[("inherited", severity, "observe") for severity in ("critical", "high", "medium", "low")],
        *[("fixed", severity, "observe") for severity in ("critical", "high", "medium", "low")],
    ],
)
def test_effect_of_a_violation(status: str, severity: str, effect: str) -> None:
    decision = decided(Findings(violations=[violated(severity, status)]))
    assert [one.effect for one in decision.violations] == [effect]
    assert decision.outcome == {"block": "block", "warn": "warn", "observe": "allow"}[effect]
    assert decision.reasons


@pytest.mark.parametrize(
    ("severity", "outcome"), [("critical", "warn"), ("high", "warn"), ("medium", "allow"), ("low", "allow")]
)
def test_effect_of_what_stays_undetermined(severity: str, outcome: str) -> None:
    assert decided(Findings(undetermined=[Open(rule(severity), NODE, "x", (), "")])).outcome == outcome


def test_an_error_is_never_an_allow() -> None:
    decision = decided(Findings(errors=[Failed(rule("low"), NODE, "boom")]))
    assert decision.outcome == "block"
    assert "evaluation error" in decision.reasons[0]


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        ({"complete": False}, "the plan is incomplete"),
        ({"checks": [{"address": {"to_display": "check.x"}, "status": "fail"}]}, "1 check of the configuration"),
        ({"action_invocations": [{"address": "action.x.y"}]}, "1 action will be invoked"),
        (
            {
                "deferred_changes": [
                    {
                        "reason": "unknown",
                        "resource_change": {
                            "address": "aws_x.z",
                            "mode": "managed",
                            "type": "aws_x",
                            "name": "z",
                            "change": {"actions": ["create"], "after": {}},
                        },
                    }
                ]
            },
            "1 deferred change",
        ),
    ],
)
def test_what_the_plan_leaves_open_is_at_least_a_warning(plan: dict[str, Any], reason: str) -> None:
    decision = decided(Findings(), **plan)
    assert decision.outcome == "warn"
    assert reason in decision.reasons[0]


def test_a_plan_without_findings_is_allowed_and_says_why() -> None:
    assert decided(Findings()).reasons == ("nothing changes",)
    assert decided(Findings()).outcome == "allow"
    changed = decided(Findings(), resource_changes=[CHANGE])
    assert (changed.outcome, changed.reasons) == ("allow", ("no violations",))


def test_the_worst_effect_decides_and_every_reason_is_told() -> None:
    decision = decided(
        Findings(violations=[violated("high", "introduced"), violated("low", "introduced"), violated("low", "fixed")])
    )
    assert decision.outcome == "block"
    assert decision.reasons == (
        "1 violation blocked by gate `builtin-introduced-critical-high`",
        "1 violation warned of by gate `builtin-introduced-medium-low`",
    )


def test_what_no_gate_matches_is_blocked() -> None:
    decision = decided(Findings(violations=[violated("low", "inherited")]), Policy(()))
    assert decision.outcome == "block"
