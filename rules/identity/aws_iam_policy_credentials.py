"""IAM policies with which their holder gets credentials."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_escalation import CREDENTIALS, spelled
from ._aws_grants import POLICIES, shown, taken_in, unconstrained
from ._aws_kinds import WIDER


@rule(
    id="aws-iam-policy-credentials-exposed",
    severity="high",
    domain="identity",
    resources=POLICIES,
    aliases=["CKV_AWS_287", "CKV_AWS_107"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-5"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
    since="0.2.0",
    wider=[*WIDER, "aws-iam-policy-privilege-escalation"],
    bad={
        "access keys of any user": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["iam:CreateAccessKey", "iam:ListUsers"], Resource = "*" },
                ]
              })
            }
        """,
        "any role": """
            resource "aws_iam_user_policy" "ci" {
              name   = "ci"
              user   = "ci"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "STS:AssumeRole", Resource = "*" },
                ]
              })
            }
        """,
        "wildcard that takes in more than meant": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "redshift:Get*", Resource = "*" },
                ]
              })
            }
        """,
        "password of any machine": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "ec2:GetPasswordData", Resource = "*" },
                ]
              })
            }
        """,
        "all but one user": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect      = "Allow"
                    Action      = "iam:UpdateAccessKey"
                    NotResource = "arn:aws:iam::111122223333:user/break-glass"
                  },
                ]
              })
            }
        """,
        "everything but reading": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = "s3:Get*", Resource = "*" },
                ]
              })
            }
        """,
        "document that no policy of this plan uses": """
            data "aws_iam_policy_document" "ops" {
              statement {
                actions   = ["cognito-identity:GetCredentialsForIdentity"]
                resources = ["*"]
              }
            }
        """,
    },
    good={
        "token of the registry": """
            resource "aws_iam_policy" "pull" {
              name   = "pull"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = ["ecr:GetAuthorizationToken", "ecr:BatchGetImage"]
                    Resource = "*"
                  },
                ]
              })
            }
        """,
        "one role": """
            resource "aws_iam_policy" "ci" {
              name   = "ci"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = "sts:AssumeRole"
                    Resource = "arn:aws:iam::111122223333:role/deploy"
                  },
                ]
              })
            }
        """,
        "condition": """
            resource "aws_iam_policy" "team" {
              name   = "team"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "iam:CreateAccessKey"
                    Resource  = "*"
                    Condition = { StringEquals = { "aws:ResourceTag/team" = "shop" } }
                  },
                ]
              })
            }
        """,
        "denied": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:*AccessKey", Resource = "*" },
                  { Effect = "Deny", Action = ["iam:CreateAccessKey", "iam:UpdateAccessKey"], Resource = "*" },
                ]
              })
            }
        """,
        "trust of a role": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "Service"
                  identifiers = ["ec2.amazonaws.com"]
                }
              }
            }
        """,
        "permissions boundary": """
            resource "aws_iam_policy" "boundary" {
              name   = "boundary"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sts:AssumeRole", Resource = "*" },
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
    },
)
def credentials_exposed(policy: Resource) -> Iterator[Violation]:
    """IAM policy lets its holder get credentials of anybody.

    The actions answer with keys, tokens or passwords: of any user, role, machine or database. What the others may do
    the holder may do then, and the trail shows their names. Only what is allowed on all resources and without a
    condition is judged.

    Name in `Resource` whose credentials are needed: `"arn:aws:iam::111122223333:role/deploy"` for `sts:AssumeRole`,
    `"arn:aws:iam::*:user/${aws:username}"` for keys of one's own.
    """
    for statement, document in unconstrained(policy):
        found = taken_in(statement, document, CREDENTIALS)
        if found:
            text = f"allows {shown(map(spelled, found))} on all resources"
            yield violation(statement.path, text, evidence=statement.evidence)
