"""IAM policies with which their holder reads everything."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_escalation import DATA, spelled
from ._aws_grants import POLICIES, shown, taken_in, unconstrained
from ._aws_kinds import WIDER


@rule(
    id="aws-iam-policy-data-exposed",
    severity="high",
    domain="identity",
    resources=POLICIES,
    aliases=["CKV_AWS_288", "CKV_AWS_108"],
    controls={"nist-800-53r5": ["AC-3", "AC-4", "AC-6"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
    since="0.2.0",
    wider=WIDER,
    bad={
        "every object": """
            resource "aws_iam_policy" "reader" {
              name   = "reader"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["S3:GetObject", "s3:ListAllMyBuckets"], Resource = "*" },
                ]
              })
            }
        """,
        "every secret": """
            resource "aws_iam_role_policy" "app" {
              name   = "app"
              role   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "secretsmanager:Get*", Resource = "*" },
                ]
              })
            }
        """,
        "every parameter": """
            resource "aws_iam_group_policy" "app" {
              name   = "app"
              group  = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "ssm:GetParametersByPath", Resource = ["*"] },
                ]
              })
            }
        """,
        "copy of any database": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "rds:CopyDBSnapshot", Resource = "*" },
                ]
              })
            }
        """,
        "all resources but one": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect      = "Allow"
                    Action      = "s3:GetObject"
                    NotResource = "arn:aws:iam::111122223333:user/break-glass"
                  },
                ]
              })
            }
        """,
        "everything but IAM": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = "iam:*", Resource = "*" },
                ]
              })
            }
        """,
        "document that no policy of this plan uses": """
            data "aws_iam_policy_document" "reader" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["*"]
              }
            }
        """,
        "document beside a limited one": """
            data "aws_iam_policy_document" "reader" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["arn:aws:s3:::reports/*"]
              }
              statement {
                actions   = ["ssm:GetParameter"]
                resources = ["arn:aws:ssm:eu-central-1:111122223333:parameter/app", "*"]
              }
            }
        """,
    },
    good={
        "objects of one bucket": """
            resource "aws_iam_policy" "reader" {
              name   = "reader"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::reports/*" },
                ]
              })
            }
        """,
        "names of buckets": """
            resource "aws_iam_policy" "reader" {
              name   = "reader"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["s3:ListAllMyBuckets", "s3:ListBucket"], Resource = "*" },
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
                    Action    = "secretsmanager:GetSecretValue"
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
                  { Effect = "Allow", Action = "ssm:GetParameter*", Resource = "*" },
                  { Effect = "Deny", Action = "ssm:*", Resource = "*" },
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
                  { Effect = "Allow", Action = "s3:GetObject", Resource = "*" },
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
        "document of a bucket": """
            data "aws_iam_policy_document" "site" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::111122223333:root"]
                }
              }
            }
        """,
        "all but the services that hold data, in capitals": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = ["S3:*", "SecretsManager:*", "SSM:*", "RDS:*"], Resource = "*" },
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

            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = data.aws_iam_policy_document.app.json
            }
        """,
    },
)
def data_exposed(policy: Resource) -> Iterator[Violation]:
    """IAM policy lets its holder read all objects, secrets or parameters.

    One leaked credential of the holder, and all that the account stores is read or copied away. Only what is allowed
    on all resources and without a condition is judged.

    Name in `Resource` what is to be read: `"arn:aws:s3:::reports/*"`, the ARN of the secret, or
    `"arn:aws:ssm:eu-central-1:111122223333:parameter/app/*"`.
    """
    for statement, document in unconstrained(policy):
        found = taken_in(statement, document, DATA)
        if found:
            text = f"allows {shown(map(spelled, found))} on all resources"
            yield violation(statement.path, text, evidence=statement.evidence)
