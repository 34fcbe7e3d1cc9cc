"""Every small change to a built-in rule is noticed by an example, or listed with its reason in ``mutants.yaml``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def test_every_mutant_is_killed_or_listed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "planguard", "rules", "test", "--mutate"],
        cwd=ROOT,
        env={**os.environ, "PLANGUARD_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    assert "0 survived" in done.stdout
