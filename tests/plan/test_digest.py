"""What a digest is the same for, and what it notices."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planguard.plan.digest import Context, Digests
from tests.conftest import FIXTURES, plan_from


def digest(document: dict[str, Any] | bytes, **purpose: str | None) -> str:
    return Digests(plan_from(document)).of_plan(Context(**purpose))


STORED = json.loads((FIXTURES / "stacks/aws-shop-prod/plan-update.json").read_bytes())


def changed(path: list[str | int], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(STORED)
    part = document
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return document


def index_of(address: str) -> int:
    return next(i for i, one in enumerate(STORED["resource_changes"]) if one["address"] == address)


def test_formatting_does_not_count() -> None:
    assert digest(json.dumps(STORED, indent=2).encode()) == digest(STORED)
    assert digest(json.dumps(STORED, sort_keys=True, ensure_ascii=False).encode()) == digest(STORED)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["timestamp"], "2031-01-01T00:00:00Z"),
        (["terraform_version"], "1.11.5"),
        (["planned_values"], {}),
        (["relevant_attributes"], []),
        (["format_version"], "1.3"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) and value else None,
)
def test_what_differs_between_two_runs_does_not_count(path: list[str | int], value: Any) -> None:
    assert digest(changed(path, value)) == digest(STORED)


def test_the_order_of_changes_does_not_count() -> None:
    assert digest({**STORED, "resource_changes": STORED["resource_changes"][::-1]}) == digest(STORED)


BASTION = index_of("aws_security_group.bastion")
METRICS = index_of("aws_vpc_security_group_ingress_rule.metrics")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["resource_changes", METRICS, "change", "after", "from_port"], 9101),
        (["resource_changes", METRICS, "change", "actions"], ["update"]),
        (["resource_changes", BASTION, "change", "replace_paths"], [["vpc_id"]]),
        (["resource_changes", BASTION, "change", "before", "name"], "other"),
        (["resource_changes", METRICS, "change", "after_unknown", "description"], True),
        (["resource_changes", METRICS, "address"], "aws_vpc_security_group_ingress_rule.other"),
        (["complete"], False),
    ],
    ids=lambda value: str(value[-1]) if isinstance(value, list) and value and isinstance(value[-1], str) else None,
)
def test_what_the_apply_would_do_counts(path: list[str | int], value: Any) -> None:
    assert digest(changed(path, value)) != digest(STORED)


def test_what_the_plan_is_for_counts() -> None:
    found = {
        digest(STORED),
        digest(STORED, workspace="prod"),
        digest(STORED, workspace="dev"),
        digest(STORED, project="prod"),
        digest(STORED, environment="prod"),
    }
    assert len(found) == 5


def test_an_unchanged_resource_does_not_count() -> None:
    quiet = next(i for i, one in enumerate(STORED["resource_changes"]) if one["change"]["actions"] == ["no-op"])
    rest = [one for i, one in enumerate(STORED["resource_changes"]) if i != quiet]
    assert digest({**STORED, "resource_changes": rest}) == digest(STORED)


def test_a_sensitive_value_enters_only_as_there() -> None:
    def plan(secret: str | None) -> dict[str, Any]:
        detail = {
            "actions": ["create"],
            "before": None,
            "after": {"password": secret},
            "after_sensitive": {"password": True},
        }
        entry = {"address": "aws_x.y", "mode": "managed", "type": "aws_x", "name": "y", "change": detail}
        return {"format_version": "1.2", "resource_changes": [entry]}

    assert digest(plan("one")) == digest(plan("two"))
    assert digest(plan("one")) != digest(plan(None))


NUMBERS = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False))


@given(NUMBERS)
def test_a_number_has_one_spelling(number: float) -> None:
    def plan(text: str) -> bytes:
        return (
            b'{"format_version":"1.2","resource_changes":[{"address":"aws_x.y","mode":"managed","type":"aws_x",'
            b'"name":"y","change":{"actions":["create"],"before":null,"after":{"n":' + text.encode() + b"}}}]}"
        )

    spellings = {json.dumps(number)}
    if isinstance(number, int):
        spellings |= {f"{number}.0", f"{number}e0"} if abs(number) < 2**53 else set()
    assert len({digest(plan(text)) for text in spellings}) == 1
