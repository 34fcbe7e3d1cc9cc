"""Load balancers: what gets to them, and through them to what stands behind.

Source: "Application Load Balancers", "Network Load Balancers" (security groups are optional there), "Internet-facing
Classic Load Balancers", and the AWS Global Accelerator developer guide.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from planguard.exposure.aws.layout import Interface, Layout, from_internet, from_outside
from planguard.exposure.aws.subnets import NO, UNCLEAR, YES, Address, subnets_meant
from planguard.exposure.aws.target_groups import (
    BALANCERS,
    CLASSIC,
    TARGET_GROUPS,
    Front,
    Target,
    Targets,
    group_ports,
    keeps_clients,
    protocols_of,
    relayed,
)
from planguard.exposure.meant import Meant, meant, referred
from planguard.exposure.model import LOAD_BALANCER, Endpoint, Hop, Missing
from planguard.exposure.packets import ALL_PORTS, TCP, UDP, packets
from planguard.exposure.passage import OPEN, Bounds, Passage, Span, Stage, spanned, through, way_of
from planguard.exposure.ranges import ANYWHERE, Ranges
from planguard.exposure.reading import blocks_of, port_span, setting, shown, told, truth
from planguard.graph.resource import Resource
from planguard.plan.unknown import is_unknown

_LISTENERS = ("aws_lb_listener", "aws_alb_listener")
_RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule")


class Listener(NamedTuple):
    """One port of a balancer.

    :ivar passage: the packets that it takes
    :ivar groups: the target groups that it sends on to, each with whether that is certain, and what says so
    """

    passage: Passage
    groups: tuple[tuple[Resource, bool, Hop], ...] = ()


class Balancers:
    """The balancers of one snapshot while they are read."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.targets = Targets(layout)
        self.listeners = dict(_listeners(layout))
        self.accelerated = _accelerated(layout)

    def read(self) -> None:
        """Find every balancer, the ways to it and through it."""
        for one in self.layout.snapshot.all(*BALANCERS):
            if told(one.effective("load_balancer_type", "application")) != "gateway":
                self._read_balancer(one)
        for one in self.layout.snapshot.all(*CLASSIC):
            self._read_classic(one)

    # -- application and network balancers -------------------------------------------------------------------------

    def _read_balancer(self, one: Resource) -> None:
        endpoint = self.layout.endpoint(one, LOAD_BALANCER)
        interface = _interface(self.layout, one)
        guards: Stage = self.layout.groups.stage(interface.groups)
        if _is_unguarded(one, interface):
            guards = OPEN
        listeners = self.listeners.get(one.address, [])
        self._register(endpoint, interface, listeners)
        paths = self._into(interface, guards, one.address)
        if not listeners and not one.is_created:
            gap = Missing("listeners-outside-plan", one.address)
            for path in paths:
                self.layout.ways.append(way_of(endpoint, path.possibly(gap)))
        for listener in listeners:
            into = from_internet(paths, (listener.passage,))
            for path in into:
                self.layout.ways.append(way_of(endpoint, path))
            self._through(one, interface, into, listener)

    def _register(self, endpoint: Endpoint, interface: Interface, listeners: list[Listener]) -> None:
        """The balancer takes part in the links inside, too."""
        ports = tuple(listener.passage for listener in listeners)
        self.layout.register(endpoint, interface._replace(ports=ports))

    def _into(self, interface: Interface, guards: Stage, address: str) -> list[Passage]:
        approach = self.layout.subnets.approach(interface.resource, interface.subnets, interface.v4, interface.v6)
        stages = [approach] if approach else []
        accelerated = self.accelerated.get(address, [])
        return [
            *(path for stage in stages for path in through(stage, guards)),
            *through(accelerated, guards),
        ]  # fmt: skip

    def _through(self, one: Resource, interface: Interface, into: list[Passage], listener: Listener) -> None:
        for group, certain, hop in listener.groups:
            protocols = protocols_of(group.get("protocol"))
            front = Front(interface, keeps_clients(group, one), protocols)
            ports = group_ports(group)
            for target in self.targets.of(group.address):
                behind = target if certain else target._replace(certain=False)
                if target.resource.type in BALANCERS:
                    continue  # a balancer behind another: its own listeners are asked from inside only
                asked = Hop(group.address, "port", _port_text(target.ports or ports))
                self._arrive(behind, front, into, ports, (hop, asked))

    def _arrive(
        self, target: Target, front: Front, into: list[Passage], ports: Ranges, before: tuple[Hop, ...]
    ) -> None:
        endpoint = self.layout.endpoints.get(target.resource.address)
        if endpoint is None:
            return
        arrivals = list(self.targets.arrivals(target, front, ports))
        balancer = front.interface.resource
        for arrival in arrivals:
            hops = (Hop(balancer.address), *before, *arrival.hops, Hop(endpoint.address))
            self.layout.link(
                balancer.address, endpoint, arrival._replace(hops=hops), is_certain=bool(arrival.bounds.must)
            )
        for path in into:
            bounds = relayed(path.bounds, front.protocols, target.ports or ports)
            moved = path._replace(
                bounds=bounds, hops=(*path.hops, *before), assumptions=(*path.assumptions, "balancer-relays")
            )
            for found in _behind(moved, arrivals):
                self.layout.ways.append(way_of(endpoint, found))

    # -- classic balancers -----------------------------------------------------------------------------------------

    def _read_classic(self, one: Resource) -> None:
        endpoint = self.layout.endpoint(one, LOAD_BALANCER)
        subnets = subnets_meant(one, "subnets")
        groups = self.layout.groups.held(one, "security_groups", subnets=subnets)
        interface = Interface(one, subnets, groups, _facing(one), NO)
        paths = self._into(interface, self.layout.groups.stage(groups), one.address)
        listeners = []
        for path, block in blocks_of(one, "listener").items:
            passage = _taken(
                one, f"{path}.lb_port", setting(one, block, "lb_port"), setting(one, block, "lb_protocol")
            )
            listeners.append(Listener(passage))
            port = setting(one, block, "instance_port")
            inner = port_span([] if is_unknown(port) else [port], is_open=is_unknown(port)).high
            into = from_internet(paths, (passage,))
            for found in into:
                self.layout.ways.append(way_of(endpoint, found))
            for target in self.targets.of(one.address):
                hop = Hop(one.address, f"{path}.instance_port", _port_text(inner))
                self._arrive(target, Front(interface, keeps_clients=False), into, inner, (hop,))
        self._register(endpoint, interface, listeners)


def read_load_balancers(layout: Layout) -> None:
    """Find every balancer, the ways to it, and the ways through it; what stands behind must have been read."""
    Balancers(layout).read()


def _behind(path: Passage, arrivals: list[Passage]) -> list[Passage]:
    """Paths that go on where one from the internet ends."""
    return from_outside((path,), arrivals) if arrivals else []


def _interface(layout: Layout, one: Resource) -> Interface:
    subnets = subnets_meant(one, "subnets")
    mapped = [
        subnets_meant(one, f"{path}.subnet_id", value=block.get("subnet_id"))
        for path, block in blocks_of(one, "subnet_mapping").items
    ]
    if subnets.is_unset and mapped:
        subnets = Meant(
            tuple(dict.fromkeys(subnet for some in mapped for subnet in some.certain)),
            tuple(dict.fromkeys(subnet for some in mapped for subnet in some.possible)),
            tuple(text for some in mapped for text in some.outside),
            any(some.is_open for some in mapped),
        )
    groups = layout.groups.held(one, "security_groups", subnets=subnets)
    kind = told(one.effective("ip_address_type", "ipv4"), "ipv4")
    facing = _facing(one)
    v4 = NO if kind == "dualstack-without-public-ipv4" else facing
    return Interface(one, subnets, groups, v4, facing if kind is not None and kind.startswith("dualstack") else NO)


def _facing(one: Resource) -> Address:
    """The public address of a balancer: it has one unless it is internal."""
    internal = truth(one.effective("internal", default=False))
    hop = Hop(one.address, "internal", "internet-facing")
    return NO if internal else Address(UNCLEAR if internal is None else YES, hop)


def _is_unguarded(one: Resource, interface: Interface) -> bool:
    """A network balancer that names no security groups has none."""
    if told(one.effective("load_balancer_type", "application")) != "network":
        return False
    return meant(one, "security_groups", ("aws_security_group",)).is_unset or not (
        interface.groups.all or interface.groups.is_open
    )


def _listeners(layout: Layout) -> Iterator[tuple[str, list[Listener]]]:
    rules: dict[str, list[Resource]] = {}
    for rule in layout.snapshot.all(*_RULES):
        for listener in meant(rule, "listener_arn", _LISTENERS, single=True).all:
            rules.setdefault(listener.address, []).append(rule)
    found: dict[str, list[Listener]] = {}
    for one in layout.snapshot.all(*_LISTENERS):
        owners = meant(one, "load_balancer_arn", BALANCERS, single=True)
        passage = _taken(one, "port", setting(one, one.values, "port"), setting(one, one.values, "protocol", "HTTP"))
        groups = [*_sent_to(one, "default_action")]
        for rule in rules.get(one.address, ()):
            groups += _sent_to(rule, "action")
        for owner in owners.all:
            sure = owner in owners.certain
            gap = Missing("setting-unknown", one.address, "load_balancer_arn")
            taken = Listener(passage if sure else passage.possibly(gap), tuple(groups))
            found.setdefault(owner.address, []).append(taken)
    yield from found.items()


def _sent_to(one: Resource, attribute: str) -> Iterator[tuple[Resource, bool, Hop]]:
    certain, possible, _ = referred(one, (attribute,), TARGET_GROUPS)
    hop = Hop(one.address, attribute, "sends on")
    for group in certain:
        yield group, True, hop
    for group in possible:
        yield group, False, hop


def _taken(one: Resource, attribute: str, port: object, protocol: object) -> Passage:
    """The packets that a listener takes."""
    ports = port_span([] if is_unknown(port) or port is None else [port], is_open=is_unknown(port))
    protocols = protocols_of(protocol)
    gap = (Missing("setting-unknown", one.address, attribute),) if is_unknown(port) else ()
    name = shown(protocol) if protocol is not None else "tcp"
    hop = Hop(one.address, attribute, f"listens on {shown(port)}/{name.lower()}")
    return Passage(spanned(protocols=Span(protocols, protocols), ports=ports), (hop,), (), gap)


def _port_text(ports: Ranges) -> str:
    return "" if ports == ALL_PORTS else f"to port {ports[0][0]}"


def _accelerated(layout: Layout) -> dict[str, list[Passage]]:
    """What Global Accelerator takes from the internet and hands to a balancer, an internal one, too."""
    found: dict[str, list[Passage]] = {}
    accelerators = ("aws_globalaccelerator_accelerator",)
    for one in layout.snapshot.all("aws_globalaccelerator_endpoint_group"):
        for listener in meant(one, "listener_arn", ("aws_globalaccelerator_listener",), single=True).certain:
            enabled = [
                truth(owner.effective("enabled", default=True))
                for owner in meant(listener, "accelerator_arn", accelerators, single=True).all
            ]
            if enabled and enabled[0] is False:
                continue
            certain, _, _ = referred(one, ("endpoint_configuration",), BALANCERS)
            for balancer in certain:
                found.setdefault(balancer.address, []).extend(_listened(listener, one))
    return found


def _listened(listener: Resource, group: Resource) -> Iterator[Passage]:
    protocols = UDP if told(listener.get("protocol"), "tcp") == "udp" else TCP
    for path, block in blocks_of(listener, "port_range").items:
        ends = (setting(listener, block, "from_port"), setting(listener, block, "to_port"))
        unclear = any(map(is_unknown, ends))
        ports = port_span([] if unclear else [f"{ends[0]}-{ends[1]}"], is_open=unclear)
        hops = (
            Hop(listener.address, path, f"listens on {shown(ends[0])}-{shown(ends[1])}"),
            Hop(group.address, "endpoint_configuration", "sends on"),
        )
        bounds = Bounds(packets(ANYWHERE, protocols, ports.low), packets(ANYWHERE, protocols, ports.high))
        gaps = (Missing("setting-unknown", listener.address, path),) if unclear else ()
        yield Passage(bounds, hops, (), gaps)
