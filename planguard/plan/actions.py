"""What each set of actions means.

Source: Terraform's ``internal/command/jsonplan/plan.go`` (``actionString``), its change log for ``forget`` (1.7)
and for create-then-forget (1.16), and OpenTofu's for ``["forget", "create"]`` (1.12) and ``["open"]`` (1.11).
"""

from __future__ import annotations

from enum import Enum


class Action(Enum):
    """One meaning of ``change.actions``, by the name that reports count it under."""

    NO_OP = "no-op"
    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    DELETE = "delete"
    REPLACE = "replace"
    FORGET = "forget"
    REPLACE_AND_FORGET = "replace-and-forget"
    """A new object takes the place of one that goes on existing, no longer managed."""
    OPEN = "open"


COUNTED = ("create", "update", "replace", "delete", "no-op", "read", "forget")
"""The keys of ``ledger.changes``, in order."""

_MEANING: dict[tuple[str, ...], Action] = {
    ("no-op",): Action.NO_OP,
    ("create",): Action.CREATE,
    ("read",): Action.READ,
    ("update",): Action.UPDATE,
    ("delete",): Action.DELETE,
    ("delete", "create"): Action.REPLACE,
    ("create", "delete"): Action.REPLACE,
    ("forget",): Action.FORGET,
    ("create", "forget"): Action.REPLACE_AND_FORGET,
    ("forget", "create"): Action.REPLACE_AND_FORGET,
    ("open",): Action.OPEN,
}
_COUNTED_AS = {Action.REPLACE_AND_FORGET: "replace", Action.OPEN: "read"}


def counted_as(action: Action) -> str:
    """The key of ``ledger.changes`` that an action counts under."""
    return _COUNTED_AS.get(action, action.value)


def meaning(actions: list[str]) -> Action | None:
    """What a set of actions means; None for a set that planguard does not know."""
    return _MEANING.get(tuple(actions))
