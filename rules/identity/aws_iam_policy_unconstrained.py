"""IAM policies that allow on all resources what could be limited to some."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._aws_actions import GRANTS, READS, WRITES
from ._aws_grants import POLICIES
from ._aws_kinds import WIDER, unconstrained_of_kind


@rule(
    id="aws-iam-policy-unconstrained-write",
    severity="medium",
    domain="identity",
    resources=POLICIES,
    aliases=["CKV_AWS_290", "CKV_AWS_111"],
    controls={"nist-800-53r5": ["AC-3", "AC-6"]},
    links=[
        "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
    ],
    since="0.2.0",
    wider=[
        *WIDER,
        "aws-iam-policy-privilege-escalation",
        "aws-iam-policy-credentials-exposed",
        "aws-iam-policy-pass-any-role",
        "aws-iam-policy-permissions-management",
    ],
    bad={
        "any object": """
            resource "aws_iam_policy" "writer" {
              name   = "writer"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["S3:PutObject", "s3:ListAllMyBuckets"], Resource = "*" },
                ]
              })
            }
        """,
        "any machine": """
            resource "aws_iam_user_policy" "ops" {
              name   = "ops"
              user   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "ec2:TerminateInstances", Resource = ["*"] },
                ]
              })
            }
        """,
        "any function": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "lambda:Create*", Resource = "*" },
                ]
              })
            }
        """,
        "action of a service that is not listed": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iotsitewise:UpdateAsset", Resource = "*" },
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
                    Action      = "iam:DeleteUser"
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
            data "aws_iam_policy_document" "writer" {
              statement {
                actions   = ["dynamodb:PutItem"]
                resources = ["*"]
              }
            }
        """,
        "wildcard behind a name that takes no resource": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "bedrock:CreateAgent*", Resource = "*" },
                ]
              })
            }
        """,
    },
    good={
        "objects of one bucket": """
            resource "aws_iam_policy" "writer" {
              name   = "writer"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "s3:PutObject", Resource = "arn:aws:s3:::reports/*" },
                ]
              })
            }
        """,
        "reading": """
            resource "aws_iam_policy" "reader" {
              name   = "reader"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = ["s3:GetObject", "ec2:Describe*", "iotsitewise:ListAssets"]
                    Resource = "*"
                  },
                ]
              })
            }
        """,
        "what takes no resource": """
            resource "aws_iam_policy" "trace" {
              name   = "trace"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = ["xray:PutTraceSegments", "cloudwatch:PutMetricData", "kms:CreateKey"]
                    Resource = "*"
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
                    Action    = "ec2:TerminateInstances"
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
                  { Effect = "Allow", Action = "ec2:StopInstances", Resource = "*" },
                  { Effect = "Deny", Action = ["ec2:*"], Resource = "*" },
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
                  { Effect = "Allow", Action = "s3:PutObject", Resource = "*" },
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
        "document of a queue": """
            data "aws_iam_policy_document" "queue" {
              statement {
                actions   = ["sqs:SendMessage"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::111122223333:root"]
                }
              }
            }
        """,
        "an action that names no service": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "PutObject", Resource = "*" },
                ]
              })
            }
        """,
    },
)
def unconstrained_write(policy: Resource) -> Iterator[Violation]:
    """IAM policy lets its holder change any resource.

    A program that writes to one bucket can overwrite and delete all of them then, and so can whoever gets into it.
    Actions that take no resource (`xray:PutTraceSegments`, `kms:CreateKey`) are left out, and so is what a condition
    narrows.

    Name in `Resource` what is to be changed (`"arn:aws:s3:::reports/*"`), or add a condition, such as `StringEquals`
    on `aws:ResourceTag/team`.
    """
    yield from unconstrained_of_kind(policy, WRITES)


@rule(
    id="aws-iam-policy-resource-wildcard",
    severity="medium",
    domain="identity",
    resources=POLICIES,
    aliases=["CKV_AWS_355", "CKV_AWS_356"],
    controls={"nist-800-53r5": ["AC-3", "AC-6"]},
    links=[
        "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
    ],
    since="0.2.0",
    wider=[
        *WIDER,
        "aws-iam-policy-privilege-escalation",
        "aws-iam-policy-credentials-exposed",
        "aws-iam-policy-data-exposed",
        "aws-iam-policy-pass-any-role",
        "aws-iam-policy-permissions-management",
        "aws-iam-policy-unconstrained-write",
    ],
    bad={
        "reading of any table": """
            resource "aws_iam_policy" "reader" {
              name   = "reader"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["DynamoDB:GetItem", "dynamodb:ListTables"], Resource = "*" },
                ]
              })
            }
        """,
        "wildcard that takes in what can be limited": """
            resource "aws_iam_group_policy" "reader" {
              name   = "reader"
              group  = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "s3:List*", Resource = "*" },
                ]
              })
            }
        """,
        "writing": """
            resource "aws_iam_policy" "writer" {
              name   = "writer"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sqs:SendMessage", Resource = ["*"] },
                ]
              })
            }
        """,
        "policies of keys": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "kms:PutKeyPolicy", Resource = "*" },
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
                    Action      = "iam:GetUser"
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
        "star as good as that": """
            resource "aws_iam_policy" "reader" {
              name   = "reader"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sqs:ReceiveMessage", Resource = "arn:aws:*" },
                ]
              })
            }
        """,
        "document that no policy of this plan uses": """
            data "aws_iam_policy_document" "reader" {
              statement {
                actions   = ["dynamodb:GetItem"]
                resources = ["*"]
              }
            }
        """,
        "document that limits other statements": """
            data "aws_iam_policy_document" "reader" {
              statement {
                actions   = ["dynamodb:GetItem"]
                resources = ["arn:aws:dynamodb:*:*:table/orders"]
              }
              statement {
                actions   = ["dynamodb:Query"]
                resources = ["*"]
              }
            }
        """,
        "wildcard in the name of the service": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "s?:ListBucket", Resource = "*" },
                ]
              })
            }
        """,
    },
    good={
        "one table": """
            resource "aws_iam_policy" "reader" {
              name   = "reader"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = "dynamodb:GetItem"
                    Resource = "arn:aws:dynamodb:*:*:table/orders"
                  },
                ]
              })
            }
        """,
        "what takes no resource": """
            resource "aws_iam_policy" "list" {
              name   = "list"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = ["ec2:DescribeInstances", "s3:ListAllMyBuckets", "sts:GetCallerIdentity"]
                    Resource = "*"
                  },
                ]
              })
            }
        """,
        "lists of a service that is not listed": """
            resource "aws_iam_policy" "list" {
              name   = "list"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iotsitewise:List*", Resource = "*" },
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
                    Action    = "dynamodb:GetItem"
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
                  { Effect = "Allow", Action = "dynamodb:GetItem", Resource = "*" },
                  { Effect = "Deny", Action = "dynamodb:*", Resource = "*" },
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
                  { Effect = "Deny", Action = "dynamodb:*", Resource = "*" },
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
                  { Effect = "Allow", Action = "dynamodb:GetItem", Resource = "*" },
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
        "document of a topic": """
            data "aws_iam_policy_document" "topic" {
              statement {
                actions   = ["sns:Publish"]
                resources = ["*"]
                principals {
                  type        = "Service"
                  identifiers = ["events.amazonaws.com"]
                }
              }
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
        "what takes no resource, beside others that begin alike": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "xray:GetGroups", Resource = "*" },
                ]
              })
            }
        """,
        "all but some actions, and everything is denied": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = "iam:*", Resource = "*" },
                  { Effect = "Deny", Action = "*", Resource = "*" },
                ]
              })
            }
        """,
        "all but everything": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = ["iam:*", "*"], Resource = "*" },
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
def resource_wildcard(policy: Resource) -> Iterator[Violation]:
    """IAM policy allows on all resources what could be limited to some.

    What was meant for one table, queue or bucket goes for all there are and all that will be. Actions that take no
    resource (`ec2:DescribeInstances`) are left out, and so is what a condition narrows.

    Name the ARNs in `Resource`: `"arn:aws:dynamodb:eu-central-1:111122223333:table/orders"`, or
    `aws_dynamodb_table.orders.arn`. Put actions that need `*` into a statement of their own.
    """
    yield from unconstrained_of_kind(policy, READS, WRITES, GRANTS)
