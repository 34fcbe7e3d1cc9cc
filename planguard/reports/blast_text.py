"""The blast radius for a person at a terminal: the totals, and what is reached that was not, long lists cut."""

from __future__ import annotations

from collections.abc import Iterator

from planguard.reports.analysed import INDENT
from planguard.reports.blast_model import BlastRadius, ReachEntry
from planguard.reports.blast_words import (
    TITLES,
    VERBS,
    how_said,
    is_told,
    many_in,
    request_said,
    resources_said,
    totals_said,
)
from planguard.reports.lines import wrapped
from planguard.reports.text import Style, plain

_SHOWN = {"more": 12, "possible": 4, "less": 4}
_MOST_NAMES = 4
_COLOURS = {"more": "red", "possible": "yellow", "less": "green"}


def blast_lines(blast: BlastRadius | None, style: Style) -> Iterator[str]:
    """The section; nothing where the plan has no sensitive resource."""
    if blast is None or not is_told(blast):
        return
    word = style.paint("blast", "cyan", "bold") + " " * (INDENT - len("blast"))
    yield from wrapped(f"{word}{plain(totals_said(blast))}", INDENT, style.width)
    for standing in TITLES:
        entries: list[ReachEntry] = getattr(blast, standing)
        most = len(entries) if style.verbose else _SHOWN[standing]
        for entry in entries[:most]:
            yield from _entry(entry, standing, style)
        if len(entries) > most:
            rest = entries[most:]
            left = f"… and {len(rest)} more principals, {sum(map(many_in, rest))} {TITLES[standing]}"
            yield from wrapped(f"{' ' * INDENT}{left}; --verbose shows them", INDENT, style.width)
    yield ""


def _entry(entry: ReachEntry, standing: str, style: Style) -> Iterator[str]:
    kind = "" if entry.principal.startswith(entry.kind) else f"{entry.kind.replace('_', ' ')} "
    address = f" ({entry.address})" if entry.address and entry.address != entry.principal else ""
    name = style.paint(plain(entry.principal), "bold")
    verb = style.paint(VERBS[standing], _COLOURS[standing])
    said = f"{' ' * INDENT}{plain(f'{entry.provider} {kind}')}{name}{plain(address)} {verb}"
    yield from wrapped(said, INDENT + 4, style.width)
    pad = " " * (INDENT + 2)
    for path in entry.paths:
        names = plain(resources_said(path, len(path.resources) if style.verbose else _MOST_NAMES))
        yield from wrapped(f"{pad}{names}", INDENT + 4, style.width)
        yield from wrapped(f"{pad}{plain(how_said(path, standing))}", INDENT + 4, style.width)
        example = plain(request_said(path, standing))
        if example:
            yield from wrapped(f"{pad}{style.paint('for example:', 'cyan')} {example}", INDENT + 4, style.width)
