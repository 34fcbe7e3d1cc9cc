"""Encryption of what is stored and of what is on its way."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Violation, change_rule

from ._neighbours import Guard, losses
from ._reduction import Given, Level, Setting, reductions

_YES = (True, "true")
_STORAGE = Level("storage_encrypted")
_ENCRYPTED = Level("encrypted", (_YES,))
_KEY = Given("kms_key_id", "the key of its own")
_KEY_ARN = Given("kms_key_arn", "the key of its own")
_MASTER_KEY = Given("kms_master_key_id", "the key of its own")
_KEY_NAME = Given("kms_key_name", "the key of its own")
_AT_REST = Level("at_rest_encryption_enabled", (_YES,))
_IN_TRANSIT = Level("transit_encryption_enabled")
_AT_HOST = Level("encryption_at_host_enabled")
_HTTPS = Level("https_only")
_TLS = ("TLS1_3", "TLS1_2", "TLS1_1", "TLS1_0")
_TLS_NUMBERS = (("1.3", 1.3), ("1.2", 1.2), ("1.1", 1.1), ("1.0", 1.0))
_GOOGLE_TLS = ("TLS_1_3", "TLS_1_2", "TLS_1_1", "TLS_1_0")
_SITE = (
    _HTTPS,
    Level("site_config.minimum_tls_version", _TLS_NUMBERS),
    Level("site_config.scm_minimum_tls_version", _TLS_NUMBERS),
)
_CLASSIC_SITE = (_HTTPS, Level("site_config.min_tls_version", _TLS_NUMBERS))
_SSL_ENFORCED = (Level("ssl_enforcement_enabled"), Level("ssl_minimal_tls_version_enforced", _TLS))
_SEARCH = (
    Level("encrypt_at_rest.enabled"),
    Level("node_to_node_encryption.enabled"),
    Level("domain_endpoint_options.enforce_https"),
    Level(
        "domain_endpoint_options.tls_security_policy",
        ("Policy-Min-TLS-1-2-PFS-2023-10", "Policy-Min-TLS-1-2-2019-07", "Policy-Min-TLS-1-0-2019-07"),
    ),
)
_CLOUDFRONT_TLS = (
    "TLSv1.3_2025",
    "TLSv1.2_2025",
    "TLSv1.2_2021",
    "TLSv1.2_2019",
    "TLSv1.2_2018",
    "TLSv1.1_2016",
    "TLSv1_2016",
    "TLSv1",
)

_AWS: dict[str, tuple[Setting, ...]] = {
    "aws_api_gateway_domain_name": (Level("security_policy", ("TLS_1_2", "TLS_1_0")),),
    "aws_cloudfront_distribution": (Level("viewer_certificate.minimum_protocol_version", _CLOUDFRONT_TLS),),
    "aws_cloudtrail": (_KEY,),
    "aws_cloudwatch_log_group": (_KEY,),
    "aws_db_instance": (_STORAGE,),
    "aws_docdb_cluster": (_STORAGE,),
    "aws_dynamodb_table": (Level("server_side_encryption.enabled"),),
    "aws_ebs_encryption_by_default": (Level("enabled"),),
    "aws_ebs_volume": (_ENCRYPTED,),
    "aws_ecr_repository": (Level("encryption_configuration.encryption_type", (("KMS", "KMS_DSSE"), "AES256")),),
    "aws_efs_file_system": (_ENCRYPTED,),
    "aws_elasticache_replication_group": (_AT_REST, _IN_TRANSIT),
    "aws_elasticsearch_domain": _SEARCH,
    "aws_instance": (Level("root_block_device.encrypted"),),
    "aws_kinesis_stream": (Level("encryption_type", ("KMS",)),),
    "aws_kms_key": (Level("enable_key_rotation"),),
    "aws_lambda_function": (_KEY_ARN,),
    "aws_memorydb_cluster": (Level("tls_enabled"),),
    "aws_msk_cluster": (
        Level("encryption_info.encryption_in_transit.client_broker", ("TLS", "TLS_PLAINTEXT")),
        Level("encryption_info.encryption_in_transit.in_cluster"),
    ),
    "aws_neptune_cluster": (_STORAGE,),
    "aws_opensearch_domain": _SEARCH,
    "aws_rds_cluster": (_STORAGE,),
    "aws_rds_global_cluster": (_STORAGE,),
    "aws_redshift_cluster": (_ENCRYPTED,),
    "aws_s3_bucket_server_side_encryption_configuration": (
        Level(
            "rule.apply_server_side_encryption_by_default.sse_algorithm",
            (("aws:kms", "aws:kms:dsse"), "AES256"),
        ),
    ),
    "aws_secretsmanager_secret": (_KEY,),
    "aws_sns_topic": (_MASTER_KEY,),
    "aws_sqs_queue": (_MASTER_KEY,),
    "aws_workspaces_workspace": (Level("root_volume_encryption_enabled"), Level("user_volume_encryption_enabled")),
}
_AZURE: dict[str, tuple[Setting, ...]] = {
    "azurerm_app_service": _CLASSIC_SITE,
    "azurerm_app_service_slot": _CLASSIC_SITE,
    "azurerm_automation_variable_bool": (_ENCRYPTED,),
    "azurerm_automation_variable_datetime": (_ENCRYPTED,),
    "azurerm_automation_variable_int": (_ENCRYPTED,),
    "azurerm_automation_variable_object": (_ENCRYPTED,),
    "azurerm_automation_variable_string": (_ENCRYPTED,),
    "azurerm_cosmosdb_account": (
        Level("minimal_tls_version", ("Tls12", "Tls11", "Tls")),
        Given("key_vault_key_id", "the key of its own"),
    ),
    "azurerm_eventhub_namespace": (Level("minimum_tls_version", _TLS_NUMBERS),),
    "azurerm_function_app": _CLASSIC_SITE,
    "azurerm_function_app_slot": _CLASSIC_SITE,
    "azurerm_key_vault_key": (Given("rotation_policy", "the rotation"),),
    "azurerm_kusto_cluster": (Level("disk_encryption_enabled"),),
    "azurerm_linux_function_app": _SITE,
    "azurerm_linux_function_app_slot": _SITE,
    "azurerm_linux_virtual_machine": (_AT_HOST,),
    "azurerm_linux_virtual_machine_scale_set": (_AT_HOST,),
    "azurerm_linux_web_app": _SITE,
    "azurerm_linux_web_app_slot": _SITE,
    "azurerm_managed_disk": (Given("disk_encryption_set_id", "the key of its own"),),
    "azurerm_mariadb_server": _SSL_ENFORCED,
    "azurerm_mssql_database": (Level("transparent_data_encryption_enabled"),),
    "azurerm_mssql_managed_instance": (Level("minimum_tls_version", _TLS_NUMBERS),),
    "azurerm_mssql_server": (Level("minimum_tls_version", _TLS_NUMBERS),),
    "azurerm_mysql_server": (*_SSL_ENFORCED, Level("infrastructure_encryption_enabled")),
    "azurerm_postgresql_server": (*_SSL_ENFORCED, Level("infrastructure_encryption_enabled")),
    "azurerm_redis_cache": (
        Level("minimum_tls_version", _TLS_NUMBERS),
        Level("non_ssl_port_enabled", ((False, None),)),
        Level("enable_non_ssl_port", ((False, None),)),
    ),
    "azurerm_servicebus_namespace": (Level("minimum_tls_version", _TLS_NUMBERS),),
    "azurerm_storage_account": (
        Level("https_traffic_only_enabled"),
        Level("enable_https_traffic_only"),
        Level("min_tls_version", _TLS),
        Level("infrastructure_encryption_enabled"),
        Given("customer_managed_key", "the key of its own"),
    ),
    "azurerm_windows_function_app": _SITE,
    "azurerm_windows_function_app_slot": _SITE,
    "azurerm_windows_virtual_machine": (_AT_HOST,),
    "azurerm_windows_virtual_machine_scale_set": (_AT_HOST,),
    "azurerm_windows_web_app": _SITE,
    "azurerm_windows_web_app_slot": _SITE,
}
_GOOGLE: dict[str, tuple[Setting, ...]] = {
    "google_bigquery_dataset": (Given("default_encryption_configuration", "the key of its own"),),
    "google_bigquery_table": (Given("encryption_configuration", "the key of its own"),),
    "google_compute_disk": (Given("disk_encryption_key", "the key of its own"),),
    "google_compute_region_disk": (Given("disk_encryption_key", "the key of its own"),),
    "google_compute_region_ssl_policy": (Level("min_tls_version", _GOOGLE_TLS),),
    "google_compute_ssl_policy": (
        Level("min_tls_version", _GOOGLE_TLS),
        Level("profile", (("RESTRICTED", "FIPS_202205"), "MODERN", "CUSTOM", "COMPATIBLE")),
    ),
    "google_container_cluster": (Level("database_encryption.state", ("ENCRYPTED",)),),
    "google_kms_crypto_key": (Given("rotation_period", "the rotation"),),
    "google_pubsub_topic": (_KEY_NAME,),
    "google_redis_instance": (Level("transit_encryption_mode", ("SERVER_AUTHENTICATION",)),),
    "google_spanner_database": (Given("encryption_config", "the key of its own"),),
    "google_sql_database_instance": (
        Level(
            "settings.ip_configuration.ssl_mode",
            ("TRUSTED_CLIENT_CERTIFICATE_REQUIRED", "ENCRYPTED_ONLY", "ALLOW_UNENCRYPTED_AND_ENCRYPTED"),
        ),
        Level("settings.ip_configuration.require_ssl"),
        Given("encryption_key_name", "the key of its own"),
    ),
    "google_storage_bucket": (Given("encryption", "the key of its own"),),
}
_SETTINGS: dict[str, tuple[Setting, ...]] = {**_AWS, **_AZURE, **_GOOGLE}
_OWN_KEY = "the key of its own"
_GUARDS = {
    "aws_ebs_encryption_by_default": Guard(
        "the encryption of new volumes", "region", worth=("enabled", (True, None))
    ),
    "aws_s3_bucket_server_side_encryption_configuration": Guard(
        # Without it, a bucket falls back to keys of Amazon's own: nothing changes for one that uses those.
        "the KMS encryption",
        "bucket",
        ("aws_s3_bucket",),
        worth=("rule.apply_server_side_encryption_by_default.sse_algorithm", ("aws:kms", "aws:kms:dsse")),
    ),
    "azurerm_cognitive_account_customer_managed_key": Guard(
        _OWN_KEY, "cognitive_account_id", ("azurerm_cognitive_account",)
    ),
    "azurerm_eventhub_namespace_customer_managed_key": Guard(
        _OWN_KEY, "eventhub_namespace_id", ("azurerm_eventhub_namespace",)
    ),
    "azurerm_kusto_cluster_customer_managed_key": Guard(_OWN_KEY, "cluster_id", ("azurerm_kusto_cluster",)),
    "azurerm_log_analytics_cluster_customer_managed_key": Guard(
        _OWN_KEY, "log_analytics_cluster_id", ("azurerm_log_analytics_cluster",)
    ),
    "azurerm_mssql_server_transparent_data_encryption": Guard(_OWN_KEY, "server_id", ("azurerm_mssql_server",)),
    "azurerm_mysql_server_key": Guard(_OWN_KEY, "server_id", ("azurerm_mysql_server",)),
    "azurerm_postgresql_server_key": Guard(_OWN_KEY, "server_id", ("azurerm_postgresql_server",)),
    "azurerm_servicebus_namespace_customer_managed_key": Guard(
        _OWN_KEY, "namespace_id", ("azurerm_servicebus_namespace",)
    ),
    "azurerm_storage_account_customer_managed_key": Guard(
        _OWN_KEY, "storage_account_id", ("azurerm_storage_account",)
    ),
}


@change_rule(
    id="encryption-reduced",
    severity="high",
    domain="environment",
    resources=dict.fromkeys((*_SETTINGS, *_GUARDS)),
    controls={"nist-800-53r5": ["CM-3", "SC-8", "SC-12", "SC-28"]},
    links=["https://csrc.nist.gov/pubs/sp/800/52/r2/final"],
    bad={
        "the configuration of a bucket deleted": (
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_server_side_encryption_configuration" "uploads" {
                  bucket = aws_s3_bucket.uploads.id

                  rule {
                    apply_server_side_encryption_by_default {
                      sse_algorithm = "aws:kms"
                    }
                  }
                }
                """,
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }
                """,
        ),
        "a database replaced by an unencrypted one": (
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
                  instance_class    = "db.t4g.medium"
                  allocated_storage = 50
                  storage_encrypted = false
                }
                """,
            {"aws_db_instance.orders": "storage_encrypted"},
        ),
        "a key of its own removed": (
            """
                resource "aws_sns_topic" "orders" {
                  name              = "orders"
                  kms_master_key_id = "alias/orders"
                }

                resource "google_storage_bucket" "audit" {
                  name     = "acme-audit"
                  location = "EU"

                  encryption {
                    default_kms_key_name = "projects/acme-platform/locations/europe/keyRings/main/cryptoKeys/audit"
                  }
                }
                """,
            """
                resource "aws_sns_topic" "orders" {
                  name = "orders"
                }

                resource "google_storage_bucket" "audit" {
                  name     = "acme-audit"
                  location = "EU"
                }
                """,
        ),
        "a bucket falls back to shared keys": (
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_server_side_encryption_configuration" "uploads" {
                  bucket = aws_s3_bucket.uploads.id

                  rule {
                    apply_server_side_encryption_by_default {
                      sse_algorithm = "aws:kms"
                    }
                  }
                }
                """,
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_server_side_encryption_configuration" "uploads" {
                  bucket = aws_s3_bucket.uploads.id

                  rule {
                    apply_server_side_encryption_by_default {
                      sse_algorithm = "AES256"
                    }
                  }
                }
                """,
        ),
        "tls and rotation": (
            """
                resource "aws_kms_key" "data" {
                  description         = "Data"
                  enable_key_rotation = true
                }

                resource "azurerm_storage_account" "data" {
                  name                       = "stacmedata"
                  location                   = "westeurope"
                  resource_group_name        = "rg-data"
                  account_tier               = "Standard"
                  account_replication_type   = "ZRS"
                  min_tls_version            = "TLS1_2"
                  https_traffic_only_enabled = true
                }

                resource "azurerm_mssql_server" "orders" {
                  name                = "sql-orders"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  version             = "12.0"
                  minimum_tls_version = "1.2"
                }

                resource "google_sql_database_instance" "orders" {
                  name             = "orders"
                  database_version = "POSTGRES_16"
                  region           = "europe-west1"

                  settings {
                    tier = "db-custom-2-8192"

                    ip_configuration {
                      ssl_mode = "ENCRYPTED_ONLY"
                    }
                  }
                }

                resource "google_compute_ssl_policy" "web" {
                  name            = "web"
                  profile         = "MODERN"
                  min_tls_version = "TLS_1_2"
                }
                """,
            """
                resource "aws_kms_key" "data" {
                  description         = "Data"
                  enable_key_rotation = false
                }

                resource "azurerm_storage_account" "data" {
                  name                       = "stacmedata"
                  location                   = "westeurope"
                  resource_group_name        = "rg-data"
                  account_tier               = "Standard"
                  account_replication_type   = "ZRS"
                  min_tls_version            = "TLS1_0"
                  https_traffic_only_enabled = false
                }

                resource "azurerm_mssql_server" "orders" {
                  name                = "sql-orders"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  version             = "12.0"
                  minimum_tls_version = "1.0"
                }

                resource "google_sql_database_instance" "orders" {
                  name             = "orders"
                  database_version = "POSTGRES_16"
                  region           = "europe-west1"

                  settings {
                    tier = "db-custom-2-8192"

                    ip_configuration {
                      ssl_mode = "ALLOW_UNENCRYPTED_AND_ENCRYPTED"
                    }
                  }
                }

                resource "google_compute_ssl_policy" "web" {
                  name            = "web"
                  profile         = "MODERN"
                  min_tls_version = "TLS_1_0"
                }
                """,
        ),
    },
    good={
        "a key of its own exchanged": (
            """
                resource "aws_sns_topic" "orders" {
                  name              = "orders"
                  kms_master_key_id = "alias/orders"
                }
                """,
            """
                resource "aws_sns_topic" "orders" {
                  name              = "orders"
                  kms_master_key_id = "alias/shop"
                }
                """,
        ),
        "a configuration that says what holds anyway": (
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }

                resource "aws_s3_bucket_server_side_encryption_configuration" "uploads" {
                  bucket = aws_s3_bucket.uploads.id

                  rule {
                    apply_server_side_encryption_by_default {
                      sse_algorithm = "AES256"
                    }
                  }
                }
                """,
            """
                resource "aws_s3_bucket" "uploads" {
                  bucket = "acme-uploads"
                }
                """,
        ),
        "tls and rotation": (
            """
                resource "aws_kms_key" "data" {
                  description         = "Data"
                  enable_key_rotation = false
                }

                resource "azurerm_storage_account" "data" {
                  name                       = "stacmedata"
                  location                   = "westeurope"
                  resource_group_name        = "rg-data"
                  account_tier               = "Standard"
                  account_replication_type   = "ZRS"
                  min_tls_version            = "TLS1_0"
                  https_traffic_only_enabled = false
                }

                resource "azurerm_mssql_server" "orders" {
                  name                = "sql-orders"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  version             = "12.0"
                  minimum_tls_version = "1.0"
                }

                resource "google_sql_database_instance" "orders" {
                  name             = "orders"
                  database_version = "POSTGRES_16"
                  region           = "europe-west1"

                  settings {
                    tier = "db-custom-2-8192"

                    ip_configuration {
                      ssl_mode = "ALLOW_UNENCRYPTED_AND_ENCRYPTED"
                    }
                  }
                }

                resource "google_compute_ssl_policy" "web" {
                  name            = "web"
                  profile         = "MODERN"
                  min_tls_version = "TLS_1_0"
                }
                """,
            """
                resource "aws_kms_key" "data" {
                  description         = "Data"
                  enable_key_rotation = true
                }

                resource "azurerm_storage_account" "data" {
                  name                       = "stacmedata"
                  location                   = "westeurope"
                  resource_group_name        = "rg-data"
                  account_tier               = "Standard"
                  account_replication_type   = "ZRS"
                  min_tls_version            = "TLS1_2"
                  https_traffic_only_enabled = true
                }

                resource "azurerm_mssql_server" "orders" {
                  name                = "sql-orders"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  version             = "12.0"
                  minimum_tls_version = "1.2"
                }

                resource "google_sql_database_instance" "orders" {
                  name             = "orders"
                  database_version = "POSTGRES_16"
                  region           = "europe-west1"

                  settings {
                    tier = "db-custom-2-8192"

                    ip_configuration {
                      ssl_mode = "ENCRYPTED_ONLY"
                    }
                  }
                }

                resource "google_compute_ssl_policy" "web" {
                  name            = "web"
                  profile         = "MODERN"
                  min_tls_version = "TLS_1_2"
                }
                """,
        ),
    },
    undetermined={
        "a new volume that says nothing of it": (
            """
                resource "aws_ebs_volume" "data" {
                  availability_zone = "eu-west-1a"
                  size              = 100
                  encrypted         = true
                }
                """,
            """
                resource "aws_ebs_volume" "data" {
                  availability_zone = "eu-west-1b"
                  size              = 100
                }
                """,
            {"aws_ebs_volume.data": "availability_zone"},
        ),
    },
)
def encryption_reduced(change: Change) -> Iterator[Violation]:
    """Encryption is reduced.

    What was encrypted, or encrypted under a key that its owner controls and rotates, is so no longer or less well.
    Data written from now on stays that way when the change is taken back.

    Keep the setting. Where an old client cannot do better, give it an endpoint of its own until it is gone.
    """
    yield from reductions(change, _SETTINGS.get(change.type, ()))
    if change.type in _GUARDS:
        yield from losses(change, [_GUARDS[change.type]])
