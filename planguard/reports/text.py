"""The report for a person at a terminal: violations grouped by rule, the ledger last.

Source of the layout: one line for effect and rule, one for each address, one for what is wrong there, one for the
fix; nothing is dropped without being counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

import msgspec
from msgspec import UNSET

from planguard.reports.lines import wrapped
from planguard.reports.model import (
    CheckEntry,
    DecisionEntry,
    DriftEntry,
    Ledger,
    Report,
    UndeterminedEntry,
    ViolationEntry,
    WaiverEntry,
)

Entry = TypeVar("Entry", bound=ViolationEntry | UndeterminedEntry)

_INDENT = " " * 7
_SHOWN = {"block": 1_000_000, "warn": 10, "observe": 3}
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_COLOURS = {"block": "red", "warn": "yellow", "observe": "dim", "allow": "green", "error": "red", "drift": "cyan"}


class Style(msgspec.Struct, frozen=True):
    """How wide a text may be, whether it has colours, and whether everything is told."""

    width: int = 100
    colour: bool = False
    verbose: bool = False

    def paint(self, text: str, *names: str) -> str:
        """The text in colour, where colours are wanted."""
        if not self.colour:
            return text
        codes = ";".join(_CODES[name] for name in names)
        return f"\x1b[{codes}m{text}\x1b[0m"


def plain(text: str) -> str:
    """Text that can neither steer a terminal nor turn round what is beside it: what cannot be seen is spelled out."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape", "replace").decode() for one in text)


def render_text(report: Report, style: Style) -> str:
    """The whole report. The last lines are the ledger and the decision of each plan."""
    lines: list[str] = []
    for entry in report.unreadable:
        lines += _wrap(f"error  {plain(entry.file)}: {plain(entry.message)}", "       ", style)
        if entry.help:
            lines += _wrap(f"       help: {plain(entry.help)}", _INDENT, style)
        lines.append("")
    for skipped in report.skipped:
        lines += _wrap(f"skipped {plain(skipped.file)}: {plain(skipped.why)}", _INDENT, style)
    if report.skipped:
        lines.append("")
    for decision in report.decisions:
        lines += _decision(decision, style)
        lines.append("")
    if len(report.decisions) + len(report.unreadable) > 1:
        lines += [*_wrap(_outcome_line(report, style), _INDENT, style), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _outcome_line(report: Report, style: Style) -> str:
    plans = len(report.decisions) + len(report.unreadable)
    word = style.paint(report.outcome, _COLOURS[report.outcome], "bold")
    return f"{word}  {plans} plans, {len(report.unreadable)} of them unreadable; the worst outcome counts"


def _decision(entry: DecisionEntry, style: Style) -> Iterator[str]:
    yield from _header(entry, style)
    for error in entry.errors:
        yield from _error(error.rule, error.address, error.message, style)
    whole = [one for one in entry.violations if not one.part_of or style.verbose]
    waived: list[ViolationEntry | UndeterminedEntry] = [one for one in entry.violations if one.waiver is not None]
    waived += [one for one in entry.undetermined if one.waiver is not None]
    shown = [one for one in whole if one.status != "fixed" and one.waiver is None]
    parts = _parts(entry)
    loud = [one for one in shown if one.effect != "observe" or style.verbose]
    for _, group in groupby(_by_rule(loud), key=_kind):
        yield from _violations(list(group), parts, style)
    unknown = [one for one in entry.undetermined if one.effect != "observe" or style.verbose]
    unknown = [one for one in unknown if one.waiver is None]
    for _, same in groupby(_by_rule(unknown), key=_kind):
        yield from _undetermined(list(same), style)
    if not style.verbose:
        yield from _quiet([one for one in shown if one.effect == "observe"], "observe", "observed", style)
        open_ = [one for one in entry.undetermined if one.effect == "observe" and not one.part_of]
        yield from _quiet(open_, "observe", "undetermined", style)
    yield from _waived(waived, style)
    fixed = [one for one in whole if one.status == "fixed"]
    yield from _quiet(fixed, "fixed", "fixed by this plan", style)
    yield from _waivers(entry.waivers, style)
    yield from _surroundings(entry, style)
    if entry.passes is not UNSET and style.verbose:
        for one in entry.passes:
            yield from _wrap(f"pass   {one.rule}  {plain(one.address)}", _INDENT, style)
        yield ""
    yield from _ledger(entry.ledger, style)
    word = style.paint(entry.outcome, _COLOURS[entry.outcome], "bold")
    yield from _wrap(f"{word}  " + "; ".join(map(plain, entry.reasons)), _INDENT, style)


def _parts(entry: DecisionEntry) -> dict[tuple[str, str], list[str]]:
    """The rules whose findings are part of a wider one, by that rule and the address."""
    parts: dict[tuple[str, str], list[str]] = {}
    for one in entry.violations:
        if one.part_of and one.status != "fixed":
            names = parts.setdefault((one.part_of, one.address), [])
            if one.rule not in names:
                names.append(one.rule)
    return parts


def _header(entry: DecisionEntry, style: Style) -> Iterator[str]:
    plan = entry.plan
    facts = [f"terraform {plan.terraform_version}"] if plan.terraform_version else []
    if plan.workspace:
        facts.append(f"workspace {plan.workspace}")
    if plan.project:
        facts.append(f"project {plan.project}")
    if plan.environment.name:
        facts.append(f"environment {plan.environment.name} ({plan.environment.because})")
    yield from _wrap(f"{style.paint(plain(plan.file), 'bold')}  {plain(' · '.join(facts))}", "  ", style)
    yield style.paint(plan.digest, "dim")
    if plan.sensitive == "present":
        note = "sensitive values count in it as present only: PLANGUARD_DIGEST_KEY is not set"
        yield from _wrap(style.paint(note, "dim"), "", style)
    yield ""


def _error(rule: str, address: str, message: str, style: Style) -> Iterator[str]:
    yield f"{style.paint('error', 'red', 'bold')}  {style.paint(rule, 'bold')}"
    yield from _wrap(f"{_INDENT}{plain(address)}", _INDENT + "  ", style)
    yield from _wrap(f"{_INDENT}{plain(message)}", _INDENT + "  ", style)
    yield ""


def _by_rule(entries: Iterable[Entry]) -> list[Entry]:
    """Findings of one rule together, in the order in which the gravest of them stands."""
    first: dict[tuple[str, str, str], int] = {}
    for position, one in enumerate(entries := list(entries)):
        first.setdefault(_kind(one), position)
    return sorted(entries, key=lambda one: first[_kind(one)])


def _kind(entry: ViolationEntry | UndeterminedEntry) -> tuple[str, str, str]:
    return entry.effect, entry.rule, entry.status if isinstance(entry, ViolationEntry) else ""


def _head(effect: str, rule: str, facts: str, style: Style) -> Iterator[str]:
    """Effect and rule, and the facts at the right; below them where there is no room."""
    word = f"{effect:<7}" if effect != "observe" else f"{effect} "
    painted = style.paint(word.rstrip(), _COLOURS[effect], "bold") + " " * (len(word) - len(word.rstrip()))
    width = min(style.width, 88)
    gap = width - len(word) - len(rule) - len(facts)
    if gap >= 2:
        yield f"{painted}{style.paint(rule, 'bold')}{' ' * gap}{facts}"
    else:
        yield from _wrap(f"{painted}{style.paint(rule, 'bold')}", _INDENT, style)
        yield from _wrap(f"{_INDENT}{facts}", _INDENT, style)


def _violations(group: list[ViolationEntry], parts: dict[tuple[str, str], list[str]], style: Style) -> Iterator[str]:
    one = group[0]
    yield from _head(one.effect, one.rule, f"{one.severity} · {one.status}", style)
    yield from _wrap(f"{_INDENT}{one.title}", _INDENT, style)
    most = len(group) if style.verbose else _SHOWN[one.effect]
    for address, same in groupby(group[:most], key=lambda entry: (entry.address, entry.deposed)):
        found = list(same)
        deposed = f" (deposed {address[1]})" if address[1] else ""
        yield from _addressed(address[0] + deposed, found[0], style)
        for entry in found:
            where = f"{plain(entry.path)}: " if entry.path else ""
            yield from _wrap(f"{_INDENT}  {where}{plain(entry.message)}", _INDENT + "    ", style)
        if also := parts.get((one.rule, address[0])):
            yield from _wrap(f"{_INDENT}  which is also {', '.join(also)}", _INDENT + "    ", style)
    if len(group) > most:
        yield from _wrap(f"{_INDENT}… and {len(group) - most} more; --verbose shows them", _INDENT, style)
    yield from _wrap(f"{_INDENT}{style.paint('fix:', 'cyan')} {one.fix}", _INDENT + "     ", style)
    yield ""


def _addressed(address: str, entry: ViolationEntry | UndeterminedEntry, style: Style) -> Iterator[str]:
    place = ""
    source = entry.source
    if source is not None:
        place = f"  {source.file}:{source.line}" if source.line else f"  {source.file}"
    if entry.owner:
        place += f"  ({entry.owner})"
    yield from _wrap(f"{_INDENT}{plain(address)}{style.paint(plain(place), 'dim')}", _INDENT + "  ", style)


def _undetermined(group: list[UndeterminedEntry], style: Style) -> Iterator[str]:
    one = group[0]
    yield from _head(one.effect, one.rule, f"{one.severity} · undetermined", style)
    yield from _wrap(f"{_INDENT}{one.title}?", _INDENT, style)
    most = len(group) if style.verbose else _SHOWN[one.effect]
    for entry in group[:most]:
        yield from _addressed(entry.address, entry, style)
        yield from _wrap(f"{_INDENT}  {plain(why_open(entry))}", _INDENT + "    ", style)
    if len(group) > most:
        yield from _wrap(f"{_INDENT}… and {len(group) - most} more; --verbose shows them", _INDENT, style)
    yield ""


def why_open(entry: UndeterminedEntry) -> str:
    """What is not known, and what it will come from."""
    if entry.why and not entry.known_after:
        return f"{entry.path}: {entry.why}" if entry.path else entry.why
    if entry.known_after == [entry.address]:
        known = "known after the resource itself is applied"
    elif entry.known_after:
        known = f"known after {', '.join(entry.known_after)}"
    else:
        known = "not known before apply"
    path = f"{entry.path} is " if entry.path else ""
    return f"{path}{known}" + (f" ({entry.why})" if entry.why else "")


def _quiet(
    entries: Sequence[ViolationEntry | UndeterminedEntry], word: str, what: str, style: Style
) -> Iterator[str]:
    """What needs nobody's attention now: a line a rule."""
    if not entries:
        return
    yield style.paint(f"{word}  {len(entries)} {what}", "dim")
    for _, group in groupby(_by_rule(entries), key=lambda one: one.rule):
        found = list(group)
        most = len(found) if style.verbose else _SHOWN["observe"]
        names = ", ".join(dict.fromkeys(_name(one) for one in found[:most]))
        more = f" and {len(found) - most} more" if len(found) > most else ""
        yield from _wrap(f"{_INDENT}{found[0].rule} ({found[0].severity}): {names}{more}", _INDENT + "    ", style)
    yield ""


def _waived(entries: Sequence[ViolationEntry | UndeterminedEntry], style: Style) -> Iterator[str]:
    """What waivers excuse: who answers for it, and until when."""
    if not entries:
        return
    yield style.paint(f"waived  {len(entries)} excused", "cyan")

    def key(one: ViolationEntry | UndeterminedEntry) -> tuple[str, str]:
        return (one.waiver.id if one.waiver is not None else "", one.rule)

    for _, group in groupby(sorted(entries, key=key), key=key):
        found = list(group)
        waiver = found[0].waiver
        assert waiver is not None  # noqa: S101 - they have one
        names = ", ".join(dict.fromkeys(_name(one) for one in found))
        yield from _wrap(f"{_INDENT}{found[0].rule} ({found[0].severity}): {names}", _INDENT + "    ", style)
        text = f"{_INDENT}  by {plain(waiver.id)}, {plain(waiver.owner)}, until {waiver.expires}"
        yield from _wrap(text, _INDENT + "    ", style)
    yield ""


def _waivers(entries: Sequence[WaiverEntry], style: Style) -> Iterator[str]:
    """Each waiver that does not count, and why."""
    shown = [one for one in entries if one.status != "used" and (one.status != "unused" or style.verbose)]
    if not shown:
        return
    for one in shown:
        yield from _wrap(f"waiver {plain(one.id)}  {one.status}: {plain(one.why)}", _INDENT, style)
    yield ""


def _surroundings(entry: DecisionEntry, style: Style) -> Iterator[str]:
    """What the plan says besides: drift, moves, imports, forgotten objects, checks, actions, outputs."""
    generated = frozenset(entry.generated)
    groups = (
        [_drifted(one) for one in entry.drift],
        [f"moved  {plain(one.previous_address)} is now {plain(one.address)}" for one in entry.moves],
        [f"import {plain(one)}{' (configuration generated)' * (one in generated)}" for one in entry.imports],
        [f"later  {plain(one.address)} is deferred: {plain(one.reason)}" for one in entry.deferred],
        [f"forget {plain(one)} goes on existing, and is no longer managed" for one in entry.forgotten],
        [line for one in entry.checks for line in _checked(one)],
        [f"action {plain(one.address)} is invoked: {plain(one.trigger)}" for one in entry.actions],
        [f"output {plain(one.name)}  {plain('+'.join(one.actions))}" for one in entry.outputs],
    )
    for lines in groups:
        most = len(lines) if style.verbose else _SHOWN["warn"]
        for line in lines[:most]:
            yield from _wrap(line, _INDENT, style)
        if len(lines) > most:
            yield from _wrap(f"{_INDENT}… and {len(lines) - most} more; --verbose shows them", _INDENT, style)
    if any(groups):
        yield ""


def _drifted(drift: DriftEntry) -> str:
    paths = f": {', '.join(map(plain, drift.paths))}" if drift.paths else ""
    return f"drift  {plain(drift.address)}  {plain('+'.join(drift.actions))} outside terraform{paths}"


def _checked(check: CheckEntry) -> Iterator[str]:
    yield f"check  {plain(check.address)}: {plain(check.status)}"
    for problem in check.problems:
        yield f"{_INDENT}{plain(problem)}"


def _name(entry: ViolationEntry | UndeterminedEntry) -> str:
    deposed = entry.deposed if isinstance(entry, ViolationEntry) else None
    return plain(entry.address) + (f" (deposed {plain(deposed)})" if deposed else "")


def _ledger(ledger: Ledger, style: Style) -> Iterator[str]:
    changes = ", ".join(f"{count} {name}" for name, count in ledger.changes.items() if count) or "no changes"
    effects = ", ".join(f"{count} {name}" for name, count in ledger.violations.items())
    status = ", ".join(f"{count} {name}" for name, count in ledger.status.items())
    graph = ledger.graph
    parts = [
        f"{_count(ledger.resources, 'resource')} ({changes})",
        f"{_count(ledger.data_sources, 'data source')}; {graph['objects']} of {graph['expected']} in the graph",
        f"{_count(ledger.rules, 'rule')}, {_count(ledger.evaluations, 'evaluation')}",
        f"violations {effects} ({status})",
        f"{ledger.waived} waived",
        f"{ledger.undetermined} undetermined",
        f"{_count(ledger.errors, 'error')}",
        f"{_count(len(ledger.unmodelled_types), 'type')} without a rule",
    ]
    yield from _wrap("ledger " + " · ".join(parts), _INDENT, style)
    if style.verbose and ledger.unmodelled_types:
        yield from _wrap(f"{_INDENT}without a rule: {', '.join(map(plain, ledger.unmodelled_types))}", _INDENT, style)
    if style.verbose and ledger.idle is not UNSET and ledger.idle:
        yield from _wrap(f"{_INDENT}rules with nothing to judge here: {', '.join(ledger.idle)}", _INDENT, style)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _wrap(text: str, indent: str, style: Style) -> list[str]:
    """Wrap at the width of the terminal."""
    return wrapped(text, len(indent), style.width)
