"""Imports run one way, and the way to a decision stays short."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import FIXTURES, ROOT

PACKAGE = ROOT / "planguard"
LAYERS = (
    ("errors", "version", "yaml_file", "schema"),
    ("plan",),
    ("graph",),
    ("access",),
    ("exposure",),
    ("engine",),
    ("decision",),
    ("reports",),
    ("testing",),
    ("sources", "check", "scan", "law"),
    ("cli", "__main__"),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
HEAVY = ("typer", "rich", "pydantic", "yaml", "jmespath", "hcl2")
LATE = (
    "cli/app.py",
    "cli/app_access.py",
    "cli/app_policy.py",
    "cli/app_waiver.py",
    "decision/policy_model.py",
    "decision/waivers/waiver.py",
    "decision/yaml_model.py",
)
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports_of(tree: ast.AST, top: bool = True) -> Iterator[tuple[str, int, bool]]:
    """Each module that is imported, its line, and whether that happens when the module itself is imported."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno, top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.lineno, top
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from ((name, line, False) for name, line, _ in imports_of(node, top))
        else:
            yield from imports_of(node, top and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def layer(module: str) -> str:
    return module.split(".")[1] if "." in module else module


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_run_one_way(path: Path) -> None:
    here = path.relative_to(PACKAGE).with_suffix("").parts[0]
    if here == "__init__":  # the public names, from everywhere
        return
    for name, line, _ in imports_of(ast.parse(path.read_text(encoding="utf-8"))):
        if name.startswith("planguard."):
            assert RANK[layer(name)] <= RANK[here], f"{path.relative_to(ROOT)}:{line} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_what_is_heavy_is_imported_when_it_is_needed(path: Path) -> None:
    # The command line with its help, and the models of policy and waivers, are imported when they are needed.
    if path.relative_to(PACKAGE).as_posix() in LATE:
        return
    for name, line, top in imports_of(ast.parse(path.read_text(encoding="utf-8"))):
        assert not (top and name.split(".")[0] in HEAVY), f"{path.relative_to(ROOT)}:{line} imports {name}"


def test_every_module_has_its_layer() -> None:
    there = {path.relative_to(PACKAGE).with_suffix("").parts[0] for path in MODULES} - {"__init__", "rules"}
    assert there == set(RANK)


def test_a_check_with_a_warm_index_imports_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from planguard.cli.main import run\n"
        "code = run(sys.argv[1:])\n"
        f"print(code, *sorted({HEAVY!r} & sys.modules.keys()), file=sys.stderr)\n"
    ).replace(repr(HEAVY), repr(set(HEAVY)))
    words = [sys.executable, "-c", program, "check", "noop/plan.json"]
    surroundings = {**os.environ, "PLANGUARD_CACHE_DIR": str(tmp_path)}
    told = [
        subprocess.run(words, cwd=FIXTURES, env=surroundings, capture_output=True, text=True, check=True).stderr
        for _ in range(2)
    ]
    assert told[1].split()[1:] == []
    assert told[0].split()[0] == told[1].split()[0]


@pytest.mark.parametrize(
    ("plan", "cloud"),
    [
        ("stacks/aws-shop-prod/plan.json", "aws"),
        ("stacks/azure-landing-prd/plan-update.json", "azure"),
        ("stacks/gcp-analytics-prod/plan.json", "google"),
        ("whiteboard/gcp-gke-sql/plan-update.json", "google"),
    ],
)
def test_a_plan_of_one_cloud_imports_the_analyses_of_no_other(plan: str, cloud: str, tmp_path: Path) -> None:
    program = (
        "import sys\nfrom planguard.cli.main import run\nrun(sys.argv[1:])\nprint(*sys.modules, file=sys.stderr)\n"
    )
    words = [sys.executable, "-c", program, "check", plan]
    surroundings = {**os.environ, "PLANGUARD_CACHE_DIR": str(tmp_path)}
    # The first run reads all rules, to know which are about what.
    for _ in range(2):
        done = subprocess.run(words, cwd=FIXTURES, env=surroundings, capture_output=True, text=True, check=True)
    said = done.stderr.split()
    of = {(name.split(".")[1], name.split(".")[2]) for name in said if name.count(".") > 2}
    for analysis in ("access", "exposure"):
        asked = {other for name, other in of if name == analysis}
        assert cloud in asked
        assert asked & {"aws", "azure", "google", "kubernetes"} == {cloud}
