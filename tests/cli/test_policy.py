"""``planguard policy``: whether a file holds, what it says of a finding, and its schema."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pytest_regressions.data_regression import DataRegressionFixture

from planguard.decision.policy_file import policy_schema
from tests.cli.conftest import PACKS, Call
from tests.conftest import ROOT
from tests.decision.waiving import policy_text


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _settled: None) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str = "planguard.yaml", **sections: Any) -> None:
    Path(name).write_text(policy_text(packs=[str(PACKS / "gate")], **sections))


# --- check ---------------------------------------------------------------------------------------------------------


def test_a_file_that_holds_says_what_is_in_it(planguard: Call) -> None:
    write(
        gates=[{"name": "a", "effect": "block"}],
        rules={"CKV_TEST_4": {"severity": "low"}, "logging": {"enabled": False}},
    )
    answer = planguard("policy", "check")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == (
        "planguard.yaml holds: 3 environments, 1 gate, 2 owners, 4 identities, 1 approval, 2 rule settings\n"
    )
    write("other.yaml")
    assert planguard("policy", "check", "other.yaml").out.startswith("other.yaml holds: ")


@pytest.mark.parametrize(
    ("sections", "note"),
    [
        ({"approvals": []}, "note: there are no `approvals`, so that no waiver counts"),
        (
            {"environments": {"a": {}, "b": {}}},
            "note: no environment is `production: true`; the first counts as the strictest",
        ),
        (
            {"gates": [{"name": "a", "effect": "warn", "severity": "high"},
                       {"name": "b", "effect": "block", "severity": "high"}]},
            "note: gate `b` never decides: one before it is for the same",
        ),
    ],
)  # fmt: skip
def test_what_may_not_be_meant_is_noted(sections: dict[str, Any], note: str, planguard: Call) -> None:
    write(**sections)
    answer = planguard("policy", "check")
    assert (answer.code, note in answer.out.splitlines()) == (0, True)


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "a gate": (
        {"gates": [{"name": "a", "effect": "block", "rule": "test-queue-key-mising"}]}, "test-queue-key-mising", "did"
    ),
    "one of several": (
        {"gates": [{"name": "a", "effect": "block", "rule": ["CKV_TEST_4", "CKV_TEST_44"]}]}, "CKV_TEST_44", "did"
    ),
    "a pattern for nothing": ({"gates": [{"name": "a", "effect": "block", "rule": "tset-*"}]}, "tset-*", ""),
    "a number": ({"gates": [{"name": "a", "effect": "block", "rule": 5}]}, "5", ""),
    "an approval": ({"approvals": [{"roles": {"security": 1}, "longest": "7d", "rule": "x-y"}]}, "x-y", ""),
    "not waivable": (
        {"not_waivable": [{"rule": "secret-in-configurations"}]}, "secret-in-configurations",
        "did you mean `secret-in-configuration`?",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sections", "name", "near"), WRONG.values(), ids=WRONG.keys())
def test_a_rule_that_there_is_not_is_refused(sections: dict[str, Any], name: str, near: str, planguard: Call) -> None:
    write(**sections)
    answer = planguard("policy", "check")
    assert (answer.code, answer.out, len(answer.errors)) == (2, "", 1)
    [line] = [
        number for number, text in enumerate(Path("planguard.yaml").read_text().splitlines(), 1) if "rule:" in text
    ]
    assert answer.errors == [f"error: planguard.yaml:{line}: `{name}` is not a rule"]
    assert near in answer.helps[0]


def test_the_file_of_the_documentation_names_rules_that_there_are(planguard: Call) -> None:
    text = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    Path("planguard.yaml").write_text(re.findall(r"```yaml\n(.+?)```", text, re.DOTALL)[0])
    answer = planguard("policy", "check")
    assert (answer.code, answer.err) == (0, "")


def test_rules_of_a_setting_have_to_be_there_too(planguard: Call) -> None:
    write(rules={"test-queue-key-mising": {"severity": "low"}})
    answer = planguard("policy", "check")
    assert (answer.code, answer.out, len(answer.errors)) == (2, "", 1)
    assert "planguard.yaml:" in answer.errors[0]


def test_a_file_that_does_not_hold_is_told_with_its_line(planguard: Call) -> None:
    Path("planguard.yaml").write_text("gates:\n  - name: a\n    efect: block\n")
    answer = planguard("policy", "check")
    assert (answer.code, answer.out) == (2, "")
    assert answer.errors == ["error: planguard.yaml:3: unknown key `gates[0].efect`"]
    assert answer.helps == ["help: did you mean `effect`?"]
    missing = planguard("policy", "check", "none.yaml")
    assert (missing.code, missing.errors) == (2, ["error: none.yaml: cannot be read: no such file or directory"])


# --- explain -------------------------------------------------------------------------------------------------------

CALLS = {
    "a critical one": ("--severity", "critical"),
    "in an environment": ("--severity", "critical", "--env", "dev"),
    "of a rule": ("--rule", "CKV_TEST_4"),
    "of a rule as another severity": ("--rule", "test-queue-key-missing", "--severity", "low"),
    "inherited": ("--severity", "high", "--status", "inherited"),
    "fixed": ("--severity", "critical", "--status", "fixed"),
    "undetermined": ("--severity", "critical", "--undetermined"),
    "of an owner": ("--severity", "low", "--owner", "payments"),
    "of a type": ("--severity", "low", "--type", "aws_db_instance"),
    "at an address": ("--severity", "low", "--address", "aws_iam_user.root"),
    "not waivable": ("--severity", "high", "--domain", "identity"),
    "nothing fits": ("--severity", "medium", "--status", "introduced", "--env", "staging"),
}


def test_what_would_happen_to_a_finding_is_told(planguard: Call, data_regression: DataRegressionFixture) -> None:
    write(
        gates=[
            {"name": "dev", "environment": "dev", "effect": "observe"},
            {"name": "payments", "owner": "payments", "effect": "block", "waivable": False},
            {"name": "databases", "type": "aws_db_*", "effect": "warn"},
            {"name": "root", "address": "*.root", "effect": "block"},
        ],
        approvals=[
            {
                "name": "grave",
                "severity": ["critical", "high"],
                "roles": {"security": 1, "owner": 1},
                "longest": "12h",
            },
            {
                "name": "lesser",
                "roles": {"lead": 2},
                "longest": "2w",
                "renewals": 3,
                "binding": "change",
                "signature": "optional",
            },
        ],
        not_waivable=[{"domain": "identity"}],
    )
    found = {name: planguard("policy", "explain", *words) for name, words in CALLS.items()}
    assert {name: one.code for name, one in found.items() if one.code or one.err} == {}
    data_regression.check({name: one.out.splitlines() for name, one in found.items()})


def test_without_a_file_the_built_in_gates_are_told(planguard: Call) -> None:
    answer = planguard("policy", "explain", "--severity", "low")
    assert (answer.code, answer.out.splitlines()[0]) == (0, "warn  by gate `builtin-introduced-medium-low`")
    assert "waiver none: `approvals` names nobody who may approve it" in answer.out


def test_what_is_told_is_what_check_does(planguard: Call) -> None:
    write(builtin_gates=False, gates=[{"name": "a", "severity": "critical", "effect": "warn"}])
    assert planguard("policy", "explain", "--severity", "critical").out.startswith("warn  by gate `a`\n")
    assert planguard("policy", "explain", "--severity", "low").out.startswith("block  by gate `no-gate-matches`\n")


WRONG_CALLS: dict[str, tuple[tuple[str, ...], str]] = {
    "no severity": (("explain",), "error: --severity is missing"),
    "a severity that there is not": (("explain", "--severity", "grave"), "error: --severity `grave`"),
    "a status that there is not": (("explain", "--severity", "low", "--status", "new"), "error: --status `new`"),
    "a domain that there is not": (("explain", "--severity", "low", "--domain", "net"), "error: --domain `net`"),
    "a rule that there is not": (("explain", "--rule", "CKV_TEST_44"), "error: --rule `CKV_TEST_44` is not a rule"),
    "an environment that there is not": (
        ("explain", "--severity", "low", "--env", "prd"), "error: --env `prd` is not an environment of the policy"
    ),
    "a file that is not there": (
        ("explain", "--severity", "low", "--policy", "x.yaml"),
        "error: x.yaml: cannot be read: no such file or directory",
    ),
    "a command that there is not": (("chekc",), "error: no such command `chekc`"),
    "an option that there is not": (("check", "--fix"), "error: no such option: --fix"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "told"), WRONG_CALLS.values(), ids=WRONG_CALLS.keys())
def test_a_wrong_call_is_one_clear_sentence(words: tuple[str, ...], told: str, planguard: Call) -> None:
    write()
    answer = planguard("policy", *words)
    assert (answer.code, answer.out, len(answer.errors), len(answer.helps)) == (2, "", 1, 1)
    assert answer.errors[0].startswith(told)


# --- schema --------------------------------------------------------------------------------------------------------


def test_the_schema_is_one_and_is_printed_as_it_is(planguard: Call) -> None:
    answer = planguard("policy", "schema")
    assert (answer.code, answer.err) == (0, "")
    found = json.loads(answer.out)
    assert found == policy_schema()
    jsonschema.Draft202012Validator.check_schema(found)
