"""Patterns with patterns: what two of them have in common, as patterns again."""

from __future__ import annotations

from functools import lru_cache

from planguard.access.atoms import Glob, matches

MOST_PARTS = 8
_LONGEST = 400


def common_patterns(one: str, other: str) -> tuple[str, ...] | None:
    """Patterns that match together what two patterns both match; None where that takes more than a few."""
    if len(one) + len(other) > _LONGEST:
        return None
    found = _common(one, other)
    if found is None:
        return None
    return tuple(sorted(_widest(found)))


def is_part_of(one: str, other: str) -> bool:
    """Whether the first pattern can be seen to match no more than the second."""
    return matches(Glob(other), one)


def _widest(patterns: frozenset[str]) -> list[str]:
    return [each for each in patterns if not any(each != more and is_part_of(each, more) for more in patterns)]


@lru_cache(maxsize=4096)
def _common(one: str, other: str) -> frozenset[str] | None:
    if one == other:
        return frozenset((one,))
    if not one or not other:
        rest = one or other
        return frozenset(("",)) if not rest.strip("*") else frozenset()
    found: frozenset[str] | None
    if one[0] == "*" and other[0] == "*":
        found = _both("*", _common(one[1:], other), _common(one, other[1:]))
    elif one[0] == "*":
        found = _either(_common(one[1:], other), _after(other[0], _common(one, other[1:])))
    elif other[0] == "*":
        found = _common(other, one)
    elif one[0] == other[0] or other[0] == "?":
        found = _after(one[0], _common(one[1:], other[1:]))
    elif one[0] == "?":
        found = _after(other[0], _common(one[1:], other[1:]))
    else:
        found = frozenset()
    return found


def _after(sign: str, rest: frozenset[str] | None) -> frozenset[str] | None:
    return None if rest is None else frozenset(sign + each for each in rest)


def _both(sign: str, one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return _either(_after(sign, one), _after(sign, other))


def _either(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return None
    found = frozenset(each.replace("**", "*") for each in one | other)
    if len(found) > 1:
        found = frozenset(_widest(found))
    return found if len(found) <= MOST_PARTS else None
