"""Network ACLs that open to the internet a port that is known for being tried."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._aws_acl_entries import RESOURCES, opens

_LINKS = ["https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html"]


@rule(
    id="aws-nacl-ingress-ssh-open-to-world",
    severity="medium",
    domain="network",
    resources=RESOURCES,
    aliases=["CKV_AWS_232"],
    controls={"nist-800-53r5": ["AC-4", "AC-17", "SC-7", "SC-7(5)"], "cis-aws": ["1.4:5.1"]},
    links=_LINKS,
    since="0.2.0",
    wider=["aws-nacl-ingress-all-ports-open-to-world", "aws-nacl-ingress-administration-open-to-world"],
    bad={
        "a rule of its own": """
            resource "aws_network_acl_rule" "this" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              egress         = false
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 22
              to_port        = 22
            }
        """,
        "block whose range contains it, over IPv6": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no         = 100
                action          = "Allow"
                protocol        = "6"
                from_port       = 20
                to_port         = 24
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
        "denied for IPv4 only": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
            }

            resource "aws_network_acl_rule" "deny" {
              network_acl_id = aws_network_acl.public.id
              rule_number    = 90
              protocol       = "tcp"
              rule_action    = "deny"
              cidr_block     = "0.0.0.0/0"
              from_port      = 22
              to_port        = 22
            }

            resource "aws_network_acl_rule" "allow" {
              network_acl_id  = aws_network_acl.public.id
              rule_number     = 100
              protocol        = "tcp"
              rule_action     = "allow"
              ipv6_cidr_block = "::/0"
              from_port       = 22
              to_port         = 22
            }
        """,
        "denied for a network only": """
            resource "aws_network_acl_rule" "deny" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 90
              protocol       = "tcp"
              rule_action    = "deny"
              cidr_block     = "198.51.100.0/24"
              from_port      = 22
              to_port        = 22
            }

            resource "aws_network_acl_rule" "allow" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 22
              to_port        = 22
            }
        """,
        "denied in another ACL": """
            resource "aws_vpc" "main" {
              cidr_block = "10.0.0.0/16"
            }

            resource "aws_vpc" "test" {
              cidr_block = "10.1.0.0/16"
            }

            resource "aws_network_acl_rule" "deny" {
              network_acl_id = aws_vpc.test.default_network_acl_id
              rule_number    = 90
              protocol       = "tcp"
              rule_action    = "deny"
              cidr_block     = "0.0.0.0/0"
              from_port      = 22
              to_port        = 22
            }

            resource "aws_network_acl_rule" "allow" {
              network_acl_id = aws_vpc.main.default_network_acl_id
              rule_number    = 100
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 22
              to_port        = 22
            }
        """,
        "denied in another ACL that is not in the plan": """
            resource "aws_network_acl_rule" "deny" {
              network_acl_id = "acl-0123456789abcdef1"
              rule_number    = 90
              protocol       = "tcp"
              rule_action    = "deny"
              cidr_block     = "0.0.0.0/0"
              from_port      = 22
              to_port        = 22
            }

            resource "aws_network_acl_rule" "allow" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 22
              to_port        = 22
            }
        """,
        "ACL that is not in the plan, beside a rule of one that is": """
            resource "aws_network_acl" "private" {
              vpc_id = "vpc-0123456789abcdef0"
            }

            resource "aws_network_acl_rule" "deny" {
              network_acl_id = aws_network_acl.private.id
              rule_number    = 90
              protocol       = "tcp"
              rule_action    = "deny"
              cidr_block     = "0.0.0.0/0"
              from_port      = 22
              to_port        = 22
            }

            resource "aws_network_acl_rule" "allow" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 22
              to_port        = 22
            }
        """,
        "denied too late": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no    = 100
                action     = "allow"
                protocol   = "tcp"
                from_port  = 22
                to_port    = 22
                cidr_block = "0.0.0.0/0"
              }
              ingress {
                rule_no    = 110
                action     = "deny"
                protocol   = "tcp"
                from_port  = 22
                to_port    = 22
                cidr_block = "0.0.0.0/0"
              }
            }
        """,
        "an address of which no bit counts": """
            resource "aws_network_acl_rule" "this" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "203.0.113.7/0"
              from_port      = 22
              to_port        = 22
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
              from_port      = 22
              to_port        = 22
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
                to_port    = 21
                cidr_block = "0.0.0.0/0"
              }
              ingress {
                rule_no    = 110
                action     = "allow"
                protocol   = "tcp"
                from_port  = 23
                to_port    = 65535
                cidr_block = "0.0.0.0/0"
              }
            }
        """,
        "denied first for IPv6": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
            }

            resource "aws_network_acl_rule" "deny" {
              network_acl_id  = aws_network_acl.public.id
              rule_number     = 90
              protocol        = "all"
              rule_action     = "deny"
              ipv6_cidr_block = "::/0"
            }

            resource "aws_network_acl_rule" "allow" {
              network_acl_id  = aws_network_acl.public.id
              rule_number     = 100
              protocol        = "tcp"
              rule_action     = "allow"
              ipv6_cidr_block = "2000::/3"
              from_port       = 22
              to_port         = 22
            }
        """,
        "half of the internet, after all of it is denied": """
            resource "aws_network_acl_rule" "deny" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 90
              protocol       = "tcp"
              rule_action    = "deny"
              cidr_block     = "0.0.0.0/0"
              from_port      = 22
              to_port        = 22
            }

            resource "aws_network_acl_rule" "allow" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/1"
              from_port      = 22
              to_port        = 22
            }
        """,
        "denied first in the default ACL of a network of this plan": """
            resource "aws_vpc" "main" {
              cidr_block = "10.0.0.0/16"
            }

            resource "aws_network_acl_rule" "deny" {
              network_acl_id = aws_vpc.main.default_network_acl_id
              rule_number    = 90
              protocol       = "tcp"
              rule_action    = "deny"
              cidr_block     = "0.0.0.0/0"
              from_port      = 22
              to_port        = 22
            }

            resource "aws_network_acl_rule" "allow" {
              network_acl_id = aws_vpc.main.default_network_acl_id
              rule_number    = 100
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 22
              to_port        = 22
            }
        """,
        "denied first by an entry in the ACL": """
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
            }

            resource "aws_network_acl_rule" "allow" {
              network_acl_id = aws_network_acl.public.id
              rule_number    = 100
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 22
              to_port        = 22
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
              from_port      = 22
              to_port        = 22
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
              from_port      = 22
              to_port        = 22
            }
        """,
        "UDP, where nothing listens": """
            resource "aws_network_acl_rule" "this" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "udp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 22
              to_port        = 22
            }
        """,
        "a port that is not known yet, from a network": """
            resource "terraform_data" "port" {
              input = 22
            }

            resource "aws_network_acl_rule" "partner" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "203.0.113.0/24"
              from_port      = terraform_data.port.output
              to_port        = 22
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
def ssh_open_to_world(acl: Resource) -> Iterator[Violation]:
    """Network ACL lets the whole internet reach SSH (port 22).

    Log-ins are tried there without pause. A security group that is opened by mistake is then open for everybody; an
    ACL that holds would have stopped them.

    Put the networks that need it into `cidr_block`, or take the entry out. Where a wider range has to stay open, add
    an entry with a lower number, `action = "deny"`, `from_port = 22`, `to_port = 22`, `cidr_block = "0.0.0.0/0"`.
    """
    yield from opens(acl, 22, "tcp")


@rule(
    id="aws-nacl-ingress-rdp-open-to-world",
    severity="medium",
    domain="network",
    resources=RESOURCES,
    aliases=["CKV_AWS_231"],
    controls={"nist-800-53r5": ["AC-4", "AC-17", "SC-7", "SC-7(5)"], "cis-aws": ["1.4:5.1"]},
    links=_LINKS,
    since="0.2.0",
    wider=["aws-nacl-ingress-all-ports-open-to-world", "aws-nacl-ingress-administration-open-to-world"],
    bad={
        "a rule of its own": """
            resource "aws_network_acl_rule" "this" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              egress         = false
              protocol       = "tcp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 3389
              to_port        = 3389
            }
        """,
        "block whose range contains it, over IPv6": """
            resource "aws_network_acl" "public" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no         = 100
                action          = "Allow"
                protocol        = "6"
                from_port       = 3387
                to_port         = 3391
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
                from_port  = 3389
                to_port    = 3389
                cidr_block = "0.0.0.0/0"
              }
              ingress {
                rule_no    = 110
                action     = "deny"
                protocol   = "tcp"
                from_port  = 3389
                to_port    = 3389
                cidr_block = "0.0.0.0/0"
              }
            }
        """,
        "UDP": """
            resource "aws_network_acl_rule" "this" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "udp"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/0"
              from_port      = 3389
              to_port        = 3389
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
              from_port      = 3389
              to_port        = 3389
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
                to_port    = 3388
                cidr_block = "0.0.0.0/0"
              }
              ingress {
                rule_no    = 110
                action     = "allow"
                protocol   = "tcp"
                from_port  = 3390
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
              from_port      = 3389
              to_port        = 3389
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
              from_port      = 3389
              to_port        = 3389
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
              from_port      = 3389
              to_port        = 3389
            }
        """,
    },
)
def rdp_open_to_world(acl: Resource) -> Iterator[Violation]:
    """Network ACL lets the whole internet reach Remote Desktop (port 3389).

    Guessed and bought passwords are tried there without pause, and ransomware likes to begin there. A security group
    that is opened by mistake is then open for everybody; an ACL that holds would have stopped them.

    Put the networks that need it into `cidr_block`, or take the entry out. Where a wider range has to stay open, add
    an entry with a lower number, `action = "deny"`, `from_port = 3389`, `to_port = 3389`, `cidr_block = "0.0.0.0/0"`.
    """
    yield from opens(acl, 3389, "tcp", "udp")
