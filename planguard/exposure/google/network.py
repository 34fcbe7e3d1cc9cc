"""Google's part of the network of a plan."""

from __future__ import annotations

from collections.abc import Iterator

from planguard.exposure.google.assumption import ASSUMPTIONS, MISSING, PEER_OUTSIDE, missing
from planguard.exposure.google.firewall import NETWORK, Firewalls, network_named
from planguard.exposure.google.forwarding import RULES, forwarding_links, forwarding_ways
from planguard.exposure.google.forwarding import endpoint_of as front_endpoint
from planguard.exposure.google.machine import CLUSTER, Running, machine_ways, running
from planguard.exposure.google.service import (
    ALLOY,
    CACHES,
    FUNCTION_V1,
    FUNCTION_V2,
    KINDS,
    RUN_V1,
    RUN_V2,
    SQL,
    endpoint_of,
    ports_of,
    service_ways,
)
from planguard.exposure.model import CACHE, DATABASE, STORAGE, Endpoint, Hop, Link, Missing, Network
from planguard.exposure.reading import near
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

__all__ = ["ASSUMPTIONS", "MISSING", "network_of"]
_SERVERLESS = (RUN_V1, RUN_V2, FUNCTION_V1, FUNCTION_V2)
_NETWORK_OF_STORE: dict[str, tuple[str, ...]] = {
    SQL: ("settings.ip_configuration.private_network",),
    ALLOY: (),
    "google_redis_instance": ("authorized_network",),
    "google_memcache_instance": ("authorized_network",),
}
_OUTWARDS = ("vpc_access.network_interfaces.network", "vpc_access.network_interfaces.subnetwork")


def network_of(snapshot: Snapshot) -> Network:
    """Everything of Google Cloud that answers in a snapshot, the ways to it, and the links inside."""
    firewalls, machines = Firewalls(snapshot), running(snapshot)
    ways = [
        *machine_ways(machines, firewalls),
        *forwarding_ways(snapshot, machines, firewalls),
        *service_ways(snapshot),
    ]
    links = [*forwarding_links(snapshot, machines, firewalls), *_data_links(snapshot, machines)]
    # A cluster is an endpoint as its control plane; as a machine only where something reaches its own nodes.
    endpoints = {one.endpoint for one in machines if one.owner.type != CLUSTER} | {way.endpoint for way in ways}
    endpoints |= {endpoint_of(one) for one in snapshot.all(*KINDS)}
    endpoints |= {front_endpoint(one) for one in snapshot.all(*RULES)}
    return Network(
        endpoints=tuple(sorted(endpoints)),
        ways=tuple(ways),
        links=tuple(dict.fromkeys(links)),
        gaps=tuple(sorted(set(_gaps(snapshot)))),
    )


def _data_links(snapshot: Snapshot, machines: list[Running]) -> Iterator[Link]:
    """From what runs in a network to the stores in it, and from what names a store to that."""
    sources = list(_sources(snapshot, machines))
    by_network: dict[str, list[Endpoint]] = {}
    for endpoint, key, _ in sources:
        if key:
            by_network.setdefault(key, []).append(endpoint)
    for store in snapshot.all(*_NETWORK_OF_STORE, "google_redis_cluster"):
        key, place = _network_of_store(store)
        for source in by_network.get(key, ()) if key else ():
            hops = (Hop(source.address), Hop(store.address, place, "an address in the network"))
            yield Link(source.address, endpoint_of(store), ports_of(store), hops)
    for endpoint, _, owner in sources:
        for store in near(owner.references()).items:
            if KINDS.get(store.type) in (DATABASE, CACHE, STORAGE):
                hops = (Hop(endpoint.address, "", "its settings name the store"), Hop(store.address))
                yield Link(endpoint.address, endpoint_of(store), ports_of(store), hops, False)


def _sources(snapshot: Snapshot, machines: list[Running]) -> Iterator[tuple[Endpoint, str, Resource]]:
    """What runs, the network that it goes out by, and the resource whose settings count."""
    for one in machines:
        yield one.endpoint, one.machine.network.key, one.owner
    for one_ in snapshot.all(*_SERVERLESS):
        yield endpoint_of(one_), _way_out(one_), one_
    for cluster in snapshot.all(CLUSTER):
        yield endpoint_of(cluster), network_named(cluster, "network", "subnetwork").key, cluster


def _way_out(service: Resource) -> str:
    """The network that a serverless service reaches: by a connector, or directly."""
    for connector in near(service.references("google_vpc_access_connector")).items:
        return network_named(connector, "network", "subnet.name").key
    if service.type == RUN_V2:
        return network_named(service, *(f"template.{path}" for path in _OUTWARDS)).key
    return ""


def _network_of_store(store: Resource) -> tuple[str, str]:
    if store.type == ALLOY:
        for cluster in near(store.references("google_alloydb_cluster", via="cluster")).items:
            return network_named(cluster, "network_config.network", "network").key, "cluster"
    if store.type == "google_redis_cluster":
        return network_named(store, "psc_configs.network").key, "psc_configs"
    for path in _NETWORK_OF_STORE.get(store.type, ()):
        found = network_named(store, path)
        if found.key:
            return found.key, path
    return ("default", "authorized_network") if store.type in CACHES else ("", "")


def _gaps(snapshot: Snapshot) -> Iterator[Missing]:
    for peering in snapshot.all("google_compute_network_peering"):
        if not near(peering.references(NETWORK, via="peer_network")).items:
            yield missing(PEER_OUTSIDE, peering.address, "peer_network")
    for tunnel in snapshot.all("google_compute_vpn_tunnel", "google_compute_interconnect_attachment"):
        yield missing(PEER_OUTSIDE, tunnel.address)
