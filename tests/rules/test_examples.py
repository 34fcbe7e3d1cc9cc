"""Every example of every rule, as a real plan: what it flags, what it leaves alone, what stays undetermined."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from planguard.engine.finding import INTRODUCED, Findings
from planguard.engine.ruleset import RuleSet
from tests.conftest import FIXTURES

PLANS = sorted((FIXTURES / "rules").glob("*/*.json"))


@pytest.mark.parametrize("path", PLANS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_example(path: Path, findings_of: Callable[[Path], Findings]) -> None:
    rule = path.parent.name
    findings = findings_of(path)
    assert not findings.errors
    violations = [one for one in findings.violations if one.rule.id == rule]
    undetermined = [one for one in findings.undetermined if one.rule.id == rule]
    kind = path.stem.split("-", 1)[0]
    if kind == "bad":
        assert violations
        assert {one.status for one in violations} == {INTRODUCED}
    elif kind == "good":
        assert [one.message for one in violations if one.status == INTRODUCED] == []
        assert [one.path for one in undetermined] == []
    else:
        assert kind == "undetermined"
        assert violations == []
        assert undetermined


def test_every_rule_has_a_bad_and_a_good_plan(builtin_rules: RuleSet) -> None:
    without = {
        rule.id: missing
        for rule in builtin_rules.rules
        if (
            missing := [
                kind for kind in ("bad", "good") if not list((FIXTURES / "rules" / rule.id).glob(f"{kind}-*.json"))
            ]
        )
    }
    assert without == {}


def test_no_example_is_of_a_rule_that_is_gone(builtin_rules: RuleSet) -> None:
    known = {rule.id for rule in builtin_rules.rules}
    assert {path.parent.name for path in PLANS} - known == set()


def test_names_of_examples_match_their_plans(builtin_rules: RuleSet) -> None:
    missing = [
        f"{rule.id}/{kind}-{_slug(name)}"
        for rule in builtin_rules.rules
        for kind, examples in (("bad", rule.bad), ("good", rule.good))
        for name in examples
        if not (FIXTURES / "rules" / rule.id / f"{kind}-{_slug(name)}.json").exists()
    ]
    assert missing == []


def _slug(name: str) -> str:
    import re

    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
