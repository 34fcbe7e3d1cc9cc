"""Databases with an address on the internet."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from .._satellite import given
from ._stepping_back import weighed_store


@rule(
    id="aws-rds-publicly-accessible",
    severity="high",
    domain="network",
    resources=["aws_db_instance", "aws_rds_cluster_instance"],
    aliases=["CKV_AWS_17", "AVD-AWS-0180"],
    controls={"nist-800-53r5": ["AC-4", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html"],
    wider=["database-reachable-from-internet"],
    bad={
        "instance": """
            resource "aws_db_instance" "orders" {
              identifier          = "orders"
              engine              = "postgres"
              instance_class      = "db.t4g.medium"
              allocated_storage   = 20
              username            = "orders"
              storage_encrypted   = true
              publicly_accessible = true

              manage_master_user_password = true
            }
        """,
        "instance of a cluster": """
            resource "aws_rds_cluster_instance" "orders" {
              cluster_identifier  = "orders"
              engine              = "aurora-postgresql"
              instance_class      = "db.r6g.large"
              publicly_accessible = true
            }
        """,
    },
    good={
        "private instance": """
            resource "aws_db_instance" "orders" {
              identifier          = "orders"
              engine              = "postgres"
              instance_class      = "db.t4g.medium"
              allocated_storage   = 20
              username            = "orders"
              storage_encrypted   = true
              publicly_accessible = false

              manage_master_user_password = true
            }
        """,
        "left to the default": """
            resource "aws_rds_cluster_instance" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              instance_class     = "db.r6g.large"
            }
        """,
    },
)
def database_publicly_accessible(instance: Resource) -> Iterator[Violation]:
    """Database instance is publicly accessible.

    It gets a public address and a name that resolves to it everywhere: a security group is then all that stands
    between the internet and the log-in prompt of the database.

    Set `publicly_accessible = false`, and put the instance into private subnets with `db_subnet_group_name`. People
    reach it through a VPN or a port forwarded by Session Manager.
    """
    if given(instance, "publicly_accessible", False):
        yield weighed_store(instance, "publicly_accessible", "has a public address")
