"""Whose a finding is: by address, module, tag and path, the first that fits."""

from __future__ import annotations

from typing import Any

import pytest

from planguard.decision.owner import Ownership
from planguard.decision.policy import Owner
from planguard.graph.node import Node
from tests.conftest import change, graph_from, plan_document
from tests.decision.waiving import ADDRESS, QUEUE, decided, open_queue, open_rule, plan, policy_text


def in_module(module: str, **after: Any) -> dict[str, Any]:
    return change(f"{module}.aws_x.y", ["create"], after=after, module_address=module)


def owner(entry: dict[str, Any], *owners: Owner, file: str | None = None) -> str | None:
    graph = graph_from(plan_document(entry))
    [node] = graph.nodes
    files = (lambda _: file) if file is not None else None
    return Ownership(owners, graph, files).of(node)


ROOT = change("aws_x.y", ["create"], after={"tags": {"Team": "payments", "Age": 3}})
NESTED = in_module("module.payments.module.queue")


@pytest.mark.parametrize(
    ("entry", "one", "fits"),
    [
        (ROOT, Owner("t", addresses=("aws_x.y",)), True),
        (ROOT, Owner("t", addresses=("aws_z.*", "aws_?.y")), True),
        (ROOT, Owner("t", addresses=("aws_x",)), False),
        (NESTED, Owner("t", modules=("module.payments",)), True),
        (NESTED, Owner("t", modules=("module.payments.module.queue",)), True),
        (NESTED, Owner("t", modules=("module.queue",)), False),
        (in_module("module.payments2"), Owner("t", modules=("module.payments",)), False),
        (in_module('module.payments["eu"]'), Owner("t", modules=("module.payments*",)), True),
        (ROOT, Owner("t", modules=("*",)), False),
        (ROOT, Owner("t", tags=(("Team", ("pay*",)),)), True),
        (ROOT, Owner("t", tags=(("Team", ("platform",)), ("Team", ("payments",)))), True),
        (ROOT, Owner("t", tags=(("team", ("payments",)),)), False),
        (ROOT, Owner("t", tags=(("Age", ("3",)),)), False),
        (ROOT, Owner("t", paths=("*",)), False),
        (ROOT, Owner("t"), False),
        (ROOT, Owner("t", addresses=("nothing",), tags=(("Team", ("payments",)),)), True),
    ],
)  # fmt: skip
def test_any_of_its_signs_is_enough(entry: dict[str, Any], one: Owner, fits: bool) -> None:
    assert owner(entry, one) == ("t" if fits else None)


def test_the_file_of_a_block_tells_where_there_is_source() -> None:
    one = Owner("t", paths=("modules/payments/*.tf",))
    assert owner(ROOT, one, file="modules/payments/main.tf") == "t"
    assert owner(ROOT, one, file="main.tf") is None


def test_the_first_that_fits_owns_it() -> None:
    first, second = Owner("a", addresses=("*",)), Owner("b", addresses=("aws_x.y",))
    assert owner(ROOT, first, second) == "a"
    assert owner(ROOT, second, first) == "b"
    assert owner(ROOT) is None


def test_what_is_deleted_belongs_to_whom_it_belonged() -> None:
    gone = change("aws_x.y", ["delete"], before={"tags": {"Team": "payments"}})
    assert owner(gone, Owner("t", tags=(("Team", ("payments",)),))) == "t"


def test_each_object_is_asked_once() -> None:
    graph = graph_from(plan_document(ROOT))
    asked: list[Node] = []

    def file_of(node: Node) -> str:
        asked.append(node)
        return "main.tf"

    ownership = Ownership([Owner("t", paths=("main.tf",))], graph, file_of)
    assert [ownership.of(graph.nodes[0]) for _ in range(3)] == ["t"] * 3
    assert len(asked) == 1


def test_every_finding_carries_its_owner() -> None:
    found = decided(plan(open_rule(), open_queue()))
    assert {one.address: one.owner for one in found.violations} == {ADDRESS: "platform", QUEUE: "payments"}
    without = decided(plan(), policy=policy_text(owners=[], identities={}, approvals=[]))
    assert [one.owner for one in without.violations] == [None]
