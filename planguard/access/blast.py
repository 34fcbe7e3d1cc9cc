"""The blast radius of a plan: how many principals reach how many sensitive resources, before and after.

A principal reaches a resource that holds data, a secret or a key by its own access, by the resource's policy, as an
administrator of the account, or by becoming, in steps, another one that does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from planguard.access.atoms import bits_of
from planguard.access.model import MAY, MUST, Subject, Witness
from planguard.access.powers import Step, powers
from planguard.access.reaching import Name, PowersOf, Reaching
from planguard.access.sensitive import Sensitive, identity_of, stores_in
from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER, BEFORE
from planguard.graph.snapshot import Snapshot


class Totals(Struct, frozen=True):
    """Who reaches what in one snapshot.

    :ivar principals: how many principals reach anything
    :ivar resources: how many sensitive resources anybody reaches
    :ivar pairs: how many pairs of both there are
    """

    principals: int = 0
    resources: int = 0
    pairs: int = 0


class Path(Struct, frozen=True):
    """How a principal reaches some resources.

    :ivar how: ``own-access``, ``resource-policy`` or ``administrator``, of the principal itself or of the last one
        that it becomes
    :ivar steps: by which it becomes that one; none where it is itself
    :ivar resources: sorted
    :ivar witness: one request that shows it for the first of them
    """

    how: str
    steps: tuple[Step, ...]
    resources: tuple[Sensitive, ...]
    witness: Witness


class Gain(Struct, frozen=True):
    """What one principal reaches in one snapshot and not in the other."""

    subject: Subject
    paths: tuple[Path, ...]


class Blast(Struct, frozen=True):
    """The blast radius before and after a plan.

    What may be reached before and may be after, for all that is known, is counted in both and not listed.

    :ivar sensitive_before: how many sensitive resources there are
    :ivar before: who reaches what for certain
    :ivar perhaps_before: the same with what may be reached
    :ivar more: reached after for certain, and not before; sorted by principal
    :ivar possible: perhaps reached after, and not for certain before; without those in ``more``
    :ivar less: reached before for certain, and not after
    """

    sensitive_before: int = 0
    sensitive_after: int = 0
    before: Totals = Totals()
    after: Totals = Totals()
    perhaps_before: Totals = Totals()
    perhaps_after: Totals = Totals()
    more: tuple[Gain, ...] = ()
    possible: tuple[Gain, ...] = ()
    less: tuple[Gain, ...] = ()


def blast_radius(graph: Graph, *, now: datetime | None = None, powers_of: PowersOf = powers) -> Blast:
    """Compare who reaches which sensitive resources before and after.

    :param now: the time at which the plan is applied, for conditions on the time
    :param powers_of: what a principal can make of its access in a snapshot
    """
    snapshots = Snapshot(graph, BEFORE), Snapshot(graph, AFTER)
    stores = [stores_in(one) for one in snapshots]
    if not any(stores):
        return Blast()
    # A resource that is replaced under another name is another one; where it stands is told as it will be.
    known = {identity_of(one.sensitive): one.sensitive for side in stores for one in side}
    sensitive = sorted(known.values())
    before, after = (
        Reaching(snapshot, sensitive, there, now=now, powers_of=powers_of)
        for snapshot, there in zip(snapshots, stores, strict=True)
    )
    more, possible, less = _differences(before, after)
    return Blast(
        len(stores[0]),
        len(stores[1]),
        _totals(before.reached[MUST]),
        _totals(after.reached[MUST]),
        _totals(before.reached[MAY]),
        _totals(after.reached[MAY]),
        tuple(_gains(after, more, MUST, sensitive)),
        tuple(_gains(after, possible, MAY, sensitive)),
        tuple(_gains(before, less, MUST, sensitive)),
    )


def _differences(before: Reaching, after: Reaching) -> tuple[dict[Name, int], dict[Name, int], dict[Name, int]]:
    """By principal, the masks of what is reached after, what perhaps, and what no longer."""
    more: dict[Name, int] = {}
    possible: dict[Name, int] = {}
    less: dict[Name, int] = {}
    for name in sorted(before.principals.keys() | after.principals.keys()):
        must_before, may_before = (before.reached[reading].get(name, 0) for reading in (MUST, MAY))
        must_after, may_after = (after.reached[reading].get(name, 0) for reading in (MUST, MAY))
        more[name] = must_after & ~may_before
        possible[name] = (may_after & ~may_before | must_after & ~must_before) & ~more[name]
        less[name] = must_before & ~may_after
    return more, possible, less


def _totals(reached: dict[Name, int]) -> Totals:
    resources = 0
    for mask in reached.values():
        resources |= mask
    return Totals(
        sum(1 for mask in reached.values() if mask),
        resources.bit_count(),
        sum(mask.bit_count() for mask in reached.values()),
    )


def _gains(reaching: Reaching, gained: dict[Name, int], reading: str, sensitive: list[Sensitive]) -> Iterator[Gain]:
    for name, mask in gained.items():
        if mask:
            ways = reaching.ways(name, mask, reading)
            paths = tuple(
                Path(way.how, way.steps, tuple(sensitive[number] for number in bits_of(way.stores)), way.witness)
                for way in ways
            )
            yield Gain(reaching.principals[name].subject, paths)
