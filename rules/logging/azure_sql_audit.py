"""Whether Azure SQL servers record who did what, and for how long."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._azure_sql_audit import POLICY, days_kept, not_audited, policies_of

_SERVERS = ["azurerm_sql_server", "azurerm_mssql_server"]
_DATABASE_POLICY = "azurerm_mssql_database_extended_auditing_policy"


@rule(
    id="azure-sql-auditing-off",
    severity="medium",
    domain="logging",
    resources=_SERVERS,
    aliases=["CKV_AZURE_23", "AVD-AZU-0027"],
    controls={"nist-800-53r5": ["AU-2", "AU-12"], "cis-azure-2.0": ["4.1.1"]},
    links=["https://learn.microsoft.com/azure/azure-sql/database/auditing-overview"],
    since="0.2.0",
    bad={
        "nothing said": """
            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
            }
        """,
        "older type, nothing said": """
            resource "azurerm_sql_server" "app" {
              name                         = "sql-app"
              resource_group_name          = "rg-app"
              location                     = "westeurope"
              version                      = "12.0"
              administrator_login          = "sqladmin"
              administrator_login_password = "Chang3-me-soon"
            }
        """,
        "policy of another server": """
            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
            }

            resource "azurerm_mssql_server_extended_auditing_policy" "other" {
              server_id         = "sql-other"
              storage_endpoint  = "https://staudit.blob.core.windows.net"
              retention_in_days = 120
            }
        """,
        "policy that is switched off": """
            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
            }

            resource "azurerm_mssql_server_extended_auditing_policy" "app" {
              server_id = azurerm_mssql_server.app.id
              enabled   = false
            }
        """,
    },
    good={
        "policy in a resource of its own": """
            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
            }

            resource "azurerm_mssql_server_extended_auditing_policy" "app" {
              server_id         = azurerm_mssql_server.app.id
              storage_endpoint  = "https://staudit.blob.core.windows.net"
              retention_in_days = 6
            }
        """,
        "policy in the server": """
            resource "azurerm_sql_server" "app" {
              name                         = "sql-app"
              resource_group_name          = "rg-app"
              location                     = "westeurope"
              version                      = "12.0"
              administrator_login          = "sqladmin"
              administrator_login_password = "Chang3-me-soon"

              extended_auditing_policy {
                storage_endpoint  = "https://staudit.blob.core.windows.net"
                retention_in_days = 90
              }
            }
        """,
        "policy that keeps records for a time that is not known yet": """
            resource "terraform_data" "days" {
              input = 90
            }

            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
            }

            resource "azurerm_mssql_server_extended_auditing_policy" "app" {
              server_id         = azurerm_mssql_server.app.id
              storage_endpoint  = "https://staudit.blob.core.windows.net"
              retention_in_days = terraform_data.days.output
            }
        """,
    },
    undetermined={
        "one of several, it is not known which": """
            resource "azurerm_mssql_server" "app" {
              for_each = toset(["orders", "letters"])

              name                = "sql-${each.key}"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
            }

            resource "terraform_data" "which" {
              input = "orders"
            }

            resource "azurerm_mssql_server_extended_auditing_policy" "app" {
              server_id        = azurerm_mssql_server.app[terraform_data.which.output].id
              storage_endpoint = "https://staudit.blob.core.windows.net"
            }
        """,
    },
)
def auditing_off(server: Resource) -> Iterator[Violation]:
    """SQL server records nothing.

    After a leak nobody can tell which login read which rows, from where, and since when.

    Add an `azurerm_mssql_server_extended_auditing_policy` with `server_id = azurerm_mssql_server.<name>.id` and a
    `storage_endpoint`; in `azurerm_sql_server` an `extended_auditing_policy` block.
    """
    if not any(True for _ in policies_of(server)):
        yield violation("extended_auditing_policy", "no audit policy", evidence=not_audited(server))


@rule(
    id="azure-sql-server-audit-not-kept",
    severity="medium",
    domain="logging",
    resources=_SERVERS,
    aliases=["CKV_AZURE_24"],
    controls={"nist-800-53r5": ["AU-11"], "cis-azure-2.0": ["4.1.6"]},
    links=["https://learn.microsoft.com/azure/azure-sql/database/auditing-overview"],
    since="0.2.0",
    wider=["azure-sql-auditing-off"],
    parameters={"days": "how long records have to be kept at least"},
    bad={
        "no audit at all": """
            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
            }
        """,
        "thirty days": """
            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
            }

            resource "azurerm_mssql_server_extended_auditing_policy" "app" {
              server_id         = azurerm_mssql_server.app.id
              storage_endpoint  = "https://staudit.blob.core.windows.net"
              retention_in_days = 30
            }
        """,
        "one day too few, in the server": """
            resource "azurerm_sql_server" "app" {
              name                         = "sql-app"
              resource_group_name          = "rg-app"
              location                     = "westeurope"
              version                      = "12.0"
              administrator_login          = "sqladmin"
              administrator_login_password = "Chang3-me-soon"

              extended_auditing_policy {
                storage_endpoint  = "https://staudit.blob.core.windows.net"
                retention_in_days = 89
              }
            }
        """,
    },
    good={
        "ninety days": """
            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
            }

            resource "azurerm_mssql_server_extended_auditing_policy" "app" {
              server_id         = azurerm_mssql_server.app.id
              storage_endpoint  = "https://staudit.blob.core.windows.net"
              retention_in_days = 90
            }
        """,
        "for ever": """
            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
            }

            resource "azurerm_mssql_server_extended_auditing_policy" "app" {
              server_id        = azurerm_mssql_server.app.id
              storage_endpoint = "https://staudit.blob.core.windows.net"
            }
        """,
        "a year, in the server": """
            resource "azurerm_sql_server" "app" {
              name                         = "sql-app"
              resource_group_name          = "rg-app"
              location                     = "westeurope"
              version                      = "12.0"
              administrator_login          = "sqladmin"
              administrator_login_password = "Chang3-me-soon"

              extended_auditing_policy {
                storage_endpoint  = "https://staudit.blob.core.windows.net"
                retention_in_days = 365
              }
            }
        """,
        "for ever, beside a month in the server": """
            resource "azurerm_sql_server" "app" {
              name                         = "sql-app"
              resource_group_name          = "rg-app"
              location                     = "westeurope"
              version                      = "12.0"
              administrator_login          = "sqladmin"
              administrator_login_password = "Chang3-me-soon"

              extended_auditing_policy {
                storage_endpoint  = "https://staudit.blob.core.windows.net"
                retention_in_days = 30
              }
            }

            resource "azurerm_mssql_server_extended_auditing_policy" "app" {
              server_id        = azurerm_sql_server.app.id
              storage_endpoint = "https://stkept.blob.core.windows.net"
            }
        """,
    },
    undetermined={
        "a setting that is not known yet": """
            resource "terraform_data" "setting" {
              input = 90
            }

            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
            }

            resource "azurerm_mssql_server_extended_auditing_policy" "app" {
              server_id         = azurerm_mssql_server.app.id
              storage_endpoint  = "https://staudit.blob.core.windows.net"
              retention_in_days = terraform_data.setting.output
            }
        """,
    },
)
def audit_not_kept(server: Resource, *, days: int = 90) -> Iterator[Violation]:
    """Records of a SQL server are kept for less than 90 days.

    Leaks are noticed after months. Which login read which rows before that cannot be told when the records are gone.

    Set `retention_in_days = 90` or more in the `azurerm_mssql_server_extended_auditing_policy` of the server (in
    `azurerm_sql_server` in its `extended_auditing_policy`); 0 keeps them for ever.
    """
    found = [(address, days_kept(policy)) for address, policy in policies_of(server)]
    if not found:
        yield violation("extended_auditing_policy", "no audit policy", evidence=not_audited(server))
    elif all(kept and kept < days for _, kept in found):
        (address, kept), *_ = found
        evidence = [address] if address != server.address else []
        yield violation("extended_auditing_policy", f"records are kept for {kept} days", evidence=evidence)


@rule(
    id="azure-sql-audit-retention-short",
    severity="medium",
    domain="logging",
    resources=[POLICY, _DATABASE_POLICY, *_SERVERS],
    aliases=["AVD-AZU-0025"],
    controls={"nist-800-53r5": ["AU-11"], "cis-azure-2.0": ["4.1.6"]},
    links=["https://learn.microsoft.com/azure/azure-sql/database/auditing-overview"],
    since="0.2.0",
    wider=["azure-sql-server-audit-not-kept"],
    parameters={"days": "how long records have to be kept at least"},
    bad={
        "database, six days": """
            resource "azurerm_mssql_database_extended_auditing_policy" "app" {
              database_id       = "db-app"
              storage_endpoint  = "https://staudit.blob.core.windows.net"
              retention_in_days = 6
            }
        """,
        "a week, in the server": """
            resource "azurerm_sql_server" "app" {
              name                         = "sql-app"
              resource_group_name          = "rg-app"
              location                     = "westeurope"
              version                      = "12.0"
              administrator_login          = "sqladmin"
              administrator_login_password = "Chang3-me-soon"

              extended_auditing_policy {
                storage_endpoint  = "https://staudit.blob.core.windows.net"
                retention_in_days = 7
              }
            }
        """,
        "server, one day too few": """
            resource "azurerm_mssql_server_extended_auditing_policy" "app" {
              server_id         = "sql-app"
              storage_endpoint  = "https://staudit.blob.core.windows.net"
              retention_in_days = 89
            }
        """,
    },
    good={
        "database, ninety days": """
            resource "azurerm_mssql_database_extended_auditing_policy" "app" {
              database_id       = "db-app"
              storage_endpoint  = "https://staudit.blob.core.windows.net"
              retention_in_days = 90
            }
        """,
        "server, for ever": """
            resource "azurerm_mssql_server_extended_auditing_policy" "app" {
              server_id         = "sql-app"
              storage_endpoint  = "https://staudit.blob.core.windows.net"
              retention_in_days = 0
            }
        """,
        "server without a policy, which is another matter": """
            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
            }
        """,
        "nothing said, which is for ever": """
            resource "azurerm_mssql_database_extended_auditing_policy" "app" {
              database_id            = "db-app"
              log_monitoring_enabled = true
            }
        """,
    },
    undetermined={
        "a setting that is not known yet": """
            resource "terraform_data" "setting" {
              input = 90
            }

            resource "azurerm_mssql_database_extended_auditing_policy" "app" {
              database_id       = "db-app"
              storage_endpoint  = "https://staudit.blob.core.windows.net"
              retention_in_days = terraform_data.setting.output
            }
        """,
    },
)
def audit_retention_short(policy: Resource, *, days: int = 90) -> Iterator[Violation]:
    """SQL audit policy keeps its records for less than 90 days.

    Leaks are noticed after months. Which login read which rows before that cannot be told when the records are gone.

    Set `retention_in_days = 90` or more; 0, the default, keeps them for ever.
    """
    in_server = policy.effective("extended_auditing_policy", ())
    places = [("", policy), *(("extended_auditing_policy.", block) for block in in_server)]
    for place, one in places:
        kept = days_kept(one)
        if kept and kept < days:
            yield violation(f"{place}retention_in_days", f"records are kept for {kept} days")


@rule(
    id="azure-sql-audit-not-monitored",
    severity="medium",
    domain="logging",
    resources=[_DATABASE_POLICY],
    aliases=["CKV_AZURE_156"],
    controls={"nist-800-53r5": ["AU-6", "AU-12", "SI-4"]},
    links=["https://learn.microsoft.com/azure/azure-sql/database/auditing-setup"],
    since="0.2.0",
    bad={
        "switched off": """
            resource "azurerm_mssql_database_extended_auditing_policy" "app" {
              database_id            = "db-app"
              storage_endpoint       = "https://staudit.blob.core.windows.net"
              retention_in_days      = 120
              log_monitoring_enabled = false
            }
        """,
        "switched off by a variable": """
            variable "monitored" {
              type    = bool
              default = false
            }

            resource "azurerm_mssql_database_extended_auditing_policy" "app" {
              database_id            = "db-app"
              storage_endpoint       = "https://staudit.blob.core.windows.net"
              log_monitoring_enabled = var.monitored
            }
        """,
    },
    good={
        "switched on": """
            resource "azurerm_mssql_database_extended_auditing_policy" "app" {
              database_id            = "db-app"
              log_monitoring_enabled = true
            }
        """,
        "left to the default": """
            resource "azurerm_mssql_database_extended_auditing_policy" "app" {
              database_id       = "db-app"
              storage_endpoint  = "https://staudit.blob.core.windows.net"
              retention_in_days = 120
            }
        """,
    },
    undetermined={
        "a setting that is not known yet": """
            resource "terraform_data" "setting" {
              input = true
            }

            resource "azurerm_mssql_database_extended_auditing_policy" "app" {
              database_id            = "db-app"
              log_monitoring_enabled = terraform_data.setting.output
            }
        """,
    },
)
def audit_not_monitored(policy: Resource) -> Iterator[Violation]:
    """SQL audit records do not go to Azure Monitor.

    Files in a storage account are read after an incident, by hand. Alerts on odd logins and exports need the records
    in Azure Monitor.

    Set `log_monitoring_enabled = true` (the default), and send the category `SQLSecurityAuditEvents` to a workspace
    with an `azurerm_monitor_diagnostic_setting`.
    """
    # Provider documentation: "log_monitoring_enabled … Defaults to true"
    if policy.get("log_monitoring_enabled") == False:  # noqa: E712
        yield violation("log_monitoring_enabled", "records do not go to Azure Monitor")
