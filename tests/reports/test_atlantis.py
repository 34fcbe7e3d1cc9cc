"""Atlantis: every version of it comes to the verdict of planguard, whatever the plan is called."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from pytest_regressions.file_regression import FileRegressionFixture

from planguard.reports.atlantis import render_atlantis, render_atlantis_error
from planguard.reports.model import Report
from tests.conftest import FIXTURES
from tests.reports import samples

ITEM = re.compile(r"(?m)^FAIL.*")
"""``policy_item_regex`` as the manual sets it."""


@pytest.fixture(autouse=True)
def _among_fixtures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)
    monkeypatch.setenv("PLANGUARD_CACHE_DIR", "")


# --- how Atlantis reads the output of a custom policy check -------------------------------------------------------


def fails_in_v0_26_to_v0_37(output: str) -> bool:
    """The word in any case, anywhere."""
    return "fail" in output.lower()


def fails_in_v0_38(output: str) -> bool:
    """The same, and nothing at all fails, too."""
    return output.strip() == "" or "fail" in output.lower()


def fails_since_v0_39(output: str) -> bool:
    """A number of failures above none, a list of failures of JSON, or the word at the beginning."""
    if re.search(r'([1-9][0-9]* failure|failures": \[)', output):
        return True
    return output.strip().startswith("FAIL")


VERSIONS: tuple[Callable[[str], bool], ...] = (fails_in_v0_26_to_v0_37, fails_in_v0_38, fails_since_v0_39)


def verdicts(output: str) -> set[bool]:
    return {fails(output) for fails in VERSIONS}


def text_of(report: Report) -> str:
    content = render_atlantis(report)
    assert content == render_atlantis(report)
    return content.decode()


def test_the_versions_differ_as_they_are_known_to() -> None:
    cases = {
        "0 failed": (True, True, False),
        "aws_route53_record.failover": (True, True, False),
        "DENIED": (False, False, False),
        "": (False, True, False),
        '"failures": []': (True, True, True),
        "10 failures": (True, True, True),
        "0 failures": (True, True, False),
        " FAIL": (True, True, True),
    }
    assert {output: tuple(fails(output) for fails in VERSIONS) for output in cases} == cases


# --- as it reads ---------------------------------------------------------------------------------------------------


def test_a_real_plan_reads_like_this(file_regression: FileRegressionFixture, tmp_path: Path) -> None:
    file_regression.check(text_of(samples.checked(tmp_path, "noop/plan.json", "--env", "prod")))


def test_every_kind_of_entry_reads_like_this(file_regression: FileRegressionFixture) -> None:
    file_regression.check(text_of(samples.everything()))


@pytest.mark.parametrize("pack", ["gate", "quiet", "crashing"])
@pytest.mark.parametrize("plan", samples.SCENARIOS, ids=lambda path: str(path.with_suffix("")))
def test_every_version_comes_to_the_verdict_of_planguard(plan: Path, pack: str, tmp_path: Path) -> None:
    report = samples.checked(tmp_path, str(plan), pack=pack)
    output = text_of(report)
    assert verdicts(output) == {report.outcome == "block"}
    if report.outcome == "block":
        blocks(report, output)


def blocks(report: Report, output: str) -> None:
    """What a text that blocks has to be."""
    lines = output.rstrip("\n").split("\n")
    assert lines[0].startswith("FAIL")
    assert re.fullmatch(r"[1-9][0-9]* failures?", lines[-1])
    items = ITEM.findall(output)
    assert int(lines[-1].split()[0]) == len(items) - 1
    assert "```" not in output
    assert not any(line.startswith(("+", "-", "!", "~")) for line in lines)


# --- what it says --------------------------------------------------------------------------------------------------


def test_a_pass_is_one_line_that_is_always_the_same() -> None:
    assert text_of(samples.allowed()) == "planguard: every plan is allowed\n"
    other = samples.report(samples.decision([]))
    assert text_of(other) == text_of(samples.allowed())


def test_warnings_pass_in_every_version_whatever_they_are_called() -> None:
    assert verdicts(text_of(samples.warned())) == {False}
    assert text_of(samples.warned()).count("\n") == 1


def test_each_thing_that_blocks_is_a_line_of_its_own() -> None:
    output = text_of(samples.everything())
    items = ITEM.findall(output)
    kinds = [item.split()[1] for item in items[1:]]
    assert kinds == ["error", "error", "block", "block", "block", "block", "reason"]
    assert "7 failures" in output


def test_lines_of_what_blocks_do_not_change_with_what_is_beside_them() -> None:
    """Approvals that stay are kept by these lines."""
    entry = samples.many(1).decisions[0]
    more = msgspec.structs.replace(samples.many(40).decisions[0], reasons=["17 violations blocked by gate `g`"])
    few = samples.report(msgspec.structs.replace(entry, reasons=["1 violation blocked by gate `g`"]))
    alone, among = set(ITEM.findall(text_of(few))), set(ITEM.findall(text_of(samples.report(more))))
    assert len(alone) == 2
    assert alone < among


def test_other_facts_make_another_line() -> None:
    one, other = (
        samples.report(samples.decision([samples.violation(0, fingerprint="pg1f:" + digit * 64)])) for digit in "ab"
    )
    assert ITEM.findall(text_of(one)) != ITEM.findall(text_of(other))


def test_a_block_that_no_finding_explains_is_told_by_its_reasons() -> None:
    entry = msgspec.structs.replace(
        samples.allowed().decisions[0],
        outcome="block",
        reasons=["2 violations blocked by gate `x`", "policy wants it decided in `dev` first"],
    )
    output = text_of(samples.report(entry))
    assert [item.split(None, 2)[2] for item in ITEM.findall(output)[1:]] == ["policy wants it decided in 'dev' first"]
    bare = text_of(samples.report(msgspec.structs.replace(entry, reasons=[])))
    assert verdicts(bare) == {True}


def test_a_report_that_blocks_does_not_pass_whatever_is_in_it() -> None:
    output = text_of(msgspec.structs.replace(samples.allowed(), outcome="block"))
    assert verdicts(output) == {True}
    assert output.endswith("\n1 failure\n")


def test_a_call_without_a_plan_does_not_pass() -> None:
    assert verdicts(text_of(samples.nothing())) == {True}


def test_a_call_that_is_wrong_does_not_pass() -> None:
    output = render_atlantis_error("planguard.yaml:1: unknown key `gate`\n```", "did you mean `gates`?").decode()
    assert verdicts(output) == {True}
    assert output.count("\n") == 4
    assert "```" not in output


# --- names that mean harm ------------------------------------------------------------------------------------------


def does_no_harm(report: Report) -> None:
    output = text_of(report)
    assert samples.is_harmless(output)
    assert verdicts(output) == {True}  # there is something in it that blocks
    blocks(report, output)


@samples.each_hostile
def test_this_text_does_no_harm(text: str) -> None:
    does_no_harm(samples.poisoned([text]))


@given(samples.hostile_reports())
def test_no_text_turns_the_verdict(report: Report) -> None:
    does_no_harm(report)


@given(samples.hostile_reports())
def test_no_text_makes_a_pass_fail(report: Report) -> None:
    decisions = [
        msgspec.structs.replace(entry, violations=[], undetermined=[], errors=[], outcome="warn")
        for entry in report.decisions
    ]
    calm = msgspec.structs.replace(report, decisions=decisions, unreadable=[], outcome="warn")
    assert verdicts(text_of(calm)) == {False}
