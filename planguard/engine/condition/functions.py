"""The functions of JMESPath, and some of our own, on values with unknown parts.

Every function takes values and gives a value. An argument of a wrong type is an error even beside an unknown one;
of an unknown argument the result is unknown, unless it can only be one. Messages name types and never values.

Source: the JMESPath specification, section "Built-in Functions" (jmespath.org/specification.html), and, where that
leaves things open, what the ``jmespath`` library does.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, NoReturn

from planguard.engine.condition.signatures import SIGNATURES
from planguard.engine.condition.three_valued import (
    LISTS,
    NUMBERS,
    SIZED,
    Expression,
    Uncertain,
    among,
    elements,
    first_unknown,
    guarded,
    is_detached,
    kind_of,
    truth,
    uncertain_list,
)
from planguard.errors import EvaluationError
from planguard.plan.unknown import Unknown, origin_of, path_of

Function = Callable[..., Any]


def _wrong(name: str, position: int, value: Any) -> EvaluationError:
    wanted = " or ".join(sorted(SIGNATURES[name].parameter(position).kinds))
    which = "its argument" if len(SIGNATURES[name].parameters) == 1 else f"argument {position + 1}"
    hint = "a field that is not there is null" if value is None else None
    return EvaluationError(f"`{name}()` takes {wanted} as {which}, and got {kind_of(value)}", hint)


def _wrong_element(name: str, position: int, value: Any) -> EvaluationError:
    wanted = " or ".join(f"{kind}s" for kind in SIGNATURES[name].parameter(position).elements)
    return EvaluationError(f"`{name}()` takes an array of {wanted}, and met {kind_of(value)} in it")


def _failing(*errors: type[Exception]) -> Callable[[Function], Function]:
    """What Python raises on values that have the right types and yet cannot be worked with."""

    def decorate(function: Function) -> Function:
        @wraps(function)
        def call(*arguments: Any) -> Any:
            try:
                return function(*arguments)
            except errors as error:
                # Not the error's own text, which may hold a value.
                name = function.__name__.rstrip("_")
                raise EvaluationError(f"`{name}()` failed: {type(error).__name__}") from None

        return call

    return decorate


def _number(name: str, value: Any) -> Any:
    """A number or Unknown."""
    if type(value) in NUMBERS or type(value) is Unknown:
        return value
    raise _wrong(name, 0, value)


def _array(name: str, position: int, value: Any) -> Any:
    """An array or Unknown."""
    if type(value) in LISTS or type(value) is Uncertain or type(value) is Unknown:
        return value
    raise _wrong(name, position, value)


def _uniform(name: str, position: int, array: Any, *allowed: frozenset[type]) -> Any:
    """All elements, where they are known, or the unknown; they are all numbers or all strings.

    :raises EvaluationError: when a known element has a type that no allowed set holds together with the others
    """
    array = _array(name, position, array)
    if type(array) is Unknown:
        return array
    doubt: Unknown | None = array.why if type(array) is Uncertain else None
    parts = array.definite if type(array) is Uncertain else list(elements(array))
    for part in parts:
        if type(part) is Unknown:
            doubt = doubt if doubt is not None else part
            continue
        allowed = tuple(types for types in allowed if type(part) in types)
        if not allowed:
            raise _wrong_element(name, position, part)
    return parts if doubt is None else doubt


_STRINGS: frozenset[type] = frozenset({str})


def abs_(number: Any) -> Any:
    number = _number("abs", number)
    return number if type(number) is Unknown else abs(number)


@_failing(ArithmeticError, ValueError)
def ceil(number: Any) -> Any:
    number = _number("ceil", number)
    return number if type(number) is Unknown else math.ceil(number)


@_failing(ArithmeticError, ValueError)
def floor(number: Any) -> Any:
    number = _number("floor", number)
    return number if type(number) is Unknown else math.floor(number)


@_failing(ArithmeticError)
def avg(array: Any) -> Any:
    numbers = _uniform("avg", 0, array, NUMBERS)
    if type(numbers) is Unknown:
        return numbers
    return sum(numbers) / len(numbers) if numbers else None


@_failing(ArithmeticError)
def sum_(array: Any) -> Any:
    numbers = _uniform("sum", 0, array, NUMBERS)
    return numbers if type(numbers) is Unknown else sum(numbers)


def max_(array: Any) -> Any:
    parts = _uniform("max", 0, array, NUMBERS, _STRINGS)
    return parts if type(parts) is Unknown else max(parts, default=None)


def min_(array: Any) -> Any:
    parts = _uniform("min", 0, array, NUMBERS, _STRINGS)
    return parts if type(parts) is Unknown else min(parts, default=None)


def sort(array: Any) -> Any:
    parts = _uniform("sort", 0, array, NUMBERS, _STRINGS)
    if type(parts) is not Unknown:
        return sorted(parts)
    if type(array) in LISTS:
        return uncertain_list(list(elements(array)), [], parts)
    return array  # in no certain order before, and in none now


def join(separator: Any, array: Any) -> Any:
    strings = _uniform("join", 1, array, _STRINGS)
    if type(separator) is not str and type(separator) is not Unknown:
        raise _wrong("join", 0, separator)
    if type(separator) is Unknown or type(strings) is Unknown:
        return separator if type(separator) is Unknown else strings
    return separator.join(strings)


def starts_with(text: Any, prefix: Any) -> Any:
    if type(text) is str and type(prefix) is str:
        return text.startswith(prefix)
    return _unknown_text("starts_with", text, prefix)


def ends_with(text: Any, suffix: Any) -> Any:
    if type(text) is str and type(suffix) is str:
        return text.endswith(suffix)
    return _unknown_text("ends_with", text, suffix)


def _unknown_text(name: str, *texts: Any) -> Unknown:
    for position, text in enumerate(texts):
        if type(text) is not str and type(text) is not Unknown:
            raise _wrong(name, position, text)
    return next(text for text in texts if type(text) is Unknown)


def contains(subject: Any, wanted: Any) -> Any:
    kind = type(subject)
    if kind is Unknown:
        return subject
    if kind in LISTS or kind is Uncertain:
        return among(wanted, subject)
    if kind is not str:
        raise _wrong("contains", 0, subject)
    if type(wanted) is str:
        return wanted in subject
    if type(wanted) is Unknown:
        return wanted
    raise EvaluationError(f"`contains()` looks for a string in a string, and got {kind_of(wanted)}")


def length(value: Any) -> Any:
    if type(value) in SIZED:
        return len(value)
    if type(value) is Unknown:
        return value
    if type(value) is not Uncertain:
        raise _wrong("length", 0, value)
    return value.why if value.possible else len(value.definite)


def reverse(value: Any) -> Any:
    if type(value) is str or type(value) in LISTS:
        return value[::-1]
    if type(value) is Unknown or type(value) is Uncertain:
        return value
    raise _wrong("reverse", 0, value)


def keys(value: Any) -> Any:
    if type(value) is dict:
        return list(value)
    if type(value) is Unknown:
        return value
    raise _wrong("keys", 0, value)


def values(value: Any) -> Any:
    if type(value) is dict:
        return list(value.values())
    if type(value) is Unknown:
        return value
    raise _wrong("values", 0, value)


@_failing(TypeError, ValueError)
def merge(*objects: Any) -> Any:
    if type(objects[0]) is not dict and type(objects[0]) is not Unknown:
        raise _wrong("merge", 0, objects[0])
    doubt: Unknown | None = None
    merged: dict[Any, Any] = {}
    for position, value in enumerate(objects):
        kind = type(value)
        if kind is dict:
            merged.update(value)
        elif kind in LISTS or kind is Uncertain or kind is str or kind is Unknown:
            # The library checks the first argument only; Python then takes pairs for an object.
            doubt = doubt if doubt is not None else first_unknown(value)
            if first_unknown(value) is None:
                merged.update(value)
        else:
            raise _wrong("merge", position, value)
    return merged if doubt is None else doubt


def not_null(*arguments: Any) -> Any:
    return next((value for value in arguments if value is not None), None)


def to_array(value: Any) -> Any:
    if type(value) in LISTS or type(value) is Uncertain or type(value) is Unknown:
        return value
    return [value]


@_failing(TypeError, ValueError, RecursionError)
def to_string(value: Any) -> Any:
    if type(value) is str:
        return value
    unknown = first_unknown(value)
    if unknown is not None:
        return unknown
    return json.dumps(value, separators=(",", ":"), default=str)


@_failing(TypeError)
def to_number(value: Any) -> Any:
    kind = type(value)
    if kind in NUMBERS or kind is Unknown:
        return value
    if value is None or kind is bool or kind is dict or kind is Uncertain or kind in LISTS:
        return None
    for convert in (int, float):
        try:
            return convert(value)
        except ValueError:
            continue
    return None


def type_(value: Any) -> Any:
    if type(value) is Unknown:
        return value
    return None if type(value) is Expression else kind_of(value)


@_failing(ValueError, RecursionError)
def from_json(text: Any) -> Any:
    """What a JSON text says, or null for null: policies stand in plans as strings."""
    if text is None or type(text) is Unknown:
        return text
    if type(text) is not str:
        raise _wrong("from_json", 0, text)
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise EvaluationError(f"`from_json()` got a string that is no JSON: {place}") from None


def lower(text: Any) -> Any:
    """A text in lower case, null for null: names and values of many providers have no case."""
    if type(text) is str:
        return text.lower()
    if text is None or type(text) is Unknown:
        return text
    raise _wrong("lower", 0, text)


def matches(text: Any, pattern: Any) -> Any:
    """Whether a regular expression is found in a text; what is no text has nothing to find."""
    if type(pattern) is not str and type(pattern) is not Unknown:
        raise _wrong("matches", 1, pattern)
    if type(text) is Unknown or type(pattern) is Unknown:
        return text if type(text) is Unknown else pattern
    try:
        return type(text) is str and _compiled(pattern).search(text) is not None
    except re.error as error:
        raise EvaluationError(f"`matches()` got a pattern that is no regular expression: {error.msg}") from None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def is_set(value: Any) -> Any:
    """Whether a value is there: neither null nor empty. One that is only known later may be certain to be there."""
    kind = type(value)
    if kind is Unknown:
        origin = origin_of(value) if not is_detached(value) else None
        answer = origin.is_given(path_of(value)) if origin is not None else None
        return value if answer is None else answer
    if kind is Uncertain:
        return truth(value)
    return value is not None and (kind not in SIZED or len(value) > 0)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity, which Python would take


def _applied(name: str, position: int, expression: Any) -> Any:
    """An expression to apply or, where `u || &x` chose it, Unknown."""
    if type(expression) is Expression or type(expression) is Unknown:
        return expression
    raise _wrong(name, position, expression)


def map_(expression: Any, array: Any) -> Any:
    expression, array = _applied("map", 0, expression), _array("map", 1, array)
    if type(expression) is Unknown or type(array) is Unknown:
        return expression if type(expression) is Unknown else array
    evaluate = expression.evaluate
    if type(array) is not Uncertain:
        return [evaluate(element) for element in elements(array)]
    definite = [evaluate(element) for element in array.definite]
    return Uncertain(definite, [guarded(evaluate, e, array.why) for e in array.possible], array.why)


def _with_keys(name: str, array: Any, expression: Any) -> tuple[list[Any], list[Any]] | Unknown:
    """Elements with what they are to be compared by, or the unknown that keeps them from being compared.

    :raises EvaluationError: when the known keys are not all numbers or all strings
    """
    array, expression = _array(name, 0, array), _applied(name, 1, expression)
    if type(array) is Unknown or type(expression) is Unknown:
        return array if type(array) is Unknown else expression
    doubt: Unknown | None = array.why if type(array) is Uncertain else None
    parts = array.definite if type(array) is Uncertain else list(elements(array))
    found = [expression.evaluate(part) for part in parts]
    allowed = {NUMBERS, _STRINGS}
    for key in found:
        if type(key) is Unknown:
            doubt = doubt if doubt is not None else key
            continue
        allowed = {types for types in allowed if type(key) in types}
        if not allowed:
            message = f"`{name}()` compares numbers or strings, and its expression gave {kind_of(key)}"
            raise EvaluationError(message)
    return (parts, found) if doubt is None else doubt


def sort_by(array: Any, expression: Any) -> Any:
    keyed = _with_keys("sort_by", array, expression)
    if type(keyed) is tuple:
        parts, found = keyed
        return [parts[place] for place in sorted(range(len(parts)), key=found.__getitem__)]
    if type(array) in LISTS and type(expression) is Expression:
        return uncertain_list(list(elements(array)), [], keyed)  # type: ignore[arg-type]
    return array if type(array) is Uncertain else keyed


def max_by(array: Any, expression: Any) -> Any:
    keyed = _with_keys("max_by", array, expression)
    if type(keyed) is not tuple:
        return keyed
    parts, found = keyed
    return parts[max(range(len(parts)), key=found.__getitem__)] if parts else None


def min_by(array: Any, expression: Any) -> Any:
    keyed = _with_keys("min_by", array, expression)
    if type(keyed) is not tuple:
        return keyed
    parts, found = keyed
    return parts[min(range(len(parts)), key=found.__getitem__)] if parts else None


FUNCTIONS: dict[str, Function] = {
    function.__name__.rstrip("_"): function
    for function in (
        abs_, avg, ceil, contains, ends_with, floor, from_json, is_set, join, keys, length, lower, map_, matches,
        max_, max_by, merge, min_, min_by, not_null, reverse, sort, sort_by, starts_with, sum_, to_array, to_number,
        to_string, type_, values,
    )
}  # fmt: skip
"""By the name that an expression calls them by; :data:`SIGNATURES` has the same names."""
