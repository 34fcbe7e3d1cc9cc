"""Who reaches an Azure key vault."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import given


@rule(
    id="azure-key-vault-open-to-all-networks",
    severity="critical",
    domain="network",
    resources=["azurerm_key_vault"],
    aliases=["CKV_AZURE_109", "CKV_AZURE_189", "CKV2_AZURE_32", "AVD-AZU-0013"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"]},
    links=["https://learn.microsoft.com/azure/key-vault/general/network-security"],
    bad={
        "no network_acls": """
resource "azurerm_key_vault" "app" {
  name                     = "kv-app"
  location                 = "westeurope"
  resource_group_name      = "rg-app"
  tenant_id                = "11111111-2222-4333-8444-555555555555"
  sku_name                 = "standard"
  purge_protection_enabled = true
}
""",
        "default action Allow, in lower case": """
resource "azurerm_key_vault" "app" {
  name                     = "kv-app"
  location                 = "westeurope"
  resource_group_name      = "rg-app"
  tenant_id                = "11111111-2222-4333-8444-555555555555"
  sku_name                 = "standard"
  purge_protection_enabled = true

  network_acls {
    default_action = "allow"
    bypass         = "AzureServices"
    ip_rules       = ["198.51.100.0/24"]
  }
}
""",
    },
    good={
        "default action Deny": """
resource "azurerm_key_vault" "app" {
  name                     = "kv-app"
  location                 = "westeurope"
  resource_group_name      = "rg-app"
  tenant_id                = "11111111-2222-4333-8444-555555555555"
  sku_name                 = "standard"
  purge_protection_enabled = true

  network_acls {
    default_action = "Deny"
    bypass         = "AzureServices"
    ip_rules       = ["198.51.100.0/24"]
  }
}
""",
        "no public endpoint": """
resource "azurerm_key_vault" "app" {
  name                          = "kv-app"
  location                      = "westeurope"
  resource_group_name           = "rg-app"
  tenant_id                     = "11111111-2222-4333-8444-555555555555"
  sku_name                      = "standard"
  purge_protection_enabled      = true
  public_network_access_enabled = false
}
""",
    },
)
def vault_open_to_all_networks(vault: Resource) -> Iterator[Violation]:
    """Key vault takes requests from every network.

    A stolen token or client secret then reads keys, secrets and certificates from anywhere; no network stands in
    between.

    Set `default_action = "Deny"` in `network_acls` and name the subnets and ranges that may come in, or set
    `public_network_access_enabled = false` and use a private endpoint.
    """
    # Provider documentation: public access is on by default; Key Vault REST API: without networkAcls, the default
    # action is Allow.
    if not vault.get("public_network_access_enabled", True):
        return
    if given(vault, "network_acls.default_action", "Allow").lower() == "allow":
        yield violation("network_acls", "the default action is Allow")
