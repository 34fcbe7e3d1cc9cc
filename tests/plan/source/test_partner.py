"""Which element of the source has made which of the plan."""

from __future__ import annotations

from typing import Any

import pytest

from planguard.plan.source.evaluation.partner import partners_of
from planguard.plan.source.evaluation.symbol import OpenList, Symbol, named
from planguard.plan.source.evaluation.value import UNKNOWN, Marked
from planguard.plan.unknown import Unknown

OPEN = "(open)"
"""Stands for what the plan does not know."""
A, B = named(Symbol("aws_x.a.arn")), named(Symbol("aws_x.b.arn"))

CASES: dict[str, tuple[list[Any], Any, bool, list[Any]]] = {
    "a list keeps its order": (["x", OPEN], ["x", A], True, ["x", A]),
    "a list that differs is another one": (["x", OPEN], ["y", A], True, [UNKNOWN, UNKNOWN]),
    "a list of another length is another one": ([OPEN], ["y", A], True, [UNKNOWN]),
    "a set is sorted": (["x", OPEN], [A, "x"], False, ["x", A]),
    "which unknown is which makes no difference": ([OPEN, OPEN], [A, B], False, [A, B]),
    "a set with more elements in the source": ([OPEN], [A, B], False, [UNKNOWN]),
    "blocks by what is known of them": (
        [{"name": "a", "policy": OPEN}, {"name": "b", "policy": OPEN}],
        [{"name": "b", "policy": A}, {"name": "a", "policy": B}],
        False,
        [{"name": "a", "policy": B}, {"name": "b", "policy": A}],
    ),
    "blocks that differ in nothing known": (
        [{"name": "a", "policy": OPEN}, {"name": "b", "policy": OPEN}],
        [{"name": A, "policy": A}, {"name": B, "policy": B}],
        False,
        [UNKNOWN, UNKNOWN],
    ),
    "the last that is left": (
        [{"name": "a", "policy": OPEN}, {"name": OPEN, "policy": OPEN}],
        [{"name": A, "policy": A}, {"name": "a", "policy": B}],
        False,
        [{"name": "a", "policy": B}, {"name": A, "policy": A}],
    ),
    "one block of two that fit": ([{"port": 1, "x": OPEN}], [{"port": "1"}, {"port": Marked(1)}], False, [UNKNOWN]),
    "an object where a text is": ([{"port": 1}], ["x"], False, [UNKNOWN]),
    "a list where a text is": (["x"], [["x"]], False, [UNKNOWN]),
    "elements of unknown number": (["x"], OpenList(["x", UNKNOWN]), False, [UNKNOWN]),
    "no list": ([OPEN], A, False, [UNKNOWN]),
}


def planned(value: Any) -> Any:
    """A value as the plan has it."""
    if isinstance(value, dict):
        return {name: planned(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [planned(inner) for inner in value]
    return Unknown(("x",)) if value == OPEN else value


@pytest.mark.parametrize("name", CASES)
def test_partners(name: str) -> None:
    items, found, ordered, expected = CASES[name]
    partners = partners_of(planned(items), found, ordered=ordered)
    assert len(partners) == len(expected)
    assert all(one is other or one == other for one, other in zip(partners, expected, strict=True))
