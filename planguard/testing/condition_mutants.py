"""Small changes to a declarative rule, each of which an example should notice."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from planguard.engine.rule import Rule
from planguard.testing.expression import Node, is_parameter, render_expression

_FLIPPED = {"eq": "ne", "ne": "eq", "lt": "gte", "gte": "lt", "gt": "lte", "lte": "gt"}
_BOUNDARY = {"lt": "lte", "lte": "lt", "gt": "gte", "gte": "gt"}
_MOST_OF_A_LIST = 4


class RuleMutant(NamedTuple):
    """A rule with one change.

    :ivar change: the change in one line
    """

    change: str
    rule: Rule


def condition_mutants(rule: Rule) -> list[RuleMutant]:
    """The mutants of a rule's condition, of its ``when``, and of the values of ``defaults`` and parameters.

    A rule in Python has those of its parameters only.
    """
    found: dict[str, Rule] = {}
    if rule.condition is not None:
        for change, tree in _of_tree(rule.condition):
            found.setdefault(change, msgspec.structs.replace(rule, condition=tree))
    if rule.when is not None:
        found.setdefault("`when` dropped", msgspec.structs.replace(rule, when=None))
        for change, tree in _of_tree(rule.when):
            found.setdefault(f"when: {change}", msgspec.structs.replace(rule, when=tree))
    for path, value in rule.defaults.items():
        rest = {key: one for key, one in rule.defaults.items() if key != path}
        found.setdefault(f"default `{path}: {_shown(value)}` dropped", msgspec.structs.replace(rule, defaults=rest))
    for name, parameter in rule.parameters.items():
        for value in _others(parameter.default):
            changed = msgspec.structs.replace(parameter, default=value)
            found.setdefault(
                f"parameter `{name}`: `{_shown(parameter.default)}` -> `{_shown(value)}`",
                msgspec.structs.replace(rule, parameters={**rule.parameters, name: changed}),
            )
    return [RuleMutant(change, mutated) for change, mutated in found.items()]


def _shown(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _others(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, (int, float)):
        return [value + 1, value - 1]
    if isinstance(value, (list, tuple)):
        return [[*value[:at], *value[at + 1 :]] for at in range(len(value))]
    return [f"{value}~"] if value else []


def _of_tree(tree: Node) -> Iterator[tuple[str, Node]]:
    """Every change to a condition: to the whole, and to its parts."""
    opposite = _negated(tree)
    yield f"`{render_expression(tree)}` -> `{render_expression(opposite)}`", opposite
    yield from _of_node(tree, tested=True)


def _negated(node: Node) -> Node:
    if node["type"] == "not_expression":
        inner: Node = node["children"][0]
        return inner
    if node["type"] == "comparator" and node["value"] in ("eq", "ne"):
        return {**node, "value": _FLIPPED[node["value"]]}
    return {"type": "not_expression", "children": [node]}


def _of_node(node: Node, *, tested: bool = False) -> Iterator[tuple[str, Node]]:
    for change, new in _changes(node, tested=tested):
        yield change, new
    if node["type"] == "slice":
        return
    for at, child in enumerate(node["children"]):
        below = tested and node["type"] == "pipe"
        for change, new in _of_node(child, tested=below):
            yield change, {**node, "children": [*node["children"][:at], new, *node["children"][at + 1 :]]}


def _changes(node: Node, *, tested: bool) -> Iterator[tuple[str, Node]]:
    text = render_expression(node)
    for new in _replacements(node, tested=tested):
        yield f"`{text}` -> `{render_expression(new)}`", new


def _replacements(node: Node, *, tested: bool) -> Iterator[Node]:
    kind, children = node["type"], node["children"]
    if kind in ("and_expression", "or_expression"):
        yield {**node, "type": "or_expression" if kind == "and_expression" else "and_expression"}
        yield from reversed(children)
    elif kind == "comparator":
        yield from _of_comparator(node, tested=tested)
    elif kind == "not_expression" and not tested:
        yield children[0]
    elif kind == "filter_projection":
        base, right, condition = children
        yield {"type": "projection", "children": [base, right]}
        yield {**node, "children": [base, right, _negated(condition)]}
    elif kind == "function_expression":
        yield from _of_call(node)


def _of_comparator(node: Node, *, tested: bool) -> Iterator[Node]:
    symbol = node["value"]
    if not tested or symbol in _BOUNDARY:
        yield {**node, "value": _FLIPPED[symbol]}
    if symbol in _BOUNDARY:
        yield {**node, "value": _BOUNDARY[symbol]}
    yield from _of_literals(node)


def _of_call(node: Node) -> Iterator[Node]:
    if node["value"] in ("lower", "upper") and node["children"]:
        yield node["children"][0]
    yield from _of_literals(node)


def _of_literals(node: Node) -> Iterator[Node]:
    """A comparison or a call with each of its literals changed; those of deeper parts are theirs."""
    children = node["children"]
    for at, child in enumerate(children):
        if child["type"] == "literal" and not is_parameter(child):
            for value in _other_literals(child["value"]):
                yield {**node, "children": [*children[:at], {**child, "value": value}, *children[at + 1 :]]}


def _other_literals(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, float)):
        yield value + 1
        yield value - 1
    elif isinstance(value, str):
        if value.startswith("(?i)"):
            yield value.removeprefix("(?i)")
        yield f"{value}~"
        swapped = value.swapcase()
        if swapped != value:
            yield swapped
    elif isinstance(value, list):
        sample = sorted(range(len(value)), key=lambda at: sha256(_shown(value[at]).encode()).digest())
        for at in sorted(sample[:_MOST_OF_A_LIST]):
            yield [*value[:at], *value[at + 1 :]]
