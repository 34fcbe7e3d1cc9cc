"""The comparison of policies against the slow evaluator, by the ten thousand, and the laws that it must keep."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

import pytest
from hypothesis import given, note, settings

from planguard.access.compare import compare_documents
from planguard.access.model import Difference
from planguard.plan.unknown import Unknown
from tests.access.random_policies import (
    RANDOMS,
    Document,
    changed,
    leaves,
    random_document,
    random_request,
    random_statement,
    replaced,
    settled,
    shuffled,
    split,
)
from tests.access.reference import allowed
from tests.access.witnesses import request_of

PLANES = ("identity", "resource")


def compared(old: Document, new: Document) -> Difference:
    """What differs, where it can be said."""
    found = compare_documents(old, new)
    assert found.too_complex == ""
    return found


def is_new(old: Document, new: Document, witness: Any) -> bool:
    """Whether the reference allows a witness by the new policy, and not by the old one."""
    request = request_of(witness)
    return allowed(new, request) and not allowed(old, request)


def pair(random: Random) -> tuple[Document, Document]:
    """Two policies, more often alike than not."""
    plane = random.choice(PLANES)
    old = random_document(random, plane=plane)
    new = changed(random, old, plane=plane) if random.random() < 0.7 else random_document(random, plane=plane)
    has_variables = random.random() < 0.5
    return settled(old, has_variables=has_variables), settled(new, has_variables=has_variables)


def document(random: Random) -> Document:
    """A policy that some other was changed into, so that it holds odd combinations too."""
    return pair(random)[1]


def assert_right(old: Document, new: Document, random: Random, requests: int) -> None:
    """Every witness is confirmed, and no request that differs was overlooked."""
    found = compared(old, new)
    for region in found.new:
        assert is_new(old, new, region.witness), ("no new access", old, new, region)
    for region in found.removed:
        assert is_new(new, old, region.witness), ("nothing removed", old, new, region)
    assert found.possible == ()
    for _ in range(requests):
        request = random_request(random, old, new)
        before, after = allowed(old, request), allowed(new, request)
        assert found.new or before or not after, ("new access overlooked", old, new, request)
        assert found.removed or after or not before, ("removed access overlooked", old, new, request)


@pytest.mark.parametrize("seed", range(10))
def test_random_policies_compare_as_the_reference_says(seed: int) -> None:
    random = Random(seed)
    for _ in range(700):
        assert_right(*pair(random), random, requests=12)


@given(RANDOMS)
@settings(max_examples=200)
def test_shrunk_policies_compare_as_the_reference_says(random: Random) -> None:
    old, new = pair(random)
    note(f"old = {old}\nnew = {new}")
    assert_right(old, new, random, requests=6)


@given(RANDOMS)
def test_from_nothing_all_that_a_policy_allows_is_new(random: Random) -> None:
    new = document(random)
    old: Document = {"Version": "2012-10-17", "Statement": []}
    assert_right(old, new, random, requests=10)
    assert compared(old, new).removed == ()


# -- laws ----------------------------------------------------------------------------------------------------------


def is_nothing(found: Difference) -> bool:
    """Whether a comparison found no difference at all."""
    return found == Difference()


@given(RANDOMS)
def test_a_policy_does_not_differ_from_itself_in_another_order(random: Random) -> None:
    old = document(random)
    assert is_nothing(compared(old, old))
    assert is_nothing(compared(old, shuffled(random, old)))


@given(RANDOMS)
def test_sids_do_not_matter(random: Random) -> None:
    old = document(random)
    new = copy.deepcopy(old)
    for index, statement in enumerate(new["Statement"]):
        statement["Sid"] = f"S{index}"
    assert is_nothing(compared(old, new))


@given(RANDOMS)
def test_the_case_of_actions_does_not_matter(random: Random) -> None:
    old = document(random)
    new = copy.deepcopy(old)
    for statement in new["Statement"]:
        for element in ("Action", "NotAction"):
            if element in statement:
                said = statement[element]
                statement[element] = said.upper() if isinstance(said, str) else [one.upper() for one in said]
    assert is_nothing(compared(old, new))


@given(RANDOMS)
def test_one_statement_per_action_is_the_same(random: Random) -> None:
    old = document(random)
    assert is_nothing(compared(old, split(old)))


@given(RANDOMS)
def test_another_allow_takes_nothing_away(random: Random) -> None:
    plane = random.choice(PLANES)
    old = random_document(random, plane=plane)
    more = random_statement(random, effect="Allow", plane=plane)
    found = compared(old, {**old, "Statement": [*old["Statement"], more]})
    assert found.removed == ()
    assert found.possible == ()


@given(RANDOMS)
def test_another_deny_grants_nothing(random: Random) -> None:
    plane = random.choice(PLANES)
    old = random_document(random, plane=plane)
    more = random_statement(random, effect="Deny", plane=plane)
    found = compared(old, {**old, "Statement": [*old["Statement"], more]})
    assert found.new == found.possible == ()


@given(RANDOMS)
def test_a_star_in_place_of_a_value_takes_nothing_away(random: Random) -> None:
    old = document(random)
    new = copy.deepcopy(old)
    for statement in new["Statement"]:
        for element in ("Action", "Resource"):
            if statement["Effect"] == "Allow" and element in statement and random.random() < 0.5:
                said = statement[element]
                statement[element] = "*" if isinstance(said, str) else [*said[1:], "*"]
    assert compared(old, new).removed == ()


@given(RANDOMS)
def test_what_is_new_one_way_is_removed_the_other_way(random: Random) -> None:
    old, new = pair(random)
    there, back = compared(old, new), compared(new, old)
    assert bool(there.new) == bool(back.removed)
    assert bool(there.removed) == bool(back.new)
    assert [region.witness for region in there.new] == [region.witness for region in back.removed]


# -- what is not known ---------------------------------------------------------------------------------------------


def unknown_somewhere(random: Random, known: Document) -> Document:
    """The policy with one of its values, or one part of a statement, not known yet."""
    places: set[tuple[Any, ...]] = set()
    for path in leaves(known["Statement"], ("Statement",)):
        places |= {path[:end] for end in range(2, len(path) + 1)}
    return replaced(known, random.choice(sorted(places, key=str)), Unknown()) if places else known


@given(RANDOMS)
@settings(max_examples=300)
def test_certain_differences_hold_whatever_the_unknown_is(random: Random) -> None:
    old, new = pair(random)
    for before, after in ((old, unknown_somewhere(random, new)), (unknown_somewhere(random, old), new)):
        note(f"before = {before}\nafter = {after}\nold = {old}\nnew = {new}")
        found = compared(before, after)
        for region in found.new:
            assert is_new(old, new, region.witness)
        for region in found.removed:
            assert is_new(new, old, region.witness)


@given(RANDOMS)
@settings(max_examples=300)
def test_what_is_new_stays_at_least_possible_when_something_is_unknown(random: Random) -> None:
    old, new = pair(random)
    known = compared(old, new)
    for before, after in ((old, unknown_somewhere(random, new)), (unknown_somewhere(random, old), new)):
        note(f"before = {before}\nafter = {after}\nold = {old}\nnew = {new}")
        found = compared(before, after)
        assert not known.new or found.new or found.possible


@given(RANDOMS)
def test_an_unknown_in_an_unchanged_policy_is_no_certain_difference(random: Random) -> None:
    old = unknown_somewhere(random, document(random))
    found = compared(old, old)
    assert found.new == found.removed == ()
