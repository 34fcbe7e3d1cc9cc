"""Who administers an Azure SQL server."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import missing, satellites

_ADMINISTRATOR = "azurerm_sql_active_directory_administrator"


@rule(
    id="azure-sql-server-without-entra-admin",
    severity="medium",
    domain="identity",
    resources=["azurerm_sql_server", "azurerm_mssql_server"],
    aliases=["CKV2_AZURE_7", "CKV2_AZURE_27"],
    controls={"nist-800-53r5": ["AC-2", "IA-2"], "cis-azure-2.0": ["4.1.4"]},
    links=["https://learn.microsoft.com/azure/azure-sql/database/authentication-aad-overview"],
    since="0.2.0",
    bad={
        "nothing but a login of the server": """
            resource "azurerm_mssql_server" "app" {
              name                         = "sql-app"
              resource_group_name          = "rg-app"
              location                     = "westeurope"
              version                      = "12.0"
              administrator_login          = "sqladmin"
              administrator_login_password = "Chang3-me-soon"
            }
        """,
        "older type without its companion": """
            resource "azurerm_sql_server" "app" {
              name                         = "sql-app"
              resource_group_name          = "rg-app"
              location                     = "westeurope"
              version                      = "12.0"
              administrator_login          = "sqladmin"
              administrator_login_password = "Chang3-me-soon"
            }
        """,
        "administrator of another server": """
            resource "azurerm_sql_server" "app" {
              name                         = "sql-app"
              resource_group_name          = "rg-app"
              location                     = "westeurope"
              version                      = "12.0"
              administrator_login          = "sqladmin"
              administrator_login_password = "Chang3-me-soon"
            }

            resource "azurerm_sql_active_directory_administrator" "other" {
              server_name         = "sql-other"
              resource_group_name = "rg-app"
              login               = "sql-admins"
              tenant_id           = "11111111-2222-4333-8444-555555555555"
              object_id           = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
    },
    good={
        "administrator from the directory": """
            resource "azurerm_mssql_server" "app" {
              name                = "sql-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              version             = "12.0"

              azuread_administrator {
                login_username              = "sql-admins"
                object_id                   = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
                azuread_authentication_only = true
              }
            }
        """,
        "older type with its companion": """
            resource "azurerm_sql_server" "app" {
              name                         = "sql-app"
              resource_group_name          = "rg-app"
              location                     = "westeurope"
              version                      = "12.0"
              administrator_login          = "sqladmin"
              administrator_login_password = "Chang3-me-soon"
            }

            resource "azurerm_sql_active_directory_administrator" "app" {
              server_name         = azurerm_sql_server.app.name
              resource_group_name = "rg-app"
              login               = "sql-admins"
              tenant_id           = "11111111-2222-4333-8444-555555555555"
              object_id           = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
    },
    undetermined={
        "one of several, it is not known which": """
            resource "azurerm_sql_server" "app" {
              for_each = toset(["orders", "letters"])

              name                         = "sql-${each.key}"
              resource_group_name          = "rg-app"
              location                     = "westeurope"
              version                      = "12.0"
              administrator_login          = "sqladmin"
              administrator_login_password = "Chang3-me-soon"
            }

            resource "terraform_data" "which" {
              input = "orders"
            }

            resource "azurerm_sql_active_directory_administrator" "app" {
              server_name         = azurerm_sql_server.app[terraform_data.which.output].name
              resource_group_name = "rg-app"
              login               = "sql-admins"
              tenant_id           = "11111111-2222-4333-8444-555555555555"
              object_id           = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
    },
)
def without_entra_admin(server: Resource) -> Iterator[Violation]:
    """SQL server has no administrator from the directory.

    The login of the server is one password that administrators share. It asks for no second factor, tells nobody who
    used it, and stays when people leave.

    Name a group in `azuread_administrator { login_username = "sql-admins" object_id = "…" }`, with
    `azuread_authentication_only = true`; for `azurerm_sql_server` in an `azurerm_sql_active_directory_administrator`.
    """
    if server.type == "azurerm_mssql_server":
        if not server.get("azuread_administrator", ()):
            yield violation("azuread_administrator", "no administrator from the directory")
    elif not satellites(server, _ADMINISTRATOR, via="server_name"):
        evidence = missing(server, _ADMINISTRATOR, via="server_name")
        yield violation("azuread_administrator", "no administrator from the directory", evidence=evidence)
