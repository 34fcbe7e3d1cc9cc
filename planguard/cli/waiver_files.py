"""Reading and writing the files of waivers, for the commands of ``planguard waiver``."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from planguard.cli.law import POLICY, WAIVERS, given_time, waivers_folder
from planguard.cli.terminal import cache_folder, write_whole
from planguard.decision.policy import BUILTIN_POLICY, Policy, Subject
from planguard.decision.policy_file import PolicyFile
from planguard.decision.policy_model import duration
from planguard.decision.waivers.judge import Waivers
from planguard.decision.waivers.lifecycle import Requested
from planguard.decision.waivers.waiver import Approval, Waiver, parse_waiver
from planguard.decision.waivers.write import render_waiver
from planguard.engine.pack import builtin_root, load_pack
from planguard.errors import CallError, WaiverFileError
from planguard.law import read_policy, read_waivers


class Desk(msgspec.Struct, frozen=True):
    """What every command on waivers works with."""

    file: PolicyFile | None
    folder: Path
    waivers: Waivers
    now: datetime

    @property
    def policy(self) -> Policy:
        """The policy that waivers are judged by."""
        return self.file.policy if self.file is not None else BUILTIN_POLICY

    def found(self, name: str) -> Waiver:
        """A waiver by its id or its file.

        :raises CallError: when there is none
        """
        for one in self.waivers.valid:
            if name == one.id or Path(name) == Path(one.file):
                return one
        if Path(name).is_file():
            return read_waiver(Path(name))
        from planguard.engine.metadata import near

        wrong = next((one for one in self.waivers.invalid if name in (one.id, one.file)), None)
        if wrong is not None:
            raise WaiverFileError(wrong.why, place=wrong.file)
        raise CallError(f"there is no waiver `{name}`", near(name, [one.id for one in self.waivers.valid]))


def open_desk(policy: str | None, folder: Path | None, now: str | None) -> Desk:
    """Read policy and waivers.

    :raises PlanguardError: when the call or the policy is wrong
    """
    path = Path(policy) if policy is not None else Path(POLICY)
    file = read_policy(path, None) if policy is not None or path.exists() else None
    there = waivers_folder(file, path, str(folder) if folder is not None and folder.is_dir() else None)
    place = folder or there or path.parent / WAIVERS
    return Desk(file, place, read_waivers(place, None), time_of(now))


def time_of(now: str | None) -> datetime:
    """``--now``, else the clock.

    :raises CallError: when it is no time
    """
    return given_time(now) if now is not None else datetime.now(UTC)


def length_of(text: str | None, option: str) -> timedelta | None:
    """``7d`` as a length of time.

    :raises CallError: when it is none
    """
    if text is None:
        return None
    try:
        return duration(text)
    except ValueError as error:
        message, _, hint = str(error).partition("; ")
        raise CallError(f"{option} {message}", hint) from None


def read_waiver(path: Path) -> Waiver:
    """One waiver from its file.

    :raises WaiverFileError: when it cannot be read, or is none
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise WaiverFileError("not UTF-8 text", place=str(path)) from None
    except OSError as error:
        raise WaiverFileError(f"cannot be read: {(error.strerror or 'unknown').lower()}", place=str(path)) from None
    return parse_waiver(text, str(path))


def write_waiver(path: Path, body: dict[str, Any], approvals: tuple[Approval, ...] = ()) -> None:
    """Write a waiver's file, whole or not at all.

    :raises CallError: when it cannot be written
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "unknown").lower()
        raise CallError(f"cannot be made a folder: {reason}", place=str(path.parent)) from None
    said = [
        {"by": one.by, "role": one.role, "at": one.at_text, "signature": one.signature}
        if one.signature is not None
        else {"by": one.by, "role": one.role, "at": one.at_text}
        for one in approvals
    ]
    write_whole(path, render_waiver(body, said).encode())


def who(given: str | None, option: str) -> str:
    """Who acts: the name that was given, else what git knows.

    :raises CallError: when neither says
    """
    if given:
        return given
    try:
        words = ["git", "config", "user.email"]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=10)  # noqa: S603
        found = done.stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        found = ""
    if not found:
        raise CallError(f"{option} is missing, and git knows no user.email", f"name the person: {option} NAME")
    return found


def rule_facts(file: PolicyFile | None) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """By id and alias of each rule its severity, its domain and all its names, as policy has them."""
    from planguard.engine.settings import with_settings

    folders = [builtin_root(), *(file.pack_folders if file is not None else [])]
    cache = cache_folder()
    rules = [rule for folder in folders for rule in load_pack(folder, cache=cache, examples=False).rules]
    if file is not None:
        rules = with_settings(rules, file.settings, file.place)
    found = {}
    for rule in rules:
        facts = (rule.severity, rule.domain, (rule.id, *rule.aliases))
        found.update(dict.fromkeys(facts[2], facts))
    return found


def report_of(path: Path) -> dict[str, Any]:
    """A JSON report.

    :raises CallError: when it is none
    """
    try:
        document = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise CallError(f"cannot be read: {(error.strerror or 'unknown').lower()}", place=str(path)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        document = None
    if (
        not isinstance(document, dict)
        or document.get("schema") != "planguard/report/v1"
        or not isinstance(document.get("decisions"), list)
    ):
        hint = "write one with `planguard check PLAN --format json=FILE`"
        raise CallError("is no report of planguard", hint, place=str(path))
    return document


def requests_of(path: Path, effects: tuple[str, ...], *, excused: bool = False) -> list[Requested]:
    """The findings of a report that are not excused.

    :param effects: only those with one of these
    :param excused: also those that a waiver excuses already
    :raises CallError: when it is no report
    """
    return [
        _requested(one, decision["plan"], is_open=kind == "undetermined")
        for decision in report_of(path)["decisions"]
        for kind in ("violations", "undetermined")
        for one in decision[kind]
        if one["effect"] in effects and (excused or one["waiver"] is None) and one.get("part_of") is None
    ]


def _requested(one: dict[str, Any], plan: dict[str, Any], *, is_open: bool) -> Requested:
    subject = Subject(
        status=one.get("status", "introduced"),
        severity=one["severity"],
        domain=one["domain"],
        rule=one["rule"],
        aliases=tuple(one.get("aliases", ())),
        type=one.get("type", ""),
        address=one["address"],
        environment=plan["environment"]["name"],
        owner=one.get("owner"),
        undetermined=is_open,
    )
    return Requested(
        subject=subject,
        fingerprint=one.get("fingerprint", ""),
        change_digest=one.get("change_digest"),
        plan_digest=plan["digest"],
        project=plan["project"],
        workspace=plan["workspace"],
        gate=one["gate"],
        message=one.get("message") or one.get("why", ""),
    )
