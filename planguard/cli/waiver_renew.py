"""``planguard waiver renew`` and ``revoke``."""

from __future__ import annotations

from pathlib import Path

import msgspec

from planguard.cli.terminal import write_stdout
from planguard.cli.waiver_files import (
    Desk,
    length_of,
    open_desk,
    requests_of,
    rule_facts,
    time_of,
    who,
    write_waiver,
)
from planguard.decision.policy import BLOCK, WARN
from planguard.decision.waivers.lifecycle import Requested, Wish, renewed, revoked, subjects_of
from planguard.decision.waivers.waiver import Waiver
from planguard.errors import CallError, ExitCode
from planguard.plan.glob import fits, fits_any


class RenewCall(msgspec.Struct, frozen=True):
    """One call, with its options as they stand on the command line."""

    name: str
    reason: str
    reports: tuple[Path, ...]
    controls: tuple[str, ...]
    ticket: str | None
    expires: str | None
    requester: str | None
    folder: Path | None
    policy: str | None
    now: str | None


def run_renew(call: RenewCall) -> ExitCode:
    """Write a draft that goes on from a waiver.

    :raises PlanguardError: when the call is wrong, or policy does not allow it
    """
    desk = open_desk(call.policy, _folder(call.name, call.folder), call.now)
    waiver = desk.found(call.name)
    wish = Wish(
        requester=who(call.requester, "--requester"),
        now=desk.now,
        reason=call.reason,
        controls=call.controls,
        ticket=call.ticket,
        length=length_of(call.expires, "--expires"),
    )
    subjects = subjects_of(waiver, rule_facts(desk.file))
    body = renewed(waiver, desk.waivers.by_id, desk.policy, wish, subjects)
    if call.reports:
        found = [one for path in call.reports for one in requests_of(path, (BLOCK, WARN), excused=True)]
        body |= _bound_to(waiver, found)
    path = Path(waiver.file).parent / f"{body['id']}.yaml"
    if path.exists():
        raise CallError("the renewal is there already", "sign it, or renew that one", place=str(path))
    write_waiver(path, body)
    write_stdout(f"written  {path}: renews {waiver.id}, until {body['expires']}; it needs new approvals\n".encode())
    return ExitCode.ALLOWED


def _bound_to(waiver: Waiver, requested: list[Requested]) -> dict[str, object]:
    """The binding to the plan of a report, at the addresses that it still has to excuse there."""
    here = [
        one
        for one in requested
        if fits_any(waiver.addresses, one.subject.address)
        and any(name in waiver.rules for name in (one.subject.rule, *one.subject.aliases))
    ]
    if not here:
        raise CallError("nothing in this report is what the waiver excuses", "then it need not be renewed")
    if len({one.plan_digest for one in here}) > 1:
        raise CallError("the reports are of several plans", "renew for one plan at a time")
    bindings: dict[str, dict[str, object]] = {
        "plan": {"plan": here[0].plan_digest},
        "change": {"changes": sorted({one.change_digest for one in here if one.change_digest})},
        "fingerprint": {"fingerprints": sorted({one.fingerprint for one in here})},
    }
    return {
        "addresses": [name for name in waiver.addresses if any(fits(name, one.subject.address) for one in here)],
        "binding": bindings[waiver.binding],
        "workspace": here[0].workspace,
    }


def run_revoke(
    name: str, reason: str, by: str | None, folder: Path | None, policy: str | None, now: str | None
) -> ExitCode:
    """Take a waiver back.

    :raises PlanguardError: when there is none, or it was taken back before
    """
    desk: Desk = open_desk(policy, _folder(name, folder), now)
    waiver = desk.found(name)
    body = revoked(waiver, who(by, "--by"), reason, time_of(now))
    write_waiver(Path(waiver.file), body, waiver.approvals)
    write_stdout(f"revoked  {waiver.file}\n".encode())
    return ExitCode.ALLOWED


def _folder(name: str, given: Path | None) -> Path | None:
    """The folder of waivers: the one that was given, else the one that a named file is in."""
    return given or (Path(name).parent if Path(name).is_file() else None)
