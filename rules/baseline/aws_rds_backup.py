"""Automated backups of RDS databases."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

# registry.terraform.io, aws_db_instance: "backup_retention_period … Default is 0"; aws_rds_cluster: "Default 1"
_DEFAULT_DAYS = {"aws_db_instance": 0, "aws_rds_cluster": 1}


def _days(database: Resource) -> int:
    """How many days backups are kept."""
    return int(database.effective("backup_retention_period", _DEFAULT_DAYS[database.type]))


def _is_replica(database: Resource) -> bool:
    """Whether it is a copy of another database, whose backups count."""
    return database.is_set("replicate_source_db") or database.is_set("replication_source_identifier")


@rule(
    id="aws-rds-backup-off",
    severity="medium",
    domain="baseline",
    resources=["aws_db_instance", "aws_rds_cluster"],
    aliases=["CKV_AWS_133"],
    controls={"nist-800-53r5": ["CP-9", "CP-10", "SI-12"]},
    links=["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html"],
    since="0.2.0",
    wider=["aws-rds-backup-kept-one-day"],
    bad={
        "instance, nothing said": """
            resource "aws_db_instance" "orders" {
              identifier        = "orders"
              engine            = "postgres"
              instance_class    = "db.t4g.medium"
              allocated_storage = 20
              username          = "orders"

              manage_master_user_password = true
            }
        """,
        "instance, switched off": """
            resource "aws_db_instance" "orders" {
              identifier        = "orders"
              engine            = "postgres"
              instance_class    = "db.t4g.medium"
              allocated_storage = 20
              username          = "orders"

              backup_retention_period     = 0
              manage_master_user_password = true
            }
        """,
        "cluster, switched off": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              master_username    = "orders"

              backup_retention_period     = "0"
              manage_master_user_password = true
            }
        """,
    },
    good={
        "instance, a day": """
            resource "aws_db_instance" "orders" {
              identifier        = "orders"
              engine            = "postgres"
              instance_class    = "db.t4g.medium"
              allocated_storage = 20
              username          = "orders"

              backup_retention_period     = 1
              manage_master_user_password = true
            }
        """,
        "cluster, nothing said: a day": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              master_username    = "orders"

              manage_master_user_password = true
            }
        """,
        "cluster, a week": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              master_username    = "orders"

              backup_retention_period     = 7
              manage_master_user_password = true
            }
        """,
        "replica that says nothing": """
            resource "aws_db_instance" "replica" {
              identifier          = "orders-replica"
              replicate_source_db = "orders"
              instance_class      = "db.t4g.medium"
            }
        """,
        "replica by reference": """
            resource "aws_db_instance" "orders" {
              identifier        = "orders"
              engine            = "postgres"
              instance_class    = "db.t4g.medium"
              allocated_storage = 20
              username          = "orders"

              backup_retention_period     = 7
              manage_master_user_password = true
            }

            resource "aws_db_instance" "replica" {
              identifier          = "orders-replica"
              replicate_source_db = aws_db_instance.orders.identifier
              instance_class      = "db.t4g.medium"
            }
        """,
    },
    undetermined={
        "not known yet": """
            resource "terraform_data" "value" {
              input = 7
            }

            resource "aws_db_instance" "orders" {
              identifier        = "orders"
              engine            = "postgres"
              instance_class    = "db.t4g.medium"
              allocated_storage = 20
              username          = "orders"

              backup_retention_period     = terraform_data.value.output
              manage_master_user_password = true
            }
        """,
    },
)
def backup_off(database: Resource) -> Iterator[Violation]:
    """RDS database is not backed up.

    Without automated backups there is neither a snapshot of last night nor a way back to the moment before a mistake.
    An instance that says nothing has none. A replica is as its source is, and the source is judged.

    Set `backup_retention_period = 7`, or as many days, up to 35, as the recovery objective of the data asks for.
    """
    if _days(database) == 0 and not _is_replica(database):
        yield violation("backup_retention_period", "no automated backups")


@rule(
    id="aws-rds-backup-kept-one-day",
    severity="medium",
    domain="baseline",
    resources=["aws_db_instance", "aws_rds_cluster"],
    aliases=["AVD-AWS-0077"],
    controls={"nist-800-53r5": ["CP-9", "CP-10", "SI-12"]},
    links=["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html"],
    since="0.2.0",
    bad={
        "instance, nothing said": """
            resource "aws_db_instance" "orders" {
              identifier        = "orders"
              engine            = "postgres"
              instance_class    = "db.t4g.medium"
              allocated_storage = 20
              username          = "orders"

              manage_master_user_password = true
            }
        """,
        "instance, a day": """
            resource "aws_db_instance" "orders" {
              identifier        = "orders"
              engine            = "postgres"
              instance_class    = "db.t4g.medium"
              allocated_storage = 20
              username          = "orders"

              backup_retention_period     = 1
              manage_master_user_password = true
            }
        """,
        "cluster, nothing said: a day": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              master_username    = "orders"

              manage_master_user_password = true
            }
        """,
        "cluster, switched off": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              master_username    = "orders"

              backup_retention_period     = 0
              manage_master_user_password = true
            }
        """,
    },
    good={
        "instance, two days": """
            resource "aws_db_instance" "orders" {
              identifier        = "orders"
              engine            = "postgres"
              instance_class    = "db.t4g.medium"
              allocated_storage = 20
              username          = "orders"

              backup_retention_period     = 2
              manage_master_user_password = true
            }
        """,
        "instance, as a text": """
            resource "aws_db_instance" "orders" {
              identifier        = "orders"
              engine            = "postgres"
              instance_class    = "db.t4g.medium"
              allocated_storage = 20
              username          = "orders"

              backup_retention_period     = "14"
              manage_master_user_password = true
            }
        """,
        "cluster, a week": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              master_username    = "orders"

              backup_retention_period     = 7
              manage_master_user_password = true
            }
        """,
        "replica that says nothing": """
            resource "aws_db_instance" "replica" {
              identifier          = "orders-replica"
              replicate_source_db = "orders"
              instance_class      = "db.t4g.medium"
            }
        """,
        "cluster that replicates another": """
            resource "aws_rds_cluster" "replica" {
              cluster_identifier            = "orders-replica"
              engine                        = "aurora-postgresql"
              replication_source_identifier = "arn:aws:rds:eu-west-1:111122223333:cluster:orders"
            }
        """,
    },
    undetermined={
        "not known yet": """
            resource "terraform_data" "value" {
              input = 7
            }

            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              master_username    = "orders"

              backup_retention_period     = terraform_data.value.output
              manage_master_user_password = true
            }
        """,
    },
)
def backup_kept_one_day(database: Resource) -> Iterator[Violation]:
    """Backups of an RDS database are kept for a day at most.

    A mistake on Friday evening is found on Monday, when the last good backup is gone. One day is what the provider
    takes for a cluster that says nothing. A replica is as its source is, and the source is judged.

    Set `backup_retention_period = 7`, or as many days, up to 35, as the recovery objective of the data asks for.
    """
    days = _days(database)
    if days < 2 and not _is_replica(database):
        yield violation("backup_retention_period", f"kept for {days} days" if days != 1 else "kept for one day")
