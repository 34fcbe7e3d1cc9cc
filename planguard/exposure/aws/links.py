"""Links inside: who gets to whom, because a security group lets in a group, or a range that subnets lie in.

Of many, one address stands for all: a security group for its members, a subnet for what is in it, a VPC where a range
holds more subnets than a few. What a security group lets *out* is not looked at, and no network ACL.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from planguard.exposure.aws.layout import Layout, Placed
from planguard.exposure.aws.meant import vpcs_of
from planguard.exposure.aws.security_groups import GroupRule, Key
from planguard.exposure.aws.subnets import NO
from planguard.exposure.model import COMPUTE, FUNCTION, LOAD_BALANCER, Hop
from planguard.exposure.packets import Packets, packets, sources_of, unite
from planguard.exposure.passage import Bounds, Passage, through
from planguard.exposure.ranges import ANYWHERE, PUBLIC, Ranges, difference, intersection, ranges_of, union
from planguard.exposure.reading import listing, network_span, texts
from planguard.plan.unknown import is_unknown

_SENDERS = (COMPUTE, FUNCTION)
"""Kinds of endpoints that send of their own accord; what balancers send on is told where they are read."""
_MOST = 8
"""Of more than these, one address stands for all."""


class Source(NamedTuple):
    """What gets in somewhere, by one rule.

    :ivar members: its address, or those that the rule lets in together
    """

    members: tuple[str, ...]
    packets: Packets
    hops: tuple[Hop, ...]
    is_certain: bool


class Inside(NamedTuple):
    """The addresses of one subnet, and what stands there that can send.

    :ivar members: each with whether it stands there for certain
    """

    low: int
    addresses: Ranges
    subnet: str
    members: tuple[tuple[str, bool], ...]


class Links:
    """The links of one snapshot while they are found."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.members = _members(layout.placed)
        self.homes = _homes(layout.placed)
        self.inside = _inside(layout.placed)
        self._within: dict[tuple[Key, str], tuple[Source, ...]] = {}
        self._sources: dict[tuple[object, ...], list[tuple[str, Source]]] = {}

    def read(self) -> None:
        """Find every link; all endpoints must have been read."""
        for placed in self.layout.placed:
            if placed.endpoint.kind != FUNCTION:  # nothing gets to a function through its interface
                self._of(placed)

    def _of(self, placed: Placed) -> None:
        target = placed.endpoint
        for address, source in self._into(placed):
            if address != target.address:
                hops = (Hop(address), *source.hops, Hop(target.address))
                bounds = Bounds(source.packets, source.packets)
                self.layout.link(address, target, Passage(bounds, hops), is_certain=source.is_certain)

    def _into(self, placed: Placed) -> list[tuple[str, Source]]:
        """What gets to an interface, by address; the same for all with the same groups, ports and VPC."""
        groups, ports = placed.interface.groups, placed.interface.ports
        vpcs: tuple[str, ...] = ()
        if placed.endpoint.kind != LOAD_BALANCER or placed.interface.v4.says == NO.says:
            # What is open from the internet on purpose would be linked with everything.
            found = (vpc.address for subnet in placed.interface.subnets.all for vpc in vpcs_of(subnet).all)
            vpcs = tuple(dict.fromkeys(found))
        asked = (groups.certain, groups.possible, ports, vpcs)
        kept = self._sources.get(asked)
        if kept is None:
            kept = self._sources[asked] = _merged(self._read(placed, vpcs))
        return kept

    def _read(self, placed: Placed, vpcs: tuple[str, ...]) -> Iterator[Source]:
        groups = placed.interface.groups
        for key in groups.all:
            found = [*self._by_groups(key), *(one for vpc in vpcs for one in self._by_ranges(key, vpc))]
            for source in found:
                them = _listening(placed, source.packets)
                if them:
                    yield source._replace(packets=them, is_certain=source.is_certain and key in groups.certain)

    def _by_groups(self, key: Key) -> Iterator[Source]:
        for rule in self.layout.groups.rules(key):
            for source, sure in rule.groups:
                who = self.members.get(source, {})
                certain = sure and bool(rule.members.must)
                them = _from_anywhere(rule.members.must if certain else rule.members.may)
                if len(who) > _MOST:
                    yield Source((source,), them, rule.passage.hops, certain)
                else:
                    for address, member in who.items():
                        yield Source((address,), them, rule.passage.hops, certain and member)

    def _by_ranges(self, key: Key, vpc: str) -> tuple[Source, ...]:
        found = self._within.get((key, vpc))
        if found is None:
            rules = self.layout.groups.rules(key)
            found = self._within[key, vpc] = tuple(one for rule in rules for one in self._of_rule(rule, vpc))
        return found

    def _of_rule(self, rule: GroupRule, vpc: str) -> Iterator[Source]:
        must, may = rule.passage.bounds
        if not rule.passage.guards:
            return  # a group outside of the plan, which may let in anything
        private = difference(sources_of(may), PUBLIC)
        subnets = self.inside.get(vpc, [])
        if not private or not subnets:
            return
        there = _overlapping(subnets, private)
        known = sources_of(must)
        if len(there) > _MOST:
            whole: Ranges = ()
            for one in there:
                whole = union(whole, one.addresses)
            yield self._source((vpc,), rule, certain=not difference(whole, known))
            return
        whole_ones = {one.subnet for one in there if not difference(one.addresses, known)}
        for one in there:
            if len(one.members) > _MOST:
                yield self._source((one.subnet,), rule, certain=one.subnet in whole_ones)
                continue
            for address, stands in one.members:
                there_for_certain = stands and one.subnet in whole_ones
                yield self._source((address,), rule, certain=there_for_certain or self.homes[address] <= whole_ones)

    @staticmethod
    def _source(members: tuple[str, ...], rule: GroupRule, *, certain: bool) -> Source:
        them = _from_anywhere(rule.passage.bounds.must if certain else rule.passage.bounds.may)
        return Source(members, them, rule.passage.hops, certain)


def read_links(layout: Layout) -> None:
    """Find the links between the endpoints; all of them must have been read."""
    Links(layout).read()


def _members(placed: Iterable[Placed]) -> dict[Key, dict[str, bool]]:
    """Who is in each group, and whether that is certain."""
    found: dict[Key, dict[str, bool]] = {}
    for one in placed:
        if one.endpoint.kind not in _SENDERS:
            continue
        groups = one.interface.groups
        for key in groups.all:
            who = found.setdefault(key, {})
            who[one.endpoint.address] = who.get(one.endpoint.address, False) or key in groups.certain
    return found


def _homes(placed: Iterable[Placed]) -> dict[str, set[str]]:
    """The subnets that something that can send stands in, or may stand in."""
    found: dict[str, set[str]] = {}
    for one in placed:
        if one.endpoint.kind in _SENDERS:
            subnets = one.interface.subnets
            elsewhere = {""} if subnets.outside or subnets.is_open else set()
            here = {subnet.address for subnet in subnets.all}
            found.setdefault(one.endpoint.address, set()).update(here | elsewhere)
    return found


def _inside(placed: Iterable[Placed]) -> dict[str, list[Inside]]:
    """The subnets of each VPC in which something stands that can send, in the order of their addresses."""
    members: dict[str, dict[str, bool]] = {}
    subnets = {}
    for one in placed:
        for subnet in one.interface.subnets.all if one.endpoint.kind in _SENDERS else ():
            subnets[subnet.address] = subnet
            certain = subnet in one.interface.subnets.certain
            members.setdefault(subnet.address, {})[one.endpoint.address] = certain
    found: dict[str, list[Inside]] = {}
    for address, subnet in subnets.items():
        block = subnet.get("cidr_block")
        span = network_span(() if is_unknown(block) or not block else texts(listing(block)))
        vpc = next(iter(vpcs_of(subnet).certain), None)
        if span.low and vpc is not None:
            inside = Inside(span.low[0][0], span.low, address, tuple(members[address].items()))
            found.setdefault(vpc.address, []).append(inside)
    return {vpc: sorted(them) for vpc, them in found.items()}


def _merged(sources: Iterable[Source]) -> list[tuple[str, Source]]:
    """One source for each address and certainty, with the hops of the first rule."""
    found: dict[tuple[str, bool], list[Source]] = {}
    for source in sources:
        for address in source.members:
            found.setdefault((address, source.is_certain), []).append(source)
    return [
        (address, them[0] if len(them) == 1 else them[0]._replace(packets=_together(them)))
        for (address, _), them in found.items()
    ]


def _start(one: Inside) -> int:
    return one.low


def _together(sources: Iterable[Source]) -> Packets:
    """All packets of some sources, each from anywhere; mostly only their ports have to be put together."""
    ports: dict[Ranges, list[tuple[int, int]]] = {}
    for source in sources:
        for box in source.packets:
            ports.setdefault(box.protocols, []).extend(box.ports)
    found = [packets(ANYWHERE, protocols, ranges_of(them)) for protocols, them in ports.items()]
    return found[0] if len(found) == 1 else unite(*found)


def _overlapping(subnets: list[Inside], ranges: Ranges) -> list[Inside]:
    """Those of some subnets in order that have addresses in a range. Subnets of one VPC never overlap."""
    found: dict[int, Inside] = {}
    for low, high in ranges:
        first = max(bisect_right(subnets, low, key=_start) - 1, 0)
        last = bisect_right(subnets, high, key=_start)
        for index in range(first, last):
            if index not in found and intersection(subnets[index].addresses, ((low, high),)):
                found[index] = subnets[index]
    return [found[index] for index in sorted(found)]


def _listening(placed: Placed, them: Packets) -> Packets:
    """Those of some packets that an interface listens to."""
    ports = placed.interface.ports
    if not ports:
        return them
    found = through((Passage(Bounds(them, them)),), ports)
    return unite(*(one.bounds.may for one in found))


def _from_anywhere(them: Packets) -> Packets:
    """The same without the addresses that they come from."""
    found = [packets(ANYWHERE, box.protocols, box.ports) for box in them]
    return found[0] if len(found) == 1 else unite(*found)
