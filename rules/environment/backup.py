"""Backups, earlier versions, and the time in which a deletion can be taken back."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Violation, change_rule

from ._before_after import dropped, edited
from ._neighbours import Guard, losses
from ._reduction import Amount, Level, Setting, reductions

_RETENTION = Amount("backup_retention_period")
_RETENTION_DAYS = Amount("backup_retention_days")
_SNAPSHOTS = Amount("snapshot_retention_limit")
_AUTOMATIC = Amount("automatic_backup_retention_days")
_GEO = Level("geo_redundant_backup_enabled")
_WINDOW = Amount("deletion_window_in_days", unset=30)
_SOFT_DELETE = Amount("soft_delete_retention_days")
_SHORT_TERM = Amount("short_term_retention_policy.retention_days")
_LONG_TERM = tuple(
    Amount(f"long_term_retention_policy.{every}_retention") for every in ("weekly", "monthly", "yearly")
)
_KEPT_COPIES = tuple(
    Amount(f"retention_{every}.count", every + " copies") for every in ("daily", "weekly", "monthly", "yearly")
)
_TO_POINT_IN_TIME = "point_in_time_recovery"
_SQL_BACKUP = "settings.backup_configuration"

_SETTINGS: dict[str, tuple[Setting, ...]] = {
    "aws_db_instance": (_RETENTION,),
    "aws_docdb_cluster": (_RETENTION,),
    "aws_docdbelastic_cluster": (_RETENTION,),
    "aws_dynamodb_table": (
        Level(f"{_TO_POINT_IN_TIME}.enabled"),
        Amount(f"{_TO_POINT_IN_TIME}.recovery_period_in_days", unset=35),
    ),
    "aws_dynamodb_table_replica": (Level(_TO_POINT_IN_TIME),),
    "aws_efs_backup_policy": (Level("backup_policy.status", ("ENABLED",)),),
    "aws_elasticache_cluster": (_SNAPSHOTS,),
    "aws_elasticache_replication_group": (_SNAPSHOTS,),
    "aws_elasticache_serverless_cache": (_SNAPSHOTS,),
    "aws_fsx_lustre_file_system": (_AUTOMATIC,),
    "aws_fsx_ontap_file_system": (_AUTOMATIC,),
    "aws_fsx_openzfs_file_system": (_AUTOMATIC,),
    "aws_fsx_windows_file_system": (_AUTOMATIC,),
    "aws_keyspaces_table": (Level(f"{_TO_POINT_IN_TIME}.status", ("ENABLED",)),),
    "aws_kms_external_key": (_WINDOW,),
    "aws_kms_key": (_WINDOW,),
    "aws_kms_replica_external_key": (_WINDOW,),
    "aws_kms_replica_key": (_WINDOW,),
    "aws_memorydb_cluster": (_SNAPSHOTS,),
    "aws_neptune_cluster": (_RETENTION,),
    "aws_rbin_rule": (Amount("retention_period.retention_period_value"),),
    "aws_rds_cluster": (_RETENTION,),
    "aws_redshift_cluster": (Amount("automated_snapshot_retention_period"),),
    "aws_s3_bucket": (Level("versioning.enabled"),),
    "aws_s3_bucket_versioning": (Level("versioning_configuration.status", ("Enabled",)),),
    "aws_secretsmanager_secret": (Amount("recovery_window_in_days", unset=30),),
    "azurerm_app_configuration": (_SOFT_DELETE,),
    "azurerm_backup_policy_file_share": _KEPT_COPIES,
    "azurerm_backup_policy_vm": _KEPT_COPIES,
    "azurerm_cosmosdb_account": (
        Level("backup.type", ("Continuous", "Periodic")),
        Amount("backup.retention_in_hours", "hours"),
    ),
    "azurerm_data_protection_backup_vault": (Amount("retention_duration_in_days"),),
    "azurerm_key_vault": (_SOFT_DELETE,),
    "azurerm_mariadb_server": (_RETENTION_DAYS, _GEO),
    "azurerm_mssql_database": (_SHORT_TERM, *_LONG_TERM, Level("geo_backup_enabled")),
    "azurerm_mssql_managed_database": (Amount("short_term_retention_days"), *_LONG_TERM),
    "azurerm_mysql_flexible_server": (_RETENTION_DAYS, _GEO),
    "azurerm_mysql_server": (_RETENTION_DAYS, _GEO),
    "azurerm_oracle_autonomous_database": (Amount("backup_retention_period_in_days"),),
    "azurerm_postgresql_flexible_server": (_RETENTION_DAYS, _GEO),
    "azurerm_postgresql_server": (_RETENTION_DAYS, _GEO),
    "azurerm_storage_account": (
        Level("blob_properties.versioning_enabled"),
        Amount("blob_properties.delete_retention_policy.days"),
        Amount("blob_properties.container_delete_retention_policy.days"),
        Amount("blob_properties.restore_policy.days"),
        Amount("share_properties.retention_policy.days"),
    ),
    "azurerm_synapse_sql_pool": (Level("geo_backup_policy_enabled"),),
    "google_alloydb_cluster": (
        Level("continuous_backup_config.enabled"),
        Amount("continuous_backup_config.recovery_window_days"),
        Level("automated_backup_policy.enabled"),
        Amount("automated_backup_policy.quantity_based_retention.count", "copies"),
        Amount("automated_backup_policy.time_based_retention.retention_period"),
    ),
    "google_backup_dr_backup_vault": (Amount("backup_minimum_enforced_retention_duration"),),
    "google_bigquery_dataset": (Amount("max_time_travel_hours", "hours", unset=168),),
    "google_bigtable_table": (Amount("automated_backup_policy.retention_period"),),
    "google_compute_resource_policy": (Amount("snapshot_schedule_policy.retention_policy.max_retention_days"),),
    "google_firestore_backup_schedule": (Amount("retention"),),
    "google_firestore_database": (Level("point_in_time_recovery_enablement", ("POINT_IN_TIME_RECOVERY_ENABLED",)),),
    "google_gke_backup_backup_plan": (Amount("retention_policy.backup_retain_days"),),
    "google_spanner_backup_schedule": (Amount("retention_duration"),),
    "google_spanner_database": (Amount("version_retention_period", unset=3600),),
    "google_sql_database_instance": (
        Level(f"{_SQL_BACKUP}.enabled"),
        Level(f"{_SQL_BACKUP}.point_in_time_recovery_enabled"),
        Level(f"{_SQL_BACKUP}.binary_log_enabled"),
        Amount(f"{_SQL_BACKUP}.transaction_log_retention_days"),
        Amount(f"{_SQL_BACKUP}.backup_retention_settings.retained_backups", "copies"),
    ),
    "google_storage_bucket": (
        Level("versioning.enabled"),
        Amount("soft_delete_policy.retention_duration_seconds", "seconds", unset=604800),
        Amount("retention_policy.retention_period", "seconds"),
    ),
}
_PROTECTED_ITEM = "the backup protection"
_GUARDS = {
    "aws_backup_plan": Guard("the backup plan", "name"),
    "aws_backup_selection": Guard("the selection of what is backed up", "plan_id", "aws_backup_plan"),
    "aws_db_instance_automated_backups_replication": Guard(
        "the copy of backups in another region", "source_db_instance_arn", "aws_db_instance"
    ),
    "aws_dlm_lifecycle_policy": Guard("the snapshot schedule", "description", worth=("state", ("ENABLED", None))),
    "aws_efs_backup_policy": Guard(_PROTECTED_ITEM, "file_system_id", "aws_efs_file_system"),
    "aws_rbin_rule": Guard("the recycle bin", "description"),
    "aws_s3_bucket_replication_configuration": Guard("the replication", "bucket", "aws_s3_bucket"),
    "aws_s3_bucket_versioning": Guard(
        "the versioning", "bucket", "aws_s3_bucket", worth=("versioning_configuration.status", ("Enabled",))
    ),
    "azurerm_backup_protected_file_share": Guard(_PROTECTED_ITEM, "source_file_share_name", "azurerm_storage_share"),
    "azurerm_backup_protected_vm": Guard(_PROTECTED_ITEM, "source_vm_id"),
    "azurerm_data_protection_backup_instance_blob_storage": Guard(_PROTECTED_ITEM, "storage_account_id"),
    "azurerm_data_protection_backup_instance_disk": Guard(_PROTECTED_ITEM, "disk_id"),
    "azurerm_data_protection_backup_instance_kubernetes_cluster": Guard(_PROTECTED_ITEM, "kubernetes_cluster_id"),
    "azurerm_data_protection_backup_instance_mysql_flexible_server": Guard(_PROTECTED_ITEM, "server_id"),
    "azurerm_data_protection_backup_instance_postgresql": Guard(_PROTECTED_ITEM, "database_id"),
    "azurerm_data_protection_backup_instance_postgresql_flexible_server": Guard(_PROTECTED_ITEM, "server_id"),
    "google_backup_dr_backup_plan_association": Guard(_PROTECTED_ITEM, "resource"),
    "google_compute_disk_resource_policy_attachment": Guard(
        "the snapshot schedule", "disk", "google_compute_disk", key="name"
    ),
    "google_compute_region_disk_resource_policy_attachment": Guard(
        "the snapshot schedule", "disk", "google_compute_region_disk", key="name"
    ),
    "google_firestore_backup_schedule": Guard(
        "the backup schedule", "database", "google_firestore_database", key="name"
    ),
    "google_gke_backup_backup_plan": Guard("the backup plan", "cluster", "google_container_cluster"),
    "google_spanner_backup_schedule": Guard("the backup schedule", "database", "google_spanner_database", key="name"),
}

_BIN = """
                resource "aws_rbin_rule" "snapshots" {
                  resource_type = "EBS_SNAPSHOT"

                  retention_period {
                    retention_period_value = 30
                    retention_period_unit  = "DAYS"
                  }
                }
"""
_COPIES = """
                resource "azurerm_backup_policy_vm" "main" {
                  name                = "main"
                  resource_group_name = "rg-backup"
                  recovery_vault_name = "rsv-acme"

                  backup {
                    frequency = "Daily"
                    time      = "23:00"
                  }

                  retention_daily {
                    count = 14
                  }

                  retention_weekly {
                    count = 8
                    weekdays = ["Sunday"]
                  }

                  retention_monthly {
                    count = 12
                    weekdays = ["Sunday"]
                    weeks    = ["First"]
                  }

                  retention_yearly {
                    count = 5
                    weekdays = ["Sunday"]
                    weeks    = ["First"]
                    months   = ["January"]
                  }
                }
"""


@change_rule(
    id="backup-reduced",
    severity="medium",
    domain="environment",
    resources=dict.fromkeys((*_SETTINGS, *_GUARDS)),
    controls={"nist-800-53r5": ["CM-3", "CP-9", "SI-12"]},
    links=["https://docs.aws.amazon.com/prescriptive-guidance/latest/backup-recovery/welcome.html"],
    bad={
        "versioning deleted": (
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_versioning" "uploads" {
                  bucket = aws_s3_bucket.uploads.id

                  versioning_configuration {
                    status = "Enabled"
                  }
                }
                """,
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }
                """,
        ),
        "versioning suspended": (
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_versioning" "uploads" {
                  bucket = aws_s3_bucket.uploads.id

                  versioning_configuration {
                    status = "Enabled"
                  }
                }
                """,
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_versioning" "uploads" {
                  bucket = aws_s3_bucket.uploads.id

                  versioning_configuration {
                    status = "Suspended"
                  }
                }
                """,
        ),
        "a machine taken out of the backup": (
            """
                resource "azurerm_linux_virtual_machine" "app" {
                  name                  = "vm-app"
                  location              = "westeurope"
                  resource_group_name   = "rg-app"
                  size                  = "Standard_D2s_v5"
                  admin_username        = "ops"
                  network_interface_ids = ["/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app/providers/Microsoft.Network/networkInterfaces/nic-app"]

                  os_disk {
                    caching              = "ReadWrite"
                    storage_account_type = "Premium_LRS"
                  }
                }

                resource "azurerm_backup_protected_vm" "app" {
                  resource_group_name = "rg-backup"
                  recovery_vault_name = "rsv-acme"
                  source_vm_id        = azurerm_linux_virtual_machine.app.id
                  backup_policy_id    = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-backup/providers/Microsoft.RecoveryServices/vaults/rsv-acme/backupPolicies/daily"
                }
                """,
            """
                resource "azurerm_linux_virtual_machine" "app" {
                  name                  = "vm-app"
                  location              = "westeurope"
                  resource_group_name   = "rg-app"
                  size                  = "Standard_D2s_v5"
                  admin_username        = "ops"
                  network_interface_ids = ["/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app/providers/Microsoft.Network/networkInterfaces/nic-app"]

                  os_disk {
                    caching              = "ReadWrite"
                    storage_account_type = "Premium_LRS"
                  }
                }
                """,
        ),
        "long term copies and time to undo": (
            """
                resource "azurerm_mssql_database" "orders" {
                  name      = "orders"
                  server_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.Sql/servers/sql-acme"

                  long_term_retention_policy {
                    weekly_retention = "P4W"
                  }
                }

                resource "azurerm_cosmosdb_account" "orders" {
                  name                = "cosmos-orders"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  offer_type          = "Standard"

                  consistency_policy {
                    consistency_level = "Session"
                  }

                  geo_location {
                    location          = "westeurope"
                    failover_priority = 0
                  }

                  backup {
                    type = "Continuous"
                  }
                }

                resource "aws_kms_key" "data" {
                  description         = "Data"
                  enable_key_rotation = true
                }

                resource "aws_secretsmanager_secret" "token" {
                  name                    = "token"
                  recovery_window_in_days = 30
                }
                """,
            """
                resource "azurerm_mssql_database" "orders" {
                  name      = "orders"
                  server_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.Sql/servers/sql-acme"

                  long_term_retention_policy {
                    weekly_retention = "P7D"
                  }
                }

                resource "azurerm_cosmosdb_account" "orders" {
                  name                = "cosmos-orders"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  offer_type          = "Standard"

                  consistency_policy {
                    consistency_level = "Session"
                  }

                  geo_location {
                    location          = "westeurope"
                    failover_priority = 0
                  }

                  backup {
                    type = "Periodic"
                  }
                }

                resource "aws_kms_key" "data" {
                  description             = "Data"
                  enable_key_rotation     = true
                  deletion_window_in_days = 7
                }

                resource "aws_secretsmanager_secret" "token" {
                  name                    = "token"
                  recovery_window_in_days = 0
                }
                """,
        ),
        "fewer days and copies": (
            """
                resource "aws_rds_cluster" "orders" {
                  cluster_identifier      = "orders"
                  engine                  = "aurora-postgresql"
                  backup_retention_period = 30
                  skip_final_snapshot     = false
                }

                resource "aws_dynamodb_table" "orders" {
                  name         = "orders"
                  billing_mode = "PAY_PER_REQUEST"
                  hash_key     = "id"

                  attribute {
                    name = "id"
                    type = "S"
                  }

                  point_in_time_recovery {
                    enabled = true
                  }
                }

                resource "azurerm_postgresql_flexible_server" "orders" {
                  name                  = "psql-orders"
                  location              = "westeurope"
                  resource_group_name   = "rg-data"
                  version               = "16"
                  sku_name              = "GP_Standard_D2s_v3"
                  backup_retention_days = 30
                }

                resource "azurerm_storage_account" "data" {
                  name                     = "stacmedata"
                  location                 = "westeurope"
                  resource_group_name      = "rg-data"
                  account_tier             = "Standard"
                  account_replication_type = "ZRS"

                  blob_properties {
                    versioning_enabled = true

                    delete_retention_policy {
                      days = 30
                    }
                  }
                }

                resource "google_sql_database_instance" "orders" {
                  name             = "orders"
                  database_version = "POSTGRES_16"
                  region           = "europe-west1"

                  settings {
                    tier = "db-custom-2-8192"

                    backup_configuration {
                      enabled                        = true
                      point_in_time_recovery_enabled = true

                      backup_retention_settings {
                        retained_backups = 30
                      }
                    }
                  }
                }

                resource "google_storage_bucket" "audit" {
                  name     = "acme-audit"
                  location = "EU"

                  versioning {
                    enabled = true
                  }

                  soft_delete_policy {
                    retention_duration_seconds = 2592000
                  }
                }
                """,
            """
                resource "aws_rds_cluster" "orders" {
                  cluster_identifier      = "orders"
                  engine                  = "aurora-postgresql"
                  backup_retention_period = 7
                  skip_final_snapshot     = false
                }

                resource "aws_dynamodb_table" "orders" {
                  name         = "orders"
                  billing_mode = "PAY_PER_REQUEST"
                  hash_key     = "id"

                  attribute {
                    name = "id"
                    type = "S"
                  }

                  point_in_time_recovery {
                    enabled = false
                  }
                }

                resource "azurerm_postgresql_flexible_server" "orders" {
                  name                  = "psql-orders"
                  location              = "westeurope"
                  resource_group_name   = "rg-data"
                  version               = "16"
                  sku_name              = "GP_Standard_D2s_v3"
                  backup_retention_days = 7
                }

                resource "azurerm_storage_account" "data" {
                  name                     = "stacmedata"
                  location                 = "westeurope"
                  resource_group_name      = "rg-data"
                  account_tier             = "Standard"
                  account_replication_type = "ZRS"

                  blob_properties {
                    versioning_enabled = false

                    delete_retention_policy {
                      days = 7
                    }
                  }
                }

                resource "google_sql_database_instance" "orders" {
                  name             = "orders"
                  database_version = "POSTGRES_16"
                  region           = "europe-west1"

                  settings {
                    tier = "db-custom-2-8192"

                    backup_configuration {
                      enabled                        = false
                      point_in_time_recovery_enabled = false

                      backup_retention_settings {
                        retained_backups = 7
                      }
                    }
                  }
                }

                resource "google_storage_bucket" "audit" {
                  name     = "acme-audit"
                  location = "EU"

                  versioning {
                    enabled = false
                  }

                  soft_delete_policy {
                    retention_duration_seconds = 604800
                  }
                }
                """,
        ),
        "a database without its last day of backups": edited(
            """
                resource "aws_db_instance" "orders" {
                  identifier              = "orders"
                  engine                  = "postgres"
                  instance_class          = "db.t4g.medium"
                  backup_retention_period = 1
                }
            """,
            "= 1\n",
            "= 0\n",
        ),
        "versions of a bucket, set in the bucket": edited(
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"

                  versioning {
                    enabled = true
                  }
                }
            """,
            "true",
            "false",
        ),
        "one of two recycle bins deleted, neither of them described": (
            _BIN,
            _BIN.replace('"snapshots"', '"images"').replace("EBS_SNAPSHOT", "EC2_IMAGE"),
        ),
        "a recycle bin deleted together with what describes it": dropped(
            """
                resource "random_pet" "bin" {}
            """
            + _BIN.replace("{\n", "{\n                  description = random_pet.bin.id\n", 1)
        ),
        "a snapshot schedule deleted": dropped(
            """
                resource "aws_dlm_lifecycle_policy" "daily" {
                  description        = "Daily"
                  execution_role_arn = "arn:aws:iam::111122223333:role/dlm"
                  state              = "ENABLED"

                  policy_details {
                    resource_types = ["VOLUME"]
                    target_tags    = { backup = "daily" }

                    schedule {
                      name = "daily"

                      create_rule {
                        interval = 24
                      }

                      retain_rule {
                        count = 14
                      }
                    }
                  }
                }
            """
        ),
        **{
            f"{every} copies of a database": edited(
                f"""
                resource "azurerm_mssql_database" "orders" {{
                  name      = "orders"
                  server_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.Sql/servers/sql-acme"

                  long_term_retention_policy {{
                    {every}_retention = "P60D"
                    week_of_year      = 1
                  }}
                }}
                """,
                '"P60D"',
                f'"{less}"',
            )
            for every, less in {"weekly": "P4W", "monthly": "P1M", "yearly": "PT0S"}.items()
        },
        **{
            f"{every} copies of machines": edited(_COPIES, f"count = {count}\n", "count = 1\n")
            for every, count in {"daily": 14, "weekly": 8, "monthly": 12, "yearly": 5}.items()
        },
        "a database server taken out of the backup": dropped(
            """
                resource "azurerm_data_protection_backup_instance_mysql_flexible_server" "orders" {
                  name             = "orders"
                  location         = "westeurope"
                  vault_id         = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-backup/providers/Microsoft.DataProtection/backupVaults/main"
                  server_id        = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.DBforMySQL/flexibleServers/orders"
                  backup_policy_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-backup/providers/Microsoft.DataProtection/backupVaults/main/backupPolicies/daily"
                }
            """
        ),
        "a database without its earlier states": edited(
            """
                resource "google_firestore_database" "orders" {
                  name                              = "orders"
                  location_id                       = "eur3"
                  type                              = "FIRESTORE_NATIVE"
                  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"
                }
            """,
            "POINT_IN_TIME_RECOVERY_ENABLED",
            "POINT_IN_TIME_RECOVERY_DISABLED",
        ),
        "an hour of earlier states in place of a week": edited(
            """
                resource "google_spanner_database" "orders" {
                  instance                 = "orders"
                  name                     = "orders"
                  version_retention_period = "604800s"
                }
            """,
            '"604800s"',
            '"1h"',
        ),
        "backups of a table for a day": edited(
            """
                resource "google_bigtable_table" "orders" {
                  instance_name = "orders"
                  name          = "orders"

                  automated_backup_policy {
                    retention_period = "72h0m0s"
                    frequency        = "24h0m0s"
                  }
                }
            """,
            '"72h0m0s"',
            '"24h30m0s"',
        ),
        "versions of a Google bucket": edited(
            """
                resource "google_storage_bucket" "audit" {
                  name     = "acme-audit"
                  location = "EU"

                  versioning {
                    enabled = true
                  }
                }
            """,
            "true",
            "false",
        ),
        "a bucket replaced by one that holds deletions for less time": edited(
            """
                resource "google_storage_bucket" "archive" {
                  name     = "acme-archive"

                  soft_delete_policy {
                    retention_duration_seconds = 2592000
                  }

                  location = "EU"
                }
            """,
            """2592000
                  }

                  location = "EU"
""",
            """604800
                  }

                  location = "EUROPE-WEST1"
""",
            google_storage_bucket__archive="location",
        ),
    },
    good={
        "a replacement that leaves the number to its provider": (
            """
                resource "google_storage_bucket" "archive" {
                  name     = "acme-archive"
                  location = "EU"

                  soft_delete_policy {
                    retention_duration_seconds = 604800
                  }
                }
                """,
            """
                resource "google_storage_bucket" "archive" {
                  name     = "acme-archive"
                  location = "EUROPE-WEST1"
                }
                """,
            {"google_storage_bucket.archive": "location"},
        ),
        "versioning at another address": (
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_versioning" "uploads" {
                  bucket = aws_s3_bucket.uploads.id

                  versioning_configuration {
                    status = "Enabled"
                  }
                }
                """,
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_versioning" "this" {
                  bucket = aws_s3_bucket.uploads.id

                  versioning_configuration {
                    status = "Enabled"
                  }
                }
                """,
        ),
        "the same time in other words": (
            """
                resource "azurerm_mssql_database" "orders" {
                  name      = "orders"
                  server_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.Sql/servers/sql-acme"

                  long_term_retention_policy {
                    weekly_retention = "P4W"
                  }
                }

                resource "azurerm_cosmosdb_account" "orders" {
                  name                = "cosmos-orders"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  offer_type          = "Standard"

                  consistency_policy {
                    consistency_level = "Session"
                  }

                  geo_location {
                    location          = "westeurope"
                    failover_priority = 0
                  }

                  backup {
                    type = "Periodic"
                  }
                }

                resource "aws_kms_key" "data" {
                  description         = "Data"
                  enable_key_rotation = true
                }

                resource "aws_secretsmanager_secret" "token" {
                  name                    = "token"
                  recovery_window_in_days = 30
                }
                """,
            """
                resource "azurerm_mssql_database" "orders" {
                  name      = "orders"
                  server_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.Sql/servers/sql-acme"

                  long_term_retention_policy {
                    weekly_retention = "P28D"
                  }
                }

                resource "azurerm_cosmosdb_account" "orders" {
                  name                = "cosmos-orders"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  offer_type          = "Standard"

                  consistency_policy {
                    consistency_level = "Session"
                  }

                  geo_location {
                    location          = "westeurope"
                    failover_priority = 0
                  }

                  backup {
                    type = "Periodic"
                  }
                }

                resource "aws_kms_key" "data" {
                  description             = "Data"
                  enable_key_rotation     = true
                  deletion_window_in_days = 30
                }

                resource "aws_secretsmanager_secret" "token" {
                  name                    = "token"
                  recovery_window_in_days = 30
                }
                """,
        ),
        "more days and copies": (
            """
                resource "aws_rds_cluster" "orders" {
                  cluster_identifier      = "orders"
                  engine                  = "aurora-postgresql"
                  backup_retention_period = 7
                  skip_final_snapshot     = false
                }

                resource "aws_dynamodb_table" "orders" {
                  name         = "orders"
                  billing_mode = "PAY_PER_REQUEST"
                  hash_key     = "id"

                  attribute {
                    name = "id"
                    type = "S"
                  }

                  point_in_time_recovery {
                    enabled = false
                  }
                }

                resource "azurerm_postgresql_flexible_server" "orders" {
                  name                  = "psql-orders"
                  location              = "westeurope"
                  resource_group_name   = "rg-data"
                  version               = "16"
                  sku_name              = "GP_Standard_D2s_v3"
                  backup_retention_days = 7
                }

                resource "azurerm_storage_account" "data" {
                  name                     = "stacmedata"
                  location                 = "westeurope"
                  resource_group_name      = "rg-data"
                  account_tier             = "Standard"
                  account_replication_type = "ZRS"

                  blob_properties {
                    versioning_enabled = false

                    delete_retention_policy {
                      days = 7
                    }
                  }
                }

                resource "google_sql_database_instance" "orders" {
                  name             = "orders"
                  database_version = "POSTGRES_16"
                  region           = "europe-west1"

                  settings {
                    tier = "db-custom-2-8192"

                    backup_configuration {
                      enabled                        = false
                      point_in_time_recovery_enabled = false

                      backup_retention_settings {
                        retained_backups = 7
                      }
                    }
                  }
                }

                resource "google_storage_bucket" "audit" {
                  name     = "acme-audit"
                  location = "EU"

                  versioning {
                    enabled = false
                  }

                  soft_delete_policy {
                    retention_duration_seconds = 604800
                  }
                }
                """,
            """
                resource "aws_rds_cluster" "orders" {
                  cluster_identifier      = "orders"
                  engine                  = "aurora-postgresql"
                  backup_retention_period = 30
                  skip_final_snapshot     = false
                }

                resource "aws_dynamodb_table" "orders" {
                  name         = "orders"
                  billing_mode = "PAY_PER_REQUEST"
                  hash_key     = "id"

                  attribute {
                    name = "id"
                    type = "S"
                  }

                  point_in_time_recovery {
                    enabled = true
                  }
                }

                resource "azurerm_postgresql_flexible_server" "orders" {
                  name                  = "psql-orders"
                  location              = "westeurope"
                  resource_group_name   = "rg-data"
                  version               = "16"
                  sku_name              = "GP_Standard_D2s_v3"
                  backup_retention_days = 30
                }

                resource "azurerm_storage_account" "data" {
                  name                     = "stacmedata"
                  location                 = "westeurope"
                  resource_group_name      = "rg-data"
                  account_tier             = "Standard"
                  account_replication_type = "ZRS"

                  blob_properties {
                    versioning_enabled = true

                    delete_retention_policy {
                      days = 30
                    }
                  }
                }

                resource "google_sql_database_instance" "orders" {
                  name             = "orders"
                  database_version = "POSTGRES_16"
                  region           = "europe-west1"

                  settings {
                    tier = "db-custom-2-8192"

                    backup_configuration {
                      enabled                        = true
                      point_in_time_recovery_enabled = true

                      backup_retention_settings {
                        retained_backups = 30
                      }
                    }
                  }
                }

                resource "google_storage_bucket" "audit" {
                  name     = "acme-audit"
                  location = "EU"

                  versioning {
                    enabled = true
                  }

                  soft_delete_policy {
                    retention_duration_seconds = 2592000
                  }
                }
                """,
        ),
        "backups where there were none, for a time that is not known yet": (
            """
                resource "aws_docdb_cluster" "orders" {
                  cluster_identifier      = "orders"
                  backup_retention_period = 0
                }
            """,
            """
                resource "random_integer" "days" {
                  min = 1
                  max = 35
                }

                resource "aws_docdb_cluster" "orders" {
                  cluster_identifier      = "orders"
                  backup_retention_period = random_integer.days.result
                }
            """,
        ),
        "the same time in other units": (
            """
                resource "google_spanner_database" "orders" {
                  for_each = {
                    a = "86400s"
                    b = "3600s"
                    c = "7200s"
                  }
                  instance                 = "orders"
                  name                     = "orders-${each.key}"
                  version_retention_period = each.value
                }

                resource "azurerm_mssql_database" "orders" {
                  name      = "orders"
                  server_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.Sql/servers/sql-acme"

                  long_term_retention_policy {
                    weekly_retention  = "P28D"
                    monthly_retention = "P365D"
                    yearly_retention  = "PT0S"
                  }
                }
            """,
            """
                resource "google_spanner_database" "orders" {
                  for_each = {
                    a = "1d"
                    b = "60m"
                    c = "2h"
                  }
                  instance                 = "orders"
                  name                     = "orders-${each.key}"
                  version_retention_period = each.value
                }

                resource "azurerm_mssql_database" "orders" {
                  name      = "orders"
                  server_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.Sql/servers/sql-acme"

                  long_term_retention_policy {
                    weekly_retention  = "P4W"
                    monthly_retention = "P1Y"
                    yearly_retention  = "P0D"
                  }
                }
            """,
        ),
    },
    undetermined={
        "days that depend on a new resource": (
            """
                resource "aws_docdb_cluster" "orders" {
                  cluster_identifier      = "orders"
                  backup_retention_period = 30
                }
                """,
            """
                resource "random_integer" "days" {
                  min = 1
                  max = 35
                }

                resource "aws_docdb_cluster" "orders" {
                  cluster_identifier      = "orders"
                  backup_retention_period = random_integer.days.result
                }
                """,
        ),
    },
)
def backup_reduced(change: Change) -> Iterator[Violation]:
    """Backups are reduced.

    What was backed up, versioned or held for a while after its deletion is so for a shorter time, or not at all.
    Backups that are older than the new time go at once; the need for them shows after the next mistake.

    Keep the number of days that the recovery objective of the data asks for. Where other backups take over, say which
    and that a restore from them has been tried.
    """
    yield from reductions(change, _SETTINGS.get(change.type, ()))
    if change.type in _GUARDS:
        yield from losses(change, [_GUARDS[change.type]])
