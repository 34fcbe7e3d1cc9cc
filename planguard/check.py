"""One plan from bytes to its decision: the way that every hook and every command takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from planguard.decision.decide import decide
from planguard.decision.policy import BUILTIN_POLICY
from planguard.engine.evaluate import Progress, evaluate
from planguard.engine.ruleset import RuleSet
from planguard.graph.build import build_graph
from planguard.graph.graph import Graph
from planguard.plan.plan import Plan, SavedContext, plan_of
from planguard.plan.reading import PlanInput, RawPlan, read_input
from planguard.reports.build import Purpose, decision_entry
from planguard.reports.model import DecisionEntry

if TYPE_CHECKING:
    from planguard.sources import PlanSource

Phase = Callable[[str], None]


class Wanted(msgspec.Struct, frozen=True):
    """How plans are to be checked.

    :ivar source: the folder with the .tf files, None where there is none
    :ivar terraform_bin: the program that reads saved plans, None for the one on PATH
    :ivar cache: a folder for what need not be worked out again, None for none
    """

    purpose: Purpose = Purpose()
    source: Path | None = None
    terraform_bin: str | None = None
    cache: Path | None = None
    with_passes: bool = False


def check_input(
    one: PlanInput, rules: RuleSet, wanted: Wanted, *, phase: Phase | None = None, progress: Progress | None = None
) -> DecisionEntry:
    """Read one plan and decide on it.

    :raises PlanError: when it cannot be read, or is no plan to decide on
    :raises RuleFileError: when the code of a rule cannot be loaded
    """
    tell = phase or (lambda _: None)
    tell(f"reading {one.place}")
    raw = read_input(one, wanted.terraform_bin)
    plan, graph, source = graph_of(raw, wanted)
    tell(f"judging {one.place}")
    findings = evaluate(graph, rules, progress=progress, keep_passes=wanted.with_passes)
    decision = decide(plan, findings, BUILTIN_POLICY)
    return decision_entry(
        plan,
        graph,
        findings,
        decision,
        rules=len(rules.rules),
        purpose=wanted.purpose,
        places=source,
        with_passes=wanted.with_passes,
    )


def graph_of(raw: RawPlan, wanted: Wanted) -> tuple[Plan, Graph, PlanSource | None]:
    """The plan, its graph, and its source where there is some.

    :raises PlanError: when the plan is not shaped as the format says
    """
    saved = raw.saved
    context = SavedContext(saved.workspace, saved.lineage, saved.serial) if saved is not None else None
    plan = plan_of(raw.place, raw.top, context)
    source = _source(raw, wanted)
    return plan, build_graph(plan, source), source


def _source(raw: RawPlan, wanted: Wanted) -> PlanSource | None:
    if wanted.source is None and raw.saved is None:
        return None
    from planguard.sources import plan_source

    return plan_source(raw.saved, wanted.source, wanted.cache)
