"""What planguard needs to know of one file: its blocks with their lines, and the references of its locals.

Facts hold no file name, so that they can be kept under the digest of the file's content. They are flat, however
deep the blocks of a file are nested.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from planguard.plan.source.compact import compact
from planguard.plan.source.grammar import (
    Lines,
    UnparsableError,
    attribute_expression,
    attribute_name,
    block_body,
    block_header,
    lines_of,
    literal_string,
    nodes,
    parse_text,
)
from planguard.plan.source.references import Scope, expression_references
from planguard.plan.source.syntax import LITERAL, TUPLE


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A block, or a block nested in it.

    :ivar name: kind of the block; of a ``dynamic`` block what it makes
    :ivar parent: index of the enclosing place, -1 for the block itself
    :ivar literals: of a nested block the arguments that are numbers, booleans, plain strings, or lists of such
    """

    name: str
    parent: int
    dynamic: bool
    lines: Lines
    attributes: dict[str, Lines]
    literals: dict[str, Any] = {}


class BlockFacts(msgspec.Struct, frozen=True, array_like=True):
    """A block at the top of a file.

    :ivar places: the block itself and all that is nested in it, parents first; empty in .tf.json
    :ivar dynamic_references: references in its ``dynamic`` blocks
    """

    kind: str
    labels: tuple[str, ...]
    places: list[Place]
    dynamic_references: list[str]


class LocalFacts(msgspec.Struct, frozen=True, array_like=True):
    """One value of a ``locals`` block."""

    references: list[str]
    lines: Lines | None


class FileFacts(msgspec.Struct, frozen=True, array_like=True):
    """One file.

    :ivar sources: what its module blocks name as their source, as far as that is a plain string
    """

    blocks: list[BlockFacts]
    locals: dict[str, LocalFacts]
    sources: dict[str, str]


def parse_hcl(text: str) -> FileFacts:
    """The facts of a .tf file.

    :raises UnparsableError: the text is no HCL
    """
    facts = FileFacts([], {}, {})
    (body,) = nodes(parse_text(text), "body")
    for block in nodes(body, "block"):
        kind, labels = block_header(block)
        if kind == "locals":
            for attribute in nodes(block_body(block), "attribute"):
                expression = attribute_expression(attribute)
                local = LocalFacts(expression_references(expression), lines_of(attribute))
                facts.locals[attribute_name(attribute)] = local
            continue
        facts.blocks.append(_block_facts(block, kind, labels))
        if kind == "module" and len(labels) == 1 and (source := _plain_source(block)) is not None:
            facts.sources[labels[0]] = source
    return facts


def _plain_source(block: Any) -> str | None:
    for attribute in nodes(block_body(block), "attribute"):
        if attribute_name(attribute) == "source":
            for string in nodes(attribute_expression(attribute), "string"):
                return literal_string(string)
    return None


class _Nested(NamedTuple):
    """A block still to be looked at: its enclosing place, and the iterators around it if it is in a dynamic block."""

    block: Any
    parent: int
    iterators: Scope | None


def _block_facts(top: Any, kind: str, labels: tuple[str, ...]) -> BlockFacts:
    places: list[Place] = []
    references: list[str] = []
    tasks = [_Nested(top, -1, None)]
    while tasks:
        task = tasks.pop()
        name, names = block_header(task.block)
        dynamic = name == "dynamic" and len(names) == 1 and task.parent >= 0
        body = block_body(task.block)
        attributes = {attribute_name(each): each for each in nodes(body, "attribute")}
        inner = task.iterators
        if dynamic:
            iterator = attributes.get("iterator")
            called = _plain_name(attribute_expression(iterator)) if iterator is not None else names[0]
            inner = (inner or frozenset()) | {called}
        if inner is not None:
            for attribute, tree in attributes.items():
                if not (dynamic and attribute == "iterator"):
                    outside = dynamic and attribute == "for_each"
                    scope = (task.iterators or frozenset()) if outside else inner
                    references += expression_references(attribute_expression(tree), scope)
        lines = {attribute: lines_of(tree) for attribute, tree in attributes.items()}
        literals = _literals(attributes) if task.parent >= 0 and not dynamic else {}
        made = names[0] if dynamic else name
        places.append(Place(made, task.parent, dynamic, lines_of(task.block), lines, literals))
        here = len(places) - 1
        tasks += reversed([_Nested(block, here, inner) for block in nodes(body, "block")])
    return BlockFacts(kind, labels, places, references)


_PLAIN = frozenset({"string", "int_lit", "float_lit", "literal_value", "tuple"})


def _literals(attributes: dict[str, Any]) -> dict[str, Any]:
    """The values of those attributes that are literals, or lists of literals."""
    found: dict[str, Any] = {}
    for name, attribute in attributes.items():
        expression = attribute_expression(attribute)
        if expression.data != "unary_op" and not any(True for _ in nodes(expression, *_PLAIN)):
            continue
        try:
            node = compact(expression)
        except UnparsableError:
            continue
        if node[0] == LITERAL:
            found[name] = node[1]
        elif node[0] == TUPLE and all(item[0] == LITERAL for item in node[1]):
            found[name] = [item[1] for item in node[1]]
    return found


def _plain_name(expression: Any) -> str:
    return str(next(nodes(expression)).children[0])
