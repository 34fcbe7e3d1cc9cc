"""``planguard waiver list``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from planguard.cli.terminal import write_stdout
from planguard.cli.waiver_files import length_of, open_desk, report_of
from planguard.decision.time import show_time
from planguard.decision.waivers.chain import chain_of
from planguard.decision.waivers.judge import Waivers
from planguard.decision.waivers.waiver import Waiver
from planguard.errors import CallError, ExitCode


class Row(msgspec.Struct, frozen=True):
    """One waiver, as the list shows it.

    :ivar age_days: since the first of its chain was created
    :ivar used: whether a report used it; None without reports
    """

    id: str
    file: str
    state: str
    owner: str | None
    requester: str | None
    rules: list[str]
    addresses: list[str]
    environment: str | None
    ticket: str | None
    created: str | None
    expires: str | None
    age_days: int | None
    days_left: int | None
    renewals: int
    approvals: int
    used: bool | None
    why: str


def run_list_waivers(
    folder: Path | None, expiring: str | None, reports: list[Path], format_: str, policy: str | None, now: str | None
) -> ExitCode:
    """List the waivers of a folder.

    :raises PlanguardError: when the call is wrong
    """
    if format_ not in ("text", "json"):
        raise CallError(f"--format `{format_}` is not a format", "there are text and json")
    within = length_of(expiring, "--expiring")
    desk = open_desk(policy, folder, now)
    used = _used(reports)
    rows = [_row(one, desk.waivers, desk.now, used) for one in desk.waivers.valid]
    if within is not None:
        soon = {one.id for one in desk.waivers.valid if desk.now <= one.expires <= desk.now + within}
        rows = [one for one in rows if one.id in soon and one.state in ("active", "draft")]
    else:
        rows += [_invalid(one.id, one.file, one.why) for one in desk.waivers.invalid]
    rows.sort(key=lambda one: (one.days_left if one.days_left is not None else -(10**6), one.id))
    if format_ == "json":
        write_stdout(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")
    else:
        write_stdout(_table(rows).encode())
    return ExitCode.ALLOWED


def _used(reports: list[Path]) -> set[str] | None:
    if not reports:
        return None
    return {
        one["id"]
        for path in reports
        for decision in report_of(path)["decisions"]
        for one in decision["waivers"]
        if one["status"] == "used"
    }


def _row(one: Waiver, waivers: Waivers, now: datetime, used: set[str] | None) -> Row:
    chain = chain_of(one, waivers.by_id)
    left = (one.expires - now).total_seconds()
    body: dict[str, Any] = one.body
    return Row(
        id=one.id,
        file=one.file,
        state=_state(one, now),
        owner=one.owner,
        requester=one.requester,
        rules=list(one.rules),
        addresses=list(one.addresses),
        environment=one.environment,
        ticket=body["ticket"],
        created=show_time(one.created),
        expires=show_time(one.expires),
        age_days=int((now - chain[0].created).total_seconds() // 86400),
        days_left=int(left // 86400),
        renewals=len(chain) - 1,
        approvals=len(one.approvals),
        used=one.id in used if used is not None else None,
        why=one.revoked or "",
    )


def _state(one: Waiver, now: datetime) -> str:
    if one.revoked is not None:
        return "revoked"
    if now >= one.expires:
        return "expired"
    if not one.approvals:
        return "draft"
    return "not-yet" if now < one.not_before else "active"


def _invalid(identity: str, file: str, why: str) -> Row:
    return Row(
        identity, file, "invalid", None, None, [], [], None, None, None, None, None, None, 0, 0, None, why
    )  # fmt: skip


def _table(rows: list[Row]) -> str:
    if not rows:
        return "no waivers\n"
    lines = [("state", "left", "age", "renewals", "used", "owner", "waiver")]
    lines += [
        (
            one.state,
            f"{one.days_left}d" if one.days_left is not None else "–",
            f"{one.age_days}d" if one.age_days is not None else "–",
            str(one.renewals),
            {True: "yes", False: "no", None: "–"}[one.used],
            one.owner or "–",
            one.id + (f": {one.why}" if one.why else ""),
        )
        for one in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]) - 1)]
    return "".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]) + "\n"
        for line in lines
    )
