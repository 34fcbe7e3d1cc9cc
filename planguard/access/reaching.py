"""Which principals of one snapshot reach which sensitive resources: alone, by what lets them in, and in steps."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from planguard.access.answers import NOBODY, Lines, Sides, allowed, counts, joined, lines_of, request_in
from planguard.access.asks import SOME, TOUCH, Asks
from planguard.access.atoms import bits_of
from planguard.access.aws.letting import ANYBODY, Guest, Letting
from planguard.access.holdings import PREFIXES, holdings
from planguard.access.model import (
    ALLOW,
    AWS,
    DENY,
    GOOGLE,
    IDENTITY,
    KUBERNETES,
    MAY,
    MUST,
    RESOURCE,
    Clause,
    Held,
    Subject,
    Terms,
    Witness,
)
from planguard.access.powers import Powers, Step, powers
from planguard.access.sensitive import Sensitive, Store, identity_of
from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER
from planguard.graph.snapshot import Snapshot

OWN, LET_IN, ADMINISTRATOR = "own-access", "resource-policy", "administrator"
READINGS = (MUST, MAY)
Name = tuple[str, str]
"""The cloud and the name of a principal."""
PowersOf = Callable[[Graph, str, Subject], Powers]
_EVERYBODY = {"*": "anybody", "allAuthenticatedUsers": "anybody with a Google account"}


class Way(Struct, frozen=True):
    """How a principal gets at some resources.

    :ivar how: ``own-access``, ``resource-policy`` or ``administrator``, of the principal itself or of the last one
        that it becomes
    :ivar steps: by which it becomes that one; none where it is itself
    :ivar stores: the mask of the resources
    :ivar witness: one request that shows it for the first of them
    """

    how: str
    steps: tuple[Step, ...]
    stores: int
    witness: Witness


class Principal:
    """What one principal reaches by itself; each value by reading, masks of stores.

    :ivar requests: the requests that it may make by its own access
    """

    __slots__ = ("administers", "guest", "held", "let_in", "powers", "requests", "steps", "stores", "subject")

    def __init__(self, subject: Subject, held: Held | None = None, guest: Guest | None = None) -> None:
        self.subject = subject
        self.held = held
        self.guest = guest
        self.powers = Powers()
        self.requests = dict.fromkeys(READINGS, 0)
        self.let_in = dict.fromkeys(READINGS, 0)
        self.administers = dict.fromkeys(READINGS, 0)
        self.stores = dict.fromkeys(READINGS, 0)
        self.steps: list[Step] = []


class Reaching:
    """Who reaches what in one snapshot.

    :param sensitive: all sensitive resources that are asked about; masks have a bit for each in this order
    :param stores: those of this snapshot
    :param powers_of: what a principal can make of its access
    :ivar principals: everybody who may reach something, by name
    :ivar reached: by reading, the resources that each principal reaches in the end
    """

    def __init__(
        self,
        snapshot: Snapshot,
        sensitive: Sequence[Sensitive],
        stores: Sequence[Store],
        *,
        now: datetime | None = None,
        powers_of: PowersOf = powers,
    ) -> None:
        self._snapshot = snapshot
        self._now = now
        mine = {identity_of(one.sensitive): one for one in stores}
        kept = [mine.get(identity_of(one)) for one in sensitive]
        self.asks = Asks(
            [(one.provider, store.asks if store else ()) for one, store in zip(sensitive, kept, strict=True)]
        )
        self._letting = Letting(snapshot, kept, self.asks, now)
        self.principals: dict[Name, Principal] = {}
        if not stores:
            self.reached: dict[str, dict[Name, int]] = {reading: {} for reading in READINGS}
            return
        held = holdings(snapshot.graph, snapshot.name).all
        for one in held:
            if one.subject.plane == IDENTITY:
                self.principals[_name(one.subject)] = self._principal(one)
        self._places = [one for one in held if (one.subject.provider, one.subject.plane) == (GOOGLE, RESOURCE)]
        self._let_in_others()
        # Only what stands in a cluster gets at another cloud by what it holds there.
        clouds = {one.sensitive.provider for one in stores} | {KUBERNETES}
        for principal in list(self.principals.values()):
            if principal.held is not None and principal.subject.provider in clouds:
                side = side_of(snapshot.graph, principal.subject.provider, snapshot.name)
                self._take_powers(principal, powers_of(snapshot.graph, side, principal.subject))
        self._by_address = {one.subject.address: _name(one.subject) for one in self.principals.values()}
        self.reached = {reading: self._closed(reading) for reading in READINGS}

    # -- what each reaches by itself -------------------------------------------------------------------------------

    def _principal(self, held: Held) -> Principal:
        found = Principal(held.subject, held)
        for reading in READINGS:
            own, let_in = self._asked(held, reading)
            found.requests[reading] = own
            found.let_in[reading] = self.asks.stores_of(let_in)
            found.stores[reading] = self.asks.stores_of(own) | found.let_in[reading]
        return found

    def _asked(self, held: Held, reading: str) -> tuple[int, int]:
        """The requests that a principal may make by its own access, and those by policies of resources."""
        clauses = [one for one in held.access.clauses if counts(one, reading)]
        allows = lines_of(self.asks, (one for one in clauses if one.effect == ALLOW))
        denies: Lines = lines_of(self.asks, (one for one in clauses if one.effect == DENY))
        limits: list[Lines] = []
        for limit in held.access.limits:
            within = [one for one in limit if counts(one, reading)]
            limits.append(lines_of(self.asks, (one for one in within if one.effect == ALLOW)))
            denies = joined(denies, lines_of(self.asks, (one for one in within if one.effect == DENY)))
        if held.subject.provider != AWS:
            exactly = partial(self._is_one, held, reading)
            return allowed(self.asks, Sides(allows, denies, tuple(limits)), reading, NOBODY, exactly, self._now), 0
        caller = self._letting.caller(held)
        others, around = self._letting.around(caller, reading)
        denies = joined(denies, others)
        sides = Sides(allows, denies, (*limits, *around))
        exactly = partial(self._is_one, held, reading)
        own = allowed(self.asks, sides, reading, caller.who, exactly, self._now) if allows else 0
        return own, self._letting.named(held, denies, tuple(limits), reading)

    def _is_one(self, held: Held, reading: str, bit: int) -> bool:
        return self._request(held, reading, bit) is not None

    def _request(self, held: Held, reading: str, bit: int) -> Witness | None:
        if held.subject.provider == AWS:
            return self._letting.request(held, reading, bit, by_name=False)
        access = held.access
        return request_in(self.asks, bit, access.clauses, access.limits, reading, NOBODY, self._now)

    def _let_in_others(self) -> None:
        for reading in READINGS:
            for guest, requests in self._letting.guests(reading).items():
                self._add_guest(guest, requests, reading)
            for guest, role, witness in self._letting.trusted(reading):
                self._may_become(self._guest(guest), role, witness, is_certain=reading == MUST)
            for held in self._places:
                self._let_everybody_in(held, reading)

    def _may_become(self, principal: Principal, role: Subject, witness: Witness, *, is_certain: bool) -> None:
        if role.name not in {one.target for one in principal.steps}:
            text = f"become {role.name}, which trusts it"
            step = Step("sts:AssumeRole", text, role.name, role.address, (witness,), is_certain=is_certain)
            principal.steps.append(step)

    def _let_everybody_in(self, place: Held, reading: str) -> None:
        """What a binding of Google Cloud gives to everybody."""
        for text, name in _EVERYBODY.items():
            clauses = [one for one in place.access.clauses if counts(one, reading) and text in one.principals.include]
            guest = Guest(Subject(GOOGLE, IDENTITY, name, "", ANYBODY), text)
            exactly = partial(self._is_granted_at, place, guest, reading)
            sides = Sides(lines_of(self.asks, clauses))
            self._add_guest(guest, allowed(self.asks, sides, reading, NOBODY, exactly, self._now), reading)

    def _is_granted_at(self, place: Held, guest: Guest, reading: str, bit: int) -> bool:
        return self._granted_at(place, guest, bit, reading) is not None

    def _guest(self, guest: Guest) -> Principal:
        """Somebody outside of the plan; whom the plan gives policies as well is one with him."""
        found = self.principals.setdefault(_name(guest.subject), Principal(guest.subject))
        found.guest = guest
        return found

    def _add_guest(self, guest: Guest, requests: int, reading: str) -> None:
        if requests:
            found = self._guest(guest)
            found.let_in[reading] |= self.asks.stores_of(requests)
            found.stores[reading] |= found.let_in[reading]

    # -- what each reaches by others -------------------------------------------------------------------------------

    def _take_powers(self, principal: Principal, found: Powers) -> None:
        principal.powers = found
        for step in found.steps:
            if step.target:
                principal.steps.append(step)
            elif principal.held is not None:
                self._administer(principal, principal.held, step, is_certain=step.is_certain)
        if principal.held is not None and (found.administrator or found.perhaps_administrator):
            self._administer(principal, principal.held, None, is_certain=found.administrator is not None)

    def _administer(self, principal: Principal, held: Held, step: Step | None, *, is_certain: bool) -> None:
        """It gives itself any access: in its account, or wherever that holds by which it does."""
        if held.subject.provider == AWS:
            must, may = self._letting.everything(self._letting.caller(held))
        elif step is not None:
            by = [one for one in held.access.clauses if one.effect == ALLOW and one.origin in step.origins]
            must, may = (self._anything(by, reading) for reading in READINGS)
        else:
            # Who may assign roles is asked about as such, with where that holds.
            return
        principal.administers[MAY] |= self.asks.stores_of(may)
        principal.administers[MUST] |= self.asks.stores_of(must) if is_certain else 0
        for reading in READINGS:
            principal.stores[reading] |= principal.administers[reading]

    def _anything(self, clauses: Sequence[Clause], reading: str) -> int:
        """All requests for what some clauses are about, whatever they allow there."""
        found = 0
        for clause in clauses:
            if counts(clause, reading):
                masks = self.asks.masks(replace(clause, actions=Terms()))
                found |= masks[SOME if reading == MUST else TOUCH]
        return found

    def _targets(self, principal: Principal, reading: str) -> Iterator[tuple[Step, Name]]:
        """Whom a principal can become in one step."""
        provider = principal.subject.provider
        seen: set[Name] = set()
        for step in principal.steps:
            if reading == MUST and not step.is_certain:
                continue
            name = provider, step.target
            if step.target_address and name not in self.principals:
                name = self._by_address.get(step.target_address, name)
            if name in self.principals and name not in seen:
                seen.add(name)
                yield step, name

    def _closed(self, reading: str) -> dict[Name, int]:
        found = {name: one.stores[reading] for name, one in self.principals.items()}
        targets = {
            name: [target for _, target in self._targets(one, reading)]
            for name, one in self.principals.items()
            if one.steps
        }
        changed = True
        while changed:
            changed = False
            for name, near in targets.items():
                before = more = found[name]
                for target in near:
                    more |= found[target]
                if more != before:
                    found[name] = more
                    changed = True
        return found

    # -- how ---------------------------------------------------------------------------------------------------------

    def ways(self, name: Name, stores: int, reading: str) -> list[Way]:
        """How a principal reaches some resources, by the fewest steps to each.

        :param stores: of those that it reaches
        """
        found: list[Way] = []
        seen = {name}
        waiting: deque[tuple[Name, tuple[Step, ...]]] = deque([(name, ())])
        while waiting and stores:
            here, steps = waiting.popleft()
            one = self.principals[here]
            for how, mask in self._means(one, reading):
                if mask & stores:
                    witness = self._witness(one, how, mask & stores, reading)
                    found.append(Way(how, steps, mask & stores, witness))
                    stores &= ~mask
            for step, target in self._targets(one, reading):
                if target not in seen:
                    seen.add(target)
                    waiting.append((target, (*steps, step)))
        return found

    def _means(self, principal: Principal, reading: str) -> Iterator[tuple[str, int]]:
        yield OWN, self.asks.stores_of(principal.requests[reading])
        yield LET_IN, principal.let_in[reading]
        yield ADMINISTRATOR, principal.administers[reading]

    def _witness(self, principal: Principal, how: str, stores: int, reading: str) -> Witness:
        number = next(bits_of(stores))
        found: Witness | None = None
        if how == ADMINISTRATOR:
            known = principal.powers
            steps = [step for step in known.steps if not step.target and (step.is_certain or reading == MAY)]
            found = known.administrator or (known.perhaps_administrator if reading == MAY else None)
            found = found or next((step.witnesses[0] for step in steps if step.witnesses), None)
        else:
            requests = self.asks.of_store[number]
            if how == OWN:
                requests &= principal.requests[reading]
            found = next(
                filter(None, (self._request_by(principal, how, bit, reading) for bit in bits_of(requests))), None
            )
        found = found or Witness("", "", "")
        return replace(found, principal=principal.subject.name)

    def _request_by(self, principal: Principal, how: str, bit: int, reading: str) -> Witness | None:
        guest, held = principal.guest, principal.held
        if how == OWN:
            return None if held is None else self._request(held, reading, bit)
        if guest is not None and guest.subject.provider == GOOGLE:
            found = (self._granted_at(place, guest, bit, reading) for place in self._places)
            return next(filter(None, found), None)
        if guest is not None:
            return self._letting.request_of(guest, reading, bit)
        return None if held is None else self._letting.request(held, reading, bit, by_name=True)

    def _granted_at(self, place: Held, guest: Guest, bit: int, reading: str) -> Witness | None:
        clauses = [one for one in place.access.clauses if guest.text in one.principals.include]
        return request_in(self.asks, bit, clauses, (), reading, NOBODY, self._now)


def side_of(graph: Graph, provider: str, snapshot: str) -> str:
    """The snapshot to ask about a cloud: one for both sides where the plan changes nothing of it."""
    prefixes = PREFIXES[provider]
    is_changed = any(kind.removeprefix("data.").startswith(prefixes) for kind in graph.changed_kinds)
    return snapshot if is_changed else AFTER


def _name(subject: Subject) -> Name:
    return subject.provider, subject.name
