"""What formats ask of a finding: how it stands, which findings are worth a line, in which order, under which name.

Nothing is decided here; the effect is that of the gate, and a waiver counts where the decision says so.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple
from urllib.parse import quote

from planguard.reports.escaping import line_number
from planguard.reports.model import (
    DecisionEntry,
    PlanFacts,
    Report,
    SourcePlace,
    UndeterminedEntry,
    ViolationEntry,
)
from planguard.reports.text import why_open

Finding = ViolationEntry | UndeterminedEntry
Standing = Literal["block", "warn", "observe", "waived", "fixed", "part"]

EFFECTS = ("block", "warn", "observe")
SEVERITIES = ("critical", "high", "medium", "low")
_FINGERPRINT = re.compile(r"pg\d+[a-z]:([0-9a-f]{32,128})")


def standing(entry: Finding) -> Standing:
    """How a finding stands: ``part`` of a wider one, ``fixed``, ``waived``, or by its effect."""
    if entry.part_of:
        return "part"
    if isinstance(entry, ViolationEntry) and entry.status == "fixed":
        return "fixed"
    return "waived" if entry.waiver is not None else entry.effect


def findings_of(decision: DecisionEntry) -> list[Finding]:
    """All findings of a decision, the gravest first."""
    return sorted([*decision.violations, *decision.undetermined], key=gravity)


def gravity(entry: Finding) -> tuple[int, int, int, str, str, str, str, str, str]:
    """The order of findings: by effect, severity, certainty, address, rule, path; the rest makes it a total one."""
    told = entry.message if isinstance(entry, ViolationEntry) else entry.why
    return (
        EFFECTS.index(entry.effect),
        SEVERITIES.index(entry.severity),
        int(isinstance(entry, UndeterminedEntry)),
        entry.address,
        entry.rule,
        entry.path,
        told,
        entry.status,
        entry.fingerprint,
    )


def what_of(entry: Finding) -> str:
    """What is wrong, or what is not known, with the attribute in front."""
    if isinstance(entry, UndeterminedEntry):
        return f"undetermined: {why_open(entry)}"
    return f"{entry.path}: {entry.message}" if entry.path else entry.message


def where_of(entry: Finding) -> str:
    """The address, with the key of a deposed object."""
    deposed = entry.deposed if isinstance(entry, ViolationEntry) else None
    return f"{entry.address} (deposed {deposed})" if deposed else entry.address


def waiver_of(entry: Finding) -> str:
    """Which waiver excuses it, whose it is and until when; empty where there is none."""
    waiver = entry.waiver
    return f"waiver {waiver.id} of {waiver.owner}, until {waiver.expires}" if waiver is not None else ""


def fix_of(entry: Finding) -> str:
    """How to fix it; empty for what is only not known."""
    return entry.fix if isinstance(entry, ViolationEntry) else ""


def fingerprint_of(entry: Finding) -> str:
    """Hexadecimal digits that stay the same for the same finding."""
    found = _FINGERPRINT.fullmatch(entry.fingerprint)
    if found:
        return found[1]
    facts = "\0".join((entry.rule, entry.address, entry.path, entry.fingerprint))
    return hashlib.sha256(facts.encode("utf-8", "backslashreplace")).hexdigest()


class Lines(NamedTuple):
    """A file, and the lines of it that are meant."""

    file: str
    line: int
    end_line: int
    in_source: bool


def lines_of(source: SourcePlace | None, plan: PlanFacts) -> Lines:
    """Where it stands in the source; without source, the first line of the plan file."""
    if source is None:
        return Lines(plan.file, 1, 1, in_source=False)
    first = line_number(source.line)
    return Lines(source.file, first, max(line_number(source.end_line), first), in_source=True)


def title_of(plan: PlanFacts) -> str:
    """What a plan is called: its file, and what it is for."""
    parts = (plan.project, plan.workspace, plan.environment.name)
    purpose = ", ".join(dict.fromkeys(one for one in parts if one))
    return f"{plan.file} ({purpose})" if purpose else plan.file


def categories_of(report: Report) -> list[str]:
    """A name for each decision that stays the same from call to call: project, workspace, environment.

    Where several decisions of one report would have the same, the file of the plan tells them apart.
    """
    plans = [one.plan for one in report.decisions]
    names = _told_apart([_joined(_purpose(plan)) for plan in plans], [plan.file for plan in plans])
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name}{seen[name]}/")
    return unique


def _purpose(plan: PlanFacts) -> list[str]:
    return [one for one in (plan.project, plan.workspace, plan.environment.name) if one]


def _joined(parts: Iterable[str]) -> str:
    return "".join(f"{_segment(one)}/" for one in ("planguard", *parts))


def _segment(text: str) -> str:
    """One part of a name: no slash, and no ``>`` that could end a comment in Markdown."""
    return quote(text, safe="", errors="replace")[:200]


def _told_apart(names: Sequence[str], files: Sequence[str]) -> list[str]:
    often = Counter(names)
    return [f"{name}{_segment(file)}/" if often[name] > 1 else name for name, file in zip(names, files, strict=True)]
