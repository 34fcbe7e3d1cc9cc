"""What is around an object: near things, both ways, few enough to look at."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from planguard.graph.build import build_graph
from planguard.plan.plan import Plan
from planguard.reports.graph_model import SCHEMA, GraphDocument, GraphEdge, GraphNode, graph_document
from planguard.reports.surroundings import MOST_OBJECTS, Neighbourhoods, pictures_of, surroundings, worth_a_picture
from tests.conftest import FIXTURES, change, plan_document, plan_from
from tests.reports.test_text import decision, violation

STACK = FIXTURES / "stacks" / "aws-shop-prod" / "plan.json"


def graph(*references: str, changed: str = "") -> GraphDocument:
    """A graph written as ``"a b"`` (a refers to b) or ``"a ?b"`` (perhaps)."""
    pairs = [one.split() for one in references]
    names = list(dict.fromkeys(name.lstrip("?") for pair in pairs for name in pair))
    nodes = [
        GraphNode(name, name, "x", "managed", "", "update", ["update"], True, True, name in changed.split())
        for name in names
    ]
    edges = [
        GraphEdge(source, target.lstrip("?"), "y", "possible" if "?" in target else "exact", "reference", True, True)
        for source, target in pairs
    ]
    return GraphDocument(SCHEMA, "plan.json", "1.11.4", len(nodes), len(nodes), nodes, edges)


def names(document: GraphDocument | None) -> str:
    assert document is not None
    return " ".join(sorted(node.id for node in document.nodes))


def around(document: GraphDocument, address: str, **more: Any) -> str:
    return names(Neighbourhoods(document).around(address, **more))


def test_both_directions_are_followed() -> None:
    assert around(graph("a b", "b c", "c d", "x y"), "b") == "a b c d"


def test_other_users_of_what_is_shared_stay_out() -> None:
    assert around(graph("me network", "other network", "third network"), "me") == "me network"


def test_what_it_refers_to_is_followed_to_the_end() -> None:
    assert around(graph("me subnet", "subnet network", "instance me", "alarm instance", "alarm topic"), "me") == (
        "alarm instance me network subnet"
    )


def test_a_circle_ends() -> None:
    assert around(graph("a b", "b a"), "a") == "a b"


def test_the_nearest_come_first() -> None:
    assert around(graph("me a", "a b", "b c", "c d"), "me", most=3) == "a b me"


def test_what_is_certain_and_what_changes_comes_first() -> None:
    document = graph("me ?perhaps", "me still", "me moving", changed="moving perhaps")
    assert around(document, "me", most=2) == "me moving"
    assert around(document, "me", most=3) == "me moving still"


def test_evidence_belongs_to_it_however_far_away() -> None:
    assert around(graph("me a", "far away"), "me", evidence=["away", "nowhere"], most=2) == "away me"


def test_the_references_between_what_is_shown_are_kept() -> None:
    found = Neighbourhoods(graph("me a", "me b", "a b", "c d")).around("me")
    assert found is not None
    assert [(edge.source, edge.target) for edge in found.edges] == [("me", "a"), ("me", "b"), ("a", "b")]
    assert (found.file, found.objects, found.expected) == ("me", 3, 5)


def test_what_is_not_in_the_graph_has_no_surroundings() -> None:
    assert Neighbourhoods(graph("a b")).around("c") is None


def real() -> Plan:
    return plan_from(STACK.read_bytes())


def test_no_picture_of_a_real_plan_is_crowded() -> None:
    plan = real()
    document = graph_document(plan, build_graph(plan))
    near = Neighbourhoods(document)
    for node in document.nodes:
        found = near.around(node.address)
        assert found is not None
        assert node.address in {one.address for one in found.nodes}
        assert len(found.nodes) <= MOST_OBJECTS


def test_a_picture_is_xml_and_names_its_object() -> None:
    plan = real()
    drawn = surroundings(build_graph(plan), "aws_security_group.bastion", plan)
    assert drawn is not None
    root = ElementTree.fromstring(drawn)
    assert "aws_security_group.bastion" in "".join(root.itertext())
    assert surroundings(build_graph(plan), "aws_x.y", plan) is None


def test_a_secret_in_a_key_is_taken_out() -> None:
    secret = "not-a-real-secret-key"
    plan = plan_from(
        plan_document(
            change(
                f'aws_x.y["{secret}"]',
                ["create"],
                None,
                {"name": secret},
                after_sensitive={"name": True},
                index=secret,
            )
        )
    )
    drawn = surroundings(build_graph(plan), 'aws_x.y["(sensitive)"]', plan)
    assert drawn is not None
    assert secret not in drawn


@pytest.mark.parametrize("name", ["<b>", "&amp;", '"x"', "\u202e", "]]>"])
def test_labels_are_escaped(name: str) -> None:
    address = f"aws_x.y[{json.dumps(name, ensure_ascii=False)}]"
    plan = plan_from(plan_document(change(address, ["create"], None, {}, index=name)))
    drawn = surroundings(build_graph(plan), address, plan)
    assert drawn is not None
    ElementTree.fromstring(drawn)
    assert "<b>" not in drawn
    assert "\u202e" not in drawn


def test_the_gravest_introduced_violations_are_worth_a_picture() -> None:
    found = worth_a_picture(
        decision(
            [
                violation(0, address="inherited", status="inherited", effect="observe"),
                violation(0, address="warned", effect="warn"),
                violation(0, address="blocked", evidence=["a"]),
                violation(1, address="blocked", status="introduced", effect="warn", evidence=["b"]),
            ]
        )
    )
    assert list(found.items()) == [("blocked", ["a", "b"]), ("warned", [])]


def test_there_are_only_so_many_pictures_and_none_of_one_box() -> None:
    rows = [violation(0, address=name) for name in ("a", "b", "c", "alone", "nowhere")]
    document = graph("a b", "b c", "x alone")
    assert list(pictures_of(decision(rows), document, most=2)) == ["a", "alone"]
    assert list(pictures_of(decision(rows), graph("b a", "x y"), most=2)) == ["a", "b"]
    standing = GraphDocument(SCHEMA, "plan.json", "1.11.4", 4, 4, document.nodes, [])
    assert pictures_of(decision(rows), standing) == {}
