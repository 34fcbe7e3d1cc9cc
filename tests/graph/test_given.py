"""Whether a value that is not known yet was given at all: nulls, by themselves and handed through modules."""

from __future__ import annotations

from typing import Any

import pytest

from planguard.graph.resource import AFTER, Resource
from tests.conftest import change, graph_from, plan_document

KEY = ("kms_key_id",)
TYPE = "aws_ebs_volume"


def volume(expression: Any, *, variables: dict[str, Any] | None = None, module: Any = None) -> Resource:
    """A new volume whose key is not known, and is written so; in a module where its call is given."""
    block = {
        "address": f"{TYPE}.data",
        "mode": "managed",
        "type": TYPE,
        "name": "data",
        "expressions": {"kms_key_id": expression} if expression is not None else {},
    }
    inner = {"resources": [block]}
    root: Any = inner if module is None else {"module_calls": {"m": {"source": "./m", "module": inner, **module}}}
    address = f"{TYPE}.data" if module is None else f"module.m.{TYPE}.data"
    entry = change(address, ["create"], None, {"size": 8}, after_unknown={"kms_key_id": True})
    if module is not None:
        entry["module_address"] = "module.m"
    document = plan_document(entry, configuration={"root_module": root})
    document["variables"] = {name: {"value": value} for name, value in (variables or {}).items()}
    graph = graph_from(document)
    return graph.view(graph.nodes[0], AFTER)


VARIABLE = {"references": ["var.key"]}
RESOURCE = {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]}


@pytest.mark.parametrize(
    "one",
    [
        volume(None),
        volume({"constant_value": None}),
        volume(VARIABLE, variables={"key": None}),
        volume({"references": ["var.key", "var.other", "path.module"]}, variables={"key": None, "other": 1}),
        volume(VARIABLE, module={}),
        volume(VARIABLE, module={"expressions": {"key": {"constant_value": None}}}),
        volume(VARIABLE, module={"expressions": {"key": {"references": ["var.outer"]}}}, variables={"outer": None}),
    ],
    ids=["nothing said", "null", "a variable", "variables", "a default", "a null argument", "through a module"],
)
def test_what_can_only_be_null_is_left_to_the_provider(one: Resource) -> None:
    assert one.is_unset(KEY)
    assert one.is_given(KEY) is False
    assert one.is_left_to_provider("kms_key_id")
    assert one.effective("kms_key_id", "the default") == "the default"


@pytest.mark.parametrize(
    "one",
    [
        volume(VARIABLE),
        volume(RESOURCE),
        volume({"references": ["var.key", "aws_kms_key.k.arn"]}, variables={"key": None}),
        volume({"references": ["local.key"]}, variables={"key": None}),
        volume({"references": ["each.value"]}),
        volume(VARIABLE, module={"expressions": {"key": RESOURCE}}),
        volume(VARIABLE, module={"expressions": {"key": {}}}),
    ],
    ids=["no such variable", "a resource", "either", "a local", "each.value", "a resource as argument", "a function"],
)
def test_what_may_come_from_elsewhere_is_not(one: Resource) -> None:
    assert not one.is_unset(KEY)
    assert not one.is_left_to_provider("kms_key_id")


def test_what_differs_each_time_is_there() -> None:
    assert volume({}).is_given(KEY) is True
    assert volume(VARIABLE).is_given(KEY) is None
