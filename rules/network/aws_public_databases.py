"""Warehouses, databases of graphs and replication instances of AWS with an address on the internet."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from .._satellite import given
from ._stepping_back import weighed_store

_COMMON_USERS = ("awsuser", "administrator", "admin")


@rule(
    id="aws-redshift-publicly-accessible",
    severity="critical",
    domain="network",
    resources=["aws_redshift_cluster"],
    aliases=["CKV_AWS_87"],
    controls={"nist-800-53r5": ["AC-4", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/redshift/latest/mgmt/managing-clusters-vpc.html"],
    since="0.2.0",
    bad={
        "switched on": """
            resource "aws_redshift_cluster" "sales" {
              cluster_identifier  = "sales"
              node_type           = "ra3.xlplus"
              publicly_accessible = true
            }
        """,
        "nothing said": """
            resource "aws_redshift_cluster" "sales" {
              cluster_identifier = "sales"
              node_type          = "ra3.xlplus"
            }
        """,
    },
    good={
        "switched off": """
            resource "aws_redshift_cluster" "sales" {
              cluster_identifier  = "sales"
              node_type           = "ra3.xlplus"
              publicly_accessible = false
            }
        """,
        "switched off, as text": """
            resource "aws_redshift_cluster" "sales" {
              cluster_identifier  = "sales"
              node_type           = "ra3.xlplus"
              publicly_accessible = "false"
            }
        """,
    },
)
def warehouse_publicly_accessible(cluster: Resource) -> Iterator[Violation]:
    """Redshift cluster is publicly accessible.

    It gets an address that can be reached from everywhere: a security group is then all that stands between the
    internet and the log-in of the warehouse.

    Set `publicly_accessible = false`, and say so: up to version 5 of the provider, what is left out means `true`.
    """
    # Nothing said: "Default is true" up to version 5, "Default is false" from version 6 on; each writes its own into
    # the plan (registry.terraform.io/providers/hashicorp/aws/5.0.0/docs/resources/redshift_cluster).
    if cluster.get("publicly_accessible"):
        yield weighed_store(cluster, "publicly_accessible", "has a public address")


@rule(
    id="aws-redshift-public-with-common-user",
    severity="critical",
    domain="network",
    resources=["aws_redshift_cluster"],
    aliases=["CKV_AWS_391"],
    controls={"nist-800-53r5": ["AC-4", "IA-5", "SC-7"]},
    links=["https://docs.aws.amazon.com/redshift/latest/mgmt/managing-clusters-vpc.html"],
    since="0.2.0",
    wider=["aws-redshift-publicly-accessible"],
    bad={
        "the name of the manuals": """
            resource "aws_redshift_cluster" "sales" {
              cluster_identifier  = "sales"
              node_type           = "ra3.xlplus"
              master_username     = "awsuser"
              publicly_accessible = true
            }
        """,
        "capital letters, and nothing said about access": """
            resource "aws_redshift_cluster" "sales" {
              cluster_identifier = "sales"
              node_type          = "ra3.xlplus"
              master_username    = "Administrator"
            }
        """,
        "a short one": """
            resource "aws_redshift_cluster" "sales" {
              cluster_identifier  = "sales"
              node_type           = "ra3.xlplus"
              master_username     = "admin"
              publicly_accessible = true
            }
        """,
    },
    good={
        "not public": """
            resource "aws_redshift_cluster" "sales" {
              cluster_identifier  = "sales"
              node_type           = "ra3.xlplus"
              master_username     = "awsuser"
              publicly_accessible = false
            }
        """,
        "another name": """
            resource "aws_redshift_cluster" "sales" {
              cluster_identifier  = "sales"
              node_type           = "ra3.xlplus"
              master_username     = "warehouse_owner"
              publicly_accessible = true
            }
        """,
        "restored, with the name of the snapshot": """
            resource "aws_redshift_cluster" "sales" {
              cluster_identifier  = "sales"
              node_type           = "ra3.xlplus"
              snapshot_identifier = "sales-2026-01-01"
              publicly_accessible = true
            }
        """,
    },
)
def warehouse_public_with_common_user(cluster: Resource) -> Iterator[Violation]:
    """Publicly accessible Redshift cluster has a user name that everybody guesses.

    The cluster answers everywhere, and half of the log-in is known: only the password is left to be tried.

    Set `publicly_accessible = false`; and choose a `master_username` of your own, neither `awsuser` nor
    `administrator` nor `admin`.
    """
    user = cluster.get("master_username", "")
    if cluster.get("publicly_accessible") and user.lower() in _COMMON_USERS:
        message = f"has a public address, and the user {user}"
        yield weighed_store(cluster, "publicly_accessible", message)


@rule(
    id="aws-neptune-publicly-accessible",
    severity="high",
    domain="network",
    resources=["aws_neptune_cluster_instance"],
    aliases=["CKV_AWS_102"],
    controls={"nist-800-53r5": ["AC-4", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/neptune/latest/userguide/neptune-public-endpoints.html"],
    since="0.2.0",
    wider=["database-reachable-from-internet"],
    bad={
        "switched on": """
            resource "aws_neptune_cluster_instance" "friends" {
              cluster_identifier  = "friends"
              instance_class      = "db.r6g.large"
              publicly_accessible = true
            }
        """,
        "one of several": """
            resource "aws_neptune_cluster_instance" "friends" {
              count               = 2
              cluster_identifier  = "friends"
              instance_class      = "db.r6g.large"
              publicly_accessible = count.index == 1
            }
        """,
    },
    good={
        "switched off": """
            resource "aws_neptune_cluster_instance" "friends" {
              cluster_identifier  = "friends"
              instance_class      = "db.r6g.large"
              publicly_accessible = false
            }
        """,
        "nothing said": """
            resource "aws_neptune_cluster_instance" "friends" {
              cluster_identifier = "friends"
              instance_class     = "db.r6g.large"
            }
        """,
    },
)
def graph_publicly_accessible(instance: Resource) -> Iterator[Violation]:
    """Neptune instance is publicly accessible.

    It gets a public address, and a security group is then all that stands between the internet and the graph.

    Set `publicly_accessible = false`, or leave it out, and let applications in the VPC do the asking.
    """
    # Nothing said: "Default is false" (registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/
    # neptune_cluster_instance).
    if instance.get("publicly_accessible"):
        yield weighed_store(instance, "publicly_accessible", "has a public address")


@rule(
    id="aws-dms-publicly-accessible",
    severity="high",
    domain="network",
    resources=["aws_dms_replication_instance"],
    aliases=["CKV_AWS_89"],
    controls={"nist-800-53r5": ["AC-4", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.html"],
    since="0.2.0",
    bad={
        "switched on": """
            resource "aws_dms_replication_instance" "move" {
              replication_instance_id    = "move"
              replication_instance_class = "dms.t3.medium"
              publicly_accessible        = true
            }
        """,
        "switched on, as text": """
            resource "aws_dms_replication_instance" "move" {
              replication_instance_id    = "move"
              replication_instance_class = "dms.t3.medium"
              publicly_accessible        = "true"
            }
        """,
    },
    good={
        "switched off": """
            resource "aws_dms_replication_instance" "move" {
              replication_instance_id    = "move"
              replication_instance_class = "dms.t3.medium"
              publicly_accessible        = false
            }
        """,
        "nothing said": """
            resource "aws_dms_replication_instance" "move" {
              replication_instance_id    = "move"
              replication_instance_class = "dms.t3.medium"
            }
        """,
    },
)
def replication_publicly_accessible(instance: Resource) -> Iterator[Violation]:
    """DMS replication instance is publicly accessible.

    The instance holds the log-ins of both databases and carries all of their rows; with a public address, only a
    security group keeps strangers away from it.

    Set `publicly_accessible = false`, and reach a database elsewhere through a VPN or a peering connection. That
    replaces an instance that exists; tasks stop for as long.
    """
    # "A value of false represents an instance with a private IP address"; the provider sends false where nothing is
    # said (registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dms_replication_instance).
    if given(instance, "publicly_accessible", False):
        yield weighed_store(instance, "publicly_accessible", "has a public address")
