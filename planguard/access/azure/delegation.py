"""Which roles somebody may hand out who may assign roles: what conditions on role assignments limit.

Conditions of Azure bear on two kinds of actions only: assigning roles, and reading and writing data of storage. So
what they say of other actions is nothing. What a condition says of assigning roles is read where it has the form
that the portal writes; any other is not understood, and then nothing is concluded from it.

Sources: Microsoft, "Azure role assignment condition format and syntax", "Delegate Azure role assignment management
to others with conditions", "Examples to delegate Azure role assignment management with conditions"; the definition
of the role Key Vault Data Access Administrator, which holds such a condition itself.
"""

from __future__ import annotations

import re
from functools import cache

from msgspec import Struct

from planguard.access.azure.builtin import built_in
from planguard.access.model import Predicate, Terms

ASSIGN = "microsoft.authorization/roleassignments/write"
ANY_ROLE, SOME_ROLES, OTHER_ROLES, NO_ROLE, UNCLEAR = "any", "some", "other", "none", "unclear"

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ACTIONS = re.compile(r"actionmatches\{'([^']*)'\}")
_ROLES = re.compile(
    r"@request\[microsoft\.authorization/roleassignments:roledefinitionid\]"
    r"(?:(?:forany|forall)\w*:)?(guidequals|guidnotequals)\{([^}]*)\}"
)
_PRINCIPAL = "@request[microsoft.authorization/roleassignments:principal"
_VAULT_ROLES = (
    "00482a5a-887f-4fb3-b363-3b7fe8e74483",
    "a4417e6f-fecd-4de8-b567-7b0420556985",
    "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
    "e147488a-f6f5-4113-8e2d-b22465e65bf6",
    "12338af0-0e69-4776-bea7-57ae8d297424",
    "21090545-7ca7-4776-b22c-e363652d74d2",
    "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    "4633458b-17de-408a-b874-0445c86b69e6",
)


class Delegation(Struct, frozen=True):
    """Which roles may be assigned by somebody who may assign roles under a condition.

    :ivar kind: ``any`` role; ``some``, those of ``roles``; ``other``, all but those; ``none``; ``unclear`` where the
        condition is not understood
    :ivar roles: ids of roles, sorted
    :ivar is_for_anybody: whether the condition leaves it open to whom they are assigned
    """

    kind: str
    roles: tuple[str, ...] = ()
    is_for_anybody: bool = True


FREE = Delegation(ANY_ROLE)
_CONSTRAINED = {
    name: Delegation(SOME_ROLES, _VAULT_ROLES)
    for name in ("key vault data access administrator", "8b54135c-b56d-4d72-a534-26097cfdc8d8")
}


def delegation_of(predicates: tuple[Predicate, ...], role: str = "") -> Delegation:
    """Which roles may be assigned under the condition of an assignment, and that of the role itself.

    :param role: the name or the id of the role that is assigned, in lower case
    """
    if role in _CONSTRAINED:
        return _CONSTRAINED[role]
    for predicate in predicates:
        for text in predicate.values:
            return _read(text)
    return FREE


@cache
def _read(condition: str) -> Delegation:
    text = "".join(condition.lower().split())
    actions = _ACTIONS.findall(text)
    if actions and ASSIGN not in actions and not any("*" in one for one in actions):
        return FREE
    named = _ROLES.findall(text)
    if "@" not in text and actions:
        # Nothing but "not this action".
        return Delegation(NO_ROLE) if f"!(actionmatches{{'{ASSIGN}'}})" in text else Delegation(UNCLEAR)
    operators = {operator for operator, _ in named}
    if len(operators) != 1:
        return Delegation(UNCLEAR)
    roles = tuple(sorted({guid for _, listed in named for guid in _GUID.findall(listed)}))
    kind = SOME_ROLES if operators == {"guidequals"} else OTHER_ROLES
    return Delegation(kind, roles, _PRINCIPAL not in text)


@cache
def lets(guid: str, action: str) -> bool:
    """Whether a built-in role lets do something, without a condition of its own.

    :param action: in lower case
    """
    parts = built_in(guid)
    if parts is None or guid in _CONSTRAINED:
        return False
    return any(is_among(action, part.lower) for part in parts)


@cache
def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*"), re.DOTALL)


def fits(pattern: str, action: str) -> bool:
    """Whether a pattern of Azure, in which only ``*`` is special, matches an action."""
    return pattern == action or ("*" in pattern and _shape(pattern).fullmatch(action) is not None)


def is_among(action: str, actions: Terms) -> bool:
    """Whether an action is in a set of actions."""
    return any(fits(one, action) for one in actions.include) and not any(fits(one, action) for one in actions.exclude)
