"""What keeps a resource, or a last copy of it, from being deleted."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Violation, change_rule

from ._before_after import dropped, edited
from ._neighbours import Guard, losses
from ._reduction import Level, Off, Setting, reductions

_PROTECTED = Level("deletion_protection")
_ENABLED = Level("deletion_protection_enabled")
_NOT_FORCED = Off("force_destroy")
_NOT_FORCED_DELETE = Off("force_delete")
_SNAPSHOT = Off("skip_final_snapshot")
_BACKUP = Off("skip_final_backup")
_BACKUPS_KEPT = Level("delete_automated_backups", (False,))
_PURGE = Level("purge_protection_enabled")
_IMMUTABLE = Level("immutability", ("Locked", "Unlocked"))
_TERMINATION = Level("disable_api_termination")
_RETAIN = Level("spec.persistent_volume_reclaim_policy", ("Retain",))
_RECLAIM = Level("reclaim_policy", ("Retain",))

_SETTINGS: dict[str, tuple[Setting, ...]] = {
    "aws_alb": (Level("enable_deletion_protection"),),
    "aws_athena_database": (_NOT_FORCED,),
    "aws_athena_workgroup": (_NOT_FORCED,),
    "aws_backup_vault": (_NOT_FORCED,),
    "aws_cloudtrail_event_data_store": (Level("termination_protection_enabled"),),
    "aws_cognito_user_pool": (Level("deletion_protection", ("ACTIVE",)),),
    "aws_db_instance": (_PROTECTED, _SNAPSHOT, _BACKUPS_KEPT),
    "aws_docdb_cluster": (_PROTECTED, _SNAPSHOT),
    "aws_docdb_global_cluster": (_PROTECTED,),
    "aws_dsql_cluster": (_ENABLED, _NOT_FORCED),
    "aws_dynamodb_table": (_ENABLED,),
    "aws_dynamodb_table_replica": (_ENABLED,),
    "aws_ecr_repository": (_NOT_FORCED_DELETE,),
    "aws_ecrpublic_repository": (_NOT_FORCED,),
    "aws_eks_cluster": (_PROTECTED,),
    "aws_emr_cluster": (Level("termination_protection"),),
    "aws_fsx_lustre_file_system": (_BACKUP,),
    "aws_fsx_ontap_volume": (_BACKUP,),
    "aws_fsx_openzfs_file_system": (_BACKUP,),
    "aws_fsx_windows_file_system": (_BACKUP,),
    "aws_instance": (_TERMINATION,),
    "aws_launch_template": (_TERMINATION,),
    "aws_lb": (Level("enable_deletion_protection"),),
    "aws_lightsail_bucket": (_NOT_FORCED_DELETE,),
    "aws_lightsail_database": (_SNAPSHOT,),
    "aws_neptune_cluster": (_PROTECTED, _SNAPSHOT),
    "aws_neptune_global_cluster": (_PROTECTED,),
    "aws_neptunegraph_graph": (_PROTECTED,),
    "aws_networkfirewall_firewall": (Level("delete_protection"),),
    "aws_organizations_account": (Off("close_on_deletion"),),
    "aws_qldb_ledger": (_PROTECTED,),
    "aws_rds_cluster": (_PROTECTED, _SNAPSHOT, _BACKUPS_KEPT),
    "aws_rds_global_cluster": (_PROTECTED,),
    "aws_redshift_cluster": (_SNAPSHOT,),
    "aws_route53_zone": (_NOT_FORCED,),
    "aws_s3_bucket": (_NOT_FORCED, Level("object_lock_enabled")),
    "aws_s3_directory_bucket": (_NOT_FORCED,),
    "aws_s3tables_table_bucket": (_NOT_FORCED,),
    "aws_s3vectors_vector_bucket": (_NOT_FORCED,),
    "aws_verifiedpermissions_policy_store": (Level("deletion_protection", ("ENABLED",)),),
    "azurerm_app_configuration": (_PURGE,),
    "azurerm_data_protection_backup_vault": (_IMMUTABLE, Level("soft_delete", ("AlwaysOn", "On"))),
    "azurerm_key_vault": (_PURGE,),
    "azurerm_key_vault_managed_hardware_security_module": (_PURGE,),
    "azurerm_recovery_services_vault": (_IMMUTABLE, Level("soft_delete_enabled")),
    "azurerm_storage_container_immutability_policy": (Level("locked"),),
    "google_active_directory_domain": (_PROTECTED,),
    "google_alloydb_cluster": (
        _PROTECTED,
        Level("deletion_policy", ("PREVENT", ("ABANDON", "DEFAULT", "DELETE", None))),
    ),
    "google_backup_dr_backup_vault": (_NOT_FORCED_DELETE,),
    "google_bigquery_dataset": (Off("delete_contents_on_destroy"),),
    "google_bigquery_table": (_PROTECTED,),
    "google_bigtable_instance": (_PROTECTED, _NOT_FORCED),
    "google_bigtable_table": (Level("deletion_protection", ("PROTECTED",)),),
    "google_cloud_run_v2_job": (_PROTECTED,),
    "google_cloud_run_v2_service": (_PROTECTED,),
    "google_compute_instance": (_PROTECTED,),
    "google_compute_instance_from_template": (_PROTECTED,),
    "google_compute_storage_pool": (_PROTECTED,),
    "google_container_cluster": (_PROTECTED,),
    "google_dataproc_metastore_service": (_PROTECTED,),
    "google_dns_managed_zone": (_NOT_FORCED,),
    "google_filestore_instance": (_ENABLED,),
    "google_firestore_database": (
        Level("delete_protection_state", ("DELETE_PROTECTION_ENABLED",)),
        Level("deletion_policy", ("ABANDON",)),
    ),
    "google_folder": (_PROTECTED,),
    "google_memorystore_instance": (_ENABLED,),
    "google_oracle_database_autonomous_database": (_PROTECTED,),
    "google_oracle_database_db_system": (_PROTECTED,),
    "google_privateca_certificate_authority": (_PROTECTED,),
    "google_project": (Level("deletion_policy", ("PREVENT",)),),
    "google_redis_cluster": (_ENABLED,),
    "google_redis_instance": (_PROTECTED,),
    "google_secret_manager_regional_secret": (_PROTECTED,),
    "google_secret_manager_secret": (_PROTECTED,),
    "google_spanner_database": (_PROTECTED,),
    "google_spanner_instance": (_NOT_FORCED,),
    "google_sql_database": (Level("deletion_policy", ("ABANDON",)),),
    "google_sql_database_instance": (_PROTECTED, Level("settings.deletion_protection_enabled")),
    "google_storage_bucket": (_NOT_FORCED, Level("retention_policy.is_locked")),
    "google_workflows_workflow": (_PROTECTED,),
    "kubernetes_persistent_volume": (_RETAIN,),
    "kubernetes_persistent_volume_v1": (_RETAIN,),
    "kubernetes_storage_class": (_RECLAIM,),
    "kubernetes_storage_class_v1": (_RECLAIM,),
}
_GUARDS = {
    "aws_backup_vault_lock_configuration": Guard("the lock", "backup_vault_name", "aws_backup_vault"),
    "aws_glacier_vault_lock": Guard("the lock", "vault_name", "aws_glacier_vault"),
    "aws_s3_bucket_object_lock_configuration": Guard("the object lock", "bucket", "aws_s3_bucket"),
    "azurerm_management_lock": Guard("the lock", "scope"),
    "azurerm_storage_container_immutability_policy": Guard(
        "the immutability policy",
        "storage_container_resource_manager_id",
        "azurerm_storage_container",
        key="resource_manager_id",
    ),
    "google_resource_manager_lien": Guard("the lien", "parent", "google_project", key="number"),
}

_VAULT = """
                resource "azurerm_recovery_services_vault" "main" {
                  name                = "rsv-acme"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  sku                 = "Standard"
                  immutability        = "Unlocked"
                }
"""
_LOCK = """
                resource "azurerm_management_lock" "data" {
                  name       = "no-delete"
                  scope      = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data"
                  lock_level = "CanNotDelete"
                }
"""


@change_rule(
    id="deletion-protection-removed",
    severity="high",
    domain="environment",
    resources=dict.fromkeys((*_SETTINGS, *_GUARDS)),
    controls={"nist-800-53r5": ["CM-3", "CM-5", "CP-9"]},
    links=["https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources"],
    bad={
        "locks deleted": (
            """
                resource "azurerm_storage_account" "data" {
                  name                     = "stacmedata"
                  location                 = "westeurope"
                  resource_group_name      = "rg-data"
                  account_tier             = "Standard"
                  account_replication_type = "ZRS"
                }

                resource "azurerm_management_lock" "data" {
                  name       = "no-delete"
                  scope      = azurerm_storage_account.data.id
                  lock_level = "CanNotDelete"
                }

                resource "google_resource_manager_lien" "platform" {
                  parent       = "projects/481516234200"
                  restrictions = ["resourcemanager.projects.delete"]
                  origin       = "platform team"
                  reason       = "Holds the audit logs"
                }
                """,
            """
                resource "azurerm_storage_account" "data" {
                  name                     = "stacmedata"
                  location                 = "westeurope"
                  resource_group_name      = "rg-data"
                  account_tier             = "Standard"
                  account_replication_type = "ZRS"
                }
                """,
        ),
        "switches turned off": (
            """
                resource "aws_db_instance" "orders" {
                  identifier          = "orders"
                  engine              = "postgres"
                  instance_class      = "db.t4g.medium"
                  allocated_storage   = 50
                  storage_encrypted   = true
                  deletion_protection = true
                  skip_final_snapshot = false
                }

                resource "aws_s3_bucket" "uploads" {
                  bucket        = "acme-uploads"
                  force_destroy = false
                }

                resource "aws_lb" "web" {
                  name                       = "web"
                  enable_deletion_protection = true
                }

                resource "aws_instance" "bastion" {
                  ami                     = "ami-0a1b2c3d4e5f60718"
                  instance_type           = "t4g.small"
                  disable_api_termination = true
                }

                resource "azurerm_recovery_services_vault" "main" {
                  name                = "rsv-acme"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  sku                 = "Standard"
                  immutability        = "Unlocked"
                }

                resource "google_sql_database_instance" "orders" {
                  name                = "orders"
                  database_version    = "POSTGRES_16"
                  region              = "europe-west1"
                  deletion_protection = true

                  settings {
                    tier                        = "db-custom-2-8192"
                    deletion_protection_enabled = true
                  }
                }

                resource "kubernetes_persistent_volume_v1" "search" {
                  metadata {
                    name = "search"
                  }

                  spec {
                    capacity                         = { storage = "20Gi" }
                    access_modes                     = ["ReadWriteOnce"]
                    persistent_volume_reclaim_policy = "Retain"

                    persistent_volume_source {
                      csi {
                        driver        = "ebs.csi.aws.com"
                        volume_handle = "vol-0a1b2c3d4e5f60718"
                      }
                    }
                  }
                }
                """,
            """
                resource "aws_db_instance" "orders" {
                  identifier          = "orders"
                  engine              = "postgres"
                  instance_class      = "db.t4g.medium"
                  allocated_storage   = 50
                  storage_encrypted   = true
                  deletion_protection = false
                  skip_final_snapshot = true
                }

                resource "aws_s3_bucket" "uploads" {
                  bucket        = "acme-uploads"
                  force_destroy = true
                }

                resource "aws_lb" "web" {
                  name                       = "web"
                  enable_deletion_protection = false
                }

                resource "aws_instance" "bastion" {
                  ami                     = "ami-0a1b2c3d4e5f60718"
                  instance_type           = "t4g.small"
                  disable_api_termination = false
                }

                resource "azurerm_recovery_services_vault" "main" {
                  name                = "rsv-acme"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  sku                 = "Standard"
                  immutability        = "Disabled"
                }

                resource "google_sql_database_instance" "orders" {
                  name                = "orders"
                  database_version    = "POSTGRES_16"
                  region              = "europe-west1"
                  deletion_protection = false

                  settings {
                    tier                        = "db-custom-2-8192"
                    deletion_protection_enabled = false
                  }
                }

                resource "kubernetes_persistent_volume_v1" "search" {
                  metadata {
                    name = "search"
                  }

                  spec {
                    capacity                         = { storage = "20Gi" }
                    access_modes                     = ["ReadWriteOnce"]
                    persistent_volume_reclaim_policy = "Delete"

                    persistent_volume_source {
                      csi {
                        driver        = "ebs.csi.aws.com"
                        volume_handle = "vol-0a1b2c3d4e5f60718"
                      }
                    }
                  }
                }
                """,
        ),
        "a bucket that may be deleted with what is in it": edited(
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket        = "acme-uploads"
                  force_destroy = false
                }
            """,
            "false",
            "true",
        ),
        "backups that go with their database": edited(
            """
                resource "aws_db_instance" "orders" {
                  identifier               = "orders"
                  engine                   = "postgres"
                  instance_class           = "db.t4g.medium"
                  delete_automated_backups = false
                }
            """,
            "false",
            "true",
        ),
        "a load balancer": edited(
            """
                resource "aws_lb" "web" {
                  name                       = "web"
                  enable_deletion_protection = true
                }
            """,
            "true",
            "false",
        ),
        "a network firewall": edited(
            """
                resource "aws_networkfirewall_firewall" "hub" {
                  name                = "hub"
                  firewall_policy_arn = "arn:aws:network-firewall:eu-central-1:111122223333:firewall-policy/hub"
                  vpc_id              = "vpc-0a1b2c3d4e5f60718"
                  delete_protection   = true
                }
            """,
            "true",
            "false",
        ),
        "a vault that is not immutable any more": edited(_VAULT, '"Unlocked"', '"Disabled"'),
        "a cluster that goes with its instances": edited(
            """
                resource "google_alloydb_cluster" "orders" {
                  cluster_id      = "orders"
                  location        = "europe-west1"
                  deletion_policy = "DEFAULT"
                }
            """,
            '"DEFAULT"',
            '"FORCE"',
        ),
        "an autonomous database": edited(
            """
                resource "google_oracle_database_autonomous_database" "orders" {
                  autonomous_database_id = "orders"
                  location               = "europe-west2"
                  deletion_protection    = true
                }
            """,
            "true",
            "false",
        ),
        "a volume that goes with its claim": edited(
            """
                resource "kubernetes_persistent_volume_v1" "search" {
                  metadata {
                    name = "search"
                  }

                  spec {
                    capacity                         = { storage = "20Gi" }
                    access_modes                     = ["ReadWriteOnce"]
                    persistent_volume_reclaim_policy = "Retain"

                    persistent_volume_source {
                      csi {
                        driver        = "ebs.csi.aws.com"
                        volume_handle = "vol-0a1b2c3d4e5f60718"
                      }
                    }
                  }
                }
            """,
            '"Retain"',
            '"Delete"',
        ),
        "volumes of a class that go with their claims": edited(
            """
                resource "kubernetes_storage_class_v1" "slow" {
                  metadata {
                    name = "slow"
                  }

                  storage_provisioner = "ebs.csi.aws.com"
                  reclaim_policy      = "Retain"
                }
            """,
            '"Retain"',
            '"Delete"',
            kubernetes_storage_class_v1__slow="reclaim_policy",
        ),
        "the lock of a backup vault deleted": dropped(
            """
                resource "aws_backup_vault_lock_configuration" "main" {
                  backup_vault_name  = aws_backup_vault.main.name
                  min_retention_days = 30
                }
            """,
            """
                resource "aws_backup_vault" "main" {
                  name = "main"
                }
            """,
        ),
        "the lock of an archive deleted": dropped(
            """
                resource "aws_glacier_vault_lock" "audit" {
                  vault_name    = "audit"
                  complete_lock = false
                  policy        = "{}"
                }
            """
        ),
        "the immutability of a container deleted": dropped(
            """
                resource "azurerm_storage_container_immutability_policy" "audit" {
                  storage_container_resource_manager_id = azurerm_storage_container.audit.resource_manager_id
                  immutability_period_in_days           = 90
                }
            """,
            """
                resource "azurerm_storage_container" "audit" {
                  name               = "audit"
                  storage_account_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.Storage/storageAccounts/stacmedata"
                }
            """,
        ),
        "the lien of a project deleted": dropped(
            """
                resource "google_resource_manager_lien" "platform" {
                  parent       = "projects/481516234200"
                  restrictions = ["resourcemanager.projects.delete"]
                  origin       = "platform team"
                  reason       = "Holds the audit logs"
                }
            """
        ),
        "one of two locks deleted": (_LOCK + _LOCK.replace('"data"', '"again"'), _LOCK),
    },
    good={
        "switches turned on": (
            """
                resource "aws_db_instance" "orders" {
                  identifier          = "orders"
                  engine              = "postgres"
                  instance_class      = "db.t4g.medium"
                  allocated_storage   = 50
                  storage_encrypted   = true
                  deletion_protection = false
                  skip_final_snapshot = true
                }
                """,
            """
                resource "aws_db_instance" "orders" {
                  identifier          = "orders"
                  engine              = "postgres"
                  instance_class      = "db.t4g.medium"
                  allocated_storage   = 50
                  storage_encrypted   = true
                  deletion_protection = true
                  skip_final_snapshot = false
                }
                """,
        ),
        "a lock at another address": (
            """
                resource "azurerm_storage_account" "data" {
                  name                     = "stacmedata"
                  location                 = "westeurope"
                  resource_group_name      = "rg-data"
                  account_tier             = "Standard"
                  account_replication_type = "ZRS"
                }

                resource "azurerm_management_lock" "data" {
                  name       = "no-delete"
                  scope      = azurerm_storage_account.data.id
                  lock_level = "CanNotDelete"
                }
                """,
            """
                resource "azurerm_storage_account" "data" {
                  name                     = "stacmedata"
                  location                 = "westeurope"
                  resource_group_name      = "rg-data"
                  account_tier             = "Standard"
                  account_replication_type = "ZRS"
                }

                resource "azurerm_management_lock" "no_delete" {
                  name       = "no-delete"
                  scope      = azurerm_storage_account.data.id
                  lock_level = "CanNotDelete"
                }
                """,
        ),
        "a vault that is immutable for good": edited(_VAULT, '"Unlocked"', '"Locked"'),
    },
    undetermined={
        "a switch that depends on a new resource": (
            """
                resource "aws_db_instance" "orders" {
                  identifier          = "orders"
                  engine              = "postgres"
                  instance_class      = "db.t4g.medium"
                  allocated_storage   = 50
                  storage_encrypted   = true
                  deletion_protection = true
                  skip_final_snapshot = false
                }
                """,
            """
                resource "null_resource" "stage" {}

                resource "aws_db_instance" "orders" {
                  identifier          = "orders"
                  engine              = "postgres"
                  instance_class      = "db.t4g.medium"
                  allocated_storage   = 50
                  storage_encrypted   = true
                  deletion_protection = null_resource.stage.id != ""
                  skip_final_snapshot = false
                }
                """,
        ),
    },
)
def deletion_protection_removed(change: Change) -> Iterator[Violation]:
    """Deletion protection is taken away.

    Nothing is destroyed yet, but nothing stands in the way any more: the next plan, a slip in the console or a stolen
    credential can delete the resource, and what would have been a last copy is not made.

    Keep the protection. Where the resource is to be deleted, take it away in the change that says so, with the same
    approval as the deletion.
    """
    yield from reductions(change, _SETTINGS.get(change.type, ()))
    if change.type in _GUARDS:
        yield from losses(change, [_GUARDS[change.type]])
