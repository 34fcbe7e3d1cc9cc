"""The pages on access and exposure name every code, every assumption, every type and every rule that there is."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

from planguard.engine.ruleset import RuleSet
from scripts.write_analysed_types import PAGE, page
from tests.conftest import ROOT

ACCESS, EXPOSURE = (
    (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("access", "exposure")
)  # fmt: skip
TABLES = [
    "planguard.exposure.assumptions",
    *(f"planguard.exposure.{cloud}.assumption" for cloud in ("azure", "google", "kubernetes")),
]


@pytest.mark.parametrize("name", ["ASSUMPTIONS", "MISSING"])
def test_every_code_of_exposure_stands_with_its_sentence(name: str) -> None:
    told = {code: text for table in TABLES for code, text in getattr(import_module(table), name).items()}
    section = "## Assumptions" if name == "ASSUMPTIONS" else "## What is missing"
    rows = EXPOSURE.partition(section)[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", rows, re.MULTILINE) == sorted(told.items())


def codes_in(path: Path) -> set[str]:
    """The codes of the gaps that a module makes."""
    module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Gap" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant):
                found.add(first.value)
            elif isinstance(first, ast.Name) and hasattr(module, first.id):
                found.add(getattr(module, first.id))
    return found


def test_every_code_of_access_is_explained() -> None:
    found = set().union(*map(codes_in, (ROOT / "planguard" / "access").rglob("*.py")))
    explained = set(re.findall(r"`([a-z-]+)`", ACCESS.partition("## Codes")[2]))
    assert found - explained == set()
    assert "policy-unknown" in found


def test_the_types_are_those_that_are_read() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_rule_on_the_analyses_is_named(builtin_rules: RuleSet) -> None:
    asking = {
        "access": re.compile(r"rules/identity/\w+_access_\w+\.py"),
        "exposure": re.compile(r"rules/network/exposure_\w+\.py"),
    }
    for analysis, text in (("access", ACCESS), ("exposure", EXPOSURE)):
        rules = [rule.id for rule in builtin_rules.rules if asking[analysis].search(str(rule.file))]
        assert rules
        assert [one for one in rules if f"`{one}`" not in text] == []
