"""Network ACLs that tell no port from another."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_acl_entries import RESOURCES, allowed


@rule(
    id="aws-nacl-ingress-all-ports-allowed",
    severity="low",
    domain="network",
    resources=RESOURCES,
    aliases=["CKV_AWS_352", "AVD-AWS-0102"],
    controls={"nist-800-53r5": ["AC-4", "CM-7", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html"],
    since="0.2.0",
    wider=["aws-nacl-ingress-all-ports-open-to-world"],
    bad={
        "every protocol, from a network": """
            resource "aws_vpc" "main" {
              cidr_block = "10.3.0.0/16"
            }

            resource "aws_network_acl" "data" {
              vpc_id = aws_vpc.main.id
            }

            resource "aws_network_acl_rule" "internal" {
              network_acl_id = aws_network_acl.data.id
              rule_number    = 100
              egress         = false
              protocol       = "-1"
              rule_action    = "allow"
              cidr_block     = aws_vpc.main.cidr_block
            }
        """,
        "every protocol by name, which makes nothing of the ports": """
            resource "aws_network_acl_rule" "all" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "all"
              rule_action    = "Allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 22
              to_port        = 22
            }
        """,
        "every TCP port over IPv6": """
            resource "aws_network_acl_rule" "internal" {
              network_acl_id  = "acl-0123456789abcdef0"
              rule_number     = 100
              protocol        = "6"
              rule_action     = "allow"
              ipv6_cidr_block = "2001:db8::/56"
              from_port       = 0
              to_port         = 65535
            }
        """,
        "second block": """
            resource "aws_network_acl" "data" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no    = 100
                action     = "allow"
                protocol   = "tcp"
                from_port  = 5432
                to_port    = 5432
                cidr_block = "10.3.0.0/16"
              }
              ingress {
                rule_no    = 110
                action     = "allow"
                protocol   = "-1"
                from_port  = 0
                to_port    = 0
                cidr_block = "10.4.0.0/16"
              }
            }
        """,
        "from an address that is not known yet": """
            resource "aws_eip" "partner" {
              domain = "vpc"
            }

            resource "aws_network_acl_rule" "partner" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "-1"
              rule_action    = "allow"
              cidr_block     = "${aws_eip.partner.public_ip}/32"
            }
        """,
    },
    good={
        "one port": """
            resource "aws_network_acl_rule" "database" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              egress         = false
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "10.3.0.0/16"
              from_port      = 5432
              to_port        = 5432
            }
        """,
        "ports for replies": """
            resource "aws_network_acl_rule" "replies" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 110
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 1024
              to_port        = 65535
            }
        """,
        "everything is denied": """
            resource "aws_network_acl_rule" "all" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "-1"
              rule_action    = "deny"
              cidr_block     = "0.0.0.0/0"
            }
        """,
        "outgoing": """
            resource "aws_network_acl_rule" "out" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              egress         = true
              protocol       = "-1"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
            }
        """,
        "no entries": """
            resource "aws_network_acl" "closed" {
              vpc_id = "vpc-0123456789abcdef0"
            }
        """,
        "outgoing, in a block": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
              egress {
                rule_no    = 100
                action     = "allow"
                protocol   = "-1"
                from_port  = 0
                to_port    = 0
                cidr_block = "0.0.0.0/0"
              }
            }
        """,
    },
)
def all_ports_allowed(acl: Resource) -> Iterator[Violation]:
    """Network ACL lets traffic in on every port.

    An entry that does not name ports keeps nothing out. Where a security group is opened by mistake, or a machine in
    the network it names is taken over, every service of the subnet can be reached from there.

    Name what the subnet serves: `protocol = "tcp"`, `from_port = 5432`, `to_port = 5432`; and, because an ACL keeps
    no state, the replies to its own connections: `from_port = 1024`, `to_port = 65535`.
    """
    for path, ports in allowed(acl):
        if ports.are_all_of_a_protocol:
            yield violation(path, f"{ports} is let in")
