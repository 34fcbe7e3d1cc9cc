"""Whether a plan may hold a value where a literal is written."""

from __future__ import annotations

from typing import Any

import pytest

from planguard.plan.likeness import blocks_of_elements, may_be
from planguard.plan.unknown import Unknown


@pytest.mark.parametrize(
    ("written", "value", "answer"),
    [
        (22, 22, True),
        ("22", 22, True),
        (22, 23, False),
        (1.0, 1, True),
        (True, "true", True),
        ("TCP", "tcp", True),
        ("a", "b", False),
        (["b", "a"], ["a", "b"], True),
        (["a"], ["a", "b"], False),
        (["a"], [], False),
        ([], None, True),
        ("", None, True),
        (None, "", True),
        (None, "a", False),
        ("a", None, False),
        ({"a": 1}, {"a": 2}, True),
        ([{"a": 1}], [{"a": 2}], True),
        ("a", ["a"], False),
    ],
)
def test_may_be(written: Any, value: Any, answer: bool) -> None:
    assert may_be(written, value) is answer


def test_what_is_written_is_not_unknown() -> None:
    unknown = Unknown(("x",), None)
    assert not may_be("a", unknown)
    assert not may_be(["a"], [unknown])
    assert may_be(None, unknown)


def test_a_block_makes_one_element() -> None:
    blocks = [{"p": 1}, {}, {"p": 2}]
    assert blocks_of_elements(blocks, [{"p": 3}, {"p": 1}, {"p": 2}]) == [{1}, {0}, {2}]
    assert blocks_of_elements([{}, {}], [{"p": 1}, {"p": 2}]) == [{0, 1}, {0, 1}]
