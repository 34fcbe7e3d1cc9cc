"""Whom the policies of AWS's sensitive resources let in, and what they say of the requests of others.

Within one account a request is allowed by the principal's own policies or by that of the resource; into another
account both are needed, and for a key its own policy always is. A denial of either counts in every case. Accounts
that the plan does not tell apart are taken for one.

Sources: IAM User Guide, "Policy evaluation logic", "Cross-account policy evaluation logic" and "Permissions
boundaries for IAM entities" (a boundary limits what a resource's policy grants to a role, and not what it grants to
a user); AWS KMS Developer Guide, "Key policies in AWS KMS".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from planguard.access.answers import (
    NOBODY,
    Lines,
    Sides,
    Who,
    allowed,
    counts,
    find,
    joined,
    lines_of,
    put,
    request_in,
)
from planguard.access.asks import Asks, Masks, is_matched
from planguard.access.aws.names import Names
from planguard.access.aws.principals import PERMISSION_SET, TYPES, USER
from planguard.access.aws.public import is_public
from planguard.access.holdings import holdings
from planguard.access.model import (
    ALLOW,
    AWS,
    DENY,
    IDENTITY,
    RESOURCE,
    TRUST,
    Access,
    Clause,
    Held,
    Predicate,
    Subject,
    Terms,
    Witness,
)
from planguard.access.pattern import shown
from planguard.access.sensitive import Store
from planguard.graph.snapshot import Snapshot

ANYBODY, ACCOUNT, OUTSIDE = "anybody", "account", "principal"
_SIGNED_IN = "AWS:anybody"
_PRINCIPAL = re.compile(r"AWS:arn:[^:]*:(?:iam|sts)::([^:]*):(.*)", re.DOTALL)
_NAMING = frozenset({"stringequals", "stringlike", "arnequals", "arnlike"})
_ASSUME = Terms(("sts:assumerole",))


class Caller(NamedTuple):
    """A principal as policies of resources see it.

    :ivar text: as they name it, with ``AWS:`` before it; empty where nobody knows its ARN
    :ivar account: its account, or the symbol of one that nobody knows; empty where it may be in any
    :ivar who: what is known of the condition keys of its requests
    """

    text: str
    account: str
    who: Who


class Guest(NamedTuple):
    """Somebody whom a policy lets in, and a text that stands for him."""

    subject: Subject
    text: str


class _Said:
    """What the policies of all stores say in one reading, by whom they say it of."""

    def __init__(self, asks: Asks, policies: dict[int, Held], reading: str) -> None:
        self._lines: dict[tuple[str, Terms], dict[tuple[Predicate, ...], Masks]] = {}
        self._naming: dict[str, dict[tuple[Predicate, ...], Masks]] = {}
        self._kept: dict[tuple[str, str], Lines] = {}
        for number, held in policies.items():
            within = asks.of_store[number]
            for clause in _clauses(held):
                if not counts(clause, reading):
                    continue
                masks = asks.masks(clause)
                put(self._lines.setdefault((clause.effect, clause.principals), {}), clause.predicates, masks, within)
                for text in _named_by(clause) if clause.effect == ALLOW else ():
                    put(self._naming.setdefault(text, {}), clause.predicates, masks, within)

    def of(self, effect: str, text: str) -> Lines:
        """What is said of a principal, be it by its name or not."""
        key = effect, text
        if key not in self._kept:
            of_it = (
                lines for (own, terms), lines in self._lines.items() if own == effect and is_matched(terms, text)
            )
            self._kept[key] = joined(*of_it)
        return self._kept[key]

    def naming(self, text: str) -> Lines:
        """What is granted to a principal by its name."""
        return self._naming.get(text, {})


class Letting:
    """The policies of one snapshot's stores.

    :param stores: by their numbers; None for one that this snapshot does not have
    :ivar callers: the principals of the plan by how policies name them
    """

    def __init__(
        self, snapshot: Snapshot, stores: Sequence[Store | None], asks: Asks, now: datetime | None = None
    ) -> None:
        self._names = Names(snapshot)
        self._asks = asks
        self._now = now
        self._stores = stores
        self._resources = {one.address: one for one in snapshot.all(*TYPES.values())}
        self._accounts: dict[str, int] = {}
        self._guarded = 0
        numbers: dict[tuple[str, str], int] = {}
        for number, store in enumerate(stores):
            if store is not None and store.sensitive.provider == AWS:
                requests = asks.of_store[number]
                numbers[store.sensitive.kind, store.sensitive.name] = number
                self._accounts[store.account] = self._accounts.get(store.account, 0) | requests
                self._guarded |= requests if store.is_guarded else 0
        found = [one for one in holdings(snapshot.graph, snapshot.name).all if one.subject.provider == AWS]
        self._policies = {
            numbers[one.subject.kind, one.subject.name]: one
            for one in found
            if one.subject.plane == RESOURCE and (one.subject.kind, one.subject.name) in numbers
        }
        self._trusts = [one for one in found if one.subject.plane == TRUST]
        self._said: dict[str, _Said] = {}
        self._callers = {one.subject: self._caller(one) for one in found if one.subject.plane == IDENTITY}
        self.callers = {caller.text: subject for subject, caller in self._callers.items() if caller.text}

    def caller(self, held: Held) -> Caller:
        """A principal of the plan as policies of resources see it."""
        return self._callers[held.subject]

    def _caller(self, held: Held) -> Caller:
        subject = held.subject
        resource = self._resources.get(subject.address)
        if subject.kind == PERMISSION_SET or (resource is None and not subject.name.startswith("arn:")):
            return Caller("", "", NOBODY)
        arn = self._names.arn(resource) if resource is not None else subject.name
        account = self._names.account(resource) if resource is not None else subject.name.split(":")[4]
        return Caller(f"AWS:{arn}", account, _who(arn, account))

    def everything(self, caller: Caller) -> tuple[int, int]:
        """All requests in the account of a principal: for certain, and perhaps."""
        every = _union(self._accounts.values())
        if not caller.account:
            return every if len(self._accounts) == 1 else 0, every
        near = every & ~self._apart(caller.account)
        return near, near

    def _apart(self, account: str) -> int:
        """The requests for what is in another account for certain."""
        return _union(mask for other, mask in self._accounts.items() if _is_apart(account, other))

    # -- the requests of principals of the plan --------------------------------------------------------------------

    def around(self, caller: Caller, reading: str) -> tuple[Lines, tuple[Lines, ...]]:
        """What the policies of resources deny a principal, and within what they hold it beside its own policies."""
        said = self._read(reading)
        denies = said.of(DENY, caller.text)
        needed = self._needed(caller)
        if not needed:
            return denies, ()
        rest = self._asks.full & ~needed
        found: dict[tuple[Predicate, ...], Masks] = {}
        put(found, (), (rest, rest, rest, rest), -1)
        for predicates, masks in said.of(ALLOW, caller.text).items():
            put(found, predicates, masks, needed)
        return denies, (found,)

    def _needed(self, caller: Caller) -> int:
        """The requests that the policy of the resource has to allow in any case."""
        return self._guarded | self._apart(caller.account)

    def named(self, held: Held, denies: Lines, limits: tuple[Lines, ...], reading: str) -> int:
        """The requests that policies of resources allow a principal of their account whom they name.

        :param denies: what it is denied, by its own policies and by others
        :param limits: what it is held to
        """
        caller = self.caller(held)
        allows = self._read(reading).naming(caller.text) if caller.text else {}
        if not allows:
            return 0
        sides = Sides(allows, denies, () if held.subject.kind == USER else limits)
        exactly = partial(self._is_one, held, reading)
        found = allowed(self._asks, sides, reading, caller.who, exactly, self._now)
        return found & ~self._apart(caller.account)

    def _is_one(self, held: Held, reading: str, bit: int) -> bool:
        return self.request(held, reading, bit, by_name=True) is not None

    def request(self, held: Held, reading: str, bit: int, *, by_name: bool) -> Witness | None:
        """One request of a principal that is allowed; None where there is none.

        :param by_name: whether the policy of the resource is what allows it, and not the principal's own
        """
        caller = self.caller(held)
        policy = self._policies.get(self._asks.requests[bit].owner)
        theirs = [one for one in _clauses(policy) if is_matched(one.principals, caller.text)] if policy else []
        clauses = [one for one in (*held.access.clauses, *_inner(held)) if one.effect == DENY or not by_name]
        clauses += [one for one in theirs if one.effect == DENY or (by_name and caller.text in _named_by(one))]
        limits: list[Iterable[Clause]] = [] if by_name and held.subject.kind == USER else [*held.access.limits]
        limits = [[one for one in limit if one.effect == ALLOW] for limit in limits]
        if not by_name and self._needed(caller) >> bit & 1:
            limits.append([one for one in theirs if one.effect == ALLOW])
        return request_in(self._asks, bit, clauses, limits, reading, caller.who, self._now)

    def _read(self, reading: str) -> _Said:
        if reading not in self._said:
            self._said[reading] = _Said(self._asks, self._policies, reading)
        return self._said[reading]

    # -- others whom policies let in -------------------------------------------------------------------------------

    def guests(self, reading: str) -> dict[Guest, int]:
        """Who is let in that is no principal of the plan, and the requests that he may make."""
        found: dict[Guest, int] = {}
        for number, held in self._policies.items():
            store = self._stores[number]
            allows = [one for one in held.access.clauses if one.effect == ALLOW and counts(one, reading)]
            whom = {guest for one in allows for guest in self._whom(one, store.account if store else "")}
            for guest in sorted(whom):
                mask = self._let_in(guest, held, self._asks.of_store[number], reading)
                if mask:
                    found[guest] = found.get(guest, 0) | mask
        return found

    def _let_in(self, guest: Guest, held: Held, within: int, reading: str) -> int:
        told = [one for one in _clauses(held) if counts(one, reading) and is_matched(one.principals, guest.text)]
        limits = tuple(
            lines_of(self._asks, _of(limit, ALLOW, guest.text, reading), within) for limit in held.access.limits
        )
        sides = Sides(
            lines_of(self._asks, (one for one in told if one.effect == ALLOW), within),
            lines_of(self._asks, (one for one in told if one.effect == DENY), within),
            limits,
        )
        exactly = partial(self._is_let_in, guest, held, reading)
        return allowed(self._asks, sides, reading, NOBODY, exactly, self._now)

    def _is_let_in(self, guest: Guest, held: Held, reading: str, bit: int) -> bool:
        return self._request_of(guest, held, reading, bit) is not None

    def request_of(self, guest: Guest, reading: str, bit: int) -> Witness | None:
        """One request of somebody who is no principal of the plan."""
        held = self._policies.get(self._asks.requests[bit].owner)
        return None if held is None else self._request_of(guest, held, reading, bit)

    def _request_of(self, guest: Guest, held: Held, reading: str, bit: int) -> Witness | None:
        told = [one for one in _clauses(held) if is_matched(one.principals, guest.text)]
        limits = [[one for one in limit if one.effect == ALLOW and is_matched(one.principals, guest.text)]
                  for limit in held.access.limits]  # fmt: skip
        return request_in(self._asks, bit, told, limits, reading, NOBODY, self._now)

    def trusted(self, reading: str) -> Iterator[tuple[Guest, Subject, Witness]]:
        """Who may become a role that is no principal of the plan, no service, and comes by no identity provider."""
        for held in self._trusts:
            resource = self._resources.get(held.subject.address)
            account = self._names.account(resource) if resource is not None else ""
            allows = [one for one in held.access.clauses if one.effect == ALLOW and counts(one, reading)]
            for guest in sorted({guest for one in allows for guest in self._whom(one, account)}):
                clauses = tuple(one for one in held.access.clauses if is_matched(one.principals, guest.text))
                found = find(Access(clauses, held.access.limits), Terms(), reading, self._now, actions=_ASSUME)
                if found is not None:
                    yield guest, held.subject, found

    def _whom(self, clause: Clause, account: str) -> Iterator[Guest]:
        """The guests that a clause lets in; its own account is none."""
        named = set(_named_by(clause))
        for text in sorted(named - self.callers.keys()):
            if text.startswith(("Service:", "Federated:")):
                continue
            found = _PRINCIPAL.fullmatch(text)
            name = shown(text.partition(":")[2]) if found else shown(text)
            yield Guest(Subject(AWS, IDENTITY, name, "", OUTSIDE), text)
        for pattern in clause.principals.include:
            found = _PRINCIPAL.fullmatch(pattern)
            if pattern == "*" and not _by_arn(clause):
                told = ANYBODY if is_public(clause) else f"{ANYBODY} who meets a condition"
                yield Guest(Subject(AWS, IDENTITY, told, "", ANYBODY), ANYBODY)
            elif pattern == "AWS:*":
                yield Guest(Subject(AWS, IDENTITY, f"{ANYBODY} with an AWS account", "", ANYBODY), _SIGNED_IN)
            elif found and found[2] == "*" and found[1].isdecimal() and found[1] != account and ":iam::" in pattern:
                name = f"{ACCOUNT} {shown(found[1])}"
                yield Guest(Subject(AWS, IDENTITY, name, "", ACCOUNT), f"{pattern[:-1]}root")


def _clauses(held: Held) -> Iterator[Clause]:
    """The clauses of a policy of a resource, and what its limits deny."""
    yield from held.access.clauses
    yield from _inner(held)


def _inner(held: Held) -> Iterator[Clause]:
    return (one for limit in held.access.limits for one in limit if one.effect == DENY)


def _of(clauses: Iterable[Clause], effect: str, text: str, reading: str) -> Iterator[Clause]:
    return (
        one for one in clauses if one.effect == effect and counts(one, reading) and is_matched(one.principals, text)
    )


def _named_by(clause: Clause) -> list[str]:
    """The principals that a clause grants something to by their names, be it in a condition."""
    if clause.principals.exclude:
        return []
    by_arn = _by_arn(clause) if "*" in clause.principals.include else ()
    return [one for one in clause.principals.include if one not in ("*", "AWS:*") and not one.endswith(":*")] + [
        f"AWS:{value}" for value in by_arn
    ]


def _by_arn(clause: Clause) -> tuple[str, ...]:
    """The ARNs of principals that a condition asks for; nothing where it asks for none, or for patterns."""
    for line in clause.predicates:
        if line.key.lower() == "aws:principalarn" and line.operator.lower() in _NAMING:
            return () if any("*" in one or "?" in one for one in line.values) else line.values
    return ()


def _who(arn: str, account: str) -> Who:
    found = {
        "aws:principalarn": Predicate("StringEquals", "aws:PrincipalArn", (arn,)),
        "aws:principalisawsservice": Predicate("Bool", "aws:PrincipalIsAWSService", ("false",)),
    }
    if account.isdecimal():
        found["aws:principalaccount"] = Predicate("StringEquals", "aws:PrincipalAccount", (account,))
    return found


def _is_apart(one: str, other: str) -> bool:
    return one.isdecimal() and other.isdecimal() and one != other


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
