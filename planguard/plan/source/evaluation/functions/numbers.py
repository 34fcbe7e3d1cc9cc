"""Numeric functions.

Source: Terraform, "Numeric Functions".
"""

from __future__ import annotations

import math
from typing import Any

from planguard.plan.source.evaluation.functions.signature import Function
from planguard.plan.source.evaluation.value import NoValueError, to_number, whole

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _log(value: float, base: float) -> float:
    return whole(math.log(value) / math.log(base))


def _pow(value: float, power: float) -> float:
    if isinstance(value, int) and isinstance(power, int) and 0 <= power * value.bit_length() <= 4096:
        return int(value**power)
    return whole(math.pow(value, power))


def _signum(value: float) -> int:
    return (value > 0) - (value < 0)


def _parseint(text: Any, base: int) -> int:
    if not 2 <= base <= 62 or not isinstance(text, str):
        raise NoValueError("a base from 2 to 62 is needed")
    digits = text.removeprefix("-") if text.startswith("-") else text.removeprefix("+")
    digits = digits.lower() if base <= 36 else digits
    values = [_DIGITS.index(digit) for digit in digits[:4000]]
    if not values or max(values) >= base or len(digits) > 4000:
        raise NoValueError("no number of this base")
    total = 0
    for value in values:
        total = total * base + value
    return -total if text.startswith("-") else total


def _sum(items: list[Any]) -> Any:
    if not items:
        raise NoValueError("no numbers to sum up")
    total: Any = 0
    for item in items:
        total += to_number(item)
    return whole(total)


NUMERIC = {
    "abs": Function(abs, "n"),
    "ceil": Function(math.ceil, "n"),
    "floor": Function(math.floor, "n"),
    "log": Function(_log, "nn"),
    "max": Function(lambda *given: max(given), "n*"),
    "min": Function(lambda *given: min(given), "n*"),
    "parseint": Function(_parseint, "an"),
    "pow": Function(_pow, "nn"),
    "signum": Function(_signum, "n"),
    "sum": Function(_sum, "l"),
}
