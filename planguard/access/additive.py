"""Access of clouds whose grants only add, asked request by request, and the ways from one principal to others.

Google Cloud's bindings and Kubernetes' roles know no denial (deny policies are told apart, and nothing else limits a
grant): a request is allowed where one clause allows it. So single requests need no comparison of sets.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from planguard.access.model import ALLOW, LOWER, UPPER, Access, Clause, Held, Origin, Terms, Witness
from planguard.access.pattern import LITERAL_QUESTION, LITERAL_STAR, ONE_IN_PART, STAR_IN_PART, shown
from planguard.access.powers import NO_POWERS, NOT_KNOWN, Powers, Step

ANY = "any "
"""How the target of a step begins that is no one principal: ``any service account of projects/x``."""
_WILD = {"*": ".*", "?": ".", STAR_IN_PART: "[^:]*", ONE_IN_PART: "[^:]"}
_WIDER = {"*": ".*", "?": f"[^*{STAR_IN_PART}]", STAR_IN_PART: "[^:*?]*", ONE_IN_PART: f"[^:*?{STAR_IN_PART}]"}
_LITERAL = {LITERAL_STAR: r"\*", LITERAL_QUESTION: r"\?"}

Reading = Callable[[Clause, str], "bool | None"]
"""Whether a clause grants an action for certain, perhaps, or not at all, as far as its conditions say."""


@lru_cache(maxsize=8192)
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(
        "".join(_WILD.get(char) or _LITERAL.get(char) or re.escape(char) for char in pattern), re.DOTALL
    )


def is_matched(terms: Terms, text: str) -> bool:
    """Whether a text is in a set of texts."""
    return any(_expression(one).fullmatch(text) for one in terms.include) and not any(
        _expression(one).fullmatch(text) for one in terms.exclude
    )


@lru_cache(maxsize=4096)
def among(terms: Terms, asked: tuple[str, ...]) -> frozenset[str]:
    """Which of some texts are in a set; asked once for all clauses that hold the same."""
    return frozenset(one for one in asked if is_matched(terms, one))


@lru_cache(maxsize=8192)
def told(terms: Terms) -> Terms:
    """A set of names as a person reads them, so that they compare with names that are told already."""
    if all(one.isascii() for one in (*terms.include, *terms.exclude)):
        return terms
    return Terms(tuple(map(shown, terms.include)), tuple(map(shown, terms.exclude)))


class Granted:
    """What one subject is granted of the actions that matter.

    :param asked: these actions
    :param actions_of: the actions of a clause, as far as they count
    :param reading: whether a clause grants one of them
    :ivar sure: for each action the clauses that grant it for certain
    :ivar perhaps: the same for those that may grant it
    """

    __slots__ = ("perhaps", "sure")

    def __init__(
        self, access: Access, asked: tuple[str, ...], actions_of: Callable[[Clause], Terms], reading: Reading
    ) -> None:
        self.sure: dict[str, list[Clause]] = {}
        self.perhaps: dict[str, list[Clause]] = {}
        for clause in access.clauses:
            for action in sorted(among(actions_of(clause), asked)) if clause.effect == ALLOW else ():
                answer = None if clause.bound == UPPER else reading(clause, action)
                if answer is not False:
                    (self.perhaps if answer is None else self.sure).setdefault(action, []).append(clause)

    def clauses(self, action: str, *, is_certain: bool = True) -> list[Clause]:
        """The clauses that grant an action somewhere."""
        return (self.sure if is_certain else self.perhaps).get(action, [])

    def on(self, action: str, resource: str, *, is_certain: bool = True) -> Clause | None:
        """The first clause that grants an action on a resource, named as a person reads it."""
        return next(
            (one for one in self.clauses(action, is_certain=is_certain) if is_matched(told(one.resources), resource)),
            None,
        )


def holds_more(one: Access, other: Access) -> bool:
    """Whether an access takes in something for certain that another does not, as far as single clauses show it.

    What several clauses of the other allow only together counts as more. Then a step leads to nothing new, which
    changes nothing for whoever follows it.
    """
    return any(clause.bound != UPPER and not _is_covered(clause, other) for clause in one.clauses)


class Comparison:
    """Which principals of one snapshot hold more than which others, each pair worked out once."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bool] = {}

    def holds_more(self, one: Held, other: Held) -> bool:
        """Whether the first holds something for certain that the second does not."""
        key = (one.subject.name, other.subject.name)
        if key not in self._kept:
            self._kept[key] = holds_more(one.access, other.access)
        return self._kept[key]


def _is_covered(clause: Clause, access: Access) -> bool:
    """Whether every action of a clause is allowed by some clause of an access that holds wherever it does."""
    left = frozenset(clause.actions.include)
    for wide in access.clauses:
        if (
            wide.bound != LOWER
            and set(wide.predicates) <= set(clause.predicates)
            and not _without(clause.resources, wide.resources)
        ):
            left = left & _without(clause.actions, wide.actions)
            if not left:
                return True
    return not left


@lru_cache(maxsize=16384)
def _without(terms: Terms, wide: Terms) -> frozenset[str]:
    """The patterns of a set that cannot be seen to be within another."""
    if not set(wide.exclude) <= set(terms.exclude):
        return frozenset(one for one in terms.include if one not in wide.include or not _is_clear(one, wide))
    left = frozenset(terms.include).difference(wide.include)
    wild = [_inclusion(one) for one in wide.include if not _WILD.keys().isdisjoint(one)]
    return frozenset(one for one in left if not any(each.fullmatch(one) for each in wild))


def _is_clear(pattern: str, wide: Terms) -> bool:
    """Whether a pattern is one text, and none that a set leaves out."""
    return _WILD.keys().isdisjoint(pattern) and not any(_expression(one).fullmatch(pattern) for one in wide.exclude)


@lru_cache(maxsize=8192)
def _inclusion(pattern: str) -> re.Pattern[str]:
    """An expression for the patterns that match no more than this one."""
    signs = (_WIDER.get(char) or re.escape(char) for char in pattern)
    return re.compile("".join(signs), re.DOTALL)


Asked = tuple[Held, str, str, Clause]
"""Who asks, the action, the resource, and the clause that grants it."""


def step(
    method: str,
    text: str,
    target: tuple[str, str],
    asked: Iterable[Asked],
    *,
    is_certain: bool,
    doubt: str = NOT_KNOWN,
) -> Step:
    """A step, with a request and the statement for each action that it takes.

    :param target: the name of the principal whose access it gets, and its address
    :param asked: the requests
    :param doubt: why it is not certain, where it is not
    """
    found = list(asked)
    witnesses = tuple(Witness(held.subject.name, action, resource) for held, action, resource, _ in found)
    origins: tuple[Origin, ...] = tuple(sorted({clause.origin for *_, clause in found}))
    why = "" if is_certain else doubt
    return Step(method, text, target[0], target[1], witnesses, origins, is_certain, doubt=why)


class Ways:
    """From whom one gets to whom.

    :param administrator: the request that shows that a principal holds everything, for certain or perhaps
    :param steps: the steps that start at a principal; those of an administrator lead nowhere further
    """

    __slots__ = ("_administrator", "_kept", "_steps")

    def __init__(
        self,
        administrator: Callable[[str, bool], Witness | None],
        steps: Callable[[str], tuple[Step, ...]],
    ) -> None:
        self._administrator = administrator
        self._steps = steps
        self._kept: dict[str, tuple[Step, ...]] = {}

    def powers(self, held: Held) -> Powers:
        """What a principal can make of its access."""
        name = held.subject.name
        certain = self._administrator(name, True)
        if certain is not None:
            return Powers(administrator=certain)
        perhaps, steps = self._administrator(name, False), self._from(name)
        if perhaps is None and not steps:
            return NO_POWERS
        chain = self._chain(name, is_certain=True)
        return Powers(
            perhaps_administrator=perhaps,
            steps=steps,
            chain=chain,
            perhaps_chain=() if chain and not chain[-1].target else self._chain(name, is_certain=False),
            gaps=held.gaps,
        )

    def _from(self, name: str) -> tuple[Step, ...]:
        if name not in self._kept:
            self._kept[name] = tuple(sorted(self._steps(name), key=_order))
        return self._kept[name]

    def _chain(self, name: str, *, is_certain: bool) -> tuple[Step, ...]:
        """The shortest way to everything, else to the farthest principal that can be reached."""
        best: tuple[Step, ...] = ()
        seen = {name}
        waiting: deque[tuple[str, tuple[Step, ...]]] = deque([(name, ())])
        while waiting:
            here, way = waiting.popleft()
            for one in self._from(here):
                if is_certain and not one.is_certain:
                    continue
                longer = (*way, one)
                if not one.target or self._is_administrator(one.target, is_certain=is_certain):
                    return longer
                if one.target not in seen:
                    seen.add(one.target)
                    if not best or (one.target.startswith(ANY) and not best[-1].target.startswith(ANY)):
                        best = longer
                    waiting.append((one.target, longer))
        return best

    def _is_administrator(self, name: str, *, is_certain: bool) -> bool:
        if self._administrator(name, True) is not None:
            return True
        return not is_certain and self._administrator(name, False) is not None


def _order(one: Step) -> tuple[object, ...]:
    return one.method, one.target, not one.is_certain, one.text, one.target_address, one.origins


def places_of(clauses: Iterable[Clause], pattern: re.Pattern[str]) -> Iterator[tuple[str, Clause]]:
    """The places that clauses name and that look like a pattern, each once, as a person reads them."""
    seen: set[str] = set()
    for clause in clauses:
        for one in told(clause.resources).include:
            if pattern.fullmatch(one) and one not in seen:
                seen.add(one)
                yield one, clause
