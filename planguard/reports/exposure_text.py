"""Exposure for a person at a terminal: which endpoint, which packets from where, by which path.

New exposure comes first, then what may be new, what is closed, and what nobody can say yet; the last line adds up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from planguard.reports.analysed import INDENT, Open, open_lines, open_said, plan_lines
from planguard.reports.exposure_model import ExposureDocument, ExposureEntry
from planguard.reports.exposure_words import (
    HEADINGS,
    VERBS,
    hop_said,
    kind_said,
    ledger_of,
    service_of,
    sources_said,
)
from planguard.reports.lines import wrapped
from planguard.reports.text import Style, plain

_SHOWN = {"new": 1_000_000, "possible": 20, "closed": 8}
_MOST_NETWORKS = 8
_COLOURS = {"new": "red", "possible": "yellow", "closed": "green"}
_EMPTY = "nothing can be reached that could not be reached before"


def render_exposure_text(document: ExposureDocument, style: Style, *, can_have_source: bool = False) -> str:
    """The whole report.

    :param can_have_source: whether source was not given, which would tell some of what is not known
    """
    lines = [*plan_lines(document.plan, style), ""]
    for standing in HEADINGS:
        entries: list[ExposureEntry] = getattr(document, standing)
        lines += _entries(standing, entries, style)
    gaps = document.undetermined
    unsaid = ((Open(one.code, one.address, one.path, one.reason), one.endpoint) for one in gaps)
    lines += open_lines(unsaid, style, can_have_source=can_have_source)
    if not (document.new or document.possible or document.undetermined):
        lines += [style.paint(_EMPTY, "green"), ""]
    lines += wrapped(f"ledger   {plain(ledger_of(document))}", INDENT, style.width)
    return "\n".join(lines) + "\n"


def _entries(standing: str, entries: Sequence[ExposureEntry], style: Style) -> Iterator[str]:
    most = len(entries) if style.verbose else _SHOWN[standing]
    word = style.paint(standing, _COLOURS[standing], "bold") + " " * (INDENT - len(standing))
    for endpoint, group in groupby(entries[:most], key=lambda one: one.endpoint):
        found = list(group)
        what = f"{found[0].provider} {kind_said(found[0].kind)}"
        said = f"{style.paint(plain(endpoint), 'bold')} ({what}) {VERBS[standing]}"
        yield from wrapped(f"{word}{said}", INDENT, style.width)
        for entry in found:
            yield from _entry(entry, style)
        yield ""
    if len(entries) > most:
        text = f"{' ' * INDENT}… and {len(entries) - most} more {standing}; --verbose shows them"
        yield from (*wrapped(text, INDENT, style.width), "")


def _entry(entry: ExposureEntry, style: Style) -> Iterator[str]:
    most = len(entry.sources) + len(entry.excluded_sources) if style.verbose else _MOST_NETWORKS
    pad = " " * INDENT
    said = f"{pad}{service_of(entry)} from {sources_said(entry, most)}"
    yield from wrapped(said, INDENT + 4, style.width)
    for number, hop in enumerate(entry.path):
        arrow = style.paint("→ ", "dim") if number else ""
        yield from wrapped(f"{pad}  {arrow}{plain(hop_said(hop))}", INDENT + 6, style.width)
    if entry.assumptions:
        text = f"{pad}  {style.paint('assuming', 'dim')} {plain(', '.join(entry.assumptions))}"
        yield from wrapped(text, INDENT + 4, style.width)
    for one in entry.missing:
        text = f"{pad}  {style.paint('hangs on', 'dim')} {plain(open_said(one))} ({plain(one.code)})"
        yield from wrapped(text, INDENT + 4, style.width)
