"""A block with its arguments and nested blocks as an object: what stands in ``after``.

Source: Terraform, "dynamic Blocks"; ``ext/dynblock`` of HCL (an unknown ``for_each`` makes any number of blocks).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard.plan.source.evaluation.expression import evaluate, evaluate_or_unknown, items_of
from planguard.plan.source.evaluation.scope import Scope
from planguard.plan.source.evaluation.slot import Slot, Slots
from planguard.plan.source.evaluation.symbol import OpenList, Symbolic
from planguard.plan.source.evaluation.value import (
    UNKNOWN,
    Marked,
    NoValueError,
    OpenObject,
    marked,
    unmarked,
)
from planguard.plan.source.syntax import META_ARGUMENTS, META_BLOCKS, NAME, Argument, Section, json_sections

_SINGLE = frozenset({"timeouts"})
"""Blocks that are one object in every provider, for types of which nothing is known."""


def object_of(section: Section, scope: Scope, slots: Slots | None) -> OpenObject:
    """A resource's block as the object that a plan would hold.

    :param slots: what its type has; None where nobody knows, so that only what is written is there
    """
    arguments = {name: one for name, one in section.arguments.items() if name not in META_ARGUMENTS}
    sections = [one for one in section.sections if one.kind not in META_BLOCKS]
    if section.json:
        arguments = {name: one for name, one in arguments.items() if name not in META_BLOCKS}
    return _object(Section(section.kind, section.labels, arguments, sections, 0, section.json), scope, slots)


def _object(section: Section, scope: Scope, slots: Slots | None) -> OpenObject:
    found = OpenObject()
    arguments, sections = _apart(section, slots or {})
    for name, argument in arguments.items():
        value = evaluate_or_unknown(argument.expression, scope)
        slot = slots.get(name) if slots else None
        found[name] = slot.fitted(value) if slot is not None else value
    for name, blocks in _by_name(sections).items():
        slot = slots.get(name) if slots else None
        inner = slot.inner if slot is not None and slot.nesting else None
        items = [item for block in blocks for item in _expanded(block, scope, inner)]
        found[name] = _nested(name, items, slot)
    for name, slot in (slots or {}).items():
        if name not in found and not slot.older:
            found[name] = slot.absent()
    return found


def _apart(section: Section, slots: Slots) -> tuple[dict[str, Argument], list[Section]]:
    """Arguments and nested blocks, also of a block in JSON, where only the type tells them apart."""
    if not section.json:
        return section.arguments, section.sections
    arguments: dict[str, Argument] = {}
    sections: list[Section] = list(section.sections)
    for name, argument in section.arguments.items():
        slot = slots.get(name)
        if name == "dynamic" or (slot is not None and slot.nesting):
            sections += json_sections(name, argument)
        else:
            arguments[name] = argument
    return arguments, sections


def _by_name(sections: list[Section]) -> dict[str, list[Section]]:
    found: dict[str, list[Section]] = {}
    for section in sections:
        name = section.labels[0] if section.kind == "dynamic" and section.labels else section.kind
        found.setdefault(name, []).append(section)
    return found


def _nested(name: str, items: list[Any], slot: Slot | None) -> Any:
    """The value of all blocks of one name."""
    if items == [UNKNOWN]:
        return UNKNOWN  # any number of blocks
    nesting = slot.nesting if slot is not None else ("single" if name in _SINGLE else "list")
    if nesting == "single":
        return items[-1] if items else None
    if nesting == "map":
        return UNKNOWN
    if slot is not None and not slot.nesting:  # an attribute, written as blocks
        return slot.fitted([dict(item) if isinstance(item, OpenObject) else item for item in items])
    if not items and slot is not None:
        return slot.absent()
    return items


def _expanded(block: Section, scope: Scope, slots: Slots | None) -> Iterator[Any]:
    """The objects that one nested block makes: one, or as many as its ``for_each`` says."""
    if block.kind != "dynamic" or not block.labels:
        yield _object(block, scope, slots)
        return
    content = next(block.inner("content"), None)
    over = block.arguments.get("for_each")
    if content is None or over is None:
        yield UNKNOWN
        return
    iterator = _iterator(block)
    try:
        collection = evaluate(over.expression, scope)
        sensitive = type(collection) is Marked
        collection = unmarked(collection)
        if isinstance(collection, OpenObject | Symbolic):
            collection = UNKNOWN
        rounds = [] if collection is UNKNOWN else list(items_of(collection))
    except NoValueError:
        collection = UNKNOWN
    if collection is UNKNOWN:
        yield UNKNOWN
        return
    for key, value in rounds:
        if value is UNKNOWN and type(collection) is OpenList:
            yield UNKNOWN  # any number of them
            continue
        each = {"key": key, "value": marked(value) if sensitive else value}
        yield _object(content, scope.within({iterator: each}), slots)


def _iterator(block: Section) -> str:
    named = block.arguments.get("iterator")
    if named is None:
        return block.labels[0]
    expression = named.expression
    return str(expression[1]) if expression[0] in (NAME, 0) else block.labels[0]
