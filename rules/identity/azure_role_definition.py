"""What custom roles in Azure may do, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from planguard import Resource, Violation, is_unknown, rule, violation

_EVERYWHERE = "the whole tenant"
_BROAD = {
    "a subscription": re.compile(r"/subscriptions/[^/]+/?", re.IGNORECASE),
    "a management group": re.compile(r"/providers/microsoft\.management/managementgroups/[^/]+/?", re.IGNORECASE),
    _EVERYWHERE: re.compile(r"/"),
}
_KINDS = {
    "data.azurerm_subscription": "a subscription",
    "azurerm_subscription": "a subscription",
    "data.azurerm_management_group": "a management group",
    "azurerm_management_group": "a management group",
    "azurerm_resource_group": "",
}


@rule(
    id="azure-custom-role-owner",
    severity="medium",
    domain="identity",
    resources=["azurerm_role_definition"],
    aliases=["CKV_AZURE_39", "AVD-AZU-0052"],
    controls={"nist-800-53r5": ["AC-2", "AC-6"], "cis-azure-2.0": ["1.23"]},
    links=["https://learn.microsoft.com/azure/role-based-access-control/custom-roles"],
    since="0.2.0",
    bad={
        "every action in a subscription": """
            resource "azurerm_role_definition" "team" {
              name  = "team owner"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions     = ["*"]
                not_actions = []
              }

              assignable_scopes = ["/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"]
            }
        """,
        "every action in the subscription of the provider, by data source": """
            data "azurerm_subscription" "primary" {}

            resource "azurerm_role_definition" "team" {
              name  = "team owner"
              scope = data.azurerm_subscription.primary.id

              permissions {
                actions = ["Microsoft.Resources/subscriptions/resourceGroups/read", "*"]
              }

              assignable_scopes = [data.azurerm_subscription.primary.id]
            }
        """,
        "second permissions block, scope only": """
            resource "azurerm_role_definition" "team" {
              name  = "team owner"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions = ["Microsoft.Compute/*/read"]
              }

              permissions {
                actions = ["*"]
              }
            }
        """,
        "the whole tenant": """
            resource "azurerm_role_definition" "team" {
              name  = "team owner"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions = ["*"]
              }

              assignable_scopes = ["/"]
            }
        """,
        "a management group": """
            resource "azurerm_role_definition" "team" {
              name  = "team owner"
              scope = "/providers/Microsoft.Management/managementGroups/platform"

              permissions {
                actions = ["*"]
              }

              assignable_scopes = ["/providers/Microsoft.Management/managementGroups/platform"]
            }
        """,
        "a subscription, written in capitals": """
            resource "azurerm_role_definition" "team" {
              name  = "team owner"
              scope = "/Subscriptions/5F0C1A2B-3D4E-4F50-8A6B-7C8D9E0F1A2B"

              permissions {
                actions = ["*"]
              }
            }
        """,
        "a subscription that this plan creates": """
            resource "azurerm_subscription" "lab" {
              subscription_name = "lab"
              alias             = "lab"
              subscription_id   = "5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
            }

            resource "azurerm_role_definition" "team" {
              name  = "team owner"
              scope = azurerm_subscription.lab.id

              permissions {
                actions = ["*"]
              }

              assignable_scopes = [azurerm_subscription.lab.id]
            }
        """,
        "a management group that this plan creates": """
            resource "azurerm_management_group" "platform" {
              display_name = "platform"
            }

            resource "azurerm_role_definition" "team" {
              name  = "team owner"
              scope = azurerm_management_group.platform.id

              permissions {
                actions = ["*"]
              }

              assignable_scopes = [azurerm_management_group.platform.id]
            }
        """,
        "a management group, by data source that is read at apply": """
            resource "azurerm_management_group" "platform" {
              display_name = "platform"
            }

            data "azurerm_management_group" "platform" {
              name = azurerm_management_group.platform.name
            }

            resource "azurerm_role_definition" "team" {
              name  = "team owner"
              scope = data.azurerm_management_group.platform.id

              permissions {
                actions = ["*"]
              }
            }
        """,
    },
    good={
        "named actions": """
            resource "azurerm_role_definition" "reader" {
              name  = "cost reader"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions = ["Microsoft.Consumption/*/read", "*/read"]
              }

              assignable_scopes = ["/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"]
            }
        """,
        "every action in one resource group": """
            resource "azurerm_role_definition" "team" {
              name  = "team owner"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"

              permissions {
                actions = ["*"]
              }

              assignable_scopes = ["/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"]
            }
        """,
        "every action in a resource group that this plan creates": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_role_definition" "team" {
              name  = "team owner"
              scope = azurerm_resource_group.app.id

              permissions {
                actions = ["*"]
              }

              assignable_scopes = [azurerm_resource_group.app.id]
            }
        """,
        "no actions": """
            resource "azurerm_role_definition" "empty" {
              name              = "nothing"
              scope             = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              assignable_scopes = ["/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"]
            }
        """,
        "every action in a resource group of a subscription of this plan": """
            resource "azurerm_subscription" "lab" {
              subscription_name = "lab"
              alias             = "lab"
              subscription_id   = "5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
            }

            resource "azurerm_role_definition" "team" {
              name  = "team owner"
              scope = "/subscriptions/${azurerm_subscription.lab.subscription_id}/resourceGroups/rg-app"

              permissions {
                actions = ["*"]
              }
            }
        """,
        "every action on data, none on resources": """
            resource "azurerm_role_definition" "team" {
              name  = "data owner"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                data_actions = ["*"]
              }
            }
        """,
    },
    undetermined={
        "a setting that is not known yet": """
            resource "terraform_data" "setting" {
              input = ["Microsoft.Consumption/*/read", "*/read"]
            }

            resource "azurerm_role_definition" "reader" {
              name  = "cost reader"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions = terraform_data.setting.output
              }

              assignable_scopes = ["/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"]
            }
        """,
        "a scope that is not known yet": """
            resource "terraform_data" "scope" {
              input = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"
            }

            resource "azurerm_role_definition" "team" {
              name  = "team owner"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions = ["*"]
              }

              assignable_scopes = [terraform_data.scope.output]
            }
        """,
    },
)
def custom_owner(role: Resource) -> Iterator[Violation]:
    """Custom role may do everything in a subscription.

    It is the role Owner under another name: who looks for owners does not find those who hold it, and rules that
    guard Owner do not apply to it.

    Name the operations that are needed in `actions` instead of "*", or assign a built-in role. Where it must be
    everything, put the resource group into `scope` and `assignable_scopes`.
    """
    for path, action in _actions(role):
        if action == "*":
            for scope in _scopes(role):
                yield violation(path, f'"*" in {scope}')
                return


@rule(
    id="azure-custom-role-wildcard-in-root-scope",
    severity="medium",
    domain="identity",
    resources=["azurerm_role_definition"],
    aliases=["AVD-AZU-0030"],
    controls={"nist-800-53r5": ["AC-2", "AC-6"]},
    links=["https://learn.microsoft.com/azure/role-based-access-control/custom-roles"],
    since="0.2.0",
    wider=["azure-custom-role-owner"],
    bad={
        "every action": """
            resource "azurerm_role_definition" "team" {
              name  = "team owner"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions     = ["*"]
                not_actions = []
              }

              assignable_scopes = ["/"]
            }
        """,
        "every action of one service, beside a named one": """
            resource "azurerm_role_definition" "keys" {
              name  = "key keeper"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions = ["Microsoft.Storage/storageAccounts/read", "Microsoft.KeyVault/*"]
              }

              assignable_scopes = ["/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b", "/"]
            }
        """,
    },
    good={
        "every action in one subscription": """
            resource "azurerm_role_definition" "team" {
              name  = "team owner"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions = ["*"]
              }

              assignable_scopes = ["/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"]
            }
        """,
        "named actions everywhere": """
            resource "azurerm_role_definition" "reader" {
              name  = "account reader"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions = ["Microsoft.Storage/storageAccounts/read"]
              }

              assignable_scopes = ["/"]
            }
        """,
    },
    undetermined={
        "a setting that is not known yet": """
            resource "terraform_data" "setting" {
              input = ["/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"]
            }

            resource "azurerm_role_definition" "team" {
              name  = "team owner"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions = ["*"]
              }

              assignable_scopes = terraform_data.setting.output
            }
        """,
    },
)
def wildcard_in_root_scope(role: Resource) -> Iterator[Violation]:
    """Custom role with a wildcard can be assigned everywhere.

    A wildcard also grants the operations that a service will get next year, and the root scope also holds the
    subscriptions that are still to come: nobody has decided on either.

    Name the operations in `actions`, and the subscriptions or resource groups in `assignable_scopes` instead of "/".
    """
    for path, action in _actions(role):
        if "*" in action:
            for scope in _scopes(role):
                if scope == _EVERYWHERE:
                    yield violation(path, f'"{action}" in {scope}')
                    return


def _actions(role: Resource) -> Iterator[tuple[str, str]]:
    for path, block in role.blocks("permissions"):
        for action in block.get("actions") or ():
            yield f"{path}.actions", action


def _scopes(role: Resource) -> Iterator[str]:
    """The scopes that are a subscription or more, in words; those that are known first."""
    scopes: Any = role.effective("assignable_scopes", ())
    if not scopes:
        # Provider documentation: without assignable_scopes, the role can be assigned in its scope.
        yield from _wide(role, "scope", [role.get("scope", "")])
    else:
        yield from _wide(role, "assignable_scopes", list(list.__iter__(scopes)))


def _wide(role: Resource, attribute: str, scopes: list[Any]) -> Iterator[str]:
    for scope in scopes:
        if not is_unknown(scope):
            yield from (what for what, form in _BROAD.items() if form.fullmatch(scope.strip()))
    unknown = [scope for scope in scopes if is_unknown(scope)]
    # What an id refers to says how wide it is, before it is known.
    named = 0
    for kind, what in _KINDS.items() if unknown else ():
        found = len(role.references(kind, via=attribute))
        named += found
        if found and what:
            yield what
    if named < len(unknown):
        bool(next(iter(unknown)))
