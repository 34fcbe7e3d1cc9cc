"""IAM policies that allow all actions, or all actions of a service."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_grants import (
    POLICIES,
    granted,
    grants_nothing,
    is_harmless,
    is_narrowed,
    is_on_all_of,
    only,
    shown_actions,
    shown_resources,
)
from ._aws_limits import is_denied
from ._aws_policy import Statement, is_every_action

_FULL_ADMIN = "aws-iam-policy-full-admin"
_EVERY_ACTION = "aws-iam-policy-every-action"
_SENSITIVE = frozenset(
    {
        "account",
        "cloudformation",
        "cloudtrail",
        "dynamodb",
        "ec2",
        "ecr",
        "eks",
        "identitystore",
        "kms",
        "lambda",
        "organizations",
        "rds",
        "secretsmanager",
        "ssm",
        "sso",
        "sts",
    }
)
"""Services through which one gets at data, keys or credentials; IAM and S3 have rules of their own."""


@rule(
    id="aws-iam-policy-every-action",
    severity="high",
    domain="identity",
    resources=POLICIES,
    aliases=["CKV_AWS_63", "CKV_AWS_49"],
    controls={"nist-800-53r5": ["AC-3", "AC-6"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-generation.html"],
    since="0.2.0",
    wider=[_FULL_ADMIN],
    bad={
        "every action on one bucket": """
            resource "aws_iam_policy" "artifacts" {
              name   = "artifacts"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "*", Resource = "arn:aws:s3:::artifacts/*" },
                ]
              })
            }
        """,
        "one of several actions is a star": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["s3:GetObject", "*"], Resource = ["arn:aws:s3:::artifacts/*"] },
                ]
              })
            }
        """,
        "everything, IAM denied": """
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
        "every action on every resource": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "*:*", Resource = "*" },
                ]
              })
            }
        """,
        "user": """
            resource "aws_iam_user_policy" "alice" {
              name   = "alice"
              user   = "alice"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "*", Resource = "arn:aws:ec2:*:*:instance/*" },
                ]
              })
            }
        """,
        "document that no policy of this plan uses": """
            data "aws_iam_policy_document" "ops" {
              statement {
                actions   = ["*"]
                resources = ["arn:aws:s3:::artifacts/*"]
              }
            }
        """,
    },
    good={
        "every action of a service": """
            resource "aws_iam_policy" "artifacts" {
              name   = "artifacts"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = "s3:*"
                    Resource = ["arn:aws:s3:::artifacts", "arn:aws:s3:::artifacts/*"]
                  },
                ]
              })
            }
        """,
        "everything is denied": """
            resource "aws_iam_policy" "off" {
              name   = "off"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Deny", Action = "*", Resource = "*" },
                ]
              })
            }
        """,
        "allowed and denied": """
            resource "aws_iam_policy" "off" {
              name   = "off"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "*", Resource = "arn:aws:s3:::artifacts/*" },
                  { Effect = "Deny", Action = "*", Resource = "*" },
                ]
              })
            }
        """,
        "all but some actions": """
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
        "only what carries the tag of the team": """
            resource "aws_iam_policy" "team" {
              name   = "team"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "*"
                    Resource  = "arn:aws:ec2:*:*:instance/*"
                    Condition = { StringEquals = { "aws:ResourceTag/team" = "shop" } }
                  },
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
                  { Effect = "Allow", Action = "*", Resource = "arn:aws:s3:::artifacts/*" },
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
        "document that names its actions": """
            data "aws_iam_policy_document" "app" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["*"]
              }
            }
        """,
    },
)
def every_action(policy: Resource) -> Iterator[Violation]:
    """IAM policy allows every action.

    `*` in `Action` takes in reading, changing, deleting and sharing, and whatever AWS adds to its services later. A
    narrow `Resource` helps less than it seems: actions that take no resource, and those that change who may get at
    the resource, are among them.

    Name the actions in `Action`: `["s3:GetObject", "s3:PutObject"]`. IAM Access Analyzer lists those that a role has
    really used.
    """
    for statement, document in granted(policy):
        if (
            any(map(is_every_action, statement.actions))
            and not is_harmless(statement, document)
            and not grants_nothing(policy)
        ):
            yield violation(statement.path, f"allows * on {shown_resources(statement)}", evidence=statement.evidence)


@rule(
    id="aws-iam-policy-service-wildcard",
    severity="high",
    domain="identity",
    resources=POLICIES,
    controls={"nist-800-53r5": ["AC-3", "AC-6"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-generation.html"],
    wider=[_FULL_ADMIN, _EVERY_ACTION, "aws-iam-policy-all-of-iam"],
    bad={
        "all keys of the account": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "KMS:*", Resource = "arn:aws:kms:*:111122223333:key/*" },
                ]
              })
            }
        """,
        "everything but IAM": """
            resource "aws_iam_policy" "power" {
              name   = "power"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = ["iam:*", "organizations:*"], Resource = "*" },
                ]
              })
            }
        """,
        "all but everything that is denied later": """
            resource "aws_iam_policy" "power" {
              name   = "power"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = "iam:*", Resource = "*" },
                  { Effect = "Deny", Action = "ec2:*", Resource = "*" },
                ]
              })
            }
        """,
        "document that is rendered at apply": """
            resource "aws_kms_key" "app" {
              enable_key_rotation = true
            }

            data "aws_iam_policy_document" "app" {
              statement {
                actions   = ["kms:Decrypt"]
                resources = [aws_kms_key.app.arn]
              }
              statement {
                actions   = ["secretsmanager:*"]
                resources = ["*"]
              }
            }

            resource "aws_iam_role_policy" "app" {
              name   = "app"
              role   = "app"
              policy = data.aws_iam_policy_document.app.json
            }
        """,
        "all of the account": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "account:*", Resource = "*" },
                ]
              })
            }
        """,
        "all stacks": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "cloudformation:*", Resource = "*" },
                ]
              })
            }
        """,
        "all of the organization": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "organizations:*", Resource = "*" },
                ]
              })
            }
        """,
        "all parameters and machines": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "ssm:*", Resource = "*" },
                ]
              })
            }
        """,
    },
    good={
        "all of a service on one table": """
            resource "aws_iam_policy" "orders" {
              name   = "orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = "dynamodb:*"
                    Resource = "arn:aws:dynamodb:eu-central-1:111122223333:table/orders"
                  },
                ]
              })
            }
        """,
        "all of a service that guards nothing": """
            resource "aws_iam_policy" "metrics" {
              name   = "metrics"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["cloudwatch:*", "s3:Get*"], Resource = "*" },
                ]
              })
            }
        """,
        "allowed and denied": """
            resource "aws_iam_policy" "off" {
              name   = "off"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Deny", Action = "*", Resource = "*" },
                  { Effect = "Allow", Action = "kms:*", Resource = "*" },
                  { Effect = "Allow", NotAction = "iam:*", Resource = "*" },
                ]
              })
            }
        """,
        "all but a few actions, on one bucket": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = "s3:Delete*", Resource = "arn:aws:s3:::artifacts/*" },
                ]
              })
            }
        """,
        "only what carries the tag of the team": """
            resource "aws_iam_policy" "team" {
              name   = "team"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "ec2:*"
                    Resource  = "*"
                    Condition = { StringEquals = { "ec2:ResourceTag/team" = "shop" } }
                  },
                  {
                    Effect    = "Allow"
                    NotAction = "iam:*"
                    Resource  = "*"
                    Condition = { StringEquals = { "aws:ResourceTag/team" = "shop" } }
                  },
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
                  { Effect = "Allow", Action = ["kms:*", "ec2:*"], Resource = "*" },
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
        "single actions, and a service without any": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["ec2:DescribeInstances", "kms"], Resource = "*" },
                ]
              })
            }
        """,
        "permissions boundary for all but IAM": """
            resource "aws_iam_policy" "boundary" {
              name   = "boundary"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", NotAction = "iam:*", Resource = "*" }]
              })
            }

            resource "aws_iam_user" "ops" {
              name                 = "ops"
              permissions_boundary = aws_iam_policy.boundary.arn
            }
        """,
    },
)
def service_wildcard(policy: Resource) -> Iterator[Violation]:
    """IAM policy allows all actions of a sensitive service on all of its resources.

    `sts:*` leads to other permissions, `dynamodb:*` to all data, deletion included, `kms:*` and `secretsmanager:*` to
    what protects them; and with every action that AWS adds to the service the grant grows. The same goes for
    `NotAction` on all resources.

    Name the actions in `Action` (`["kms:Decrypt"]`), and the ARNs of the resources in `Resource`; one of the two is
    enough for this rule. Replace `NotAction` by a list of what is allowed.
    """
    for statement, document in granted(policy):
        if _is_all_but_some(statement, document) and not grants_nothing(policy):
            text = f"allows {shown_actions(statement)} on {shown_resources(statement)}"
            yield violation(statement.path, text, evidence=statement.evidence)
        for service in _whole_services(statement, document):
            if not grants_nothing(policy):
                text = f"allows {service}:* on {shown_resources(statement)}"
                yield violation(statement.path, text, evidence=statement.evidence)


def _is_all_but_some(statement: Statement, document: list[Statement]) -> bool:
    return bool(statement.not_actions) and statement.is_on_everything and not is_harmless(statement, document)


def _whole_services(statement: Statement, document: list[Statement]) -> Iterator[str]:
    """The sensitive services of which one Allow gives all actions."""
    for action in sorted({one.lower() for one in statement.actions}):
        service, _, name = action.partition(":")
        if (
            service in _SENSITIVE
            and name
            and not name.strip("*")
            and is_on_all_of(service, statement)
            and not is_narrowed(statement)
            and not is_denied(only(statement, action), document, to="identity")
        ):
            yield service
