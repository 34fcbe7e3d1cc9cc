"""Who may assume an IAM role."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_limits import is_denied, is_limited
from ._aws_policy import Statement, covers, statements

_ASSUME = ("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")


@rule(
    id="aws-iam-role-trusts-anyone",
    severity="critical",
    domain="identity",
    resources=["aws_iam_role"],
    aliases=["CKV_AWS_60", "CKV_AWS_283"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-2"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html"],
    bad={
        "principal is a star": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = "*" }]
              })
            }
        """,
        "any AWS account, with an external id": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = {
                  Effect    = "Allow"
                  Action    = ["sts:TagSession", "sts:assumerole"]
                  Principal = { AWS = ["arn:aws:iam::111122223333:root", "*"] }
                  Condition = { StringEquals = { "sts:ExternalId" = "shop" } }
                }
              })
            }
        """,
        "everybody but one": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect       = "Allow"
                  Action       = "sts:*"
                  NotPrincipal = { AWS = "arn:aws:iam::111122223333:user/intern" }
                }]
              })
            }
        """,
        "condition that holds where its key is absent": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "*" }
                  Condition = { StringEqualsIfExists = { "aws:PrincipalOrgID" = "o-abcdefghij" } }
                }]
              })
            }
        """,
        "document that is rendered at apply": """
            resource "aws_iam_user" "ci" {
              name = "ci"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_user.ci.arn, "*"]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "all actions but one": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = "sts:TagSession", Principal = "*" },
                ]
              })
            }
        """,
        "denied to one account": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } },
                  { Effect = "Deny", Action = "sts:*", Principal = { AWS = "arn:aws:iam::111122223333:root" } },
                ]
              })
            }
        """,
        "another action is denied": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } },
                  { Effect = "Deny", Action = "sts:TagSession", Principal = "*" },
                ]
              })
            }
        """,
    },
    good={
        "a service": """
            resource "aws_iam_role" "app" {
              name               = "app"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }
        """,
        "one's own organization": """
            resource "aws_iam_role" "audit" {
              name               = "audit"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "*" }
                  Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-abcdefghij" } }
                }]
              })
            }
        """,
        "everybody, and all but one role denied": """
            resource "aws_iam_role" "audit" {
              name               = "audit"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } },
                  {
                    Effect    = "Deny"
                    Action    = "sts:*"
                    Principal = "*"
                    Condition = { ArnNotEquals = { "aws:PrincipalArn" = "arn:aws:iam::111122223333:role/auditor" } }
                  },
                ]
              })
            }
        """,
        "another role of this plan": """
            resource "aws_iam_user" "ci" {
              name = "ci"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_user.ci.arn]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "denied to everybody": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } },
                  { Effect = "Deny", Action = "sts:AssumeRole", Principal = "*" },
                ]
              })
            }
        """,
        "everybody may only tag sessions": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "111122223333" } },
                  { Effect = "Allow", Action = "sts:TagSession", Principal = "*" },
                  { Effect = "Allow", NotAction = "sts:Assume*", Principal = "*" },
                ]
              })
            }
        """,
    },
)
def role_trusts_anyone(role: Resource) -> Iterator[Violation]:
    """IAM role can be assumed from any AWS account.

    With `*` as principal, anybody who has an AWS account anywhere assumes the role and acts with its permissions. An
    external id is no secret, and tags and session names are chosen by whoever asks: none of them is a lock.

    Name in `Principal` the accounts, roles or services that need the role. For a whole organization keep `*` and
    add the condition `StringEquals` on `aws:PrincipalOrgID`; not `StringEqualsIfExists`, which holds for strangers.
    """
    document = statements(role, "assume_role_policy")
    for statement in document:
        if (
            statement.allows
            and _is_assume(statement)
            and statement.is_for_anyone
            and not is_limited(statement)
            and not is_denied(statement, document)
        ):
            who = "everyone but those in NotPrincipal" if statement.not_principals else "anyone"
            yield violation(statement.path, f"{who} may assume it", evidence=statement.evidence)


def _is_assume(statement: Statement) -> bool:
    if statement.not_actions:
        return not all(covers(statement.not_actions, one, case=False) for one in _ASSUME)
    return any(covers([action], one, case=False) for action in statement.actions for one in _ASSUME)
