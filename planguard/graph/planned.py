"""What a graph knows of the instances of its plan, as the evaluation of its source asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planguard.graph.resource import AFTER
from planguard.plan.address import Key, ModulePath

if TYPE_CHECKING:
    from planguard.graph.configuration import Block
    from planguard.graph.graph import Graph


class PlannedValues:
    """The instances of a plan as they will be after the apply."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    @property
    def variables(self) -> Mapping[str, Any]:
        """The values of the root module's variables."""
        return self._graph.variable_values

    def keys(self, module: ModulePath, name: str) -> Sequence[Key]:
        """The instances of a block, or of ``module.<call>``; none where the plan has none."""
        if name.startswith("module."):
            return self._calls.get((module, name.removeprefix("module.")), [])
        block = self._block(module, name)
        instances = block.instances.get(module, []) if block is not None else []
        return [node.key for node in instances if self._graph.is_in(node, AFTER)]

    def values(self, module: ModulePath, name: str, key: Key) -> Mapping[str, Any] | None:
        """The values of an instance; None where the plan has none."""
        block = self._block(module, name)
        node = block.by_key.get((module, key)) if block is not None else None
        return self._graph.view(node, AFTER).values if node is not None and self._graph.is_in(node, AFTER) else None

    def _block(self, module: ModulePath, name: str) -> Block | None:
        found = self._graph.root.at(module)
        return found.blocks.get(name) if found is not None else None

    @cached_property
    def _calls(self) -> Mapping[tuple[ModulePath, str], list[Key]]:
        """The keys of each module call, by the module that calls and the name of the call."""
        found: dict[tuple[ModulePath, str], dict[Key, None]] = {}
        for node in self._graph.nodes:
            if self._graph.is_in(node, AFTER):
                for depth, (name, key) in enumerate(node.module):
                    found.setdefault((node.module[:depth], name), {})[key] = None
        return {call: list(keys) for call, keys in found.items()}
