"""The service accounts that hold anything in a snapshot, under the names that grants on them use.

Source: Google Cloud, "Types of service accounts": user-managed ones are called after their project; the default ones
of Compute Engine and Cloud Build after the number of theirs, that of App Engine after its id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from planguard.access.additive import places_of
from planguard.access.google.member import ACCOUNT
from planguard.access.google.place import account_name, email_of
from planguard.access.model import Held, Subject
from planguard.access.pattern import shown
from planguard.graph.snapshot import Snapshot

_MEMBER = "serviceAccount:"
_APP_ENGINE = re.compile(r"([a-z0-9-]+)@appspot\.gserviceaccount\.com")
_BUILDER = re.compile(r"\d+@cloudbuild\.gserviceaccount\.com")
_BY_NUMBER = re.compile(r"\d+(?:-compute@developer|@cloudbuild)\.gserviceaccount\.com")
_USER_MANAGED = re.compile(r"@(?!gcp-sa-)[a-z0-9.:-]+\.iam\.gserviceaccount\.com$")
_AGENT = re.compile(r"service-\d+@")
_PROJECT = re.compile(r"projects/[^/*]+")


class Account(Struct, frozen=True):
    """A service account.

    :ivar names: how grants on it may name it; several where the project of a default account does not show
    :ivar email: its email, as a person reads it
    """

    held: Held
    names: tuple[str, ...]
    email: str

    @property
    def is_builder(self) -> bool:
        """Whether it is the account that builds of Cloud Build run as by default."""
        return bool(_BUILDER.fullmatch(self.email))


def accounts_of(held: Iterable[Held], snapshot: Snapshot) -> list[Account]:
    """The service accounts among principals; not those that only Google uses, nor identities of pools."""
    here = {one.address: one for one in snapshot.all(ACCOUNT)}
    found: list[Account] = []
    for one in held:
        subject = one.subject
        if subject.address in here:
            email = email_of(here[subject.address])
            found.append(Account(one, (shown(account_name(email)),), shown(email)))
            continue
        email = subject.name.removeprefix(_MEMBER)
        names = _names(email, one) if subject.name.startswith(_MEMBER) else ()
        if names:
            found.append(Account(one, names, email))
    return found


def _names(email: str, held: Held) -> tuple[str, ...]:
    engine = _APP_ENGINE.fullmatch(email)
    if engine:
        return (f"projects/{engine[1]}/serviceAccounts/{email}",)
    if _BY_NUMBER.fullmatch(email):
        # Only the number of its project shows; a default account is granted most in its own.
        places = sorted({place for place, _ in places_of(held.access.clauses, _PROJECT)})
        return tuple(f"{place}/serviceAccounts/{email}" for place in places)
    is_own = _USER_MANAGED.search(email) and not _AGENT.match(email)
    return (shown(account_name(email)),) if is_own else ()


def is_of_google(subject: Subject) -> bool:
    """Whether a principal is an agent that only services of Google use.

    Source: Google Cloud, "Service agents": most are ``service-NUMBER@…``, some others of a domain of their own.
    """
    email = subject.name.removeprefix(_MEMBER)
    if subject.address or email == subject.name or not email.endswith(".gserviceaccount.com"):
        return False
    if _AGENT.match(email):
        return True
    return not (_USER_MANAGED.search(email) or _BY_NUMBER.fullmatch(email) or _APP_ENGINE.fullmatch(email))
