"""Route tables: from which public addresses packets find their way into a subnet, and back.

A packet comes in through an internet gateway; its answer must leave through one, by the longest prefix that holds the
address that it came from. NAT and egress-only gateways let nobody in.

Source: "Configure route tables" (main table, explicit associations, route priority) and "Enable internet access for a
VPC using an internet gateway" in the VPC user guide.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from planguard.exposure.aws.meant import SUBNETS, VPCS, vpcs_of
from planguard.exposure.meant import Meant, meant
from planguard.exposure.model import Hop, Missing
from planguard.exposure.packets import NOTHING, packets
from planguard.exposure.passage import Bounds, Passage, Stage
from planguard.exposure.ranges import (
    ANYWHERE,
    EMPTY,
    V4_ALL,
    V6_ALL,
    Ranges,
    difference,
    intersection,
    parse_network,
    union,
)
from planguard.exposure.reading import blocks_of, is_written, setting, told
from planguard.graph.resource import BEFORE, Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

TABLES = ("aws_route_table", "aws_default_route_table", "data.aws_route_table")
_GATEWAYS = ("aws_internet_gateway", "data.aws_internet_gateway")
_VPN = ("aws_vpn_gateway", "data.aws_vpn_gateway")
_TO_GATEWAY, _ELSEWHERE, _APPLIANCE, _UNKNOWN = "gateway", "elsewhere", "appliance", "unknown"
_TARGETS = {
    "carrier_gateway_id": _ELSEWHERE,
    "core_network_arn": _ELSEWHERE,
    "egress_only_gateway_id": _ELSEWHERE,
    "local_gateway_id": _ELSEWHERE,
    "nat_gateway_id": _ELSEWHERE,
    "odb_network_arn": _ELSEWHERE,
    "transit_gateway_id": _ELSEWHERE,
    "vpc_endpoint_id": _APPLIANCE,
    "vpc_peering_connection_id": _ELSEWHERE,
    # Last, for the provider may read these back where another one is set.
    "network_interface_id": _APPLIANCE,
    "instance_id": _APPLIANCE,
}
_DESTINATIONS = (
    ("destination_cidr_block", "cidr_block"),
    ("destination_ipv6_cidr_block", "ipv6_cidr_block"),
)


class Route(NamedTuple):
    """One route; a destination that is not known is None."""

    destination: Ranges | None
    target: str
    hop: Hop
    is_certain: bool = True


class Routes:
    """The route tables of one snapshot, and which one each subnet has."""

    __slots__ = ("__dict__", "_snapshot", "_stages")

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._stages: dict[str, Stage] = {}

    @cached_property
    def _separate(self) -> dict[str, list[Route]]:
        """Routes that are resources of their own, by the address of their table, or of a VPC for its main one."""
        found: dict[str, list[Route]] = {}
        for one in self._snapshot.all("aws_route"):
            tables = meant(one, "route_table_id", (*TABLES, *VPCS), single=True)
            for owner in tables.all:
                certain = owner in tables.certain
                found.setdefault(owner.address, []).append(_route(one, "", one.values)._replace(is_certain=certain))
        return found

    @cached_property
    def _mirrored(self) -> dict[str, set[str]]:
        """The destinations of routes of their own before the apply, by the address of their table."""
        found: dict[str, set[str]] = {}
        for one in Snapshot(self._snapshot.graph, BEFORE).all("aws_route"):
            for table in meant(one, "route_table_id", TABLES, single=True).all:
                found.setdefault(table.address, set()).update(_destinations(one.values))
        return found

    @cached_property
    def _associated(self) -> dict[str, list[tuple[Meant, bool, str]]]:
        """What associations say: by the address of a subnet (or VPC), the tables, and whether it is certain."""
        found: dict[str, list[tuple[Meant, bool, str]]] = {}
        for kind, attribute, owners in (
            ("aws_route_table_association", "subnet_id", SUBNETS),
            ("aws_main_route_table_association", "vpc_id", VPCS),
        ):
            for one in self._snapshot.all(kind):
                owned = meant(one, attribute, owners, single=True)
                tables = meant(one, "route_table_id", TABLES, single=True)
                for owner in owned.all:
                    found.setdefault(owner.address, []).append((tables, owner in owned.certain, one.address))
        return found

    @cached_property
    def _defaults(self) -> dict[str, Resource]:
        """The default route table of each VPC of the plan that has it managed, by the address of the VPC."""
        return {
            vpc.address: table
            for table in self._snapshot.all("aws_default_route_table")
            for vpc in (
                *meant(table, "default_route_table_id", VPCS, single=True).certain,
                *meant(table, "vpc_id", VPCS, single=True).certain,
            )
        }

    def stages(self, subnet: Resource) -> list[Stage]:
        """What gets into a subnet through internet gateways: one stage for each table that it may have."""
        said = self._associated.get(subnet.address, [])
        if said:
            found = [one for tables, certain, _ in said for one in self._of_tables(tables, subnet, certain)]
            return list(dict.fromkeys(found))
        return [self._main(subnet)]

    def _of_tables(self, tables: Meant, subnet: Resource, certain: bool) -> Iterator[Stage]:
        code = () if certain else ("route-table-association",)
        for table in tables.all:
            found = self._outside(subnet) if table.is_data else self._table(table)
            yield _assuming(found, code)
        if tables.outside or tables.is_open or tables.is_unset:
            yield self._outside(subnet)

    @staticmethod
    def _outside(subnet: Resource) -> Stage:
        gap = Missing("route-table-outside-plan", subnet.address)
        hop = Hop(subnet.address, "", "route table outside of the plan")
        return (Passage(Bounds(NOTHING, packets()), (hop,), (), (gap,)),)

    def _main(self, subnet: Resource) -> Stage:
        """Without an association the main table of the VPC counts."""
        default = subnet.type == "aws_default_subnet"
        vpcs = vpcs_of(subnet)
        for vpc in vpcs.certain:
            for tables, certain, _ in self._associated.get(vpc.address, ()):
                for found in self._of_tables(tables, subnet, certain):
                    return found
            if vpc.address in self._defaults:
                return self._table(self._defaults[vpc.address])
            if vpc.type == "aws_vpc":
                return _assuming(_through(self._separate.get(vpc.address, [])), ("main-route-table",))
            default = default or vpc.type == "aws_default_vpc"
        if default:
            text = "the default VPC's route to its internet gateway"
            return (Passage(Bounds(packets(), packets()), (Hop(subnet.address, "", text),), ("default-vpc",)),)
        return self._outside(subnet)

    def _table(self, table: Resource) -> Stage:
        found = self._stages.get(table.address)
        if found is None:
            inline = blocks_of(table, "route")
            # What the attribute merely mirrors is left out, so that a route that this plan takes away is gone.
            mirrored = set() if is_written(table, "route") else self._mirrored.get(table.address, set())
            routes = [
                _route(table, path, block) for path, block in inline.items if not mirrored & {*_destinations(block)}
            ]
            if inline.is_open:
                routes.append(Route(None, _UNKNOWN, Hop(table.address, "route")))
            routes += self._separate.get(table.address, [])
            found = self._stages[table.address] = _through(routes)
        return found


def _destinations(values: dict[str, Any]) -> Iterator[str]:
    """Where a route leads, as text: a table has one route for each."""
    for name in (*(one for names in _DESTINATIONS for one in names), "destination_prefix_list_id"):
        value = values.get(name)
        if not is_unknown(value) and value:
            yield "".join(value)


def _route(resource: Resource, path: str, block: dict[str, Any]) -> Route:
    destination: Ranges | None = EMPTY
    text = ""
    for name in (one for names in _DESTINATIONS for one in names):
        value = setting(resource, block, name)
        if is_unknown(value):
            destination = None
        elif value:
            text = str(value)
            try:
                destination = parse_network("".join(value))
            except ValueError:
                destination = None
    target, attribute = _target(resource, path, block)
    place = f"{path}.{attribute}" if path else attribute
    return Route(
        destination, target, Hop(resource.address, place, f"{text or 'some addresses'} to an internet gateway")
    )


def _target(resource: Resource, path: str, block: dict[str, Any]) -> tuple[str, str]:
    gateway = setting(resource, block, "gateway_id")
    if is_unknown(gateway) or gateway:
        return _of_gateway(resource, f"{path}.gateway_id" if path else "gateway_id", gateway), "gateway_id"
    for name, target in _TARGETS.items():
        value = setting(resource, block, name)
        if is_unknown(value) or value:
            return target, name
    return _ELSEWHERE, ""


def _of_gateway(resource: Resource, path: str, value: Any) -> str:
    text = told(value)
    if text is not None:
        if text.startswith("igw-") or meant(resource, path, _GATEWAYS, value=value, single=True).all:
            return _TO_GATEWAY
        return _ELSEWHERE
    into = bool(meant(resource, path, _GATEWAYS, value=value).all)
    away = bool(meant(resource, path, _VPN, value=value).all)
    if into != away:
        return _TO_GATEWAY if into else _ELSEWHERE
    return _UNKNOWN


def _assuming(stage: Stage, codes: tuple[str, ...]) -> Stage:
    return tuple(one._replace(assumptions=(*one.assumptions, *codes)) for one in stage)


def _through(routes: list[Route]) -> Stage:
    """What the routes of one table lead to internet gateways, by the longest prefix: one passage for each family."""
    surely: Ranges = EMPTY
    perhaps: Ranges = EMPTY
    must: Ranges = EMPTY
    may: Ranges = EMPTY
    hops: list[tuple[Ranges, Hop]] = []
    missing: list[Missing] = []
    for route in sorted(routes, key=_width):
        destination = ANYWHERE if route.destination is None else route.destination
        known = route.is_certain and route.destination is not None
        if route.target in (_TO_GATEWAY, _UNKNOWN, _APPLIANCE):
            may = union(may, difference(destination, surely))
            hops.append((destination, route.hop))
        if route.target == _TO_GATEWAY and known:
            must = union(must, difference(destination, perhaps))
        elif route.target != _ELSEWHERE:
            code = "route-inspected" if route.target == _APPLIANCE else "route-unknown"
            missing.append(Missing(code, route.hop.address, route.hop.attribute))
        perhaps = union(perhaps, destination)
        if known:
            surely = union(surely, destination)
    return tuple(_of_family(all_, must, may, hops, missing) for all_ in (V4_ALL, V6_ALL) if intersection(all_, may))


def _of_family(
    all_: Ranges, must: Ranges, may: Ranges, hops: list[tuple[Ranges, Hop]], missing: list[Missing]
) -> Passage:
    """The part of one family, with the widest of its routes."""
    must, may = intersection(all_, must), intersection(all_, may)
    hop = next(hop for destination, hop in reversed(hops) if intersection(all_, destination))
    return Passage(Bounds(packets(must), packets(may)), (hop,), (), tuple(missing) if must != may else ())


def _width(route: Route) -> tuple[bool, int, str, str]:
    """The narrower a destination, the earlier it counts; one that is not known comes last."""
    first = route.destination
    size = sum(high - low for low, high in first) if first else 0
    return (first is None, size, route.hop.address, route.hop.attribute)
