"""What the principals of Azure can make of their access: administrators, and ways to more.

Who may assign roles in a resource group or more gives itself everything there, and counts as its administrator; the
witness says of what. Such an administrator has ways to more only where they lead out of that. On one resource it is a
way to more of that resource. Who may change what carries a managed identity, or the identity itself, gets at what the
identity holds: in a whole subscription or more whatever stands in it, in a resource group what the plan shows there.

Sources: Microsoft, "Azure built-in roles for privileged", "Best practices for Azure RBAC" (limit privileged
administrator role assignments), "Elevate access to manage all Azure subscriptions and management groups", "Azure
custom roles" (who may change one), "Microsoft Entra built-in roles", and those of ``methods``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from msgspec import Struct

from planguard.access.azure.delegation import (
    ANY_ROLE,
    ASSIGN,
    OTHER_ROLES,
    SOME_ROLES,
    UNCLEAR,
    Delegation,
    delegation_of,
    lets,
)
from planguard.access.azure.estate import estate_of
from planguard.access.azure.grants import ACTIVE, ASSIGNMENT
from planguard.access.azure.identities import gaps_of_carriers, identity_steps, vault_steps
from planguard.access.azure.methods import (
    ASSIGN_ROLES,
    CREDENTIAL_ROLES,
    DEFINE_ROLES,
    DIRECTORY_ROLES,
    ELEVATE,
    READ_SECRETS,
)
from planguard.access.azure.reach import (
    GROUP,
    SUBSCRIPTION,
    THING,
    Grant,
    Reach,
    gaps_that_decide,
    reach_of,
    step,
    told,
)
from planguard.access.azure.role import Roles
from planguard.access.azure.scope import Scopes
from planguard.access.holdings import holdings
from planguard.access.model import AZURE, IDENTITY, UPPER, Gap, Held, Subject, Witness
from planguard.access.powers import NO_POWERS, Powers, Step
from planguard.access.reading import is_untold, literal, text_of, texts_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot


class Direct(Struct, frozen=True):
    """What a principal can make of its access in one step.

    :ivar administrates: the grants that make it an administrator, each with its action, the widest first
    :ivar perhaps: the same for what may be granted
    :ivar steps: the ways to more, sorted
    """

    held: Held
    administrates: tuple[tuple[str, Grant], ...] = ()
    perhaps: tuple[tuple[str, Grant], ...] = ()
    steps: tuple[Step, ...] = ()
    gaps: tuple[Gap, ...] = ()


def powers(subject: Subject, snapshot: Snapshot) -> Powers:
    """What a subject of Azure can make of its access, alone and by way of others."""
    direct = direct_powers(subject.name, snapshot)
    if direct is None:
        return NO_POWERS
    chain = _chain(direct, snapshot, is_certain=True)
    return Powers(
        administrator=_witness(direct, direct.administrates),
        perhaps_administrator=_witness(direct, direct.administrates or direct.perhaps),
        steps=direct.steps,
        chain=chain,
        perhaps_chain=() if chain else _chain(direct, snapshot, is_certain=False),
        gaps=direct.gaps,
    )


def direct_powers(name: str, snapshot: Snapshot) -> Direct | None:
    """What a principal can make of its access in one step; None where it holds nothing that leads to more.

    :param name: the name of the subject
    """
    kept: dict[str, Direct | None] = snapshot.graph.derived.setdefault(("azure-direct", snapshot.name), {})
    if name not in kept:
        held = holdings(snapshot.graph, snapshot.name).by_key.get((AZURE, IDENTITY, name))
        kept[name] = None if held is None else _direct(held, snapshot)
    return kept[name]


def _direct(held: Held, snapshot: Snapshot) -> Direct | None:
    reach = reach_of(held)
    gaps = {*gaps_that_decide(held), *_unread(reach, snapshot)}
    if not reach.grants:
        return Direct(held, gaps=tuple(sorted(gaps))) if gaps else None
    found = sorted(_administrating(reach, snapshot), key=lambda one: -one[1].level)
    certain = tuple(one for one in found if one[1].is_certain)
    perhaps = tuple(one for one in found if not one[1].is_certain)
    estate = estate_of(snapshot)
    steps = _sorted([*identity_steps(reach, estate), *vault_steps(reach, estate), *_own_steps(reach, snapshot)])
    if certain:
        steps = tuple(one for one in steps if _leads_on(one, certain, snapshot))
    gaps |= gaps_of_carriers(reach, estate)
    return Direct(held, certain, perhaps, steps, tuple(sorted(gaps)))


def _sorted(steps: list[Step]) -> tuple[Step, ...]:
    """Steps in order, of the same way to the same target the first one."""
    found: dict[tuple[str, str], Step] = {}
    for one in sorted(steps, key=_order):
        found.setdefault((one.method, one.target or one.text), one)
    return tuple(found.values())


def _order(one: Step) -> tuple[object, ...]:
    return one.method, one.target, not one.is_certain, one.text, one.origins


def _witness(direct: Direct, found: tuple[tuple[str, Grant], ...]) -> Witness | None:
    return next((Witness(direct.held.subject.name, action.lower(), grant.scope) for action, grant in found), None)


# -- what it gives itself ------------------------------------------------------------------------------------------


def _administrating(reach: Reach, snapshot: Snapshot) -> Iterator[tuple[str, Grant]]:
    """The grants that make an administrator, each with its action."""
    for grant in reach.of(ASSIGN_ROLES):
        if grant.level >= GROUP and _is_free(_delegation(grant, snapshot)):
            yield ASSIGN_ROLES, grant
    for role in DIRECTORY_ROLES:
        for grant in reach.of(role):
            if grant.level > THING:
                yield role, grant


def _is_free(delegation: Delegation) -> bool:
    """Whether one of the roles that may be handed out lets hand out all others."""
    if delegation.kind == SOME_ROLES:
        return delegation.is_for_anybody and any(lets(role, ASSIGN) for role in delegation.roles)
    return delegation.kind == ANY_ROLE


def _is_to_secrets(delegation: Delegation) -> bool:
    """Whether one of the roles that may be handed out reads secrets of key vaults."""
    if delegation.kind != SOME_ROLES or not delegation.is_for_anybody:
        return False
    return any(lets(role, READ_SECRETS[0]) for role in delegation.roles)


def _unread(reach: Reach, snapshot: Snapshot) -> set[Gap]:
    """The conditions of which nobody knows which roles they let assign."""
    text = "which roles the condition lets it assign is not understood"
    return {
        Gap("condition-unread", grant.origin.address, "condition", text)
        for grant in reach.of(ASSIGN_ROLES)
        if _delegation(grant, snapshot).kind == UNCLEAR
    }


def _delegation(grant: Grant, snapshot: Snapshot) -> Delegation:
    assignment = _assignments(snapshot).get(grant.origin.address)
    return delegation_of(grant.clause.predicates, "" if assignment is None else _role_of(assignment))


def _assignments(snapshot: Snapshot) -> dict[str, Resource]:
    """The role assignments of a snapshot by their addresses."""
    kept: dict[str, Resource] | None = snapshot.graph.derived.get(("azure-assignments", snapshot.name))
    if kept is None:
        found = {one.address: one for one in snapshot.all(ASSIGNMENT, ACTIVE)}
        kept = snapshot.graph.derived["azure-assignments", snapshot.name] = found
    return kept


def _role_of(assignment: Resource) -> str:
    """The role of an assignment by its name, else by its id, in lower case; empty where it is not known."""
    for attribute in ("role_definition_name", "role_definition_id"):
        value = assignment.get(attribute)
        if not is_untold(value) and text_of(value):
            return text_of(value).lower().rpartition("/")[2]
    return ""


def _own_steps(reach: Reach, snapshot: Snapshot) -> Iterator[Step]:
    """The ways in which a principal gives more to itself."""
    for grant in reach.of(ASSIGN_ROLES):
        delegation = _delegation(grant, snapshot)
        asked = [(ASSIGN_ROLES, grant, grant.scope)]
        if delegation.kind == OTHER_ROLES and delegation.is_for_anybody:
            text = f"assign itself any role in {told(grant.scope)} but those that a condition names"
            yield step(reach, ASSIGN_ROLES, text, asked)
        elif grant.level == THING and _is_free(delegation):
            yield step(reach, ASSIGN_ROLES, "assign itself any role", asked, told(grant.scope))
        elif _is_to_secrets(delegation) and reach.on(READ_SECRETS[0], grant.scope) is None:
            text = "assign itself a role that reads secrets"
            yield step(reach, ASSIGN_ROLES, text, asked, f"the key vaults in {told(grant.scope)}")
    for grant in reach.of(ELEVATE):
        if grant.level >= SUBSCRIPTION:
            text = "make itself User Access Administrator of the whole tenant"
            yield step(reach, ELEVATE, text, [(ELEVATE, grant, grant.scope)])
    for role, (text, whom) in CREDENTIAL_ROLES.items():
        for grant in reach.of(role):
            if grant.level > THING:
                yield step(
                    reach, role.rpartition("/")[2], text, [(role, grant, grant.scope)], f"{whom} of the tenant"
                )
    yield from _own_roles(reach, snapshot)


def _own_roles(reach: Reach, snapshot: Snapshot) -> Iterator[Step]:
    """To change a custom role of the plan that it is assigned itself, wherever that may be assigned."""
    if not reach.of(DEFINE_ROLES):
        return
    assignments, roles, scopes = _assignments(snapshot), Roles(snapshot), Scopes(snapshot)
    for address in sorted({clause.origin.address for clause in reach.held.access.clauses}):
        assignment = assignments.get(address)
        definition = None if assignment is None else roles.assigned(assignment).definition
        if definition is None or definition.is_data:
            continue
        grants = [reach.on(DEFINE_ROLES, place) for place in _assignable(definition, scopes)]
        if grants and all(grants):
            asked = [(DEFINE_ROLES, grant, grant.scope) for grant in grants[:1] if grant is not None]
            yield step(reach, DEFINE_ROLES, f"add actions to {definition.address}, a role that it holds", asked)


def _assignable(definition: Resource, scopes: Scopes) -> list[str]:
    """The scopes of a role definition, in lower case; empty where they are not known."""
    texts = texts_of(definition.get("assignable_scopes"))
    if texts.known and not texts.is_open:
        return [literal(one.lower().rstrip("/")) for one in texts.known]
    covered = scopes.covered(definition)
    return [one for one in covered.lower.include if not one.endswith("/*")] if covered is not None else []


# -- by way of others ----------------------------------------------------------------------------------------------


def _leads_on(one: Step, administrates: tuple[tuple[str, Grant], ...], snapshot: Snapshot) -> bool:
    """Whether a step takes an administrator to something outside of what it administrates."""
    if administrates[0][1].level > SUBSCRIPTION or not one.target_address:
        return False  # what is below a management group is not known
    held = holdings(snapshot.graph, snapshot.name).by_key.get((AZURE, IDENTITY, one.target))
    scopes = () if held is None else (
        "/" if place == "*" else place
        for clause in held.access.clauses
        if clause.bound != UPPER
        for place in clause.resources.include
    )  # fmt: skip
    return any(not any(grant.covers(scope) for _, grant in administrates) for scope in scopes)


def administrated_by(one: Step, snapshot: Snapshot) -> Grant | None:
    """The widest grant that makes the target of a step an administrator; None where it is none for certain."""
    direct = direct_powers(one.target, snapshot)
    return direct.administrates[0][1] if direct is not None and direct.administrates else None


def _chain(start: Direct, snapshot: Snapshot, *, is_certain: bool) -> tuple[Step, ...]:
    """The shortest way to the most: to everything, to any identity, else to another principal."""
    best: tuple[Step, ...] = ()
    most = (0, 0, 0)
    seen = {start.held.subject.name}
    waiting: deque[tuple[Direct, tuple[Step, ...]]] = deque([(start, ())])
    while waiting:
        here, way = waiting.popleft()
        for one in here.steps:
            if is_certain and not one.is_certain:
                continue
            longer = (*way, one)
            worth = _worth(one, snapshot), -len(longer), -len(one.witnesses)
            if not best or worth > most:
                best, most = longer, worth
            if one.target_address and one.target not in seen:
                seen.add(one.target)
                further = direct_powers(one.target, snapshot)
                if further is not None:
                    waiting.append((further, longer))
    return best


def _worth(one: Step, snapshot: Snapshot) -> int:
    """How much a step gains: everything of some scope before any identity, and that before one of them."""
    grant = administrated_by(one, snapshot) if one.target_address else None
    if grant is not None:
        return 10 + grant.level
    if not one.target:
        return 10
    return 1 if not one.target_address else 0
