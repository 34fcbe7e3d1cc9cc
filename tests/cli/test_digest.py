"""``planguard digest``: of a plan and of its changes, as a decision has them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import QUIET, Call
from tests.conftest import FIXTURES, change
from tests.decision.waiving import open_queue, open_rule, plan, policy_text

PLAN_DIGEST = re.compile(r"pg1:[0-9a-f]{64}\n")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _settled: None) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PLANGUARD_DIGEST_KEY", raising=False)
    Path("plan.json").write_text(json.dumps(plan(open_rule(), open_queue())))


def digest(planguard: Call, *words: str, file: str | Path = "plan.json") -> str:
    answer = planguard("digest", file, *words)
    assert (answer.code, answer.err) == (0, "")
    return answer.out


def document(planguard: Call, *words: str, file: str | Path = "plan.json") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(digest(planguard, "--format", "json", *words, file=file))
    return found


def test_it_is_that_of_the_decision(planguard: Call) -> None:
    Path("planguard.yaml").write_text(policy_text())
    for words in ((), ("--workspace", "dev"), ("--env", "staging", "--project", "shop")):
        told = digest(planguard, *words)
        assert PLAN_DIGEST.fullmatch(told)
        decision = planguard("check", "plan.json", "--format", "json", *words, *QUIET).decision
        assert decision["plan"]["digest"] == told.strip()


def test_what_it_is_for_counts(planguard: Call) -> None:
    Path("planguard.yaml").write_text(policy_text())
    calls = [
        (),
        ("--workspace", "dev"),
        ("--workspace", "prod"),
        ("--env", "dev"),
        ("--project", "shop"),
        ("--project", "x"),
    ]
    assert len({digest(planguard, *words) for words in calls}) == len(calls)
    Path("other.yaml").write_text("environments:\n  live: {production: true}\n")
    assert digest(planguard, "--policy", "other.yaml") not in {digest(planguard, *words) for words in calls}


def test_changes_are_listed_with_their_digests(planguard: Call) -> None:
    Path("plan.json").write_text(
        json.dumps(
            plan(
                open_rule(),
                change("aws_sqs_queue.old", ["delete"], before={"name": "x"}, deposed="0123abcd"),
                change("aws_sqs_queue.same", ["no-op"], before={"name": "x"}, after={"name": "x"}),
            )
        )
    )
    lines = digest(planguard, "--changes").splitlines()
    assert [re.fullmatch(r"pg1c:[0-9a-f]{64}  (.+)", line)[1] for line in lines] == [  # type: ignore[index]
        "aws_security_group_rule.ssh",
        "aws_sqs_queue.old (deposed 0123abcd)",
    ]
    found = document(planguard)
    assert [f"{one['digest']}  {one['address']}" for one in found["changes"]] == [
        line.split(" (")[0] for line in lines
    ]
    assert [one["deposed"] for one in found["changes"]] == [None, "0123abcd"]


def test_the_document_says_what_the_digest_is_over(planguard: Call) -> None:
    found = document(planguard, "--project", "shop", "--workspace", "w", "--env", "e")
    assert found["plan"] == digest(planguard, "--project", "shop", "--workspace", "w", "--env", "e").strip()
    assert [found[key] for key in ("project", "environment", "workspace", "sensitive")] == ["shop", "e", "w", None]


def test_it_comes_from_standard_input_as_well(planguard: Call) -> None:
    answer = planguard("digest", "-", stdin=Path("plan.json").read_bytes())
    assert answer.out == digest(planguard)


def test_formatting_does_not_count(planguard: Call) -> None:
    before = digest(planguard)
    Path("plan.json").write_text(
        json.dumps(plan(open_queue(), open_rule(), timestamp="2027-01-01T00:00:00Z"), indent=4)
    )
    assert digest(planguard) == before


def test_secrets_count_with_a_key_and_are_never_shown(planguard: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [FIXTURES / "sensitive" / name for name in ("plan.json", "plan-update.json")]
    shown = [document(planguard, file=file) for file in files]
    assert [one["sensitive"] for one in shown] == ["present", "present"]
    keyed = []
    for key in ("one", "two"):
        monkeypatch.setenv("PLANGUARD_DIGEST_KEY", key)
        keyed += [document(planguard, file=file) for file in files]
    assert [one["sensitive"] for one in keyed] == ["keyed"] * 4
    assert len({one["plan"] for one in (*shown, *keyed)}) == 6
    monkeypatch.setenv("PLANGUARD_DIGEST_KEY", "")
    assert document(planguard, file=files[0]) == shown[0]
    text = json.dumps([*shown, *keyed]) + "".join(digest(planguard, "--changes", file=file) for file in files)
    assert "not-a-real" not in text


WRONG_CALLS: dict[str, tuple[tuple[str, ...], int, str]] = {
    "no plan": ((), 2, "missing argument"),
    "two plans": (("plan.json", "plan.json"), 2, "unexpected extra argument"),
    "a folder of several": ((str(FIXTURES / "noop"),), 2, "holds 2 plans"),
    "a form that there is not": (("plan.json", "--format", "yaml"), 2, "--format `yaml` is not a format"),
    "an environment that there is not": (("plan.json", "--env", "prd"), 2, "--env `prd` is not an environment"),
    "a policy that is not there": (("plan.json", "--policy", "x.yaml"), 2, "x.yaml: cannot be read"),
    "what is not there": (("none.json",), 3, "none.json"),
    "what is no plan": (("planguard.yaml",), 3, "planguard.yaml"),
}


@pytest.mark.parametrize(("words", "code", "told"), WRONG_CALLS.values(), ids=WRONG_CALLS.keys())
def test_a_wrong_call_is_one_clear_sentence(words: tuple[str, ...], code: int, told: str, planguard: Call) -> None:
    Path("planguard.yaml").write_text(policy_text())
    answer = planguard("digest", *words)
    assert (answer.code, answer.out, len(answer.errors)) == (code, "", 1)
    assert told in answer.errors[0]
    assert len(answer.helps) <= 1
