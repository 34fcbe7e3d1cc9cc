"""Grants in IAM policies that are attached to users, groups, roles and permission sets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from planguard import Resource, Violation, is_unknown, rule, violation

from .._satellite import in_both_snapshots, is_left_to_provider
from ._aws_limits import is_denied
from ._aws_policy import (
    DOCUMENT,
    TAKEN_IN,
    Statement,
    deferred_document,
    document_statements,
    is_deferred,
    is_every_action,
    is_every_resource,
    statements,
)

_PATHS = {
    "aws_iam_policy": "policy",
    "aws_iam_role_policy": "policy",
    "aws_iam_user_policy": "policy",
    "aws_iam_group_policy": "policy",
    "aws_ssoadmin_permission_set_inline_policy": "inline_policy",
}
POLICIES = [*_PATHS, "aws_iam_role", DOCUMENT]
SENSITIVE = frozenset(
    {
        "account",
        "cloudformation",
        "cloudtrail",
        "dynamodb",
        "ec2",
        "ecr",
        "eks",
        "iam",
        "identitystore",
        "kms",
        "lambda",
        "organizations",
        "rds",
        "s3",
        "secretsmanager",
        "ssm",
        "sso",
        "sts",
    }
)
"""Services through which one gets at data, keys, credentials, or at more permissions."""

_ABOUT_WHO = (
    "aws:currenttime",
    "aws:epochtime",
    "aws:multifactorauth",
    "aws:principal",
    "aws:referer",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:userid",
    "aws:username",
)
"""Condition keys that say who asks, when and from where: what an administrator fulfils every day."""


def granted(policy: Resource) -> Iterator[tuple[Statement, list[Statement]]]:
    """Each Allow that a resource attaches to an identity, with all statements of its document."""
    for document in _documents(policy):
        for statement in document:
            if statement.allows and not statement.names_principals:
                yield statement, document


def _documents(policy: Resource) -> Iterator[list[Statement]]:
    if policy.is_data:
        if is_deferred(policy) and not _is_judged_where_used(policy):
            yield document_statements(policy)
    elif policy.type == "aws_iam_role":
        if not is_left_to_provider(policy, "inline_policy"):
            for path, block in policy.blocks("inline_policy"):
                if block.get("name") not in _names_of_others(policy):
                    yield statements(policy, f"{path}.policy")
    else:
        yield statements(policy, _PATHS[policy.type])


def _is_judged_where_used(document: Resource) -> bool:
    """Whether a document that is rendered at apply is judged as part of the policy or document that it goes into."""
    for kind, path in _PATHS.items():
        users = document.referrers(kind, via=path)
        if any(deferred_document(user, path) == document for user in list.__iter__(users)):
            return True
    return any(list.__len__(document.referrers(DOCUMENT, via=attribute)) for attribute in TAKEN_IN)


def _names_of_others(role: Resource) -> list[str]:
    """The names of inline policies that are resources of their own; a role that was read shows them, too."""
    names = [
        policy.get("name")
        for view in in_both_snapshots(role)
        for policy in view.referrers("aws_iam_role_policy", via="role")
    ]
    return [name for name in names if not is_unknown(name)]


def is_full_admin(statement: Statement, document: Iterable[Statement]) -> bool:
    """Whether an Allow gives so much that its holder can give himself the rest."""
    return (
        (any(map(is_every_action, statement.actions)) or _leaves_iam(statement))
        and statement.is_on_everything
        and not _is_narrowed(statement)
        and not is_denied(_only_iam(statement), document, to="identity")
    )


def _leaves_iam(statement: Statement) -> bool:
    return bool(statement.not_actions) and not any(
        one.lower().startswith("iam:") or is_every_action(one) for one in statement.not_actions
    )


def _only_iam(statement: Statement) -> Statement:
    return Statement(statement.path, "Allow", ["iam:*"], [], statement.resources, statement.not_resources)


def _is_narrowed(statement: Statement) -> bool:
    return any(not block["variable"].lower().startswith(_ABOUT_WHO) for block in statement.conditions)


def _is_boundary(policy: Resource) -> bool:
    """Whether a policy only limits what others give; in a boundary, an Allow grants nothing."""
    return (
        policy.type == "aws_iam_policy"
        and any(policy.referrers(kind, via="permissions_boundary") for kind in ("aws_iam_role", "aws_iam_user"))
        and not any(
            policy.referrers(kind, via="policy_arn")
            for kind in (
                "aws_iam_role_policy_attachment",
                "aws_iam_user_policy_attachment",
                "aws_iam_group_policy_attachment",
                "aws_iam_policy_attachment",
            )
        )
    )


def _is_for_organizations(document: Resource) -> bool:
    """Whether a document is a service control policy, which grants nothing either."""
    return document.is_data and bool(document.referrers("aws_organizations_policy", via="content"))


@rule(
    id="aws-iam-policy-full-admin",
    severity="critical",
    domain="identity",
    resources=POLICIES,
    aliases=["CKV_AWS_62", "CKV_AWS_1", "CKV2_AWS_40"],
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
        if is_full_admin(statement, document) and not _is_boundary(policy) and not _is_for_organizations(policy):
            what = f"allows {_actions(statement)} on {_resources(statement)}"
            yield violation(statement.path, what, evidence=statement.evidence)


@rule(
    id="aws-iam-policy-service-wildcard",
    severity="high",
    domain="identity",
    resources=POLICIES,
    aliases=["CKV_AWS_63", "CKV_AWS_49", "AVD-AWS-0345"],
    controls={"nist-800-53r5": ["AC-3", "AC-6"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-generation.html"],
    bad={
        "all of S3 everywhere": """
            resource "aws_iam_policy" "storage" {
              name   = "storage"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = ["S3:*", "logs:PutLogEvents"], Resource = ["*"] }]
              })
            }
        """,
        "all buckets are as good as everywhere": """
            resource "aws_iam_role_policy" "storage" {
              name   = "storage"
              role   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "arn:aws:s3:::*" }]
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
        "everything but IAM": """
            resource "aws_iam_policy" "power" {
              name   = "power"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", NotAction = ["iam:*", "organizations:*"], Resource = "*" }]
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
        "all keys of the account": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "kms:*", Resource = "arn:aws:kms:*:111122223333:key/*" },
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
    },
    good={
        "all of S3 on one bucket": """
            resource "aws_iam_policy" "artifacts" {
              name   = "artifacts"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect   = "Allow"
                  Action   = "s3:*"
                  Resource = ["arn:aws:s3:::artifacts", "arn:aws:s3:::artifacts/*"]
                }]
              })
            }
        """,
        "all of a service that guards nothing": """
            resource "aws_iam_policy" "metrics" {
              name   = "metrics"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = ["cloudwatch:*", "s3:Get*"], Resource = "*" }]
              })
            }
        """,
        "allowed and denied to everybody": """
            resource "aws_iam_policy" "off" {
              name   = "off"
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [
                  { Effect = "Deny", Action = "*", Resource = "*" },
                  { Effect = "Allow", Action = "kms:*", Resource = "*" },
                ]
              })
            }
        """,
        "every action on every resource is another rule's": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
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
        "only what carries the tag of the team": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
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
        "permissions boundary": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["s3:*", "ec2:*"], Resource = "*" },
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
        """,
        "all denied by another statement": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = "iam:*", Resource = "*" },
                  { Effect = "Allow", Action = "*", Resource = "arn:aws:s3:::artifacts/*" },
                  { Effect = "Deny", Action = "*", Resource = "*" },
                ]
              })
            }
        """,
    },
)
def service_wildcard(policy: Resource) -> Iterator[Violation]:
    """IAM policy allows all actions of a sensitive service on all of its resources.

    `iam:*` or `sts:*` leads to any other permission, `s3:*` or `dynamodb:*` to all data, deletion included, `kms:*`
    and `secretsmanager:*` to what protects them; and with every action that AWS adds to the service the grant grows.
    The same goes for `Action = "*"` on a few resources, and for `NotAction` on all.

    Name the actions in `Action` (`s3:GetObject`, `s3:PutObject`), and the ARNs of the resources in `Resource`; one
    of the two is enough for this rule. Replace `NotAction` by a list of what is allowed.
    """
    for statement, document in granted(policy):
        found = list(_wildcards(statement, document))
        if found and not _is_boundary(policy) and not _is_for_organizations(policy):
            for what in found:
                shown = f"allows {what} on {_resources(statement)}"
                yield violation(statement.path, shown, evidence=statement.evidence)


def _wildcards(statement: Statement, document: list[Statement]) -> Iterator[str]:
    """The actions of one Allow that are too many, as they are shown."""
    if any(map(is_every_action, statement.actions)):
        if not is_full_admin(statement, document) and not _is_harmless(statement, document):
            yield _actions(statement)
        return
    if statement.not_actions:
        if (
            statement.is_on_everything
            and not is_full_admin(statement, document)
            and not _is_harmless(statement, document)
        ):
            yield _actions(statement)
        return
    for action in sorted({one.lower() for one in statement.actions}):
        service, _, name = action.partition(":")
        if service in SENSITIVE and name and not name.strip("*") and _is_on_all_of(service, statement):
            one = Statement(statement.path, "Allow", [action], [], statement.resources, statement.not_resources)
            if not _is_narrowed(statement) and not is_denied(one, document, to="identity"):
                yield f"{service}:*"


def _is_harmless(statement: Statement, document: list[Statement]) -> bool:
    return _is_narrowed(statement) or is_denied(statement, document, to="identity")


def _is_on_all_of(service: str, statement: Statement) -> bool:
    """Whether an Allow is for everything, or for all that a service has of one type (``arn:aws:s3:::*``)."""
    of_one_type = "" if service == "s3" else r"(?:[\w-]+[/:])?"
    whole = re.compile(rf"arn:[^:]*:{service}:[^:]*:(?:\*|\d{{12}})?:{of_one_type}\*+")
    return statement.is_on_everything or any(whole.fullmatch(one) for one in statement.resources)


def _actions(statement: Statement) -> str:
    if statement.not_actions:
        return f"all actions but {_shown(statement.not_actions)}"
    return "*"


def _resources(statement: Statement) -> str:
    if statement.not_resources:
        return f"all resources but {_shown(statement.not_resources)}"
    resources = list(statement.resources)
    return "*" if any(map(is_every_resource, resources)) else _shown(resources)


def _shown(values: Any) -> str:
    found = sorted(set(values))
    return ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
