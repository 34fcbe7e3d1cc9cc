"""``planguard waiver check``."""

from __future__ import annotations

from pathlib import Path

import msgspec

from planguard.cli.terminal import write_stdout
from planguard.cli.waiver_files import Desk, open_desk, report_of, requests_of, rule_facts
from planguard.decision.policy import BLOCK, NO_GATE, WARN
from planguard.decision.time import show_time
from planguard.decision.waivers.judge import Excusable, Situation, Verdict, judge_waivers
from planguard.decision.waivers.lifecycle import prospects, subjects_of
from planguard.errors import CallError, ExitCode


def run_check_waivers(
    files: list[Path], reports: list[Path], folder: Path | None, format_: str, policy: str | None, now: str | None
) -> ExitCode:
    """Tell of each waiver whether it would count, and everything that stands against it.

    :raises PlanguardError: when the call is wrong
    """
    if format_ not in ("text", "json"):
        raise CallError(f"--format `{format_}` is not a format", "there are text and json")
    missing = next((path for path in files if not path.exists()), None)
    if missing is not None:
        raise CallError("there is no such file", place=str(missing))
    place = folder or (files[0] if files[0].is_dir() else files[0].parent) if files else folder
    desk = open_desk(policy, place, now)
    wanted = [path.resolve() for path in files]
    verdicts = [one for one in _verdicts(desk, reports) if not wanted or _is_in(Path(one.file), wanted)]
    for path in files:
        # What was named and not looked at must not count as one that holds.
        if not any(_is_in(Path(one.file), [path.resolve()]) for one in verdicts):
            hint = "waivers are the .yaml files of one folder; --waivers names it"
            raise CallError("no waiver was read from it", hint, place=str(path))
    verdicts.sort(key=lambda one: one.file)
    if format_ == "json":
        shown = [
            {
                "id": one.id, "file": one.file, "status": one.status, "counts": one.status == "used",
                "why": one.why, "reasons": list(one.reasons),
            }
            for one in verdicts
        ]  # fmt: skip
        write_stdout(msgspec.json.format(msgspec.json.encode(shown), indent=2) + b"\n")
    else:
        write_stdout("".join(map(_text, verdicts)).encode() or b"no waivers\n")
    return ExitCode.ALLOWED if all(one.status == "used" for one in verdicts) else ExitCode.BLOCKED


def _is_in(file: Path, wanted: list[Path]) -> bool:
    there = file.resolve()
    return any(there == path or path in there.parents for path in wanted)


def _verdicts(desk: Desk, reports: list[Path]) -> list[Verdict]:
    if reports:
        return [one for path in reports for one in _for_report(desk, path)]
    facts = rule_facts(desk.file)
    found = [Verdict(one.id, "invalid", one.why, one.file, (one.why,)) for one in desk.waivers.invalid]
    return found + [
        prospects(waiver, desk.waivers, subjects_of(waiver, facts), desk.policy, desk.now)
        for waiver in desk.waivers.valid
    ]


def _for_report(desk: Desk, path: Path) -> list[Verdict]:
    """As the plans of a report would have it."""
    found: list[Verdict] = []
    gates = {one.name: one for one in desk.policy.gates}
    requested = requests_of(path, (BLOCK, WARN), excused=True)
    for decision in report_of(path)["decisions"]:
        plan = decision["plan"]
        name = plan["environment"]["name"]
        environment = desk.policy.environments.named(name)
        situation = Situation(
            now=desk.now,
            plan_digest=plan["digest"],
            environment=name,
            production=environment.production if environment is not None else True,
            project=plan["project"],
            workspace=plan["workspace"],
        )
        findings = [
            Excusable(one.subject, gates.get(one.gate, NO_GATE), one.change_digest, one.fingerprint)
            for one in requested
            if one.plan_digest == plan["digest"]
        ]
        found += judge_waivers(desk.waivers, findings, desk.policy, situation)[1]
    return found


def _text(one: Verdict) -> str:
    if one.status == "used" and one.waiver is not None:
        return f"counts  {one.file}\n        until {show_time(one.waiver.expires)}\n"
    lines = [f"{one.status}  {one.file}", *(f"        {reason}" for reason in one.reasons or (one.why,))]
    return "\n".join(lines) + "\n"
