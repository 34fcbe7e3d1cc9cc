"""Functions where a value is symbolic: those that only move it about, or put it into a text, are named here.

Every other function would look into it, and gives an unknown value. Whoever adds a function has nothing to do for
that; only who adds one that composes names it here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from json import dumps
from typing import Any

from planguard.plan.source.evaluation.document import tree_of
from planguard.plan.source.evaluation.functions import Files, call_function
from planguard.plan.source.evaluation.functions.formatting import VERB, format_text
from planguard.plan.source.evaluation.symbol import Document, OpenList, Symbol, Symbolic
from planguard.plan.source.evaluation.value import (
    UNKNOWN,
    NoValueError,
    OpenObject,
    SymbolKeyed,
    as_set,
    equal,
    has_marks,
    has_unknown,
    is_bag,
    is_opaque,
    joined,
    marked,
    plain,
    to_string,
)

_WRONG = (TypeError, ValueError, LookupError, AttributeError)


def call_composing(name: str, arguments: list[Any], files: Files | None) -> Any:
    """The result of a function whose arguments may be symbolic, or lists of unknown length.

    :raises NoValueError: the arguments are wrong, or there is no such file
    """
    name = name.removeprefix("core::")
    opaque = any(map(is_opaque, arguments))
    if not opaque and (name not in _WITH_UNKNOWN or not any(map(has_unknown, arguments))):
        return call_function(name, arguments, files)
    if name in _ABOUT_MARKS:
        return call_function(name, arguments, files)
    sensitive = any(map(has_marks, arguments))
    try:
        result = _composed(name, [plain(argument) for argument in arguments], files)
    except _WRONG:
        result = UNKNOWN
    return marked(result) if sensitive else result


def _composed(name: str, arguments: list[Any], files: Files | None) -> Any:
    compose = _COMPOSING.get(name)
    if compose is not None:
        return compose(*arguments)
    if tuple(arguments[1:]) == _SCHEMES.get(name):
        return _without_scheme(name, arguments[0])
    at = _MOVING.get(name)
    if at is None or any(_is_closed(one) and n < at for n, one in enumerate(arguments)):
        return UNKNOWN
    if any(map(is_bag, arguments)) and name not in _OF_SETS:
        return UNKNOWN  # it has no order, and two members may turn out to be one
    if name == "zipmap" and is_opaque(arguments[0]):
        return UNKNOWN
    return call_function(name, arguments, files)


def _is_closed(value: Any) -> bool:
    """Whether nobody can say what its elements are, or how many."""
    return isinstance(value, Symbolic | OpenList | SymbolKeyed)


_ABOUT_MARKS = frozenset({"issensitive", "nonsensitive", "sensitive"})

_OF_SETS = frozenset({"coalescelist", "ephemeralasnull", "list", "map", "setproduct", "setunion"})
"""Those for which order and number do not matter."""

_MOVING = {
    "chunklist": 9,
    "coalescelist": 9,
    "element": 9,
    "ephemeralasnull": 0,
    "keys": 9,
    "length": 1,
    "list": 0,
    "lookup": 2,
    "map": 0,
    "one": 1,
    "reverse": 1,
    "setproduct": 9,
    "setunion": 9,
    "slice": 3,
    "tomap": 1,
    "values": 1,
    "zipmap": 2,
}
"""Functions that move elements about, and how many of their arguments must be known themselves."""


# --- lists and maps ------------------------------------------------------------------------------------------------


def _spread(value: Any) -> tuple[list[Any], bool]:
    """The elements of a list, and whether there may be others: those stand there as one that is unknown."""
    if value is UNKNOWN or type(value) is Symbolic:
        return [UNKNOWN], True
    if not isinstance(value, list | tuple):
        raise NoValueError("a list is needed")
    return list(value), type(value) is OpenList


def _gathered(items: list[Any], open_: bool, *sources: Any) -> Any:
    """Elements as a list; of unknown number, or in no order, where one of their sources is so."""
    if open_:
        return OpenList(items)
    return tuple(items) if any(map(is_bag, sources)) else items


def _concat(*lists: Any) -> Any:
    found: list[Any] = []
    open_ = False
    for one in lists:
        items, more = _spread(one)
        found += items
        open_ = open_ or more
    return _gathered(found, open_, *lists)


def _flatten(value: Any) -> Any:
    items, open_ = _spread(value)
    found: list[Any] = []
    sources = [value]
    for item in items:
        if isinstance(item, list | tuple):
            inner = _flatten(item)
            found += inner
            sources.append(inner)
            open_ = open_ or type(inner) is OpenList
        elif item is UNKNOWN or (type(item) is Symbolic and not item.is_text):
            found.append(UNKNOWN)  # it may be a list itself
            open_ = True
        else:
            found.append(item)
    return _gathered(found, open_, *sources)


def _compact(value: Any) -> Any:
    items, open_ = _spread(value)
    found: list[Any] = []
    for item in items:
        if item is UNKNOWN or (type(item) is Symbolic and not item.is_there):
            found.append(UNKNOWN)
            open_ = True
        elif item is not None and item != "":
            found.append(to_string(item))
    return _gathered(found, open_, value)


def _distinct(value: Any) -> Any:
    items, open_ = _spread(value)
    found: list[Any] = []
    for item in items:
        if item is UNKNOWN or not any(equal(item, one) is True for one in found):
            found.append(item)
    # Two symbols may turn out to be one, so that it counts as a set.
    return OpenList(found) if open_ else tuple(found) if len(found) > 1 else found


def _to_list(value: Any) -> Any:
    items, open_ = _spread(value)
    if value is UNKNOWN or type(value) is Symbolic:
        return UNKNOWN
    return _gathered(items if open_ else call_function("tolist", [value], None), open_, value)


def _to_set(value: Any) -> Any:
    found = _to_list(value)
    return found if type(found) is OpenList or found is UNKNOWN else as_set(found)


def _merge(*maps: Any) -> Any:
    found: dict[Any, Any] = {}
    for one in maps:
        if one is UNKNOWN or type(one) is Symbolic or (isinstance(one, OpenObject) and type(one) is not SymbolKeyed):
            return UNKNOWN
        if one is not None and not isinstance(one, dict):
            raise NoValueError("a map is needed")
        found.update(one or {})
    return SymbolKeyed(found) if any(type(one) is SymbolKeyed for one in maps) else found


def _coalesce(*values: Any) -> Any:
    for value in values:
        if value is UNKNOWN or (type(value) is Symbolic and not value.is_there):
            return UNKNOWN
        if value is not None and value != "":
            texts = any(isinstance(one, str | Symbolic) for one in values)
            return to_string(value) if texts and isinstance(value, int | float) else value
    raise NoValueError("all of them are null or empty")


# --- texts ---------------------------------------------------------------------------------------------------------

_PLAIN_VERB = re.compile(r"%(?:\[\d+\])?[svdt]|%%")
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
"""Characters that no text holds; between them stands the number of what belongs there."""
_PLACE = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")


def _format(text: Any, *arguments: Any) -> Any:
    if not isinstance(text, str) or _OPEN in text:
        return UNKNOWN
    if any(match[0] != "%%" and not _PLAIN_VERB.fullmatch(match[0]) for match in VERB.finditer(text)):
        return UNKNOWN  # it counts characters
    if any(isinstance(one, dict | list | tuple) for one in arguments):
        return UNKNOWN
    hidden = [f"{_OPEN}{n}{_CLOSE}" if _is_open(one) else one for n, one in enumerate(arguments)]
    with_texts = re.sub(r"%((?:\[\d+\])?)[dt]", r"%\1v", text) if any(map(_is_open, arguments)) else text
    pieces = _PLACE.split(format_text(with_texts, *hidden))
    return joined(to_string(arguments[int(one)]) if n % 2 else one for n, one in enumerate(pieces))


def _is_open(value: Any) -> bool:
    return value is UNKNOWN or type(value) is Symbolic


def _format_list(text: Any, *arguments: Any) -> Any:
    lists = [one for one in arguments if isinstance(one, list | tuple)]
    sole = len(lists) == 1
    if not lists or any(_is_open(one) and not _is_text(one) for one in arguments):
        return UNKNOWN
    if any(type(one) is OpenList for one in lists) and not sole:
        return UNKNOWN
    if len({len(one) for one in lists}) > 1:
        raise NoValueError("lists of different lengths")
    rows = [[one[row] if isinstance(one, list | tuple) else one for one in arguments] for row in range(len(lists[0]))]
    if sole and type(lists[0]) is OpenList:
        return OpenList(UNKNOWN if UNKNOWN in row else _format(text, *row) for row in rows)
    return _gathered([_format(text, *row) for row in rows], False, *lists)


def _is_text(value: Any) -> bool:
    return type(value) is Symbolic and value.is_text


def _join(separator: Any, *lists: Any) -> Any:
    if separator is UNKNOWN:
        return UNKNOWN
    items = [item for one in lists for item in (_spread(one)[0] if not is_bag(one) else [UNKNOWN])]
    if None in items:
        raise NoValueError("an element is null")
    return joined(_between(to_string(separator), map(to_string, items)))


def _between(separator: Any, texts: Iterable[Any]) -> Iterable[Any]:
    for n, text in enumerate(texts):
        if n:
            yield separator
        yield text


def _trimmed(value: Any) -> Any:
    """``trimspace``, of a text that neither begins nor ends with what is not known."""
    if type(value) is not Symbolic:
        return UNKNOWN
    first, last = value.parts[0], value.parts[-1]
    if isinstance(first, Document) and first is last:
        return value
    if not isinstance(first, str) or not isinstance(last, str) or not first.strip() or not last.strip():
        return UNKNOWN
    return Symbolic((first.lstrip(), *value.parts[1:-1], last.rstrip()))


def _chomped(value: Any) -> Any:
    """``chomp``, of a text that does not end with what is not known."""
    if type(value) is not Symbolic:
        return UNKNOWN
    last = value.parts[-1]
    if isinstance(last, Document):
        return value
    if not isinstance(last, str) or not (rest := last.rstrip("\r\n")):
        return UNKNOWN
    return Symbolic((*value.parts[:-1], rest))


_SCHEMES = {"replace": ("https://", ""), "trimprefix": ("https://",)}
"""What takes the scheme off a URL: the one text made of an unknown one of which no wildcard or name can come."""


def _without_scheme(name: str, text: Any) -> Any:
    """A URL without its scheme, under a name of its own: the issuer of tokens, as keys of conditions have it."""
    sole = text.sole if type(text) is Symbolic and text.is_text else None
    if sole is None:
        return UNKNOWN
    arguments = ", ".join((sole.name, *map(dumps, _SCHEMES[name])))
    return Symbolic((Symbol(f"{name}({arguments})", is_sure=sole.is_sure),), is_text=True)


# --- JSON ----------------------------------------------------------------------------------------------------------


def _encoded(value: Any) -> Any:
    return UNKNOWN if value is UNKNOWN else Symbolic((Document(value),))


def _decoded(text: Any) -> Any:
    try:
        return tree_of(text) if type(text) is Symbolic else UNKNOWN
    except NoValueError:
        return UNKNOWN  # it may be JSON once it is known


_WITH_UNKNOWN = frozenset({"compact", "concat", "flatten", "format", "formatlist", "join", "jsonencode"})
"""Functions that make something of an unknown value as well."""

_COMPOSING: dict[str, Callable[..., Any]] = {
    "chomp": _chomped,
    "coalesce": _coalesce,
    "compact": _compact,
    "concat": _concat,
    "distinct": _distinct,
    "flatten": _flatten,
    "format": _format,
    "formatlist": _format_list,
    "join": _join,
    "jsondecode": _decoded,
    "jsonencode": _encoded,
    "merge": _merge,
    "tolist": _to_list,
    "toset": _to_set,
    "tostring": to_string,
    "trimspace": _trimmed,
}
