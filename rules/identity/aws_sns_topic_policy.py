"""Whom policies of topics let in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from planguard import Resource, Violation, is_unknown, rule, violation

from ._aws_limits import is_denied, is_limited
from ._aws_policy import Statement, listed
from ._aws_public import open_statements, policy_statements, shown_grant

_CALLER = "data.aws_caller_identity"
_ACCOUNT = re.compile(r"(?:arn:[^:]*:(?:iam|sts)::)?(\d{12})(?::.*)?")
_OF_ARN = re.compile(r"arn:[^:]*:[^:]*:[^:]*:(\d{12}):")


@rule(
    id="aws-sns-topic-policy-public",
    severity="high",
    domain="identity",
    resources=["aws_sns_topic_policy", "aws_sns_topic"],
    aliases=["CKV_AWS_169"],
    controls={"nist-800-53r5": ["AC-3", "AC-4", "AC-6", "SC-7"]},
    links=["https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html"],
    since="0.2.0",
    bad={
        "everybody": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "sns:Publish"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "any AWS account, among others": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "sns:Publish"
                    Resource  = "*"
                  },
                  {
                    Effect    = "Allow"
                    Principal = { AWS = ["arn:aws:iam::111122223333:root", "*"] }
                    Action    = ["sns:Publish"]
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "everybody but one": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect       = "Allow"
                    NotPrincipal = { AWS = "arn:aws:iam::111122223333:user/intern" }
                    Action       = "sns:Publish"
                    Resource     = "*"
                  },
                ]
              })
            }
        """,
        "condition that anybody can fulfil": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "sns:Publish"
                    Resource  = "*"
                    Condition = { StringLike = { "aws:UserAgent" = "shop-*" } }
                  },
                ]
              })
            }
        """,
        "whole internet as a source": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "sns:Publish"
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
                actions   = ["sns:Publish"]
                resources = ["*"]
                principals {
                  type        = "*"
                  identifiers = ["*"]
                }
              }
            }

            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = data.aws_iam_policy_document.orders.json
            }
        """,
        "in the resource itself": """
            resource "aws_sns_topic" "orders" {
              name   = "orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "sns:Publish"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
    },
    good={
        "one account": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "sns:Publish"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "service": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { Service = "events.amazonaws.com" }
                    Action    = "sns:Publish"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "one's own organization": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "sns:Publish"
                    Resource  = "*"
                    Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-abcdefghij" } }
                  },
                ]
              })
            }
        """,
        "one source": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "*" }
                    Action    = "sns:Publish"
                    Resource  = "*"
                    Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:s3:::example-images" } }
                  },
                ]
              })
            }
        """,
        "denial": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Deny"
                    Principal = "*"
                    Action    = "sns:Publish"
                    Resource  = "*"
                    Condition = { Bool = { "aws:SecureTransport" = "false" } }
                  },
                ]
              })
            }
        """,
        "allowed and denied": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "sns:Publish"
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
                actions   = ["sns:Publish"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::111122223333:role/app"]
                }
              }
            }

            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = data.aws_iam_policy_document.orders.json
            }
        """,
        "nothing said": """
            resource "aws_sns_topic" "orders" {
              name   = "orders"
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

            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = aws_iam_role.app.arn }
                    Action    = "sns:Publish"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
    },
)
def topic_public(resource: Resource) -> Iterator[Violation]:
    """SNS topic policy lets everybody in.

    Anybody with an AWS account, or without one, can do what the policy allows: publish messages that subscribers take
    for real, or subscribe and read what was meant for others. A condition helps only where it names fixed accounts,
    organizations, networks or resources.

    Name the accounts, roles or services in `Principal`; for a service add `ArnEquals` on `aws:SourceArn`, for a whole
    organization keep `"*"` and add `StringEquals` on `aws:PrincipalOrgID`.
    """
    for statement, who in open_statements(resource, "policy"):
        yield violation(statement.path, f"{shown_grant(statement)} for {who}", evidence=statement.evidence)


@rule(
    id="aws-sns-topic-policy-cross-account",
    severity="medium",
    domain="identity",
    resources=["aws_sns_topic_policy", "aws_sns_topic"],
    aliases=["CKV_AWS_385"],
    controls={"nist-800-53r5": ["AC-3", "AC-4", "AC-6"]},
    links=["https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"],
    since="0.2.0",
    wider=["aws-sns-topic-policy-public"],
    bad={
        "another account": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::444455556666:root" }
                    Action    = "sns:Subscribe"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "number of another account, in a list": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = ["arn:aws:iam::111122223333:root", "444455556666"] }
                    Action    = "sns:Subscribe"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "everybody": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "sns:Publish"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "in the topic itself": """
            resource "aws_sns_topic" "orders" {
              name   = "orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::444455556666:role/partner" }
                    Action    = "sns:Publish"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "account that is not the one that plans": """
            data "aws_caller_identity" "current" {}

            resource "aws_sns_topic" "orders" {
              name   = "orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::444455556666:root" }
                    Action    = "sns:Publish"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
    },
    good={
        "account of the topic": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "sns:Publish"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "account that plans": """
            data "aws_caller_identity" "current" {}

            resource "aws_sns_topic" "orders" {
              name   = "orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = data.aws_caller_identity.current.account_id }
                    Action    = "sns:Publish"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "account in the resource": """
            resource "aws_sns_topic" "orders" {
              name   = "orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::444455556666:root" }
                    Action    = "sns:Publish"
                    Resource  = "arn:aws:sns:eu-central-1:444455556666:orders"
                  },
                ]
              })
            }
        """,
        "service": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { Service = "events.amazonaws.com" }
                    Action    = "sns:Publish"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "everybody within the account": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "*" }
                    Action    = "sns:Publish"
                    Resource  = "*"
                    Condition = { StringEquals = { "aws:SourceOwner" = "111122223333" } }
                  },
                ]
              })
            }
        """,
        "denial": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Deny"
                    Principal = { AWS = "arn:aws:iam::444455556666:root" }
                    Action    = "sns:Publish"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "allowed and denied": """
            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "444455556666" }
                    Action    = "sns:Publish"
                    Resource  = "*"
                  },
                  {
                    Effect    = "Deny"
                    Principal = "*"
                    Action    = "sns:Publish"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "nothing said": """
            resource "aws_sns_topic" "orders" {
              name = "orders"
            }
        """,
        "service, on topics from elsewhere": """
            resource "terraform_data" "topics" {
              input = ["arn:aws:sns:eu-west-1:111122223333:orders"]
            }

            data "aws_iam_policy_document" "orders" {
              statement {
                actions   = ["sns:Publish"]
                resources = terraform_data.topics.output
                principals {
                  type        = "Service"
                  identifiers = ["events.amazonaws.com"]
                }
              }
            }

            resource "aws_sns_topic_policy" "orders" {
              arn    = "arn:aws:sns:eu-west-1:111122223333:orders"
              policy = data.aws_iam_policy_document.orders.json
            }
        """,
    },
)
def topic_cross_account(resource: Resource) -> Iterator[Violation]:
    """SNS topic policy lets another account in.

    What the other account publishes, subscribers take for real; what it subscribes to, it reads; and whom of its own
    it lets do that, it alone decides.

    Take the account out of `Principal`, and let messages cross through a topic or event bus that is made for it. An
    account that is meant is a case for a waiver.
    """
    document = policy_statements(resource, "policy")
    for statement in document:
        if statement.allows and not is_denied(statement, document) and not is_limited(statement):
            for account in _foreign_accounts(resource, statement):
                yield violation(
                    statement.path, f"{shown_grant(statement)} for {account}", evidence=statement.evidence
                )


def _foreign_accounts(resource: Resource, statement: Statement) -> list[str]:
    named = list(_named(statement))
    if not named:
        return []
    own = _own_accounts(resource, statement)
    return [f"account {one}" if one != "*" else "every account" for one in sorted(set(named)) if one not in own]


def _named(statement: Statement) -> Iterator[str]:
    """The numbers of the accounts that a statement names, and ``*``."""
    if statement.is_for_anyone:
        yield "*"
    for block in statement.principals:
        found = [_ACCOUNT.fullmatch(one) for one in listed(block.get("identifiers"))]
        yield from (match[1] for match in found if match)


def _own_accounts(resource: Resource, statement: Statement) -> set[str]:
    """The account of the topic, where the plan tells."""
    arns: Iterable[str] = [one for one in (resource.get("arn"), *statement.resources) if not is_unknown(one)]
    found = [_OF_ARN.match(one) for one in arns]
    own = {match[1] for match in found if match}
    return own or {caller.get("account_id") for caller in resource.others(_CALLER)}
