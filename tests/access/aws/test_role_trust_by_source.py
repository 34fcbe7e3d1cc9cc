"""What rules say of role trust where only the source tells a part of whom it names."""

from __future__ import annotations

import pytest

from planguard.engine.evaluate import evaluate
from planguard.engine.pack import builtin_root, load_pack
from planguard.engine.ruleset import RuleSet, select_rules
from planguard.plan.source.example import example_plan
from planguard.schema import resource_schema
from tests.access.aws.plans import graph_of

ROLE = """
resource "aws_organizations_account" "team" {
  name  = "team"
  email = "team@example.com"
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["%s"]
    }
  }
}
resource "aws_iam_role" "deploy" {
  name               = "deploy"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
"""
TEAM = "arn:aws:iam::${aws_organizations_account.team.id}"


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return select_rules([load_pack(builtin_root())], only=["aws-iam-role-trusts-whole-account"])


def said(rules: RuleSet, text: str, *, with_source: bool) -> list[str]:
    graph = graph_of(example_plan(text, table=resource_schema), source=text if with_source else "")
    found = evaluate(graph, rules)
    assert not found.errors
    return [one.message for one in found.violations] + ["open"] * len(found.undetermined)


@pytest.mark.parametrize(
    ("principal", "without", "expected"),
    [
        (f"{TEAM}:root", ["open"], ["open"]),
        (f"{TEAM}:role/deploy", ["open"], []),
        ("${aws_organizations_account.team.id}", ["open"], ["open"]),
        ("444455556666", *[["everybody in 444455556666 may assume it"]] * 2),
    ],
)
def test_an_account_that_is_yet_to_be_created(
    rules: RuleSet, principal: str, without: list[str], expected: list[str]
) -> None:
    text = ROLE % principal
    assert said(rules, text, with_source=False) == without
    assert said(rules, text, with_source=True) == expected
