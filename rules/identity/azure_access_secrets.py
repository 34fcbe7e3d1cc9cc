"""Principals of Azure that read the secrets of more than one key vault."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation
from planguard.access.azure.escalation import Direct
from planguard.access.azure.methods import READ_SECRETS, USE_KEYS
from planguard.access.azure.reach import GROUP, Grant, reach_of, told
from planguard.access.azure.standing import SUBJECTS, is_told_of, principals_of
from planguard.access.model import Subject
from planguard.access.pattern import shown

from ._azure_access import name_of, undetermined

_ASKED = (("secrets", READ_SECRETS[:1]), ("keys", USE_KEYS))
"""By role assignment: an access policy is never of more than one vault."""


@rule(
    id="azure-principal-reads-secrets",
    severity="medium",
    domain="identity",
    resources=SUBJECTS,
    controls={"nist-800-53r5": ["AC-3", "AC-6", "SC-12"]},
    links=["https://learn.microsoft.com/azure/key-vault/general/rbac-guide"],
    since="0.2.0",
    bad={
        "Key Vault Secrets User of a resource group": """
            resource "azurerm_resource_group" "app" {
              name     = "rg-app"
              location = "westeurope"
            }

            resource "azurerm_user_assigned_identity" "app" {
              name                = "id-app"
              resource_group_name = azurerm_resource_group.app.name
              location            = "westeurope"
            }

            resource "azurerm_role_assignment" "secrets" {
              scope                = azurerm_resource_group.app.id
              role_definition_name = "Key Vault Secrets User"
              principal_id         = azurerm_user_assigned_identity.app.principal_id
            }
        """,
        "Key Vault Administrator of the subscription": """
            resource "azurerm_role_assignment" "team" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Key Vault Administrator"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "every key of a resource group": """
            resource "azurerm_role_assignment" "keys" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"
              role_definition_name = "Key Vault Crypto User"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "a role of its own with every action on data": """
            resource "azurerm_role_definition" "data" {
              name  = "data"
              scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

              permissions {
                data_actions = ["*"]
              }
            }

            resource "azurerm_role_assignment" "data" {
              scope              = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_id = azurerm_role_definition.data.role_definition_resource_id
              principal_id       = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
    },
    good={
        "Key Vault Secrets User of one vault": """
            resource "azurerm_key_vault" "app" {
              name                       = "kv-app"
              resource_group_name        = "rg-app"
              location                   = "westeurope"
              sku_name                   = "standard"
              tenant_id                  = "22222222-2222-4333-8444-555555555555"
              rbac_authorization_enabled = true
            }

            resource "azurerm_role_assignment" "secrets" {
              scope                = azurerm_key_vault.app.id
              role_definition_name = "Key Vault Secrets User"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "an access policy, which is of one vault": """
            resource "azurerm_key_vault" "app" {
              name                = "kv-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              sku_name            = "standard"
              tenant_id           = "22222222-2222-4333-8444-555555555555"

              access_policy {
                tenant_id          = "22222222-2222-4333-8444-555555555555"
                object_id          = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
                secret_permissions = ["Get", "List"]
              }
            }

            resource "azurerm_role_assignment" "reads" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Reader"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
        "Key Vault Reader, which sees names and no secrets": """
            resource "azurerm_role_assignment" "audit" {
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = "Key Vault Reader"
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
              role_definition_name = "Virtual Machine Contributor"
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
        "an administrator, of whom more is told": """
            resource "azurerm_role_assignment" "owner" {
              for_each             = toset(["Owner", "Key Vault Administrator"])
              scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
              role_definition_name = each.key
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
    },
    undetermined={
        "a scope that is not known yet": """
            resource "terraform_data" "scope" {
              input = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"
            }

            resource "azurerm_role_assignment" "secrets" {
              scope                = terraform_data.scope.output
              role_definition_name = "Key Vault Secrets User"
              principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
            }
        """,
    },
)
def reads_secrets(principal: Resource) -> Iterator[Violation]:
    """Principal reads the secrets of every key vault in a resource group or more.

    A role on a resource group or a subscription holds for every vault in it, and for those that are still to come, of
    other teams and applications as well. One stolen token then opens all of them.

    Assign the role on the vault that is meant, or on single secrets in it: `scope = azurerm_key_vault.app.id`.
    """
    for subject, _, direct in principals_of(principal):
        reach = reach_of(direct.held)
        for what, actions in _ASKED:
            grants = [one for action in actions for one in reach.of(action) if one.level >= GROUP]
            certain = {one.scope: one for one in grants if one.is_certain and not _is_administrated(one, direct)}
            for scope, grant in sorted(certain.items()):
                granting = [one.origin.address for one in grants if one.scope == scope]
                if is_told_of(principal, subject, granting):
                    yield _told(principal, subject, what, grant)
            open_ = [one.origin.address for one in grants if not one.is_certain]
            # Of a role that may be any it is told that it may be an administrator's.
            if open_ and not certain and not direct.perhaps and is_told_of(principal, subject, open_):
                may = f"{name_of(subject)} may read {what} of many key vaults"
                raise undetermined(principal, direct.gaps, open_, may)


def _is_administrated(grant: Grant, direct: Direct) -> bool:
    """Whether it is in something of which the principal is an administrator: more is told of that."""
    return any(one.covers(grant.scope) for _, one in direct.administrates)


def _told(principal: Resource, subject: Subject, what: str, grant: Grant) -> Violation:
    by = "" if grant.origin.address == principal.address else f", by {grant.origin.address}"
    can = "read the secrets" if what == "secrets" else "use the keys"
    return violation(
        "",
        f"{name_of(subject)} can {can} of every key vault in {told(grant.scope)}{by}",
        facts=[subject.name, what, shown(grant.scope)],
        evidence=[grant.origin.address],
    )
