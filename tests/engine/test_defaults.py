"""What a missing attribute means, and whether a value that is not known yet is there at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from planguard.engine.evaluate import evaluate
from planguard.engine.ruleset import RuleSet
from tests.conftest import change, graph_from, plan_document

YAML = """
id: disk-unencrypted
title: Disk is not encrypted
why: Why.
fix: Fix.
domain: encryption
severity: high
resources: [aws_thing]
defaults: {{{defaults}}}
condition: {condition}
message: wrong
"""
PYTHON = '''
from planguard import rule, violation

@rule(id="disk-unencrypted", severity="high", domain="encryption", resources=["aws_thing"])
def unencrypted(thing):
    """Disk is not encrypted.

    Why.

    Fix.
    """
    if not ({test}):
        yield violation("", "wrong")
'''
KEY = {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]}
SIZE = {"references": ["aws_other.o.size", "aws_other.o"]}
VARIABLE = {"references": ["var.key"]}


def answer(
    rules: RuleSet, after: dict[str, Any], unknown: Any = None, expressions: dict[str, Any] | None = None, **more: Any
) -> str:
    resources = [
        {
            "address": "aws_thing.x",
            "mode": "managed",
            "type": "aws_thing",
            "name": "x",
            "expressions": expressions or {},
        },
        {"address": "aws_kms_key.k", "mode": "managed", "type": "aws_kms_key", "name": "k"},
        {"address": "aws_other.o", "mode": "managed", "type": "aws_other", "name": "o"},
    ]
    others = [
        change(f"{kind}.{name}", ["create"], None, {}, after_unknown={"arn": True, "size": True})
        for kind, name in (("aws_kms_key", "k"), ("aws_other", "o"))
    ]
    document = plan_document(
        change("aws_thing.x", ["create"], None, after, after_unknown=unknown or {}),
        *others,
        configuration={"root_module": {"resources": resources}},
        **more,
    )
    findings = evaluate(graph_from(document), rules)
    assert findings.errors == []
    return "bad" if findings.violations else "open" if findings.undetermined else "good"


@pytest.fixture(params=["python", "yaml"])
def encrypted(request: pytest.FixtureRequest, rule_pack: Callable[..., RuleSet]) -> Callable[[bool], RuleSet]:
    """A rule that wants encryption, with what the provider takes when nothing is said."""

    def make(default: bool) -> RuleSet:
        if request.param == "python":
            return rule_pack(python=PYTHON.format(test=f'thing.effective("encrypted", {default})'))
        text = YAML.format(defaults=f"encrypted: {str(default).lower()}", condition="encrypted == `true`")
        return rule_pack(yaml=text)

    return make


@pytest.mark.parametrize("default", [True, False])
def test_the_default_counts_where_nothing_is_said(encrypted: Callable[[bool], RuleSet], default: bool) -> None:
    rules = encrypted(default)
    verdict = "good" if default else "bad"
    assert answer(rules, {}) == verdict
    assert answer(rules, {"encrypted": None}) == verdict
    assert answer(rules, {}, {"encrypted": True}) == verdict


@pytest.mark.parametrize("default", [True, False])
def test_what_is_said_counts_more(encrypted: Callable[[bool], RuleSet], default: bool) -> None:
    rules = encrypted(default)
    assert answer(rules, {"encrypted": True}) == "good"
    assert answer(rules, {"encrypted": False}) == "bad"
    assert answer(rules, {}, {"encrypted": True}, {"encrypted": SIZE}) == "open"


NESTED = YAML.format(defaults="disk.encrypted: false", condition='"!(disk[?encrypted != `true`])"')


def test_a_default_inside_blocks(rule_pack: Callable[..., RuleSet]) -> None:
    rules = rule_pack(yaml=NESTED)
    static = {"disk": [{"size": {"constant_value": 1}}, {"size": {"constant_value": 2}}]}
    one = {"disk": [{"size": 1, "encrypted": True}, {"size": 2}]}
    assert answer(rules, {"disk": []}) == "good"
    assert answer(rules, {"disk": [{"encrypted": True}]}) == "good"
    assert answer(rules, {"disk": [{"encrypted": True}, {"encrypted": None}]}) == "bad"
    assert answer(rules, one, {"disk": [{}, {"encrypted": True}]}, static) == "bad"


def test_blocks_that_are_made_by_a_dynamic_block_may_say_it(rule_pack: Callable[..., RuleSet]) -> None:
    rules = rule_pack(yaml=NESTED)
    assert answer(rules, {"disk": [{"size": 1}]}, {"disk": [{"encrypted": True}]}, {}) == "open"


@pytest.fixture(params=["python", "yaml"])
def keyed(request: pytest.FixtureRequest, rule_pack: Callable[..., RuleSet]) -> RuleSet:
    """A rule that wants a key."""
    if request.param == "python":
        return rule_pack(python=PYTHON.format(test='thing.is_set("key")'))
    return rule_pack(yaml=YAML.format(defaults="", condition="is_set(key)"))


@pytest.mark.parametrize(
    ("after", "unknown", "expressions", "verdict"),
    [
        ({"key": "arn:aws:kms:x"}, None, {}, "good"),
        ({"key": ""}, None, {}, "bad"),
        ({"key": None}, None, {}, "bad"),
        ({}, None, {}, "bad"),
        ({}, {"key": True}, {}, "bad"),
        ({}, {"key": True}, {"key": KEY}, "good"),
        ({}, {"key": True}, {"key": {"references": [*KEY["references"], "var.on"]}}, "good"),
        ({}, {"key": True}, {"key": SIZE}, "open"),
        ({}, {"key": True}, {"key": {"references": [*KEY["references"], *SIZE["references"]]}}, "open"),
        ({}, {"key": True}, {"key": VARIABLE}, "open"),
    ],
    ids=[
        "known",
        "empty",
        "null",
        "missing",
        "left to the provider",
        "the arn of another resource",
        "the arn, if a variable says so",
        "something of another resource",
        "the arn or something else",
        "a variable",
    ],
)
def test_whether_a_value_is_there(
    keyed: RuleSet, after: dict[str, Any], unknown: Any, expressions: dict[str, Any], verdict: str
) -> None:
    assert answer(keyed, after, unknown, expressions) == verdict


def test_texts_are_compared_without_case_and_by_pattern(rule_pack: Callable[..., RuleSet]) -> None:
    condition = '''"lower(tier) == 'premium' || matches(tier, '^p[0-9]+v3$')"'''
    rules = rule_pack(yaml=YAML.format(defaults="", condition=condition))
    verdicts = [answer(rules, {"tier": tier}) for tier in ("Premium", "p1v3", "P1v3", "standard", None)]
    assert verdicts == ["good", "good", "bad", "bad", "bad"]
    assert answer(rules, {}, {"tier": True}, {"tier": SIZE}) == "open"
