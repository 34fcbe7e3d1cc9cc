"""What one principal may request of AWS: the requests that methods are made of, on one target or on anything.

A trust policy that names a principal lets it in without more, in the same account; one that names the account, or
everybody, leaves it to the policies of the principal.

Sources: IAM User Guide, "IAM JSON policy elements: Principal" and "Policy evaluation logic" (access to roles within
one account).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from planguard.access.atoms import Glob, matches
from planguard.access.aws.methods import ACTIONS, DOCUMENT, POLICY, Method, Need
from planguard.access.aws.parties import USERNAME, Parties, Party
from planguard.access.aws.principals import ROLE, USER
from planguard.access.aws.requests import about, could_be, may_request, takes_in
from planguard.access.aws.running import tags_of
from planguard.access.aws.surplus import FRESH, context_of, on
from planguard.access.model import (
    ALLOW,
    LOWER,
    MAY,
    MUST,
    UPPER,
    Access,
    Clause,
    Origin,
    Predicate,
    Terms,
    Witness,
)
from planguard.access.pattern import STAR_IN_PART, shown

ASSUME_ROLE = "sts:assumerole"
_NOT_TO_BE_WRITTEN = {
    ROLE: ("arn:*:role/aws-service-role/*", "arn:*:role/aws-reserved/*"),
    POLICY: ("arn:*:iam::aws:policy/*",),
}
"""What only AWS writes: its own policies, the roles of its services and of IAM Identity Center."""

_TAGGING = {ROLE: "iam:tagrole", USER: "iam:taguser", POLICY: "iam:tagpolicy"}
"""What gives each kind its tags."""


class Target(Struct, frozen=True):
    """What a request is about.

    :ivar on: its ARN as a pattern
    :ivar tags: its tags; None where anything may be so
    :ivar boundary: the permissions boundary that it has, empty for none; None where that does not matter
    """

    on: Terms
    tags: dict[str, str] | None = None
    boundary: str | None = None


WHATEVER = Target(Terms())


class Asker:
    """Asks for one principal in one reading.

    :ivar allowed: the actions of all methods that a clause allows, whatever on
    """

    def __init__(self, parties: Parties, party: Party, reading: str) -> None:
        self.parties = parties
        self.party = party
        self.access = party.access
        self.reading = reading
        self.allowed = _actions_of(self.access, reading)

    def request(self, need: Need, target: Target, services: tuple[str, ...] = ()) -> Witness | None:
        """A request for one of the actions of a need that is allowed on a target."""
        passed = (Predicate("StringEquals", "iam:PassedToService", services),) if services else ()
        for spelled in need.actions:
            action = spelled.lower()
            if action in self.allowed:
                context = (*context_of(action, self.party, target.boundary), *passed)
                found = may_request(self.access, action, target.on, context, tags=target.tags, reading=self.reading)
                if found is not None:
                    return replace(found, action=action)
        if target.tags is not None and self._can_tag(need.on, target):
            return self.request(need, replace(target, tags=None), services)
        return None

    def _can_tag(self, kind: str, target: Target) -> bool:
        """Whether the principal gives a target the tags that a condition asks for."""
        action = _TAGGING.get(kind, "")
        if not action or about(self.access, action) is None:
            return False
        context = context_of(action, self.party, target.boundary)
        return (
            may_request(self.access, action, target.on, context, tags=target.tags, reading=self.reading) is not None
        )

    def requests(self, method: Method, target: Target) -> tuple[Witness, ...]:
        """One request for each need of a method that is done to a target; empty where one is not allowed."""
        found = []
        for need in method.needs:
            if need.on == method.on:
                one = self.request(need, target, method.services)
            elif need.on == DOCUMENT:
                one = self.request(need, Target(on(DOCUMENT, self.party, "*")))
            else:
                one = self.request(need, WHATEVER)
            if one is None:
                return ()
            found.append(one)
        return tuple(found)

    def fresh(self, kind: str) -> Target:
        return Target(on(kind, self.party, FRESH), {}, "" if kind in (ROLE, USER) else None)

    def whole(self, kind: str, known: Iterable[str] = ()) -> Terms:
        """Everything of a kind that somebody can change, but for what is known."""
        return on(kind, self.party, STAR_IN_PART, (*known, *_NOT_TO_BE_WRITTEN.get(kind, ()), f"*{USERNAME}*"))

    def at(self, other: Party) -> Target:
        tags = tags_of(other.resource) if other.resource is not None else {}
        return Target(other.on, tags, other.boundary)

    def candidates(self, action: str, kind: str) -> list[Party]:
        """The principals of a kind that the clauses about an action may take in, but for the one that asks."""
        small = about(self.access, action.lower())
        if small is None:
            return []
        allowing = [one.resources for one in small.clauses if one.effect == ALLOW]
        return [
            one for one in self.parties.by_kind.get(kind, ())
            if one is not self.party and any(could_be(terms, one.arn) for terms in allowing)
        ]  # fmt: skip

    # -- roles ------------------------------------------------------------------------------------------------------

    def assuming(self, role: Party) -> tuple[Witness | None, tuple[Origin, ...]]:
        """A request by which the principal becomes a role of the plan, and the statements that let it in.

        A trust policy that names the principal is enough in the same account. One that names the account, or
        everybody, leaves it to the policies of the principal.
        """
        if role is self.party or role.resource is None:
            return None, ()
        trust = self.parties.trust(role)
        is_meant = self.reading == MAY and role in self.parties.perhaps_naming(self.party)
        named = self._let_in(trust if is_meant else _naming(trust), self._callers())
        if named is not None:
            return replace(named, resource=role.arn), origins_of(trust, named)
        if ASSUME_ROLE not in self.allowed:
            return None, ()
        own = self.request(Need(("sts:AssumeRole",), ROLE), self.at(role))
        let_in = self._let_in(trust, self._callers(own.resource)) if own is not None else None
        return (None, ()) if own is None or let_in is None else (own, origins_of(trust, let_in))

    def named_by(self) -> list[Party]:
        """The roles whose trust policies name the principal itself, or may name it where that is asked."""
        found = [one for text in self._callers() for one in self.parties.naming.get(f"AWS:{text}", ())]
        return found + (self.parties.perhaps_naming(self.party) if self.reading == MAY else [])

    def _callers(self, role: str = "") -> tuple[str, ...]:
        """Whom a trust policy has to let in; of an account that nobody knows only its own symbol.

        :param role: the ARN of the role as the principal's own policy writes it, whose account is then its own
        """
        exact = self.party.exact_caller
        if not exact or (self.reading == MAY and self.party.has_open_account):
            return self.party.caller_arns
        account = role.split(":", 5)[4] if role.startswith("arn:") else ""
        if not account.isdecimal() or not self.party.has_open_account:
            return (exact,)
        return (exact, exact.replace(self.party.accounts[0], account, 1))

    def _let_in(self, trust: Access, callers: tuple[str, ...]) -> Witness | None:
        context = context_of(ASSUME_ROLE, self.party)
        whom = Terms(tuple(f"AWS:{one}" for one in callers))
        return may_request(trust, ASSUME_ROLE, Terms(), context, principals=whom, reading=self.reading)


def _actions_of(access: Access, reading: str) -> frozenset[str]:
    """The actions of all methods that a clause allows in a reading."""
    left_out = UPPER if reading == MUST else LOWER
    clauses = [one for one in access.clauses if one.effect == ALLOW and one.bound != left_out]
    allowing = dict.fromkeys((one.actions, one.bound == UPPER) for one in clauses)
    return frozenset(action for each in allowing for action in _actions_in(*each))


@lru_cache(maxsize=4096)
def _actions_in(terms: Terms, may_be: bool) -> tuple[str, ...]:
    return tuple(action for action in ACTIONS if takes_in(terms, action, may_be=may_be))


def _naming(trust: Access) -> Access:
    """A trust policy with those statements only that name single principals."""
    return Access(tuple(filter(None, map(_naming_single, trust.clauses))), trust.limits)


def _naming_single(clause: Clause) -> Clause | None:
    if clause.effect != ALLOW:
        return clause
    named = tuple(one for one in clause.principals.include if not one.endswith("*"))
    return replace(clause, principals=Terms(named, clause.principals.exclude)) if named else None


def origins_of(access: Access, witness: Witness) -> tuple[Origin, ...]:
    """The statements that allow a request."""
    small = about(access, witness.action)
    if small is None:
        return ()
    allowing = [one for one in small.clauses if one.effect == ALLOW]
    exact = [
        one.origin for one in allowing
        if any(matches(Glob(pattern), witness.resource) for pattern in one.resources.include)
        and not any(matches(Glob(pattern), witness.resource) for pattern in one.resources.exclude)
    ]  # fmt: skip
    return tuple(sorted(set(exact or [one.origin for one in allowing])))


def written(access: Access, witness: Witness) -> str:
    """A resource as the policy writes it that takes it in."""
    small = about(access, witness.action)
    patterns = [one for clause in small.clauses for one in clause.resources.include] if small is not None else []
    found = [one for one in patterns if one == witness.resource or matches(Glob(one), witness.resource)]
    return shown(min(found, key=lambda one: (one.count("*"), -len(one), shown(one)), default=witness.resource))


def arns_of(parties: Iterable[Party]) -> list[str]:
    """The ARNs of principals as patterns."""
    return list(dict.fromkeys(arn for one in parties for arn in one.on.include))
