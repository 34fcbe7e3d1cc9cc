"""The .tf source beside a plan, from a folder or out of a saved plan: locals for the graph, places for reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from planguard.graph.node import Node
from planguard.plan.document import decode_value
from planguard.plan.saved import SavedPlan
from planguard.plan.source import Source, load_source, source_from_files
from planguard.plan.source.blocks import Block
from planguard.plan.unknown import Path as ValuePath
from planguard.reports.model import SourcePlace

if TYPE_CHECKING:
    from planguard.plan.source.evaluation.planned import Planned
    from planguard.plan.source.recovery import Recovery


class PlanSource:
    """What the graph and the reports ask of the source.

    :param workspace: the workspace that the plan was made in; None where nobody knows
    """

    def __init__(self, source: Source, workspace: str | None = None) -> None:
        self._source = source
        self._workspace = workspace

    def local_references(self, module: tuple[str, ...], name: str) -> list[str]:
        """What ``local.<name>`` of a module refers to, in Terraform's way of writing references."""
        found = self._source.module(module)
        return found.local_references(name) if found is not None else []

    def _block(self, node: Node) -> Block | None:
        if node.block is None:
            return None
        module = self._source.module(tuple(name for name, _ in node.module))
        config = node.block.config
        kind = "data" if config.mode == "data" else "resource"
        return module.block(kind, config.type, config.name) if module is not None else None

    def is_written(self, node: Node, names: tuple[str, ...]) -> bool:
        """Whether the block of an object sets an attribute, ``dynamic`` blocks included."""
        block = self._block(node)
        return block is not None and block.writes(names)

    def recovery(self, planned: Planned) -> Recovery:
        """What evaluates the source for values that the plan leaves out.

        :param planned: what the plan knows
        """
        from planguard.access.pattern import symbol
        from planguard.plan.source.recovery import Recovery

        return Recovery(self._source, planned, symbol, self._workspace)

    def place_of(self, node: Node, path: ValuePath) -> SourcePlace | None:
        """Where the block of an object stands, and the attribute in it when it is written there."""
        block = self._block(node)
        if block is None:
            return None
        lines = block.attribute_line(path, _values(node) if len(path) > 1 else None) if path else None
        line, end_line = lines if lines is not None else (block.line, block.end_line)
        return SourcePlace(block.file, line, end_line)


def _values(node: Node) -> Any:
    """What the plan holds of an object, after the apply where it is there then. Nothing in it is ever shown."""
    return decode_value(node.after if node.in_after else node.before, place=node.address)


def plan_source(saved: SavedPlan | None, folder: Path | None, cache: Path | None) -> PlanSource | None:
    """The source of a plan: the folder that was given, else what the saved plan carries, else none.

    :raises SourceError: when the folder holds no configuration
    """
    workspace = saved.workspace if saved is not None else None
    if folder is not None:
        return PlanSource(load_source(folder, cache), workspace)
    if saved is None or not saved.source:
        return None
    files: dict[str, bytes] = {}
    modules: dict[str, str] = {}
    for key, module in saved.source.items():
        modules[key] = module.directory
        prefix = "" if module.directory in ("", ".") else f"{module.directory}/"
        for name, content in module.files.items():
            files[prefix + name] = content
    return PlanSource(source_from_files(files, modules, cache), workspace)
