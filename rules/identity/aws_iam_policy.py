"""IAM policies that make an administrator."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_grants import POLICIES, granted, grants_nothing, is_full_admin, shown_actions, shown_resources


@rule(
    id="aws-iam-policy-full-admin",
    severity="critical",
    domain="identity",
    resources=POLICIES,
    aliases=["CKV_AWS_62", "CKV_AWS_1"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "AC-6(10)"], "cis-aws": ["1.2:1.22", "1.4:1.16"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"],
    bad={
        "every action on every resource": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
              })
            }
        """,
        "one of several actions is a star": """
            resource "aws_iam_role_policy" "deploy" {
              name = "deploy"
              role = "deploy"
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::artifacts/*" },
                  { Effect = "Allow", Action = ["logs:PutLogEvents", "*:*"], Resource = ["arn:aws:*"] },
                ]
              })
            }
        """,
        "a single statement without a list": """
            resource "aws_iam_group_policy" "ops" {
              name   = "ops"
              group  = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = { Effect = "Allow", Action = "*", NotResource = "arn:aws:s3:::audit" }
              })
            }
        """,
        "administrator with multi-factor authentication": """
            resource "aws_iam_user_policy" "ops" {
              name   = "ops"
              user   = "ops"
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "*"
                  Resource  = "*"
                  Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
                }]
              })
            }
        """,
        "everything but billing": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", NotAction = "aws-portal:*", Resource = "*" }]
              })
            }
        """,
        "inline policy of a role": """
            resource "aws_iam_role" "ops" {
              name               = "ops"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
              inline_policy {
                name   = "all"
                policy = jsonencode({
                  Version   = "2012-10-17"
                  Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
                })
              }
            }
        """,
        "inline policy of a permission set": """
            resource "aws_ssoadmin_permission_set_inline_policy" "ops" {
              instance_arn       = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
              permission_set_arn = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef"
              inline_policy      = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
              })
            }
        """,
        "document rendered at apply that no policy of this plan uses": """
            resource "aws_s3_bucket" "artifacts" {
              bucket_prefix = "artifacts-"
            }

            data "aws_iam_policy_document" "deploy" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["${aws_s3_bucket.artifacts.arn}/*"]
              }
              statement {
                actions   = ["*"]
                resources = ["*"]
              }
            }

            output "policy" {
              value = data.aws_iam_policy_document.deploy.json
            }
        """,
        "document rendered at apply that takes in another": """
            resource "aws_s3_bucket" "artifacts" {
              bucket_prefix = "artifacts-"
            }

            data "aws_iam_policy_document" "base" {
              statement {
                actions   = ["*"]
                resources = ["*", aws_s3_bucket.artifacts.arn]
              }
            }

            data "aws_iam_policy_document" "deploy" {
              source_policy_documents = [data.aws_iam_policy_document.base.json]
              statement {
                actions   = ["s3:GetObject"]
                resources = ["${aws_s3_bucket.artifacts.arn}/*"]
              }
            }

            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = data.aws_iam_policy_document.deploy.json
            }
        """,
        "document rendered at apply that takes in one that is known": """
            resource "aws_s3_bucket" "artifacts" {
              bucket_prefix = "artifacts-"
            }

            data "aws_iam_policy_document" "base" {
              statement {
                actions   = ["*"]
                resources = ["*"]
              }
            }

            data "aws_iam_policy_document" "deploy" {
              override_policy_documents = [data.aws_iam_policy_document.base.json]
              statement {
                actions   = ["s3:GetObject"]
                resources = ["${aws_s3_bucket.artifacts.arn}/*"]
              }
            }

            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = data.aws_iam_policy_document.deploy.json
            }
        """,
        "document that no policy of this plan uses": """
            data "aws_iam_policy_document" "ops" {
              statement {
                actions   = ["*"]
                resources = ["*"]
              }
            }
        """,
        "document that is rendered already": """
            data "aws_iam_policy_document" "ops" {
              statement {
                actions   = ["*"]
                resources = ["*"]
              }
            }

            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = data.aws_iam_policy_document.ops.json
            }
        """,
        "document that takes in one that is known, used by nothing": """
            data "aws_iam_policy_document" "base" {
              statement {
                actions   = ["*"]
                resources = ["*"]
              }
            }

            data "aws_iam_policy_document" "ops" {
              source_policy_documents = [data.aws_iam_policy_document.base.json]
            }
        """,
        "document that is rendered at apply": """
            resource "aws_s3_bucket" "artifacts" {
              bucket_prefix = "artifacts-"
            }

            data "aws_iam_policy_document" "deploy" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["${aws_s3_bucket.artifacts.arn}/*"]
              }
              statement {
                actions   = ["*"]
                resources = ["*"]
              }
            }

            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = data.aws_iam_policy_document.deploy.json
            }
        """,
        "another action is denied": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "*", Resource = "*" },
                  { Effect = "Deny", Action = "organizations:*", Resource = "*" },
                ]
              })
            }
        """,
        "denied on one resource": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "*", Resource = "*" },
                  { Effect = "Deny", Action = "*", Resource = "arn:aws:s3:::audit/*" },
                ]
              })
            }
        """,
        "denied without multi-factor authentication": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "*", Resource = "*" },
                  {
                    Effect    = "Deny"
                    Action    = "*"
                    Resource  = "*"
                    Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
                  },
                ]
              })
            }
        """,
        "permissions boundary that is attached as well": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "*", Resource = "*" },
                ]
              })
            }

            resource "aws_iam_role" "app" {
              name                 = "app"
              permissions_boundary = aws_iam_policy.ops.arn
              assume_role_policy   = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy_attachment" "app" {
              role       = aws_iam_role.app.name
              policy_arn = aws_iam_policy.ops.arn
            }
        """,
    },
    good={
        "named actions": """
            resource "aws_iam_policy" "reader" {
              name   = "reader"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::artifacts/*" }]
              })
            }
        """,
        "every action on one bucket": """
            resource "aws_iam_policy" "artifacts" {
              name   = "artifacts"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "*", Resource = "arn:aws:s3:::artifacts/*" }]
              })
            }
        """,
        "everything is denied": """
            resource "aws_iam_policy" "quarantine" {
              name   = "quarantine"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Deny", Action = "*", Resource = "*" }]
              })
            }
        """,
        "allowed and denied to everybody": """
            resource "aws_iam_policy" "off" {
              name   = "off"
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "*", Resource = "*" },
                  { Effect = "Deny", Action = "*", Resource = "*" },
                ]
              })
            }
        """,
        "only what carries the team's tag": """
            resource "aws_iam_policy" "team" {
              name   = "team"
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "*"
                  Resource  = "*"
                  Condition = { StringEquals = { "aws:ResourceTag/team" = "shop" } }
                }]
              })
            }
        """,
        "permissions boundary": """
            resource "aws_iam_policy" "boundary" {
              name   = "boundary"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
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
        "key policy rendered at apply": """
            resource "aws_iam_role" "app" {
              name_prefix        = "app-"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            data "aws_iam_policy_document" "endpoint" {
              statement {
                actions   = ["*"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_role.app.arn]
                }
              }
            }

            resource "aws_vpc_endpoint" "s3" {
              vpc_id       = "vpc-0123456789abcdef0"
              service_name = "com.amazonaws.eu-central-1.s3"
              policy       = data.aws_iam_policy_document.endpoint.json
            }
        """,
        "service control policy rendered at apply": """
            resource "aws_organizations_organizational_unit" "shop" {
              name      = "shop"
              parent_id = "r-abcd"
            }

            data "aws_iam_policy_document" "guardrail" {
              statement {
                actions   = ["*"]
                resources = ["*"]
              }
              statement {
                effect    = "Deny"
                actions   = ["ec2:*"]
                resources = ["*"]
                condition {
                  test     = "StringEquals"
                  variable = "aws:PrincipalOrgPaths"
                  values   = [aws_organizations_organizational_unit.shop.id]
                }
              }
            }

            resource "aws_organizations_policy" "guardrail" {
              name    = "guardrail"
              content = data.aws_iam_policy_document.guardrail.json
            }
        """,
        "narrow document that is rendered at apply": """
            resource "aws_s3_bucket" "artifacts" {
              bucket_prefix = "artifacts-"
            }

            data "aws_iam_policy_document" "reader" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["${aws_s3_bucket.artifacts.arn}/*"]
              }
            }

            resource "aws_iam_policy" "reader" {
              name   = "reader"
              policy = data.aws_iam_policy_document.reader.json
            }
        """,
        "document of an endpoint": """
            data "aws_iam_policy_document" "endpoint" {
              statement {
                actions   = ["*"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::111122223333:root"]
                }
              }
            }
        """,
        "document that denies": """
            data "aws_iam_policy_document" "off" {
              statement {
                effect    = "Deny"
                actions   = ["*"]
                resources = ["*"]
              }
            }
        """,
        "IAM is denied": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "*", Resource = "*" },
                  { Effect = "Deny", Action = ["IAM:*", "organizations:*"], Resource = "*" },
                ]
              })
            }
        """,
        "IAM is left out": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = ["iam:*", "organizations:*"], Resource = "*" },
                ]
              })
            }
        """,
    },
)
def full_admin(policy: Resource) -> Iterator[Violation]:
    """IAM policy allows every action on every resource.

    Whoever holds it, or gets hold of one access key of its holder, owns the account: all data, all keys, the trail
    that would tell of it, and the permission to let others in. A condition on multi-factor authentication, time or
    network does not change that, a condition on the resource does.

    List in `Action` what the work needs (`s3:GetObject`, not `*`), and in `Resource` the ARNs that it is needed on.
    IAM Access Analyzer writes such a policy from what a role has really used. Give administrators a permission set
    of their own, held for hours, not a policy in this configuration.
    """
    for statement, document in granted(policy):
        if is_full_admin(statement, document) and not grants_nothing(policy):
            what = f"allows {shown_actions(statement)} on {shown_resources(statement)}"
            yield violation(statement.path, what, evidence=statement.evidence)
