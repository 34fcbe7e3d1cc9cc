"""Whom the firewall of an Azure database lets in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address

from planguard import Resource, Violation, rule, violation

from ._azure_public_endpoint import has_public_endpoint

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
_HALF_OF_IPV4 = 2**31 - 1  # from the first to the last of half of all addresses


@rule(
    id="azure-sql-firewall-open",
    severity="high",
    domain="network",
    resources=list(_SERVERS),
    aliases=["CKV_AZURE_11", "CKV2_AZURE_26", "AVD-AZU-0029"],
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
        "from the first address on": """
resource "azurerm_postgresql_firewall_rule" "low" {
  name                = "low"
  resource_group_name = "rg-app"
  server_name         = "psql-app"
  start_ip_address    = "0.0.0.0"
  end_ip_address      = "10.255.255.255"
}
""",
        "a half of the Internet, at every kind of database": """
resource "azurerm_cosmosdb_postgresql_firewall_rule" "half" {
  name             = "half"
  cluster_id       = "server-app"
  start_ip_address = "128.0.0.0"
  end_ip_address   = "255.255.255.255"
}

resource "azurerm_mariadb_firewall_rule" "half" {
  name                = "half"
  resource_group_name = "rg-app"
  server_name         = "server-app"
  start_ip_address    = "128.0.0.0"
  end_ip_address      = "255.255.255.255"
}

resource "azurerm_mssql_firewall_rule" "half" {
  name             = "half"
  server_id        = "server-app"
  start_ip_address = "128.0.0.0"
  end_ip_address   = "255.255.255.255"
}

resource "azurerm_mysql_firewall_rule" "half" {
  name                = "half"
  resource_group_name = "rg-app"
  server_name         = "server-app"
  start_ip_address    = "128.0.0.0"
  end_ip_address      = "255.255.255.255"
}

resource "azurerm_mysql_flexible_server_firewall_rule" "half" {
  name                = "half"
  resource_group_name = "rg-app"
  server_name         = "server-app"
  start_ip_address    = "128.0.0.0"
  end_ip_address      = "255.255.255.255"
}

resource "azurerm_postgresql_firewall_rule" "half" {
  name                = "half"
  resource_group_name = "rg-app"
  server_name         = "server-app"
  start_ip_address    = "128.0.0.0"
  end_ip_address      = "255.255.255.255"
}

resource "azurerm_postgresql_flexible_server_firewall_rule" "half" {
  name             = "half"
  server_id        = "server-app"
  start_ip_address = "128.0.0.0"
  end_ip_address   = "255.255.255.255"
}

resource "azurerm_sql_firewall_rule" "half" {
  name                = "half"
  resource_group_name = "rg-app"
  server_name         = "server-app"
  start_ip_address    = "128.0.0.0"
  end_ip_address      = "255.255.255.255"
}

resource "azurerm_synapse_firewall_rule" "half" {
  name                 = "half"
  synapse_workspace_id = "server-app"
  start_ip_address     = "128.0.0.0"
  end_ip_address       = "255.255.255.255"
}
""",
        "the whole Internet, with a length": """
resource "azurerm_sql_firewall_rule" "all" {
  name                = "all"
  resource_group_name = "rg-app"
  server_name         = "sql-app"
  start_ip_address    = "0.0.0.0/0"
  end_ip_address      = "255.255.255.255"
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

resource "azurerm_mysql_flexible_server_firewall_rule" "all" {
  name                = "all"
  resource_group_name = "rg-app"
  server_name         = azurerm_mysql_flexible_server.app.name
  start_ip_address    = "0.0.0.0"
  end_ip_address      = "255.255.255.255"
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

resource "azurerm_mssql_firewall_rule" "all" {
  name             = "all"
  server_id        = azurerm_mssql_server.app.id
  start_ip_address = "0.0.0.0"
  end_ip_address   = "255.255.255.255"
}
""",
        "all of Azure, which is another matter": """
resource "azurerm_mssql_firewall_rule" "azure" {
  name             = "azure"
  server_id        = "/subscriptions/5f0c1a2b/resourceGroups/rg-app/providers/Microsoft.Sql/servers/sql-app"
  start_ip_address = "0.0.0.0"
  end_ip_address   = "0.0.0.0"
}
""",
        "names, which Azure refuses": """
resource "azurerm_sql_firewall_rule" "office" {
  name                = "office"
  resource_group_name = "rg-app"
  server_name         = "sql-app"
  start_ip_address    = "office"
  end_ip_address      = "office"
}
""",
    },
    undetermined={
        "a setting that is not known yet": """
resource "terraform_data" "setting" {
  input = "198.51.100.255"
}

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
  end_ip_address   = terraform_data.setting.output
}
""",
    },
)
def sql_firewall_open(firewall: Resource) -> Iterator[Violation]:
    """Database firewall lets the whole Internet in.

    Anyone can then try logins on the database, day and night, and every flaw in the server that becomes known.

    Name the addresses that need the database in `start_ip_address` and `end_ip_address`, or set
    `public_network_access_enabled = false` on the server and use a private endpoint.
    """
    for first, last in _range_of(firewall):
        if (last - first >= _HALF_OF_IPV4 or first == 0 < last) and not _is_unreachable(firewall):
            yield violation("start_ip_address", _shown(firewall))


@rule(
    id="azure-sql-firewall-open-to-azure",
    severity="high",
    domain="network",
    resources=list(_SERVERS),
    aliases=["CKV2_AZURE_34"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"], "cis-azure-2.0": ["4.1.2"]},
    links=["https://learn.microsoft.com/azure/azure-sql/database/network-access-controls-overview"],
    since="0.2.0",
    wider=["azure-sql-firewall-open"],
    bad={
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
        "older type": """
resource "azurerm_sql_firewall_rule" "azure" {
  name                = "azure"
  resource_group_name = "rg-app"
  server_name         = "sql-app"
  start_ip_address    = "0.0.0.0"
  end_ip_address      = "0.0.0.0"
}
""",
        "the whole Internet, Azure with it": """
resource "azurerm_sql_firewall_rule" "all" {
  name                = "all"
  resource_group_name = "rg-app"
  server_name         = "sql-app"
  start_ip_address    = "0.0.0.0"
  end_ip_address      = "255.255.255.255"
}
""",
        "from the first address on": """
resource "azurerm_mssql_firewall_rule" "low" {
  name             = "low"
  server_id        = "sql-app"
  start_ip_address = "0.0.0.0"
  end_ip_address   = "10.0.17.62"
}
""",
    },
    good={
        "one address": """
resource "azurerm_sql_firewall_rule" "office" {
  name                = "office"
  resource_group_name = "rg-app"
  server_name         = "sql-app"
  start_ip_address    = "198.51.100.7"
  end_ip_address      = "198.51.100.7"
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
    undetermined={
        "a setting that is not known yet": """
resource "terraform_data" "setting" {
  input = "198.51.100.7"
}

resource "azurerm_sql_firewall_rule" "office" {
  name                = "office"
  resource_group_name = "rg-app"
  server_name         = "sql-app"
  start_ip_address    = "198.51.100.7"
  end_ip_address      = terraform_data.setting.output
}
""",
    },
)
def sql_firewall_open_to_azure(firewall: Resource) -> Iterator[Violation]:
    """Database firewall lets all of Azure in.

    The range from 0.0.0.0 to 0.0.0.0 stands for every machine that runs in Azure, those of strangers included: for
    the price of one virtual machine anybody can try logins on the database.

    Take the rule away and let in the subnets that need the database: `azurerm_mssql_virtual_network_rule`, or a
    private endpoint together with `public_network_access_enabled = false` on the server.
    """
    for first, last in _range_of(firewall):
        if first == 0 and not _is_unreachable(firewall):
            what = _shown(firewall)
            yield violation("start_ip_address", what if last else f"all of Azure, other tenants included ({what})")


def _range_of(firewall: Resource) -> Iterator[tuple[int, int]]:
    """The first and the last address, as numbers; nothing where they are no addresses."""
    first, last = (firewall.get(name, "") for name in ("start_ip_address", "end_ip_address"))
    with suppress(ValueError):
        yield _number(first), _number(last)


def _number(address: str) -> int:
    return int(IPv4Address(address.partition("/")[0].strip()))


def _shown(firewall: Resource) -> str:
    return f"{firewall.get('start_ip_address')} - {firewall.get('end_ip_address')}"


def _is_unreachable(firewall: Resource) -> bool:
    """Whether the server has no public endpoint, so that its firewall guards nothing."""
    for server in firewall.references(_SERVERS[firewall.type]):
        if not has_public_endpoint(server):
            return True
        if server.effective("public_network_access", "Enabled").lower() == "disabled":
            return True
    return False
