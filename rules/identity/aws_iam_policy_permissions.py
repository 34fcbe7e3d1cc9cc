"""IAM policies with which their holder opens resources to others."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._aws_actions import GRANTS
from ._aws_grants import POLICIES
from ._aws_kinds import WIDER, unconstrained_of_kind


@rule(
    id="aws-iam-policy-permissions-management",
    severity="high",
    domain="identity",
    resources=POLICIES,
    aliases=["CKV_AWS_289", "CKV_AWS_109"],
    controls={"nist-800-53r5": ["AC-3", "AC-5", "AC-6", "AC-6(1)"]},
    links=[
        "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
    ],
    since="0.2.0",
    wider=[*WIDER, "aws-iam-policy-privilege-escalation"],
    bad={
        "policy of any bucket": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["S3:PutBucketPolicy", "s3:GetBucketPolicy"], Resource = "*" },
                ]
              })
            }
        """,
        "policy of any queue, in a list": """
            resource "aws_iam_role_policy" "ops" {
              name   = "ops"
              role   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["sqs:SendMessage", "sqs:AddPermission"], Resource = "*" },
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
                  { Effect = "Allow", Action = "kms:Put*", Resource = "*" },
                ]
              })
            }
        """,
        "all of a service": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "lambda:*", Resource = "*" },
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
                    Action      = "iam:AttachUserPolicy"
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
            data "aws_iam_policy_document" "ops" {
              statement {
                actions   = ["secretsmanager:PutResourcePolicy"]
                resources = ["*"]
              }
            }
        """,
    },
    good={
        "policy of one bucket": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "s3:PutBucketPolicy", Resource = "arn:aws:s3:::reports" },
                ]
              })
            }
        """,
        "writing": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["s3:PutObject", "iam:CreateUser"], Resource = "*" },
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
                    Action    = "kms:CreateGrant"
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
                  { Effect = "Allow", Action = "s3:PutBucketPolicy", Resource = "*" },
                  { Effect = "Deny", Action = "s3:PutBucket*", Resource = "*" },
                ]
              })
            }
        """,
        "denial itself": """
            resource "aws_iam_policy" "guard" {
              name   = "guard"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Deny", Action = "s3:PutBucketPolicy", Resource = "*" },
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
                  { Effect = "Allow", Action = "s3:PutBucketPolicy", Resource = "*" },
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
        "document of a key": """
            data "aws_iam_policy_document" "key" {
              statement {
                actions   = ["kms:*"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::111122223333:root"]
                }
              }
            }
        """,
    },
)
def permissions_management(policy: Resource) -> Iterator[Violation]:
    """IAM policy lets its holder change who may get at any resource.

    Who writes the policies of buckets, queues, keys and functions opens them to himself or to strangers, whatever
    else he may do. Only what is allowed on all resources and without a condition is judged.

    Name in `Resource` what the actions are needed on: `Resource = "arn:aws:s3:::reports"` for `s3:PutBucketPolicy`.
    """
    yield from unconstrained_of_kind(policy, GRANTS)
