"""Several stages of which one counts, and nobody can say which one."""

from __future__ import annotations

from collections.abc import Sequence

from planguard.exposure.model import Missing
from planguard.exposure.packets import intersect, unite
from planguard.exposure.passage import Bounds, Passage, Stage


def one_of(stages: Sequence[Stage], gap: Missing) -> Stage:
    """What gets through the one that counts: for certain what each of them lets through, perhaps what any does."""
    if not stages:
        return ()
    bounds = [bounds_of(one) for one in stages]
    if len(set(bounds)) == 1:
        return stages[0]
    common = bounds[0].must
    for one in bounds[1:]:
        common = intersect(common, one.must)
    found: list[Passage] = []
    for passage in stages[0]:
        must = intersect(passage.bounds.must, common)
        if must:
            found.append(passage._replace(bounds=Bounds(must, must), missing=()))
    return [*found, *(passage.possibly(gap) for stage in stages for passage in stage)]


def bounds_of(stage: Stage) -> Bounds:
    """All that gets through a stage."""
    return Bounds(unite(*(one.bounds.must for one in stage)), unite(*(one.bounds.may for one in stage)))
