"""Atoms: the texts of one dimension, divided so that no pattern tells two texts of one part apart.

All patterns are put into one tree of their signs, which is a nondeterministic automaton: a node behind ``*`` stays
where it is on any character. The sets of nodes that texts can reach are its deterministic states; the nodes in them
at which patterns end say which patterns match. Every set of patterns that some text matches is an *atom*, with one of
the shortest such texts as its witness. Sets of texts are then bit masks over the atoms, and exact.

The tree shares what patterns have in common at their beginning, so that a thousand names and prefixes cost about as
much as reading them. What is costly is many patterns with text between two stars: then there may be an atom for each
subset of them. Where that becomes too much, patterns that stand in one list are not told apart any more, only lists
are; and above a bound :class:`TooComplex` is raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from planguard.access.pattern import (
    LITERAL_QUESTION,
    LITERAL_STAR,
    ONE_IN_PART,
    STAR_IN_PART,
    is_symbol,
)

MOST_STATES = 200_000
_MOST_STATES_BY_PATTERN = 50_000
"""After how many states, and two for every sign of the patterns, lists are no more told apart by their patterns."""
MOST_MOVES = 3_000_000
_PLAIN = "xyzabcdefghijklmnopqrstuvw0123456789"
_SPARE = "-_./ABCDEFGHIJKLMNOPQRSTUVWXYZ=+,@ "
_PART, _ALL = 1, 2
_STARS = {"*": _ALL, STAR_IN_PART: _PART}
_ONES = {"?": _ALL, ONE_IN_PART: _PART}
_LITERALS = {LITERAL_STAR: "*", LITERAL_QUESTION: "?"}


class TooComplex(Exception):  # noqa: N818 - it is an answer, not a mistake of anybody
    """Exact comparison would take more than the bounds allow; the text says of what."""


class Glob(tuple[str, bool]):
    """A pattern, and whether it matches without regard to case."""

    __slots__ = ()

    def __new__(cls, pattern: str, ignores_case: bool = False) -> Glob:
        return super().__new__(cls, (pattern, ignores_case))


def literally(text: str) -> str:
    """The pattern that matches a text which may hold ``*`` and ``?``."""
    return text.replace("*", LITERAL_STAR).replace("?", LITERAL_QUESTION)


def is_literal(pattern: str) -> bool:
    """Whether a pattern matches one text only."""
    return not any(sign in pattern for sign in ("*", "?", STAR_IN_PART, ONE_IN_PART))


class Atoms:
    """The atoms of one dimension.

    :ivar witnesses: of each atom one of its shortest texts, shortest first
    :ivar full: the mask of all atoms
    :ivar tells_patterns: whether each pattern has a mask of its own, and not only every list of them
    """

    def __init__(self, tree: _Tree, found: dict[frozenset[int], str]) -> None:
        self._tree = tree
        self._index = {ends: index for index, ends in enumerate(found)}
        self.tells_patterns = not tree.end_of_list
        self.witnesses: tuple[str, ...] = tuple(found.values())
        self.full = (1 << len(found)) - 1
        members: dict[int, list[int]] = {}
        for ends, index in self._index.items():
            for end in ends:
                members.setdefault(end, []).append(index)
        self._masks = {end: mask_of(indexes, len(found)) for end, indexes in members.items()}

    def mask(self, *globs: Glob) -> int:
        """The atoms that any of some patterns matches; they must be one of the lists that the atoms were made of.

        Where patterns are told apart, they may be any of those in the lists.
        """
        if not self.tells_patterns:
            return self._masks.get(self._tree.end_of_list[frozenset(globs)], 0) if globs else 0
        found = 0
        for glob in globs:
            found |= self._masks.get(self._tree.end_of[glob], 0)
        return found

    def place_of(self, text: str) -> int | None:
        """The number of the atom that a text is in, or None where it is outside of the dimension."""
        return self._index.get(self._tree.ends_of(text))


def mask_of(indexes: Iterable[int], size: int) -> int:
    """A mask with these bits set, of numbers below ``size``."""
    found = bytearray(size // 8 + 1)
    for index in indexes:
        found[index >> 3] |= 1 << (index & 7)
    return int.from_bytes(found, "little")


def bits_of(mask: int) -> Iterator[int]:
    """The numbers of the bits of a mask, from the lowest."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def enumerate_atoms(
    lists: Iterable[Iterable[Glob]], name: str, *, within: Glob | None = None, has_empty: bool = True
) -> Atoms:
    """All atoms of some lists of patterns.

    :param name: what the dimension is called, for :class:`TooComplex`
    :param within: texts outside of this pattern are no part of the dimension
    :param has_empty: whether the empty text is a part of it
    :raises TooComplex: more than 200,000 states would have to be looked at
    """
    every = [frozenset(each) for each in lists]
    if within is not None:
        every.append(frozenset((within,)))
    tree = _Tree()
    for glob in sorted(chain.from_iterable(every)):
        tree.add(glob)
    has_lists = any(len(each) > 1 for each in every)
    try:
        tree.close()
        found = tree.walk(name, has_empty=has_empty, most=tree.first_bound() if has_lists else MOST_STATES)
        needed = None if within is None else tree.end_of[within]
    except TooComplex:
        if not has_lists:
            raise
        tree.join(every)
        found = tree.walk(name, has_empty=has_empty, most=MOST_STATES)
        needed = None if within is None else tree.end_of_list[frozenset((within,))]
    if needed is not None:
        found = {ends: text for ends, text in found.items() if needed in ends}
    return Atoms(tree, found)


def matches(glob: Glob, text: str) -> bool:
    """Whether one pattern matches one text."""
    tree = _Tree()
    end = tree.add(glob)
    tree.close()
    return end in tree.ends_of(text)


class _Tree:
    """Patterns by what they begin with. Nodes are numbers; the tables say what leads from each to others."""

    def __init__(self) -> None:
        self.end_of: dict[Glob, int] = {}
        self.end_of_list: dict[frozenset[Glob], int] = {}
        """Of each list the node that stands for "one of it has matched"; empty where patterns are told apart."""
        self._lists_at: dict[int, frozenset[int]] = {}
        """The lists, by those nodes, of which a pattern ends at a node."""
        self._lists_for_good: dict[int, frozenset[int]] = {}
        """Those of which a pattern ends there whatever follows."""
        self._lists_ahead: list[frozenset[int]] = []
        """Those of which a pattern ends at a node or below it."""
        self._steps: list[dict[tuple[str, bool], int]] = [{}]
        """Every node's children by sign, and whether the case of the sign matters."""
        self._stays: list[int] = [0]
        """On what a node stays: ``_ALL`` characters, those of a ``_PART``, or none."""
        self._closures: list[tuple[int, ...]] = []
        self._plain: list[tuple[tuple[str, tuple[int, ...]], ...]] = []
        """Of each node its literal children, as the character and all nodes that are reached by it."""
        self._wild: list[tuple[tuple[int, bool, tuple[int, ...]], ...]] = []
        """Of each node what it reaches by any character: reach (all or part), whether by symbols too, nodes."""
        self._ends: frozenset[int] = frozenset()

    def add(self, glob: Glob) -> int:
        known = self.end_of.get(glob)
        if known is not None:
            return known
        pattern, ignores_case = glob
        node, last = 0, ""
        for char in pattern:
            if char == last == "*":
                continue
            last = char
            is_cased = ignores_case and char.lower() != char.upper()
            node = self._child(node, (char.lower() if is_cased else char, is_cased))
        self.end_of[glob] = node
        return node

    def _child(self, node: int, sign: tuple[str, bool]) -> int:
        child = self._steps[node].get(sign)
        if child is None:
            child = self._steps[node][sign] = len(self._steps)
            self._steps.append({})
            self._stays.append(_STARS.get(sign[0], 0))
        return child

    def close(self) -> None:
        """Make the tables that :meth:`walk` reads, once all patterns are in."""
        size = len(self._steps)
        closures: list[tuple[int, ...]] = [()] * size
        for node in range(size - 1, -1, -1):
            more = [closures[child] for (sign, _), child in self._steps[node].items() if sign in _STARS]
            closures[node] = (node, *chain.from_iterable(more)) if more else (node,)
        self._closures = closures
        for node, steps in enumerate(self._steps):
            plain: list[tuple[str, tuple[int, ...]]] = []
            wild: list[tuple[int, bool, tuple[int, ...]]] = []
            if self._stays[node]:
                wild.append((self._stays[node], True, closures[node]))
            for (sign, is_cased), child in steps.items():
                if sign in _ONES:
                    wild += self._by_one(node, child, _ONES[sign])
                elif is_cased:
                    plain += [(sign, closures[child]), (sign.upper(), closures[child])]
                elif sign not in _STARS:
                    plain.append((_LITERALS.get(sign, sign), closures[child]))
            self._plain.append(tuple(plain))
            self._wild.append(tuple(wild))
        self._ends = frozenset(self.end_of.values())

    def _by_one(self, node: int, child: int, reach: int) -> Iterator[tuple[int, bool, tuple[int, ...]]]:
        """What any one character leads to, and a symbol where a star is beside it: it stands for no empty text."""
        if self._stays[node] == reach:
            yield reach, True, self._closures[child]
            return
        yield reach, False, self._closures[child]
        for (sign, _), star in self._steps[child].items():
            if _STARS.get(sign) == reach:
                yield reach, True, self._closures[star]

    def first_bound(self) -> int:
        """How many states to look at before patterns of one list are no more told apart."""
        return _MOST_STATES_BY_PATTERN + 2 * len(self._steps)

    def join(self, lists: Iterable[frozenset[Glob]]) -> None:
        """Tell apart lists only, and not the patterns in them: what is behind a match for good is forgotten."""
        at: dict[int, set[int]] = {}
        for each in sorted(set(lists), key=sorted):
            node = self.end_of_list[each] = len(self._steps)
            self._steps.append({})
            self._stays.append(_ALL)
            at[node] = {node}
            for glob in each:
                at.setdefault(self.end_of[glob], set()).add(node)
        self._plain, self._wild = [], []
        self.close()
        self._lists_at = {node: frozenset(found) for node, found in at.items()}
        self._lists_for_good = {node: found for node, found in self._lists_at.items() if self._stays[node] == _ALL}
        ahead: list[frozenset[int]] = [frozenset()] * len(self._steps)
        for node in range(len(self._steps) - 1, -1, -1):
            below = (ahead[child] for child in self._steps[node].values())
            ahead[node] = self._lists_at.get(node, frozenset()).union(*below)
        self._lists_ahead = ahead

    def _ends_in(self, state: frozenset[int]) -> frozenset[int]:
        """What has matched in a state: the ends of patterns, or the nodes of lists."""
        if not self.end_of_list:
            return state & self._ends
        return frozenset(chain.from_iterable(self._lists_at.get(node, ()) for node in state))

    def _shrunk(self, state: frozenset[int]) -> frozenset[int]:
        """A state without what can no more change which lists have matched."""
        if not self.end_of_list:
            return state
        settled = frozenset(chain.from_iterable(self._lists_for_good.get(node, ()) for node in state))
        if not settled:
            return state
        return settled.union(node for node in state if not self._lists_ahead[node] <= settled)

    def ends_of(self, text: str) -> frozenset[int]:
        """What matches a text: the nodes at which its patterns end, or those of the lists."""
        state = frozenset(self._closures[0])
        for char in text:
            reached: list[int] = []
            for node in state:
                for sign, nodes in self._plain[node]:
                    if sign == char:
                        reached += nodes
                for reach, takes_symbols, nodes in self._wild[node]:
                    if (reach == _ALL or char != ":") and (takes_symbols or not is_symbol(char)):
                        reached += nodes
            state = frozenset(reached)
        return self._ends_in(state)

    def walk(self, name: str, *, has_empty: bool, most: int) -> dict[frozenset[int], str]:
        """Everything that a text can match at once, with the first text that does, shortest first."""
        start = self._shrunk(frozenset(self._closures[0]))
        seen: set[frozenset[int]] = set()
        queue: list[tuple[frozenset[int], str]] = [(start, "")]
        found = {self._ends_in(start): ""} if has_empty else {}
        moves = 0
        for state, text in queue:
            for char, reached in self._moves(state):
                moves += 1
                target = self._shrunk(reached)
                if target in seen:
                    continue
                seen.add(target)
                queue.append((target, text + char))
                # An atom that the empty text is in is shown by another text, where there is one.
                ends = self._ends_in(target)
                if not found.get(ends):
                    found[ends] = text + char
            if len(seen) > most or moves > MOST_MOVES:
                raise TooComplex(f"{name}: the patterns overlap in too many ways")
        return found

    def _moves(self, state: frozenset[int]) -> list[tuple[str, frozenset[int]]]:
        """What each character leads to from a state; one character stands for all that no pattern names there."""
        letters: dict[str, list[int]] = {}
        by_any: list[int] = []
        by_part: list[int] = []
        only_texts: list[int] = []
        only_parts: list[int] = []
        for node in state:
            for char, nodes in self._plain[node]:
                known = letters.get(char)
                if known is None:
                    letters[char] = [*nodes]
                else:
                    known += nodes
            for reach, takes_symbols, nodes in self._wild[node]:
                if takes_symbols:
                    (by_any if reach == _ALL else by_part).extend(nodes)
                else:
                    (only_texts if reach == _ALL else only_parts).extend(nodes)
        if (by_part or only_parts) and ":" not in letters:
            letters[":"] = []
        found = []
        for char in sorted(letters, key=_rank) if len(letters) > 1 else letters:
            reached = letters[char]
            reached += by_any
            if char != ":":
                reached += by_part
            if not is_symbol(char):
                reached += only_texts
                if char != ":":
                    reached += only_parts
            found.append((char, frozenset(reached)))
        # The others are shown by a plain character, which comes before capitals and signs.
        plain = sum(map(_is_plain, letters))
        found.insert(plain, (_other_than(letters), frozenset((*by_any, *by_part, *only_texts, *only_parts))))
        return found


def _is_plain(char: str) -> bool:
    return "a" <= char <= "z" or "0" <= char <= "9"


def _rank(char: str) -> tuple[int, str]:
    """Plain lower case and digits before capitals, capitals before other signs."""
    if _is_plain(char):
        return 0, char
    return (1 if "A" <= char <= "Z" else 2), char


def _other_than(letters: dict[str, list[int]]) -> str:
    """A readable character that is none of these."""
    for char in _PLAIN:
        if char not in letters:
            return char
    for char in _SPARE:
        if char not in letters:
            return char
    return next(char for char in map(chr, range(0xC0, 0xE000)) if char not in letters)
