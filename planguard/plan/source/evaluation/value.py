"""Values as expressions give them: plain Python, and three things that it lacks.

A list is a list or tuple of Terraform's, a dict an object or a map, a Python tuple a set. :data:`UNKNOWN` stands for
what nobody can say yet, :class:`Marked` wraps what is sensitive. A whole number is an int. Where a plan is at hand,
what it does not know has a name: see ``symbol``.

Source: Terraform, "Types and Values", and ``cty``'s conversions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from planguard.plan.source.evaluation.symbol import HOLE, OpenList, Part, Symbolic


class UnknownValue:
    """The type of :data:`UNKNOWN`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = UnknownValue()
"""A value that is not known before apply, or that source alone does not tell."""


class Marked:
    """A sensitive value."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "Marked(…)"


class OpenObject(dict[str, Any]):
    """An object of which not every attribute is written: what is missing is unknown, and no mistake."""

    __slots__ = ()


class SymbolKeyed(OpenObject):
    """An object that has symbolic texts among its keys: nobody can say what a key leads to."""

    __slots__ = ()


class NoValueError(Exception):
    """An expression that Terraform refuses: a missing attribute, a wrong type, a function that fails."""


class UnreadableError(NoValueError):
    """A file that is not at hand, though it may be where Terraform runs."""


def marked(value: Any) -> Any:
    """A value as a sensitive one."""
    return value if type(value) is Marked else Marked(value)


def unmarked(value: Any) -> Any:
    """A value without its own mark; those within it stay."""
    return value.value if type(value) is Marked else value


def plain(value: Any) -> Any:
    """A value without any marks, at any depth."""
    if type(value) is Marked:
        return plain(value.value)
    if isinstance(value, dict):
        return type(value)((key, plain(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return type(value)(plain(inner) for inner in value)
    if type(value) is tuple:
        return tuple(plain(inner) for inner in value)
    return value


def has_marks(value: Any) -> bool:
    """Whether it, or anything within it, is sensitive."""
    return _has(value, Marked)


def has_unknown(value: Any) -> bool:
    """Whether it, or anything within it, is unknown."""
    return _has(value, UnknownValue)


def _has(value: Any, kind: type) -> bool:
    found = type(value)
    if found is kind:
        return True
    if found is str or found is int:
        return False
    if found is Marked:
        return _has(value.value, kind)
    if isinstance(value, dict):
        return any(_has(inner, kind) for inner in value.values())
    if isinstance(value, list | tuple):
        return any(_has(inner, kind) for inner in value)
    return False


def kind_of(value: Any) -> str:
    """The word that Terraform has for a value's type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str | Symbolic):
        return "string"
    if isinstance(value, dict):
        return "object"
    return "set" if isinstance(value, tuple) else "list"


def is_opaque(value: Any) -> bool:
    """Whether it, or anything within it, is symbolic or of unknown length."""
    found = type(value)
    if found is str or found is int:
        return False
    if found is Symbolic or found is OpenList or found is SymbolKeyed:
        return True
    if found is Marked:
        return is_opaque(value.value)
    if isinstance(value, dict):
        return any(map(is_opaque, value.values()))
    return isinstance(value, list | tuple) and any(map(is_opaque, value))


def is_bag(value: Any) -> bool:
    """Whether it is a set of which nobody can say in which order it stands, or which members are the same."""
    return type(value) is tuple and len(value) > 1 and is_opaque(value)


def joined(values: Iterable[Any]) -> Any:
    """Texts, symbolic ones and unknown ones as one text: symbolic where one of them is not known."""
    parts: list[Part] = []
    for value in values:
        for part in (HOLE,) if value is UNKNOWN else value.parts if type(value) is Symbolic else (value,):
            if isinstance(part, str) and parts and isinstance(last := parts[-1], str):
                parts[-1] = last + part
            elif part != "":
                parts.append(part)
    if not parts:
        return ""
    if len(parts) == 1 and isinstance(parts[0], str):
        return parts[0]
    return UNKNOWN if all(part is HOLE for part in parts) else Symbolic(tuple(parts), is_text=True)


# --- conversions of primitive values -------------------------------------------------------------------------------


def to_string(value: Any) -> Any:
    """As a string; null, unknown and symbolic stay.

    :raises NoValueError: a collection
    """
    if isinstance(value, str) or value is None or value is UNKNOWN:
        return value
    if type(value) is Symbolic:
        return value.as_text()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    raise NoValueError(f"a {kind_of(value)} is no string")


def number_text(value: float) -> str:
    """A number as Terraform writes it into a string: no exponent."""
    if isinstance(value, int):
        return str(value)
    if value.is_integer():
        return str(int(Decimal(repr(value))))
    text = repr(value)
    return f"{Decimal(text):f}" if "e" in text else text


def to_number(value: Any) -> Any:
    """As a number; null and unknown stay.

    :raises NoValueError: a text that is none, a bool, a collection
    """
    if value is None or value is UNKNOWN:
        return value
    if type(value) is Symbolic:
        return UNKNOWN
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise NoValueError(f"a {kind_of(value)} is no number")
    return parsed_number(value) if isinstance(value, str) else value


_WHOLE = re.compile(r"-?[0-9]{1,4000}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def parsed_number(text: str) -> int | float:
    """The number that a text says.

    :raises NoValueError: it says none
    """
    if _WHOLE.fullmatch(text):
        return int(text)
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise NoValueError("a number is needed")
    return whole(float(text))


def whole(value: float) -> int | float:
    """A number, as an int where it is whole."""
    return int(Decimal(repr(value))) if isinstance(value, float) and value.is_integer() else value


_BOOLS = {"true": True, "false": False, "1": True, "0": False}


def to_bool(value: Any) -> Any:
    """As a bool; null and unknown stay.

    :raises NoValueError: it is none
    """
    if isinstance(value, bool) or value is None or value is UNKNOWN:
        return value
    if type(value) is Symbolic:
        return UNKNOWN
    if isinstance(value, str) and value in _BOOLS:
        return _BOOLS[value]
    raise NoValueError("a bool is needed")


# --- comparison ----------------------------------------------------------------------------------------------------

_NOT_COMPARED = frozenset({UnknownValue, OpenList, Symbolic, SymbolKeyed})
"""What may turn out to be equal to anything."""


def equal(left: Any, right: Any) -> Any:
    """Whether two values are equal: True, False, or UNKNOWN."""
    if type(left) in _NOT_COMPARED or type(right) in _NOT_COMPARED:
        return _may_be_equal(left, right)
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return UNKNOWN if isinstance(left, OpenObject) or isinstance(right, OpenObject) else False
        return all_of(equal(inner, right[key]) for key, inner in left.items())
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        if len(left) != len(right) or type(left) is not type(right):
            return False
        return all_of(equal(one, other) for one, other in zip(left, right, strict=True))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _may_be_equal(left: Any, right: Any) -> Any:
    """The same of values of which one is not known: a symbol equals itself, and a name of something is not null."""
    if isinstance(left, Symbolic) and isinstance(right, Symbolic):
        return True if left.is_same(right) else UNKNOWN
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Symbolic) and one.is_there and other is None:
            return False
    return UNKNOWN


def all_of(answers: Iterable[Any]) -> Any:
    """False if one is, else UNKNOWN if one is, else True."""
    result: Any = True
    for answer in answers:
        if answer is False:
            return False
        if answer is UNKNOWN:
            result = UNKNOWN
    return result


def as_set(items: Iterable[Any]) -> tuple[Any, ...]:
    """A set of values: each once, in Terraform's order where they are primitive."""
    found: list[Any] = []
    seen: set[Any] = set()
    for item in items:
        if isinstance(item, str | int | float):
            key = (type(item) is bool, item)
            if key in seen:
                continue
            seen.add(key)
        elif any(equal(item, one) is True for one in found):
            continue
        found.append(item)
    known = [item for item in found if item is not UNKNOWN and type(item) is not Symbolic]
    if all(isinstance(item, str) for item in known) or all(isinstance(item, int | float) for item in known):
        return (*sorted(known), *(item for item in found if item is UNKNOWN or type(item) is Symbolic))
    return tuple(found)
