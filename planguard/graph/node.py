"""One object of the plan: a resource instance, a deposed object, or a data source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planguard.plan.actions import Action
from planguard.plan.address import Key, ModulePath
from planguard.plan.document import MaybeRaw

if TYPE_CHECKING:
    from planguard.graph.configuration import Block
    from planguard.graph.resource import Resource
    from planguard.plan.document import ResourceChange


class Node:
    """One object, before and after. Address and deposed key together are its identity.

    :ivar index: its place in the graph, stable between runs
    :ivar kind: ``aws_x``, or ``data.aws_x`` for a data source: what rules name
    :ivar in_before: whether it exists before the apply
    :ivar in_after: whether it exists, managed, after the apply
    :ivar forgotten: whether an object of it goes on existing without being managed
    :ivar changed: whether anything of it differs between the two snapshots
    :ivar block: its block in the configuration, None where there is none any more
    """

    __slots__ = (
        "action",
        "address",
        "after",
        "after_view",
        "before",
        "before_view",
        "block",
        "change",
        "changed",
        "deferred",
        "deposed",
        "forgotten",
        "in_after",
        "in_before",
        "index",
        "key",
        "kind",
        "module",
        "previous_address",
        "provider",
        "sensitive_after",
        "sensitive_before",
        "type",
        "unknown",
    )

    def __init__(self, index: int, address: str, kind: str, type_: str, module: ModulePath, key: Key) -> None:
        self.index = index
        self.address = address
        self.kind = kind
        self.type = type_
        self.module = module
        self.key = key
        self.action = Action.NO_OP
        self.deposed = ""
        self.previous_address = ""
        self.provider = ""
        self.deferred = ""
        self.in_before = False
        self.in_after = False
        self.forgotten = False
        self.changed = False
        self.block: Block | None = None
        self.change: ResourceChange | None = None
        self.before: MaybeRaw
        self.after: MaybeRaw
        self.unknown: MaybeRaw
        self.sensitive_before: MaybeRaw
        self.sensitive_after: MaybeRaw
        self.before_view: Resource | None = None
        self.after_view: Resource | None = None

    def __repr__(self) -> str:
        return f"Node({self.address}{' deposed ' + self.deposed if self.deposed else ''})"
