"""Which roles Azure hands out, and how widely."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard import Resource, Violation, is_unknown, rule, violation

from .._satellite import given

# learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged: the ids are the same in every tenant.
_ROLES = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
}
_NAMES = {name.lower(): name for name in _ROLES.values()}
_BROAD = {
    "a subscription": re.compile(r"/subscriptions/[^/]+/?", re.IGNORECASE),
    "a management group": re.compile(r"/providers/microsoft\.management/managementgroups/[^/]+/?", re.IGNORECASE),
    "the whole tenant": re.compile(r"/"),
}


@rule(
    id="azure-role-assignment-owner-broad",
    severity="high",
    domain="identity",
    resources=["azurerm_role_assignment"],
    controls={"nist-800-53r5": ["AC-2", "AC-6"]},
    links=["https://learn.microsoft.com/azure/role-based-access-control/best-practices"],
    wider=["azure-principal-administrator-equivalent"],
    bad={
        "Owner of a subscription": """
resource "azurerm_role_assignment" "team" {
  scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
  role_definition_name = "Owner"
  principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
}
""",
        "User Access Administrator of a management group, by id": """
resource "azurerm_role_assignment" "pipeline" {
  scope              = "/providers/Microsoft.Management/managementGroups/platform"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/18D7D88D-D35E-4FB5-A5C3-7773C20A72D9"
  principal_id       = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
}
""",
        "a management group that this plan creates": """
resource "azurerm_management_group" "platform" {
  display_name = "platform"
}

resource "azurerm_role_assignment" "team" {
  scope                = azurerm_management_group.platform.id
  role_definition_name = "Role Based Access Control Administrator"
  principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
}
""",
        "User Access Administrator of the whole tenant": """
resource "azurerm_role_assignment" "root" {
  scope                = "/"
  role_definition_name = "User Access Administrator"
  principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
}
""",
        "Owner with a condition is still owner": """
resource "azurerm_role_assignment" "team" {
  scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
  role_definition_name = "owner"
  principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
  condition_version    = "2.0"
  condition            = "!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})"
}
""",
        "a subscription that a tag of a resource group names, in capitals": """
resource "azurerm_resource_group" "app" {
  name     = "rg-app"
  location = "westeurope"
  tags     = { subscription = "5F0C1A2B-3D4E-4F50-8A6B-7C8D9E0F1A2B" }
}

resource "azurerm_role_assignment" "team" {
  scope                = "/SUBSCRIPTIONS/${azurerm_resource_group.app.tags.subscription}"
  role_definition_name = "Owner"
  principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
}
""",
    },
    good={
        "Contributor of a subscription": """
resource "azurerm_role_assignment" "team" {
  scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
  role_definition_name = "Contributor"
  principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
}
""",
        "Owner of a resource group": """
resource "azurerm_role_assignment" "team" {
  scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-app"
  role_definition_name = "Owner"
  principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
}
""",
        "Owner of a resource group that this plan creates": """
resource "azurerm_resource_group" "app" {
  name     = "rg-app"
  location = "westeurope"
}

resource "azurerm_role_assignment" "team" {
  scope              = azurerm_resource_group.app.id
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
  principal_id       = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
}
""",
        "delegation that a condition limits": """
resource "azurerm_role_assignment" "vending" {
  scope                = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
  role_definition_name = "Role Based Access Control Administrator"
  principal_id         = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
  condition_version    = "2.0"
  condition            = <<-EOT
    @Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]
    ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7}
  EOT
}
""",
        "a role of one's own": """
resource "azurerm_role_definition" "reader" {
  name  = "cost reader"
  scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"

  permissions {
    actions = ["Microsoft.Consumption/*/read"]
  }
}

resource "azurerm_role_assignment" "team" {
  scope              = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
  role_definition_id = azurerm_role_definition.reader.role_definition_resource_id
  principal_id       = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
}
""",
    },
)
def owner_broad(assignment: Resource) -> Iterator[Violation]:
    """Role that can hand out every right is assigned on a whole subscription or more.

    Who is owner, or may assign roles, can give anyone anything there, in every resource group and every one that is
    still to come; a stolen token of that principal is a lost subscription.

    Set `scope` to the resource group or resource that needs it, take a `role_definition_name` with fewer rights, or
    make it eligible in Privileged Identity Management; for delegated role assignments set a `condition`.
    """
    role = _role_of(assignment)
    if not role or (role != "Owner" and assignment.get("condition")):
        return
    scope = assignment.get("scope")
    if is_unknown(scope):
        # What the scope refers to says how wide it is, before its id is known.
        if assignment.references("azurerm_resource_group", via="scope"):
            return
        for group in assignment.references("azurerm_management_group", via="scope"):
            yield violation("scope", f"{role} on {group.address}", facts=role, evidence=[group.address])
            return
    for what, form in _BROAD.items():
        if form.fullmatch(scope.strip()):
            yield violation("scope", f"{role} on {what}", facts=role)


def _role_of(assignment: Resource) -> str:
    """The name of the role, where it is one of the three; a provider fills in name or id where the other is set."""
    name = given(assignment, "role_definition_name", "")
    if name:
        return _NAMES.get(name.lower(), "")
    if assignment.references("azurerm_role_definition", via="role_definition_id"):
        return ""  # a role of one's own, whatever its id will be
    return _ROLES.get(assignment.get("role_definition_id", "").rpartition("/")[2].lower(), "")
