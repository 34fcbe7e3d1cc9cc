"""The report as one web page that needs nothing else: no server, no font, no picture, no library.

Everything that the report says stands in the page as HTML, so that it can be read, searched and printed without the
script; the script only filters. What a browser may do with the page is said in it (Content Security Policy Level 3,
`meta` delivery): the one style sheet and the one script, by their hashes, and no connection anywhere.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

from planguard.reports.graph_model import GraphDocument
from planguard.reports.html_decision import SAID, decided, masthead
from planguard.reports.html_filter import filter_form
from planguard.reports.html_picture import picture_style
from planguard.reports.html_text import EMPTY, Markup, code, count, el, facts, items, join, prose
from planguard.reports.model import DecisionEntry, Report, UnreadableEntry
from planguard.reports.standing import EFFECTS, findings_of, gravity
from planguard.reports.surroundings import MOST_PICTURES, worth_a_picture

Pictures = Mapping[tuple[int, str], GraphDocument]
"""What is around an address, by the number of the decision and the address (`surroundings.pictures_of`)."""

_PAGE = Path(__file__).with_name("page")


def render_html(report: Report, pictures: Pictures | None = None) -> bytes:
    """The whole page. Of many pictures, those of the gravest violations are drawn."""
    style, script = _style(), _file("page.js")
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="generator", content=f"planguard {report.planguard.version}"),
        el("title", _title(report)),
        el("link", rel="icon", href="data:,"),
        Markup(f"<style>{style}</style>"),
    )
    body = el("body", *_body(report, pictures or {}), Markup(f"<script>{script}</script>"))
    page = f"<!DOCTYPE html>\n{el('html', head, body, lang='en')}\n"
    return page.encode("utf-8")


def _policy(style: str, script: str) -> str:
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hash(content: str) -> str:
    return "sha256-" + b64encode(sha256(content.encode("utf-8")).digest()).decode("ascii")


@cache
def _file(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")


@cache
def _style() -> str:
    return _file("page.css") + picture_style()


def _title(report: Report) -> str:
    if len(report.decisions) == 1 and not report.unreadable:
        return f"{SAID[report.outcome]}: {report.decisions[0].plan.file}"
    return f"{SAID[report.outcome]}: {_plans(report)}"


def _plans(report: Report) -> str:
    return count(len(report.decisions) + len(report.unreadable), "plan")


def _body(report: Report, pictures: Pictures) -> Iterator[Markup]:
    found = [one for decision in report.decisions for one in findings_of(decision)]
    by_owner = any(one.owner for one in found)
    drawn = _drawn(report, pictures)
    form = filter_form(found)
    skip = el("a", "Skip to the findings", href="#findings", class_="skip")
    if len(report.decisions) == 1 and not report.unreadable:
        [decision] = report.decisions
        head = join([_brand(), masthead(decision, 1), _skipped(report)])
        decisions = [decided(decision, drawn[0], 2, by_owner=by_owner)]
    else:
        head = join([_brand(), *_overview(report)])
        decisions = [
            el(
                "article",
                el("header", masthead(decision, 2), class_=f"mast {decision.outcome}"),
                decided(decision, drawn[index], 3, by_owner=by_owner),
                id=f"plan-{index + 1}",
            )
            for index, decision in enumerate(report.decisions)
        ]
    yield skip
    yield el("header", head, class_=f"mast top {report.outcome}")
    yield el("main", form, *decisions, id="findings", tabindex="-1")
    yield el("footer", _tool(report))


def _brand() -> Markup:
    return el("p", "planguard", class_="brand")


def _tool(report: Report) -> Markup:
    tool = report.planguard
    return facts(
        [
            ("planguard", tool.version),
            ("Rules digest", el("code", tool.rules_digest)),
            ("Policy digest", el("code", tool.policy_digest)),
        ],
        "facts",
    )


# -- several plans -------------------------------------------------------------------------------------------------


def _overview(report: Report) -> Iterator[Markup]:
    """What came of all plans together: the worst counts."""
    yield el("h1", el("span", SAID[report.outcome], class_="outcome"), " ", _plans(report))
    if report.unreadable:
        yield el("h2", "Not decided on ", el("span", f"{len(report.unreadable):,}", class_="tally"))
        yield items(map(_unreadable, report.unreadable), class_="plain unreadable")
    if report.decisions:
        yield _table(report.decisions)
    yield _skipped(report)


def _unreadable(one: UnreadableEntry) -> Markup:
    said = [el("p", el("b", "unreadable"), " ", code(one.file), class_="at"), el("p", prose(one.message))]
    if one.help:
        said.append(el("p", el("b", "Help"), " ", prose(one.help), class_="note"))
    return join(said)


def _skipped(report: Report) -> Markup:
    if not report.skipped:
        return EMPTY
    listed = items((join([code(one.file), " ", one.why]) for one in report.skipped), class_="plain")
    return el("details", el("summary", f"{count(len(report.skipped), 'file')} passed over"), listed, class_="rest")


def _table(decisions: list[DecisionEntry]) -> Markup:
    columns = ("Outcome", "Plan", "Environment", *EFFECTS, "undetermined", "errors")
    head = el("tr", *(el("th", name, scope="col") for name in columns))
    rows = [_row(index, one) for index, one in enumerate(decisions, 1)]
    return el(
        "nav",
        el("table", el("thead", head), el("tbody", *rows), class_="plans"),
        aria_label="Plans",
    )


def _row(index: int, one: DecisionEntry) -> Markup:
    ledger = one.ledger
    numbers = {
        **{name: ledger.violations.get(name, 0) for name in EFFECTS},
        "undetermined": ledger.undetermined,
        "errors": ledger.errors,
    }
    return el(
        "tr",
        el("td", el("span", one.outcome, class_="word"), class_=one.outcome),
        el("th", el("a", code(one.plan.file), href=f"#plan-{index}"), scope="row"),
        el("td", one.plan.environment.name or "–", class_=None if one.plan.environment.name else "nil"),
        *(
            el("td", f"{number:,}", class_="number" + (" nil" if not number else ""), data_name=name)
            for name, number in numbers.items()
        ),
    )


# -- pictures ------------------------------------------------------------------------------------------------------


def _drawn(report: Report, pictures: Pictures) -> list[dict[str, GraphDocument]]:
    """The pictures of each decision; if there are too many for one page, those of the gravest violations."""
    violations = [
        (one.address not in wanted, gravity(one), (index, one.address))
        for index, decision in enumerate(report.decisions)
        for wanted in [worth_a_picture(decision)]
        for one in decision.violations
    ]
    ranked = dict.fromkeys(key for *_, key in sorted(violations))
    ranked.update(dict.fromkeys(sorted(pictures)))
    chosen = [key for key in ranked if key in pictures and 0 <= key[0] < len(report.decisions)][:MOST_PICTURES]
    return [
        {address: pictures[at, address] for at, address in chosen if at == index}
        for index in range(len(report.decisions))
    ]
