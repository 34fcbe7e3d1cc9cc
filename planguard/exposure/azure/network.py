"""Azure's part of the network of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planguard.exposure.azure.application import APPLICATIONS, FRONT_DOORS, application_ways
from planguard.exposure.azure.application import endpoint_of as application_endpoint
from planguard.exposure.azure.assumption import ASSUMPTIONS, MISSING, NETWORK_OUTSIDE, missing
from planguard.exposure.azure.balancer import (
    BALANCER,
    FIREWALL,
    GATEWAY,
    balancer_ways,
    firewall_ways,
    gateway_links,
    gateway_ways,
)
from planguard.exposure.azure.bastion import BASTION, bastion_links, bastion_ways
from planguard.exposure.azure.bastion import endpoint_of as bastion_endpoint
from planguard.exposure.azure.interface import INTERFACE, NETWORK, PEERING, Cards, behind_groups, own_addresses
from planguard.exposure.azure.link import data_links
from planguard.exposure.azure.service import DATA_STORES, container_ways, endpoint_of, service_ways
from planguard.exposure.model import AZURE, LOAD_BALANCER, STORAGE, Endpoint, Link, Missing, Network, Way
from planguard.exposure.passage import ways_to
from planguard.exposure.reading import near
from planguard.graph.snapshot import Snapshot

__all__ = ["ASSUMPTIONS", "MISSING", "network_of"]
_BALANCERS = (BALANCER, GATEWAY, FIREWALL)
_JOINED = ("azurerm_virtual_network_gateway", "azurerm_express_route_connection", "azurerm_vpn_gateway")


def network_of(snapshot: Snapshot) -> Network:
    """Everything of Azure that answers in a snapshot, the ways to it from the internet, and the links inside."""
    cards = Cards(snapshot)
    ways = [
        *machine_ways(cards),
        *balancer_ways(snapshot, cards),
        *gateway_ways(snapshot, cards),
        *firewall_ways(snapshot, cards),
        *bastion_ways(snapshot, cards),
        *service_ways(snapshot),
        *container_ways(snapshot),
        *application_ways(snapshot),
    ]
    links: list[Link] = [
        *gateway_links(snapshot, cards),
        *bastion_links(snapshot, cards),
        *data_links(snapshot, cards),
    ]
    return Network(
        endpoints=tuple(sorted({*_endpoints(snapshot, cards), *(way.endpoint for way in ways)})),
        ways=tuple(ways),
        links=tuple(dict.fromkeys(links)),
        gaps=tuple(sorted(set(_gaps(snapshot)))),
    )


def machine_ways(cards: Cards) -> Iterator[Way]:
    """The ways to machines that have a public address of their own."""
    for card in cards.all:
        for public in own_addresses(card):
            yield from ways_to(card.endpoint, public.stage, behind_groups(cards, card, is_basic=public.is_basic))


def _endpoints(snapshot: Snapshot, cards: Cards) -> Iterable[Endpoint]:
    # A network interface that no machine of the plan has is none, unless something reaches it.
    yield from (
        card.endpoint
        for card in cards.all
        if card.holder.type != INTERFACE or _has_machine(card.endpoint, card.holder.address)
    )
    yield from (Endpoint(one.address, LOAD_BALANCER, AZURE) for one in snapshot.all(*_BALANCERS))
    yield from (bastion_endpoint(one) for one in snapshot.all(BASTION))
    yield from (endpoint_of(one) for one in snapshot.all(*DATA_STORES))
    yield from (application_endpoint(one) for one in snapshot.all(*APPLICATIONS, *FRONT_DOORS))
    for container in snapshot.all("azurerm_storage_container"):
        yield Endpoint(container.address, STORAGE, AZURE)


def _has_machine(endpoint: Endpoint, holder: str) -> bool:
    return endpoint.address != holder


def _gaps(snapshot: Snapshot) -> Iterator[Missing]:
    for peering in snapshot.all(PEERING):
        if not near(peering.references(NETWORK, via="remote_virtual_network_id")).items:
            yield missing(NETWORK_OUTSIDE, peering.address, "remote_virtual_network_id")
    for gateway in snapshot.all(*_JOINED):
        yield missing(NETWORK_OUTSIDE, gateway.address)
