"""On which scopes a principal of Azure may do one action: the grants of its access, action by action.

Nothing denies in Azure's role assignments, so that what is allowed is what any clause allows, and a single action can
be looked up without comparing sets.
"""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from planguard.access.azure.delegation import ASSIGN, is_among
from planguard.access.azure.methods import (
    CREDENTIAL_ROLES,
    DIRECTORY_ROLES,
    READ_SECRETS,
    SPELLING,
    USE_KEYS,
)
from planguard.access.model import EXACT, LOWER, Clause, Gap, Held, Origin, Terms, Witness
from planguard.access.pattern import is_symbol, shown
from planguard.access.powers import Step

THING, GROUP, SUBSCRIPTION, MANAGEMENT, TENANT = range(5)
"""How wide a scope is: one resource, a resource group, a subscription, a management group, everything."""
UNTOLD = frozenset({"role-unknown", "scope-unknown", "condition-unknown", "principal-unknown"})
"""The codes of gaps that the plan itself leaves open, and that it will have closed when it is applied."""
ELIGIBLE = "eligible"

DIRECTORY = "directory"
"""The scope of roles of the directory; who may do everything there may make itself administrator of everything."""
_MANAGEMENT = "/providers/microsoft.management/managementgroups/"
_ASKED = (*sorted(SPELLING), *READ_SECRETS, *USE_KEYS)
_ROLE = "role:"


class Grant(Struct, frozen=True):
    """One scope on which an action is allowed.

    :ivar scope: the scope, in lower case, with symbols for what is not known yet; ``/`` for everything
    :ivar level: how wide it is
    :ivar is_certain: whether it is granted whatever the unknown turns out to be
    """

    scope: str
    level: int
    clause: Clause
    is_certain: bool = True

    @property
    def origin(self) -> Origin:
        """The statement that grants it."""
        return self.clause.origin

    def covers(self, resource: str) -> bool:
        """Whether a resource, by its id in lower case, is in the scope."""
        return self.scope in {"/", resource} or resource.startswith(f"{self.scope}/")


class Reach(Struct, frozen=True):
    """What one principal may do of what leads to more.

    :ivar held: all that it holds
    :ivar grants: on which scopes each action is allowed, certain and wide ones first; by action, in lower case. What
        is eligible, and what a table does not say, is left out.
    """

    held: Held
    grants: dict[str, list[Grant]]

    def of(self, action: str) -> list[Grant]:
        """On which scopes an action is allowed, however it is spelled."""
        return self.grants.get(action.lower(), [])

    def on(self, action: str, resource: str) -> Grant | None:
        """The widest grant of an action on one resource, a certain one where there is one."""
        return next((one for one in self.of(action) if one.covers(resource)), None)


def reach_of(held: Held) -> Reach:
    """What a principal may do of what leads to more, looked up action by action."""
    found: dict[str, list[Grant]] = {}
    open_: dict[str, set[str]] = {}
    for gap in held.gaps:
        open_.setdefault(gap.address, set()).add(gap.code)
    for clause in held.access.clauses:
        actions = _telling(clause.actions)
        if not actions:
            continue
        codes = open_.get(clause.origin.address, set())
        if ELIGIBLE in codes:
            continue
        for action in actions:
            is_certain = _is_certain(clause, codes, action)
            if is_certain is not None:
                found.setdefault(action, []).extend(_scopes(clause, is_certain))
    for grants in found.values():
        grants.sort(key=lambda one: (not one.is_certain, -one.level, one.scope, one.origin))
    return Reach(held, found)


def _is_certain(clause: Clause, codes: set[str], action: str) -> bool | None:
    """Whether a clause grants an action for certain; None where it grants it only because a table is not complete."""
    if clause.bound in {EXACT, LOWER}:
        return True
    told = codes & UNTOLD
    if any(one.startswith(_ROLE) for one in clause.actions.include) or not told:
        return None
    # Nobody knows who it is, but whoever it is holds it; and a condition bears on nothing but assigning roles.
    return told <= ({"principal-unknown"} if action == ASSIGN else {"principal-unknown", "condition-unknown"})


def _scopes(clause: Clause, is_certain: bool) -> list[Grant]:
    found = []
    for pattern in clause.resources.include:
        if pattern.endswith("/*"):
            continue  # beside the scope itself; or the unknown rest of a management group
        scope = "/" if pattern == "*" else pattern
        found.append(Grant(scope, level_of(scope), clause, is_certain))
    return found


def level_of(scope: str) -> int:
    """How wide a scope is."""
    if scope in {"/", DIRECTORY}:
        return TENANT
    if scope.startswith(_MANAGEMENT):
        return MANAGEMENT
    parts = scope.strip("/").split("/")
    if parts[0] != "subscriptions" or (len(parts) > 2 and parts[2] != "resourcegroups"):
        return THING
    return {2: SUBSCRIPTION, 4: GROUP}.get(len(parts), THING)


def told(scope: str) -> str:
    """A scope for a person: ``resource group rg-app``."""
    level = level_of(scope)
    if level == TENANT:
        return "the whole tenant"
    name = scope.rpartition("/")[2]
    if level == SUBSCRIPTION and any(map(is_symbol, name)):
        return "the subscription"
    kind = {MANAGEMENT: "management group", SUBSCRIPTION: "subscription", GROUP: "resource group"}.get(level)
    return shown(f"{kind} {name}" if kind else scope)


@lru_cache(maxsize=4096)
def _telling(actions: Terms) -> frozenset[str]:
    """Which of the actions that lead to more are among some."""
    # What stands for a role that is told by its name is no action: no wildcard has it in it.
    roles = (one for one in (*DIRECTORY_ROLES, *CREDENTIAL_ROLES) if one in actions.include)
    return frozenset((*(one for one in _ASKED if is_among(one, actions)), *roles))


def gaps_that_decide(held: Held) -> tuple[Gap, ...]:
    """The gaps of an access that have a bearing on what its holder can make of it."""
    return tuple(gap for gap in held.gaps if gap.code in UNTOLD or gap.code == ELIGIBLE)


def step(
    reach: Reach, method: str, text: str, asked: list[tuple[str, Grant, str]], target: str = "", address: str = ""
) -> Step:
    """A step of a principal.

    :param asked: for each action that it takes the grant, and the resource on which it is asked for
    """
    who = reach.held.subject.name
    return Step(
        method=method,
        text=text,
        target=target,
        target_address=address,
        witnesses=tuple(Witness(who, action.lower(), resource) for action, _, resource in asked),
        origins=tuple(sorted({grant.origin for _, grant, _ in asked})),
        is_certain=all(grant.is_certain for _, grant, _ in asked),
    )
