"""Principals of AWS that hold everything."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation
from planguard.access.aws.catalogue import spelled
from planguard.access.pattern import shown

from ._aws_access import context
from ._aws_powers import GIVING, PRINCIPALS, called, is_too_complex, principals_at, stopped_by, tells


@rule(
    id="aws-principal-administrator-equivalent",
    severity="critical",
    domain="identity",
    resources=[*PRINCIPALS, *GIVING],
    controls={"nist-800-53r5": ["AC-3", "AC-5", "AC-6", "AC-6(1)", "AC-6(5)", "AC-6(10)"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"],
    since="0.2.0",
    wider=[
        "aws-iam-administrator-access-attached",
        "aws-iam-policy-full-admin",
        "aws-iam-policy-every-action",
        "aws-iam-policy-all-of-iam",
    ],
    bad={
        "everything in a policy of the plan": """
            resource "aws_iam_role" "deploy" {
              name = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "*", Resource = "*" },
                ]
              })
            }

            resource "aws_iam_role_policy_attachment" "deploy" {
              role       = aws_iam_role.deploy.name
              policy_arn = aws_iam_policy.deploy.arn
            }
        """,
        "all of IAM in two policies": """
            resource "aws_iam_role" "ops" {
              name = "ops"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "first" {
              name   = "first"
              role   = aws_iam_role.ops.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = ["iam:A*", "iam:B*", "iam:C*", "iam:D*", "iam:E*"]
                    Resource = "*"
                  },
                ]
              })
            }

            resource "aws_iam_role_policy" "second" {
              name   = "second"
              role   = aws_iam_role.ops.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    NotAction = ["iam:A*", "iam:B*", "iam:C*", "iam:D*", "iam:E*"]
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "everything but storage": """
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
                  { Effect = "Allow", NotAction = "s3:*", Resource = "*" },
                ]
              })
            }
        """,
        "policy of AWS, with MFA only": """
            resource "aws_iam_user" "ops" {
              name = "ops"
            }

            resource "aws_iam_user_policy" "ops" {
              name   = "ops"
              user   = aws_iam_user.ops.name
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "*"
                    Resource  = "*"
                    Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
                  },
                ]
              })
            }
        """,
        "by its group": """
            resource "aws_iam_user" "ops" {
              name = "ops"
            }

            resource "aws_iam_group" "admins" {
              name = "admins"
            }

            resource "aws_iam_group_policy_attachment" "admins" {
              group      = aws_iam_group.admins.name
              policy_arn = "arn:aws:iam::aws:policy/IAMFullAccess"
            }

            resource "aws_iam_user_group_membership" "ops" {
              user   = aws_iam_user.ops.name
              groups = [aws_iam_group.admins.name]
            }
        """,
        "role outside of the plan": """
            resource "aws_iam_role_policy_attachment" "deploy" {
              role       = "deploy"
              policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            }
        """,
        "role outside of the plan, by a policy of it": """
            resource "aws_iam_policy" "all" {
              name   = "all"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "*", Resource = "*" },
                ]
              })
            }

            resource "aws_iam_role_policy_attachment" "deploy" {
              role       = "deploy"
              policy_arn = aws_iam_policy.all.arn
            }
        """,
        "boundary that leaves IAM": """
            resource "aws_iam_policy" "boundary" {
              name   = "boundary"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["iam:*", "s3:*"], Resource = "*" },
                ]
              })
            }

            resource "aws_iam_role" "deploy" {
              name = "deploy"
              permissions_boundary = aws_iam_policy.boundary.arn
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy_attachment" "deploy" {
              role       = aws_iam_role.deploy.name
              policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            }
        """,
        "permission set": """
            resource "aws_ssoadmin_permission_set" "ops" {
              name         = "ops"
              instance_arn = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
            }

            resource "aws_ssoadmin_managed_policy_attachment" "ops" {
              instance_arn       = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
              permission_set_arn = aws_ssoadmin_permission_set.ops.arn
              managed_policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            }
        """,
    },
    good={
        "all but IAM": """
            resource "aws_iam_role" "dev" {
              name = "dev"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy_attachment" "dev" {
              role       = aws_iam_role.dev.name
              policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
            }
        """,
        "boundary that takes IAM away": """
            resource "aws_iam_policy" "boundary" {
              name   = "boundary"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["ec2:*", "s3:*"], Resource = "*" },
                ]
              })
            }

            resource "aws_iam_role" "deploy" {
              name = "deploy"
              permissions_boundary = aws_iam_policy.boundary.arn
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy_attachment" "deploy" {
              role       = aws_iam_role.deploy.name
              policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            }
        """,
        "denied by another policy": """
            resource "aws_iam_role" "deploy" {
              name = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "deploy" {
              name   = "deploy"
              role   = aws_iam_role.deploy.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "*", Resource = "*" },
                ]
              })
            }

            resource "aws_iam_role_policy" "guard" {
              name   = "guard"
              role   = aws_iam_role.deploy.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Deny", Action = "iam:*", Resource = "*" },
                ]
              })
            }
        """,
        "condition that never holds again": """
            resource "aws_iam_role" "deploy" {
              name = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "deploy" {
              name   = "deploy"
              role   = aws_iam_role.deploy.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "*"
                    Resource  = "*"
                    Condition = { DateLessThan = { "aws:CurrentTime" = "2020-01-01T00:00:00Z" } }
                  },
                ]
              })
            }
        """,
        "in another region only, where IAM is not": """
            resource "aws_iam_role" "deploy" {
              name = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "deploy" {
              name   = "deploy"
              role   = aws_iam_role.deploy.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "*"
                    Resource  = "*"
                    Condition = { StringEquals = { "aws:RequestedRegion" = "eu-west-1" } }
                  },
                ]
              })
            }
        """,
        "on what has a tag": """
            resource "aws_iam_role" "deploy" {
              name = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy" "deploy" {
              name   = "deploy"
              role   = aws_iam_role.deploy.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "*"
                    Resource  = "*"
                    Condition = { StringEquals = { "aws:ResourceTag/team" = "shop" } }
                  },
                ]
              })
            }
        """,
        "everything of one service": """
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
                  { Effect = "Allow", Action = "s3:*", Resource = "*" },
                ]
              })
            }
        """,
        "role outside of the plan that may read": """
            resource "aws_iam_role_policy_attachment" "audit" {
              role       = "audit"
              policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
            }
        """,
        "policy that nobody holds": """
            resource "aws_iam_policy" "all" {
              name   = "all"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "*", Resource = "*" },
                ]
              })
            }
        """,
    },
    undetermined={
        "action from elsewhere": """
            resource "terraform_data" "action" {
              input = "s3:GetObject"
            }

            data "aws_iam_policy_document" "app" {
              statement {
                actions   = [terraform_data.action.output]
                resources = ["*"]
              }
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
              policy = data.aws_iam_policy_document.app.json
            }
        """,
    },
)
def administrator_equivalent(principal: Resource) -> Iterator[Violation]:
    """AWS principal is as good as an administrator.

    All policies of a principal together decide what it may do, whatever each of them looks like: who may call every
    action of IAM gives himself, or anybody else, whatever he wants. Denials, permissions boundaries and policies of
    the organisation that the plan holds are taken into account; a condition on the session, such as MFA, does not
    make it less.

    Allow the actions that are needed, on the resources that they are needed on, or set a permissions boundary that
    takes IAM away (`permissions_boundary = aws_iam_policy.boundary.arn`). Keep one administrator, and waive that.
    """
    for subject, powers in principals_at(principal):
        witness = powers.administrator
        if witness:
            if tells(principal, subject, powers.origins):
                example = f"{spelled(witness.action)} on any role{context(witness)}"
                yield violation(
                    "",
                    f"{called(subject.name)} may do everything in IAM, such as {example}",
                    facts=["administrator", shown(subject.name)],
                    evidence=sorted({one.address for one in powers.origins} - {principal.address}),
                )
        elif powers.perhaps_administrator or is_too_complex(powers):
            raise stopped_by(principal, powers, f"{called(subject.name)} may turn out to be an administrator")
