"""What is around an object in the graph: what it refers to and what refers to it, few enough for a small picture.

The nearest come first. From an object that was found by following references forward, only what that one refers to
is followed further, and likewise backward: the other users of a shared network or key say nothing about the object.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from planguard.graph.graph import Graph
from planguard.plan.plan import Plan
from planguard.reports.graph_model import GraphDocument, GraphEdge, GraphNode, graph_document
from planguard.reports.graph_svg import render_svg
from planguard.reports.model import DecisionEntry, ViolationEntry
from planguard.reports.standing import gravity

MOST_OBJECTS = 12
MOST_PICTURES = 50


def surroundings(
    graph: Graph, address: str, plan: Plan, *, evidence: Iterable[str] = (), most: int = MOST_OBJECTS
) -> str | None:
    """A picture (SVG) of what is around an object, sensitive values taken out; None where there is no such object.

    :param address: as reports write it, sensitive values of instance keys taken out
    :param evidence: addresses that belong into the picture, however far away
    """
    found = Neighbourhoods(graph_document(plan, graph)).around(address, evidence=evidence, most=most)
    return render_svg(found) if found is not None else None


def pictures_of(
    decision: DecisionEntry, document: GraphDocument, *, most: int = MOST_PICTURES
) -> dict[str, GraphDocument]:
    """What is around the gravest introduced violations of a decision, by address; objects that stand alone have none.

    :param document: the whole graph of the plan that was decided on
    """
    near = Neighbourhoods(document)
    pictures: dict[str, GraphDocument] = {}
    for address, evidence in worth_a_picture(decision).items():
        if len(pictures) == most:
            break
        found = near.around(address, evidence=evidence)
        if found is not None and found.edges:
            pictures[address] = found
    return pictures


def worth_a_picture(decision: DecisionEntry) -> dict[str, list[str]]:
    """The addresses of introduced violations that count against the plan, the gravest first, with their evidence."""
    found: dict[str, list[str]] = {}
    for one in sorted(filter(_counts, decision.violations), key=gravity):
        found.setdefault(one.address, []).extend(one.evidence)
    return found


def _counts(one: ViolationEntry) -> bool:
    return one.status == "introduced" and one.effect != "observe" and one.waiver is None


class Neighbourhoods:
    """The neighbours of all objects of one graph."""

    def __init__(self, document: GraphDocument) -> None:
        self._document = document
        self._nodes: dict[str, GraphNode] = {}
        self._order: dict[str, int] = {}
        self._by_address: dict[str, list[str]] = {}
        for index, node in enumerate(document.nodes):
            self._nodes.setdefault(node.id, node)
            self._order.setdefault(node.id, index)
            self._by_address.setdefault(node.address, []).append(node.id)
        self._forward: dict[str, list[GraphEdge]] = {}
        self._backward: dict[str, list[GraphEdge]] = {}
        for edge in document.edges:
            self._forward.setdefault(edge.source, []).append(edge)
            self._backward.setdefault(edge.target, []).append(edge)

    def around(self, address: str, *, evidence: Iterable[str] = (), most: int = MOST_OBJECTS) -> GraphDocument | None:
        """The part of the graph around an object; None where the graph does not have it."""
        start = self._by_address.get(address)
        if not start:
            return None
        chosen = dict.fromkeys(start[:most])
        for named in evidence:
            if len(chosen) < most:
                chosen.update(dict.fromkeys(self._by_address.get(named, [])[:1]))
        ahead, behind = list(start), list(start)
        seen = {*start}
        while (ahead or behind) and len(chosen) < most:
            forward = self._beyond(ahead, self._forward, seen)
            backward = self._beyond(behind, self._backward, seen | forward.keys())
            reached = sorted({**forward, **backward}.items(), key=lambda one: one[1])
            for name, _ in reached:
                if len(chosen) < most:
                    chosen.setdefault(name)
            seen |= forward.keys() | backward.keys()
            ahead, behind = list(forward), list(backward)
        return self._cut(address, chosen)

    def _beyond(
        self, names: Iterable[str], edges: Mapping[str, list[GraphEdge]], seen: Iterable[str]
    ) -> dict[str, tuple[bool, bool, int]]:
        """What one step leads to, and how little it says: what is merely possible, and what does not change."""
        known = set(seen)
        found: dict[str, tuple[bool, bool, int]] = {}
        for name in names:
            for edge in edges.get(name, ()):
                other = edge.target if edges is self._forward else edge.source
                if other in known or other not in self._nodes:
                    continue
                rank = (edge.certainty == "possible", not self._nodes[other].changed, self._order[other])
                found[other] = min(rank, found.get(other, rank))
        return found

    def _cut(self, address: str, chosen: Mapping[str, None]) -> GraphDocument:
        names = sorted(chosen, key=self._order.__getitem__)
        edges = [edge for name in names for edge in self._forward.get(name, ()) if edge.target in chosen]
        return replace(
            self._document,
            file=address,
            objects=len(names),
            nodes=[self._nodes[name] for name in names],
            edges=edges,
            crowds=[],
        )
