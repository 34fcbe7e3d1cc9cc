"""Limits, the clock and the questions that can be asked of an access, against the slow evaluator."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings

from planguard.access.compare import allows_all, compare_documents, difference, is_empty, witness_of
from planguard.access.document import parse_document
from planguard.access.model import Access, Clause, Terms
from tests.access.random_policies import (
    RANDOMS,
    Document,
    random_action,
    random_document,
    random_request,
    random_resource,
    settled,
)
from tests.access.reference import Request, allowed, matches, pieces
from tests.access.reference_clauses import access_allows
from tests.access.witnesses import request_of

NOW = datetime(2025, 1, 1, tzinfo=UTC)


def clauses(document: Document) -> tuple[Clause, ...]:
    """The statements of a policy as clauses."""
    return parse_document(document, address="p")


def some(random: Random) -> Document:
    """A policy without variables, so that every pattern means the same texts to all."""
    return settled(random_document(random), has_variables=False)


class Limited:
    """A policy and its limits, and what both evaluators make of them."""

    def __init__(self, random: Random) -> None:
        self.policy = some(random)
        self.limits = [some(random) for _ in range(random.choice((0, 1, 1, 2)))]
        self.access = Access(clauses(self.policy), tuple(map(clauses, self.limits)))

    def allows(self, request: Request) -> bool:
        """Whether the policy and each of the limits allow a request."""
        return all(allowed(one, request) for one in (self.policy, *self.limits))


@pytest.mark.parametrize("seed", range(3))
def test_limits_cut_off_what_they_do_not_allow(seed: int) -> None:
    random = Random(f"limits-{seed}")
    for _ in range(400):
        old, new = Limited(random), Limited(random)
        found = difference(old.access, new.access)
        assert found.too_complex == ""
        for more, less, regions in ((new, old, found.new), (old, new, found.removed)):
            for region in regions:
                request = request_of(region.witness)
                assert more.allows(request) and not less.allows(request), (more.policy, more.limits, region)
                assert access_allows(more.access, region.witness, "must")
                assert not access_allows(less.access, region.witness, "may")
        for _ in range(8):
            request = random_request(random, old.policy, new.policy, *old.limits, *new.limits)
            assert found.new or old.allows(request) or not new.allows(request), (old.policy, new.policy, request)
            assert found.removed or new.allows(request) or not old.allows(request), (old.policy, new.policy, request)


@given(RANDOMS)
@settings(max_examples=150)
def test_a_limit_more_never_grants(random: Random) -> None:
    old = Limited(random)
    found = difference(old.access, Access(old.access.clauses, (*old.access.limits, clauses(some(random)))))
    assert found.new == found.possible == ()


@pytest.mark.parametrize("seed", range(3))
def test_questions_are_answered_as_the_reference_answers_single_requests(seed: int) -> None:
    random = Random(f"questions-{seed}")
    for _ in range(400):
        own = Limited(random)
        action, resource = random_action(random), random_resource(random).replace("${aws:username}", "a")
        actions, resources = Terms((action.lower(),)), Terms((resource.replace("${*}", "a"),))
        witness = witness_of(own.access, actions, resources)
        if witness is not None:
            assert own.allows(request_of(witness))
            assert is_among(witness.action, actions) and is_among(witness.resource, resources)
        always = witness_of(own.access, actions, resources, regardless_of_conditions=True)
        every = allows_all(own.access, actions, resources)
        for _ in range(8):
            request = random_request(random, own.policy, *own.limits, asked(action, resource))
            if always is not None:
                assert own.allows(Request("*", always.action, always.resource, request.context))
            if is_among(request.action.lower(), actions) and is_among(request.resource, resources):
                assert witness is not None or not own.allows(request), (own.policy, own.limits, request)
                assert not every or own.allows(request), (own.policy, own.limits, request)
            assert not own.allows(request) or not is_empty(own.access)


def asked(action: str, resource: str) -> Document:
    """A policy of nothing but the question, to draw requests from."""
    resource = resource.replace("${*}", "a")
    return {"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}


def is_among(text: str, terms: Terms) -> bool:
    """Whether a text is one that the (single, plain) pattern means."""
    return matches(pieces(terms.include[0]), text)


@pytest.mark.parametrize(
    ("operator", "value", "is_possible"),
    [
        ("DateLessThan", "2020-01-01T00:00:00Z", False),
        ("DateLessThan", "2030-01-01T00:00:00Z", True),
        ("DateGreaterThan", "2020-01-01T00:00:00Z", True),
        ("DateGreaterThan", "2030-01-01T00:00:00Z", True),
        ("DateEquals", "2025-01-01T00:00:00Z", True),
        ("DateLessThan", "2025-01-01T00:00:00Z", False),
        ("DateNotEquals", "2020-01-01T00:00:00Z", True),
    ],
)
@pytest.mark.parametrize("key", ["aws:CurrentTime", "AWS:currenttime"])
def test_with_a_clock_what_can_never_be_again_is_nothing(
    operator: str, value: str, key: str, *, is_possible: bool
) -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {operator: {key: value}}}
    old: Document = {"Version": "2012-10-17", "Statement": []}
    new: Document = {"Version": "2012-10-17", "Statement": [statement]}
    found = compare_documents(old, new, now=NOW)
    assert bool(found.new) is is_possible
    assert compare_documents(old, new).new != ()
    for region in found.new:
        assert allowed(new, request_of(region.witness), now=NOW)


@pytest.mark.parametrize("now", [None, NOW])
def test_the_clock_never_makes_more_access(now: datetime | None) -> None:
    random = Random("clock")
    for _ in range(300):
        old, new = some(random), some(random)
        found = compare_documents(old, new, now=now)
        for region in found.new:
            request = request_of(region.witness)
            assert allowed(new, request, now=now) and not allowed(old, request, now=now), (old, new, region)
        assert not found.new or compare_documents(old, new).new


@pytest.mark.parametrize("seed", range(2))
def test_the_reference_for_clauses_agrees_with_the_one_for_documents(seed: int) -> None:
    random = Random(f"references-{seed}")
    for _ in range(600):
        document = settled(random_document(random, plane="resource"), has_variables=False)
        access = Access(clauses(document))
        for _ in range(5):
            request = random_request(random, document)
            for reading in ("must", "may"):
                witness = as_witness(request)
                assert access_allows(access, witness, reading) is allowed(document, request), (document, request)


def as_witness(request: Request) -> object:
    """A concrete request in the shape of a witness, its action in lower case as clauses have it."""
    from planguard.access.model import Witness

    return Witness(request.principal, request.action.lower(), request.resource, dict(request.context))
