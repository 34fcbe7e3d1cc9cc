"""Expressions applied to every element: projections, filters, flattening.

A projection drops nulls. Null may hide behind an unknown, so an element that comes out unknown is one that the
result has *perhaps*; so is one on which a filter cannot decide. Elements that are certain stay certain beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from planguard.engine.condition.access import identity
from planguard.engine.condition.three_valued import (
    LISTS,
    Evaluate,
    Test,
    Uncertain,
    detached,
    elements,
    guarded,
    uncertain_list,
)
from planguard.plan.unknown import PartialList, Unknown

_FLATTENED = frozenset({list, PartialList, Uncertain, Unknown})


def projected(base: Evaluate, right: Evaluate) -> Evaluate:
    """``base[*].right``"""

    def project(value: Any) -> Any:
        found = base(value)
        kind = type(found)
        if kind in LISTS:
            return _each(elements(found), right)
        if kind is Uncertain:
            return _each_uncertain(found, right)
        return detached(found) if kind is Unknown else None

    return project


def values_projected(base: Evaluate, right: Evaluate) -> Evaluate:
    """``base.*.right``"""

    def project(value: Any) -> Any:
        found = base(value)
        if type(found) is dict:
            return _each(found.values(), right)
        return detached(found) if type(found) is Unknown else None

    return project


def _each(parts: Iterable[Any], right: Evaluate) -> list[Any] | Uncertain:
    if right is identity:
        results = [part for part in parts if part is not None]
    else:
        results = [result for part in parts if (result := right(part)) is not None]
    # Asked of all results at once, in C: lists without an unknown are the rule.
    return _split(results, []) if Unknown in map(type, results) else results


def _each_uncertain(found: Uncertain, right: Evaluate) -> list[Any] | Uncertain:
    results = [result for part in found.definite if (result := right(part)) is not None]
    perhaps = [result for part in found.possible if (result := guarded(right, part, found.why)) is not None]
    return _split(results, perhaps, found.why)


def _split(results: list[Any], perhaps: list[Any], why: Unknown | None = None) -> list[Any] | Uncertain:
    known = [result for result in results if type(result) is not Unknown]
    possible = [result for result in results if type(result) is Unknown] + perhaps
    return uncertain_list(known, possible, possible[0] if why is None else why)


def filtered(base: Evaluate, test: Test, right: Evaluate) -> Evaluate:
    """``base[?test].right``; ``test`` answers True, False or Unknown."""

    def select(value: Any) -> Any:
        found = base(value)
        kind = type(found)
        if kind in LISTS:
            results: list[Any] = []
            doubts: list[tuple[Any, Unknown]] = []
            for element in elements(found):
                answer = test(element)
                if answer is True:
                    result = right(element)
                    if result is not None:
                        results.append(result)
                elif answer is not False:
                    doubts.append((element, answer))
            if not doubts:
                return _split(results, []) if Unknown in map(type, results) else results
            return _with_doubts(results, doubts, right)
        if kind is Uncertain:
            return _filtered_uncertain(found, test, right)
        return detached(found) if kind is Unknown else None

    return select


def _with_doubts(results: list[Any], doubts: list[tuple[Any, Unknown]], right: Evaluate) -> list[Any] | Uncertain:
    perhaps = [result for element, doubt in doubts if (result := guarded(right, element, doubt)) is not None]
    if not perhaps and Unknown not in map(type, results):
        return results  # what was in doubt would have come out as null
    return _split(results, perhaps, doubts[0][1])


def _filtered_uncertain(found: Uncertain, test: Test, right: Evaluate) -> list[Any] | Uncertain:
    definite: list[Any] = []
    perhaps: list[Any] = []
    for element in found.definite:
        answer = test(element)
        if answer is True:
            definite.append(right(element))
        elif answer is not False:
            perhaps.append(guarded(right, element, found.why))
    perhaps += [
        guarded(right, element, found.why)
        for element in found.possible
        if guarded(test, element, found.why) is not False
    ]
    return _split(
        [result for result in definite if result is not None],
        [result for result in perhaps if result is not None],
        found.why,
    )


def flattened(base: Evaluate) -> Evaluate:
    """``base[]``: lists in the list are replaced by their elements."""

    def flatten(value: Any) -> Any:
        found = base(value)
        kind = type(found)
        if kind is Uncertain:
            return _flattened_uncertain(found)
        if kind not in LISTS:
            return detached(found) if kind is Unknown else None
        # What the elements are is asked in C: most lists hold nothing but lists, or none at all.
        types = set(map(type, elements(found)))
        if types == {list}:
            return list(chain.from_iterable(found))
        if types.isdisjoint(_FLATTENED):
            return list(elements(found))
        certain, perhaps, why = _merged(elements(found))
        return certain if why is None else uncertain_list(certain, perhaps, why)

    return flatten


def _merged(parts: Iterable[Any]) -> tuple[list[Any], list[Any], Unknown | None]:
    """What is in it for certain, what may be in it besides, and the unknown that it hangs on, if any."""
    certain: list[Any] = []
    perhaps: list[Any] = []
    why: Unknown | None = None
    for element in parts:
        kind = type(element)
        if kind in LISTS:
            certain.extend(elements(element))
        elif kind is Unknown:
            perhaps.append(element)  # it may be a list of anything, or an empty one
            why = element if why is None else why
        elif kind is Uncertain:
            certain.extend(element.definite)
            perhaps.extend(element.possible)
            why = element.why if why is None else why
        else:
            certain.append(element)
    return certain, perhaps, why


def _flattened_uncertain(found: Uncertain) -> list[Any] | Uncertain:
    certain, perhaps, _ = _merged(found.definite)
    parts, more, _ = _merged(found.possible)
    return uncertain_list(certain, perhaps + parts + more, found.why)
