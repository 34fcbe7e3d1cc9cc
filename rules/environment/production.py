"""What production demands and other environments need not have: a standby, backups, protection, and room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from planguard import Resource, Violation, rule, violation

from ._placement import is_allowed
from .sizes import _INSTANCES
from .sizes import _values as values_given

_CONTROLS: dict[str, Iterable[str]] = {"nist-800-53r5": ["CP-2", "CP-9", "CP-10", "SC-6"]}
_ENVIRONMENTS = {
    "prod": {"production": True, "tag": {"Environment": "prod"}},
    "dev": {"tag": {"Environment": "dev"}},
}
_PRODUCTION: dict[str, Any] = {"environments": _ENVIRONMENTS, "plan_environment": "prod"}
_STANDBY: dict[str, tuple[str, tuple[Any, ...], Any]] = {
    # By type: the attribute, the values that give a standby, and the provider's documented default.
    "aws_db_instance": ("multi_az", (True,), False),
    "aws_dms_replication_instance": ("multi_az", (True,), False),
    "aws_elasticache_replication_group": ("automatic_failover_enabled", (True,), False),
    "aws_mq_broker": ("deployment_mode", ("ACTIVE_STANDBY_MULTI_AZ", "CLUSTER_MULTI_AZ"), "SINGLE_INSTANCE"),
    "aws_opensearch_domain": ("cluster_config.zone_awareness_enabled", (True,), False),
    "azurerm_mssql_database": ("zone_redundant", (True,), False),
    "azurerm_storage_account": ("account_replication_type", ("ZRS", "GRS", "RAGRS", "GZRS", "RAGZRS"), "LRS"),
    "google_redis_instance": ("tier", ("STANDARD_HA",), "BASIC"),
    "google_sql_database_instance": ("settings.availability_type", ("REGIONAL",), "ZONAL"),
}
_REPLICA_OF = ("replicate_source_db", "master_instance_name")
_STANDBY_BLOCK = {
    "azurerm_mysql_flexible_server": "high_availability",
    "azurerm_postgresql_flexible_server": "high_availability",
}


@rule(
    id="production-without-standby",
    severity="medium",
    domain="environment",
    resources=[*_STANDBY, *_STANDBY_BLOCK],
    controls=_CONTROLS,
    links=["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html"],
    since="0.2.0",
    needs="environments",
    tried_with=_PRODUCTION,
    bad={
        "a database in one zone": """
            resource "aws_db_instance" "orders" {
              instance_class = "db.r6g.large"
            }
        """,
        "a cache of one node": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id = "sessions"
              description          = "sessions"
            }
        """,
        "a broker": """
            resource "aws_mq_broker" "orders" {
              broker_name        = "orders"
              engine_type        = "ActiveMQ"
              engine_version     = "5.18"
              host_instance_type = "mq.m5.large"
              deployment_mode    = "SINGLE_INSTANCE"
              user {
                username = "orders"
                password = var.password
              }
            }

            variable "password" {
              sensitive = true
            }
        """,
        "a storage account in one data centre": """
            resource "azurerm_storage_account" "orders" {
              name                     = "orders"
              resource_group_name      = "shop"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "LRS"
            }
        """,
        "a server without the block": """
            resource "azurerm_postgresql_flexible_server" "orders" {
              name                = "orders"
              resource_group_name = "shop"
              location            = "westeurope"
            }
        """,
        "Cloud SQL": """
            resource "google_sql_database_instance" "orders" {
              name             = "orders"
              database_version = "POSTGRES_16"
              settings {
                tier = "db-custom-2-7680"
              }
            }
        """,
        "a server of MySQL without the block": """
            resource "azurerm_mysql_flexible_server" "orders" {
              name                = "orders"
              resource_group_name = "shop"
              location            = "westeurope"
            }
        """,
        "a domain in one zone": """
            resource "aws_opensearch_domain" "orders" {
              domain_name = "orders"
              cluster_config {
                instance_type = "m6g.large.search"
              }
            }
        """,
        "a machine that moves data": """
            resource "aws_dms_replication_instance" "orders" {
              replication_instance_id    = "orders"
              replication_instance_class = "dms.r6i.large"
            }
        """,
        "a database of Azure in one zone": """
            resource "azurerm_mssql_database" "orders" {
              name      = "orders"
              server_id = "/subscriptions/11111111-1111-1111-1111-111111111111/servers/orders"
            }
        """,
        "a cache of Google Cloud of one node": """
            resource "google_redis_instance" "sessions" {
              name           = "sessions"
              memory_size_gb = 1
            }
        """,
    },
    good={
        "with a standby": """
            resource "aws_db_instance" "orders" {
              instance_class = "db.r6g.large"
              multi_az       = true
            }

            resource "azurerm_postgresql_flexible_server" "orders" {
              name                = "orders"
              resource_group_name = "shop"
              location            = "westeurope"
              high_availability {
                mode = "ZoneRedundant"
              }
            }

            resource "google_sql_database_instance" "orders" {
              name             = "orders"
              database_version = "POSTGRES_16"
              settings {
                tier              = "db-custom-2-7680"
                availability_type = "REGIONAL"
              }
            }
        """,
        "a replica, which is the standby of another": """
            resource "aws_db_instance" "replica" {
              instance_class      = "db.r6g.large"
              replicate_source_db = "orders"
            }
        """,
        "development": """
            resource "aws_db_instance" "orders" {
              instance_class = "db.r6g.large"
              tags           = { Environment = "dev" }
            }
        """,
        "a replica in Google Cloud": """
            resource "google_sql_database_instance" "replica" {
              name                 = "replica"
              database_version     = "POSTGRES_16"
              master_instance_name = "orders"
              settings {
                tier = "db-custom-2-7680"
              }
            }
        """,
    },
    undetermined={
        "a variable that is not known": """
            resource "aws_db_instance" "orders" {
              instance_class = "db.r6g.large"
              multi_az       = terraform_data.choice.output
            }

            resource "terraform_data" "choice" {
              input = true
            }
        """,
    },
)
def production_without_standby(resource: Resource) -> Iterator[Violation]:
    """A store of production stands in one zone only.

    When the zone fails, or the machine is patched, everything that needs the store stops until it is back; what was
    written last may be lost.

    Turn the standby on: `multi_az = true`, `automatic_failover_enabled = true`, `availability_type = "REGIONAL"`,
    `account_replication_type = "ZRS"`, or a `high_availability` block.
    """
    if not _is_production(resource) or any(resource.is_set(name) for name in _REPLICA_OF):
        return
    block = _STANDBY_BLOCK.get(resource.type)
    if block:
        if not resource.get(block):
            yield violation(block, "no standby")
        return
    path, wanted, default = _STANDBY[resource.type]
    value = resource.effective(path, default)
    if value not in wanted:
        yield violation(path, f"no standby: {value}")


def _is_production(resource: Resource) -> bool:
    environment: Any = resource.environment
    return bool(environment.production)


_RETENTION = {
    "aws_db_instance": "backup_retention_period",
    "aws_docdb_cluster": "backup_retention_period",
    "aws_elasticache_replication_group": "snapshot_retention_limit",
    "aws_neptune_cluster": "backup_retention_period",
    "aws_rds_cluster": "backup_retention_period",
    "aws_redshift_cluster": "automated_snapshot_retention_period",
    "azurerm_mssql_database": "short_term_retention_policy.retention_days",
    "azurerm_mysql_flexible_server": "backup_retention_days",
    "azurerm_postgresql_flexible_server": "backup_retention_days",
    "google_sql_database_instance": "settings.backup_configuration.backup_retention_settings.retained_backups",
}


@rule(
    id="production-backup-short",
    severity="medium",
    domain="environment",
    resources=_RETENTION,
    controls=_CONTROLS,
    links=["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html"],
    since="0.2.0",
    parameters={"days": "how many days, or backups, production keeps at least"},
    needs="environments",
    tried_with=_PRODUCTION,
    bad={
        "three days": """
            resource "aws_rds_cluster" "orders" {
              engine                  = "aurora-postgresql"
              backup_retention_period = 3
            }
        """,
        "a day less than a week": """
            resource "google_sql_database_instance" "orders" {
              name             = "orders"
              database_version = "POSTGRES_16"
              settings {
                tier = "db-custom-2-7680"
                backup_configuration {
                  enabled = true
                  backup_retention_settings {
                    retained_backups = 6
                  }
                }
              }
            }
        """,
        "two days": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id     = "sessions"
              description              = "sessions"
              snapshot_retention_limit = 2
            }
        """,
        "a graph": """
            resource "aws_neptune_cluster" "orders" {
              backup_retention_period = 6
            }
        """,
        "documents": """
            resource "aws_docdb_cluster" "orders" {
              backup_retention_period = 3
            }
        """,
        "a warehouse": """
            resource "aws_redshift_cluster" "orders" {
              cluster_identifier                  = "orders"
              node_type                           = "ra3.xlplus"
              automated_snapshot_retention_period = 3
            }
        """,
        "a database of Azure": """
            resource "azurerm_mssql_database" "orders" {
              name      = "orders"
              server_id = "/subscriptions/11111111-1111-1111-1111-111111111111/servers/orders"
              short_term_retention_policy {
                retention_days = 3
              }
            }
        """,
        "a server of MySQL": """
            resource "azurerm_mysql_flexible_server" "orders" {
              name                  = "orders"
              resource_group_name   = "shop"
              location              = "westeurope"
              backup_retention_days = 3
            }
        """,
        "a server of PostgreSQL": """
            resource "azurerm_postgresql_flexible_server" "orders" {
              name                  = "orders"
              resource_group_name   = "shop"
              location              = "westeurope"
              backup_retention_days = 3
            }
        """,
        "two days of one database": """
            resource "aws_db_instance" "orders" {
              instance_class          = "db.r6g.large"
              backup_retention_period = 2
            }
        """,
    },
    good={
        "a week": """
            resource "aws_rds_cluster" "orders" {
              engine                  = "aurora-postgresql"
              backup_retention_period = 7
            }
        """,
        "none, or one day, which other rules tell": """
            resource "aws_db_instance" "orders" {
              instance_class          = "db.r6g.large"
              backup_retention_period = 0
            }

            resource "aws_rds_cluster" "orders" {
              engine                  = "aurora-postgresql"
              backup_retention_period = 1
            }
        """,
        "development": """
            resource "aws_rds_cluster" "orders" {
              engine                  = "aurora-postgresql"
              backup_retention_period = 3
              tags                    = { Environment = "dev" }
            }
        """,
        "nothing said, and a default of the provider": """
            resource "google_sql_database_instance" "orders" {
              name             = "orders"
              database_version = "POSTGRES_16"
              settings {
                tier = "db-custom-2-7680"
                backup_configuration {
                  enabled = true
                }
              }
            }

            resource "aws_rds_cluster" "orders" {
              engine = "aurora-postgresql"
            }

            resource "azurerm_postgresql_flexible_server" "orders" {
              name                = "orders"
              resource_group_name = "shop"
              location            = "westeurope"
            }
        """,
    },
)
def production_backup_short(resource: Resource, *, days: int = 7) -> Iterator[Violation]:
    """Backups of a store of production are kept for days only.

    Damage that is found after a long weekend (a wrong release, an intruder who encrypts) is then in every backup that
    is left.

    Keep them for a week or more: `backup_retention_period = 7`.
    """
    path = _RETENTION[resource.type]
    if _is_production(resource) and not resource.is_left_to_provider(path):
        kept = resource.get(path, days)
        if 1 < kept < days:
            yield violation(path, f"kept {kept}, of {days} that are wanted", facts=[path, kept])


_PROTECTION: dict[str, tuple[str, Any, Any]] = {
    # By type: the attribute, the value that protects, and the provider's documented default.
    "aws_cognito_user_pool": ("deletion_protection", "ACTIVE", "INACTIVE"),
    "aws_docdb_cluster": ("deletion_protection", True, False),
    "aws_dynamodb_table": ("deletion_protection_enabled", True, False),
    "aws_neptune_cluster": ("deletion_protection", True, False),
    "google_bigtable_table": ("deletion_protection", "PROTECTED", "UNPROTECTED"),
    "google_spanner_database": ("enable_drop_protection", True, False),
}


@rule(
    id="production-deletion-protection-off",
    severity="medium",
    domain="environment",
    resources=_PROTECTION,
    controls={"nist-800-53r5": ["CP-9", "SI-12"]},
    links=["https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html"],
    since="0.2.0",
    needs="environments",
    tried_with=_PRODUCTION,
    bad={
        "nothing said": """
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
        "switched off": """
            resource "aws_docdb_cluster" "orders" {
              deletion_protection = false
            }
        """,
        "as a word": """
            resource "aws_cognito_user_pool" "customers" {
              name                = "customers"
              deletion_protection = "INACTIVE"
            }
        """,
        "a table of Google Cloud": """
            resource "google_bigtable_table" "orders" {
              name          = "orders"
              instance_name = "shop"
            }
        """,
        "a table of Google Cloud, switched off": """
            resource "google_bigtable_table" "orders" {
              name                = "orders"
              instance_name       = "shop"
              deletion_protection = "UNPROTECTED"
            }
        """,
        "a database of Google Cloud": """
            resource "google_spanner_database" "orders" {
              name     = "orders"
              instance = "shop"
            }
        """,
        "a graph": """
            resource "aws_neptune_cluster" "orders" {
              cluster_identifier = "orders"
            }
        """,
    },
    good={
        "on": """
            resource "aws_docdb_cluster" "orders" {
              deletion_protection = true
            }

            resource "aws_cognito_user_pool" "customers" {
              name                = "customers"
              deletion_protection = "ACTIVE"
            }
        """,
        "development": """
            resource "aws_docdb_cluster" "orders" {
              tags = { Environment = "dev" }
            }
        """,
        "on in Google Cloud": """
            resource "google_bigtable_table" "orders" {
              name                = "orders"
              instance_name       = "shop"
              deletion_protection = "PROTECTED"
            }

            resource "google_spanner_database" "orders" {
              name                   = "orders"
              instance               = "shop"
              enable_drop_protection = true
            }
        """,
    },
)
def production_deletion_protection_off(resource: Resource) -> Iterator[Violation]:
    """A store of production can be deleted at once.

    One wrong call, or one plan that replaces it, and the data is gone. With the protection on, somebody has to take
    it off first, in a change of its own.

    Set `deletion_protection = true` (`deletion_protection_enabled`, `enable_drop_protection`, `"ACTIVE"`).
    """
    path, wanted, default = _PROTECTION[resource.type]
    if _is_production(resource) and resource.effective(path, default) != wanted:
        yield violation(path, "deletion protection is off")


@rule(
    id="production-size-small",
    severity="low",
    domain="environment",
    resources=_INSTANCES,
    controls=_CONTROLS,
    links=["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances.html"],
    since="0.2.0",
    parameters={"small": "classes that are too small for production, such as `db.t*` or `Standard_B*`"},
    needs="environments",
    tried_with=_PRODUCTION,
    bad={
        "a database that lives on credits": """
            resource "aws_db_instance" "orders" {
              instance_class = "db.t4g.medium"
            }
        """,
        "a shared core": """
            resource "google_sql_database_instance" "orders" {
              name             = "orders"
              database_version = "POSTGRES_16"
              settings {
                tier = "db-f1-micro"
              }
            }
        """,
        "a node that bursts": """
            resource "aws_elasticache_cluster" "sessions" {
              cluster_id = "sessions"
              node_type  = "cache.t4g.small"
            }
        """,
        "nodes of a cluster": """
            resource "aws_eks_node_group" "shop" {
              cluster_name   = "shop"
              node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
              subnet_ids     = ["subnet-0123456789abcdef0"]
              instance_types = ["m6i.large", "t3.micro"]
              scaling_config {
                desired_size = 2
                max_size     = 2
                min_size     = 2
              }
            }
        """,
        "the smallest machine": """
            resource "aws_launch_template" "shop" {
              name_prefix   = "shop"
              instance_type = "t4g.nano"
            }
        """,
        "a machine of Azure": """
            resource "azurerm_kubernetes_cluster_node_pool" "shop" {
              name                  = "shop"
              kubernetes_cluster_id = "shop"
              vm_size               = "Standard_B2s"
            }
        """,
        "a server of Azure": """
            resource "azurerm_postgresql_flexible_server" "orders" {
              name                = "orders"
              resource_group_name = "shop"
              location            = "westeurope"
              sku_name            = "B_Standard_B1ms"
            }
        """,
        "a database that falls asleep": """
            resource "azurerm_mssql_database" "orders" {
              name      = "orders"
              server_id = "/subscriptions/11111111-1111-1111-1111-111111111111/servers/orders"
              sku_name  = "GP_S_Gen5_1"
            }
        """,
        "a database of five units": """
            resource "azurerm_mssql_database" "orders" {
              name      = "orders"
              server_id = "/subscriptions/11111111-1111-1111-1111-111111111111/servers/orders"
              sku_name  = "Basic"
            }
        """,
        "a machine of Google Cloud, by its whole address": """
            resource "google_compute_instance" "shop" {
              name         = "shop"
              machine_type = "zones/europe-west1-b/machineTypes/e2-small"
              zone         = "europe-west1-b"
              boot_disk {}
              network_interface {}
            }
        """,
    },
    good={
        "one with its own power": """
            resource "aws_db_instance" "orders" {
              instance_class = "db.r6g.large"
            }
        """,
        "development": """
            resource "aws_db_instance" "orders" {
              instance_class = "db.t4g.medium"
              tags           = { Environment = "dev" }
            }
        """,
        "nothing said of the nodes": """
            resource "google_container_cluster" "shop" {
              name     = "shop"
              location = "europe-west1"
            }

            resource "aws_launch_template" "shop" {
              name_prefix = "shop"
            }
        """,
    },
)
def production_size_small(
    resource: Resource,
    *,
    small: tuple[str, ...] = (
        "db.t*", "cache.t*", "t*.nano", "t*.micro", "Standard_B*", "B_*", "GP_S_*", "Basic", "*-micro", "*-small",
    ),
) -> Iterator[Violation]:  # fmt: skip
    """A store or machine of production is of a class that shares its processor.

    Such classes run on credits: under the load of a bad day they are cut to a fraction of their power, and what
    depends on them times out, just when it must not.

    Take a class of the next family: `db.r6g.large` for `db.t4g.large`, `db-custom-2-7680` for `db-g1-small`.
    """
    if not _is_production(resource):
        return
    for path in _INSTANCES[resource.type]:
        for at, value in values_given(resource, path):
            for one in value if isinstance(value, list) else [value]:
                name = one.rpartition("/")[2]  # Google takes whole addresses, too
                if is_allowed(name, small):
                    yield violation(at, f"{name} is small for production", facts=[path, name])
