"""Which of many requests some clauses allow together: see ``asks``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from planguard.access.asks import COVER, NONE, SAMPLE, SOME, TOUCH, Asks, Masks, below
from planguard.access.atoms import TooComplex, bits_of
from planguard.access.compare import witness_of
from planguard.access.model import (
    ALLOW,
    EXACT,
    LOWER,
    MUST,
    UPPER,
    Access,
    Clause,
    Origin,
    Predicate,
    Terms,
    Witness,
)

Lines = Mapping[tuple[Predicate, ...], Masks]
"""What clauses of one effect say, by the conditions under which they say it."""
Who = Mapping[str, Predicate]
"""What is known of the condition keys of whoever asks, by key in lower case."""
NOBODY: Who = {}
NOTHING: Lines = {}
_ANY = Terms()


class Sides(NamedTuple):
    """What decides on requests: they are allowed, not denied, and within every limit."""

    allows: Lines
    denies: Lines = NOTHING
    limits: tuple[Lines, ...] = ()


def counts(clause: Clause, reading: str) -> bool:
    """Whether a clause counts in a reading: the lower one grants the least and denies the most."""
    return clause.bound in {EXACT, LOWER if (clause.effect == ALLOW) == (reading == MUST) else UPPER}


def lines_of(asks: Asks, clauses: Iterable[Clause], within: int = -1) -> dict[tuple[Predicate, ...], Masks]:
    """What clauses of one effect say of some requests."""
    found: dict[tuple[Predicate, ...], Masks] = {}
    for clause in clauses:
        put(found, clause.predicates, asks.masks(clause), within)
    return found


def put(
    lines: dict[tuple[Predicate, ...], Masks], predicates: tuple[Predicate, ...], masks: Masks, within: int
) -> None:
    """Add what is said under some conditions."""
    cover, some, touch, sample = masks
    if touch & within:
        there = lines.get(predicates, NONE)
        lines[predicates] = (
            there[COVER] | cover & within,
            there[SOME] | some & within,
            there[TOUCH] | touch & within,
            there[SAMPLE] | sample & within,
        )


def joined(*several: Lines) -> Lines:
    """What several say together."""
    kept = sorted((one for one in several if one), key=len, reverse=True)
    if len(kept) < 2:
        return kept[0] if kept else NOTHING
    found: dict[tuple[Predicate, ...], Masks] = dict(kept[0])
    for one in kept[1:]:
        for predicates, masks in one.items():
            put(found, predicates, masks, -1)
    return found


def allowed(
    asks: Asks, sides: Sides, reading: str, who: Who, exactly: Callable[[int], bool], now: datetime | None = None
) -> int:
    """The requests that are allowed.

    :param exactly: what tells of one request that something cuts through whether any of it is allowed
    """
    allows = sides.allows
    if reading == MUST and asks.free | asks.unsure:
        allows = _certain(allows, asks)
    candidates = _union(allows, TOUCH) & ~sides.denies.get((), NONE)[COVER]
    for limit in sides.limits:
        candidates &= _union(limit, TOUCH)
    if not candidates:
        return 0
    free = allows.get((), NONE)[SOME]
    for limit in sides.limits:
        free &= limit.get((), NONE)[COVER]
    found = candidates & free & ~_union(sides.denies, TOUCH)
    rest = candidates & ~found
    if not rest:
        return found
    cut = _cut(allows, SOME) | _cut(sides.denies, COVER) | _union_of(_cut(one, COVER) for one in sides.limits)
    places = [(allows, SOME), (sides.denies, COVER), *((one, COVER) for one in sides.limits)]
    samples = [(lines, SAMPLE) for lines, _ in places]
    for mask, under in (*_classes(rest & ~cut, places), *_classes(rest & cut, samples)):
        if _is_possible(*_known(under, who), reading, now):
            found |= mask
    for bit in bits_of(rest & cut & ~found):
        if exactly(bit):
            found |= 1 << bit
    return found


def _certain(lines: Lines, asks: Asks) -> Lines:
    """The lower reading of requests that may not work, or count only where no condition is set."""
    found: dict[tuple[Predicate, ...], Masks] = {}
    for predicates, masks in lines.items():
        put(found, predicates, masks, ~(asks.unsure | (asks.free if predicates else 0)))
    return found


def _union(lines: Lines, place: int) -> int:
    return _union_of(masks[place] for masks in lines.values())


def _union_of(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def _cut(lines: Lines, place: int) -> int:
    return _union_of(masks[TOUCH] & ~masks[place] for masks in lines.values())


Conditions = frozenset[tuple[Predicate, ...]]
Under = tuple[Conditions, Conditions, tuple[Conditions, ...]]
"""Under which conditions requests are allowed, denied, and within each limit."""


def _classes(rest: int, groups: Sequence[tuple[Lines, int]]) -> list[tuple[int, Under]]:
    """The requests by the conditions that decide on them.

    :param groups: what allows, what denies and each limit, with which of their masks counts
    """
    found: list[tuple[int, tuple[Conditions, ...]]] = [(rest, ())] if rest else []
    for lines, place in groups:
        split: list[tuple[int, tuple[Conditions, ...]]] = []
        for mask, under in found:
            parts: list[tuple[int, frozenset[tuple[Predicate, ...]]]] = [(mask, frozenset())]
            for predicates, masks in lines.items():
                here = masks[place]
                if here & mask:
                    parts = [
                        (piece, conditions)
                        for part, before in parts
                        for piece, conditions in ((part & here, before | {predicates}), (part & ~here, before))
                        if piece
                    ]
            split += ((piece, (*under, conditions)) for piece, conditions in parts)
        found = split
    return [(mask, (under[0], under[1], under[2:])) for mask, under in found]


def _known(under: Under, who: Who) -> tuple[Under, tuple[Predicate, ...]]:
    """The same, with what is known of the keys that they ask for."""
    if not who:
        return under, ()
    keys = {
        line.key.lower() for each in (under[0], under[1], *under[2]) for predicates in each for line in predicates
    }
    return under, tuple(who[key] for key in sorted(keys & who.keys()))


@lru_cache(maxsize=16384)
def _is_possible(under: Under, known: tuple[Predicate, ...], reading: str, now: datetime | None) -> bool:
    """Whether there are condition keys with which a request is allowed."""
    allows, denies, limits = under
    if () in denies or not allows or any(not one for one in limits):
        return False
    clauses = [_clause(ALLOW, (*predicates, *known)) for predicates in sorted(allows)]
    clauses += (_clause("deny", predicates) for predicates in sorted(denies))
    within = tuple(tuple(_clause(ALLOW, predicates) for predicates in sorted(one)) for one in limits)
    return find(Access(tuple(clauses), within), Terms(), reading, now) is not None


def _clause(effect: str, predicates: tuple[Predicate, ...]) -> Clause:
    return Clause(effect, Terms(), predicates=predicates)


UNDECIDED = Witness("", "", "")
"""What stands for a request where nobody can say whether there is one."""


def find(
    access: Access, resources: Terms, reading: str, now: datetime | None, *, actions: Terms = _ANY
) -> Witness | None:
    """A request that is allowed; above the bounds of comparison none for certain, and one perhaps."""
    try:
        return witness_of(access, actions, resources, reading=reading, now=now)
    except TooComplex:
        return None if reading == MUST else UNDECIDED


def request_in(
    asks: Asks,
    bit: int,
    clauses: Iterable[Clause],
    limits: Iterable[Iterable[Clause]],
    reading: str,
    who: Who,
    now: datetime | None = None,
) -> Witness | None:
    """A request of those that one bit stands for that is allowed, or None; compared exactly."""  # fmt: skip
    one = asks.requests[bit]
    kept = [part for clause in clauses if (part := _on(asks, bit, clause)) is not None]
    within = tuple(
        tuple(part for clause in limit if (part := _on(asks, bit, clause)) is not None) for limit in limits
    )
    keys = {
        line.key.lower()
        for clause in (*kept, *(part for limit in within for part in limit))
        for line in clause.predicates
    }
    known = tuple(who[key] for key in sorted(keys & who.keys()))
    granted = [
        replace(clause, predicates=(*clause.predicates, *known)) if clause.effect == ALLOW else clause
        for clause in kept
    ]
    found = find(Access(tuple(dict.fromkeys(granted)), within), Terms(), reading, now)
    if found is None:
        return None
    resource = f"{one.names[-1]}{found.resource}" if one.is_below else one.names[0]
    return Witness("", one.spelled, resource, found.context)


def _on(asks: Asks, bit: int, clause: Clause) -> Clause | None:
    """What a clause says of one request: of the rest of its resource, where that is anything below a name."""
    masks = asks.masks(clause)
    if not masks[TOUCH] >> bit & 1:
        return None
    resources = Terms() if masks[COVER] >> bit & 1 else below(clause.resources, asks.requests[bit].names[-1])
    return replace(clause, actions=Terms(), principals=Terms(), resources=resources, origin=Origin(""))
