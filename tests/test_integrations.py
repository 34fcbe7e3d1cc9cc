"""The examples under docs/integrations: they parse, and the commands in them run as written, against a real plan."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import FIXTURES, ROOT

FOLDER = ROOT / "docs" / "integrations"
PLAN = FIXTURES / "stacks" / "aws-shop-prod" / "plan.json"
POLICY = """\
environments:
  prod:
    production: true
    workspace: prod
  other: {}
"""
pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on PATH")


def example(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def commands(value: Any) -> Iterator[str]:
    """Every command of planguard in a file, whatever key it stands under."""
    if isinstance(value, dict):
        for below in value.values():
            yield from commands(below)
    elif isinstance(value, list):
        for below in value:
            yield from commands(below)
    elif isinstance(value, str) and value.startswith("planguard "):
        yield value


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a policy on its branch, a plan that was made, and `planguard` on PATH."""

    def git(*words: str) -> None:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / "planguard.yaml").write_text(POLICY)
    shutil.copytree(FIXTURES / "stacks" / "src" / "aws-shop", tmp_path / "infra")
    git("init", "--initial-branch", "main")
    git("add", "planguard.yaml")
    git("commit", "-m", "policy")
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    git("fetch", ".", "main")
    shutil.copy(PLAN, tmp_path / "infra" / "plan.json")
    program = tmp_path / "bin" / "planguard"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m planguard "$@"\n')
    program.chmod(0o755)
    return tmp_path


def run(command: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PLANGUARD_CACHE_DIR": str(folder / "cache"),
        **settings,
    }
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def test_every_example_is_listed() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in FOLDER.iterdir() if path.name not in page and path.name != "README.md"] == []


def test_github_actions(repository: Path) -> None:
    (command,) = commands(example("github-actions.yml"))
    summary = repository / "summary.md"
    done = run(command.replace("${{ github.base_ref }}", "main"), repository, GITHUB_STEP_SUMMARY=str(summary))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("::error file=infra/")
    assert json.loads((repository / "planguard.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((repository / "report.json").read_text())["outcome"] == "block"
    assert "block" in (repository / "comment.md").read_text()
    assert "block" in summary.read_text()


def test_gitlab(repository: Path) -> None:
    (command,) = commands(example("gitlab-ci.yml"))
    done = run(command, repository)
    assert (done.returncode, done.stderr) == (1, "")
    quality = json.loads((repository / "gl-code-quality-report.json").read_text())
    assert all(one["location"]["path"].startswith("infra/") for one in quality)
    assert json.loads((repository / "gl-sast-report.json").read_text())["scan"]["type"] == "sast"
    assert (repository / "junit.xml").read_text().startswith("<?xml")


def test_atlantis(repository: Path) -> None:
    check, apply = commands(example("atlantis.yaml"))
    settings = {
        "SHOWFILE": str(repository / "infra" / "plan.json"),
        "PLANFILE": str(repository / "infra" / "plan.json"),
        "WORKSPACE": "prod",
        "REPO_REL_DIR": "infra",
        "BASE_BRANCH_NAME": "main",
    }
    done = run(check, repository, **settings)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("FAIL")
    assert run(apply, repository, **settings).returncode == 1
    names = {one["name"] for one in example("atlantis.yaml")["policies"]["policy_sets"]}
    assert names == {"planguard"}


def test_pre_commit(repository: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    (used,) = example("pre-commit-config.yaml")["repos"][0]["hooks"]
    assert used["id"] == hook["id"]
    done = run(f"{hook['entry']} {' '.join(used['args'])} --env prod", repository)
    assert done.returncode == 1
    assert "infra/" in done.stdout
