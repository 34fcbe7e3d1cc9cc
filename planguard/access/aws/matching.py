"""Which methods of escalation one principal has, and whose access each gets at.

A method matches where each of its requests must be allowed (or may be, then it is not certain), after denials,
boundaries and policies of the organisation, over all policies of the principal together. What it is done to is told
in this order: the principal itself, anything of that kind in the account, principals of the plan, or something that
is outside of the plan and of which nobody can say here what it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from msgspec.structs import replace

from planguard.access.atoms import TooComplex
from planguard.access.aws.asking import ASSUME_ROLE, Asker, Target, arns_of, origins_of, written
from planguard.access.aws.methods import (
    ASSUME,
    MEMBER,
    METHODS,
    NEW,
    OWN,
    PASS,
    POLICY,
    RUN,
    WORDS,
    Method,
    Need,
)
from planguard.access.aws.parties import Parties, Party, variants
from planguard.access.aws.principals import GROUP, ROLE, USER
from planguard.access.aws.requests import about, could_be, may_request
from planguard.access.aws.running import Running
from planguard.access.aws.surplus import CERTAIN, NOT_MORE, PERHAPS, Surplus
from planguard.access.boxes import clauses_of
from planguard.access.model import (
    ALLOW,
    EXACT,
    MAY,
    MUST,
    Origin,
    Terms,
    Witness,
)
from planguard.access.pattern import shown
from planguard.access.powers import NOT_KNOWN, OUTSIDE, Step

_ANYTHING = {ROLE: "any role", USER: "any user", GROUP: "any group", POLICY: "any policy of the account"}
_MOST_ASKED = 200
"""Of how many things in the plan each is looked at on its own."""
_Asked = TypeVar("_Asked")


class Matcher:
    """Finds the steps of the principals of one snapshot."""

    def __init__(self, parties: Parties) -> None:
        self.parties = parties
        self.running = Running(parties)
        self.surplus = Surplus()

    def steps(self, party: Party, *, only_certain: bool) -> tuple[list[Step], list[str]]:
        """Every step of one principal that is no administrator, sorted, and why some could not be worked out."""
        search = _Search(self, party, MUST)
        found = search.all()
        if not only_certain and self._is_open(search):
            there = {(one.method, one.target) for one in found}
            perhaps = _Search(self, party, MAY)
            found += [one for one in perhaps.all() if (one.method, one.target) not in there]
            search.too_complex += perhaps.too_complex
        return sorted(found, key=lambda one: (one.method, one.text, one.target)), search.too_complex

    def _is_open(self, search: _Search) -> bool:
        """Whether a principal may have steps that are not certain."""
        parties, party, allowed = self.parties, search.party, search.ask.allowed
        return (
            any(one.bound != EXACT for one in clauses_of(party.access))
            or (parties.has_open_trust and bool(allowed))
            or bool(parties.perhaps_naming(party))
            or (ASSUME_ROLE in allowed and party.has_open_account and parties.has_trust_of_accounts)
        )


class _Search:
    """The search for the steps of one principal in one reading."""

    def __init__(self, matcher: Matcher, party: Party, reading: str) -> None:
        self.parties = matcher.parties
        self.running = matcher.running
        self.surplus = matcher.surplus
        self.party = party
        self.reading = reading
        self.ask = Asker(matcher.parties, party, reading)
        self.too_complex: list[str] = []

    def all(self) -> list[Step]:
        found: list[Step] = []
        for method in METHODS:
            if not self._is_possible(method):
                continue
            try:
                found += self._of(method)
            except TooComplex as why:
                self.too_complex.append(str(why))
        return found

    def _is_possible(self, method: Method) -> bool:
        """Whether a clause takes in an action of each need; a role may let the principal in without one."""
        return all(
            any(action.lower() in self.ask.allowed or action.lower() == ASSUME_ROLE for action in need.actions)
            for need in method.needs
        )

    def _of(self, method: Method) -> Iterator[Step]:
        if method.gain == ASSUME:
            return self._assume(method)
        if method.gain == OWN and len(method.needs) == 1:
            return self._write_own(method)
        if method.gain == OWN:
            return self._write_others(method)
        if method.gain == NEW:
            return self._make(method)
        if method.gain == RUN:
            return self._run(method)
        return self._get_at(method)

    def _first(self, found: list[_Asked]) -> list[_Asked]:
        if len(found) > _MOST_ASKED:
            self.too_complex.append(f"its policies name more than {_MOST_ASKED} principals")
        return found[:_MOST_ASKED]

    def _step(
        self,
        method: Method,
        what: str,
        witnesses: tuple[Witness, ...],
        *,
        target: Party | None = None,
        name: str = "",
        doubt: str = "",
        origins: Iterable[Origin] = (),
    ) -> Step:
        return Step(
            method=method.name,
            text=method.text.format(what),
            target=target.name if target is not None else name,
            target_address=target.resource.address if target is not None and target.resource is not None else "",
            witnesses=witnesses,
            origins=tuple(
                sorted({*origins, *(one for each in witnesses for one in origins_of(self.party.access, each))})
            ),
            is_certain=not doubt and self.reading == MUST,
            doubt=doubt or (NOT_KNOWN if self.reading == MAY else ""),
        )

    def _outside(self, method: Method, known: Iterable[str]) -> Iterator[Step]:
        """A step to something that a policy names, and of which the plan holds nothing."""
        kind = method.on
        whole = Target(self.ask.whole(kind, (*known, *self.party.on.include)))
        first = self.ask.request(method.needs[0], whole, method.services)
        if first is None:
            return
        rest = self.ask.requests(method, Target(Terms((first.resource,))))
        if rest:
            name = written(self.party.access, first)
            what = _ANYTHING.get(kind, name) if name == "*" else _told(name)
            yield self._step(method, what, rest, name=name, doubt=OUTSIDE)

    # -- policies of one's own ---------------------------------------------------------------------------------

    def _write_own(self, method: Method) -> Iterator[Step]:
        if self.surplus.gains_by_itself(self.party):
            for target, what in self._own(method.on):
                found = self.ask.requests(method, target)
                if found:
                    yield self._step(method, what, found)
                    return
        found = self.ask.requests(method, self.ask.fresh(method.on))
        if found:
            yield self._step(method, _ANYTHING[method.on], found)
        elif method.on == POLICY:
            for arn, what, holder in self._held_by_others():
                found = self.ask.requests(method, Target(Terms(variants(arn))))
                if found:
                    yield self._step(method, what, found, target=holder)

    def _own(self, kind: str) -> Iterator[tuple[Target, str]]:
        """What of a kind is the principal itself, or gives it what it holds."""
        party = self.party
        if kind == POLICY:
            for arn in self.parties.own_policies(party):
                yield Target(Terms(variants(arn))), f"{_told(arn)}, which is attached to it"
        elif kind == GROUP:
            for group in self.parties.groups_of(party):
                yield self.ask.at(group), _told(group.name) if group is not party else "itself"
        elif kind == party.kind and party.arn:
            yield self.ask.at(party), "itself"
        elif kind == USER and party.kind == GROUP:
            yield Target(Terms(party.caller_arns)), "the user who is a member of it"

    def _held_by_others(self) -> Iterator[tuple[str, str, Party]]:
        own = set(self.parties.own_policies(self.party))
        for arn, holders in self.parties.holders.items():
            if arn not in own:
                for holder in holders:
                    yield arn, f"{_told(arn)}, which is attached to {_told(holder.name)}", holder

    def _write_others(self, method: Method) -> Iterator[Step]:
        """Policies of somebody whom the principal can become as well."""
        first, second = method.needs
        if self.ask.request(first, self.ask.fresh(method.on)) is not None:
            return  # told of the first action alone
        for other in self._candidates_of(method):
            itself = self.ask.at(other)
            policies = [itself] if method.on != POLICY else self._policies_of(other)
            found = (self.ask.request(first, target) for target in policies)
            change = next((one for one in found if one is not None), None)
            if change is None:
                continue
            becoming, origins = self._become(second, other, itself)
            if becoming is not None:
                what = _told(other.name) if method.on != POLICY else f"a policy of {_told(other.name)}"
                yield self._step(method, what, (change, becoming), target=other, origins=origins)
        if method.on != POLICY and second.actions[0].lower() != ASSUME_ROLE:
            yield from self._outside(method, arns_of(self.ask.candidates(first.actions[0], method.on)))

    def _candidates_of(self, method: Method) -> list[Party]:
        if method.on != POLICY:
            return self.ask.candidates(method.needs[0].actions[0], method.on)
        return [one for one in self.parties.by_kind.get(ROLE, ()) if one is not self.party]

    def _policies_of(self, other: Party) -> list[Target]:
        small = about(self.party.access, "iam:createpolicyversion")
        allowing = [one.resources for one in small.clauses] if small is not None else []
        arns = [one for one in self.parties.own_policies(other) if any(could_be(terms, one) for terms in allowing)]
        return [Target(Terms(variants(one))) for one in arns]

    def _make(self, method: Method) -> Iterator[Step]:
        """A new principal with a name that all requests are allowed on, and without a boundary."""
        if self.ask.request(method.needs[1], self.ask.fresh(method.on)) is not None:
            return  # told of that action alone
        whole = replace(self.ask.fresh(method.on), on=self.ask.whole(method.on))
        for need in method.needs:
            first = self.ask.request(need, whole)
            found = (
                self.ask.requests(method, replace(whole, on=Terms((first.resource,)))) if first is not None else ()
            )
            if found:
                yield self._step(method, f"a {method.on} of its own", found)
                return

    def _become(self, need: Need, other: Party, itself: Target) -> tuple[Witness | None, tuple[Origin, ...]]:
        if need.actions[0].lower() == ASSUME_ROLE:
            return self.ask.assuming(other)
        return self.ask.request(need, itself), ()

    # -- somebody else's access --------------------------------------------------------------------------------

    def _get_at(self, method: Method) -> Iterator[Step]:
        """Keys of users, memberships of groups, trust of roles, and roles that are passed."""
        kind = method.on
        found = self.ask.requests(method, self.ask.fresh(kind))
        if found:
            yield self._step(method, _ANYTHING[kind], found)
            return
        if method.gain == MEMBER and self.party.kind not in (USER, GROUP):
            return  # it can add somebody, but nobody whom it is
        candidates = self.ask.candidates(method.needs[0].actions[0], kind)
        for other in self._first(candidates):
            doubt = self._doubt(other)
            if doubt is None or not self._lets_be_passed(other, method):
                continue
            found = self.ask.requests(method, self.ask.at(other))
            if found:
                yield self._step(method, _told(other.name), found, target=other, doubt=doubt)
        yield from self._outside(method, arns_of(candidates))

    def _doubt(self, other: Party) -> str | None:
        """Why it is not certain that somebody holds more: empty where it is, None where he does not."""
        more = self.surplus.of(other, self.party)
        if more == NOT_MORE:
            more = self._further(other, self.reading) or (self._further(other, MAY) and PERHAPS)
        return None if more == NOT_MORE else "" if more == CERTAIN else NOT_KNOWN

    def _further(self, other: Party, reading: str) -> str:
        """Whether somebody who holds no more is let in by a role that does, or by one that leads to such a role."""
        found, way, seen = NOT_MORE, [other], {self.party.name, other.name}
        for one in way:
            ask = Asker(self.parties, one, reading)
            for role in ask.named_by():
                if role.name in seen or ask.assuming(role)[0] is None:
                    continue
                seen.add(role.name)
                more = self.surplus.of(role, self.party)
                if more == CERTAIN:
                    return CERTAIN
                found = found or more
                way.append(role)
        return found

    def _lets_be_passed(self, role: Party, method: Method) -> bool:
        """Whether a role trusts one of the services that it is to be passed to."""
        if method.gain != PASS:
            return True
        if role.resource is None:
            return False
        services = Terms(tuple(f"Service:{one}" for one in method.services))
        trust = self.parties.trust(role)
        return may_request(trust, ASSUME_ROLE, Terms(), principals=services, reading=self.reading) is not None

    def _assume(self, method: Method) -> Iterator[Step]:
        near = self.ask.candidates(ASSUME_ROLE, ROLE)
        for other in self._first(list(dict.fromkeys((*self.ask.named_by(), *near)))):
            witness, origins = self.ask.assuming(other)
            doubt = self._doubt(other) if witness is not None else None
            if witness is not None and doubt is not None:
                yield self._step(method, _told(other.name), (witness,), target=other, origins=origins, doubt=doubt)
        if ASSUME_ROLE in self.ask.allowed:
            yield from self._outside(method, arns_of(one for one in near if one.resource is not None))

    # -- what runs already -------------------------------------------------------------------------------------

    def _run(self, method: Method) -> Iterator[Step]:
        word = WORDS[method.on]
        found = self.ask.requests(method, self.ask.fresh(method.on))
        if found:
            yield self._step(method, f"any {word}", found)
            return
        small = about(self.party.access, method.needs[0].actions[0].lower())
        allowing = [one.resources for one in small.clauses if one.effect == ALLOW] if small is not None else []
        near = [one for one in self.running.of(method.on) if any(could_be(terms, one.arns[0]) for terms in allowing)]
        told: set[str] = set()
        for one in self._first(near):
            doubt = self._doubt(one.role)
            if doubt is None or one.role.name in told:
                continue
            found = self.ask.requests(method, Target(Terms(one.arns), one.tags))
            if found:
                told.add(one.role.name)
                what = f"{word} {one.address}, which runs as {_told(one.role.name)}"
                yield self._step(method, what, found, target=one.role, doubt=doubt)
        yield from self._outside(method, self.running.arns(method.on))


def _told(arn: str) -> str:
    """The end of an ARN, or a name: ``policy/x``."""
    return shown(arn.split(":", 5)[-1])
