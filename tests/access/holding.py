"""What tests of grants share: from HCL or a plan to what subjects hold, told as a person reads it."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from planguard.access.model import EXACT, IDENTITY, Held, Terms
from planguard.access.pattern import shown
from planguard.graph.snapshot import Snapshot
from planguard.plan.source import example_plan
from planguard.schema import resource_schema
from tests.conftest import graph_from

HeldBy = Callable[[Snapshot], list[Held]]


@cache
def plan_text(text: str) -> bytes:
    return example_plan(text, table=resource_schema)


def holding(held_by: HeldBy, text: str) -> dict[tuple[str, str], Held]:
    """What subjects hold after the plan of an HCL text, by plane and name."""
    return by_subject(held_by(Snapshot(graph_from(plan_text(text)), "after")))


def by_subject(found: list[Held]) -> dict[tuple[str, str], Held]:
    return {(one.subject.plane, one.subject.name): one for one in found}


def grants(found: dict[tuple[str, str], Held], name: str, plane: str = IDENTITY) -> list[str]:
    """The clauses of a subject, one text each: bound, actions, resources, principals where they are limited."""
    return sorted(_told(clause) for clause in found[plane, name].access.clauses)


def gaps(found: dict[tuple[str, str], Held], name: str, plane: str = IDENTITY) -> list[str]:
    return sorted({gap.code for gap in found[plane, name].gaps})


def _told(clause: Any) -> str:
    parts = [_terms(clause.actions), _terms(clause.resources)]
    if clause.principals != Terms():
        parts.append(_terms(clause.principals))
    parts += [f"if {value}" for predicate in clause.predicates for value in predicate.values]
    bound = "" if clause.bound == EXACT else f"{clause.bound} "
    return bound + " | ".join(parts)


def _terms(terms: Terms) -> str:
    told = " ".join(sorted(map(shown, terms.include)))
    return told + "".join(f" -{shown(one)}" for one in terms.exclude)


def masked(plan: bytes, seed: int) -> dict[str, Any]:
    """A plan in which some values that were known are not known yet."""
    document: dict[str, Any] = json.loads(plan)
    chance = random.Random(seed)
    for entry in document["resource_changes"]:
        change = entry["change"]
        if chance.random() < 0.5 and isinstance(change["after"], dict):
            change["after_unknown"] = copy.deepcopy(change.get("after_unknown") or {})
            for name in chance.sample(sorted(change["after"]), min(3, len(change["after"]))):
                _hide(change["after"], change["after_unknown"], name, chance)
    return document


def _hide(after: Any, unknown: Any, step: Any, chance: random.Random) -> None:
    """Make a value unknown, or something inside it."""
    value = after[step]
    inner = list(_steps(value))
    if inner and chance.random() < 0.7:
        below = unknown[step] if isinstance(unknown, list) else unknown.get(step)
        if not isinstance(below, (dict, list)):
            below = [False] * len(value) if isinstance(value, list) else {}
        while isinstance(below, list) and len(below) < len(value):
            below.append(False)
        unknown[step] = below
        _hide(value, below, chance.choice(inner), chance)
        return
    unknown[step] = True
    if isinstance(after, dict):
        del after[step]
    else:
        after[step] = None


def _steps(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from sorted(value)
    elif isinstance(value, list):
        yield from range(len(value))
