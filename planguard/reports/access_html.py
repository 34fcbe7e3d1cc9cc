"""Access as one web page: whose it is, what it is, one request that shows it, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from planguard.reports.access_model import AccessDocument, AccessEntry
from planguard.reports.access_text import source_said
from planguard.reports.access_words import HEADINGS, heading_of, ledger_of, witness_of
from planguard.reports.analysed import Open
from planguard.reports.analysis_page import (
    TONES,
    figures,
    many_codes,
    open_section,
    plan_facts,
    render_page,
    rows,
    section,
)
from planguard.reports.blast_html import blast_section
from planguard.reports.html_text import Markup, code, count, el, items, join

_WILD = {"actions": "any action", "resources": "any resource", "principals": "anybody"}


def render_access_html(document: AccessDocument) -> bytes:
    """The whole page."""
    said = _outcome(document)
    name = document.plan.file if document.plan is not None else document.files.new if document.files else ""
    tone = next((TONES[one] for one in ("new", "possible", "undetermined") if getattr(document, one)), "allow")
    return render_page(f"{said}: {name}", _head(document, said, name), _body(document), tone=tone)


def _outcome(document: AccessDocument) -> str:
    if document.new:
        whose = len({(one.provider, one.plane, one.subject) for one in document.new})
        return f"New access for {count(whose, 'subject')}" if document.plan is not None else "New access"
    if document.possible or document.undetermined:
        return "No new access for certain"
    return "No new access"


def _head(document: AccessDocument, said: str, name: str) -> Iterator[Markup]:
    yield el("h1", el("span", said, class_="outcome"), " ", code(name))
    if document.files is not None:
        yield el("p", "compared with ", code(document.files.old), class_="note")
    if document.plan is not None:
        yield plan_facts(document.plan)
    yield figures({one: document.summary[one] for one in (*HEADINGS, "undetermined")})
    yield el("p", ledger_of(document), class_="note")


def _body(document: AccessDocument) -> Iterator[Markup]:
    for standing, title in HEADINGS.items():
        entries: list[AccessEntry] = getattr(document, standing)
        yield section(title, len(entries), TONES[standing], _subjects(entries, standing))
    yield blast_section(document.blast_radius)
    yield open_section(
        (Open(one.code, one.address, one.path, one.reason), one.principal) for one in document.undetermined
    )


def _subjects(entries: Sequence[AccessEntry], standing: str) -> Iterator[Markup]:
    for heading, group in groupby(entries, key=lambda one: heading_of(one, standing)):
        title = el("h3", heading.before, code(heading.name), heading.rest)
        yield el("div", title, *(_entry(one, standing) for one in group), class_="subject")


def _entry(entry: AccessEntry, standing: str) -> Markup:
    return el(
        "div",
        rows(
            [
                ("Who", _set(entry, "principals") if entry.plane != "identity" else None),
                ("Actions", _set(entry, "actions")),
                ("Resources", _set(entry, "resources") if entry.plane != "trust" else None),
                ("When", items(map(code, entry.conditions))),
                ("For example", code(witness_of(entry, standing))),
                ("From", items(code(source_said(one)) for one in entry.sources)),
            ]
        ),
        class_="grant",
    )


def _set(entry: AccessEntry, name: str) -> Markup:
    names: list[str] = getattr(entry, name)
    excluded: list[str] = getattr(entry, f"excluded_{name}")
    said = Markup(_WILD[name]) if names == ["*"] else many_codes(names)
    return join([said, ", but not ", many_codes(excluded)]) if excluded else said
