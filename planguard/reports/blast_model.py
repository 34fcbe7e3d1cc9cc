"""The blast radius of a plan, as a part of the document on access."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from planguard.access.aws.catalogue import spelled
from planguard.access.model import AWS, Subject, Witness
from planguard.access.pattern import shown
from planguard.plan.sensitive import Redactor

if TYPE_CHECKING:
    from planguard.access.blast import Blast, Gain, Path, Totals
    from planguard.access.powers import Step


class ReachTotals(Struct, frozen=True):
    """Who reaches what: how many principals reach anything, how many resources anybody reaches, how many pairs.

    ``sensitive`` counts all sensitive resources; ``perhaps_…`` count what may be reached as well.
    """

    sensitive: int
    principals: int
    resources: int
    pairs: int
    perhaps_principals: int
    perhaps_resources: int
    perhaps_pairs: int


class ReachStep(Struct, frozen=True):
    """How a principal becomes another: ``principal`` is whose access it gets, ``address`` its resource of the plan.

    ``method`` is the same for the same way, ``text`` says it after "can".
    """

    method: str
    text: str
    principal: str
    address: str


class SensitiveResource(Struct, frozen=True, order=True):
    """A resource that holds data, a secret or a key; ``address`` is empty where it is outside of the plan."""

    provider: str
    kind: str
    name: str
    address: str


class ReachWitness(Struct, frozen=True):
    """One request that shows it, for the first of the resources: who does what, with which condition keys set."""

    principal: str
    action: str
    resource: str
    context: dict[str, str | list[str]]


class ReachPath(Struct, frozen=True):
    """How a principal reaches some resources.

    ``how`` is ``own-access``, ``resource-policy`` or ``administrator``: of the principal itself, or of the last one
    that it becomes by ``steps``.
    """

    how: str
    steps: list[ReachStep]
    resources: list[SensitiveResource]
    witness: ReachWitness


class ReachEntry(Struct, frozen=True):
    """What one principal reaches in one snapshot and not in the other."""

    principal: str
    provider: str
    kind: str
    address: str
    paths: list[ReachPath]


class BlastRadius(Struct, frozen=True):
    """How many principals reach how many sensitive resources before and after, and what differs.

    ``more`` is reached after for certain and not before, ``less`` the other way round, ``possible`` perhaps.
    """

    before: ReachTotals
    after: ReachTotals
    more: list[ReachEntry]
    possible: list[ReachEntry]
    less: list[ReachEntry]


def blast_radius_of(blast: Blast, redactor: Redactor) -> BlastRadius:
    """What was found, with names for symbols and without sensitive values."""
    writer = _Writer(redactor)
    return BlastRadius(
        _totals(blast.sensitive_before, blast.before, blast.perhaps_before),
        _totals(blast.sensitive_after, blast.after, blast.perhaps_after),
        writer.entries(blast.more),
        writer.entries(blast.possible),
        writer.entries(blast.less),
    )


def _totals(sensitive: int, certain: Totals, perhaps: Totals) -> ReachTotals:
    return ReachTotals(
        sensitive,
        certain.principals,
        certain.resources,
        certain.pairs,
        perhaps.principals,
        perhaps.resources,
        perhaps.pairs,
    )


class _Writer:
    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._texts: dict[str, str] = {}

    def entries(self, gains: Iterable[Gain]) -> list[ReachEntry]:
        return sorted(map(self._entry, gains), key=lambda one: (one.provider, one.principal, one.address, one.kind))

    def _entry(self, gain: Gain) -> ReachEntry:
        own = gain.subject
        paths = [self._path(one, own) for one in gain.paths]
        return ReachEntry(self._text(own.name), own.provider, own.kind, self._address(own.address), paths)

    def _path(self, path: Path, subject: Subject) -> ReachPath:
        resources = sorted(
            SensitiveResource(one.provider, one.kind, self._text(one.name), self._address(one.address))
            for one in path.resources
        )
        return ReachPath(
            path.how, [self._step(one) for one in path.steps], resources, self._witness(path.witness, subject)
        )

    def _step(self, step: Step) -> ReachStep:
        return ReachStep(
            self._text(step.method),
            self._text(step.text),
            self._text(step.target),
            self._address(step.target_address),
        )

    def _witness(self, witness: Witness, subject: Subject) -> ReachWitness:
        context = {self._text(key): self._value(value) for key, value in sorted(witness.context.items())}
        who = self._text(witness.principal or subject.name)
        action = self._text(spelled(witness.action) if subject.provider == AWS else witness.action)
        return ReachWitness(who, action, self._text(witness.resource), context)

    def _value(self, value: str | list[str]) -> str | list[str]:
        return self._text(value) if isinstance(value, str) else [self._text(one) for one in value]

    def _text(self, text: str) -> str:
        found = self._texts.get(text)
        if found is None:
            found = self._texts[text] = self._redactor.text(shown(str(text)))
        return found

    def _address(self, address: str) -> str:
        return self._redactor.address(address)
