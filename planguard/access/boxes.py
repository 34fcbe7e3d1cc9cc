"""Clauses as boxes of bit masks, and the exact algebra of unions of boxes.

A :class:`Space` has one dimension each for actions, resources, principals and every condition key that is used. A
clause is a box in it: one mask for each dimension. What an access allows is a union of boxes without another one:
what its clauses and all its limits allow, without what any of them denies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import reduce
from operator import and_, or_

from planguard.access.atoms import Atoms, Glob, TooComplex, enumerate_atoms
from planguard.access.dimension import Dimension, dimension_name, dimension_of
from planguard.access.model import (
    ALLOW,
    AWS,
    EXACT,
    LOWER,
    MUST,
    UPPER,
    Access,
    Clause,
    Predicate,
    Terms,
)
from planguard.access.pattern import ONE_IN_PART, STAR_IN_PART

Box = tuple[int, ...]
"""One mask for each dimension; none of them is zero."""

MOST_BOXES = 200_000
ACTIONS, RESOURCES, PRINCIPALS = 0, 1, 2
_NAMES = ("actions", "resources", "principals")


class Space:
    """The dimensions of some clauses.

    :ivar texts: the atoms of actions, resources and principals
    :ivar keys: the dimension of each condition key, by its name; their masks follow those of ``texts`` in this order
    :ivar full: the box of everything
    :ivar is_of_aws: whether all actions are AWS's: where nobody says whose they are, by how they are written
    :ivar provider: whose actions they are; empty where nobody says
    :raises TooComplex: exact comparison of these clauses is above the bounds
    """

    def __init__(self, clauses: Sequence[Clause], now: datetime | None = None, provider: str = "") -> None:
        is_written_so = _shape(_patterns({clause.actions for clause in clauses})) is not None
        self.is_of_aws = is_written_so and provider in ("", AWS)
        self.provider = provider
        self.texts: tuple[Atoms, Atoms, Atoms] = (
            _texts(_NAMES[0], sorted({clause.actions for clause in clauses}), is_of_aws=self.is_of_aws),
            _texts(_NAMES[1], sorted({clause.resources for clause in clauses})),
            _texts(_NAMES[2], sorted({clause.principals for clause in clauses})),
        )
        self._name_of: dict[Predicate, str] = {}
        grouped: dict[str, list[Predicate]] = {}
        for predicate in sorted({line for clause in clauses for line in clause.predicates}):
            name = self._name_of[predicate] = dimension_name(predicate)
            grouped.setdefault(name, []).append(predicate)
        found = {name: dimension_of(name, grouped[name], now) for name in sorted(grouped)}
        # Opaque conditions come last, so that what can be told without them is told without them.
        self.keys: dict[str, Dimension] = dict(sorted(found.items(), key=lambda item: item[1].is_opaque))
        self._place = {name: 3 + place for place, name in enumerate(self.keys)}
        self.full: Box = (*(atoms.full for atoms in self.texts), *(key.full for key in self.keys.values()))
        self._terms: dict[tuple[int, Terms], int] = {}

    def box(self, clause: Clause) -> Box | None:
        """A clause as a box, or None where no request is in it."""
        masks = list(self.full)
        masks[ACTIONS] = self.terms(ACTIONS, clause.actions)
        masks[RESOURCES] = self.terms(RESOURCES, clause.resources)
        masks[PRINCIPALS] = self.terms(PRINCIPALS, clause.principals)
        for predicate in clause.predicates:
            masks[self.place_of(predicate)] &= self.predicate(predicate)
        return tuple(masks) if all(masks) else None

    def terms(self, dimension: int, terms: Terms) -> int:
        """The atoms of some terms of actions, resources or principals."""
        known = self._terms.get((dimension, terms))
        if known is None:
            atoms = self.texts[dimension]
            known = atoms.mask(*map(Glob, terms.include)) & ~atoms.mask(*map(Glob, terms.exclude))
            self._terms[dimension, terms] = known
        return known

    def is_certain(self, box: Box) -> bool:
        """Whether a box has requests for certain.

        Two opaque conditions might never hold together, and neither might one with another line about its key.
        """
        bound = [
            (name, key) for (name, key), mask in zip(self.keys.items(), box[3:], strict=True) if mask != key.full
        ]
        opaque = [key for _, key in bound if key.is_opaque]
        return not opaque or (len(opaque) == 1 and opaque[0].key.lower() not in {name for name, _ in bound})

    def lists(self, dimension: int, patterns: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
        """What can be told of a list of patterns: each with its atoms, or where they are not told apart the list."""
        atoms = self.texts[dimension]
        if atoms.tells_patterns:
            for pattern in patterns:
                yield (pattern,), atoms.mask(Glob(pattern))
        elif patterns:
            yield patterns, atoms.mask(*map(Glob, patterns))

    def place_of(self, predicate: Predicate) -> int:
        """Which dimension a line of a condition is about."""
        return self._place[self._name_of[predicate]]

    def predicate(self, predicate: Predicate) -> int:
        """The atoms of its key in which a line of a condition holds."""
        return self.keys[self._name_of[predicate]].mask(predicate)


def _texts(name: str, terms: list[Terms], *, is_of_aws: bool = False) -> Atoms:
    lists = sorted({patterns for each in terms for patterns in (each.include, each.exclude) if patterns})
    shape = _shape(_patterns(terms)) if is_of_aws else None
    return enumerate_atoms((map(Glob, each) for each in lists), name, within=shape, has_empty=False)


def _patterns(terms: Iterable[Terms]) -> set[str]:
    return {pattern for each in terms for pattern in (*each.include, *each.exclude)}


_AWS_ACTION = re.compile(r"\*|[a-z0-9*?-]+:[a-z0-9*?]*")
_NAME_IN_SERVICE = Glob(f"{ONE_IN_PART}{STAR_IN_PART}:{ONE_IN_PART}{STAR_IN_PART}")


def _shape(patterns: set[str]) -> Glob | None:
    """``service:name``, which all actions of AWS are: no other text is then a difference, or a witness."""
    return _NAME_IN_SERVICE if all(map(_AWS_ACTION.fullmatch, patterns)) else None


# -- unions of boxes -----------------------------------------------------------------------------------------------


def meet(one: Box, other: Box) -> Box | None:
    """What is in both, or None."""
    both = tuple(map(and_, one, other))
    return both if all(both) else None


def overlaps(one: Box, other: Box) -> bool:
    """Whether anything is in both."""
    return all(map(and_, one, other))


def is_within(one: Box, other: Box) -> bool:
    """Whether all of the first is in the second."""
    return all(not left & ~right for left, right in zip(one, other, strict=True))


def without(box: Box, other: Box) -> Iterator[Box]:
    """The first without the second, as boxes that do not overlap."""
    if not overlaps(box, other):
        yield box
        return
    rest = list(box)
    for place, mask in enumerate(other):
        outside = rest[place] & ~mask
        if outside:
            yield (*rest[:place], outside, *rest[place + 1 :])
            rest[place] &= mask


def subtract(boxes: Iterable[Box], others: Sequence[Box]) -> list[Box]:
    """A union without another one.

    :raises TooComplex: it falls into too many boxes
    """
    found = list(boxes)
    for other in others:
        if any(overlaps(box, other) for box in found):
            found = [piece for box in found for piece in without(box, other)]
            check_size(found)
    return found


def intersect(boxes: Iterable[Box], others: Sequence[Box]) -> list[Box]:
    """What is in both unions."""
    found = [both for box in boxes for other in others if (both := meet(box, other)) is not None]
    check_size(found)
    return absorbed(found)


def absorbed(boxes: Iterable[Box]) -> list[Box]:
    """The same union without boxes that are within another one of it, as far as that is cheap."""
    kept = list(dict.fromkeys(boxes))
    if len(kept) > 400:
        return kept
    return [
        box
        for place, box in enumerate(kept)
        if not any(at != place and is_within(box, other) for at, other in enumerate(kept))
    ]


def check_size(boxes: Sequence[Box]) -> None:
    """Stop where a union has become too large."""
    if len(boxes) > MOST_BOXES:
        raise TooComplex("the statements overlap in too many ways")


def hull(boxes: Iterable[Box]) -> Box:
    """The smallest box that has all of some in it."""
    return tuple(reduce(or_, masks) for masks in zip(*boxes, strict=True))


def merged(boxes: Iterable[Box]) -> list[Box]:
    """The same union, with boxes that differ in one dimension only made one."""
    found = list(dict.fromkeys(boxes))
    changed = True
    while changed and len(found) > 1:
        changed = False
        for place in reversed(range(len(found[0]))):
            joined: dict[Box, int] = {}
            for box in found:
                rest = (*box[:place], *box[place + 1 :])
                joined[rest] = joined.get(rest, 0) | box[place]
            if len(joined) < len(found):
                changed = True
                found = [(*rest[:place], mask, *rest[place:]) for rest, mask in joined.items()]
    return found


# -- readings ------------------------------------------------------------------------------------------------------


class Reading:
    """What an access allows in one reading: in a union of boxes, and in none of another.

    :ivar granted: what it allows, each box with the clause that it comes from; limits are cut off already
    :ivar denied: what it, or a limit of it, denies
    """

    def __init__(self, space: Space, access: Access, reading: str) -> None:
        allows, denies = _boxes(space, access.clauses, reading)
        self.denied: list[Box] = [box for box, _ in denies]
        limits: list[list[Box]] = []
        for limit in access.limits:
            within, outside = _boxes(space, limit, reading)
            limits.append(absorbed(box for box, _ in within))
            self.denied += (box for box, _ in outside)
        self.denied = absorbed(self.denied)
        self.granted: list[tuple[Box, Clause]] = []
        for box, clause in allows:
            parts = [box]
            for within_limit in limits:
                parts = intersect(parts, within_limit)
            self.granted += ((part, clause) for part in parts)

    def boxes(self) -> list[Box]:
        """All that is granted, whatever is denied."""
        return [box for box, _ in self.granted]


def _boxes(
    space: Space, clauses: Iterable[Clause], reading: str
) -> tuple[list[tuple[Box, Clause]], list[tuple[Box, Clause]]]:
    """The boxes of what is allowed and of what is denied.

    The lower reading grants the least and denies the most.
    """
    allows: list[tuple[Box, Clause]] = []
    denies: list[tuple[Box, Clause]] = []
    for clause in clauses:
        is_allow = clause.effect == ALLOW
        if clause.bound not in {EXACT, LOWER if is_allow == (reading == MUST) else UPPER}:
            continue
        box = space.box(clause)
        if box is not None:
            (allows if is_allow else denies).append((box, clause))
    return allows, denies


def clauses_of(access: Access) -> Iterator[Clause]:
    """All clauses of an access, those of its limits too."""
    yield from access.clauses
    for limit in access.limits:
        yield from limit
