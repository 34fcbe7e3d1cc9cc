"""Who is granted which role by the IAM resources of Google's provider.

They come in threes: ``…_iam_member`` (one grant), ``…_iam_binding`` (all members of one role) and ``…_iam_policy``
(the whole policy, as JSON).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from planguard import Resource, Violation, is_unknown, violation
from planguard.access.google.role import ORGANIZATION_ROLE, PROJECT_ROLE, name_of
from planguard.access.pattern import is_symbol, shown, symbol_name
from planguard.access.reading import referred

POLICY = "data.google_iam_policy"
_FORMS = ("member", "binding", "policy")
_PUBLIC = {"allusers": "everyone", "allauthenticatedusers": "everyone with a Google account"}
# cloud.google.com/iam/docs/service-account-types#default
_DEFAULT_ACCOUNTS = ("-compute@developer.gserviceaccount.com", "@appspot.gserviceaccount.com")
_DEFAULT_KINDS = {"google_compute_default_service_account", "google_app_engine_default_service_account"}
_MADE_BY_HAND = {"google_service_account"}
_ACCOUNT_KINDS = _DEFAULT_KINDS | _MADE_BY_HAND
_MEMBER = re.compile(r"(?:^|\.)google_service_account\.[^.\[]+(?:\[.*\])?\.member$")
_INDEX = re.compile(r"\[[^]]*\]")


@dataclass(frozen=True)
class Grant:
    """One role for one member.

    :ivar role: the role; may be unknown
    :ivar member: the member; may be unknown
    :ivar path: where it stands in the resource that is judged
    :ivar holder: the resource that the member is written in: that one, or the data source of its policy
    :ivar place: where it stands there
    :ivar is_of_all: whether the member stands for all of a binding, of which not even the number is known
    """

    role: Any
    member: Any
    path: str
    holder: Resource
    place: str
    is_of_all: bool = False

    @property
    def role_path(self) -> str:
        """Where the role stands."""
        return "policy_data" if self.path == "policy_data" else "role"

    @property
    def who(self) -> str:
        """The member as a message calls it."""
        return "a service account of this plan" if is_unknown(self.member) else str(self.member)

    @property
    def is_service_account(self) -> bool:
        """Whether the member is a service account."""
        return self._comes_from(_ACCOUNT_KINDS) or bool(self.member.lower().startswith("serviceaccount:"))

    @property
    def is_user(self) -> bool:
        """Whether the member is a person."""
        return not self._is_one_of(_ACCOUNT_KINDS) and bool(self.member.lower().startswith("user:"))

    @property
    def is_made_by_hand(self) -> bool:
        """Whether the member is a service account that somebody made; those of Google have other domains."""
        return self._comes_from(_MADE_BY_HAND) or bool(self.member.lower().endswith(".iam.gserviceaccount.com"))

    @property
    def is_default_account(self) -> bool:
        """Whether the member is the account that Compute Engine or App Engine makes by itself."""
        if self._is_one_of(_MADE_BY_HAND):
            return False
        if self._comes_from(_DEFAULT_KINDS) or self.member.lower().endswith(_DEFAULT_ACCOUNTS):
            return True
        return self._is_read_from(_DEFAULT_KINDS)

    @property
    def public_name(self) -> str:
        """Whom the member stands for, if it is no one in particular: ``everyone``; empty for any other."""
        if self._is_one_of(_ACCOUNT_KINDS):
            return ""
        told = self.told
        return next((found for one in told if (found := public_name(one))), "") if told else public_name(self.member)

    @property
    def told(self) -> list[str]:
        """The members as the source tells them, with symbols; empty where the plan does, or somebody is left open."""
        if not is_unknown(self.member):
            return []
        value = self.holder.recovered(self.place)
        found: list[Any] = list(list.__iter__(value)) if isinstance(value, list) else [value]
        return found if all(map(_says_who, found)) else []

    def _is_one_of(self, kinds: set[str]) -> bool:
        """Whether a member that is not known yet is such an account, and nobody stands beside it unseen."""
        return not self.is_of_all and self._comes_from(kinds)

    def _is_read_from(self, kinds: set[str]) -> bool:
        """Whether a member that is known is what a data source says."""
        for kind in kinds:
            for account in self.holder.references(f"data.{kind}", via=self.place):
                if any(account.get(name) and account.get(name) in self.member for name in ("email", "id")):
                    return True
        return False

    def _comes_from(self, kinds: set[str]) -> bool:
        """Whether a member that is not known yet is an account of certain kinds, by the configuration."""
        if not is_unknown(self.member):
            return False
        sources = self.holder.comes_from(self.place)
        return bool(sources) and all(_type_of(address) in kinds for address in sources)


def _says_who(member: Any) -> bool:
    """Whether a member is told as far as its kind: ``serviceAccount:${…}``, or the ``member`` of an account."""
    if is_unknown(member) or not isinstance(member, str) or not member:
        return False
    if not is_symbol(member[0]):
        return True
    return len(member) == 1 and bool(_MEMBER.search(symbol_name(member)))


def _type_of(address: str) -> str:
    return _INDEX.sub("", address).split(".")[-2]


def public_name(member: str | None) -> str:
    """Whom a member stands for, if it is no one in particular: ``everyone``; empty for any other."""
    return _PUBLIC.get((member or "").lower(), "")


def iam(*names: str) -> list[str]:
    """The IAM resource types of some kinds of resource, ``project`` or ``storage_bucket``."""
    return [f"google_{name}_iam_{form}" for name in names for form in _FORMS]


def grants(resource: Resource, wanted: Callable[[str], bool] | None = None) -> Iterator[Grant]:
    """The grants of an IAM resource, or of the data source that a policy is written with.

    :param wanted: which roles; of others the members are not looked at
    """
    for role, members, path, holder, place in _bindings(resource):
        if wanted and not wanted(role):
            continue
        if is_unknown(members):
            yield Grant(role, members, path, holder, place, is_of_all=True)
            continue
        # Known members first; a rule decides itself what an unknown one means.
        for member in sorted((members[index] for index in range(len(members or ()))), key=is_unknown):
            yield Grant(role, member, path, holder, place)


def held_roles(resource: Resource, forbidden: frozenset[str]) -> Iterator[Violation]:
    """A violation for each of some roles that is granted, whoever gets it."""
    for role, _, path, _, _ in _bindings(resource):
        if role in forbidden:
            yield violation("policy_data" if path == "policy_data" else "role", f"{role} is granted")


def public_grants(resource: Resource) -> Iterator[Violation]:
    """A violation for each role that everyone gets."""
    for grant in grants(resource):
        if grant.public_name:
            yield violation(grant.path, f"{grant.role} for {grant.public_name}")


def public_neighbours(resource: Resource, name: str, *, via: str) -> Iterator[Violation]:
    """A violation for each IAM resource that opens this one to everyone.

    :param name: the kind of this resource in the types of its IAM resources
    :param via: their attribute that names it
    """
    for kind in iam(name):
        for access in resource.referrers(kind, via=via):
            for found in public_grants(access):
                yield violation("", found.message, evidence=[access.address])


def _bindings(resource: Resource) -> Iterator[tuple[Any, Any, str, Resource, str]]:
    """Role, members and place of each binding, and where it is written."""
    if resource.is_data:
        for path, binding in resource.blocks("binding"):
            place = f"{path}.members"
            yield binding.get("role"), binding.get("members"), place, resource, place
    elif resource.type.endswith("_iam_policy"):
        yield from _policy_bindings(resource)
    elif resource.type.endswith("_iam_binding"):
        yield role_of(resource), resource.get("members"), "members", resource, "members"
    else:
        yield role_of(resource), [resource.get("member")], "member", resource, "member"


def role_of(resource: Resource) -> Any:
    """The role that a resource grants; a custom role of the plan by what it will be called."""
    role = resource.get("role")
    custom = referred(resource, "role", PROJECT_ROLE, ORGANIZATION_ROLE) if is_unknown(role) else None
    return shown(name_of(custom)) if custom else role


def _policy_bindings(resource: Resource) -> Iterator[tuple[Any, Any, str, Resource, str]]:
    """The bindings of a policy: as the data source says them that it is from, which may know more, or its JSON."""
    sources = resource.references(POLICY, via="policy_data")
    if not sources:
        policy = resource.json("policy_data")
        for binding in policy.get("bindings") or ():
            yield binding.get("role"), binding.get("members"), "policy_data", resource, "policy_data"
    for source in sources:
        for role, members, _, holder, place in _bindings(source):
            yield role, members, "policy_data", holder, place
