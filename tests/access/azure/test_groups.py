"""Members of groups hold what their groups hold."""

from __future__ import annotations

from planguard.access.azure.grants import held_by
from tests.access.holding import gaps, grants, holding

SCOPE = "/subscriptions/11111111-2222-3333-4444-555555555555"
GROUPS = f"""
resource "azuread_user" "ann" {{
  user_principal_name = "ann@example.com"
  display_name        = "Ann"
}}
resource "azuread_group" "ops" {{
  display_name     = "ops"
  security_enabled = true
  %s
}}
resource "azuread_group" "all" {{
  display_name     = "all"
  security_enabled = true
}}
resource "azurerm_role_assignment" "ops" {{
  scope                = "{SCOPE}"
  role_definition_name = "AcrPull"
  principal_id         = azuread_group.%s.object_id
}}
"""
PULL = f"microsoft.containerregistry/registries/pull/read | {SCOPE} {SCOPE}/*"
LINK = """
resource "azuread_group_member" "%s" {
  group_object_id  = azuread_group.%s.object_id
  member_object_id = %s
}
"""


def test_who_is_listed_as_a_member_holds_it() -> None:
    found = holding(held_by, GROUPS % ("members = [azuread_user.ann.object_id]", "ops"))
    assert grants(found, "azuread_user.ann") == [PULL]
    assert grants(found, "azuread_group.ops") == [PULL]


def test_a_member_outside_of_the_plan_is_known_by_its_id() -> None:
    somebody = "AAAAAAAA-0000-0000-0000-000000000000"
    found = holding(held_by, GROUPS % (f'members = ["{somebody}"]', "ops"))
    assert grants(found, somebody.lower()) == [PULL]


def test_a_member_of_a_nested_group_holds_it() -> None:
    text = GROUPS % ("", "all")
    text += LINK % ("inner", "all", "azuread_group.ops.object_id")
    text += LINK % ("ann", "ops", "azuread_user.ann.object_id")
    found = holding(held_by, text)
    assert grants(found, "azuread_user.ann") == [PULL]


def test_groups_in_a_circle_end() -> None:
    text = GROUPS % ("", "all")
    text += LINK % ("a", "all", "azuread_group.ops.object_id")
    text += LINK % ("b", "ops", "azuread_group.all.object_id")
    assert grants(holding(held_by, text), "azuread_group.ops") == [PULL]


def test_no_resource_is_a_principal_that_cannot_be_one() -> None:
    found = holding(
        held_by,
        f"""
        resource "terraform_data" "who" {{}}
        resource "azurerm_role_assignment" "it" {{
          scope                = "{SCOPE}"
          role_definition_name = "AcrPull"
          principal_id         = terraform_data.who.output
        }}
        """,
    )
    ((plane, name),) = found
    assert gaps(found, name, plane) == ["principal-unknown"]
    assert grants(found, name, plane) == [f"upper {PULL}"]
