"""What a plan changes in who can reach what: every endpoint before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from msgspec import Struct

from planguard.access.holdings import PREFIXES, providers_of
from planguard.exposure.model import NO_NETWORK, Endpoint, Missing, Network, Way
from planguard.exposure.packets import Packets, packets_of, subtract, unite
from planguard.exposure.ranges import PUBLIC, intersection
from planguard.graph.resource import AFTER, BEFORE
from planguard.graph.snapshot import Snapshot

if TYPE_CHECKING:
    from planguard.graph.graph import Graph
    from planguard.graph.resource import Resource


class Exposed(Struct, frozen=True, order=True):
    """Packets from outside that a plan lets get to an endpoint, may let, or no longer lets.

    :ivar packets: those that differ, with all the addresses that the rules say; some of each box are public
    :ivar way: the way that they take: after the plan, or before it for what is closed
    """

    endpoint: Endpoint
    packets: Packets
    way: Way


class Undecided(Struct, frozen=True, order=True):
    """Something that nobody can say yet, of an endpoint or of the network as a whole.

    :ivar endpoint: the address of the endpoint, empty where it is not about one
    """

    endpoint: str
    missing: Missing


class ExposureChange(Struct, frozen=True):
    """What a plan changes in who can reach what from outside.

    :ivar new: must get there after, and could not before
    :ivar closed: got there before for certain, and cannot after
    :ivar possible: may get there after, and did not for certain before
    :ivar before: the network before
    :ivar after: the network after
    """

    new: tuple[Exposed, ...] = ()
    closed: tuple[Exposed, ...] = ()
    possible: tuple[Exposed, ...] = ()
    undetermined: tuple[Undecided, ...] = ()
    before: Network = NO_NETWORK
    after: Network = NO_NETWORK


class Ways:
    """The ways of one snapshot, by the address of their endpoint."""

    __slots__ = ("by_address", "network")

    def __init__(self, network: Network) -> None:
        self.network = network
        self.by_address: dict[str, list[Way]] = {}
        for way in network.ways:
            self.by_address.setdefault(way.endpoint.address, []).append(way)

    def must(self, address: str) -> Packets:
        """What gets to an endpoint for certain."""
        return unite(*(way.must for way in self.by_address.get(address, ())))

    def may(self, address: str) -> Packets:
        """What may get to an endpoint."""
        return unite(*(way.may for way in self.by_address.get(address, ())))


def ways(graph: Graph, snapshot: str) -> Ways:
    """The network of one snapshot, read once for everybody who asks."""
    kept: Ways | None = graph.derived.get(("exposure", snapshot))
    if kept is None:
        parts = [_network_of(graph, name, snapshot) for name in providers_of(graph)]
        kept = graph.derived["exposure", snapshot] = Ways(_joined(parts))
    return kept


def _network_of(graph: Graph, name: str, snapshot: str) -> Network:
    if not any(kind.removeprefix("data.").startswith(PREFIXES[name]) for kind in graph.changed_kinds):
        snapshot = AFTER
    found: Network | None = graph.derived.get(("exposure", snapshot, name))
    if found is None:
        module = import_module(f"planguard.exposure.{name}.network")
        found = graph.derived["exposure", snapshot, name] = module.network_of(Snapshot(graph, snapshot))
    return found


def _joined(parts: list[Network]) -> Network:
    return Network(
        tuple(sorted({one for part in parts for one in part.endpoints})),
        tuple(sorted((one for part in parts for one in part.ways), key=lambda way: (way.endpoint, way.hops))),
        tuple(sorted((one for part in parts for one in part.links), key=lambda link: (link.source, link.target))),
        tuple(sorted({one for part in parts for one in part.gaps})),
    )


def analyse_exposure(graph: Graph) -> ExposureChange:
    """Compare what can be reached from outside before and after."""
    before, after = ways(graph, BEFORE), ways(graph, AFTER)
    if before.network == after.network:
        return ExposureChange(before=before.network, after=after.network)
    new: list[Exposed] = []
    closed: list[Exposed] = []
    possible: list[Exposed] = []
    for address in sorted(before.by_address.keys() | after.by_address.keys()):
        old, now = before.by_address.get(address, []), after.by_address.get(address, [])
        if old == now:
            continue
        new += _beyond(now, before.may(address), certain=True)
        closed += _beyond(old, after.may(address), certain=True)
        possible += _once(_beyond(now, unite(before.must(address), after.must(address)), certain=False))
    undetermined = {Undecided(one.endpoint.address, missing) for one in possible for missing in one.way.missing}
    undetermined |= {Undecided("", gap) for gap in after.network.gaps if gap not in before.network.gaps}
    return ExposureChange(
        tuple(new),
        tuple(closed),
        tuple(possible),
        tuple(sorted(undetermined)),
        before.network,
        after.network,
    )


def _beyond(there: Iterable[Way], known: Packets, *, certain: bool) -> Iterator[Exposed]:
    for way in there:
        more = from_outside(subtract(way.must if certain else way.may, known))
        if more:
            yield Exposed(way.endpoint, packets_of(more), way)


def _once(found: Iterable[Exposed]) -> Iterator[Exposed]:
    """What may be exposed, without the ways that bring the same packets and hang on the same."""
    told: dict[tuple[object, ...], Packets] = {}
    for one in found:
        hangs_on = (one.endpoint, one.way.missing)
        more = subtract(one.packets, told.get(hangs_on, ()))
        if more:
            told[hangs_on] = unite(told.get(hangs_on, ()), more)
            yield Exposed(one.endpoint, packets_of(more), one.way)


def from_outside(them: Packets) -> Packets:
    """The boxes of which at least some packets come from a public address."""
    return tuple(box for box in them if intersection(box.sources, PUBLIC))


def exposure_of(resource: Resource) -> list[Way]:
    """The ways from outside to the endpoint that a resource is, in the snapshot of the resource.

    For rules: it tells the engine whether the answer may differ in the other snapshot.
    """
    graph = resource.graph
    here = ways(graph, resource.snapshot).by_address.get(resource.address, [])
    if graph.changed_kinds:
        other = BEFORE if resource.snapshot == AFTER else AFTER
        if here != ways(graph, other).by_address.get(resource.address, []):
            graph.touched_change = True
    return here
