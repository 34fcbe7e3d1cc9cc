"""Encryption of what is stored and of what is on its way."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Violation, change_rule

from ._before_after import dropped, edited
from ._neighbours import Guard, losses
from ._reduction import Given, Level, Off, Setting, reductions

_STORAGE = Level("storage_encrypted")
_ENCRYPTED = Level("encrypted")
_KEY = Given("kms_key_id", "the key of its own")
_KEY_ARN = Given("kms_key_arn", "the key of its own")
_MASTER_KEY = Given("kms_master_key_id", "the key of its own")
_KEY_NAME = Given("kms_key_name", "the key of its own")
_AT_REST = Level("at_rest_encryption_enabled")
_IN_TRANSIT = Level("transit_encryption_enabled")
_AT_HOST = Level("encryption_at_host_enabled")
_HTTPS = Level("https_only")
_TLS = ("TLS1_3", "TLS1_2", "TLS1_1", "TLS1_0")
_TLS_NUMBERS = ("1.3", "1.2", "1.1", "1.0")
_GOOGLE_TLS = ("TLS_1_3", "TLS_1_2", "TLS_1_1")
_SITE = (
    _HTTPS,
    Level("site_config.minimum_tls_version", _TLS_NUMBERS),
    Level("site_config.scm_minimum_tls_version", _TLS_NUMBERS),
    Level("site_config.min_tls_version", _TLS_NUMBERS),
)
_SSL_ENFORCED = (Level("ssl_enforcement_enabled"), Level("ssl_minimal_tls_version_enforced", _TLS))
_SEARCH = (
    Level("encrypt_at_rest.enabled"),
    Level("node_to_node_encryption.enabled"),
    Level("domain_endpoint_options.enforce_https"),
    Level(
        "domain_endpoint_options.tls_security_policy",
        ("Policy-Min-TLS-1-2-PFS-2023-10", "Policy-Min-TLS-1-2-2019-07"),
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

_SETTINGS: dict[str, tuple[Setting, ...]] = {
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
    "azurerm_app_service": _SITE,
    "azurerm_app_service_slot": _SITE,
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
    "azurerm_function_app": _SITE,
    "azurerm_function_app_slot": _SITE,
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
        Off("non_ssl_port_enabled"),
        Off("enable_non_ssl_port"),
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
_OWN_KEY = "the key of its own"
_GUARDS = {
    "aws_ebs_encryption_by_default": Guard("the encryption of new volumes", "region", worth=("enabled", (True,))),
    "aws_s3_bucket_server_side_encryption_configuration": Guard(
        # Without it, a bucket falls back to keys of Amazon's own: nothing changes for one that uses those.
        "the KMS encryption",
        "bucket",
        "aws_s3_bucket",
        worth=("rule.apply_server_side_encryption_by_default.sse_algorithm", ("aws:kms", "aws:kms:dsse")),
    ),
    "azurerm_cognitive_account_customer_managed_key": Guard(
        _OWN_KEY, "cognitive_account_id", "azurerm_cognitive_account"
    ),
    "azurerm_eventhub_namespace_customer_managed_key": Guard(
        _OWN_KEY, "eventhub_namespace_id", "azurerm_eventhub_namespace"
    ),
    "azurerm_kusto_cluster_customer_managed_key": Guard(_OWN_KEY, "cluster_id", "azurerm_kusto_cluster"),
    "azurerm_log_analytics_cluster_customer_managed_key": Guard(
        _OWN_KEY, "log_analytics_cluster_id", "azurerm_log_analytics_cluster"
    ),
    "azurerm_mssql_server_transparent_data_encryption": Guard(_OWN_KEY, "server_id", "azurerm_mssql_server"),
    "azurerm_mysql_server_key": Guard(_OWN_KEY, "server_id", "azurerm_mysql_server"),
    "azurerm_postgresql_server_key": Guard(_OWN_KEY, "server_id", "azurerm_postgresql_server"),
    "azurerm_servicebus_namespace_customer_managed_key": Guard(
        _OWN_KEY, "namespace_id", "azurerm_servicebus_namespace"
    ),
    "azurerm_storage_account_customer_managed_key": Guard(_OWN_KEY, "storage_account_id", "azurerm_storage_account"),
}

_SEARCH_DOMAIN = """
                resource "aws_opensearch_domain" "logs" {
                  domain_name = "logs"

                  node_to_node_encryption {
                    enabled = true
                  }

                  domain_endpoint_options {
                    enforce_https = true
                  }
                }
"""
_WEB_APP = """
                resource "azurerm_linux_web_app" "shop" {
                  name                = "shop"
                  location            = "westeurope"
                  resource_group_name = "rg-shop"
                  service_plan_id     = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-shop/providers/Microsoft.Web/serverFarms/shop"
                  https_only          = true

                  site_config {
                    minimum_tls_version     = "1.2"
                    scm_minimum_tls_version = "1.2"
                  }
                }
"""
_MYSQL = """
                resource "azurerm_mysql_server" "orders" {
                  name                             = "mysql-orders"
                  location                         = "westeurope"
                  resource_group_name              = "rg-data"
                  sku_name                         = "GP_Gen5_2"
                  version                          = "8.0"
                  ssl_enforcement_enabled          = true
                  ssl_minimal_tls_version_enforced = "TLS1_0"
                }
"""


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
        "a search domain whose nodes talk in the clear": edited(_SEARCH_DOMAIN, "enabled = true", "enabled = false"),
        "a search domain reached in the clear": edited(
            _SEARCH_DOMAIN, "enforce_https = true", "enforce_https = false"
        ),
        "a cache in memory replaced by one in the clear": edited(
            """
                resource "aws_memorydb_cluster" "sessions" {
                  name        = "sessions"
                  acl_name    = "sessions"
                  node_type   = "db.t4g.small"
                  tls_enabled = true
                }
            """,
            "true",
            "false",
            aws_memorydb_cluster__sessions="tls_enabled",
        ),
        "a web app reached in the clear": edited(
            _WEB_APP, "https_only          = true", "https_only          = false"
        ),
        "a web app with an old version of TLS": edited(
            _WEB_APP, 'minimum_tls_version     = "1.2"', 'minimum_tls_version     = "1.1"'
        ),
        "a web app deployed with an old version of TLS": edited(
            _WEB_APP, 'scm_minimum_tls_version = "1.2"', 'scm_minimum_tls_version = "1.0"'
        ),
        "a classic web app with an old version of TLS": edited(
            """
                resource "azurerm_app_service" "shop" {
                  name                = "shop"
                  location            = "westeurope"
                  resource_group_name = "rg-shop"
                  app_service_plan_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-shop/providers/Microsoft.Web/serverFarms/shop"

                  site_config {
                    min_tls_version = "1.2"
                  }
                }
            """,
            '"1.2"',
            '"1.1"',
        ),
        "a server that no longer asks for TLS 1.0 at least": edited(
            """
                resource "azurerm_mssql_server" "orders" {
                  name                = "sql-orders"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  version             = "12.0"
                  minimum_tls_version = "1.0"
                }
            """,
            '"1.0"',
            '"Disabled"',
        ),
        "a database that takes connections in the clear": edited(
            _MYSQL, "ssl_enforcement_enabled          = true", "ssl_enforcement_enabled          = false"
        ),
        "a database that takes any version of TLS": edited(_MYSQL, '"TLS1_0"', '"TLSEnforcementDisabled"'),
        "a document database with an old version of TLS": edited(
            """
                resource "azurerm_cosmosdb_account" "orders" {
                  name                = "cosmos-orders"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  offer_type          = "Standard"
                  minimal_tls_version = "Tls12"

                  consistency_policy {
                    consistency_level = "Session"
                  }

                  geo_location {
                    location          = "westeurope"
                    failover_priority = 0
                  }
                }
            """,
            '"Tls12"',
            '"Tls11"',
        ),
        "the key of a log cluster deleted": dropped(
            """
                resource "azurerm_log_analytics_cluster_customer_managed_key" "main" {
                  log_analytics_cluster_id = azurerm_log_analytics_cluster.main.id
                  key_vault_key_id         = "https://kv-acme.vault.azure.net/keys/logs/1"
                }
            """,
            """
                resource "azurerm_log_analytics_cluster" "main" {
                  name                = "log-acme"
                  location            = "westeurope"
                  resource_group_name = "rg-logs"
                }
            """,
        ),
        "the key of a message bus deleted": dropped(
            """
                resource "azurerm_servicebus_namespace_customer_managed_key" "main" {
                  namespace_id     = azurerm_servicebus_namespace.main.id
                  key_vault_key_id = "https://kv-acme.vault.azure.net/keys/bus/1"
                }
            """,
            """
                resource "azurerm_servicebus_namespace" "main" {
                  name                         = "sb-acme"
                  location                     = "westeurope"
                  resource_group_name          = "rg-data"
                  sku                          = "Premium"
                  capacity                     = 1
                  premium_messaging_partitions = 1
                }
            """,
        ),
        "a table replaced by one without a key of its own": edited(
            """
                resource "google_bigquery_table" "orders" {
                  dataset_id = "orders"
                  table_id   = "orders"

                  encryption_configuration {
                    kms_key_name = "projects/acme-platform/locations/europe/keyRings/main/cryptoKeys/orders"
                  }
                }
            """,
            """
                  encryption_configuration {
                    kms_key_name = "projects/acme-platform/locations/europe/keyRings/main/cryptoKeys/orders"
                  }
""",
            "",
            google_bigquery_table__orders="encryption_configuration",
        ),
        "a policy that allows TLS 1.0 again": edited(
            """
                resource "google_compute_ssl_policy" "web" {
                  name            = "web"
                  min_tls_version = "TLS_1_1"
                }
            """,
            '"TLS_1_1"',
            '"TLS_1_0"',
        ),
        "a cache replaced by one in the clear": edited(
            """
                resource "google_redis_instance" "sessions" {
                  name                    = "sessions"
                  memory_size_gb          = 1
                  transit_encryption_mode = "SERVER_AUTHENTICATION"
                }
            """,
            '"SERVER_AUTHENTICATION"',
            '"DISABLED"',
            google_redis_instance__sessions="transit_encryption_mode",
        ),
        "a search domain with an old version of TLS": edited(
            """
                resource "aws_elasticsearch_domain" "logs" {
                  domain_name = "logs"

                  domain_endpoint_options {
                    tls_security_policy = "Policy-Min-TLS-1-2-2019-07"
                  }
                }
            """,
            "1-2",
            "1-0",
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
        "a version of TLS at a time": (
            """
                resource "aws_cloudfront_distribution" "site" {
                  for_each = {
                    a = "TLSv1"
                    b = "TLSv1_2016"
                    c = "TLSv1.1_2016"
                    d = "TLSv1.2_2018"
                    e = "TLSv1.2_2019"
                    f = "TLSv1.2_2021"
                    g = "TLSv1.2_2025"
                  }
                  enabled = true

                  viewer_certificate {
                    acm_certificate_arn      = "arn:aws:acm:us-east-1:111122223333:certificate/site"
                    ssl_support_method       = "sni-only"
                    minimum_protocol_version = each.value
                  }
                }

                resource "aws_opensearch_domain" "logs" {
                  domain_name = "logs"

                  domain_endpoint_options {
                    tls_security_policy = "Policy-Min-TLS-1-2-2019-07"
                  }
                }

                resource "azurerm_storage_account" "data" {
                  for_each = {
                    a = "TLS1_0"
                    b = "TLS1_1"
                    c = "TLS1_2"
                  }
                  name                     = "stacmedata${each.key}"
                  location                 = "westeurope"
                  resource_group_name      = "rg-data"
                  account_tier             = "Standard"
                  account_replication_type = "ZRS"
                  min_tls_version          = each.value
                }

                resource "azurerm_mssql_server" "orders" {
                  for_each = {
                    a = "1.0"
                    b = "1.1"
                    c = "1.2"
                  }
                  name                = "sql-orders-${each.key}"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  version             = "12.0"
                  minimum_tls_version = each.value
                }

                resource "google_compute_ssl_policy" "web" {
                  for_each = {
                    a = "TLS_1_0"
                    b = "TLS_1_1"
                    c = "TLS_1_2"
                  }
                  name            = "web-${each.key}"
                  min_tls_version = each.value
                }
            """,
            """
                resource "aws_cloudfront_distribution" "site" {
                  for_each = {
                    a = "TLSv1_2016"
                    b = "TLSv1.1_2016"
                    c = "TLSv1.2_2018"
                    d = "TLSv1.2_2019"
                    e = "TLSv1.2_2021"
                    f = "TLSv1.2_2025"
                    g = "TLSv1.3_2025"
                  }
                  enabled = true

                  viewer_certificate {
                    acm_certificate_arn      = "arn:aws:acm:us-east-1:111122223333:certificate/site"
                    ssl_support_method       = "sni-only"
                    minimum_protocol_version = each.value
                  }
                }

                resource "aws_opensearch_domain" "logs" {
                  domain_name = "logs"

                  domain_endpoint_options {
                    tls_security_policy = "Policy-Min-TLS-1-2-PFS-2023-10"
                  }
                }

                resource "azurerm_storage_account" "data" {
                  for_each = {
                    a = "TLS1_1"
                    b = "TLS1_2"
                    c = "TLS1_3"
                  }
                  name                     = "stacmedata${each.key}"
                  location                 = "westeurope"
                  resource_group_name      = "rg-data"
                  account_tier             = "Standard"
                  account_replication_type = "ZRS"
                  min_tls_version          = each.value
                }

                resource "azurerm_mssql_server" "orders" {
                  for_each = {
                    a = "1.1"
                    b = "1.2"
                    c = "1.3"
                  }
                  name                = "sql-orders-${each.key}"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  version             = "12.0"
                  minimum_tls_version = each.value
                }

                resource "google_compute_ssl_policy" "web" {
                  for_each = {
                    a = "TLS_1_1"
                    b = "TLS_1_2"
                    c = "TLS_1_3"
                  }
                  name            = "web-${each.key}"
                  min_tls_version = each.value
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
