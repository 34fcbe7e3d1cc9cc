"""What many of the internet reach of an endpoint: stretches of its ports, with how much of the internet gets to each.

A stretch holds neighbouring ports of one protocol to which equally much of the internet gets, whichever rules open
them, so that the same opening is the same in both snapshots. Fewer than 65,536 addresses are none: that is how a port
is opened for an office.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from planguard.exposure.analysis import exposure_of, ways
from planguard.exposure.model import APPLICATION, COMPUTE, LOAD_BALANCER, Way
from planguard.exposure.packets import Box, Packets, port_text
from planguard.exposure.ranges import BROAD, CLASSES, EMPTY, MANY, PUBLIC, WHOLE, Ranges, breadth, intersection, union

if TYPE_CHECKING:
    from planguard.graph.graph import Graph
    from planguard.graph.resource import Resource

TCP, UDP, ALL = "tcp", "udp", "all"
NUMBERS: dict[str, Ranges] = {TCP: ((6, 6),), UDP: ((17, 17),), ALL: ((6, 6), (17, 17))}
"""The protocols that have ports, and both of them, with their numbers."""
WIDE = (WHOLE, BROAD, MANY)
WEB = {(TCP, 80, 80), (TCP, 443, 443), (UDP, 443, 443)}
"""What is open to everybody on purpose (HTTP, HTTPS, HTTP/3)."""
BY_PORT = (COMPUTE, APPLICATION, LOAD_BALANCER)
"""Where each port may be another thing that listens; elsewhere it is one service, however many ports it has."""
EVERY_PORT = (0, 65535)

UNKNOWN_IN_PLAN = frozenset({
    "acl-unknown", "address-unknown", "policy-unknown", "range-unknown", "route-unknown", "rules-unknown",
    "security-groups-unclear", "setting-unknown", "subnet-ambiguous",
    "azure-application-group-unknown", "azure-dynamic-block", "azure-mixed-rules", "azure-subnet-unclear",
    "azure-value-unknown",
    "google-target-unknown", "google-value-unknown",
    "kubernetes-selector-unknown", "kubernetes-value-unknown",
})  # fmt: skip
"""Codes of what this plan leaves open; what is outside of it is nothing that the apply would tell."""


class Opening(Struct, frozen=True):
    """One stretch of ports of an endpoint that the internet reaches.

    :ivar kind: what answers there, one of ``planguard.exposure.model.ENDPOINT_KINDS``
    :ivar protocol: ``tcp``, ``udp``, or ``all`` for every port of both
    :ivar spans: its ports; several where one service answers at all of them, and for HTTP and HTTPS
    :ivar breadth: how much of the internet gets there: whole, broad or many
    :ivar ways: those that lead there: by which most of the internet comes, and the shortest of these, first
    :ivar is_relayed: whether all of them go through a load balancer
    :ivar is_certain: whether it gets there whatever the unknown turns out to be
    """

    kind: str
    protocol: str
    spans: Ranges
    breadth: str
    ways: tuple[Way, ...]
    is_relayed: bool = False
    is_certain: bool = True

    @property
    def ports(self) -> str:
        """``22/tcp``, ``8000-8100/tcp``, ``all ports/tcp``, ``all traffic``."""
        if self.protocol == ALL:
            return "all traffic"
        return f"{'all ports' if self.spans == (EVERY_PORT,) else port_text(self.spans)}/{self.protocol}"

    @property
    def is_web(self) -> bool:
        """Whether it is nothing but HTTP and HTTPS."""
        return all((self.protocol, *span) in WEB for span in self.spans)

    def holds(self, *ports: int) -> bool:
        """Whether any of some ports is among its own."""
        return any(low <= port <= high for low, high in self.spans for port in ports)


def openings_of(resource: Resource) -> tuple[Opening, ...]:
    """What many of the internet reach of the endpoint that a resource is, in the snapshot of the resource.

    For rules: it tells the engine whether the answer may differ in the other snapshot.

    :returns: first what is certain; then, with ``is_certain`` false, what hangs on nothing but this plan's unknowns
    """
    found = exposure_of(resource)
    if not found:
        return ()
    graph = resource.graph
    kept: dict[str, tuple[Opening, ...]] = graph.derived.setdefault(("openings", resource.snapshot), {})
    if resource.address not in kept:
        kept[resource.address] = tuple(_openings(found, balancers(graph, resource.snapshot)))
    return kept[resource.address]


def balancers(graph: Graph, snapshot: str) -> frozenset[str]:
    """The addresses of all load balancers."""
    key = ("balancers", snapshot)
    if key not in graph.derived:
        endpoints = ways(graph, snapshot).network.endpoints
        graph.derived[key] = frozenset(one.address for one in endpoints if one.kind == LOAD_BALANCER)
    found: frozenset[str] = graph.derived[key]
    return found


def _openings(found: list[Way], relays: frozenset[str]) -> Iterator[Opening]:
    unclear = [way for way in found if way.missing and all(gap.code in UNKNOWN_IN_PLAN for gap in way.missing)]
    told: set[tuple[object, ...]] = set()
    for some, is_certain in ((found, True), (unclear, False)):
        for kind in sorted({way.endpoint.kind for way in some}):
            for is_relayed in (False, True):
                them = [
                    way
                    for way in some
                    if way.endpoint.kind == kind and any(hop.address in relays for hop in way.hops[:-1]) is is_relayed
                ]
                for protocol, spans, width in _merged(them, kind, is_certain=is_certain):
                    if (kind, protocol, spans, width) in told:
                        continue
                    told.add((kind, protocol, spans, width))
                    through = tuple(_through(them, protocol, spans, is_certain=is_certain))
                    yield Opening(kind, protocol, spans, width, through, is_relayed, is_certain)


def _merged(them: list[Way], kind: str, *, is_certain: bool) -> Iterator[tuple[str, Ranges, str]]:
    """What is told together: all traffic, each stretch of a machine, and all stretches of a service."""
    boxes = [box for way in them for box in _packets(way, is_certain=is_certain)]
    tcp, udp = stretches(boxes, TCP), stretches(boxes, UDP)
    if tcp == udp and [span for span, _ in tcp] == [EVERY_PORT]:
        yield ALL, (EVERY_PORT,), tcp[0][1]
        return
    for protocol, found in ((TCP, tcp), (UDP, udp)):
        together: dict[tuple[str, tuple[int, int] | None], Ranges] = {}
        for span, width in found:
            key = (width, span if kind in BY_PORT and (protocol, *span) not in WEB else None)
            together[key] = (*together.get(key, ()), span)
        for (width, _), spans in together.items():
            yield protocol, spans, width


def _through(them: Iterable[Way], protocol: str, spans: Ranges, *, is_certain: bool) -> list[Way]:
    """The ways that lead to some ports, those by which most of the internet comes first, then the shortest."""
    found: list[tuple[int, int, Way]] = []
    for way in them:
        sources: Ranges = EMPTY
        for box in _packets(way, is_certain=is_certain):
            if intersection(box.protocols, NUMBERS[protocol]) and intersection(box.ports, spans):
                sources = union(sources, intersection(box.sources, PUBLIC))
        if sources:
            found.append((-CLASSES.index(breadth(sources)), len(way.hops), way))
    return [way for *_, way in sorted(found, key=lambda one: (*one[:2], one[2].hops))]


def _packets(way: Way, *, is_certain: bool) -> Packets:
    return way.must if is_certain else way.may


def stretches(boxes: Iterable[Box], protocol: str) -> list[tuple[tuple[int, int], str]]:
    """The ports of a protocol as stretches to which equally much of the internet gets; without those of few."""
    those = [box for box in boxes if intersection(box.protocols, NUMBERS[protocol])]
    cuts = sorted({cut for box in those for low, high in box.ports for cut in (low, high + 1)})
    found: list[tuple[tuple[int, int], str]] = []
    for low, after in pairwise(cuts):
        sources: Ranges = EMPTY
        for box in those:
            if intersection(box.ports, ((low, low),)):
                sources = union(sources, box.sources)
        width = breadth(sources)
        if width not in WIDE:
            continue
        if found and found[-1][0][1] == low - 1 and found[-1][1] == width:
            found[-1] = ((found[-1][0][0], after - 1), width)
        else:
            found.append(((low, after - 1), width))
    return found


def passed(graph: Graph, snapshot: str) -> dict[str, list[str]]:
    """The endpoints to which somebody may get through a hop, by the address of the hop, sorted."""
    key = ("passed", snapshot)
    if key not in graph.derived:
        found: dict[str, set[str]] = {}
        for way in ways(graph, snapshot).network.ways:
            for hop in way.hops:
                found.setdefault(hop.address, set()).add(way.endpoint.address)
        graph.derived[key] = {address: sorted(them) for address, them in found.items()}
    kept: dict[str, list[str]] = graph.derived[key]
    return kept


def resource_at(graph: Graph, address: str, snapshot: str) -> Resource | None:
    """The resource of an address in a snapshot; None where there is none."""
    key = ("resources", snapshot)
    if key not in graph.derived:
        there = (graph.view(one, snapshot) for one in graph.nodes if graph.is_in(one, snapshot))
        graph.derived[key] = {one.address: one for one in there}
    kept: dict[str, Resource] = graph.derived[key]
    return kept.get(address)
