"""Types: from the ``type`` of a variable and from a schema, and values made to fit them.

A type is written as Terraform's JSON has it: ``"string"``, ``["list", "string"]``, ``["object", {…}]``. An object
type may name optional attributes with their defaults in a third place.

Source: Terraform, "Type Constraints"; ``ext/typeexpr`` of HCL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from planguard.plan.source.evaluation.functions.conversions import unified
from planguard.plan.source.evaluation.symbol import OpenList, Symbolic
from planguard.plan.source.evaluation.value import (
    UNKNOWN,
    Marked,
    NoValueError,
    OpenObject,
    as_set,
    is_bag,
    kind_of,
    marked,
    to_bool,
    to_number,
    to_string,
    unmarked,
)
from planguard.plan.source.syntax import CALL, LITERAL, NAME, OBJECT, TUPLE, Node

Type: TypeAlias = Any

ANY = "dynamic"
_PRIMITIVES = {"string": "string", "number": "number", "bool": "bool", "any": ANY}
_CONVERT: dict[str, Callable[[Any], Any]] = {
    "string": to_string,
    "number": to_number,
    "bool": to_bool,
    "str": to_string,
    "num": to_number,
}


def parse_type(node: Node, evaluate: Callable[[Node], Any]) -> Type:
    """The type that the ``type`` of a variable names.

    :param evaluate: for the defaults of ``optional``
    """
    if node[0] == NAME and not node[2]:
        return _PRIMITIVES.get(node[1], [node[1], ANY] if node[1] in {"list", "set", "map"} else ANY)
    if node[0] == LITERAL and isinstance(node[1], str):  # as Terraform 0.11 wrote it
        return _PRIMITIVES.get(node[1], [node[1], ANY] if node[1] in {"list", "set", "map"} else ANY)
    if node[0] != CALL or not node[2]:
        return ANY
    name, inner = node[1], node[2][0]
    if name in {"list", "set", "map"}:
        return [name, parse_type(inner, evaluate)]
    if name == "tuple" and inner[0] == TUPLE:
        return ["tuple", [parse_type(one, evaluate) for one in inner[1]]]
    if name == "object" and inner[0] == OBJECT:
        return _object_type(inner, evaluate)
    return ANY


def _object_type(node: Node, evaluate: Callable[[Node], Any]) -> Type:
    fields: dict[str, Type] = {}
    optional: dict[str, Any] = {}
    for key, value in node[1]:
        name = str(key[1])
        if value[0] == CALL and value[1] == "optional":
            fields[name] = parse_type(value[2][0], evaluate)
            optional[name] = evaluate(value[2][1]) if len(value[2]) > 1 else None
        else:
            fields[name] = parse_type(value, evaluate)
    return ["object", fields, optional]


def convert(value: Any, type_: Type) -> Any:
    """A value made to fit a type.

    :raises NoValueError: it cannot be
    """
    if value is None or value is UNKNOWN or type_ == ANY:
        return value
    if type(value) is Marked:
        return marked(convert(value.value, type_))
    if isinstance(type_, str):
        change = _CONVERT.get(type_)
        return change(value) if change is not None else value
    if type(value) is Symbolic:
        return UNKNOWN
    if type(value) is OpenList:
        return OpenList(convert(one, type_[1]) for one in value) if type_[0] in {"list", "set"} else UNKNOWN
    if type_[0] == "list" and is_bag(value):
        return tuple(convert(one, type_[1]) for one in value)  # no order can be told
    build = _COLLECTIONS.get(type_[0])
    return build(value, type_) if build is not None else value


def _to_tuple(value: Any, type_: Type) -> list[Any]:
    items = _elements(value)
    if len(items) != len(type_[1]):
        raise NoValueError("a tuple of another length is needed")
    return [convert(one, kind) for one, kind in zip(items, type_[1], strict=True)]


def _elements(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise NoValueError(f"a {kind_of(value)} is no list")
    return list(value)


def _members(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NoValueError(f"a {kind_of(value)} is no map")
    return value


def _alike(items: list[Any], type_: Type) -> list[Any]:
    """Elements of a collection, which have one type; ``any`` is whichever they have in common."""
    return unified(items) if type_ == ANY else [convert(one, type_) for one in items]


def _to_object(value: Any, type_: Type) -> dict[str, Any]:
    members = _members(value)
    optional = type_[2] if len(type_) > 2 else {}
    found: dict[str, Any] = OpenObject() if isinstance(value, OpenObject) else {}
    for name, inner in type_[1].items():
        given = members.get(name)
        if given is None and name in optional:
            given = optional[name]
        elif name not in members and isinstance(value, OpenObject):
            given = UNKNOWN
        found[name] = convert(given, inner)
    return found


_COLLECTIONS: dict[str, Callable[[Any, Type], Any]] = {
    "list": lambda value, type_: _alike(_elements(value), type_[1]),
    "set": lambda value, type_: as_set(_alike(_elements(value), type_[1])),
    "map": lambda value, type_: dict(zip(_members(value), _alike(list(value.values()), type_[1]), strict=True)),
    "object": _to_object,
    "tuple": _to_tuple,
}


# --- the two arms of a conditional ---------------------------------------------------------------------------------


def in_common(value: Any, other: Any) -> Any:
    """A value as one of the type that it has in common with the value of the other arm.

    :raises NoValueError: there is no such type
    """
    if type(value) is Marked:
        return marked(in_common(value.value, other))
    other = unmarked(other)
    if value is None or other is None or value is UNKNOWN or other is UNKNOWN or isinstance(value, OpenObject):
        return value
    if isinstance(value, Symbolic | OpenList) or isinstance(other, OpenList):
        return value
    if type(other) is Symbolic:
        return to_string(value) if other.is_text else value
    if isinstance(value, dict) and isinstance(other, dict):
        return value if isinstance(other, OpenObject) else _member_by_member(value, other)
    if isinstance(value, list | tuple) and isinstance(other, list | tuple):
        found = _one_by_one(value, other)
        return as_set(found) if isinstance(value, tuple) or isinstance(other, tuple) else found
    if isinstance(value, dict | list | tuple) or isinstance(other, dict | list | tuple):
        raise NoValueError("the arms are of different types")
    return to_string(value) if isinstance(other, str) else value


def _one_by_one(value: Sequence[Any], other: Sequence[Any]) -> list[Any]:
    if len(value) == len(other):
        return [in_common(one, another) for one, another in zip(value, other, strict=True)]
    return _as_texts(value, other)


def _member_by_member(value: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    if value.keys() == other.keys():
        return {key: in_common(inner, other[key]) for key, inner in value.items()}
    return dict(zip(value, _as_texts(list(value.values()), list(other.values())), strict=True))


def _as_texts(values: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """Elements of one type: texts, where one of all the elements is a text."""
    texts = any(isinstance(one, str) for one in (*values, *others))
    return [to_string(one) if texts and isinstance(one, int | float) else one for one in values]
