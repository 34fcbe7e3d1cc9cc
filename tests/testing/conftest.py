"""What tests of testing share: packs made for the purpose, and a stand-in for the way from HCL to a plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import planguard.plan.source.example
from planguard.cli.main import guarded, run
from tests.testing.hcl import small_plan

PACKS = Path(__file__).parent / "packs"

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        planguard.plan.source.example, "example_plan", lambda text, table: small_plan(text, "main.tf")
    )
    monkeypatch.setenv("PLANGUARD_CACHE_DIR", "")
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Call:
    """``planguard rules test`` with these words, called where the packs are: exit code, output, errors."""
    monkeypatch.chdir(PACKS)

    def test(*words: str) -> tuple[int, str, str]:
        code = guarded(lambda: run(["rules", "test", *words]))
        out, err = capfd.readouterr()
        return code, out, err

    return test
