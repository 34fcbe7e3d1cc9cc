"""GitHub Actions: annotations as workflow commands.

Source: GitHub, "Workflow commands for GitHub Actions". Ten annotations of each kind and step are shown, and fifty a
job; the rest vanishes without a word. So no more are written, and the last of them says how many there are besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from planguard.reports.escaping import clipped, line_number, relative_path, workflow_data, workflow_property
from planguard.reports.model import DecisionEntry, Report, SourcePlace
from planguard.reports.standing import Finding, findings_of, fix_of, gravity, standing, title_of, what_of, where_of

MOST_OF_A_KIND = 10
_MOST_TEXT = 2_000


class _Annotation(NamedTuple):
    """One annotation before it is written."""

    title: str
    message: str
    source: SourcePlace | None = None


def render_github(report: Report, *, source_root: str = "") -> bytes:
    """Commands for what blocks and what is warned of, the gravest first; then the outcome of each plan.

    :param source_root: where the source stands below the root of the repository
    """
    errors, warnings = list(_errors(report)), list(_warnings(report))
    lines = [_command("error", one, source_root) for one in errors[:MOST_OF_A_KIND]]
    lines += [_command("warning", one, source_root) for one in warnings[:MOST_OF_A_KIND]]
    left_out = len(errors) + len(warnings) - len(lines)
    if left_out:
        parts = (f"{len(errors)} that block", f"{len(warnings)} that are warned of")
        told = f"{_count(left_out, 'finding')} not shown here, out of {' and '.join(parts)}"
        lines.append(_command("notice", _Annotation(f"planguard: {report.outcome}", told), ""))
    lines += [f"planguard: unreadable: {_log(one.file)}: {_log(one.message)}" for one in report.unreadable]
    lines += [_outcome(entry) for entry in report.decisions]
    return ("\n".join(lines) + "\n").encode()


def _errors(report: Report) -> Iterator[_Annotation]:
    for plan in report.unreadable:
        yield _Annotation("planguard: plan cannot be decided on", f"{plan.file}: {plan.message}")
    if not report.decisions and not report.unreadable:
        yield _Annotation("planguard: plan cannot be decided on", "no plan was checked")
    for entry in report.decisions:
        for one in entry.errors:
            yield _Annotation(f"planguard: {one.rule} could not be evaluated", f"{one.address}: {one.message}")
    found = list(_with_standing(report, "block"))
    yield from map(_annotation, found)
    # A promotion blocks without a finding; a blocked plan has at least one error.
    for entry in report.decisions:
        if entry.outcome == "block" and not entry.errors and not _has_blocking(entry):
            yield _Annotation("planguard: block", f"{title_of(entry.plan)}: {'; '.join(entry.reasons)}")


def _has_blocking(entry: DecisionEntry) -> bool:
    return any(standing(one) == "block" for one in findings_of(entry))


def _warnings(report: Report) -> Iterable[_Annotation]:
    return map(_annotation, _with_standing(report, "warn"))


def _with_standing(report: Report, wanted: str) -> list[Finding]:
    found = [one for entry in report.decisions for one in findings_of(entry) if standing(one) == wanted]
    return sorted(found, key=gravity)


def _annotation(one: Finding) -> _Annotation:
    fix = f". Fix: {fix_of(one)}" if fix_of(one) else ""
    told = f"{where_of(one)}: {what_of(one)}{fix}"
    return _Annotation(f"{one.title} ({one.rule}, {one.severity})", told, one.source)


def _command(kind: str, one: _Annotation, root: str) -> str:
    properties = [f"title={workflow_property(clipped(one.title, 250))}"]
    if one.source is not None:
        first = line_number(one.source.line)
        last = max(line_number(one.source.end_line), first)
        file = workflow_property(relative_path(one.source.file, root))
        properties = [f"file={file}", f"line={first}", f"endLine={last}", *properties]
    return f"::{kind} {','.join(properties)}::{workflow_data(clipped(one.message, _MOST_TEXT))}"


def _outcome(entry: DecisionEntry) -> str:
    return f"planguard: {entry.outcome}: {_log(title_of(entry.plan))}: {_log('; '.join(entry.reasons))}"


def _log(text: str) -> str:
    """A part of an ordinary line, which can be no command: one begins a line, and the older kind is broken up."""
    return clipped(text, _MOST_TEXT).replace("##[", "## [")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{' is' if number == 1 else 's are'}"
