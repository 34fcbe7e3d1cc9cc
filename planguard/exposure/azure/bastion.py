"""Azure Bastion: the way to administer machines that have no public address.

A bastion answers signed-in people on 443 of its public address, and speaks SSH and RDP to the machines of its own
network and of those that a peering joins to it. The tier for developers has no address of its own.

Source: learn.microsoft.com/azure/bastion/bastion-overview, /bastion/vnet-peering, /bastion/bastion-nsg.
"""

from __future__ import annotations

from collections.abc import Iterator

from planguard.exposure.azure.balancer import links_to
from planguard.exposure.azure.interface import SUBNET, Cards, addresses_of, networks_of, peers_of, public_of, space_of
from planguard.exposure.azure.security_group import Target
from planguard.exposure.model import APPLICATION, AZURE, Endpoint, Hop, Link, Way
from planguard.exposure.packets import TCP, packets
from planguard.exposure.passage import OPEN, Span, at, certain, ways_to
from planguard.exposure.ranges import ANYWHERE, Ranges
from planguard.exposure.reading import near
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

BASTION = "azurerm_bastion_host"
_HTTPS: Ranges = ((443, 443),)
_ADMINISTRATION: Ranges = ((22, 22), (3389, 3389))


def endpoint_of(bastion: Resource) -> Endpoint:
    """A bastion as an endpoint."""
    return Endpoint(bastion.address, APPLICATION, AZURE)


def bastion_ways(snapshot: Snapshot, cards: Cards) -> Iterator[Way]:
    """The ways to bastions: to 443, behind the security group of their subnet."""
    for bastion in snapshot.all(BASTION):
        subnets = near(bastion.references(SUBNET, via="ip_configuration.subnet_id"))
        groups = cards.of_subnets(subnets, Target(addresses_of(subnets), space_of(subnets))) if subnets.items else ()
        front = at(
            Hop(bastion.address, "ip_configuration", "443/tcp, asks people to sign in"),
            bounds=certain(packets(ANYWHERE, TCP, _HTTPS)),
        )
        for public in public_of(bastion, "ip_configuration"):
            yield from ways_to(endpoint_of(bastion), public.stage, front, groups or OPEN)


def bastion_links(snapshot: Snapshot, cards: Cards) -> Iterator[Link]:
    """From bastions to the machines that they can administer, as far as security groups let them."""
    for bastion in snapshot.all(BASTION):
        subnets = near(bastion.references(SUBNET, via="ip_configuration.subnet_id"))
        own = networks_of(subnets).items
        joined = {*own, *(peer for one in own for peer in peers_of(one))}
        for card in cards.all:
            if joined.intersection(networks_of(card.subnets).items):
                ports = Span(_ADMINISTRATION, _ADMINISTRATION)
                yield from links_to(cards, bastion.address, addresses_of(subnets), card, ports)
