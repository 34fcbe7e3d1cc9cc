"""Policy documents as clauses: shapes, principals, variables, and parts that are not known."""

import pytest

from planguard.access.compare import compare_documents
from planguard.access.document import is_about_principals, parse_document
from planguard.access.model import ANYTHING, EXACT, LOWER, UPPER, Origin, Predicate, Terms
from planguard.access.pattern import LITERAL_STAR, symbol
from planguard.plan.unknown import PartialList, Unknown


def parsed(*statements, version="2012-10-17"):
    body = statements[0] if len(statements) == 1 else list(statements)
    return parse_document({"Version": version, "Statement": body}, address="a", attribute="policy")


ALLOW_GET = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}


def test_one_statement_and_a_list_are_the_same():
    assert parsed(ALLOW_GET) == parse_document(
        {"statement": [ALLOW_GET], "VERSION": "2012-10-17"}, address="a", attribute="policy"
    )
    (clause,) = parsed(ALLOW_GET)
    assert clause.actions == Terms(("s3:get*",))
    assert clause.bound == EXACT
    assert clause.origin == Origin("a", "policy", "Statement[0]")


def test_exclusions():
    (clause,) = parsed(
        {"Sid": "S", "Effect": "Deny", "NotAction": ["iam:*"], "NotResource": "x", "NotPrincipal": {"Service": "s"}}
    )
    assert clause.actions == Terms(ANYTHING, ("iam:*",))
    assert clause.resources == Terms(ANYTHING, ("x",))
    assert clause.principals == Terms(ANYTHING, ("Service:s",))
    assert clause.origin.statement == "S"


@pytest.mark.parametrize(
    ("principal", "patterns"),
    [
        ("*", ("*",)),
        ({"AWS": "*"}, ("*",)),
        ({"AWS": "123456789012"}, ("AWS:arn:aws:iam::123456789012:*", "AWS:arn:aws:sts::123456789012:*")),
        ({"AWS": 12345678901}, ("AWS:arn:aws:iam::012345678901:*", "AWS:arn:aws:sts::012345678901:*")),
        ({"AWS": ["arn:aws-cn:iam::1:root"]}, ("AWS:arn:aws-cn:iam::1:*", "AWS:arn:aws-cn:sts::1:*")),
        ({"AWS": "arn:aws:iam::1:user/*"}, (f"AWS:arn:aws:iam::1:user/{LITERAL_STAR}",)),
        ({"Service": ["ec2.amazonaws.com"], "Federated": "f"}, ("Service:ec2.amazonaws.com", "Federated:f")),
        ({"CanonicalUser": "79a5"}, ("CanonicalUser:79a5",)),
    ],
)
def test_principals(principal, patterns):
    (clause,) = parsed(ALLOW_GET | {"Principal": principal})
    assert clause.principals == Terms(patterns)
    assert is_about_principals({"Statement": ALLOW_GET | {"Principal": principal}})
    assert not is_about_principals({"Statement": [ALLOW_GET]})


def test_a_statement_that_is_not_known_may_say_who():
    assert is_about_principals({"Statement": [ALLOW_GET, unknown()]}) is None
    assert is_about_principals({"Statement": [ALLOW_GET | {"Principal": "*"}, unknown()]})


def test_variables_are_symbols_in_the_new_version_only():
    given = ALLOW_GET | {"Resource": ["home/${aws:UserName}", "${*}${$}", "${aws:x, 'y'}"]}
    (clause,) = parsed(given)
    expected = (f"home/{symbol('aws:username')}", LITERAL_STAR + "$", symbol("aws:x, 'y'"))
    assert clause.resources == Terms(expected)
    (clause,) = parsed(given, version="2008-10-17")
    assert clause.resources.include == tuple(given["Resource"])


def test_values_of_conditions_may_be_numbers_and_truth_values():
    condition = {"Bool": {"k": True}, "NumericEquals": {"n": [1, 2.5]}, "StringLike": {"s": "${aws:userid}*"}}
    (clause,) = parsed(ALLOW_GET | {"Condition": condition})
    assert clause.predicates == (
        Predicate("Bool", "k", ("true",)),
        Predicate("NumericEquals", "n", ("1", "2.5")),
        Predicate("StringLike", "s", (symbol("aws:userid") + "*",)),
    )


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ([], "no JSON object"),
        ({}, "no `Statement`"),
        ({"Statement": {"Action": "a"}}, "no `Effect`"),
        ({"Statement": {"Effect": "Maybe", "Action": "a"}}, "no `Effect`"),
        ({"Statement": {"Effect": "Allow"}}, "neither `action` nor `notaction`"),
        ({"Statement": {"Effect": "Allow", "Action": "a", "NotAction": "b"}}, "both"),
        ({"Statement": {"Effect": "Allow", "Action": None}}, "neither a text nor a number"),
        ({"Statement": {"Effect": "Allow", "Action": "a", "Conditions": {}}}, "`conditions`"),
        ({"Statement": ["x"]}, "no JSON object"),
    ],
)
def test_what_is_no_policy_is_refused(document, reason):
    with pytest.raises(ValueError, match=reason):
        parse_document(document, address="a")


def unknown():
    return Unknown(("policy",))


def bounds(**more):
    return {clause.bound: clause for clause in parsed(ALLOW_GET | more)}


def test_an_unknown_element_of_a_list_is_in_the_upper_clause_only():
    found = bounds(Action=PartialList(["s3:Get*", unknown()]))
    assert found[LOWER].actions == Terms(("s3:get*",))
    assert found[UPPER].actions == Terms()
    assert set(bounds(Resource=unknown())) == {UPPER}


def test_an_unknown_exclusion_grants_nothing_for_certain():
    found = {
        clause.bound: clause
        for clause in parsed({"Effect": "Allow", "NotAction": ["iam:*", unknown()], "Resource": "*"})
    }
    assert set(found) == {UPPER}
    assert found[UPPER].actions == Terms(ANYTHING, ("iam:*",))


def test_unknown_principals_keep_their_kind():
    found = bounds(Principal={"Service": ["a", unknown()]})
    assert found[LOWER].principals == Terms(("Service:a",))
    assert found[UPPER].principals == Terms(("Service:a", "Service:*"))
    assert bounds(Principal={"AWS": unknown()})[UPPER].principals == Terms()
    assert bounds(Principal=unknown())[UPPER].principals == Terms()


def test_unknown_conditions():
    assert bounds(Condition=unknown())[UPPER].predicates == ()
    assert LOWER not in bounds(Condition={"StringEquals": unknown()})
    found = bounds(Condition={"StringEquals": {"k": ["a", unknown()]}, "Bool": {"b": "true"}})
    assert found[LOWER].predicates == (Predicate("StringEquals", "k", ("a",)), Predicate("Bool", "b", ("true",)))
    assert found[UPPER].predicates == (Predicate("Bool", "b", ("true",)),)
    negated = bounds(Condition={"StringNotEquals": {"k": ["a", unknown()]}})
    assert set(negated) == {UPPER}
    assert negated[UPPER].predicates == (Predicate("StringNotEquals", "k", ("a",)),)


def test_an_unknown_effect_or_statement_may_allow_and_deny():
    unknown_effect = parsed(ALLOW_GET | {"Effect": unknown()})
    assert [(clause.effect, clause.bound) for clause in unknown_effect] == [("allow", UPPER), ("deny", UPPER)]
    whole = parse_document({"Statement": unknown()}, address="a")
    assert [(clause.effect, clause.actions) for clause in whole] == [("allow", Terms()), ("deny", Terms())]


def test_an_account_holds_its_users():
    user = ALLOW_GET | {"Principal": {"AWS": "arn:aws:iam::123456789012:user/u"}}
    account = ALLOW_GET | {"Principal": {"AWS": "123456789012"}}
    found = compare_documents({"Statement": user}, {"Statement": account})
    assert found.new and not found.removed
