"""``planguard waiver request``."""

from __future__ import annotations

from pathlib import Path

import msgspec

from planguard.cli.terminal import write_stdout
from planguard.cli.waiver_files import length_of, open_desk, requests_of, who, write_waiver
from planguard.decision.policy import BLOCK, NO_GATE, WARN, Gate, Policy
from planguard.decision.waivers.lifecycle import TODO, Requested, Wish, drafts
from planguard.errors import CallError, ExitCode
from planguard.plan.glob import fits_any

BINDINGS = ("plan", "change", "fingerprint")


class RequestCall(msgspec.Struct, frozen=True):
    """One call, with its options as they stand on the command line."""

    reports: tuple[Path, ...]
    folder: Path | None
    rules: tuple[str, ...]
    addresses: tuple[str, ...]
    reason: str | None
    controls: tuple[str, ...]
    ticket: str | None
    expires: str | None
    owner: str | None
    binding: str
    warnings: bool
    requester: str | None
    policy: str | None
    now: str | None


def run_request(call: RequestCall) -> ExitCode:
    """Write drafts for what blocks the plans of some reports.

    :raises PlanguardError: when the call is wrong, or more is wished than policy allows
    """
    if call.binding not in BINDINGS:
        from planguard.engine.metadata import near

        raise CallError(f"--binding `{call.binding}`", near(call.binding, BINDINGS))
    desk = open_desk(call.policy, call.folder, call.now)
    wanted = [
        one
        for path in call.reports
        for one in requests_of(path, (BLOCK, WARN) if call.warnings else (BLOCK,))
        if _is_meant(one, call)
    ]
    excusable = [one for one in wanted if desk.policy.is_waivable(one.subject, _gate(desk.policy, one.gate))]
    lines = [
        f"not waivable  {one.subject.rule}  {one.subject.address}: policy lets nothing excuse it"
        for one in wanted
        if one not in excusable
    ]
    wish = Wish(
        requester=who(call.requester, "--requester"),
        now=desk.now,
        reason=call.reason or TODO,
        controls=call.controls,
        ticket=call.ticket,
        length=length_of(call.expires, "--expires"),
        owner=call.owner,
        binding=call.binding,
    )
    for body in drafts(excusable, desk.policy, wish):
        path = desk.folder / f"{body['id']}.yaml"
        if path.exists():
            lines.append(f"there already  {path}")
            continue
        write_waiver(path, body)
        count = len(body["addresses"])
        lines.append(f"written  {path}: {body['rules'][0]} at {count} address{'' if count == 1 else 'es'}")
        lines += [f"         still to fill in: {', '.join(_todo(body))}"] if _todo(body) else []
        lines += [f"         it needs {text}" for text in _needs(excusable, body["rules"][0], desk.policy)]
    if not wanted:
        lines.append("nothing to ask for: no finding of these reports blocks and is not excused")
    write_stdout(("\n".join(lines) + "\n").encode())
    return ExitCode.ALLOWED if wanted and len(excusable) == len(wanted) else ExitCode.BLOCKED


def _is_meant(one: Requested, call: RequestCall) -> bool:
    names = (one.subject.rule, *one.subject.aliases)
    return (not call.rules or any(fits_any(call.rules, name) for name in names)) and (
        not call.addresses or fits_any(call.addresses, one.subject.address)
    )


def _gate(policy: Policy, name: str) -> Gate:
    return next((one for one in policy.gates if one.name == name), NO_GATE)


def _todo(body: dict[str, object]) -> list[str]:
    return [name for name in ("owner", "reason") if str(body[name]).startswith("TODO")]


def _needs(requested: list[Requested], rule: str, policy: Policy) -> list[str]:
    """Who has to approve it, by policy."""
    found = []
    for one in requested:
        if one.subject.rule != rule:
            continue
        needed = policy.approval_for(one.subject)
        if needed is None:
            found.append("somebody whom policy lets approve it: `approvals` names nobody for it")
            continue
        roles = " and ".join(f"{count} x {role}" for role, count in needed.roles)
        found.append(f"{roles} (approval `{needed.name}`{', signed' if needed.signed else ''})")
    return list(dict.fromkeys(found))
