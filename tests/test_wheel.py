"""The wheel, as users get it: built once, installed far from the checkout, and asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from planguard.version import __version__
from tests.conftest import FIXTURES, ROOT

PLANS = ("kubernetes/plan.json", "stacks/aws-shop-prod/plan-update.json")


def run(*words: str | Path, cwd: Path, code: int | None = 0) -> str:
    """What a program prints; its exit code must be the one that is expected (None: any)."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PLANGUARD_CACHE_DIR")}
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, env=kept, capture_output=True, text=True, timeout=600, check=False
    )
    assert code is None or done.returncode == code, done.stdout + done.stderr
    return done.stdout


def built(folder: Path) -> Path:
    """The wheel of this checkout."""
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    [wheel] = folder.glob("planguard-*.whl")
    return wheel


def installed(wheel: Path, home: Path) -> Path:
    """The command, in an environment that has nothing but the wheel and what it needs."""
    run(sys.executable, "-m", "venv", "--without-pip", home / "venv", cwd=home)
    programs = home / "venv" / ("Scripts" if os.name == "nt" else "bin")
    pip = (sys.executable, "-m", "pip", "--python", programs / "python", "--disable-pip-version-check")
    run(*pip, "install", "--no-compile", wheel, cwd=home)
    return programs / "planguard"


def assert_holds_the_rules_and_no_tests(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    root = ROOT / "rules"
    rules = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.suffix in (".py", ".yaml", ".yml")}
    assert rules <= {name.removeprefix("planguard/rules/") for name in names}
    assert "planguard/py.typed" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"planguard"}
    assert not any(Path(name).name.startswith("test_") for name in names)


def assert_needs_no_parser(python: Path, folder: Path) -> None:
    """The wheel carries the index of its rules: even the very first call parses none."""
    program = (
        "import os, sys\n"
        "os.environ['PLANGUARD_CACHE_DIR'] = ''\n"
        "from planguard.cli.main import run\n"
        f"run(['check', {str(FIXTURES / 'noop' / 'plan.json')!r}])\n"
        "print(*sorted({'yaml', 'jmespath'} & sys.modules.keys()), file=sys.stderr)\n"
        "sys.exit(bool({'yaml', 'jmespath'} & sys.modules.keys()))\n"
    )
    run(python, "-c", program, cwd=folder)


def test_the_wheel_does_far_from_the_checkout_what_the_checkout_does(tmp_path: Path) -> None:
    # One test: where tests run in parallel, the wheel is still built and installed once.
    wheel = built(tmp_path)
    assert_holds_the_rules_and_no_tests(wheel)
    command = installed(wheel, tmp_path)
    assert run(command, "--version", cwd=tmp_path) == f"planguard {__version__}\n"
    here = (sys.executable, "-m", "planguard")
    words: tuple[str | Path, ...] = ("rules", "list", "--format", "json")
    listed = json.loads(run(command, *words, cwd=tmp_path))
    assert listed
    assert listed == json.loads(run(*here, *words, cwd=FIXTURES))
    assert_needs_no_parser(command.with_name("python"), tmp_path)
    for plan in PLANS:
        words = ("check", FIXTURES / plan, "--format", "json")
        expected = run(*here, *words, cwd=FIXTURES, code=None)
        assert json.loads(expected)["decisions"][0]["ledger"]["errors"] == 0
        assert run(command, *words, cwd=tmp_path, code=None) == expected
