"""Why access is new, and who is asked about, against the slow evaluator."""

from __future__ import annotations

from random import Random

import pytest

from planguard.access.atoms import TooComplex
from planguard.access.document import parse_document
from planguard.access.model import ALLOW, MUST, Access, Clause, Origin, Predicate, Terms, Witness
from planguard.access.questions import Opened, find_witness, reasons
from tests.access.random_policies import Document, random_document
from tests.access.reference import Request, allowed
from tests.access.test_laws import pair
from tests.access.witnesses import request_of


def access(*documents: Document, limit: Document | None = None) -> Access:
    """What documents allow together, within a limit."""
    clauses = tuple(clause for one in documents for clause in parse_document(one, address="x"))
    return Access(clauses, () if limit is None else (parse_document(limit, address="limit"),))


def allowing(document: Document) -> Document:
    """A document without its denials."""
    return {**document, "Statement": [one for one in document["Statement"] if one["Effect"] == "Allow"]}


def is_granted(document: Document, request: Request, limit: Document | None = None) -> bool:
    """Whether some statement grants a request, whatever is denied."""
    kept = allowing(document)
    within = limit is None or (bool(allowing(limit)["Statement"]) and allowed(allowing(limit), request))
    return bool(kept["Statement"]) and allowed(kept, request) and within


def assert_told(found: Opened, old: Document, new: Document) -> Request:
    """Its witness is new access."""
    request = request_of(found.witness)
    assert allowed(new, request), ("not allowed after", found, old, new)
    assert not allowed(old, request), ("allowed before", found, old, new)
    return request


@pytest.mark.parametrize("seed", range(8))
def test_every_reason_is_what_stood_against_it(seed: int) -> None:
    random = Random(seed)
    seen = [0, 0]
    for _ in range(250):
        old, new = pair(random)
        found = reasons(access(old), access(new))
        assert found.limits == ()
        for one in found.denials:
            assert is_granted(old, assert_told(one, old, new)), ("not granted before", one, old, new)
            seen[0] += 1
        for one in found.contexts:
            assert not is_granted(old, assert_told(one, old, new)), ("denied, not granted", one, old, new)
            assert one.because, ("nothing that granted it elsewhere", one, old, new)
            seen[1] += 1
    assert seen[0] >= 3
    assert seen[1] > 20


@pytest.mark.parametrize("seed", range(8))
def test_a_limit_that_is_taken_off_is_told_as_such(seed: int) -> None:
    random = Random(100 + seed)
    seen = 0
    for _ in range(150):
        held, _ = pair(random)
        limit = random_document(random)
        try:
            found = reasons(access(held, limit=limit), access(held))
        except TooComplex:
            continue
        assert found.contexts == ()
        for one in found.limits:
            request = request_of(one.witness)
            assert allowed(held, request)
            assert not is_granted(held, request, limit)
            assert {origin.address for origin in one.because} == {"limit"}
            seen += 1
    assert seen > 20


def test_what_both_lost_a_condition_and_a_denial_is_told_of_the_denial() -> None:
    old = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
            {"Sid": "Keep", "Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"},
        ],
    }
    found = reasons(access(old), access(allowing(old)))
    assert found.contexts == ()
    assert [one.because for one in found.denials] == [(Origin("x", "", "Keep"),)]
    assert found.denials[0].actions == Terms(("s3:deleteobject",))
    assert found.denials[0].witness.action == "s3:deleteobject"


def test_the_conditions_that_had_to_hold_are_told() -> None:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    condition = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    old = {"Version": "2012-10-17", "Statement": [{**statement, "Condition": condition}]}
    new = {"Version": "2012-10-17", "Statement": [statement]}
    found = reasons(access(old), access(new))
    assert [one.conditions for one in found.contexts] == [("aws:MultiFactorAuthPresent Bool true",)]
    assert reasons(access(new), access(old)).contexts == ()
    assert reasons(access(), access(new)).contexts == ()


def test_a_limit_that_does_not_count_belongs_to_what_is_granted() -> None:
    held = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    limit = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    assert reasons(access(held, limit=limit), access(held)).limits
    assert reasons(access(held, limit=limit), access(held), is_limit=lambda _: False).limits == ()


@pytest.mark.parametrize("seed", range(6))
def test_a_witness_is_allowed_and_is_what_was_asked_about(seed: int) -> None:
    random = Random(seed)
    found = 0
    for _ in range(200):
        held, other = pair(random)
        for query in parse_document(allowing(other), address="query"):
            witness = find_witness(access(held), query)
            if witness is None:
                continue
            found += 1
            request = request_of(witness)
            assert allowed(held, request)
            assert allowed(allowing(other), request)
    assert found > 50


def test_what_may_never_hold_is_no_certain_witness() -> None:
    line = Predicate("NumericLessThan", "s3:max-keys", ("\U000f0000",))
    held = Access(
        (Clause(ALLOW, Terms(("s3:listbucket",)), predicates=(line, Predicate("Bool", "s3:x", ("true",)))),)
    )
    query = Clause(ALLOW, Terms())
    assert isinstance(find_witness(held, query, reading=MUST), Witness)
    two = Predicate("NumericGreaterThan", "s3:max-keys", ("\U000f0000",))
    held = Access((Clause(ALLOW, Terms(("s3:listbucket",)), predicates=(line, two)),))
    assert find_witness(held, query, reading=MUST) is None
    assert find_witness(held, query, reading="may") is not None
