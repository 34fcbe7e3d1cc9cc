"""What stands in front of machines: load balancers, application gateways, and what Azure Firewall translates.

Source: learn.microsoft.com/azure/load-balancer/components,
learn.microsoft.com/azure/application-gateway/how-application-gateway-works,
learn.microsoft.com/azure/firewall/rule-processing; the documentation of the provider's resources.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from planguard.exposure.azure.assumption import (
    BACKEND_OUTSIDE,
    SERVICE_TAG,
    SOURCE_REPLACED,
    UNKNOWN_VALUE,
    missing,
)
from planguard.exposure.azure.interface import (
    INTERFACE,
    SUBNET,
    Card,
    Cards,
    Public,
    addresses_of,
    behind_groups,
    public_of,
    space_of,
)
from planguard.exposure.azure.security_group import Target
from planguard.exposure.model import AZURE, LOAD_BALANCER, Endpoint, Hop, Link, Way
from planguard.exposure.packets import TCP, Box, Packets, packets, port_text, sources_of, unite
from planguard.exposure.passage import (
    FROM_OUTSIDE,
    OPEN,
    Bounds,
    Passage,
    Span,
    Stage,
    at,
    sent_on,
    spanned,
    through,
    to_port,
    way_of,
)
from planguard.exposure.ranges import ANYWHERE, Ranges
from planguard.exposure.reading import (
    Near,
    blocks_of,
    listed,
    listing,
    near,
    network_span,
    port_span,
    protocol_span,
    shown,
    texts,
    told,
)
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

BALANCER = "azurerm_lb"
GATEWAY = "azurerm_application_gateway"
FIREWALL = "azurerm_firewall"
_POOL = "azurerm_lb_backend_address_pool"
_NAT_RULE = "azurerm_lb_nat_rule"
_POOL_LINK = "azurerm_network_interface_backend_address_pool_association"
_NAT_LINK = "azurerm_network_interface_nat_rule_association"
_GATEWAY_LINK = "azurerm_network_interface_application_gateway_backend_address_pool_association"
_NAT_COLLECTION = "azurerm_firewall_nat_rule_collection"
_POLICY = "azurerm_firewall_policy"
_POLICY_RULES = "azurerm_firewall_policy_rule_collection_group"


class Opening(NamedTuple):
    """One port of a balancer that is sent on.

    :ivar outside: the ports at which packets come in
    :ivar inside: the ports at which they reach what stands behind
    """

    protocol: Ranges
    outside: Ranges
    inside: Ranges
    hop: Hop
    cards: tuple[Card, ...]
    is_certain: bool = True


def balancer_ways(snapshot: Snapshot, cards: Cards) -> Iterator[Way]:
    """The ways through load balancers, which let packets pass with their source: the groups behind decide."""
    members = _members(snapshot, cards)
    for balancer in snapshot.all(BALANCER):
        basic = told(balancer.effective("sku", "standard"), "standard") == "basic"
        publics = public_of(balancer, "frontend_ip_configuration")
        if not publics:
            continue
        for opening in _openings(balancer, members):
            for public in publics:
                yield from _through_balancer(balancer, cards, public, opening, is_basic=basic)


def _members(snapshot: Snapshot, cards: Cards) -> dict[str, list[Card]]:
    """The interfaces behind each pool and translation rule, by the address of that."""
    found: dict[str, list[Card]] = {}
    of = {card.holder: card for card in cards.all}
    for kind, link, via in (
        (_POOL, _POOL_LINK, "backend_address_pool_id"),
        (_NAT_RULE, _NAT_LINK, "nat_rule_id"),
        (GATEWAY, _GATEWAY_LINK, "backend_address_pool_id"),
    ):
        for one in snapshot.all(link):
            for pool in near(one.references(kind, via=via)).items:
                for owned in near(one.references(INTERFACE, via="network_interface_id")).items:
                    found.setdefault(pool.address, []).append(of[owned])
    for card in cards.all:
        for kind, name in (
            (_POOL, "load_balancer_backend_address_pool_ids"),
            (_NAT_RULE, "load_balancer_inbound_nat_rules_ids"),
            (GATEWAY, "application_gateway_backend_address_pool_ids"),
        ):
            for pool in near(card.holder.references(kind, via=f"{card.at}.{name}")).items:
                found.setdefault(pool.address, []).append(card)
    return found


def _openings(balancer: Resource, members: dict[str, list[Card]]) -> Iterator[Opening]:
    for rule in near(balancer.referrers("azurerm_lb_rule", via="loadbalancer_id")).items:
        pools = near(
            rule.references(_POOL, via="backend_address_pool_ids"),
            rule.references(_POOL, via="backend_address_pool_id"),
        )
        behind = tuple(dict.fromkeys(card for pool in pools.items for card in members.get(pool.address, ())))
        yield from _opening(balancer, rule, behind)
    for rule in near(balancer.referrers(_NAT_RULE, via="loadbalancer_id")).items:
        pools = near(rule.references(_POOL, via="backend_address_pool_id"))
        listed = [
            *members.get(rule.address, ()),
            *(card for one in pools.items for card in members.get(one.address, ())),
        ]
        yield from _opening(balancer, rule, tuple(dict.fromkeys(listed)))


def _opening(balancer: Resource, rule: Resource, behind: tuple[Card, ...]) -> Iterator[Opening]:
    if not _is_public(balancer, rule):
        return
    first = listing(rule.get("frontend_port"))
    start, end = rule.get("frontend_port_start"), rule.get("frontend_port_end")
    if not is_unknown(start) and not is_unknown(end) and start and end:
        first = listing(f"{start}-{end}")
    outside = port_span(texts(first), is_open=first.is_open)
    inside_value = listing(rule.get("backend_port"))
    inside = port_span(texts(inside_value), is_open=inside_value.is_open)
    protocol = protocol_span(rule.get("protocol"))
    said = f"{shown(rule.get('frontend_port'), 'a port')}/{shown(rule.get('protocol')).lower()}"
    hop = Hop(rule.address, "frontend_port", f"{said} to {shown(rule.get('backend_port'), 'a port')}")
    sure = outside.low == outside.high and inside.low == inside.high and protocol.low == protocol.high
    yield Opening(protocol.high, outside.high, inside.high, hop, behind, sure)


def _is_public(balancer: Resource, rule: Resource) -> bool:
    """Whether the frontend that a rule names has a public address; yes where nobody can say which one it names."""
    name = rule.get("frontend_ip_configuration_name")
    for _, block in blocks_of(balancer, "frontend_ip_configuration").items:
        own, address = block.get("name"), block.get("public_ip_address_id")
        if not is_unknown(name) and not is_unknown(own) and own == name:
            return is_unknown(address) or bool(address)
    return True


def _through_balancer(
    balancer: Resource, cards: Cards, public: Public, opening: Opening, *, is_basic: bool
) -> Iterator[Way]:
    here = at(opening.hop)
    endpoint = Endpoint(balancer.address, LOAD_BALANCER, AZURE)
    front: dict[Passage, None] = {}
    for card in opening.cards:
        stage = behind_groups(cards, card, is_basic=is_basic)
        passed = to_port(stage, opening.inside, opening.outside, opening.protocol)
        if not opening.is_certain:
            passed = [one.possibly(missing(UNKNOWN_VALUE, opening.hop.address, "frontend_port")) for one in passed]
        for path in through(FROM_OUTSIDE, public.stage, here, passed):
            front[path] = None
            yield way_of(card.endpoint, sent_on(path, _sure(opening.inside)))
    if not opening.cards:
        gap = missing(BACKEND_OUTSIDE, balancer.address, "", "no machine of the plan stands behind this rule")
        listened = Passage(spanned(protocols=_sure(opening.protocol), ports=_sure(opening.outside))).possibly(gap)
        front = dict.fromkeys(through(FROM_OUTSIDE, public.stage, here, [listened]))
    yield from (way_of(endpoint, path) for path in front)


def _sure(ranges: Ranges) -> Span:
    return Span(ranges, ranges)


# -- application gateways --------------------------------------------------------------------------------------------


def gateway_ways(snapshot: Snapshot, cards: Cards) -> Iterator[Way]:
    """The ways to application gateways, and through them to the machines in their pools.

    Their listeners stand behind the security group of their subnet. What a machine sees comes from that subnet.
    """
    members = _members(snapshot, cards) if snapshot.has(GATEWAY) else {}
    for gateway in snapshot.all(GATEWAY):
        endpoint = Endpoint(gateway.address, LOAD_BALANCER, AZURE)
        subnets = near(gateway.references(SUBNET, via="gateway_ip_configuration.subnet_id"))
        target = Target(addresses_of(subnets), space_of(subnets))
        groups = cards.of_subnets(subnets, target) or OPEN
        paths = [
            path
            for public in public_of(gateway, "frontend_ip_configuration")
            for path in through(FROM_OUTSIDE, public.stage, _listeners(gateway), groups)
        ]
        yield from (way_of(endpoint, path) for path in paths)
        ports = _backend_ports(gateway)
        relayed = [_relayed(path, gateway, ports) for path in paths]
        for card in members.get(gateway.address, ()):
            for path in through(relayed, _inside(cards, card, addresses_of(subnets), ports)):
                yield way_of(card.endpoint, path)


def _backend_ports(gateway: Resource) -> Span:
    """The ports at which an application gateway asks what stands behind it."""
    blocks = (*blocks_of(gateway, "backend_http_settings").items, *blocks_of(gateway, "backend").items)
    ports = listing(*(block.get("port") for _, block in blocks))
    return port_span(texts(ports), is_open=ports.is_open)


def _relayed(path: Passage, gateway: Resource, ports: Span) -> Passage:
    """A path to an application gateway as it goes on: from the same clients, to the ports behind."""
    must, may = path.bounds
    hop = Hop(gateway.address, "backend_http_settings", f"to {port_text(ports.high)}/tcp")
    bounds = Bounds(packets(sources_of(must), TCP, ports.low), packets(sources_of(may), TCP, ports.high))
    return path._replace(bounds=bounds, hops=(*path.hops, hop))


def _listeners(gateway: Resource) -> Stage:
    ports = {shown(block.get("name")): block.get("port") for _, block in blocks_of(gateway, "frontend_port").items}
    public = {
        shown(block.get("name")): is_unknown(block.get("public_ip_address_id"))
        or bool(block.get("public_ip_address_id"))
        for _, block in blocks_of(gateway, "frontend_ip_configuration").items
    }
    listeners = [*blocks_of(gateway, "http_listener").items, *blocks_of(gateway, "listener").items]
    found = []
    for path, block in listeners:
        if not public.get(shown(block.get("frontend_ip_configuration_name")), True):
            continue
        port = listing(ports.get(shown(block.get("frontend_port_name"))))
        hop = Hop(gateway.address, path, f"{listed(port, 'a port')}/tcp")
        passage = Passage(spanned(protocols=_sure(TCP), ports=port_span(texts(port), is_open=port.is_open)), (hop,))
        found.append(passage.possibly(missing(UNKNOWN_VALUE, gateway.address, path)) if port.is_open else passage)
    return found


def gateway_links(snapshot: Snapshot, cards: Cards) -> Iterator[Link]:
    """From application gateways to the machines in their pools, as far as security groups let them."""
    members = _members(snapshot, cards) if snapshot.has(GATEWAY) else {}
    for gateway in snapshot.all(GATEWAY):
        subnets = near(gateway.references(SUBNET, via="gateway_ip_configuration.subnet_id"))
        own = addresses_of(subnets)
        for card in members.get(gateway.address, ()):
            yield from links_to(cards, gateway.address, own, card, _backend_ports(gateway))


def links_to(cards: Cards, source: str, own: Ranges, card: Card, ports: Span) -> Iterator[Link]:
    """The link from one resource to a machine, as far as its security groups let packets pass.

    :param own: the addresses that the packets come from; empty when nobody can say
    """
    stages = cards.groups(card, card.subnets)
    start = [Passage(spanned(Span(own, own or ANYWHERE), _sure(TCP), ports))]
    for path in through(start, *stages):
        hops = (Hop(source), *path.hops, Hop(card.endpoint.address))
        yield Link(source, card.endpoint, path.bounds.must or path.bounds.may, hops, bool(path.bounds.must))


# -- Azure Firewall --------------------------------------------------------------------------------------------------


class Translation(NamedTuple):
    """One rule by which a firewall sends packets on to an address inside."""

    holder: Resource
    path: str
    block: dict[str, Any]


def firewall_ways(snapshot: Snapshot, cards: Cards) -> Iterator[Way]:
    """The ways through the address translation of Azure Firewall, to it and to the machine that it names."""
    by_address = _by_private_address(cards) if snapshot.has(FIREWALL) else {}
    for firewall in snapshot.all(FIREWALL):
        endpoint = Endpoint(firewall.address, LOAD_BALANCER, AZURE)
        subnets = near(firewall.references(SUBNET, via="ip_configuration.subnet_id"))
        for public in public_of(firewall, "ip_configuration"):
            for rule in _translations(firewall):
                outer = list(_outer(rule))
                paths = through(FROM_OUTSIDE, public.stage, outer)
                yield from (way_of(endpoint, path) for path in paths)
                card = _named_card(rule, by_address, cards)
                if card is not None:
                    inside = listing(rule.block.get("translated_port"))
                    ports = port_span(texts(inside), is_open=inside.is_open)
                    inner = _inside(cards, card, addresses_of(subnets), ports)
                    for path in through([sent_on(path, ports) for path in paths], inner):
                        yield way_of(card.endpoint, path)


def _translations(firewall: Resource) -> Iterator[Translation]:
    for one in near(firewall.referrers(_NAT_COLLECTION, via="azure_firewall_name")).items:
        yield from (Translation(one, path, block) for path, block in blocks_of(one, "rule").items)
    for policy in near(firewall.references(_POLICY, via="firewall_policy_id")).items:
        for one in near(policy.referrers(_POLICY_RULES, via="firewall_policy_id")).items:
            yield from (
                Translation(one, path, block) for path, block in blocks_of(one, "nat_rule_collection.rule").items
            )


def _outer(rule: Translation) -> Iterator[Passage]:
    block = rule.block
    said = listing(block.get("source_addresses"))
    names = texts(said)
    groups = listing(block.get("source_ip_groups"))
    if any(name in {"*", "Internet"} for name in names):
        sources = Span(ANYWHERE, ANYWHERE)
    else:
        sources = network_span(names, is_open=said.is_open or bool(groups.items) or groups.is_open)
    ports = listing(block.get("destination_ports"))
    span = port_span(texts(ports), is_open=ports.is_open)
    hop = Hop(rule.holder.address, rule.path, f"{listed(ports)} from {listed(said)}")
    for protocol in texts(listing(block.get("protocols"))):
        passage = Passage(spanned(sources, protocol_span(protocol), span), (hop,), guards=(hop,))
        gap = missing(SERVICE_TAG if not said.is_open else UNKNOWN_VALUE, rule.holder.address, rule.path)
        yield passage._replace(missing=(gap,)) if sources.low != sources.high else passage


def _by_private_address(cards: Cards) -> dict[str, Card]:
    found = {}
    for card in cards.all:
        for _, block in blocks_of(card.holder, card.at).items:
            address = block.get("private_ip_address")
            if not is_unknown(address) and address:
                found[str(address)] = card
    return found


def _named_card(rule: Translation, by_address: dict[str, Card], cards: Cards) -> Card | None:
    address = rule.block.get("translated_address")
    if not is_unknown(address):
        return by_address.get(str(address))
    meant: Near = near(rule.holder.references(INTERFACE))
    if len(meant.items) != 1 or meant.is_open:
        return None
    return next(iter(cards.of(meant.items[0])), None)


def _inside(cards: Cards, card: Card, own: Ranges, ports: Span) -> Stage:
    """Whether the machine's groups let in what is sent on to it from these addresses, whoever is behind them."""
    stages = cards.groups(card, card.subnets)
    start = [Passage(spanned(Span(own, own or ANYWHERE), ports=ports))]
    return [
        path._replace(
            bounds=Bounds(_from_anybody(path.bounds.must), _from_anybody(path.bounds.may)),
            assumptions=(*path.assumptions, SOURCE_REPLACED),
        )
        for path in through(start, *stages)
    ]


def _from_anybody(these: Packets) -> Packets:
    return unite(tuple(Box(ANYWHERE, box.protocols, box.ports) for box in these)) if these else ()
