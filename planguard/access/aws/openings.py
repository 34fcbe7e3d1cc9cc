"""What a plan opens by taking something away: conditions, denials and permission boundaries, and where to tell it.

Only subjects are looked at that are there before and after, and whose access differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from planguard.access.atoms import TooComplex
from planguard.access.aws.principals import UNKNOWN
from planguard.access.boxes import clauses_of
from planguard.access.holdings import holdings
from planguard.access.model import AWS, EXACT, Access, Clause, Held, Origin, Subject, Terms, Witness
from planguard.access.questions import NO_REASONS, Opened, Reasons, reasons
from planguard.graph.resource import AFTER, BEFORE

if TYPE_CHECKING:
    from planguard.graph.graph import Graph
    from planguard.graph.resource import Resource

CONTEXT, DENIAL, LIMIT, UNCOMPARED, WHOSE = "context", "denial", "limit", "uncompared", "whose"
_WHOLE_ORGANISATION = Origin("", "FullAWSAccess")


_NOTHING = Opened(Terms(()), Terms(()), Terms(()), Witness("", "", ""), (), ())


class Opening(Struct, frozen=True):
    """Some access of a subject that something stood against before.

    :ivar kind: what that was: ``context``, ``denial`` or ``limit``; ``uncompared`` where that is above the bounds,
        ``whose`` where it is not known yet who has it, so that nobody can say what that principal had
    :ivar opened: the requests; nothing where they could not be compared
    :ivar is_certain: whether they are allowed whatever the unknown turns out to be
    """

    kind: str
    subject: Subject
    opened: Opened
    is_certain: bool = True


def openings_at(resource: Resource) -> list[Opening]:
    """What is to be told at a resource: at the statement that allows, at the one that no longer denies, or at the
    subject where that is neither left nor in the plan. Nothing before the apply.

    For rules: it tells the engine that what they say of the other snapshot differs.
    """
    graph = resource.graph
    if resource.snapshot == BEFORE or not graph.changed_kinds:
        return []
    key = ("access openings",)
    if key not in graph.derived:
        graph.derived[key] = _gathered(graph)
    by_address: dict[str, list[Opening]] = graph.derived[key]
    found = by_address.get(resource.address, [])
    if found:
        graph.touched_change = True
    return found


def _gathered(graph: Graph) -> dict[str, list[Opening]]:
    found: dict[str, list[Opening]] = {}
    before, after = holdings(graph, BEFORE), holdings(graph, AFTER)
    if before is after:
        return found
    there = {node.address for node in graph.nodes if node.in_after}
    was_there = {node.address for node in graph.nodes if node.in_before and node.changed}
    for key, held in after.by_key.items():
        old = before.by_key.get(key)
        if held.subject.provider == AWS and old is not None and old is not held and old.access != held.access:
            for one in _of_subject(old.access, held):
                found.setdefault(_place(one, there), []).append(one)
        for gap in held.gaps if held.subject.provider == AWS else ():
            if gap.code == UNKNOWN and gap.address in was_there:
                found.setdefault(gap.address, []).append(Opening(WHOSE, held.subject, _NOTHING, is_certain=False))
    return found


def _of_subject(before: Access, held: Held) -> list[Opening]:
    try:
        sure = reasons(before, held.access, is_limit=_is_boundary)
        is_open = any(one.bound != EXACT for access in (before, held.access) for one in clauses_of(access))
        perhaps = reasons(before, held.access, is_limit=_is_boundary, is_certain=False) if is_open else NO_REASONS
    except TooComplex:
        return [Opening(UNCOMPARED, held.subject, _NOTHING, is_certain=False)]
    return _openings(held.subject, sure, is_certain=True) + _openings(held.subject, perhaps, is_certain=False)


def _openings(subject: Subject, found: Reasons, *, is_certain: bool) -> list[Opening]:
    by_kind = ((CONTEXT, found.contexts), (DENIAL, found.denials), (LIMIT, found.limits))
    return [Opening(kind, subject, one, is_certain) for kind, opened in by_kind for one in opened]


def _is_boundary(limit: tuple[Clause, ...]) -> bool:
    """Whether a limit is that of one principal, and no policy of its organisation."""
    return all(one.origin != _WHOLE_ORGANISATION for one in limit)


def _place(one: Opening, there: set[str]) -> str:
    """The resource to tell it at."""
    if one.kind == CONTEXT:
        return _first(one.opened.origins, there) or one.subject.address
    if one.kind == DENIAL:
        return _first(one.opened.because, there) or one.subject.address or _first(one.opened.origins, there)
    return one.subject.address or _first(one.opened.origins, there)


def _first(origins: tuple[Origin, ...], there: set[str]) -> str:
    return next((one.address for one in origins if one.address in there), "")
