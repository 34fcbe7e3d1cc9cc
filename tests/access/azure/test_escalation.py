"""What principals of Azure can make of their access."""

from __future__ import annotations

import re
from typing import Any

import pytest

from planguard.access.azure.delegation import ANY_ROLE, NO_ROLE, OTHER_ROLES, SOME_ROLES, UNCLEAR, delegation_of
from planguard.access.azure.methods import HOST, HOSTS, IDENTITY, METHODS, Method
from planguard.access.azure.reach import GROUP, MANAGEMENT, SUBSCRIPTION, TENANT, THING, level_of, told
from planguard.access.azure.standing import by_gain, is_told_of, principals_of
from planguard.access.compare import allows_all
from planguard.access.holdings import holdings
from planguard.access.model import MAY, MUST, Predicate, Terms
from planguard.access.pattern import symbol
from planguard.access.powers import NO_POWERS, Powers, powers
from planguard.engine.evaluate import evaluate
from planguard.engine.pack import builtin_root, load_pack
from planguard.engine.ruleset import select_rules
from planguard.graph.graph import Graph
from planguard.graph.snapshot import Snapshot
from tests.access.azure.test_grants import GROUP as GROUP_ID
from tests.access.azure.test_grants import IDENTITY as APP
from tests.access.azure.test_grants import SOMEBODY, STACK, assigned
from tests.access.azure.test_grants import SUBSCRIPTION as SUBSCRIPTION_ID
from tests.access.holding import masked, plan_text
from tests.conftest import change, graph_from, plan_document

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
WRITE = "microsoft.authorization/roleassignments/write"
INNER = f'"{SUBSCRIPTION_ID}/resourceGroups/rg-App"'
OUTER = f'"{SUBSCRIPTION_ID}"'


def powers_in(text: str) -> dict[str, Powers]:
    """What each principal of the plan of an HCL text can make of its access, where that is anything."""
    return powers_of_graph(graph_from(plan_text(text)))


def powers_of_graph(graph: Graph) -> dict[str, Powers]:
    found = {
        one.subject.name: powers(graph, "after", one.subject)
        for one in holdings(graph, "after").all
        if one.subject.plane == "identity"
    }
    return {name: able for name, able in found.items() if able != NO_POWERS}


def custom(actions: list[str], scope: str = INNER, not_actions: list[str] | None = None, name: str = "own") -> str:
    """A role of one's own, for the principal outside of the plan."""

    def listed(texts: list[str]) -> str:
        return "[" + ", ".join(f'"{one}"' for one in texts) + "]"

    return f"""
resource "azurerm_role_definition" "{name}" {{
  name  = "{name}"
  scope = {OUTER}
  permissions {{
    actions     = {listed(actions)}
    not_actions = {listed(not_actions or [])}
  }}
}}
resource "azurerm_role_assignment" "{name}" {{
  scope              = {scope}
  role_definition_id = azurerm_role_definition.{name}.role_definition_resource_id
  principal_id       = "{SOMEBODY}"
}}
"""


def gives(who: str, role: str = "Owner", scope: str = OUTER, name: str = "given") -> str:
    return f"""
resource "azurerm_role_assignment" "{name}" {{
  scope                = {scope}
  role_definition_name = "{role}"
  principal_id         = {who}
}}
"""


def host(kind: str, name: str = "host", group: str = "azurerm_resource_group.app.name") -> str:
    return f"""
resource "{kind}" "{name}" {{
  name                = "{name}"
  resource_group_name = {group}
  location            = "westeurope"
  identity {{
    type = "SystemAssigned"
  }}
}}
"""


# -- administrators ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        (assigned(OUTER, 'role_definition_name = "Owner"'), SUBSCRIPTION_ID),
        (assigned(OUTER, f'role_definition_id = "/x/roleDefinitions/{OWNER.upper()}"'), SUBSCRIPTION_ID),
        (assigned(OUTER, 'role_definition_name = "User Access Administrator"'), SUBSCRIPTION_ID),
        (assigned('"/"', 'role_definition_name = "Owner"'), "/"),
        (assigned("azurerm_resource_group.app.id", 'role_definition_name = "Owner"'), GROUP_ID),
        (custom(["*"], OUTER), SUBSCRIPTION_ID),
        (custom(["Microsoft.Authorization/*/write"], OUTER), SUBSCRIPTION_ID),
        (custom(["microsoft.authorization/ROLEASSIGNMENTS/write"]), GROUP_ID),
    ],
)
def test_who_may_assign_roles_is_an_administrator(text: str, scope: str) -> None:
    witness = powers_in(STACK + text)[SOMEBODY].administrator
    assert witness is not None
    assert (witness.principal, witness.action, witness.resource) == (SOMEBODY, WRITE, scope)


@pytest.mark.parametrize(
    "text",
    [
        assigned(OUTER, 'role_definition_name = "Contributor"'),
        assigned("azurerm_storage_account.s.id", 'role_definition_name = "Owner"'),
        custom(["*"], OUTER, ["Microsoft.Authorization/roleAssignments/write"]),
        custom(["*"], OUTER, ["Microsoft.Authorization/*"]),
        custom(["*/read", "Microsoft.Authorization/roleAssignments/delete"], OUTER),
        assigned(OUTER, 'role_definition_name = "Key Vault Data Access Administrator"'),
    ],
)
def test_others_are_none(text: str) -> None:
    able = powers_in(STACK + text).get(SOMEBODY, NO_POWERS)
    assert able.administrator is None
    assert able.perhaps_administrator is None


def test_what_one_set_of_permissions_takes_away_another_gives() -> None:
    text = f"""
resource "azurerm_role_definition" "own" {{
  name  = "own"
  scope = {OUTER}
  permissions {{
    actions     = ["*"]
    not_actions = ["Microsoft.Authorization/*"]
  }}
  permissions {{
    actions = ["Microsoft.Authorization/roleAssignments/*"]
  }}
}}
"""
    role = "role_definition_id = azurerm_role_definition.own.role_definition_resource_id"
    assert powers_in(STACK + text + assigned(OUTER, role))[SOMEBODY].administrator is not None


@pytest.mark.parametrize(
    ("scope", "level", "name"),
    [
        ("/", TENANT, "the whole tenant"),
        ("/providers/microsoft.management/managementgroups/corp", MANAGEMENT, "management group corp"),
        ("/subscriptions/x", SUBSCRIPTION, "subscription x"),
        (f"/subscriptions/{symbol('one')}", SUBSCRIPTION, "the subscription"),
        ("/subscriptions/x/resourcegroups/g", GROUP, "resource group g"),
        (f"/subscriptions/x/resourcegroups/{symbol('g.name')}", GROUP, "resource group ${g.name}"),
        (
            "/subscriptions/x/resourcegroups/g/providers/a/b/c",
            THING,
            "/subscriptions/x/resourcegroups/g/providers/a/b/c",
        ),
        ("/subscriptions/x/providers/a", THING, "/subscriptions/x/providers/a"),
        (symbol("what"), THING, "${what}"),
    ],
)
def test_how_wide_a_scope_is(scope: str, level: int, name: str) -> None:
    assert (level_of(scope), told(scope)) == (level, name)


def condition(write: str) -> str:
    return f"((!(ActionMatches{{'Microsoft.Authorization/roleAssignments/write'}})) OR ({write}))"


ROLE = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]"


@pytest.mark.parametrize(
    ("text", "kind", "roles", "is_for_anybody"),
    [
        (
            condition(f"{ROLE} ForAnyOfAnyValues:GuidEquals {{{PULL}, {OWNER.upper()}}}"),
            SOME_ROLES,
            (PULL, OWNER),
            True,
        ),
        (condition(f"{ROLE} GuidEquals {{{PULL}}}"), SOME_ROLES, (PULL,), True),
        (condition(f"{ROLE} ForAnyOfAllValues:GuidNotEquals {{{OWNER}}}"), OTHER_ROLES, (OWNER,), True),
        (
            condition(
                f"{ROLE} ForAnyOfAnyValues:GuidEquals {{{PULL}}} AND "
                "@Request[Microsoft.Authorization/roleAssignments:PrincipalType] "
                "ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}"
            ),
            SOME_ROLES,
            (PULL,),
            False,
        ),
        ("!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})", NO_ROLE, (), True),
        ("!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})", ANY_ROLE, (), True),
        (
            condition("@Request[Microsoft.Authorization/roleAssignments:PrincipalId] GuidEquals {x}"),
            UNCLEAR,
            (),
            True,
        ),
    ],
)
def test_which_roles_a_condition_lets_assign(
    text: str, kind: str, roles: tuple[str, ...], is_for_anybody: bool
) -> None:
    found = delegation_of((Predicate("Expression", "expression", (text,)),))
    assert (found.kind, found.roles, found.is_for_anybody) == (kind, tuple(sorted(roles)), is_for_anybody)


def delegate(text: str) -> Powers:
    role = 'role_definition_name = "Role Based Access Control Administrator"'
    more = f'condition_version = "2.0"\n  condition = "{text}"'
    return powers_in(STACK + assigned(OUTER, role, more=more)).get(SOMEBODY, NO_POWERS)


def test_a_condition_that_lets_assign_an_administrator_makes_one() -> None:
    assert delegate(condition(f"{ROLE} ForAnyOfAnyValues:GuidEquals {{{OWNER}}}")).administrator is not None
    assert delegate(condition(f"{ROLE} ForAnyOfAnyValues:GuidEquals {{{PULL}}}")) == NO_POWERS


def test_a_condition_that_is_not_understood_is_told() -> None:
    able = delegate(condition("@Request[Microsoft.Authorization/roleAssignments:PrincipalId] GuidEquals {x}"))
    assert able.perhaps_administrator is None
    assert [gap.code for gap in able.gaps] == ["condition-unread"]


def test_a_condition_bears_on_nothing_but_the_assigning_of_roles() -> None:
    denied = "!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})"
    more = f'condition_version = "2.0"\n  condition = "{denied}"'
    able = powers_in(STACK + assigned(OUTER, 'role_definition_name = "Owner"', more=more))[SOMEBODY]
    assert able.administrator is None
    assert able.steps
    assert all(one.is_certain for one in able.steps)


# -- steps ---------------------------------------------------------------------------------------------------------

KINDS = {name: kind for kind, name in reversed(HOSTS.items())}


def case(method: Method) -> tuple[str, str]:
    """A plan in which a method leads somewhere, without the role, and the principal to which it leads."""
    if not method.host:
        return STACK + gives(f"{APP}.principal_id"), APP
    kind = KINDS[method.host]
    if kind == "azurerm_kubernetes_cluster":
        who = f"{kind}.host.kubelet_identity[0].object_id"
        return STACK + host(kind) + gives(who), f"{kind}.host.kubelet_identity"
    return STACK + host(kind) + gives(f"{kind}.host.identity[0].principal_id"), f"{kind}.host"


def actions_of(method: Method) -> list[str]:
    return [action for action, _ in method.actions]


@pytest.mark.parametrize("method", METHODS, ids=lambda one: one.name)
def test_a_method_leads_to_the_identity_and_from_there_to_everything(method: Method) -> None:
    text, target = case(method)
    (step,) = [
        one for one in powers_in(text + custom(actions_of(method)))[SOMEBODY].steps if one.method == method.name
    ]
    assert (step.target, step.is_certain) == (target, True)
    assert [one.action for one in step.witnesses] == [action.lower() for action in actions_of(method)]
    assert powers_in(text)[target].administrator is not None


@pytest.mark.parametrize(
    ("method", "missing"), [(one, action) for one in METHODS for action in actions_of(one)], ids=str
)
def test_no_method_works_without_one_of_its_actions(method: Method, missing: str) -> None:
    text, _ = case(method)
    rest = [action for action in actions_of(method) if action != missing]
    able = powers_in(text + custom(["*/read", *rest])).get(SOMEBODY, NO_POWERS)
    assert method.name not in [one.method for one in able.steps]
    taken = powers_in(text + custom(actions_of(method), not_actions=[missing])).get(SOMEBODY, NO_POWERS)
    assert method.name not in [one.method for one in taken.steps]


@pytest.mark.parametrize("method", METHODS, ids=lambda one: one.name)
def test_a_method_leads_nowhere_in_another_group(method: Method) -> None:
    text, _ = case(method)
    elsewhere = f'"{SUBSCRIPTION_ID}/resourceGroups/rg-other"'
    assert SOMEBODY not in powers_in(text + custom(actions_of(method), elsewhere))


@pytest.mark.parametrize("method", METHODS, ids=lambda one: one.name)
def test_a_method_leads_to_any_identity_of_a_subscription(method: Method) -> None:
    (step,) = [
        one
        for one in powers_in(STACK + custom(actions_of(method), OUTER))[SOMEBODY].steps
        if one.method == method.name
    ]
    assert step.target.startswith("any managed identity")
    assert step.is_certain
    assert not step.target_address


def test_where_actions_of_one_method_are_asked_for() -> None:
    """The identity is in the group, and what it is given to may stand in another one."""
    assign = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
    write = "Microsoft.Compute/virtualMachines/write"
    elsewhere = f'"{SUBSCRIPTION_ID}/resourceGroups/rg-other"'
    text = STACK + gives(f"{APP}.principal_id") + custom([assign], f"{APP}.id")
    both = powers_in(text + custom([write], elsewhere, name="machines"))[SOMEBODY]
    assert [one.method for one in both.steps] == [f"{assign}+{write}"]
    vault = f'"{SUBSCRIPTION_ID}/resourceGroups/rg-other/providers/Microsoft.KeyVault/vaults/kv"'
    assert SOMEBODY not in powers_in(text + custom([write], vault, name="machines"))


def test_who_sets_passwords_of_others_gets_at_them() -> None:
    text = f"""
resource "azuread_directory_role_assignment" "it" {{
  role_id             = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
  principal_object_id = "{SOMEBODY}"
}}
"""
    (one,) = powers_in(text)[SOMEBODY].steps
    assert (one.method, one.target, one.is_certain) == (
        "application administrator",
        "any service principal of the tenant",
        True,
    )


def test_who_manages_an_identity_lets_itself_use_it() -> None:
    text = STACK + assigned(OUTER, 'role_definition_name = "Owner"', f"{APP}.principal_id")
    mine = assigned(f"{APP}.id", 'role_definition_name = "Managed Identity Contributor"').replace('"it"', '"mine"')
    found = powers_in(text + mine)[SOMEBODY]
    assert [(one.target, one.is_certain) for one in found.steps] == [(APP, True)]


def test_a_target_that_holds_no_more_is_none() -> None:
    kind = "azurerm_linux_virtual_machine"
    who = f"{kind}.host.identity[0].principal_id"
    contributor = STACK + host(kind) + gives(f'"{SOMEBODY}"', "Contributor", INNER, "team")
    assert SOMEBODY not in powers_in(contributor)
    for role in ("Reader", "Contributor", "Virtual Machine Contributor"):
        assert SOMEBODY not in powers_in(contributor + gives(who, role, INNER)), role
    for role, scope in (("Key Vault Secrets User", INNER), ("Reader", OUTER), ("Owner", INNER)):
        assert powers_in(contributor + gives(who, role, scope))[SOMEBODY].steps, role


def test_an_identity_that_a_machine_is_given() -> None:
    text = (
        STACK
        + gives(f"{APP}.principal_id", "Key Vault Secrets User")
        + f"""
resource "azurerm_windows_virtual_machine" "host" {{
  name                = "host"
  resource_group_name = azurerm_resource_group.app.name
  identity {{
    type         = "UserAssigned"
    identity_ids = [{APP}.id]
  }}
}}
"""
    )
    able = powers_in(text + gives(f'"{SOMEBODY}"', "Virtual Machine Contributor", INNER, "team"))[SOMEBODY]
    assert {one.target for one in able.steps} == {APP}


def test_a_chain_leads_through_one_machine_to_the_next() -> None:
    kind = "azurerm_linux_virtual_machine"
    second = f'"{SUBSCRIPTION_ID}/resourceGroups/rg-two"'
    text = STACK + host(kind, "one") + host(kind, "two", '"rg-two"')
    text += gives(f"{kind}.one.identity[0].principal_id", "Virtual Machine Contributor", second, "one")
    text += gives(f"{kind}.two.identity[0].principal_id", name="two")
    found = powers_in(text + gives(f'"{SOMEBODY}"', "Virtual Machine Contributor", INNER, "team"))
    assert [one.target for one in found[SOMEBODY].chain] == [f"{kind}.one", f"{kind}.two"]
    assert found[f"{kind}.two"].chain == ()


def test_an_administrator_of_a_group_has_ways_out_of_it_only() -> None:
    kind = "azurerm_linux_virtual_machine"
    who = f"{kind}.host.identity[0].principal_id"
    text = STACK + host(kind) + gives(f'"{SOMEBODY}"', "Owner", INNER, "team")
    assert powers_in(text + gives(who, "Key Vault Secrets User", INNER))[SOMEBODY].steps == ()
    assert powers_in(text + gives(who, "Reader", OUTER))[SOMEBODY].steps != ()


def test_who_may_assign_roles_on_one_resource_gets_at_all_of_that() -> None:
    (step,) = powers_in(STACK + assigned("azurerm_storage_account.s.id", 'role_definition_name = "Owner"'))[
        SOMEBODY
    ].steps
    assert (step.text, step.target) == (
        "assign itself any role",
        f"{GROUP_ID}/providers/microsoft.storage/storageaccounts/stapp",
    )


def test_own_roles_are_changed_where_they_may_be_assigned_alone() -> None:
    define = ["Microsoft.Authorization/roleDefinitions/write"]
    (step,) = powers_in(STACK + custom(define, OUTER))[SOMEBODY].steps
    assert step.text == "add actions to azurerm_role_definition.own, a role that it holds"
    assert SOMEBODY not in powers_in(STACK + custom(define))


def test_to_elevate_access() -> None:
    elevate = ["Microsoft.Authorization/elevateAccess/action"]
    (step,) = powers_in(STACK + custom(elevate, OUTER))[SOMEBODY].steps
    assert step.target == ""
    assert SOMEBODY not in powers_in(STACK + custom(elevate, "azurerm_storage_account.s.id"))


VAULT = """
resource "azurerm_key_vault" "v" {
  name                = "kv"
  resource_group_name = azurerm_resource_group.app.name
  location            = "westeurope"
  tenant_id           = "t"
  sku_name            = "standard"
  %s
}
"""


@pytest.mark.parametrize("action", ["vaults/accessPolicies/write", "vaults/write"])
def test_to_write_access_policies(action: str) -> None:
    own = custom([f"Microsoft.KeyVault/{action}"], "azurerm_key_vault.v.id")
    (step,) = powers_in(STACK + VAULT % "" + own)[SOMEBODY].steps
    assert (step.target, step.target_address) == ("azurerm_key_vault.v", "azurerm_key_vault.v")
    for model in ("rbac_authorization_enabled", "enable_rbac_authorization"):
        assert SOMEBODY not in powers_in(STACK + VAULT % f"{model} = true" + own)
    policy = f"""
resource "azurerm_key_vault_access_policy" "p" {{
  key_vault_id       = azurerm_key_vault.v.id
  tenant_id          = "t"
  object_id          = "{SOMEBODY}"
  secret_permissions = ["Get"]
}}
"""
    assert SOMEBODY not in powers_in(STACK + VAULT % "" + own + policy)


# -- what is not known ---------------------------------------------------------------------------------------------

LATER = """
resource "terraform_data" "later" {
  input = "x"
}
"""
LATER_VALUE = "terraform_data.later.output"


def test_a_role_that_is_not_known_may_be_any() -> None:
    able = powers_in(STACK + LATER + assigned(OUTER, f"role_definition_name = {LATER_VALUE}"))[SOMEBODY]
    assert able.administrator is None
    assert able.perhaps_administrator is not None
    assert not any(one.is_certain for one in able.steps)


def test_a_role_of_which_nobody_here_knows_what_it_holds_is_none() -> None:
    able = powers_in(STACK + assigned(OUTER, 'role_definition_id = "/x/roleDefinitions/12121212-unknown"'))[SOMEBODY]
    assert (able.administrator, able.perhaps_administrator, able.steps) == (None, None, ())
    assert [gap.code for gap in able.gaps] == ["role-unknown"]


def test_what_a_table_leaves_open_is_no_step() -> None:
    role = 'role_definition_name = "Security Reader"'
    assert SOMEBODY not in powers_in(STACK + gives(f"{APP}.principal_id") + assigned(OUTER, role))


def test_a_principal_that_is_not_known_holds_it_all_the_same() -> None:
    other = LATER.replace('"later"', '"other"')
    who = f'"${{{LATER_VALUE}}}${{terraform_data.other.output}}"'
    text = assigned(OUTER, 'role_definition_name = "Owner"', who=who)
    able = powers_in(STACK + LATER + other + text)["${azurerm_role_assignment.it.principal_id}"]
    assert able.administrator is not None


def test_an_eligible_assignment_is_told_and_nothing_more() -> None:
    text = f"""
resource "azurerm_pim_eligible_role_assignment" "it" {{
  scope              = {OUTER}
  principal_id       = "{SOMEBODY}"
  role_definition_id = "/x/roleDefinitions/{OWNER}"
}}
"""
    able = powers_in(STACK + text)[SOMEBODY]
    assert (able.administrator, able.perhaps_administrator, able.steps) == (None, None, ())
    assert [gap.code for gap in able.gaps] == ["eligible"]


LARGE = (
    STACK
    + host("azurerm_linux_virtual_machine")
    + VAULT % ""
    + gives("azurerm_linux_virtual_machine.host.identity[0].principal_id", "Contributor", OUTER, "machine")
    + gives(f"{APP}.principal_id", "Owner", OUTER, "app")
    + gives('"22222222-0000-0000-0000-000000000000"', "Contributor", INNER, "team")
    + custom([action for method in METHODS for action in actions_of(method)])
)


def test_every_certain_witness_is_allowed() -> None:
    graph = graph_from(plan_text(LARGE))
    access = {one.subject.name: one.access for one in holdings(graph, "after").all}
    asked = 0
    for name, able in powers_of_graph(graph).items():
        for step in able.steps:
            for witness in step.witnesses:
                asked += 1
                assert allows_all(access[name], _one(witness.action), _one(witness.resource)), step.method
    assert asked > 40


@pytest.mark.parametrize("seed", range(40))
def test_what_is_certain_is_so_whatever_else_is_not_known(seed: int) -> None:
    graph = graph_from(masked(plan_text(LARGE), seed))
    access = {one.subject.name: one for one in holdings(graph, "after").all}
    for name, able in powers_of_graph(graph).items():
        witnesses = [*([able.administrator] if able.administrator else []), *_certain(able)]
        for witness in witnesses:
            # Of a principal that nobody knows, all is only perhaps; whoever it will be holds it.
            reading = MAY if access[name].subject.kind == "unknown" else MUST
            action, resource = _one(witness.action), _one(witness.resource)
            assert allows_all(access[name].access, action, resource, reading=reading), name
        if able.administrator is not None:
            assert able.perhaps_administrator is not None


def _certain(able: Powers) -> list[Any]:
    return [witness for step in able.steps if step.is_certain for witness in step.witnesses]


def _one(text: str) -> Terms:
    return Terms((text,))


def test_every_method_names_an_action_that_there_may_be() -> None:
    for method in METHODS:
        for action, _ in method.actions:
            assert re.fullmatch(r"Microsoft\.\w+(/\w+)+/(write|action)", action)
        places = {where for _, where in method.actions}
        assert (HOST in places) == bool(method.host)
        assert (IDENTITY in places) != bool(method.host)


# -- what is told of what ------------------------------------------------------------------------------------------


def told_of(text: str, address: str) -> list[str]:
    graph = graph_from(plan_text(text))
    (node,) = [one for one in graph.nodes if one.address == address]
    return [subject.name for subject, _, _ in principals_of(graph.view(node, "after"))]


def test_a_principal_is_told_of_the_resource_that_stands_for_it_else_of_what_grants_it() -> None:
    text = STACK + gives(f"{APP}.principal_id", name="inside") + gives(f'"{SOMEBODY}"', name="outside")
    assert told_of(text, APP) == [APP]
    assert told_of(text, "azurerm_role_assignment.inside") == []
    assert told_of(text, "azurerm_role_assignment.outside") == [SOMEBODY]
    assert told_of(STACK, APP) == []


def test_what_several_resources_grant_together_is_told_of_the_first() -> None:
    text = STACK + gives(f'"{SOMEBODY}"', name="one") + gives(f'"{SOMEBODY}"', name="two")
    graph = graph_from(plan_text(text))
    both = graph.resources("azurerm_role_assignment", "after")
    subject = principals_of(both[0])[0][0]
    granting = ["azurerm_role_assignment.two", "azurerm_role_assignment.one"]
    assert [is_told_of(one, subject, granting) for one in both] == [True, False]
    assert [is_told_of(one, subject, []) for one in both] == [False, False]


def gains(text: str) -> list[tuple[str, int]]:
    graph = graph_from(plan_text(text))
    return [
        (steps[0].target or steps[0].text, len(steps))
        for steps in by_gain(powers_of_graph(graph)[SOMEBODY], Snapshot(graph, "after"))
    ]


def test_steps_that_gain_the_same_are_told_together() -> None:
    kind = "azurerm_linux_virtual_machine"
    text = STACK + host(kind) + host(kind, "less")
    text += gives(f"{kind}.less.identity[0].principal_id", "Key Vault Secrets User", OUTER, "less")
    text += gives(f"{kind}.host.identity[0].principal_id")
    team = gives(f'"{SOMEBODY}"', "Virtual Machine Contributor", INNER, "team")
    assert gains(text + team) == [(f"{kind}.host", 3), (f"{kind}.less", 3)]
    any_machine = f"any managed identity of virtual machines in subscription {SUBSCRIPTION_ID.rpartition('/')[2]}"
    wide, *others = gains(text + team.replace(INNER, OUTER))
    assert wide[0] in {any_machine, any_machine.replace("virtual machines", "scale sets")}
    assert wide[1] == 5
    assert others == [(f"{kind}.host", 3)]
    site = host("azurerm_linux_web_app", "web") + gives(
        "azurerm_linux_web_app.web.identity[0].principal_id", "Key Vault Secrets User", OUTER, "web"
    )
    website = gives(f'"{SOMEBODY}"', "Website Contributor", INNER, "website")
    _, *others = gains(text + site + website + team.replace(INNER, OUTER))
    assert others == [(f"{kind}.host", 3), ("azurerm_linux_web_app.web", 3)]
    define = ["Microsoft.Authorization/roleDefinitions/write", "Microsoft.Logic/workflows/write"]
    assert [count for _, count in gains(STACK + custom(define, OUTER))] == [1, 1]


RULES = ("azure-principal-administrator-equivalent", "azure-principal-privilege-escalation")


@pytest.mark.parametrize(("rule", "role"), list(zip(RULES, ("Owner", "Contributor"), strict=True)))
def test_a_principal_that_does_not_change_is_judged_by_what_it_is_granted(rule: str, role: str) -> None:
    rules = select_rules([load_pack(builtin_root())], only=[rule])
    scope = {"scope": SUBSCRIPTION_ID, "role_definition_name": role, "principal_id": SOMEBODY}
    identity = {"id": f"{GROUP_ID}/x", "name": "id-app", "principal_id": SOMEBODY}
    address = "azurerm_user_assigned_identity.app"
    document = plan_document(
        change(address, ["no-op"], identity, identity),
        change("azurerm_role_assignment.it", ["create"], None, scope),
    )
    statuses = [(one.node.address, one.status) for one in evaluate(graph_from(document), rules).violations]
    assert statuses == [(address, "introduced")]
    document["resource_changes"][1]["change"] = {"actions": ["delete"], "before": scope, "after": None}
    statuses = [(one.node.address, one.status) for one in evaluate(graph_from(document), rules).violations]
    assert statuses == [(address, "fixed")]
