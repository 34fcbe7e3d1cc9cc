"""From two configurations to the plan that leads from one to the other."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from planguard.errors import PlanError
from planguard.testing.transition import transition_plan
from tests.testing.hcl import small_plan

KEY = 'resource "aws_kms_key" "k" {\nrotated = true\n}\n'
BUCKET = 'resource "aws_s3_bucket" "b" {\nkey_arn = aws_kms_key.k.arn\nversions = 1\n}\n'


def changes(before: str, after: str, **replaces: str) -> dict[str, dict[str, Any]]:
    wanted = {name.replace("__", "."): path for name, path in replaces.items()}
    plan = transition_plan(
        small_plan(before, "before"), small_plan(re.split("removed|moved", after)[0], "after"), after, wanted
    )
    return {one["address"]: one for one in json.loads(plan)["resource_changes"]}


def actions(found: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    return {address: one["change"]["actions"] for address, one in found.items()}


def test_what_stays_is_known_and_what_it_refers_to_as_well() -> None:
    found = changes(KEY + BUCKET, KEY + BUCKET)
    assert actions(found) == {"aws_kms_key.k": ["no-op"], "aws_s3_bucket.b": ["no-op"]}
    bucket = found["aws_s3_bucket.b"]["change"]
    assert bucket["after"] == bucket["before"]
    assert bucket["after"]["key_arn"] == found["aws_kms_key.k"]["change"]["after"]["arn"] == "example:aws_kms_key.k"
    assert bucket["after_unknown"] == {"id": False, "arn": False, "key_arn": False}


def test_what_comes_from_something_new_is_unknown() -> None:
    found = changes('resource "aws_s3_bucket" "b" {\nversions = 1\n}\n', KEY + BUCKET)
    assert actions(found) == {"aws_kms_key.k": ["create"], "aws_s3_bucket.b": ["update"]}
    bucket = found["aws_s3_bucket.b"]["change"]
    assert bucket["after_unknown"] == {"id": False, "arn": False, "key_arn": True}
    assert "key_arn" not in bucket["after"]
    assert bucket["after"]["id"] == bucket["before"]["id"] == "example:aws_s3_bucket.b"


def test_deleted_created_updated() -> None:
    found = changes(KEY + BUCKET, BUCKET.replace("versions = 1", "versions = 2").replace("aws_kms_key.k.arn", '"a"'))
    assert actions(found) == {"aws_s3_bucket.b": ["update"], "aws_kms_key.k": ["delete"]}
    assert found["aws_kms_key.k"]["change"]["after"] is None
    assert found["aws_kms_key.k"]["change"]["before"]["rotated"] is True


def test_replaced() -> None:
    found = changes(KEY + BUCKET, KEY + BUCKET, aws_kms_key__k="rotated")
    key = found["aws_kms_key.k"]
    assert key["change"]["actions"] == ["delete", "create"]
    assert key["change"]["replace_paths"] == [["rotated"]]
    assert key["change"]["after_unknown"] == {"id": True, "arn": True}
    assert found["aws_s3_bucket.b"]["change"]["after_unknown"]["key_arn"] is True


def test_replacing_what_is_not_in_both_is_refused() -> None:
    with pytest.raises(PlanError, match="is not in both"):
        changes(KEY, KEY, aws_kms_key__other="rotated")


def test_forgotten_and_moved() -> None:
    forgotten = "removed {\n from = aws_kms_key.k\n lifecycle {\n destroy = false\n }\n}\n"
    assert actions(changes(KEY, forgotten)) == {"aws_kms_key.k": ["forget"]}
    moved = KEY.replace('"k"', '"new"') + "moved {\n from = aws_kms_key.k\n to = aws_kms_key.new\n}\n"
    found = changes(KEY, moved)
    assert actions(found) == {"aws_kms_key.new": ["no-op"]}
    assert found["aws_kms_key.new"]["previous_address"] == "aws_kms_key.k"
