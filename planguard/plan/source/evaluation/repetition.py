"""``count`` and ``for_each``: which instances a block has.

Source: Terraform, "The count Meta-Argument" and "The for_each Meta-Argument".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from planguard.plan.address import ANY_KEY, Key
from planguard.plan.source.evaluation.expression import evaluate
from planguard.plan.source.evaluation.scope import Scope
from planguard.plan.source.evaluation.value import UNKNOWN, NoValueError, OpenObject, plain, to_number
from planguard.plan.source.syntax import Section

MOST = 10_000
"""Instances of one block; whoever has more would not wait for them."""

Names: TypeAlias = Mapping[str, Any]
_NO_NAMES: Names = {}


@dataclass(frozen=True)
class Repetition:
    """The instances of a block.

    :ivar kind: ``single``, ``count``, ``each``, or ``unknown`` where nobody can say how many there are
    :ivar instances: for each key the names that its expressions see: ``count`` or ``each``
    """

    kind: str
    instances: Mapping[Key, Names] = field(default_factory=lambda: {None: _NO_NAMES})


_SINGLE = Repetition("single")


def repetition_of(section: Section, scope: Scope) -> Repetition:
    """The instances of a resource, data or module block."""
    count, each = section.arguments.get("count"), section.arguments.get("for_each")
    if count is None and each is None:
        return _SINGLE
    try:
        if count is not None:
            return _counted(to_number(plain(evaluate(count.expression, scope))))
        return _each(plain(evaluate(each.expression, scope))) if each is not None else _SINGLE
    except NoValueError:
        return _unknown("count" if count is not None else "each")


def repetition_as_planned(found: Repetition, keys: Sequence[Key]) -> Repetition:
    """The instances that a plan has, where the source does not tell them, or tells others.

    :param keys: the keys that the plan has; a plan for some resources alone has fewer than there are
    """
    if ANY_KEY in keys or (found.kind != "unknown" and set(keys) <= set(found.instances)):
        return found
    names: Callable[[Any], Names]
    if keys and all(isinstance(key, int) for key in keys):
        kind, names = "count", lambda key: {"count": {"index": key}}
    elif keys and all(isinstance(key, str) for key in keys):
        kind, names = "each", lambda key: {"each": {"key": key, "value": UNKNOWN}}
    else:
        return found
    return Repetition(kind, {key: names(key) for key in keys})


def _counted(number: Any) -> Repetition:
    if not isinstance(number, int) or not 0 <= number <= MOST:
        return _unknown("count")
    return Repetition("count", {index: {"count": {"index": index}} for index in range(number)})


def _each(collection: Any) -> Repetition:
    if isinstance(collection, OpenObject) or not isinstance(collection, dict | tuple) or len(collection) > MOST:
        return _unknown("each")
    if any(not isinstance(key, str) for key in collection):
        return _unknown("each")
    values = collection if isinstance(collection, dict) else dict(zip(collection, collection, strict=True))
    return Repetition("each", {key: {"each": {"key": key, "value": values[key]}} for key in sorted(values)})


def _unknown(kind: str) -> Repetition:
    names = {"index": UNKNOWN} if kind == "count" else {"key": UNKNOWN, "value": UNKNOWN}
    return Repetition("unknown", {ANY_KEY: {kind: names}})
