"""JSON texts of which some parts are not known, as trees.

A part that stands within a string of the text is a part of that string. One that stands where a value would is that
value: nobody can say what, and in a list not even how many.
"""

from __future__ import annotations

import json
import re
from typing import Any

from planguard.plan.source.evaluation.symbol import HOLE, Document, OpenList, Part, Symbolic
from planguard.plan.source.evaluation.value import UNKNOWN, NoValueError, SymbolKeyed, joined, whole

_OPEN, _CLOSE, _BARE = "\ufdd0", "\ufdd1", "\ufdd2"
"""Characters that no text holds: they stand around the number of a part; the last begins one outside of a string."""
_PLACE = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_VALUE = re.compile(f"{_BARE}([0-9]+){_CLOSE}")


def tree_of(text: Symbolic) -> Any:
    """The document that a text holds: dicts, lists and leaves, symbolic or unknown where it is.

    :raises NoValueError: it is no JSON, or nobody can say whether it is
    """
    first = text.parts[0]
    if len(text.parts) == 1:
        if isinstance(first, Document):
            return first.tree
        raise NoValueError("nothing is known of the text")
    try:
        document = json.loads(_with_places(text.parts), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NoValueError("the text is no JSON") from None
    return _filled(document, text.parts)


def _refuse(word: str) -> Any:
    raise NoValueError(f"`{word}` is no JSON")


def _with_places(parts: tuple[Part, ...]) -> str:
    """The text with a mark in place of each part that is not known."""
    found: list[str] = []
    within = False
    for number, part in enumerate(parts):
        if isinstance(part, str):
            if any(char in part for char in (_OPEN, _CLOSE, _BARE)):
                raise NoValueError("a character that stands in no text")
            within = _ends_within(part, within)
            found.append(part)
        elif within:
            found.append(f"{_OPEN}{number}{_CLOSE}")
        else:
            found.append(f'"{_BARE}{number}{_CLOSE}"')
    return "".join(found)


def _ends_within(text: str, within: bool) -> bool:
    """Whether what follows a piece of JSON stands within a string."""
    escaped = False
    for char in text:
        if escaped:
            escaped = False
        elif char == '"':
            within = not within
        elif within and char == "\\":
            escaped = True
    return within


def _filled(value: Any, parts: tuple[Part, ...]) -> Any:
    if isinstance(value, str):
        return _text(value, parts)
    if isinstance(value, list):
        items = [_filled(one, parts) for one in value]
        # What nobody knows may hold quotes and commas, and so be more than one element.
        if any(item is UNKNOWN or (type(item) is Symbolic and item.has_hole) for item in items):
            return OpenList(UNKNOWN if type(item) is Symbolic and item.has_hole else item for item in items)
        return items
    if isinstance(value, dict):
        return _members(value, parts)
    return whole(value) if isinstance(value, float) else value


def _text(value: str, parts: tuple[Part, ...]) -> Any:
    if (match := _VALUE.fullmatch(value)) is not None:
        part = parts[int(match[1])]
        return part.tree if isinstance(part, Document) else UNKNOWN
    pieces = _PLACE.split(value)
    if len(pieces) == 1:
        return value
    return joined(
        piece
        if n % 2 == 0
        else UNKNOWN
        if parts[int(piece)] is HOLE
        else Symbolic((parts[int(piece)],), is_text=True)
        for n, piece in enumerate(pieces)
    )


def _members(value: dict[str, Any], parts: tuple[Part, ...]) -> Any:
    found: dict[Any, Any] = {}
    for key, inner in value.items():
        name = _text(key, parts)
        if name is UNKNOWN or not isinstance(name, str | Symbolic):
            return UNKNOWN
        found[name] = _filled(inner, parts)
    return SymbolKeyed(found) if any(type(name) is Symbolic for name in found) else found
