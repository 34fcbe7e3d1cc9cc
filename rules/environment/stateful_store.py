"""Data that a plan destroys, or lets go of."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Violation, change_rule, violation

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
    elif change.destroys and change.type in STORES and (kept := kept_by(store)):
        yield violation(kept, f"`{kept}` keeps it and its data, and nothing manages it")
