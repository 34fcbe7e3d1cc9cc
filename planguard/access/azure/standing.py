"""Which resources of a plan stand for a principal of Azure, and what of it is told of which resource.

Of a principal of the plan it is told of the resource that stands for it; of one outside of the plan, of the resources
that grant it what leads there.
"""

from __future__ import annotations

from collections.abc import Iterable

from planguard.access.azure.escalation import Direct, administrated_by, direct_powers
from planguard.access.azure.methods import HOSTS, METHODS
from planguard.access.holdings import holdings
from planguard.access.model import AZURE, IDENTITY, Subject
from planguard.access.powers import Powers, Step, powers
from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER, BEFORE, Resource
from planguard.graph.snapshot import Snapshot

PRINCIPALS = (
    "azurerm_user_assigned_identity",
    *HOSTS,
    "azurerm_linux_web_app_slot",
    "azurerm_windows_web_app_slot",
    "azurerm_linux_function_app_slot",
    "azurerm_windows_function_app_slot",
    "azurerm_api_management",
    "azurerm_batch_account",
    "azurerm_cognitive_account",
    "azurerm_databricks_access_connector",
    "azurerm_disk_encryption_set",
    "azurerm_machine_learning_workspace",
    "azurerm_management_group_policy_assignment",
    "azurerm_mssql_server",
    "azurerm_postgresql_flexible_server",
    "azurerm_resource_group_policy_assignment",
    "azurerm_resource_policy_assignment",
    "azurerm_storage_account",
    "azurerm_subscription_policy_assignment",
    "azurerm_synapse_workspace",
    "azuread_group",
    "azuread_group_without_members",
    "azuread_invitation",
    "azuread_service_principal",
    "azuread_user",
)
"""Types of resources that stand for a principal themselves: what is said of it is said of them."""
ASSIGNMENTS = (
    "azurerm_role_assignment",
    "azurerm_pim_active_role_assignment",
    "azuread_directory_role_assignment",
    "azuread_directory_role_member",
)
"""Types of resources of which it is said where the principal is outside of the plan."""
SUBJECTS = (*PRINCIPALS, *ASSIGNMENTS)

Standing = tuple[Subject, Powers, Direct]
"""A principal, what it can make of its access in the end, and what in one step."""


def principals_of(resource: Resource) -> list[Standing]:
    """The principals of which something is told of a resource, with what they can make of their access.

    For rules: it tells the engine whether the answer may differ in the other snapshot.
    """
    graph = resource.graph
    if not any(kind in graph.kinds for kind in ASSIGNMENTS):
        return []
    here = _standing(resource, resource.snapshot)
    if graph.changed_kinds and here != _standing(resource, BEFORE if resource.snapshot == AFTER else AFTER):
        graph.touched_change = True
    return here


def _standing(resource: Resource, snapshot: str) -> list[Standing]:
    graph = resource.graph
    found = []
    for subject in _subjects(graph, snapshot).get(resource.address, ()):
        direct = direct_powers(subject.name, Snapshot(graph, snapshot))
        if direct is not None:
            found.append((subject, powers(graph, snapshot, subject), direct))
    return found


def _subjects(graph: Graph, snapshot: str) -> dict[str, list[Subject]]:
    """The principals by the addresses of the resources of which something of them may be told."""
    kept: dict[str, list[Subject]] | None = graph.derived.get(("azure-standing", snapshot))
    if kept is None:
        kept = graph.derived["azure-standing", snapshot] = {}
        standing = {node.address for kind in PRINCIPALS for node in graph.kinds.get(kind, ())}
        for one in holdings(graph, snapshot).all:
            if one.subject.provider == AZURE and one.subject.plane == IDENTITY:
                own = one.subject.address
                granting = {clause.origin.address for clause in one.access.clauses}
                for address in [own] if own in standing else sorted(granting):
                    kept.setdefault(address, []).append(one.subject)
    return kept


def is_told_of(resource: Resource, subject: Subject, granting: Iterable[str]) -> bool:
    """Whether what some resources grant a principal together is told of this one, so that it is told once.

    :param granting: the addresses of the resources that grant it
    """
    return resource.address == subject.address or resource.address == min(granting, default="")


def by_gain(able: Powers, snapshot: Snapshot) -> list[list[Step]]:
    """The certain steps in groups that gain the same, without those that a wider group takes in."""
    wide: dict[str, list[Step]] = {}
    single: dict[str, list[Step]] = {}
    for one in able.steps:
        if one.is_certain and one.target and not one.target_address:
            wide.setdefault(one.witnesses[0].resource, []).append(one)
        elif one.is_certain:
            single.setdefault(one.target or one.text, []).append(one)
    # Of whoever gets at any identity in some way, those are told that lead on to everything.
    anywhere = {one.method for steps in wide.values() for one in steps} & {method.name for method in METHODS}
    rest = [
        steps
        for steps in single.values()
        if not anywhere.issuperset(one.method for one in steps) or administrated_by(steps[0], snapshot) is not None
    ]
    return [sorted(steps, key=_plain) for steps in (*wide.values(), *rest)]


def _plain(one: Step) -> tuple[int, str]:
    """Ways that take one action come before those that take several."""
    return len(one.witnesses), one.method
