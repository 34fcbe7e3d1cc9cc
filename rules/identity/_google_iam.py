"""Who is granted which role by the IAM resources of Google's provider.

They come in threes: ``…_iam_member`` (one grant), ``…_iam_binding`` (all members of one role) and ``…_iam_policy``
(the whole policy, as JSON).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from planguard import Resource, is_unknown

_PUBLIC = {"allusers": "everyone", "allauthenticatedusers": "everyone with a Google account"}


@dataclass(frozen=True)
class Grant:
    """One role for one member.

    :ivar role: the role; may be unknown
    :ivar member: the member; may be unknown
    :ivar path: where the member stands
    """

    role: Any
    member: Any
    path: str


def grants(resource: Resource) -> Iterator[Grant]:
    """The grants of an IAM resource."""
    if resource.type.endswith("_iam_policy"):
        yield from _written(resource)
        policy = resource.json("policy_data") or {}
        for binding in policy.get("bindings") or ():
            for member in _each(binding.get("members")):
                yield Grant(binding.get("role"), member, "policy_data")
    elif resource.type.endswith("_iam_binding"):
        for member in _each(resource.get("members")):
            yield Grant(resource.get("role"), member, "members")
    else:
        yield Grant(resource.get("role"), resource.get("member"), "member")


def _written(resource: Resource) -> Iterator[Grant]:
    """What a policy that is not known yet will hold for certain: the bindings of the data source that it is from."""
    if is_unknown(resource.get("policy_data")):
        for source in resource.references("data.google_iam_policy", via="policy_data"):
            for _, binding in source.blocks("binding"):
                for member in _each(binding.get("members")):
                    yield Grant(binding.get("role"), member, "policy_data")


def _each(members: list[Any] | None) -> list[Any]:
    """The members, the known ones first; a rule decides itself what an unknown one means."""
    return sorted((members[index] for index in range(len(members))) if members else (), key=is_unknown)


def public_name(member: str | None) -> str:
    """Whom a member stands for, if it is no one in particular: ``everyone``; empty for any other."""
    return _PUBLIC.get((member or "").lower(), "")
