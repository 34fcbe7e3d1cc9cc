"""What is asked of accesses beyond whether something is allowed: for whom, and why it became so.

A request that is allowed after and was not before may have been refused for one of three reasons: it was granted in
other contexts only; a limit (a permission boundary, say) did not allow it; or something denied it. That tells a
condition that was widened, a boundary that was taken off and a denial that is gone from what is simply granted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from planguard.access.boxes import (
    Box,
    Reading,
    Space,
    absorbed,
    clauses_of,
    hull,
    intersect,
    merged,
    overlaps,
    subtract,
)
from planguard.access.model import ALLOW, LOWER, MAY, MUST, UPPER, Access, Clause, Origin, Terms, Witness
from planguard.access.region import line_text, terms_of, witness_in

_MOST_TOLD = 64
"""Of how many boxes the witnesses are compared."""
Limit = tuple[Clause, ...]


@lru_cache(maxsize=1024)
def find_witness(
    access: Access, query: Clause, *, reading: str = MUST, now: datetime | None = None
) -> Witness | None:
    """A request that a clause describes, its conditions included, and that is allowed; None where there is none.

    :param reading: with ``must``, only what is allowed whatever the unknown and the opaque turn out to be
    :raises TooComplex: exact comparison is above the bounds
    """
    space = Space([*clauses_of(access), query], now)
    asked = space.box(query)
    if asked is None:
        return None
    found = Reading(space, access, reading)
    boxes = subtract(intersect([asked], absorbed(found.boxes())), found.denied)
    if reading == MUST:
        boxes = [box for box in boxes if space.is_certain(box)]
    return _shortest(space, boxes)


class Opened(Struct, frozen=True):
    """Requests that are allowed after, and were refused before for one reason.

    :ivar actions: the actions of them all together
    :ivar resources: their resources
    :ivar principals: who they are made by
    :ivar witness: one of them
    :ivar origins: the statements that allow them after
    :ivar because: the statements that refused them before: the denials, the limits, or those that granted the same
        in other contexts
    :ivar conditions: for a context, the conditions that had to hold before, a line each
    """

    actions: Terms
    resources: Terms
    principals: Terms
    witness: Witness
    origins: tuple[Origin, ...]
    because: tuple[Origin, ...]
    conditions: tuple[str, ...] = ()


class Reasons(Struct, frozen=True):
    """What is allowed after and was not before, by what stood against it.

    :ivar contexts: the same was granted, in other contexts only
    :ivar denials: it was granted, and denied
    :ivar limits: it was granted, and beyond a limit
    """

    contexts: tuple[Opened, ...] = ()
    denials: tuple[Opened, ...] = ()
    limits: tuple[Opened, ...] = ()


NO_REASONS = Reasons()


def reasons(
    before: Access,
    after: Access,
    *,
    is_limit: Callable[[Limit], bool] = lambda _: True,
    is_certain: bool = True,
    now: datetime | None = None,
) -> Reasons:
    """Why requests are allowed after that were not before, as far as something stood against them.

    :param is_limit: which of the limits before count as such; the others belong to what is granted
    :param is_certain: what must be allowed after, and may not have been before; else what may be allowed after, and
        was not for certain before
    :raises TooComplex: exact comparison is above the bounds
    """
    if not before.clauses or not after.clauses:
        return NO_REASONS
    late, early = (MUST, MAY) if is_certain else (MAY, MUST)
    space = Space([*clauses_of(before), *clauses_of(after)], now)
    allowed = _Allowed(space, after if is_certain else _without_lasting(before, after), late)
    if not allowed.boxes:
        return NO_REASONS
    old = Reading(space, before, early)
    granted = absorbed(old.boxes())
    unlimited = replace(before, limits=tuple(one for one in before.limits if not is_limit(one)))
    free = granted if len(unlimited.limits) == len(before.limits) else _free(space, unlimited, early)
    denied = intersect(intersect(allowed.boxes, granted), old.denied)
    beyond = subtract(intersect(allowed.boxes, free), granted) if free is not granted else []
    before_boxes = subtract(granted, old.denied)
    anywhere = absorbed((*box[:3], *space.full[3:]) for box in before_boxes)
    elsewhere = subtract(subtract(intersect(allowed.boxes, anywhere), free), granted)
    refusing = [one for limit in before.limits if is_limit(limit) for one in limit]
    return Reasons(
        contexts=_told(allowed, elsewhere, old.granted, only_alike=True),
        denials=_told(allowed, denied, _denying(space, before, early)),
        limits=_told(allowed, beyond, [(space.full, one) for one in refusing]),
    )


class _Allowed:
    """What an access allows in one reading, each box with what grants it."""

    def __init__(self, space: Space, access: Access, reading: str) -> None:
        self.space = space
        self.every = tuple(clauses_of(access))
        self.is_must = reading == MUST
        found = Reading(space, access, reading)
        self.granted = found.granted
        self.boxes = subtract(absorbed(found.boxes()), found.denied)


def _without_lasting(before: Access, after: Access) -> Access:
    """The access after, without what nobody knows of it before either: that is the same unknown."""
    there = {one for one in before.clauses if one.effect == ALLOW and one.bound == UPPER}
    return replace(after, clauses=tuple(one for one in after.clauses if one not in there))


def _free(space: Space, access: Access, reading: str) -> list[Box]:
    found = Reading(space, access, reading)
    return subtract(absorbed(found.boxes()), found.denied)


def _denying(space: Space, access: Access, reading: str) -> list[tuple[Box, Clause]]:
    kept = UPPER if reading == MAY else LOWER
    boxes = [(space.box(one), one) for one in clauses_of(access) if one.effect != ALLOW and one.bound != kept]
    return [(box, one) for box, one in boxes if box is not None]


def _told(
    allowed: _Allowed, boxes: Iterable[Box], refusing: list[tuple[Box, Clause]], *, only_alike: bool = False
) -> tuple[Opened, ...]:
    """Boxes by what grants them and what refused them.

    :param only_alike: what refused is what grants the same requests in other contexts
    """
    space = allowed.space
    groups: dict[tuple[tuple[Clause, ...], tuple[Clause, ...]], list[Box]] = {}
    for box in absorbed(boxes):
        if allowed.is_must and not space.is_certain(box):
            continue
        wide = (*box[:3], *space.full[3:]) if only_alike else box
        key = (_overlapping(box, allowed.granted), _overlapping(wide, refusing))
        groups.setdefault(key, []).append(box)
    found = [_opened(allowed, parts, granting, against) for (granting, against), parts in groups.items()]
    return tuple(sorted(found, key=lambda one: (one.because, one.origins, one.actions, one.resources)))


def _overlapping(box: Box, among: list[tuple[Box, Clause]]) -> tuple[Clause, ...]:
    return tuple(dict.fromkeys(clause for other, clause in among if overlaps(box, other)))


def _opened(allowed: _Allowed, boxes: list[Box], granting: tuple[Clause, ...], against: tuple[Clause, ...]) -> Opened:
    space = allowed.space
    whole = hull(boxes)
    every = (*allowed.every, *against)
    actions, resources, principals = (terms_of(space, side, whole, granting, every) for side in range(3))
    witness = _shortest(space, merged(boxes))
    if witness is None:
        raise AssertionError("a group of boxes is never empty")
    return Opened(
        actions,
        resources,
        principals,
        witness,
        tuple(sorted({one.origin for one in granting})),
        tuple(sorted({one.origin for one in against})),
        tuple(sorted({line_text(line) for one in against for line in one.predicates})),
    )


def _shortest(space: Space, boxes: list[Box]) -> Witness | None:
    return min((witness_in(space, box) for box in boxes[:_MOST_TOLD]), key=_length, default=None)


def _length(witness: Witness) -> tuple[int, int, str, str, str]:
    texts = witness.action, witness.resource, witness.principal
    return len(witness.context), sum(map(len, texts)), *texts
