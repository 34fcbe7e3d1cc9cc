"""What all readings of one AWS snapshot share, and what they have found."""

from __future__ import annotations

from typing import NamedTuple

from planguard.exposure.aws.security_groups import Groups, Membership
from planguard.exposure.aws.subnets import NO, NOT, UNCLEAR, YES, Address, Subnets
from planguard.exposure.meant import Meant
from planguard.exposure.model import AWS, Endpoint, Hop, Link, Missing, Way
from planguard.exposure.packets import Packets, sources_of
from planguard.exposure.passage import INTERNET, Passage, Stage, at, through, way_of
from planguard.exposure.ranges import PUBLIC, intersection
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

_V4, _V6 = Hop("", "ipv4"), Hop("", "ipv6")
"""What stands for the hop of an interface's own address while its path is shared."""


class Interface(NamedTuple):
    """Where something stands in the network.

    :ivar v4: whether it has a public IPv4 address
    :ivar v6: whether it has an IPv6 address
    :ivar ports: what it listens to, where the plan says so
    """

    resource: Resource
    subnets: Meant
    groups: Membership
    v4: Address = NO
    v6: Address = NO
    ports: tuple[Passage, ...] = ()


class Placed(NamedTuple):
    """An endpoint with one of its interfaces."""

    endpoint: Endpoint
    interface: Interface


class Layout:
    """The network of one snapshot while it is read.

    :ivar placed: every endpoint with its interfaces, for the links between them
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.subnets = Subnets(snapshot)
        self.groups = Groups(snapshot)
        self.endpoints: dict[str, Endpoint] = {}
        self.ways: list[Way] = []
        self.links: list[Link] = []
        self.gaps: list[Missing] = []
        self.placed: list[Placed] = []
        self.interfaces: dict[str, list[Interface]] = {}
        self._linked: set[tuple[str, str, Packets, bool]] = set()
        self._paths: dict[tuple[object, ...], list[Passage]] = {}

    def endpoint(self, resource: Resource, kind: str) -> Endpoint:
        """A resource as an endpoint."""
        found = self.endpoints.get(resource.address)
        if found is None:
            found = self.endpoints[resource.address] = Endpoint(resource.address, kind, AWS)
        return found

    def place(self, endpoint: Endpoint, interface: Interface) -> None:
        """An endpoint stands behind an interface: the ways to it, and its part in the links inside."""
        self.register(endpoint, interface)
        for path in self.paths(interface):
            self.ways.append(way_of(endpoint, path))

    def register(self, endpoint: Endpoint, interface: Interface) -> None:
        """An endpoint stands behind an interface, and the ways to it are found elsewhere."""
        self.placed.append(Placed(endpoint, interface))
        self.interfaces.setdefault(endpoint.address, []).append(interface)

    def paths(self, interface: Interface) -> list[Passage]:
        """What gets to an interface from the internet."""
        resource, subnets, groups, v4, v6, ports = interface
        if v4.says == v6.says == NOT:
            return []
        if not subnets.certain or groups.is_open or UNCLEAR in (v4.says, v6.says):
            return self._read(interface)
        # Hundreds of interfaces differ in nothing but their own address: that hop is put in afterwards.
        asked = (subnets, v4.says, v6.says, groups.certain, groups.possible, groups.default, ports)
        found = self._paths.get(asked)
        if found is None:
            marked = Interface(resource, subnets, groups, _marked(v4, _V4), _marked(v6, _V6), ports)
            found = self._paths[asked] = self._read(marked)
        own = {_V4: v4.hop or _V4, _V6: v6.hop or _V6}
        return [one._replace(hops=tuple(own.get(hop, hop) for hop in one.hops)) for one in found]

    def _read(self, interface: Interface) -> list[Passage]:
        approach = self.subnets.approach(interface.resource, interface.subnets, interface.v4, interface.v6)
        if not approach:
            return []
        ports = (interface.ports,) if interface.ports else ()
        return from_internet(approach, self.groups.stage(interface.groups), *ports)

    def reach(self, endpoint: Endpoint, *stages: Stage) -> None:
        """An endpoint that is reached from the internet through these stages, and through no subnet."""
        for path in from_internet(*stages):
            self.ways.append(way_of(endpoint, path))

    def link(self, source: str, target: Endpoint, path: Passage, *, is_certain: bool = True) -> None:
        """One resource gets to an endpoint."""
        asked = (source, target.address, path.bounds.may, is_certain)
        if asked not in self._linked:
            self._linked.add(asked)
            self.links.append(Link(source, target, path.bounds.may, path.hops, is_certain))


def _marked(address: Address, mark: Hop) -> Address:
    return address._replace(hop=mark) if address.says == YES and address.hop else address


def from_internet(*stages: Stage) -> list[Passage]:
    """Paths from the internet; with all addresses that the rules allow, but none on which nobody public can come."""
    return from_outside(at(INTERNET), *stages)


def from_outside(*stages: Stage) -> list[Passage]:
    """Paths on which somebody with a public address can come."""
    paths = through(*stages)
    return [one for one in paths if intersection(sources_of(one.bounds.may), PUBLIC)]
