"""Which accounts a plan knows as its own, and which are let in from elsewhere."""

from __future__ import annotations

import pytest

from planguard.access.aws.accounts import accounts_named, foreign_grants, own_accounts
from planguard.access.document import parse_document
from planguard.access.holdings import holdings
from planguard.access.model import RESOURCE
from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER
from planguard.plan.source.example import example_plan
from planguard.schema import resource_schema
from tests.access.aws.plans import graph_of

OWN = 'provider "aws" {\n  allowed_account_ids = ["111122223333"]\n}\n'


def graph(hcl: str) -> Graph:
    """The graph of a configuration that is applied for the first time."""
    return graph_of(example_plan(hcl, table=resource_schema))


def key(*statements: str) -> str:
    """A key with a policy."""
    inside = ", ".join(f"{{ {one} }}" for one in statements)
    return f"""
    resource "aws_kms_key" "k" {{
      policy = jsonencode({{ Version = "2012-10-17", Statement = [{inside}] }})
    }}
    """


def grant(account: str, actions: str = "kms:Decrypt", *, more: str = "") -> str:
    """A statement that lets an account in."""
    return f'Effect = "Allow", Principal = {{ AWS = "{account}" }}, Action = "{actions}", Resource = "*" {more}'


def foreign(hcl: str, *listed: str) -> list[tuple[str, bool]]:
    """The other accounts that may use the key of a plan."""
    found = graph(hcl)
    node = next(one for one in found.nodes if one.type == "aws_kms_key")
    resource = found.view(node, AFTER)
    held = next(one for one in holdings(found, AFTER).all if one.subject.plane == RESOURCE)
    return [(one.account, one.is_certain) for one in foreign_grants(resource, held, listed)]


@pytest.mark.parametrize(
    ("hcl", "own"),
    [
        (OWN + key(grant("444455556666")), {"111122223333"}),
        (key(grant("111122223333", "kms:*"), grant("444455556666")), {"111122223333"}),
        (key(grant("111122223333", "kms:*"), grant("444455556666", "kms:*")), set()),
        (key(grant("arn:aws:iam::111122223333:role/x", "kms:*")), set()),
        (key(grant("111122223333")), set()),
    ],
)
def test_own_accounts(hcl: str, own: set[str]) -> None:
    found = graph(hcl)
    node = next(one for one in found.nodes if one.type == "aws_kms_key")
    assert own_accounts(found.view(node, AFTER)) == own


def test_another_account_is_let_in() -> None:
    assert foreign(OWN + key(grant("444455556666"))) == [("444455556666", True)]
    assert foreign(OWN + key(grant("444455556666")), "444455556666") == []
    assert foreign(OWN + key(grant("111122223333"))) == []
    assert foreign(OWN + key(grant("127311923021"))) == []


def test_denials_are_looked_at() -> None:
    deny = 'Effect = "Deny", Principal = "*", Action = "kms:*", Resource = "*"'
    narrow = 'Condition = { StringNotEquals = { "aws:PrincipalAccount" = "111122223333" } }'
    assert foreign(OWN + key(grant("444455556666"), deny)) == []
    assert foreign(OWN + key(grant("444455556666"), f"{deny}, {narrow}")) == []


def test_accounts_by_condition() -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "kms:Decrypt",
                "Resource": "*",
                "Condition": {
                    "StringEquals": {"kms:CallerAccount": ["444455556666", "111122223333"]},
                    "StringNotEquals": {"aws:PrincipalAccount": "777788889999"},
                },
            }
        ],
    }
    clause = parse_document(document, address="x")[0]
    assert sorted(accounts_named(clause)) == ["111122223333", "444455556666"]
