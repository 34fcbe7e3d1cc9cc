"""Recovered values against those of the state after the apply: with real names for symbols, they are the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from planguard.access.pattern import is_symbol, symbol_name
from planguard.graph.build import build_graph
from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER, BEFORE, Resource
from planguard.plan.saved import SavedPlan, SourceModule
from planguard.plan.source import load_source, plan_document
from planguard.plan.unknown import has_unknown, is_unknown
from planguard.schema.table import resource_schema
from planguard.sources import PlanSource, plan_source
from tests.conftest import FIXTURES, plan_from

HERE = Path(__file__).parent / "recovered"
"""Made as the fixtures are: a create plan, and the state after its apply."""
STACK = FIXTURES / "stacks"
DOCUMENTS = ("policy", "assume_role_policy", "json", "minified_json")


def state_of(path: Path) -> dict[str, dict[str, Any]]:
    """The values of every instance of a state."""
    pending = [json.loads(path.read_bytes())["values"]["root_module"]]
    found: dict[str, dict[str, Any]] = {}
    while pending:
        module = pending.pop()
        found |= {one["address"]: one["values"] for one in module.get("resources", [])}
        pending += module.get("child_modules", [])
    return found


def graph_of(plan: Path, source: Path | None) -> Graph:
    given = PlanSource(load_source(source)) if source is not None else None
    return build_graph(plan_from(plan.read_bytes()), given)


def open_attributes(graph: Graph) -> Iterator[tuple[Resource, str]]:
    """Every attribute of which the plan does not know all."""
    for node in graph.nodes:
        if node.in_after:
            resource = graph.view(node, AFTER)
            yield from ((resource, name) for name, value in resource.values.items() if has_unknown(value))


def settled(value: Any, state: dict[str, dict[str, Any]]) -> Any:
    """A recovered value with what its symbols turned out to be."""
    if isinstance(value, dict):
        return {settled(name, state): settled(inner, state) for name, inner in value.items()}
    if isinstance(value, list):
        return [settled(inner, state) for inner in list.__iter__(value)]
    if isinstance(value, str):
        return "".join(_real(char, state) if is_symbol(char) else char for char in str.__str__(value))
    return value


def _real(char: str, state: dict[str, dict[str, Any]]) -> str:
    address, _, attribute = symbol_name(char).rpartition(".")
    return str(state[address][attribute])


def comparable(value: Any) -> Any:
    """JSON texts as what they say, sets in one order."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        return comparable(json.loads(value))
    if isinstance(value, dict):
        return {name: comparable(inner) for name, inner in sorted(value.items())}
    if isinstance(value, list):
        return sorted(map(comparable, value), key=str)
    return value


@pytest.mark.parametrize(
    ("plan", "source", "least"),
    [(HERE, HERE, 27), (STACK / "aws-shop-dev", STACK / "src/aws-shop", 60)],
    ids=["policies of every shape", "a stack"],
)
def test_what_is_recovered_comes_true(plan: Path, source: Path, least: int) -> None:
    state = state_of(plan / "state.json")
    right = 0
    for resource, name in open_attributes(graph_of(plan / "plan.json", source)):
        found = resource.recovered(name)
        if name in DOCUMENTS and found is not None:
            found = resource.recovered_json(name)
        if found is not None and not has_unknown(found):
            assert comparable(settled(found, state)) == comparable(state[resource.address][name]), resource.address
            right += 1
    assert right >= least


def test_every_policy_is_recovered() -> None:
    graph = graph_of(HERE / "plan.json", HERE)
    missing = {
        resource.address
        for resource, name in open_attributes(graph)
        if name in DOCUMENTS and resource.node.block and resource.node.block.sets((name,))
        if has_unknown(resource.recovered_json(name)) or resource.recovered_json(name) is None
    }
    assert missing == set()


def test_a_text_and_its_document_agree() -> None:
    for resource, name in open_attributes(graph_of(HERE / "plan.json", HERE)):
        text = resource.recovered(name) if name in DOCUMENTS else None
        if text is not None:
            assert json.loads(str.__str__(text)) == resource.recovered_json(name)


def test_without_source_nothing_is_told() -> None:
    for resource, name in open_attributes(graph_of(HERE / "plan.json", None)):
        assert resource.recovered(name) is None
        assert resource.recovered_json(name) is None


def test_source_of_something_else_tells_nothing() -> None:
    for resource, name in open_attributes(graph_of(HERE / "plan.json", STACK / "src/aws-shop")):
        assert resource.recovered(name) is None


def test_what_the_plan_knows_is_handed_on() -> None:
    graph = graph_of(HERE / "plan.json", None)
    role = graph.view(next(node for node in graph.nodes if node.address == "aws_iam_role.r"), AFTER)
    assert role.recovered("name_prefix") == "r"
    assert role.recovered("no_such_attribute") is None
    assert role.recovered_json("inline_policy[0].policy") == role.json("inline_policy[0].policy")


def test_the_state_before_has_nothing_to_recover() -> None:
    graph = graph_of(STACK / "aws-shop-dev/plan-update.json", STACK / "src/aws-shop")
    before = [graph.view(node, BEFORE) for node in graph.nodes if node.in_before]
    assert before
    assert all(one.recovered(name) == value for one in before for name, value in one.values.items())


def test_nested_paths_lead_into_blocks() -> None:
    graph = graph_of(HERE / "plan.json", HERE)
    role = graph.view(next(node for node in graph.nodes if node.address == "aws_iam_role.r"), AFTER)
    blocks = role.recovered("inline_policy")
    assert isinstance(blocks, list)
    assert [one["name"] for one in blocks] == ["also", "in"]
    document = role.recovered_json("inline_policy[1].policy")
    assert isinstance(document, dict)
    (statement,) = document["Statement"]
    assert symbol_name(statement["Resource"]) == "aws_kms_key.k.arn"
    assert role.recovered_json("inline_policy[7].policy") is None


def test_a_rule_that_asks_learns_that_a_change_may_have_told_it() -> None:
    graph = graph_of(HERE / "plan.json", HERE)
    resource, name = next((one, name) for one, name in open_attributes(graph) if name == "policy")
    for _ in range(2):
        graph.touched_change = False
        resource.recovered(name)
        assert graph.touched_change


def test_nothing_is_evaluated_before_somebody_asks() -> None:
    graph = graph_of(HERE / "plan.json", HERE)
    resource, name = next((one, name) for one, name in open_attributes(graph) if one.is_data)
    assert "recovery" not in vars(graph)
    assert is_unknown(resource.values["json"])
    assert resource.recovered(name) is not None
    assert "recovery" in vars(graph)


def test_a_saved_plan_carries_its_source_and_workspace() -> None:
    files = {
        "main.tf": b"""
resource "aws_s3_bucket" "b" {}
module "m" {
  source = "example.com/far/away"
  arn    = aws_s3_bucket.b.arn
}
"""
    }
    inner = {
        "main.tf": b"""
variable "arn" {}
resource "aws_iam_policy" "p" {
  policy = jsonencode([terraform.workspace, var.arn, path.module])
}
"""
    }
    source = {"": SourceModule(".", files=files), "m": SourceModule(".terraform/modules/m", files=inner)}
    given = plan_source(SavedPlan(b"", workspace="blue", source=source), None, None)
    assert given is not None
    plan = plan_from(msgspec.json.encode(plan_document(given._source, table=resource_schema)))
    graph = build_graph(plan, given)
    (policy,) = graph.resources("aws_iam_policy", AFTER)
    found = policy.recovered_json("policy")
    assert isinstance(found, list)
    assert found[0] == "blue"
    assert symbol_name(found[1]) == "aws_s3_bucket.b.arn"
    assert found[2] == ".terraform/modules/m"
