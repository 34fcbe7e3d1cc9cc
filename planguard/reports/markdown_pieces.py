"""The pieces of a report in Markdown: rows of tables, sections, what is folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec import Struct

from planguard.reports.escaping import clipped, line_number, markdown_code, markdown_text
from planguard.reports.model import DecisionEntry, ErrorEntry, Ledger, WaiverEntry
from planguard.reports.standing import Finding, findings_of, fix_of, gravity, standing, title_of, what_of, where_of

OPEN = ("error", "block", "warn")
CLOSED = ("waived", "fixed", "observe", "waiver")
LABELS = {
    "error": "evaluation errors",
    "block": "blocking findings",
    "warn": "warnings",
    "waived": "waived findings",
    "fixed": "fixed findings",
    "observe": "observed findings",
    "waiver": "waivers that do not count",
}
_TITLES = {"error": "Could not be evaluated", "block": "Blocks", "warn": "Warnings"}
_FOLDED = {
    "waived": "Waived",
    "fixed": "Fixed by this plan",
    "observe": "Observed",
    "waiver": "Waivers that do not count",
}
_OPEN_HEAD = "| severity | status | rule | object | what |\n|---|---|---|---|---|"
_HEADS = {
    "error": "| rule | object | what |\n|---|---|---|",
    "block": _OPEN_HEAD,
    "warn": _OPEN_HEAD,
    "waived": "| rule | object | what | waiver | by | until |\n|---|---|---|---|---|---|",
    "fixed": "| severity | rule | object |\n|---|---|---|",
    "observe": _OPEN_HEAD,
    "waiver": "| waiver | status | why |\n|---|---|---|",
}
_MOST_NAME, _MOST_TEXT, _MOST_REASONS = 300, 500, 20


class Item(Struct, frozen=True):
    """One row.

    :ivar order: the gravest of all plans first
    :ivar plan: the number of its plan
    :ivar owner: whose it is, where it is open
    """

    order: tuple[int, tuple[int, int, int, str, str, str, str, str, str], int]
    plan: int
    section: str
    row: str
    owner: str | None = None
    rule: str = ""
    title: str = ""
    fix: str = ""


_NO_GRAVITY = (0, 0, 0)


def items_of(entry: DecisionEntry, plan: int) -> Iterator[Item]:
    """All rows of a decision. What is part of a wider finding has none of its own."""
    for number, error in enumerate(entry.errors):
        gravity_ = (*_NO_GRAVITY, error.address, error.rule, error.message, "", "", f"{number:09}")
        yield Item((0, gravity_, plan), plan, "error", _error_row(error))
    for one in findings_of(entry):
        section = standing(one)
        if section == "part":
            continue
        rank = 1 + ("block", "warn", "waived", "fixed", "observe").index(section)
        yield Item(
            (rank, gravity(one), plan),
            plan,
            section,
            _row(one, section),
            one.owner if section in OPEN else None,
            one.rule,
            one.title,
            fix_of(one),
        )
    for number, waiver in enumerate(entry.waivers):
        if waiver.status not in ("used", "unused"):
            gravity_ = (*_NO_GRAVITY, waiver.id, waiver.status, "", "", "", f"{number:09}")
            yield Item((6, gravity_, plan), plan, "waiver", _waiver_row(waiver))


def _error_row(error: ErrorEntry) -> str:
    return f"| {_code(error.rule)} | {_code(error.address)} | {_code(error.message, _MOST_TEXT)} |"


def _waiver_row(waiver: WaiverEntry) -> str:
    return f"| {_code(waiver.id)} | {waiver.status} | {_text(waiver.why)} |"


def _row(one: Finding, section: str) -> str:
    where = _code(where_of(one))
    if one.source is not None:
        where += f"<br>{_code(f'{one.source.file}:{line_number(one.source.line)}')}"
    rule, what = _code(one.rule), _code(what_of(one), _MOST_TEXT)
    if section == "waived" and one.waiver is not None:
        waiver = one.waiver
        return f"| {rule} | {where} | {what} | {_code(waiver.id)} | {_code(waiver.owner)} | {_code(waiver.expires)} |"
    if section == "fixed":
        return f"| {one.severity} | {rule} | {where} |"
    return f"| {one.severity} | {one.status} | {rule} | {where} | {what} |"


def _code(text: str, most: int = _MOST_NAME) -> str:
    return markdown_code(clipped(text, most))


def _text(text: str) -> str:
    return markdown_text(clipped(text, _MOST_TEXT))


def one_plan(entry: DecisionEntry, items: list[Item], totals: dict[str, int]) -> Iterator[str]:
    """A decision: the outcome and why, what is open, and folded away what is not.

    :param totals: how many rows there would be, by section
    """
    yield f"### {_code(title_of(entry.plan))}: {entry.outcome}"
    yield ""
    for reason in entry.reasons[:_MOST_REASONS]:
        yield f"- {_text(reason)}"
    if len(entry.reasons) > _MOST_REASONS:
        yield f"- and {len(entry.reasons) - _MOST_REASONS} more reasons"
    yield ""
    for section in OPEN:
        shown = [item for item in items if item.section == section]
        if shown:
            yield f"#### {_TITLES[section]} ({_counted(len(shown), totals[section])})"
            yield ""
            yield from _by_owner(section, shown)
    for section in CLOSED:
        shown = [item for item in items if item.section == section]
        if shown:
            summary = f"{_FOLDED[section]}: {_counted(len(shown), totals[section])}"
            yield from folded(summary, [_HEADS[section], *(item.row for item in shown)])
    yield from folded("Ledger", list(_ledger(entry)))


def _counted(shown: int, total: int) -> str:
    return str(total) if shown == total else f"the first {shown} of {total}"


def _by_owner(section: str, shown: list[Item]) -> Iterator[str]:
    """One table for each owner, by name; what is nobody's comes last."""

    def owner(item: Item) -> tuple[bool, str]:
        return item.owner is None, item.owner or ""

    ordered = sorted(shown, key=owner)  # stable: within an owner the gravest stays first
    named = any(item.owner for item in shown)
    for (is_nobodys, name), group in groupby(ordered, key=owner):
        rows = [item.row for item in group]
        if named:
            whose = "Without an owner" if is_nobodys else f"Owner {_code(name)}"
            yield f"{whose}: {len(rows)}"
            yield ""
        yield _HEADS[section]
        yield from rows
        yield ""


def folded(summary: str, lines: Iterable[str]) -> Iterator[str]:
    """Lines that a reader unfolds. A blank line behind the summary lets Markdown be read as such."""
    yield f"<details><summary>{summary}</summary>"
    yield ""
    yield from lines
    yield ""
    yield "</details>"
    yield ""


def fix_lines(items: list[Item]) -> Iterator[str]:
    """How to fix what is open, once for each rule."""
    rules: dict[str, Item] = {}
    for item in items:
        if item.section in ("block", "warn") and item.fix:
            rules.setdefault(item.rule, item)
    if rules:
        lines = [f"- {_code(one.rule)} {_text(one.title)}: {_text(one.fix)}" for _, one in sorted(rules.items())]
        yield from folded("How to fix", lines)


def _ledger(entry: DecisionEntry) -> Iterator[str]:
    """What was looked at; it adds up."""
    plan, ledger = entry.plan, entry.ledger
    yield f"- plan digest {_code(plan.digest)}, terraform {_code(plan.terraform_version)}"
    if entry.valid_until:
        yield f"- valid until {_code(entry.valid_until)}"
    yield f"- resources: {ledger.resources} ({_changes(ledger)})"
    yield f"- rules: {ledger.rules}, evaluations: {ledger.evaluations}, errors: {ledger.errors}"
    yield f"- violations: {_numbers(ledger.violations)} ({_numbers(ledger.status)})"
    yield f"- waived: {ledger.waived}, undetermined: {ledger.undetermined}"
    yield f"- types without a rule: {len(ledger.unmodelled_types)}"
    besides = [
        (len(entry.drift), "changed outside Terraform"),
        (len(entry.moves), "moved"),
        (len(entry.imports), "imported"),
        (len(entry.forgotten), "forgotten"),
        (len(entry.deferred), "deferred"),
        (len(entry.actions), "actions invoked"),
        (sum(one.status != "pass" for one in entry.checks), "checks not passed"),
    ]
    told = ", ".join(f"{number} {what}" for number, what in besides if number)
    if told:
        yield f"- besides: {told}"


def _changes(ledger: Ledger) -> str:
    return _numbers({name: number for name, number in ledger.changes.items() if number}) or "no changes"


def _numbers(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {_text(name)}" for name, number in list(counts.items())[:10])
