"""What a policy refuses, and which of it another version of the policy no longer does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from planguard import Resource

from ..identity._aws_policy import Statement, covers, listed, statements

_DENIES = "Deny"
"""Without this word, which AWS takes in this case only, a policy refuses nothing; most need not be read."""

_ACCOUNT = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):root")
"""What AWS makes of the number of an account."""


def lost_denials(before: Resource, after: Resource | None, path: str) -> list[str]:
    """What the policy before refuses and the policy after does not, in words.

    A statement may be cut in two or joined with another: each action on each resource is looked for on its own.

    :param after: None where nothing is left of the policy
    :raises Undetermined: when it refuses something, and what becomes of that is not known yet
    """
    text = before.get(path, "")
    if _DENIES not in text:
        return []
    old = [one for one in statements(before, path) if not one.allows]
    new = [one for one in statements(after, path) if not one.allows] if after else []
    return list(dict.fromkeys(atom for one in old for atom in _lost(one, new)))


def _lost(old: Statement, new: list[Statement]) -> Iterator[str]:
    kept = [one for one in new if _speaks_as_widely(one, old)]
    if old.not_actions:
        if not any(_denies_no_less(one, old) and _holds_where(one, old) for one in kept):
            yield f"everything but {', '.join(sorted(_texts(old.not_actions)))}"
        return
    for action in sorted(_texts(old.actions)):
        same = [one for one in kept if _denies(one, action)]
        if old.not_resources:
            if not any(_leaves_no_more_out(one, old) for one in same):
                yield action
        elif gone := sorted(place for place in _places(old) if not any(_reaches(one, place) for one in same)):
            yield f"{action} on {', '.join(gone[:2])}{' …' if gone[2:] else ''}"


def _denies_no_less(statement: Statement, old: Statement) -> bool:
    if statement.not_actions:
        return all(covers(old.not_actions, action, case=False) for action in statement.not_actions)
    return "*" in statement.actions


def _holds_where(statement: Statement, old: Statement) -> bool:
    """Whether a statement holds on whatever resource the old one did."""
    if old.not_resources:
        return _leaves_no_more_out(statement, old)
    return all(_reaches(statement, place) for place in _places(old))


def _denies(statement: Statement, action: str) -> bool:
    if statement.not_actions:
        return not covers(statement.not_actions, action, case=False)
    return covers(statement.actions, action, case=False)


def _places(statement: Statement) -> set[str]:
    """Where a statement applies; a trust policy names no resource."""
    return _texts(statement.resources) or {"*"}


def _reaches(statement: Statement, place: str) -> bool:
    if statement.not_resources:
        return not covers(statement.not_resources, place, case=True)
    return covers(_places(statement), place, case=True)


def _leaves_no_more_out(statement: Statement, old: Statement) -> bool:
    if statement.not_resources:
        return all(covers(old.not_resources, place, case=True) for place in statement.not_resources)
    return "*" in statement.resources


def _speaks_as_widely(new: Statement, old: Statement) -> bool:
    """Whether a statement holds for whoever, and whenever, the old one did."""
    who = _named(new.principals)
    if "*" in {name for _, name in who}:
        same = True
    elif old.not_principals:
        same = bool(new.not_principals) and _named(new.not_principals) <= _named(old.not_principals)
    else:
        same = _named(old.principals) <= who
    return same and _conditions(new) <= _conditions(old)


def _named(blocks: Any) -> set[tuple[str, str]]:
    return {
        (block.get("type"), _ACCOUNT.sub(r"\1", name))
        for block in blocks
        for name in listed(block.get("identifiers"))
    }


def _conditions(statement: Statement) -> set[tuple[str, str, frozenset[str]]]:
    return {
        (one.get("test").lower(), one.get("variable").lower(), frozenset(listed(one.get("values"))))
        for one in statement.conditions
    }


def _texts(values: Any) -> set[str]:
    return set(listed(values))
