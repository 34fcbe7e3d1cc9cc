"""The resource-change graph as a document: objects, and what ties them. It holds no values."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from planguard.graph.edge import Edge
from planguard.graph.graph import Graph
from planguard.graph.node import Node
from planguard.graph.resource import AFTER, BEFORE
from planguard.plan.plan import Plan

SCHEMA = "planguard/graph/v1"


class GraphNode(Struct, frozen=True):
    """One object of the plan.

    ``id`` is the address, with the deposed key behind it for a deposed object.
    """

    id: str
    address: str
    type: str
    mode: Literal["managed", "data", "ephemeral"]
    module: str
    action: str
    actions: list[str]
    in_before: bool
    in_after: bool
    changed: bool
    deposed: str | None = None
    previous_address: str | None = None


class GraphEdge(Struct, frozen=True):
    """One reference: ``source`` refers to ``target`` through ``attribute``.

    ``certainty`` is exact (named, or equal values), key (the same instance key on both ends) or possible (one of
    several, and the plan does not say which). ``by`` is reference (the configuration) or value.
    """

    source: str
    target: str
    attribute: str
    certainty: Literal["exact", "key", "possible"]
    by: Literal["reference", "value"]
    before: bool
    after: bool


class GraphCrowd(Struct, frozen=True):
    """One resource that may refer to any of very many (``targets`` of them), kept as one entry, not as many edges."""

    source: str
    attribute: str
    targets: int


class GraphDocument(Struct, frozen=True):
    """A whole graph."""

    schema: str
    file: str
    terraform_version: str
    objects: int
    expected: int
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    crowds: list[GraphCrowd] = []


def graph_document(plan: Plan, graph: Graph) -> GraphDocument:
    """A graph as a document, nodes in the order of the plan, edges sorted."""
    address = plan.redactor.address

    def identity(node: Node) -> str:
        return address(node.address) + (f" (deposed {node.deposed})" if node.deposed else "")

    nodes = [
        GraphNode(
            id=identity(node),
            address=address(node.address),
            type=node.type,
            mode="managed" if node.kind == node.type else "data" if node.kind.startswith("data.") else "ephemeral",
            module=address(graph.module_address(node)),
            action=node.action.value,
            actions=list(node.change.change.actions) if node.change else ["no-op"],
            in_before=node.in_before,
            in_after=node.in_after,
            changed=node.changed,
            deposed=node.deposed or None,
            previous_address=address(node.previous_address) or None,
        )
        for node in graph.nodes
    ]
    found: dict[tuple[str, str, str], dict[str, Edge]] = {}
    for snapshot in (BEFORE, AFTER):
        for edge in graph.all_edges(snapshot):
            place = (identity(edge.source), identity(edge.target), ".".join(edge.attribute))
            found.setdefault(place, {})[snapshot] = edge
    edges = []
    for (source, target, attribute), by_snapshot in sorted(found.items()):
        edge = by_snapshot.get(AFTER) or by_snapshot[BEFORE]
        edges.append(
            GraphEdge(
                source,
                target,
                attribute,
                edge.certainty.name.lower(),  # type: ignore[arg-type]
                edge.by,  # type: ignore[arg-type]
                BEFORE in by_snapshot,
                AFTER in by_snapshot,
            )
        )
    crowds = [
        GraphCrowd(identity(crowd.source), ".".join(crowd.attribute), len(crowd.targets))
        for crowd in graph.all_crowds(AFTER)
    ]
    return GraphDocument(SCHEMA, plan.place, plan.terraform_version, len(nodes), graph.expected, nodes, edges, crowds)
