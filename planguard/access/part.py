"""One dimension of a grant as far as it is known, and clauses made of such dimensions."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, structs

from planguard.access.model import ALLOW, ANYTHING, EXACT, LOWER, UPPER, Clause, Origin, Predicate, Terms

NOTHING = Terms(())


class Part(Struct, frozen=True):
    """A set of texts between two bounds: what is in it for certain, and what may be in it.

    :ivar lower: what is in it whatever the unknown turns out to be
    :ivar upper: what may be in it; equal to ``lower`` where all is known
    """

    lower: Terms
    upper: Terms

    @property
    def is_exact(self) -> bool:
        """Whether all of it is known."""
        return self.lower == self.upper


EVERYTHING = Part(Terms(), Terms())
UNDECIDED = Part(NOTHING, Terms())
"""Of which nothing is known."""


def exactly(include: Iterable[str], exclude: Iterable[str] = ()) -> Part:
    """All that match a pattern of ``include`` and none of ``exclude``, and nothing else."""
    terms = Terms(_tidy(include), _tidy(exclude))
    return Part(terms, terms)


def at_least(include: Iterable[str], upper: Iterable[str] = ANYTHING, never: Iterable[str] = ()) -> Part:
    """What matches ``include``, and perhaps more: of what matches ``upper``, and not ``never``."""
    lower, excluded = _tidy(include), _tidy(never)
    return Part(Terms(lower, excluded), Terms(_tidy((*lower, *upper)), excluded))


def perhaps(part: Part) -> Part:
    """The same where nothing of it is certain."""
    return Part(NOTHING, part.upper)


def allowed(
    actions: Part,
    resources: Part = EVERYTHING,
    *,
    principals: Terms = Terms(),  # noqa: B008 - frozen
    predicates: tuple[Predicate, ...] = (),
    is_certain: bool = True,
    origin: Origin,
) -> list[Clause]:
    """The clauses that allow some actions on some resources: one, or a lower and an upper one.

    :param is_certain: whether there is such a grant at all
    """
    if is_certain and actions.is_exact and resources.is_exact:
        return [] if _is_empty(actions.lower, resources.lower) else [
            Clause(ALLOW, actions.lower, resources.lower, principals, predicates, origin, EXACT)
        ]  # fmt: skip
    found = []
    if is_certain and not _is_empty(actions.lower, resources.lower):
        found.append(Clause(ALLOW, actions.lower, resources.lower, principals, predicates, origin, LOWER))
    if not _is_empty(actions.upper, resources.upper):
        found.append(Clause(ALLOW, actions.upper, resources.upper, principals, predicates, origin, UPPER))
    return found


def only_perhaps(clauses: Iterable[Clause]) -> list[Clause]:
    """The same grants where nobody knows whether they will be there: their upper readings."""
    return [structs.replace(one, bound=UPPER) for one in clauses if one.bound != LOWER]


def _is_empty(*terms: Terms) -> bool:
    return any(not one.include for one in terms)


def _tidy(patterns: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(patterns)))
