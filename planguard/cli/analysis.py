"""What ``planguard access`` and ``planguard exposure`` have in common: reading one plan, and writing one report."""

from __future__ import annotations

from pathlib import Path

import msgspec

from planguard.check import Wanted, graph_of
from planguard.cli.law import read_law
from planguard.cli.terminal import cache_folder, write_stdout, write_whole
from planguard.decision.environment import resolve_environment
from planguard.decision.purpose import Purpose
from planguard.errors import CallError, PlanError
from planguard.graph.graph import Graph
from planguard.plan.reading import find_plans, read_input
from planguard.reports.analysed import AnalysedPlan


class Asked(msgspec.Struct, frozen=True):
    """The options that both commands have.

    :ivar format_: ``NAME`` or ``NAME=FILE``
    :ivar output: the file to write, None for standard output
    """

    format_: str = "text"
    output: Path | None = None
    source: Path | None = None
    purpose: Purpose = Purpose()
    policy: str | None = None
    terraform_bin: str | None = None
    verbose: bool = False


class Target(msgspec.Struct, frozen=True):
    """Which format, and where it goes; None is standard output."""

    format: str
    file: Path | None


def parse_target(asked: Asked, formats: tuple[str, ...]) -> Target:
    """``--format NAME[=FILE]`` together with ``--output``.

    :raises CallError: for a format that there is not, or two places for one report
    """
    name, equals, file = asked.format_.partition("=")
    if name not in formats:
        from planguard.engine.metadata import near

        raise CallError(f"--format `{name}` is not a format of this command", near(name, formats))
    if equals and not file:
        raise CallError(f"--format `{asked.format_}` names no file", f"write `{name}=FILE`, or `{name}`")
    if equals and asked.output is not None:
        raise CallError("two places for one report", "leave out --output, or the file behind --format")
    return Target(name, Path(file) if equals else asked.output)


def write_report(content: bytes, target: Target) -> None:
    """Write a report to where it belongs, whole."""
    if target.file is None:
        write_stdout(content)
    else:
        write_whole(target.file, content)


def read_analysed(argument: str, asked: Asked) -> tuple[Graph, AnalysedPlan]:
    """The graph of one plan, with the environment that it is for.

    :raises PlanguardError: when the call is wrong, or the plan cannot be read
    """
    found = find_plans([argument]).plans
    if len(found) != 1:
        raise CallError(f"`{argument}` holds {len(found)} plans", "name one of them")
    raw = read_input(found[0], asked.terraform_bin)
    wanted = Wanted(source=asked.source, terraform_bin=asked.terraform_bin, cache=cache_folder())
    try:
        plan, graph, _ = graph_of(raw, wanted)
    except PlanError as error:
        error.place = error.place or raw.place
        raise
    policy = read_law(asked.policy, None, None).policy
    workspace = asked.purpose.workspace or plan.saved.workspace
    graph.environments = policy.environments
    resolved = resolve_environment(
        policy.environments,
        graph,
        given=asked.purpose.environment,
        workspace=workspace,
        project=asked.purpose.project,
    )
    graph.environment = resolved.environment
    facts = AnalysedPlan(
        plan.place,
        plan.format_version,
        plan.terraform_version,
        resolved.name,
        asked.purpose.project,
        workspace,
    )
    return graph, facts
