"""The plug-in and the helper for pytest, each in a run of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.testing.conftest import PACKS

pytest_plugins = ["pytester"]
LOADED = (
    ()
    if [one for one in entry_points(group="pytest11") if one.name == "planguard"]
    else ("-p", "planguard.testing.pytest_plugin")
)


@pytest.fixture
def packs(pytester: pytest.Pytester) -> pytest.Pytester:
    shutil.copytree(PACKS, pytester.path / "packs", ignore=shutil.ignore_patterns("__pycache__"))
    return pytester


def run(pytester: pytest.Pytester, *words: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess(*LOADED, "-p", "no:cacheprovider", *words)


def test_one_item_for_each_example(packs: pytest.Pytester) -> None:
    done = run(packs, "--planguard-rules", "packs/good", "-v")
    done.assert_outcomes(passed=7)
    done.stdout.fnmatch_lines(
        [
            "packs/good/own.py::own-port-open::bad::ssh PASSED*",
            "packs/good/own.yaml::own-volume-unencrypted::undetermined::decided elsewhere PASSED*",
        ]
    )


def test_one_example_by_its_id(packs: pytest.Pytester) -> None:
    run(packs, "--planguard-rules", "packs/good", "packs/good/own.py::own-port-open::bad").assert_outcomes(passed=2)


def test_a_failure_says_what_was_expected(packs: pytest.Pytester) -> None:
    done = run(packs, "--planguard-rules", "packs/miss")
    done.assert_outcomes(passed=2, failed=6)
    done.stdout.fnmatch_lines(
        [
            "*own-volume-unencrypted::good::two that are not*",
            "  expected  no violation, and nothing undetermined",
            "  got       violation: aws_ebs_volume.data encrypted: encrypted is false",
        ]
    )
    done.stdout.no_fnmatch_line("*Traceback*")


def test_a_kind_that_is_missing_fails(packs: pytest.Pytester) -> None:
    done = run(packs, "--planguard-rules", "packs/incomplete")
    done.assert_outcomes(passed=1, failed=3)
    done.stdout.fnmatch_lines(["the rule has no bad example", "the rule has no good example"])


def test_a_wrong_rule_file_is_an_error_of_one_sentence(packs: pytest.Pytester) -> None:
    done = run(packs, "--planguard-rules", "packs/wrong")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*own.yaml:9: `bad`: `in the clear` is no example", "help: *"])


def test_folders_from_the_ini_file(packs: pytest.Pytester) -> None:
    packs.makeini("[pytest]\nplanguard_rules = packs/good packs/ipv6\n")
    packs.makepyfile(test_one="def test_one(): pass")
    run(packs, "-q").assert_outcomes(passed=11)
    run(packs, "-q", "test_one.py").assert_outcomes(passed=1)
    run(packs, "-q", "test_one.py", "--planguard-rules", "packs/good").assert_outcomes(passed=8)


def test_the_helper_for_parametrize(packs: pytest.Pytester) -> None:
    packs.makepyfile(
        test_rules="""
        import pytest
        from planguard.testing import examples

        @pytest.mark.parametrize("example", examples("packs/good", "packs/miss"))
        def test_example(example):
            example()
        """
    )
    # The two packs have a rule of the same id; pytest numbers the ids that are the same.
    done = run(packs, "-v", "test_rules.py")
    done.assert_outcomes(passed=9, failed=6)
    done.stdout.fnmatch_lines(["test_rules.py::test_example[[]own-port-open::bad::ssh[]] PASSED*"])


def test_unused_it_imports_nothing_of_planguard_but_itself(tmp_path: Path) -> None:
    program = (
        "import sys, pytest\n"
        f"pytest.main([*{LOADED!r}, '-p', 'no:cacheprovider', '--co', '-q', '--rootdir', sys.argv[1], sys.argv[1]])\n"
        "print(*sorted(name for name in sys.modules if name.startswith('planguard.')), sep='\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    loaded = [line for line in done.stdout.splitlines() if line.startswith("planguard.")]
    assert loaded == ["planguard.testing", "planguard.testing.pytest_plugin", "planguard.version"]
