"""Principals of Azure that hold everything of a subscription, or of a resource group."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation
from planguard.access.azure.methods import DIRECTORY_ROLES
from planguard.access.azure.reach import GROUP, SUBSCRIPTION, TENANT, Grant, told
from planguard.access.azure.standing import SUBJECTS, is_told_of, principals_of
from planguard.access.model import Subject
from planguard.access.pattern import shown

from ._azure_access import name_of, spelled, undetermined


@rule(
    id="azure-principal-administrator-equivalent",
    severity="critical",
    domain="identity",
    resources=SUBJECTS,
    controls={"nist-800-53r5": ["AC-2", "AC-3", "AC-6"]},
    links=["https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged"],
    since="0.2.0",
    bad={
        "Owner of the subscription, for somebody outside of the plan": """
            data "azurerm_subscription" "this" {}

            resource "azurerm_role_assignment" "team" {
              scope                = data.azurerm_subscription.this.id
              role_definition_name = "Owner"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "User Access Administrator, for an identity of the plan": """
            resource "azurerm_user_assigned_identity" "deploy" {
              name                = "id-deploy"
              resource_group_name = "rg-deploy"
              location            = "westeurope"
            }

            resource "azurerm_role_assignment" "deploy" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "User Access Administrator"
              principal_id         = azurerm_user_assigned_identity.deploy.principal_id
            }
        """,
        "a custom role that may assign roles, of a management group": """
            resource "azurerm_management_group" "platform" {
              display_name = "platform"
            }

            resource "azurerm_role_definition" "operator" {
              name  = "Operator"
              scope = azurerm_management_group.platform.id

              permissions {
                actions     = ["Microsoft.Authorization/*", "Microsoft.Compute/*"]
                not_actions = ["Microsoft.Authorization/roleDefinitions/*"]
              }
            }

            resource "azurerm_role_assignment" "operator" {
              scope              = azurerm_management_group.platform.id
              role_definition_id = azurerm_role_definition.operator.role_definition_resource_id
              principal_id       = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "a condition that lets it assign Owner": """
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
                  ForAnyOfAnyValues:GuidEquals
                  {7f951dda-4ed3-4680-a7ca-43fe172d538d, 8e3af657-a8ff-443c-a75c-2fe8c4bcb635}
                 )
                )
              EOT
            }
        """,
        "a condition on something else": """
            resource "azurerm_role_assignment" "delegate" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Role Based Access Control Administrator"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
              condition_version    = "2.0"
              condition            = "!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})"
            }
        """,
        "a machine of its own identity, of the whole tenant": """
            resource "azurerm_linux_virtual_machine" "runner" {
              name                  = "vm-runner"
              resource_group_name   = "rg-runner"
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-runner"]

              identity {
                type = "SystemAssigned"
              }
            }

            resource "azurerm_role_assignment" "runner" {
              scope                = "/"
              role_definition_name = "Owner"
              principal_id         = azurerm_linux_virtual_machine.runner.identity[0].principal_id
            }
        """,
        "a new assignment for an identity that is there already": (
            """
            resource "azurerm_user_assigned_identity" "deploy" {
              name                = "id-deploy"
              resource_group_name = "rg-deploy"
              location            = "westeurope"
            }
            """,
            """
            resource "azurerm_user_assigned_identity" "deploy" {
              name                = "id-deploy"
              resource_group_name = "rg-deploy"
              location            = "westeurope"
            }

            resource "azurerm_role_assignment" "deploy" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Owner"
              principal_id         = azurerm_user_assigned_identity.deploy.principal_id
            }
            """,
        ),
        "a principal that is not known yet, whoever it will be": """
            resource "terraform_data" "team" {
              input = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }

            resource "azurerm_role_assignment" "team" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Owner"
              principal_id         = terraform_data.team.output
            }
        """,
        "an assignment that Privileged Identity Management has made active": """
            resource "azurerm_pim_active_role_assignment" "team" {
              scope              = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_id = "/providers/x/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
              principal_id       = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "a member of a role of the directory": """
            resource "azuread_directory_role" "roles" {
              display_name = "Privileged Role Administrator"
            }

            resource "azuread_directory_role_member" "team" {
              role_object_id   = azuread_directory_role.roles.object_id
              member_object_id = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "a global administrator of the directory": """
            resource "azuread_directory_role" "global" {
              display_name = "Global Administrator"
            }

            resource "azuread_service_principal" "deploy" {
              client_id = "11111111-2222-4333-8444-555555555555"
            }

            resource "azuread_directory_role_assignment" "deploy" {
              role_id             = azuread_directory_role.global.template_id
              principal_object_id = azuread_service_principal.deploy.object_id
            }
        """,
    },
    good={
        "Contributor of the subscription": """
            resource "azurerm_role_assignment" "team" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Contributor"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "Owner of one resource": """
            resource "azurerm_storage_account" "logs" {
              name                     = "stlogs"
              resource_group_name      = "rg-logs"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "LRS"
            }

            resource "azurerm_role_assignment" "logs" {
              scope                = azurerm_storage_account.logs.id
              role_definition_name = "Owner"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "Owner that is eligible only": """
            locals {
              subscription = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              definitions  = "${local.subscription}/providers/Microsoft.Authorization/roleDefinitions"
            }

            resource "azurerm_pim_eligible_role_assignment" "team" {
              scope              = local.subscription
              role_definition_id = "${local.definitions}/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
              principal_id       = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "a condition that names the roles it may assign": """
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
                  ForAnyOfAnyValues:GuidEquals {7f951dda-4ed3-4680-a7ca-43fe172d538d}
                 )
                )
              EOT
            }
        """,
        "a role with a condition of its own": """
            resource "azurerm_role_assignment" "vaults" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Key Vault Data Access Administrator"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "a custom role from which the assigning of roles is taken": """
            resource "azurerm_role_definition" "almost" {
              name  = "Almost owner"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                actions     = ["*"]
                not_actions = ["Microsoft.Authorization/*/write"]
              }
            }

            resource "azurerm_role_assignment" "almost" {
              scope              = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_id = azurerm_role_definition.almost.role_definition_resource_id
              principal_id       = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "an identity of the plan with another role": """
            resource "azurerm_user_assigned_identity" "app" {
              name                = "id-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
            }

            resource "azurerm_role_assignment" "pull" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"
              role_definition_name = "Contributor"
              principal_id         = azurerm_user_assigned_identity.app.principal_id
            }
        """,
        "a role that is not known yet, of one group": """
            resource "terraform_data" "role" {
              input = "Reader"
            }

            resource "azurerm_role_assignment" "team" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"
              role_definition_name = terraform_data.role.output
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "a role that nobody here knows": """
            locals {
              role = "12121212-3434-4545-8656-787878787878"
            }

            resource "azurerm_role_assignment" "team" {
              scope              = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/${local.role}"
              principal_id       = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
    },
    undetermined={
        "a role that is not known yet": """
            resource "terraform_data" "role" {
              input = "Reader"
            }

            resource "azurerm_role_assignment" "team" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = terraform_data.role.output
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "a scope that is not known yet": """
            resource "terraform_data" "scope" {
              input = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"
            }

            resource "azurerm_role_assignment" "team" {
              scope                = terraform_data.scope.output
              role_definition_name = "Owner"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "a condition that is not known yet": """
            resource "terraform_data" "condition" {
              input = "!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})"
            }

            resource "azurerm_role_assignment" "delegate" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Role Based Access Control Administrator"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
              condition_version    = "2.0"
              condition            = terraform_data.condition.output
            }
        """,
    },
)
def administrator(principal: Resource) -> Iterator[Violation]:
    """Principal is an administrator of a subscription or more.

    Who may assign roles on a subscription, a management group or the tenant gives itself every other right there, now
    and later. Whoever steals its token, or runs code as it, owns all that stands there.

    Assign the narrowest role on the narrowest scope that does; let Privileged Identity Management make an assignment
    eligible that people need now and then; to delegate, assign Role Based Access Control Administrator with a
    `condition` on which roles it may hand out.
    """
    yield from _administrates(principal, SUBSCRIPTION, TENANT)


@rule(
    id="azure-principal-resource-group-administrator",
    severity="high",
    domain="identity",
    resources=SUBJECTS,
    controls={"nist-800-53r5": ["AC-2", "AC-3", "AC-6"]},
    links=["https://learn.microsoft.com/azure/role-based-access-control/best-practices"],
    since="0.2.0",
    bad={
        "Owner of a resource group that this plan creates": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_role_assignment" "team" {
              scope                = azurerm_resource_group.app.id
              role_definition_name = "Owner"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "an app that may assign roles in its group": """
            resource "azurerm_linux_web_app" "shop" {
              name                = "app-shop"
              resource_group_name = "rg-app"
              location            = "westeurope"
              service_plan_id     = "plan"

              identity {
                type = "SystemAssigned"
              }

              site_config {}
            }

            resource "azurerm_role_assignment" "shop" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"
              role_definition_name = "Role Based Access Control Administrator"
              principal_id         = azurerm_linux_web_app.shop.identity[0].principal_id
            }
        """,
        "two groups, by assignments of one principal": """
            resource "azurerm_role_assignment" "team" {
              for_each             = toset(["rg-app", "rg-data"])
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/${each.key}"
              role_definition_name = "Owner"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
    },
    good={
        "Contributor of the group": """
            resource "azurerm_role_assignment" "team" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"
              role_definition_name = "Contributor"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "Owner of one vault in it": """
            locals {
              group = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"
            }

            resource "azurerm_role_assignment" "team" {
              scope                = "${local.group}/providers/Microsoft.KeyVault/vaults/kv-app"
              role_definition_name = "Owner"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "an identity of the plan with another role": """
            resource "azurerm_user_assigned_identity" "app" {
              name                = "id-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
            }

            resource "azurerm_role_assignment" "pull" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"
              role_definition_name = "Contributor"
              principal_id         = azurerm_user_assigned_identity.app.principal_id
            }
        """,
        "a role that is not known yet, for the owner of the whole subscription": """
            resource "terraform_data" "role" {
              input = "Reader"
            }

            resource "azurerm_role_assignment" "subscription" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Owner"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }

            resource "azurerm_role_assignment" "group" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"
              role_definition_name = terraform_data.role.output
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "Owner of the whole subscription, which is told as that": """
            resource "azurerm_role_assignment" "team" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Owner"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
    },
    undetermined={
        "a role of the group that is not known yet": """
            resource "terraform_data" "role" {
              input = "Reader"
            }

            resource "azurerm_role_assignment" "team" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"
              role_definition_name = terraform_data.role.output
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
    },
)
def group_administrator(principal: Resource) -> Iterator[Violation]:
    """Principal is an administrator of a resource group.

    Who may assign roles in a resource group gives itself, and anybody else, every right to what stands in it: to the
    secrets of its vaults, the data of its stores and the identities of its machines.

    Assign Contributor, or a role for what is really done; to let it hand out roles, assign Role Based Access Control
    Administrator with a `condition` on which roles those are.
    """
    yield from _administrates(principal, GROUP, GROUP)


def _administrates(principal: Resource, least: int, most: int) -> Iterator[Violation]:
    for subject, _, direct in principals_of(principal):
        found: dict[str, tuple[str, Grant]] = {}
        for action, grant in direct.administrates:
            found.setdefault(grant.scope, (action, grant))
        for scope, (action, grant) in found.items():
            granting = [one.origin.address for _, one in direct.administrates if one.scope == scope]
            if least <= grant.level <= most and is_told_of(principal, subject, granting):
                yield _told(principal, subject, action, grant)
        if not any(grant.level >= least for _, grant in direct.administrates):
            open_ = [one.origin.address for _, one in direct.perhaps if least <= one.level <= most]
            if open_ and is_told_of(principal, subject, open_):
                raise undetermined(principal, direct.gaps, open_, f"{name_of(subject)} may be an administrator")


def _told(principal: Resource, subject: Subject, action: str, grant: Grant) -> Violation:
    if action in DIRECTORY_ROLES:
        how = f"it holds the directory role {action.rpartition('/')[2]}"
    else:
        how = f"it may assign itself any role there ({spelled(action)})"
    by = "" if grant.origin.address == principal.address else f", by {grant.origin.address}"
    return violation(
        "",
        f"{name_of(subject)} is an administrator of {told(grant.scope)}: {how}{by}",
        facts=[subject.name, shown(grant.scope), action],
        evidence=[grant.origin.address],
    )
