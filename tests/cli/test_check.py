"""``planguard check`` on plans that real Terraform wrote: exit codes, options, reports, the same bytes."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from planguard.cli.check import Unreadable, _worst_code
from planguard.errors import CallError, EvaluationError, PlanError
from tests.cli.conftest import ALL_PLANS, GATE, QUIET, Answer, Call, pack, run_planguard
from tests.conftest import FIXTURES, change, plan_document

UPDATE = "stacks/aws-shop-prod/plan-update.json"
ESCAPE = "\x1b["


def document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIXTURES / name).read_bytes())
    return found


def as_bytes(plan: dict[str, Any]) -> bytes:
    return json.dumps(plan, separators=(",", ":")).encode()


def found_by(decision: dict[str, Any], rule: str) -> list[dict[str, Any]]:
    return [one for one in decision["violations"] if one["rule"] == rule]


# --- exit codes ----------------------------------------------------------------------------------------------------


def test_a_plan_without_violations_is_allowed() -> None:
    answer = run_planguard("check", "noop/plan.json", *QUIET)
    assert (answer.code, answer.err) == (0, "")
    assert "\nallow  no violations\n" in answer.out


def test_a_plan_with_warnings_is_allowed_and_says_so() -> None:
    answer = run_planguard("check", "outputs-only/plan.json", "--only", "test-owner-missing", *GATE)
    assert (answer.code, answer.err) == (0, "")
    assert "\nwarn  1 violation warned of by gate `builtin-introduced-medium-low`\n" in answer.out


def test_a_plan_that_introduces_a_grave_violation_is_blocked() -> None:
    answer = run_planguard("check", "noop/plan.json", *GATE)
    assert (answer.code, answer.err) == (1, "")
    assert "block  test-rule-open-to-world" in answer.out


def test_a_wrong_call_has_an_exit_code_of_its_own() -> None:
    answer = run_planguard("check", "noop/plan.json", "--format", "yaml", *GATE)
    assert (answer.code, answer.out) == (2, "")
    assert len(answer.errors) == len(answer.helps) == 1


def test_an_errored_plan_has_an_exit_code_of_its_own() -> None:
    answer = run_planguard("check", "errored/plan.json", *QUIET)
    assert answer.code == 3
    assert "terraform stopped with an error while it made this plan" in answer.err


def test_a_rule_that_crashes_has_an_exit_code_of_its_own() -> None:
    answer = run_planguard("check", "noop/plan.json", *pack("crashing"))
    assert (answer.code, answer.err) == (4, "")
    assert "error  test-rule-that-crashes\n" in answer.out
    assert "KeyError: 'there is no such attribute' (line 14 of crash.py)" in answer.out
    assert "\nblock  2 evaluation errors: what cannot be judged is not allowed\n" in answer.out


BY_CODE = {
    4: "destroy/plan-destroy.json",
    3: "errored/plan.json",
    1: "noop/plan.json",
    0: "noop/plan-update.json",
}
MIXTURES = [codes for length in (1, 2, 3, 4) for codes in combinations(BY_CODE, length)]


@pytest.mark.parametrize("codes", MIXTURES, ids=lambda codes: "+".join(map(str, codes)))
def test_the_worst_of_several_plans_counts(codes: tuple[int, ...], planguard: Call) -> None:
    plans = [BY_CODE[code] for code in codes]
    for order in (plans, plans[::-1]):
        answer = planguard("check", *order, "--format", "json", *pack("moody"))
        assert answer.code == codes[0]
        assert answer.report["outcome"] == ("allow" if codes == (0,) else "block")
        assert len(answer.report["decisions"]) + len(answer.report["unreadable"]) == len(codes)


def test_the_worst_code_is_chosen_in_the_order_4_3_2_1_0() -> None:
    errors = [EvaluationError("x"), PlanError("x"), CallError("x")]
    for position in range(len(errors)):
        unreadable = [Unreadable("x", error) for error in reversed(errors[position:])]
        assert _worst_code([], unreadable) == errors[position].exit_code
    assert [error.exit_code for error in errors] == [4, 3, 2]


def test_nothing_checked_is_never_an_allow() -> None:
    with pytest.raises(PlanError):
        _worst_code([], [])


@pytest.mark.parametrize("name", ["crashing", "neither"])
@pytest.mark.parametrize("plan", ["noop/plan.json", "noop/plan-update.json", "destroy/plan-destroy.json"])
def test_what_cannot_be_judged_is_told_and_never_allowed(name: str, plan: str, planguard: Call) -> None:
    answer = planguard("check", plan, "--format", "json", *pack(name))
    assert answer.code == 4
    assert answer.report["outcome"] == answer.decision["outcome"] == "block"
    resources = [one["address"] for one in document(plan)["resource_changes"]]
    assert [one["address"] for one in answer.decision["errors"]] == sorted(resources)
    assert {one["rule"] for one in answer.decision["errors"]} <= {
        "test-rule-that-crashes",
        "test-neither-true-nor-false",
    }
    assert answer.decision["ledger"]["errors"] == len(resources)
    text = planguard("check", plan, *pack(name))
    assert text.code == 4
    assert text.out.count("\nerror  test-") + text.out.startswith("error  test-") == len(resources)


def test_a_condition_that_is_neither_true_nor_false_says_what_it_was(planguard: Call) -> None:
    answer = planguard("check", "noop/plan.json", "--format", "json", *pack("neither"))
    assert {one["message"] for one in answer.decision["errors"]} == {"condition came out as null, not true or false"}


def test_a_when_that_says_no_keeps_the_condition_from_being_asked(planguard: Call) -> None:
    answer = planguard(
        "check", "destroy/plan-destroy.json", "--format", "json", "--only", "test-retention-shortened", *GATE
    )
    assert answer.decision["errors"] == []
    assert answer.code == 0


# --- which plans ---------------------------------------------------------------------------------------------------


def test_a_folder_stands_for_its_plans_and_tells_what_it_leaves_out(planguard: Call) -> None:
    answer = planguard("check", "stacks/aws-shop-dev", "--format", "json", *QUIET)
    assert answer.code == 0
    assert [one["plan"]["file"] for one in answer.report["decisions"]] == [
        "stacks/aws-shop-dev/plan-refresh.json",
        "stacks/aws-shop-dev/plan-update.json",
        "stacks/aws-shop-dev/plan.json",
    ]
    assert answer.report["skipped"] == [{"file": "stacks/aws-shop-dev/state.json", "why": "a state, not a plan"}]


def test_standard_input_gives_the_same_decision_as_the_file() -> None:
    from_file = run_planguard("check", "noop/plan.json", "--format", "json", *GATE)
    piped = run_planguard("check", "-", "--format", "json", *GATE, stdin=(FIXTURES / "noop/plan.json").read_bytes())
    assert piped.code == from_file.code == 1
    assert piped.decision["plan"].pop("file") == "standard input"
    expected, actual = from_file.decision, piped.decision
    expected["plan"].pop("file")
    actual["plan"].pop("file")
    assert actual == expected


def test_a_saved_plan_is_read_with_the_program_that_is_named(planguard: Call, tmp_path: Path) -> None:
    program = tmp_path / "terraform"
    program.write_text(f"#!/bin/sh\ncat '{FIXTURES / 'inputs/first.json'}'\n")
    program.chmod(0o755)
    answer = planguard("check", "inputs/first.tfplan", "--terraform-bin", program, "--format", "json", *QUIET)
    assert answer.code == 0
    assert answer.decision["plan"]["workspace"] == "prod"
    assert answer.decision["plan"]["file"] == "inputs/first.tfplan"


@pytest.mark.parametrize("form", ["text", "json"])
def test_plans_in_parallel_give_the_same_bytes_as_one_by_one(form: str) -> None:
    words = ("check", "stacks", "errored/plan.json", "hand-made", "--format", form, *GATE)
    one, two = run_planguard(*words, "--jobs", "1"), run_planguard(*words, "--jobs", "2")
    assert one.out == two.out
    assert one.err == two.err
    assert one.code == two.code


def test_a_rule_that_crashes_is_told_by_parallel_runs_too() -> None:
    answer = run_planguard("check", "noop", "--jobs", "2", "--format", "json", *pack("crashing"))
    assert answer.code == 4
    assert [len(one["errors"]) for one in answer.report["decisions"]] == [2, 2]


# --- reports and where they go -------------------------------------------------------------------------------------


def test_two_formats_at_once_go_to_their_files(planguard: Call, tmp_path: Path) -> None:
    text, report = tmp_path / "report.txt", tmp_path / "report.json"
    answer = planguard("check", "noop/plan.json", "--format", f"text={text}", "--format", f"json={report}", *GATE)
    assert (answer.code, answer.out, answer.err) == (1, "", "")
    assert report.read_text() == planguard("check", "noop/plan.json", "--format", "json", *GATE).out
    assert text.read_text() == planguard("check", "noop/plan.json", *GATE).out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.json", "report.txt"]


def test_one_report_may_go_to_standard_output_beside_a_file(planguard: Call, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    answer = planguard("check", "noop/plan.json", "--format", "text", "--format", f"json={report}", *GATE)
    assert answer.out.startswith("noop/plan.json")
    assert json.loads(report.read_bytes())["outcome"] == "block"


@pytest.mark.parametrize(
    "formats",
    [("text", "json"), ("json", "json"), ("json=out", "text=out"), ("json=out", "json=./out")],
    ids=["text and json", "json twice", "one file", "one file by two names"],
)
def test_two_reports_in_one_place_are_refused(formats: tuple[str, str], planguard: Call) -> None:
    words = [word for form in formats for word in ("--format", form)]
    answer = planguard("check", "noop/plan.json", *words, *GATE)
    assert (answer.code, answer.out) == (2, "")
    assert answer.errors == ["error: two reports in one place"]
    assert not Path("out").exists()


def test_a_report_that_cannot_be_written_is_never_an_allow(planguard: Call, tmp_path: Path) -> None:
    file = tmp_path / "no-such-folder" / "report.json"
    answer = planguard("check", "noop/plan-update.json", "--format", f"json={file}", *QUIET)
    assert answer.code == 2
    assert answer.errors == [f"error: {file}: cannot be written: No such file or directory"]


def test_a_report_over_a_folder_is_refused(planguard: Call, tmp_path: Path) -> None:
    answer = planguard("check", "noop/plan-update.json", "--format", f"json={tmp_path}", *QUIET)
    assert answer.code == 2
    assert answer.errors == [f"error: {tmp_path}: cannot be written: Is a directory"]
    assert list(tmp_path.iterdir()) == []


def test_a_report_into_a_pipe_goes_through_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        answer = run_planguard("check", "noop/plan-update.json", "--format", f"json={pipe}", *QUIET)
        assert answer.code == 0
        assert pipe.is_fifo()
        assert json.loads(os.read(reader, 65536))["outcome"] == "allow"
    finally:
        os.close(reader)


def test_a_file_that_is_written_again_is_whole(planguard: Call, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text("x" * 100_000)
    planguard("check", "noop/plan-update.json", "--format", f"json={report}", *QUIET)
    assert json.loads(report.read_bytes())["outcome"] == "allow"


def test_nobody_reading_the_report_is_not_an_allow() -> None:
    import subprocess

    from tests.cli.conftest import COMMAND

    with subprocess.Popen(
        [COMMAND, "check", *["stacks"] * 1, "--format", "json", *GATE], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
        assert process.wait(60) == 4
    assert b"Traceback" not in told


# --- wrong calls ---------------------------------------------------------------------------------------------------

WRONG_CALLS = {
    "no plan": ([], "missing argument"),
    "standard input twice": (["-", "-"], "`-` is given twice"),
    "an option that there is not": (["noop/plan.json", "--formatt", "json"], "no such option"),
    "an option without its value": (["noop/plan.json", "--format"], "requires an argument"),
    "a format that is none": (["noop/plan.json", "--format", "jsn"], "--format `jsn` is not a format"),
    "a format without its file": (["noop/plan.json", "--format", "json="], "names no file"),
    "a time that is none": (["noop/plan.json", "--now", "yesterday"], "--now `yesterday` is not a time"),
    "a time without its zone": (["noop/plan.json", "--now", "2026-01-31T12:00:00"], "is not a time"),
    "a policy that is not there": (["noop/plan.json", "--policy", "p.yaml"], "p.yaml: cannot be read"),
    "waivers": (["noop/plan.json", "--waivers", "w"], "w: --waivers is no folder"),
    "no number of jobs": (["noop/plan.json", "--jobs", "many"], "many"),
    "no jobs": (["noop/plan.json", "--jobs", "0"], "0"),
    "less than no jobs": (["noop/plan.json", "--jobs=-1"], "-1"),
    "only a rule that there is not": (["noop/plan.json", "--only", "test-owner-mising"], "names no rule"),
    "skipping a rule that there is not": (["noop/plan.json", "--skip", "CKV_TEST_11"], "names no rule"),
    "skipping everything": (["noop/plan.json", "--only", "network", "--skip", "network"], "no rule is left"),
    "a folder of rules that is not there": (["noop/plan.json", "--rules", "nowhere"], "no such folder of rules"),
    "a folder without rules": (["noop/plan.json", "--rules", "noop/."], "no rules here"),
    "source that is not there": (["noop/plan.json", "--source", "nowhere"], "nowhere"),
}


@pytest.mark.parametrize(("words", "told"), WRONG_CALLS.values(), ids=WRONG_CALLS.keys())
def test_a_wrong_call_is_explained(words: list[str], told: str, planguard: Call) -> None:
    answer = planguard("check", *GATE, *words)
    assert answer.code == 2
    assert answer.out == ""
    assert told.lower() in answer.err.lower()
    assert "Traceback" not in answer.err
    assert re.search("help", answer.err)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["--only", "test-owner-mising"], "test-owner-missing"),
        (["--skip", "CKV_TEST_11"], "CKV_TEST_1"),
        (["--only", "netwrk"], "network"),
        (["--format", "jsn"], "json"),
        (["--format", "txt=out"], "text"),
    ],
    ids=["an id", "an alias", "a domain", "a format", "a format with a file"],
)
def test_a_word_that_is_nearly_right_is_put_right(words: list[str], meant: str, planguard: Call) -> None:
    answer = planguard("check", "noop/plan.json", *words, *GATE)
    assert answer.code == 2
    assert answer.helps == [f"help: did you mean `{meant}`?"]


def test_no_rules_at_all_is_refused(planguard: Call) -> None:
    answer = planguard("check", "noop/plan-update.json", "--no-builtin")
    assert answer.code == 2
    assert answer.errors == ["error: there are no rules to run"]


def test_the_policy_file_of_the_working_folder_is_read(
    planguard: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(FIXTURES / "noop/plan-update.json", tmp_path / "plan.json")
    (tmp_path / "planguard.yaml").write_text("gate: []\n")
    monkeypatch.chdir(tmp_path)
    answer = planguard("check", "plan.json", *QUIET)
    assert (answer.code, answer.out) == (2, "")
    assert answer.errors == ["error: planguard.yaml:1: unknown key `gate`"]


def test_a_policy_sets_severity_parameters_and_what_runs(planguard: Call, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "own.yaml").write_text(
        """
- id: bucket-name-long
  title: Name is long
  why: Nobody can read it.
  fix: Shorten it.
  domain: baseline
  severity: low
  resources: [aws_security_group_rule]
  aliases: [X_1]
  parameters:
    most: {type: integer, default: 9999, description: The longest name.}
  condition: length(type || '') <= $most
  message: longer than $most
"""
    )
    policy = tmp_path / "policy.yaml"
    call = ("check", "noop/plan.json", "--no-builtin", "--rules", str(pack), "--format", "json")
    assert planguard(*call).decision["violations"] == []
    policy.write_text("rules: {X_1: {severity: critical, parameters: {most: 3}}, baseline: {severity: high}}")
    answer = planguard(*call, "--policy", str(policy))
    [found] = answer.decision["violations"]
    assert (found["message"], found["severity"], answer.code) == ("longer than 3", "critical", 1)
    digests = answer.report["planguard"]
    policy.write_text("rules: {X_1: {severity: critical, parameters: {most: 4}}}")
    other = planguard(*call, "--policy", str(policy)).report["planguard"]
    assert other["rules_digest"] != digests["rules_digest"]
    assert other["policy_digest"] != digests["policy_digest"]


def test_what_is_probably_not_meant_in_a_rule_is_told(planguard: Call, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        """
id: rule-with-a-typo
title: Typo
why: It never fires.
fix: Write it right.
domain: baseline
severity: low
resources: [aws_security_group_rule]
condition: protocl != 'icmp'
"""
    )
    answer = planguard("check", "noop/plan.json", "--no-builtin", "--rules", str(tmp_path))
    assert answer.err.splitlines() == [
        f"warning: {tmp_path}/own.yaml:9: `rule-with-a-typo`: no version of `aws_security_group_rule` has `protocl`",
        "help: did you mean `protocol`?",
    ]


BROKEN_PACKS = {
    "a module that is no Python": ("own.py", "def broken(:\n"),
    "a module that cannot be imported": ("own.py", "import no_such_module\n"),
    "a module that fails": ("own.py", "1 / 0\n"),
    "a rule without a manual": (
        "own.py",
        "from planguard import rule\n\n\n@rule(id='test-no-manual', severity='low', domain='baseline', "
        "resources=['*'])\ndef no_manual(x):\n    yield\n",
    ),
    "a rule file that is no YAML": ("own.yaml", "id: [\n"),
    "a rule file with an unknown field": ("own.yaml", "id: test-x\nconditoin: a\n"),
    "a condition that is none": ("own.yaml", "id: test-x\ncondition: 'a ||'\n"),
    "a text that is not UTF-8": ("own.yaml", b"id: \xff\n"),
}


@pytest.mark.parametrize(("name", "text"), BROKEN_PACKS.values(), ids=BROKEN_PACKS.keys())
def test_a_broken_pack_is_a_wrong_call(name: str, text: str | bytes, planguard: Call, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    answer = planguard("check", "noop/plan-update.json", "--no-builtin", "--rules", folder)
    assert (answer.code, answer.out) == (2, "")
    assert len(answer.errors) == 1
    assert answer.errors[0].startswith(f"error: {folder / name}")


# --- which rules ---------------------------------------------------------------------------------------------------


def rules_of(answer: Answer) -> set[str]:
    return {one["rule"] for one in answer.decision["violations"]}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], {"test-rule-open-to-world", "test-queue-key-missing", "test-owner-missing"}),
        (["--only", "test-owner-missing"], {"test-owner-missing"}),
        (["--only", "CKV_TEST_2"], {"test-rule-open-to-world"}),
        (["--only", "encryption"], {"test-queue-key-missing"}),
        (["--only", "CKV_TEST_2", "--only", "baseline"], {"test-rule-open-to-world", "test-owner-missing"}),
        (["--skip", "test-owner-missing"], {"test-rule-open-to-world", "test-queue-key-missing"}),
        (["--skip", "CKV_TEST_4", "--skip", "network"], {"test-owner-missing"}),
        (["--only", "network", "--skip", "CKV_TEST_2"], set()),
    ],
    ids=["all", "an id", "an alias", "a domain", "two names", "all but an id", "all but two", "what is left of one"],
)
def test_rules_are_chosen_by_name(words: list[str], expected: set[str], planguard: Call) -> None:
    answer = planguard("check", "noop/plan.json", "--format", "json", *words, *GATE)
    assert rules_of(answer) == expected


def test_packs_add_up(planguard: Call) -> None:
    answer = planguard("check", "noop/plan.json", "--format", "json", *GATE, *QUIET[1:])
    assert answer.decision["ledger"]["rules"] == 7


def test_a_pack_that_is_named_twice_is_one_pack(planguard: Call) -> None:
    answer = planguard("check", "noop/plan.json", "--format", "json", *QUIET, *QUIET[1:])
    assert answer.decision["ledger"]["rules"] == 1


# --- what it is for ------------------------------------------------------------------------------------------------


def test_what_a_plan_is_for_is_part_of_its_digest(planguard: Call) -> None:
    plain = planguard("check", "noop/plan.json", "--format", "json", *QUIET).decision["plan"]
    given = planguard(
        "check", "noop/plan.json", "--format", "json", "--project", "shop", "--workspace", "shop-prod", *QUIET
    ).decision["plan"]
    assert (plain["project"], plain["workspace"]) == (None, None)
    assert (given["project"], given["workspace"]) == ("shop", "shop-prod")
    assert plain["digest"] != given["digest"]


def test_an_environment_that_is_given_is_told_with_its_reason(planguard: Call) -> None:
    answer = planguard("check", "noop/plan.json", "--format", "json", "--env", "prod", *QUIET)
    assert answer.decision["plan"]["environment"] == {"name": "prod", "because": "given with --env"}


# --- the same bytes every time -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "text"])
def test_the_surroundings_do_not_change_a_byte(form: str) -> None:
    words = ("check", UPDATE, "moved/plan-update.json", "--verbose", "--format", form, *GATE)
    expected = run_planguard(*words).out
    for surroundings in (
        {"PYTHONHASHSEED": "0"},
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "2"},
        {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"TZ": "Pacific/Auckland"},
        {"PLANGUARD_CACHE_DIR": ""},
    ):
        assert run_planguard(*words, **surroundings).out == expected


SHUFFLED = [
    "moved/plan-update.json",
    "modules-for-each/plan.json",
    "unknowns/plan.json",
    "imports/plan.json",
    "removed-forget/plan-update.json",
    "deposed/plan-deposed.json",
    "drift-refresh/plan-refresh.json",
    UPDATE,
]


def shuffled(plan: dict[str, Any], seed: int) -> dict[str, Any]:
    """The same plan with its lists of objects in another order."""
    dice = random.Random(seed)
    for key in ("resource_changes", "resource_drift", "relevant_attributes", "checks"):
        dice.shuffle(plan.get(key, []))
    dice.shuffle(plan["configuration"]["root_module"].get("resources", []))
    dice.shuffle(plan.get("prior_state", {}).get("values", {}).get("root_module", {}).get("resources", []))
    return plan


@pytest.mark.parametrize("rules", ["gate", "crashing"])
@pytest.mark.parametrize("name", SHUFFLED)
def test_a_shuffled_plan_is_the_same_plan(name: str, rules: str, planguard: Call) -> None:
    words = ("check", "-", "--verbose", "--format", "json", *pack(rules))
    expected = planguard(*words, stdin=as_bytes(document(name))).decision
    for seed in range(3):
        assert planguard(*words, stdin=as_bytes(shuffled(document(name), seed))).decision == expected


# --- colour --------------------------------------------------------------------------------------------------------


def test_a_pipe_gets_no_colour() -> None:
    assert ESCAPE not in run_planguard("check", "noop/plan.json", *GATE).out


def test_colour_can_be_forced() -> None:
    assert ESCAPE in run_planguard("check", "noop/plan.json", *GATE, FORCE_COLOR="1").out


def test_no_colour_wins() -> None:
    answer = run_planguard("check", "noop/plan.json", *GATE, FORCE_COLOR="1", NO_COLOR="1")
    assert ESCAPE not in answer.out


def test_colour_is_all_that_colour_changes() -> None:
    plain = run_planguard("check", UPDATE, *GATE).out
    coloured = run_planguard("check", UPDATE, *GATE, FORCE_COLOR="1").out
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_json_and_files_never_have_colour(planguard: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    file = tmp_path / "report.txt"
    answer = planguard("check", "noop/plan.json", "--format", "json", "--format", f"text={file}", *GATE)
    assert ESCAPE not in answer.out
    assert ESCAPE not in file.read_text()


@pytest.mark.parametrize("settings", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["as it is", "NO_COLOR", "dumb"])
def test_a_terminal_gets_colour_unless_it_says_no(settings: dict[str, str]) -> None:
    import pty
    import subprocess

    from tests.cli.conftest import COMMAND

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "check", "noop/plan-update.json", *QUIET],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm", **settings},
    ) as process:
        os.close(theirs)
        seen = b""
        try:
            while part := os.read(ours, 65536):
                seen += part
        except OSError:  # the other end is closed
            pass
        assert process.wait(60) == 0
    os.close(ours)
    assert (b"\x1b[" in seen) == (settings == {})


HOSTILE = "\x1b[2J\x1b]0;owned\x07\r\nallow  no violations"


def hostile_plan() -> dict[str, Any]:
    """A plan in which every text that a report shows tries to steer the terminal."""
    plan = document("drift-refresh/plan-update.json")
    plan["terraform_version"] = plan["timestamp"] = HOSTILE
    for one in (*plan["resource_changes"], *plan["resource_drift"]):
        one["address"] += f'["{HOSTILE}"]'
        one["type"] += HOSTILE
    for one in plan["resource_drift"]:
        one["change"]["actions"] = [HOSTILE]
    plan["output_changes"] = {HOSTILE: {"actions": [HOSTILE], "before": None, "after": 1}}
    subject = {"to_display": HOSTILE, "kind": "check"}
    problem = {"address": subject, "status": HOSTILE, "problems": [{"message": HOSTILE}]}
    plan["checks"] = [{"address": subject, "status": HOSTILE, "instances": [problem]}]
    return plan


@pytest.mark.parametrize("rules", ["gate", "crashing", "neither"])
def test_nothing_in_a_plan_steers_the_terminal(rules: str, planguard: Call) -> None:
    answer = planguard("check", "-", "--verbose", *pack(rules), stdin=as_bytes(hostile_plan()))
    assert answer.code in (0, 1, 3, 4)
    for line in (answer.out + answer.err).split("\n"):
        assert re.findall(r"[\x00-\x1f\x7f-\x9f]", line) == []
        assert not line.startswith("allow  no violations")


# --- what plans can say --------------------------------------------------------------------------------------------


def test_verbose_tells_of_what_is_in_order(planguard: Call) -> None:
    words = ("check", "noop/plan.json", "--only", "network", *GATE)
    assert "passes" not in planguard(*words, "--format", "json").decision
    told = planguard("check", "noop/plan.json", "--verbose", "--format", "json", *QUIET).decision["passes"]
    assert told == [
        {"rule": "test-nothing-is-wrong", "address": "aws_security_group_rule.ssh"},
        {"rule": "test-nothing-is-wrong", "address": "aws_sqs_queue.jobs"},
    ]
    assert (
        "pass   test-nothing-is-wrong  aws_sqs_queue.jobs" in planguard("check", "noop/plan.json", "-v", *QUIET).out
    )


def test_an_unreadable_plan_is_in_the_report_of_the_others(planguard: Call) -> None:
    answer = planguard("check", "errored/plan.json", "noop/plan-update.json", "--format", "json", *QUIET)
    assert answer.code == 3
    assert answer.report["outcome"] == "block"
    assert answer.report["unreadable"] == [
        {
            "file": "errored/plan.json",
            "message": "terraform stopped with an error while it made this plan",
            "help": "fix the error and plan again: what this plan leaves out cannot be judged",
        }
    ]
    assert [one["outcome"] for one in answer.report["decisions"]] == ["allow"]
    assert len(answer.errors) == len(answer.helps) == 1


def test_an_incomplete_plan_is_no_plain_pass(planguard: Call) -> None:
    answer = planguard("check", "targeted/plan.json", "--format", "json", *QUIET)
    assert answer.code == 0
    assert answer.decision["outcome"] == "warn"
    assert answer.decision["plan"]["complete"] is False
    assert answer.decision["reasons"] == [
        "the plan is incomplete: another plan has to follow it (`-target`, or deferred changes)"
    ]


def test_what_a_destroy_plan_takes_away_is_only_fixed(planguard: Call) -> None:
    answer = planguard(
        "check", "destroy/plan-destroy.json", "--format", "json", "--only", "baseline", "--only", "network", *GATE
    )
    assert answer.code == 0
    assert {one["status"] for one in answer.decision["violations"]} == {"fixed"}
    assert {one["effect"] for one in answer.decision["violations"]} == {"observe"}
    assert answer.decision["ledger"]["violations"] == {"block": 0, "warn": 0, "observe": 0}


def test_a_destroy_plan_is_judged_by_rules_on_changes(planguard: Call) -> None:
    answer = planguard("check", "destroy/plan-destroy.json", "--format", "json", "--only", "CKV_TEST_3", *GATE)
    assert [one["status"] for one in answer.decision["violations"]] == ["introduced"] * 6


@pytest.mark.parametrize("plan", ["noop/plan-update.json", "deposed/plan-deposed.json"])
@pytest.mark.parametrize("rules", ["gate", "quiet"])
def test_only_a_plan_in_which_nothing_changes_says_so(plan: str, rules: str, planguard: Call) -> None:
    reasons = planguard("check", plan, "--format", "json", *pack(rules)).decision["reasons"]
    said = any("nothing changes" in reason for reason in reasons)
    assert said == (plan == "noop/plan-update.json")


def test_a_plan_that_changes_outputs_does_not_say_that_nothing_changes(planguard: Call) -> None:
    answer = planguard("check", "outputs-only/plan-update.json", "--format", "json", *QUIET)
    assert (answer.code, answer.decision["outcome"]) == (0, "allow")
    assert [one["name"] for one in answer.decision["outputs"]] == [
        "added",
        "becomes_public",
        "becomes_sensitive",
        "changed",
        "removed",
    ]
    assert not any("nothing changes" in reason for reason in answer.decision["reasons"])


def test_a_refresh_only_plan_is_allowed_and_shows_the_drift(planguard: Call) -> None:
    answer = planguard("check", "drift-refresh/plan-refresh.json", "--format", "json", *GATE)
    decision = answer.decision
    assert (answer.code, decision["outcome"]) == (0, "allow")
    assert "nothing changes" in decision["reasons"][0]
    assert {one["status"] for one in decision["violations"]} == {"inherited"}
    assert [(one["address"], one["actions"], one["paths"]) for one in decision["drift"]] == [
        ("aws_cloudwatch_log_group.audit", ["update"], ["retention_in_days", "tags", "tags_all"]),
        ("aws_s3_bucket_public_access_block.uploads", ["delete"], []),
        ("aws_security_group_rule.ssh", ["update"], ["cidr_blocks"]),
        ("aws_sns_topic.alerts", ["update"], ["display_name"]),
    ]
    text = planguard("check", "drift-refresh/plan-refresh.json", *GATE).out
    assert "\ndrift  aws_security_group_rule.ssh  update outside terraform: cidr_blocks\n" in text


def test_a_plan_that_repairs_drift_fixes_what_was_wrong(planguard: Call) -> None:
    decision = planguard("check", "drift-refresh/plan-update.json", "--format", "json", "--only", "network", *GATE)
    assert [(one["address"], one["status"]) for one in decision.decision["violations"]] == [
        ("aws_security_group_rule.ssh", "fixed")
    ]


def test_what_is_forgotten_is_told_and_not_judged(planguard: Call) -> None:
    answer = planguard("check", "removed-forget/plan-update.json", "--format", "json", *GATE)
    forgotten = {
        one["address"]
        for one in document("removed-forget/plan-update.json")["resource_changes"]
        if one["change"]["actions"] == ["forget"]
    }
    assert set(answer.decision["forgotten"]) == forgotten
    assert not forgotten & {one["address"] for one in answer.decision["violations"]}
    assert answer.decision["ledger"]["changes"]["forget"] == 6
    text = planguard("check", "removed-forget/plan-update.json", *GATE).out
    for address in forgotten:
        assert f"forget {address} goes on existing" in text


def test_a_deposed_object_and_the_current_one_are_two_objects(planguard: Call) -> None:
    decision = planguard("check", "deposed/plan-deposed.json", "--format", "json", *GATE).decision
    assert decision["ledger"]["resources"] == 3
    assert {
        (one["rule"], one["deposed"], one["status"])
        for one in decision["violations"]
        if one["address"] == "aws_security_group.app"
    } == {
        ("test-object-destroyed", "dd83eacd", "introduced"),
        ("test-group-open-to-world", "dd83eacd", "fixed"),
        ("test-owner-missing", None, "inherited"),
        ("test-owner-missing", "dd83eacd", "fixed"),
    }
    prints = [one["fingerprint"] for one in decision["violations"]]
    assert len(set(prints)) == len(prints)


def test_the_text_names_a_deposed_object_wherever_it_names_it(planguard: Call) -> None:
    lines = planguard("check", "deposed/plan-deposed.json", *GATE).out.splitlines()
    assert "       aws_security_group.app (deposed dd83eacd)" in lines
    [fixed] = [line for line in lines if "test-group-open-to-world (critical)" in line]
    assert fixed.strip() == "test-group-open-to-world (critical): aws_security_group.app (deposed dd83eacd)"


def test_what_was_wrong_under_another_address_is_inherited(planguard: Call) -> None:
    decision = planguard(
        "check", "moved/plan-update.json", "--format", "json", "--only", "encryption", "--only", "baseline", *GATE
    ).decision
    moved = {one["address"]: one["previous_address"] for one in decision["moves"]}
    assert moved['aws_sqs_queue.by_key["a.b"]'] == "aws_sqs_queue.by_count[0]"
    assert moved["module.alerting.aws_sns_topic.this"] == "aws_sns_topic.alerts"
    judged = [one for one in decision["violations"] if one["address"] in moved and "delete" not in one["actions"]]
    assert judged
    assert {one["status"] for one in judged} == {"inherited"}
    assert all(one["previous_address"] == moved[one["address"]] for one in judged)


@pytest.mark.parametrize("name", ["replace-both-orders/plan-update.json", "deposed/plan-update.json"])
def test_both_orders_of_replacement_are_one_thing(name: str, planguard: Call) -> None:
    decision = planguard("check", name, "--format", "json", "--only", "CKV_TEST_3", *GATE).decision
    expected = {
        one["address"]: one["change"]["actions"]
        for one in document(name)["resource_changes"]
        if set(one["change"]["actions"]) == {"create", "delete"}
    }
    assert {one["address"]: one["actions"] for one in decision["violations"]} == expected
    assert {one["message"] for one in decision["violations"]} == {"replace by this plan"}
    assert decision["ledger"]["changes"]["replace"] == len(expected)


def test_importing_introduces_nothing(planguard: Call) -> None:
    decision = planguard("check", "imports/plan.json", "--format", "json", "--only", "baseline", *GATE).decision
    assert decision["imports"] == [
        "aws_cloudwatch_log_group.changed",
        "aws_dynamodb_table.replaced",
        "aws_s3_bucket.same",
        'aws_sqs_queue.each["a.b"]',
        'aws_sqs_queue.each["b"]',
    ]
    status = {one["address"]: one["status"] for one in decision["violations"]}
    assert status.pop("aws_sqs_queue.new") == "introduced"
    assert set(status.values()) == {"inherited"}
    assert "\nimport aws_s3_bucket.same\n" in planguard("check", "imports/plan.json", *GATE).out


def test_checks_that_fail_are_told_and_warn(planguard: Call) -> None:
    decision = planguard("check", "checks/plan.json", "--format", "json", *QUIET).decision
    assert decision["outcome"] == "warn"
    assert {one["address"]: one["status"] for one in decision["checks"]} == {
        "aws_sqs_queue.jobs": "unknown",
        "check.replicas": "fail",
        "check.workers": "fail",
    }
    assert decision["reasons"] == ["2 checks of the configuration did not pass"]


def test_an_object_that_is_wholly_unknown_is_undetermined(planguard: Call) -> None:
    queue = change("aws_sqs_queue.jobs", ["create"], None, None, after_unknown=True)
    answer = planguard("check", "-", "--format", "json", *GATE, stdin=as_bytes(plan_document(queue)))
    assert answer.code == 0
    assert {one["rule"] for one in answer.decision["undetermined"]} == {
        "test-queue-key-missing",
        "test-owner-missing",
    }
    assert answer.decision["outcome"] == "warn"


def test_an_unknown_value_is_told_with_what_it_comes_from(planguard: Call) -> None:
    decision = planguard("check", "targeted/plan.json", "--format", "json", "--only", "encryption", *GATE).decision
    [entry] = decision["undetermined"]
    assert (entry["address"], entry["path"], entry["known_after"], entry["effect"]) == (
        "aws_sqs_queue.jobs",
        "kms_master_key_id",
        ["aws_kms_key.data"],
        "warn",
    )


# --- plans that Terraform 1.11 cannot write ------------------------------------------------------------------------

INCOMPLETE = "the plan is incomplete: another plan has to follow it (`-target`, or deferred changes)"
INVOKED = "1 action will be invoked, which no rule judges"
DEFERRED = "1 deferred change that this plan does not decide"
HAND_MADE = {
    "action-invoked": ("warn", [INVOKED]),
    "action-triggered": ("warn", [INVOKED]),
    "create-forget": ("allow", ["no violations"]),
    "deferred-changes": ("warn", [INCOMPLETE, DEFERRED]),
    "dynamic-block-vanished": ("allow", ["no violations"]),
    "format-1.99": ("allow", ["no violations"]),
    "import-identity": ("allow", ["no violations"]),
    "import-unknown": ("warn", [INCOMPLETE, DEFERRED]),
    "opentofu": ("allow", ["no violations"]),
    "opentofu-forget-create": ("allow", ["no violations"]),
    "opentofu-forget-reason": ("allow", ["no violations"]),
    "opentofu-open": ("allow", ["no violations"]),
    "terraform-1.0": ("allow", ["no violations"]),
    "terraform-1.1": ("allow", ["no violations"]),
}
REFUSED = {
    "format-2.0": "JSON in format `2.0` that this planguard does not know",
    "unknown-action": "unknown action `Foo` on ",
}


@pytest.mark.parametrize(("name", "expected"), HAND_MADE.items(), ids=HAND_MADE.keys())
def test_a_plan_of_another_release_is_decided_on(name: str, expected: tuple[str, list[str]], planguard: Call) -> None:
    answer = planguard("check", f"hand-made/{name}.json", "--format", "json", *QUIET)
    assert (answer.code, answer.err) == (0, "")
    assert (answer.decision["outcome"], answer.decision["reasons"]) == expected


@pytest.mark.parametrize(("name", "message"), REFUSED.items(), ids=REFUSED.keys())
def test_a_plan_that_is_not_understood_is_refused(name: str, message: str, planguard: Call) -> None:
    answer = planguard("check", f"hand-made/{name}.json", "--format", "json", *QUIET)
    assert answer.code == 3
    assert answer.errors[0].startswith(f"error: hand-made/{name}.json: {message}")


def test_every_hand_made_plan_is_tested() -> None:
    there = {path.stem for path in (FIXTURES / "hand-made").glob("*.json")}
    assert there == {*HAND_MADE, *REFUSED}


@pytest.mark.parametrize("name", ["create-forget", "opentofu-forget-create"])
def test_what_is_replaced_and_left_standing_is_told(name: str, planguard: Call) -> None:
    decision = planguard("check", f"hand-made/{name}.json", "--format", "json", *GATE).decision
    assert decision["forgotten"] == ["aws_security_group.app"]
    assert decision["ledger"]["changes"]["replace"] == 1
    # The old group, open to the world, goes on existing: nothing is fixed by that.
    assert found_by(decision, "test-group-open-to-world") == []


def test_invoked_actions_are_told_with_their_trigger(planguard: Call) -> None:
    [asked] = planguard("check", "hand-made/action-invoked.json", "--format", "json", *QUIET).decision["actions"]
    assert asked["trigger"] == "asked for on the command line"
    [triggered] = planguard("check", "hand-made/action-triggered.json", "--format", "json", *QUIET).decision[
        "actions"
    ]
    assert re.fullmatch(r"AfterCreate of aws_\S+", triggered["trigger"])


def test_deferred_changes_are_judged_and_counted(planguard: Call) -> None:
    decision = planguard("check", "hand-made/deferred-changes.json", "--format", "json", *GATE).decision
    assert decision["ledger"]["deferred"] == 1
    assert decision["ledger"]["resources"] == 2
    assert decision["plan"]["complete"] is False
    judged = {one["address"] for one in (*decision["violations"], *decision["undetermined"])}
    assert any(address.endswith("[*]") for address in judged)


# --- the ledger ----------------------------------------------------------------------------------------------------


def _objects(plan: dict[str, Any]) -> tuple[int, int]:
    """How many objects a plan holds that are managed, and how many that are only read."""
    changes = [
        *plan.get("resource_changes", []),
        *(one["resource_change"] for one in plan.get("deferred_changes", [])),
    ]
    known = {one["address"] for one in changes if not one.get("deposed")}
    managed, read = len(changes), 0
    pending = [plan.get("prior_state", {}).get("values", {}).get("root_module", {})]
    while pending:
        module = pending.pop()
        pending += module.get("child_modules", [])
        for one in module.get("resources", []):
            if "deposed_key" in one or one["address"] in known:
                continue
            if one["mode"] == "data":
                read += 1
            elif "resource_changes" not in plan:
                managed += 1
    return managed, read


FOLDERS = sorted({path.parent for path in ALL_PLANS})


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_the_ledger_adds_up(folder: Path, planguard: Call) -> None:
    for path in ALL_PLANS:
        if path.parent == folder:
            assert_adds_up(path, planguard)


def assert_adds_up(path: Path, planguard: Call) -> None:
    answer = planguard("check", path, "--verbose", "--format", "json", *GATE)
    assert answer.code in (0, 1, 4)
    decision = answer.decision
    ledger = decision["ledger"]
    managed, read = _objects(document(str(path)))
    assert ledger["resources"] == sum(ledger["changes"].values()) == managed
    assert ledger["data_sources"] == read
    assert ledger["graph"] == {"objects": managed + read, "expected": managed + read}
    assert sum(ledger["status"].values()) == len(decision["violations"])
    for name in ("introduced", "inherited", "fixed"):
        assert ledger["status"][name] == sum(one["status"] == name for one in decision["violations"])
    present = [one for one in decision["violations"] if one["status"] != "fixed"]
    for name in ("block", "warn", "observe"):
        assert ledger["violations"][name] == sum(one["effect"] == name for one in present)
    assert sum(ledger["violations"].values()) == ledger["status"]["introduced"] + ledger["status"]["inherited"]
    assert ledger["undetermined"] == len(decision["undetermined"])
    assert ledger["errors"] == len(decision["errors"])
    assert ledger["drift"] == len(decision["drift"])
    assert (decision["outcome"] == "block") == (answer.code != 0)
    assert decision["reasons"]
