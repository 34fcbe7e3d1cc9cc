"""What is worth telling of the ways in which a principal gets at more than it holds.

That one principal can act as another is often meant: a pipeline deploys with an account, a pod uses one. It is told
where it ends in everything, or in accounts that nobody has named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from planguard.access.additive import ANY
from planguard.access.holdings import holdings
from planguard.access.model import IDENTITY, Gap, Held, Subject
from planguard.access.powers import Powers, Step, powers
from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER, BEFORE, Resource
from planguard.plan.unknown import Undetermined

_NAMED = 2
"""How many ways are named, before the others are counted."""


class Principal(Struct, frozen=True):
    """A principal that a resource tells of.

    :ivar tells: whether what comes from statements at these addresses is told at this resource, and not at another
    """

    held: Held
    powers: Powers
    tells: Callable[[Iterable[str]], bool]

    @property
    def subject(self) -> Subject:
        """Whose access it is."""
        return self.held.subject


class Told(Struct, frozen=True):
    """Something that is wrong with the access of a principal.

    :ivar message: one sentence, with a request that shows it
    :ivar facts: what makes it the same in the other snapshot
    :ivar evidence: the addresses of the statements that it comes from, sorted
    """

    message: str
    facts: tuple[object, ...]
    evidence: tuple[str, ...]


Who = Callable[[Subject], str]
"""How a message calls a principal."""


def other_side(resource: Resource) -> str:
    """The other snapshot than that of a resource."""
    return BEFORE if resource.snapshot == AFTER else AFTER


def powers_in(resource: Resource, subject: Subject) -> Powers:
    """What a principal can make of its access in the snapshot of a resource, which need not stand for it.

    It tells the engine whether the answer may differ in the other snapshot.
    """
    graph = resource.graph
    here = powers(graph, resource.snapshot, subject)
    if graph.changed_kinds and powers(graph, other_side(resource), subject) != here:
        graph.touched_change = True
    return here


def told_steps(resource: Resource, found: Iterable[Principal], who: Who) -> Iterator[Told]:
    """Each way to more that is worth telling at a resource.

    :param found: the principals that the resource tells of
    :raises Undetermined: at the end, where a principal has no such way for certain, and may have one
    """
    stopped: Undetermined | None = None
    for one in found:
        if one.powers.administrator is not None:
            continue
        ways = _ways(resource, one)
        for steps in ways:
            if one.tells(origin.address for step in steps for origin in step.origins):
                yield _told(resource, one, steps, who)
        if not ways and stopped is None:
            stopped = _stopped(resource, one, who)
    if stopped is not None:
        raise stopped


def _ways(resource: Resource, one: Principal) -> list[list[Step]]:
    """The certain steps that are worth telling, those that do the same together.

    What a step to any account of a place takes in is told with that.
    """
    certain = [step for step in one.powers.steps if step.is_certain]
    wide = [step for step in certain if step.target.startswith(ANY)]
    found: dict[str, list[Step]] = {}
    for step in certain:
        if not any(_takes_in(each, step) for each in wide) and leads_far(resource, one.subject, step):
            found.setdefault(step.text, []).append(step)
    return list(found.values())


def _takes_in(wide: Step, step: Step) -> bool:
    """Whether a step to any account of a place is one to this account as well."""
    if not wide.target.startswith(ANY) or step.target.startswith(ANY) or wide.method != step.method:
        return False
    place = wide.witnesses[0].resource.rstrip("*").rstrip("/")
    return step.witnesses[0].resource.startswith(place)


def _told(resource: Resource, one: Principal, steps: list[Step], who: Who) -> Told:
    first = steps[0]
    ways = " or ".join(_requests(step) for step in steps[:_NAMED])
    more = len(steps) - _NAMED
    if more > 0:
        ways += f", and {more} more {'way' if more == 1 else 'ways'}"
    end = _end(resource, one, first)
    return Told(
        f"{who(one.subject)} can {first.text}{end}: {ways}",
        (one.subject.name, first.text, end),
        tuple(sorted({origin.address for step in steps for origin in step.origins})),
    )


def _requests(step: Step) -> str:
    """The requests that a step takes, those on one resource together."""
    actions: dict[str, list[str]] = {}
    for each in step.witnesses:
        actions.setdefault(each.resource, []).append(each.action)
    return ", ".join(f"{' with '.join(names)} on {place}" for place, names in actions.items())


def _end(resource: Resource, one: Principal, step: Step) -> str:
    """What the target of a step is good for."""
    if step.target.startswith(ANY):
        inside = (each for each in one.powers.steps if each.is_certain and _takes_in(step, each))
        return next((f", {_shown(each)} among them" for each in inside if _holds_all(resource, one, each)), "")
    theirs = _powers_of_target(resource, one.subject, step)
    if theirs is None:
        return ""
    if theirs.administrator is not None:
        return ", which is an administrator"
    further = (each for each in theirs.steps if each.is_certain and leads_far(resource, one.subject, each))
    return next((f", which can {each.text}" for each in further), "")


def _shown(step: Step) -> str:
    return f"the administrator {step.target}"


def _holds_all(resource: Resource, one: Principal, step: Step) -> bool:
    theirs = _powers_of_target(resource, one.subject, step)
    return theirs is not None and theirs.administrator is not None


def leads_far(resource: Resource, subject: Subject, step: Step) -> bool:
    """Whether a step ends, by itself or with others, in everything or in principals that the plan does not name."""
    seen = {subject.name}
    waiting = [step]
    while waiting:
        one = waiting.pop()
        theirs = _powers_of_target(resource, subject, one)
        if theirs is None or theirs.administrator is not None:
            return True
        if one.target not in seen:
            seen.add(one.target)
            waiting += [each for each in theirs.steps if each.is_certain]
    return False


def _powers_of_target(resource: Resource, subject: Subject, step: Step) -> Powers | None:
    """What the target of a step can make of its access; None where it is no one principal of the plan."""
    held = _held(resource.graph, resource.snapshot, subject.provider, step.target)
    return None if held is None else powers(resource.graph, resource.snapshot, held.subject)


def _held(graph: Graph, snapshot: str, provider: str, name: str) -> Held | None:
    return holdings(graph, snapshot).by_key.get((provider, IDENTITY, name))


def _stopped(resource: Resource, one: Principal, who: Who) -> Undetermined | None:
    """What keeps anybody from knowing whether a principal gets at more."""
    for step in one.powers.steps:
        if step.is_certain or not one.tells(origin.address for origin in step.origins):
            continue
        if not leads_far(resource, one.subject, step):
            continue
        is_known = not step.target or step.target.startswith(ANY)
        if is_known or _powers_of_target(resource, one.subject, step) is not None:
            return undetermined(resource, one.held.gaps, f"{who(one.subject)} may {step.text}")
        why = f"{who(one.subject)} can {step.text}, and the plan does not show what that holds"
        return Undetermined((), resource, (), why)
    return None


def undetermined(resource: Resource, gaps: Iterable[Gap], what: str) -> Undetermined:
    """What stops a rule where something is not known that decides whether there is anything to tell."""
    gap = next(iter(gaps), None)
    return Undetermined((), resource, (), what if gap is None else f"{what}: {gap.text}")
