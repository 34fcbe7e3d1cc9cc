"""Type conversion functions.

Source: Terraform, "Type Conversion Functions".
"""

from __future__ import annotations

from typing import Any

from planguard.plan.source.evaluation.functions.signature import Function, lenient, shallow
from planguard.plan.source.evaluation.symbol import Symbolic
from planguard.plan.source.evaluation.value import (
    NoValueError,
    UnknownValue,
    as_set,
    marked,
    plain,
    to_bool,
    to_number,
    to_string,
    unmarked,
)


def unified(items: list[Any]) -> list[Any]:
    """Elements of one type: strings, where one is a string and others are numbers or bools.

    :raises NoValueError: there is no such type
    """
    kinds = {_KIND.get(type(unmarked(item)), "parts") for item in items} - {"any"}
    if len(kinds) < 2:
        return items
    if kinds - {"string", "number", "bool"} or "string" not in kinds:
        raise NoValueError("the elements are of different types")
    return [to_string(item) if isinstance(item, int | float) else item for item in items]


_KIND: dict[type, str] = {
    str: "string",
    bool: "bool",
    int: "number",
    float: "number",
    type(None): "any",
    UnknownValue: "any",
    Symbolic: "any",
}


def _tolist(value: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, list | tuple):
        raise NoValueError("a list is needed")
    return unified(list(value))


def _toset(value: Any) -> Any:
    items = _tolist(value)
    return None if items is None else as_set(items)


def _tomap(value: Any) -> Any:
    if value is None or not isinstance(value, dict):
        if value is None:
            return None
        raise NoValueError("a map is needed")
    return dict(zip(value, unified(list(value.values())), strict=True))


CONVERSION = {
    "ephemeralasnull": shallow(lambda value: value, "a"),
    "issensitive": Function(lambda value: False, "a"),
    "nonsensitive": lenient(plain, "a"),
    "sensitive": lenient(marked, "a"),
    "tobool": shallow(to_bool, "a"),
    "tolist": shallow(_tolist, "a"),
    "tomap": shallow(_tomap, "a"),
    "tonumber": shallow(to_number, "a"),
    "toset": shallow(_toset, "a"),
    "tostring": shallow(to_string, "a"),
}
