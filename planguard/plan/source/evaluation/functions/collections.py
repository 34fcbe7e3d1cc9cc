"""Collection functions.

Source: Terraform, "Collection Functions"; ``lang/funcs/collection.go`` and ``cty/function/stdlib/collection.go``.
"""

from __future__ import annotations

import itertools
from typing import Any

from planguard.plan.source.evaluation.functions.conversions import unified
from planguard.plan.source.evaluation.functions.signature import Function, lenient, shallow
from planguard.plan.source.evaluation.functions.strings import letters
from planguard.plan.source.evaluation.value import (
    UNKNOWN,
    NoValueError,
    OpenObject,
    as_set,
    equal,
    has_unknown,
    plain,
    to_bool,
    to_string,
)

_MOST = 100_000


def _length(value: Any) -> Any:
    if isinstance(value, str):
        return len(letters(value))
    if isinstance(value, OpenObject) or (isinstance(value, tuple) and has_unknown(value)):
        return UNKNOWN
    if isinstance(value, dict | list | tuple):
        return len(value)
    raise NoValueError("it has no length")


def _merge(*maps: Any) -> Any:
    if any(isinstance(one, OpenObject) for one in maps):
        return UNKNOWN
    found: dict[str, Any] = {}
    for one in maps:
        found.update(_is_map(one) if one is not None else {})
    return found


def _is_map(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NoValueError("a map is needed")
    return value


def _concat(*lists: Any) -> list[Any]:
    if not lists:
        raise NoValueError("there is nothing to join")
    if sum(len(one) for one in lists) > _MOST:
        raise NoValueError("the list is too long")
    return [*itertools.chain.from_iterable(lists)]


_NONE = object()


def _lookup(values: dict[str, Any], key: str, default: Any = _NONE) -> Any:
    if key in values:
        return values[key]
    if isinstance(values, OpenObject):
        return UNKNOWN
    if default is _NONE:
        raise NoValueError("no such key")
    return default


def _keys(values: Any) -> Any:
    return UNKNOWN if isinstance(values, OpenObject) else sorted(values)


def _values(values: Any) -> Any:
    return UNKNOWN if isinstance(values, OpenObject) else [value for _, value in sorted(values.items())]


def _element(items: Any, number: int) -> Any:
    if isinstance(items, tuple):
        raise NoValueError("a set has no order")
    return items[number % len(items)]


def _index(items: list[Any], value: Any) -> int:
    for number, item in enumerate(items):
        if equal(item, value) is True:
            return number
    raise NoValueError("it is not in the list")


def _contains(items: Any, value: Any) -> Any:
    if items is UNKNOWN or value is UNKNOWN:
        return UNKNOWN
    answers = [equal(plain(item), plain(value)) for item in items]
    if True in answers:
        return True
    return UNKNOWN if UNKNOWN in answers else False


def _coalesce(*values: Any) -> Any:
    for value in values:
        if value is not None and value != "":
            texts = isinstance(value, int | float) and any(isinstance(one, str) for one in values)
            return to_string(value) if texts else value
    raise NoValueError("all of them are null or empty")


def _coalescelist(*lists: Any) -> Any:
    for one in lists:
        if one is UNKNOWN:
            return UNKNOWN
        if one:
            return one
    raise NoValueError("all of them are null or empty")


def _flatten(items: Any) -> Any:
    found: list[Any] = []
    for item in items:
        if item is UNKNOWN:
            return UNKNOWN
        if isinstance(item, list | tuple):
            inner = _flatten(item) if not _is_flat(item) else list(item)
            if inner is UNKNOWN:
                return UNKNOWN
            found.extend(inner)
        else:
            found.append(item)
    return found


def _is_flat(items: Any) -> bool:
    return not any(isinstance(item, list | tuple) for item in items)


def _distinct(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in unified(list(items)):
        if not any(equal(item, one) is True for one in found):
            found.append(item)
    return found


def _chunks(items: list[Any], size: int) -> list[Any]:
    if size < 0:
        raise NoValueError("no such size")
    return [items[at : at + size] for at in range(0, len(items), size)] if size else [items]


def _slice(items: Any, start: int, end: int) -> Any:
    if not 0 <= start <= end <= len(items):
        raise NoValueError("no such part of the list")
    return list(items)[start:end]


def _range(*given: Any) -> list[Any]:
    start, end, step = {1: (0, *given, None), 2: (*given, None), 3: given}[len(given)]
    step = step if step is not None else (1 if end >= start else -1)
    if start == end:
        return []
    if not step or ((end > start) != (step > 0) and end != start) or abs(end - start) / abs(step) > 1024:
        raise NoValueError("no such range")
    found: list[Any] = []
    while (start < end) if step > 0 else (start > end):
        found.append(start)
        start += step
    return found


def _one(items: Any) -> Any:
    if items is None or isinstance(items, str | dict):
        raise NoValueError("a list is needed")
    if not items:
        return None
    if len(items) > 1:
        raise NoValueError("more than one")
    return items[0]


def _zipmap(keys: list[Any], values: list[Any]) -> Any:
    if len(keys) != len(values):
        raise NoValueError("not as many keys as values")
    return UNKNOWN if None in keys or UNKNOWN in keys else dict(zip(map(to_string, keys), values, strict=True))


def _transpose(values: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, items in sorted(values.items()):
        for item in items:
            found.setdefault(item, []).append(key)
    return dict(sorted(found.items()))


def _matchkeys(values: list[Any], keys: list[Any], wanted: list[Any]) -> list[Any]:
    texts = any(isinstance(one, str) for one in (*keys, *wanted))
    fit: Any = to_string if texts else plain
    search = [fit(one) for one in wanted]
    return [value for value, key in zip(values, keys, strict=True) if _contains(search, fit(key))]


def _product(*lists: Any) -> Any:
    total = 1
    for one in lists:
        total *= len(one)
    if total > _MOST or len(lists) < 2:
        raise NoValueError("the product is too large")
    rows = [list(row) for row in itertools.product(*lists)]
    return as_set(rows) if any(isinstance(one, tuple) for one in lists) else rows


def _union(*sets: Any) -> Any:
    return as_set(unified([*itertools.chain.from_iterable(sets)]))


def _intersection(first: Any, *others: Any) -> Any:
    return as_set(item for item in first if all(_contains(other, item) is True for other in others))


def _subtract(first: Any, second: Any) -> Any:
    return as_set(item for item in first if _contains(second, item) is False)


def _decided(decisive: bool, items: Any) -> Any:
    answers = [to_bool(plain(item)) for item in items]
    if decisive in answers or (not decisive and None in answers):
        return decisive
    return UNKNOWN if UNKNOWN in answers else not decisive


COLLECTION = {
    "alltrue": shallow(lambda items: _decided(False, items), "l"),
    "anytrue": shallow(lambda items: _decided(True, items), "l"),
    "chunklist": shallow(_chunks, "ln"),
    "coalesce": lenient(_coalesce, "a*"),
    "coalescelist": lenient(_coalescelist, "a*"),
    "compact": Function(lambda items: [item for item in items if item], "L"),
    "concat": shallow(_concat, "l*"),
    "contains": lenient(_contains, "la"),
    "distinct": Function(_distinct, "l"),
    "element": shallow(_element, "ln"),
    "flatten": shallow(_flatten, "l"),
    "index": Function(_index, "la"),
    "keys": shallow(_keys, "m"),
    "length": shallow(_length, "a"),
    "list": shallow(lambda *items: [*items], "a*"),
    "lookup": shallow(_lookup, "msa"),
    "map": shallow(lambda *pairs: dict(zip(pairs[::2], pairs[1::2], strict=True)), "a*"),
    "matchkeys": Function(_matchkeys, "lll"),
    "merge": shallow(_merge, "a*"),
    "one": shallow(_one, "a"),
    "range": Function(_range, "n*"),
    "reverse": shallow(lambda items: [*reversed(items)], "l"),
    "setintersection": Function(_intersection, "l*"),
    "setproduct": shallow(_product, "l*"),
    "setsubtract": Function(_subtract, "ll"),
    "setunion": shallow(_union, "l*"),
    "slice": shallow(_slice, "lnn"),
    "sort": Function(sorted, "L"),
    "transpose": Function(_transpose, "m"),
    "values": shallow(_values, "m"),
    "zipmap": shallow(_zipmap, "ll"),
}
