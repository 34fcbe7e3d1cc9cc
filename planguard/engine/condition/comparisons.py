"""Comparators, specialised for what stands on the other side: most conditions compare a field with a literal."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from planguard.engine.condition.three_valued import (
    NUMBERS,
    Evaluate,
    Test,
    Truth,
    equals,
    kind_of,
    negate,
    refuse_foreign,
)
from planguard.errors import EvaluationError
from planguard.plan.unknown import Undetermined, Unknown

_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}
SCALARS = NUMBERS | {str, bool, type(None)}


def _types_equal_to(literal: Any) -> frozenset[type]:
    # `1 == true` is false in JMESPath and `1 == 1.0` is true; so the type decides before Python's == may.
    return NUMBERS if type(literal) in NUMBERS else frozenset({type(literal)})


def _unequal(found: Any, unwanted: bool) -> bool:
    refuse_foreign(found)
    return unwanted


def equal_to_scalar(read: Evaluate, literal: Any, *, wanted: bool) -> Test:
    """``x == literal`` (or ``!=``, where ``wanted`` is False) with a string, number, boolean or null."""
    unwanted = not wanted
    types = _types_equal_to(literal)

    def compare(value: Any) -> Truth:
        found = read(value)
        kind = type(found)
        if kind in types:
            return wanted if found == literal else unwanted
        return found if kind is Unknown else _unequal(found, unwanted)

    return compare


def field_equal_to_scalar(name: str, literal: Any, slow: Test, *, wanted: bool) -> Test:
    """The same for a bare field, in one call; ``slow`` does it for what is no dict."""
    unwanted = not wanted
    types = _types_equal_to(literal)

    def compare(value: Any) -> Truth:
        if type(value) is dict:
            found: Any = value.get(name)
            kind = type(found)
            if kind in types:
                return wanted if found == literal else unwanted
            return found if kind is Unknown else _unequal(found, unwanted)
        return slow(value)

    return compare


def contains_scalar(read: Evaluate, literal: Any, slow: Callable[[Any, Any], Any]) -> Evaluate:
    """``contains(x, literal)``; ``slow`` does it for what is unknown, or neither a list nor a string."""
    is_text = type(literal) is str

    def look(value: Any) -> Any:
        subject = read(value)
        kind = type(subject)
        if kind is list:
            try:
                return literal in subject
            except Undetermined:  # an unknown was met before the literal was
                return slow(subject, literal)
        if kind is str and is_text:
            return literal in subject
        return slow(subject, literal)

    return look


def equal(left: Evaluate, right: Evaluate) -> Test:
    """``left == right`` of any two values."""

    def compare(value: Any) -> Truth:
        return equals(left(value), right(value))

    return compare


def unequal(left: Evaluate, right: Evaluate) -> Test:
    """``left != right`` of any two values."""

    def compare(value: Any) -> Truth:
        return negate(equals(left(value), right(value)))

    return compare


def ordered(symbol: str, left: Evaluate, right: Evaluate) -> Evaluate:
    """``left < right`` and its like: null for what has no order.

    :raises EvaluationError: when evaluated on a string and a number, as the library does
    """
    compare = _ORDER[symbol]

    def decide(value: Any) -> Any:
        found, other = left(value), right(value)
        if type(found) in NUMBERS and type(other) in NUMBERS:
            return compare(found, other)
        return _ordered(compare, found, other)

    return decide


def ordered_to_number(symbol: str, left: Evaluate, number: float) -> Evaluate:
    """``left < `5` `` and its like."""
    compare = _ORDER[symbol]

    def decide(value: Any) -> Any:
        found = left(value)
        if type(found) in NUMBERS:
            return compare(found, number)
        return _ordered(compare, found, number)

    return decide


def _ordered(compare: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    for found in (left, right):
        if type(found) is not Unknown and type(found) is not str and type(found) not in NUMBERS:
            refuse_foreign(found)
            return None  # known already, whatever the other one is
    for found in (left, right):
        if type(found) is Unknown:
            return found
    if (type(left) is str) is not (type(right) is str):
        raise EvaluationError(
            f"comparison of {kind_of(left)} with {kind_of(right)}: they have no order",
            "convert one of them with `to_number()` or `to_string()`",
        )
    return compare(left, right)
