"""Which resources a value that is not known yet is made of: as the source tells it, or as far as the plan does.

The configuration in a plan lists what an expression refers to, but not which instance a key means, what a ``for``
leaves of a collection, or what ``dynamic`` blocks hold. The source says all of it; without source the plan still says
of which resources the value may come.
"""

from __future__ import annotations

from planguard.access.pattern import is_symbol, symbol_name
from planguard.graph.configuration import OPEN, UNSAID, all_references, is_expression
from planguard.graph.graph import Graph
from planguard.graph.node import Node
from planguard.graph.reference import Resolver, Scope
from planguard.graph.resource import AFTER, Resource, steps_of
from planguard.plan.address import parse_reference
from planguard.plan.unknown import has_unknown

_RESOLVER = ("resolver of single traversals",)
_KEPT = ("nodes by address after the plan",)
_MOST = 64
"""A value that may be taken from more instances says nothing."""


def resources_told(resource: Resource, path: str, *, behind: str = "") -> tuple[list[Resource], list[str]] | None:
    """The resources of which a value is an attribute, or holds attributes, and the texts in it that are known.

    :param path: an attribute with a text or a list of texts, indexes of blocks included
    :param behind: what may stand before an attribute, such as ``serviceAccount:``
    :returns: None where nobody can tell: without source, or where not each text is one attribute or known
    :raises SourceError: a file of the source cannot be read or parsed
    """
    if resource.snapshot != AFTER or resource.graph.recovery is None:
        return None
    value = resource.recovered(path)
    if value is None or has_unknown(value):
        return None
    found: dict[int, Resource] = {}
    known: list[str] = []
    for text in value if isinstance(value, list) else [value]:
        if not isinstance(text, str):
            return None
        if not any(map(is_symbol, text)):
            known.append(text)
            continue
        node = _node_of(resource.graph, text.removeprefix(behind))
        if node is None:
            return None
        found[node.index] = resource.graph.view(node, AFTER)
    return [found[one] for one in sorted(found)], known


def _node_of(graph: Graph, text: str) -> Node | None:
    """The instance of which a text is one attribute."""
    if len(text) != 1:
        return None
    nodes: dict[str, Node] | None = graph.derived.get(_KEPT)
    if nodes is None:
        nodes = graph.derived[_KEPT] = {one.address: one for one in graph.nodes if graph.is_in(one, AFTER)}
    name = symbol_name(text)
    at = len(name)
    while (at := name.rfind(".", 0, at)) > 0:
        node = nodes.get(name[:at])
        if node is not None:
            return node
    return None


def resources_possible(resource: Resource, path: str) -> list[Resource] | None:
    """Every resource that a value which is not known yet may come from.

    :param path: an attribute, with indexes where they name blocks
    :returns: None where it may come from elsewhere as well, or the plan does not say
    """
    block = resource.node.block
    if block is None or resource.snapshot != AFTER:
        return None
    said = block.said_at(steps_of(path), resource.values)
    if not said or any(one is OPEN or one is UNSAID or not is_expression(one) for one in said):
        return None
    scope = Scope(block.module, resource.node.module, resource.node.key, block.for_each)
    resolver: Resolver = resource.graph.derived.setdefault(_RESOLVER, Resolver())
    found: dict[int, Resource] = {}
    for traversal in dict.fromkeys(text for one in said for text in all_references(one)):
        targets = resolver.targets([traversal], scope)
        if not targets and not _is_known(traversal, scope):
            return None
        found |= {node.index: resource.graph.view(node, AFTER) for node, _, _ in targets}
        if len(found) > _MOST:
            return None
    return [found[one] for one in sorted(found)] or None


def _is_known(traversal: str, scope: Scope) -> bool:
    """Whether a reference that leads to no resource is to a value that the plan knows, such as a key in brackets."""
    kind = parse_reference(traversal).kind
    return kind in ("path", "terraform", "count", "each") or (kind == "var" and scope.module.parent is None)
