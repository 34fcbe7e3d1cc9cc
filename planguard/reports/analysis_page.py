"""The web page of an analysis: one file that needs nothing else, in the style of the report on a plan.

What a browser may do with the page is said in it (Content Security Policy Level 3, ``meta`` delivery): the one style
sheet by its hash, no script, and no connection anywhere.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

from planguard.reports.analysed import AnalysedPlan, Open, open_said, together
from planguard.reports.html_text import EMPTY, Markup, code, codes, el, facts, items, join, prose
from planguard.version import __version__

_PAGE = Path(__file__).with_name("page")
TONES = {"new": "block", "possible": "warn", "removed": "allow", "closed": "allow", "undetermined": "observe"}
"""The tone in which each list of entries stands: that of an effect in the report on a plan."""


def render_page(title: str, head: Iterable[Markup], body: Iterable[Markup], *, tone: str, style: str = "") -> bytes:
    """The whole page.

    :param tone: of its upper edge: one of the values of :data:`TONES`
    :param style: what the style sheet has to say besides
    """
    sheet = _file("page.css") + _file("analysis.css") + style
    digest = b64encode(sha256(sheet.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    meta = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="generator", content=f"planguard {__version__}"),
        el("title", title),
        el("link", rel="icon", href="data:,"),
        Markup(f"<style>{sheet}</style>"),
    )
    whole = el(
        "body",
        el("header", el("p", "planguard", class_="brand"), *head, class_=f"mast top {tone}"),
        el("main", *body),
        el("footer", facts([("planguard", __version__)], "facts")),
    )
    return f"<!DOCTYPE html>\n{el('html', meta, whole, lang='en')}\n".encode()


@cache
def _file(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")


def plan_facts(plan: AnalysedPlan) -> Markup:
    """What is known of the plan besides its file."""
    return facts(
        [
            ("Environment", plan.environment),
            ("Project", plan.project),
            ("Workspace", plan.workspace),
            ("Terraform", plan.terraform_version),
        ],
        "facts",
    )


def figures(counts: Mapping[str, int]) -> Markup:
    """The counts of the lists of entries, in their tones."""
    return el(
        "dl",
        *(
            el(
                "div",
                el("dt", name),
                el("dd", f"{many:,}"),
                class_=f"figure {TONES.get(name, '')}" + ("" if many else " nil"),
            )
            for name, many in counts.items()
        ),
        class_="figures",
    )


def section(title: str, many: int, tone: str, inner: Iterable[Markup]) -> Markup:
    """A list of entries with its title and how many there are; nothing where there are none."""
    if not many:
        return EMPTY
    heading = el("h2", title, " ", el("span", f"{many:,}", class_="tally"))
    return el("section", heading, *inner, class_=f"found {tone}")


def rows(pairs: Iterable[tuple[str, Markup | str | None]]) -> Markup:
    """Names and what is said of them, one below the other; a pair without anything is left out."""
    return el("dl", *(el("div", el("dt", name), el("dd", said)) for name, said in pairs if said), class_="lines")


def many_codes(names: Iterable[str], at_once: int = 12) -> Markup:
    """Names in a row; of many, the others wait behind a line that says how many there are."""
    names = list(names)
    if len(names) <= at_once:
        return codes(names)
    rest = el("details", el("summary", f"and {len(names) - at_once:,} more"), codes(names[at_once:]), class_="rest")
    return join([codes(names[:at_once]), " ", rest])


def open_section(found: Iterable[tuple[Open, str]]) -> Markup:
    """What nobody can say before apply, each once with all that hang on it."""
    kept = together(found)
    return section("Undetermined", len(kept), TONES["undetermined"], [items(_open(kept), class_="plain")])


def _open(kept: Mapping[Open, list[str]]) -> Iterator[Markup]:
    for one, others in kept.items():
        place = " ".join(filter(None, (one.address, one.path)))
        said = [el("p", code(place), class_="at")] if place else []
        said.append(el("p", prose(one.reason or open_said(one)), " ", el("span", code(one.code), class_="aside")))
        if others:
            said.append(el("p", "for ", many_codes(others), class_="note"))
        yield join(said)
