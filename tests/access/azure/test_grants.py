"""What role assignments and access policies of Azure grant."""

from __future__ import annotations

import pytest

from planguard.access.azure.grants import held_by
from planguard.access.compare import allows_all, difference, witness_of
from planguard.access.model import MAY, RESOURCE, TRUST, Terms
from planguard.graph.snapshot import Snapshot
from tests.access.holding import by_subject, gaps, grants, holding, masked, plan_text
from tests.conftest import change, graph_from, plan_document

SUBSCRIPTION = "/subscriptions/11111111-2222-3333-4444-555555555555"
GROUP = f"{SUBSCRIPTION}/resourcegroups/rg-app"
STACK = """
provider "azurerm" {
  features {}
  subscription_id = "11111111-2222-3333-4444-555555555555"
}
resource "azurerm_resource_group" "app" {
  name     = "rg-App"
  location = "westeurope"
}
resource "azurerm_user_assigned_identity" "app" {
  name                = "id-app"
  resource_group_name = azurerm_resource_group.app.name
  location            = "westeurope"
}
resource "azurerm_storage_account" "s" {
  name                     = "stapp"
  resource_group_name      = azurerm_resource_group.app.name
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "LRS"
}
"""
IDENTITY = "azurerm_user_assigned_identity.app"
SOMEBODY = "aaaaaaaa-0000-0000-0000-000000000000"
READ = 'role_definition_name = "AcrPull"'
PULL = "microsoft.containerregistry/registries/pull/read"


def assigned(scope: str, role: str = READ, who: str = f'"{SOMEBODY.upper()}"', more: str = "") -> str:
    return f"""
resource "azurerm_role_assignment" "it" {{
  scope        = {scope}
  principal_id = {who}
  {role}
  {more}
}}
"""


def tree(scope: str) -> str:
    return f"{scope} {scope}/*"


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        (f'"{SUBSCRIPTION}/resourceGroups/RG-App"', tree(GROUP)),
        ("azurerm_resource_group.app.id", tree(GROUP)),
        ("azurerm_storage_account.s.id", tree(f"{GROUP}/providers/microsoft.storage/storageaccounts/stapp")),
        ('"/"', "*"),
    ],
)
def test_a_scope_covers_what_is_below_it(scope: str, covered: str) -> None:
    assert grants(holding(held_by, STACK + assigned(scope)), SOMEBODY) == [f"{PULL} | {covered}"]


def test_a_resource_is_below_its_group_before_either_exists() -> None:
    container = """
resource "azurerm_storage_container" "c" {
  name               = "c"
  storage_account_id = azurerm_storage_account.s.id
}
"""
    text = STACK + container + assigned("azurerm_resource_group.app.id", 'role_definition_name = "Contributor"')
    access = holding(held_by, text)["identity", SOMEBODY].access
    inner = holding(held_by, STACK + container + assigned("azurerm_storage_container.c.id"))["identity", SOMEBODY]
    (clause,) = inner.access.clauses
    assert allows_all(access, Terms(("microsoft.storage/storageaccounts/listkeys/action",)), clause.resources)


def test_a_management_group_covers_its_subscriptions_and_perhaps_others() -> None:
    group = """
resource "azurerm_management_group" "corp" {
  name             = "Corp"
  subscription_ids = ["99999999-2222-3333-4444-555555555555"]
}
"""
    found = holding(held_by, STACK + group + assigned("azurerm_management_group.corp.id"))
    lower, upper = grants(found, SOMEBODY)
    stem = "/providers/microsoft.management/managementgroups/"
    inner = tree("/subscriptions/99999999-2222-3333-4444-555555555555")
    assert lower == f"lower {PULL} | {tree(f'{stem}corp')} {inner}"
    assert upper.startswith(f"upper {PULL} | {stem}* ")


@pytest.mark.parametrize(
    ("who", "name"),
    [
        (f"{IDENTITY}.principal_id", IDENTITY),
        ("azurerm_linux_web_app.web.identity[0].principal_id", "azurerm_linux_web_app.web"),
        (
            "azurerm_kubernetes_cluster.k.kubelet_identity[0].object_id",
            "azurerm_kubernetes_cluster.k.kubelet_identity",
        ),
        ("azurerm_kubernetes_cluster.k.identity[0].principal_id", "azurerm_kubernetes_cluster.k"),
        ("azuread_service_principal.sp.object_id", "azuread_service_principal.sp"),
    ],
)
def test_principals_of_the_plan(who: str, name: str) -> None:
    more = """
resource "azurerm_linux_web_app" "web" {
  name                = "web"
  resource_group_name = "rg-other"
  location            = "westeurope"
  service_plan_id     = "x"
  site_config {}
  identity {
    type = "SystemAssigned"
  }
}
resource "azurerm_kubernetes_cluster" "k" {
  name                = "k"
  location            = "westeurope"
  resource_group_name = "rg-other"
  dns_prefix          = "k"
  default_node_pool {
    name    = "s"
    vm_size = "x"
  }
  identity {
    type = "SystemAssigned"
  }
}
resource "azuread_service_principal" "sp" {
  client_id = "x"
}
"""
    found = holding(held_by, STACK + more + assigned("azurerm_resource_group.app.id", who=who))
    assert grants(found, name) == [f"{PULL} | {tree(GROUP)}"]


def test_an_object_id_is_that_of_the_identity_that_has_it() -> None:
    identity = {"name": "id", "principal_id": SOMEBODY, "id": f"{GROUP}/providers/x/y/id"}
    assignment = {"scope": GROUP, "role_definition_name": "AcrPull", "principal_id": SOMEBODY.upper()}
    graph = graph_from(
        plan_document(
            change("azurerm_user_assigned_identity.app", ["no-op"], identity, identity),
            change("azurerm_role_assignment.it", ["delete"], assignment, None),
        )
    )
    assert list(by_subject(held_by(Snapshot(graph, "before")))) == [("identity", IDENTITY)]
    assert held_by(Snapshot(graph, "after")) == []


def test_a_custom_role_takes_away_from_itself_alone() -> None:
    role = """
resource "azurerm_role_definition" "ops" {
  name  = "ops"
  scope = "/subscriptions/11111111-2222-3333-4444-555555555555"
  permissions {
    actions      = ["*/read", "Microsoft.Compute/*"]
    not_actions  = ["Microsoft.Compute/virtualMachines/delete"]
    data_actions = ["Microsoft.KeyVault/vaults/secrets/*"]
  }
}
"""
    by_id = "role_definition_id = azurerm_role_definition.ops.role_definition_resource_id"
    for reference in (by_id, 'role_definition_name = "Ops"'):
        assert grants(holding(held_by, STACK + role + assigned('"/"', reference)), SOMEBODY) == [
            "*/read microsoft.compute/* -data:* -microsoft.compute/virtualmachines/delete | *",
            "data:microsoft.keyvault/vaults/secrets/* | *",
        ]


@pytest.mark.parametrize(
    ("role", "action", "is_allowed"),
    [
        ("Owner", "microsoft.authorization/roleassignments/write", True),
        ("Owner", "data:microsoft.keyvault/vaults/secrets/getsecret/action", False),
        ("Contributor", "microsoft.authorization/roleassignments/write", False),
        ("Contributor", "microsoft.compute/virtualmachines/runcommand/action", True),
        ("Reader", "microsoft.storage/storageaccounts/listkeys/action", False),
        ("Reader", "data:microsoft.storage/storageaccounts/blobservices/containers/blobs/read", False),
        ("user access administrator", "microsoft.authorization/elevateaccess/action", True),
        ("Key Vault Secrets User", "data:microsoft.keyvault/vaults/secrets/getsecret/action", True),
        ("Virtual Machine Contributor", "microsoft.compute/virtualmachines/runcommand/action", True),
        ("Storage Account Contributor", "microsoft.storage/storageaccounts/listkeys/action", True),
        ("Managed Identity Operator", "microsoft.managedidentity/userassignedidentities/x/assign/action", True),
    ],
)
def test_what_built_in_roles_hold(role: str, action: str, is_allowed: bool) -> None:
    found = holding(held_by, STACK + assigned('"/"', f'role_definition_name = "{role}"'))
    held = found["identity", SOMEBODY]
    assert (witness_of(held.access, Terms((action,)), reading=MAY) is not None) is is_allowed
    assert held.gaps == ()


def test_a_built_in_role_by_its_id() -> None:
    role = 'role_definition_id = "/x/roleDefinitions/8E3AF657-a8ff-443c-a75c-2fe8c4bcb635"'
    assert grants(holding(held_by, STACK + assigned('"/"', role)), SOMEBODY) == ["* -data:* | *"]


def test_a_role_that_nobody_knows_is_equal_only_to_itself() -> None:
    found = holding(held_by, STACK + assigned('"/"', 'role_definition_name = "Weird Role"'))
    assert (grants(found, SOMEBODY), gaps(found, SOMEBODY)) == (["role:weird role | *"], ["role-unknown"])


def test_a_condition_is_a_text_that_equals_itself() -> None:
    found = holding(held_by, STACK + assigned('"/"', more='condition = "@Resource[x]  Exists"'))
    assert grants(found, SOMEBODY) == [f"{PULL} | * | if @Resource[x] Exists"]


def test_an_eligible_assignment_holds_perhaps() -> None:
    text = assigned('"/"', 'role_definition_id = "/x/7f951dda-4ed3-4680-a7ca-43fe172d538d"')
    found = holding(held_by, STACK + text.replace("azurerm_role_assignment", "azurerm_pim_eligible_role_assignment"))
    assert (grants(found, SOMEBODY), gaps(found, SOMEBODY)) == ([f"upper {PULL} | *"], ["eligible"])


VAULT = """
resource "azurerm_key_vault" "v" {
  name                       = "kv"
  resource_group_name        = azurerm_resource_group.app.name
  location                   = "westeurope"
  tenant_id                  = "t"
  sku_name                   = "standard"
  rbac_authorization_enabled = RBAC
  access_policy {
    tenant_id          = "t"
    object_id          = azurerm_user_assigned_identity.app.principal_id
    secret_permissions = ["Get"]
  }
}
resource "azurerm_key_vault_access_policy" "more" {
  key_vault_id    = azurerm_key_vault.v.id
  tenant_id       = "t"
  object_id       = azurerm_user_assigned_identity.app.principal_id
  key_permissions = ["Decrypt"]
}
"""


def test_access_policies_of_a_vault() -> None:
    vault = tree(f"{GROUP}/providers/microsoft.keyvault/vaults/kv")
    assert grants(holding(held_by, STACK + VAULT.replace("RBAC", "false")), IDENTITY) == [
        f"data:microsoft.keyvault/vaults/keys/decrypt | {vault}",
        f"data:microsoft.keyvault/vaults/secrets/get | {vault}",
    ]


def test_access_policies_do_not_count_where_roles_decide() -> None:
    assert holding(held_by, STACK + VAULT.replace("RBAC", "true")) == {}


def test_access_policies_of_a_vault_that_are_not_known() -> None:
    values = {"name": "kv", "resource_group_name": "rg", "rbac_authorization_enabled": False}
    plan = plan_document(
        change("azurerm_key_vault.v", ["create"], None, values, after_unknown={"access_policy": True})
    )
    found = by_subject(held_by(Snapshot(graph_from(plan), "after")))
    assert gaps(found, "azurerm_key_vault.v", RESOURCE) == ["policy-unknown"]


def test_federated_credentials_are_trust() -> None:
    text = """
resource "azurerm_federated_identity_credential" "gh" {
  name                = "gh"
  resource_group_name = azurerm_resource_group.app.name
  parent_id           = azurerm_user_assigned_identity.app.id
  audience            = ["api://AzureADTokenExchange"]
  issuer              = "https://token.actions.githubusercontent.com"
  subject             = "repo:acme/shop:ref:refs/heads/main"
}
"""
    found = holding(held_by, STACK + text)
    (clause,) = found[TRUST, IDENTITY].access.clauses
    assert clause.principals == Terms(("Federated:https://token.actions.githubusercontent.com",))
    assert [(one.key, one.values) for one in clause.predicates] == [
        ("token.actions.githubusercontent.com:sub", ("repo:acme/shop:ref:refs/heads/main",)),
        ("token.actions.githubusercontent.com:aud", ("api://AzureADTokenExchange",)),
    ]


CLUSTER = """
resource "azurerm_kubernetes_cluster" "c" {
  name                = "c"
  resource_group_name = "rg"
  location            = "westeurope"
  oidc_issuer_enabled = true
}
resource "azurerm_federated_identity_credential" "pod" {
  name                = "pod"
  resource_group_name = azurerm_resource_group.app.name
  parent_id           = azurerm_user_assigned_identity.app.id
  audience            = ["api://AzureADTokenExchange"]
  issuer              = %s
  subject             = "system:serviceaccount:shop:app"
}
"""


def test_the_issuer_of_a_cluster_that_the_plan_creates_is_its_own() -> None:
    found = holding(held_by, STACK + CLUSTER % "azurerm_kubernetes_cluster.c.oidc_issuer_url")
    issuer = "${azurerm_kubernetes_cluster.c.oidc_issuer_url}"
    assert grants(found, IDENTITY, TRUST) == [
        f"exchangetoken | * | Federated:{issuer} | if system:serviceaccount:shop:app | if api://AzureADTokenExchange"
    ]
    assert gaps(found, IDENTITY, TRUST) == []


def test_an_issuer_that_is_made_of_more_than_a_cluster_is_not_known() -> None:
    made = '"${azurerm_kubernetes_cluster.c.oidc_issuer_url}/${azurerm_storage_account.s.id}"'
    assert gaps(holding(held_by, STACK + CLUSTER % made), IDENTITY, TRUST) == ["trust-unknown"]


@pytest.mark.parametrize(
    ("scope", "role", "who", "code"),
    [
        ("var.x", READ, f'"{SOMEBODY}"', "scope-unknown"),
        ('"/"', "role_definition_name = var.x", f'"{SOMEBODY}"', "role-unknown"),
        ('"/"', READ, "var.x", "principal-unknown"),
    ],
)
def test_what_is_not_known_yet_is_granted_perhaps(scope: str, role: str, who: str, code: str) -> None:
    variable = 'variable "x" {\n type = string\n}\n'
    (held,) = holding(held_by, STACK + variable + assigned(scope, role, who)).values()
    assert {clause.bound for clause in held.access.clauses} == {"upper"}
    assert [gap.code for gap in held.gaps] == [code]


def test_the_id_of_what_is_replaced_under_its_name_stays() -> None:
    own = f"{GROUP}/providers/microsoft.storage/storageaccounts/stapp"
    values = {"name": "stapp", "resource_group_name": "rg-app"}
    assignment = {"scope": own, "role_definition_name": "AcrPull", "principal_id": SOMEBODY}
    new = {key: value for key, value in assignment.items() if key != "scope"}
    reference = {"references": ["azurerm_storage_account.s.id", "azurerm_storage_account.s"]}
    provider = {"name": "azurerm", "full_name": "registry.terraform.io/hashicorp/azurerm"}
    configured = [
        {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, "provider_config_key": "azurerm",
         "expressions": expressions, "schema_version": 0}
        for kind, name, expressions in (
            ("azurerm_storage_account", "s", {}),
            ("azurerm_role_assignment", "it", {"scope": reference}),
        )
    ]  # fmt: skip
    plan = plan_document(
        change("azurerm_storage_account.s", ["delete", "create"], {**values, "id": own}, values,
               after_unknown={"id": True}),
        change("azurerm_role_assignment.it", ["delete", "create"], assignment, new, after_unknown={"scope": True}),
        configuration={"provider_config": {"azurerm": provider}, "root_module": {"resources": configured}},
    )  # fmt: skip
    graph = graph_from(plan)
    before, after = (held_by(Snapshot(graph, name))[0] for name in ("before", "after"))
    assert before.access == after.access


ALL = (
    STACK
    + VAULT.replace("RBAC", "false")
    + assigned("azurerm_resource_group.app.id", 'role_definition_name = "Owner"')
)


@pytest.mark.parametrize("seed", range(30))
def test_no_unknown_value_stops_it_or_adds_to_what_is_certain(seed: int) -> None:
    whole = holding(held_by, ALL)
    for held in held_by(Snapshot(graph_from(masked(plan_text(ALL), seed)), "after")):
        known = whole.get((held.subject.plane, held.subject.name))
        symbols = any(not term.isascii() for one in held.access.clauses for term in one.resources.include)
        if known is not None and not symbols:
            assert difference(known.access, held.access).new == ()
