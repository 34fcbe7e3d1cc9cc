"""What tests of powers share: from HCL to what the principals of a plan can make of their access."""

from __future__ import annotations

from planguard.access.holdings import holdings
from planguard.access.model import IDENTITY
from planguard.access.powers import Powers, powers
from tests.access.holding import plan_text
from tests.conftest import graph_from


def powers_in(text: str) -> dict[str, Powers]:
    """The powers of every principal after the plan of an HCL text, by name."""
    graph = graph_from(plan_text(text))
    return {
        one.subject.name: powers(graph, "after", one.subject)
        for one in holdings(graph, "after").all
        if one.subject.plane == IDENTITY
    }


def told(found: Powers) -> list[str]:
    """The steps, one text each: ``?`` before those that may not work, method and target."""
    return [f"{'' if one.is_certain else '?'}{one.method} -> {one.target}" for one in found.steps]
