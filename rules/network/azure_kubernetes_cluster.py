"""Who reaches the API server of an AKS cluster, and whom its pods reach."""

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
        "named ranges at the top, as before version 4 of the provider": """
            resource "azurerm_kubernetes_cluster" "app" {
              name                   = "aks-app"
              location               = "westeurope"
              resource_group_name    = "rg-app"
              dns_prefix             = "app"
              local_account_disabled = true
              api_server_authorized_ip_ranges = ["198.51.100.0/24"]

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
    undetermined={
        "a setting that is not known yet": """
resource "terraform_data" "setting" {
  input = ["198.51.100.0/24"]
}

resource "azurerm_kubernetes_cluster" "app" {
  name                   = "aks-app"
  location               = "westeurope"
  resource_group_name    = "rg-app"
  dns_prefix             = "app"
  local_account_disabled = true

  api_server_access_profile {
    authorized_ip_ranges = terraform_data.setting.output
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
)
def api_server_open_to_world(cluster: Resource) -> Iterator[Violation]:
    """AKS API server answers the whole Internet.

    Whoever holds a token or a kubeconfig that leaked uses it from anywhere, and a flaw in the API server can be
    tried by everyone.

    Name the ranges that may reach it in `authorized_ip_ranges` of `api_server_access_profile`, or set
    `private_cluster_enabled = true`.
    """
    # Provider documentation: private_cluster_enabled defaults to false.
    if given(cluster, "private_cluster_enabled", None):
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


@rule(
    id="azure-aks-api-server-public",
    severity="medium",
    domain="network",
    resources=["azurerm_kubernetes_cluster"],
    aliases=["CKV_AZURE_115", "AVD-AZU-0065"],
    controls={"nist-800-53r5": ["AC-17", "SC-7"]},
    links=["https://learn.microsoft.com/azure/aks/private-clusters"],
    since="0.2.0",
    wider=["azure-aks-api-server-open-to-world"],
    bad={
        "nothing said": """
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
        "public, for named ranges": """
            resource "azurerm_kubernetes_cluster" "app" {
              name                   = "aks-app"
              location               = "westeurope"
              resource_group_name    = "rg-app"
              dns_prefix             = "app"
              local_account_disabled = true
              private_cluster_enabled = false

              default_node_pool {
                name       = "system"
                node_count = 3
                vm_size    = "Standard_D4s_v5"
              }

              identity {
                type = "SystemAssigned"
              }

              api_server_access_profile {
                authorized_ip_ranges = ["198.51.100.0/24"]
              }
            }
        """,
    },
    good={
        "private": """
            resource "azurerm_kubernetes_cluster" "app" {
              name                   = "aks-app"
              location               = "westeurope"
              resource_group_name    = "rg-app"
              dns_prefix             = "app"
              local_account_disabled = true
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
        "private, in a text": """
            resource "azurerm_kubernetes_cluster" "app" {
              name                   = "aks-app"
              location               = "westeurope"
              resource_group_name    = "rg-app"
              dns_prefix             = "app"
              local_account_disabled = true
              private_cluster_enabled = "true"

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
    undetermined={
        "a setting that is not known yet": """
            resource "terraform_data" "setting" {
              input = true
            }

            resource "azurerm_kubernetes_cluster" "app" {
              name                   = "aks-app"
              location               = "westeurope"
              resource_group_name    = "rg-app"
              dns_prefix             = "app"
              local_account_disabled = true
              private_cluster_enabled = terraform_data.setting.output

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
def api_server_public(cluster: Resource) -> Iterator[Violation]:
    """AKS API server has a public address.

    A list of ranges is all that keeps strangers from it, and the nodes talk to it over the Internet as well.

    Set `private_cluster_enabled = true`; the API server then has an address in the virtual network only. A cluster
    that exists is replaced by that.
    """
    # Provider documentation: "private_cluster_enabled … Defaults to false"
    if not cluster.effective("private_cluster_enabled", None):
        yield violation("", "private_cluster_enabled is not true")


@rule(
    id="azure-aks-without-network-policy",
    severity="high",
    domain="network",
    resources=["azurerm_kubernetes_cluster"],
    aliases=["CKV_AZURE_7", "AVD-AZU-0043"],
    controls={"nist-800-53r5": ["AC-4", "SC-7", "SC-7(21)"]},
    links=["https://learn.microsoft.com/azure/aks/use-network-policies"],
    since="0.2.0",
    bad={
        "nothing said": """
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
        "network profile without a policy": """
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

              network_profile {
                network_plugin = "azure"
              }
            }
        """,
    },
    good={
        "Calico": """
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

              network_profile {
                network_plugin = "azure"
                network_policy = "calico"
              }
            }
        """,
        "Azure": """
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

              network_profile {
                network_plugin = "azure"
                network_policy = "azure"
              }
            }
        """,
    },
    undetermined={
        "a policy that is not known yet": """
            resource "terraform_data" "policy" {
              input = "cilium"
            }

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

              network_profile {
                network_plugin = "azure"
                network_policy = terraform_data.policy.output
              }
            }
        """,
    },
)
def without_network_policy(cluster: Resource) -> Iterator[Violation]:
    """AKS cluster enforces no network policies.

    Every pod reaches every other one, and a `NetworkPolicy` in the cluster has no effect at all: who takes over one
    pod can try everything else, the databases included.

    Set `network_policy = "cilium"` (or "calico", "azure") in `network_profile`, then write policies.
    """
    # Azure documentation: without a policy engine, network policies are not enforced.
    if not cluster.is_set("network_profile[0].network_policy"):
        yield violation("network_profile", "no network_policy")
