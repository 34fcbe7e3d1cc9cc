"""Who reaches an Azure storage account, and what lies open in it."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import missing, satellites
from ._azure_public_endpoint import has_public_endpoint

_ACCOUNT = "azurerm_storage_account"
_NETWORK_RULES = "azurerm_storage_account_network_rules"
_NAMES = ("storage_account_id", "storage_account_name")  # by name before version 3 of the provider
_PUBLIC_BLOBS = "allow_nested_items_to_be_public"


@rule(
    id="azure-storage-account-open-to-all-networks",
    severity="critical",
    domain="network",
    resources=[_ACCOUNT, _NETWORK_RULES],
    aliases=["CKV_AZURE_35", "AVD-AZU-0012"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"], "cis-azure-2.0": ["3.8"]},
    links=["https://learn.microsoft.com/azure/storage/common/storage-network-security"],
    bad={
        "no network rules": """
resource "azurerm_storage_account" "claims" {
  name                     = "stclaims"
  resource_group_name      = "rg-claims"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "ZRS"
  min_tls_version          = "TLS1_2"
}
""",
        "inline rules that allow, in lower case": """
resource "azurerm_storage_account" "claims" {
  name                     = "stclaims"
  resource_group_name      = "rg-claims"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "ZRS"
  min_tls_version          = "TLS1_2"

  network_rules {
    default_action = "allow"
    ip_rules       = ["198.51.100.0/24"]
  }
}
""",
        "separate rules that allow": """
resource "azurerm_storage_account" "claims" {
  name                     = "stclaims"
  resource_group_name      = "rg-claims"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "ZRS"
  min_tls_version          = "TLS1_2"
}

resource "azurerm_storage_account_network_rules" "claims" {
  storage_account_id = azurerm_storage_account.claims.id
  default_action     = "Allow"
}
""",
    },
    good={
        "inline rules that deny": """
resource "azurerm_storage_account" "claims" {
  name                     = "stclaims"
  resource_group_name      = "rg-claims"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "ZRS"
  min_tls_version          = "TLS1_2"

  network_rules {
    default_action = "Deny"
    bypass         = ["AzureServices"]
    ip_rules       = ["198.51.100.0/24"]
  }
}
""",
        "separate rules that deny": """
resource "azurerm_storage_account" "claims" {
  name                     = "stclaims"
  resource_group_name      = "rg-claims"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "ZRS"
  min_tls_version          = "TLS1_2"
}

resource "azurerm_storage_account_network_rules" "claims" {
  storage_account_id = azurerm_storage_account.claims.id
  default_action     = "Deny"
  bypass             = ["AzureServices"]
}
""",
        "separate rules that name the account": """
resource "azurerm_storage_account" "claims" {
  name                     = "stclaims"
  resource_group_name      = "rg-claims"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "ZRS"
  min_tls_version          = "TLS1_2"
}

resource "azurerm_storage_account_network_rules" "claims" {
  resource_group_name  = "rg-claims"
  storage_account_name = azurerm_storage_account.claims.name
  default_action       = "Deny"
}
""",
        "no public endpoint": """
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
        "no public endpoint, rules of no effect": """
resource "azurerm_storage_account" "claims" {
  name                          = "stclaims"
  resource_group_name           = "rg-claims"
  location                      = "westeurope"
  account_tier                  = "Standard"
  account_replication_type      = "ZRS"
  min_tls_version               = "TLS1_2"
  public_network_access_enabled = false
}

resource "azurerm_storage_account_network_rules" "claims" {
  storage_account_id = azurerm_storage_account.claims.id
  default_action     = "Allow"
}
""",
    },
    undetermined={
        "a setting that is not known yet": """
resource "terraform_data" "setting" {
  input = "Deny"
}

resource "azurerm_storage_account" "claims" {
  name                     = "stclaims"
  resource_group_name      = "rg-claims"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "ZRS"
  min_tls_version          = "TLS1_2"

  network_rules {
    default_action = terraform_data.setting.output
    bypass         = ["AzureServices"]
    ip_rules       = ["198.51.100.0/24"]
  }
}
""",
    },
)
def account_open_to_all_networks(resource: Resource) -> Iterator[Violation]:
    """Storage account takes requests from every network.

    Only keys and signatures then stand between the Internet and the data; one that leaks, in a log or a repository,
    works from anywhere.

    Set `default_action = "Deny"` in `network_rules` (or in an `azurerm_storage_account_network_rules`) and name the
    subnets and ranges that may come in, or set `public_network_access_enabled = false` and use private endpoints.
    """
    if resource.type == _NETWORK_RULES:
        for account in resource.references(_ACCOUNT):
            if not has_public_endpoint(account):
                return
        if resource.get("default_action", "Allow").lower() == "allow":
            yield violation("default_action", "the default action is Allow")
    elif has_public_endpoint(resource):
        yield from _judge_account(resource)


def _judge_account(account: Resource) -> Iterator[Violation]:
    """An account whose public endpoint is on. Separate rules are judged themselves."""
    action = account.effective("network_rules.default_action", "")
    if action.lower() == "deny" or any(satellites(account, _NETWORK_RULES, via=name) for name in _NAMES):
        return
    # Azure Storage REST API: without networkAcls, the default action is Allow.
    evidence = [] if action else missing(account, _NETWORK_RULES, via="storage_account_id")
    yield violation("network_rules", "the default action is Allow", evidence=evidence)


@rule(
    id="azure-storage-container-public",
    severity="high",
    domain="network",
    resources=["azurerm_storage_container"],
    aliases=["CKV_AZURE_34", "AVD-AZU-0007"],
    controls={"nist-800-53r5": ["AC-3", "AC-22"], "cis-azure-2.0": ["3.7"]},
    links=["https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent"],
    bad={
        "blobs for everyone, account by name": """
resource "azurerm_storage_account" "site" {
  name                            = "stsite"
  resource_group_name             = "rg-site"
  location                        = "westeurope"
  account_tier                    = "Standard"
  account_replication_type        = "ZRS"
  min_tls_version                 = "TLS1_2"
  allow_nested_items_to_be_public = true
}

resource "azurerm_storage_container" "assets" {
  name                  = "assets"
  storage_account_name  = azurerm_storage_account.site.name
  container_access_type = "blob"
}
""",
        "blobs and their list, account by id": """
resource "azurerm_storage_account" "site" {
  name                            = "stsite"
  resource_group_name             = "rg-site"
  location                        = "westeurope"
  account_tier                    = "Standard"
  account_replication_type        = "ZRS"
  min_tls_version                 = "TLS1_2"
  allow_nested_items_to_be_public = true
}

resource "azurerm_storage_container" "assets" {
  name                  = "assets"
  storage_account_id    = azurerm_storage_account.site.id
  container_access_type = "Container"
}
""",
        "account that says nothing about it": """
resource "azurerm_storage_account" "site" {
  name                     = "stsite"
  resource_group_name      = "rg-site"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "ZRS"
  min_tls_version          = "TLS1_2"
}

resource "azurerm_storage_container" "assets" {
  name                  = "assets"
  storage_account_id    = azurerm_storage_account.site.id
  container_access_type = "blob"
}
""",
        "account not in the plan": """
resource "azurerm_storage_container" "assets" {
  name                  = "assets"
  storage_account_name  = "stsite"
  container_access_type = "container"
}
""",
    },
    good={
        "private": """
resource "azurerm_storage_container" "assets" {
  name                  = "assets"
  storage_account_name  = "stsite"
  container_access_type = "private"
}
""",
        "access type not set": """
resource "azurerm_storage_container" "assets" {
  name                 = "assets"
  storage_account_name = "stsite"
}
""",
        "account that forbids it, by id": """
resource "azurerm_storage_account" "site" {
  name                            = "stsite"
  resource_group_name             = "rg-site"
  location                        = "westeurope"
  account_tier                    = "Standard"
  account_replication_type        = "ZRS"
  min_tls_version                 = "TLS1_2"
  allow_nested_items_to_be_public = false
}

resource "azurerm_storage_container" "assets" {
  name                  = "assets"
  storage_account_id    = azurerm_storage_account.site.id
  container_access_type = "blob"
}
""",
        "account that forbids it, by name": """
resource "azurerm_storage_account" "site" {
  name                            = "stsite"
  resource_group_name             = "rg-site"
  location                        = "westeurope"
  account_tier                    = "Standard"
  account_replication_type        = "ZRS"
  min_tls_version                 = "TLS1_2"
  allow_nested_items_to_be_public = false
}

resource "azurerm_storage_container" "assets" {
  name                  = "assets"
  storage_account_name  = azurerm_storage_account.site.name
  container_access_type = "container"
}
""",
    },
    undetermined={
        "a setting that is not known yet": """
resource "terraform_data" "setting" {
  input = "private"
}

resource "azurerm_storage_container" "assets" {
  name                  = "assets"
  storage_account_name  = "stsite"
  container_access_type = terraform_data.setting.output
}
""",
    },
)
def container_public(container: Resource) -> Iterator[Violation]:
    """Storage container can be read without signing in.

    Whoever knows or guesses an address in it downloads what is there, and nobody learns who it was; with the access
    type `container` the addresses can be listed, too.

    Set `container_access_type = "private"` and hand out signed addresses or roles; to rule it out for the whole
    account, set `allow_nested_items_to_be_public = false` on it.
    """
    access = container.get("container_access_type", "private")  # provider documentation: private by default
    if access.lower() not in ("blob", "container"):
        return
    for kind in (_ACCOUNT, f"data.{_ACCOUNT}"):
        for account in container.references(kind):
            # Provider documentation: true by default up to version 4, so that only what somebody wrote is relied on.
            if account.get(_PUBLIC_BLOBS) == False and not account.is_unset((_PUBLIC_BLOBS,)):  # noqa: E712
                return
    what = "blobs" if access.lower() == "blob" else "blobs and their list"
    yield violation("container_access_type", f"anyone reads {what}")
