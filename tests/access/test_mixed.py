"""Conditions of several kinds on one key, against the slow evaluator: texts beside numbers, addresses and dates."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from planguard.access.compare import compare_documents
from tests.access.random_policies import Document
from tests.access.reference import Request, allowed
from tests.access.witnesses import request_of

_TEXTS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase")
_NUMBERS = ("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals")
_DATES = ("DateEquals", "DateNotEquals", "DateLessThan", "DateGreaterThan")
_SETS = (
    "ForAllValues:StringLike", "ForAllValues:StringNotEquals", "ForAnyValue:StringEquals",
    "ForAnyValue:StringNotLike", "StringEquals", "StringNotEquals", "Null",
)  # fmt: skip
NEW_YEAR = "2020-01-01T00:00:00Z"

Kind = tuple[tuple[str, ...], tuple[str, ...]]
KEYS: dict[str, tuple[tuple[Kind, ...], tuple[Any, ...]]] = {
    "aws:SourceIp": (
        (
            (("IpAddress", "NotIpAddress"), ("10.0.0.0/8", "10.1.2.3", "::/0", "2001:db8::/32")),
            (_TEXTS, ("10.1.2.3", "10.0.0.0/8", "x", "10.*")),
        ),
        ("10.1.2.3", "10.9.9.9", "8.8.8.8", "::1", "2001:db8::5"),
    ),
    "s3:max-keys": (
        ((_NUMBERS, ("5", "7", "10")), (_TEXTS, ("5", "x", "1*"))),
        ("5", "7", "8", "10", "11"),
    ),
    "x:Size": (
        ((_NUMBERS, ("5", "7", "1.5")), (_TEXTS, ("5", "x", "1*"))),
        ("5", "7", "8", "1.5", "1.25", "x", "1", "12"),
    ),
    "aws:CurrentTime": (
        ((_DATES, (NEW_YEAR, "2024-01-01")), (_TEXTS, (NEW_YEAR, "2020*"))),
        (NEW_YEAR, "2019-01-01T00:00:00Z", "2020-05-01T00:00:00Z", "2025-01-01T00:00:00Z"),
    ),
    "aws:SecureTransport": (
        ((("Bool",), ("true", "false")), (_TEXTS, ("true", "false", "True", "t*"))),
        ("true", "false"),
    ),
    "aws:TagKeys": (
        ((_SETS, ("a", "b*", "true")),),
        (["a"], ["b"], ["a", "b"], ["c"], ["a", "c"], ["true"]),
    ),
    "aws:SourceArn": (
        (
            (("ArnLike", "ArnNotLike", "ArnEquals"), ("arn:aws:sns:*:1:a", "*")),
            (_TEXTS, ("arn:aws:sns:eu:1:a", "arn:aws:*", "ARN:AWS:sns:eu:1:a")),
        ),
        ("arn:aws:sns:eu:1:a", "arn:aws:sns:us:1:a", "arn:aws:sqs:eu:1:a", "a"),
    ),
}
"""Of each key the operators with the values that they are given, and values of requests."""
NEVER_ABSENT = ("aws:CurrentTime", "aws:SecureTransport")


def random_policy(random: Random, key: str) -> Document:
    """A policy of one or two statements with conditions on one key, now and then beside an allow without any."""
    statements = [random_statement(random, key) for _ in range(random.choice((1, 2)))]
    if random.random() < 0.3:
        statements.append({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})
    return {"Version": "2012-10-17", "Statement": statements}


def random_statement(random: Random, key: str) -> dict[str, Any]:
    """A statement with one or two lines about a key."""
    condition: dict[str, Any] = {}
    for _ in range(random.choice((1, 2))):
        operators, values = random.choice(KEYS[key][0])
        operator = random.choice(operators)
        if random.random() < 0.2 and ":" not in operator and operator != "Null":
            operator += "IfExists"
        condition.setdefault(operator, {})[key] = random.sample(values, random.choice((1, 1, 2)))
    effect = random.choice(("Allow", "Allow", "Deny"))
    return {"Effect": effect, "Action": "s3:GetObject", "Resource": "*", "Condition": condition}


@pytest.mark.parametrize("key", KEYS)
def test_several_kinds_of_conditions_on_one_key(key: str) -> None:
    random = Random(key)
    contexts = [{key: value} for value in KEYS[key][1]] + ([] if key in NEVER_ABSENT else [{}])
    requests = [Request("AWS:x", "s3:GetObject", "arn:aws:s3:::b/k", context) for context in contexts]
    answered = 0
    for _ in range(400):
        old, new = random_policy(random, key), random_policy(random, key)
        found = compare_documents(old, new)
        if found.too_complex:
            continue
        answered += 1
        for more, less, regions in ((new, old, found.new), (old, new, found.removed)):
            for region in regions:
                request = request_of(region.witness)
                assert allowed(more, request) and not allowed(less, request), (old, new, region)
            for request in requests:
                assert regions or allowed(less, request) or not allowed(more, request), (old, new, request)
    assert answered > 150
