"""IAM policies that allow everything in IAM or S3."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_grants import (
    POLICIES,
    Grant,
    granted,
    grants_nothing,
    is_narrowed,
    is_on_all_of,
    leaves,
    only,
    shown_resources,
)
from ._aws_limits import is_denied
from ._aws_policy import covers

_FULL_ADMIN = "aws-iam-policy-full-admin"
_EVERY_ACTION = "aws-iam-policy-every-action"


@rule(
    id="aws-iam-policy-all-of-iam",
    severity="critical",
    domain="identity",
    resources=POLICIES,
    aliases=["CKV2_AWS_40"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "AC-6(1)", "AC-6(10)"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
    since="0.2.0",
    wider=[_FULL_ADMIN, _EVERY_ACTION],
    bad={
        "all of IAM": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["IAM:*", "logs:PutLogEvents"], Resource = "*" },
                ]
              })
            }
        """,
        "everything": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "*", Resource = "*" },
                ]
              })
            }
        """,
        "everything but billing": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = "aws-portal:*", Resource = "*" },
                ]
              })
            }
        """,
        "all roles": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:*", Resource = "arn:aws:iam::111122223333:role/*" },
                ]
              })
            }
        """,
        "another action is denied": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:*", Resource = "*" },
                  { Effect = "Deny", Action = "iam:DeleteUser", Resource = "*" },
                ]
              })
            }
        """,
        "document that no policy of this plan uses": """
            data "aws_iam_policy_document" "ops" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["*"]
              }
              statement {
                actions   = ["iam:*"]
                resources = ["*"]
              }
            }
        """,
        "all roles, and one user": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:*", Resource = ["arn:aws:iam::*:user/a", "arn:aws:iam::*:*"] },
                ]
              })
            }
        """,
    },
    good={
        "reading": """
            resource "aws_iam_policy" "audit" {
              name   = "audit"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["iam:Get*", "iam:List*"], Resource = "*" },
                ]
              })
            }
        """,
        "users below one path": """
            resource "aws_iam_policy" "team" {
              name   = "team"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:*", Resource = "arn:aws:iam::111122223333:user/team/*" },
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
                  { Effect = "Allow", Action = "iam:*", Resource = "*" },
                  { Effect = "Deny", Action = "iam:*", Resource = "*" },
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
        "only what carries the tag of the team": """
            resource "aws_iam_policy" "team" {
              name   = "team"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "iam:*"
                    Resource  = "*"
                    Condition = { StringEquals = { "iam:ResourceTag/team" = "shop" } }
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
                  { Effect = "Allow", Action = "iam:*", Resource = "*" },
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
        "one role that is yet to be created": """
            resource "aws_iam_role" "app" {
              name_prefix        = "app-"
              assume_role_policy = "{}"
            }

            data "aws_iam_policy_document" "app" {
              statement {
                actions   = ["iam:*"]
                resources = [aws_iam_role.app.arn]
              }
            }
        """,
    },
    undetermined={
        "users of an account that is yet to be created": """
            resource "aws_organizations_account" "team" {
              name  = "team"
              email = "team@example.com"
            }

            data "aws_iam_policy_document" "admins" {
              statement {
                actions   = ["iam:*"]
                resources = ["arn:aws:iam::${aws_organizations_account.team.id}:*"]
              }
            }
        """,
        "the same beside a role that is yet to be created": """
            resource "aws_organizations_account" "team" {
              name  = "team"
              email = "team@example.com"
            }

            resource "aws_iam_role" "admins" {
              name_prefix        = "admins-"
              assume_role_policy = "{}"
            }

            data "aws_iam_policy_document" "admins" {
              statement {
                actions   = ["iam:*"]
                resources = ["arn:aws:iam::${aws_organizations_account.team.id}:*", aws_iam_role.admins.arn]
              }
            }
        """,
    },
)
def all_of_iam(policy: Resource) -> Iterator[Violation]:
    """IAM policy allows everything in IAM.

    Whoever may do everything in IAM attaches AdministratorAccess to himself, or makes a user for later. It is as much
    as owning the account.

    Name the actions in `Action` (`["iam:GetRole", "iam:PassRole"]`) and the ARNs in `Resource`. Whoever has to create
    roles gets the condition `iam:PermissionsBoundary` with it.
    """
    yield from _whole_service(policy, "iam")


@rule(
    id="aws-iam-policy-all-of-s3",
    severity="high",
    domain="identity",
    resources=POLICIES,
    aliases=["AVD-AWS-0345"],
    controls={"nist-800-53r5": ["AC-3", "AC-6"]},
    links=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"],
    since="0.2.0",
    wider=[_FULL_ADMIN, _EVERY_ACTION],
    bad={
        "all of S3 everywhere": """
            resource "aws_iam_policy" "storage" {
              name   = "storage"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["S3:*", "logs:PutLogEvents"], Resource = ["*"] },
                ]
              })
            }
        """,
        "all buckets are as good as everywhere": """
            resource "aws_iam_role_policy" "storage" {
              name   = "storage"
              role   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "s3:*", Resource = "arn:aws:s3:::*" },
                ]
              })
            }
        """,
        "group": """
            resource "aws_iam_group_policy" "storage" {
              name   = "storage"
              group  = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "s3:*", Resource = "*" },
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
                actions   = ["s3:*"]
                resources = ["*"]
              }
            }

            resource "aws_iam_role_policy" "app" {
              name   = "app"
              role   = "app"
              policy = data.aws_iam_policy_document.app.json
            }
        """,
    },
    good={
        "all of S3 on one bucket": """
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
        "named actions": """
            resource "aws_iam_policy" "storage" {
              name   = "storage"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = ["s3:GetObject", "s3:PutObject"]
                    Resource = "arn:aws:s3:::artifacts/*"
                  },
                ]
              })
            }
        """,
        "reading": """
            resource "aws_iam_policy" "storage" {
              name   = "storage"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "s3:Get*", Resource = "*" },
                ]
              })
            }
        """,
        "denied": """
            resource "aws_iam_policy" "off" {
              name   = "off"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "s3:*", Resource = "*" },
                  { Effect = "Deny", Action = "s3:*", Resource = "*" },
                ]
              })
            }
        """,
        "own bucket in a document that is rendered at apply": """
            resource "aws_s3_bucket" "artifacts" {
              bucket_prefix = "artifacts-"
            }

            data "aws_iam_policy_document" "artifacts" {
              statement {
                actions   = ["s3:*"]
                resources = [aws_s3_bucket.artifacts.arn, "${aws_s3_bucket.artifacts.arn}/*"]
              }
            }

            resource "aws_iam_policy" "artifacts" {
              name   = "artifacts"
              policy = data.aws_iam_policy_document.artifacts.json
            }
        """,
        "bucket with the number of an account that is yet to be created": """
            resource "aws_organizations_account" "team" {
              name  = "team"
              email = "team@example.com"
            }

            data "aws_iam_policy_document" "logs" {
              statement {
                actions   = ["s3:*"]
                resources = ["arn:aws:s3:::logs-${aws_organizations_account.team.id}/*"]
              }
            }
        """,
    },
)
def all_of_s3(policy: Resource) -> Iterator[Violation]:
    """IAM policy allows everything in S3.

    The holder reads, overwrites and deletes every object in every bucket, backups and logs included, and can make a
    bucket public.

    Name the actions in `Action` (`["s3:GetObject", "s3:PutObject"]`), and the bucket in `Resource`
    (`"arn:aws:s3:::artifacts/*"`); one of the two is enough for this rule.
    """
    yield from _whole_service(policy, "s3")


def _whole_service(policy: Resource, service: str) -> Iterator[Violation]:
    """Each Allow that gives all actions of a service on all of its resources."""
    for statement, document in granted(policy):
        if _is_for_all_of(service, (statement, document)) and not grants_nothing(policy):
            text = f"allows {service}:* on {shown_resources(statement)}"
            yield violation(statement.path, text, evidence=statement.evidence)


def _is_for_all_of(service: str, grant: Grant) -> bool:
    statement, document = grant
    whole = f"{service}:*"
    return (
        (covers(statement.actions, whole, case=False) or leaves(statement, service))
        and is_on_all_of(service, statement)
        and not is_narrowed(statement)
        and not is_denied(only(statement, whole), document, to="identity")
    )
