"""The page: what stands in it, that nothing is left out, and that nothing in a report can become a part of it."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_regressions.file_regression import FileRegressionFixture

from planguard.check import Wanted, graph_of, judge_plan
from planguard.decision.purpose import Purpose
from planguard.engine.ruleset import RuleSet
from planguard.plan.reading import find_plans, read_input
from planguard.reports import html as page_module
from planguard.reports.graph_model import GraphDocument, graph_document
from planguard.reports.html import render_html
from planguard.reports.model import (
    DeferredEntry,
    DriftEntry,
    PromotionEntry,
    Report,
    WaiverEntry,
    WaiverUse,
)
from planguard.reports.surroundings import MOST_PICTURES, pictures_of
from planguard.reports.text import plain
from tests.conftest import FIXTURES
from tests.reports.test_text import decision, everything, few, many, open_finding, report, violation

PAGE = Path(page_module.__file__).with_name("page")
STACK = FIXTURES / "stacks" / "aws-shop-prod" / "plan-update.json"
_EXCUSE = WaiverUse("waiver-1", "security@example.org", "2026-12-01T00:00:00Z")


def owned() -> Report:
    """Findings of several owners, some of them excused, and everything that a plan says besides."""
    owners = ("payments", "platform", None)
    rows = [
        violation(
            number,
            owner=owners[number % 3],
            evidence=["aws_subnet.private", "aws_route_table.main"] if number % 5 == 0 else [],
            waiver=_EXCUSE if number % 4 == 0 and number % 6 != 5 else None,
        )
        for number in range(12)
    ]
    return report(
        decision(
            [*rows, violation(0, rule="aws-narrow", part_of="aws-sg-ingress-open-to-world", effect="observe")],
            undetermined=[msgspec.structs.replace(open_finding(0), owner="platform")],
            waivers=[
                WaiverEntry(
                    "waiver-1", "used", "it counts", "waivers/1.yaml", [], "security@example.org", "2026-12-01"
                ),
                WaiverEntry(
                    "waiver-2", "expired", "it has expired", "waivers/2.yaml", ["it has expired", "unsigned"]
                ),
            ],
            drift=[DriftEntry("aws_x.drifted", "aws_x", ["update"], ["tags", "tags_all"], True)],
            deferred=[DeferredEntry("aws_x.later", "provider_config_unknown")],
            promotion=[PromotionEntry("test", "test.json", ["aws_x.new"], {"aws_x.y": ["size", "tags"]})],
            valid_until="2026-12-01T00:00:00Z",
        )
    )


REPORTS: dict[str, Callable[[], Report]] = {"few": few, "many": many, "everything": everything, "owned": owned}


class Element(msgspec.Struct):
    """One element of a page, with what is in it."""

    name: str
    attributes: dict[str, str | None]
    inner: list[Any] = []

    def all(self, name: str = "", class_: str = "") -> Iterator[Element]:
        """The elements below, those of a name and a class."""
        for one in self.inner:
            if isinstance(one, Element):
                if name in ("", one.name) and (not class_ or class_ in (one.attributes.get("class") or "").split()):
                    yield one
                yield from one.all(name, class_)

    @property
    def text(self) -> str:
        """All text below."""
        return "".join(one if isinstance(one, str) else one.text for one in self.inner)


class Parsed(HTMLParser):
    """A page as a tree; an element that is not closed, or closed twice, is an error."""

    VOID = ("br", "input", "link", "meta", "wbr")

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(page.decode("utf-8"))
        self.close()
        assert self._open == [self.root], self._open[-1].name

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        element = Element(tag, dict(attrs), [])
        self._open[-1].inner.append(element)
        if tag not in self.VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].inner.append(Element(tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().name == tag

    def handle_data(self, data: str) -> None:
        self._open[-1].inner.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


def tree(page: bytes) -> Element:
    """A page as a tree."""
    return Parsed(page).root


_LINES = ("h1", "h2", "h3", "h4", "h5", "p", "dt", "dd", "th", "td", "legend", "label", "summary", "option", "li")
_PARTS = {"header": "banner", "main": "main", "footer": "footer", "nav": "nav", "form": "form", "article": "article"}


def outline(element: Element, depth: int = 0) -> Iterator[str]:
    """What a reader meets, a line for each paragraph, its element in front."""
    for one in element.inner:
        if not isinstance(one, Element) or one.name in ("script", "style", "head", "svg"):
            continue
        if one.name in _PARTS or (one.name == "details"):
            word = one.attributes.get("class") or one.attributes.get("id") or ""
            opened = " open" if "open" in one.attributes else ""
            yield "  " * depth + f"[{_PARTS.get(one.name, one.name)}{' ' + word if word else ''}{opened}]"
            yield from outline(one, depth + 1)
        elif one.name == "summary" or (one.name in _LINES and not any(any(one.all(name)) for name in _LINES)):
            yield "  " * depth + f"{one.name}: {' '.join(one.text.split())}"
        else:
            yield from outline(one, depth)


def judged(path: Path, rules: RuleSet) -> tuple[Report, dict[tuple[int, str], GraphDocument]]:
    """The report on a stored plan, and the pictures for it."""
    raw = read_input(find_plans([str(path)]).plans[0], None)
    plan, graph, source = graph_of(raw, wanted := Wanted())
    found = judge_plan(plan, graph, rules, Purpose(), wanted.law, source, with_passes=False)
    plan_facts = msgspec.structs.replace(found.plan, file=path.relative_to(FIXTURES).as_posix())
    pictures = pictures_of(found, graph_document(plan, graph))
    entry = msgspec.structs.replace(found, plan=plan_facts)
    return report(entry), {(0, address): drawn for address, drawn in pictures.items()}


# -- what stands in it ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["few", "everything", "owned"])
def test_the_page_holds_this(name: str, file_regression: FileRegressionFixture) -> None:
    file_regression.check("\n".join(outline(tree(render_html(REPORTS[name]())))) + "\n", basename=f"{name}-outline")


def test_the_markup_of_a_finding_is_this(file_regression: FileRegressionFixture) -> None:
    page = render_html(few()).decode()
    [found] = re.findall(r'<details class="rule block".*?</div></details>', page)
    file_regression.check(
        re.sub(r"(?=<(?:/?div|p|ul|li|dl|details|summary|h\d))", "\n", found) + "\n", basename="finding"
    )


def test_the_page_of_a_real_plan_says_what_blocks_it(builtin_rules: RuleSet) -> None:
    found, pictures = judged(STACK, builtin_rules)
    root = tree(render_html(found, pictures))
    blocked = [one for one in found.decisions[0].violations if one.effect == "block"]
    said = " ".join(" ".join(one.text.split()) for one in root.all("details", "block"))
    assert blocked
    for one in blocked:
        for text in (one.title, one.rule, one.address, one.message, one.gate):
            assert " ".join(text.replace("`", "").split()) in said


def test_a_real_page_is_the_same_every_time(builtin_rules: RuleSet) -> None:
    found, pictures = judged(STACK, builtin_rules)
    backwards = dict(reversed(pictures.items()))
    assert render_html(found, pictures) == render_html(found, backwards)


@pytest.mark.parametrize("name", REPORTS)
def test_every_finding_is_there_once(name: str) -> None:
    found = REPORTS[name]()
    root = tree(render_html(found))
    entries = [one for each in found.decisions for one in (*each.violations, *each.undetermined)]
    assert sum(int(one.attributes["data-total"] or 0) for one in root.all("details", "rule")) == len(entries)
    said = Counter(
        " ".join(one.text.split()) for rule in root.all("details", "rule") for one in rule.all("p", "said")
    )
    assert sum(said.values()) == len(entries)
    for each in found.decisions:
        for one in each.violations:
            assert f"{one.path} {one.message}" in said


@pytest.mark.parametrize("name", REPORTS)
def test_what_can_be_chosen_adds_up(name: str) -> None:
    root = tree(render_html(REPORTS[name]()))
    total = sum(int(one.attributes["data-total"] or 0) for one in root.all("details", "rule"))
    [form] = root.all("form")
    for field in form.all("fieldset"):
        [legend] = field.all("legend")
        chosen = sum(int(one.text) for one in field.all("span", "n"))
        fixed = sum(int(one.attributes["data-total"] or 0) for one in root.all("details", "fixed"))
        assert chosen == total - (fixed if legend.text == "Effect" else 0)
    for select in form.all("select"):
        assert sum(int(one.text.rpartition("(")[2].rstrip(")")) for one in list(select.all("option"))[1:]) == total


def test_the_outcome_is_a_word_as_well_as_a_colour() -> None:
    for name, word in {"block": "Blocked", "warn": "Allowed with warnings", "allow": "Allowed"}.items():
        root = tree(render_html(report(decision([], outcome=name))))
        assert next(root.all("h1")).text.startswith(f"{word} ")
        assert name in (next(root.all("header")).attributes["class"] or "")


def test_a_waiver_tells_whose_it_is_and_until_when() -> None:
    [place] = tree(render_html(report(decision([violation(0, waiver=_EXCUSE)])))).all("p", "waiver")
    assert place.text == "Waiver waiver-1 of security@example.org, until 2026-12-01T00:00:00Z"


def test_a_group_of_many_places_waits_behind_a_line_that_counts_them() -> None:
    root = tree(render_html(report(decision([violation(0, address=f"aws_x.y[{n}]") for n in range(60)]))))
    [rest] = root.all("details", "rest")
    assert next(rest.all("summary")).text == "35 more"
    assert len(list(root.all("li"))) == 60 + 2  # the reasons


def test_headings_go_down_one_step_at_a_time() -> None:
    for made in REPORTS.values():
        levels = [int(one.name[1]) for one in tree(render_html(made())).all() if re.fullmatch(r"h\d", one.name)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_an_empty_report_has_no_form() -> None:
    root = tree(render_html(report(decision([]))))
    assert not list(root.all("form"))
    assert "No rule found anything wrong." in root.text


def test_ten_thousand_violations_make_a_page_of_a_sane_size() -> None:
    entries = [violation(number, owner=("payments", "platform")[number % 2]) for number in range(10_000)]
    assert len(render_html(report(decision(entries)))) < 8_000_000


# -- pictures ------------------------------------------------------------------------------------------------------


def test_a_picture_stands_at_the_gravest_finding_of_its_address(builtin_rules: RuleSet) -> None:
    found, pictures = judged(STACK, builtin_rules)
    root = tree(render_html(found, pictures))
    drawn = list(root.all("svg"))
    assert len(drawn) == len(pictures) > 0
    assert sum(len(list(group.all("svg"))) for group in root.all("details", "block")) > 0
    assert not [one for svg in drawn for one in svg.all("style")]


def test_of_many_pictures_those_of_the_gravest_are_drawn(builtin_rules: RuleSet) -> None:
    picture = next(iter(judged(STACK, builtin_rules)[1].values()))
    rows = [
        violation(0, address=f"aws_x.y[{number:03}]", effect="block" if number >= 90 else "warn")
        for number in range(120)
    ]
    wanted = {(0, one.address): picture for one in rows} | {(7, "aws_x.z"): picture}
    root = tree(render_html(report(decision(rows)), wanted))
    assert len(list(root.all("svg"))) == MOST_PICTURES
    assert sum(len(list(one.all("svg"))) for one in root.all("details", "block")) == 30


# -- what a browser may do with it ---------------------------------------------------------------------------------


def test_the_style_sheet_and_the_script_are_named_by_their_hashes() -> None:
    root = tree(render_html(everything()))
    policy = next(
        one.attributes["content"] or ""
        for one in root.all("meta")
        if one.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    for name in ("style", "script"):
        [element] = root.all(name)
        assert element.attributes == {}
        digest = b64encode(sha256(element.text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_nothing_leads_out_of_the_page() -> None:
    root = tree(render_html(everything()))
    links = {one.attributes["href"] for one in root.all() if "href" in one.attributes}
    assert {one for one in links if one and not one.startswith("#")} == {"data:,"}
    assert {one[1:] for one in links if one and one.startswith("#")} <= {
        one.attributes["id"] for one in root.all() if "id" in one.attributes
    }
    ids = [one.attributes["id"] for one in root.all() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    css, script = (PAGE / "page.css").read_text(encoding="utf-8"), (PAGE / "page.js").read_text(encoding="utf-8")
    assert not re.search(r"url\(|@import|@font-face|https?:", css)
    assert not re.search(r"fetch|XMLHttp|WebSocket|EventSource|sendBeacon|import|innerHTML|eval|https?:", script)


# -- colours -------------------------------------------------------------------------------------------------------


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = colour if len(colour) == 6 else "".join(2 * one for one in colour)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _themes() -> list[dict[str, str]]:
    css = (PAGE / "page.css").read_text(encoding="utf-8")
    return [
        dict(re.findall(r"--([a-z]+): #([0-9a-f]{3,6})", block)) for block in re.findall(r":root \{.*?\}", css, re.S)
    ]


@pytest.mark.parametrize("theme", _themes(), ids=["light", "dark", "print"])
def test_every_colour_of_text_can_be_read(theme: dict[str, str]) -> None:
    ground = _luminance(theme["ground"])
    for name in ("ink", "soft", "code", "block", "warn", "allow", "waived", "observe", "link"):
        light, dark = sorted((_luminance(theme[name]), ground), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, name


# -- hostile text --------------------------------------------------------------------------------------------------

_NASTY = (
    "</script><script>alert(1)</script>",
    "</style><style>*{display:none}",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "--><!--",
    "]]><![CDATA[",
    "<svg/onload=alert(1)>",
    "</summary></details></main>",
    "javascript:alert(1)",
    "&lt;b&gt;&#60;",
    "`<b>`",
    "\u202egnp.exe\u202c",
    "\u2066x\u2069\u200b",
    "a\nb\r\nc\td",
    "\x00\x1b[31m",
    "\ud800",
    "<wbr>",
    "?><?php ",
)
HOSTILE = st.lists(st.one_of(st.sampled_from(_NASTY), st.text(max_size=12)), max_size=3).map("".join)


def strategy_for(kind: Any, text: st.SearchStrategy[str] = HOSTILE) -> st.SearchStrategy[Any]:
    """Values of a type of the model, every free text of them hostile."""
    origin, args = get_origin(kind), get_args(kind)
    if kind is str:
        return text
    if kind in (int, bool):
        return st.integers(0, 10**7) if kind is int else st.booleans()
    if kind is type(None) or kind is msgspec.UnsetType:
        return st.just(None if kind is type(None) else msgspec.UNSET)
    if origin is list:
        return st.lists(strategy_for(args[0], text), max_size=3)
    if origin is dict:
        return st.dictionaries(text, strategy_for(args[1], text), max_size=3)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = get_type_hints(kind)
        return st.builds(kind, **{name: strategy_for(hint, text) for name, hint in hints.items()})
    if args and all(isinstance(one, str) for one in args):
        return st.sampled_from(args)
    return st.one_of(*(strategy_for(one, text) for one in args))


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a structure."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, msgspec.Struct):
        yield from texts_of([getattr(value, name) for name in value.__struct_fields__])
    elif isinstance(value, dict):
        yield from texts_of([*value, *value.values()])
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)


_ELEMENTS = """
    html head meta title link style body a header p h1 h2 h3 h4 h5 span code wbr ul li dl div dt dd b br
    time details summary main form fieldset legend label input output select option button section
    article nav table thead tbody tr th td footer script
    """
_DRAWN = frozenset(["svg", "title", "desc", "style", "rect", "g", "path", "text", "tspan"])
_ATTRIBUTES = """
    lang charset http-equiv content name rel href class id open hidden tabindex role aria-label type
    value for scope autocomplete spellcheck placeholder datetime data-effect data-status data-severity
    data-domain data-owner data-total data-n data-name
    """


@settings(max_examples=60)
@given(strategy_for(Report))
def test_no_text_becomes_a_part_of_the_page(found: Report) -> None:
    page = render_html(found)
    assert all(one.isprintable() or one == "\n" for one in page.decode("utf-8"))
    root = tree(page)
    for one in root.all():
        assert one.name in _ELEMENTS.split()
        assert one.attributes.keys() <= set(_ATTRIBUTES.split())
    assert [one.text for one in root.all("script")] == [(PAGE / "page.js").read_text(encoding="utf-8")]
    assert len(list(root.all("style"))) == len(list(root.all("main"))) == len(list(root.all("body"))) == 1
    links = {one.attributes["href"] or "" for one in root.all() if "href" in one.attributes}
    assert all(re.fullmatch(r"data:,|#findings|#plan-\d+", one) for one in links)


@settings(max_examples=40)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_text_is_shown_as_it_is(address: str, message: str, owner: str) -> None:
    shown = tree(render_html(report(decision([violation(0, address=address, message=message, owner=owner)]))))
    for text in (address, message, owner):
        for line in text.split("\n"):
            for piece in plain(line).split("`"):
                assert piece in shown.text


@settings(max_examples=30)
@given(strategy_for(GraphDocument), HOSTILE)
def test_no_text_of_a_graph_becomes_a_part_of_the_page(document: GraphDocument, address: str) -> None:
    root = tree(render_html(report(decision([violation(0, address=address)])), {(0, address): document}))
    assert len(list(root.all("script"))) == 1
    for svg in root.all("svg"):
        for one in svg.all():
            assert one.name in _DRAWN - {"style"}
            assert not any(name.startswith("on") or "href" in name for name in one.attributes)
