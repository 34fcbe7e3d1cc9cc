"""The table of formats, a stored report read again, and what the command does with each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from planguard.errors import CallError
from planguard.reports.formats import FORMAT_NAMES, render
from planguard.reports.json import render_json
from planguard.reports.read import read_report
from tests.cli.conftest import GATE, Call, _settled, cache, planguard  # noqa: F401 - fixtures
from tests.conftest import FIXTURES
from tests.reports import samples

PLAN = "noop/plan.json"
RENDERED = [name for name in FORMAT_NAMES if name != "html"]
CONTRACT = {"text", "json", "sarif", "junit", "gitlab", "github", "markdown", "html", "atlantis"}


def test_every_format_of_the_contract_is_there() -> None:
    assert set(FORMAT_NAMES) >= CONTRACT


@pytest.mark.parametrize("name", RENDERED)
@pytest.mark.parametrize("sample", ["everything", "allowed", "warned", "nothing"])
def test_every_format_renders_every_report_the_same_each_time(name: str, sample: str) -> None:
    report = getattr(samples, sample)()
    assert render(name, report) == render(name, report)
    assert render(name, report).endswith(b"\n")


def test_importing_the_table_imports_no_renderer() -> None:
    program = (
        "import sys; before = set(sys.modules); import planguard.reports.formats;"
        "print(sorted(one for one in set(sys.modules) - before if one.startswith('planguard.reports.')))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "['planguard.reports.formats', 'planguard.reports.model']"


# --- a stored report -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", ["everything", "allowed", "warned", "nothing"])
def test_a_stored_report_is_read_as_it_was(sample: str) -> None:
    report = getattr(samples, sample)()
    again = read_report(render_json(report))
    assert again == report
    assert render_json(again) == render_json(report)


def test_a_real_report_is_read_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)
    report = samples.checked(tmp_path, "stacks/aws-shop-prod/plan-update.json", "--verbose")
    assert read_report(render_json(report)) == report


def test_a_key_that_a_later_release_added_is_passed_over() -> None:
    document = json.loads(render_json(samples.allowed()))
    document["decisions"][0]["violations"][0]["brand_new"] = 1
    assert read_report(json.dumps(document).encode()) == samples.allowed()


def _with(path: tuple[str | int, ...], value: object) -> bytes:
    document = json.loads(render_json(samples.everything()))
    part = document
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return json.dumps(document).encode()


BAD = {
    "nothing": (b"", "not a report of planguard: this is no JSON"),
    "half": (render_json(samples.allowed())[:200], "not a report of planguard: this is no JSON"),
    "no UTF-8": (b'{"schema": "\xff"}', "not a report of planguard: this is no JSON"),
    "deep": (b'{"decisions":' + b"[" * 100_000, "not a report of planguard"),
    "a plan": ((FIXTURES / PLAN).read_bytes(), "not a report of planguard: it has no `schema`"),
    "an array": (b"[]", "not a report of planguard: it has no `schema`"),
    "another schema": (_with(("schema",), "planguard/report/v2"), "its `schema` is not `planguard/report/v1`"),
    "an outcome that is none": (_with(("outcome",), "secret"), "`$.outcome` is not as the schema says"),
    "a number for a text": (
        _with(("decisions", 0, "violations", 0, "address"), 1),
        "`$.decisions[0].violations[0].address` is not as the schema says",
    ),
    "a text for a number": (
        _with(("decisions", 0, "ledger", "rules"), "1"),
        "`$.decisions[0].ledger.rules` is not as the schema says",
    ),
    "a key that is missing": (b'{"schema": "planguard/report/v1"}', "`$` is not as the schema says"),
}


@pytest.mark.parametrize(("data", "told"), BAD.values(), ids=BAD.keys())
def test_what_is_no_report_is_refused_in_one_sentence(data: bytes, told: str) -> None:
    with pytest.raises(CallError) as raised:
        read_report(data)
    assert told in raised.value.message
    assert "\n" not in raised.value.message
    assert "secret" not in raised.value.message
    assert raised.value.hint


def test_lines_out_of_all_bounds_are_put_right() -> None:
    place = {"file": "main.tf", "line": -(10**30), "end_line": 10**30}
    document = json.loads(render_json(samples.everything()))
    document["decisions"][0]["violations"][0]["source"] = place
    try:
        report = read_report(json.dumps(document).encode())
    except CallError:
        return
    for name in RENDERED:
        assert render(name, report)


# --- the command ---------------------------------------------------------------------------------------------------


def test_every_format_goes_to_its_file_in_one_call(planguard: Call, tmp_path: Path) -> None:  # noqa: F811
    words = [word for name in RENDERED for word in ("--format", f"{name}={tmp_path / name}")]
    answer = planguard("check", PLAN, *GATE, *words)
    assert (answer.code, answer.out, answer.err) == (1, "", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(RENDERED)
    assert all(path.stat().st_size for path in tmp_path.iterdir())


def test_the_summary_of_a_job_is_appended_where_github_wants_it(
    planguard: Call,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    answer = planguard("check", PLAN, *GATE, "--format", "github")
    assert answer.code == 1
    assert answer.out.startswith("::error ")
    assert summary.read_text().startswith("before\n## planguard: block\n")


def test_a_summary_is_written_for_github_on_standard_output_only(
    planguard: Call,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    planguard("check", PLAN, *GATE, "--format", f"github={tmp_path / 'commands'}", "--format", "text")
    assert not (tmp_path / "summary.md").exists()


def test_a_summary_that_cannot_be_written_changes_no_verdict(
    planguard: Call,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "no" / "such" / "folder"))
    answer = planguard("check", PLAN, *GATE, "--format", "github")
    assert answer.code == 1
    assert "the summary cannot be written" in answer.err


ATLANTIS = {
    "blocked": ([PLAN, *GATE], True),
    "unreadable": (["hand-made/format-2.0.json", *GATE], True),
    "not there": (["no-such-plan.json", *GATE], True),
    "a rule that there is not": ([PLAN, *GATE, "--only", "no-such-rule"], True),
    "a policy that is not there": ([PLAN, *GATE, "--policy", "no-such.yaml"], True),
    "a time that is none": ([PLAN, *GATE, "--now", "yesterday"], True),
    "a file that cannot be written": ([PLAN, *GATE, "--format", "json=no/such/folder"], True),
    "allowed": ([PLAN, "--no-builtin", "--rules", str(GATE[-1]).replace("gate", "quiet")], False),
}


@pytest.mark.parametrize(("words", "fails"), ATLANTIS.values(), ids=ATLANTIS.keys())
def test_atlantis_gets_its_text_and_exit_code_0(words: list[str], fails: bool, planguard: Call) -> None:  # noqa: F811
    answer = planguard("check", *words, "--format", "atlantis")
    assert answer.code == 0
    assert answer.out.startswith("FAIL") == fails
    assert ("fail" in answer.out.lower()) == fails


def test_atlantis_in_a_file_leaves_the_exit_code_alone(planguard: Call, tmp_path: Path) -> None:  # noqa: F811
    answer = planguard("check", PLAN, *GATE, "--format", f"atlantis={tmp_path / 'text'}")
    assert answer.code == 1


def test_a_verdict_for_atlantis_is_the_last_thing_that_is_written(planguard: Call, tmp_path: Path) -> None:  # noqa: F811
    words = ["--format", "atlantis", "--format", f"json={tmp_path / 'no' / 'report.json'}"]
    answer = planguard("check", PLAN, *GATE, *words)
    assert answer.out.startswith("FAIL planguard does not allow this\nFAIL error")
    assert msgspec.json.encode(answer.out).count(b"\\nFAIL") == 1
