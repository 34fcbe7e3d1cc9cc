"""Network ACLs that are open to the internet."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_acl_entries import RESOURCES, openings, opens

_LINKS = ["https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html"]


@rule(
    id="aws-nacl-ingress-all-ports-open-to-world",
    severity="medium",
    domain="network",
    resources=RESOURCES,
    controls={"nist-800-53r5": ["AC-4", "CM-7", "SC-7", "SC-7(5)"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "every protocol": """
            resource "aws_network_acl_rule" "all" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "-1"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
            }
        """,
        "every protocol by name, over IPv6": """
            resource "aws_network_acl_rule" "all" {
              network_acl_id  = "acl-0123456789abcdef0"
              rule_number     = 100
              egress          = false
              protocol        = "ALL"
              rule_action     = "ALLOW"
              ipv6_cidr_block = "::/0"
              from_port       = 22
              to_port         = 22
            }
        """,
        "every TCP port in a block": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no    = 100
                action     = "allow"
                protocol   = "tcp"
                from_port  = 0
                to_port    = 65535
                cidr_block = "0.0.0.0/0"
              }
            }
        """,
        "SSH is denied first, the rest is not": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no    = 90
                action     = "deny"
                protocol   = "tcp"
                from_port  = 22
                to_port    = 22
                cidr_block = "0.0.0.0/0"
              }
              ingress {
                rule_no    = 100
                action     = "allow"
                protocol   = "-1"
                from_port  = 0
                to_port    = 0
                cidr_block = "0.0.0.0/0"
              }
            }
        """,
        "default ACL as AWS makes it": """
            resource "aws_default_network_acl" "this" {
              default_network_acl_id = "acl-0123456789abcdef0"
              ingress {
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
    good={
        "one port": """
            resource "aws_network_acl_rule" "web" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 443
              to_port        = 443
            }
        """,
        "all traffic of the network": """
            resource "aws_network_acl_rule" "internal" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "-1"
              rule_action    = "allow"
              cidr_block     = "10.0.0.0/8"
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
        "everything is denied": """
            resource "aws_network_acl_rule" "all" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "-1"
              rule_action    = "deny"
              cidr_block     = "0.0.0.0/0"
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
        "no entries": """
            resource "aws_network_acl" "closed" {
              vpc_id = "vpc-0123456789abcdef0"
            }
        """,
    },
    undetermined={
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
)
def all_ports_open_to_world(acl: Resource) -> Iterator[Violation]:
    """Network ACL lets the whole internet reach every port.

    The ACL is the second line behind the security groups: it holds when one of those is opened by mistake. With all
    ports open it holds nothing.

    Name what the subnet serves: `protocol = "tcp"`, `from_port = 443`, `to_port = 443`; and, because an ACL keeps no
    state, the replies to its own connections: `from_port = 1024`, `to_port = 65535`. Put a `deny` for the ports of
    administrators, with a lower number, before those.
    """
    for path, ports, source in openings(acl, lambda ports: ports.are_all_of_a_protocol):
        yield violation(path, f"{ports} from {source}")


@rule(
    id="aws-nacl-ingress-administration-open-to-world",
    severity="medium",
    domain="network",
    resources=RESOURCES,
    aliases=["AVD-AWS-0105"],
    controls={"nist-800-53r5": ["AC-4", "AC-17", "SC-7", "SC-7(5)"], "cis-aws": ["1.4:5.1"]},
    links=_LINKS,
    since="0.2.0",
    wider=["aws-nacl-ingress-all-ports-open-to-world"],
    bad={
        "SSH": """
            resource "aws_network_acl_rule" "ssh" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 22
              to_port        = 22
            }
        """,
        "Remote Desktop over UDP and IPv6": """
            resource "aws_network_acl" "desktops" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no         = 100
                action          = "allow"
                protocol        = "17"
                from_port       = 3389
                to_port         = 3389
                ipv6_cidr_block = "::/0"
              }
            }
        """,
        "SSH is denied first, Remote Desktop is not": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no    = 90
                action     = "deny"
                protocol   = "tcp"
                from_port  = 22
                to_port    = 22
                cidr_block = "0.0.0.0/0"
              }
              ingress {
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
    good={
        "SSH from a network": """
            resource "aws_network_acl_rule" "ssh" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "10.0.0.0/16"
              from_port      = 22
              to_port        = 22
            }
        """,
        "web": """
            resource "aws_network_acl_rule" "web" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 80
              to_port        = 443
            }
        """,
        "both are denied before everything is allowed": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no    = 90
                action     = "deny"
                protocol   = "tcp"
                from_port  = 22
                to_port    = 22
                cidr_block = "0.0.0.0/0"
              }
              ingress {
                rule_no    = 91
                action     = "deny"
                protocol   = "tcp"
                from_port  = 3389
                to_port    = 3389
                cidr_block = "0.0.0.0/0"
              }
              ingress {
                rule_no    = 100
                action     = "allow"
                protocol   = "tcp"
                from_port  = 0
                to_port    = 65535
                cidr_block = "0.0.0.0/0"
              }
            }
        """,
    },
    undetermined={
        "from an address that is not known yet": """
            resource "aws_eip" "partner" {
              domain = "vpc"
            }

            resource "aws_network_acl_rule" "partner" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "${aws_eip.partner.public_ip}/32"
              from_port      = 22
              to_port        = 22
            }
        """,
    },
)
def administration_open_to_world(acl: Resource) -> Iterator[Violation]:
    """Network ACL lets the whole internet reach an administration port.

    SSH (22) and Remote Desktop (3389) are tried from everywhere without pause. A security group that is opened by
    mistake is then open for all of them; an ACL that holds would have stopped them.

    Put the networks of the administrators into `cidr_block`; or, where a range for replies contains the port, add an
    entry with a lower number, `action = "deny"` and `cidr_block = "0.0.0.0/0"` for ports 22 and 3389.
    """
    yield from opens(acl, 22, "tcp")
    yield from opens(acl, 3389, "tcp", "udp")
