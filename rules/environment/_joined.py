"""What joins networks, and what lets the addresses of one into another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource, is_unknown

from ._boundary import refuse_doubt

PEERINGS = {
    # By type: the attributes that name either end.
    "aws_dx_gateway_association": ("dx_gateway_id", "associated_gateway_id", "associated_gateway_owner_account_id"),
    "aws_dx_gateway_association_proposal": ("dx_gateway_id", "dx_gateway_owner_account_id", "associated_gateway_id"),
    "aws_ec2_transit_gateway_peering_attachment": (
        "peer_transit_gateway_id",
        "peer_account_id",
        "transit_gateway_id",
    ),
    "aws_ec2_transit_gateway_route_table_association": (
        "transit_gateway_attachment_id",
        "transit_gateway_route_table_id",
    ),
    "aws_ec2_transit_gateway_route_table_propagation": (
        "transit_gateway_attachment_id",
        "transit_gateway_route_table_id",
    ),
    "aws_ec2_transit_gateway_vpc_attachment": ("transit_gateway_id", "vpc_id"),
    "aws_ec2_transit_gateway_vpc_attachment_accepter": ("vpc_owner_id", "transit_gateway_attachment_id"),
    "aws_vpc_peering_connection": ("peer_vpc_id", "peer_owner_id", "vpc_id"),
    "aws_vpn_connection": ("transit_gateway_id", "vpn_gateway_id"),
    "aws_vpn_gateway_attachment": ("vpc_id", "vpn_gateway_id"),
    "azurerm_virtual_hub_connection": ("remote_virtual_network_id", "virtual_hub_id"),
    "azurerm_virtual_network_gateway_connection": ("peer_virtual_network_gateway_id",),
    "azurerm_virtual_network_peering": ("remote_virtual_network_id", "virtual_network_name"),
    "google_compute_network_peering": ("peer_network", "network"),
    "google_compute_shared_vpc_service_project": ("service_project", "host_project"),
    "google_compute_vpn_tunnel": ("peer_gcp_gateway", "vpn_gateway"),
}
RANGES = {
    # By type: what holds address ranges.
    "aws_default_security_group": ("ingress.cidr_blocks", "ingress.ipv6_cidr_blocks"),
    "aws_ec2_transit_gateway_route": ("destination_cidr_block",),
    "aws_network_acl": ("ingress.cidr_block", "ingress.ipv6_cidr_block"),
    "aws_network_acl_rule": ("cidr_block", "ipv6_cidr_block"),
    "aws_route": ("destination_cidr_block", "destination_ipv6_cidr_block"),
    "aws_route_table": ("route.cidr_block", "route.ipv6_cidr_block"),
    "aws_security_group": ("ingress.cidr_blocks", "ingress.ipv6_cidr_blocks"),
    "aws_security_group_rule": ("cidr_blocks", "ipv6_cidr_blocks"),
    "aws_vpc_security_group_ingress_rule": ("cidr_ipv4", "cidr_ipv6"),
    "aws_vpn_connection_route": ("destination_cidr_block",),
    "azurerm_local_network_gateway": ("address_space",),
    "azurerm_network_security_group": (
        "security_rule.source_address_prefix",
        "security_rule.source_address_prefixes",
    ),
    "azurerm_network_security_rule": ("source_address_prefix", "source_address_prefixes"),
    "azurerm_route": ("address_prefix",),
    "azurerm_route_table": ("route.address_prefix",),
    "google_compute_firewall": ("source_ranges",),
    "google_compute_route": ("dest_range",),
}
GROUPS = {
    # By type: what names security groups that are let in.
    "aws_default_security_group": "ingress.security_groups",
    "aws_security_group": "ingress.security_groups",
    "aws_security_group_rule": "source_security_group_id",
    "aws_vpc_security_group_ingress_rule": "referenced_security_group_id",
}
_REFUSING = {
    "access": "Deny",
    "action": "deny",
    "blackhole": True,
    "direction": ("EGRESS", "Outbound"),
    "egress": True,
    "next_hop_type": "None",
    "rule_action": "deny",
    "type": "egress",
}
"""What lets nothing in: traffic that is refused, and traffic that goes out."""


def joins(kind: str) -> frozenset[str]:
    """The top-level attributes of a type that join networks or let them in."""
    paths = (*PEERINGS.get(kind, ()), *RANGES.get(kind, ()), GROUPS.get(kind, ""))
    return frozenset(path.partition(".")[0] for path in paths)


def values_at(resource: Resource, path: str) -> Iterator[tuple[str, str]]:
    """What lets traffic in at a path, with the attribute that says it; a list one by one.

    :raises Undetermined: at the end, when it is not known whether there is more
    """
    block, _, name = path.rpartition(".")
    if resource.is_left_to_provider(block):
        return
    later = []
    for at, one in resource.blocks(block):
        if _lets_in(resource, at, one):
            for value in _listed(one.get(name)):
                if is_unknown(value):
                    later.append(value)
                elif value:
                    yield ".".join(filter(None, (at, name))), value
    for value in later:
        refuse_doubt(resource, value)


def _listed(value: Any) -> Iterator[Any]:
    if not is_unknown(value) and isinstance(value, list):
        yield from list.__iter__(value)
    else:
        yield value


def _lets_in(resource: Resource, at: str, values: dict[str, Any]) -> bool:
    if resource.type == "google_compute_firewall" and not values.get("allow"):
        return False
    for name, refusing in _REFUSING.items():
        said = "" if resource.is_left_to_provider(name) else values.get(name)
        if said in refusing if isinstance(refusing, tuple) else said == refusing:
            return False
    peering = ".".join(filter(None, (at, "vpc_peering_connection_id")))
    return not (resource.is_set(peering) and resource.references("aws_vpc_peering_connection"))
