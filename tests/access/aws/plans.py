"""Plans for the tests of AWS's grants, and what they hold."""

from __future__ import annotations

import json
from typing import Any

from planguard.access.aws.grants import held_by
from planguard.access.model import Clause, Held
from planguard.access.pattern import shown
from planguard.graph.build import build_graph
from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER
from planguard.graph.snapshot import Snapshot
from planguard.plan.kind import recognise
from planguard.plan.plan import plan_of
from planguard.plan.source.example import example_plan
from planguard.plan.source.tree import source_from_files
from planguard.schema import resource_schema
from planguard.sources import PlanSource


def graph_of(document: dict[str, Any] | bytes, *, source: str = "") -> Graph:
    """The graph of a plan, with source where that is given."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    locals_ = PlanSource(source_from_files({"main.tf": source.encode()})) if source else None
    return build_graph(plan_of("plan.json", recognise(data, "plan.json")), locals_)


def planned(hcl: str, *, with_source: bool = False) -> dict[tuple[str, str], Held]:
    """What a configuration that is applied for the first time gives, by plane and address (or name)."""
    graph = graph_of(example_plan(hcl, table=resource_schema), source=hcl if with_source else "")
    return by_address(held_by(Snapshot(graph, AFTER)))


def by_address(found: list[Held]) -> dict[tuple[str, str], Held]:
    """What is held by plane and address; by plane and name where it is outside of the plan."""
    return {(one.subject.plane, one.subject.address or one.subject.name): one for one in found}


def told(clause: Clause) -> str:
    """A clause in one line: effect, bound where that is not exact, who, what, where and when."""
    parts = [
        clause.effect if clause.bound == "exact" else f"{clause.effect}/{clause.bound}",
        *(_terms(one.include, one.exclude) for one in (clause.principals, clause.actions, clause.resources)),
        *(f"{one.operator}({shown(one.key)})={','.join(map(shown, one.values))}" for one in clause.predicates),
    ]
    return " ".join(parts)


def _terms(include: tuple[str, ...], exclude: tuple[str, ...]) -> str:
    text = ",".join(map(shown, include))
    return f"{text}-{','.join(map(shown, exclude))}" if exclude else text


def lines(held: Held) -> list[str]:
    """The clauses of a subject, told."""
    return [told(one) for one in held.access.clauses]


def codes(held: Held) -> list[str]:
    """The codes of the gaps of a subject."""
    return [one.code for one in held.gaps]
