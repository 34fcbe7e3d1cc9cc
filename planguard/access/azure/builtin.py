"""What built-in roles of Azure hold: ``builtin.table``.

A role's name and id stand at the margin, what it holds below it. ``data:`` marks data actions, ``-`` what is taken
away (``NotActions``, ``NotDataActions``); ``~``: the role holds some of these, and the table does not say which.
``@common`` is what most roles hold beside their own: to read assignments and groups, deployments, alerts, support.

Source: Microsoft, "Azure built-in roles" (``articles/role-based-access-control/built-in-roles``), as of July 2026.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from planguard.access.part import Part, at_least, exactly

FILE = Path(__file__).parent / "builtin.table"
DATA = "data:"
_SHORT = {
    "@common": [
        "microsoft.authorization/*/read",
        "microsoft.insights/alertrules/*",
        "microsoft.resources/deployments/*",
        "microsoft.resources/subscriptions/resourcegroups/read",
        "microsoft.support/*",
    ],
    "@vault": [
        "microsoft.keyvault/checknameavailability/read",
        "microsoft.keyvault/deletedvaults/read",
        "microsoft.keyvault/locations/*/read",
        "microsoft.keyvault/vaults/*/read",
        "microsoft.keyvault/operations/read",
    ],
}


@cache
def built_in(role: str) -> list[Part] | None:
    """What a built-in role holds, control actions and data actions apart; None for one that is not in the table.

    :param role: its name or its id (the last part of a role definition's), whatever their case
    """
    entry = _table().get(role.lower())
    if entry is None:
        return None
    name, tokens = entry
    found = []
    for is_data in (False, True):
        own = [token for token in tokens if token.lstrip("-~").startswith(DATA) == is_data]
        lower = [token for token in own if token[0] not in "-~"]
        upper = [token[1:] for token in own if token[0] == "~"]
        never = [token[1:] for token in own if token[0] == "-"]
        if upper:
            found.append(at_least(lower, [*upper, f"role:{name}"], apart([*lower, *upper], never)))
        elif lower:
            found.append(exactly(lower, apart(lower, never)))
    return found


def apart(include: list[str], never: list[str]) -> list[str]:
    """What is taken away, with data actions where a wildcard would reach them: those are granted on their own."""
    reaches = any(one.startswith(("*", "?")) for one in include)
    return [*never, f"{DATA}*"] if reaches else never


@cache
def _table() -> dict[str, tuple[str, list[str]]]:
    found: dict[str, tuple[str, list[str]]] = {}
    tokens: list[str] = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            for token in line.split():
                tokens += _SHORT.get(token, [token])
        elif not line.startswith("#"):
            name, _, guid = line.lower().partition("|")
            tokens = []
            found[name] = found[guid] = name, tokens
    return found
