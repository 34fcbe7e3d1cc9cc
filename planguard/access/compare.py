"""Accesses with each other: what one allows and another does not, exactly.

What is new for certain is what must be allowed after and may not have been before; what may be new is what may be
allowed after and was not for certain before. Where exact comparison is above the bounds, that is the answer, never a
guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from planguard.access.atoms import TooComplex, is_literal
from planguard.access.boxes import (
    Box,
    Reading,
    Space,
    absorbed,
    check_size,
    clauses_of,
    hull,
    intersect,
    is_within,
    merged,
    overlaps,
    subtract,
)
from planguard.access.condition import plain
from planguard.access.document import DocumentError, is_about_principals, parse_document
from planguard.access.model import (
    ALLOW,
    EXACT,
    MAY,
    MUST,
    UPPER,
    Access,
    Clause,
    Difference,
    Region,
    Terms,
    Witness,
)
from planguard.access.region import tell_region, witness_in

_ANY = Terms()
_MOST_PIECES = 12
"""How many boxes are told one by one that come from the same clauses."""
_MOST_TOLD = 64
"""Of how many boxes the witnesses are compared."""


def difference(before: Access, after: Access, *, now: datetime | None = None, provider: str = "") -> Difference:
    """What is allowed after and was not before, and the other way round.

    :param now: with it, conditions on the time count from then on only
    :param provider: the cloud that it is about, for witnesses that a person of that cloud would write
    :returns: with ``too_complex`` where exact comparison is above the bounds
    """
    if same(before, after):
        return Difference()
    clauses = (*clauses_of(before), *clauses_of(after))
    try:
        space = Space(clauses, now, provider)
        must_before, may_before = _readings(space, before)
        must_after, may_after = _readings(space, after)
        new, unsure = _gained(space, must_after, may_before)
        removed, _ = _gained(space, must_before, may_after)
        possible = unsure
        if must_before is not may_before or must_after is not may_after:
            sure, more = _gained(space, Reading(space, _unsettled(before, after), MAY), must_before)
            possible = subtract(absorbed(sure + more), new)
    except TooComplex as why:
        return Difference(too_complex=str(why))
    return Difference(
        new=_regions(space, new, must_after, clauses),
        possible=_regions(space, possible, may_after, clauses, is_certain=False),
        removed=_regions(
            space, removed, must_before, clauses, rest="but for what was denied, or is allowed after as well"
        ),
    )


def compare_documents(
    old: dict[str, Any], new: dict[str, Any], *, names: tuple[str, str] = ("OLD", "NEW"), now: datetime | None = None
) -> Difference:
    """What one AWS policy document allows and another does not, both identity policies, resource or trust policies.

    :param names: what origins call the two
    :raises DocumentError: one of them is no policy document, or they are of different kinds
    """
    before, after = (
        Access(parse_document(document, address=name)) for document, name in zip((old, new), names, strict=True)
    )
    kinds = {is_about_principals(document) for document in (old, new)}
    if before.clauses and after.clauses and kinds == {True, False}:
        raise DocumentError(
            "one document names principals and the other does not: they are policies of different kinds"
        )
    return difference(before, after, now=now)


def _readings(space: Space, access: Access) -> tuple[Reading, Reading]:
    """The lower and the upper reading; the same one where everything is known."""
    must = Reading(space, access, MUST)
    if all(clause.bound == EXACT for clause in clauses_of(access)):
        return must, must
    return must, Reading(space, access, MAY)


def _unsettled(before: Access, after: Access) -> Access:
    """The access after, without upper clauses that stand before as well, where nothing else decides on them.

    Of what the tables do not hold, such as the rest of a role, the same is granted before and after.
    """
    denied, still = ({one for one in access.clauses if one.effect != ALLOW} for access in (before, after))
    if denied != still or before.limits != after.limits:
        return after
    there = {one for one in before.clauses if one.effect == ALLOW and one.bound == UPPER}
    return replace(after, clauses=tuple(one for one in after.clauses if one not in there))


def _gained(space: Space, more: Reading, less: Reading) -> tuple[list[Box], list[Box]]:
    """What the first reading allows and the second does not: for certain, and perhaps.

    With A granted and D denied: (A - D) - (A' - D') = (A - D - A') + ((A and A' and D') - D).
    """
    granted = absorbed(less.boxes())
    denied = [box for box in less.denied if not any(is_within(box, other) for other in more.denied)]
    found: list[Box] = []
    for box in absorbed(more.boxes()):
        pieces = subtract([box], granted)
        if denied:
            pieces += intersect(intersect([box], denied), granted)
        found += subtract(pieces, more.denied)
        check_size(found)
    certain = [box for box in found if space.is_certain(box)]
    return certain, [box for box in found if not space.is_certain(box)]


def _regions(
    space: Space,
    boxes: list[Box],
    reading: Reading,
    clauses: Sequence[Clause],
    *,
    is_certain: bool = True,
    rest: str = "but for what is denied, or was allowed before",
) -> tuple[Region, ...]:
    """Boxes told to a person, each with the clauses that grant it.

    Where the same clauses leave many pieces, one region stands for them all, with ``rest`` as its last condition.
    """
    pieces: dict[tuple[Clause, ...], list[Box]] = {}
    for box in absorbed(boxes):
        found_in = [(each, clause) for each, clause in reading.granted if overlaps(box, each)]
        # Where a statement gives all of it by itself, those that give a part of it as well explain nothing.
        alone = [(each, clause) for each, clause in found_in if is_within(box, each)]
        granting = tuple(dict.fromkeys(clause for _, clause in alone or found_in))
        pieces.setdefault(granting, []).append(box)
    found: list[Region] = []
    for granting, unmerged in pieces.items():
        # Pieces of other clauses are told apart: all but one service, and a little of that one, is no one term.
        parts = absorbed(merged(unmerged))
        if len(parts) <= _MOST_PIECES:
            found += (tell_region(space, box, granting, clauses, is_certain=is_certain) for box in parts)
            continue
        region = tell_region(space, hull(parts), granting, clauses, is_certain=is_certain)
        witness = min((witness_in(space, box) for box in parts[:_MOST_TOLD]), key=_length)
        found.append(replace(region, predicates=(*region.predicates, rest), witness=witness))
    return tuple(sorted(found, key=_order))


def _order(region: Region) -> tuple[object, ...]:
    return (region.origins, region.principals, region.actions, region.resources, region.predicates)


# -- questions -----------------------------------------------------------------------------------------------------


def witness_of(
    access: Access,
    actions: Terms,
    resources: Terms = _ANY,
    principals: Terms = _ANY,
    *,
    reading: str = MUST,
    now: datetime | None = None,
    regardless_of_conditions: bool = False,
) -> Witness | None:
    """A request that is allowed among some requests, or None.

    :param reading: what counts as allowed: what ``must`` be, or what ``may`` be
    :param regardless_of_conditions: only what is allowed whatever the condition keys of the request are
    :raises TooComplex: exact comparison is above the bounds
    """
    query = Clause(ALLOW, actions, resources, principals)
    space, found, asked = _asked(access, query, reading, now)
    if asked is None:
        return None
    if regardless_of_conditions:
        boxes = _whatever_conditions(space, found, asked)
    else:
        boxes = subtract(intersect([asked], absorbed(found.boxes())), found.denied)
    if not boxes:
        return None
    sides = enumerate(_sides(query))
    named = {place: plain(terms.include[0]) for place, terms in sides if _is_one_text(terms)}
    return min((witness_in(space, box, named) for box in boxes[:_MOST_TOLD]), key=_length)


def allows_all(
    access: Access,
    actions: Terms,
    resources: Terms = _ANY,
    principals: Terms = _ANY,
    *,
    reading: str = MUST,
    now: datetime | None = None,
) -> bool:
    """Whether all of some requests are allowed, whatever their condition keys are.

    :raises TooComplex: exact comparison is above the bounds
    """
    space, found, asked = _asked(access, Clause(ALLOW, actions, resources, principals), reading, now)
    return asked is None or not _refused(space, found, asked)


def is_empty(access: Access, *, reading: str = MAY, now: datetime | None = None) -> bool:
    """Whether nothing at all is allowed.

    :raises TooComplex: exact comparison is above the bounds
    """
    return witness_of(access, _ANY, reading=reading, now=now) is None


def same(before: Access, after: Access) -> bool:
    """Whether two accesses are written the same but for order and origin; then they allow the same.

    What is only a bound is the same only from the same place: two things that nobody knows need not be one.
    """
    return before is after or _canonical(before) == _canonical(after)


def _canonical(access: Access) -> tuple[object, ...]:
    limits = sorted(tuple(sorted({_without_origin(clause) for clause in limit})) for limit in access.limits)
    return frozenset(map(_without_origin, access.clauses)), tuple(limits)


def _without_origin(clause: Clause) -> tuple[object, ...]:
    return (
        clause.effect,
        clause.bound,
        () if clause.bound == EXACT else (clause.origin.address, clause.origin.attribute, clause.origin.statement),
        tuple((tuple(sorted(set(terms.include))), tuple(sorted(set(terms.exclude)))) for terms in _sides(clause)),
        tuple(
            sorted(
                {(line.operator.lower(), line.key.lower(), *sorted(set(line.values))) for line in clause.predicates}
            )
        ),
    )


def _sides(clause: Clause) -> tuple[Terms, Terms, Terms]:
    return clause.actions, clause.resources, clause.principals


def _asked(access: Access, query: Clause, reading: str, now: datetime | None) -> tuple[Space, Reading, Box | None]:
    """The space of an access, what it allows, and the requests that are asked about as a box."""
    if all(terms == _ANY or _is_one_text(terms) for terms in _sides(query)):
        space, found = _prepared(access, None, reading, now)
        box = _box_of_texts(space, query)
        if box is not None:
            return space, found, box
    space, found = _prepared(access, query, reading, now)
    return space, found, space.box(query)


def _prepared(access: Access, query: Clause | None, reading: str, now: datetime | None) -> tuple[Space, Reading]:
    found = _tried(access, query, reading, now)
    if isinstance(found, TooComplex):
        raise found
    return found


@lru_cache(maxsize=512)
def _tried(
    access: Access, query: Clause | None, reading: str, now: datetime | None
) -> tuple[Space, Reading] | TooComplex:
    """What was too complex once is not tried again for the next question."""
    try:
        space = Space([*clauses_of(access), *([query] if query is not None else [])], now)
        return space, Reading(space, access, reading)
    except TooComplex as why:
        return why


def _is_one_text(terms: Terms) -> bool:
    return len(terms.include) == 1 and not terms.exclude and is_literal(terms.include[0])


def _box_of_texts(space: Space, query: Clause) -> Box | None:
    """The box of single texts, each in the atom that it is in; None where one is outside of the space."""
    masks = list(space.full)
    for dimension, terms in enumerate(_sides(query)):
        if terms != _ANY:
            place = space.texts[dimension].place_of(plain(terms.include[0]))
            if place is None:
                return None
            masks[dimension] = 1 << place
    return tuple(masks) if all(masks) else None


def _refused(space: Space, found: Reading, asked: Box) -> list[Box]:
    """What of a box is not allowed."""
    return subtract([asked], absorbed(found.boxes())) + intersect([asked], found.denied)


def _whatever_conditions(space: Space, found: Reading, asked: Box) -> list[Box]:
    """What of a box is allowed with every context: all of it but what is refused with some context."""
    refused = [(*box[:3], *space.full[3:]) for box in _refused(space, found, asked)]
    return subtract([asked], absorbed(refused))


def _length(witness: Witness) -> tuple[int, int, str, str, str]:
    texts = witness.action, witness.resource, witness.principal
    return len(witness.context), sum(map(len, texts)), *texts
