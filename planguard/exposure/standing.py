"""What the whole network says of one firewall: that nobody from the internet gets through it, or to whom they get.

That nobody does is decided only of what is new, together with everything that holds it: then nothing outside of this
plan can hold it yet. Anything that is not understood, and anything that is not known, leaves it open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import NamedTuple

from planguard.exposure.analysis import exposure_of, ways
from planguard.exposure.model import AWS, AZURE, GOOGLE
from planguard.exposure.openings import passed
from planguard.exposure.reading import near, truth
from planguard.graph.resource import AFTER, Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.address import tokens

_AWS_GROUP = "aws_security_group"
_AWS_RULES = ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")
_AWS_TEMPLATES = ("aws_launch_template", "aws_launch_configuration")
# Interfaces that never have a public address: the VPC guide, "Interface endpoints"; the RDS guide, "RDS Proxy".
_AWS_PRIVATE = ("aws_vpc_endpoint", "aws_db_proxy", "aws_network_interface")

_AZURE_GROUP = "azurerm_network_security_group"
_AZURE_RULE = "azurerm_network_security_rule"
_AZURE_SUBNET = "azurerm_subnet"
_AZURE_ON_SUBNET = "azurerm_subnet_network_security_group_association"
_AZURE_MACHINES = (
    "azurerm_network_interface", "azurerm_linux_virtual_machine_scale_set",
    "azurerm_windows_virtual_machine_scale_set", "azurerm_orchestrated_virtual_machine_scale_set",
)  # fmt: skip
_AZURE_ON_CARD = "azurerm_network_interface_security_group_association"
_AZURE_HOLDERS = (_AZURE_ON_SUBNET, _AZURE_ON_CARD, *_AZURE_MACHINES)
_AZURE_ABOUT_GROUP = (_AZURE_RULE, "azurerm_monitor_diagnostic_setting", "azurerm_network_watcher_flow_log")
# Nothing gets from the internet to the other end of these: private endpoints, ways out, and services that stand in
# the subnet without a public address.
_AZURE_IN_SUBNET = (
    _AZURE_ON_SUBNET, *_AZURE_MACHINES, "azurerm_private_endpoint", "azurerm_subnet_route_table_association",
    "azurerm_subnet_nat_gateway_association", "azurerm_postgresql_flexible_server",
    "azurerm_mysql_flexible_server", "azurerm_app_service_virtual_network_swift_connection",
    "azurerm_linux_web_app", "azurerm_windows_web_app", "azurerm_linux_function_app",
    "azurerm_windows_function_app",
)  # fmt: skip

_GOOGLE_NETWORK = "google_compute_network"
_GOOGLE_SUBNETWORK = "google_compute_subnetwork"
_GOOGLE_PLUMBING = (
    _GOOGLE_SUBNETWORK, "google_compute_firewall", "google_compute_route", "google_compute_router",
    "google_compute_router_nat", "google_compute_address", "google_compute_global_address",
    "google_service_networking_connection", "google_vpc_access_connector", "google_dns_managed_zone",
    "google_dns_policy",
)  # fmt: skip
_GOOGLE_IN_NETWORK = (
    "google_compute_instance", "google_compute_instance_template", "google_compute_region_instance_template",
    "google_compute_forwarding_rule", "google_container_cluster", "google_container_node_pool",
    "google_notebooks_instance", "google_workbench_instance", "google_dataproc_cluster",
    "google_sql_database_instance", "google_alloydb_cluster", "google_redis_instance", "google_redis_cluster",
    "google_memcache_instance", "google_filestore_instance", "google_cloud_run_v2_service",
    "google_cloud_run_v2_job",
)  # fmt: skip
"""What is read with its addresses, or has none that the internet could reach."""

_UNCLEAR = frozenset({
    "security-groups-unclear",
    "azure-mixed-rules", "azure-security-group-outside", "azure-subnet-outside", "azure-subnet-unclear",
    "azure-value-unknown",
    "azure-application-group-unknown", "azure-network-outside",
    "google-network-outside", "google-target-unknown", "google-value-unknown", "google-peer-network-outside",
    "google-policy-scope",
})  # fmt: skip
"""Where it is not known whose firewall something is behind, it may be this one."""
_WAYS_ROUND = {
    AWS: (
        "aws_globalaccelerator_endpoint_group", "aws_globalaccelerator_custom_routing_endpoint_group",
        "aws_cloudfront_vpc_origin", "aws_api_gateway_vpc_link", "aws_apigatewayv2_vpc_link",
        "aws_vpc_endpoint_service",
    ),
    AZURE: ("azurerm_private_link_service", "azurerm_virtual_hub_connection", "azurerm_route_server"),
    GOOGLE: ("google_compute_service_attachment", "google_network_connectivity_spoke"),
}  # fmt: skip
"""What brings packets from the internet to private addresses, and is not followed that far."""

_NOBODY_COMES = "it is new, and no path from the internet leads through it to anything in this plan"

_SHOWN = 4


class Standing(NamedTuple):
    """What the whole network says of one firewall, or of one rule of it.

    :ivar mitigation: why nobody from the internet gets through it; empty where somebody may, or nobody can say
    :ivar evidence: the first of the endpoints to which it lets packets from the internet through
    """

    mitigation: str = ""
    evidence: tuple[str, ...] = ()


def standing_of(firewall: Resource) -> Standing:
    """What the whole network says of a firewall: a security group, a rule of one, or a firewall rule of Google."""
    return next(iter(firewall.shared(_standing)))


def unreached(store: Resource) -> str:
    """Why nobody from the internet gets to a data store of AWS with a public address.

    That is decided where the plan holds all of its security groups, and they let in nobody; and where the VPC is new
    as well, so that it has no route and no rule that this plan does not show.

    :returns: empty where somebody may get there, or nobody can say
    """
    if store.snapshot != AFTER or exposure_of(store):
        return ""
    why: str = import_module("planguard.exposure.aws.closed").why_closed(Snapshot(store.graph, AFTER), store.address)
    return why


def _standing(resource: Resource) -> Iterator[Standing]:
    reached = passed(resource.graph, resource.snapshot).get(resource.address, ())
    if reached:
        yield Standing("", tuple(reached[:_SHOWN]))
    elif resource.snapshot == AFTER:
        yield Standing(_BY_PROVIDER[resource.type.split("_", 1)[0]](resource))
    else:
        yield Standing()  # nobody knows who held it


def _is_unclear(resource: Resource, provider: str) -> bool:
    """Whether something may be behind a firewall without that the plan says so."""
    graph, snapshot = resource.graph, resource.snapshot
    key = ("unclear", snapshot, provider)
    if key not in graph.derived:
        network = ways(graph, snapshot).network
        there = (way for way in network.ways if way.endpoint.provider == provider)
        gaps = (*network.gaps, *(gap for way in there for gap in way.missing))
        round_ = Snapshot(graph, snapshot).has(*_WAYS_ROUND[provider])
        graph.derived[key] = round_ or any(gap.code in _UNCLEAR for gap in gaps)
    found: bool = graph.derived[key]
    return found


def _only(found: list[Resource]) -> Resource | None:
    """The one neighbour that there is for certain, where this plan creates it."""
    items, is_open = near(found)
    return items[0] if len(items) == 1 and not is_open and items[0].is_created else None


def _are_all(found: list[Resource], *kinds: str) -> bool:
    """Whether all neighbours are of some types, and there are no others."""
    items, is_open = near(found)
    return not is_open and all(one.type in kinds and not one.is_data for one in items)


def _said(firewall: Resource, holders: Iterable[Resource]) -> str:
    """Why nobody comes through a firewall; nothing where this plan does not show who stands behind it.

    A group that nothing in the plan holds was made for something else, and so may one be that an output hands on.
    """
    return _NOBODY_COMES if any(True for _ in holders) and not _is_handed_on(firewall) else ""


def _is_handed_on(firewall: Resource) -> bool:
    """Whether an output of the root module leads to a firewall, or may: then something else is about to use it."""
    block = firewall.node.block
    if block is None:
        return True
    waiting = [(firewall.graph.root, name) for name in firewall.graph.root.config.outputs]
    seen: set[tuple[tuple[str, ...], str]] = set()
    while waiting:
        module, name = waiting.pop()
        if (module.path, name) in seen:
            continue
        seen.add((module.path, name))
        for reference in module.output(name):
            first, *rest = [step for step in tokens(reference) if isinstance(step, str)]
            if first == "local" or (module is block.module and [first, *rest[:1]] == block.name.split(".")):
                return True
            if first == "module" and rest and (inside := module.calls.get(rest[0])):
                waiting += [(inside, one) for one in (rest[1:2] or inside.config.outputs)]
    return False


# -- AWS -------------------------------------------------------------------------------------------------------------


def _of_aws(resource: Resource) -> str:
    group = (
        resource if resource.type == _AWS_GROUP else _only(resource.references(_AWS_GROUP, via="security_group_id"))
    )
    if not group or not group.is_created or _is_unclear(resource, AWS):
        return ""
    items, is_open = near(group.referrers())
    holders = [one for one in items if one.type not in (_AWS_GROUP, *_AWS_RULES)]
    if is_open or not all(one.is_created and _is_read(one) for one in holders):
        return ""
    return _said(group, holders)


def _is_read(holder: Resource) -> bool:
    """Whether the analysis knows what a holder of a group is, and from where it is reached."""
    if holder.type in _AWS_TEMPLATES:
        users, is_open = near(holder.referrers())
        return bool(users) and not is_open and all(one.is_created and _is_endpoint(one) for one in users)
    return (holder.type in _AWS_PRIVATE and not holder.is_data) or _is_endpoint(holder)


def _is_endpoint(resource: Resource) -> bool:
    graph = resource.graph
    key = ("endpoints", resource.snapshot)
    if key not in graph.derived:
        endpoints = ways(graph, resource.snapshot).network.endpoints
        graph.derived[key] = frozenset(one.address for one in endpoints)
    return resource.address in graph.derived[key]


# -- Azure -----------------------------------------------------------------------------------------------------------


def _of_azure(resource: Resource) -> str:
    via = "network_security_group_name"
    group = resource if resource.type == _AZURE_GROUP else _only(resource.references(_AZURE_GROUP, via=via))
    if not group or not group.is_created or _is_unclear(resource, AZURE):
        return ""
    if not _are_all(group.referrers(), *_AZURE_HOLDERS, *_AZURE_ABOUT_GROUP):
        return ""
    holders = [one for one in group.referrers() if one.type in _AZURE_HOLDERS]
    return _said(group, holders) if all(map(_is_new_at_azure, holders)) else ""


def _is_new_at_azure(holder: Resource) -> bool:
    """Whether nothing but what this plan creates is behind a group because of an association, or a scale set."""
    if holder.type in _AZURE_MACHINES:
        return holder.is_created
    if holder.type == _AZURE_ON_SUBNET:
        subnet = _only(holder.references(_AZURE_SUBNET, via="subnet_id"))
        return _are_all(subnet.referrers(), *_AZURE_IN_SUBNET) if subnet else False
    return bool(_only(holder.references("azurerm_network_interface", via="network_interface_id")))


# -- Google ----------------------------------------------------------------------------------------------------------


def _of_google(firewall: Resource) -> str:
    network = _only(firewall.references(_GOOGLE_NETWORK, via="network"))
    if not network or _is_unclear(firewall, GOOGLE):
        return ""
    subnetworks = near(network.referrers(_GOOGLE_SUBNETWORK, via="network")).items
    neighbours = [network.referrers(), *(one.referrers() for one in subnetworks)]
    if not all(_are_all(found, *_GOOGLE_PLUMBING, *_GOOGLE_IN_NETWORK) for found in neighbours):
        return ""
    inside = [one for found in neighbours for one in found]
    clusters = [one for one in inside if one.type == "google_container_cluster"]
    if any(truth(one.effective("enable_autopilot", False)) is not False for one in clusters):
        return ""
    return _said(network, (one for one in inside if one.type in _GOOGLE_IN_NETWORK))


_BY_PROVIDER = {"aws": _of_aws, "azurerm": _of_azure, "google": _of_google}
