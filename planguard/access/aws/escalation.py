"""What principals of AWS can make of their access: who holds everything, and who gets at more, step by step."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from planguard.access.atoms import TooComplex
from planguard.access.aws.asking import origins_of
from planguard.access.aws.matching import Matcher
from planguard.access.aws.methods import WRITING
from planguard.access.aws.parties import Parties, Party
from planguard.access.boxes import clauses_of
from planguard.access.holdings import key_of
from planguard.access.model import AWS, EXACT, IDENTITY, MAY, Gap, Origin, Subject, Witness
from planguard.access.powers import NO_POWERS, Powers, Step
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

TOO_COMPLEX = "too-complex"


class Direct(Struct, frozen=True):
    """What a principal can do by itself, without the access of another one."""

    administrator: Witness | None = None
    perhaps_administrator: Witness | None = None
    origins: tuple[Origin, ...] = ()
    steps: tuple[Step, ...] = ()
    gaps: tuple[Gap, ...] = ()


class Escalation:
    """The steps from principal to principal of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.parties = Parties(snapshot)
        self.matcher = Matcher(self.parties)
        self._direct: dict[str, Direct] = {}

    def direct(self, party: Party) -> Direct:
        """What one principal can do by itself, worked out once."""
        found = self._direct.get(party.name)
        if found is None:
            found = self._direct[party.name] = self._work_out(party)
        return found

    def _work_out(self, party: Party) -> Direct:
        surplus = self.matcher.surplus
        try:
            certain = surplus.administrator(party)
            if certain is not None:
                return Direct(certain, certain, origins_of(party.access, certain))
            is_open = any(one.bound != EXACT for one in clauses_of(party.access))
            perhaps = surplus.administrator(party, MAY) if is_open else None
        except TooComplex as why:
            return Direct(gaps=(Gap(TOO_COMPLEX, party.held.subject.address, "", str(why)),))
        # Whatever else may be unknown of one who may be an administrator is told by that.
        steps, too_complex = self.matcher.steps(party, only_certain=perhaps is not None)
        gaps = {Gap(TOO_COMPLEX, party.held.subject.address, "", why) for why in too_complex}
        if perhaps is not None or any(not one.is_certain for one in steps):
            gaps.update(party.held.gaps)
        return Direct(None, perhaps, (), tuple(steps), tuple(sorted(gaps)))

    # -- from one to the next ------------------------------------------------------------------------------------

    def chain(self, party: Party, *, perhaps: bool) -> tuple[Step, ...]:
        """The shortest steps to everything, or the longest of the shortest ones to somebody who holds more.

        :param perhaps: whether steps count that are not certain
        """
        ways: dict[str, tuple[Step, ...]] = {party.name: ()}
        order = [party]
        for one in order:
            found = self.direct(one)
            way = ways[one.name]
            if found.administrator is not None or (perhaps and found.perhaps_administrator is not None):
                return way
            for step in found.steps:
                if not (step.is_certain or perhaps):
                    continue
                if not step.target or step.method in WRITING:
                    return (*way, step)
                if step.target not in ways:
                    ways[step.target] = (*way, step)
                    other = self.parties.by_name.get(step.target)
                    if other is not None:
                        order.append(other)
        return max(ways.values(), key=len)

    def completed(self, step: Step) -> Step:
        """A step with what its target is good for."""
        if not step.target or step.method in WRITING:
            return replace(step, leads_to_everything=True)
        other = self.parties.by_name.get(step.target)
        if other is None:
            return step
        if self.direct(other).administrator is not None:
            return replace(step, onward="which is an administrator", leads_to_everything=True)
        chain = self.chain(other, perhaps=False)
        if not chain:
            return step
        onward = f"which can {', then '.join(one.text for one in chain)}"
        return replace(step, onward=onward, leads_to_everything=self._ends_at_everything(chain[-1]))

    def _ends_at_everything(self, step: Step) -> bool:
        if not step.target or step.method in WRITING:
            return True
        other = self.parties.by_name.get(step.target)
        return other is not None and self.direct(other).administrator is not None


def powers(subject: Subject, snapshot: Snapshot) -> Powers:
    """What a principal of AWS can make of its access in one snapshot."""
    escalation = escalation_of(snapshot)
    held = escalation.parties.holdings.by_key.get(key_of(subject))
    if held is None or (subject.provider, subject.plane) != (AWS, IDENTITY):
        return NO_POWERS
    party = escalation.parties.of(held)
    found = escalation.direct(party)
    if found.administrator is not None:
        return Powers(found.administrator, found.perhaps_administrator, origins=found.origins)
    return Powers(
        perhaps_administrator=found.perhaps_administrator,
        steps=tuple(map(escalation.completed, found.steps)),
        chain=escalation.chain(party, perhaps=False),
        perhaps_chain=escalation.chain(party, perhaps=True),
        gaps=found.gaps,
    )


def named_outside(resource: Resource) -> list[Subject]:
    """The principals outside of the plan to which an attachment, or an inline policy, gives something.

    :returns: sorted; nothing for other types
    """
    parties = escalation_of(Snapshot(resource.graph, resource.snapshot)).parties
    return sorted(one.held.subject for one in parties.outside_at(resource))


def escalation_of(snapshot: Snapshot) -> Escalation:
    """The steps of one snapshot, worked out once."""
    kept = snapshot.graph.derived
    key = ("aws-escalation", snapshot.name)
    found: Escalation | None = kept.get(key)
    if found is None:
        found = kept[key] = Escalation(snapshot)
    return found
