"""Resources that do nothing but guard another: whether what they guard stays, and whether anything else guards it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from planguard import Change, Resource, Violation, is_unknown, violation

_OWN_NAMES = frozenset({"name", "region", "description", "vpc_flow_logs_config_id"})


@dataclass(frozen=True)
class Guard:
    """What a guard is worth, and for what.

    :ivar what: what ends with it, as a message says it
    :ivar via: the attribute that names what it guards
    :ivar owners: the types of that; empty for any
    :ivar key: another attribute of the owner that ``via`` may hold, where the graph does not take it for a name
    :ivar same: further attributes in which another guard must agree to take its place
    :ivar worth: an attribute and the values without which it guards nothing
    """

    what: str
    via: str
    owners: tuple[str, ...] = ()
    key: str = ""
    same: tuple[str, ...] = ()
    worth: tuple[str, tuple[object, ...]] | None = None


def losses(change: Change, guards: Iterable[Guard]) -> Iterator[Violation]:
    """What is lost with a guard: one that is deleted, or put before another, while what it guarded stays."""
    before = change.before
    known = [guard for guard in guards if before and before.get(guard.via)] or list(guards)
    if not before or not known or change.is_deposed or before.get("skip_destroy"):
        return
    guard = known[0]
    if guard.worth and before.get(guard.worth[0]) not in guard.worth[1]:
        return
    if change.action == "delete":
        yield from _deleted(change, before, guard)
    elif change.after and _points_elsewhere(before, change.after, guard):
        yield from _moved_away(change, before, guard)


def _deleted(change: Change, before: Resource, guard: Guard) -> Iterator[Violation]:
    owners = _owners(before, guard)
    staying = [owner for owner in owners if owner.stays]
    if (owners and not staying) or _is_succeeded(change, before, guard, staying):
        return
    whose = ", ".join(owner.address for owner in staying)
    if not whose and guard.via not in _OWN_NAMES:
        whose = before.get(guard.via, "")
    evidence = [owner.address for owner in staying]
    yield violation("", f"deletes {guard.what} of {whose}" if whose else f"deletes {guard.what}", evidence=evidence)


def _moved_away(change: Change, before: Resource, guard: Guard) -> Iterator[Violation]:
    for owner in _owners(before, guard):
        after = owner.in_other_snapshot()
        if after and not owner.is_created and not after.referrers(change.type):
            yield violation(guard.via, f"takes {guard.what} away from {owner.address}", evidence=[owner.address])


def _points_elsewhere(before: Resource, after: Resource, guard: Guard) -> bool:
    old, new = before.get(guard.via), after.get(guard.via)
    if guard.via in _OWN_NAMES:
        return False
    if is_unknown(new):
        guarded = {owner.address for owner in _owners(before, guard)}
        if guarded.intersection(after.comes_from(guard.via)):
            return False  # what it guards gets a new name, and keeps it
    return bool(old != new)


def _owners(before: Resource, guard: Guard) -> list[Resource]:
    """What it guards, where this plan has it; what is there for the whole account guards nothing in particular."""
    if guard.via in _OWN_NAMES and not guard.owners:
        return []
    kinds: Iterable[str | None] = guard.owners or (None,)
    found = [owner for kind in kinds for owner in before.references(kind, via=guard.via)]
    named = before.get(guard.via)
    if found or not guard.key or not named:
        return found
    names = (named, named.rsplit("/", 1)[-1])
    return [owner for kind in guard.owners for owner in before.others(kind) if owner.get(guard.key) in names]


def _is_succeeded(change: Change, before: Resource, guard: Guard, owners: list[Resource]) -> bool:
    """Whether this plan makes another one that guards the same: then it has only got another address."""
    if owners:
        kept = [after for owner in owners if (after := owner.in_other_snapshot())]
        successors = [one for owner in kept for one in owner.referrers(change.type)]
    else:
        successors = [one for one in change.others(change.type) if _agree(one, before, guard.via)]
    return any(one.is_created and all(_agree(one, before, name) for name in guard.same) for one in successors)


def _agree(one: Resource, other: Resource, name: str) -> bool:
    value = one.get(name)
    return not is_unknown(value) and bool(value) and bool(value == other.get(name))
