"""A waiver from its request to its end: drafts, renewals, revocations. Nothing here reads or writes files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from planguard.decision.policy import Policy, Subject
from planguard.decision.time import show_time
from planguard.decision.waivers.chain import chain_of
from planguard.decision.waivers.judge import Excusable, Situation, Verdict, Waivers, judge_waivers
from planguard.decision.waivers.waiver import API_VERSION, Waiver
from planguard.errors import CallError, PlanError
from planguard.plan.address import tokens

DEFAULT_LENGTH = timedelta(days=7)
TODO = "TODO: say why this risk is accepted, and until when it will be gone"


class Requested(msgspec.Struct, frozen=True):
    """A finding of a report that somebody wants excused.

    :ivar plan_digest: of the plan that it is in
    """

    subject: Subject
    fingerprint: str
    change_digest: str | None
    plan_digest: str
    project: str | None
    workspace: str | None
    gate: str
    message: str


class Wish(msgspec.Struct, frozen=True):
    """What the one who asks adds.

    :ivar length: how long it is wanted; None for as long as policy allows
    :ivar owner: who answers for the risk; None for the owner by policy
    """

    requester: str
    now: datetime
    reason: str = TODO
    controls: tuple[str, ...] = ()
    ticket: str | None = None
    length: timedelta | None = None
    owner: str | None = None
    binding: str = "plan"


def drafts(requested: Sequence[Requested], policy: Policy, wish: Wish) -> list[dict[str, Any]]:
    """Waivers to be completed and signed: one for each rule, owner and plan.

    :raises CallError: when more is wished than policy allows
    """
    groups: dict[tuple[str, str, str], list[Requested]] = {}
    for one in requested:
        groups.setdefault((one.subject.rule, one.subject.owner or "", one.plan_digest), []).append(one)
    return [_draft(group, policy, wish) for _, group in sorted(groups.items())]


def _draft(group: list[Requested], policy: Policy, wish: Wish) -> dict[str, Any]:
    first = group[0]
    addresses = sorted({one.subject.address for one in group})
    needed = [policy.approval_for(one.subject) for one in group]
    longest = min((one.longest for one in needed if one is not None), default=DEFAULT_LENGTH)
    if wish.length is not None and wish.length > longest:
        name = next((f"approval `{one.name}` allows" for one in needed if one and one.longest == longest), "")
        raise CallError(
            f"--expires is further away than {name or 'is usual without `approvals`'} for {first.subject.rule}",
            f"ask for {longest.days} days or less" if longest.days else "ask for less",
        )
    bound = sorted({one.fingerprint for one in group})
    changes = sorted({one.change_digest for one in group if one.change_digest is not None})
    bindings: dict[str, Any] = {
        "plan": {"plan": first.plan_digest},
        "change": {"changes": changes},
        "fingerprint": {"fingerprints": bound},
    }
    identity = sha256("\n".join((first.plan_digest, first.subject.owner or "", *addresses)).encode()).hexdigest()[:8]
    return {
        "apiVersion": API_VERSION,
        "kind": "Waiver",
        "id": f"{wish.now:%Y-%m-%d}-{first.subject.rule}-{identity}",
        "rules": [first.subject.rule],
        "addresses": addresses,
        "binding": bindings[wish.binding],
        "environment": first.subject.environment,
        "project": first.project,
        "workspace": first.workspace,
        "owner": wish.owner or first.subject.owner or "TODO",
        "requester": wish.requester,
        "reason": wish.reason,
        "compensating_controls": list(wish.controls),
        "ticket": wish.ticket,
        "created": show_time(wish.now),
        "not_before": show_time(wish.now),
        "expires": show_time(wish.now + (wish.length or longest)),
        "renews": None,
        "revoked": None,
    }


def renewed(
    waiver: Waiver, by_id: Mapping[str, Waiver], policy: Policy, wish: Wish, subjects: Sequence[Subject]
) -> dict[str, Any]:
    """A waiver that goes on from another one, to be signed anew.

    :param subjects: what it excuses, to ask policy how often and how long it may
    :raises CallError: when policy does not allow it; the message names the approval that says so
    """
    if waiver.revoked is not None:
        raise CallError(f"`{waiver.id}` was revoked, and cannot be renewed", "ask for a new one")
    if wish.reason.strip() == waiver.reason.strip():
        raise CallError("a renewal needs a new reason", "say why the risk has to be accepted for longer")
    number = len(chain_of(waiver, by_id))
    needed = [one for one in (policy.approval_for(subject) for subject in subjects) if one is not None]
    for one in needed:
        if number > one.renewals:
            raise CallError(
                f"it would be renewal {number}, and approval `{one.name}` allows {one.renewals}",
                "mend what it excuses, or let policy allow more",
            )
        if wish.length is not None and wish.length > one.longest:
            hint = f"ask for {one.longest.days} days or less"
            raise CallError(f"--expires is further away than approval `{one.name}` allows", hint)
    length = wish.length or min((one.longest for one in needed), default=DEFAULT_LENGTH)
    base = chain_of(waiver, by_id)[0].id
    return {
        **waiver.body,
        "id": f"{base}-r{number}",
        "requester": wish.requester,
        "reason": wish.reason,
        "compensating_controls": list(wish.controls) or waiver.body["compensating_controls"],
        "ticket": wish.ticket or waiver.body["ticket"],
        "created": show_time(wish.now),
        "not_before": show_time(wish.now),
        "expires": show_time(wish.now + length),
        "renews": waiver.id,
    }


def revoked(waiver: Waiver, by: str, reason: str, now: datetime) -> dict[str, Any]:
    """The same waiver, taken back.

    :raises CallError: when it was before
    """
    if waiver.revoked is not None:
        raise CallError(f"`{waiver.id}` was revoked already", waiver.revoked)
    return {**waiver.body, "revoked": {"at": show_time(now), "by": by, "reason": reason}}


def subjects_of(waiver: Waiver, severity_of: Mapping[str, tuple[str, str, tuple[str, ...]]]) -> list[Subject]:
    """What a waiver would excuse, where no plan is at hand: each rule at each address.

    :param severity_of: by id and alias of a rule its severity, its domain and all its names
    """
    found: list[Subject] = []
    for name in waiver.rules:
        severity, domain, names = severity_of.get(name, ("critical", "", (name,)))
        found += [
            Subject(
                status="introduced",
                severity=severity,
                domain=domain,
                rule=names[0],
                aliases=names[1:],
                type=_type_of(address),
                address=address,
                environment=waiver.environment,
                owner=waiver.owner,
            )
            for address in waiver.addresses
        ]
    return found


def _type_of(address: str) -> str:
    try:
        names = [step for step in tokens(address) if isinstance(step, str)]
    except PlanError:
        return ""
    while len(names) > 2 and names[0] == "module":
        names = names[2:]
    return names[1] if names[:1] == ["data"] and len(names) > 1 else names[0] if names else ""


def prospects(
    waiver: Waiver, waivers: Waivers, subjects: Iterable[Subject], policy: Policy, now: datetime
) -> Verdict:
    """Whether a waiver would count for the plan that it is bound to, with everything that stands against it."""
    environment = policy.environments.named(waiver.environment)
    bound = next(iter(sorted(waiver.bound_to)))
    findings = [Excusable(one, policy.gate_for(one), bound, bound) for one in subjects]
    situation = Situation(
        now=now,
        plan_digest=bound,
        environment=waiver.environment,
        production=environment.production if environment is not None else True,
        project=waiver.project,
        workspace=waiver.workspace,
    )
    alone = Waivers(tuple({**waivers.by_id, waiver.id: waiver}.values()))
    _, verdicts = judge_waivers(alone, findings, policy, situation)
    return next(one for one in verdicts if one.id == waiver.id)
