"""Who reaches an Azure key vault."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import given
from ._azure_private_endpoint import without_private_endpoint
from ._azure_public_endpoint import has_public_endpoint

_VAULT = "azurerm_key_vault"


@rule(
    id="azure-key-vault-open-to-all-networks",
    severity="critical",
    domain="network",
    resources=[_VAULT],
    aliases=["CKV_AZURE_109", "AVD-AZU-0013"],
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
    undetermined={
        "a setting that is not known yet": """
resource "terraform_data" "setting" {
  input = "Deny"
}

resource "azurerm_key_vault" "app" {
  name                     = "kv-app"
  location                 = "westeurope"
  resource_group_name      = "rg-app"
  tenant_id                = "11111111-2222-4333-8444-555555555555"
  sku_name                 = "standard"
  purge_protection_enabled = true

  network_acls {
    default_action = terraform_data.setting.output
    bypass         = "AzureServices"
    ip_rules       = ["198.51.100.0/24"]
  }
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
    if not has_public_endpoint(vault):
        return
    # Key Vault REST API: without networkAcls, the default action is Allow.
    if given(vault, "network_acls.default_action", "Allow").lower() == "allow":
        yield violation("network_acls", "the default action is Allow")


@rule(
    id="azure-key-vault-public-endpoint",
    severity="medium",
    domain="network",
    resources=[_VAULT],
    aliases=["CKV_AZURE_189"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"]},
    links=["https://learn.microsoft.com/azure/key-vault/general/network-security"],
    since="0.2.0",
    wider=["azure-key-vault-open-to-all-networks"],
    bad={
        "nothing said": """
            resource "azurerm_key_vault" "app" {
              name                     = "kv-app"
              location                 = "westeurope"
              resource_group_name      = "rg-app"
              tenant_id                = "11111111-2222-4333-8444-555555555555"
              sku_name                 = "standard"
              purge_protection_enabled = true
            }
        """,
        "on, with a firewall that lets nobody in": """
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
              }
            }
        """,
        "on, with a list that counts for nothing": """
            resource "azurerm_key_vault" "app" {
              name                     = "kv-app"
              location                 = "westeurope"
              resource_group_name      = "rg-app"
              tenant_id                = "11111111-2222-4333-8444-555555555555"
              sku_name                 = "standard"
              purge_protection_enabled = true

              network_acls {
                default_action = "Allow"
                bypass         = "AzureServices"
                ip_rules       = ["198.51.100.7"]
              }
            }
        """,
    },
    good={
        "off": """
            resource "azurerm_key_vault" "app" {
              name                     = "kv-app"
              location                 = "westeurope"
              resource_group_name      = "rg-app"
              tenant_id                = "11111111-2222-4333-8444-555555555555"
              sku_name                 = "standard"
              purge_protection_enabled = true
              public_network_access_enabled = false
            }
        """,
        "named ranges": """
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
                ip_rules       = ["198.51.100.7"]
              }
            }
        """,
        "named subnets, action in lower case": """
            resource "azurerm_key_vault" "app" {
              name                     = "kv-app"
              location                 = "westeurope"
              resource_group_name      = "rg-app"
              tenant_id                = "11111111-2222-4333-8444-555555555555"
              sku_name                 = "standard"
              purge_protection_enabled = true

              network_acls {
                default_action = "deny"
                bypass         = "AzureServices"
                virtual_network_subnet_ids = ["subnet-app"]
              }
            }
        """,
    },
    undetermined={
        "a setting that is not known yet": """
            resource "terraform_data" "setting" {
              input = false
            }

            resource "azurerm_key_vault" "app" {
              name                     = "kv-app"
              location                 = "westeurope"
              resource_group_name      = "rg-app"
              tenant_id                = "11111111-2222-4333-8444-555555555555"
              sku_name                 = "standard"
              purge_protection_enabled = true
              public_network_access_enabled = terraform_data.setting.output
            }
        """,
    },
)
def vault_public_endpoint(vault: Resource) -> Iterator[Violation]:
    """Key vault has a public endpoint without a list of networks.

    Its name resolves on the Internet. Without a list of those who need it, the endpoint serves either everybody or
    nobody, and the next one who needs access opens it to all.

    Set `public_network_access_enabled = false` and reach the vault through an `azurerm_private_endpoint`; or set
    `default_action = "Deny"` in `network_acls` and list `ip_rules` or `virtual_network_subnet_ids`.
    """
    if not has_public_endpoint(vault):
        return
    if vault.effective("network_acls.default_action", "Allow").lower() == "deny":
        for name in ("ip_rules", "virtual_network_subnet_ids"):
            if vault.is_set(f"network_acls[0].{name}"):
                return
    yield violation("", "public_network_access_enabled is not false")


@rule(
    id="azure-key-vault-without-private-endpoint",
    severity="medium",
    domain="network",
    resources=[_VAULT],
    aliases=["CKV2_AZURE_32"],
    controls={"nist-800-53r5": ["AC-4", "SC-7"], "cis-azure-2.0": ["8.7"]},
    links=["https://learn.microsoft.com/azure/key-vault/general/private-link-service"],
    since="0.2.0",
    bad={
        "none": """
            resource "azurerm_key_vault" "app" {
              name                     = "kv-app"
              location                 = "westeurope"
              resource_group_name      = "rg-app"
              tenant_id                = "11111111-2222-4333-8444-555555555555"
              sku_name                 = "standard"
              purge_protection_enabled = true
            }
        """,
        "one that leads to another vault": """
            resource "azurerm_key_vault" "app" {
              name                     = "kv-app"
              location                 = "westeurope"
              resource_group_name      = "rg-app"
              tenant_id                = "11111111-2222-4333-8444-555555555555"
              sku_name                 = "standard"
              purge_protection_enabled = true
            }

            resource "azurerm_private_endpoint" "app" {
              name                = "pe-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              subnet_id           = "subnet-app"

              private_service_connection {
                name                           = "app"
                private_connection_resource_id = "vault-other"
                subresource_names              = ["vault"]
                is_manual_connection           = false
              }
            }
        """,
    },
    good={
        "one": """
            resource "azurerm_key_vault" "app" {
              name                     = "kv-app"
              location                 = "westeurope"
              resource_group_name      = "rg-app"
              tenant_id                = "11111111-2222-4333-8444-555555555555"
              sku_name                 = "standard"
              purge_protection_enabled = true
            }

            resource "azurerm_private_endpoint" "app" {
              name                = "pe-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              subnet_id           = "subnet-app"

              private_service_connection {
                name                           = "app"
                private_connection_resource_id = azurerm_key_vault.app.id
                subresource_names              = ["vault"]
                is_manual_connection           = false
              }
            }
        """,
        "one, and no public endpoint": """
            resource "azurerm_key_vault" "app" {
              name                     = "kv-app"
              location                 = "westeurope"
              resource_group_name      = "rg-app"
              tenant_id                = "11111111-2222-4333-8444-555555555555"
              sku_name                 = "standard"
              purge_protection_enabled = true
              public_network_access_enabled = false
            }

            resource "azurerm_private_endpoint" "app" {
              name                = "pe-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              subnet_id           = "subnet-app"

              private_service_connection {
                name                           = "app"
                private_connection_resource_id = azurerm_key_vault.app.id
                subresource_names              = ["vault"]
                is_manual_connection           = false
              }
            }
        """,
    },
    undetermined={
        "one of several, it is not known which": """
            resource "azurerm_key_vault" "app" {
              for_each = toset(["orders", "letters"])

              name                     = "kv-${each.key}"
              location                 = "westeurope"
              resource_group_name      = "rg-app"
              tenant_id                = "11111111-2222-4333-8444-555555555555"
              sku_name                 = "standard"
              purge_protection_enabled = true
            }

            resource "terraform_data" "which" {
              input = "orders"
            }

            resource "azurerm_private_endpoint" "claims" {
              name                = "pe-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              subnet_id           = "subnet-data"

              private_service_connection {
                name                           = "claims"
                private_connection_resource_id = azurerm_key_vault.app[terraform_data.which.output].id
                subresource_names              = ["vault"]
                is_manual_connection           = false
              }
            }
        """,
    },
)
def vault_without_private_endpoint(vault: Resource) -> Iterator[Violation]:
    """Key vault has no private endpoint.

    Traffic to it leaves the virtual network for a public address, so the public endpoint cannot be switched off, and
    a stolen token works from anywhere that the firewall of the vault lets through.

    Add an `azurerm_private_endpoint` with `private_connection_resource_id = azurerm_key_vault.<name>.id` in its
    `private_service_connection`, and the private DNS zone for it.
    """
    yield from without_private_endpoint(vault)
