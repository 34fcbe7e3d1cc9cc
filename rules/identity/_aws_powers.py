"""Principals of AWS and what they can make of their access, by the resource at which that is told.

A principal of the plan is told at its own resource. One that is outside of it has none: there it is told at the
attachments and inline policies that make it so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planguard import Resource, Undetermined
from planguard.access.aws.escalation import TOO_COMPLEX as IS_TOO_COMPLEX
from planguard.access.aws.escalation import named_outside
from planguard.access.aws.locations import ATTACHING, INLINE
from planguard.access.holdings import access_of
from planguard.access.model import Origin, Subject
from planguard.access.pattern import shown
from planguard.access.powers import Powers, powers
from planguard.graph.resource import AFTER, BEFORE, steps_of

from ._aws_access import TOO_COMPLEX

PRINCIPALS = ["aws_iam_role", "aws_iam_user", "aws_iam_group", "aws_ssoadmin_permission_set"]
GIVING = [*INLINE, *ATTACHING]
"""Types that give something to principals, which may be outside of the plan."""


def principals_at(resource: Resource) -> Iterator[tuple[Subject, Powers]]:
    """The principals that are told at a resource, each with its powers in the snapshot of the resource.

    It tells the engine whether the answer may differ in the other snapshot.
    """
    own = access_of(resource).subject
    if own.provider:
        yield own, powers_in(resource, own)
    for subject in named_outside(resource):
        yield subject, powers_in(resource, subject)


def powers_in(resource: Resource, subject: Subject) -> Powers:
    """What a principal can make of its access in the snapshot of a resource; tells the engine as well."""
    graph = resource.graph
    here = powers(graph, resource.snapshot, subject)
    if graph.changed_kinds and powers(graph, BEFORE if resource.snapshot == AFTER else AFTER, subject) != here:
        graph.touched_change = True
    return here


def tells(resource: Resource, subject: Subject, origins: Iterable[Origin]) -> bool:
    """Whether a resource stands for a principal, or gives it one of these statements."""
    if resource.address == subject.address:
        return True
    addresses = {one.address for one in origins}
    if resource.address in addresses:
        return True
    holding = ATTACHING.get(resource.type)
    if not holding:
        return False
    policies = [
        one
        for kind in ("aws_iam_policy", "data.aws_iam_policy")
        for one in list.__iter__(resource.references(kind, via=holding.policy))
    ]
    return any(one.address in addresses for one in policies)


def stopped_by(resource: Resource, powers: Powers, what: str) -> Undetermined:
    """What stops a rule where something decides on the powers of a principal that nobody knows yet."""
    gap = min(powers.gaps, key=lambda one: (one.code != IS_TOO_COMPLEX, one), default=None)
    if not gap:
        return Undetermined((), resource, (), f"{what}: that hangs on what is known after apply only")
    if gap.code == IS_TOO_COMPLEX:
        return Undetermined((), resource, (), f"{TOO_COMPLEX}: {gap.text}")
    path = steps_of(gap.path) if gap.address == resource.address else ()
    return Undetermined(path, resource, (), f"{what}: {gap.text}, in {gap.address}")


def is_too_complex(powers: Powers) -> bool:
    """Whether something of the powers of a principal is above the bounds of exact comparison."""
    return any(gap.code == IS_TOO_COMPLEX for gap in powers.gaps)


def called(name: str) -> str:
    """What a message calls a principal: the end of its ARN, such as ``role/deploy``."""
    return shown(name.split(":", 5)[-1]) if name.startswith("arn:") else shown(name)
