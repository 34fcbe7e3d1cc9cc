"""Reading parts of a value: fields, indexes, slices, and new lists and objects made of such parts."""

from __future__ import annotations

from typing import Any

from planguard.engine.condition.three_valued import LISTS, Evaluate, Uncertain, below, detached
from planguard.errors import EvaluationError
from planguard.plan.unknown import Unknown


def identity(value: Any) -> Any:
    """The value itself (``@``)."""
    return value


def constant(literal: Any) -> Evaluate:
    """A literal."""

    def give(value: Any) -> Any:
        return literal

    return give


def field(name: str) -> Evaluate:
    """``name``: null where there is no such field, or nothing that could have one."""

    def read(value: Any) -> Any:
        if type(value) is dict:
            return value.get(name)
        return below(value, name) if type(value) is Unknown else None

    return read


def field_of_field(outer: str, inner: str) -> Evaluate:
    """``outer.inner``, the commonest chain, in one call."""

    def read(value: Any) -> Any:
        if type(value) is dict:
            value = value.get(outer)
            if type(value) is dict:
                return value.get(inner)
            return below(value, inner) if type(value) is Unknown else None
        return below(below(value, outer), inner) if type(value) is Unknown else None

    return read


def fields(names: tuple[str, ...]) -> Evaluate:
    """A chain of fields of any length."""
    if len(names) == 1:
        return field(names[0])
    if len(names) == 2:
        return field_of_field(*names)

    def read(value: Any) -> Any:
        for name in names:
            if type(value) is dict:
                value = value.get(name)
            elif type(value) is Unknown:
                value = below(value, name)
            else:
                return None
        return value

    return read


def index(position: int) -> Evaluate:
    """``[position]``: null outside the list, and for what is no list."""

    def read(value: Any) -> Any:
        kind = type(value)
        if kind in LISTS:
            return value[position] if -len(value) <= position < len(value) else None
        if kind is Unknown:
            # An index from the end has no place that a report could name.
            return below(value, position) if position >= 0 else detached(value)
        return detached(value.why) if kind is Uncertain else None

    return read


def part(start: int | None, stop: int | None, step: int | None) -> Evaluate:
    """``[start:stop:step]``.

    :raises EvaluationError: when evaluated on a list with a step of 0
    """
    wanted = slice(start, stop, step)

    def read(value: Any) -> Any:
        kind = type(value)
        if kind not in LISTS and kind is not Uncertain:
            return detached(value) if kind is Unknown else None
        if step == 0:
            raise EvaluationError("slice has a step of 0")
        if kind is Uncertain:
            return Uncertain([], value.definite + value.possible, value.why)
        return value[wanted]

    return read


def chained(steps: list[Evaluate]) -> Evaluate:
    """Each expression applied to what the one before it gave (``a.b``, ``a[0]``, ``a | b``)."""
    if len(steps) == 1:
        return steps[0]
    if len(steps) == 2:
        first, second = steps

        def apply_both(value: Any) -> Any:
            return second(first(value))

        return apply_both

    def apply(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return apply


def list_of(parts: list[Evaluate]) -> Evaluate:
    """``[a, b]``: null of null, therefore unknown of an unknown."""

    def collect(value: Any) -> Any:
        if value is None:
            return None
        if type(value) is Unknown:
            return detached(value)
        return [read(value) for read in parts]

    return collect


def object_of(parts: list[tuple[str, Evaluate]]) -> Evaluate:
    """``{a: b}``: null of null, therefore unknown of an unknown."""

    def collect(value: Any) -> Any:
        if value is None:
            return None
        if type(value) is Unknown:
            return detached(value)
        return {name: read(value) for name, read in parts}

    return collect
