"""What the analysis of a plan says for certain is so: each witness is judged anew by the slow evaluator.

The plans are those of the fixtures, and stacks of a cloud each, before and after a change.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planguard.access.analysis import Entry, analyse_access
from planguard.access.holdings import holdings, key_of
from planguard.access.model import NO_ACCESS, Access
from planguard.graph.graph import Graph
from tests.access.reference_clauses import access_allows
from tests.conftest import FIXTURES, graph_from


def with_access() -> list[Path]:
    """The plans of the fixtures that hold something of who may do what."""
    signs = (b"aws_iam", b"_policy", b"role_assignment", b"_iam_", b"role_binding", b"access_entry")
    found = []
    for path in sorted(FIXTURES.rglob("*.json")):
        if {"errored", "hand-made"} & set(path.parts):  # plans that are refused, or that nobody made
            continue
        data = path.read_bytes()
        if b'"resource_changes"' in data and b'"format_version"' in data and any(sign in data for sign in signs):
            found.append(path)
    return found


PLANS = with_access()


def accesses(graph: Graph, entry: Entry) -> tuple[Access, Access]:
    """What the subject of an entry held before, and what it holds after."""
    key = key_of(entry.subject)
    before, after = (holdings(graph, name).by_key.get(key) for name in ("before", "after"))
    return before.access if before else NO_ACCESS, after.access if after else NO_ACCESS


def assert_confirmed(graph: Graph) -> int:
    """Every entry is what it says it is; how many there are."""
    found = analyse_access(graph)
    for entry in found.new:
        before, after = accesses(graph, entry)
        assert access_allows(after, entry.region.witness, "must"), entry
        assert not access_allows(before, entry.region.witness, "may"), entry
    for entry in found.removed:
        before, after = accesses(graph, entry)
        assert access_allows(before, entry.region.witness, "must"), entry
        assert not access_allows(after, entry.region.witness, "may"), entry
    for entry in found.possible:
        before, after = accesses(graph, entry)
        assert access_allows(after, entry.region.witness, "may"), entry
        assert not access_allows(before, entry.region.witness, "must"), entry
    return len(found.new) + len(found.removed) + len(found.possible)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_witnesses_in_plans_of_the_fixtures_are_confirmed(path: Path) -> None:
    assert_confirmed(graph_from(json.loads(path.read_bytes())))
