"""A file as blocks and arguments in compact form, from HCL and from JSON, kept in the cache.

Source for JSON: Terraform's "JSON Configuration Syntax": every string is a template, ``"//"`` is a comment, a block
or a level of labels may be an object or a list of objects.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from planguard.plan.source.compact import compact, raw_template
from planguard.plan.source.grammar import (
    UnparsableError,
    attribute_expression,
    attribute_name,
    block_body,
    block_header,
    line_of,
    nodes,
    parse_text,
)
from planguard.plan.source.jsonsyntax import value_references
from planguard.plan.source.references import Scope, expression_references
from planguard.plan.source.syntax import LITERAL, MOST_NESTED, OBJECT, TUPLE, Argument, Content, Node, Section

_NO_SCOPE: Scope = frozenset()
_LABELS = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "module": 1,
    "output": 1,
    "variable": 1,
    "provider": 1,
    "check": 1,
}
_BARE = frozenset({"type", "depends_on", "provider", "providers", "ignore_changes", "replace_triggered_by"})
"""Arguments whose strings in .tf.json are expressions and no templates."""


def hcl_content(text: str) -> Content:
    """The content of a .tf file.

    :raises UnparsableError: the text is no HCL, or nested too deep
    """
    (body,) = nodes(parse_text(text, positions=False), "body")
    return Content([_section(block, 0) for block in nodes(body, "block")])


def hcl_arguments(text: str) -> dict[str, Argument]:
    """The arguments of a .tfvars file.

    :raises UnparsableError: the text is no HCL
    """
    (body,) = nodes(parse_text(text, positions=False), "body")
    return _arguments(body)


def _arguments(body: Any) -> dict[str, Argument]:
    found: dict[str, Argument] = {}
    for attribute in nodes(body, "attribute"):
        tree = attribute_expression(attribute)
        expression = compact(tree)
        references = [] if expression[0] == LITERAL else expression_references(tree)
        found[attribute_name(attribute)] = Argument(expression, references, line_of(attribute))
    return found


def _section(block: Any, depth: int) -> Section:
    if depth > MOST_NESTED:
        raise UnparsableError(line_of(block))
    kind, labels = block_header(block)
    body = block_body(block)
    inner = [_section(each, depth + 1) for each in nodes(body, "block")]
    return Section(kind, list(labels), _arguments(body), inner, line_of(block))


# --- .tf.json ------------------------------------------------------------------------------------------------------


def json_content(text: str) -> Content:
    """The content of a .tf.json file.

    :raises UnparsableError: the text is no JSON object, or a template in it is no template
    """
    sections: list[Section] = []
    for kind, value in _document(text).items():
        for labels, body in _labelled(value, _LABELS.get(kind, 0)):
            sections.append(Section(kind, list(labels), json_arguments(body), [], 1, True))
    return Content(sections)


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnparsableError(error.lineno) from None
    except (RecursionError, ValueError):
        raise UnparsableError(1) from None
    if not isinstance(document, dict):
        raise UnparsableError(1)
    return document


def tfvars_document(text: str) -> dict[str, Any]:
    """The values in a .tfvars.json file.

    :raises UnparsableError: the text is no JSON object
    """
    return _document(text)


def json_arguments(body: Any) -> dict[str, Argument]:
    """The members of a JSON object as arguments."""
    return {
        name: Argument(_json_node(value, name in _BARE, 0), value_references(value, _NO_SCOPE), 1)
        for name, value in _members(body)
    }


def _json_node(value: Any, bare: bool, depth: int) -> Node:
    if depth > MOST_NESTED:
        raise UnparsableError(1)
    if isinstance(value, str):
        return [LITERAL, value] if bare else raw_template(value, 1, quoted=False)
    if isinstance(value, list):
        return [TUPLE, [_json_node(item, bare, depth + 1) for item in value]]
    if isinstance(value, dict):
        pairs = [(key, inner) for key, inner in value.items() if key != "//"]
        return [
            OBJECT,
            [[_json_node(key, bare, depth + 1), _json_node(inner, bare, depth + 1)] for key, inner in pairs],
        ]
    return [LITERAL, value]


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield from ((key, inner) for key, inner in item.items() if key != "//")


def _labelled(value: Any, count: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    found: list[tuple[tuple[str, ...], Any]] = [((), value)]
    for _ in range(count):
        found = [((*labels, key), inner) for labels, body in found for key, inner in _members(body)]
    for labels, body in found:
        for one in body if isinstance(body, list) else [body]:
            if isinstance(one, dict):
                yield labels, one
