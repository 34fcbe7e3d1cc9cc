"""What a principal of Google Cloud can make of its access: everything, or the access of service accounts.

Everything is the right to set the policy of a project, a folder or an organisation. Otherwise one gets at more by
acting as a service account: by its credentials, by code that runs as it, or by the right to grant oneself either.

Sources: those of ``planguard.access.google.methods``; Google Cloud, "Create and manage custom roles".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard.access.additive import Granted, Ways, places_of
from planguard.access.google.account import accounts_of
from planguard.access.google.binding import Binding, bindings_of
from planguard.access.google.condition import grants
from planguard.access.google.member import Directory
from planguard.access.google.methods import ADMINISTRATION, ASKED
from planguard.access.google.place import Places
from planguard.access.google.predefined import predefined
from planguard.access.google.steps import CONTAINER, Estate, Finder
from planguard.access.holdings import holdings
from planguard.access.model import GOOGLE, IDENTITY, UPPER, Clause, Held, Origin, Subject, Terms, Witness
from planguard.access.pattern import shown
from planguard.access.powers import NO_POWERS, Powers, Step
from planguard.access.reading import is_untold, text_of
from planguard.graph.snapshot import Snapshot

_ROLE = "role:"
_SOMEWHERE = "*"
_GRANT_OF_ALL = re.compile(r"\bgoogle_(?:(?:project|folder|organization)_iam_|iam_policy\b)")


def powers(subject: Subject, snapshot: Snapshot) -> Powers:
    """What a principal of Google Cloud can make of its access in a snapshot."""
    book = _book(snapshot)
    held = book.held.get(subject.name)
    return NO_POWERS if held is None or subject.plane != IDENTITY else book.ways.powers(held)


def _book(snapshot: Snapshot) -> _Book:
    kept = snapshot.graph.derived
    key = ("google powers", snapshot.name)
    if key not in kept:
        kept[key] = _Book(snapshot)
    found: _Book = kept[key]
    return found


class _Book:
    """The principals of one snapshot, and what each is granted of what matters.

    :ivar held: what each principal holds, by its name
    """

    __slots__ = ("_estate", "_granted", "_roles", "_snapshot", "held", "ways")

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.held = {
            one.subject.name: one
            for one in holdings(snapshot.graph, snapshot.name).all
            if one.subject.provider == GOOGLE and one.subject.plane == IDENTITY
        }
        self._granted: dict[str, Granted] = {}
        self._estate: Estate | None = None
        self._roles: dict[str, dict[str, Binding]] | None = None
        self.ways = Ways(self._administrator, self._steps)

    def _granted_to(self, name: str) -> Granted:
        if name not in self._granted:
            self._granted[name] = _granted(self.held[name])
        return self._granted[name]

    def _administrator(self, name: str, is_certain: bool) -> Witness | None:
        if name not in self.held:
            return None
        found = _administered(name, self._granted_to(name), is_certain=is_certain)
        return next((witness for witness, _ in found), None)

    def _steps(self, name: str) -> tuple[Step, ...]:
        held = self.held.get(name)
        if held is None or self._administrator(name, True) is not None:
            return ()
        granted = self._granted_to(name)
        if not granted.sure and not granted.perhaps:
            return ()
        if self._estate is None:
            accounts = accounts_of(self.held.values(), self._snapshot)
            self._estate = Estate(accounts, self._snapshot, self._granted_to_account, self._is_administrator)
        return Finder(held, granted, self._estate).steps(self._custom_roles(name))

    def _granted_to_account(self, held: Held) -> Granted:
        return self._granted_to(held.subject.name)

    def _is_administrator(self, name: str) -> bool:
        return self._administrator(name, True) is not None

    def _custom_roles(self, name: str) -> dict[str, Binding]:
        """The custom roles that a principal holds on a project or above, each with a binding that grants it."""
        if self._roles is None:
            self._roles = {}
            directory = Directory(self._snapshot)
            for binding in bindings_of(self._snapshot, Places(self._snapshot)):
                role = shown(text_of(binding.role)) if not is_untold(binding.role) else ""
                if "/roles/" in role and CONTAINER.fullmatch(shown(binding.place.name)):
                    for member, _ in binding.members.known:
                        self._roles.setdefault(directory.subject(member).name, {}).setdefault(role, binding)
        return self._roles.get(name, {})


def administered(held: Held, *, is_certain: bool = True) -> list[tuple[Witness, Origin]]:
    """Where a principal may set the policy, each with a request for it and its statement.

    :param is_certain: False for what it may hold, for all that is known, and not for certain
    """
    return list(_administered(held.subject.name, _granted(held), is_certain=is_certain))


def _granted(held: Held) -> Granted:
    return Granted(held.access, ASKED, permissions_of, grants)


def _administered(name: str, granted: Granted, *, is_certain: bool) -> Iterator[tuple[Witness, Origin]]:
    seen: set[str] = set()
    for collection, permission in ADMINISTRATION.items():
        for clause in granted.clauses(permission, is_certain=is_certain):
            for place in _places(clause, collection, is_certain=is_certain):
                if place not in seen:
                    seen.add(place)
                    yield Witness(name, permission, place), clause.origin


def permissions_of(clause: Clause) -> Terms:
    """The permissions of a clause that count.

    What nobody says of a predefined role is no reason to suspect its holder: of it only what is known counts.
    """
    if clause.bound != UPPER or not any(one.startswith(_ROLE) for one in clause.actions.include):
        return clause.actions
    parts = [predefined(one.removeprefix(_ROLE)) for one in clause.actions.include if one.startswith(_ROLE)]
    include = {pattern for part in parts if part is not None for pattern in part.lower.include}
    return Terms(tuple(sorted(include)), clause.actions.exclude)


def _places(clause: Clause, collection: str, *, is_certain: bool) -> Iterator[str]:
    """Where a clause grants the right to set policies at one level: at that level itself, or above it."""
    levels = list(ADMINISTRATION)
    for place, _ in places_of([clause], CONTAINER):
        if levels.index(place.partition("/")[0]) <= levels.index(collection):
            yield place
    if not is_certain and _SOMEWHERE in clause.resources.include and _GRANT_OF_ALL.search(clause.origin.address):
        yield _SOMEWHERE
