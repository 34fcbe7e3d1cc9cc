"""GitLab's two reports: valid, without twins, with the paths that it wants."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from pytest_regressions.file_regression import FileRegressionFixture

from planguard.reports.gitlab import render_gitlab
from planguard.reports.gitlab_sast import render_gitlab_sast
from planguard.reports.model import Report
from tests.conftest import FIXTURES
from tests.reports import samples
from tests.reports.test_markdown import harmless_markdown

SCHEMAS = {
    name: jsonschema.Draft7Validator(json.loads((FIXTURES / "schemas" / f"gitlab-{name}.json").read_bytes()))
    for name in ("codequality", "sast")
}


@pytest.fixture(autouse=True)
def _among_fixtures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)
    monkeypatch.setenv("PLANGUARD_CACHE_DIR", "")


def valid(name: str, content: bytes) -> Any:
    document = json.loads(content)
    assert [error.message[:300] for error in SCHEMAS[name].iter_errors(document)] == []
    return document


def quality(report: Report) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = valid("codequality", render_gitlab(report))
    prints = [one["fingerprint"] for one in found]
    assert len(set(prints)) == len(prints)
    return found


def sast(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = valid("sast", render_gitlab_sast(report))
    places = [(*one["location"].values(), one["identifiers"][0]["value"]) for one in found["vulnerabilities"]]
    assert len(set(places)) == len(places)
    assert len({one["id"] for one in found["vulnerabilities"]}) == len(places)
    return found


@pytest.mark.parametrize("render", [render_gitlab, render_gitlab_sast], ids=["codequality", "sast"])
def test_a_real_plan_reads_like_this(render: Any, file_regression: FileRegressionFixture, tmp_path: Path) -> None:
    report = samples.checked(tmp_path, "noop/plan.json", "--env", "prod", "--source", "noop")
    file_regression.check(render(report).decode(), extension=".json")


@pytest.mark.parametrize("render", [render_gitlab, render_gitlab_sast], ids=["codequality", "sast"])
def test_every_kind_of_entry_reads_like_this(render: Any, file_regression: FileRegressionFixture) -> None:
    file_regression.check(render(samples.everything()).decode(), extension=".json")


@pytest.mark.parametrize("plan", samples.SCENARIOS, ids=lambda path: str(path.with_suffix("")))
def test_every_plan_gives_valid_reports(plan: Path, tmp_path: Path) -> None:
    report = samples.checked(tmp_path, str(plan))
    [entry] = report.decisions
    is_open = [
        one
        for one in (*entry.violations, *entry.undetermined)
        if one.waiver is None and one.part_of is None and one.status != "fixed"
    ]
    found = quality(report)
    assert len(found) == len(is_open)
    assert any(one["severity"] == "blocker" for one in found) == (report.outcome == "block")
    told = sum(one["description"].count("\n- ") for one in sast(report)["vulnerabilities"])
    assert told == len(is_open)


def test_what_is_waived_fixed_or_part_of_another_is_left_out() -> None:
    found = quality(samples.everything())
    assert len(found) == 3 + 1 + 1 + 3 + 1 + 1
    assert [one["severity"] for one in found].count("blocker") == 3 + 1 + 1 + 1


def test_an_empty_result_is_an_empty_array() -> None:
    report = samples.report(samples.decision([]))
    assert render_gitlab(report) == b"[]\n"
    assert sast(report)["vulnerabilities"] == []


def test_the_same_finding_in_two_plans_has_two_fingerprints_that_stay() -> None:
    report = samples.everything()
    entry = report.decisions[0]
    other = msgspec.structs.replace(entry, plan=report.decisions[1].plan)
    both = quality(msgspec.structs.replace(report, decisions=[entry, other]))
    one = quality(msgspec.structs.replace(report, decisions=[entry]))
    prints = {found["fingerprint"] for found in one}
    assert prints <= {found["fingerprint"] for found in both}


def test_a_scan_that_could_not_decide_is_a_failure() -> None:
    scan = sast(samples.everything())["scan"]
    assert scan["status"] == "failure"
    assert [one["level"] for one in scan["messages"]] == ["fatal", "fatal"]
    assert sast(samples.nothing())["scan"]["status"] == "failure"
    assert [one["severity"] for one in quality(samples.nothing())] == ["blocker"]
    assert sast(samples.allowed())["scan"]["status"] == "success"


def test_times_are_those_of_the_plans() -> None:
    entry = samples.allowed().decisions[0]
    plans = [
        msgspec.structs.replace(entry, plan=msgspec.structs.replace(entry.plan, timestamp=time))
        for time in ("2026-05-01T12:00:00+02:00", "2026-04-01T00:00:00Z")
    ]
    scan = sast(msgspec.structs.replace(samples.allowed(), decisions=plans))["scan"]
    assert (scan["start_time"], scan["end_time"]) == ("2026-04-01T00:00:00", "2026-05-01T10:00:00")
    assert sast(samples.allowed())["scan"]["start_time"] == "1970-01-01T00:00:00"


def test_objects_at_one_place_are_one_vulnerability_that_lists_them() -> None:
    found = [samples.violation(10 * n, address=f"aws_x.y[{n}]", source=None) for n in range(300)]
    [one] = sast(samples.report(samples.decision(found)))["vulnerabilities"]
    assert one["description"].count("`aws_x.y[") == 200
    assert one["description"].endswith("- and 100 more")


def does_no_harm(report: Report) -> None:
    for render, read in ((render_gitlab, quality), (render_gitlab_sast, sast)):
        content = render(report)
        assert content == render(report)
        assert samples.is_harmless(content.decode())
        document: Any = read(report)
        assert [one for one in samples.texts_in(document) if not samples.is_harmless(one)] == []
    for one in document["vulnerabilities"]:
        harmless_markdown(one["description"])


@samples.each_hostile
def test_this_text_does_no_harm(text: str) -> None:
    does_no_harm(samples.poisoned([text]))


@given(samples.hostile_reports())
def test_no_text_does_harm(report: Report) -> None:
    does_no_harm(report)
