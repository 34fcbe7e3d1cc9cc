"""Who gets to Azure's managed services and applications."""

from __future__ import annotations

import pytest

from planguard.exposure.azure.network import network_of
from tests.exposure.drawn import links, network_from, ways


def found(text: str) -> list[str]:
    return ways(network_from(text, network_of))


def block(kind: str, body: str) -> str:
    names = 'name = "x"\nresource_group_name = "rg"\nlocation = "westeurope"'
    return f'resource "{kind}" "x" {{\n{names}\n{body}\n}}\n'


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        pytest.param("azurerm_storage_account", "", ["443/tcp whole"], id="a storage account without rules"),
        pytest.param("azurerm_storage_account", "public_network_access_enabled = false", [], id="one that is closed"),
        pytest.param(
            "azurerm_storage_account", 'network_rules {\n  default_action = "Deny"\n  ip_rules = ["8.8.8.0/24"]\n}',
            ["443/tcp narrow"], id="one that lets in a list",
        ),
        pytest.param(
            "azurerm_key_vault", 'network_acls {\n  bypass = "AzureServices"\n  default_action = "Deny"\n}', [],
            id="a key vault that refuses",
        ),
        pytest.param("azurerm_key_vault", "", ["443/tcp whole"], id="a key vault without rules"),
        pytest.param("azurerm_mssql_server", "", [], id="a database server without firewall rules"),
        pytest.param("azurerm_redis_cache", "", ["6380/tcp whole"], id="a cache without firewall rules"),
        pytest.param(
            "azurerm_cosmosdb_account", 'ip_range_filter = ["0.0.0.0", "8.8.8.8"]',
            ["443, 10250-10256/tcp narrow", "nothing, perhaps 443, 10250-10256/tcp whole"],
            id="Cosmos DB with all of Azure and one address",
        ),
        pytest.param("azurerm_kubernetes_cluster", "", ["443/tcp whole"], id="a cluster"),
        pytest.param("azurerm_kubernetes_cluster", "private_cluster_enabled = true", [], id="a private cluster"),
        pytest.param(
            "azurerm_kubernetes_cluster",
            'api_server_access_profile {\n  authorized_ip_ranges = ["8.8.8.0/24"]\n}', ["443/tcp narrow"],
            id="a cluster with authorized ranges",
        ),
        pytest.param(
            "azurerm_linux_web_app", "https_only = true\nsite_config {}", ["443/tcp whole"], id="an application"
        ),
        pytest.param(
            "azurerm_linux_web_app", "public_network_access_enabled = false\nsite_config {}", [],
            id="a closed application",
        ),
        pytest.param(
            "azurerm_linux_function_app",
            'https_only = true\nsite_config {\n  ip_restriction_default_action = "Deny"\n  ip_restriction {\n'
            '    action = "Allow"\n    priority = 200\n    ip_address = "8.8.8.0/24"\n  }\n  ip_restriction {\n'
            '    action = "Deny"\n    priority = 100\n    ip_address = "8.8.8.0/25"\n  }\n}',
            ["443/tcp narrow"], id="restrictions by priority",
        ),
        pytest.param(
            "azurerm_container_group",
            'ip_address_type = "Public"\ncontainer {\n  name = "c"\n  ports {\n    port = 8080\n  }\n}',
            ["8080/tcp whole"], id="a container group",
        ),
        pytest.param(
            "azurerm_container_group",
            'ip_address_type = "Private"\ncontainer {\n  name = "c"\n  ports {\n    port = 8080\n  }\n}',
            [], id="a private container group",
        ),
        pytest.param(
            "azurerm_container_app", "ingress {\n  external_enabled = false\n  target_port = 80\n}", [],
            id="a container app for its environment",
        ),
        pytest.param(
            "azurerm_container_app", "ingress {\n  external_enabled = true\n  target_port = 80\n}",
            ["80, 443/tcp whole"],
            id="a container app for everybody",
        ),
        pytest.param("azurerm_api_management", 'virtual_network_type = "Internal"', [], id="an internal API gateway"),
    ],
)  # fmt: skip
def test_service(kind: str, body: str, expected: list[str]) -> None:
    assert found(block(kind, body)) == [f"{kind}.x: {one}" for one in expected]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        pytest.param("0.0.0.0", "255.255.255.255", "1433/tcp whole", id="the whole internet"),
        pytest.param("0.0.0.0", "0.0.0.0", "nothing, perhaps 1433/tcp whole", id="all Azure services"),
        pytest.param("8.8.8.8", "8.8.8.9", "1433/tcp narrow", id="a few addresses"),
    ],
)
def test_firewall_rules_of_a_database(first: str, last: str, expected: str) -> None:
    rule = f"""
resource "azurerm_mssql_firewall_rule" "r" {{
  name = "r"
  server_id = azurerm_mssql_server.x.id
  start_ip_address = "{first}"
  end_ip_address = "{last}"
}}
"""
    assert found(block("azurerm_mssql_server", "") + rule) == [f"azurerm_mssql_server.x: {expected}"]
    closed = block("azurerm_mssql_server", "public_network_access_enabled = false")
    assert found(closed + rule) == []


def test_a_database_in_a_subnet_is_reached_from_its_network_only() -> None:
    text = """
resource "azurerm_virtual_network" "v" {
  name = "v"
  resource_group_name = "rg"
  location = "westeurope"
  address_space = ["10.1.0.0/16"]
}
resource "azurerm_subnet" "s" {
  for_each = toset(["app", "data"])
  name = each.key
  resource_group_name = "rg"
  virtual_network_name = azurerm_virtual_network.v.name
  address_prefixes = [each.key == "app" ? "10.1.0.0/24" : "10.1.1.0/24"]
}
resource "azurerm_postgresql_flexible_server" "d" {
  name = "d"
  resource_group_name = "rg"
  location = "westeurope"
  delegated_subnet_id = azurerm_subnet.s["data"].id
}
resource "azurerm_linux_web_app" "a" {
  name = "a"
  resource_group_name = "rg"
  location = "westeurope"
  service_plan_id = "p"
  https_only = true
  virtual_network_subnet_id = azurerm_subnet.s["app"].id
  site_config {}
}
"""
    network = network_from(text, network_of)
    assert ways(network) == ["azurerm_linux_web_app.a: 443/tcp whole"]
    assert links(network) == ["azurerm_linux_web_app.a -> azurerm_postgresql_flexible_server.d"]


@pytest.mark.parametrize(
    ("account", "access", "expected"),
    [
        pytest.param("allow_nested_items_to_be_public = true", "blob", True, id="open"),
        pytest.param("allow_nested_items_to_be_public = true", "private", False, id="a private container"),
        pytest.param("allow_nested_items_to_be_public = false", "blob", False, id="the account forbids it"),
    ],
)
def test_containers_that_anybody_may_read(account: str, access: str, expected: bool) -> None:
    text = (
        block("azurerm_storage_account", account)
        + f"""
resource "azurerm_storage_container" "c" {{
  name = "c"
  storage_account_id = azurerm_storage_account.x.id
  container_access_type = "{access}"
}}
"""
    )
    assert ("azurerm_storage_container.c: 443/tcp whole" in found(text)) is expected


RULES = """
resource "terraform_data" "later" {}
resource "azurerm_storage_account" "x" {
  name                = "x"
  resource_group_name = "rg"
  RULES
}
"""
INSIDE = 'default_action = "Deny"\n    ip_rules = split(",", terraform_data.later.id)'


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        pytest.param(f"network_rules {{\n    {INSIDE}\n  }}", "azure-value-unknown", id="the plan shows it"),
        pytest.param(
            f'dynamic "network_rules" {{\n    for_each = [1]\n    content {{\n    {INSIDE}\n    }}\n  }}',
            "azure-dynamic-block",
            id="a dynamic block",
        ),
    ],
)
def test_a_list_that_is_not_known_yet(rules: str, code: str) -> None:
    (way,) = network_from(RULES.replace("RULES", rules), network_of).ways
    assert way.must == ()
    assert [one.code for one in way.missing] == [code]
