"""The JSON report is the document of the contract: its keys in their order, its lists sorted, its times in UTC."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planguard.cli.main import run
from tests.conftest import FIXTURES, ROOT

PACKS = ROOT / "tests" / "cli" / "packs"
Report = dict[str, Any]
Check = Callable[..., Report]

# The document of the contract, by hand: each object, and its keys in their order. What the contract does not name may
# only follow behind.
TOP = ["schema", "outcome", "planguard", "decisions"]
TOOL = ["version", "rules_digest", "policy_digest"]
DECISION = ["plan", "outcome", "reasons", "ledger", "violations", "undetermined", "errors", "waivers"]
PLAN = [
    "file",
    "format_version",
    "terraform_version",
    "digest",
    "project",
    "workspace",
    "environment",
    "complete",
    "errored",
]
LEDGER = [
    "resources",
    "changes",
    "rules",
    "evaluations",
    "violations",
    "status",
    "waived",
    "undetermined",
    "errors",
    "unmodelled_types",
]
VIOLATION = [
    "rule",
    "title",
    "aliases",
    "domain",
    "severity",
    "controls",
    "address",
    "type",
    "actions",
    "status",
    "effect",
    "gate",
    "path",
    "message",
    "fix",
    "change_digest",
    "fingerprint",
    "waiver",
    "evidence",
    "source",
]
UNDETERMINED = [
    "rule",
    "title",
    "severity",
    "domain",
    "address",
    "path",
    "known_after",
    "effect",
    "gate",
    "waiver",
    "source",
]
EFFECTS = ["block", "warn", "observe"]
SEVERITIES = ["critical", "high", "medium", "low"]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Check:
    """The JSON report of plans of the fixtures."""
    monkeypatch.chdir(FIXTURES)
    monkeypatch.setenv("PLANGUARD_CACHE_DIR", "")

    def made(*words: str, pack: str = "gate") -> Report:
        run(["check", *words, "--format", "json", "--no-builtin", "--rules", str(PACKS / pack)])
        found: Report = json.loads(capfd.readouterr().out)
        return found

    return made


def begins(found: Report, keys: list[str]) -> None:
    assert list(found)[: len(keys)] == keys


def test_keys_stand_in_the_order_of_the_contract(check: Check) -> None:
    report = check("moved/plan-update.json", "targeted/plan.json", "stacks/aws-shop-prod/plan-update.json")
    begins(report, TOP)
    begins(report["planguard"], TOOL)
    assert len(report["decisions"]) == 3
    for decision in report["decisions"]:
        begins(decision, DECISION)
        begins(decision["plan"], PLAN)
        assert list(decision["plan"]["environment"]) == ["name", "because"]
        begins(decision["ledger"], LEDGER)
        begins(decision["ledger"]["changes"], ["create", "update", "replace", "delete", "no-op", "read", "forget"])
        assert list(decision["ledger"]["violations"]) == EFFECTS
        assert list(decision["ledger"]["status"]) == ["introduced", "inherited", "fixed"]
        for one in decision["violations"]:
            begins(one, VIOLATION)
        for one in decision["undetermined"]:
            begins(one, UNDETERMINED)
    assert any(one["undetermined"] for one in report["decisions"])


def test_an_error_has_the_keys_of_the_contract(check: Check) -> None:
    report = check("noop/plan.json", pack="crashing")
    for one in report["decisions"][0]["errors"]:
        assert list(one) == ["rule", "address", "message"]


def test_a_pass_is_told_only_when_asked_for(check: Check) -> None:
    assert "passes" not in check("noop/plan.json", pack="quiet")["decisions"][0]
    passes = check("noop/plan.json", "--verbose", pack="quiet")["decisions"][0]["passes"]
    assert [list(one) for one in passes] == [["rule", "address"]] * 2


def test_a_place_in_the_source_has_the_keys_of_the_contract(check: Check) -> None:
    report = check("noop/plan.json", "--source", "noop")
    [place] = [
        one["source"] for one in report["decisions"][0]["violations"] if one["rule"] == "test-rule-open-to-world"
    ]
    assert list(place) == ["file", "line", "end_line"]
    text = (FIXTURES / "noop" / place["file"]).read_text().splitlines()
    assert "cidr_blocks" in text[place["line"] - 1]


@pytest.mark.parametrize("plan", ["moved/plan-update.json", "stacks/aws-shop-prod/plan.json", "unknowns/plan.json"])
def test_lists_are_sorted_as_the_contract_says(plan: str, check: Check) -> None:
    [decision] = check(plan, "--verbose")["decisions"]
    for name in ("violations", "undetermined"):
        keys = [
            (
                EFFECTS.index(one["effect"]),
                SEVERITIES.index(one["severity"]),
                one["address"],
                one["rule"],
                one["path"],
            )
            for one in decision[name]
        ]
        assert keys == sorted(keys)
    assert decision["violations"]
    for name in ("moves", "drift", "outputs"):
        order = [one.get("address", one.get("name")) for one in decision[name]]
        assert order == sorted(order)
    for name in ("imports", "forgotten"):
        assert decision[name] == sorted(decision[name])
    by_rule = [(one["rule"], one["address"]) for one in decision["passes"]]
    by_address = [(one["address"], one["rule"]) for one in decision["passes"]]
    assert by_rule == sorted(by_rule) or by_address == sorted(by_address)
    assert decision["ledger"]["unmodelled_types"] == sorted(decision["ledger"]["unmodelled_types"])


def test_digests_and_fingerprints_look_as_the_contract_says(check: Check) -> None:
    report = check("noop/plan.json")
    [decision] = report["decisions"]
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", report["planguard"]["rules_digest"])
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", report["planguard"]["policy_digest"])
    assert re.fullmatch(r"pg1:[0-9a-f]{64}", decision["plan"]["digest"])
    for one in decision["violations"]:
        assert re.fullmatch(r"pg1c:[0-9a-f]{64}", one["change_digest"])
        assert re.fullmatch(r"pg1f:[0-9a-f]{64}", one["fingerprint"])


def test_a_change_has_one_digest_and_a_violation_one_fingerprint(check: Check) -> None:
    [decision] = check("stacks/aws-shop-prod/plan-update.json")["decisions"]
    by_address: dict[str, set[str]] = {}
    for one in decision["violations"]:
        by_address.setdefault(one["address"], set()).add(one["change_digest"])
    assert all(len(found) == 1 for found in by_address.values())
    prints = [(one["fingerprint"], one["status"]) for one in decision["violations"]]
    assert len(set(prints)) == len(prints)


def test_an_inherited_violation_keeps_the_fingerprint_that_it_had(check: Check) -> None:
    def prints(plan: str) -> set[str]:
        [decision] = check(plan)["decisions"]
        return {one["fingerprint"] for one in decision["violations"]}

    assert prints("noop/plan.json") == prints("noop/plan-update.json")


def test_a_time_is_in_utc(check: Check) -> None:
    [decision] = check("noop/plan.json")["decisions"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", decision["plan"]["timestamp"])


def test_the_document_ends_with_a_line_feed_and_has_no_other_spaces_at_line_ends(
    check: Check, tmp_path: Path
) -> None:
    file = tmp_path / "report.json"
    check("noop/plan.json", "--format", f"json={file}")
    text = file.read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
