"""Laws: known documents give what the library gives; unknown values never turn one answer into the other."""

from __future__ import annotations

import json
import os
from typing import Any

import jmespath
import pytest
from condition_cases import (
    completed,
    conditions,
    documents,
    expressions,
    few,
    scalars,
    shaped_documents,
    with_unknowns,
)
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from planguard.engine.condition import check, compile_condition, compile_value, fields_read, parse
from planguard.errors import ConditionError, EvaluationError
from planguard.plan.unknown import PartialList, Undetermined, Unknown, has_unknown

EXAMPLES = int(os.environ.get("PLANGUARD_LAW_EXAMPLES", "300"))
bounded = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
ERROR = object()
OPEN = object()


def parsed(expression: str) -> Any:
    """The tree, where the library can parse the expression too; else the example is dropped."""
    try:
        jmespath.compile(expression)
    except Exception:  # noqa: BLE001 - the library raises more than it says
        with pytest.raises(ConditionError):
            parse(expression)
        assume(False)
    return parse(expression)


def outcome(function: Any, document: Any) -> Any:
    try:
        return function(document)
    except EvaluationError:
        return ERROR
    except Undetermined:
        return OPEN


def of_library(expression: str, document: Any) -> Any:
    try:
        return jmespath.search(expression, document)
    except Exception:  # noqa: BLE001 - a plain TypeError among others
        return ERROR


@bounded
@given(expressions(ours=False), documents(holes=False))
def test_known_values_give_what_the_library_gives(expression: str, document: Any) -> None:
    tree = parsed(expression)
    expected = of_library(expression, document)
    # repr tells 1 from true and from 1.0, which == does not.
    assert repr(outcome(compile_value(tree), document)) == repr(expected)
    condition = outcome(compile_condition(tree), document)
    assert condition is (expected if expected is True or expected is False else ERROR)


fillings = st.lists(
    st.one_of(
        scalars,
        st.sampled_from([None, True, False]),
        st.lists(scalars, max_size=2),
        st.dictionaries(st.sampled_from(["a", "b", "c"]), scalars, max_size=2),
        st.lists(st.dictionaries(st.sampled_from(["a", "b"]), scalars, max_size=2), max_size=2),
    ),
    min_size=8,
    max_size=8,
)


likely_fillings = st.lists(
    st.one_of(
        few,
        few,
        st.lists(few, max_size=2),
        st.lists(st.fixed_dictionaries({"a": few, "b": st.lists(few, max_size=2)}), max_size=2),
        st.fixed_dictionaries({"a": few, "b": st.lists(few, max_size=2)}),
    ),
    min_size=8,
    max_size=8,
)


def fits(value: Any, known: Any) -> bool:
    """Whether a value with unknown parts can stand for a known one."""
    if type(value) is Unknown:
        return True
    if type(value) in (list, PartialList):
        return type(known) is list and len(value) == len(known) and all(map(fits, list.__iter__(value), known))
    if type(value) is dict:
        return (
            type(known) is dict
            and list(value) == list(known)
            and all(fits(part, known[key]) for key, part in value.items())
        )
    return repr(value) == repr(known)


def assert_completions_agree(expression: str, document: Any, completions: list[list[Any]]) -> None:
    tree = parsed(expression)
    condition, value = compile_condition(tree), compile_value(tree)
    open_document = with_unknowns(document)
    answer, found = outcome(condition, open_document), outcome(value, open_document)
    for filling in [*completions, [None] * 8, [True] * 8, [False] * 8, [[]] * 8, ["a"] * 8]:
        known_document = completed(document, filling)
        known_answer = outcome(condition, known_document)
        assert known_answer is not OPEN
        if answer is not OPEN:
            # An error is an answer too: it may take the place of true or false, and never the other way round.
            assert known_answer in (answer, ERROR)
        known = outcome(value, known_document)
        if found is ERROR:
            assert known is ERROR
        elif found is not OPEN and known is not ERROR:
            assert fits(found, known)


@bounded
@given(expressions(), documents(holes=True), st.lists(fillings, min_size=3, max_size=3))
def test_an_answer_beside_unknowns_holds_for_every_completion(
    expression: str, document: Any, completions: list[list[Any]]
) -> None:
    assert_completions_agree(expression, document, completions)


@bounded
@given(conditions, shaped_documents(), st.lists(likely_fillings, min_size=6, max_size=6))
def test_an_answer_of_a_condition_beside_unknowns_holds_for_every_completion(
    expression: str, document: Any, completions: list[list[Any]]
) -> None:
    assert_completions_agree(expression, document, completions)


@bounded
@given(conditions, shaped_documents(), likely_fillings)
def test_known_values_give_conditions_the_answer_of_the_library(
    expression: str, document: Any, filling: list[Any]
) -> None:
    known = completed(document, filling)
    assert repr(outcome(compile_value(parsed(expression)), known)) == repr(of_library(expression, known))


@bounded
@given(expressions(), documents(holes=True))
def test_a_value_is_always_given_and_never_raised_as_undetermined(expression: str, document: Any) -> None:
    found = outcome(compile_value(parsed(expression)), with_unknowns(document))
    assert found is not OPEN
    has_unknown(found)


@bounded
@given(expressions())
def test_whatever_parses_can_be_checked_and_survives_a_cache(expression: str) -> None:
    tree = parsed(expression)
    assert json.loads(json.dumps(tree)) == tree
    fields_read(tree)
    try:
        check(tree)
    except ConditionError as error:
        assert not error.message[0].isupper()
        assert not error.message.endswith(".")


@bounded
@given(expressions(), documents(holes=False))
def test_a_condition_refused_as_never_true_or_false_never_is(expression: str, document: Any) -> None:
    tree = parsed(expression)
    try:
        check(tree)
    except ConditionError as error:
        if "never as true or false" in error.message:
            assert outcome(compile_condition(tree), document) is ERROR


@bounded
@given(st.text(max_size=12))
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        check(parse(text))
    except ConditionError as error:
        assert error.message
