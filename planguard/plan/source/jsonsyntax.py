"""Facts of .tf.json files: what is there and what it refers to; JSON keeps no lines.

Source followed: Terraform's "JSON Configuration Syntax": every string is a template, ``"//"`` is a comment, a
block or a level of labels may be an object or a list of objects.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from planguard.plan.source.facts import BlockFacts, FileFacts, LocalFacts
from planguard.plan.source.grammar import UnparsableError
from planguard.plan.source.references import Scope, template_references

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
_NO_SCOPE: Scope = frozenset()


def parse_json(text: str) -> FileFacts:
    """The facts of a .tf.json file.

    :raises UnparsableError: the text is no JSON object, or a template in it is no template
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnparsableError(error.lineno) from None
    except (RecursionError, ValueError):
        raise UnparsableError(1) from None
    if not isinstance(document, dict):
        raise UnparsableError(1)
    facts = FileFacts([], {}, {})
    for kind, value in document.items():
        if kind == "locals":
            for name, local in _members(value):
                facts.locals[name] = LocalFacts(value_references(local), None)
        for labels, body in _labelled(value, _LABELS.get(kind, 0)):
            facts.blocks.append(BlockFacts(kind, labels, [], _dynamic_references(body)))
            if kind == "module" and isinstance(source := dict(_members(body)).get("source"), str):
                facts.sources[labels[0]] = source
    return facts


def value_references(value: Any, scope: Scope = _NO_SCOPE) -> list[str]:
    """References in all strings and keys of a JSON value, in order."""
    found: list[str] = []
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, str):
            found += template_references(item, scope)
        elif isinstance(item, list):
            rest += reversed(item)
        elif isinstance(item, dict):
            rest += reversed([part for pair in item.items() for part in pair])
    return found


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """Keys and values of an object, or of the objects in a list, without comments."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield from ((key, inner) for key, inner in item.items() if key != "//")


def _labelled(value: Any, count: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The labels and bodies below a block kind that takes so many labels; nothing for kinds without labels."""
    found: list[tuple[tuple[str, ...], Any]] = [((), value)] if count else []
    for _ in range(count):
        found = [((*labels, key), inner) for labels, body in found for key, inner in _members(body)]
    yield from found


def _dynamic_references(body: Any) -> list[str]:
    found: list[str] = []
    rest: list[tuple[Any, Scope]] = [(body, _NO_SCOPE)]
    while rest:
        item, scope = rest.pop()
        for key, inner in _members(item):
            if key != "dynamic":
                rest += [(inner, scope)] if isinstance(inner, dict | list) else []
                continue
            for label, content in _members(inner):
                for each in content if isinstance(content, list) else [content]:
                    found += _dynamic_block(label, each, scope)
    return found


def _dynamic_block(label: str, block: Any, scope: Scope) -> list[str]:
    members = dict(_members(block))
    iterator = members.pop("iterator", label)
    found = value_references(members.pop("for_each", None), scope)
    return found + value_references(members, scope | {str(iterator)})
