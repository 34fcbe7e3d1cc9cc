"""One root module from its source to a decision: what a check does, before there is a plan."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path

import msgspec

from planguard.check import Decided, Law, Phase, judge_plan, pictures_around
from planguard.decision.purpose import Purpose
from planguard.engine.evaluate import Progress
from planguard.engine.ruleset import RuleSet
from planguard.errors import SourceError
from planguard.graph.build import build_graph
from planguard.graph.node import Node
from planguard.plan.kind import recognise
from planguard.plan.plan import plan_of
from planguard.plan.source import Source, load_source, plan_document
from planguard.plan.unknown import Path as ValuePath
from planguard.reports.model import SourcePlace
from planguard.schema import resource_schema
from planguard.sources import PlanSource

HINT = "`terraform validate` says more about it"


class Scanned(msgspec.Struct, frozen=True):
    """How source is to be scanned.

    :ivar variables: values of root variables, as texts
    :ivar var_files: .tfvars files, the last one wins
    :ivar cache: a folder for what need not be worked out again, None for none
    """

    purpose: Purpose = Purpose()
    law: Law = Law()
    variables: Mapping[str, str] = {}
    var_files: Mapping[str, bytes] = {}
    cache: Path | None = None
    with_passes: bool = False
    with_pictures: bool = False


class ScannedSource(PlanSource):
    """The source of a scan; places are told from where planguard was called, so that an editor finds them."""

    def __init__(self, source: Source, folder: str) -> None:
        super().__init__(source)
        self._folder = folder

    def place_of(self, node: Node, path: ValuePath) -> SourcePlace | None:
        """Where the block of an object stands, and the attribute in it when it is written there."""
        place = super().place_of(node, path)
        if place is None:
            return None
        return msgspec.structs.replace(place, file=_joined(self._folder, place.file))


def scan_folder(
    tree: Path,
    root: str,
    rules: RuleSet,
    wanted: Scanned,
    *,
    phase: Phase | None = None,
    progress: Progress | None = None,
) -> Decided:
    """Evaluate a root module and decide on what it would create.

    :param tree: the folder that is scanned; files outside of it are not read by functions
    :param root: the root module, as a path from there
    :raises SourceError: a file cannot be read, parsed or evaluated
    :raises PlanError: what comes of it is no plan to decide on
    """
    tell = _say_nothing if phase is None else phase
    place = _joined(tree.as_posix(), root)
    tell(f"reading {place}")
    try:
        source = load_source(tree / root, wanted.cache, tree)
        document = plan_document(
            source, wanted.variables, wanted.purpose.workspace, table=resource_schema, var_files=wanted.var_files
        )
    except SourceError as error:
        raise _placed(error, place) from None
    plan = plan_of(place, recognise(msgspec.json.encode(document), place))
    places = ScannedSource(source, place)
    graph = build_graph(plan, places)
    tell(f"judging {place}")
    entry = judge_plan(
        plan,
        graph,
        rules,
        wanted.purpose,
        wanted.law,
        places,
        with_passes=wanted.with_passes,
        progress=progress,
    )
    return Decided(entry, pictures_around(entry, plan, graph) if wanted.with_pictures else {})


def _joined(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))


def _placed(error: SourceError, folder: str) -> SourceError:
    """The same error with its place told from where planguard was called, and advice that fits a scan."""
    hint = HINT if error.hint and "--source" in error.hint else error.hint
    place = error.place or "."
    if place.startswith("--"):
        return SourceError(error.message, hint, place=place)
    inside = place if place.startswith((folder, "/")) and folder != "." else _joined(folder, place)
    return SourceError(error.message, hint, place=inside)


def _say_nothing(_: str) -> None:
    """For a caller that does not want to know how far it is."""
