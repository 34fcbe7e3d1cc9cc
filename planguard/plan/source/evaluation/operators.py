"""Operators on values. What the known operand decides alone is decided, though the other be unknown.

Source: HCL native syntax specification, "Operations".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from planguard.plan.source.evaluation.value import (
    UNKNOWN,
    Marked,
    NoValueError,
    equal,
    marked,
    plain,
    to_bool,
    to_number,
    whole,
)


def apply_operator(operator: str, left: Any, right: Any) -> Any:
    """The value of ``left operator right``.

    :raises NoValueError: the operands are of wrong types
    """
    if type(left) is Marked or type(right) is Marked:
        return marked(apply_operator(operator, plain(left), plain(right)))
    if operator == "==":
        return _same(left, right)
    if operator == "!=":
        return negated(_same(left, right))
    if operator in {"&&", "||"}:
        return _junction(operator == "||", _test(left), _test(right))
    numbers = to_number(left), to_number(right)
    if None in numbers:
        raise NoValueError("a number is needed")
    if UNKNOWN in numbers:
        return UNKNOWN
    return _ARITHMETIC[operator](*numbers)


def apply_unary(operator: str, value: Any) -> Any:
    """The value of ``-x`` or ``!x``.

    :raises NoValueError: the operand is of a wrong type
    """
    if type(value) is Marked:
        return marked(apply_unary(operator, value.value))
    if operator == "!":
        return negated(_test(value))
    number = to_number(value)
    if number is None:
        raise NoValueError("a number is needed")
    return UNKNOWN if number is UNKNOWN else -number


def _same(left: Any, right: Any) -> Any:
    """Whether two operands are equal. A list never equals a tuple, nor a map an object, and they look alike here."""
    found = equal(left, right)
    return UNKNOWN if found is True and isinstance(left, list | dict) else found


def negated(value: Any) -> Any:
    """Not true, not false, or unknown."""
    return UNKNOWN if value is UNKNOWN else not value


def _test(value: Any) -> Any:
    found = to_bool(value)
    if found is None:
        raise NoValueError("a bool is needed")
    return found


def _junction(decisive: bool, left: Any, right: Any) -> Any:
    if left is decisive or right is decisive:
        return decisive
    return UNKNOWN if left is UNKNOWN or right is UNKNOWN else not decisive


def _divided(left: float, right: float) -> float:
    if right == 0:
        raise NoValueError("division by zero")
    if isinstance(left, int) and isinstance(right, int) and left % right == 0:
        return left // right
    return whole(left / right)


def _remainder(left: float, right: float) -> float:
    if right == 0:
        raise NoValueError("division by zero")
    if isinstance(left, int) and isinstance(right, int):
        return int(math.copysign(abs(left) % abs(right), left))
    return whole(math.fmod(left, right))


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda left, right: whole(left + right),
    "-": lambda left, right: whole(left - right),
    "*": lambda left, right: whole(left * right),
    "/": _divided,
    "%": _remainder,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}
