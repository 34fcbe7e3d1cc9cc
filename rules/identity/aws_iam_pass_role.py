"""IAM policies that let any role be passed on."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_grants import (
    POLICIES,
    granted,
    grants_nothing,
    is_narrowed,
    is_on_all_of,
    only,
    shown_resources,
)
from ._aws_limits import is_denied
from ._aws_policy import Statement, covers

_ACTION = "iam:PassRole"


@rule(
    id="aws-iam-policy-pass-any-role",
    severity="medium",
    domain="identity",
    resources=POLICIES,
    aliases=["AVD-AWS-0342"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "AC-6(1)"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"],
    since="0.2.0",
    wider=[
        "aws-iam-policy-full-admin",
        "aws-iam-policy-every-action",
        "aws-iam-policy-all-of-iam",
        "aws-iam-policy-privilege-escalation",
    ],
    bad={
        "any role": """
            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["ec2:RunInstances", "IAM:PassRole"], Resource = "*" },
                ]
              })
            }
        """,
        "any role of the account": """
            resource "aws_iam_role_policy" "deploy" {
              name   = "deploy"
              role   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:PassRole", Resource = "arn:aws:iam::111122223333:role/*" },
                ]
              })
            }
        """,
        "wildcard that takes it in": """
            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:Pass*", Resource = "*" },
                ]
              })
            }
        """,
        "all but other actions": """
            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = "iam:Create*", Resource = "*" },
                ]
              })
            }
        """,
        "multi-factor authentication only": """
            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "iam:PassRole"
                    Resource  = "*"
                    Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
                  },
                ]
              })
            }
        """,
        "document that no policy of this plan uses": """
            data "aws_iam_policy_document" "deploy" {
              statement {
                actions   = ["iam:PassRole"]
                resources = ["*"]
              }
            }
        """,
        "in small letters": """
            resource "aws_iam_policy" "ci" {
              name   = "ci"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "iam:passrole", Resource = "*" }]
              })
            }
        """,
    },
    good={
        "one role": """
            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:PassRole", Resource = "arn:aws:iam::111122223333:role/app" },
                ]
              })
            }
        """,
        "roles below one path": """
            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:PassRole", Resource = "arn:aws:iam::111122223333:role/app/*" },
                ]
              })
            }
        """,
        "to one service": """
            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "iam:PassRole"
                    Resource  = "*"
                    Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
                  },
                ]
              })
            }
        """,
        "denied": """
            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:*Role", Resource = "*" },
                  { Effect = "Deny", Action = "iam:PassRole", Resource = "*" },
                ]
              })
            }
        """,
        "all but IAM": """
            resource "aws_iam_policy" "power" {
              name   = "power"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = "iam:*", Resource = "*" },
                ]
              })
            }
        """,
        "other actions on roles": """
            resource "aws_iam_policy" "audit" {
              name   = "audit"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["iam:GetRole", "iam:ListRoles"], Resource = "*" },
                ]
              })
            }
        """,
        "permissions boundary": """
            resource "aws_iam_policy" "boundary" {
              name   = "boundary"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:PassRole", Resource = "*" },
                ]
              })
            }

            resource "aws_iam_role" "app" {
              name                 = "app"
              permissions_boundary = aws_iam_policy.boundary.arn
              assume_role_policy   = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }
        """,
        "to one service, in an account that is yet to be created": """
            resource "aws_organizations_account" "team" {
              name  = "team"
              email = "team@example.com"
            }

            data "aws_iam_policy_document" "deploy" {
              statement {
                actions   = ["iam:PassRole"]
                resources = ["arn:aws:iam::${aws_organizations_account.team.id}:role/*"]
                condition {
                  test     = "StringEquals"
                  variable = "iam:PassedToService"
                  values   = ["ecs-tasks.amazonaws.com"]
                }
              }
            }
        """,
        "all but passing, in small letters": """
            resource "aws_iam_policy" "ci" {
              name   = "ci"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", NotAction = "iam:passrole", Resource = "*" }]
              })
            }
        """,
    },
    undetermined={
        "roles of an account that is yet to be created": """
            resource "aws_organizations_account" "team" {
              name  = "team"
              email = "team@example.com"
            }

            data "aws_iam_policy_document" "deploy" {
              statement {
                actions   = ["iam:PassRole"]
                resources = ["arn:aws:iam::${aws_organizations_account.team.id}:role/*"]
              }
            }
        """,
    },
)
def pass_any_role(policy: Resource) -> Iterator[Violation]:
    """IAM policy lets its holder pass any role on.

    Whoever can also start a machine, a function or a task gives it the strongest role of the account, and acts with
    that role's permissions.

    Name the roles in `Resource` (`"arn:aws:iam::111122223333:role/app"`, or all below one path), or the service in a
    condition: `StringEquals` on `iam:PassedToService`.
    """
    for statement, document in granted(policy):
        if (
            _takes_in_passing(statement)
            and not is_narrowed(statement)
            and not is_denied(only(statement, _ACTION), document, to="identity")
            and is_on_all_of("iam", statement)
            and not grants_nothing(policy)
        ):
            yield violation(
                statement.path, f"allows {_ACTION} on {shown_resources(statement)}", evidence=statement.evidence
            )


def _takes_in_passing(statement: Statement) -> bool:
    if statement.not_actions:
        return not covers(statement.not_actions, _ACTION, case=False)
    return covers(statement.actions, _ACTION, case=False)
