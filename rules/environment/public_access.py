"""What keeps data from being made public."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Violation, change_rule

from ._before_after import dropped, edited
from ._neighbours import Guard, losses
from ._reduction import Level, Off, Setting, reductions

_S3_FLAGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_S3_BLOCK = tuple(map(Level, _S3_FLAGS))
_NOT_PUBLIC = Level("public_network_access_enabled", (False,))
_DISABLED = Level("public_network_access", ("Disabled", "SecuredByPerimeter"))
_NETWORK = Level("public_network_enabled", (False,))

_WITHOUT_PUBLIC_NETWORK = (
    "azurerm_api_management",
    "azurerm_automation_account",
    "azurerm_batch_account",
    "azurerm_cosmosdb_account",
    "azurerm_dashboard_grafana",
    "azurerm_databricks_workspace",
    "azurerm_eventgrid_domain",
    "azurerm_eventgrid_topic",
    "azurerm_function_app_flex_consumption",
    "azurerm_healthcare_dicom_service",
    "azurerm_healthcare_service",
    "azurerm_iotcentral_application",
    "azurerm_iothub",
    "azurerm_iothub_dps",
    "azurerm_kusto_cluster",
    "azurerm_linux_function_app",
    "azurerm_linux_function_app_slot",
    "azurerm_linux_web_app",
    "azurerm_linux_web_app_slot",
    "azurerm_machine_learning_workspace",
    "azurerm_managed_disk",
    "azurerm_mariadb_server",
    "azurerm_monitor_data_collection_endpoint",
    "azurerm_monitor_workspace",
    "azurerm_mssql_server",
    "azurerm_mysql_server",
    "azurerm_postgresql_flexible_server",
    "azurerm_postgresql_server",
    "azurerm_recovery_services_vault",
    "azurerm_redis_cache",
    "azurerm_search_service",
    "azurerm_signalr_service",
    "azurerm_snapshot",
    "azurerm_static_web_app",
    "azurerm_synapse_workspace",
    "azurerm_web_pubsub",
    "azurerm_windows_function_app",
    "azurerm_windows_function_app_slot",
    "azurerm_windows_web_app",
    "azurerm_windows_web_app_slot",
)
_SETTINGS: dict[str, tuple[Setting, ...]] = {
    **dict.fromkeys(_WITHOUT_PUBLIC_NETWORK, (_NOT_PUBLIC,)),
    "aws_ebs_snapshot_block_public_access": (Level("state", ("block-all-sharing", "block-new-sharing")),),
    "aws_ec2_image_block_public_access": (Level("state", ("block-new-sharing",)),),
    "aws_emr_block_public_access_configuration": (Level("block_public_security_group_rules"),),
    "aws_s3_account_public_access_block": _S3_BLOCK,
    "aws_s3_bucket_public_access_block": _S3_BLOCK,
    "aws_vpc_block_public_access_options": (
        Level("internet_gateway_block_mode", ("block-bidirectional", "block-ingress")),
    ),
    "azurerm_ai_services": (_DISABLED,),
    "azurerm_app_configuration": (_DISABLED,),
    "azurerm_cognitive_account": (_NOT_PUBLIC, Level("network_acls.default_action", ("Deny",))),
    "azurerm_container_registry": (
        _NOT_PUBLIC,
        Off("anonymous_pull_enabled"),
        Level("network_rule_set.default_action", ("Deny",)),
    ),
    "azurerm_data_factory": (_NETWORK,),
    "azurerm_eventhub_namespace": (_NOT_PUBLIC, Level("network_rulesets.default_action", ("Deny",))),
    "azurerm_key_vault": (_NOT_PUBLIC, Level("network_acls.default_action", ("Deny",))),
    "azurerm_key_vault_managed_hardware_security_module": (
        _NOT_PUBLIC,
        Level("network_acls.default_action", ("Deny",)),
    ),
    "azurerm_mongo_cluster": (_DISABLED,),
    "azurerm_mysql_flexible_server": (_DISABLED,),
    "azurerm_purview_account": (_NETWORK,),
    "azurerm_servicebus_namespace": (_NOT_PUBLIC, Level("network_rule_set.default_action", ("Deny",))),
    "azurerm_storage_account": (
        Level("allow_nested_items_to_be_public", (False,)),
        Off("allow_blob_public_access"),
        _NOT_PUBLIC,
        Level("network_rules.default_action", ("Deny",)),
    ),
    "azurerm_storage_account_network_rules": (Level("default_action", ("Deny",)),),
    "google_storage_bucket": (
        Level("public_access_prevention", ("enforced",)),
        Level("uniform_bucket_level_access"),
    ),
}
_GUARDS = {
    "aws_s3_account_public_access_block": Guard("the account's block on public buckets", "account_id"),
    "aws_s3_bucket_public_access_block": Guard("the public access block", "bucket", "aws_s3_bucket"),
    "aws_ebs_snapshot_block_public_access": Guard(
        "the block on public snapshots", "region", worth=("state", ("block-all-sharing", "block-new-sharing"))
    ),
    "aws_ec2_image_block_public_access": Guard(
        "the block on public images", "region", worth=("state", ("block-new-sharing",))
    ),
    "azurerm_storage_account_network_rules": Guard(
        "the network rules",
        "storage_account_id",
        "azurerm_storage_account",
        worth=("default_action", ("Deny",)),
    ),
}

_BUCKET = """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }
"""
_BLOCK = """
                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket                  = aws_s3_bucket.uploads.id
                  block_public_acls       = true
                  block_public_policy     = true
                  ignore_public_acls      = true
                  restrict_public_buckets = true
                }
"""
_REPORTS = """
                resource "aws_s3_bucket" "reports" {
                  bucket = "acme-reports"
                }
"""
_ELSEWHERE = _BLOCK.replace("aws_s3_bucket.uploads", "aws_s3_bucket.reports")


@change_rule(
    id="public-access-protection-removed",
    severity="high",
    domain="environment",
    resources=dict.fromkeys((*_SETTINGS, *_GUARDS)),
    controls={"nist-800-53r5": ["AC-3", "AC-22", "CM-3", "SC-7"]},
    links=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"],
    bad={
        "block deleted": (
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket                  = aws_s3_bucket.uploads.id
                  block_public_acls       = true
                  block_public_policy     = true
                  ignore_public_acls      = true
                  restrict_public_buckets = true
                }
                """,
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }
                """,
        ),
        "block deleted of a bucket that is let go": (
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket                  = aws_s3_bucket.uploads.id
                  block_public_acls       = true
                  block_public_policy     = true
                  ignore_public_acls      = true
                  restrict_public_buckets = true
                }
                """,
            """
                removed {
                  from = aws_s3_bucket.uploads

                  lifecycle {
                    destroy = false
                  }
                }
                """,
        ),
        "flags turned off": (
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket                  = aws_s3_bucket.uploads.id
                  block_public_acls       = true
                  block_public_policy     = true
                  ignore_public_acls      = true
                  restrict_public_buckets = true
                }
                """,
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket                  = aws_s3_bucket.uploads.id
                  block_public_acls       = true
                  block_public_policy     = false
                  ignore_public_acls      = true
                  restrict_public_buckets = false
                }
                """,
        ),
        "block put before another bucket": (
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket" "reports" {
                  bucket = "acme-reports"
                }

                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket                  = aws_s3_bucket.uploads.id
                  block_public_acls       = true
                  block_public_policy     = true
                  ignore_public_acls      = true
                  restrict_public_buckets = true
                }
                """,
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket" "reports" {
                  bucket = "acme-reports"
                }

                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket                  = aws_s3_bucket.reports.id
                  block_public_acls       = true
                  block_public_policy     = true
                  ignore_public_acls      = true
                  restrict_public_buckets = true
                }
                """,
            {"aws_s3_bucket_public_access_block.uploads": "bucket"},
        ),
        "azure and google opened": (
            """
                resource "azurerm_storage_account" "data" {
                  name                            = "stacmedata"
                  location                        = "westeurope"
                  resource_group_name             = "rg-data"
                  account_tier                    = "Standard"
                  account_replication_type        = "ZRS"
                  allow_nested_items_to_be_public = false
                }

                resource "azurerm_key_vault" "main" {
                  name                          = "kv-acme-main"
                  location                      = "westeurope"
                  resource_group_name           = "rg-data"
                  tenant_id                     = "c0ffee00-1111-4222-8333-444455556666"
                  sku_name                      = "standard"
                  public_network_access_enabled = false

                  network_acls {
                    bypass         = "AzureServices"
                    default_action = "Deny"
                  }
                }

                resource "google_storage_bucket" "audit" {
                  name                     = "acme-audit"
                  location                 = "EU"
                  public_access_prevention = "enforced"
                }
                """,
            """
                resource "azurerm_storage_account" "data" {
                  name                            = "stacmedata"
                  location                        = "westeurope"
                  resource_group_name             = "rg-data"
                  account_tier                    = "Standard"
                  account_replication_type        = "ZRS"
                  allow_nested_items_to_be_public = true
                }

                resource "azurerm_key_vault" "main" {
                  name                          = "kv-acme-main"
                  location                      = "westeurope"
                  resource_group_name           = "rg-data"
                  tenant_id                     = "c0ffee00-1111-4222-8333-444455556666"
                  sku_name                      = "standard"
                  public_network_access_enabled = true

                  network_acls {
                    bypass         = "AzureServices"
                    default_action = "Allow"
                  }
                }

                resource "google_storage_bucket" "audit" {
                  name                     = "acme-audit"
                  location                 = "EU"
                  public_access_prevention = "inherited"
                }
                """,
        ),
        "block of one flag deleted": dropped(
            """
                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket              = aws_s3_bucket.uploads.id
                  block_public_policy = true
                }
            """,
            _BUCKET,
        ),
        "public lists of access no longer blocked": edited(
            _BUCKET + _BLOCK, "block_public_acls       = true", "block_public_acls       = false"
        ),
        "public policies no longer blocked": edited(
            _BUCKET + _BLOCK, "block_public_policy     = true", "block_public_policy     = false"
        ),
        "public lists of access no longer ignored": edited(
            _BUCKET + _BLOCK, "ignore_public_acls      = true", "ignore_public_acls      = false"
        ),
        "public buckets no longer restricted": edited(
            _BUCKET + _BLOCK, "restrict_public_buckets = true", "restrict_public_buckets = false"
        ),
        "the block of the account deleted": dropped(
            """
                resource "aws_s3_account_public_access_block" "main" {
                  block_public_acls       = true
                  block_public_policy     = true
                  ignore_public_acls      = true
                  restrict_public_buckets = true
                }
            """
        ),
        "the block on images deleted": dropped(
            """
                resource "aws_ec2_image_block_public_access" "main" {
                  state = "block-new-sharing"
                }
            """
        ),
        "the block on snapshots deleted together with what names its region": dropped(
            """
                resource "terraform_data" "home" {
                  input = "eu-central-1"
                }

                resource "aws_ebs_snapshot_block_public_access" "main" {
                  region = terraform_data.home.output
                  state  = "block-all-sharing"
                }
            """
        ),
        "the block on snapshots lifted": edited(
            """
                resource "aws_ebs_snapshot_block_public_access" "main" {
                  state = "block-all-sharing"
                }
            """,
            '"block-all-sharing"',
            '"unblocked"',
        ),
        **{
            f"{what} reached from the internet": edited(
                f'''
                resource "{kind}" "orders" {{
                  name                          = "orders"
                  resource_group_name           = "rg-data"
                  location                      = "westeurope"
                  public_network_access_enabled = false
                }}
                ''',
                "false",
                "true",
            )
            for what, kind in {
                "a batch account": "azurerm_batch_account",
                "a collection endpoint": "azurerm_monitor_data_collection_endpoint",
                "a MySQL server": "azurerm_mysql_server",
                "a PostgreSQL server": "azurerm_postgresql_server",
            }.items()
        },
        "a flexible server reached from the internet": edited(
            """
                resource "azurerm_mysql_flexible_server" "orders" {
                  name                  = "orders"
                  resource_group_name   = "rg-data"
                  location              = "westeurope"
                  public_network_access = "Disabled"
                }
            """,
            '"Disabled"',
            '"Enabled"',
        ),
        "a service taken out of its perimeter": edited(
            """
                resource "azurerm_ai_services" "texts" {
                  name                  = "texts"
                  resource_group_name   = "rg-data"
                  location              = "westeurope"
                  sku_name              = "S0"
                  public_network_access = "SecuredByPerimeter"
                }
            """,
            '"SecuredByPerimeter"',
            '"Enabled"',
        ),
        "a factory reached from the internet": edited(
            """
                resource "azurerm_data_factory" "orders" {
                  name                   = "orders"
                  resource_group_name    = "rg-data"
                  location               = "westeurope"
                  public_network_enabled = false
                }
            """,
            "false",
            "true",
        ),
        "a network list that lets in whoever is not on it": edited(
            """
                resource "azurerm_cognitive_account" "texts" {
                  name                  = "texts"
                  resource_group_name   = "rg-data"
                  location              = "westeurope"
                  kind                  = "TextAnalytics"
                  sku_name              = "S"
                  custom_subdomain_name = "acme-texts"

                  network_acls {
                    default_action = "Deny"
                    ip_rules       = ["203.0.113.0/24"]
                  }
                }
            """,
            '"Deny"',
            '"Allow"',
        ),
        "images pulled by anybody": edited(
            """
                resource "azurerm_container_registry" "main" {
                  name                = "acme"
                  resource_group_name = "rg-data"
                  location            = "westeurope"
                  sku                 = "Standard"
                }
            """,
            'sku                 = "Standard"',
            'sku                 = "Standard"\n                  anonymous_pull_enabled = true',
        ),
        "network rules of an account deleted": dropped(
            """
                resource "azurerm_storage_account_network_rules" "data" {
                  storage_account_id = azurerm_storage_account.data.id
                  default_action     = "Deny"
                  ip_rules           = ["203.0.113.0"]
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
        "a bucket that may be made public": edited(
            """
                resource "google_storage_bucket" "audit" {
                  name                     = "acme-audit"
                  location                 = "EU"
                  public_access_prevention = "enforced"
                }
            """,
            '"enforced"',
            '"inherited"',
        ),
    },
    good={
        "a block that blocked nothing": (
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket                  = aws_s3_bucket.uploads.id
                  block_public_acls       = false
                  block_public_policy     = false
                  ignore_public_acls      = false
                  restrict_public_buckets = false
                }
                """,
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }
                """,
        ),
        "a block kept by its provider": (
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket                  = aws_s3_bucket.uploads.id
                  block_public_acls       = true
                  block_public_policy     = true
                  ignore_public_acls      = true
                  restrict_public_buckets = true
                  skip_destroy            = true
                }
                """,
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }
                """,
        ),
        "a bucket renamed with its block": (
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket                  = "acme-uploads"
                  block_public_acls       = true
                  block_public_policy     = true
                  ignore_public_acls      = true
                  restrict_public_buckets = true
                }
                """,
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads-2026"
                }

                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket                  = "acme-uploads-2026"
                  block_public_acls       = true
                  block_public_policy     = true
                  ignore_public_acls      = true
                  restrict_public_buckets = true
                }
                """,
            {"aws_s3_bucket.uploads": "bucket", "aws_s3_bucket_public_access_block.uploads": "bucket"},
        ),
        "block at another address": (
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket                  = aws_s3_bucket.uploads.id
                  block_public_acls       = true
                  block_public_policy     = true
                  ignore_public_acls      = true
                  restrict_public_buckets = true
                }
                """,
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_public_access_block" "this" {
                  bucket                  = aws_s3_bucket.uploads.id
                  block_public_acls       = true
                  block_public_policy     = true
                  ignore_public_acls      = true
                  restrict_public_buckets = true
                }
                """,
        ),
        "a bucket replaced with its block": (
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket                  = aws_s3_bucket.uploads.id
                  block_public_acls       = true
                  block_public_policy     = true
                  ignore_public_acls      = true
                  restrict_public_buckets = true
                }
                """,
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads-2026"
                }

                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket                  = aws_s3_bucket.uploads.id
                  block_public_acls       = true
                  block_public_policy     = true
                  ignore_public_acls      = true
                  restrict_public_buckets = true
                }
                """,
            {"aws_s3_bucket.uploads": "bucket", "aws_s3_bucket_public_access_block.uploads": "bucket"},
        ),
        "a block that is only no longer managed": (
            _BUCKET + _BLOCK,
            _BUCKET
            + """
                removed {
                  from = aws_s3_bucket_public_access_block.uploads

                  lifecycle {
                    destroy = false
                  }
                }
            """,
        ),
        "a block that goes with its bucket, whose random name stays": dropped(
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-${random_id.name.hex}"
                }

                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket              = "acme-${random_id.name.hex}"
                  block_public_policy = true

                  depends_on = [aws_s3_bucket.uploads]
                }
            """,
            """
                resource "random_id" "name" {
                  byte_length = 4
                }
            """,
        ),
        "block put before another bucket as the first gets a new one": (
            _BUCKET + _REPORTS + _BLOCK,
            _BUCKET + _REPORTS + _ELSEWHERE + _BLOCK.replace('_block" "uploads"', '_block" "new"'),
            {"aws_s3_bucket_public_access_block.uploads": "bucket"},
        ),
        "block put before another bucket as the first goes": (
            _BUCKET + _REPORTS + _BLOCK,
            _REPORTS + _ELSEWHERE,
            {"aws_s3_bucket_public_access_block.uploads": "bucket"},
        ),
        "block put before another bucket as the first is made anew, and empty": (
            _BUCKET + _REPORTS + _BLOCK,
            _BUCKET.replace("acme-uploads", "acme-uploads-2026") + _REPORTS + _ELSEWHERE,
            {"aws_s3_bucket.uploads": "bucket", "aws_s3_bucket_public_access_block.uploads": "bucket"},
        ),
        "a service that only private endpoints reach from now on": edited(
            """
                resource "azurerm_ai_services" "texts" {
                  name                  = "texts"
                  resource_group_name   = "rg-data"
                  location              = "westeurope"
                  sku_name              = "S0"
                  public_network_access = "SecuredByPerimeter"
                }
            """,
            '"SecuredByPerimeter"',
            '"Disabled"',
        ),
    },
    undetermined={
        "a flag that depends on a new resource": (
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket                  = aws_s3_bucket.uploads.id
                  block_public_acls       = true
                  block_public_policy     = true
                  ignore_public_acls      = true
                  restrict_public_buckets = true
                }
                """,
            """
                resource "null_resource" "stage" {}

                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_public_access_block" "uploads" {
                  bucket                  = aws_s3_bucket.uploads.id
                  block_public_acls       = true
                  block_public_policy     = null_resource.stage.id != ""
                  ignore_public_acls      = true
                  restrict_public_buckets = null_resource.stage.id != ""
                }
                """,
        ),
        "block put before a bucket that is not known yet": (
            _BUCKET + _BLOCK,
            _BUCKET
            + """
                resource "terraform_data" "bucket" {
                  input = "acme-uploads"
                }
            """
            + _BLOCK.replace("aws_s3_bucket.uploads.id", "terraform_data.bucket.output"),
            {"aws_s3_bucket_public_access_block.uploads": "bucket"},
        ),
    },
)
def public_access_protection_removed(change: Change) -> Iterator[Violation]:
    """Protection against public access is taken away.

    The data need not be public yet. From now on one policy, one access list or one stolen credential is enough to
    make it so, and an earlier mistake that the protection covered takes effect at once.

    Keep the protection. Where something is to be public, put it into a store of its own and open that alone.
    """
    yield from reductions(change, _SETTINGS.get(change.type, ()))
    if _SETTINGS.get(change.type) == _S3_BLOCK and change.before and not any(map(change.before.get, _S3_FLAGS)):
        return
    if change.type in _GUARDS:
        yield from losses(change, [_GUARDS[change.type]])
