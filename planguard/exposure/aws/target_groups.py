"""Target groups: what stands behind a balancer, and what a balancer gets through to.

An application balancer, a classic one, and a network balancer to addresses speak for their clients: the target sees
the balancer. A network balancer to instances hands on the client's own address.

Source: "Target groups" and "Client IP preservation" in the Network Load Balancers guide; "Target groups for your
Application Load Balancers"; "Service load balancing" in the ECS guide.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from planguard.exposure.aws.compute import INSTANCES
from planguard.exposure.aws.layout import Interface, Layout
from planguard.exposure.aws.security_groups import GroupRule
from planguard.exposure.meant import elements, meant, referred
from planguard.exposure.model import Hop, Missing
from planguard.exposure.packets import (
    ALL_PORTS,
    ALL_PROTOCOLS,
    NOTHING,
    TCP,
    UDP,
    Box,
    Packets,
    intersect,
    packets,
    sources_of,
    unite,
)
from planguard.exposure.passage import Bounds, Passage
from planguard.exposure.ranges import ANYWHERE, EMPTY, V4_ALL, Ranges, difference, intersection, union
from planguard.exposure.reading import blocks_of, listing, network_span, port_span, setting, texts, told, truth
from planguard.graph.resource import Resource
from planguard.plan.unknown import is_unknown

TARGET_GROUPS = ("aws_lb_target_group", "aws_alb_target_group")
BALANCERS = ("aws_lb", "aws_alb")
CLASSIC = ("aws_elb",)
_SCALING = ("aws_autoscaling_group",)
_ATTACHED = ("aws_lb_target_group_attachment", "aws_alb_target_group_attachment")
_TARGETS = (*INSTANCES, "aws_lambda_function", *BALANCERS)


class Target(NamedTuple):
    """One thing behind a balancer.

    :ivar ports: the ports at which it is asked; every one where that is not known
    :ivar certain: whether the plan says for certain that it stands there
    """

    resource: Resource
    hop: Hop
    ports: Ranges | None = None
    certain: bool = True


class Front(NamedTuple):
    """A balancer, as its targets see it.

    :ivar interface: where it stands; None where its sources are its clients only
    :ivar keeps_clients: whether its targets see the addresses of its clients
    """

    interface: Interface
    keeps_clients: bool
    protocols: Ranges = TCP


class Targets:
    """What stands behind the target groups and classic balancers of one snapshot."""

    __slots__ = ("__dict__", "_layout")

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def of(self, address: str) -> list[Target]:
        """What stands behind a target group, or behind a classic balancer."""
        return self._behind.get(address, [])

    @cached_property
    def _behind(self) -> dict[str, list[Target]]:
        found: dict[str, list[Target]] = {}
        for group, target in (*self._attached(), *self._scaling(), *self._services()):
            found.setdefault(group, []).append(target)
        return found

    def _attached(self) -> Iterator[tuple[str, Target]]:
        for one in self._layout.snapshot.all(*_ATTACHED):
            groups = meant(one, "target_group_arn", TARGET_GROUPS, single=True)
            targets = meant(one, "target_id", _TARGETS, single=True)
            ports = _ports(setting(one, one.values, "port"))
            for group in groups.all:
                for target in targets.all:
                    certain = group in groups.certain and target in targets.certain
                    yield group.address, Target(target, Hop(one.address, "target_id"), ports, certain)
        for one in self._layout.snapshot.all(*CLASSIC):
            targets = meant(one, "instances", INSTANCES)
            for target in targets.all:
                yield one.address, Target(target, Hop(one.address, "instances"), None, target in targets.certain)
        for one in self._layout.snapshot.all("aws_elb_attachment"):
            for classic in meant(one, "elb", CLASSIC, single=True).all:
                for target in meant(one, "instance", INSTANCES, single=True).all:
                    yield classic.address, Target(target, Hop(one.address, "instance"))

    def _scaling(self) -> Iterator[tuple[str, Target]]:
        named = (
            ("target_group_arns", TARGET_GROUPS),
            ("load_balancers", CLASSIC),
            ("traffic_source", (*TARGET_GROUPS, *CLASSIC)),
        )
        for one in self._layout.snapshot.all(*_SCALING):
            for attribute, kinds in named:
                certain, possible, _ = referred(one, (attribute,), kinds)
                for group in (*certain, *possible):
                    yield group.address, Target(one, Hop(one.address, attribute), None, group in certain)
        attachments = ("aws_autoscaling_attachment", "aws_autoscaling_traffic_source_attachment")
        for one in self._layout.snapshot.all(*attachments):
            scaling = meant(one, "autoscaling_group_name", _SCALING, single=True)
            for attribute in ("lb_target_group_arn", "alb_target_group_arn", "elb", "traffic_source"):
                certain, possible, _ = referred(one, (attribute,), (*TARGET_GROUPS, *CLASSIC))
                for group in (*certain, *possible):
                    for target in scaling.all:
                        sure = group in certain and target in scaling.certain
                        yield group.address, Target(target, Hop(one.address, attribute), None, sure)

    def _services(self) -> Iterator[tuple[str, Target]]:
        for one in self._layout.snapshot.all("aws_ecs_service"):
            for path, block in blocks_of(one, "load_balancer").items:
                ports = _ports(setting(one, block, "container_port"))
                for name, kinds in (("target_group_arn", TARGET_GROUPS), ("elb_name", CLASSIC)):
                    groups = meant(one, f"{path}.{name}", kinds, value=block.get(name))
                    # Of ``dynamic`` blocks the plan does not say what they refer to: it may be any group of the plan.
                    open_to = self._layout.snapshot.all(*kinds) if groups.is_open else ()
                    for group in dict.fromkeys((*groups.all, *open_to)):
                        certain = group in groups.certain
                        yield group.address, Target(one, Hop(one.address, f"{path}.{name}"), ports, certain)

    # -- what gets there -------------------------------------------------------------------------------------------

    def arrivals(self, target: Target, front: Front, ports: Ranges) -> Iterator[Passage]:
        """What a balancer gets through to a target: one passage for each rule of the target's security groups.

        :param ports: those at which the target is asked, unless it says others
        """
        ports = target.ports or ports
        if target.resource.type == "aws_lambda_function":
            yield Passage(Bounds(packets(), packets()), (target.hop,))
            return
        asked = packets(ANYWHERE, front.protocols, ports)
        interfaces = self._layout.interfaces.get(target.resource.address, [])
        gap = Missing("security-groups-unclear", target.resource.address)
        unclear = Missing("target-unclear", target.hop.address, target.hop.attribute)
        if not interfaces:
            yield Passage(Bounds(NOTHING, asked), (target.hop,), (), (gap,))
        for interface in interfaces:
            groups = interface.groups
            for key in groups.all:
                for rule in self._layout.groups.rules(key):
                    found = self._admitted(rule, front, asked)
                    if found.bounds.may:
                        found = found if key in groups.certain else found.possibly(gap)
                        found = found if target.certain else found.possibly(unclear)
                        yield found._replace(hops=(target.hop, *found.hops))
            if groups.is_open:
                yield Passage(Bounds(NOTHING, asked), (target.hop,), (), (gap,))

    def _admitted(self, rule: GroupRule, front: Front, asked: Packets) -> Passage:
        """Which packets of a balancer's clients a rule of its target lets in."""
        passage, members = rule.passage, _of_members(rule, front)
        must, may = passage.bounds if front.keeps_clients else _as_balancer(passage.bounds, front)
        must, may = intersect(unite(must, members.must), asked), intersect(unite(may, members.may), asked)
        found = passage._replace(bounds=Bounds(must, may))
        if must == may or found.missing:
            return found
        balancer = front.interface.resource.address
        return found._replace(missing=(Missing("balancer-addresses", balancer, "", rule.passage.hops[0].address),))


def _as_balancer(bounds: Bounds, front: Front) -> Bounds:
    """What a rule lets in from a balancer's own addresses, with any client behind it."""
    there = _addresses(front)
    must = tuple(Box(ANYWHERE, box.protocols, box.ports) for box in bounds.must if not difference(there, box.sources))
    may = tuple(Box(ANYWHERE, box.protocols, box.ports) for box in bounds.may if intersection(there, box.sources))
    return Bounds(unite(must), unite(may))


def _addresses(front: Front) -> Ranges:
    """The ranges of the subnets that a balancer stands in; all of IPv4 where they are not known."""
    subnets = front.interface.subnets
    ranges: Ranges = EMPTY
    for subnet in subnets.all:
        found = network_span(texts(listing(subnet.get("cidr_block"))), is_open=is_unknown(subnet.get("cidr_block")))
        if found.low != found.high:
            return V4_ALL
        ranges = union(ranges, found.low)
    return ranges if ranges and not (subnets.outside or subnets.is_open) else V4_ALL


def _of_members(rule: GroupRule, front: Front) -> Bounds:
    """What a rule lets in because it names a group that the balancer is in."""
    held = front.interface.groups
    if any(sure and key in held.certain for key, sure in rule.groups):
        return rule.members
    if any(key in held.all for key, _ in rule.groups) or (held.is_open and rule.groups):
        return rule.members.possible
    return Bounds()


def relayed(bounds: Bounds, protocols: Ranges, ports: Ranges) -> Bounds:
    """The packets of clients as they arrive behind a balancer: at the port of the target."""
    return Bounds(
        packets(sources_of(bounds.must), protocols, ports) if bounds.must else NOTHING,
        packets(sources_of(bounds.may), protocols, ports) if bounds.may else NOTHING,
    )


def group_ports(group: Resource) -> Ranges:
    """The port at which the targets of a group are asked; all where it is not known."""
    return _ports(setting(group, group.values, "port")) or ALL_PORTS


def keeps_clients(group: Resource, balancer: Resource) -> bool:
    """Whether the targets of a group see the addresses of the clients."""
    if told(balancer.effective("load_balancer_type", "application")) != "network":
        return False
    said = truth(value) if (value := setting(group, group.values, "preserve_client_ip")) is not None else None
    if said is not None:
        return said
    kind = told(group.effective("target_type", "instance"), "instance")
    return kind == "instance" or told(group.get("protocol")) in ("udp", "tcp_udp")


def protocols_of(name: Any) -> Ranges:
    """The protocols of a listener or a target group by its name."""
    text = told(name, "tcp")
    if text is None:
        return ALL_PROTOCOLS
    return UDP if text in ("udp", "quic") else union(TCP, UDP) if text in ("tcp_udp", "tcp_quic") else TCP


def _ports(value: Any) -> Ranges | None:
    if value is None or is_unknown(value) or str(value) == "0":
        return None
    return port_span([one for one in elements(value) if not is_unknown(one)]).low or None
