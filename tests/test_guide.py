"""The guides, each followed word for word in an empty folder.

``AAAA… NAME`` in a file stands for the public key of NAME, as made on the way. Blocks with ``file=PATH`` are written,
blocks with ``exit=N`` are run, in the order of the page. With ``output`` or ``errors`` the command's standard output
or error has to stand in the block; ``--force-regen`` writes it there.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import FIXTURES, ROOT

GUIDES = [ROOT / "docs" / name for name in ("waivers.md", "writing-rules.md")]
PROGRAMS = ("git", "sed", "ssh-keygen")
KEY = re.compile(r"ssh-ed25519 AAAA… (\w+)@\S+?(?=[\s\"])")
BLOCK = re.compile(r"^```([^\n`]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    left_out = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    program, *words = shlex.split(command)
    words = [found for word in words for found in _meant(folder, word)]
    assert program == "planguard" or program in PROGRAMS
    command = [sys.executable, "-m", "planguard"] if program == "planguard" else [program]
    return subprocess.run(
        [*command, *words],
        cwd=folder,
        env=kept | {"PLANGUARD_CACHE_DIR": str(folder / "cache")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _meant(folder: Path, word: str) -> list[str]:
    """The files that a word stands for, as a shell would have it; else the word itself."""
    if "*" not in word:
        return [word]
    return sorted(found.relative_to(folder).as_posix() for found in folder.glob(word))


def _with_keys(text: str, folder: Path) -> str:
    return KEY.sub(lambda found: (folder / f"{found[1]}.pub").read_text().strip(), text)


def settled(text: str) -> str:
    """An output without what changes with every new rule of the built-in pack."""
    return re.sub(r"^ledger .*?^(?=(allow|warn|block)  )", "ledger\n", text.rstrip(), flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_the_guide_holds(guide: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    (tmp_path / "fixtures").symlink_to(FIXTURES)
    page = guide.read_text(encoding="utf-8")
    missing = [name for name in PROGRAMS if f"$ {name} " in page and shutil.which(name) is None]
    if missing:
        pytest.skip(f"{guide.name} needs {', '.join(missing)} on PATH")
    regenerate = request.config.getoption("force_regen")
    written, at = "", 0
    for found in BLOCK.finditer(page):
        info, text = found[1].split(), found[2]
        facts = dict(word.split("=", 1) for word in info if "=" in word)
        if "file" in facts:
            path = tmp_path / facts["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_with_keys(text, tmp_path), encoding="utf-8")
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
        guide.write_text(written + page[at:], encoding="utf-8")
