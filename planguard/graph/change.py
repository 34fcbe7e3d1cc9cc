"""What the plan does to one object: what a change rule looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planguard.graph.resource import AFTER, BEFORE, Resource
from planguard.plan.actions import Action
from planguard.plan.document import decode_value
from planguard.plan.unknown import render_path

if TYPE_CHECKING:
    from planguard.graph.graph import Graph
    from planguard.graph.node import Node


class Change:
    """What the plan does to one object: what a change rule looks at.

    :ivar before: the resource before, None when it does not exist yet
    :ivar after: the resource after, None when it will no longer be managed
    """

    __slots__ = ("_graph", "_node", "after", "before")

    def __init__(self, node: Node, graph: Graph) -> None:
        self._node = node
        self._graph = graph
        self.before = graph.view(node, BEFORE) if node.in_before else None
        self.after = graph.view(node, AFTER) if node.in_after else None

    @property
    def address(self) -> str:
        """The address of the object."""
        return self._node.address

    @property
    def type(self) -> str:
        """Its resource type."""
        return self._node.type

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions as Terraform writes them, such as ``("delete", "create")``."""
        return tuple(self._node.change.change.actions) if self._node.change else ("no-op",)

    @property
    def action(self) -> str:
        """Their meaning: create, read, update, delete, replace, forget, replace-and-forget, no-op."""
        return self._node.action.value

    @property
    def reason(self) -> str:
        """Why Terraform plans it (``action_reason``), empty when it does not say."""
        change = self._node.change
        return change.action_reason if change and isinstance(change.action_reason, str) else ""

    @property
    def destroys(self) -> bool:
        """Whether an object is destroyed: deleted or replaced."""
        return self._node.action in (Action.DELETE, Action.REPLACE)

    @property
    def forgets(self) -> bool:
        """Whether an object leaves management and goes on existing."""
        return self._node.forgotten

    @property
    def is_deposed(self) -> bool:
        """Whether this is an object that an earlier, interrupted replacement left behind."""
        return bool(self._node.deposed)

    @property
    def is_import(self) -> bool:
        """Whether the object comes under management by an import."""
        change = self._node.change
        return bool(change) and bool(change.change.importing) if change else False

    @property
    def moved_from(self) -> str:
        """The address that it had before, empty when it has not moved."""
        return self._node.previous_address

    @property
    def replace_paths(self) -> list[str]:
        """The attributes that force the replacement."""
        change = self._node.change
        paths = decode_value(change.change.replace_paths, place=self._graph.place) if change else None
        return [render_path(tuple(path)) for path in paths or [] if isinstance(path, list)]

    def others(self, kind: str, snapshot: str = AFTER) -> list[Resource]:
        """All resources of a type, after this plan or before it."""
        return self._graph.resources(kind, snapshot)

    def changed(self, path: str) -> bool:
        """Whether the value at a path differs between before and after.

        :raises Undetermined: when the value after is not known yet
        """
        before = self.before.get(path) if self.before else None
        after = self.after.get(path) if self.after else None
        return bool(before != after)
