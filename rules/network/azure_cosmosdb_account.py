"""Who reaches a Cosmos DB account."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._azure_public_endpoint import has_public_endpoint

_ACCOUNT = "azurerm_cosmosdb_account"


@rule(
    id="azure-cosmosdb-open-to-all-networks",
    severity="high",
    domain="network",
    resources=[_ACCOUNT],
    aliases=["CKV_AZURE_99"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"], "cis-azure-2.0": ["4.5.1"]},
    links=["https://learn.microsoft.com/azure/cosmos-db/how-to-configure-firewall"],
    since="0.2.0",
    wider=["database-reachable-from-internet"],
    bad={
        "nothing said": """
            resource "azurerm_cosmosdb_account" "claims" {
              name                = "cosmos-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              offer_type          = "Standard"

              consistency_policy {
                consistency_level = "Session"
              }

              geo_location {
                location          = "westeurope"
                failover_priority = 0
              }
            }
        """,
        "network rules that are not switched on": """
            resource "azurerm_cosmosdb_account" "claims" {
              name                = "cosmos-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              offer_type          = "Standard"
              public_network_access_enabled = true
              is_virtual_network_filter_enabled = false

              consistency_policy {
                consistency_level = "Session"
              }

              geo_location {
                location          = "westeurope"
                failover_priority = 0
              }

              virtual_network_rule {
                id = "subnet-app"
              }
            }
        """,
        "filter without a network": """
            resource "azurerm_cosmosdb_account" "claims" {
              name                = "cosmos-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              offer_type          = "Standard"
              is_virtual_network_filter_enabled = true

              consistency_policy {
                consistency_level = "Session"
              }

              geo_location {
                location          = "westeurope"
                failover_priority = 0
              }
            }
        """,
        "empty list of ranges": """
            resource "azurerm_cosmosdb_account" "claims" {
              name                = "cosmos-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              offer_type          = "Standard"
              ip_range_filter = []

              consistency_policy {
                consistency_level = "Session"
              }

              geo_location {
                location          = "westeurope"
                failover_priority = 0
              }
            }
        """,
    },
    good={
        "no public endpoint": """
            resource "azurerm_cosmosdb_account" "claims" {
              name                = "cosmos-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              offer_type          = "Standard"
              public_network_access_enabled = false

              consistency_policy {
                consistency_level = "Session"
              }

              geo_location {
                location          = "westeurope"
                failover_priority = 0
              }
            }
        """,
        "named networks": """
            resource "azurerm_cosmosdb_account" "claims" {
              name                = "cosmos-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              offer_type          = "Standard"
              public_network_access_enabled = true
              is_virtual_network_filter_enabled = true

              consistency_policy {
                consistency_level = "Session"
              }

              geo_location {
                location          = "westeurope"
                failover_priority = 0
              }

              virtual_network_rule {
                id = "subnet-app"
              }
            }
        """,
        "named ranges": """
            resource "azurerm_cosmosdb_account" "claims" {
              name                = "cosmos-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              offer_type          = "Standard"
              ip_range_filter = ["198.51.100.7"]

              consistency_policy {
                consistency_level = "Session"
              }

              geo_location {
                location          = "westeurope"
                failover_priority = 0
              }
            }
        """,
        "ranges and the filter": """
            resource "azurerm_cosmosdb_account" "claims" {
              name                = "cosmos-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              offer_type          = "Standard"
              is_virtual_network_filter_enabled = true
              ip_range_filter = ["198.51.100.7", "203.0.113.0/24"]

              consistency_policy {
                consistency_level = "Session"
              }

              geo_location {
                location          = "westeurope"
                failover_priority = 0
              }
            }
        """,
    },
    undetermined={
        "a setting that is not known yet": """
            resource "terraform_data" "setting" {
              input = false
            }

            resource "azurerm_cosmosdb_account" "claims" {
              name                = "cosmos-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              offer_type          = "Standard"
              public_network_access_enabled = terraform_data.setting.output

              consistency_policy {
                consistency_level = "Session"
              }

              geo_location {
                location          = "westeurope"
                failover_priority = 0
              }
            }
        """,
    },
)
def cosmosdb_open_to_all_networks(account: Resource) -> Iterator[Violation]:
    """Cosmos DB account takes requests from every network.

    Only keys and tokens then stand between the Internet and the data; one that leaks, in a log or a repository, works
    from anywhere.

    Set `public_network_access_enabled = false` and use a private endpoint; or name those that may come in:
    `ip_range_filter`, or `virtual_network_rule` with `is_virtual_network_filter_enabled = true`.
    """
    # Azure documentation: without ranges and networks, every address is let in; networks count once the filter is on.
    if not has_public_endpoint(account) or account.is_set("ip_range_filter"):
        return
    networks = account.effective("virtual_network_rule", ())
    if not networks or not account.get("is_virtual_network_filter_enabled"):
        yield violation("public_network_access_enabled", "every network is let in")


@rule(
    id="azure-cosmosdb-public-endpoint",
    severity="medium",
    domain="network",
    resources=[_ACCOUNT],
    aliases=["CKV_AZURE_101"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"]},
    links=["https://learn.microsoft.com/azure/cosmos-db/how-to-configure-private-endpoints"],
    since="0.2.0",
    wider=["azure-cosmosdb-open-to-all-networks"],
    bad={
        "nothing said": """
            resource "azurerm_cosmosdb_account" "claims" {
              name                = "cosmos-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              offer_type          = "Standard"

              consistency_policy {
                consistency_level = "Session"
              }

              geo_location {
                location          = "westeurope"
                failover_priority = 0
              }
            }
        """,
        "on, for named ranges": """
            resource "azurerm_cosmosdb_account" "claims" {
              name                = "cosmos-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              offer_type          = "Standard"
              public_network_access_enabled = true
              ip_range_filter = ["198.51.100.7"]

              consistency_policy {
                consistency_level = "Session"
              }

              geo_location {
                location          = "westeurope"
                failover_priority = 0
              }
            }
        """,
    },
    good={
        "off": """
            resource "azurerm_cosmosdb_account" "claims" {
              name                = "cosmos-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              offer_type          = "Standard"
              public_network_access_enabled = false

              consistency_policy {
                consistency_level = "Session"
              }

              geo_location {
                location          = "westeurope"
                failover_priority = 0
              }
            }
        """,
        "off, whatever the filter says": """
            resource "azurerm_cosmosdb_account" "claims" {
              name                = "cosmos-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              offer_type          = "Standard"
              public_network_access_enabled = false
              ip_range_filter = ["198.51.100.7"]

              consistency_policy {
                consistency_level = "Session"
              }

              geo_location {
                location          = "westeurope"
                failover_priority = 0
              }
            }
        """,
    },
    undetermined={
        "a setting that is not known yet": """
            resource "terraform_data" "setting" {
              input = false
            }

            resource "azurerm_cosmosdb_account" "claims" {
              name                = "cosmos-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              offer_type          = "Standard"
              public_network_access_enabled = terraform_data.setting.output

              consistency_policy {
                consistency_level = "Session"
              }

              geo_location {
                location          = "westeurope"
                failover_priority = 0
              }
            }
        """,
    },
)
def cosmosdb_public_endpoint(account: Resource) -> Iterator[Violation]:
    """Cosmos DB account has a public endpoint.

    Its name resolves on the Internet, and only a list of ranges and keys stand between strangers and the data; the
    list is one careless change away from being none.

    Set `public_network_access_enabled = false` and reach the account through an `azurerm_private_endpoint`.
    """
    if has_public_endpoint(account):
        yield violation("public_network_access_enabled", "the public endpoint is on")
