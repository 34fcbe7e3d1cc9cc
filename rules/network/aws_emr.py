"""Who reaches the machines of an EMR cluster."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_group_rules import INGRESS_RULE, RULE, openings

# registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/emr_cluster, "ec2_attributes"
_GROUPS = (
    "emr_managed_master_security_group",
    "emr_managed_slave_security_group",
    "additional_master_security_groups",
    "additional_slave_security_groups",
    "service_access_security_group",
)


@rule(
    id="aws-emr-block-public-access-off",
    severity="high",
    domain="network",
    resources=["aws_emr_block_public_access_configuration"],
    aliases=["CKV_AWS_390"],
    controls={"nist-800-53r5": ["AC-4", "CM-6", "SC-7"]},
    links=["https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-block-public-access.html"],
    since="0.2.0",
    bad={
        "switched off": """
            resource "aws_emr_block_public_access_configuration" "this" {
              block_public_security_group_rules = false
            }
        """,
        "switched off, with ports that are permitted": """
            resource "aws_emr_block_public_access_configuration" "this" {
              block_public_security_group_rules = "false"
              permitted_public_security_group_rule_range {
                min_range = 22
                max_range = 22
              }
            }
        """,
    },
    good={
        "switched on": """
            resource "aws_emr_block_public_access_configuration" "this" {
              block_public_security_group_rules = true
            }
        """,
        "switched on, but for one port": """
            resource "aws_emr_block_public_access_configuration" "this" {
              block_public_security_group_rules = true
              permitted_public_security_group_rule_range {
                min_range = 22
                max_range = 22
              }
            }
        """,
    },
)
def block_public_access_off(configuration: Resource) -> Iterator[Violation]:
    """EMR starts clusters whose security groups are open to the internet.

    The setting is for the whole region of the account: with it on, EMR refuses a cluster in a group that lets
    everybody in. Hadoop's own services ask for no password.

    Set `block_public_security_group_rules = true`.
    """
    if not configuration.get("block_public_security_group_rules"):
        yield violation("block_public_security_group_rules", "public access is not blocked")


@rule(
    id="aws-emr-cluster-open-to-world",
    severity="high",
    domain="network",
    resources=["aws_emr_cluster"],
    aliases=["CKV2_AWS_7"],
    controls={"nist-800-53r5": ["AC-4", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-security-groups.html"],
    since="0.2.0",
    wider=["administration-port-reachable-from-internet"],
    bad={
        "group of the master is open": """
            resource "aws_security_group" "emr" {
              name = "emr"
              ingress {
                from_port   = 8088
                to_port     = 8088
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }

            resource "aws_emr_cluster" "etl" {
              name          = "etl"
              release_label = "emr-7.1.0"
              service_role  = "emr"
              ec2_attributes {
                instance_profile                  = "emr"
                emr_managed_master_security_group = aws_security_group.emr.id
                emr_managed_slave_security_group  = "sg-0123456789abcdef0"
              }
              master_instance_group {
                instance_type = "m5.xlarge"
              }
            }
        """,
        "group of the workers is open, by a rule of its own over IPv6": """
            resource "aws_security_group" "emr" {
              name = "emr"
            }

            resource "aws_vpc_security_group_ingress_rule" "emr" {
              security_group_id = aws_security_group.emr.id
              ip_protocol       = "-1"
              cidr_ipv6         = "::/0"
            }

            resource "aws_emr_cluster" "etl" {
              name          = "etl"
              release_label = "emr-7.1.0"
              service_role  = "emr"
              ec2_attributes {
                instance_profile                 = "emr"
                emr_managed_slave_security_group = aws_security_group.emr.id
              }
              master_instance_group {
                instance_type = "m5.xlarge"
              }
            }
        """,
        "no groups of its own": """
            resource "aws_emr_cluster" "etl" {
              name          = "etl"
              release_label = "emr-7.1.0"
              service_role  = "emr"
              ec2_attributes {
                instance_profile = "emr"
              }
              master_instance_group {
                instance_type = "m5.xlarge"
              }
            }
        """,
    },
    good={
        "closed groups": """
            resource "aws_security_group" "emr" {
              name = "emr"
              ingress {
                from_port   = 8088
                to_port     = 8088
                protocol    = "tcp"
                cidr_blocks = ["10.0.0.0/16"]
              }
            }

            resource "aws_emr_cluster" "etl" {
              name          = "etl"
              release_label = "emr-7.1.0"
              service_role  = "emr"
              ec2_attributes {
                instance_profile                  = "emr"
                emr_managed_master_security_group = aws_security_group.emr.id
                emr_managed_slave_security_group  = aws_security_group.emr.id
              }
              master_instance_group {
                instance_type = "m5.xlarge"
              }
            }
        """,
        "an open group that is not the cluster's": """
            resource "aws_security_group" "web" {
              name = "web"
              ingress {
                from_port   = 443
                to_port     = 443
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/0"]
              }
            }

            resource "aws_security_group" "emr" {
              name = "emr"
            }

            resource "aws_emr_cluster" "etl" {
              name          = "etl"
              release_label = "emr-7.1.0"
              service_role  = "emr"
              ec2_attributes {
                instance_profile                  = "emr"
                emr_managed_master_security_group = aws_security_group.emr.id
                emr_managed_slave_security_group  = aws_security_group.emr.id
              }
              master_instance_group {
                instance_type = "m5.xlarge"
              }
            }
        """,
        "group of the workers only": """
            resource "aws_emr_cluster" "etl" {
              name          = "etl"
              release_label = "emr-7.1.0"
              service_role  = "emr"
              ec2_attributes {
                instance_profile = "emr"
                emr_managed_slave_security_group = "sg-0123456789abcdef0"
              }
              master_instance_group {
                instance_type = "m5.xlarge"
              }
            }
        """,
        "further group of the master only": """
            resource "aws_emr_cluster" "etl" {
              name          = "etl"
              release_label = "emr-7.1.0"
              service_role  = "emr"
              ec2_attributes {
                instance_profile = "emr"
                additional_master_security_groups = "sg-0123456789abcdef0"
              }
              master_instance_group {
                instance_type = "m5.xlarge"
              }
            }
        """,
        "further group of the workers only": """
            resource "aws_emr_cluster" "etl" {
              name          = "etl"
              release_label = "emr-7.1.0"
              service_role  = "emr"
              ec2_attributes {
                instance_profile = "emr"
                additional_slave_security_groups = "sg-0123456789abcdef0"
              }
              master_instance_group {
                instance_type = "m5.xlarge"
              }
            }
        """,
        "group of the service only": """
            resource "aws_emr_cluster" "etl" {
              name          = "etl"
              release_label = "emr-7.1.0"
              service_role  = "emr"
              ec2_attributes {
                instance_profile = "emr"
                service_access_security_group = "sg-0123456789abcdef0"
              }
              master_instance_group {
                instance_type = "m5.xlarge"
              }
            }
        """,
        "groups that are not in the plan": """
            resource "aws_emr_cluster" "etl" {
              name          = "etl"
              release_label = "emr-7.1.0"
              service_role  = "emr"
              ec2_attributes {
                instance_profile                  = "emr"
                emr_managed_master_security_group = "sg-0123456789abcdef0"
                emr_managed_slave_security_group  = "sg-0123456789abcdef1"
              }
              master_instance_group {
                instance_type = "m5.xlarge"
              }
            }
        """,
    },
)
def cluster_open_to_world(cluster: Resource) -> Iterator[Violation]:
    """EMR cluster is in a security group that is not kept shut.

    The services of Hadoop and Spark run whatever code they are handed and ask for no password, so an open port of
    theirs is a machine for hire. A cluster that names no groups gets the default ones of EMR, which all clusters of
    the network share, and which no plan shows.

    In `ec2_attributes` name groups of your own in `emr_managed_master_security_group` and
    `emr_managed_slave_security_group`, and let no `0.0.0.0/0` or `::/0` into them.
    """
    if not any(cluster.is_set(f"ec2_attributes.{name}") for name in _GROUPS):
        yield violation("ec2_attributes", "no security groups of its own")
    for group in cluster.references("aws_security_group", via="ec2_attributes"):
        for one in (group, *_rules_of(group)):
            for _, ports, source in openings(one, lambda _: True):
                yield violation("ec2_attributes", f"{ports} from {source}", evidence=[one.address])


def _rules_of(group: Resource) -> Iterator[Resource]:
    for kind in (RULE, INGRESS_RULE):
        yield from group.referrers(kind, via="security_group_id")
