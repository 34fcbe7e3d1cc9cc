"""Atoms against texts that are looked at one by one."""

import itertools
import random
import re
import time

import pytest

from planguard.access import atoms as access_atoms
from planguard.access.atoms import Glob, TooComplex, bits_of, enumerate_atoms, literally, matches
from planguard.access.pattern import ONE_IN_PART, STAR_IN_PART, symbol


def _expression(pattern):
    signs = {"*": ".*", "?": ".", STAR_IN_PART: "[^:]*", ONE_IN_PART: "[^:]"}
    return re.compile("".join(signs.get(char) or re.escape(char) for char in pattern), re.DOTALL)


def _singly(patterns):
    return [[Glob(pattern)] for pattern in patterns]


def _texts(alphabet, longest):
    for length in range(longest + 1):
        yield from map("".join, itertools.product(alphabet, repeat=length))


@pytest.mark.parametrize("seed", range(40))
def test_every_text_is_in_the_atom_of_exactly_the_patterns_that_match_it(seed):
    chance = random.Random(seed)
    signs = "ab:*?" + STAR_IN_PART + ONE_IN_PART
    patterns = {"".join(chance.choices(signs, k=chance.randint(0, 5))) for _ in range(chance.randint(1, 6))}
    atoms = enumerate_atoms(_singly(patterns), "x")
    expressions = {pattern: _expression(pattern) for pattern in patterns}
    met = {}
    for text in _texts("ab:c", 5):
        place = atoms.place_of(text)
        assert place is not None
        met.setdefault(place, text)
        for pattern, expression in expressions.items():
            is_match = expression.fullmatch(text) is not None
            assert bool(atoms.mask(Glob(pattern)) >> place & 1) == is_match
            assert matches(Glob(pattern), text) == is_match
    for place, witness in enumerate(atoms.witnesses):
        assert atoms.place_of(witness) == place
        if met.get(place):
            assert len(witness) <= len(met[place])


def test_case_is_ignored_only_where_it_is_asked_for():
    atoms = enumerate_atoms([[Glob("aB", True)], [Glob("aB")], [Glob("a*")]], "x")
    both, exact = atoms.mask(Glob("aB", True)), atoms.mask(Glob("aB"))
    assert exact & both == exact != both
    assert both >> atoms.place_of("Ab") & 1
    assert not both & ~(atoms.mask(Glob("a*")) | 1 << atoms.place_of("AB"))


def test_a_symbol_is_itself_and_is_matched_by_stars_only():
    one, other = symbol("one.arn"), symbol("other.arn")
    atoms = enumerate_atoms(_singly([one, other, "*", "?", one + "/*", "a*"]), "x")
    place = atoms.place_of(one)
    holding = {glob for glob in [one, other, "*", "?", one + "/*", "a*"] if atoms.mask(Glob(glob)) >> place & 1}
    assert holding == {one, "*"}
    assert atoms.mask(Glob(one + "/*")) & atoms.mask(Glob("*")) == atoms.mask(Glob(one + "/*"))


def test_literal_signs_match_themselves_only():
    atoms = enumerate_atoms(_singly([literally("a*?"), "a*"]), "x")
    assert atoms.witnesses[next(bits_of(atoms.mask(Glob(literally("a*?")))))] == "a*?"
    assert atoms.mask(Glob(literally("a*?"))) & atoms.mask(Glob("a*")) == atoms.mask(Glob(literally("a*?")))


def test_witnesses_are_plain_and_short():
    atoms = enumerate_atoms(_singly(["s3:*", "s3:get*", "*"]), "x", within=Glob("?*:?*"))
    assert atoms.witnesses == ("s:x", "s3:g", "s3:get")


def test_nothing_outside_of_the_dimension_is_an_atom():
    atoms = enumerate_atoms(_singly(["*", "a"]), "x", within=Glob("a*"), has_empty=False)
    assert atoms.witnesses == ("a", "ax")
    assert atoms.place_of("b") is None


def test_above_the_bound_it_says_which_dimension():
    with pytest.raises(TooComplex, match="resources"):
        enumerate_atoms(_singly(f"*{char}{char}z*" for char in "abcdefghijklmnopqr"), "resources")


def test_lists_that_overlap_too_much_are_told_apart_as_lists():
    before = [Glob(f"*-{word}{word}-*") for word in "abcdefghijklmn"]
    after = [*before, Glob("*-new-*")]
    atoms = enumerate_atoms([before, after, [Glob("*")]], "x")
    assert not atoms.tells_patterns
    assert not atoms.mask(*before) & ~atoms.mask(*after)
    (gained,) = bits_of(atoms.mask(*after) & ~atoms.mask(*before))
    assert atoms.witnesses[gained] == "-new-"
    assert atoms.place_of("x-new-x") == gained
    assert atoms.place_of("x-aa-x-new-x") != gained
    assert atoms.mask(Glob("*")) == atoms.full


@pytest.mark.parametrize("seed", range(20))
def test_lists_are_what_their_patterns_are_together(seed, monkeypatch):
    monkeypatch.setattr(access_atoms, "_MOST_STATES_BY_PATTERN", -100_000)
    chance = random.Random(seed)
    lists = [
        [Glob("".join(chance.choices("ab*?", k=chance.randint(1, 4)))) for _ in range(chance.randint(2, 4))]
        for _ in range(3)
    ]
    atoms = enumerate_atoms(lists, "x", has_empty=False)
    assert not atoms.tells_patterns
    for text in _texts("abc", 4):
        if text:
            place = atoms.place_of(text)
            for globs in lists:
                assert bool(atoms.mask(*globs) >> place & 1) == any(matches(glob, text) for glob in globs)


def test_thousands_of_patterns_are_quick():
    chance = random.Random(1)
    words = ["Get", "List", "Describe", "Batch", "Put", "Create", "Object", "Policy", "Instance", "Tag", "Role"]
    actions = {
        f"svc{number}:{''.join(chance.choices(words, k=3))}{chance.choice(['', '*'])}"
        for number in range(300)
        for _ in range(11)
    }
    names = [f"arn:aws:s3:::team-{number}{end}" for number in range(1000) for end in ("", "/*")]
    start = time.perf_counter()
    enumerate_atoms([map(Glob, actions), [Glob("*")]], "actions")
    enumerate_atoms([map(Glob, names), [Glob("*")]], "resources")
    assert time.perf_counter() - start < 6


@pytest.mark.parametrize(
    ("pattern", "does"),
    [("?", False), ("?*", True), ("*?", True), ("*?*", True), ("a?*", True), ("a?b", False), ("??", False)],
)
def test_what_a_symbol_stands_for_is_no_empty_text(pattern: str, does: bool) -> None:
    text = "a" * pattern.startswith("a") + symbol("aws:username")
    assert matches(Glob(pattern), text) is does
    atoms = enumerate_atoms([[Glob(pattern)], [Glob(text)]], "names")
    assert bool(atoms.mask(Glob(pattern)) & atoms.mask(Glob(text))) is does
