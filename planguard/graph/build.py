"""From a plan to its graph."""

from __future__ import annotations

from msgspec import UNSET, Raw

from planguard.errors import EvaluationError, PlanError
from planguard.graph.configuration import Module, root_of
from planguard.graph.graph import Graph
from planguard.graph.node import Node
from planguard.graph.reference import Locals, Resolver
from planguard.plan.actions import Action
from planguard.plan.address import ANY_KEY, Key, ModulePath, module_path, tokens
from planguard.plan.document import DeferredChange, MaybeRaw, ResourceChange, StateModule, StateResource
from planguard.plan.plan import Plan

_IN_BEFORE = frozenset(
    {Action.NO_OP, Action.UPDATE, Action.DELETE, Action.REPLACE, Action.FORGET, Action.REPLACE_AND_FORGET}
)
_IN_AFTER = frozenset(
    {Action.NO_OP, Action.CREATE, Action.READ, Action.UPDATE, Action.REPLACE, Action.REPLACE_AND_FORGET, Action.OPEN}
)
_MODES = {"managed": "", "data": "data.", "ephemeral": "ephemeral."}


def build_graph(plan: Plan, locals_: Locals | None = None) -> Graph:
    """Every object of a plan as a node, tied to its block in the configuration.

    :param locals_: what ``local.*`` refers to, where source is given
    :raises PlanError: when the plan names one object twice, or an action or a mode that is not known
    :raises EvaluationError: when the graph has not as many objects as the plan
    """
    root = root_of(plan.configuration, place=plan.place)
    nodes: list[Node] = []
    seen: dict[tuple[str, str], Node] = {}

    def take(node: Node) -> None:
        identity = (node.address, node.deposed)
        if identity in seen:
            raise PlanError(
                f"{plan.redactor.address(node.address)} stands twice in the plan",
                "terraform never writes that; write the plan again with `terraform show -json PLANFILE`",
                place=plan.place,
            )
        seen[identity] = node
        nodes.append(node)

    for change in plan.changes:
        take(_changed_node(plan, change, len(nodes)))
    for deferred in plan.deferred:
        take(_deferred_node(plan, deferred, len(nodes)))
    for module, resource in plan.state_resources():
        # What `resource_changes` has, it has better.
        if (resource.address, "") not in seen:
            take(_state_node(plan, module, resource, len(nodes)))
    expected = _objects_in(plan)
    if len(nodes) != expected:
        raise EvaluationError(f"the graph has {len(nodes)} objects, the plan {expected}", place=plan.place)
    _tie(root, nodes)
    return Graph(
        plan.place,
        nodes,
        root,
        Resolver(locals_),
        plan.redactor,
        locals_,
        expected=expected,
        variables=plan.variables,
    )


def _objects_in(plan: Plan) -> int:
    """How many objects a plan holds: what it changes, and of the state what it does not."""
    changes = {(one.address, one.deposed or "") for one in plan.all_changes()}
    state = {(one.address, "") for _, one in plan.state_resources()}
    return len(changes | state)


def _node(plan: Plan, index: int, address: str, mode: str, type_: str, module: ModulePath, key: Key) -> Node:
    prefix = _MODES.get(mode)
    if prefix is None:
        raise PlanError(
            f"{plan.redactor.address(address)} is of a mode that planguard does not know",
            "this plan may be newer than this planguard; update planguard",
            place=plan.place,
        )
    return Node(index, address, prefix + type_, type_, module, key)


def _changed_node(plan: Plan, change: ResourceChange, index: int) -> Node:
    module = module_path(change.module_address) if change.module_address else ()
    key: Key = None if change.index is UNSET else change.index
    if change.index_unknown is True:
        key = ANY_KEY
    node = _node(plan, index, change.address, change.mode, change.type, module, key)
    node.change = change
    node.action = plan.action_of(change)
    node.provider = change.provider_name or ""
    node.deposed = change.deposed or ""
    node.previous_address = change.previous_address or ""
    detail = change.change
    node.before, node.after, node.unknown = detail.before, detail.after, detail.after_unknown
    node.sensitive_before, node.sensitive_after = detail.before_sensitive, detail.after_sensitive
    _refuse_no_object(plan, node)
    node.in_before = node.action in _IN_BEFORE or (node.action is Action.READ and not _is_null(detail.before))
    node.in_after = node.action in _IN_AFTER
    node.forgotten = node.action in (Action.FORGET, Action.REPLACE_AND_FORGET)
    node.changed = _is_changed(node)
    if node.action is Action.FORGET:
        # It goes on existing as it is; only nobody looks after it any more.
        node.after, node.unknown, node.sensitive_after = node.before, UNSET, node.sensitive_before
    return node


def _refuse_no_object(plan: Plan, node: Node) -> None:
    """What a resource is before and after is an object, or nothing where it is not there."""
    missing = (
        node.action in _IN_AFTER
        and _is_null(node.after)
        and node.action is not Action.OPEN
        and not (node.unknown and b"true" in bytes(node.unknown))
    )
    if missing or not (_is_object(node.before) and _is_object(node.after)):
        raise PlanError(
            f"{plan.redactor.address(node.address)} has values that are no object",
            "terraform never writes that; write the plan again with `terraform show -json PLANFILE`",
            place=plan.place,
        )


def _is_object(raw: MaybeRaw) -> bool:
    return not raw or bytes(memoryview(raw)[:1]) in (b"{", b"n")


def _deferred_node(plan: Plan, deferred: DeferredChange, index: int) -> Node:
    node = _changed_node(plan, deferred.resource_change, index)
    node.deferred = deferred.reason
    return node


def _state_node(plan: Plan, module: StateModule, resource: StateResource, index: int) -> Node:
    key: Key = None if resource.index is UNSET else resource.index
    path = module_path(module.address or "")
    node = _node(plan, index, resource.address, resource.mode, resource.type, path, key)
    node.provider = resource.provider_name or ""
    node.in_before = node.in_after = True
    node.before = node.after = resource.values
    node.unknown = UNSET
    node.sensitive_before = node.sensitive_after = resource.sensitive_values
    return node


def _is_null(raw: MaybeRaw) -> bool:
    return raw is UNSET or bytes(raw) == b"null"


def _is_changed(node: Node) -> bool:
    """Whether the two snapshots differ in this object: in its values, or in its being there."""
    if node.in_before != node.in_after or node.action is not Action.NO_OP:
        return True
    before, after = node.before, node.after
    if isinstance(before, Raw) and isinstance(after, Raw):
        return bytes(before) != bytes(after)
    return before is not after


def _tie(root: Module, nodes: list[Node]) -> None:
    """Tie each node to its block. A deposed object has a block, but nothing refers to it."""
    modules: dict[ModulePath, Module | None] = {}
    for node in nodes:
        if node.module not in modules:
            modules[node.module] = root.at(node.module)
        module = modules[node.module]
        if module is None:
            continue
        block = module.blocks.get(_block_name(node))
        if block is not None:
            node.block = block
            if not node.deposed:
                block.add(node)


def _block_name(node: Node) -> str:
    if node.change is not None:
        return f"{node.kind}.{node.change.name}"
    steps = [step for step in tokens(node.address) if isinstance(step, str)]
    return f"{node.kind}.{steps[-1]}"
