"""Whom the firewall of an Azure database lets in."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from planguard import Resource, Violation, rule, violation

from .._satellite import given

_SERVERS = {
    "azurerm_cosmosdb_postgresql_firewall_rule": "azurerm_cosmosdb_postgresql_cluster",
    "azurerm_mariadb_firewall_rule": "azurerm_mariadb_server",
    "azurerm_mssql_firewall_rule": "azurerm_mssql_server",
    "azurerm_mysql_firewall_rule": "azurerm_mysql_server",
    "azurerm_mysql_flexible_server_firewall_rule": "azurerm_mysql_flexible_server",
    "azurerm_postgresql_firewall_rule": "azurerm_postgresql_server",
    "azurerm_postgresql_flexible_server_firewall_rule": "azurerm_postgresql_flexible_server",
    "azurerm_sql_firewall_rule": "azurerm_sql_server",
    "azurerm_synapse_firewall_rule": "azurerm_synapse_workspace",
}
_HALF_OF_IPV4 = 2**31


@rule(
    id="azure-sql-firewall-open",
    severity="high",
    domain="network",
    resources=list(_SERVERS),
    aliases=["CKV_AZURE_11", "CKV2_AZURE_26", "CKV2_AZURE_34", "AVD-AZU-0029"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"], "cis-azure-2.0": ["4.1.2"]},
    links=["https://learn.microsoft.com/azure/azure-sql/database/firewall-configure"],
    bad={
        "the whole Internet": """
resource "azurerm_mssql_server" "app" {
  name                = "sql-app"
  resource_group_name = "rg-app"
  location            = "westeurope"
  version             = "12.0"
  minimum_tls_version = "1.2"
}

resource "azurerm_mssql_firewall_rule" "all" {
  name             = "all"
  server_id        = azurerm_mssql_server.app.id
  start_ip_address = "0.0.0.0"
  end_ip_address   = "255.255.255.255"
}
""",
        "all of Azure": """
resource "azurerm_mysql_flexible_server" "app" {
  name                = "mysql-app"
  resource_group_name = "rg-app"
  location            = "westeurope"
  sku_name            = "GP_Standard_D2ds_v4"
}

resource "azurerm_mysql_flexible_server_firewall_rule" "azure" {
  name                = "azure"
  resource_group_name = "rg-app"
  server_name         = azurerm_mysql_flexible_server.app.name
  start_ip_address    = "0.0.0.0"
  end_ip_address      = "0.0.0.0"
}
""",
        "nearly the whole Internet": """
resource "azurerm_postgresql_flexible_server" "app" {
  name                = "psql-app"
  resource_group_name = "rg-app"
  location            = "westeurope"
  sku_name            = "GP_Standard_D2s_v3"
}

resource "azurerm_postgresql_flexible_server_firewall_rule" "wide" {
  name             = "wide"
  server_id        = azurerm_postgresql_flexible_server.app.id
  start_ip_address = "1.0.0.0"
  end_ip_address   = "223.255.255.255"
}
""",
    },
    good={
        "one office": """
resource "azurerm_mssql_server" "app" {
  name                = "sql-app"
  resource_group_name = "rg-app"
  location            = "westeurope"
  version             = "12.0"
  minimum_tls_version = "1.2"
}

resource "azurerm_mssql_firewall_rule" "office" {
  name             = "office"
  server_id        = azurerm_mssql_server.app.id
  start_ip_address = "198.51.100.0"
  end_ip_address   = "198.51.100.255"
}
""",
        "a flexible server without a public endpoint": """
resource "azurerm_mysql_flexible_server" "app" {
  name                  = "mysql-app"
  resource_group_name   = "rg-app"
  location              = "westeurope"
  sku_name              = "GP_Standard_D2ds_v4"
  public_network_access = "Disabled"
}

resource "azurerm_mysql_flexible_server_firewall_rule" "azure" {
  name                = "azure"
  resource_group_name = "rg-app"
  server_name         = azurerm_mysql_flexible_server.app.name
  start_ip_address    = "0.0.0.0"
  end_ip_address      = "0.0.0.0"
}
""",
        "a server without a public endpoint": """
resource "azurerm_mssql_server" "app" {
  name                          = "sql-app"
  resource_group_name           = "rg-app"
  location                      = "westeurope"
  version                       = "12.0"
  minimum_tls_version           = "1.2"
  public_network_access_enabled = false
}

resource "azurerm_mssql_firewall_rule" "azure" {
  name             = "azure"
  server_id        = azurerm_mssql_server.app.id
  start_ip_address = "0.0.0.0"
  end_ip_address   = "0.0.0.0"
}
""",
    },
)
def sql_firewall_open(firewall: Resource) -> Iterator[Violation]:
    """Database firewall lets the whole Internet in, or all of Azure.

    Anyone can then try logins on the database. The range from 0.0.0.0 to 0.0.0.0 means every machine that runs in
    Azure, those of strangers included.

    Name the addresses that need the database in `start_ip_address` and `end_ip_address`, or set
    `public_network_access_enabled = false` on the server and use a private endpoint.
    """
    first, last = firewall.get("start_ip_address"), firewall.get("end_ip_address")
    start, end = int(IPv4Address(first.strip())), int(IPv4Address(last.strip()))
    if end == 0:
        message = "all of Azure, other tenants included (0.0.0.0 - 0.0.0.0)"
    elif end - start + 1 >= _HALF_OF_IPV4:
        message = f"{first} - {last}"
    else:
        return
    for server in firewall.references(_SERVERS[firewall.type]):
        # Provider documentation: public access is on by default.
        enabled = given(server, "public_network_access_enabled", True)
        if not enabled or given(server, "public_network_access", "Enabled").lower() == "disabled":
            return
    yield violation("start_ip_address", message)
