"""GitLab SAST report, version 15.0.7, for the vulnerability report and the security widget.

Source: GitLab, "Security scanner integration", and the schema of its reports. GitLab tells vulnerabilities apart by
file, lines and first identifier; so whatever agrees in these is one vulnerability that lists all its objects.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from planguard.reports.escaping import clipped, markdown_code, markdown_text, relative_path
from planguard.reports.model import PlanFacts, Report, Tool, UndeterminedEntry, ViolationEntry
from planguard.reports.standing import (
    SEVERITIES,
    Finding,
    findings_of,
    lines_of,
    standing,
    title_of,
    what_of,
    where_of,
)
from planguard.reports.text import plain

VERSION = "15.0.7"
_NO_TIME = "1970-01-01T00:00:00"
_MOST_NAME, _MOST_SOLUTION, _MOST_IDENTIFIERS = 255, 7_000, 20
_MOST_OBJECTS = 200
_SHOWN = ("block", "warn", "observe")
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "planguard:gitlab-sast")


class _Place(NamedTuple):
    """What GitLab tells vulnerabilities apart by."""

    file: str
    start_line: int
    end_line: int
    identifier: str


def render_gitlab_sast(report: Report, *, source_root: str = "") -> bytes:
    """What is open, as vulnerabilities; what could not be decided makes the scan a failure.

    :param source_root: where the source stands below the root of the repository
    """
    groups: dict[_Place, list[tuple[Finding, PlanFacts]]] = {}
    for decision in report.decisions:
        for one in findings_of(decision):
            if standing(one) in _SHOWN:
                groups.setdefault(_place(one, decision.plan, source_root), []).append((one, decision.plan))
    several = len(report.decisions) > 1
    found = [_vulnerability(place, group, several=several) for place, group in groups.items()]
    document = {
        "version": VERSION,
        "scan": _scan(report),
        "vulnerabilities": sorted(found, key=lambda one: (_rank(one["severity"]), one["id"])),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _place(one: Finding, plan: PlanFacts, root: str) -> _Place:
    where = lines_of(one.source, plan)
    file = plain(relative_path(where.file, root if where.in_source else ""))
    rule = clipped(one.rule, 200) or "rule-without-a-name"
    identifier = f"{rule}/undetermined" if isinstance(one, UndeterminedEntry) else rule
    return _Place(file, where.line, where.end_line, identifier)


def _rank(severity: str) -> int:
    return ("Critical", "High", "Medium", "Low", "Unknown").index(severity)


def _vulnerability(place: _Place, group: Sequence[tuple[Finding, PlanFacts]], *, several: bool) -> dict[str, Any]:
    gravest = min((one for one, _ in group), key=lambda one: SEVERITIES.index(one.severity))
    is_open = isinstance(gravest, UndeterminedEntry)
    title = f"Not known before apply: {gravest.title}" if is_open else gravest.title
    fact: dict[str, Any] = {
        "id": str(uuid.uuid5(_NAMESPACE, "\0".join(map(str, place)))),
        "name": clipped(title, _MOST_NAME),
        "description": _description(group, several=several),
        "severity": "Unknown" if is_open else gravest.severity.title(),
        "identifiers": _identifiers(place.identifier, gravest),
        "location": {"file": place.file, "start_line": place.start_line, "end_line": place.end_line},
    }
    if isinstance(gravest, ViolationEntry) and gravest.fix:
        fact["solution"] = clipped(gravest.fix, _MOST_SOLUTION)
    return fact


def _identifiers(identifier: str, one: Finding) -> list[dict[str, str]]:
    """The rule first, which has to stay what it is; then the names of the same check in other tools."""
    found = [{"type": "planguard_rule", "name": f"planguard {identifier}", "value": identifier}]
    if isinstance(one, ViolationEntry):
        names = (clipped(alias, 200) for alias in dict.fromkeys(one.aliases) if alias)
        found += [{"type": "planguard_alias", "name": name, "value": name} for name in names]
    return found[:_MOST_IDENTIFIERS]


def _description(group: Sequence[tuple[Finding, PlanFacts]], *, several: bool) -> str:
    """Every object in GitLab Flavored Markdown."""
    lines = [f"{markdown_text(clipped(group[0][0].title, 500))}:", ""]
    for one, plan in group[:_MOST_OBJECTS]:
        prefix = f"{markdown_code(clipped(title_of(plan), 300))}: " if several else ""
        where, what = markdown_code(clipped(where_of(one), 500)), markdown_code(clipped(what_of(one), 500))
        lines.append(f"- {prefix}{where}: {what} ({one.status}, {standing(one)})")
    if len(group) > _MOST_OBJECTS:
        lines.append(f"- and {len(group) - _MOST_OBJECTS} more")
    return "\n".join(lines)


def _scan(report: Report) -> dict[str, Any]:
    messages = [{"level": "fatal", "value": _said(one.file, one.message)} for one in report.unreadable]
    for decision in report.decisions:
        messages += [
            {"level": "fatal", "value": _said(one.rule, one.address, one.message)} for one in decision.errors
        ]
    if not report.decisions and not messages:
        messages.append({"level": "fatal", "value": "no plan was checked"})
    times = sorted(_time(one.plan) for one in report.decisions) or [_NO_TIME]
    return {
        "analyzer": _program(report.planguard),
        "scanner": _program(report.planguard),
        "type": "sast",
        "start_time": times[0],
        "end_time": times[-1],
        "status": "failure" if messages else "success",
        "messages": messages,
    }


def _said(*parts: str) -> str:
    return clipped(": ".join(part for part in parts if part), 2_000) or "no reason is given"


def _program(tool: Tool) -> dict[str, Any]:
    version = clipped(tool.version, 100) or "0.0.0"
    return {"id": "planguard", "name": "planguard", "version": version, "vendor": {"name": "planguard"}}


def _time(plan: PlanFacts) -> str:
    """When the plan was made, in UTC without a zone: a renderer reads no clock."""
    from planguard.decision.time import parse_time

    try:
        return parse_time(plan.timestamp or "").strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    except ValueError:
        return _NO_TIME
