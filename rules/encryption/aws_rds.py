"""RDS: instances, clusters and their snapshots at rest."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Undetermined, Violation, rule, violation

_SOURCES = ("replicate_source_db", "replication_source_identifier")
_COPIED_FROM = ("snapshot_identifier", "restore_to_point_in_time")


@rule(
    id="aws-rds-storage-unencrypted",
    severity="high",
    domain="encryption",
    resources=["aws_db_instance", "aws_rds_cluster"],
    aliases=["CKV_AWS_16", "CKV_AWS_96", "AVD-AWS-0080"],
    controls={"nist-800-53r5": ["SC-13", "SC-28", "SC-28(1)"], "cis-aws": ["1.4:2.3.1"]},
    links=["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html"],
    bad={
        "instance, switched off": """
            resource "aws_db_instance" "orders" {
              identifier        = "orders"
              engine            = "postgres"
              instance_class    = "db.t4g.medium"
              allocated_storage = 20
              storage_encrypted = false
            }
        """,
        "instance, nothing said": """
            resource "aws_db_instance" "orders" {
              identifier        = "orders"
              engine            = "postgres"
              instance_class    = "db.t4g.medium"
              allocated_storage = 20
            }
        """,
        "cluster, switched off": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              storage_encrypted  = false
            }
        """,
        "cluster, nothing said": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              engine_mode        = "provisioned"
            }
        """,
        "replica that says no": """
            resource "aws_db_instance" "replica" {
              identifier          = "orders-replica"
              replicate_source_db = "arn:aws:rds:eu-west-1:111122223333:db:orders"
              instance_class      = "db.t4g.medium"
              storage_encrypted   = false
            }
        """,
    },
    good={
        "instance": """
            resource "aws_db_instance" "orders" {
              identifier        = "orders"
              engine            = "postgres"
              instance_class    = "db.t4g.medium"
              allocated_storage = 20
              storage_encrypted = "true"
            }
        """,
        "cluster with an instance": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              storage_encrypted  = true
            }

            resource "aws_rds_cluster_instance" "orders" {
              cluster_identifier = aws_rds_cluster.orders.id
              engine             = "aurora-postgresql"
              instance_class     = "db.r6g.large"
            }
        """,
        "serverless cluster that says nothing": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-mysql"
              engine_mode        = "serverless"
            }
        """,
        "replica that says nothing": """
            resource "aws_db_instance" "replica" {
              identifier          = "orders-replica"
              replicate_source_db = "orders"
              instance_class      = "db.t4g.medium"
            }
        """,
        "replica of a cluster that says nothing": """
            resource "aws_rds_cluster" "replica" {
              cluster_identifier            = "orders-replica"
              engine                        = "aurora-mysql"
              replication_source_identifier = "arn:aws:rds:eu-west-1:111122223333:cluster:orders"
            }
        """,
    },
    undetermined={
        "as its snapshot is": """
            resource "aws_db_instance" "orders" {
              identifier          = "orders"
              instance_class      = "db.t4g.medium"
              snapshot_identifier = "orders-before-migration"
            }
        """,
        "as the instance was that it is restored from": """
            resource "aws_db_instance" "orders" {
              identifier     = "orders-yesterday"
              instance_class = "db.t4g.medium"
              restore_to_point_in_time {
                source_db_instance_identifier = "orders"
                restore_time                  = "2026-10-01T12:00:00Z"
              }
            }
        """,
    },
)
def storage_unencrypted(database: Resource) -> Iterator[Violation]:
    """RDS storage is not encrypted.

    Storage, automated backups, snapshots and read replicas are all as unencrypted as the database they come from, and
    a snapshot is easily shared. Instances of an Aurora cluster have the cluster's storage: the cluster is judged,
    they are not. A replica that says nothing is as its source is, and the source is judged.

    Set `storage_encrypted = true`, and `kms_key_id` to a key of your own where you want to decide who may use it. A
    database that exists is replaced by that: restore it from an encrypted copy of a snapshot instead.
    """
    encrypted = database.effective("storage_encrypted", "unset")
    if encrypted == "unset":
        encrypted = _default(database)
    if not encrypted:
        yield violation("storage_encrypted", "storage is not encrypted")


def _default(database: Resource) -> bool:
    """Whether a database that says nothing is encrypted.

    :raises Undetermined: when it is made from another one, and is what that is
    """
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/rds_cluster#storage_encrypted
    if database.get("engine_mode") == "serverless" or any(map(database.is_set, _SOURCES)):
        return True
    for path in _COPIED_FROM:
        if database.is_set(path):
            raise Undetermined(("storage_encrypted",), database, (), "it is encrypted if what it is restored from is")
    return False


@rule(
    id="aws-rds-cluster-without-customer-key",
    severity="medium",
    domain="encryption",
    resources=["aws_rds_cluster"],
    aliases=["CKV_AWS_327", "AVD-AWS-0079"],
    controls={"nist-800-53r5": ["SC-12", "SC-13", "SC-28(1)"]},
    links=["https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html"],
    since="0.2.0",
    wider=["aws-rds-storage-unencrypted"],
    bad={
        "encrypted with the key of the account": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              storage_encrypted  = true
            }
        """,
        "empty key": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              storage_encrypted  = true
              kms_key_id         = ""
            }
        """,
        "a key, but switched off": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              storage_encrypted  = false
              kms_key_id         = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f"
            }
        """,
    },
    good={
        "key of this plan": """
            resource "aws_kms_key" "orders" {
              description = "orders"
            }

            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              storage_encrypted  = true
              kms_key_id         = aws_kms_key.orders.arn
            }
        """,
        "key by its arn": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              storage_encrypted  = true
              kms_key_id         = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f"
            }
        """,
        "serverless cluster, which is always encrypted": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-mysql"
              engine_mode        = "serverless"
              kms_key_id         = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f"
            }
        """,
    },
    undetermined={
        "a key that may turn out to be null": """
            resource "terraform_data" "key" {
              input = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f"
            }

            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              storage_encrypted  = true
              kms_key_id         = terraform_data.key.output
            }
        """,
    },
)
def cluster_without_customer_key(cluster: Resource) -> Iterator[Violation]:
    """Aurora cluster is not encrypted with a key of one's own.

    With the key that AWS manages, everybody who may restore a snapshot may read it, a snapshot cannot be shared with
    another account, and nobody can take the key away.

    Set `storage_encrypted = true` and `kms_key_id = aws_kms_key.<name>.arn`. The key of a cluster that exists cannot
    be changed: restore it from a snapshot, with the new key.
    """
    if not cluster.is_set("kms_key_id"):
        yield violation("storage_encrypted", "no key of its own")
    elif not cluster.effective("storage_encrypted", True):
        yield violation("storage_encrypted", "a key, but encryption is off")


@rule(
    id="aws-rds-cluster-snapshot-unencrypted",
    severity="high",
    domain="encryption",
    resources=["aws_db_cluster_snapshot"],
    aliases=["CKV_AWS_146"],
    controls={"nist-800-53r5": ["CP-9(8)", "SC-13", "SC-28", "SC-28(1)"]},
    links=["https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html"],
    since="0.2.0",
    bad={
        "of a cluster that is switched off": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              storage_encrypted  = false
            }

            resource "aws_db_cluster_snapshot" "orders" {
              db_cluster_identifier          = aws_rds_cluster.orders.id
              db_cluster_snapshot_identifier = "orders-before-migration"
            }
        """,
        "of a cluster that says nothing": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
            }

            resource "aws_db_cluster_snapshot" "orders" {
              db_cluster_identifier          = aws_rds_cluster.orders.cluster_identifier
              db_cluster_snapshot_identifier = "orders-before-migration"
            }
        """,
    },
    good={
        "of an encrypted cluster": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              storage_encrypted  = true
            }

            resource "aws_db_cluster_snapshot" "orders" {
              db_cluster_identifier          = aws_rds_cluster.orders.id
              db_cluster_snapshot_identifier = "orders-before-migration"
            }
        """,
    },
    undetermined={
        "of a cluster that is not in the plan": """
            resource "aws_db_cluster_snapshot" "orders" {
              db_cluster_identifier          = "orders"
              db_cluster_snapshot_identifier = "orders-before-migration"
            }
        """,
    },
)
def snapshot_unencrypted(snapshot: Resource) -> Iterator[Violation]:
    """Snapshot of an RDS cluster is not encrypted.

    A snapshot holds everything, outlives the cluster, and is shared with another account in one step. It is encrypted
    if its cluster is; nothing in the snapshot itself can be set.

    Set `storage_encrypted = true` in the `aws_rds_cluster`, which replaces it. To keep the data, copy the snapshot
    with a key, and restore the cluster from the copy.
    """
    for cluster in snapshot.references("aws_rds_cluster", via="db_cluster_identifier"):
        encrypted = cluster.effective("storage_encrypted", "unset")
        if not (_default(cluster) if encrypted == "unset" else encrypted):
            yield violation("db_cluster_identifier", "its cluster is not encrypted", evidence=[cluster.address])
        return
    if not snapshot.get("storage_encrypted", False):
        yield violation("storage_encrypted", "not encrypted")
