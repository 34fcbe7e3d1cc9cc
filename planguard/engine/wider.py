"""One problem, one violation: what a wider rule says of the same fact already is shown as part of that.

A rule names the rules that are wider than it. Where both flag one object at places of which one holds the other,
the narrower finding is kept, and says whose part it is.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from planguard.engine.finding import Findings, Found, Open

Finding = TypeVar("Finding", Found, Open)


def tell_wider(findings: Findings) -> None:
    """Mark each finding that a wider rule has as well.

    A violation is part of a wider violation of the same status. What is undetermined is part of a wider finding of
    either kind: whatever the value turns out to be, the wider rule speaks of it.
    """
    found: list[Found | Open] = [*findings.violations, *findings.undetermined]
    if not any(one.rule.wider for one in found):
        return
    places: dict[tuple[str, int, str], list[str]] = {}
    for one in findings.violations:
        places.setdefault((one.rule.id, one.node.index, one.status), []).append(one.path)
        places.setdefault((one.rule.id, one.node.index, ""), []).append(one.path)
    for open_ in findings.undetermined:
        places.setdefault((open_.rule.id, open_.node.index, ""), []).append(open_.path)
    findings.violations = [_marked(one, one.status, places) for one in findings.violations]
    findings.undetermined = [_marked(one, "", places) for one in findings.undetermined]


def _marked(one: Finding, status: str, places: dict[tuple[str, int, str], list[str]]) -> Finding:
    for wider in one.rule.wider:
        for place in places.get((wider, one.node.index, status), ()):
            if _holds(place, one.path) or _holds(one.path, place):
                marked: Finding = msgspec.structs.replace(one, part_of=wider)
                return marked
    return one


def _holds(path: str, other: str) -> bool:
    """Whether a place is the other one, or holds it; the empty path is the whole object."""
    return not path or other == path or (other.startswith(path) and other[len(path)] in ".[")
