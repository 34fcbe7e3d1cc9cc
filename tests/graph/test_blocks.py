"""What the configuration says of one of several blocks of a name, told by its index in the plan."""

from __future__ import annotations

from typing import Any

import pytest

from planguard.graph.resource import Resource
from planguard.plan.unknown import Undetermined
from tests.conftest import change, graph_from, plan_document

KEY = {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]}


def volume(elements: list[dict[str, Any]], masks: list[Any], blocks: list[dict[str, Any]]) -> Resource:
    """A resource with blocks `disk`, and the key that they refer to."""
    document = plan_document(
        change("aws_kms_key.k", ["create"], None, {}, after_unknown={"arn": True}),
        change("aws_volume.v", ["create"], None, {"disk": elements}, after_unknown={"disk": masks}),
        configuration={
            "root_module": {
                "resources": [
                    {"address": "aws_kms_key.k", "mode": "managed", "type": "aws_kms_key", "name": "k"},
                    {
                        "address": "aws_volume.v",
                        "mode": "managed",
                        "type": "aws_volume",
                        "name": "v",
                        "expressions": {"disk": blocks},
                    },
                ]
            }
        },
    )
    [found] = graph_from(document).resources("aws_volume", "after")
    return found


def constant(value: Any) -> dict[str, Any]:
    return {"constant_value": value}


def test_a_key_of_one_block_is_none_of_its_sibling() -> None:
    blocks = [{"name": constant("a"), "key": KEY}, {"name": constant("b")}]
    found = volume([{"name": "a"}, {"name": "b"}], [{"key": True}, {"key": True}], blocks)
    assert found.is_set("disk[0].key")
    assert not found.is_set("disk[1].key")
    assert found.effective("disk[1].key", "default") == "default"


def test_elements_of_a_set_are_told_apart_by_their_constants() -> None:
    blocks = [{"name": constant("b"), "key": KEY}, {"name": constant("a")}]
    found = volume([{"name": "a"}, {"name": "b"}], [{"key": True}, {"key": True}], blocks)
    assert not found.is_set("disk[0].key")
    assert found.is_set("disk[1].key")


def test_where_either_block_may_be_meant_nobody_can_say() -> None:
    blocks = [{"size": {"references": ["var.s"]}, "key": KEY}, {"size": {"references": ["var.t"]}}]
    found = volume([{"size": 1}, {"size": 2}], [{"key": True}, {"key": True}], blocks)
    for path in ("disk[0].key", "disk[1].key"):
        with pytest.raises(Undetermined):
            found.is_set(path)


def test_a_block_that_the_configuration_does_not_show_may_set_anything() -> None:
    found = volume(
        [{"name": "a"}, {"name": "b"}], [{"key": True}, {"key": True}], [{"name": constant("a"), "key": KEY}]
    )
    with pytest.raises(Undetermined):
        found.is_set("disk[1].key")


def test_a_value_of_every_block() -> None:
    blocks = [{"key": KEY}, {"key": KEY}]
    found = volume([{}, {}], [{"key": True}, {"key": True}], blocks)
    assert found.is_set("disk[0].key")
    assert found.is_set("disk[1].key")
