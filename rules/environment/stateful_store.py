"""Data that a plan destroys, or lets go of."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Violation, change_rule, violation

from ._before_after import dropped
from ._destruction import cause, leftover, order, unhindered
from ._keys import KEYS
from ._stateful import STORES, has_own_data, kept_by


@change_rule(
    id="stateful-store-deleted",
    severity="high",
    domain="environment",
    resources=STORES,
    controls={"nist-800-53r5": ["CM-3", "CP-9", "SI-12"]},
    links=["https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy"],
    bad={
        "one instance fewer": (
            """
                resource "aws_ebs_volume" "data" {
                  count             = 3
                  availability_zone = "eu-west-1a"
                  size              = 100
                  encrypted         = true
                }
                """,
            """
                resource "aws_ebs_volume" "data" {
                  count             = 2
                  availability_zone = "eu-west-1a"
                  size              = 100
                  encrypted         = true
                }
                """,
        ),
        "stores of AWS": dropped(
            """
                resource "aws_backup_logically_air_gapped_vault" "copies" {
                  name               = "copies"
                  min_retention_days = 7
                  max_retention_days = 35
                }

                resource "aws_cloudfront_key_value_store" "redirects" {
                  name = "redirects"
                }

                resource "aws_cognito_user_pool" "customers" {
                  name = "customers"
                }

                resource "aws_sqs_queue" "jobs" {
                  name = "jobs"
                }
            """
        ),
        "stores of Azure": dropped(
            """
                resource "azurerm_cosmosdb_gremlin_graph" "friends" {
                  name                = "friends"
                  account_name        = "cosmos-shop"
                  database_name       = "social"
                  resource_group_name = "rg-data"
                  partition_key_path  = "/person"
                }

                resource "azurerm_cosmosdb_postgresql_cluster" "orders" {
                  name                = "orders"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  node_count          = 2
                }

                resource "azurerm_kusto_cluster" "events" {
                  name                = "events"
                  location            = "westeurope"
                  resource_group_name = "rg-data"

                  sku {
                    name = "Standard_D13_v2"
                  }
                }

                resource "azurerm_servicebus_namespace" "jobs" {
                  name                = "jobs"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  sku                 = "Standard"
                }
            """
        ),
        "stores of Google": dropped(
            """
                resource "google_artifact_registry_repository" "images" {
                  repository_id = "images"
                  location      = "europe-west1"
                  format        = "DOCKER"
                }

                resource "google_compute_region_disk" "data" {
                  name          = "data"
                  region        = "europe-west1"
                  replica_zones = ["europe-west1-b", "europe-west1-c"]
                  size          = 100
                }

                resource "google_healthcare_dicom_store" "images" {
                  name    = "images"
                  dataset = "projects/acme-platform/locations/europe-west1/datasets/clinic"
                }

                resource "google_logging_folder_bucket_config" "audit" {
                  folder    = "folders/123456789012"
                  location  = "global"
                  bucket_id = "audit"
                }
            """
        ),
        "stores of a Kubernetes cluster": dropped(
            """
                resource "kubernetes_namespace" "shop" {
                  metadata {
                    name = "shop"
                  }
                }

                resource "kubernetes_namespace_v1" "mail" {
                  metadata {
                    name = "mail"
                  }
                }

                resource "kubernetes_persistent_volume" "orders" {
                  metadata {
                    name = "orders"
                  }

                  spec {
                    access_modes                     = ["ReadWriteOnce"]
                    capacity                         = { storage = "10Gi" }
                    persistent_volume_reclaim_policy = "Delete"

                    persistent_volume_source {
                      csi {
                        driver        = "ebs.csi.aws.com"
                        volume_handle = "vol-0123456789abcdef0"
                      }
                    }
                  }
                }

                resource "kubernetes_persistent_volume_claim_v1" "orders" {
                  metadata {
                    name = "orders"
                  }

                  spec {
                    access_modes = ["ReadWriteOnce"]

                    resources {
                      requests = { storage = "10Gi" }
                    }
                  }
                }
            """
        ),
    },
    good={
        "changed in place": (
            """
                resource "aws_sqs_queue" "jobs" {
                  name                       = "jobs"
                  visibility_timeout_seconds = 30
                }
                """,
            """
                resource "aws_sqs_queue" "jobs" {
                  name                       = "jobs"
                  visibility_timeout_seconds = 60
                }

                resource "aws_sqs_queue" "mails" {
                  name = "mails"
                }
                """,
        ),
        "another address": (
            """
                resource "aws_dynamodb_table" "orders" {
                  name         = "orders"
                  billing_mode = "PAY_PER_REQUEST"
                  hash_key     = "id"

                  attribute {
                    name = "id"
                    type = "S"
                  }
                }
                """,
            """
                resource "aws_dynamodb_table" "all_orders" {
                  name         = "orders"
                  billing_mode = "PAY_PER_REQUEST"
                  hash_key     = "id"

                  attribute {
                    name = "id"
                    type = "S"
                  }
                }

                moved {
                  from = aws_dynamodb_table.orders
                  to   = aws_dynamodb_table.all_orders
                }
                """,
        ),
        "a copy of data that stays": (
            """
                resource "aws_db_instance" "orders" {
                  identifier        = "orders"
                  engine            = "postgres"
                  instance_class    = "db.t4g.medium"
                  allocated_storage = 50
                  storage_encrypted = true
                }

                resource "aws_db_instance" "reading" {
                  identifier          = "orders-reading"
                  instance_class      = "db.t4g.medium"
                  replicate_source_db = aws_db_instance.orders.identifier
                  skip_final_snapshot = true
                }

                resource "google_bigquery_table" "recent" {
                  dataset_id          = "mart"
                  table_id            = "recent"
                  deletion_protection = false

                  view {
                    query          = "SELECT * FROM mart.orders WHERE day > DATE_SUB(CURRENT_DATE(), INTERVAL 7 DAY)"
                    use_legacy_sql = false
                  }
                }

                resource "azurerm_mysql_flexible_server" "reading" {
                  name                = "mysql-reading"
                  location            = "northeurope"
                  resource_group_name = "rg-data"
                  create_mode         = "Replica"
                  source_server_id    = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.DBforMySQL/flexibleServers/mysql-orders"
                }

                resource "google_alloydb_cluster" "reading" {
                  cluster_id          = "reading"
                  location            = "europe-west4"
                  cluster_type        = "SECONDARY"
                  deletion_protection = false

                  network_config {
                    network = "projects/acme-platform/global/networks/main"
                  }

                  secondary_config {
                    primary_cluster_name = "projects/acme-platform/locations/europe-west1/clusters/orders"
                  }
                }

                resource "aws_rds_cluster" "reading" {
                  cluster_identifier            = "orders-reading"
                  engine                        = "aurora-mysql"
                  replication_source_identifier = "arn:aws:rds:eu-west-1:111122223333:cluster:orders"
                  skip_final_snapshot           = true
                }

                resource "azurerm_mssql_database" "reading" {
                  for_each                    = toset(["Secondary", "OnlineSecondary"])
                  name                        = "orders-${each.key}"
                  server_id                   = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.Sql/servers/sql-acme"
                  create_mode                 = each.key
                  creation_source_database_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.Sql/servers/sql-orders/databases/orders"
                }

                resource "google_bigquery_table" "by_day" {
                  dataset_id          = "mart"
                  table_id            = "by_day"
                  deletion_protection = false

                  materialized_view {
                    query = "SELECT day, COUNT(*) AS orders FROM mart.orders GROUP BY day"
                  }
                }

                resource "google_bigquery_table" "exports" {
                  dataset_id          = "mart"
                  table_id            = "exports"
                  deletion_protection = false

                  external_data_configuration {
                    autodetect    = true
                    source_format = "CSV"
                    source_uris   = ["gs://acme-exports/*.csv"]
                  }
                }
                """,
            """
                resource "aws_db_instance" "orders" {
                  identifier        = "orders"
                  engine            = "postgres"
                  instance_class    = "db.t4g.medium"
                  allocated_storage = 50
                  storage_encrypted = true
                }
                """,
        ),
        "kept by its provider": dropped(
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name         = "/acme/audit"
                  skip_destroy = true
                }

                resource "google_sql_database" "orders" {
                  name            = "orders"
                  instance        = "orders"
                  deletion_policy = "ABANDON"
                }

                resource "kubernetes_persistent_volume_v1" "orders" {
                  metadata {
                    name = "orders"
                  }

                  spec {
                    access_modes                     = ["ReadWriteOnce"]
                    capacity                         = { storage = "10Gi" }
                    persistent_volume_reclaim_policy = "Retain"

                    persistent_volume_source {
                      csi {
                        driver        = "ebs.csi.aws.com"
                        volume_handle = "vol-0123456789abcdef0"
                      }
                    }
                  }
                }
            """
        ),
    },
)
def stateful_store_deleted(change: Change) -> Iterator[Violation]:
    """Data is deleted.

    What others have put into this resource goes with it, and no later apply brings it back.

    Make sure that nobody needs the data or that a backup has been restored once. If the resource only has another
    address now, write a `moved` block; if it should live on without Terraform, a `removed` block with
    `destroy = false`; if it should stay, `prevent_destroy`.
    """
    store = change.before
    if store and change.action == "delete" and has_own_data(store) and not kept_by(store):
        yield violation("", f"deletes {STORES[change.type]}{leftover(change)}{unhindered(store)}")


@change_rule(
    id="stateful-store-replaced",
    severity="high",
    domain="environment",
    resources=STORES,
    controls={"nist-800-53r5": ["CM-3", "CP-9", "SI-12"]},
    links=["https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy"],
    bad={
        "the new one first": (
            """
                resource "aws_s3_bucket" "reports" {
                  bucket = "acme-reports"

                  lifecycle {
                    create_before_destroy = true
                  }
                }
                """,
            """
                resource "aws_s3_bucket" "reports" {
                  bucket = "acme-reports-2026"

                  lifecycle {
                    create_before_destroy = true
                  }
                }
                """,
            {"aws_s3_bucket.reports": "bucket"},
        ),
        "triggered by another resource": (
            """
                resource "null_resource" "release" {
                  triggers = { version = "1" }
                }

                resource "aws_kinesis_stream" "events" {
                  name            = "events"
                  shard_count     = 1
                  encryption_type = "KMS"
                  kms_key_id      = "alias/aws/kinesis"

                  lifecycle {
                    replace_triggered_by = [null_resource.release]
                  }
                }
                """,
            """
                resource "null_resource" "release" {
                  triggers = { version = "2" }
                }

                resource "aws_kinesis_stream" "events" {
                  name            = "events"
                  shard_count     = 1
                  encryption_type = "KMS"
                  kms_key_id      = "alias/aws/kinesis"

                  lifecycle {
                    replace_triggered_by = [null_resource.release]
                  }
                }
                """,
            {"aws_kinesis_stream.events": "id"},
        ),
        "forced by an attribute": (
            """
                resource "google_sql_database_instance" "orders" {
                  name                = "orders"
                  database_version    = "POSTGRES_16"
                  region              = "europe-west1"
                  deletion_protection = false

                  settings {
                    tier = "db-custom-2-8192"
                  }
                }

                resource "azurerm_mssql_database" "orders" {
                  name      = "orders"
                  server_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.Sql/servers/sql-acme"
                  collation = "SQL_Latin1_General_CP1_CI_AS"
                }
                """,
            """
                resource "google_sql_database_instance" "orders" {
                  name                = "orders"
                  database_version    = "POSTGRES_16"
                  region              = "europe-west4"
                  deletion_protection = false

                  settings {
                    tier = "db-custom-2-8192"
                  }
                }

                resource "azurerm_mssql_database" "orders" {
                  name      = "orders"
                  server_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.Sql/servers/sql-acme"
                  collation = "German_PhoneBook_CI_AS"
                }
                """,
            {"azurerm_mssql_database.orders": "collation", "google_sql_database_instance.orders": "region"},
        ),
    },
    good={
        "the old one kept by its provider": (
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name         = "/acme/audit"
                  skip_destroy = true
                }
                """,
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name         = "/acme/audit-2026"
                  skip_destroy = true
                }
                """,
            {"aws_cloudwatch_log_group.audit": "name"},
        ),
        "changed in place": (
            """
                resource "aws_db_instance" "orders" {
                  identifier        = "orders"
                  engine            = "postgres"
                  instance_class    = "db.t4g.medium"
                  allocated_storage = 50
                  storage_encrypted = true
                }
                """,
            """
                resource "aws_db_instance" "orders" {
                  identifier        = "orders"
                  engine            = "postgres"
                  instance_class    = "db.m7g.large"
                  allocated_storage = 100
                  storage_encrypted = true
                }
                """,
        ),
        "replaced without data": (
            """
                resource "aws_security_group" "web" {
                  name        = "web"
                  description = "Web"
                  vpc_id      = "vpc-0a1b2c3d4e5f60718"
                }

                resource "google_sql_database_instance" "reading" {
                  name                 = "orders-reading"
                  database_version     = "POSTGRES_16"
                  region               = "europe-west1"
                  master_instance_name = "orders"
                  deletion_protection  = false

                  settings {
                    tier = "db-custom-2-8192"
                  }
                }
                """,
            """
                resource "aws_security_group" "web" {
                  name        = "web-servers"
                  description = "Web"
                  vpc_id      = "vpc-0a1b2c3d4e5f60718"
                }

                resource "google_sql_database_instance" "reading" {
                  name                 = "orders-reading"
                  database_version     = "POSTGRES_16"
                  region               = "europe-west4"
                  master_instance_name = "orders"
                  deletion_protection  = false

                  settings {
                    tier = "db-custom-2-8192"
                  }
                }
                """,
            {"aws_security_group.web": "name", "google_sql_database_instance.reading": "region"},
        ),
    },
)
def stateful_store_replaced(change: Change) -> Iterator[Violation]:
    """Data is lost in a replacement.

    Some attributes cannot be changed in place. Terraform makes a new, empty object and destroys the old one with
    what is in it, in whichever order: data does not move by itself.

    Take the change back, or ignore it with `ignore_changes`, if it was not meant. If it was, make the new store
    beside the old one, move the data, and delete the old one in a plan of its own.
    """
    store = change.before
    if store and change.action == "replace" and has_own_data(store) and not kept_by(store):
        path, replacement = cause(change)
        yield violation(path, f"{replacement} destroys {STORES[change.type]}{order(change)}")


@change_rule(
    id="stateful-store-forgotten",
    severity="medium",
    domain="environment",
    resources=[*STORES, *KEYS],
    controls={"nist-800-53r5": ["CM-3", "CM-8"]},
    links=["https://developer.hashicorp.com/terraform/language/resources/syntax#removing-resources"],
    bad={
        "a removed block": (
            """
                resource "aws_s3_bucket" "legacy" {
                  bucket = "acme-legacy"
                }

                resource "google_kms_crypto_key" "legacy" {
                  name     = "legacy"
                  key_ring = "projects/acme-platform/locations/europe/keyRings/main"
                }
                """,
            """
                removed {
                  from = aws_s3_bucket.legacy

                  lifecycle {
                    destroy = false
                  }
                }

                removed {
                  from = google_kms_crypto_key.legacy

                  lifecycle {
                    destroy = false
                  }
                }
                """,
        ),
        "deleted, and kept by its provider": dropped(
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name         = "/acme/audit"
                  skip_destroy = true
                }
            """
        ),
        "a key deleted, and kept by its provider": dropped(
            """
                resource "google_kms_crypto_key" "orders" {
                  name            = "orders"
                  key_ring        = "projects/acme-platform/locations/europe/keyRings/main"
                  deletion_policy = "ABANDON"
                }
            """,
            """
                resource "google_kms_crypto_key" "returns" {
                  name            = "returns"
                  key_ring        = "projects/acme-platform/locations/europe/keyRings/main"
                  deletion_policy = "ABANDON"
                }
            """,
        ),
    },
    good={
        "nothing with data": (
            """
                resource "aws_iam_user" "ci" {
                  name = "ci"
                }
                """,
            """
                removed {
                  from = aws_iam_user.ci

                  lifecycle {
                    destroy = false
                  }
                }
                """,
        ),
        "another address": (
            """
                resource "aws_sqs_queue" "jobs" {
                  name = "jobs"
                }
                """,
            """
                resource "aws_sqs_queue" "background" {
                  name = "jobs"
                }

                moved {
                  from = aws_sqs_queue.jobs
                  to   = aws_sqs_queue.background
                }
                """,
        ),
        "deleted for good": dropped(
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name = "/acme/audit"
                }
            """
        ),
        "changed in place, and to be kept": (
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name              = "/acme/audit"
                  retention_in_days = 90
                  skip_destroy      = true
                }
                """,
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name              = "/acme/audit"
                  retention_in_days = 365
                  skip_destroy      = true
                }
                """,
        ),
    },
)
def stateful_store_forgotten(change: Change) -> Iterator[Violation]:
    """Data leaves management.

    The resource goes on existing with its data, but no plan and no rule looks at it any more: whatever is changed
    about its access or its encryption from now on, nobody is told.

    Say in the pull request who looks after it from now on: another configuration that imports it, or a team. Delete
    it in the right way, if nobody does.
    """
    store = change.before
    if not store:
        return
    if change.forgets:
        old = "the object that it replaces" if change.after else "it"
        yield violation("", f"Terraform lets go of {old}; it stays, with its data")
    elif change.destroys and (kept := kept_by(store)):
        yield violation(kept, f"`{kept}` keeps it and its data, and nothing manages it")
