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


def paths_read(ast: Node) -> list[tuple[str, ...]]:
    """Every path of attribute names that an expression reads, through lists, filters and projections.

    ``rule[?type == 'x'].filter[0].value`` reads ``rule``, ``rule.type``, ``rule.filter`` and ``rule.filter.value``.
    What is read of the result of a function is left out: nobody knows where that stands.

    :param ast: what :func:`parse` gave
    """
    found: dict[tuple[str, ...], None] = {}
    _follow(ast, (), found)
    return list(found)


_Place = tuple[str, ...] | None


def _follow(node: Node, at: _Place, found: dict[tuple[str, ...], None]) -> _Place:
    """Where the value of an expression stands, None where nobody can say."""
    kind, children = node["type"], node["children"]
    if kind == "field":
        if at is None:
            return None
        found[*at, node["value"]] = None
        return (*at, node["value"])
    if kind in ("identity", "current", "index", "slice"):
        return at
    if kind in ("subexpression", "index_expression", "pipe", "projection", "flatten"):
        for child in children:
            at = _follow(child, at, found)
        return at
    if kind == "filter_projection":
        base, right, condition = children
        at = _follow(base, at, found)
        _follow(condition, at, found)
        return _follow(right, at, found)
    if kind == "value_projection":
        _follow(children[0], at, found)
        return None
    if kind == "or_expression":
        first = _follow(children[0], at, found)
        _follow(children[1], at, found)
        return first
    for child in children if kind != "literal" else ():
        _follow(child, at, found)
    return None
