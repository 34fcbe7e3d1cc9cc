"""``planguard rules test``: what it prints, and how it ends."""

from __future__ import annotations

import json

import pytest
from pytest_regressions.file_regression import FileRegressionFixture

from tests.testing.conftest import Call

RUNS = {
    "good": (0, ("good",)),
    "good_verbose": (0, ("good", "-v")),
    "good_mutated": (0, ("good", "--mutate", "-v")),
    "miss": (1, ("miss",)),
    "miss_verbose": (1, ("miss", "-v")),
    "incomplete": (1, ("incomplete",)),
    "silent": (1, ("silent",)),
    "survivor": (1, ("survivor", "--mutate")),
    "stale": (1, ("stale", "--mutate", "-v")),
    "ipv6": (0, ("ipv6", "--mutate")),
    "loop": (0, ("loop", "--mutate")),
    "change": (0, ("change", "-v")),
    "several": (1, ("good", "ipv6", "stale", "--jobs", "2", "--mutate")),
    "named": (0, ("good", "-k", "SSH", "-v")),
    "only": (0, ("good", "--only", "encryption")),
}


@pytest.mark.parametrize("name", RUNS)
def test_output(name: str, call: Call, file_regression: FileRegressionFixture) -> None:
    code, words = RUNS[name]
    answer, out, _ = call(*words)
    file_regression.check(out, extension=".txt", basename=name)
    assert answer == code


def test_the_time_is_told_on_a_terminal_only(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "in 0." not in call("good")[2]
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert call("good")[2].splitlines()[-1].startswith("in 0.")


def test_same_bytes_with_any_number_of_jobs(call: Call) -> None:
    words = ("good", "survivor", "miss", "--mutate", "-v")
    assert call(*words, "--jobs", "1")[:2] == call(*words, "--jobs", "3")[:2]


def test_json(call: Call) -> None:
    code, out, _ = call("survivor", "incomplete", "--mutate", "--format", "json")
    found = json.loads(out)
    assert code == 1
    assert (found["schema"], found["passed"], found["failed"]) == ("planguard-rules-test/1", 3, 3)
    [_, small, unencrypted] = sorted(found["rules"], key=lambda one: str(one["id"]))
    assert (small["id"], small["missing"]) == ("own-volume-small", ["bad", "good"])
    assert unencrypted["examples"][0] == {
        "kind": "bad",
        "name": "in the clear",
        "passed": True,
        "expected": "a violation, and no error",
        "violations": [{"address": "aws_ebs_volume.data", "path": "encrypted", "message": "Volume is not encrypted"}],
        "undetermined": [],
        "errors": [],
    }
    assert {one["in"] for one in found["mutants"]["survived"]} >= {"range_open", "_OPEN", "_is_late"}


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("wrong",), "wrong/own.yaml:9: `bad`: `in the clear` is no example"),
        (("nowhere",), "no such folder of rules"),
        (("good", "-k", "nothing"), "-k `nothing` names no example"),
        (("good", "-k", "ssh", "--mutate"), "-k and --mutate exclude each other"),
        (("good", "--format", "xml"), "--format `xml` is not a format of a test"),
        (("good", "--only", "own-none"), "--only `own-none` names no rule"),
    ],
)
def test_wrong_calls(words: tuple[str, ...], error: str, call: Call) -> None:
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert error in err


def test_a_shared_helper_is_for_all_its_users_to_notice(call: Call) -> None:
    code, out, _ = call("good", "--only", "own-port-open", "--mutate")
    assert (code, out.splitlines()[-1].split(";")[0]) == (0, "4 passed, 0 failed")
