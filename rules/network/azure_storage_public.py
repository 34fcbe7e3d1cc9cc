"""Whether an Azure storage account has a public endpoint, and lets its blobs be read without signing in."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._azure_private_endpoint import without_private_endpoint
from ._azure_public_endpoint import has_public_endpoint

_ACCOUNT = "azurerm_storage_account"
_PUBLIC_BLOBS = "allow_nested_items_to_be_public"


@rule(
    id="azure-storage-account-allows-public-blobs",
    severity="high",
    domain="network",
    resources=[_ACCOUNT],
    aliases=["CKV_AZURE_190", "CKV2_AZURE_47"],
    controls={"nist-800-53r5": ["AC-3", "AC-22"], "cis-azure-2.0": ["3.17"]},
    links=["https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent"],
    since="0.2.0",
    bad={
        "allowed": """
            resource "azurerm_storage_account" "site" {
              name                            = "stsite"
              resource_group_name             = "rg-site"
              location                        = "westeurope"
              account_tier                    = "Standard"
              account_replication_type        = "ZRS"
              min_tls_version                 = "TLS1_2"
              allow_nested_items_to_be_public = true
            }
        """,
        "allowed under the older name": """
            resource "azurerm_storage_account" "site" {
              name                     = "stsite"
              resource_group_name      = "rg-site"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "ZRS"
              min_tls_version          = "TLS1_2"
              allow_blob_public_access = true
            }
        """,
        "nothing said": """
            resource "azurerm_storage_account" "site" {
              name                     = "stsite"
              resource_group_name      = "rg-site"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "ZRS"
              min_tls_version          = "TLS1_2"
            }
        """,
    },
    good={
        "forbidden": """
            resource "azurerm_storage_account" "site" {
              name                            = "stsite"
              resource_group_name             = "rg-site"
              location                        = "westeurope"
              account_tier                    = "Standard"
              account_replication_type        = "ZRS"
              min_tls_version                 = "TLS1_2"
              allow_nested_items_to_be_public = false
            }
        """,
        "forbidden under the older name": """
            resource "azurerm_storage_account" "site" {
              name                     = "stsite"
              resource_group_name      = "rg-site"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "ZRS"
              min_tls_version          = "TLS1_2"
              allow_blob_public_access = false
            }
        """,
        "forbidden under the older name, in a text": """
            resource "azurerm_storage_account" "site" {
              name                     = "stsite"
              resource_group_name      = "rg-site"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "ZRS"
              min_tls_version          = "TLS1_2"
              allow_blob_public_access = "false"
            }
        """,
        "there already, and forbidden by the default of its time": (
            """
            resource "azurerm_storage_account" "site" {
              name                     = "stsite"
              resource_group_name      = "rg-site"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "LRS"
              min_tls_version          = "TLS1_2"
            }
            """,
            """
            resource "azurerm_storage_account" "site" {
              name                     = "stsite"
              resource_group_name      = "rg-site"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "ZRS"
              min_tls_version          = "TLS1_2"
            }
            """,
        ),
    },
    undetermined={
        "a setting that is not known yet": """
            resource "terraform_data" "setting" {
              input = false
            }

            resource "azurerm_storage_account" "site" {
              name                            = "stsite"
              resource_group_name             = "rg-site"
              location                        = "westeurope"
              account_tier                    = "Standard"
              account_replication_type        = "ZRS"
              min_tls_version                 = "TLS1_2"
              allow_nested_items_to_be_public = terraform_data.setting.output
            }
        """,
    },
)
def allows_public_blobs(account: Resource) -> Iterator[Violation]:
    """Storage account lets containers be opened to everyone.

    One container with the wrong access type, made by whoever may write to the account, then hands its blobs to the
    whole Internet without a sign-in.

    Set `allow_nested_items_to_be_public = false` (`allow_blob_public_access` before version 3 of the provider), and
    hand out signed addresses or roles.
    """
    older = account.get("allow_blob_public_access")
    # Provider documentation, versions 3 and 4: "allow_nested_items_to_be_public … Defaults to true". The older name
    # is of version 2, where the other is not known.
    forbidden = account.get(_PUBLIC_BLOBS) == False and not _left_out(account)  # noqa: E712
    if not forbidden and older not in (False, "false"):
        yield violation(_PUBLIC_BLOBS, "containers can be opened to everyone")


def _left_out(account: Resource) -> bool:
    """Whether a new account leaves it to the version of the provider that comes along what the default is."""
    return account.is_created and account.is_unset((_PUBLIC_BLOBS,))


@rule(
    id="azure-storage-account-public-endpoint",
    severity="medium",
    domain="network",
    resources=[_ACCOUNT],
    aliases=["CKV_AZURE_59"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"], "cis-azure-2.0": ["3.7"]},
    links=["https://learn.microsoft.com/azure/storage/common/storage-network-security"],
    since="0.2.0",
    wider=["azure-storage-account-open-to-all-networks"],
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
        "on, with a firewall": """
            resource "azurerm_storage_account" "claims" {
              name                          = "stclaims"
              resource_group_name           = "rg-claims"
              location                      = "westeurope"
              account_tier                  = "Standard"
              account_replication_type      = "ZRS"
              min_tls_version               = "TLS1_2"
              public_network_access_enabled = true

              network_rules {
                default_action = "Deny"
                ip_rules       = ["198.51.100.7"]
              }
            }
        """,
    },
    good={
        "off": """
            resource "azurerm_storage_account" "claims" {
              name                          = "stclaims"
              resource_group_name           = "rg-claims"
              location                      = "westeurope"
              account_tier                  = "Standard"
              account_replication_type      = "ZRS"
              min_tls_version               = "TLS1_2"
              public_network_access_enabled = false
            }
        """,
        "off, in a text": """
            resource "azurerm_storage_account" "claims" {
              name                          = "stclaims"
              resource_group_name           = "rg-claims"
              location                      = "westeurope"
              account_tier                  = "Standard"
              account_replication_type      = "ZRS"
              min_tls_version               = "TLS1_2"
              public_network_access_enabled = "false"
            }
        """,
    },
    undetermined={
        "a setting that is not known yet": """
            resource "terraform_data" "setting" {
              input = false
            }

            resource "azurerm_storage_account" "claims" {
              name                          = "stclaims"
              resource_group_name           = "rg-claims"
              location                      = "westeurope"
              account_tier                  = "Standard"
              account_replication_type      = "ZRS"
              min_tls_version               = "TLS1_2"
              public_network_access_enabled = terraform_data.setting.output
            }
        """,
    },
)
def account_public_endpoint(account: Resource) -> Iterator[Violation]:
    """Storage account has a public endpoint.

    Its name resolves on the Internet, and only a list of ranges, keys and signatures stand between strangers and the
    data; the list is one careless change away from being none.

    Set `public_network_access_enabled = false` and reach the account through an `azurerm_private_endpoint`.
    """
    if has_public_endpoint(account):
        yield violation("", "public_network_access_enabled is not false")


@rule(
    id="azure-storage-account-without-private-endpoint",
    severity="medium",
    domain="network",
    resources=[_ACCOUNT],
    aliases=["CKV2_AZURE_33"],
    controls={"nist-800-53r5": ["AC-4", "SC-7"], "cis-azure-2.0": ["3.10"]},
    links=["https://learn.microsoft.com/azure/storage/common/storage-private-endpoints"],
    since="0.2.0",
    bad={
        "none": """
            resource "azurerm_storage_account" "claims" {
              name                     = "stclaims"
              resource_group_name      = "rg-claims"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "ZRS"
              min_tls_version          = "TLS1_2"
            }
        """,
        "one that leads to another account": """
            resource "azurerm_storage_account" "claims" {
              name                     = "stclaims"
              resource_group_name      = "rg-claims"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "ZRS"
              min_tls_version          = "TLS1_2"
            }

            resource "azurerm_private_endpoint" "other" {
              name                = "pe-other"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              subnet_id           = "subnet-data"

              private_service_connection {
                name                           = "other"
                private_connection_resource_id = "storage-other"
                subresource_names              = ["blob"]
                is_manual_connection           = false
              }
            }
        """,
    },
    good={
        "one for blobs": """
            resource "azurerm_storage_account" "claims" {
              name                     = "stclaims"
              resource_group_name      = "rg-claims"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "ZRS"
              min_tls_version          = "TLS1_2"
            }

            resource "azurerm_private_endpoint" "claims" {
              name                = "pe-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              subnet_id           = "subnet-data"

              private_service_connection {
                name                           = "claims"
                private_connection_resource_id = azurerm_storage_account.claims.id
                subresource_names              = ["blob"]
                is_manual_connection           = false
              }
            }
        """,
        "one for each of two accounts": """
            resource "azurerm_storage_account" "data" {
              for_each = toset(["claims", "letters"])

              name                     = "st${each.key}"
              resource_group_name      = "rg-claims"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "ZRS"
              min_tls_version          = "TLS1_2"
            }

            resource "azurerm_private_endpoint" "data" {
              for_each = toset(["claims", "letters"])

              name                = "pe-${each.key}"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              subnet_id           = "subnet-data"

              private_service_connection {
                name                           = each.key
                private_connection_resource_id = azurerm_storage_account.data[each.key].id
                subresource_names              = ["blob"]
                is_manual_connection           = false
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

            resource "azurerm_private_endpoint" "claims" {
              name                = "pe-claims"
              resource_group_name = "rg-claims"
              location            = "westeurope"
              subnet_id           = "subnet-data"

              private_service_connection {
                name                           = "claims"
                private_connection_resource_id = azurerm_storage_account.claims[terraform_data.which.output].id
                subresource_names              = ["blob"]
                is_manual_connection           = false
              }
            }
        """,
    },
)
def account_without_private_endpoint(account: Resource) -> Iterator[Violation]:
    """Storage account has no private endpoint.

    Traffic to it leaves the virtual network for a public address, so the public endpoint cannot be switched off, and
    a firewall on the way cannot tell this account from one that an intruder owns.

    Add an `azurerm_private_endpoint` with `private_connection_resource_id = azurerm_storage_account.<name>.id` in its
    `private_service_connection`, and the private DNS zone for it.
    """
    yield from without_private_endpoint(account)
