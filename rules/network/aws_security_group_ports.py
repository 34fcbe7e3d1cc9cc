"""Security groups that open to the internet every port, or that of unencrypted web pages."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._aws_group_rules import INGRESS, openings, opens
from ._stepping_back import weighed


@rule(
    id="aws-sg-ingress-all-ports-open-to-world",
    severity="critical",
    domain="network",
    resources=INGRESS,
    aliases=["CKV_AWS_277"],
    controls={"nist-800-53r5": ["AC-4", "CM-7", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html"],
    since="0.2.0",
    bad={
        "all traffic in a block": """
            resource "aws_security_group" "edge" {
              name = "edge"
              ingress {
                from_port   = 0
                to_port     = 0
                protocol    = "-1"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
        "every TCP port": """
            resource "aws_security_group_rule" "edge" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 1
              to_port           = 65535
              protocol          = "tcp"
              cidr_blocks       = ["10.0.0.0/8", "0.0.0.0/0"]
            }
        """,
        "every UDP port, over IPv6": """
            resource "aws_security_group_rule" "edge" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 0
              to_port           = 65535
              protocol          = "UDP"
              ipv6_cidr_blocks  = ["::/0"]
            }
        """,
        "ports written as -1": """
            resource "aws_security_group_rule" "edge" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = -1
              to_port           = -1
              protocol          = "-1"
              cidr_blocks       = ["0.0.0.0/0"]
            }
        """,
        "a rule of its own": """
            resource "aws_vpc_security_group_ingress_rule" "edge" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "-1"
              cidr_ipv6         = "::/0"
            }
        """,
    },
    good={
        "all traffic from the group itself": """
            resource "aws_security_group" "cluster" {
              name = "cluster"
              ingress {
                from_port = 0
                to_port   = 0
                protocol  = "-1"
                self      = true
              }
            }
        """,
        "all traffic from a private network": """
            resource "aws_security_group" "cluster" {
              name = "cluster"
              ingress {
                from_port   = 0
                to_port     = 0
                protocol    = "-1"
                cidr_blocks = ["10.0.0.0/8"]
              }
            }
        """,
        "one port": """
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
        "the ports above 1023": """
            resource "aws_vpc_security_group_ingress_rule" "replies" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "tcp"
              from_port         = 1024
              to_port           = 65535
              cidr_ipv4         = "0.0.0.0/0"
            }
        """,
        "the ports below 1024": """
            resource "aws_vpc_security_group_ingress_rule" "system" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "tcp"
              from_port         = 0
              to_port           = 1023
              cidr_ipv4         = "0.0.0.0/0"
            }
        """,
        "every kind of ICMP message": """
            resource "aws_security_group_rule" "ping" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = -1
              to_port           = -1
              protocol          = "icmp"
              cidr_blocks       = ["0.0.0.0/0"]
            }
        """,
        "outgoing traffic": """
            resource "aws_security_group" "app" {
              name = "app"
              egress {
                from_port   = 0
                to_port     = 0
                protocol    = "-1"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
    },
    undetermined={
        "all traffic from an address that is not known yet": """
            resource "aws_eip" "office" {
              domain = "vpc"
            }

            resource "aws_vpc_security_group_ingress_rule" "office" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "-1"
              cidr_ipv4         = "${aws_eip.office.public_ip}/32"
            }
        """,
    },
)
def all_ports_open_to_world(group: Resource) -> Iterator[Violation]:
    """Security group lets the whole internet reach every port.

    The group is no firewall any more: whatever listens on the machine, now or after the next installation, is found
    by scanners within minutes, and its log-in prompts and flaws are tried.

    Open the ports that are used, each for those who use it: in the `ingress` block, `from_port = 443`,
    `to_port = 443`, `protocol = "tcp"` and `cidr_blocks = ["10.0.0.0/16"]`, or another group in `security_groups`.
    """
    for path, ports, source in openings(group, lambda ports: ports.are_all_of_a_protocol):
        yield weighed(group, path, f"{ports} from {source}")


@rule(
    id="aws-sg-ingress-http-open-to-world",
    severity="low",
    domain="network",
    resources=INGRESS,
    aliases=["CKV_AWS_260"],
    controls={"nist-800-53r5": ["AC-4", "SC-7", "SC-8"]},
    links=["https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html"],
    since="0.2.0",
    wider=[
        "aws-sg-ingress-all-ports-open-to-world",
        "aws-sg-ingress-open-to-world",
        "aws-sg-ingress-service-port-open-to-world",
    ],
    bad={
        "block": """
            resource "aws_security_group" "web" {
              name = "web"
              ingress {
                from_port   = 80
                to_port     = 80
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
        "range that contains it, over IPv6": """
            resource "aws_vpc_security_group_ingress_rule" "web" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "TCP"
              from_port         = 80
              to_port           = 443
              cidr_ipv6         = "::/0"
            }
        """,
        "all traffic": """
            resource "aws_security_group_rule" "web" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 0
              to_port           = 0
              protocol          = "-1"
              cidr_blocks       = ["0.0.0.0/0"]
            }
        """,
    },
    good={
        "HTTPS": """
            resource "aws_security_group" "web" {
              name = "web"
              ingress {
                from_port   = 443
                to_port     = 443
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
        "from the load balancer only": """
            resource "aws_security_group" "balancer" {
              name = "balancer"
            }

            resource "aws_security_group" "web" {
              name = "web"
              ingress {
                from_port       = 80
                to_port         = 80
                protocol        = "tcp"
                security_groups = [aws_security_group.balancer.id]
              }
            }
        """,
        "another port with the same digits": """
            resource "aws_security_group" "app" {
              name = "app"
              ingress {
                from_port   = 8080
                to_port     = 8080
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
        "range that ends before it": """
            resource "aws_vpc_security_group_ingress_rule" "app" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "tcp"
              from_port         = 70
              to_port           = 79
              cidr_ipv4         = "0.0.0.0/0"
            }
        """,
        "outgoing": """
            resource "aws_security_group_rule" "out" {
              type              = "egress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 80
              to_port           = 80
              protocol          = "tcp"
              cidr_blocks       = ["0.0.0.0/0"]
            }
        """,
    },
    undetermined={
        "from an address that is not known yet": """
            resource "aws_eip" "partner" {
              domain = "vpc"
            }

            resource "aws_security_group" "web" {
              name = "web"
              ingress {
                from_port   = 80
                to_port     = 80
                protocol    = "tcp"
                cidr_blocks = ["${aws_eip.partner.public_ip}/32"]
              }
            }
        """,
    },
)
def http_open_to_world(group: Resource) -> Iterator[Violation]:
    """Security group lets the whole internet reach HTTP (port 80).

    What is said there goes unencrypted: whoever sits on the way reads and changes it. Where the port only answers
    with a redirect to HTTPS, as that of a load balancer does, waive this for the group.

    Open `from_port = 443` and `to_port = 443` instead; put the machines behind a load balancer, and name its group in
    `security_groups` (`referenced_security_group_id`) for their port.
    """
    yield from opens(group, 80, "tcp")
