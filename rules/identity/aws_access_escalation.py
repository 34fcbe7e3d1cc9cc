"""Principals of AWS that get at more access than they are given."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Undetermined, Violation, rule, violation
from planguard.access.aws.catalogue import spelled
from planguard.access.aws.methods import ASSUME, METHODS, PASS, RUN
from planguard.access.aws.surplus import FRESH
from planguard.access.model import Subject
from planguard.access.pattern import shown
from planguard.access.powers import NOT_KNOWN, Powers, Step

from ._aws_access import context, request
from ._aws_powers import GIVING, PRINCIPALS, called, is_too_complex, principals_at, stopped_by, tells


@rule(
    id="aws-principal-privilege-escalation",
    severity="high",
    domain="identity",
    resources=[*PRINCIPALS, *GIVING],
    controls={"nist-800-53r5": ["AC-3", "AC-5", "AC-6", "AC-6(1)", "AC-6(5)", "AC-6(10)"]},
    links=["https://pathfinding.cloud"],
    since="0.2.0",
    wider=["aws-iam-policy-privilege-escalation"],
    bad={
        "writes its own policy": """
            resource "aws_iam_role" "ops" {
              name = "ops"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_policy" "ops" {
              name   = "ops-team"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = "iam:CreatePolicyVersion"
                    Resource = "arn:aws:iam::*:policy/ops-*"
                  },
                ]
              })
            }

            resource "aws_iam_role_policy_attachment" "ops" {
              role       = aws_iam_role.ops.name
              policy_arn = aws_iam_policy.ops.arn
            }
        """,
        "two policies together": """
            resource "aws_iam_user" "ci" {
              name = "ci"
            }

            resource "aws_iam_user_policy" "ci" {
              name   = "ci"
              user   = aws_iam_user.ci.name
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:PassRole", Resource = "*" },
                ]
              })
            }

            resource "aws_iam_user_policy" "more" {
              name   = "more"
              user   = aws_iam_user.ci.name
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["ec2:RunInstances", "ec2:Describe*"], Resource = "*" },
                ]
              })
            }
        """,
        "passes an administrator to a function": """
            resource "aws_iam_role" "runner" {
              name = "runner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy_attachment" "runner" {
              role       = aws_iam_role.runner.name
              policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            }

            resource "aws_iam_role" "ci" {
              name = "ci"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "ci" {
              name   = "ci"
              role   = aws_iam_role.ci.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:PassRole", Resource = "arn:aws:iam::*:role/runner" },
                  {
                    Effect   = "Allow"
                    Action   = ["lambda:CreateFunction", "lambda:InvokeFunction"]
                    Resource = "*"
                  },
                ]
              })
            }
        """,
        "function that runs as an administrator": """
            resource "aws_iam_role" "runner" {
              name = "runner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy_attachment" "runner" {
              role       = aws_iam_role.runner.name
              policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            }

            resource "aws_lambda_function" "job" {
              function_name = "nightly"
              role          = aws_iam_role.runner.arn
              runtime       = "python3.13"
              handler       = "job.run"
              filename      = "job.zip"
            }

            resource "aws_iam_role" "ci" {
              name = "ci"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "ci" {
              name   = "ci"
              role   = aws_iam_role.ci.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = "lambda:UpdateFunctionCode"
                    Resource = "arn:aws:lambda:*:*:function:nightly"
                  },
                ]
              })
            }
        """,
        "by way of another role": """
            data "aws_iam_policy_document" "trust_middle" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_role.middle.arn]
                }
              }
            }

            resource "aws_iam_role" "target" {
              name               = "target"
              assume_role_policy = data.aws_iam_policy_document.trust_middle.json
            }

            resource "aws_iam_role_policy_attachment" "target" {
              role       = aws_iam_role.target.name
              policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            }

            data "aws_iam_policy_document" "trust_start" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_role.start.arn]
                }
              }
            }

            resource "aws_iam_role" "middle" {
              name               = "middle"
              assume_role_policy = data.aws_iam_policy_document.trust_start.json
            }

            resource "aws_iam_role_policy" "middle" {
              name   = "middle"
              role   = aws_iam_role.middle.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::*:role/target" },
                ]
              })
            }

            resource "aws_iam_role" "start" {
              name = "start"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }
        """,
        "keys of any user": """
            resource "aws_iam_user" "helpdesk" {
              name = "helpdesk"
            }

            resource "aws_iam_user_policy" "helpdesk" {
              name   = "helpdesk"
              user   = aws_iam_user.helpdesk.name
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["iam:CreateAccessKey", "iam:ListUsers"], Resource = "*" },
                ]
              })
            }
        """,
        "password of a user who holds more": """
            resource "aws_iam_user" "owner" {
              name = "owner"
            }

            resource "aws_iam_user_policy_attachment" "owner" {
              user       = aws_iam_user.owner.name
              policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
            }

            resource "aws_iam_user" "helpdesk" {
              name = "helpdesk"
            }

            resource "aws_iam_user_policy" "helpdesk" {
              name   = "helpdesk"
              user   = aws_iam_user.helpdesk.name
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:UpdateLoginProfile", Resource = "arn:aws:iam::*:user/owner" },
                ]
              })
            }
        """,
        "all but what looks dangerous": """
            resource "aws_iam_role" "dev" {
              name = "dev"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "dev" {
              name   = "dev"
              role   = aws_iam_role.dev.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    NotAction = ["iam:Put*", "iam:Attach*", "organizations:*"]
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "role outside of the plan": """
            resource "aws_iam_role_policy" "ops" {
              name   = "ops"
              role   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:PutRolePolicy", Resource = "*" },
                ]
              })
            }
        """,
        "permission set": """
            resource "aws_ssoadmin_permission_set" "dev" {
              name         = "dev"
              instance_arn = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
            }

            resource "aws_ssoadmin_permission_set_inline_policy" "dev" {
              instance_arn       = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
              permission_set_arn = aws_ssoadmin_permission_set.dev.arn
              inline_policy      = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = ["iam:PassRole", "ec2:*"], Resource = "*" }]
              })
            }
        """,
        "role with a little more, given on purpose": """
            data "aws_iam_policy_document" "trust_ci" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_role.ci.arn]
                }
              }
            }

            resource "aws_iam_role" "publish" {
              name               = "publish"
              assume_role_policy = data.aws_iam_policy_document.trust_ci.json
            }

            resource "aws_iam_role_policy" "publish" {
              name   = "publish"
              role   = aws_iam_role.publish.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "s3:PutObject", Resource = "arn:aws:s3:::site/*" }]
              })
            }

            resource "aws_iam_role" "ci" {
              name = "ci"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "codebuild.amazonaws.com" }
                }]
              })
            }
        """,
    },
    good={
        "administrator": """
            resource "aws_iam_role" "ops" {
              name = "ops"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy_attachment" "ops" {
              role       = aws_iam_role.ops.name
              policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            }
        """,
        "policies of AWS, which nobody writes": """
            resource "aws_iam_role" "ops" {
              name = "ops"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "ops" {
              name   = "ops"
              role   = aws_iam_role.ops.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = "iam:CreatePolicyVersion"
                    Resource = "arn:aws:iam::aws:policy/ops-*"
                  },
                ]
              })
            }
        """,
        "a policy that nobody holds": """
            resource "aws_iam_policy" "draft" {
              name   = "draft"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "s3:GetObject", Resource = "*" },
                ]
              })
            }

            resource "aws_iam_role" "ops" {
              name = "ops"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "ops" {
              name   = "ops"
              role   = aws_iam_role.ops.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:CreatePolicyVersion", Resource = aws_iam_policy.draft.arn },
                ]
              })
            }
        """,
        "denied by another policy": """
            resource "aws_iam_role" "ops" {
              name = "ops"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "ops" {
              name   = "ops"
              role   = aws_iam_role.ops.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:*", Resource = "*" },
                ]
              })
            }

            resource "aws_iam_role_policy" "guard" {
              name   = "guard"
              role   = aws_iam_role.ops.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Deny", Action = "iam:*", Resource = "*" },
                ]
              })
            }
        """,
        "boundary that takes it away": """
            resource "aws_iam_policy" "boundary" {
              name   = "boundary"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["iam:Get*", "ec2:Describe*", "s3:*"], Resource = "*" },
                ]
              })
            }

            resource "aws_iam_role" "ops" {
              name = "ops"
              permissions_boundary = aws_iam_policy.boundary.arn
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "ops" {
              name   = "ops"
              role   = aws_iam_role.ops.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["iam:PassRole", "iam:PutRolePolicy", "ec2:*"], Resource = "*" },
                ]
              })
            }
        """,
        "keys of one's own": """
            resource "aws_iam_user" "dev" {
              name = "dev"
            }

            resource "aws_iam_user_policy" "dev" {
              name   = "dev"
              user   = aws_iam_user.dev.name
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = ["iam:CreateAccessKey", "iam:UpdateLoginProfile"]
                    Resource = "arn:aws:iam::*:user/$${aws:username}"
                  },
                ]
              })
            }
        """,
        "role that trusts another service": """
            resource "aws_iam_role" "runner" {
              name = "runner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy_attachment" "runner" {
              role       = aws_iam_role.runner.name
              policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            }

            resource "aws_iam_role" "ci" {
              name = "ci"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "ci" {
              name   = "ci"
              role   = aws_iam_role.ci.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:PassRole", Resource = "arn:aws:iam::*:role/runner" },
                  { Effect = "Allow", Action = "ec2:RunInstances", Resource = "*" },
                ]
              })
            }
        """,
        "passes roles to one service, and cannot start anything there": """
            resource "aws_iam_role" "ci" {
              name = "ci"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "ci" {
              name   = "ci"
              role   = aws_iam_role.ci.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "iam:PassRole"
                    Resource  = "*"
                    Condition = { StringEquals = { "iam:PassedToService" = "lambda.amazonaws.com" } }
                  },
                  { Effect = "Allow", Action = "ec2:RunInstances", Resource = "*" },
                ]
              })
            }
        """,
        "with a boundary on what it makes": """
            resource "aws_iam_role" "ci" {
              name = "ci"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "ci" {
              name   = "ci"
              role   = aws_iam_role.ci.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = ["iam:PutRolePolicy", "iam:AttachRolePolicy"]
                    Resource  = "*"
                    Condition = { StringLike = { "iam:PermissionsBoundary" = "arn:aws:iam::*:policy/limit" } }
                  },
                ]
              })
            }
        """,
        "role that holds no more": """
            data "aws_iam_policy_document" "trust_app" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_role.app.arn]
                }
              }
            }

            resource "aws_iam_role" "twin" {
              name               = "twin"
              assume_role_policy = data.aws_iam_policy_document.trust_app.json
            }

            resource "aws_iam_role_policy" "twin" {
              name   = "twin"
              role   = aws_iam_role.twin.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::reports/*" },
                ]
              })
            }

            resource "aws_iam_role" "app" {
              name = "app"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "app" {
              name   = "app"
              role   = aws_iam_role.app.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "s3:Get*", Resource = "*" },
                ]
              })
            }
        """,
        "role of another account, outside of the plan": """
            resource "aws_iam_role" "ci" {
              name = "ci"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "ci" {
              name   = "ci"
              role   = aws_iam_role.ci.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = "sts:AssumeRole"
                    Resource = "arn:aws:iam::444455556666:role/deploy"
                  },
                ]
              })
            }
        """,
        "passes a role that is outside of the plan": """
            resource "aws_iam_role" "ci" {
              name = "ci"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "ci" {
              name   = "ci"
              role   = aws_iam_role.ci.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:PassRole", Resource = "arn:aws:iam::111122223333:role/app" },
                  { Effect = "Allow", Action = "ec2:RunInstances", Resource = "*" },
                ]
              })
            }
        """,
        "deploys a function that is outside of the plan": """
            resource "aws_iam_role" "ci" {
              name = "ci"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "ci" {
              name   = "ci"
              role   = aws_iam_role.ci.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = "lambda:UpdateFunctionCode"
                    Resource = "arn:aws:lambda:*:*:function:app"
                  },
                ]
              })
            }
        """,
        "condition that never holds again": """
            resource "aws_iam_role" "ops" {
              name = "ops"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "ops" {
              name   = "ops"
              role   = aws_iam_role.ops.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "iam:PutRolePolicy"
                    Resource  = "*"
                    Condition = { DateLessThan = { "aws:TokenIssueTime" = "2020-01-01T00:00:00Z" } }
                  },
                ]
              })
            }
        """,
    },
    undetermined={
        "keys of a user outside of the plan": """
            resource "aws_iam_user" "helpdesk" {
              name = "helpdesk"
            }

            resource "aws_iam_user_policy" "helpdesk" {
              name   = "helpdesk"
              user   = aws_iam_user.helpdesk.name
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = "iam:CreateAccessKey"
                    Resource = "arn:aws:iam::111122223333:user/owner"
                  },
                ]
              })
            }
        """,
        "policy of the other role from elsewhere": """
            resource "terraform_data" "action" {
              input = "s3:GetObject"
            }

            data "aws_iam_policy_document" "target" {
              statement {
                actions   = [terraform_data.action.output]
                resources = ["*"]
              }
            }

            data "aws_iam_policy_document" "trust_app" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_role.app.arn]
                }
              }
            }

            resource "aws_iam_role" "target" {
              name               = "target"
              assume_role_policy = data.aws_iam_policy_document.trust_app.json
            }

            resource "aws_iam_role_policy" "target" {
              name   = "target"
              role   = aws_iam_role.target.id
              policy = data.aws_iam_policy_document.target.json
            }

            resource "aws_iam_role" "app" {
              name = "app"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }
        """,
    },
)
def privilege_escalation(principal: Resource) -> Iterator[Violation]:
    """AWS principal gets at more access than it is given.

    Whoever writes policies, makes keys of users, changes who may assume a role, or passes a role to a machine or
    function that he starts, acts with access that nobody has given to him. All policies of a principal count
    together, with what denies or limits them; a method counts where its actions are allowed on what they are needed
    on: on the principal itself, on anything, or on somebody in this plan who holds more. What is outside of the plan
    is not judged, but for users and roles whose keys, policies or trust are named.

    Name in `Resource` what the actions are needed on, and keep principals with more access out of that; limit
    `iam:PassRole` to single roles and, with `iam:PassedToService`, to one service; ask for a permissions boundary
    with `iam:PermissionsBoundary`.
    """
    stopped: Undetermined | None = None
    for subject, theirs in principals_at(principal):
        less: dict[str, list[Step]] = {}
        for step in theirs.steps:
            if step.is_certain and tells(principal, subject, step.origins):
                if step.leads_to_everything or step.method not in _IS_MEANT:
                    facts = [shown(subject.name), step.method, shown(step.target), step.leads_to_everything]
                    yield _violation(principal, subject, [step], facts)
                else:
                    less.setdefault(step.method, []).append(step)
        for method, steps in less.items():
            facts = [shown(subject.name), method, sorted(shown(one.target) for one in steps)]
            yield _violation(principal, subject, steps, facts, _MITIGATION)
        stopped = stopped or _stopped(principal, subject, theirs)
    if stopped:
        raise stopped


_MITIGATION = "it leads to no administrator"


def _violation(
    principal: Resource, subject: Subject, steps: list[Step], facts: object, mitigation: str = ""
) -> Violation:
    first, *others = steps
    onward = f", {shown(first.onward)}" if first.onward and not others else ""
    more = f" and {len(others)} more like it" if others else ""
    return violation(
        "",
        f"{called(subject.name)} can {shown(first.text)}{more}{onward}: {_requests(first)}",
        facts=facts,
        evidence=sorted({origin.address for one in steps for origin in one.origins} - {principal.address}),
        mitigation=mitigation,
    )


_IS_MEANT = frozenset(one.name for one in METHODS if one.gain in (ASSUME, PASS, RUN))
"""Methods that somebody may be given on purpose: to assume a role, to pass one, to deploy what runs with one."""


_NEEDS = {one.name: one.needs for one in METHODS}


def _requests(step: Step) -> str:
    """The requests of a step; without a resource where that may be any, or one of its own making."""
    needs = _NEEDS[step.method]
    told = [
        request(one) if need.on and FRESH not in one.resource else spelled(one.action) + context(one)
        for one, need in zip(step.witnesses, needs, strict=True)
    ]
    return " and ".join(dict.fromkeys(told))


def _stopped(principal: Resource, subject: Subject, theirs: Powers) -> Undetermined | None:
    """What keeps anybody from knowing whether a principal gets at more."""
    if is_too_complex(theirs):
        return stopped_by(principal, theirs, "")
    for step in theirs.steps:
        if step.is_certain or not tells(principal, subject, step.origins):
            continue
        what = f"{called(subject.name)} may {shown(step.text)}"
        if step.doubt == NOT_KNOWN:
            return stopped_by(principal, theirs, what)
        if step.method not in _IS_MEANT:
            return Undetermined((), principal, (), f"{what}; what that holds is outside of the plan")
    return None
