"""The ways on which a single rule says who may come, so that a slip in it lets in everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from planguard.exposure.analysis import ways
from planguard.exposure.model import Way
from planguard.graph.resource import AFTER, BEFORE

if TYPE_CHECKING:
    from planguard.graph.graph import Graph


def guarded_once(graph: Graph, snapshot: str) -> list[Way]:
    """The ways of a snapshot on which one rule alone keeps anybody out, however many get through it."""
    key = ("guarded-once", snapshot)
    if key not in graph.derived:
        graph.derived[key] = [way for way in ways(graph, snapshot).network.ways if len(way.guards) == 1]
    found: list[Way] = graph.derived[key]
    return found


class NewlyGuarded(Struct, frozen=True):
    """Ways that are guarded once after the apply, and were not so before.

    :ivar by_guard: by the address of the rule
    :ivar by_endpoint: by the address of the endpoint
    """

    by_guard: dict[str, list[Way]]
    by_endpoint: dict[str, list[Way]]


def newly_guarded_once(graph: Graph) -> NewlyGuarded:
    """The ways on which one rule alone keeps anybody out once a plan is applied, as it did not before."""
    key = ("newly-guarded-once",)
    if key not in graph.derived:
        before = set(guarded_once(graph, BEFORE))
        found = NewlyGuarded({}, {})
        for way in guarded_once(graph, AFTER):
            if way not in before:
                found.by_guard.setdefault(way.guards[0].address, []).append(way)
                found.by_endpoint.setdefault(way.endpoint.address, []).append(way)
        graph.derived[key] = found
    told: NewlyGuarded = graph.derived[key]
    return told
