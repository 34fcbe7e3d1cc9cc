"""The blast radius as a section of a web page."""

from __future__ import annotations

from collections.abc import Iterator

from planguard.reports.analysis_page import TONES, many_codes, rows
from planguard.reports.blast_model import BlastRadius, ReachEntry
from planguard.reports.blast_words import (
    VERBS,
    change_said,
    how_said,
    is_told,
    many_in,
    names_by_kind,
    request_said,
    totals_said,
)
from planguard.reports.html_text import EMPTY, Markup, code, el

_TONES = {"more": TONES["new"], "possible": TONES["possible"], "less": TONES["removed"]}


def blast_section(blast: BlastRadius | None) -> Markup:
    """The section; nothing where the plan has no sensitive resource."""
    if blast is None or not is_told(blast):
        return EMPTY
    tone = next((_TONES[one] for one in ("more", "possible") if getattr(blast, one)), TONES["removed"])
    return el("section", el("h2", "Blast radius"), *_inner(blast), class_=f"found {tone}")


def _inner(blast: BlastRadius) -> Iterator[Markup]:
    yield el("p", f"{_capital(totals_said(blast))}.")
    yield rows([("Before", change_said(blast.before)), ("After", change_said(blast.after))])
    for standing, verb in VERBS.items():
        entries: list[ReachEntry] = getattr(blast, standing)
        for entry in entries:
            heading = el("h3", f"{entry.provider} ", code(entry.principal), f" {verb} {many_in(entry)}")
            yield el("div", heading, *_paths(entry, standing), class_="subject")


def _paths(entry: ReachEntry, standing: str) -> Iterator[Markup]:
    for path in entry.paths:
        example = request_said(path, standing)
        yield el(
            "div",
            rows(
                [
                    *((_capital(kind), many_codes(names)) for kind, names in names_by_kind(path)),
                    ("How", _capital(how_said(path, standing))),
                    ("For example", code(example) if example else None),
                ]
            ),
            class_="grant",
        )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
