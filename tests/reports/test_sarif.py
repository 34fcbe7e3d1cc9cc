"""SARIF: valid, complete, within the limits of GitHub, the same from call to call."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from pytest_regressions.file_regression import FileRegressionFixture

from planguard.reports import sarif_github
from planguard.reports.model import Report
from planguard.reports.sarif import render_sarif
from planguard.reports.sarif_github import render_sarif_github
from tests.conftest import FIXTURES
from tests.reports import samples

VALIDATOR = jsonschema.Draft4Validator(json.loads((FIXTURES / "schemas" / "sarif-2.1.0-rtm.5.json").read_bytes()))
URI = re.compile(r"(file:///)?[A-Za-z0-9\-._~%!$&'()*+,;=:@/]+")


@pytest.fixture(autouse=True)
def _among_fixtures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)
    monkeypatch.setenv("PLANGUARD_CACHE_DIR", "")


def full(report: Report) -> dict[str, Any]:
    return valid(render_sarif(report))


def github(report: Report) -> dict[str, Any]:
    return valid(render_sarif_github(report))


def valid(content: bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(content)
    assert [error.message[:300] for error in VALIDATOR.iter_errors(document)] == []
    for run in document["runs"]:
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert rules == list(dict.fromkeys(rules))
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
    return document


def results(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for run in document["runs"] for one in run["results"]]


# --- as it reads ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("render", [render_sarif, render_sarif_github], ids=["full", "github"])
def test_a_real_plan_reads_like_this(render: Any, file_regression: FileRegressionFixture, tmp_path: Path) -> None:
    report = samples.checked(tmp_path, "noop/plan.json", "--env", "prod", "--source", "noop")
    valid(render(report))
    file_regression.check(render(report).decode(), extension=".sarif")


@pytest.mark.parametrize("render", [render_sarif, render_sarif_github], ids=["full", "github"])
def test_every_kind_of_entry_reads_like_this(render: Any, file_regression: FileRegressionFixture) -> None:
    file_regression.check(render(samples.everything()).decode(), extension=".sarif")


@pytest.mark.parametrize("plan", samples.SCENARIOS, ids=lambda path: str(path.with_suffix("")))
def test_every_plan_gives_valid_sarif_in_which_nothing_is_lost(plan: Path, tmp_path: Path) -> None:
    report = samples.checked(tmp_path, str(plan))
    [decision] = report.decisions
    document = full(report)
    assert len(results(document)) == len(decision.violations) + len(decision.undetermined)
    hashes = [one["partialFingerprints"]["primaryLocationLineHash"] for one in results(document)]
    assert len(set(hashes)) == len(hashes)
    is_open = [
        one
        for one in (*decision.violations, *decision.undetermined)
        if one.waiver is None and one.part_of is None and one.status != "fixed"
    ]
    assert len(results(github(report))) == len(is_open)


# --- what it says --------------------------------------------------------------------------------------------------


def test_waived_is_suppressed_by_whom_and_until_when() -> None:
    suppressed = [one for one in results(full(samples.everything())) if one["suppressions"]]
    assert len(suppressed) == 2
    for one in suppressed:
        [told] = one["suppressions"]
        assert (told["kind"], told["status"]) == ("external", "accepted")
        assert told["justification"] == "waiver w-2026-01 of alice@example.com, until 2026-03-01T00:00:00Z"


def test_status_is_the_state_against_the_baseline() -> None:
    states = {"introduced": "new", "inherited": "unchanged", "fixed": "absent"}
    found = results(full(samples.everything()))
    assert {one["baselineState"] for one in found} == set(states.values())
    assert all(one["baselineState"] == states[one["properties"]["status"]] for one in found)


def test_undetermined_is_open_and_has_no_level_as_the_standard_wants_it() -> None:
    found = [one for one in results(full(samples.everything())) if one.get("kind") == "open"]
    assert len(found) == 4
    assert {one["level"] for one in found} == {"none"}
    assert all("undetermined" in one["message"]["text"] for one in found)


def test_errors_and_unreadable_plans_are_notifications() -> None:
    first, second, undecided = full(samples.everything())["runs"]
    [crash] = first["invocations"][0]["toolExecutionNotifications"]
    assert crash["associatedRule"] == {"id": "test-rule-that-crashes"}
    assert [run["invocations"][0]["executionSuccessful"] for run in (first, second, undecided)] == [
        False,
        True,
        False,
    ]
    told = undecided["invocations"][0]["toolExecutionNotifications"]
    assert [one["level"] for one in told] == ["error", "note"]


def test_every_decision_is_a_run_of_its_own_name() -> None:
    runs = full(samples.everything())["runs"]
    names = [run["automationDetails"]["id"] for run in runs]
    assert names == ["planguard/shop/shop-prod/prod/", "planguard/shop/shop-prod/dev/", "planguard/undecided/"]


def test_decisions_for_the_same_purpose_are_told_apart_by_their_file() -> None:
    entry = samples.allowed().decisions[0]
    other = msgspec.structs.replace(entry, plan=msgspec.structs.replace(entry.plan, file="b/plan.json"))
    report = msgspec.structs.replace(samples.allowed(), decisions=[entry, other, other])
    names = [run["automationDetails"]["id"] for run in full(report)["runs"]]
    base = "planguard/shop/shop-prod/prod/"
    assert names == [f"{base}tfplan.json/", f"{base}b%2Fplan.json/", f"{base}b%2Fplan.json/2/"]


def test_a_call_without_a_plan_is_no_success() -> None:
    [run] = full(samples.nothing())["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert len(results(github(samples.nothing()))) == 1


def test_source_stands_below_the_folder_that_is_given() -> None:
    found = results(valid(render_sarif(samples.everything(), source_root="infra/")))
    uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in found}
    assert uris == {"infra/modules/edge/main.tf", "tfplan.json"}


# --- for GitHub ----------------------------------------------------------------------------------------------------


def test_github_gets_neither_waived_nor_fixed_nor_parts() -> None:
    found = results(github(samples.everything()))
    assert not any("suppressions" in one or "baselineState" in one or "kind" in one for one in found)
    assert len(found) == 3 + 1 + 1 + 3 + 1 + 1  # blocks, warning, inherited, open, error, unreadable
    assert "planguard-plan-unreadable" in {one["ruleId"] for one in found}
    assert "planguard-evaluation-failed" in {one["ruleId"] for one in found}


def test_github_shows_every_result_at_some_place() -> None:
    for one in results(github(samples.everything())):
        [place] = one["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"]
        assert place["physicalLocation"]["region"]["startLine"] >= 1


def test_github_counts_what_is_undetermined_as_a_note_without_severity_unless_it_blocks() -> None:
    document = github(samples.everything())
    found = [one for one in results(document) if one["ruleId"].endswith("/undetermined")]
    assert sorted(one["level"] for one in found) == ["error", "note", "note"]
    rules = [rule for rule in document["runs"][0]["tool"]["driver"]["rules"] if rule["id"].endswith("/undetermined")]
    assert rules
    assert all("security-severity" not in rule["properties"] for rule in rules)


def test_more_results_than_github_keeps_are_cut_to_the_gravest() -> None:
    report = samples.many(7_000)
    [run] = github(report)["runs"]
    assert len(run["results"]) == 5_000
    [note] = run["invocations"][0]["toolExecutionNotifications"]
    fixed = sum(one.status == "fixed" for one in report.decisions[0].violations)
    assert note["message"]["text"].startswith(f"{7_000 + 25 - fixed - 5_000} further results are not in this file")
    kept = [one["level"] for one in run["results"]]
    assert kept == sorted(kept, key=["error", "warning", "note"].index) or "note" in kept
    blocking = sum(one.effect == "block" for one in report.decisions[0].violations)
    assert kept.count("error") == blocking


def test_more_plans_than_github_takes_runs_share_the_last_run() -> None:
    entry = samples.many(12).decisions[0]
    plans = [
        msgspec.structs.replace(entry, plan=msgspec.structs.replace(entry.plan, file=f"{number}.json"))
        for number in range(30)
    ]
    document = github(msgspec.structs.replace(samples.many(1), decisions=plans))
    assert len(document["runs"]) == 20
    assert len({run["automationDetails"]["id"] for run in document["runs"]}) == 20
    one = results(github(msgspec.structs.replace(samples.many(1), decisions=plans[:1])))
    assert len(results(document)) == 30 * len(one)


def test_what_github_takes_stays_below_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif_github, "MOST_BYTES", 100_000)
    report = samples.report(
        samples.decision([samples.violation(10 * n, address=f"aws_x.{_digits(n)}") for n in range(2_000)])
    )
    content = render_sarif_github(report)
    assert len(gzip.compress(content)) <= 100_000
    [run] = valid(content)["runs"]
    assert len(run["results"]) > 100
    [note] = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith(f"{2_000 - len(run['results'])} further results")


def _digits(number: int) -> str:
    return hashlib.sha512(str(number).encode()).hexdigest()


def test_no_rule_has_more_tags_than_github_keeps() -> None:
    report = samples.report(samples.decision([samples.violation(0, aliases=[f"X_{n}" for n in range(30)])]))
    [rule] = github(report)["runs"][0]["tool"]["driver"]["rules"]
    assert rule["properties"]["tags"][:3] == ["security", "terraform/network", "X_0"]
    within_limits(github(report))


def within_limits(document: dict[str, Any]) -> None:
    """Limits of GitHub on what a log holds."""
    assert len(document["runs"]) <= 20
    for run in document["runs"]:
        assert len(run["results"]) <= 5_000
        for rule in run["tool"]["driver"]["rules"]:
            assert 0 < len(rule["name"]) <= 255
            assert 0 < len(rule["shortDescription"]["text"]) <= 1024
            assert 0 < len(rule["fullDescription"]["text"]) <= 1024
            assert len(rule["properties"]["tags"]) <= 10
            assert rule["help"]["text"]
        for result in run["results"]:
            assert result["message"]["text"]
            assert len(result["locations"]) == 1


# --- names that mean harm ------------------------------------------------------------------------------------------


def does_no_harm(report: Report) -> None:
    for render in (render_sarif, render_sarif_github):
        content = render(report)
        assert content == render(report)
        document = valid(content)
        assert samples.is_harmless(content.decode())
        assert [one for one in samples.texts_in(document) if not samples.is_harmless(one)] == []
        for result in results(document):
            assert "](" not in result["message"]["text"]
            uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            assert URI.fullmatch(uri)
            assert not uri.startswith("./")
    within_limits(document)


@samples.each_hostile
def test_this_text_does_no_harm(text: str) -> None:
    does_no_harm(samples.poisoned([text]))


@given(samples.hostile_reports())
def test_no_text_does_harm(report: Report) -> None:
    does_no_harm(report)
