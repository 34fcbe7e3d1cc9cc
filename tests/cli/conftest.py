"""What tests of the command share: calling it in this process (fast) and as a process of its own (real)."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from planguard.cli.main import guarded, run
from tests.conftest import FIXTURES

PACKS = Path(__file__).parent / "packs"
COMMAND = shutil.which("planguard", path=str(Path(sys.executable).parent)) or "planguard"
_SETTINGS = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "PLANGUARD_CACHE_DIR", "PYTHONHASHSEED")


def pack(name: str) -> tuple[str, ...]:
    """The options that leave one pack of these tests in force, and nothing else."""
    return ("--no-builtin", "--rules", str(PACKS / name))


GATE = pack("gate")
QUIET = pack("quiet")


class Answer(NamedTuple):
    """What a call of the command gave back."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """Standard output as the JSON report."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def decision(self) -> dict[str, Any]:
        """The one decision of the JSON report."""
        [found] = self.report["decisions"]
        return found  # type: ignore[no-any-return]

    @property
    def errors(self) -> list[str]:
        """The lines of standard error that tell of an error."""
        return [line for line in self.err.splitlines() if line.startswith("error: ")]

    @property
    def helps(self) -> list[str]:
        """The lines of standard error that give advice."""
        return [line for line in self.err.splitlines() if line.startswith("help: ")]


Call = Callable[..., Answer]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One index of rules for all tests of a worker."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    """Every test runs among the fixtures, so that reports name them alike everywhere, and without settings."""
    for name in _SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PLANGUARD_CACHE_DIR", str(cache))
    monkeypatch.chdir(FIXTURES)


@pytest.fixture
def planguard(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Call:
    """The command, run in this process: ``planguard("check", "plan.json")``."""

    def call(*words: str | Path, stdin: bytes = b"") -> Answer:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        monkeypatch.setattr(sys, "argv", ["planguard", *map(str, words)])
        capfdbinary.readouterr()
        code = guarded(lambda: run([str(word) for word in words]))
        sys.stdout.flush()
        sys.stderr.flush()
        out, err = capfdbinary.readouterr()
        return Answer(code, out.decode(), err.decode())

    return call


def run_planguard(*words: str | Path, stdin: bytes = b"", **settings: str) -> Answer:
    """The command as a process of its own, in the folder of the test; settings go into its environment."""
    done = subprocess.run(
        [COMMAND, *map(str, words)],
        input=stdin,
        capture_output=True,
        env={**os.environ, **settings},
        timeout=120,
        check=False,
    )
    return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


def is_plan(path: Path) -> bool:
    """Whether a file of the fixtures is a plan to decide on."""
    with path.open("rb") as file:
        head = file.read(300)
    refused = ("errored", "format-2.0", "unknown-action", "schemas", "validate", "plan-stream", "state")
    return b'"format_version"' in head and not any(word in (path.parent.name, path.stem) for word in refused)


ALL_PLANS = sorted(path.relative_to(FIXTURES) for path in FIXTURES.rglob("*.json") if is_plan(path))
"""Every plan of the fixtures that can be decided on, relative to their folder."""
PLANS = [path for path in ALL_PLANS if path.parts[0] != "rules"]
"""Those of the scenarios, without the small ones that show what a rule flags."""
