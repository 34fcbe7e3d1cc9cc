"""Subnets: what gets into one from the internet, by its route table and its network ACL together."""

from __future__ import annotations

from typing import NamedTuple

from planguard.exposure.alternatives import bounds_of, one_of
from planguard.exposure.aws.acls import Acls
from planguard.exposure.aws.meant import SUBNETS
from planguard.exposure.aws.routes import Routes
from planguard.exposure.meant import Meant, meant
from planguard.exposure.model import Hop, Missing
from planguard.exposure.packets import NOTHING, Packets, packets, subtract, unite
from planguard.exposure.passage import Bounds, Passage, Stage, through
from planguard.exposure.ranges import V4_ALL, V6_ALL, Ranges
from planguard.exposure.reading import truth
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

YES, NOT, UNSAID, UNCLEAR = "yes", "no", "unsaid", "unclear"


class Address(NamedTuple):
    """Whether something has a public address of one family.

    :ivar says: ``yes``, ``no``, ``unsaid`` (the subnet decides) or ``unclear``
    :ivar hop: what gives it the address
    """

    says: str
    hop: Hop | None = None


NO = Address(NOT)
BY_SUBNET = Address(UNSAID)


class Subnets:
    """The subnets of one snapshot, and what gets into them."""

    __slots__ = ("_acls", "_approaches", "_routes", "_stages")

    def __init__(self, snapshot: Snapshot) -> None:
        self._routes = Routes(snapshot)
        self._acls = Acls(snapshot)
        self._stages: dict[str, list[Stage]] = {}
        self._approaches: dict[tuple[object, ...], Stage] = {}

    def stages(self, subnet: Resource) -> list[Stage]:
        """What gets into a subnet of the plan, to any public address in it: one stage for each table it may have."""
        found = self._stages.get(subnet.address)
        if found is None:
            tables = self._routes.stages(subnet)
            found = self._stages[subnet.address] = [through(one, self._acls.stage(subnet)) for one in tables]
        return found

    def approach(self, resource: Resource, subnets: Meant, v4: Address, v6: Address = NO) -> Stage:
        """What gets from the internet to an interface in some subnets, before its security groups.

        :param v4: whether it has a public IPv4 address
        :param v6: whether it has an IPv6 address
        """
        if v4.says == NOT and v6.says == NOT:
            return ()
        asked = (subnets, v4, v6, "" if subnets.certain else resource.address)
        found = self._approaches.get(asked)
        if found is None:
            found = self._approaches[asked] = tuple(self._approach(resource, subnets, v4, v6))
        return found

    def _approach(self, resource: Resource, subnets: Meant, v4: Address, v6: Address) -> list[Passage]:
        intended = YES in (v4.says, v6.says)
        found = [
            one
            for subnet in subnets.certain
            for one in (_outside_subnet(subnet, v4, v6) if subnet.is_data else self._into(subnet, v4, v6))
        ]
        if subnets.possible and not found:
            stages: list[Stage] = [
                tuple(_outside_subnet(one, v4, v6) if one.is_data else self._into(one, v4, v6))
                for one in subnets.possible
            ]
            found += _assumed(stages) if intended else one_of(stages, Missing("subnet-ambiguous", resource.address))
        if subnets.outside or subnets.is_open:
            found += _outside(resource, v4, v6)
        if subnets.is_unset:
            found += _in_default_vpc(resource, v4, v6)
        return _distinct(found)

    def _into(self, subnet: Resource, v4: Address, v6: Address) -> list[Passage]:
        default = subnet.type == "aws_default_subnet"
        addresses = [
            *family(V4_ALL, v4, subnet, "map_public_ip_on_launch", default=default),
            *family(V6_ALL, v6, subnet, "assign_ipv6_address_on_creation", default=False),
        ]
        if not addresses:
            return []
        stages = self.stages(subnet)
        gap = Missing("route-table-outside-plan", subnet.address)
        entry = _assumed(stages) if YES in (v4.says, v6.says) else one_of(stages, gap)
        return through(entry, addresses)


def subnets_meant(resource: Resource, path: str, *, single: bool = False, value: object = None) -> Meant:
    """The subnets that an attribute names."""
    return meant(resource, path, SUBNETS, single=single, value=value)


def family(addresses: Ranges, address: Address, subnet: Resource, attribute: str, *, default: bool) -> list[Passage]:
    """What gets to an interface with a public address of one family."""
    says, hop = address
    gap = Missing("address-unknown", subnet.address, attribute)
    if says == UNSAID:
        given = truth(subnet.get(attribute, False) if subnet.is_data else subnet.effective(attribute, default))
        says = UNCLEAR if given is None else YES if given else NOT
        hop = hop or Hop(
            subnet.address, attribute, "gives IPv6 addresses" if addresses == V6_ALL else "gives public addresses"
        )
    elif hop is not None:
        gap = Missing("address-unknown", hop.address, hop.attribute)
    if says == NOT:
        return []
    hops = (hop,) if hop is not None else ()
    if says == UNCLEAR:
        return [Passage(Bounds(NOTHING, packets(addresses)), hops, (), (gap,))]
    return [Passage(Bounds(packets(addresses), packets(addresses)), hops)]


def _outside_subnet(subnet: Resource, v4: Address, v6: Address) -> list[Passage]:
    """Into a subnet that is only read: its own settings are known, its routes are not."""
    four = family(V4_ALL, v4, subnet, "map_public_ip_on_launch", default=False)
    six = family(V6_ALL, v6, subnet, "assign_ipv6_address_on_creation", default=False)
    return [
        one._replace(assumptions=("acl-outside-plan", "internet-gateway-assumed")) for one in (*four, *six)
    ]  # fmt: skip


def _outside(resource: Resource, v4: Address, v6: Address) -> list[Passage]:
    """Into a subnet of which the plan knows nothing: a public address that is asked for is taken to be of use."""
    found = []
    for addresses, address in ((V4_ALL, v4), (V6_ALL, v6)):
        if address.says == NOT:
            continue
        hops = (address.hop,) if address.hop else ()
        if address.says == YES:
            codes = ("acl-outside-plan", "internet-gateway-assumed")
            found.append(Passage(Bounds(packets(addresses), packets(addresses)), hops, codes))
        elif addresses == V4_ALL or address.says == UNCLEAR:
            gap = Missing("subnet-unclear", resource.address)
            found.append(Passage(Bounds(NOTHING, packets(addresses)), hops, (), (gap,)))
    return found


def _in_default_vpc(resource: Resource, v4: Address, v6: Address) -> list[Passage]:
    if v4.says == NOT:
        return []
    hop = v4.hop or Hop(resource.address, "", "a public address, as the default VPC gives one")
    bounds = packets(V4_ALL)
    if v4.says == UNCLEAR:
        return [Passage(Bounds(NOTHING, bounds), (hop,), (), (Missing("address-unknown", resource.address),))]
    return [Passage(Bounds(bounds, bounds), (hop,), ("default-vpc",))]


def _assumed(stages: list[Stage]) -> list[Passage]:
    """One of some subnets, for something that is meant to be reached: it is taken to lie in one where it can be."""
    if len(stages) == 1:
        return list(stages[0])
    there = [stage for stage in stages if stage]
    code = (
        ()
        if len(there) == len(stages) and len({bounds_of(one) for one in there}) == 1
        else ("internet-gateway-assumed",)
    )
    best = max(there, key=lambda one: bool(bounds_of(one).must), default=())
    return [one._replace(assumptions=(*one.assumptions, *code)) for one in best]


def _distinct(found: list[Passage]) -> list[Passage]:
    """Without passages through which nothing gets that another does not let through."""
    kept: list[Passage] = []
    must: Packets = NOTHING
    may: Packets = NOTHING
    for one in sorted(found, key=lambda one: not one.bounds.must):
        if subtract(one.bounds.must, must) or subtract(one.bounds.may, may):
            kept.append(one)
            must, may = unite(must, one.bounds.must), unite(may, one.bounds.may)
    return kept
