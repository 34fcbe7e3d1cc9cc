"""The reference evaluator says what the IAM User Guide says, example by example."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.access.reference import Request, allowed, matches, pieces

ROLE = "AWS:arn:aws:iam::111122223333:role/a"


def holds(operator: str, values: Any, *present: str, key: str = "k", **more: str) -> bool:
    """Whether one line of a condition lets a request through that has these values for the key."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {key: values}}}
    context: dict[str, Any] = {key: list(present), **more}
    return allowed({"Version": "2012-10-17", "Statement": statement}, Request(ROLE, "s3:x", "r", context))


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "", True),
        ("a*b", "a/:b", True),
        ("a?b", "a:b", True),
        ("a?", "a", False),
        ("*a*", "bab", True),
        ("*a", "ab", False),
        ("a", "A", False),
    ],
)
def test_wildcards_mean_any_text_and_any_one_character(pattern: str, text: str, expected: bool) -> None:
    assert matches(pieces(pattern), text) is expected


@pytest.mark.parametrize(
    ("operator", "values", "present", "expected"),
    [
        ("StringEquals", "a", [], False),
        ("StringNotEquals", "a", [], True),
        ("StringNotEquals", ["a", "b"], ["b"], False),
        ("StringEquals", "a*", ["ab"], False),
        ("StringLike", "a*", ["ab"], True),
        ("StringEqualsIgnoreCase", "A", ["a"], True),
        ("StringEqualsIfExists", "a", [], True),
        ("StringEqualsIfExists", "a", ["b"], False),
        ("Null", "true", [], True),
        ("Null", "true", ["a"], False),
        ("Null", False, ["a"], True),
        ("ForAllValues:StringEquals", "a", [], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAnyValue:StringEquals", "a", [], False),
        ("ForAnyValue:StringEquals", "a", ["c", "a"], True),
        ("ForAnyValue:StringNotEquals", "a", ["a", "b"], True),
        ("ForAllValues:StringNotEquals", "a", ["a", "b"], False),
        ("Bool", "TRUE", ["true"], True),
        ("Bool", True, ["false"], False),
        ("NumericLessThanEquals", 10, ["10.0"], True),
        ("NumericLessThan", "10", ["9"], True),
        ("NumericNotEquals", "10", [], True),
        ("DateLessThan", "2020-01-01T00:00:00Z", ["2019-12-31T23:59:59Z"], True),
        ("DateLessThan", "2020-01-01T01:00:00+01:00", ["2020-01-01T00:00:00Z"], False),
        ("DateGreaterThan", "2020", ["1577836801"], True),
        ("IpAddress", "10.0.0.0/8", ["10.255.0.1"], True),
        ("NotIpAddress", ["10.0.0.0/8", "::/0"], ["2001:db8::1"], False),
        ("NotIpAddress", "10.0.0.0/8", [], True),
        ("BinaryEquals", "YQ==", ["YQ=="], True),
        ("ArnLike", "arn:aws:sns:*:*:a", ["arn:aws:sns:eu:1:a"], True),
        ("ArnLike", "arn:aws:sns:*:a", ["arn:aws:sns:eu:1:a"], False),
        ("ArnLike", "arn:aws:sns:*:*:a*", ["arn:aws:sns:eu:1:a:b"], True),
        ("ArnEquals", "arn:aws:sns:*:*:a", ["arn:aws:sns:eu:1:a"], True),
        ("ArnNotLike", "arn:aws:sns:*:*:a", [], True),
    ],
)
def test_a_condition_holds_as_the_guide_says(operator: str, values: Any, present: list[str], expected: bool) -> None:
    assert holds(operator, values, *present) is expected


def test_variables_are_replaced_by_literal_text_only_in_the_newer_version() -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:username}/*"}
    request = Request(ROLE, "s3:GetObject", "arn:aws:s3:::b/*/x", {"aws:username": "*"})
    other = Request(ROLE, "s3:GetObject", "arn:aws:s3:::b/y/x", {"aws:username": "*"})
    new = {"Version": "2012-10-17", "Statement": [statement]}
    assert (allowed(new, request), allowed(new, other)) == (True, False)
    assert not allowed({"Statement": [statement]}, request)
    assert not allowed(new, Request(ROLE, "s3:GetObject", "arn:aws:s3:::b/*/x"))
    assert holds("StringEquals", "${aws:PrincipalTag/t, 'none'}", "none")
    assert holds("StringEquals", "a${*}", "a*") and not holds("StringLike", "a${*}", "ab")


@pytest.mark.parametrize(
    ("named", "principal", "expected"),
    [
        ("*", "Service:ec2.amazonaws.com", True),
        ({"AWS": "*"}, ROLE, True),
        ({"AWS": "111122223333"}, ROLE, True),
        ({"AWS": "arn:aws:iam::111122223333:root"}, "AWS:arn:aws:sts::111122223333:assumed-role/a/s", True),
        ({"AWS": "arn:aws:iam::444455556666:root"}, ROLE, False),
        ({"AWS": ["arn:aws:iam::111122223333:role/*"]}, ROLE, False),
        ({"Service": "ec2.amazonaws.com", "AWS": "444455556666"}, "Service:ec2.amazonaws.com", True),
        ({"Service": "ec2.amazonaws.com"}, "Federated:ec2.amazonaws.com", False),
    ],
)
def test_principals(named: Any, principal: str, expected: bool) -> None:
    statement = {"Effect": "Allow", "Principal": named, "Action": "sts:AssumeRole"}
    other = {"Effect": "Allow", "NotPrincipal": named, "Action": "sts:AssumeRole"}
    request = Request(principal, "STS:assumerole", "arn:aws:iam::111122223333:role/r")
    assert allowed({"Statement": statement}, request) is expected
    assert allowed({"Statement": other}, request) is not expected


def test_a_denial_wins_and_the_clock_fills_in_the_time() -> None:
    both = [
        {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "b"},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*",
         "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}},
    ]  # fmt: skip
    document = {"Version": "2012-10-17", "Statement": both}
    request = Request(ROLE, "s3:GetObject", "a")
    assert allowed(document, request, now=datetime(2025, 1, 1, tzinfo=UTC))
    assert not allowed(document, request, now=datetime(2031, 1, 1, tzinfo=UTC))
    assert not allowed(document, Request(ROLE, "iam:PassRole", "a"))
    assert not allowed(document, Request(ROLE, "ec2:x", "b"))
