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
        "document that is not what the policy is": """
            variable "switch" {
              type    = bool
              default = false
            }

            data "aws_iam_policy_document" "wide" {
              statement {
                actions   = ["*"]
                resources = ["*"]
              }
            }

            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = var.switch ? data.aws_iam_policy_document.wide.json : jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::reports/*" }]
              })
            }
        """,
        "document rendered at apply that is not what the policy is": """
            variable "switch" {
              type    = bool
              default = false
            }

            resource "aws_s3_bucket" "reports" {
              bucket_prefix = "reports-"
            }

            data "aws_iam_policy_document" "later" {
              statement {
                actions   = ["*"]
                resources = ["*", aws_s3_bucket.reports.arn]
              }
            }

            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = var.switch ? data.aws_iam_policy_document.later.json : jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::reports/*" }]
              })
            }
        """,
        "policy that is not the narrow document rendered at apply": """
            variable "switch" {
              type    = bool
              default = false
            }

            resource "aws_s3_bucket" "reports" {
              bucket_prefix = "reports-"
            }

            data "aws_iam_policy_document" "later" {
              statement {
                actions   = ["s3:GetObject"]
                resources = [aws_s3_bucket.reports.arn]
              }
            }

            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = var.switch ? data.aws_iam_policy_document.later.json : jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
              })
            }
        """,
        "document for a role whose policies nobody has said yet": """
            data "aws_iam_policy_document" "wide" {
              statement {
                actions   = ["*"]
                resources = ["*"]
              }
            }

            resource "terraform_data" "names" {
              input = ["app"]
            }

            resource "aws_iam_role" "app" {
              name               = "app"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
              inline_policy {
                name   = "own"
                policy = data.aws_iam_policy_document.wide.json
              }
              dynamic "inline_policy" {
                for_each = terraform_data.names.output
                content {
                  name   = inline_policy.value
                  policy = data.aws_iam_policy_document.wide.json
                }
              }
            }
        """,
        "rendered at apply, and takes in one that is known, used by nothing": """
            resource "aws_s3_bucket" "reports" {
              bucket_prefix = "reports-"
            }

            data "aws_iam_policy_document" "narrow" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["arn:aws:s3:::reports/*"]
              }
            }

            data "aws_iam_policy_document" "later" {
              source_policy_documents = [data.aws_iam_policy_document.narrow.json]
              statement {
                actions   = ["*"]
                resources = ["*", aws_s3_bucket.reports.arn]
              }
            }
        """,
        "rendered at apply, one that is known overrides it": """
            resource "aws_s3_bucket" "reports" {
              bucket_prefix = "reports-"
            }

            data "aws_iam_policy_document" "wide" {
              statement {
                actions   = ["*"]
                resources = ["*"]
              }
            }

            data "aws_iam_policy_document" "later" {
              override_policy_documents = [data.aws_iam_policy_document.wide.json]
              statement {
                actions   = ["s3:GetObject"]
                resources = [aws_s3_bucket.reports.arn]
              }
            }

            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = data.aws_iam_policy_document.later.json
            }
        """,
        "rendered at apply, and takes in one in the old way": """
            resource "aws_s3_bucket" "reports" {
              bucket_prefix = "reports-"
            }

            data "aws_iam_policy_document" "later" {
              source_json = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
              })
              statement {
                actions   = ["s3:GetObject"]
                resources = [aws_s3_bucket.reports.arn]
              }
            }

            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = data.aws_iam_policy_document.later.json
            }
        """,
        "rendered at apply, and is overridden by one in the old way": """
            resource "aws_s3_bucket" "reports" {
              bucket_prefix = "reports-"
            }

            data "aws_iam_policy_document" "later" {
              override_json = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
              })
              statement {
                actions   = ["s3:GetObject"]
                resources = [aws_s3_bucket.reports.arn]
              }
            }

            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = data.aws_iam_policy_document.later.json
            }
        """,
        "takes in a wide one, and one that is rendered at apply": """
            resource "aws_s3_bucket" "reports" {
              bucket_prefix = "reports-"
            }

            data "aws_iam_policy_document" "wide" {
              statement {
                actions   = ["*"]
                resources = ["*"]
              }
            }

            data "aws_iam_policy_document" "later" {
              statement {
                actions   = ["s3:GetObject"]
                resources = [aws_s3_bucket.reports.arn]
              }
            }

            data "aws_iam_policy_document" "app" {
              source_policy_documents = [
                data.aws_iam_policy_document.wide.json,
                data.aws_iam_policy_document.later.json,
              ]
              statement {
                actions   = ["s3:ListBucket"]
                resources = [aws_s3_bucket.reports.arn]
              }
            }

            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = data.aws_iam_policy_document.app.json
            }
        """,
        "takes in a wide one, and not the one that is rendered at apply": """
            variable "switch" {
              type    = bool
              default = false
            }

            resource "aws_s3_bucket" "reports" {
              bucket_prefix = "reports-"
            }

            data "aws_iam_policy_document" "wide" {
              statement {
                actions   = ["*"]
                resources = ["*"]
              }
            }

            data "aws_iam_policy_document" "later" {
              statement {
                actions   = ["s3:GetObject"]
                resources = [aws_s3_bucket.reports.arn]
              }
            }

            data "aws_iam_policy_document" "app" {
              source_policy_documents = [
                var.switch ? data.aws_iam_policy_document.later.json : data.aws_iam_policy_document.wide.json,
              ]
              statement {
                actions   = ["s3:ListBucket"]
                resources = [aws_s3_bucket.reports.arn]
              }
            }

            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = data.aws_iam_policy_document.app.json
            }
        """,
        "administrator, until some day": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "*"
                    Resource  = "*"
                    Condition = { DateLessThan = { "aws:CurrentTime" = "2030-01-01T00:00:00Z" } }
                  },
                ]
              })
            }
        """,
        "administrator, who bears a tag": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "*"
                    Resource  = "*"
                    Condition = { StringEquals = { "aws:PrincipalTag/team" = "ops" } }
                  },
                ]
              })
            }
        """,
        "administrator, who signed in lately": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "*"
                    Resource  = "*"
                    Condition = { DateGreaterThan = { "aws:TokenIssueTime" = "2026-01-01T00:00:00Z" } }
                  },
                ]
              })
            }
        """,
        "administrator, who has a name": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "*"
                    Resource  = "*"
                    Condition = { StringLike = { "aws:username" = "ops-*" } }
                  },
                ]
              })
            }
        """,
        "inline policy of a role, beside one without a name": """
            resource "aws_iam_role" "app" {
              name               = "app"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
              inline_policy {
                name   = "app"
                policy = jsonencode({
                  Version   = "2012-10-17"
                  Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
                })
              }
            }

            resource "aws_iam_role_policy" "reports" {
              role   = aws_iam_role.app.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::reports/*" }]
              })
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
        "inline policy of a role that one beside it takes the place of": """
            data "aws_iam_policy_document" "wide" {
              statement {
                actions   = ["*"]
                resources = ["*"]
              }
            }

            resource "aws_iam_role" "app" {
              name               = "app"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
              inline_policy {
                name   = "app"
                policy = data.aws_iam_policy_document.wide.json
              }
              inline_policy {
                name   = "reports"
                policy = jsonencode({
                  Version   = "2012-10-17"
                  Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::reports/*" }]
                })
              }
            }

            resource "aws_iam_role_policy" "app" {
              name   = "app"
              role   = aws_iam_role.app.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::reports/*" }]
              })
            }
        """,
        "statement that an override takes the place of": """
            data "aws_iam_policy_document" "narrow" {
              statement {
                sid       = "Own"
                actions   = ["s3:GetObject"]
                resources = ["arn:aws:s3:::reports/*"]
              }
            }

            data "aws_iam_policy_document" "app" {
              override_policy_documents = [data.aws_iam_policy_document.narrow.json]
              statement {
                sid       = "Own"
                actions   = ["*"]
                resources = ["*"]
              }
            }
        """,
        "conditions that are not known yet, on a narrow document": """
            resource "terraform_data" "networks" {
              input = ["192.0.2.0/24"]
            }

            data "aws_iam_policy_document" "app" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["arn:aws:s3:::reports/*"]
                dynamic "condition" {
                  for_each = terraform_data.networks.output
                  content {
                    test     = "IpAddress"
                    variable = "aws:SourceIp"
                    values   = [condition.value]
                  }
                }
              }
              statement {
                actions   = ["s3:PutObject"]
                resources = ["arn:aws:s3:::reports/*"]
                condition {
                  test     = "Bool"
                  variable = "aws:SecureTransport"
                  values   = ["true"]
                }
                dynamic "condition" {
                  for_each = terraform_data.networks.output
                  content {
                    test     = "IpAddress"
                    variable = "aws:SourceIp"
                    values   = [condition.value]
                  }
                }
              }
            }
        """,
        "document at a resource, for all but one": """
            data "aws_iam_policy_document" "key" {
              statement {
                actions   = ["*"]
                resources = ["*"]
                not_principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::111122223333:role/guest"]
                }
              }
            }
        """,
        "denial without multi-factor authentication": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
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
        "all but everything, and all but IAM in capitals": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = ["*"], Resource = "*" },
                  { Effect = "Allow", NotAction = "IAM:*", Resource = "*" },
                ]
              })
            }
        """,
        "permissions boundary of a user": """
            resource "aws_iam_policy" "boundary" {
              name   = "boundary"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "*", Resource = "*" },
                ]
              })
            }

            resource "aws_iam_user" "ops" {
              name                 = "ops"
              permissions_boundary = aws_iam_policy.boundary.arn
            }
        """,
        "network interface of this plan": """
            resource "aws_instance" "app" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t3.small"
            }

            data "aws_iam_policy_document" "app" {
              statement {
                actions   = ["*"]
                resources = ["arn:aws:ec2:*:*:network-interface/${aws_instance.app.primary_network_interface_id}"]
              }
            }
        """,
    },
    undetermined={
        "takes in one from elsewhere": """
            resource "terraform_data" "document" {
              input = "{}"
            }

            resource "aws_s3_bucket" "reports" {
              bucket_prefix = "reports-"
            }

            data "aws_iam_policy_document" "app" {
              source_policy_documents = [terraform_data.document.output]
              statement {
                actions   = ["s3:ListBucket"]
                resources = [aws_s3_bucket.reports.arn]
              }
            }

            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = data.aws_iam_policy_document.app.json
            }
        """,
        "document that is changed at apply": """
            resource "terraform_data" "bucket" {
              input = "reports"
            }

            resource "aws_s3_bucket" "reports" {
              bucket_prefix = "reports-"
            }

            data "aws_iam_policy_document" "later" {
              statement {
                actions   = ["s3:GetObject"]
                resources = [aws_s3_bucket.reports.arn]
              }
            }

            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = replace(data.aws_iam_policy_document.later.json, "BUCKET", terraform_data.bucket.output)
            }
        """,
        "one of several documents, nobody has said which": """
            resource "terraform_data" "key" {
              input = "reports"
            }

            resource "aws_s3_bucket" "reports" {
              bucket_prefix = "reports-"
            }

            data "aws_iam_policy_document" "later" {
              for_each = toset(["reports"])
              statement {
                actions   = ["s3:GetObject"]
                resources = [aws_s3_bucket.reports.arn]
              }
            }

            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = data.aws_iam_policy_document.later[terraform_data.key.output].json
            }
        """,
        "one resource of this plan, and one from elsewhere": """
            resource "terraform_data" "resource" {
              input = "arn:aws:s3:::reports/*"
            }

            resource "aws_s3_bucket" "reports" {
              bucket_prefix = "reports-"
            }

            data "aws_iam_policy_document" "later" {
              statement {
                actions   = ["*"]
                resources = [aws_s3_bucket.reports.arn, terraform_data.resource.output]
              }
            }
        """,
        "resource that differs each time": """
            data "aws_iam_policy_document" "later" {
              statement {
                actions   = ["*"]
                resources = [uuid()]
              }
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
