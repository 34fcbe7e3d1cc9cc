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
    :ivar owners: the type of that, or several; empty for any
    :ivar key: the attribute of the owner that ``via`` may hold, where the graph does not take it for a name
    :ivar same: further attributes in which another guard must agree to take its place
    :ivar worth: an attribute and the values without which it guards nothing
    """

    what: str
    via: str
    owners: str | tuple[str, ...] = ()
    key: str = "id"
    same: tuple[str, ...] = ()
    worth: tuple[str, tuple[object, ...]] | None = None


def losses(change: Change, guards: Iterable[Guard]) -> Iterator[Violation]:
    """What is lost with a guard: one that is deleted, or put before another, while what it guarded stays."""
    before = change.before
    if not before or change.is_deposed or before.get("skip_destroy"):
        return
    guards = list(guards)
    # One of them says what it guards; the first stands for what none of them knows.
    for guard in [one for one in guards if before.get(one.via)][:1] or guards[:1]:
        if guard.worth and before.get(guard.worth[0]) not in guard.worth[1]:
            continue
        if change.action == "delete":
            yield from _deleted(change, before, guard)
        else:
            yield from _moved_away(change, before, guard)


def _deleted(change: Change, before: Resource, guard: Guard) -> Iterator[Violation]:
    owners = _owners(before, guard)
    staying = [owner for owner in owners if owner.stays]
    if (owners and not staying) or _is_succeeded(change, before, guard, staying):
        return
    evidence = [owner.address for owner in staying]
    yield violation("", f"deletes {guard.what}{_whose(before, guard, evidence)}", evidence=evidence)


def _whose(before: Resource, guard: Guard, owners: list[str]) -> str:
    if not owners and (guard.via in _OWN_NAMES or not before.get(guard.via)):
        return ""
    return f" of {', '.join(owners) or before.get(guard.via)}"


def _moved_away(change: Change, before: Resource, guard: Guard) -> Iterator[Violation]:
    for owner in _owners(before, guard):
        later = owner.in_other_snapshot()
        if later and not owner.is_created and not later.referrers(change.type) and change.changed(guard.via):
            yield violation(guard.via, f"takes {guard.what} away from {owner.address}", evidence=[owner.address])


def _owners(before: Resource, guard: Guard) -> list[Resource]:
    """What it guards, where this plan has it; what is there for the whole account guards nothing in particular."""
    if guard.via in _OWN_NAMES:
        return []
    kinds = (guard.owners,) if isinstance(guard.owners, str) else guard.owners
    found = [owner for kind in kinds or (None,) for owner in before.references(kind, via=guard.via)]
    named = before.get(guard.via)
    if found or not named:
        return found
    names = (named, named.rpartition("/")[2])
    return [owner for kind in kinds for owner in before.others(kind) if owner.get(guard.key) in names]


def _is_succeeded(change: Change, before: Resource, guard: Guard, owners: list[Resource]) -> bool:
    """Whether this plan makes another one that guards the same: then it has only got another address."""
    if owners:
        kept = [after for owner in owners if (after := owner.in_other_snapshot())]
        successors = [one for owner in kept for one in owner.referrers(change.type)]
        return any(one.is_created and _agree(one, before, guard.same) for one in successors)
    if not before.get(guard.via):
        return False
    return any(one.is_created and _agree(one, before, (guard.via, *guard.same)) for one in change.others(change.type))


def _agree(one: Resource, other: Resource, names: Iterable[str]) -> bool:
    return not any(is_unknown(one.get(name)) or one.get(name) != other.get(name) for name in names)
