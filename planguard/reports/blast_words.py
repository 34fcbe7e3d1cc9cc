"""The words for the blast radius, the same in every format."""

from __future__ import annotations

from itertools import groupby

from planguard.reports.blast_model import BlastRadius, ReachEntry, ReachPath, ReachTotals
from planguard.reports.lines import listed

TITLES = {"more": "newly reached", "possible": "perhaps reached", "less": "no longer reached"}
"""The lists in the order of a report, with what is said of their resources."""
VERBS = {"more": "newly reaches", "possible": "perhaps reaches", "less": "no longer reaches"}

_HOW = {
    "own-access": "by its own access",
    "resource-policy": "by the policy of the resource",
    "administrator": "as an administrator",
}


def totals_said(blast: BlastRadius) -> str:
    """``3 principals reach 7 of 12 sensitive resources (before: 1 and 2 of 10); perhaps 4 reach 9``."""
    after, before = blast.after, blast.before
    verb = "reaches" if after.principals == 1 else "reach"
    said = f"{_many(after.principals, 'principal')} {verb} {after.resources} of "
    said += _many(after.sensitive, "sensitive resource")
    earlier = f"{before.principals} and {before.resources} of {before.sensitive}" if before.principals else "none"
    said += f" (before: {earlier})"
    if after.perhaps_pairs > after.pairs:
        said += f"; perhaps {after.perhaps_principals} reach {after.perhaps_resources}"
    return said


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def is_told(blast: BlastRadius | None) -> bool:
    """Whether there is anything to say: some sensitive resource, before or after."""
    return blast is not None and bool(blast.before.sensitive or blast.after.sensitive)


def many_in(entry: ReachEntry) -> int:
    """How many resources an entry is about."""
    return sum(len(path.resources) for path in entry.paths)


def how_said(path: ReachPath, standing: str) -> str:
    """``by its own access``, or whom it becomes by which steps."""
    can = {"more": "can", "possible": "can perhaps", "less": "could"}[standing]
    steps = [f"it {can} {step.text}" for step in path.steps]
    if not steps:
        return _HOW[path.how]
    last = path.steps[-1].principal
    end = "" if path.how == "own-access" else f" {_HOW[path.how]}"
    return f"{', then '.join(steps)}; so it gets the access of {last}{end}"


def names_by_kind(path: ReachPath) -> list[tuple[str, list[str]]]:
    """The resources of a path: ``s3 bucket`` and their names, kind by kind."""
    return [
        (kind.replace("_", " "), [one.name for one in group])
        for kind, group in groupby(path.resources, key=lambda one: one.kind)
    ]


def resources_said(path: ReachPath, most: int) -> str:
    """``s3 bucket a, b and 7 more; kms key k``."""
    return "; ".join(f"{kind} {listed(names, most)}" for kind, names in names_by_kind(path))


def request_said(path: ReachPath, standing: str) -> str:
    """One request in a sentence; empty where none can be told."""
    one = path.witness
    if not one.action:
        return ""
    may = {"more": "may", "possible": "may perhaps", "less": "may no longer"}[standing]
    said = f"{one.principal} {may} {one.action}" + (f" on {one.resource}" if one.resource else "")
    context = [
        f"{key} = {value if isinstance(value, str) else ', '.join(value)}" for key, value in one.context.items()
    ]
    return said + (f" when {' and '.join(context)}" if context else "")


def change_said(totals: ReachTotals) -> str:
    """``3 principals, 7 of 12 sensitive resources, 9 pairs of both``."""
    principals, pairs = _many(totals.principals, "principal"), _many(totals.pairs, "pair")
    return f"{principals}, {totals.resources} of {_many(totals.sensitive, 'sensitive resource')}, {pairs} of both"
