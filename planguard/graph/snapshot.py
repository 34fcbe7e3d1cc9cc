"""One snapshot of the graph as the analyses read it: resources by type, and what of them this plan touches."""

from __future__ import annotations

from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER, BEFORE, Resource

SNAPSHOTS = (BEFORE, AFTER)


class Snapshot:
    """All resources at one moment.

    :ivar graph: the graph that it is a side of
    :ivar name: ``before`` or ``after``
    """

    __slots__ = ("graph", "name")

    def __init__(self, graph: Graph, name: str) -> None:
        self.graph = graph
        self.name = name

    def all(self, *kinds: str) -> list[Resource]:
        """The resources of some types (``data.aws_x`` for data sources), type by type, in the order of the plan."""
        return [one for kind in kinds for one in self.graph.resources(kind, self.name)]

    def has(self, *kinds: str) -> bool:
        """Whether a resource of one of these types is there."""
        graph = self.graph
        return any(graph.is_in(node, self.name) for kind in kinds for node in graph.kinds.get(kind, ()))
