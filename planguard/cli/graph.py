"""``planguard graph``."""

from __future__ import annotations

from pathlib import Path

from planguard.check import Wanted, graph_of
from planguard.cli.terminal import write_stdout, write_whole
from planguard.errors import CallError, PlanError
from planguard.plan.reading import find_plans, read_input
from planguard.reports.graph_model import GraphDocument, graph_document

FORMATS = ("json", "dot", "mermaid", "svg")


def run_graph(argument: str, wanted: Wanted, format_: str, output: Path | None) -> None:
    """Write the graph of one plan.

    :raises PlanguardError: when the format is none, or the plan cannot be read
    """
    if format_ not in FORMATS:
        from planguard.engine.metadata import near

        raise CallError(f"--format `{format_}` is not a format of a graph", near(format_, FORMATS))
    found = find_plans([argument])
    if len(found.plans) != 1:
        raise CallError("more than one plan", "name one plan: a picture shows one", place=argument)
    raw = read_input(found.plans[0], wanted.terraform_bin)
    try:
        plan, graph, _ = graph_of(raw, wanted)
    except PlanError as error:
        error.place = error.place or raw.place
        raise
    content = _rendered(graph_document(plan, graph), format_)
    if output is None:
        write_stdout(content)
    else:
        write_whole(output, content)


def _rendered(document: GraphDocument, format_: str) -> bytes:
    if format_ == "json":
        import msgspec

        return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
    from importlib import import_module

    render = getattr(import_module(f"planguard.reports.graph_{format_}"), f"render_{format_}")
    text: str = render(document)
    return text.encode("utf-8", "backslashreplace")
