"""Markdown: what is said, that it fits, and that no text is markup or calls anybody."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from pytest_regressions.file_regression import FileRegressionFixture

from planguard.reports.escaping import html_code, markdown_code, markdown_text
from planguard.reports.markdown import render_github_summary, render_markdown
from planguard.reports.model import Report
from tests.conftest import FIXTURES
from tests.reports import samples

TAGS = {
    *("h2", "h3", "h4", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"),
    *("code", "strong", "details", "summary", "br"),
}
# What GitHub and GitLab make references of, in what was rendered, outside of code.
REFERENCES = re.compile(r"[@#!$%~&^]\w|:\w+:|https?:/|www\.\w|GL-")


@pytest.fixture(autouse=True)
def _among_fixtures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)
    monkeypatch.setenv("PLANGUARD_CACHE_DIR", "")


class _Reader(HTMLParser):
    """Tags, texts outside of code, and texts in it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.closed: list[str] = []
        self.attributes: set[tuple[str, str, str | None]] = set()
        self.prose: list[str] = []
        self.code: list[str] = []
        self._in_code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {(tag, *one) for one in attrs}
        if tag == "code":
            self._in_code += 1
            self.code.append("")

    def handle_endtag(self, tag: str) -> None:
        self.closed.append(tag)
        self._in_code -= tag == "code"

    def handle_data(self, data: str) -> None:
        if self._in_code:
            self.code[-1] += data
        else:
            self.prose.append(data)


def read(markdown: str) -> _Reader:
    reader = _Reader()
    reader.feed(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))
    reader.close()
    return reader


def harmless_markdown(text: str) -> _Reader:
    """What a browser would get, in which nothing is but what was meant."""
    assert samples.is_harmless(text)
    reader = read(text)
    assert set(reader.tags) <= TAGS
    assert sorted(tag for tag in reader.tags if tag != "br") == sorted(reader.closed)
    assert reader.attributes == set()
    assert [one for one in reader.prose if REFERENCES.search(one)] == []
    return reader


def comment(report: Report) -> str:
    content = render_markdown(report)
    assert len(content) <= 65_536
    assert content == render_markdown(report)
    return content.decode()


# --- as it reads ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("render", [render_markdown, render_github_summary], ids=["comment", "summary"])
def test_a_real_plan_reads_like_this(render: Any, file_regression: FileRegressionFixture, tmp_path: Path) -> None:
    report = samples.checked(tmp_path, "noop/plan.json", "--env", "prod", "--source", "noop")
    file_regression.check(render(report).decode(), extension=".md")


def test_every_kind_of_entry_reads_like_this(file_regression: FileRegressionFixture) -> None:
    harmless_markdown(comment(samples.everything()))
    file_regression.check(comment(samples.everything()), extension=".md")


@pytest.mark.parametrize("plan", samples.SCENARIOS, ids=lambda path: str(path.with_suffix("")))
def test_every_plan_is_told(plan: Path, tmp_path: Path) -> None:
    report = samples.checked(tmp_path, str(plan))
    text = comment(report)
    reader = harmless_markdown(text)
    assert text.split("\n")[1] == f"## planguard: {report.outcome}"
    if "Left out here" in text:
        return
    for one in report.decisions[0].violations:
        if one.part_of is None:
            deposed = f" (deposed {one.deposed})" if one.deposed else ""
            assert one.address + deposed in reader.code


# --- what it says --------------------------------------------------------------------------------------------------


def test_the_first_line_is_a_mark_that_is_not_seen() -> None:
    text = comment(samples.allowed())
    assert text.split("\n")[0] == "<!-- planguard:comment planguard/shop/shop-prod/prod/ -->"
    assert "planguard:comment" not in "".join(read(text).prose)


def test_no_name_ends_the_mark() -> None:
    entry = samples.allowed().decisions[0]
    plan = msgspec.structs.replace(entry.plan, project="--> <b>", workspace="a---->", file="x")
    text = comment(msgspec.structs.replace(samples.allowed(), decisions=[msgspec.structs.replace(entry, plan=plan)]))
    assert re.fullmatch(r"<!-- planguard:comment [^>]*/ -->", text.split("\n")[0])
    harmless_markdown(text)


def test_owners_have_tables_of_their_own() -> None:
    lines = comment(samples.everything()).split("\n")
    owners = [line for line in lines if line.startswith(("Owner ", "Without an owner"))]
    assert owners == [
        "Owner `iam-team`: 1",
        "Owner `network-team`: 2",
        "Without an owner: 1",
        "Owner `iam-team`: 1",
        "Without an owner: 1",
    ]


def test_a_waiver_is_told_with_who_and_until_when() -> None:
    row = next(line for line in comment(samples.everything()).split("\n") if "`w-2026-01`" in line)
    assert row.endswith("| `w-2026-01` | `alice@example.com` | `2026-03-01T00:00:00Z` |")


def test_a_waiver_that_does_not_count_is_told_with_its_reason() -> None:
    assert "| `w-2025-09` | expired | it ended on 2025-12-01 |" in comment(samples.everything())


def test_a_call_without_a_plan_says_so() -> None:
    assert "No plan was checked." in comment(samples.nothing())


# --- that it fits --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [100, 400, 1_000, 10_000])
def test_a_comment_fits_and_counts_what_it_leaves_out(number: int) -> None:
    report = samples.many(number)
    text = comment(report)
    rows = sum(line.startswith("| ") and "`aws_thing" not in line for line in text.split("\n"))
    heads = sum(line.startswith("|---") for line in text.split("\n"))
    left = re.search(r"\*\*Left out here, for want of room: (\d+) entries\*\* \((.+)\)\. The", text)
    assert (int(left[1]) if left else 0) == number + 25 - (rows - heads)
    if left:
        parts = [re.fullmatch(r"(\d+) of (\d+) [a-z ]+", part) for part in left[2].split(", ")]
        assert sum(int(part[1]) for part in parts if part) == int(left[1])
        assert len(render_markdown(report)) > 60_000
    harmless_markdown(text)


def test_the_gravest_is_told_first() -> None:
    report = samples.many(10_000)
    text = comment(report)
    assert "#### Blocks" in text
    assert "<summary>Observed" not in text
    shown = re.findall(r"^\| (\w+) \| introduced", text, re.MULTILINE)
    assert set(shown) == {"critical"}


def test_many_plans_fit_the_gravest_first() -> None:
    entry, calm = samples.many(3).decisions[0], samples.allowed().decisions[0]
    plans = [calm] * 3_000 + [entry]
    report = msgspec.structs.replace(samples.many(3), decisions=plans)
    text = comment(report)
    assert "#### Blocks" in text
    found = re.search(r"(\d+) of 3001 plans", text)
    assert found
    assert int(found[1]) == 3_001 - len(re.findall(r"^### ", text, re.MULTILINE))


def test_a_summary_holds_more_and_stays_below_a_mebibyte() -> None:
    content = render_github_summary(samples.many(10_000))
    assert 900_000 < len(content) < 1_048_576
    assert b"planguard:comment" not in content


def test_long_texts_are_cut() -> None:
    long = samples.report(samples.decision([samples.violation(0, message="x" * 200_000, fix="y" * 200_000)]))
    text = comment(long)
    assert "Left out here" not in text
    assert len(text) < 5_000


# --- texts that mean harm ------------------------------------------------------------------------------------------


@given(samples.texts)
def test_code_shows_the_text_and_nothing_else(text: str) -> None:
    for written in (markdown_code(text), html_code(text)):
        reader = read(f"| a |\n|---|\n| {written} |\n")
        assert set(reader.tags) <= {"table", "thead", "tbody", "tr", "th", "td", "code"}
        assert reader.tags.count("td") == 1
        shown = samples_plain(text)
        if shown.strip():
            assert reader.code == [shown]


def samples_plain(text: str) -> str:
    from planguard.reports.text import plain

    return plain(text)


@given(samples.texts)
def test_prose_shows_the_text_and_nothing_else(text: str) -> None:
    for before, after in (("", ""), ("- ", ""), ("| a |\n|---|\n| ", " |")):
        reader = harmless_markdown(f"{before}{markdown_text(text)}{after}\n")
        assert not set(reader.tags) & {"h2", "h3", "h4", "strong", "details", "br"}
        assert reader.tags.count("ul") == (before == "- ")
        assert reader.tags.count("td") == before.startswith("|")


def does_no_harm(report: Report) -> None:
    for content in (render_markdown(report), render_github_summary(report)):
        reader = harmless_markdown(content.decode())
        assert reader.tags.count("h2") == 1
        assert reader.tags.count("h3") == 2


@samples.each_hostile
def test_this_text_does_no_harm(text: str) -> None:
    does_no_harm(samples.poisoned([text]))


@given(samples.hostile_reports())
def test_no_text_is_markup(report: Report) -> None:
    does_no_harm(report)
