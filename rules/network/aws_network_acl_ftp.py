"""Network ACLs that open to the internet a port that is known for being tried."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._aws_acl_entries import RESOURCES, opens

_LINKS = ["https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html"]


@rule(
    id="aws-nacl-ingress-ftp-open-to-world",
    severity="medium",
    domain="network",
    resources=RESOURCES,
    aliases=["CKV_AWS_229"],
    controls={"nist-800-53r5": ["AC-4", "CM-7", "SC-7", "SC-7(5)"]},
    links=_LINKS,
    since="0.2.0",
    wider=["aws-nacl-ingress-all-ports-open-to-world"],
    bad={
        "a rule of its own": """
            resource "aws_network_acl_rule" "this" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              egress         = false
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 21
              to_port        = 21
            }
        """,
        "block whose range contains it, over IPv6": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no         = 100
                action          = "Allow"
                protocol        = "6"
                from_port       = 19
                to_port         = 23
                ipv6_cidr_block = "::/0"
              }
            }
        """,
        "all traffic": """
            resource "aws_network_acl_rule" "all" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "all"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
            }
        """,
        "denied too late": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no    = 100
                action     = "allow"
                protocol   = "tcp"
                from_port  = 21
                to_port    = 21
                cidr_block = "0.0.0.0/0"
              }
              ingress {
                rule_no    = 110
                action     = "deny"
                protocol   = "tcp"
                from_port  = 21
                to_port    = 21
                cidr_block = "0.0.0.0/0"
              }
            }
        """,
    },
    good={
        "from a network": """
            resource "aws_network_acl_rule" "this" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "10.0.0.0/16"
              from_port      = 21
              to_port        = 21
            }
        """,
        "ranges that end before it and begin after it": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no    = 100
                action     = "allow"
                protocol   = "tcp"
                from_port  = 1
                to_port    = 20
                cidr_block = "0.0.0.0/0"
              }
              ingress {
                rule_no    = 110
                action     = "allow"
                protocol   = "tcp"
                from_port  = 22
                to_port    = 65535
                cidr_block = "0.0.0.0/0"
              }
            }
        """,
        "denied before it is allowed": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
            }

            resource "aws_network_acl_rule" "deny" {
              network_acl_id = aws_network_acl.public.id
              rule_number    = 90
              protocol       = "tcp"
              rule_action    = "deny"
              cidr_block     = "0.0.0.0/0"
              from_port      = 21
              to_port        = 21
            }

            resource "aws_network_acl_rule" "allow" {
              network_acl_id = aws_network_acl.public.id
              rule_number    = 100
              protocol       = "-1"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
            }
        """,
        "outgoing": """
            resource "aws_network_acl_rule" "out" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              egress         = true
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 21
              to_port        = 21
            }
        """,
        "UDP, where nothing listens": """
            resource "aws_network_acl_rule" "this" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "udp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 21
              to_port        = 21
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
              from_port      = 21
              to_port        = 21
            }
        """,
    },
)
def ftp_open_to_world(acl: Resource) -> Iterator[Violation]:
    """Network ACL lets the whole internet reach FTP (port 21).

    FTP sends passwords and files unencrypted, and its servers are old: whoever sits on the way reads them, and
    whoever finds the port tries to log in.

    Put the networks that need it into `cidr_block`, or take the entry out. Where a wider range has to stay open, add
    an entry with a lower number, `action = "deny"`, `from_port = 21`, `to_port = 21`, `cidr_block = "0.0.0.0/0"`.
    """
    yield from opens(acl, 21, "tcp")


@rule(
    id="aws-nacl-ingress-ftp-data-open-to-world",
    severity="medium",
    domain="network",
    resources=RESOURCES,
    aliases=["CKV_AWS_230"],
    controls={"nist-800-53r5": ["AC-4", "CM-7", "SC-7", "SC-7(5)"]},
    links=_LINKS,
    since="0.2.0",
    wider=["aws-nacl-ingress-all-ports-open-to-world"],
    bad={
        "a rule of its own": """
            resource "aws_network_acl_rule" "this" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              egress         = false
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 20
              to_port        = 20
            }
        """,
        "block whose range contains it, over IPv6": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no         = 100
                action          = "Allow"
                protocol        = "6"
                from_port       = 18
                to_port         = 22
                ipv6_cidr_block = "::/0"
              }
            }
        """,
        "all traffic": """
            resource "aws_network_acl_rule" "all" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "all"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
            }
        """,
        "denied too late": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no    = 100
                action     = "allow"
                protocol   = "tcp"
                from_port  = 20
                to_port    = 20
                cidr_block = "0.0.0.0/0"
              }
              ingress {
                rule_no    = 110
                action     = "deny"
                protocol   = "tcp"
                from_port  = 20
                to_port    = 20
                cidr_block = "0.0.0.0/0"
              }
            }
        """,
    },
    good={
        "from a network": """
            resource "aws_network_acl_rule" "this" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "10.0.0.0/16"
              from_port      = 20
              to_port        = 20
            }
        """,
        "ranges that end before it and begin after it": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no    = 100
                action     = "allow"
                protocol   = "tcp"
                from_port  = 1
                to_port    = 19
                cidr_block = "0.0.0.0/0"
              }
              ingress {
                rule_no    = 110
                action     = "allow"
                protocol   = "tcp"
                from_port  = 21
                to_port    = 65535
                cidr_block = "0.0.0.0/0"
              }
            }
        """,
        "denied before it is allowed": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
            }

            resource "aws_network_acl_rule" "deny" {
              network_acl_id = aws_network_acl.public.id
              rule_number    = 90
              protocol       = "tcp"
              rule_action    = "deny"
              cidr_block     = "0.0.0.0/0"
              from_port      = 20
              to_port        = 20
            }

            resource "aws_network_acl_rule" "allow" {
              network_acl_id = aws_network_acl.public.id
              rule_number    = 100
              protocol       = "-1"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
            }
        """,
        "outgoing": """
            resource "aws_network_acl_rule" "out" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              egress         = true
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 20
              to_port        = 20
            }
        """,
        "UDP, where nothing listens": """
            resource "aws_network_acl_rule" "this" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "udp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 20
              to_port        = 20
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
              from_port      = 20
              to_port        = 20
            }
        """,
    },
)
def ftp_data_open_to_world(acl: Resource) -> Iterator[Violation]:
    """Network ACL lets the whole internet reach FTP data (port 20).

    Files that FTP moves over this port are neither encrypted nor protected against change, and nothing but an FTP
    server has a use for it.

    Put the networks that need it into `cidr_block`, or take the entry out. Where a wider range has to stay open, add
    an entry with a lower number, `action = "deny"`, `from_port = 20`, `to_port = 20`, `cidr_block = "0.0.0.0/0"`.
    """
    yield from opens(acl, 20, "tcp")
