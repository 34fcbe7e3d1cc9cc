"""Parameters of rules: where they come from, what they may be, and that a setting reaches the code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from planguard.engine.evaluate import evaluate
from planguard.engine.pack import load_pack
from planguard.engine.rule import Rule
from planguard.engine.ruleset import RuleSet, select_rules
from planguard.engine.settings import Setting, with_settings
from planguard.errors import RuleFileError
from tests.conftest import change, graph_from, plan_document

PYTHON = '''
from planguard import rule, violation

@rule(
    id="thing-old", severity="low", domain="baseline", resources=["aws_thing"], aliases=["AVD-X-0001"],
    parameters={{"days": "How old it may be", "exempt": "Names that may be older"}},
)
def old(thing, *, days: int = 90, exempt: tuple[str, ...] = ()):
    """It is old.

    Why.

    Fix.
    """
    if thing.get("age") > days and thing.get("name") not in exempt:
        yield violation("age", f"older than {{days}}"){more}
'''
YAML = """
id: thing-old
title: It is old
why: Why.
fix: Fix.
domain: baseline
severity: low
resources: [aws_thing]
aliases: [AVD-X-0001]
parameters:
  days: {type: integer, default: 90, description: How old it may be}
  exempt: {type: list, default: [], description: Names that may be older}
condition: age <= $days || contains($exempt, name)
message: older than $days
"""


def told(rules: RuleSet, **settings: Setting) -> list[str]:
    found = with_settings(rules.rules, {name.replace("_", "-"): one for name, one in settings.items()}, place)
    if not found:
        return ["off"]
    graph = graph_from(plan_document(change("aws_thing.x", ["create"], None, {"age": 100, "name": "x"})))
    return [f"{one.rule.severity}: {one.message}" for one in evaluate(graph, RuleSet(rules.packs, found)).violations]


def place(name: str, parameter: str) -> str:
    return f"{name}/{parameter}" if parameter else name


@pytest.fixture(params=["python", "yaml"])
def rules(request: pytest.FixtureRequest, rule_pack: Callable[..., RuleSet]) -> RuleSet:
    return rule_pack(python=PYTHON.format(more="")) if request.param == "python" else rule_pack(yaml=YAML)


def test_both_forms_have_the_same_parameters(rules: RuleSet) -> None:
    [rule] = rules.rules
    days, exempt = rule.parameters["days"], rule.parameters["exempt"]
    assert (days.kind, days.default, days.description) == ("integer", 90, "How old it may be")
    assert (exempt.kind, list(exempt.default)) == ("list", [])


def test_settings_reach_the_rule(rules: RuleSet) -> None:
    assert told(rules) == ["low: older than 90"]
    assert told(rules, thing_old=Setting(parameters={"days": 99})) == ["low: older than 99"]
    assert told(rules, thing_old=Setting(parameters={"days": 100})) == []
    assert told(rules, thing_old=Setting(parameters={"exempt": ["x"]})) == []
    assert told(rules, thing_old=Setting(severity="critical")) == ["critical: older than 90"]
    assert told(rules, thing_old=Setting(enabled=False)) == ["off"]


def test_the_id_overrules_the_alias_and_that_the_domain(rules: RuleSet) -> None:
    low, high = Setting(parameters={"days": 1}, severity="medium"), Setting(parameters={"days": 2}, severity="high")
    assert told(rules, baseline=low, AVD_X_0001=high) == ["high: older than 2"]
    assert told(rules, AVD_X_0001=high, baseline=low) == ["high: older than 2"]
    assert told(rules, thing_old=low, AVD_X_0001=high) == ["medium: older than 1"]
    assert told(rules, X_0001=Setting(enabled=False)) == ["off"]
    assert told(rules, baseline=Setting(enabled=False), thing_old=Setting(enabled=True)) == ["low: older than 90"]


@pytest.mark.parametrize(
    ("name", "setting", "at", "message", "hint"),
    [
        ("thing-odl", Setting(), "thing-odl", "neither a rule nor an alias nor a domain", "`thing-old`"),
        ("thing-old", Setting(parameters={"dais": 1}), "thing-old/dais", "no parameter `dais`", "`days`"),
        ("thing-old", Setting(parameters={"days": "1"}), "thing-old/days", "must be of type integer", "`90`"),
        ("thing-old", Setting(parameters={"days": True}), "thing-old/days", "must be of type integer", "`90`"),
    ],
    ids=["a name that is none", "a parameter that is none", "a text", "a boolean"],
)
def test_a_wrong_setting_is_refused(
    rules: RuleSet, name: str, setting: Setting, at: str, message: str, hint: str
) -> None:
    with pytest.raises(RuleFileError) as raised:
        with_settings(rules.rules, {name: setting}, place)
    assert raised.value.place == at
    assert message in raised.value.message
    assert hint in str(raised.value.hint)


def test_a_domain_sets_a_parameter_where_there_is_one(rules: RuleSet) -> None:
    assert told(rules, baseline=Setting(parameters={"days": 99, "others": 1})) == ["low: older than 99"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("days: int = 90", "days: int", "no parameter of the rule"),
        (", days: int = 90", "", "takes no `days`"),
        ("exempt: tuple[str, ...] = ()", "exempt=(), other=1", "takes `other`, which is no parameter"),
        ("days: int = 90", "days=None", "`type`"),
    ],
    ids=["no default", "no argument", "not told of", "of no type"],
)
def test_python_parameters_that_are_wrong(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = PYTHON.format(more="")
    (tmp_path / "own.py").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleFileError) as raised:
        load_pack(tmp_path)
    assert message in raised.value.message
    assert raised.value.place is not None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("type: integer", "type: int", "`type`: `int`"),
        ("default: 90", "default: ninety", "the default is not of type integer"),
        ("default: 90", "defualt: 90", "unknown field `defualt`"),
        ("$days ||", "$dais ||", "`$dais` is no parameter"),
        ("description: How old it may be", "description: ''", "`description` is missing"),
        ("age <= $days", "age <= $exempt", "array"),
    ],
    ids=["a type that is none", "a default of another type", "a field", "a name", "no description", "another type"],
)
def test_yaml_parameters_that_are_wrong(tmp_path: Path, old: str, new: str, message: str) -> None:
    (tmp_path / "own.yaml").write_text(YAML.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleFileError) as raised:
        load_pack(tmp_path)
    assert message in raised.value.message
    assert raised.value.place is not None


def test_a_dollar_in_a_text_is_no_parameter(tmp_path: Path) -> None:
    text = YAML.replace("age <= $days ||", "matches(name, '^x$days') || age <= $days ||")
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    rule: Rule = select_rules([load_pack(tmp_path)]).rules[0]
    assert rule.id == "thing-old"


NEEDY = """
id: tag-missing
title: A tag is missing
why: Why.
fix: Fix.
domain: environment
severity: low
resources: [aws_thing]
parameters:
  keys: {type: list, default: [], description: Tags that everything has to carry}
needs: keys
condition: contains($keys, name)
message: none of $keys
"""


def test_a_rule_that_needs_a_parameter_runs_where_it_is_set(rule_pack: Callable[..., RuleSet]) -> None:
    rules = rule_pack(yaml=NEEDY)
    assert told(rules) == []
    assert told(rules, tag_missing=Setting(parameters={"keys": ["y", "z"]})) == ["low: none of y, z"]
    assert told(rules, tag_missing=Setting(parameters={"keys": ["x"]})) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("needs: keys", "needs: key", "`needs`: `key` is no parameter"),
        ("needs: keys", "tried_with: {key: [x]}", "`tried_with`: `key` is no parameter"),
        ("needs: keys", "tried_with: {keys: x}", "`keys` must be of type list"),
    ],
)
def test_what_names_no_parameter_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    (tmp_path / "own.yaml").write_text(NEEDY.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleFileError) as raised:
        load_pack(tmp_path)
    assert message in raised.value.message
