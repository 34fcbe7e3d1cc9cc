"""What a data source reads of the other side."""

from __future__ import annotations

from typing import Any, NamedTuple

from planguard import Resource, is_unknown
from planguard.graph.account import account_of

from ._boundary import Side, refuse_doubt
from ._mentions import accounts_in, asked_by

_OF_ITSELF = frozenset(
    {
        "aws_availability_zone",
        "aws_availability_zones",
        "aws_caller_identity",
        "aws_canonical_user_id",
        "aws_iam_policy_document",
        "aws_partition",
        "aws_region",
        "azurerm_client_config",
        "google_client_config",
        "google_iam_policy",
    }
)
"""What only says who signs in and where, or puts a document together; what that goes into is judged."""


class Reading(NamedTuple):
    """What a data source reads of the other side, and by what that is told.

    :ivar fact: what makes it the same before and after
    """

    path: str
    message: str
    fact: str


def is_unused_yet(data: Resource) -> bool:
    """Whether a data source is read already, as each is before the plan is made, and only the plan puts it to use."""
    now, then = data.referrers(), data.in_other_snapshot()
    return bool(data.snapshot == "before" and then and then.referrers() and not now)


def reads_across(data: Resource, side: Side) -> Reading | None:
    """What a data source reads of the other side; None where it stays on its own.

    The account where it stands says more than a name that looks like the other side.

    :raises Undetermined: when what it reads is not known yet
    """
    if data.type in _OF_ITSELF:
        return None
    path, account = account_of(data)
    if data.effective("owner_id", ""):
        path, account = "owner_id", data.get("owner_id")
    owner = side.owner(account)
    other = side.other(owner)
    if other:
        return Reading(path, f"reads from `{account}`, which belongs to `{other}`", account)
    if path and owner:
        return None
    other = side.of_tags({**data.tags, **_wanted_tags(data)})
    if other:
        return Reading("tags", f"reads what tags say belongs to `{other}`", other)
    return _asks_for(data, side)


def _wanted_tags(data: Resource) -> dict[str, Any]:
    """The tags that it is looked up by: ``filter { name = "tag:Environment" }``."""
    found: dict[str, Any] = {}
    for _, block in data.blocks("filter"):
        found[block["name"].removeprefix("tag:")] = "".join(block["values"])
    return found


def _asks_for(data: Resource, side: Side) -> Reading | None:
    for text in asked_by(data):
        if is_unknown(text.text):
            refuse_doubt(data, text.text)
            continue
        for account, shown in accounts_in(text):
            other = side.of_account(account)
            if other:
                return Reading(text.name, f"`{shown}` belongs to `{other}`", shown)
        other = side.of_name(text.text)
        if other:
            return Reading(text.name, f"`{text.text}` belongs to `{other}` by its name", text.text)
    return None
