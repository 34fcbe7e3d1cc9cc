"""A test of rules as text: a line for each rule, what failed, what survived, and the count at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from planguard.testing.example import BAD
from planguard.testing.mutation import Verdict
from planguard.testing.outcome import Outcome, Result
from planguard.testing.reasons import Sorted
from planguard.testing.report import Report
from planguard.testing.suite import RuleResult

Shorten = Callable[[str], str]
"""From the name of a file to how a report shows it."""

_WORDS = {"violations": "violation", "undetermined": "undetermined", "errors": "error"}


def render_text(report: Report, *, shorten: Shorten = str, verbose: bool = False) -> str:
    """The report as lines.

    :param verbose: a line for each example, and for each file the count of its mutants
    """
    lines = list(_examples(report) if verbose else _dots(report))
    for one in report.rules:
        for result in one.results:
            if not result.passed:
                lines += ["", render_failure(result, shorten)]
        lines += [line for kind in one.missing for line in _missing(one, kind, shorten)]
    lines += _notes(report)
    if report.mutants is not None:
        lines += _mutants(report.mutants, shorten, verbose=verbose)
    return "\n".join([*lines, "", _count(report)]).lstrip("\n") + "\n"


def _dots(report: Report) -> Iterator[str]:
    widest = max((len(one.rule.id) for one in report.rules), default=0)
    for one in report.rules:
        marks = "".join("." if result.passed else "F" for result in one.results)
        yield f"{one.rule.id:<{widest}}  {marks}{'M' * len(one.missing)}".rstrip()


def _examples(report: Report) -> Iterator[str]:
    for one in report.rules:
        yield from (f"{'passed' if result.passed else 'FAILED'}  {result.example.id}" for result in one.results)
        yield from (f"FAILED  {one.rule.id}: no {kind} example" for kind in one.missing)


def render_failure(result: Result, shorten: Shorten = str) -> str:
    """What an example expected, and what came instead."""
    rule = result.example.rule
    first, *more = _came(result.outcome)
    lines = [
        f"FAILED {result.example.id}",
        f"  rule      {shorten(rule.file)}:{rule.line}",
        f"  expected  {result.expected}",
        f"  got       {first}",
        *(f"            {line}" for line in more),
    ]
    return "\n".join(lines)


def _came(outcome: Outcome) -> list[str]:
    lines = []
    for name, word in _WORDS.items():
        for said in getattr(outcome, name):
            place = " ".join(part for part in (said.address, said.path) if part)
            text = ": ".join(part for part in (place, said.message) if part)
            lines.append(f"{word}: {text}")
    return lines or ["nothing"]


def _missing(one: RuleResult, kind: str, shorten: Shorten) -> list[str]:
    what = "flag" if kind == BAD else "leave alone"
    return [
        "",
        f"FAILED {one.rule.id}: no {kind} example",
        f"  rule      {shorten(one.rule.file)}:{one.rule.line}",
        f"  help      give it `{kind}`: the name and the HCL of something that it must {what}",
    ]


def _notes(report: Report) -> list[str]:
    lines = []
    for one in report.rules:
        if one.results and not one.fired:
            lines.append(f"note: no example makes `{one.rule.id}` fire")
        if one.never_known:
            what = ", ".join(path or "the resource" for path in one.never_known)
            lines.append(f"note: `{one.rule.id}` asks only for what no example knows: {what}")
    return ["", *lines] if lines else []


def _mutants(found: Sorted, shorten: Shorten, *, verbose: bool) -> Iterator[str]:
    yield from _by_file(found, shorten) if verbose else ()
    for one in found.survived:
        yield ""
        yield f"SURVIVED {shorten(one.file)}:{one.line} in {one.where}{_asked(one)}"
        yield f"  {one.change}"
    for reason in found.stale:
        yield ""
        yield f"STALE {shorten(reason.place)}: {reason.file} in {reason.where}"
        yield f"  {reason.change}"
        yield "  help: an example notices it, or there is no such change any more; take the entry out"


def _asked(one: Verdict) -> str:
    return f" ({one.tried} example{'' if one.tried == 1 else 's'})" if one.tried else ""


def _by_file(found: Sorted, shorten: Shorten) -> Iterator[str]:
    groups = (found.killed, found.survived, tuple(verdict for verdict, _ in found.listed))
    names = sorted({one.file for group in groups for one in group})
    yield ""
    for name in names:
        killed, survived, listed = (sum(one.file == name for one in group) for group in groups)
        yield f"mutants  {shorten(name)}: {killed} killed, {survived} survived, {listed} listed"


def _count(report: Report) -> str:
    text = f"{report.passed} passed, {report.failed} failed"
    found = report.mutants
    if found is None:
        return text
    counts = f"{len(found.killed)} killed, {len(found.survived)} survived, {len(found.listed)} listed"
    return f"{text}; mutants: {counts}" + (f", {len(found.stale)} stale" if found.stale else "")
