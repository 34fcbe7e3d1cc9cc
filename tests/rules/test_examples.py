"""Every example of every rule: from source alone, a broad sample as real plans, and changes as real plans."""

from __future__ import annotations

import json
from hashlib import sha256
from textwrap import dedent

import pytest

from planguard.engine.pack import builtin_root, load_pack
from planguard.engine.rule import Rule
from planguard.engine.ruleset import RuleSet
from planguard.engine.settings import for_examples
from planguard.testing.example import Example, examples_of, graph_of, plan_by_source, plan_bytes
from planguard.testing.outcome import Outcome, outcome_in
from tests.rules.stored import Stored, stored_changes, stored_examples

RULES = {rule.id: rule for rule in load_pack(builtin_root()).rules}
EXAMPLES = [example for rule in RULES.values() for example in examples_of(rule)]
STORED = stored_examples()
CHANGES = stored_changes()


def outcome_of(rule: Rule, plan: bytes, name: str) -> Outcome:
    return outcome_in(RuleSet((), [for_examples(rule)]), graph_of(plan, name))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_example(example: Example) -> None:
    outcome = outcome_of(example.rule, plan_bytes(example, plan_by_source), example.id)
    assert outcome.suits(example.kind), outcome


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: stored.id)
def test_a_real_plan_of_an_example_has_the_same_verdict(stored: Stored) -> None:
    rule = RULES[stored.rule]
    outcome = outcome_of(rule, json.dumps(stored.document()).encode(), stored.id)
    assert outcome.suits(stored.kind), outcome


@pytest.mark.parametrize("stored", CHANGES, ids=lambda stored: stored.id)
def test_a_real_plan_of_a_change(stored: Stored) -> None:
    outcome = outcome_of(RULES[stored.rule], json.dumps(stored.document()).encode(), stored.id)
    assert outcome.suits(stored.kind), outcome


def test_every_rule_has_a_bad_and_a_good_example() -> None:
    assert [rule.id for rule in RULES.values() if not rule.bad or not rule.good] == []


def test_stored_plans_are_of_examples_that_are_there() -> None:
    texts = {
        (one.rule.id, one.kind, one.name): sha256(dedent(str(one.hcl)).encode()).hexdigest()[:24] for one in EXAMPLES
    }
    stale = [one.id for one in STORED if texts.get((one.rule, one.kind, one.name)) != one.of]
    assert stale == [], "python scripts/store_example_plans.py makes them anew"
    assert {one.rule for one in CHANGES} - RULES.keys() == set()


def test_the_sample_is_broad() -> None:
    judged = {rule.id for rule in RULES.values() if rule.judges == "state"}
    without = judged - {one.rule for one in STORED} - {one.rule for one in CHANGES}
    assert without == set()


def test_no_example_breaks_another_rule() -> None:
    """All examples against all rules: foreign input is no error."""
    rules = RuleSet((), RULES.values())
    broken = []
    for example in EXAMPLES[::7]:
        outcome = outcome_in(rules, graph_of(plan_bytes(example, plan_by_source), example.id))
        broken += [(example.id, one) for one in outcome.errors]
    assert broken == []
