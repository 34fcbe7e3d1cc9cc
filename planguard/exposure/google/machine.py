"""Machines of Compute Engine, and what else runs on them: their addresses, networks, tags and service accounts.

Source: docs.cloud.google.com/compute/docs/ip-addresses (an ``access_config``, even an empty one, is one),
the provider's documentation of each resource.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from planguard.exposure.google.assumption import NODES_LIKE_MACHINES, UNKNOWN_VALUE, missing
from planguard.exposure.google.firewall import ACCOUNT, NOT_GOOGLE, Attached, Firewalls, Machine, network_named
from planguard.exposure.model import COMPUTE, GOOGLE, Endpoint, Hop, Way
from planguard.exposure.packets import packets
from planguard.exposure.passage import Passage, Stage, certain, ways_to
from planguard.exposure.ranges import V4_ALL, V6_ALL
from planguard.exposure.reading import Near, blocks_of, listing, near, setting, told, truth
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

INSTANCE = "google_compute_instance"
TEMPLATES = ("google_compute_instance_template", "google_compute_region_instance_template")
GROUPS = ("google_compute_instance_group_manager", "google_compute_region_instance_group_manager")
CLUSTER = "google_container_cluster"
POOL = "google_container_node_pool"


class Running(NamedTuple):
    """Something that runs on machines.

    :ivar owner: the resource that it is in the plan
    :ivar addresses: its external addresses, one passage for each
    """

    endpoint: Endpoint
    owner: Resource
    machine: Machine
    addresses: Stage


def running(snapshot: Snapshot) -> list[Running]:
    """All machines of a snapshot: instances, groups of instances from a template, nodes, and notebooks."""
    found = [_from(one, one) for one in snapshot.all(INSTANCE, "google_compute_instance_from_template")]
    for group in snapshot.all(*GROUPS):
        templates = [near(group.references(kind)) for kind in TEMPLATES]
        found += [_from(group, template) for some in templates for template in some.items]
    return [*found, *_nodes(snapshot), *_managed(snapshot)]


def machine_ways(machines: list[Running], firewalls: Firewalls) -> Iterator[Way]:
    """The ways from the internet to machines with external addresses of their own."""
    for one in machines:
        if one.addresses and has_route(one.machine.network):
            yield from ways_to(one.endpoint, one.addresses, NOT_GOOGLE, firewalls.admitted(one.machine))


def has_route(network: Attached) -> bool:
    """Whether packets find a way back: a network without its default routes needs one of its own to the internet."""
    resource = network.resource
    if resource is None or not truth(resource.effective("delete_default_routes_on_create", False)):
        return True
    routes = near(resource.referrers("google_compute_route", via="network"))
    return routes.is_open or any(map(_is_out, routes.items))


def _is_out(route: Resource) -> bool:
    return truth(route.get("next_hop_gateway")) is None or bool(listing(route.get("next_hop_gateway")).items)


def _from(owner: Resource, holder: Resource) -> Running:
    return Running(Endpoint(owner.address, COMPUTE, GOOGLE), owner, machine_of(holder), tuple(_external(holder)))


def machine_of(holder: Resource) -> Machine:
    """What firewall rules see of an instance or a template."""
    return Machine(
        network_named(holder, "network_interface.network", "network_interface.subnetwork"),
        listing(holder.effective("tags", None)),
        _inner(holder, "service_account", "email"),
        near(holder.references(ACCOUNT, via="service_account.email")),
    )


def _inner(holder: Resource, path: str, name: str) -> Any:
    found = blocks_of(holder, path)
    values = listing(*(setting(holder, block, name) for _, block in found.items))
    return values._replace(is_open=values.is_open or found.is_open)


def _external(holder: Resource) -> Iterator[Passage]:
    configs = blocks_of(holder, "network_interface.access_config")
    for path, _ in configs.items[:1]:
        hop = Hop(holder.address, path, "an external address")
        yield Passage(certain(packets(V4_ALL)), (hop,))
    if configs.is_open and not configs.items:
        gap = missing(UNKNOWN_VALUE, holder.address, "network_interface[0].access_config")
        yield Passage(certain(packets(V4_ALL)), (Hop(holder.address, gap.path),)).possibly(gap)
    for path, _ in blocks_of(holder, "network_interface.ipv6_access_config").items[:1]:
        yield Passage(certain(packets(V6_ALL)), (Hop(holder.address, path, "an external IPv6 address"),))


# -- nodes of clusters -----------------------------------------------------------------------------------------------


def _nodes(snapshot: Snapshot) -> Iterator[Running]:
    for cluster in snapshot.all(CLUSTER):
        if truth(cluster.effective("remove_default_node_pool", False)) or truth(
            cluster.effective("enable_autopilot", False)
        ):
            continue
        yield from _node_group(cluster, cluster)
    for pool in snapshot.all(POOL):
        clusters: Near = near(pool.references(CLUSTER, via="cluster"))
        for cluster in clusters.items[:1]:
            yield from _node_group(pool, cluster)


def _node_group(holder: Resource, cluster: Resource) -> Iterator[Running]:
    """The nodes of a pool; of the cluster itself only those with external addresses."""
    is_private = _are_private(holder, cluster)
    machine = Machine(
        network_named(cluster, "network", "subnetwork"),
        _inner(holder, "node_config", "tags"),
        _inner(holder, "node_config", "service_account"),
        near(holder.references(ACCOUNT, via="node_config.service_account")),
    )
    if not machine.network.key and not listing(cluster.effective("network", None)).items:
        machine = machine._replace(network=Attached("default"))
    stage: list[Passage] = []
    if is_private is not True:
        hop = Hop(cluster.address, "private_cluster_config", "nodes with external addresses")
        passage = Passage(certain(packets(V4_ALL)), (hop,), (NODES_LIKE_MACHINES,))
        gap = missing(UNKNOWN_VALUE, cluster.address, "private_cluster_config")
        stage = [passage if is_private is False else passage.possibly(gap)]
    if holder is not cluster:
        yield Running(Endpoint(holder.address, COMPUTE, GOOGLE), holder, machine, stage)
    elif stage:
        yield Running(Endpoint(cluster.address, COMPUTE, GOOGLE), holder, machine, stage)


def _are_private(holder: Resource, cluster: Resource) -> bool | None:
    for one, path in ((holder, "network_config"), (cluster, "private_cluster_config")):
        for _, block in blocks_of(one, path).items:
            found = truth(setting(one, block, "enable_private_nodes", "unset"))
            value = setting(one, block, "enable_private_nodes", "unset")
            if found is None or told(value) != "unset":
                return found
    return False


# -- managed machines ------------------------------------------------------------------------------------------------

_MANAGED: tuple[tuple[str, str, bool, tuple[str, ...]], ...] = (
    ("google_notebooks_instance", "no_public_ip", True, ("network", "subnet")),
    ("google_workbench_instance", "gce_setup.disable_public_ip", True, ("gce_setup.network_interfaces.network",)),
    (
        "google_dataproc_cluster",
        "cluster_config.gce_cluster_config.internal_ip_only",
        True,
        (
            "cluster_config.gce_cluster_config.network",
            "cluster_config.gce_cluster_config.subnetwork",
        ),
    ),
)
"""Type, the attribute that keeps it private, its value that does, and where the network stands."""


def _managed(snapshot: Snapshot) -> Iterator[Running]:
    for kind, switch, private, paths in _MANAGED:
        for one in snapshot.all(kind):
            value = truth(one.effective(switch, False))
            machine = Machine(network_named(one, *paths), _tags(one, kind))
            if not machine.network.key and not any(listing(one.get(path)).is_open for path in paths):
                machine = machine._replace(network=Attached("default"))
            hop = Hop(one.address, switch, "an external address")
            passage = Passage(certain(packets(V4_ALL)), (hop,))
            gap = missing(UNKNOWN_VALUE, one.address, switch)
            stage = [] if value is private else [passage if value is not None else passage.possibly(gap)]
            yield Running(Endpoint(one.address, COMPUTE, GOOGLE), one, machine, stage)


def _tags(one: Resource, kind: str) -> Any:
    path = "cluster_config.gce_cluster_config.tags" if kind == "google_dataproc_cluster" else "tags"
    return listing(one.effective(path, None))
