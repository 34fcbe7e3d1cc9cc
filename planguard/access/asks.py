"""Many requests asked of many accesses at once.

Each request, one action on one resource, is a bit. What a clause says is four masks: of the requests that it takes in
wholly (*cover*), of those that it takes in a part of (*some*), of those of which it may take in a part (*touch*), and
of those of which it takes in one text (*sample*). Most answers are arithmetic on numbers; clauses with conditions are
asked once for all requests that the same conditions decide on, and only what a clause cuts through is compared
exactly, one request at a time.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache

from msgspec import Struct

from planguard.access.atoms import bits_of
from planguard.access.model import AWS, AZURE, Clause, Terms
from planguard.access.pattern import LITERAL_QUESTION, LITERAL_STAR, ONE_IN_PART, STAR_IN_PART, is_symbol
from planguard.access.sensitive import Ask

Masks = tuple[int, int, int, int]
"""Of some requests those taken in wholly, in a part, perhaps in a part, and those whose sample is taken in."""
NONE: Masks = (0, 0, 0, 0)
COVER, SOME, TOUCH, SAMPLE = range(4)

_WILD = re.compile(f"[*?{STAR_IN_PART}{ONE_IN_PART}]")
_SAMPLE = "Zq9x7"
"""One text that is below a name; what is allowed on it needs no closer look."""
_LITERALS = {LITERAL_STAR: "*", LITERAL_QUESTION: "?"}


class Request(Struct, frozen=True):
    """One action on one resource.

    :ivar owner: the number of the store that it gets at
    """

    owner: int
    action: str
    spelled: str
    names: tuple[str, ...]
    is_below: bool


class Asks:
    """The requests of some stores.

    :param asks: of each store, in their order, what gets at its data, and of which cloud it is
    :ivar requests: each with its own bit
    :ivar full: the mask of all of them
    :ivar unsure: those that may not work at all
    :ivar free: those that a grant under a condition does not allow for certain
    :ivar of_store: the requests of each store
    """

    def __init__(self, asks: Sequence[tuple[str, Sequence[Ask]]]) -> None:
        self.requests: list[Request] = []
        self.of_store: list[int] = []
        self.unsure = self.free = 0
        for owner, (provider, each) in enumerate(asks):
            first = len(self.requests)
            for ask in each:
                self._take(owner, provider, ask)
            self.of_store.append((1 << len(self.requests)) - (1 << first))
        self.full = (1 << len(self.requests)) - 1
        self._actions: dict[str, int] = {}
        self._texts: dict[tuple[str, bool], int] = {}
        for bit, one in enumerate(self.requests):
            self._actions[one.action] = self._actions.get(one.action, 0) | 1 << bit
            for name in one.names:
                self._texts[name, one.is_below] = self._texts.get((name, one.is_below), 0) | 1 << bit
        self._sorted = sorted(self._texts)
        self._kept: dict[tuple[Terms, Terms], Masks] = {}
        self._kept_texts: dict[str, tuple[int, int, int]] = {}

    def _take(self, owner: int, provider: str, ask: Ask) -> None:
        for spelled in ask.actions:
            bit = 1 << len(self.requests)
            self.unsure |= 0 if ask.is_certain else bit
            self.free |= bit if ask.is_free else 0
            action = spelled.lower() if provider in (AWS, AZURE) else spelled
            self.requests.append(Request(owner, action, spelled.removeprefix("data:"), ask.names, ask.is_below))

    def stores_of(self, requests: int) -> int:
        """The mask of the stores that some requests get at."""
        if requests.bit_count() > len(self.of_store):
            return sum(1 << number for number, mask in enumerate(self.of_store) if mask & requests)
        found = 0
        for bit in bits_of(requests):
            found |= 1 << self.requests[bit].owner
        return found

    # -- what a clause says ----------------------------------------------------------------------------------------

    def masks(self, clause: Clause) -> Masks:
        """The requests that a clause takes in by their actions and resources."""
        key = clause.actions, clause.resources
        found = self._kept.get(key)
        if found is None:
            actions = self._of_actions(clause.actions)
            found = self._kept[key] = self._of_resources(clause.resources, actions) if actions else NONE
        return found

    def _of_actions(self, terms: Terms) -> int:
        found = 0
        for action, mask in self._actions.items():
            if is_matched(terms, action):
                found |= mask
        return found

    def _of_resources(self, terms: Terms, among: int) -> Masks:
        cover = touch = sample = without = near = shown = 0
        for pattern in terms.include:
            wholly, partly, one = self._of_pattern(pattern)
            cover, touch, sample = cover | wholly, touch | partly, sample | one
        for pattern in terms.exclude:
            wholly, partly, one = self._of_pattern(pattern)
            without, near, shown = without | wholly, near | partly, shown | one
        return cover & ~near & among, touch & ~near & among, touch & ~without & among, sample & ~shown & among

    def _of_pattern(self, pattern: str) -> tuple[int, int, int]:
        """The requests of which a pattern takes in all resources, any of them, and the sample."""
        found = self._kept_texts.get(pattern)
        if found is None:
            found = self._kept_texts[pattern] = self._matched(pattern)
        return found

    def _matched(self, pattern: str) -> tuple[int, int, int]:
        wild = _WILD.search(pattern)
        head = _plain(pattern[: wild.start()] if wild is not None else pattern)
        if wild is None:
            cover = touch = sample = self._texts.get((head, False), 0)
        elif pattern == "*":
            return self.full, self.full, self.full
        else:
            cover = touch = sample = 0
            for name, is_below in self._below(head):
                wholly, partly, shown = _answer(pattern, name, is_below=is_below)
                mask = self._texts[name, is_below]
                cover |= mask if wholly else 0
                touch |= mask if partly else 0
                sample |= mask if shown else 0
        for name in self._beginning(head):
            touch |= self._texts[name, True]
            sample |= self._texts[name, True] if _is_text(pattern, name + _SAMPLE) else 0
        return cover, touch, sample

    def _below(self, head: str) -> Iterable[tuple[str, bool]]:
        """The names that begin with a text."""
        at = bisect_left(self._sorted, (head, False))
        while at < len(self._sorted) and self._sorted[at][0].startswith(head):
            yield self._sorted[at]
            at += 1

    def _beginning(self, text: str) -> list[str]:
        """The names of which a text is below."""
        return [text[:size] for size in range(1, len(text)) if (text[:size], True) in self._texts]


def _answer(pattern: str, name: str, *, is_below: bool) -> tuple[bool, bool, bool]:
    """Whether a pattern takes in all that is called so, any of it, and the sample of it."""
    if not is_below:
        is_one = _is_text(pattern, name)
        return is_one, is_one, is_one
    if pattern[-1] == "*" and _is_text(pattern, name):
        return True, True, True
    return False, bool(_states(pattern, name)), _is_text(pattern, name + _SAMPLE)


def below(terms: Terms, name: str) -> Terms:
    """What some terms say of the rest of the texts that begin with a name."""
    return Terms(
        tuple(sorted({rest for one in terms.include for rest in _rests(one, name)})),
        tuple(sorted({rest for one in terms.exclude for rest in _rests(one, name)})),
    )


def _rests(pattern: str, name: str) -> set[str]:
    return {pattern[at:] for at in _states(pattern, name)}


@lru_cache(maxsize=16384)
def _expression(pattern: str) -> re.Pattern[str]:
    wild = {
        "*": ".*",
        "?": "[^\U000f0000-\U0010ffff]",
        STAR_IN_PART: "[^:]*",
        ONE_IN_PART: "[^:\U000f0000-\U0010ffff]",
    }
    return re.compile("".join(wild.get(char) or re.escape(_LITERALS.get(char, char)) for char in pattern), re.DOTALL)


def _is_text(pattern: str, text: str) -> bool:
    """Whether a pattern matches a text."""
    return pattern == "*" or _expression(pattern).fullmatch(text) is not None


def is_matched(terms: Terms, text: str) -> bool:
    """Whether a text is in a set of texts."""
    return any(_is_text(one, text) for one in terms.include) and not any(_is_text(one, text) for one in terms.exclude)


def _plain(literal: str) -> str:
    return literal if literal.isascii() else "".join(_LITERALS.get(char, char) for char in literal)


def _states(pattern: str, text: str) -> set[int]:
    """Where in a pattern one can be after a text, so that something may follow."""
    states = _closed(pattern, {0})
    for char in text:
        moved = set()
        for at in states:
            if at == len(pattern):
                continue
            sign = pattern[at]
            if sign in ("*", STAR_IN_PART):
                if sign == "*" or char != ":":
                    moved.add(at)
            elif sign in ("?", ONE_IN_PART):
                if not is_symbol(char) and (sign == "?" or char != ":"):
                    moved.add(at + 1)
            elif _LITERALS.get(sign, sign) == char:
                moved.add(at + 1)
        states = _closed(pattern, moved)
        if not states:
            break
    return states


def _closed(pattern: str, states: set[int]) -> set[int]:
    found = set(states)
    for at in states:
        here = at
        while here < len(pattern) and pattern[here] in ("*", STAR_IN_PART):
            here += 1
            found.add(here)
    return found
