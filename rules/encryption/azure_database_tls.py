"""Which TLS versions database servers in Azure accept."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

_SINGLE = ["azurerm_mysql_server", "azurerm_postgresql_server"]
_GOOD = ("1.2", "1.3", "tls1_2")


@rule(
    id="azure-database-server-weak-tls",
    severity="medium",
    domain="encryption",
    resources=["azurerm_mssql_server", *_SINGLE],
    aliases=["CKV_AZURE_52", "CKV_AZURE_54", "CKV_AZURE_147", "AVD-AZU-0026"],
    controls={"nist-800-53r5": ["SC-8", "SC-13"]},
    links=["https://learn.microsoft.com/azure/azure-sql/database/connectivity-settings#minimum-tls-version"],
    since="0.2.0",
    bad={
        "SQL server, TLS 1.1": """
            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
              minimum_tls_version = "1.1"
            }
        """,
        "SQL server, TLS 1.0 as a number": """
            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
              minimum_tls_version = 1.0
            }
        """,
        "SQL server, any version": """
            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
              minimum_tls_version = "Disabled"
            }
        """,
        "MySQL, TLS 1.0": """
            resource "azurerm_mysql_server" "app" {
              name                             = "mysql-app"
              resource_group_name              = "rg-app"
              location                         = "westeurope"
              sku_name                         = "GP_Gen5_2"
              version                          = "8.0"
              ssl_enforcement_enabled          = true
              ssl_minimal_tls_version_enforced = "TLS1_0"
            }
        """,
        "PostgreSQL, any version": """
            resource "azurerm_postgresql_server" "app" {
              name                             = "psql-app"
              resource_group_name              = "rg-app"
              location                         = "westeurope"
              sku_name                         = "GP_Gen5_2"
              version                          = "11"
              ssl_enforcement_enabled          = true
              ssl_minimal_tls_version_enforced = "TLSEnforcementDisabled"
            }
        """,
        "MySQL, nothing said": """
            resource "azurerm_mysql_server" "app" {
              name                    = "mysql-app"
              resource_group_name     = "rg-app"
              location                = "westeurope"
              sku_name                = "GP_Gen5_2"
              version                 = "8.0"
              ssl_enforcement_enabled = true
            }
        """,
    },
    good={
        "SQL server, TLS 1.2": """
            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
              minimum_tls_version = "1.2"
            }
        """,
        "SQL server, TLS 1.3": """
            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
              minimum_tls_version = "1.3"
            }
        """,
        "SQL server, left to the default": """
            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
            }
        """,
        "MySQL and PostgreSQL, TLS 1.2": """
            resource "azurerm_mysql_server" "app" {
              name                             = "mysql-app"
              resource_group_name              = "rg-app"
              location                         = "westeurope"
              sku_name                         = "GP_Gen5_2"
              version                          = "8.0"
              ssl_enforcement_enabled          = true
              ssl_minimal_tls_version_enforced = "TLS1_2"
            }

            resource "azurerm_postgresql_server" "app" {
              name                             = "psql-app"
              resource_group_name              = "rg-app"
              location                         = "westeurope"
              sku_name                         = "GP_Gen5_2"
              version                          = "11"
              ssl_enforcement_enabled          = true
              ssl_minimal_tls_version_enforced = "TLS1_2"
            }
        """,
    },
    undetermined={
        "a setting that is not known yet": """
            resource "terraform_data" "setting" {
              input = "1.2"
            }

            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"
              minimum_tls_version = terraform_data.setting.output
            }
        """,
    },
)
def weak_tls(server: Resource) -> Iterator[Violation]:
    """Database server accepts outdated TLS.

    TLS 1.0 and 1.1 have known flaws and were withdrawn in 2021; whoever sits on the way can weaken a connection that
    both ends take for safe.

    Set `minimum_tls_version = "1.2"` on `azurerm_mssql_server`, `ssl_minimal_tls_version_enforced = "TLS1_2"` on the
    others.
    """
    # Provider documentation: 1.2 by default on azurerm_mssql_server since version 3. On the others none in version 2,
    # TLS1_2 in version 3, whose plans say so themselves.
    path, default = "minimum_tls_version", "1.2"
    if server.type in _SINGLE:
        path, default = "ssl_minimal_tls_version_enforced", "TLSEnforcementDisabled"
    version = server.effective(path, default)
    if version.lower() not in _GOOD:
        yield violation(path, f"the least version is {version}")
