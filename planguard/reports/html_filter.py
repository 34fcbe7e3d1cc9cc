"""The form that the page is filtered by. It is shown by the script, which it is of no use without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from planguard.reports.html_finding import STATUS, UNOWNED, WORDS, word_of
from planguard.reports.html_text import EMPTY, Markup, el, join
from planguard.reports.standing import SEVERITIES, Finding

_EFFECTS = tuple(word for word in WORDS if word != "fixed")


def filter_form(entries: Iterable[Finding]) -> Markup:
    """The form, with the values that there are and how many findings have each; nothing where there are none."""
    entries = list(entries)
    if not entries:
        return EMPTY
    owners = Counter(one.owner or UNOWNED for one in entries)
    ticked = [
        _ticks("effect", "Effect", Counter(map(word_of, entries)), _EFFECTS),
        _ticks("status", "Status", Counter(one.status for one in entries), STATUS),
        _ticks("severity", "Severity", Counter(one.severity for one in entries), SEVERITIES),
    ]
    chosen = [
        _choice("domain", "Domain", Counter(one.domain for one in entries)),
        _choice("owner", "Owner", owners) if set(owners) != {UNOWNED} else EMPTY,
        el(
            "label",
            el("span", "Text"),
            el(
                "input",
                type="search",
                name="q",
                autocomplete="off",
                spellcheck="false",
                placeholder="address, rule, …",
            ),
            class_="choice text",
        ),
    ]
    foot = el(
        "p",
        el("output", f"{len(entries):,} findings", id="shown", role="status"),
        el("button", "Clear filter", type="reset", hidden=True),
        el("button", "Open all", type="button", id="open-all"),
        el("button", "Close all", type="button", id="close-all"),
        class_="foot",
    )
    return el(
        "form",
        el("div", *ticked, class_="ticks"),
        el("div", *chosen, class_="choices"),
        foot,
        id="filter",
        role="search",
        aria_label="Filter the findings",
        hidden=True,
    )


def _ticks(name: str, title: str, found: Counter[str], order: Iterable[str]) -> Markup:
    boxes = [
        el(
            "label",
            el("input", type="checkbox", name=name, value=value),
            el("span", value, " ", el("span", f"{found[value]:,}", class_="n")),
            class_=value,
        )
        for value in order
        if found[value]
    ]
    return el("fieldset", el("legend", title), *boxes) if boxes else EMPTY


def _choice(name: str, title: str, found: Counter[str]) -> Markup:
    options = [el("option", "any", value="")]
    options += [el("option", f"{value} ({number:,})", value=value) for value, number in sorted(found.items())]
    return el("label", el("span", title), el("select", join(options), name=name), class_="choice")
