"""The default security group of a VPC, which every resource gets that names none."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import is_left_to_provider, missing, satellites
from ._aws_group_rules import EGRESS_RULE, INGRESS_RULE, RULE

_KIND = "aws_default_security_group"
_LINKS = ["https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html"]


@rule(
    id="aws-default-sg-allows-traffic",
    severity="low",
    domain="network",
    resources=[_KIND],
    aliases=["AVD-AWS-0173"],
    controls={"nist-800-53r5": ["AC-4", "CM-6", "SC-7(5)"], "cis-aws": ["1.4:5.3"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "the rules that AWS begins with": """
            resource "aws_default_security_group" "this" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                from_port = 0
                to_port   = 0
                protocol  = "-1"
                self      = true
              }
              egress {
                from_port   = 0
                to_port     = 0
                protocol    = "-1"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
        """,
        "outgoing only": """
            resource "aws_default_security_group" "this" {
              vpc_id = "vpc-0123456789abcdef0"
              egress {
                from_port   = 443
                to_port     = 443
                protocol    = "tcp"
                cidr_blocks = ["10.0.0.0/16"]
              }
            }
        """,
        "incoming, beside an empty list": """
            resource "aws_default_security_group" "this" {
              vpc_id = "vpc-0123456789abcdef0"
              egress = []
              ingress {
                from_port = 443
                to_port   = 443
                protocol  = "tcp"
                self      = true
              }
            }
        """,
        "a rule of its own": """
            resource "aws_default_security_group" "this" {
              vpc_id = "vpc-0123456789abcdef0"
            }

            resource "aws_vpc_security_group_ingress_rule" "all" {
              security_group_id = aws_default_security_group.this.id
              ip_protocol       = "-1"
              cidr_ipv4         = "10.0.0.0/16"
            }
        """,
        "an older rule of its own": """
            resource "aws_default_security_group" "this" {
              vpc_id = "vpc-0123456789abcdef0"
            }

            resource "aws_security_group_rule" "all" {
              type              = "egress"
              security_group_id = aws_default_security_group.this.id
              from_port         = 0
              to_port           = 0
              protocol          = "-1"
              cidr_blocks       = ["10.0.0.0/16"]
            }
        """,
    },
    good={
        "no rules": """
            resource "aws_default_security_group" "this" {
              vpc_id = "vpc-0123456789abcdef0"
            }
        """,
        "empty lists": """
            resource "aws_default_security_group" "this" {
              vpc_id  = "vpc-0123456789abcdef0"
              ingress = []
              egress  = []
            }
        """,
        "rules of another group": """
            resource "aws_default_security_group" "this" {
              vpc_id = "vpc-0123456789abcdef0"
            }

            resource "aws_security_group" "app" {
              name = "app"
            }

            resource "aws_vpc_security_group_egress_rule" "app" {
              security_group_id = aws_security_group.app.id
              ip_protocol       = "-1"
              cidr_ipv4         = "10.0.0.0/16"
            }
        """,
    },
)
def default_group_allows_traffic(group: Resource) -> Iterator[Violation]:
    """Default security group lets traffic through.

    Whatever is started without a group of its own gets this one, so its rules open machines that nobody thought of.

    Take every `ingress` and `egress` block out of the `aws_default_security_group`: with none, Terraform removes the
    rules that AWS begins with. Give each resource a group of its own.
    """
    yield from _rules_of(group)


def _rules_of(group: Resource) -> Iterator[Violation]:
    # registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/default_security_group: on adoption all
    # rules are removed, and those of the configuration are made.
    for direction in ("ingress", "egress"):
        if not is_left_to_provider(group, direction):
            for path, _ in group.blocks(direction):
                yield violation(path, f"{direction} rule")
    for kind in (RULE, INGRESS_RULE, EGRESS_RULE):
        for one in group.referrers(kind, via="security_group_id"):
            yield violation("", f"rule {one.address}", evidence=[one.address])


@rule(
    id="aws-vpc-default-sg-not-restricted",
    severity="low",
    domain="network",
    resources=["aws_vpc"],
    aliases=["CKV2_AWS_12"],
    controls={"nist-800-53r5": ["AC-4", "CM-6", "SC-7(5)"], "cis-aws": ["1.4:5.3"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "default group not managed": """
            resource "aws_vpc" "main" {
              cidr_block = "10.0.0.0/16"
            }
        """,
        "default group with a rule": """
            resource "aws_vpc" "main" {
              cidr_block = "10.0.0.0/16"
            }

            resource "aws_default_security_group" "main" {
              vpc_id = aws_vpc.main.id
              ingress {
                from_port = 0
                to_port   = 0
                protocol  = "-1"
                self      = true
              }
            }
        """,
        "default group of another network": """
            resource "aws_vpc" "main" {
              cidr_block = "10.0.0.0/16"
            }

            resource "aws_vpc" "test" {
              cidr_block = "10.1.0.0/16"
            }

            resource "aws_default_security_group" "test" {
              vpc_id = aws_vpc.test.id
            }
        """,
        "a group that only bears the name": """
            resource "aws_vpc" "main" {
              cidr_block = "10.0.0.0/16"
            }

            resource "aws_security_group" "default" {
              name   = "default"
              vpc_id = aws_vpc.main.id
            }
        """,
    },
    good={
        "default group without rules": """
            resource "aws_vpc" "main" {
              cidr_block = "10.0.0.0/16"
            }

            resource "aws_default_security_group" "main" {
              vpc_id = aws_vpc.main.id
            }
        """,
        "two networks": """
            resource "aws_vpc" "main" {
              for_each   = toset(["10.0.0.0/16", "10.1.0.0/16"])
              cidr_block = each.key
            }

            resource "aws_default_security_group" "main" {
              for_each = aws_vpc.main
              vpc_id   = each.value.id
              ingress  = []
              egress   = []
            }
        """,
    },
)
def default_group_not_restricted(network: Resource) -> Iterator[Violation]:
    """VPC has a default security group that lets traffic through.

    AWS gives every VPC a group that lets its members talk to each other and to the whole internet, and whatever
    names no group of its own becomes a member. It cannot be deleted, only emptied.

    Add `resource "aws_default_security_group" "main" { vpc_id = aws_vpc.main.id }` without `ingress` and `egress`:
    Terraform then takes the rules out.
    """
    groups = satellites(network, _KIND, via="vpc_id")
    if not groups:
        gone = missing(network, _KIND, via="vpc_id")
        yield violation("", "default security group is as AWS makes it", evidence=gone)
    for group in groups:
        if any(_rules_of(group)):
            yield violation("", f"default security group has rules: {group.address}", evidence=[group.address])
