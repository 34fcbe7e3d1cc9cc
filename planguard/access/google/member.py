"""Who the members of a binding are.

Source: Google Cloud, "Principal identifiers" (``user:``, ``serviceAccount:``, ``principalSet://`` …, ``allUsers``),
and "Binding" of the IAM reference.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from planguard.access.google.place import PROJECT, email_of
from planguard.access.meant import resources_possible, resources_told
from planguard.access.model import GOOGLE, IDENTITY, Subject
from planguard.access.pattern import is_symbol, shown
from planguard.access.reading import is_untold, text_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

ALL_USERS, ALL_AUTHENTICATED = "allUsers", "allAuthenticatedUsers"
PUBLIC = frozenset({ALL_USERS, ALL_AUTHENTICATED})
ACCOUNT = "google_service_account"
_POOLS = frozenset({"google_iam_workload_identity_pool", "google_iam_workforce_pool"})
_WITHOUT_CASE = frozenset({"user", "group", "serviceAccount", "domain"})
_KINDS = {
    "user": "user",
    "group": "group",
    "serviceAccount": "service_account",
    "domain": "domain",
    "principal": "federated",
    "principalSet": "federated",
}


class Members(Struct, frozen=True):
    """The members of a binding.

    :ivar known: each with the element of the attribute that holds it, such as ``[2]``; as texts of IAM
    :ivar perhaps: those that may be among the unknown ones
    :ivar is_open: whether there may be others that nobody can name
    """

    known: tuple[tuple[str, str], ...] = ()
    perhaps: tuple[str, ...] = ()
    is_open: bool = False


class Directory:
    """The service accounts of a snapshot by their email."""

    __slots__ = ("_accounts",)

    def __init__(self, snapshot: Snapshot) -> None:
        self._accounts = {email_of(one): one for one in snapshot.all(ACCOUNT)}

    def subject(self, member: str) -> Subject:
        """Whose access it is what a member is granted."""
        kind, _, rest = member.partition(":")
        account = self._accounts.get(rest) if kind == "serviceAccount" else None
        if account is None:
            return Subject(GOOGLE, IDENTITY, shown(member), "", _KINDS.get(kind, "member"))
        name = f"${{{account.address}}}" if any(map(is_symbol, rest)) else rest
        return Subject(GOOGLE, IDENTITY, f"serviceAccount:{name}", account.address, "service_account")


def members_of(grant: Resource, attribute: str, value: Any, *, is_alone: bool = True) -> Members:
    """The members that an attribute holds.

    An unknown one is told by the resource that it refers to: a service account has an email, and what a provider
    gives another resource as its identity is called after that resource.

    :param value: the attribute's value, one text or a set
    :param is_alone: whether nothing else in the attribute is unknown that the references may be about
    """
    if value is None:
        return Members()
    listed = isinstance(value, list) if not is_untold(value) else False
    elements = list(list.__iter__(value)) if listed else [value]
    known = [
        (canonical(text), f"[{index}]" if listed else "") for index, text in enumerate(elements) if _is_told(text)
    ]
    untold = sum(1 for one in elements if is_untold(one))
    if not untold:
        return Members(tuple(known))
    told = {text for text, _ in known}
    by_source = _by_source(grant, attribute)
    if is_alone and by_source is not None:
        return Members((*known, *((member, "") for member in by_source if member not in told)))
    referred = [member for member in _referred(grant, attribute) if member not in told]
    if is_alone and len(referred) == untold and (listed or attribute == "member"):
        return Members((*known, *((member, "") for member in referred)))
    if is_alone and attribute == "members" and not listed:
        named = _named(grant, attribute)
        return Members(tuple((one, "") for one in named), tuple(one for one in referred if one not in named), True)
    among = _among(grant, attribute) if is_alone and attribute == "member" else []
    return Members(tuple(known), tuple(among or referred), not among)


def _is_told(value: Any) -> bool:
    return not is_untold(value) and bool(text_of(value))


def canonical(member: str) -> str:
    """A member in the one way in which IAM writes it: addresses have no case."""
    kind, colon, rest = member.partition(":")
    return f"{kind}:{rest.lower()}" if colon and kind in _WITHOUT_CASE else member


def _by_source(grant: Resource, attribute: str) -> list[str] | None:
    """The members that the source tells; None where there is none, or it says something else."""
    told = resources_told(grant, attribute, behind="serviceAccount:")
    if told is None or any(one.type != ACCOUNT for one in told[0]):
        return None
    return [*(f"serviceAccount:{email_of(one)}" for one in told[0]), *map(canonical, told[1])]


def _named(grant: Resource, attribute: str) -> list[str]:
    """The service accounts that a set which is not known yet names one by one: they are in it, whoever else is."""
    block = grant.node.block
    written = [text for path, found in block.attributes if path == (attribute,) for text in found] if block else []
    near = grant.references(ACCOUNT, via=attribute)
    if getattr(near, "why", None) is not None:
        return []
    return [
        f"serviceAccount:{email_of(one)}"
        for one in list.__iter__(near)
        if one.key is None and one.module == grant.module and _is_written(one, written)
    ]


def _is_written(account: Resource, written: list[str]) -> bool:
    name = account.address.rpartition(f"{ACCOUNT}.")[2]
    return any(text in {f"{ACCOUNT}.{name}.email", f"{ACCOUNT}.{name}.member"} for text in written)


def _among(grant: Resource, attribute: str) -> list[str]:
    """The service accounts of which an unknown member is one; none where it may be somebody else."""
    found = resources_possible(grant, attribute)
    if found is None or any(one.type != ACCOUNT for one in found):
        return []
    return [f"serviceAccount:{email_of(one)}" for one in found]


def _referred(grant: Resource, attribute: str) -> list[str]:
    """The members that a binding takes from other resources; none where it may be any of several.

    A project is no member: from its number the name of any of its service agents may be put together.
    """
    neighbours = grant.references(None, via=attribute)
    if getattr(neighbours, "why", None) is not None:
        return []
    return [
        _member_of(one, grant, attribute)
        for one in list.__iter__(neighbours)
        if one.type == ACCOUNT or (one.type.startswith("google_") and one.type != PROJECT and not one.is_data)
    ]


def _member_of(one: Resource, grant: Resource, attribute: str) -> str:
    """The member that a binding takes from a resource; of a pool some of its identities, and which is not known."""
    if one.type == ACCOUNT:
        return f"serviceAccount:{email_of(one)}"
    if one.type in _POOLS:
        return f"principalSet://iam.googleapis.com/${{{one.address}.name}}/${{{grant.address}.{attribute}}}"
    return f"serviceAccount:${{{one.address}}}"
