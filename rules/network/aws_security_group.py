"""Security groups that are open to the internet."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._aws_group_rules import INGRESS, openings
from ._aws_ports import Ports
from ._stepping_back import weighed

_ADMINISTRATION = {"tcp": (22, 3389), "udp": (3389,)}
_WEB = (80, 443)


def _is_administration(ports: Ports) -> bool:
    return ports.is_everything or any(port in ports for port in _ADMINISTRATION.get(ports.protocol, ()))


def _is_other_service(ports: Ports) -> bool:
    is_web = ports.first == ports.last and ports.first in _WEB
    return ports.are_numbered and not is_web and not _is_administration(ports)


@rule(
    id="aws-sg-ingress-open-to-world",
    severity="critical",
    domain="network",
    resources=INGRESS,
    aliases=["AVD-AWS-0107"],
    controls={"nist-800-53r5": ["AC-4", "AC-17", "SC-7", "SC-7(5)"], "cis-aws": ["1.2:4.1", "1.2:4.2", "1.4:5.2"]},
    links=["https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html"],
    wider=["aws-sg-ingress-all-ports-open-to-world"],
    bad={
        "ssh": """
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
        "range that contains rdp, over IPv6": """
            resource "aws_security_group_rule" "desktops" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 3000
              to_port           = 4000
              protocol          = "TCP"
              ipv6_cidr_blocks  = ["::/0"]
            }
        """,
        "all traffic": """
            resource "aws_vpc_security_group_ingress_rule" "anything" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "-1"
              cidr_ipv4         = "0.0.0.0/0"
            }
        """,
        "Remote Desktop over UDP": """
            resource "aws_security_group_rule" "desktops" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 3389
              to_port           = 3389
              protocol          = "udp"
              cidr_blocks       = ["0.0.0.0/0"]
            }
        """,
        "the internet in two halves": """
            resource "aws_security_group" "bastion" {
              name = "bastion"
              ingress {
                from_port   = 22
                to_port     = 22
                protocol    = "6"
                cidr_blocks = ["128.0.0.0/1", "0.0.0.0/1"]
              }
            }
        """,
        "default group, ports as attributes": """
            resource "aws_default_security_group" "this" {
              vpc_id  = "vpc-0123456789abcdef0"
              ingress = [{
                description      = ""
                from_port        = 0
                to_port          = 65535
                protocol         = "tcp"
                cidr_blocks      = null
                ipv6_cidr_blocks = ["0::0/0"]
                prefix_list_ids  = null
                security_groups  = null
                self             = false
              }]
            }
        """,
        "one open block beside one that is not known yet": """
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
              ingress {
                from_port   = 3389
                to_port     = 3389
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
        "all ports, as -1": """
            resource "aws_security_group" "edge" {
              name = "edge"
              ingress {
                from_port   = -1
                to_port     = -1
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
        "all traffic, ports left at zero": """
            resource "aws_security_group" "edge" {
              name = "edge"
              ingress {
                from_port        = 0
                to_port          = 0
                protocol         = "-1"
                ipv6_cidr_blocks = ["::/0"]
              }
            }
        """,
        "the IPv6 internet in two halves": """
            resource "aws_security_group" "edge" {
              name = "edge"
              ingress {
                from_port        = 22
                to_port          = 22
                protocol         = "tcp"
                ipv6_cidr_blocks = ["3000::/4", "2000::/4"]
              }
            }
        """,
        "half of the internet": """
            resource "aws_security_group" "edge" {
              name = "edge"
              ingress {
                from_port   = 22
                to_port     = 22
                protocol    = "tcp"
                cidr_blocks = ["10.0.0.0/8", "128.0.0.0/1"]
              }
            }
        """,
        "open over IPv6, beside addresses that are not known yet": """
            resource "terraform_data" "offices" {
              input = ["203.0.113.0/24"]
            }

            resource "aws_security_group_rule" "bastion" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 22
              to_port           = 22
              protocol          = "tcp"
              cidr_blocks       = terraform_data.offices.output
              ipv6_cidr_blocks  = ["::/0"]
            }
        """,
        "open, beside an address that is not known yet": """
            resource "aws_eip" "office" {
              domain = "vpc"
            }

            resource "aws_security_group_rule" "bastion" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 22
              to_port           = 22
              protocol          = "tcp"
              cidr_blocks       = ["${aws_eip.office.public_ip}/32", "0.0.0.0/0"]
            }
        """,
        "open, beside a block for a network": """
            resource "aws_security_group" "bastion" {
              name = "bastion"
              ingress {
                from_port   = 443
                to_port     = 443
                protocol    = "tcp"
                cidr_blocks = ["10.0.0.0/8"]
              }
              ingress {
                from_port   = 22
                to_port     = 22
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
    },
    good={
        "ssh from a network": """
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
        "web ports": """
            resource "aws_security_group" "web" {
              name = "web"
              ingress {
                from_port        = 443
                to_port          = 443
                protocol         = "tcp"
                cidr_blocks      = ["0.0.0.0/0"]
                ipv6_cidr_blocks = ["::/0"]
              }
            }
        """,
        "another group": """
            resource "aws_security_group" "app" {
              name = "app"
            }

            resource "aws_vpc_security_group_ingress_rule" "app" {
              security_group_id            = aws_security_group.app.id
              ip_protocol                  = "-1"
              referenced_security_group_id = aws_security_group.app.id
            }
        """,
        "outgoing traffic": """
            resource "aws_security_group_rule" "out" {
              type              = "egress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 0
              to_port           = 0
              protocol          = "-1"
              cidr_blocks       = ["0.0.0.0/0"]
            }
        """,
        "ping": """
            resource "aws_security_group" "web" {
              name = "web"
              ingress {
                from_port   = -1
                to_port     = -1
                protocol    = "icmp"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
        "web port from an address that is not known yet": """
            resource "aws_eip" "office" {
              domain = "vpc"
            }

            resource "aws_security_group" "web" {
              name = "web"
              ingress {
                from_port   = 443
                to_port     = 443
                protocol    = "tcp"
                cidr_blocks = ["${aws_eip.office.public_ip}/32"]
              }
            }
        """,
        "a network of one provider": """
            resource "aws_security_group" "edge" {
              name = "edge"
              ingress {
                from_port        = 22
                to_port          = 22
                protocol         = "tcp"
                ipv6_cidr_blocks = ["2001:db8::/32"]
              }
            }
        """,
        "tunnels": """
            resource "aws_security_group" "edge" {
              name = "edge"
              ingress {
                from_port   = 0
                to_port     = 0
                protocol    = "50"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
        "local addresses of IPv6": """
            resource "aws_security_group" "edge" {
              name = "edge"
              ingress {
                from_port        = 22
                to_port          = 22
                protocol         = "tcp"
                ipv6_cidr_blocks = ["e000::/3"]
              }
            }
        """,
        "a rule that is taken away, which the group shows as it was read": (
            """
                resource "aws_security_group" "bastion" {
                  name = "bastion"
                  ingress {
                    from_port   = 22
                    to_port     = 22
                    protocol    = "tcp"
                    cidr_blocks = ["0.0.0.0/0"]
                  }
                }

                resource "aws_vpc_security_group_ingress_rule" "bastion" {
                  security_group_id = aws_security_group.bastion.id
                  ip_protocol       = "tcp"
                  from_port         = 22
                  to_port           = 22
                  cidr_ipv4         = "0.0.0.0/0"
                }
            """,
            """
                resource "aws_security_group" "bastion" {
                  name = "bastion"
                }
            """,
        ),
    },
    undetermined={
        "from an address that is not known yet": """
            resource "aws_eip" "office" {
              domain = "vpc"
            }

            resource "aws_vpc_security_group_ingress_rule" "office" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "tcp"
              from_port         = 22
              to_port           = 22
              cidr_ipv4         = "${aws_eip.office.public_ip}/32"
            }
        """,
        "rules that are not known yet": """
            resource "terraform_data" "rules" {
              input = []
            }

            resource "aws_security_group" "bastion" {
              name    = "bastion"
              ingress = terraform_data.rules.output
            }
        """,
    },
)
def administration_open_to_world(group: Resource) -> Iterator[Violation]:
    """Security group lets the whole internet reach an administration port.

    SSH (22) and RDP (3389) are tried without pause from everywhere: one weak password or one late patch, and a
    stranger is on the machine. The same holds for a range of ports with one of the two in it, and for all traffic.

    Take `0.0.0.0/0` and `::/0` out of `cidr_blocks` and `ipv6_cidr_blocks` (`cidr_ipv4` and `cidr_ipv6`), and name
    the networks that administrators come from; or open no port at all, and connect through Session Manager.
    """
    for path, ports, source in openings(group, _is_administration):
        yield weighed(group, path, f"{ports} from {source}")


@rule(
    id="aws-sg-ingress-service-port-open-to-world",
    severity="high",
    domain="network",
    resources=INGRESS,
    controls={"nist-800-53r5": ["AC-4", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html"],
    bad={
        "a database": """
            resource "aws_security_group" "database" {
              name = "database"
              ingress {
                from_port   = 5432
                to_port     = 5432
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
        "more than the web": """
            resource "aws_vpc_security_group_ingress_rule" "web" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "tcp"
              from_port         = 80
              to_port           = 443
              cidr_ipv6         = "::/0"
            }
        """,
        "name resolution, by protocol number": """
            resource "aws_security_group_rule" "dns" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 53
              to_port           = 53
              protocol          = "17"
              cidr_blocks       = ["0.0.0.0/0"]
            }
        """,
    },
    good={
        "web": """
            resource "aws_security_group" "web" {
              name = "web"
              ingress {
                from_port   = 80
                to_port     = 80
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/0"]
              }
              ingress {
                from_port   = 443
                to_port     = 443
                protocol    = "udp"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
        "a database from the network": """
            resource "aws_security_group" "database" {
              name = "database"
              ingress {
                from_port   = 5432
                to_port     = 5432
                protocol    = "tcp"
                cidr_blocks = ["10.20.0.0/16"]
              }
            }
        """,
        "ssh is another rule's": """
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
        "rules of their own": """
            resource "aws_security_group" "database" {
              name = "database"
            }

            resource "aws_vpc_security_group_ingress_rule" "database" {
              security_group_id = aws_security_group.database.id
              ip_protocol       = "tcp"
              from_port         = 5432
              to_port           = 5432
              cidr_ipv4         = "10.20.0.0/16"
            }
        """,
        "tunnels and ping": """
            resource "aws_security_group" "tunnel" {
              name = "tunnel"
              ingress {
                from_port   = 0
                to_port     = 0
                protocol    = "50"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }

            resource "aws_security_group" "edge" {
              name = "edge"
              ingress {
                from_port        = -1
                to_port          = -1
                protocol         = "icmpv6"
                ipv6_cidr_blocks = ["::/0"]
              }
            }
        """,
    },
    undetermined={
        "from an address that is not known yet": """
            resource "aws_eip" "office" {
              domain = "vpc"
            }

            resource "aws_vpc_security_group_ingress_rule" "office" {
              security_group_id = "sg-0123456789abcdef0"
              ip_protocol       = "tcp"
              from_port         = 5432
              to_port           = 5432
              cidr_ipv4         = "${aws_eip.office.public_ip}/32"
            }
        """,
    },
)
def service_port_open_to_world(group: Resource) -> Iterator[Violation]:
    """Security group lets the whole internet reach a port that is not for the web.

    Databases, caches, metrics and queues are made for a network of friends: many ask for no password, and their
    flaws are searched for within hours of becoming known. Only 80 and 443 are taken to be meant for everybody;
    administration ports are a matter of `aws-sg-ingress-open-to-world`, ICMP is of neither.

    Take `0.0.0.0/0` and `::/0` out of `cidr_blocks` and `ipv6_cidr_blocks` (`cidr_ipv4` and `cidr_ipv6`): name the
    networks, or the group of the callers in `security_groups` (`referenced_security_group_id`). What everybody is
    meant to reach belongs behind a load balancer on port 443.
    """
    for path, ports, source in openings(group, _is_other_service):
        yield weighed(group, path, f"{ports} from {source}")
