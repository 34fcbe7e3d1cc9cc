"""What tests share: plans from fixtures, and the way from a plan to its findings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from planguard.engine.evaluate import evaluate
from planguard.engine.finding import Findings
from planguard.engine.pack import builtin_root, load_pack
from planguard.engine.ruleset import RuleSet, select_rules
from planguard.graph.build import build_graph
from planguard.graph.graph import Graph
from planguard.plan.kind import recognise
from planguard.plan.plan import Plan, plan_of

hypothesis.settings.register_profile("planguard", deadline=None)
hypothesis.settings.load_profile("planguard")

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"


def plan_from(document: dict[str, Any] | bytes, place: str = "plan.json") -> Plan:
    """A plan from a document, or from its bytes."""
    data = document if isinstance(document, bytes) else json.dumps(document, separators=(",", ":")).encode()
    return plan_of(place, recognise(data, place))


def graph_from(document: dict[str, Any] | bytes) -> Graph:
    """The graph of a plan."""
    return build_graph(plan_from(document))


def change(address: str, actions: list[str], before: Any = None, after: Any = None, **more: Any) -> dict[str, Any]:
    """One entry of ``resource_changes``, as terraform writes it, with what the test does not care about filled in."""
    name = address.split("[", 1)[0].split(".")
    detail = {"actions": actions, "before": before, "after": after}
    for key in ("after_unknown", "before_sensitive", "after_sensitive", "replace_paths", "importing"):
        if key in more:
            detail[key] = more.pop(key)
    entry: dict[str, Any] = {
        "address": address,
        "mode": "managed",
        "type": name[-2],
        "name": name[-1],
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": detail,
        **more,
    }
    return entry


def plan_document(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A plan with these resource changes."""
    return {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": list(changes), **more}


@pytest.fixture(scope="session")
def builtin_rules() -> RuleSet:
    """The built-in pack, read once."""
    return select_rules([load_pack(builtin_root())])


@pytest.fixture(scope="session")
def findings_of(builtin_rules: RuleSet) -> Callable[[Path], Findings]:
    """The findings of the built-in rules on a stored plan."""
    return lambda path: evaluate(graph_from(path.read_bytes()), builtin_rules)


@pytest.fixture
def rule_pack(tmp_path: Path) -> Callable[..., RuleSet]:
    """A pack of one's own, from the text of a Python module or of a YAML file."""

    def make(python: str = "", yaml: str = "") -> RuleSet:
        root = tmp_path / "pack"
        root.mkdir(exist_ok=True)
        if python:
            (root / "own.py").write_text(python, encoding="utf-8")
        if yaml:
            (root / "own.yaml").write_text(yaml, encoding="utf-8")
        return select_rules([load_pack(root)])

    return make
