"""One plan from bytes to its decision: the way that every hook and every command takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from planguard.decision.decide import Case, decide
from planguard.decision.environment import resolve_environment
from planguard.decision.policy import BUILTIN_POLICY, Policy
from planguard.decision.purpose import Purpose
from planguard.engine.evaluate import Progress, evaluate
from planguard.engine.ruleset import RuleSet
from planguard.errors import CallError
from planguard.graph.build import build_graph
from planguard.graph.graph import Graph
from planguard.graph.node import Node
from planguard.plan.digest import Context, Digests
from planguard.plan.plan import Plan, SavedContext, plan_of
from planguard.plan.reading import PlanInput, RawPlan, read_input
from planguard.reports.build import Told, decision_entry
from planguard.reports.model import DecisionEntry

if TYPE_CHECKING:
    from planguard.decision.promotion import LowerDecision
    from planguard.decision.waivers.judge import Waivers
    from planguard.reports.graph_model import GraphDocument
    from planguard.sources import PlanSource

Phase = Callable[[str], None]


class Law(msgspec.Struct, frozen=True):
    """By what plans are decided on, and when.

    :ivar waivers: None where there are none
    :ivar now: the time of the decision, None where nothing asks for it
    :ivar now_was_given: whether somebody named that time, so that it has to be later than the plan
    :ivar digest_key: what sensitive values enter digests by, None for none
    :ivar lower: decisions of lower environments that promotion is compared with
    """

    policy: Policy = BUILTIN_POLICY
    waivers: Waivers | None = None
    now: datetime | None = None
    now_was_given: bool = False
    digest_key: bytes | None = None
    lower: tuple[LowerDecision, ...] = ()


class Wanted(msgspec.Struct, frozen=True):
    """How plans are to be checked.

    :ivar source: the folder with the .tf files, None where there is none
    :ivar terraform_bin: the program that reads saved plans, None for the one on PATH
    :ivar cache: a folder for what need not be worked out again, None for none
    :ivar with_pictures: whether a format is wanted that draws what is around violations
    :ivar processes: how many may work on one plan, where it is large
    """

    purpose: Purpose = Purpose()
    law: Law = Law()
    source: Path | None = None
    terraform_bin: str | None = None
    cache: Path | None = None
    with_passes: bool = False
    with_pictures: bool = False
    processes: int = 1


class Decided(msgspec.Struct, frozen=True):
    """The report of one decision, and what is around its gravest violations, by address."""

    entry: DecisionEntry
    pictures: dict[str, GraphDocument] = {}


def check_input(
    one: PlanInput, rules: RuleSet, wanted: Wanted, *, phase: Phase | None = None, progress: Progress | None = None
) -> Decided:
    """Read one plan and decide on it.

    :raises PlanError: when it cannot be read, or is no plan to decide on
    :raises RuleFileError: when the code of a rule cannot be loaded
    :raises CallError: when the environment that was given is none of the policy's, or the time is before the plan
    """
    tell = phase or (lambda _: None)
    tell(f"reading {one.place}")
    raw = read_input(one, wanted.terraform_bin)
    plan, graph, source = graph_of(raw, wanted)
    tell(f"judging {one.place}")
    entry = judge_plan(
        plan,
        graph,
        rules,
        wanted.purpose,
        wanted.law,
        source,
        with_passes=wanted.with_passes,
        progress=progress,
        processes=wanted.processes,
    )
    return Decided(entry, pictures_around(entry, plan, graph) if wanted.with_pictures else {})


def judge_plan(
    plan: Plan,
    graph: Graph,
    rules: RuleSet,
    purpose: Purpose,
    law: Law,
    source: PlanSource | None,
    *,
    with_passes: bool,
    progress: Progress | None = None,
    processes: int = 1,
) -> DecisionEntry:
    """Decide on a plan that was read.

    :raises PlanguardError: as :func:`check_input`
    """
    _refuse_time_before(plan, law)
    policy = law.policy
    workspace = purpose.workspace or plan.saved.workspace
    graph.environments = policy.environments
    resolved = resolve_environment(
        policy.environments, graph, given=purpose.environment, workspace=workspace, project=purpose.project
    )
    graph.environment = resolved.environment
    findings = evaluate(graph, rules, progress=progress, keep_passes=with_passes, processes=processes)
    digests = Digests(plan, law.digest_key)
    case = Case(
        resolved=resolved,
        context=Context(purpose.project, resolved.name, workspace),
        now=law.now,
        waivers=law.waivers,
        files=_files(source),
    )
    if policy.promotions:
        case = _with_promotion(case, plan, policy, law.lower)
    decision = decide(plan, graph, findings, policy, digests, case)
    return decision_entry(
        Told(plan, graph, findings, decision, case, digests),
        rules=len(rules.rules),
        places=source,
        with_passes=with_passes,
    )


def pictures_around(entry: DecisionEntry, plan: Plan, graph: Graph) -> dict[str, GraphDocument]:
    """What is around the gravest violations of a decision, by address."""
    from planguard.reports.graph_model import graph_document
    from planguard.reports.surroundings import pictures_of, worth_a_picture

    return pictures_of(entry, graph_document(plan, graph)) if worth_a_picture(entry) else {}


def _files(source: PlanSource | None) -> Callable[[Node], str | None] | None:
    if source is None:
        return None

    def file_of(node: Node) -> str | None:
        place = source.place_of(node, ())
        return place.file if place is not None else None

    return file_of


def _with_promotion(case: Case, plan: Plan, policy: Policy, lower: tuple[LowerDecision, ...]) -> Case:
    from planguard.decision.promotion import compare_promotion, configuration_facts

    facts = configuration_facts(plan)
    missing, compared = compare_promotion(policy.promotions, case.resolved.name, facts, lower)
    return msgspec.structs.replace(
        case, unpromoted=tuple(missing), compared=tuple(compared), configuration=facts
    )  # fmt: skip


def _refuse_time_before(plan: Plan, law: Law) -> None:
    """A clock that is set back would bring waivers to life again that have expired."""
    if law.now is None or not law.now_was_given or not plan.timestamp:
        return
    from planguard.decision.time import parse_time, show_time

    try:
        made = parse_time(plan.timestamp)
    except ValueError:
        return
    if law.now < made:
        raise CallError(
            f"--now is {show_time(law.now)}, before the plan was made ({plan.timestamp})",
            "ask for a later time, or add --force-now",
            place=plan.place,
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
