"""Whose a violation is: the team of the first service that knows its resource."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from planguard.decision.policy import Owner
from planguard.graph.graph import Graph
from planguard.graph.node import Node
from planguard.graph.resource import AFTER, BEFORE
from planguard.plan.glob import fits_any


class Ownership:
    """Finds the owner of each object of one plan, once."""

    def __init__(self, owners: Sequence[Owner], graph: Graph, files: Any = None) -> None:
        """Of a graph.

        :param files: gives the file that a node's block stands in, None where there is no source
        """
        self._owners = owners
        self._graph = graph
        self._files = files
        self._known: dict[int, str | None] = {}

    def of(self, node: Node) -> str | None:
        """The team that an object belongs to, None where policy names none."""
        if not self._owners:
            return None
        if node.index not in self._known:
            self._known[node.index] = next((one.team for one in self._owners if self._is_of(node, one)), None)
        return self._known[node.index]

    def _is_of(self, node: Node, owner: Owner) -> bool:
        if owner.addresses and fits_any(owner.addresses, node.address):
            return True
        resource = self._graph.view(node, AFTER if node.in_after else BEFORE)
        if owner.modules and self._is_in(resource.module, owner.modules):
            return True
        if owner.tags:
            tags = resource.tags
            if any(isinstance(tags.get(key), str) and fits_any(values, tags[key]) for key, values in owner.tags):
                return True
        if owner.paths and self._files is not None:
            file = self._files(node)
            return file is not None and fits_any(owner.paths, file)
        return False

    @staticmethod
    def _is_in(module: str, patterns: Sequence[str]) -> bool:
        """Whether a module, or one that holds it, is meant: who owns a module owns what it calls."""
        while module:
            if fits_any(patterns, module):
                return True
            module = module.rpartition(".module.")[0]
        return False
