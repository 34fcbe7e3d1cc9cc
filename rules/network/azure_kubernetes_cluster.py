"""Who reaches the API server of an AKS cluster."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import given
from ._ranges import is_world

# Until azurerm 4.0 the ranges could stand at the top, too.
_RANGES = ("api_server_access_profile.authorized_ip_ranges", "api_server_authorized_ip_ranges")


@rule(
    id="azure-aks-api-server-open-to-world",
    severity="critical",
    domain="network",
    resources=["azurerm_kubernetes_cluster"],
    aliases=["CKV_AZURE_6", "AVD-AZU-0041"],
    controls={"nist-800-53r5": ["AC-17", "SC-7"]},
    links=["https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges"],
    bad={
        "no ranges": """
resource "azurerm_kubernetes_cluster" "app" {
  name                   = "aks-app"
  location               = "westeurope"
  resource_group_name    = "rg-app"
  dns_prefix             = "app"
  local_account_disabled = true

  default_node_pool {
    name       = "system"
    node_count = 3
    vm_size    = "Standard_D4s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}
""",
        "a range that holds every address": """
resource "azurerm_kubernetes_cluster" "app" {
  name                   = "aks-app"
  location               = "westeurope"
  resource_group_name    = "rg-app"
  dns_prefix             = "app"
  local_account_disabled = true

  api_server_access_profile {
    authorized_ip_ranges = ["198.51.100.0/24", "0.0.0.0/0"]
  }

  default_node_pool {
    name       = "system"
    node_count = 3
    vm_size    = "Standard_D4s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}
""",
    },
    good={
        "named ranges": """
resource "azurerm_kubernetes_cluster" "app" {
  name                   = "aks-app"
  location               = "westeurope"
  resource_group_name    = "rg-app"
  dns_prefix             = "app"
  local_account_disabled = true

  api_server_access_profile {
    authorized_ip_ranges = ["198.51.100.0/24"]
  }

  default_node_pool {
    name       = "system"
    node_count = 3
    vm_size    = "Standard_D4s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}
""",
        "private cluster": """
resource "azurerm_kubernetes_cluster" "app" {
  name                    = "aks-app"
  location                = "westeurope"
  resource_group_name     = "rg-app"
  dns_prefix              = "app"
  local_account_disabled  = true
  private_cluster_enabled = true

  default_node_pool {
    name       = "system"
    node_count = 3
    vm_size    = "Standard_D4s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}
""",
    },
)
def api_server_open_to_world(cluster: Resource) -> Iterator[Violation]:
    """AKS API server answers the whole Internet.

    Whoever holds a token or a kubeconfig that leaked uses it from anywhere, and a flaw in the API server can be
    tried by everyone.

    Name the ranges that may reach it in `authorized_ip_ranges` of `api_server_access_profile`, or set
    `private_cluster_enabled = true`.
    """
    # Provider documentation: private_cluster_enabled defaults to false.
    if given(cluster, "private_cluster_enabled", False):
        return
    limited = False
    for path in _RANGES:
        for text in given(cluster, path, ()):
            limited = True
            if is_world(text):
                yield violation(path, f"the API server is open to {text}")
                return
    if not limited:
        # Azure documentation: without authorized ranges every address reaches the API server.
        yield violation(_RANGES[0], "no authorized_ip_ranges: the API server is open to every address")
