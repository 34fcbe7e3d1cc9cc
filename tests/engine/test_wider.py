"""One problem, one violation: the narrower rule's finding is part of the wider one's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from planguard.engine.evaluate import evaluate
from planguard.engine.finding import Findings
from planguard.engine.ruleset import RuleSet
from tests.conftest import change, graph_from, plan_document

RULES = '''
from planguard import rule, violation

@rule(id="group-open", severity="high", domain="network", resources=["aws_thing"])
def wide(thing):
    """Everything is open.

    Why.

    Fix.
    """
    for path, block in thing.blocks("ingress"):
        if block["port"] == 0:
            yield violation({wide}, "all ports")

@rule(id="group-port-open", severity="low", domain="network", resources=["aws_thing"], wider=["group-open"])
def narrow(thing):
    """A port is open.

    Why.

    Fix.
    """
    for path, block in thing.blocks("ingress"):
        if block["port"] in (0, 22):
            yield violation(f"{{path}}.port", "port 22")
'''


def findings(rules: RuleSet, ports: list[int], before: list[int] | None = None) -> Findings:
    after = {"ingress": [{"port": port} for port in ports]}
    old = {"ingress": [{"port": port} for port in before]} if before is not None else None
    actions = ["update"] if before is not None else ["create"]
    return evaluate(graph_from(plan_document(change("aws_thing.x", actions, old, after))), rules)


@pytest.mark.parametrize("wide", ["path", '""', 'f"{path}.port"'])
def test_the_same_fact_is_part_of_the_wider(rule_pack: Callable[..., RuleSet], wide: str) -> None:
    found = findings(rule_pack(RULES.format(wide=wide)), [0])
    assert [(one.rule.id, one.part_of) for one in found.violations] == [
        ("group-open", ""),
        ("group-port-open", "group-open"),
    ]


def test_another_place_is_another_problem(rule_pack: Callable[..., RuleSet]) -> None:
    found = findings(rule_pack(RULES.format(wide="path")), [0, 22])
    assert [(one.rule.id, one.path, one.part_of) for one in found.violations] == [
        ("group-open", "ingress[0]", ""),
        ("group-port-open", "ingress[0].port", "group-open"),
        ("group-port-open", "ingress[1].port", ""),
    ]


def test_the_narrower_alone_stands_alone(rule_pack: Callable[..., RuleSet]) -> None:
    found = findings(rule_pack(RULES.format(wide="path")), [22])
    assert [(one.rule.id, one.part_of) for one in found.violations] == [("group-port-open", "")]


def test_what_was_there_before_does_not_hide_what_is_new(rule_pack: Callable[..., RuleSet]) -> None:
    found = findings(rule_pack(RULES.format(wide="path")), [0], before=[22])
    assert {(one.rule.id, one.status, one.part_of) for one in found.violations} == {
        ("group-open", "introduced", ""),
        ("group-port-open", "inherited", ""),
    }
