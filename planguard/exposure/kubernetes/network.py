"""Kubernetes' part of the network of a plan."""

from __future__ import annotations

from collections.abc import Iterator

from planguard.exposure.kubernetes.assumption import ASSUMPTIONS, CHART, MISSING, UNREADABLE, missing
from planguard.exposure.kubernetes.entrance import Cluster, gateway_ways, ingress_ways, node_ways, service_ways
from planguard.exposure.kubernetes.manifest import MANIFEST, TEXT, TYPED, written
from planguard.exposure.kubernetes.policy import Policies
from planguard.exposure.kubernetes.workload import WORKLOADS, Workload, workload_of
from planguard.exposure.model import NO_NETWORK, Missing, Network
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

__all__ = ["ASSUMPTIONS", "MISSING", "network_of"]
_CHART = "helm_release"
_ROUTES = frozenset({"HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute"})


def network_of(snapshot: Snapshot) -> Network:
    """Everything of Kubernetes that answers in a snapshot, and the ways to it from the internet."""
    if not snapshot.has(*TYPED, MANIFEST, TEXT, _CHART):
        return NO_NETWORK
    objects, unreadable = written(snapshot)
    workloads: dict[str | None, list[Workload]] = {}
    for one in objects:
        if one.kind in WORKLOADS:
            workloads.setdefault(one.namespace, []).append(workload_of(one))
    policies = Policies([one for one in objects if one.kind == "NetworkPolicy"])
    cluster = Cluster(workloads, [one for one in objects if one.kind == "Service"], policies)
    ways = [
        *service_ways(cluster),
        *ingress_ways([one for one in objects if one.kind == "Ingress"], cluster),
        *gateway_ways(
            [one for one in objects if one.kind == "Gateway"],
            [one for one in objects if one.kind in _ROUTES],
            cluster,
        ),
        *node_ways(cluster),
    ]
    endpoints = {one.endpoint for some in workloads.values() for one in some} | {way.endpoint for way in ways}
    return Network(tuple(sorted(endpoints)), tuple(ways), (), tuple(sorted(_gaps(snapshot, unreadable))))


def _gaps(snapshot: Snapshot, unreadable: list[Resource]) -> Iterator[Missing]:
    for one in unreadable:
        yield missing(UNREADABLE, one.address, "manifest" if one.type == MANIFEST else "yaml_body")
    for chart in snapshot.all(_CHART):
        yield missing(CHART, chart.address)
