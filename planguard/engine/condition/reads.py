"""Which attributes an expression reads, so that a finding can point at one."""

from __future__ import annotations

from planguard.engine.condition.kinds import Node

_CHAINS = frozenset({"subexpression", "index_expression", "pipe"})
_AT_BASE_ONLY = frozenset({"projection", "value_projection", "filter_projection", "flatten"})
_NOT_AT_ALL = frozenset({"expref", "literal", "index", "slice", "identity", "current"})


def fields_read(ast: Node) -> list[tuple[str, ...]]:
    """The chains of fields that an expression reads from the document itself, in the order of its text.

    A chain ends where something else than a field begins: ``a.b[0].c`` reads ``("a", "b")``. What is read of the
    elements of a list, inside ``&…``, and of the result of another expression is no field of the document, and is
    left out.

    :param ast: what :func:`parse` gave
    """
    chains: dict[tuple[str, ...], None] = {}
    _collect(ast, chains)
    return list(chains)


def _collect(node: Node, chains: dict[tuple[str, ...], None]) -> None:
    kind = node["type"]
    if kind == "field":
        chains[(node["value"],)] = None
    elif kind in _CHAINS:
        _collect_chain(node, chains)
    elif kind in _AT_BASE_ONLY:
        _collect(node["children"][0], chains)
    elif kind not in _NOT_AT_ALL:
        for child in node["children"]:
            _collect(child, chains)


def _collect_chain(node: Node, chains: dict[tuple[str, ...], None]) -> None:
    steps = _steps(node)
    names: list[str] = []
    for step in steps:
        if step["type"] != "field":
            break
        names.append(step["value"])
    if names:
        chains[tuple(names)] = None
    elif steps:
        _collect(steps[0], chains)


def _steps(node: Node) -> list[Node]:
    if node["type"] in _CHAINS:
        return [step for child in node["children"] for step in _steps(child)]
    return [] if node["type"] in ("identity", "current") else [node]
