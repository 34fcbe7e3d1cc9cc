"""GitLab Code Quality: an array of findings, for the widget of merge requests.

Source: GitLab, "Code Quality", "Implement a custom tool". Paths are relative to the repository without ``./``; an
entry whose fingerprint another one has is not shown, so that fingerprints differ between plans as well.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import msgspec

from planguard.reports.escaping import clipped, relative_path
from planguard.reports.model import Report, UndeterminedEntry
from planguard.reports.standing import (
    Finding,
    categories_of,
    findings_of,
    fingerprint_of,
    lines_of,
    standing,
    what_of,
    where_of,
)
from planguard.reports.text import plain

_MOST_TEXT = 2_000
_SHOWN = ("block", "warn", "observe")
_SEVERITIES = {"critical": "critical", "high": "major", "medium": "minor", "low": "info"}


def render_gitlab(report: Report, *, source_root: str = "") -> bytes:
    """What is open: not waived, not fixed, not part of a wider finding; and what could not be decided.

    :param source_root: where the source stands below the root of the repository
    """
    entries = [
        _entry("planguard-plan-unreadable", one.message, "blocker", one.file, 1, ("unreadable", one.file))
        for one in report.unreadable
    ]
    if not report.decisions and not entries:
        told = "no plan was checked"
        entries = [_entry("planguard-plan-unreadable", told, "blocker", "plan", 1, ("unreadable", "plan"))]
    for decision, category in zip(report.decisions, categories_of(report), strict=True):
        for error in decision.errors:
            told = f"{error.rule} could not be evaluated: {error.address}: {error.message}"
            names = (category, "error", error.rule, error.address, error.message)
            entries.append(_entry("planguard-evaluation-failed", told, "blocker", decision.plan.file, 1, names))
        for one in findings_of(decision):
            if standing(one) not in _SHOWN:
                continue
            where = lines_of(one.source, decision.plan)
            path = relative_path(where.file, source_root if where.in_source else "")
            told = f"{one.title}: {where_of(one)}: {what_of(one)}"
            kind = "undetermined" if isinstance(one, UndeterminedEntry) else "violation"
            name = (category, kind, fingerprint_of(one))
            entries.append(_entry(one.rule, told, _severity(one), path, where.line, name))
    return msgspec.json.format(msgspec.json.encode(_unique(entries)), indent=2) + b"\n"


def _severity(one: Finding) -> str:
    """Whatever blocks is a blocker; what is only not known is information."""
    if standing(one) == "block":
        return "blocker"
    return "info" if isinstance(one, UndeterminedEntry) else _SEVERITIES[one.severity]


def _entry(rule: str, told: str, severity: str, file: str, line: int, name: tuple[str, ...]) -> dict[str, Any]:
    return {
        "description": clipped(told, _MOST_TEXT) or "no reason is given",
        "check_name": clipped(rule, 255) or "rule-without-a-name",
        "fingerprint": hashlib.sha256("\0".join(name).encode("utf-8", "backslashreplace")).hexdigest(),
        "severity": severity,
        "location": {"path": plain(relative_path(file)), "lines": {"begin": line}},
    }


def _unique(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each entry under a fingerprint of its own."""
    often: Counter[str] = Counter()
    for entry in entries:
        print_ = entry["fingerprint"]
        often[print_] += 1
        if often[print_] > 1:
            entry["fingerprint"] = hashlib.sha256(f"{print_} {often[print_]}".encode()).hexdigest()
    return entries
