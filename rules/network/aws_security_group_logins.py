"""Security groups that open to the internet a port that administrators log in at."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._aws_group_rules import INGRESS, opens


@rule(
    id="aws-sg-ingress-ssh-open-to-world",
    severity="critical",
    domain="network",
    resources=INGRESS,
    aliases=["CKV_AWS_24"],
    controls={"nist-800-53r5": ["AC-4", "AC-17", "SC-7", "SC-7(5)"], "cis-aws": ["1.2:4.1"]},
    links=["https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html"],
    since="0.2.0",
    wider=["aws-sg-ingress-all-ports-open-to-world", "aws-sg-ingress-open-to-world"],
    bad={
        "beside a network that is fine": """
            resource "aws_security_group" "bastion" {
              name = "bastion"
              ingress {
                from_port   = 22
                to_port     = 22
                protocol    = "tcp"
                cidr_blocks = ["10.0.0.0/8", "0.0.0.0/0"]
              }
            }
        """,
        "over IPv6": """
            resource "aws_security_group" "bastion" {
              name = "bastion"
              ingress {
                from_port        = 22
                to_port          = 22
                protocol         = "tcp"
                ipv6_cidr_blocks = ["0000:0000:0000:0000:0000:0000:0000:0000/0"]
              }
            }
        """,
        "half of all addresses": """
            resource "aws_vpc_security_group_ingress_rule" "ssh" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "tcp"
              from_port         = 22
              to_port           = 22
              cidr_ipv4         = "128.0.0.0/1"
            }
        """,
        "half of the IPv6 addresses in use": """
            resource "aws_vpc_security_group_ingress_rule" "ssh" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "tcp"
              from_port         = 22
              to_port           = 22
              cidr_ipv6         = "2000::/4"
            }
        """,
        "range that contains it": """
            resource "aws_security_group_rule" "low" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 20
              to_port           = 25
              protocol          = "TCP"
              cidr_blocks       = ["0.0.0.0/0"]
            }
        """,
        "last port of a range": """
            resource "aws_security_group_rule" "low" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 20
              to_port           = 22
              protocol          = "tcp"
              cidr_blocks       = ["0.0.0.0/0"]
            }
        """,
        "all traffic": """
            resource "aws_vpc_security_group_ingress_rule" "anything" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "-1"
              cidr_ipv4         = "0.0.0.0/0"
            }
        """,
        "in the second block": """
            resource "aws_default_security_group" "this" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                from_port   = 443
                to_port     = 443
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/0"]
              }
              ingress {
                from_port   = 22
                to_port     = 22
                protocol    = "6"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
    },
    good={
        "from a network": """
            resource "aws_security_group" "bastion" {
              name = "bastion"
              ingress {
                from_port   = 22
                to_port     = 22
                protocol    = "tcp"
                cidr_blocks = ["203.0.113.0/24"]
              }
            }
        """,
        "from networks of IPv6": """
            resource "aws_security_group_rule" "ssh" {
              security_group_id = "sg-0123456789abcdef0"
              type              = "ingress"
              protocol          = "tcp"
              from_port         = 22
              to_port           = 22
              ipv6_cidr_blocks  = ["2001:db8::/32", "fd00::/8"]
            }
        """,
        "remote desktop, which is another rule's": """
            resource "aws_security_group" "desktops" {
              name = "desktops"
              ingress {
                from_port   = 3389
                to_port     = 3389
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
        "range that begins after it": """
            resource "aws_security_group_rule" "high" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 23
              to_port           = 2222
              protocol          = "tcp"
              cidr_blocks       = ["0.0.0.0/0"]
            }
        """,
        "UDP, which no SSH server answers": """
            resource "aws_security_group_rule" "udp" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 22
              to_port           = 22
              protocol          = "udp"
              cidr_blocks       = ["0.0.0.0/0"]
            }
        """,
        "outgoing": """
            resource "aws_security_group_rule" "out" {
              type              = "egress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 22
              to_port           = 22
              protocol          = "tcp"
              cidr_blocks       = ["0.0.0.0/0"]
            }
        """,
        "a port that is not known yet, from a network": """
            resource "aws_db_instance" "orders" {
              identifier          = "orders"
              instance_class      = "db.t4g.medium"
              replicate_source_db = "orders-primary"
            }

            resource "aws_vpc_security_group_ingress_rule" "orders" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "tcp"
              from_port         = aws_db_instance.orders.port
              to_port           = aws_db_instance.orders.port
              cidr_ipv4         = "10.0.0.0/16"
            }
        """,
        "prefix list": """
            resource "aws_vpc_security_group_ingress_rule" "office" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "tcp"
              from_port         = 22
              to_port           = 22
              prefix_list_id    = "pl-0123456789abcdef0"
            }
        """,
    },
    undetermined={
        "last port not known yet": """
            resource "aws_db_instance" "orders" {
              identifier          = "orders"
              instance_class      = "db.t4g.medium"
              replicate_source_db = "orders-primary"
            }

            resource "aws_vpc_security_group_ingress_rule" "orders" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "tcp"
              from_port         = 1
              to_port           = aws_db_instance.orders.port
              cidr_ipv4         = "0.0.0.0/0"
            }
        """,
        "from an address that is not known yet": """
            resource "aws_eip" "office" {
              domain = "vpc"
            }

            resource "aws_security_group" "bastion" {
              name = "bastion"
              ingress {
                from_port   = 22
                to_port     = 22
                protocol    = "tcp"
                cidr_blocks = ["${aws_eip.office.public_ip}/32"]
              }
            }
        """,
    },
)
def ssh_open_to_world(group: Resource) -> Iterator[Violation]:
    """Security group lets the whole internet reach SSH (port 22).

    Passwords and stolen keys are tried there without pause, and a flaw in the server is used on the day it becomes
    known. Who gets in has a shell on the machine, and its role in the account.

    Name the networks of the administrators, `cidr_blocks = ["203.0.113.0/24"]` (`cidr_ipv4` in a rule of its own); or
    take the rule out, and connect through Session Manager, which needs no open port.
    """
    yield from opens(group, 22, "tcp")


@rule(
    id="aws-sg-ingress-rdp-open-to-world",
    severity="critical",
    domain="network",
    resources=INGRESS,
    aliases=["CKV_AWS_25"],
    controls={"nist-800-53r5": ["AC-4", "AC-17", "SC-7", "SC-7(5)"], "cis-aws": ["1.2:4.2"]},
    links=["https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-rdp.html"],
    since="0.2.0",
    wider=["aws-sg-ingress-all-ports-open-to-world", "aws-sg-ingress-open-to-world"],
    bad={
        "block": """
            resource "aws_security_group" "desktops" {
              name = "desktops"
              ingress {
                from_port   = 3389
                to_port     = 3389
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
        "range that contains it, over IPv6": """
            resource "aws_security_group_rule" "desktops" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 3000
              to_port           = 4000
              protocol          = "TCP"
              ipv6_cidr_blocks  = ["::/0"]
            }
        """,
        "UDP": """
            resource "aws_vpc_security_group_ingress_rule" "desktops" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "udp"
              from_port         = 3389
              to_port           = 3389
              cidr_ipv4         = "0.0.0.0/0"
            }
        """,
        "all traffic": """
            resource "aws_security_group" "desktops" {
              name = "desktops"
              ingress {
                from_port   = 0
                to_port     = 0
                protocol    = "-1"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
    },
    good={
        "from a network": """
            resource "aws_security_group" "desktops" {
              name = "desktops"
              ingress {
                from_port   = 3389
                to_port     = 3389
                protocol    = "tcp"
                cidr_blocks = ["10.0.0.0/8"]
              }
            }
        """,
        "SSH, which is another rule's": """
            resource "aws_security_group" "bastion" {
              name = "bastion"
              ingress {
                from_port   = 22
                to_port     = 22
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
        "range that ends before it": """
            resource "aws_security_group_rule" "app" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 3000
              to_port           = 3388
              protocol          = "tcp"
              cidr_blocks       = ["0.0.0.0/0"]
            }
        """,
        "tunnels": """
            resource "aws_security_group" "tunnel" {
              name = "tunnel"
              ingress {
                from_port   = 0
                to_port     = 65535
                protocol    = "50"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
    },
    undetermined={
        "port that is not known yet": """
            resource "aws_db_instance" "orders" {
              identifier          = "orders"
              instance_class      = "db.t4g.medium"
              replicate_source_db = "orders-primary"
            }

            resource "aws_vpc_security_group_ingress_rule" "orders" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "tcp"
              from_port         = aws_db_instance.orders.port
              to_port           = aws_db_instance.orders.port
              cidr_ipv4         = "0.0.0.0/0"
            }
        """,
    },
)
def rdp_open_to_world(group: Resource) -> Iterator[Violation]:
    """Security group lets the whole internet reach Remote Desktop (port 3389).

    It is the door that ransomware comes through most often: a guessed or bought password is enough for a session on
    the machine, and flaws of the service need none at all.

    Name the networks of the administrators, `cidr_blocks = ["203.0.113.0/24"]` (`cidr_ipv4` in a rule of its own); or
    take the rule out, and connect through Fleet Manager or Session Manager, which need no open port.
    """
    yield from opens(group, 3389, "tcp", "udp")
