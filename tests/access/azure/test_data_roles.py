"""What roles of Cosmos DB, Synapse and the directory grant."""

from __future__ import annotations

import pytest

from planguard.access.azure.grants import held_by
from tests.access.holding import gaps, grants, holding

SOMEBODY = "aaaaaaaa-0000-0000-0000-000000000000"
ACCOUNT = (
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers"
    "/Microsoft.DocumentDB/databaseAccounts/acme"
)
COSMOS = """
resource "azurerm_cosmosdb_sql_role_assignment" "it" {
  resource_group_name = "rg"
  account_name        = "acme"
  principal_id        = "%s"
  role_definition_id  = %s
  scope               = "%s"
}
"""
CONTAINERS = "data:microsoft.documentdb/databaseaccounts/sqldatabases/containers"


def cosmos(role: str, scope: str = ACCOUNT, more: str = "") -> list[str]:
    found = holding(held_by, COSMOS % (SOMEBODY, role, scope) + more)
    return grants(found, SOMEBODY)


def test_a_contributor_of_cosmos_db_writes_every_item() -> None:
    (told,) = cosmos(f'"{ACCOUNT}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002"')
    assert f"{CONTAINERS}/items/*" in told
    assert told.endswith(f"| {ACCOUNT.lower()} {ACCOUNT.lower()}/*")


def test_a_reader_of_one_container_reads_that_one() -> None:
    scope = f"{ACCOUNT}/dbs/shop/colls/orders"
    (told,) = cosmos(f'"{ACCOUNT}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000001"', scope)
    assert f"{CONTAINERS}/items/read" in told
    assert "items/*" not in told
    assert told.endswith(f"{ACCOUNT.lower()}/sqldatabases/shop/containers/orders/*")


def test_a_role_of_the_plan_holds_its_data_actions() -> None:
    more = f"""
    resource "azurerm_cosmosdb_sql_role_definition" "r" {{
      name                = "readers"
      resource_group_name = "rg"
      account_name        = "acme"
      assignable_scopes   = ["{ACCOUNT}"]
      permissions {{
        data_actions = ["Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read"]
      }}
    }}
    """
    (told,) = cosmos("azurerm_cosmosdb_sql_role_definition.r.id", more=more)
    assert told.startswith(f"{CONTAINERS}/items/read | ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            """
            resource "azuread_directory_role" "admin" { display_name = "Global Administrator" }
            resource "azuread_directory_role_assignment" "it" {
              role_id             = azuread_directory_role.admin.template_id
              principal_object_id = "%s"
            }
            """,
            "role:directory/global administrator | directory directory/*",
        ),
        (
            """
            resource "azuread_directory_role_assignment" "it" {
              role_id             = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
              principal_object_id = "%s"
              directory_scope_id  = "/administrativeUnits/1"
            }
            """,
            "role:directory/application administrator | directory/administrativeunits/1",
        ),
        (
            """
            resource "azurerm_synapse_role_assignment" "it" {
              synapse_workspace_id = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Synapse/workspaces/w"
              role_name            = "Synapse Administrator"
              principal_id         = "%s"
            }
            """,
            "role:synapse/synapse administrator | /subscriptions/s/resourcegroups/r/providers/microsoft.synapse"
            "/workspaces/w /subscriptions/s/resourcegroups/r/providers/microsoft.synapse/workspaces/w/*",
        ),
        (
            """
            resource "azuread_app_role_assignment" "it" {
              app_role_id         = "1BFEFB4E-E0B5-418B-A88F-73C46D2CC8E9"
              principal_object_id = "%s"
              resource_object_id  = "bbbbbbbb-0000-0000-0000-000000000000"
            }
            """,
            "role:app/1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9 | "
            "directory/serviceprincipals/bbbbbbbb-0000-0000-0000-000000000000",
        ),
    ],
)
def test_a_role_that_is_not_modelled_is_told_by_its_name(text: str, told: str) -> None:
    found = holding(held_by, text % SOMEBODY)
    assert grants(found, SOMEBODY) == [told]
    assert gaps(found, SOMEBODY) == ["role-unknown"]


def test_a_role_that_nobody_knows_yet_may_be_any() -> None:
    found = holding(
        held_by,
        f"""
        resource "terraform_data" "role" {{}}
        resource "azuread_directory_role_member" "it" {{
          role_object_id   = terraform_data.role.output
          member_object_id = "{SOMEBODY}"
        }}
        """,
    )
    assert grants(found, SOMEBODY) == ["upper role:* | directory directory/*"]
