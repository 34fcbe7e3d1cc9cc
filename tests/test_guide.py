"""The guide to writing rules, followed word for word in an empty folder.

Blocks with ``file=PATH`` are written, blocks with ``exit=N`` are run, in the order of the page. With ``output`` or
``errors`` the command's standard output or error has to stand in the block; ``--force-regen`` writes it there.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import FIXTURES, ROOT

GUIDE = ROOT / "docs" / "writing-rules.md"
BLOCK = re.compile(r"^```([^\n`]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    left_out = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    program, *words = shlex.split(command)
    assert program == "planguard"
    return subprocess.run(
        [sys.executable, "-m", "planguard", *words],
        cwd=folder,
        env=kept | {"PLANGUARD_CACHE_DIR": str(folder / "cache")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def settled(text: str) -> str:
    """An output without what changes with every new rule of the built-in pack."""
    return re.sub(r"^ledger .*?^(?=(allow|warn|block)  )", "ledger\n", text.rstrip(), flags=re.MULTILINE | re.DOTALL)


def test_the_guide_holds(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    (tmp_path / "fixtures").symlink_to(FIXTURES)
    page = GUIDE.read_text(encoding="utf-8")
    regenerate = request.config.getoption("force_regen")
    written, at = "", 0
    for found in BLOCK.finditer(page):
        info, text = found[1].split(), found[2]
        facts = dict(word.split("=", 1) for word in info if "=" in word)
        if "file" in facts:
            path = tmp_path / facts["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for command in re.findall(r"^\$ (.+)$", text, re.MULTILINE) if "exit" in facts else ():
            done = run(command, tmp_path)
            assert done.returncode == int(facts["exit"]), f"$ {command}\n{done.stdout}{done.stderr}"
            answer = done.stderr if "errors" in info else done.stdout
            if not {"output", "errors"} & set(info):
                continue
            shown = f"$ {command}\n{answer}".rstrip("\n") + "\n"
            if regenerate:
                written += f"{page[at : found.start()]}```{found[1]}\n{shown}```"
                at = found.end()
            else:
                assert settled(text) == settled(shown), "pytest tests/test_guide.py --force-regen writes it anew"
    if regenerate:
        GUIDE.write_text(written + page[at:], encoding="utf-8")
