"""By which policy and waivers ``planguard check`` decides: files, ``--policy-ref``, ``--now``, promotion."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import GATE, Answer, Call, pack
from tests.decision.waiving import (
    ADDRESS,
    MADE,
    NOW,
    approval,
    body_of,
    open_rule,
    plan,
    policy_text,
    signed,
    written,
)

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no `git` on PATH")
LAX = "gates:\n  - name: lax\n    effect: observe\n"


def git(*words: str, folder: Path | None = None) -> None:
    person = ("-c", "user.name=dev", "-c", "user.email=dev@example.com", "-c", "protocol.file.allow=always")
    subprocess.run(["git", *person, *words], cwd=folder or Path.cwd(), check=True, capture_output=True)


def commit() -> None:
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", "x")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _settled: None) -> Path:
    """A folder with a plan that is blocked, and a policy that says who may excuse it."""
    folder = tmp_path / "stack"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    write("plan.json", json.dumps(plan()))
    write("planguard.yaml", policy_text())
    return folder


def write(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def check(planguard: Call, *words: str, file: str = "plan.json") -> Answer:
    return planguard("check", file, "--workspace", "prod", "--now", NOW, "--format", "json", *words, *GATE)


def statuses(answer: Answer) -> list[str]:
    return sorted(one["status"] for one in answer.decision["waivers"])


# --- files ---------------------------------------------------------------------------------------------------------


def test_policy_and_waivers_of_the_folder_are_taken(planguard: Call) -> None:
    assert check(planguard).code == 1
    write("waivers/one.yaml", signed())
    found = check(planguard)
    assert (found.code, statuses(found), found.decision["valid_until"]) == (0, ["used"], "2026-03-06T08:00:00Z")


def test_waivers_stand_where_the_policy_or_the_call_says(planguard: Call) -> None:
    write("exceptions/one.yaml", signed())
    assert check(planguard).code == 1
    assert check(planguard, "--waivers", "exceptions").code == 0
    write("planguard.yaml", policy_text(check={"waivers": "exceptions"}))
    assert check(planguard).code == 0
    # Beside the policy, wherever the call is made.
    write("other/policy.yaml", policy_text())
    write("other/waivers/deep/one.yml", signed())
    assert check(planguard, "--policy", "other/policy.yaml").code == 0


def test_what_is_hidden_or_is_no_yaml_is_no_waiver(planguard: Call) -> None:
    for name in ("waivers/.one.yaml", "waivers/.hidden/one.yaml", "waivers/one.txt", "waivers/one"):
        write(name, signed())
    assert (check(planguard).code, statuses(check(planguard))) == (1, [])


def test_a_broken_waiver_is_told_and_excuses_nothing(planguard: Call) -> None:
    write("waivers/one.yaml", signed())
    write("waivers/two.yaml", signed(id="two").replace("ticket:", "tickets:"))
    found = check(planguard)
    assert (found.code, statuses(found)) == (0, ["invalid", "used"])
    assert any("unknown key `tickets`; did you mean `ticket`?" in one["why"] for one in found.decision["waivers"])


def test_the_options_of_a_check_may_stand_in_the_policy(planguard: Call) -> None:
    write("planguard.yaml", policy_text(check={"env": "dev", "project": "shop", "workspace": "w", "format": "json"}))
    found = planguard("check", "plan.json", *GATE)
    assert [found.decision["plan"][key] for key in ("project", "workspace")] == ["shop", "w"]
    assert found.decision["plan"]["environment"]["name"] == "dev"
    over = planguard("check", "plan.json", "--env", "prod", "--project", "p", "--workspace", "prod", *GATE)
    assert [over.decision["plan"][key] for key in ("project", "workspace")] == ["p", "prod"]
    assert over.decision["plan"]["environment"] == {
        "name": "prod",
        "because": "given with --env",
    }


def test_a_plan_that_cannot_be_read_cannot_be_excused(planguard: Call) -> None:
    write("waivers/one.yaml", signed())
    write("errored.json", json.dumps(plan(errored=True)))
    write("broken.json", "{")
    for name in ("errored.json", "broken.json"):
        assert check(planguard, file=name).code == 3


def test_an_evaluation_error_cannot_be_excused(planguard: Call) -> None:
    body = body_of(rules=["test-rule-that-crashes"])
    write("waivers/one.yaml", written(body, approval(body)))
    words = ("check", "plan.json", "--workspace", "prod", "--now", NOW, "--format", "json")
    found = planguard(*words, *pack("crashing"))
    assert (found.code, found.decision["outcome"], statuses(found)) == (4, "block", ["unused"])


# --- replay, and the clock -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [("--workspace", "prod-2"), ("--env", "staging"), ("--project", "shop"), ("--now", "2026-03-06T08:00:00Z")],
    ids=["workspace", "environment", "project", "time"],
)
def test_a_waiver_is_for_one_place_and_time(words: tuple[str, str], planguard: Call) -> None:
    write("waivers/one.yaml", signed())
    assert check(planguard).code == 0
    assert check(planguard, *words).code == 1


def test_a_plan_that_has_changed_since_is_blocked(planguard: Call) -> None:
    write("waivers/one.yaml", signed())
    write("plan.json", json.dumps(plan(open_rule(), variables={"size": {"value": 2}})))
    assert statuses(check(planguard)) == ["wrong-plan"]
    write("plan.json", json.dumps(plan(), indent=2))
    assert check(planguard).code == 0


def test_a_clock_cannot_be_set_back_behind_the_plan(planguard: Call) -> None:
    late = plan(timestamp="2026-03-07T00:00:00Z")
    write("plan.json", json.dumps(late))
    write("waivers/one.yaml", signed(late))
    assert check(planguard, "--now", "2026-03-07T00:00:01Z").code == 1
    found = check(planguard)
    assert (found.code, len(found.errors)) == (2, 1)
    assert "--now is 2026-03-02T12:00:00Z, before the plan was made (2026-03-07T00:00:00Z)" in found.err
    assert found.helps == ["help: ask for a later time, or add --force-now"]
    assert check(planguard, "--force-now").code == 0
    assert MADE < NOW


# --- from a git ref ------------------------------------------------------------------------------------------------


@needs_git
def test_a_waiver_of_the_same_change_is_only_a_proposal(planguard: Call) -> None:
    git("init", "--quiet", "--initial-branch", "main")
    commit()
    write("waivers/one.yaml", signed())
    assert check(planguard).code == 0
    found = check(planguard, "--policy-ref", "main")
    assert (found.code, statuses(found)) == (1, ["unapproved"])
    git("checkout", "--quiet", "-b", "change")
    commit()
    assert check(planguard, "--policy-ref", "main").code == 1
    git("checkout", "--quiet", "main")
    git("merge", "--quiet", "change")
    assert check(planguard, "--policy-ref", "main").code == 0


@needs_git
def test_a_policy_of_the_same_change_does_not_count(planguard: Call) -> None:
    git("init", "--quiet", "--initial-branch", "main")
    commit()
    write("planguard.yaml", LAX)
    assert check(planguard).code == 0
    assert check(planguard, "--policy-ref", "main").code == 1
    Path("planguard.yaml").unlink()
    assert check(planguard, "--policy-ref", "main").code == 1


@needs_git
def test_a_waiver_that_the_change_deletes_or_edits_counts_as_it_was(planguard: Call) -> None:
    git("init", "--quiet", "--initial-branch", "main")
    write("waivers/one.yaml", signed(expires="2026-03-02"))
    commit()
    write("waivers/one.yaml", signed())
    found = check(planguard, "--policy-ref", "main")
    assert (found.code, statuses(found)) == (1, ["expired", "unapproved"])
    Path("waivers/one.yaml").unlink()
    assert statuses(check(planguard, "--policy-ref", "main")) == ["expired"]


@needs_git
def test_a_change_cannot_lead_to_another_file_of_the_ref(planguard: Call) -> None:
    """A link in the working tree to something lax that the ref has as well."""
    git("init", "--quiet", "--initial-branch", "main")
    write("examples/lax.yaml", LAX)
    write("examples/waivers/one.yaml", signed())
    commit()
    Path("planguard.yaml").unlink()
    Path("planguard.yaml").symlink_to("examples/lax.yaml")
    assert check(planguard).code == 0
    assert check(planguard, "--policy-ref", "main").code == 1
    Path("waivers").symlink_to("examples/waivers", target_is_directory=True)
    found = check(planguard, "--policy-ref", "main")
    assert (found.code, statuses(found)) == (1, ["unapproved"])


@needs_git
def test_a_link_that_the_ref_has_is_followed(planguard: Call) -> None:
    git("init", "--quiet", "--initial-branch", "main")
    write("shared/policy.yaml", LAX)
    Path("planguard.yaml").unlink()
    Path("planguard.yaml").symlink_to("shared/policy.yaml")
    commit()
    Path("planguard.yaml").unlink()
    assert check(planguard, "--policy-ref", "main").code == 0


@needs_git
def test_a_tag_is_not_taken_for_a_branch(planguard: Call) -> None:
    git("init", "--quiet", "--initial-branch", "main")
    commit()
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    write("planguard.yaml", LAX)
    commit()
    assert check(planguard, "--policy-ref", "origin/main").code == 1
    git("tag", "origin/main")
    found = check(planguard, "--policy-ref", "origin/main")
    assert (found.code, found.errors) == (2, ["error: --policy-ref `origin/main` stands for several"])
    assert "refs/remotes/origin/main" in found.helps[0]
    assert check(planguard, "--policy-ref", "refs/remotes/origin/main").code == 1


@needs_git
def test_a_submodule_cannot_bring_its_own_ref(
    planguard: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "one.yaml").write_text(signed())
    git("init", "--quiet", "--initial-branch", "main", folder=other)
    git("add", "--all", folder=other)
    git("commit", "--quiet", "--message", "x", folder=other)
    git("init", "--quiet", "--initial-branch", "main")
    commit()
    git("submodule", "--quiet", "add", str(other), "waivers")
    found = check(planguard, "--policy-ref", "main")
    assert (found.code, found.errors) == (2, ["error: waivers: --policy-ref does not read from a submodule"])


@needs_git
def test_policy_and_waivers_may_stand_in_any_folder_of_the_ref(planguard: Call) -> None:
    git("init", "--quiet", "--initial-branch", "main")
    write(".github/gate/planguard.yaml", policy_text())
    write(".github/gate/waivers/one.yaml", signed())
    write(".github/gate/waivers/.hidden.yaml", signed(id="two"))
    commit()
    found = check(planguard, "--policy", ".github/gate/planguard.yaml", "--policy-ref", "main")
    assert (found.code, statuses(found)) == (0, ["used"])
    write("all/planguard.yaml", policy_text(check={"waivers": ".."}))
    write("one.yaml", signed())
    commit()
    there = check(planguard, "--policy", "all/planguard.yaml", "--policy-ref", "main")
    assert "used" in statuses(there)


WRONG_REFS = {
    "no such ref": (("--policy-ref", "nowhere"), "error: --policy-ref `nowhere` is no ref here"),
    "an option for git": (("--policy-ref=--all",), "error: --policy-ref `--all` is no ref here"),
    "nothing": (("--policy-ref", ""), "error: --policy-ref `` is no ref here"),
    "a file": (("--policy-ref", "HEAD:planguard.yaml"), "error: --policy-ref `HEAD:planguard.yaml` is no ref here"),
    "a policy that is not there": (("--policy", "x.yaml", "--policy-ref", "main"), "error: x.yaml: is not in `main`"),
}


@needs_git
@pytest.mark.parametrize(("words", "told"), WRONG_REFS.values(), ids=WRONG_REFS.keys())
def test_a_wrong_ref_is_told(words: tuple[str, ...], told: str, planguard: Call) -> None:
    git("init", "--quiet", "--initial-branch", "main")
    commit()
    found = check(planguard, *words)
    assert (found.code, found.out, found.errors, len(found.helps)) == (2, "", [told], 1)


def test_without_a_repository_there_is_no_ref(planguard: Call) -> None:
    found = check(planguard, "--policy-ref", "main")
    assert found.code == 2
    assert found.errors[0].startswith("error: --policy-ref needs ")


# --- promotion -----------------------------------------------------------------------------------------------------


def _configured(size: str) -> dict[str, Any]:
    block = {
        "address": "aws_x.y",
        "mode": "managed",
        "type": "aws_x",
        "name": "y",
        "expressions": {"size": {"constant_value": size}},
    }
    return plan(open_rule(address=ADDRESS), configuration={"root_module": {"resources": [block]}})


def test_what_goes_to_production_was_decided_before(planguard: Call) -> None:
    gates = [{"name": "seen", "effect": "observe"}]
    promotion = [{"environment": "prod", "from": "staging"}]
    write("planguard.yaml", policy_text(gates=gates, promotion=promotion))
    write("plan.json", json.dumps(_configured("small")))
    assert check(planguard).code == 1
    assert planguard("check", "plan.json", "--env", "staging", "--format", "json=staging.json", *GATE).code == 0
    found = check(planguard, "--promoted-from", "staging.json")
    assert (found.code, found.decision["promotion"]) == (
        0,
        [{"environment": "staging", "file": "staging.json", "without_counterpart": [], "different": {}}],
    )
    write("plan.json", json.dumps(_configured("large")))
    other = check(planguard, "--promoted-from", "staging.json")
    assert (other.code, other.decision["promotion"][0]["different"]) == (1, {"aws_x.y": ["size"]})
    write("planguard.yaml", policy_text(gates=gates, promotion=[{**promotion[0], "differences": "aws_x.size"}]))
    assert check(planguard, "--promoted-from", "staging.json").code == 2
    write("planguard.yaml", policy_text(gates=gates, promotion=[{**promotion[0], "differences": ["aws_x.size"]}]))
    assert check(planguard, "--promoted-from", "staging.json").code == 0


@pytest.mark.parametrize("name", ["none.json", "planguard.yaml", "plan.json", "."])
def test_a_report_that_is_none_is_told(name: str, planguard: Call) -> None:
    found = check(planguard, "--promoted-from", name)
    assert (found.code, found.out, len(found.errors)) == (2, "", 1)
    assert f"error: {name}: --promoted-from " in found.errors[0]
