"""What of a lower reading is certain: nothing that a denial may take away.

The rest of a resource that is not known yet is a symbol, which only a pattern matches that ends in ``*`` before it. A
denial of a part of that resource may mean just what it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from planguard.access.aws.deferred import REST, VALUE
from planguard.access.model import DENY, LOWER, Clause
from planguard.access.pattern import is_symbol, symbol_name

_WILD = re.compile(r"[*?]")


def certain(clauses: Iterable[Clause], limits: Iterable[tuple[Clause, ...]]) -> list[Clause]:
    """The clauses without lower readings whose unknown rest a denial may be about."""
    kept = list(clauses)
    denied = {
        pattern
        for one in (*kept, *(clause for limit in limits for clause in limit))
        if one.effect == DENY
        for pattern in (*one.resources.include, *one.resources.exclude)
        if pattern != "*"
    }
    if not denied:
        return kept
    return [one for one in kept if not (one.bound == LOWER and one.effect != DENY and _may_be_meant(one, denied))]


def _may_be_meant(clause: Clause, denied: Iterable[str]) -> bool:
    starts = [start for one in clause.resources.include if (start := _before_rest(one)) is not None]
    return any(_overlaps(start, pattern) for start in starts for pattern in denied)


def _before_rest(pattern: str) -> str | None:
    """What of a resource stands before its unknown rest; None where nothing is unknown."""
    for at, char in enumerate(pattern):
        if is_symbol(char) and symbol_name(char).startswith((REST, VALUE)):
            return pattern[:at]
    return None


def _overlaps(start: str, pattern: str) -> bool:
    literal = _WILD.split(pattern, maxsplit=1)[0]
    if start.startswith(literal) and pattern == f"{literal}*":
        return False  # it takes in all of it: that is seen without more
    return start.startswith(literal) or literal.startswith(start)
