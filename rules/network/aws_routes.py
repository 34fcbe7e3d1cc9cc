"""Routes to other people's networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource, Violation, rule, violation

from .._satellite import is_left_to_provider
from ._aws_ports import worlds_in


@rule(
    id="aws-route-everything-through-peering",
    severity="medium",
    domain="network",
    resources=["aws_route", "aws_route_table", "aws_default_route_table"],
    aliases=["CKV2_AWS_44"],
    controls={"nist-800-53r5": ["AC-4", "CM-7", "SC-7"]},
    links=["https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html"],
    since="0.2.0",
    bad={
        "route table": """
            resource "aws_vpc_peering_connection" "partner" {
              vpc_id      = "vpc-0123456789abcdef0"
              peer_vpc_id = "vpc-0123456789abcdef1"
            }

            resource "aws_route_table" "private" {
              vpc_id = "vpc-0123456789abcdef0"
              route {
                cidr_block                = "0.0.0.0/0"
                vpc_peering_connection_id = aws_vpc_peering_connection.partner.id
              }
            }
        """,
        "second route, over IPv6": """
            resource "aws_route_table" "private" {
              vpc_id = "vpc-0123456789abcdef0"
              route {
                cidr_block                = "10.1.0.0/16"
                vpc_peering_connection_id = "pcx-0123456789abcdef0"
              }
              route {
                ipv6_cidr_block           = "::/0"
                vpc_peering_connection_id = "pcx-0123456789abcdef0"
              }
            }
        """,
        "route of its own": """
            resource "aws_vpc_peering_connection" "partner" {
              vpc_id      = "vpc-0123456789abcdef0"
              peer_vpc_id = "vpc-0123456789abcdef1"
            }

            resource "aws_route" "partner" {
              route_table_id            = "rtb-0123456789abcdef0"
              destination_cidr_block    = "0.0.0.0/0"
              vpc_peering_connection_id = aws_vpc_peering_connection.partner.id
            }
        """,
        "route of its own, over IPv6": """
            resource "aws_route" "partner" {
              route_table_id              = "rtb-0123456789abcdef0"
              destination_ipv6_cidr_block = "::/0"
              vpc_peering_connection_id   = "pcx-0123456789abcdef0"
            }
        """,
        "main route table": """
            resource "aws_default_route_table" "main" {
              default_route_table_id = "rtb-0123456789abcdef0"
              route {
                cidr_block                = "0.0.0.0/0"
                vpc_peering_connection_id = "pcx-0123456789abcdef0"
              }
            }
        """,
    },
    good={
        "network of the peer": """
            resource "aws_vpc_peering_connection" "partner" {
              vpc_id      = "vpc-0123456789abcdef0"
              peer_vpc_id = "vpc-0123456789abcdef1"
            }

            resource "aws_route_table" "private" {
              vpc_id = "vpc-0123456789abcdef0"
              route {
                cidr_block                = "10.1.0.0/16"
                vpc_peering_connection_id = aws_vpc_peering_connection.partner.id
              }
              route {
                cidr_block     = "0.0.0.0/0"
                nat_gateway_id = "nat-0123456789abcdef0"
              }
            }
        """,
        "everything, to the internet": """
            resource "aws_internet_gateway" "main" {
              vpc_id = "vpc-0123456789abcdef0"
            }

            resource "aws_route" "internet" {
              route_table_id         = "rtb-0123456789abcdef0"
              destination_cidr_block = "0.0.0.0/0"
              gateway_id             = aws_internet_gateway.main.id
            }
        """,
        "route of its own to the network of the peer": """
            resource "aws_vpc_peering_connection" "partner" {
              vpc_id      = "vpc-0123456789abcdef0"
              peer_vpc_id = "vpc-0123456789abcdef1"
            }

            resource "aws_route" "partner" {
              route_table_id            = "rtb-0123456789abcdef0"
              destination_cidr_block    = "10.1.0.0/16"
              vpc_peering_connection_id = aws_vpc_peering_connection.partner.id
            }
        """,
        "a network that is not known yet, through a gateway": """
            resource "aws_vpc_ipv6_cidr_block_association" "other" {
              vpc_id                           = "vpc-0123456789abcdef1"
              assign_generated_ipv6_cidr_block = true
            }

            resource "aws_route" "other" {
              route_table_id              = "rtb-0123456789abcdef0"
              destination_ipv6_cidr_block = aws_vpc_ipv6_cidr_block_association.other.ipv6_cidr_block
              transit_gateway_id          = "tgw-0123456789abcdef0"
            }
        """,
        "no routes": """
            resource "aws_route_table" "private" {
              vpc_id = "vpc-0123456789abcdef0"
            }
        """,
    },
    undetermined={
        "network of the peer, not known yet": """
            resource "aws_vpc_ipv6_cidr_block_association" "partner" {
              vpc_id                           = "vpc-0123456789abcdef1"
              assign_generated_ipv6_cidr_block = true
            }

            resource "aws_route" "partner" {
              route_table_id              = "rtb-0123456789abcdef0"
              destination_ipv6_cidr_block = aws_vpc_ipv6_cidr_block_association.partner.ipv6_cidr_block
              vpc_peering_connection_id   = "pcx-0123456789abcdef0"
            }
        """,
    },
)
def everything_through_peering(table: Resource) -> Iterator[Violation]:
    """Route sends everything through a VPC peering connection.

    Traffic for the whole internet ends up in somebody else's network, and the way between the two is open for every
    address, where a few were meant.

    Name the network of the peer: `cidr_block = "10.1.0.0/16"` (`destination_cidr_block` in an `aws_route`), or only
    the subnet of it that is needed.
    """
    for path, destinations in _routes(table):
        if table.is_set(f"{path}vpc_peering_connection_id"):
            for destination in worlds_in(destinations):
                yield violation(path.rstrip("."), f"{destination} through the peering")


def _routes(table: Resource) -> Iterator[tuple[str, list[Any]]]:
    """Path of each route, and the ranges that it is for."""
    if table.type == "aws_route":
        yield "", [table.get("destination_cidr_block"), table.get("destination_ipv6_cidr_block")]
    elif not is_left_to_provider(table, "route"):
        for path, route in table.blocks("route"):
            yield f"{path}.", [route.get("cidr_block"), route.get("ipv6_cidr_block")]
