"""Whom policies of queues let in, and how far."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_limits import is_denied
from ._aws_policy import is_every_action
from ._aws_public import open_statements, policy_statements, shown_grant


@rule(
    id="aws-sqs-queue-policy-public",
    severity="high",
    domain="identity",
    resources=["aws_sqs_queue_policy", "aws_sqs_queue"],
    aliases=["CKV_AWS_168", "CKV_AWS_387"],
    controls={"nist-800-53r5": ["AC-3", "AC-4", "AC-6", "SC-7"]},
    links=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html"
    ],
    since="0.2.0",
    bad={
        "everybody": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "sqs:SendMessage"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "any AWS account, among others": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "sqs:SendMessage"
                    Resource  = "*"
                  },
                  {
                    Effect    = "Allow"
                    Principal = { AWS = ["arn:aws:iam::111122223333:root", "*"] }
                    Action    = ["sqs:SendMessage"]
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "everybody but one": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect       = "Allow"
                    NotPrincipal = { AWS = "arn:aws:iam::111122223333:user/intern" }
                    Action       = "sqs:SendMessage"
                    Resource     = "*"
                  },
                ]
              })
            }
        """,
        "condition that anybody can fulfil": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "sqs:SendMessage"
                    Resource  = "*"
                    Condition = { StringLike = { "aws:UserAgent" = "shop-*" } }
                  },
                ]
              })
            }
        """,
        "whole internet as a source": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "sqs:SendMessage"
                    Resource  = "*"
                    Condition = { IpAddress = { "aws:SourceIp" = "0.0.0.0/0" } }
                  },
                ]
              })
            }
        """,
        "document": """
            data "aws_iam_policy_document" "orders" {
              statement {
                actions   = ["sqs:SendMessage"]
                resources = ["*"]
                principals {
                  type        = "*"
                  identifiers = ["*"]
                }
              }
            }

            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = data.aws_iam_policy_document.orders.json
            }
        """,
        "in the resource itself": """
            resource "aws_sqs_queue" "orders" {
              name      = "orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "sqs:SendMessage"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
    },
    good={
        "one account": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "sqs:SendMessage"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "service": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { Service = "events.amazonaws.com" }
                    Action    = "sqs:SendMessage"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "one's own organization": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "sqs:SendMessage"
                    Resource  = "*"
                    Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-abcdefghij" } }
                  },
                ]
              })
            }
        """,
        "one source": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "*" }
                    Action    = "sqs:SendMessage"
                    Resource  = "*"
                    Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:s3:::example-images" } }
                  },
                ]
              })
            }
        """,
        "denial": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Deny"
                    Principal = "*"
                    Action    = "sqs:SendMessage"
                    Resource  = "*"
                    Condition = { Bool = { "aws:SecureTransport" = "false" } }
                  },
                ]
              })
            }
        """,
        "allowed and denied": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "sqs:SendMessage"
                    Resource  = "*"
                  },
                  {
                    Effect    = "Deny"
                    Principal = "*"
                    Action    = "*"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "document with a named account": """
            data "aws_iam_policy_document" "orders" {
              statement {
                actions   = ["sqs:SendMessage"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::111122223333:role/app"]
                }
              }
            }

            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = data.aws_iam_policy_document.orders.json
            }
        """,
        "nothing said": """
            resource "aws_sqs_queue" "orders" {
              name      = "orders"
            }
        """,
        "open policy that one beside it takes the place of": """
            resource "aws_sqs_queue" "orders" {
              name   = "orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Principal = "*", Action = "sqs:SendMessage", Resource = "*" },
                ]
              })
            }

            resource "aws_sqs_queue_policy" "orders" {
              queue_url = aws_sqs_queue.orders.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Principal = { AWS = "111122223333" }, Action = "sqs:*", Resource = "*" },
                ]
              })
            }
        """,
    },
    undetermined={
        "policy that is put together at apply": """
            resource "aws_iam_role" "app" {
              name_prefix        = "app-"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = aws_iam_role.app.arn }
                    Action    = "sqs:SendMessage"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
    },
)
def queue_public(resource: Resource) -> Iterator[Violation]:
    """SQS queue policy lets everybody in.

    Anybody with an AWS account, or without one, can do what the policy allows: put messages into the queue that are
    then worked off, or read and delete those that are in it. A condition helps only where it names fixed accounts,
    organizations, networks or resources.

    Name the accounts, roles or services in `Principal`; for a service add `ArnEquals` on `aws:SourceArn`, for a
    whole organization keep `"*"` and add `StringEquals` on `aws:PrincipalOrgID`.
    """
    for statement, who in open_statements(resource, "policy"):
        yield violation(statement.path, f"{shown_grant(statement)} for {who}", evidence=statement.evidence)


@rule(
    id="aws-sqs-queue-policy-every-action",
    severity="high",
    domain="identity",
    resources=["aws_sqs_queue_policy", "aws_sqs_queue"],
    aliases=["CKV_AWS_72", "AVD-AWS-0097"],
    controls={"nist-800-53r5": ["AC-3", "AC-6"]},
    links=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html"
    ],
    since="0.2.0",
    wider=["aws-sqs-queue-policy-public"],
    bad={
        "star": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "*"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "all of SQS, in a list": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = ["SQS:*"]
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "all for everybody": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = ["sqs:SendMessage", "*"]
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "document": """
            data "aws_iam_policy_document" "orders" {
              statement {
                actions   = ["*"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::111122223333:root"]
                }
              }
            }

            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = data.aws_iam_policy_document.orders.json
            }
        """,
        "in the queue itself": """
            resource "aws_sqs_queue" "orders" {
              name   = "orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "sqs:*"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
    },
    good={
        "named actions": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = ["sqs:SendMessage", "sqs:ReceiveMessage"]
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "everything is denied": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Deny"
                    Principal = "*"
                    Action    = "sqs:*"
                    Resource  = "*"
                    Condition = { Bool = { "aws:SecureTransport" = "false" } }
                  },
                ]
              })
            }
        """,
        "allowed and denied": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "sqs:*"
                    Resource  = "*"
                  },
                  {
                    Effect    = "Deny"
                    Principal = "*"
                    Action    = "sqs:*"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "some of the actions": """
            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"
              policy    = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "sqs:Get*"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "nothing said": """
            resource "aws_sqs_queue" "orders" {
              name = "orders"
            }
        """,
    },
)
def queue_every_action(resource: Resource) -> Iterator[Violation]:
    """SQS queue policy allows every action.

    Whoever is let in can purge and delete the queue, and change its policy so that others get in, where sending or
    receiving was meant. `sqs:*` is as much as `*` here: a queue has no other actions.

    Name the actions in `Action`: `["sqs:SendMessage"]` for those who send, `["sqs:ReceiveMessage",
    "sqs:DeleteMessage", "sqs:GetQueueAttributes"]` for those who work messages off.
    """
    document = policy_statements(resource, "policy")
    for statement in document:
        if not statement.allows or is_denied(statement, document):
            continue
        for action in statement.actions:
            if is_every_action(action) or action.lower() == "sqs:*":
                yield violation(statement.path, f"allows {action}", evidence=statement.evidence)
