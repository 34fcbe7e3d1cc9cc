"""What a principal can make of what it may do: whether it holds everything, and how it gets at more."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from msgspec import Struct

from planguard.access.holdings import access_of
from planguard.access.model import IDENTITY, Gap, Origin, Subject, Witness
from planguard.graph.resource import AFTER, BEFORE
from planguard.graph.snapshot import Snapshot

if TYPE_CHECKING:
    from planguard.graph.graph import Graph
    from planguard.graph.resource import Resource


OUTSIDE, NOT_KNOWN = "outside-plan", "not-known-yet"
"""Why a step is not certain: its target is outside of the plan, or something is known after apply only."""


class Step(Struct, frozen=True, order=True):
    """One way in which a principal gets at access that it does not hold itself.

    :ivar method: what tells it from others, the same for the same way: ``iam:CreatePolicyVersion``, or actions with
        ``+`` between them, in the cloud's spelling
    :ivar text: the same for a person, after "can": ``write a new version of a policy that is attached to it``
    :ivar target: the name of the principal whose access it gets; empty where it gives itself any access
    :ivar target_address: the resource in the plan that stands for the target; empty where it is outside of the plan
    :ivar witnesses: one request for each action that it takes
    :ivar origins: the statements that allow it, sorted
    :ivar is_certain: whether it works whatever the unknown turns out to be
    :ivar doubt: why it is not certain: ``outside-plan`` or ``not-known-yet``; empty where it is
    :ivar onward: what the target is good for, in words that follow its name: ``which is an administrator``
    :ivar leads_to_everything: whether it ends at everything for certain, by itself or with the steps of its target,
        where that is told
    """

    method: str
    text: str
    target: str = ""
    target_address: str = ""
    witnesses: tuple[Witness, ...] = ()
    origins: tuple[Origin, ...] = ()
    is_certain: bool = True
    doubt: str = ""
    onward: str = ""
    leads_to_everything: bool = False


class Powers(Struct, frozen=True):
    """What a principal can make of its access.

    :ivar administrator: a request that shows that it holds everything, for certain; None where it does not
    :ivar perhaps_administrator: the same where it may hold everything, for all that is known
    :ivar steps: every way to more that starts at the principal itself, sorted
    :ivar chain: the shortest steps that end at everything, or else the longest that end at somebody who holds more;
        the first is one of ``steps``; empty where there is no certain way, and for an administrator, but for
        one of a part of Azure, which still has the ways that lead out of that part
    :ivar perhaps_chain: the same for a way that may work
    :ivar gaps: what is not known that decides on it
    :ivar origins: the statements that make it an administrator, sorted, where that is told
    """

    administrator: Witness | None = None
    perhaps_administrator: Witness | None = None
    steps: tuple[Step, ...] = ()
    chain: tuple[Step, ...] = ()
    perhaps_chain: tuple[Step, ...] = ()
    gaps: tuple[Gap, ...] = ()
    origins: tuple[Origin, ...] = ()


NO_POWERS = Powers()


def powers_of(resource: Resource) -> Powers:
    """What the principal that a resource stands for can make of its access, in the snapshot of the resource.

    For rules: it tells the engine whether the answer may differ in the other snapshot.
    """
    held = access_of(resource, IDENTITY)
    if not held.subject.provider:
        return NO_POWERS
    graph = resource.graph
    here = powers(graph, resource.snapshot, held.subject)
    if graph.changed_kinds:
        there = powers(graph, BEFORE if resource.snapshot == AFTER else AFTER, held.subject)
        if here != there:
            graph.touched_change = True
    return here


def powers(graph: Graph, snapshot: str, subject: Subject) -> Powers:
    """What a subject can make of its access in one snapshot, worked out once for everybody who asks."""
    kept: dict[tuple[str, str, str], Powers] = graph.derived.setdefault(("powers", snapshot), {})
    key = (subject.provider, subject.plane, subject.name)
    if key not in kept:
        module = import_module(f"planguard.access.{subject.provider}.escalation")
        kept[key] = module.powers(subject, Snapshot(graph, snapshot))
    return kept[key]
