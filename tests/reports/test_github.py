"""Workflow commands: what the runner makes of them, and that no text makes one of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given
from pytest_regressions.file_regression import FileRegressionFixture

from planguard.reports.github import render_github
from planguard.reports.model import Report
from tests.conftest import FIXTURES
from tests.reports import samples


@pytest.fixture(autouse=True)
def _among_fixtures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)
    monkeypatch.setenv("PLANGUARD_CACHE_DIR", "")


class Command(NamedTuple):
    """What the runner takes out of a line."""

    name: str
    properties: dict[str, str]
    message: str


def command_in(line: str) -> Command | None:
    """How a runner reads a line (GitHub, "Workflow commands"): a command begins it, spaces apart; the older kind of
    command may stand anywhere in it."""
    text = line.lstrip()
    if text.startswith("::") and "::" in text[2:]:
        head, message = text[2:].split("::", 1)
        name, _, rest = head.partition(" ")
        properties = dict(one.split("=", 1) for one in rest.split(",") if "=" in one)
        return Command(name, {key: _unescaped(value) for key, value in properties.items()}, _unescaped(message))
    if "##[" in line:
        return Command("older", {}, line)
    return None


def _unescaped(text: str) -> str:
    for escaped, plain in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escaped, plain)
    return text


def lines_of(report: Report) -> list[str]:
    return render_github(report).decode().rstrip("\n").split("\n")


def commands(report: Report) -> list[Command]:
    return [found for line in lines_of(report) if (found := command_in(line)) is not None]


def test_a_real_plan_reads_like_this(file_regression: FileRegressionFixture, tmp_path: Path) -> None:
    report = samples.checked(tmp_path, "noop/plan.json", "--env", "prod", "--source", "noop")
    file_regression.check(render_github(report).decode())


def test_every_kind_of_entry_reads_like_this(file_regression: FileRegressionFixture) -> None:
    file_regression.check(render_github(samples.everything()).decode())


@pytest.mark.parametrize("plan", samples.SCENARIOS, ids=lambda path: str(path.with_suffix("")))
def test_there_is_an_error_just_where_a_plan_is_blocked(plan: Path, tmp_path: Path) -> None:
    report = samples.checked(tmp_path, str(plan))
    names = [one.name for one in commands(report)]
    assert ("error" in names) == (report.outcome == "block")
    assert lines_of(report)[-1].startswith(f"planguard: {report.outcome}: {plan}")


def test_a_block_without_a_finding_is_an_error_too() -> None:
    entry = msgspec.structs.replace(samples.allowed().decisions[0], outcome="block", reasons=["not promoted"])
    [found] = commands(msgspec.structs.replace(samples.allowed(), decisions=[entry], outcome="block"))
    assert (found.name, "not promoted" in found.message) == ("error", True)


def test_a_call_without_a_plan_is_an_error() -> None:
    assert [one.name for one in commands(samples.nothing())] == ["error"]


def test_no_more_are_written_than_are_shown_and_the_rest_is_counted() -> None:
    report = samples.many(300)
    found = commands(report)
    names = [one.name for one in found]
    assert [names.count(name) for name in ("error", "warning", "notice")] == [10, 10, 1]
    entry = report.decisions[0]
    blocking = sum(one.effect == "block" for one in entry.violations)
    warned = sum(one.effect == "warn" for one in (*entry.violations, *entry.undetermined))
    wanted = f"{blocking + warned - 20} findings are not shown here, "
    assert found[-1].message == f"{wanted}out of {blocking} that block and {warned} that are warned of"
    assert [("critical" in one.properties["title"]) for one in found[:10]] == [True] * 10


def test_a_place_is_told_with_its_lines() -> None:
    found = [one for one in commands(samples.everything()) if "file" in one.properties]
    assert {one.properties["file"] for one in found} == {"modules/edge/main.tf"}
    assert all(int(one.properties["line"]) <= int(one.properties["endLine"]) for one in found)


def does_no_harm(report: Report) -> None:
    content = render_github(report)
    assert content == render_github(report)
    assert samples.is_harmless(content.decode())
    lines = lines_of(report)
    for line in lines:
        found = command_in(line)
        if found is None:
            assert line.startswith("planguard: ")
            continue
        assert found.name in ("error", "warning", "notice")
        assert set(found.properties) <= {"file", "line", "endLine", "title"}
        assert "\n" not in found.message
        assert "##[" not in line
        assert re.match(r"::(error|warning|notice) (file|title)=", line)
    names = [found.name for line in lines if (found := command_in(line)) is not None]
    assert all(names.count(name) <= 10 for name in names)


@samples.each_hostile
def test_this_text_does_no_harm(text: str) -> None:
    does_no_harm(samples.poisoned([text]))


@given(samples.hostile_reports())
def test_no_text_makes_a_command(report: Report) -> None:
    does_no_harm(report)
