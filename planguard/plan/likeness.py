"""Whether a plan may hold a value where a literal is written: to tell which of several blocks made which element.

Terraform sorts the elements of a set, and providers write some values in a way of their own; what is compared is
therefore the text that a value has, without case, and lists without their order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from planguard.plan.unknown import Unknown


def may_be(written: Any, value: Any) -> bool:
    """Whether a literal does not contradict a value of the plan. What is empty may be missing."""
    if type(value) is Unknown:
        return written is None
    if isinstance(written, dict) or isinstance(value, dict):
        return True
    if isinstance(written, list | tuple) and isinstance(value, list):
        values = list(list.__iter__(value))
        if any(isinstance(one, list | dict) for one in written):
            return True
        return sorted(map(_text, written)) == sorted(map(_text, values))
    if isinstance(written, list | tuple) != isinstance(value, list) and written and value:
        return False
    return _text(written) == _text(value)


def may_make(literals: Mapping[str, Any], element: Any) -> bool:
    """Whether a block with these literals may have made an element."""
    if type(element) is Unknown:
        return not literals
    if not isinstance(element, dict):
        return True
    return all(may_be(written, element[name]) for name, written in literals.items() if name in element)


def blocks_of_elements(blocks: Sequence[Mapping[str, Any]], elements: Sequence[Any]) -> list[set[int]]:
    """For each element the blocks that may have made it.

    A block makes one element, so that what is certain of one narrows the others down.
    """
    found = [{n for n, block in enumerate(blocks) if may_make(block, element)} for element in elements]
    settled: set[int] = set()
    while True:
        certain = [next(iter(one)) for one in found if len(one) == 1]
        fresh = {one for one in certain if certain.count(one) == 1} - settled
        if not fresh:
            return found
        settled |= fresh
        found = [one - fresh if len(one) > 1 else one for one in found]


def _text(value: Any) -> str:
    if type(value) is Unknown:
        return "\0"
    if value is None or value in ([], ()):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "".join(value).lower() if isinstance(value, str) else str(value).lower()
