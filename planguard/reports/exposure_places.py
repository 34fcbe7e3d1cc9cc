"""Which network an endpoint is in: the VPC or virtual network that it refers to, directly or through its subnets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from planguard.graph.reference import Certainty
from planguard.graph.resource import AFTER, BEFORE

if TYPE_CHECKING:
    from planguard.graph.graph import Graph
    from planguard.graph.node import Node

NETWORKS = frozenset(
    {"aws_vpc", "aws_default_vpc", "azurerm_virtual_network", "google_compute_network", "kubernetes_namespace"}
)
"""Types of resources that a picture frames: what is in one of them stands together."""

_BETWEEN = re.compile(r"subnet|security_group|network_interface|network_profile|launch_template|launch_configuration")
_FARTHEST = 4


class Places:
    """The networks of one plan's endpoints.

    Only what ties something to a network (subnets and their groups, security groups, interfaces) is followed: a
    function that names a database is not where the database is.
    """

    def __init__(self, graph: Graph) -> None:
        self._next: dict[int, list[Node]] = {}
        for snapshot in (BEFORE, AFTER):
            for edge in graph.all_edges(snapshot):
                if edge.certainty is not Certainty.POSSIBLE and _is_on_the_way(edge.target):
                    self._next.setdefault(edge.source.index, []).append(edge.target)

    def network_of(self, node: Node) -> str:
        """The address of the network that a node is in; empty where none is known, or more than one."""
        seen, level = {node.index}, [node]
        for _ in range(_FARTHEST):
            level = [target for one in level for target in self._next.get(one.index, ()) if target.index not in seen]
            found = {one.address for one in level if one.type in NETWORKS}
            if found:
                return found.pop() if len(found) == 1 else ""
            seen |= {one.index for one in level}
        return ""


def _is_on_the_way(node: Node) -> bool:
    return node.type in NETWORKS or _BETWEEN.search(node.type) is not None
