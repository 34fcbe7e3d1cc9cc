"""With whose key an Azure storage account is encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import missing, satellites

_KIND = "azurerm_storage_account_customer_managed_key"


@rule(
    id="azure-storage-account-without-own-key",
    severity="medium",
    domain="encryption",
    resources=["azurerm_storage_account"],
    aliases=["CKV2_AZURE_1", "AVD-AZU-0060"],
    controls={"nist-800-53r5": ["SC-12", "SC-28(1)"], "cis-azure-2.0": ["3.12"]},
    links=["https://learn.microsoft.com/azure/storage/common/customer-managed-keys-overview"],
    since="0.2.0",
    bad={
        "nothing said": """
            resource "azurerm_storage_account" "claims" {
              name                     = "stclaims"
              resource_group_name      = "rg-claims"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "ZRS"
              min_tls_version          = "TLS1_2"
            }
        """,
        "key of another account": """
            resource "azurerm_storage_account" "claims" {
              name                     = "stclaims"
              resource_group_name      = "rg-claims"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "ZRS"
              min_tls_version          = "TLS1_2"
            }

            resource "azurerm_storage_account_customer_managed_key" "other" {
              storage_account_id = "storage-other"
              key_vault_id       = "kv-app"
              key_name           = "storage"
            }
        """,
    },
    good={
        "key in a resource of its own": """
            resource "azurerm_storage_account" "claims" {
              name                     = "stclaims"
              resource_group_name      = "rg-claims"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "ZRS"
              min_tls_version          = "TLS1_2"

              identity {
                type = "SystemAssigned"
              }
            }

            resource "azurerm_storage_account_customer_managed_key" "claims" {
              storage_account_id = azurerm_storage_account.claims.id
              key_vault_id       = "kv-app"
              key_name           = "storage"
            }
        """,
        "key in the account": """
            resource "azurerm_storage_account" "claims" {
              name                     = "stclaims"
              resource_group_name      = "rg-claims"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "ZRS"
              min_tls_version          = "TLS1_2"

              identity {
                type         = "UserAssigned"
                identity_ids = ["id-claims"]
              }

              customer_managed_key {
                key_vault_key_id          = "https://kv-app.vault.azure.net/keys/storage"
                user_assigned_identity_id = "id-claims"
              }
            }
        """,
    },
    undetermined={
        "one of several, it is not known which": """
            resource "azurerm_storage_account" "claims" {
              for_each = toset(["orders", "letters"])

              name                     = "st${each.key}"
              resource_group_name      = "rg-claims"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "ZRS"
              min_tls_version          = "TLS1_2"
            }

            resource "terraform_data" "which" {
              input = "orders"
            }

            resource "azurerm_storage_account_customer_managed_key" "claims" {
              storage_account_id = azurerm_storage_account.claims[terraform_data.which.output].id
              key_vault_id       = "kv-app"
              key_name           = "storage"
            }
        """,
    },
)
def without_own_key(account: Resource) -> Iterator[Violation]:
    """Storage account is encrypted with a key of Microsoft's.

    Nobody of yours can withdraw that key, rotate it at a time of their choosing, or see who used it. Data that must
    be made unreadable at once, after a theft or at the end of a contract, stays readable.

    Add an `azurerm_storage_account_customer_managed_key` with `storage_account_id`, `key_vault_id` and `key_name`, or
    a `customer_managed_key` block with `key_vault_key_id` in the account.
    """
    # Azure documentation: without one, the account is encrypted with a key that Microsoft manages.
    if not account.get("customer_managed_key", ()) and not satellites(account, _KIND, via="storage_account_id"):
        evidence = missing(account, _KIND, via="storage_account_id")
        yield violation("customer_managed_key", "no key of your own", evidence=evidence)
