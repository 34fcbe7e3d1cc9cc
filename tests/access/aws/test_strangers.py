"""Whom the policy of a resource lets in, in the cases that the documentation of AWS tells of."""

from __future__ import annotations

from typing import Any

import pytest

from planguard.access.aws.strangers import is_limiting, strangers_let_in
from planguard.access.document import parse_document
from planguard.access.model import ALLOW, UPPER, Access, Clause, Predicate, Terms
from planguard.access.pattern import symbol
from tests.access.reference_clauses import access_allows

ENDPOINT = symbol("aws_vpc_endpoint.s3.id")


def granted(condition: Any = None, *, principal: Any = "*", more: Any = ()) -> Access:
    """A policy that grants one action, under a condition, and other statements."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*"}
    if condition is not None:
        statement["Condition"] = condition
    document = {"Version": "2012-10-17", "Statement": [statement, *more]}
    return Access(parse_document(document, address="x"))


def denied(condition: Any) -> dict[str, Any]:
    """A statement that denies everything to everybody, under a condition."""
    return {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition}


OPEN = {
    "no condition": None,
    "over TLS": {"Bool": {"aws:SecureTransport": "true"}},
    "by a tag of one's own": {"StringEquals": {"aws:PrincipalTag/team": "x"}},
    "by a user agent": {"StringLike": {"aws:UserAgent": "x*"}},
    "half of the internet, twice": {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
    "wider than /8": {"IpAddress": {"aws:SourceIp": "16.0.0.0/7"}},
    "wider than /32 of IPv6": {"IpAddress": {"aws:SourceIp": "2000::/3"}},
    "from anywhere but": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    "any organization": {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
    "an organization, or none": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a"}},
    "all paths, of none": {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}},
    "a role of that name in any account": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}},
    "the caller's own account": {"StringEquals": {"aws:PrincipalAccount": "${aws:SourceAccount}"}},
    "in an organization": {"Null": {"aws:PrincipalOrgID": "false"}},
    "another organization": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a"}},
    "one organization, or any like": {"StringLike": {"aws:PrincipalOrgID": ["o-a", "o-*"]}},
}
CLOSED = {
    "one organization": {"StringEquals": {"aws:PrincipalOrgID": "o-a"}},
    "its key in other letters": {"StringEquals": {"AWS:principalorgid": "o-a"}},
    "a path of it": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}},
    "one account": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
    "any role of one account": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}},
    "one bucket": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:example"}},
    "one network": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    "private addresses": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    "an endpoint of the plan": {"StringEquals": {"aws:SourceVpce": ENDPOINT}},
    "an address of the plan": {"IpAddress": {"aws:SourceIp": f"{ENDPOINT}/32"}},
    "sessions of a role": {"StringLike": {"aws:userid": "AROAEXAMPLE:*"}},
    "services of AWS": {"Bool": {"aws:PrincipalIsAWSService": "true"}},
    "through mount targets": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
    "never": {"StringEquals": {"aws:PrincipalOrgID": []}},
}


@pytest.mark.parametrize("case", OPEN)
def test_a_stranger_is_let_in(case: str) -> None:
    access = granted(OPEN[case])
    found = strangers_let_in(access)
    assert [(one.who, one.is_certain) for one in found] == [("anybody", True)]
    assert access_allows(access, found[0].witness, "must")


@pytest.mark.parametrize("case", CLOSED)
def test_no_stranger_is_let_in(case: str) -> None:
    assert strangers_let_in(granted(CLOSED[case])) == []


@pytest.mark.parametrize(
    "condition",
    [
        {"StringNotEquals": {"aws:PrincipalOrgID": "o-a"}},
        {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a"}, "Bool": {"aws:ViaAWSService": "false"}},
        {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"NotIpAddress": {"aws:SourceIp": f"{ENDPOINT}/32"}},
        {"StringNotEquals": {"aws:SourceVpce": ENDPOINT, "aws:PrincipalOrgID": "o-a"}},
    ],
    ids=str,
)
def test_what_is_denied_to_strangers_is_not_open(condition: Any) -> None:
    assert strangers_let_in(granted(more=[denied(condition)])) == []


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalOrgID": "o-a"}},
        {"StringNotLike": {"aws:PrincipalOrgID": "o-*"}},
        {"StringNotEquals": {"aws:PrincipalOrgID": "o-a", "aws:PrincipalTag/x": "y"}},
        {"Bool": {"aws:SecureTransport": "false"}},
    ],
    ids=str,
)
def test_a_denial_that_strangers_get_around_changes_nothing(condition: Any) -> None:
    assert len(strangers_let_in(granted(more=[denied(condition)]))) == 1


@pytest.mark.parametrize(
    ("principal", "who"),
    [
        ({"AWS": "*"}, ["anybody"]),
        ({"AWS": ["*", "arn:aws:iam::111122223333:root"]}, ["anybody"]),
        ({"Federated": "graph.facebook.com"}, ["anybody at Facebook"]),
        ({"Federated": "arn:aws:iam::111122223333:saml-provider/x"}, []),
        ({"AWS": "999999999999"}, []),
        ({"Service": "s3.amazonaws.com"}, []),
        ({"AWS": f"{ENDPOINT}"}, []),
    ],
)
def test_who_is_named(principal: Any, who: list[str]) -> None:
    assert [one.who for one in strangers_let_in(granted(principal=principal))] == who


def test_the_account_of_the_stranger_is_one_that_nobody_named() -> None:
    deny = {
        "Effect": "Deny",
        "NotPrincipal": {"AWS": ["999999999999", "888888888888"]},
        "Action": "*",
        "Resource": "*",
    }
    assert strangers_let_in(granted(more=[deny])) == []
    found = strangers_let_in(granted(principal={"AWS": ["*", "999999999999"]}))
    assert found[0].witness.principal == "AWS:arn:aws:iam::888888888888:user/x"


def test_what_may_be_a_star_may_let_strangers_in() -> None:
    found = strangers_let_in(granted(principal={"AWS": symbol("terraform_data.readers.output")}))
    assert [one.is_certain for one in found] == [False]


def test_an_upper_reading_is_not_certain() -> None:
    found = strangers_let_in(Access((Clause(ALLOW, Terms(("s3:getobject",)), bound=UPPER),)))
    assert [one.is_certain for one in found] == [False]


def test_limits_cut_strangers_off() -> None:
    access = granted()
    own = Clause(ALLOW, Terms(), Terms(), Terms(("AWS:arn:aws:iam::111122223333:*",)))
    assert strangers_let_in(Access(access.clauses, ((own,),))) == []


def test_which_lines_limit_who_asks() -> None:
    assert is_limiting(Predicate("StringEquals", "aws:PrincipalOrgID", ("o-a",)))
    assert not is_limiting(Predicate("StringEquals", "sts:ExternalId", ("x",)))
    assert not is_limiting(Predicate("StringNotEquals", "aws:PrincipalOrgID", ("o-a",)))
