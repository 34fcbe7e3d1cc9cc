"""Whatever of a plan is not known yet: grants are told as far as they go, and nothing stops them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planguard.access.aws.grants import held_by
from planguard.access.model import RESOURCE, Held
from planguard.graph.resource import AFTER
from planguard.graph.snapshot import Snapshot
from tests.access.aws.plans import by_address, codes, graph_of, lines
from tests.conftest import FIXTURES, change, plan_document

STACK = FIXTURES / "stacks" / "aws-shop-dev" / "plan-update.json"


def after(document: dict[str, Any]) -> list[Held]:
    """What is held after a plan."""
    return held_by(Snapshot(graph_of(document), AFTER))


def without(document: dict[str, Any], address: str, name: str) -> dict[str, Any]:
    """The plan with one attribute of one resource known after apply only."""
    copy: dict[str, Any] = json.loads(json.dumps(document))
    detail = next(one["change"] for one in copy["resource_changes"] if one["address"] == address)
    detail["after"].pop(name)
    detail["after_unknown"] = {**(detail.get("after_unknown") or {}), name: True}
    return copy


@pytest.mark.parametrize("kind", ["aws_iam_", "aws_s3_", "aws_kms_", "aws_sns_"])
def test_no_attribute_that_becomes_unknown_stops_the_rest(kind: str) -> None:
    document = json.loads(STACK.read_bytes())
    subjects = {(one.subject.plane, one.subject.address) for one in after(document) if one.subject.plane != RESOURCE}
    for one in document["resource_changes"]:
        if one["type"].startswith(kind) and one["change"]["after"]:
            for name in list(one["change"]["after"]):
                found = after(without(document, one["address"], name))
                assert subjects <= {(held.subject.plane, held.subject.address) for held in found}


def test_a_bucket_policy_whose_bucket_nobody_knows_is_a_subject_of_its_own() -> None:
    policy = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}'
    found = by_address(
        after(
            plan_document(
                change("aws_s3_bucket_policy.b", ["create"], after={"policy": policy}, after_unknown={"bucket": True})
            )
        )
    )

    assert lines(found[RESOURCE, "aws_s3_bucket_policy.b"]) == ["allow * s3:* *"]


def test_an_attachment_whose_role_nobody_knows_stands_for_some_role() -> None:
    attachment = {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}
    [held] = after(
        plan_document(
            change(
                "aws_iam_role_policy_attachment.a",
                ["create"],
                after=attachment,
                after_unknown={"role": True},
            )
        )
    )

    assert held.subject.name == "role of aws_iam_role_policy_attachment.a"
    assert lines(held) == ["allow/upper * * *"]
    assert codes(held) == ["principal-unknown"]
