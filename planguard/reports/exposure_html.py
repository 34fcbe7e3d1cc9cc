"""Exposure as one web page: the picture of the network, and each new, possible and closed way with its path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from planguard.reports.analysed import Open, open_said
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
from planguard.reports.exposure_model import ExposureDocument, ExposureEntry
from planguard.reports.exposure_sources import class_shown
from planguard.reports.exposure_svg import STYLE, render_exposure_svg
from planguard.reports.exposure_words import HEADINGS, VERBS, hop_said, kind_said, ledger_of, service_of
from planguard.reports.html_text import Markup, code, codes, count, el, items, join


def render_exposure_html(document: ExposureDocument) -> bytes:
    """The whole page."""
    said = _outcome(document)
    tone = next((TONES[one] for one in ("new", "possible", "undetermined") if getattr(document, one)), "allow")
    return render_page(
        f"{said}: {document.plan.file}",
        _head(document, said),
        _body(document),
        tone=tone,
        style=f".picture svg{{{STYLE}}}",
    )


def _outcome(document: ExposureDocument) -> str:
    if document.new:
        return f"New exposure of {count(len({one.endpoint for one in document.new}), 'endpoint')}"
    if document.possible or document.undetermined:
        return "No new exposure for certain"
    return "No new exposure"


def _head(document: ExposureDocument, said: str) -> Iterator[Markup]:
    yield el("h1", el("span", said, class_="outcome"), " ", code(document.plan.file))
    yield plan_facts(document.plan)
    yield figures({one: document.summary[one] for one in (*HEADINGS, "undetermined")})
    yield el("p", ledger_of(document), class_="note")


def _body(document: ExposureDocument) -> Iterator[Markup]:
    yield _picture(document)
    for standing, title in HEADINGS.items():
        entries: list[ExposureEntry] = getattr(document, standing)
        yield section(title, len(entries), TONES[standing], _endpoints(entries, standing))
    yield open_section(
        (Open(one.code, one.address, one.path, one.reason), one.endpoint) for one in document.undetermined
    )


def _picture(document: ExposureDocument) -> Markup:
    """The network; its style is in the style sheet of the page. At narrow widths it scrolls on its own."""
    bare = Markup(render_exposure_svg(document, inline=True))
    scroller = el("div", bare, class_="scroll", tabindex="0", role="group", aria_label="The network from outside")
    caption = el("figcaption", "Point at a box or an arrow for its whole address and path.")
    return el("figure", scroller, caption, class_="network picture")


def _endpoints(entries: Sequence[ExposureEntry], standing: str) -> Iterator[Markup]:
    for endpoint, group in groupby(entries, key=lambda one: one.endpoint):
        found = list(group)
        what = f" ({found[0].provider} {kind_said(found[0].kind)}) {VERBS[standing]}"
        yield el("div", el("h3", code(endpoint), what), *map(_entry, found), class_="subject")


def _entry(entry: ExposureEntry) -> Markup:
    excluded = join([", but not ", many_codes(entry.excluded_sources)]) if entry.excluded_sources else ""
    sources = join([many_codes(entry.sources), excluded, f" ({class_shown(entry.source_class)})"])
    hops = el("ol", *(el("li", code(hop_said(hop))) for hop in entry.path), class_="hops")
    return el(
        "div",
        rows(
            [
                ("Packets", el("span", service_of(entry), class_="lead")),
                ("From", sources),
                ("Path", hops),
                ("Assuming", codes(entry.assumptions)),
                ("Hangs on", items(join([code(open_said(one)), f" ({one.code})"]) for one in entry.missing)),
            ]
        ),
        class_="grant",
    )
