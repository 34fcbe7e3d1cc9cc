"""Security groups that let machines talk to the whole internet."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_group_rules import EGRESS, openings


@rule(
    id="aws-sg-egress-all-ports-open-to-world",
    severity="medium",
    domain="network",
    resources=EGRESS,
    aliases=["CKV_AWS_382"],
    controls={"nist-800-53r5": ["AC-4", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"],
    since="0.2.0",
    bad={
        "all traffic in a block": """
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
        "all traffic, over IPv6": """
            resource "aws_vpc_security_group_egress_rule" "app" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "-1"
              cidr_ipv6         = "::/0"
            }
        """,
        "every TCP port": """
            resource "aws_security_group_rule" "app" {
              type              = "egress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 0
              to_port           = 65535
              protocol          = "tcp"
              cidr_blocks       = ["0.0.0.0/0"]
            }
        """,
        "beside a network that is fine": """
            resource "aws_default_security_group" "this" {
              vpc_id = "vpc-0123456789abcdef0"
              egress {
                from_port   = 0
                to_port     = 0
                protocol    = "all"
                cidr_blocks = ["10.0.0.0/8", "0.0.0.0/0"]
              }
            }
        """,
    },
    good={
        "one port": """
            resource "aws_security_group" "app" {
              name = "app"
              egress {
                from_port   = 443
                to_port     = 443
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
        "all traffic within the network": """
            resource "aws_security_group" "app" {
              name = "app"
              egress {
                from_port   = 0
                to_port     = 0
                protocol    = "-1"
                cidr_blocks = ["10.0.0.0/16"]
              }
            }
        """,
        "no outgoing traffic": """
            resource "aws_security_group" "app" {
              name = "app"
            }
        """,
        "incoming": """
            resource "aws_security_group_rule" "app" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 0
              to_port           = 0
              protocol          = "-1"
              cidr_blocks       = ["0.0.0.0/0"]
            }
        """,
        "gateway endpoint only": """
            resource "aws_vpc_security_group_egress_rule" "storage" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "-1"
              prefix_list_id    = "pl-0123456789abcdef0"
            }
        """,
    },
    undetermined={
        "to an address that is not known yet": """
            resource "aws_eip" "partner" {
              domain = "vpc"
            }

            resource "aws_vpc_security_group_egress_rule" "partner" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "-1"
              cidr_ipv4         = "${aws_eip.partner.public_ip}/32"
            }
        """,
    },
)
def egress_all_ports_open_to_world(group: Resource) -> Iterator[Violation]:
    """Security group lets everything out to the whole internet.

    Malware that got onto a machine fetches its tools and sends data away on whatever port it likes, and nothing in
    the network stands in its way.

    Name what the machines need: `from_port = 443`, `to_port = 443`, `protocol = "tcp"` in the `egress` block, and in
    `cidr_blocks`, `prefix_list_ids` or `security_groups` whom they talk to. VPC endpoints keep the traffic to AWS
    inside.
    """
    for path, ports, source in openings(group, lambda ports: ports.are_all_of_a_protocol, "egress"):
        yield violation(path, f"{ports} to {source}")


@rule(
    id="aws-sg-egress-open-to-world",
    severity="low",
    domain="network",
    resources=EGRESS,
    aliases=["AVD-AWS-0104"],
    controls={"nist-800-53r5": ["AC-4", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"],
    since="0.2.0",
    wider=["aws-sg-egress-all-ports-open-to-world"],
    bad={
        "one port": """
            resource "aws_security_group" "app" {
              name = "app"
              egress {
                from_port   = 443
                to_port     = 443
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
        "all traffic": """
            resource "aws_security_group_rule" "app" {
              type              = "egress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 0
              to_port           = 0
              protocol          = "-1"
              cidr_blocks       = ["0.0.0.0/0"]
            }
        """,
        "name resolution, over IPv6": """
            resource "aws_vpc_security_group_egress_rule" "dns" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "udp"
              from_port         = 53
              to_port           = 53
              cidr_ipv6         = "::/0"
            }
        """,
    },
    good={
        "to the network": """
            resource "aws_security_group" "app" {
              name = "app"
              egress {
                from_port   = 443
                to_port     = 443
                protocol    = "tcp"
                cidr_blocks = ["10.0.0.0/16"]
              }
            }
        """,
        "to another group": """
            resource "aws_vpc_security_group_egress_rule" "app" {
              security_group_id            = "sg-0123456789abcdef0"
              ip_protocol                  = "tcp"
              from_port                    = 5432
              to_port                      = 5432
              referenced_security_group_id = "sg-0123456789abcdef1"
            }
        """,
        "incoming": """
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
        "nothing said": """
            resource "aws_security_group" "app" {
              name = "app"
            }
        """,
        "a rule that is taken away, which the group shows as it was read": (
            """
                resource "aws_security_group" "app" {
                  name = "app"
                  egress {
                    from_port   = 443
                    to_port     = 443
                    protocol    = "tcp"
                    cidr_blocks = ["0.0.0.0/0"]
                  }
                }

                resource "aws_vpc_security_group_egress_rule" "app" {
                  security_group_id = aws_security_group.app.id
                  ip_protocol       = "tcp"
                  from_port         = 443
                  to_port           = 443
                  cidr_ipv4         = "0.0.0.0/0"
                }
            """,
            """
                resource "aws_security_group" "app" {
                  name = "app"
                }
            """,
        ),
    },
    undetermined={
        "to an address that is not known yet": """
            resource "aws_eip" "partner" {
              domain = "vpc"
            }

            resource "aws_security_group_rule" "partner" {
              type              = "egress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 443
              to_port           = 443
              protocol          = "tcp"
              cidr_blocks       = ["${aws_eip.partner.public_ip}/32"]
            }
        """,
    },
)
def egress_open_to_world(group: Resource) -> Iterator[Violation]:
    """Security group lets traffic out to the whole internet.

    A machine that was taken over needs one way out to be told what to do and to send away what it found; HTTPS to
    anywhere is enough for that.

    Name in the `egress` rule whom the machines talk to: `cidr_blocks = ["10.0.0.0/16"]`, a prefix list of AWS in
    `prefix_list_ids`, or the group of a proxy that filters by name in `security_groups`.
    """
    for path, ports, source in openings(group, lambda _: True, "egress"):
        yield violation(path, f"{ports} to {source}")
