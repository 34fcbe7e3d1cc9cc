"""JUnit: one case for each rule and address, in XML that every parser takes."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from pytest_regressions.file_regression import FileRegressionFixture

from planguard.reports.junit import render_junit
from planguard.reports.model import Report
from tests.conftest import FIXTURES
from tests.reports import samples

ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testcase": {"classname", "name", "time", "file", "line"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
    "system-out": set(),
}


@pytest.fixture(autouse=True)
def _among_fixtures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)
    monkeypatch.setenv("PLANGUARD_CACHE_DIR", "")


def suites(report: Report) -> ElementTree.Element:
    """The document, which adds up."""
    root = ElementTree.fromstring(render_junit(report))
    for one in root.iter():
        assert set(one.attrib) <= ATTRIBUTES[one.tag]
    for suite in [root, *root]:
        cases = list(suite.iter("testcase"))
        assert suite.get("tests") == str(len(cases))
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            if suite.get(name) is not None:
                assert suite.get(name) == str(sum(case.find(tag) is not None for case in cases))
    return root


def verdicts(suite: ElementTree.Element) -> dict[tuple[str, str], str]:
    found = {}
    for case in suite.iter("testcase"):
        [verdict] = [one.tag for one in case if one.tag != "system-out"] or ["passed"]
        found[case.get("classname", ""), case.get("name", "")] = verdict
    assert len(found) == len(list(suite.iter("testcase")))
    return found


def test_a_real_plan_reads_like_this(file_regression: FileRegressionFixture, tmp_path: Path) -> None:
    report = samples.checked(tmp_path, "noop/plan.json", "--env", "prod", "--source", "noop")
    file_regression.check(render_junit(report).decode(), extension=".xml")


def test_every_kind_of_entry_reads_like_this(file_regression: FileRegressionFixture) -> None:
    suites(samples.everything())
    file_regression.check(render_junit(samples.everything()).decode(), extension=".xml")


@pytest.mark.parametrize("plan", samples.SCENARIOS, ids=lambda path: str(path.with_suffix("")))
def test_a_plan_fails_a_case_just_when_it_is_blocked(plan: Path, tmp_path: Path) -> None:
    report = samples.checked(tmp_path, str(plan))
    [suite] = suites(report)
    found = verdicts(suite)
    assert ("failure" in found.values()) == (report.outcome == "block")
    assert ("passed" in found.values()) or report.outcome == "block"
    assert (found["planguard", "decision"] == "passed") == (report.outcome != "block")
    for one in report.decisions[0].violations:
        if one.part_of is None and one.deposed is None:
            assert (one.rule, one.address) in found


def test_verdicts_follow_how_a_finding_stands() -> None:
    first, second, unreadable = suites(samples.everything())
    found = list(verdicts(first).values())
    assert found.count("failure") == 1 + 3 + 1  # decision, violations, undetermined
    assert found.count("error") == 1
    assert found.count("passed") == 1  # fixed
    assert list(verdicts(second).values()) == ["passed"]
    assert verdicts(unreadable) == {("planguard", "plan can be read"): "error"}


def test_warnings_do_not_fail() -> None:
    [suite] = suites(samples.warned())
    assert sorted(verdicts(suite).values()) == ["passed", "skipped"]


def test_a_call_without_a_plan_is_an_error() -> None:
    [suite] = suites(samples.nothing())
    assert list(verdicts(suite).values()) == ["error"]


def test_passes_are_told_where_the_report_has_them(tmp_path: Path) -> None:
    report = samples.checked(tmp_path, "noop/plan.json", "--verbose", pack="quiet")
    [suite] = suites(report)
    assert list(verdicts(suite).values()).count("passed") == 3


def does_no_harm(report: Report) -> None:
    content = render_junit(report)
    assert content == render_junit(report)
    assert samples.is_harmless(content.decode())
    root = suites(report)
    assert len(root) == 3
    wanted = {(one.rule, one.address) for one in report.decisions[0].errors}
    assert len(list(root[0].iter("testcase"))) >= len(wanted)


@samples.each_hostile
def test_this_text_does_no_harm(text: str) -> None:
    does_no_harm(samples.poisoned([text]))


@given(samples.hostile_reports())
def test_no_text_does_harm(report: Report) -> None:
    does_no_harm(report)
