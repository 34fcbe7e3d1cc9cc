"""What the rules on principals of Azure say of them."""

from __future__ import annotations

from collections.abc import Iterable

from planguard import Resource
from planguard.access.azure.methods import SPELLING
from planguard.access.azure.reach import UNTOLD
from planguard.access.model import Gap, Subject
from planguard.plan.unknown import Undetermined


def name_of(subject: Subject) -> str:
    """What to call a principal in a message."""
    if subject.kind == "unknown":
        return "a principal that is not known yet"
    return subject.name if subject.address else f"principal {subject.name}"


def spelled(action: str) -> str:
    """An action as Azure spells it."""
    return SPELLING.get(action.lower(), action)


def undetermined(resource: Resource, gaps: Iterable[Gap], granting: Iterable[str], what: str) -> Undetermined:
    """What to raise where something hangs on what is not known of some grants.

    :param granting: the addresses of the resources that may grant it
    :param what: what the principal may be able to do
    """
    named = set(granting)
    for gap in gaps:
        if gap.code in UNTOLD and gap.address in named:
            path = (gap.path,) if gap.address == resource.address else ()
            return Undetermined(path, resource, (), f"{what}: {gap.text}, in {gap.address}")
    return Undetermined((), resource, (), f"{what}: it is too complex to compare exactly")
