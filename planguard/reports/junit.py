"""JUnit XML, in the subset that every reader takes: suites, cases, ``failure``, ``error``, ``skipped``.

There is no standard; names and attributes are those that Jenkins, GitLab, GitHub actions and Azure have in common.
One suite for each decision, one case for each rule and address. No time is measured: ``time`` is 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import UNSET, Struct

from planguard.reports.escaping import relative_path, xml_text
from planguard.reports.model import DecisionEntry, Report, UnreadableEntry
from planguard.reports.standing import (
    Finding,
    findings_of,
    fix_of,
    lines_of,
    standing,
    title_of,
    waiver_of,
    what_of,
    where_of,
)

Verdict = Literal["error", "failure", "skipped", "passed"]
_WORST = ("error", "failure", "skipped", "passed")


class _Case(Struct, frozen=True):
    """One test case: what became of one rule at one address."""

    rule: str
    name: str
    verdict: Verdict
    heading: str = ""
    kind: str = ""
    text: str = ""
    file: str = ""
    line: int | None = None


def render_junit(report: Report, *, source_root: str = "") -> bytes:
    """The report as test suites.

    :param source_root: where the source stands below the root of the repository
    """
    suites = [(title_of(entry.plan), _cases(entry, source_root)) for entry in report.decisions]
    suites += [(one.file, [_unreadable(one)]) for one in report.unreadable]
    if not suites:
        case = _Case("planguard", "a plan is checked", "error", "no plan was checked", "unreadable")
        suites = [("planguard", [case])]
    everything = [one for _, cases in suites for one in cases]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="planguard" {_counts(everything)}>']
    for name, cases in suites:
        lines.append(f'  <testsuite name="{xml_text(name)}" {_counts(cases, skipped=True)}>')
        lines += [line for one in cases for line in _written(one)]
        lines.append("  </testsuite>")
    return ("\n".join([*lines, "</testsuites>"]) + "\n").encode()


def _counts(cases: list[_Case], *, skipped: bool = False) -> str:
    often = {verdict: sum(one.verdict == verdict for one in cases) for verdict in _WORST}
    told = f'tests="{len(cases)}" failures="{often["failure"]}" errors="{often["error"]}"'
    return told + (f' skipped="{often["skipped"]}"' if skipped else "") + ' time="0"'


def _written(case: _Case) -> Iterator[str]:
    place = f' file="{xml_text(case.file)}"' if case.file else ""
    place += f' line="{case.line}"' if case.line is not None else ""
    head = f'    <testcase classname="{xml_text(case.rule)}" name="{xml_text(case.name)}" time="0"{place}'
    if case.verdict == "passed" and not case.text:
        yield f"{head}/>"
        return
    yield f"{head}>"
    if case.verdict == "passed":
        yield f"      <system-out>{_lines(case.text)}</system-out>"
    elif case.verdict == "skipped":
        yield f'      <skipped message="{xml_text(case.heading)}"/>'
        yield f"      <system-out>{_lines(case.text)}</system-out>"
    else:
        attributes = f'message="{xml_text(case.heading)}" type="{xml_text(case.kind)}"'
        yield f"      <{case.verdict} {attributes}>{_lines(case.text)}</{case.verdict}>"
    yield "    </testcase>"


def _lines(text: str) -> str:
    return "\n".join(map(xml_text, text.split("\n")))


def _cases(entry: DecisionEntry, root: str) -> list[_Case]:
    cases = [_outcome(entry)]
    by_case: dict[tuple[str, str], list[_Case]] = {}
    for error in entry.errors:
        case = _Case(
            error.rule,
            error.address,
            "error",
            error.message,
            "evaluation error",
            _one(error.message),
            entry.plan.file,
        )
        by_case.setdefault((error.rule, error.address), []).append(case)
    for one in findings_of(entry):
        if standing(one) != "part":
            by_case.setdefault((one.rule, where_of(one)), []).append(_found(one, entry, root))
    if entry.passes is not UNSET:
        for passed in entry.passes:
            by_case.setdefault((passed.rule, passed.address), []).append(_Case(passed.rule, passed.address, "passed"))
    return cases + [_together(by_case[key]) for key in sorted(by_case)]


def _outcome(entry: DecisionEntry) -> _Case:
    """The decision as a case of its own, so that an allowed plan has passed something, and a blocked one nothing."""
    reasons = "\n".join(map(_one, entry.reasons))
    heading = "; ".join(entry.reasons) or entry.outcome
    if entry.outcome == "block":
        return _Case("planguard", "decision", "failure", heading, "block", reasons, entry.plan.file)
    return _Case("planguard", "decision", "passed", text=f"{entry.outcome}\n{reasons}", file=entry.plan.file)


def _found(one: Finding, entry: DecisionEntry, root: str) -> _Case:
    how = standing(one)
    where = lines_of(one.source, entry.plan)
    facts: list[str | None] = [f"{how}: {one.severity}, {one.status}", one.title, what_of(one), waiver_of(one)]
    facts += [fix_of(one) and f"fix: {fix_of(one)}", one.owner and f"owner: {one.owner}", f"gate: {one.gate}"]
    verdict: Verdict = "failure" if how == "block" else "passed" if how == "fixed" else "skipped"
    heading = what_of(one) if how == "block" else f"{how}: {waiver_of(one) or what_of(one)}"
    return _Case(
        one.rule,
        where_of(one),
        verdict,
        heading,
        one.severity,
        "\n".join(_one(fact) for fact in facts if fact),
        relative_path(where.file, root if where.in_source else ""),
        where.line if where.in_source else None,
    )


def _one(text: str) -> str:
    """A text on one line, so that only lines that are meant begin one."""
    return text.replace("\n", "\\n")


def _together(cases: list[_Case]) -> _Case:
    """All that became of one rule at one address as one case: the worst counts, everything is told."""
    cases = sorted(cases, key=lambda one: _WORST.index(one.verdict))
    first = cases[0]
    loud = [one for one in cases if one.verdict == first.verdict]
    more = f" (and {len(loud) - 1} more)" if len(loud) > 1 else ""
    text = "\n\n".join(_texts(cases))
    return _Case(
        first.rule, first.name, first.verdict, first.heading + more, first.kind, text, first.file, first.line
    )


def _texts(cases: Iterable[_Case]) -> Iterator[str]:
    return (one.text for one in cases if one.text)


def _unreadable(entry: UnreadableEntry) -> _Case:
    told = [entry.message, entry.help and f"help: {entry.help}"]
    text = "\n".join(_one(one) for one in told if one)
    return _Case("planguard", "plan can be read", "error", entry.message, "unreadable", text, entry.file)
