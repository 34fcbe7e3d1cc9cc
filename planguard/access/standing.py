"""What the statements of one resource do in the end: together with all others of the subjects that they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planguard.access.holdings import holdings
from planguard.access.model import Held
from planguard.graph.resource import AFTER, BEFORE

if TYPE_CHECKING:
    from planguard.graph.graph import Graph
    from planguard.graph.resource import Resource


def standing_at(resource: Resource, plane: str) -> list[Held]:
    """The access of all subjects to which statements of a resource belong, in the snapshot of the resource.

    For rules: it tells the engine whether that may differ in the other snapshot.

    :param plane: ``identity``, ``resource`` or ``trust``
    :returns: sorted by subject; nothing for a resource that holds no statements
    """
    graph = resource.graph
    here = _by_origin(graph, resource.snapshot, plane).get(resource.address, [])
    if graph.changed_kinds:
        other = BEFORE if resource.snapshot == AFTER else AFTER
        there = _by_origin(graph, other, plane).get(resource.address, [])
        if len(here) != len(there) or any(_differ(*both) for both in zip(here, there, strict=True)):
            graph.touched_change = True
    return here


def _differ(one: Held, other: Held) -> bool:
    return one is not other and (one.subject, one.access, one.gaps) != (other.subject, other.access, other.gaps)


def _by_origin(graph: Graph, snapshot: str, plane: str) -> dict[str, list[Held]]:
    """What each resource's statements belong to, worked out once."""
    key = ("access by origin", snapshot, plane)
    if key not in graph.derived:
        found: dict[str, list[Held]] = {}
        for held in holdings(graph, snapshot).all:
            if held.subject.plane == plane:
                for address in dict.fromkeys(one.origin.address for one in held.access.clauses):
                    found.setdefault(address, []).append(held)
        graph.derived[key] = found
    kept: dict[str, list[Held]] = graph.derived[key]
    return kept
