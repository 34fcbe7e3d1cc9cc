"""What role assignments and access policies of a plan let the principals of Azure do.

Sources: Microsoft, "What is Azure role-based access control (Azure RBAC)?" (assignments add up, and hold for the
scope and all below it), "What are Azure role assignment conditions?", "Eligible and time-bound role assignments in
Azure RBAC" (an eligible assignment gives nothing until it is activated).
"""

from __future__ import annotations

from planguard.access.azure import data_roles
from planguard.access.azure.data_roles import RoleGrant, role_grants
from planguard.access.azure.groups import share_with_members
from planguard.access.azure.principal import Directory
from planguard.access.azure.role import Roles
from planguard.access.azure.scope import Scopes
from planguard.access.azure.trust import add_trusts
from planguard.access.azure.vault import VaultPolicy, open_vaults, vault_policies
from planguard.access.holder import Holder
from planguard.access.model import AZURE, IDENTITY, RESOURCE, Clause, Gap, Held, Origin, Predicate, Subject
from planguard.access.part import EVERYTHING, UNDECIDED, Part, allowed, exactly, only_perhaps
from planguard.access.reading import is_untold, text_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

ASSIGNMENT = "azurerm_role_assignment"
ACTIVE, ELIGIBLE = "azurerm_pim_active_role_assignment", "azurerm_pim_eligible_role_assignment"
_NOWHERE_TOLD = Part(UNDECIDED.lower, EVERYTHING.upper)


def held_by(snapshot: Snapshot) -> list[Held]:
    """What each subject of Azure holds in a snapshot, sorted by subject."""
    holder = Holder()
    add_trusts(snapshot, holder)
    kinds = (ASSIGNMENT, ACTIVE, ELIGIBLE)
    if snapshot.has(*kinds, *data_roles.TYPES, "azurerm_key_vault", "azurerm_key_vault_access_policy"):
        directory, scopes, roles = Directory(snapshot), Scopes(snapshot), Roles(snapshot)
        for assignment in snapshot.all(*kinds):
            _assign(assignment, directory, scopes, roles, holder)
        for granted in role_grants(snapshot, scopes):
            _grant_role(granted, directory, holder)
        for policy in vault_policies(snapshot, scopes):
            _let_in(policy, directory, holder)
        share_with_members(snapshot, directory, holder)
        for vault in open_vaults(snapshot):
            _leave_open(vault, scopes, holder)
    return holder.held()


def _assign(assignment: Resource, directory: Directory, scopes: Scopes, roles: Roles, holder: Holder) -> None:
    role = roles.assigned(assignment)
    covers = scopes.covered(assignment)
    address = assignment.address
    gaps: list[Gap] = []
    if role.why:
        gaps.append(Gap("role-unknown", address, "role_definition_name", role.why))
    if covers is None:
        gaps.append(Gap("scope-unknown", address, "scope", "where the role is assigned is not known yet"))
    predicates, is_certain = _condition(assignment, gaps)
    clauses: list[Clause] = []
    for part in role.parts:
        clauses += allowed(
            part, covers or _NOWHERE_TOLD, predicates=predicates, is_certain=is_certain, origin=Origin(address)
        )
    if assignment.type == ELIGIBLE:
        clauses = only_perhaps(clauses)
        gaps.append(Gap("eligible", address, "", "the assignment is eligible: it holds while it is activated"))
    touched = assignment.node.changed or (role.definition is not None and role.definition.node.changed)
    _give(
        assignment, "principal_id", assignment.get("principal_id"), clauses, gaps, directory, holder, touched=touched
    )


def _grant_role(granted: RoleGrant, directory: Directory, holder: Holder) -> None:
    grant, attribute = granted.grant, granted.attribute
    gaps: list[Gap] = []
    if granted.why:
        gaps.append(Gap("role-unknown", grant.address, "", granted.why))
    if granted.covers is None:
        gaps.append(Gap("scope-unknown", grant.address, "scope", "where the role holds is not known yet"))
    clauses = allowed(granted.actions, granted.covers or _NOWHERE_TOLD, origin=Origin(grant.address))
    touched = grant.node.changed or (granted.definition is not None and granted.definition.node.changed)
    _give(grant, attribute, grant.get(attribute), clauses, gaps, directory, holder, touched=touched)


def _condition(assignment: Resource, gaps: list[Gap]) -> tuple[tuple[Predicate, ...], bool]:
    """The condition of an assignment, and whether it is known."""
    value = assignment.get("condition")
    if is_untold(value):
        if assignment.is_left_to_provider("condition"):
            return (), True
        gaps.append(Gap("condition-unknown", assignment.address, "condition", "the condition is not known yet"))
        return (), False
    text = " ".join(text_of(value).split())
    return ((Predicate("Expression", "expression", (text,)),) if text else ()), True


def _let_in(policy: VaultPolicy, directory: Directory, holder: Holder) -> None:
    gaps: list[Gap] = []
    if policy.covers is None:
        gaps.append(Gap("scope-unknown", policy.origin.address, "key_vault_id", "the key vault is not known yet"))
    if not policy.actions.is_exact:
        gaps.append(
            Gap("role-unknown", policy.origin.address, policy.origin.attribute, "a permission is not known yet")
        )
    clauses = allowed(
        policy.actions, policy.covers or _NOWHERE_TOLD, is_certain=policy.is_certain, origin=policy.origin
    )
    touched = policy.grant.node.changed or (policy.vault is not None and policy.vault.node.changed)
    _give(policy.grant, policy.attribute, policy.object_id, clauses, gaps, directory, holder, touched=touched)


def _give(
    grant: Resource,
    attribute: str,
    value: object,
    clauses: list[Clause],
    gaps: list[Gap],
    directory: Directory,
    holder: Holder,
    *,
    touched: bool,
) -> None:
    subject = directory.principal(grant, attribute, value)
    if subject is None:
        # It may be somebody who holds the same already.
        subject = Subject(AZURE, IDENTITY, f"${{{grant.address}.{attribute}}}", "", "unknown")
        gaps = [*gaps, Gap("principal-unknown", grant.address, attribute, "the principal is not known yet")]
        clauses = only_perhaps(clauses)
    holder.add(subject, clauses, gaps, touched=touched)


def _leave_open(vault: Resource, scopes: Scopes, holder: Holder) -> None:
    """A vault of which the access policies are not known: they may let in anybody."""
    subject = Subject(AZURE, RESOURCE, vault.address, vault.address, "key_vault")
    gap = Gap("policy-unknown", vault.address, "access_policy", "the access policies are not known yet")
    everything = exactly(("data:microsoft.keyvault/vaults/*",))
    clauses = allowed(
        everything,
        scopes.below(scopes.id_of(vault)),
        is_certain=False,
        origin=Origin(vault.address, "access_policy"),
    )
    holder.add(subject, clauses, [gap], touched=vault.node.changed)
