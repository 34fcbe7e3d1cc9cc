"""Stacks as a person draws them on a whiteboard: what is reached by whom, and who may do what, a line each."""

from __future__ import annotations

from functools import cache

from planguard.access.analysis import analyse_access
from planguard.check import Wanted, graph_of
from planguard.exposure.analysis import analyse_exposure, ways
from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER
from planguard.plan.reading import find_plans, read_input
from planguard.reports.access_model import AccessDocument, AccessEntry, access_document
from planguard.reports.access_words import actions_said, resources_said, who_said
from planguard.reports.analysed import AnalysedPlan
from planguard.reports.exposure_model import ExposureDocument, ExposureEntry, exposure_document
from planguard.reports.exposure_words import service_of
from tests.conftest import FIXTURES

STACKS = FIXTURES / "whiteboard"
CREATE, UPDATE = "plan", "plan-update"
_ALL = 1000


@cache
def graph(stack: str, plan: str, *, with_source: bool = False) -> Graph:
    """The graph of one plan of a stack."""
    folder = STACKS / stack
    [found] = find_plans([str(folder / f"{plan}.json")]).plans
    source = folder if plan == CREATE else folder / "update"
    return graph_of(read_input(found), Wanted(source=source if with_source else None))[1]


def _about(stack: str, plan: str) -> AnalysedPlan:
    return AnalysedPlan(f"{stack}/{plan}.json", "1.2", "1.11.4")


@cache
def access(stack: str, plan: str, *, with_source: bool = False) -> AccessDocument:
    """The report on access."""
    of = graph(stack, plan, with_source=with_source)
    return access_document(analyse_access(of), of.redactor, plan=_about(stack, plan))


@cache
def exposure(stack: str, plan: str, *, with_source: bool = False) -> ExposureDocument:
    """The report on exposure."""
    of = graph(stack, plan, with_source=with_source)
    return exposure_document(analyse_exposure(of), of, _about(stack, plan))


def grants(entries: list[AccessEntry]) -> list[str]:
    """Each entry on one line: whose it is, what, on what, by whom, and when."""
    return sorted(map(_grant, entries))


def _grant(entry: AccessEntry) -> str:
    said = f"{entry.address or entry.subject}: {actions_said(entry, _ALL)}"
    if where := resources_said(entry, _ALL):
        said += f" on {where}"
    if entry.plane == "resource":
        said += f" by {who_said(entry, _ALL)}"
    return said + (f" when {' and '.join(entry.conditions)}" if entry.conditions else "")


def exposed(entries: list[ExposureEntry]) -> list[str]:
    """Each entry on one line: the endpoint, the ports, and from where."""
    return sorted({f"{one.endpoint} {service_of(one)} from {_sources(one)}" for one in entries})


def _sources(entry: ExposureEntry) -> str:
    but = f" but {', '.join(entry.excluded_sources)}" if entry.excluded_sources else ""
    return ", ".join(entry.sources) + but


def links(stack: str, plan: str, *, with_source: bool = False) -> list[str]:
    """Who gets to whom inside, after the plan."""
    found = ways(graph(stack, plan, with_source=with_source), AFTER).network.links
    return sorted({f"{one.source} -> {one.target.address}{'' if one.is_certain else ' perhaps'}" for one in found})
