"""What a plan changes in who may do what: every subject before and after, compared exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from planguard.access.compare import difference
from planguard.access.holdings import Holdings, holdings
from planguard.access.model import NO_ACCESS, Difference, Gap, Held, Region, Subject
from planguard.graph.resource import AFTER, BEFORE

if TYPE_CHECKING:
    from planguard.graph.graph import Graph

TOO_COMPLEX = "too-complex"


class Entry(Struct, frozen=True, order=True):
    """Some access of one subject that a plan adds, may add, or takes away."""

    subject: Subject
    region: Region


class Undecided(Struct, frozen=True, order=True):
    """Something that nobody can say yet of the access of a subject that the plan touches."""

    subject: Subject
    gap: Gap


class AccessChange(Struct, frozen=True):
    """What a plan changes in who may do what.

    :ivar new: allowed after for certain, and not before
    :ivar removed: allowed before for certain, and not after
    :ivar possible: perhaps allowed after, and not for certain before
    :ivar undetermined: what is not known, or could not be compared
    :ivar compared: how many subjects were compared; the others are untouched
    :ivar subjects: how many subjects there are, before and after together
    """

    new: tuple[Entry, ...] = ()
    removed: tuple[Entry, ...] = ()
    possible: tuple[Entry, ...] = ()
    undetermined: tuple[Undecided, ...] = ()
    compared: int = 0
    subjects: int = 0


Progress = Callable[[int, int], None]


def analyse_access(graph: Graph, *, now: datetime | None = None, progress: Progress | None = None) -> AccessChange:
    """Compare what every subject may do before and after.

    :param now: the time at which the plan is applied; without it, conditions on the time may hold at any time
    :param progress: is told how many subjects of how many are compared
    """
    before, after = holdings(graph, BEFORE), holdings(graph, AFTER)
    keys = sorted(before.by_key.keys() | after.by_key.keys())
    touched = [key for key in keys if _is_touched(before.by_key.get(key), after.by_key.get(key))]
    new: list[Entry] = []
    removed: list[Entry] = []
    possible: list[Entry] = []
    undetermined: list[Undecided] = []
    for done, key in enumerate(touched):
        if progress is not None:
            progress(done, len(touched))
        old, held = _both(before, after, key)
        subject = held.subject
        found = difference(old.access, held.access, now=now, provider=subject.provider)
        new += _entries(subject, found.new)
        removed += _entries(subject, found.removed)
        possible += _entries(subject, found.possible)
        undetermined += _undecided(subject, old, held, found)
    return AccessChange(
        tuple(new), tuple(removed), tuple(possible), tuple(undetermined), len(touched), len(keys)
    )  # fmt: skip


def _is_touched(before: Held | None, after: Held | None) -> bool:
    if before is None or after is None:
        return True
    return before is not after and (before.access != after.access or before.gaps != after.gaps)


def _both(before: Holdings, after: Holdings, key: tuple[str, str, str]) -> tuple[Held, Held]:
    subject = (after.by_key.get(key) or before.by_key[key]).subject
    nothing = Held(subject, NO_ACCESS)
    return before.by_key.get(key, nothing), after.by_key.get(key, nothing)


def _entries(subject: Subject, regions: Iterable[Region]) -> list[Entry]:
    return [Entry(subject, region) for region in regions]


def _undecided(subject: Subject, old: Held, new: Held, found: Difference) -> list[Undecided]:
    gaps = [gap for gap in new.gaps if gap not in old.gaps or old.access != new.access]
    if found.too_complex:
        gaps.append(Gap(TOO_COMPLEX, subject.address, "", found.too_complex))
    return [Undecided(subject, gap) for gap in sorted(set(gaps))]
