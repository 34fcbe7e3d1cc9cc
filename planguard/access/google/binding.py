"""The bindings of a snapshot: a role for some members somewhere, and with what authority.

``google_*_iam_member`` adds one member; ``_iam_binding`` says who alone has a role; ``_iam_policy`` says everything.

Sources: the provider's documentation of ``google_project_iam`` ("Four different resources help you manage your IAM
policy …"); Google Cloud, "Overview of IAM Conditions".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import DecodeError, Struct, json

from planguard.access.google.member import Members, members_of
from planguard.access.google.place import Place, Places
from planguard.access.google.role import ORGANIZATION_ROLE, PROJECT_ROLE, name_of
from planguard.access.model import Origin
from planguard.access.reading import blocks_of, is_untold, referred, text_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import has_unknown, is_unknown

MEMBER, BINDING, POLICY = "member", "binding", "policy"
_DOCUMENT = "data.google_iam_policy"
UNKNOWN_CONDITION = "\0"


class Binding(Struct, frozen=True):
    """A role for some members.

    :ivar place: where it holds
    :ivar role: the role's name; an Unknown where it is not known yet
    :ivar condition: the expression under which it holds; empty for none, ``UNKNOWN_CONDITION`` where it is not known
    :ivar authority: ``member``, ``binding`` or ``policy``
    :ivar sources: the resources that say so, the grant itself first
    :ivar is_lost: whether nothing of it is known, so that it may grant everything to everybody
    """

    place: Place
    role: Any
    members: Members
    condition: str
    authority: str
    grant: Resource
    origin: Origin
    sources: tuple[Resource, ...]
    is_lost: bool = False


def bindings_of(snapshot: Snapshot, places: Places) -> list[Binding]:
    """All bindings of a snapshot, type by type, each in the order of the plan."""
    found: list[Binding] = []
    for kind in sorted(snapshot.graph.kinds):
        thing, middle, authority = kind.rpartition("_iam_")
        if middle and kind.startswith("google_") and authority in (MEMBER, BINDING, POLICY):
            for grant in snapshot.all(kind):
                place = places.of(grant, thing.removeprefix("google_"))
                found += _policy(grant, place) if authority == POLICY else [_single(grant, place, authority)]
    return found


def _single(grant: Resource, place: Place, authority: str) -> Binding:
    attribute = "member" if authority == MEMBER else "members"
    return Binding(
        place,
        _role(grant),
        members_of(grant, attribute, grant.values.get(attribute)),
        _condition(grant.values.get("condition")),
        authority,
        grant,
        Origin(grant.address, attribute),
        (grant,),
    )


def _role(grant: Resource) -> Any:
    """The name of the role that a binding grants, a custom role of the plan included; else the Unknown."""
    value = grant.values.get("role")
    custom = referred(grant, "role", PROJECT_ROLE, ORGANIZATION_ROLE) if is_untold(value) else None
    return value if custom is None else name_of(custom)


def _policy(grant: Resource, place: Place) -> Iterator[Binding]:
    value = grant.get("policy_data")
    document = referred(grant, "policy_data", _DOCUMENT)
    parsed = None if is_untold(value) else _parsed(text_of(value))
    if parsed is not None:
        bindings, is_open = parsed, False
        holder, attribute = grant, "policy_data"
    elif document is not None:
        bindings, is_open = blocks_of(document.values.get("binding"))
        holder, attribute = document, "binding"
    else:
        bindings, is_open, holder, attribute = [], True, grant, "policy_data"
    sources = (grant,) if holder is grant else (grant, holder)
    is_alone = sum(1 for _, block in bindings if has_unknown(block)) < 2
    for index, block in bindings:
        yield Binding(
            place,
            block.get("role"),
            members_of(holder, attribute, block.get("members"), is_alone=is_alone),
            _condition(block.get("condition")),
            POLICY,
            grant,
            Origin(holder.address, attribute, f"Binding[{index}]"),
            sources,
        )
    if is_open:
        yield Binding(place, None, Members(), "", POLICY, grant, Origin(grant.address, "policy_data"), sources, True)


def _parsed(text: str) -> list[tuple[int, dict[str, Any]]] | None:
    """The bindings of a policy by their indexes; None for a text that is none."""
    try:
        document = json.decode(text) if text else {}
    except DecodeError:
        return None
    found = document.get("bindings") if isinstance(document, dict) else None
    return [(index, one) for index, one in enumerate(found or []) if isinstance(one, dict)]


def _condition(value: Any) -> str:
    blocks, is_open = blocks_of(value)
    if is_open:
        return UNKNOWN_CONDITION
    for _, block in blocks:
        expression = block.get("expression")
        return UNKNOWN_CONDITION if is_untold(expression) else text_of(expression)
    return UNKNOWN_CONDITION if is_unknown(value) else ""
