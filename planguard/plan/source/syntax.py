"""A file in compact form: its blocks with their arguments, and expressions as small lists.

An expression is a list that begins with its kind: ``[NAME, "var", ["region"]]``. It holds lists, texts, numbers and
nothing else, so that it can be kept in the cache, and it is evaluated without the grammar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

Node: TypeAlias = list[Any]

LITERAL = 0
"""``[LITERAL, value]``"""
TEMPLATE = 1
"""``[TEMPLATE, [node, …]]``: the texts of all parts, joined"""
NAME = 2
"""``[NAME, root, [step, …]]``; a step is an attribute's name, ``[node]`` for an index, or within a splat
``[None, [step, …]]`` for a further splat"""
GET = 3
"""``[GET, node, [step, …]]``"""
SPLAT = 4
"""``[SPLAT, node, [step, …]]``: the steps are taken from each element"""
TUPLE = 5
"""``[TUPLE, [node, …]]``"""
OBJECT = 6
"""``[OBJECT, [[key, value], …]]``"""
FOR_LIST = 7
"""``[FOR_LIST, key name or None, value name, collection, value, condition or None]``"""
FOR_OBJECT = 8
"""``[FOR_OBJECT, key name or None, value name, collection, key, value, condition or None, grouped]``"""
CALL = 9
"""``[CALL, function, [argument, …], last one expanded]``"""
CONDITIONAL = 10
"""``[CONDITIONAL, condition, then, else]``"""
CHAIN = 11
"""``[CHAIN, first, [[operator, operand], …]]``, from left to right"""
UNARY = 12
"""``[UNARY, operator, node]``"""
REPEAT = 13
"""``[REPEAT, key name or None, value name, collection, template]``: a ``%{ for }`` directive"""

MOST_NESTED = 100
"""How deep an expression may be nested. Operator chains and traversals may be as long as one likes."""

META_ARGUMENTS = frozenset({"count", "for_each", "provider", "depends_on", "lifecycle"})
META_BLOCKS = frozenset({"lifecycle", "connection", "provisioner"})


class Argument(msgspec.Struct, frozen=True, array_like=True):
    """One ``name = expression``.

    :ivar references: what the expression refers to, as plan JSON lists it
    """

    expression: Node
    references: list[str]
    line: int


class Section(msgspec.Struct, frozen=True, array_like=True):
    """One block.

    :ivar json: it stands in a .tf.json file, where nested blocks look like arguments
    """

    kind: str
    labels: list[str]
    arguments: dict[str, Argument]
    sections: list[Section]
    line: int
    json: bool = False

    def literal(self, name: str) -> Any:
        """The value of an argument that is a plain literal; None for any other."""
        argument = self.arguments.get(name)
        if argument is None or argument.expression[0] != LITERAL:
            return None
        return argument.expression[1]

    def inner(self, kind: str) -> Iterator[Section]:
        """The nested blocks of a kind, those of .tf.json included."""
        yield from (section for section in self.sections if section.kind == kind)
        if self.json and kind in self.arguments:
            yield from json_sections(kind, self.arguments[kind])


class Content(msgspec.Struct, frozen=True, array_like=True):
    """One file."""

    sections: list[Section]


def json_sections(kind: str, argument: Argument) -> Iterator[Section]:
    """The blocks that an argument of .tf.json stands for: an object is one, a list of objects are several.

    Below ``dynamic`` (and below anything whose label is a key), the keys of the object are labels.
    """
    expression = argument.expression
    for item in expression[1] if expression[0] == TUPLE else [expression]:
        if item[0] != OBJECT:
            continue
        if kind == "dynamic":
            for key, value in item[1]:
                for body in value[1] if value[0] == TUPLE else [value]:
                    yield _json_section(kind, [str(key[1])], body, argument)
        else:
            yield _json_section(kind, [], item, argument)


def _json_section(kind: str, labels: list[str], body: Node, argument: Argument) -> Section:
    pairs = body[1] if body[0] == OBJECT else []
    arguments = {str(key[1]): Argument(value, argument.references, argument.line) for key, value in pairs}
    return Section(kind, labels, arguments, [], argument.line, True)


def overridden(first: Section, second: Section) -> Section:
    """A block with what an override file says of it.

    Source: Terraform, "Override Files": arguments replace arguments, nested blocks replace all blocks of their kind;
    in ``lifecycle`` they are merged.
    """
    arguments = {**first.arguments, **second.arguments}
    kinds = {_made(section) for section in second.sections}
    kept = [section for section in first.sections if _made(section) not in kinds or section.kind == "lifecycle"]
    return Section(first.kind, first.labels, arguments, kept + second.sections, first.line, first.json)


def _made(section: Section) -> str:
    return section.labels[0] if section.kind == "dynamic" and section.labels else section.kind


def literal(value: Any) -> Node:
    """The expression of a plain value."""
    if isinstance(value, Mapping):
        return [OBJECT, [[[LITERAL, key], literal(inner)] for key, inner in value.items()]]
    if isinstance(value, list | tuple):
        return [TUPLE, [literal(inner) for inner in value]]
    return [LITERAL, value]
