"""Principals of Azure that get at more than they are given."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation
from planguard.access.azure.standing import SUBJECTS, by_gain, is_told_of, principals_of
from planguard.access.model import Subject
from planguard.access.pattern import shown
from planguard.access.powers import Powers, Step
from planguard.graph.snapshot import Snapshot

from ._azure_access import name_of, undetermined


@rule(
    id="azure-principal-privilege-escalation",
    severity="high",
    domain="identity",
    resources=SUBJECTS,
    controls={"nist-800-53r5": ["AC-3", "AC-6"]},
    links=["https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview"],
    since="0.2.0",
    bad={
        "Contributor of the subscription": """
            resource "azurerm_role_assignment" "team" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Contributor"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "Contributor of a group with a machine that is Owner of the subscription": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_linux_virtual_machine" "runner" {
              name                  = "vm-runner"
              resource_group_name   = azurerm_resource_group.app.name
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-runner"]

              identity {
                type = "SystemAssigned"
              }
            }

            resource "azurerm_role_assignment" "team" {
              scope                = azurerm_resource_group.app.id
              role_definition_name = "Contributor"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }

            resource "azurerm_role_assignment" "owner" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Owner"
              principal_id         = azurerm_linux_virtual_machine.runner.identity[0].principal_id
            }
        """,
        "one action on one machine, by a role of its own": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_linux_virtual_machine" "runner" {
              name                  = "vm-runner"
              resource_group_name   = azurerm_resource_group.app.name
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-runner"]

              identity {
                type = "SystemAssigned"
              }
            }

            resource "azurerm_role_definition" "operator" {
              name  = "operator"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions = ["Microsoft.Compute/virtualMachines/runCommand/action"]
              }
            }

            resource "azurerm_role_assignment" "operator" {
              scope              = azurerm_linux_virtual_machine.runner.id
              role_definition_id = azurerm_role_definition.operator.role_definition_resource_id
              principal_id       = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }

            resource "azurerm_role_assignment" "reads" {
              scope                = azurerm_resource_group.app.id
              role_definition_name = "Key Vault Secrets User"
              principal_id         = azurerm_linux_virtual_machine.runner.identity[0].principal_id
            }
        """,
        "to attach an identity to a machine": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_user_assigned_identity" "deploy" {
              name                = "id-deploy"
              resource_group_name = azurerm_resource_group.app.name
              location            = "westeurope"
            }

            resource "azurerm_role_definition" "operator" {
              name  = "operator"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions = [
                  "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
                  "Microsoft.Compute/virtualMachines/write",
                ]
              }
            }

            resource "azurerm_role_assignment" "operator" {
              scope              = azurerm_resource_group.app.id
              role_definition_id = azurerm_role_definition.operator.role_definition_resource_id
              principal_id       = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }

            resource "azurerm_role_assignment" "owner" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Owner"
              principal_id         = azurerm_user_assigned_identity.deploy.principal_id
            }
        """,
        "to let an identity trust a token of its own": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_user_assigned_identity" "deploy" {
              name                = "id-deploy"
              resource_group_name = azurerm_resource_group.app.name
              location            = "westeurope"
            }

            resource "azurerm_role_definition" "federation" {
              name  = "federation"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions = ["Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/*"]
              }
            }

            resource "azurerm_role_assignment" "federation" {
              scope              = azurerm_user_assigned_identity.deploy.id
              role_definition_id = azurerm_role_definition.federation.role_definition_resource_id
              principal_id       = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }

            resource "azurerm_role_assignment" "owner" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Owner"
              principal_id         = azurerm_user_assigned_identity.deploy.principal_id
            }
        """,
        "to change the role that it is assigned": """
            resource "azurerm_role_definition" "writer" {
              name  = "writer"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions = ["Microsoft.Authorization/roleDefinitions/write"]
              }
            }

            resource "azurerm_role_assignment" "writer" {
              scope              = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_id = azurerm_role_definition.writer.role_definition_resource_id
              principal_id       = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "to assign any role on one vault": """
            locals {
              group = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"
            }

            resource "azurerm_role_assignment" "team" {
              scope                = "${local.group}/providers/Microsoft.KeyVault/vaults/kv-app"
              role_definition_name = "User Access Administrator"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "to write the access policies of a vault": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_key_vault" "app" {
              name                = "kv-app"
              resource_group_name = azurerm_resource_group.app.name
              location            = "westeurope"
              sku_name            = "standard"
              tenant_id           = "22222222-2222-4333-8444-555555555555"
            }

            resource "azurerm_role_assignment" "team" {
              scope                = azurerm_key_vault.app.id
              role_definition_name = "Key Vault Contributor"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "a condition that keeps only Owner from it": """
            resource "azurerm_role_assignment" "delegate" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Role Based Access Control Administrator"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
              condition_version    = "2.0"
              condition            = <<-EOT
                (
                 (
                  !(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})
                 )
                 OR
                 (
                  @Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]
                  ForAnyOfAllValues:GuidNotEquals {8e3af657-a8ff-443c-a75c-2fe8c4bcb635}
                 )
                )
              EOT
            }
        """,
        "through two machines to the subscription": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_linux_virtual_machine" "runner" {
              name                  = "vm-runner"
              resource_group_name   = azurerm_resource_group.app.name
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-runner"]

              identity {
                type = "SystemAssigned"
              }
            }

            resource "azurerm_resource_group" "inner" {
              name     = "rg-inner"
              location = "westeurope"
            }

            resource "azurerm_linux_virtual_machine" "inner" {
              name                  = "vm-inner"
              resource_group_name   = azurerm_resource_group.inner.name
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-inner"]

              identity {
                type = "SystemAssigned"
              }
            }

            resource "azurerm_role_assignment" "team" {
              scope                = azurerm_resource_group.app.id
              role_definition_name = "Virtual Machine Contributor"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }

            resource "azurerm_role_assignment" "outer" {
              scope                = azurerm_resource_group.inner.id
              role_definition_name = "Virtual Machine Contributor"
              principal_id         = azurerm_linux_virtual_machine.runner.identity[0].principal_id
            }

            resource "azurerm_role_assignment" "owner" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Owner"
              principal_id         = azurerm_linux_virtual_machine.inner.identity[0].principal_id
            }
        """,
        "Owner of a group whose machine is Owner of the subscription": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_linux_virtual_machine" "runner" {
              name                  = "vm-runner"
              resource_group_name   = azurerm_resource_group.app.name
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-runner"]

              identity {
                type = "SystemAssigned"
              }
            }

            resource "azurerm_role_assignment" "team" {
              scope                = azurerm_resource_group.app.id
              role_definition_name = "Owner"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }

            resource "azurerm_role_assignment" "owner" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Owner"
              principal_id         = azurerm_linux_virtual_machine.runner.identity[0].principal_id
            }
        """,
    },
    good={
        "Contributor of a group whose machine holds nothing": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_linux_virtual_machine" "runner" {
              name                  = "vm-runner"
              resource_group_name   = azurerm_resource_group.app.name
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-runner"]

              identity {
                type = "SystemAssigned"
              }
            }

            resource "azurerm_role_assignment" "team" {
              scope                = azurerm_resource_group.app.id
              role_definition_name = "Contributor"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "Contributor of a group whose machine holds less": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_linux_virtual_machine" "runner" {
              name                  = "vm-runner"
              resource_group_name   = azurerm_resource_group.app.name
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-runner"]

              identity {
                type = "SystemAssigned"
              }
            }

            resource "azurerm_role_assignment" "team" {
              scope                = azurerm_resource_group.app.id
              role_definition_name = "Contributor"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }

            resource "azurerm_role_assignment" "reads" {
              scope                = azurerm_resource_group.app.id
              role_definition_name = "Reader"
              principal_id         = azurerm_linux_virtual_machine.runner.identity[0].principal_id
            }
        """,
        "Contributor of another group": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_linux_virtual_machine" "runner" {
              name                  = "vm-runner"
              resource_group_name   = azurerm_resource_group.app.name
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-runner"]

              identity {
                type = "SystemAssigned"
              }
            }

            resource "azurerm_resource_group" "other" {
              name     = "rg-other"
              location = "westeurope"
            }

            resource "azurerm_role_assignment" "team" {
              scope                = azurerm_resource_group.other.id
              role_definition_name = "Contributor"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }

            resource "azurerm_role_assignment" "owner" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Owner"
              principal_id         = azurerm_linux_virtual_machine.runner.identity[0].principal_id
            }
        """,
        "to attach an identity, and nothing to attach it to": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_user_assigned_identity" "deploy" {
              name                = "id-deploy"
              resource_group_name = azurerm_resource_group.app.name
              location            = "westeurope"
            }

            resource "azurerm_role_assignment" "team" {
              scope                = azurerm_resource_group.app.id
              role_definition_name = "Managed Identity Operator"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }

            resource "azurerm_role_assignment" "owner" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Owner"
              principal_id         = azurerm_user_assigned_identity.deploy.principal_id
            }
        """,
        "the actions that lead to more are taken away": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_linux_virtual_machine" "runner" {
              name                  = "vm-runner"
              resource_group_name   = azurerm_resource_group.app.name
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-runner"]

              identity {
                type = "SystemAssigned"
              }
            }

            resource "azurerm_role_definition" "operator" {
              name  = "operator"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions     = ["Microsoft.Compute/virtualMachines/*"]
                not_actions = [
                  "Microsoft.Compute/virtualMachines/runCommand*/*",
                  "Microsoft.Compute/virtualMachines/extensions/*",
                ]
              }
            }

            resource "azurerm_role_assignment" "operator" {
              scope              = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_id = azurerm_role_definition.operator.role_definition_resource_id
              principal_id       = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }

            resource "azurerm_role_assignment" "owner" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Owner"
              principal_id         = azurerm_linux_virtual_machine.runner.identity[0].principal_id
            }
        """,
        "to change roles, in another group than where its own is assigned": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_role_definition" "writer" {
              name  = "writer"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions = ["Microsoft.Authorization/roleDefinitions/write"]
              }
            }

            resource "azurerm_role_assignment" "writer" {
              scope              = azurerm_resource_group.app.id
              role_definition_id = azurerm_role_definition.writer.role_definition_resource_id
              principal_id       = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "a vault that takes role assignments": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_key_vault" "app" {
              name                       = "kv-app"
              resource_group_name        = azurerm_resource_group.app.name
              location                   = "westeurope"
              sku_name                   = "standard"
              tenant_id                  = "22222222-2222-4333-8444-555555555555"
              rbac_authorization_enabled = true
            }

            resource "azurerm_role_assignment" "team" {
              scope                = azurerm_key_vault.app.id
              role_definition_name = "Key Vault Contributor"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "an administrator, who has nowhere to go": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_linux_virtual_machine" "runner" {
              name                  = "vm-runner"
              resource_group_name   = azurerm_resource_group.app.name
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-runner"]

              identity {
                type = "SystemAssigned"
              }
            }

            resource "azurerm_role_assignment" "team" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Owner"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }

            resource "azurerm_role_assignment" "owner" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Owner"
              principal_id         = azurerm_linux_virtual_machine.runner.identity[0].principal_id
            }
        """,
        "an identity of the plan with a narrow role": """
            resource "azurerm_user_assigned_identity" "app" {
              name                = "id-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
            }

            resource "azurerm_role_assignment" "pull" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"
              role_definition_name = "Managed Identity Operator"
              principal_id         = azurerm_user_assigned_identity.app.principal_id
            }
        """,
        "a role that is not known yet, which may be that of an administrator": """
            resource "terraform_data" "role" {
              input = "Reader"
            }

            resource "azurerm_role_assignment" "team" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = terraform_data.role.output
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "Reader of the subscription": """
            resource "azurerm_role_assignment" "team" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Reader"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
    },
    undetermined={
        "Contributor of a scope that is not known yet": """
            resource "terraform_data" "scope" {
              input = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"
            }

            resource "azurerm_role_assignment" "team" {
              scope                = terraform_data.scope.output
              role_definition_name = "Contributor"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "actions of its role that are not known yet, and no assigning of roles": """
            resource "terraform_data" "actions" {
              input = ["Microsoft.Compute/virtualMachines/read"]
            }

            resource "azurerm_role_definition" "operator" {
              name  = "operator"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions     = terraform_data.actions.output
                not_actions = ["Microsoft.Authorization/*"]
              }
            }

            resource "azurerm_role_assignment" "operator" {
              scope              = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_id = azurerm_role_definition.operator.role_definition_resource_id
              principal_id       = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
    },
)
def escalation(principal: Resource) -> Iterator[Violation]:
    """Principal gets at access that it is not given.

    Who may run code on something that carries a managed identity, or give that identity to something of its own, acts
    as the identity, with all that it holds; who may write role assignments, access policies or its own role gives
    itself more. No list of role assignments shows that.

    Assign roles without these actions, on single resources instead of a subscription; give identities that hold more
    a resource group of their own, and nobody else write access to it.
    """
    for subject, able, direct in principals_of(principal):
        groups = by_gain(able, Snapshot(principal.graph, principal.snapshot))
        for steps in groups:
            granting = sorted({origin.address for one in steps for origin in one.origins})
            if is_told_of(principal, subject, granting):
                first = steps[0]
                yield violation(
                    "",
                    _message(subject, steps, able),
                    facts=[subject.name, first.target or first.text, sorted({one.method for one in steps})],
                    evidence=granting,
                )
        open_ = sorted({origin.address for one in able.steps if not one.is_certain for origin in one.origins})
        # Who may be an administrator is told as that.
        if open_ and not groups and not direct.perhaps and is_told_of(principal, subject, open_):
            what = f"{name_of(subject)} may get at more than it is given"
            raise undetermined(principal, direct.gaps, open_, what)


def _message(subject: Subject, steps: list[Step], able: Powers) -> str:
    first = steps[0]
    said = f"{name_of(subject)} can {shown(first.text)}"
    if first.target:
        said += f", and so gets at {shown(first.target)}"
    said += f" ({first.method})"
    if len(steps) > 1:
        said += f", in {len(steps)} ways"
    beyond = [one.target or one.text for one in able.chain[1:]] if able.chain[:1] and able.chain[0] in steps else []
    return f"{said}; from there it gets at {', then '.join(map(shown, beyond))}" if beyond else said
