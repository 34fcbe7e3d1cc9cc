"""Which findings are excused, by which waiver, and why each other waiver does not count.

A pure function of findings, waivers, policy and the time. A waiver counts only where everything holds at once: its
file is whole, it is in time, it is for this environment, project and workspace, it is bound to this plan (or, where
policy allows, to this change or this violation), and those have approved it who may.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from planguard.decision.policy import Approval, Gate, Policy, Subject
from planguard.decision.time import show_time
from planguard.decision.waivers.approvals import Signed, missing_approvals, signed_approvals
from planguard.decision.waivers.chain import chain_of, chain_trouble, time_trouble
from planguard.decision.waivers.waiver import Waiver
from planguard.plan.glob import fits, is_pattern

STRENGTH = {"fingerprint": 0, "change": 1, "plan": 2}
"""How narrowly a waiver is bound."""


class Excusable(msgspec.Struct, frozen=True):
    """A finding that a waiver may be asked to excuse."""

    subject: Subject
    gate: Gate
    change_digest: str | None
    fingerprint: str


class Situation(msgspec.Struct, frozen=True):
    """What is decided on, and when."""

    now: datetime
    plan_digest: str
    environment: str | None = None
    production: bool = True
    project: str | None = None
    workspace: str | None = None


class Invalid(msgspec.Struct, frozen=True):
    """A waiver file that is not a waiver."""

    file: str
    id: str
    why: str


class Proposal(msgspec.Struct, frozen=True):
    """A waiver that stands only in the working tree, where whoever asks for it can write."""

    waiver: Waiver
    ref: str


class Verdict(msgspec.Struct, frozen=True):
    """What became of one waiver: its status by the contract, and why.

    :ivar reasons: everything that stands against it, the first being ``why``
    """

    id: str
    status: str
    why: str
    file: str
    reasons: tuple[str, ...] = ()
    waiver: Waiver | None = None


class Waivers(msgspec.Struct, frozen=True):
    """The waivers that were found."""

    valid: tuple[Waiver, ...] = ()
    invalid: tuple[Invalid, ...] = ()
    proposals: tuple[Proposal, ...] = ()

    @property
    def by_id(self) -> dict[str, Waiver]:
        """The waivers that are whole, by id."""
        return {one.id: one for one in self.valid}


def judge_waivers(
    waivers: Waivers, findings: Sequence[Excusable], policy: Policy, situation: Situation
) -> tuple[dict[int, Waiver], list[Verdict]]:
    """Match waivers with findings.

    :param findings: those that count: not fixed, not part of a wider one
    :returns: by index of a finding the waiver that excuses it, and what became of every waiver
    """
    by_id = waivers.by_id
    index = _Index(findings)
    excused: dict[int, Waiver] = {}
    verdicts = [Verdict(one.id, "invalid", one.why, one.file, (one.why,)) for one in waivers.invalid]
    for proposal in waivers.proposals:
        why = f"it stands only in the working tree, and not in `{proposal.ref}`: a proposal"
        one = proposal.waiver
        verdicts.append(Verdict(one.id, "unapproved", why, one.file, (why,), one))
    # The narrowest binding first: what is bound to the plan needs nothing wider.
    for waiver in sorted(waivers.valid, key=lambda one: (-STRENGTH[one.binding], one.id)):
        judged = _Judged(waiver, by_id, policy, situation)
        used, verdict = judged.verdict(findings, index.of(waiver))
        for number in used:
            excused.setdefault(number, waiver)
        verdicts.append(verdict)
    return excused, sorted(verdicts, key=lambda one: (one.id, one.file))


class _Index:
    """Findings by rule, so that each waiver looks at those only that it names."""

    def __init__(self, findings: Sequence[Excusable]) -> None:
        self._findings = findings
        self._by_rule: dict[str, list[int]] = {}
        self._by_place: dict[tuple[str, str], list[int]] = {}
        for number, one in enumerate(findings):
            for name in (one.subject.rule, *one.subject.aliases):
                self._by_rule.setdefault(name, []).append(number)
                self._by_place.setdefault((name, one.subject.address), []).append(number)

    def of(self, waiver: Waiver) -> list[int]:
        """The findings that a waiver names, by rule and address."""
        found: set[int] = set()
        patterns = [one for one in waiver.addresses if is_pattern(one)]
        for rule in waiver.rules:
            for address in waiver.addresses:
                found.update(self._by_place.get((rule, address), ()))
            if patterns:
                found.update(
                    number
                    for number in self._by_rule.get(rule, ())
                    if any(fits(one, self._findings[number].subject.address) for one in patterns)
                )
        return sorted(found)


class _Judged:
    """One waiver in one situation."""

    def __init__(self, waiver: Waiver, by_id: Mapping[str, Waiver], policy: Policy, situation: Situation) -> None:
        self._waiver = waiver
        self._by_id = by_id
        self._policy = policy
        self._situation = situation
        self._signed: dict[str, list[Signed]] = {}
        self._known: dict[tuple[str, str | None], list[tuple[str, str]]] = {}

    def verdict(self, findings: Sequence[Excusable], named: list[int]) -> tuple[list[int], Verdict]:
        """Which of the findings that it names it excuses, and what became of it."""
        waiver = self._waiver
        troubles = list(self._troubles())
        used: list[int] = []
        if not named:
            if not troubles:
                return [], Verdict(
                    waiver.id, "unused", "nothing in this plan is what it excuses", waiver.file, (), waiver
                )
            return [], self._refused(troubles)
        against: list[tuple[str, str]] = []
        for number in named:
            found = self._against(findings[number])
            if found:
                against += [one for one in found if one not in against]
            elif not troubles:
                used.append(number)
        if used:
            return used, Verdict(waiver.id, "used", _used(waiver, len(used), against), waiver.file, (), waiver)
        return [], self._refused(troubles + against)

    def _refused(self, troubles: list[tuple[str, str]]) -> Verdict:
        status, why = troubles[0]
        return Verdict(
            self._waiver.id, status, why, self._waiver.file, tuple(text for _, text in troubles), self._waiver
        )

    def _troubles(self) -> Iterable[tuple[str, str]]:
        """What stands against the waiver as a whole."""
        waiver, situation = self._waiver, self._situation
        if waiver.revoked is not None:
            yield "revoked", waiver.revoked
        trouble = chain_trouble(waiver, self._by_id)
        if trouble:
            yield "invalid", trouble
        if any(map(is_pattern, waiver.addresses)) and situation.production:
            where = f"in `{situation.environment}`" if situation.environment else "here"
            yield "invalid", f"it excuses addresses by a pattern, which does not count {where}; name each one"
        if situation.now < waiver.not_before:
            yield "not-yet", f"it counts from {show_time(waiver.not_before)}"
        if situation.now >= waiver.expires:
            yield "expired", f"it expired on {show_time(waiver.expires)}"
        for name in ("environment", "project", "workspace"):
            meant, there = getattr(waiver, name), getattr(situation, name)
            if meant != there:
                yield "wrong-plan", f"it is for {_shown(name, meant)}, this plan for {_shown(name, there)}"
        if waiver.binding == "plan" and situation.plan_digest not in waiver.bound_to:
            bound = next(iter(waiver.bound_to))
            yield (
                "wrong-plan",
                f"it was approved for plan {_short(bound)}, and this one is {_short(situation.plan_digest)}: "
                "the changes, their values, the variables or what the plan is for differ",
            )

    def _against(self, one: Excusable) -> list[tuple[str, str]]:
        """What stands against excusing one finding."""
        subject, waiver = one.subject, self._waiver
        found: list[tuple[str, str]] = []
        if not self._policy.is_waivable(subject, one.gate):
            found.append(("unapproved", f"policy lets nothing excuse {_what(one)}"))
        if waiver.binding == "change" and one.change_digest not in waiver.bound_to:
            found.append(("wrong-plan", f"the change of {subject.address} is not the one that was approved"))
        if waiver.binding == "fingerprint" and one.fingerprint not in waiver.bound_to:
            found.append(("wrong-plan", f"the violation on {subject.address} is not the one that was approved"))
        needed = self._policy.approval_for(subject)
        if needed is None:
            found.append(("unapproved", f"policy names nobody who may approve {_what(one)}"))
        else:
            found += self._needed(needed, subject.owner)
        return found

    def _needed(self, needed: Approval, owner: str | None) -> list[tuple[str, str]]:
        key = (needed.name, owner)
        if key not in self._known:
            self._known[key] = list(self._missing(needed, owner))
        return self._known[key]

    def _missing(self, needed: Approval, owner: str | None) -> Iterable[tuple[str, str]]:
        waiver = self._waiver
        if STRENGTH[waiver.binding] < STRENGTH[needed.binding]:
            wanted = f"approval `{needed.name}` wants it bound to the {needed.binding}"
            yield "unapproved", f"it is bound to a {waiver.binding}, and {wanted}"
        trouble = time_trouble(waiver, self._by_id, needed)
        if trouble:
            yield "unapproved", trouble
        missing = missing_approvals(self._signed_of(waiver), needed, owner)
        if missing is not None:
            yield missing
        # What is renewed is no part of what is signed anew: else it could be edited to make a chain shorter.
        for before in chain_of(waiver, self._by_id)[:-1]:
            missing = missing_approvals(self._signed_of(before), needed, owner)
            if missing is not None:
                yield "unapproved", f"it renews `{before.id}`, whose approvals do not count: {missing[1]}"

    def _signed_of(self, waiver: Waiver) -> list[Signed]:
        if waiver.id not in self._signed:
            self._signed[waiver.id] = signed_approvals(waiver, self._policy, self._situation.now)
        return self._signed[waiver.id]


def _used(waiver: Waiver, count: int, against: list[tuple[str, str]]) -> str:
    text = f"it excuses {count} finding{'' if count == 1 else 's'} until {show_time(waiver.expires)}"
    return f"{text}, and not others: {against[0][1]}" if against else text


def _what(one: Excusable) -> str:
    return f"{one.subject.rule} ({one.subject.severity}, gate `{one.gate.name}`)"


def _shown(name: str, value: str | None) -> str:
    return f"{name} `{value}`" if value is not None else f"no {name}"


def _short(digest: str) -> str:
    head, _, rest = digest.partition(":")
    return f"{head}:{rest[:12]}…"
