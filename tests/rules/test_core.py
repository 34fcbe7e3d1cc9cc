"""The core list: every check that other tools have for it is the check of a rule here, and of one rule only."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest

from planguard.engine.ruleset import RuleSet
from tests.conftest import ROOT

with (ROOT / "tests" / "rules" / "core_checks.tsv").open(encoding="utf-8", newline="") as file:
    CHECKS = list(csv.DictReader(file, delimiter="\t"))

ON_TWO_TYPES = {"AVD-AWS-0006"}
"""One id for two resource types that have nothing in common."""


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check['provider']}-{check['check']}")
def test_every_check_is_a_rule(check: dict[str, str], builtin_rules: RuleSet) -> None:
    known = {alias for rule in builtin_rules.rules for alias in rule.aliases}
    assert [one for one in check["ids"].split() if one not in known] == []


def test_a_check_is_one_rule(builtin_rules: RuleSet) -> None:
    counts = Counter(alias for rule in builtin_rules.rules for alias in rule.aliases)
    assert {alias for alias, count in counts.items() if count > 1} - ON_TWO_TYPES == set()


def test_what_is_wider_is_a_rule(builtin_rules: RuleSet) -> None:
    known = {rule.id for rule in builtin_rules.rules}
    assert {rule.id: rule.wider for rule in builtin_rules.rules if not set(rule.wider) <= known} == {}


def test_every_rule_says_what_it_answers_for(builtin_rules: RuleSet) -> None:
    without = [rule.id for rule in builtin_rules.rules if not rule.controls.get("nist-800-53r5")]
    assert without == []
    sections = {one for rule in builtin_rules.rules for one in rule.controls["nist-800-53r5"]}
    assert [one for one in sections if not re.fullmatch(r"[A-Z]{2}-\d+(\(\d+\))?", one)] == []
