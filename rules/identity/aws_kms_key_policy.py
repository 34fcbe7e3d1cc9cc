"""Whom policies of keys let in, and keys without one."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, is_unknown, rule, violation

from .._satellite import is_left_to_provider, missing, satellites
from ._aws_public import open_statements, shown_grant

_POLICY = "aws_kms_key_policy"


@rule(
    id="aws-kms-key-policy-public",
    severity="critical",
    domain="identity",
    resources=["aws_kms_key", "aws_kms_key_policy", "aws_kms_external_key", "aws_kms_replica_key"],
    aliases=["CKV_AWS_33"],
    controls={"nist-800-53r5": ["AC-3", "AC-4", "AC-6", "SC-7"]},
    links=["https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html"],
    since="0.2.0",
    bad={
        "everybody": """
            resource "aws_kms_key_policy" "orders" {
              key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "kms:Decrypt"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "any AWS account, among others": """
            resource "aws_kms_key_policy" "orders" {
              key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "kms:Decrypt"
                    Resource  = "*"
                  },
                  {
                    Effect    = "Allow"
                    Principal = { AWS = ["arn:aws:iam::111122223333:root", "*"] }
                    Action    = ["kms:Decrypt"]
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "everybody but one": """
            resource "aws_kms_key_policy" "orders" {
              key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect       = "Allow"
                    NotPrincipal = { AWS = "arn:aws:iam::111122223333:user/intern" }
                    Action       = "kms:Decrypt"
                    Resource     = "*"
                  },
                ]
              })
            }
        """,
        "condition that anybody can fulfil": """
            resource "aws_kms_key_policy" "orders" {
              key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "kms:Decrypt"
                    Resource  = "*"
                    Condition = { StringLike = { "aws:UserAgent" = "shop-*" } }
                  },
                ]
              })
            }
        """,
        "whole internet as a source": """
            resource "aws_kms_key_policy" "orders" {
              key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "kms:Decrypt"
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
                actions   = ["kms:Decrypt"]
                resources = ["*"]
                principals {
                  type        = "*"
                  identifiers = ["*"]
                }
              }
            }

            resource "aws_kms_key_policy" "orders" {
              key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
              policy = data.aws_iam_policy_document.orders.json
            }
        """,
        "in the resource itself": """
            resource "aws_kms_key" "orders" {
              enable_key_rotation = true
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "kms:Decrypt"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
    },
    good={
        "one account": """
            resource "aws_kms_key_policy" "orders" {
              key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "kms:Decrypt"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "service": """
            resource "aws_kms_key_policy" "orders" {
              key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { Service = "events.amazonaws.com" }
                    Action    = "kms:Decrypt"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "one's own organization": """
            resource "aws_kms_key_policy" "orders" {
              key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "kms:Decrypt"
                    Resource  = "*"
                    Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-abcdefghij" } }
                  },
                ]
              })
            }
        """,
        "one source": """
            resource "aws_kms_key_policy" "orders" {
              key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "*" }
                    Action    = "kms:Decrypt"
                    Resource  = "*"
                    Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:s3:::example-images" } }
                  },
                ]
              })
            }
        """,
        "callers of one account, through a service": """
            resource "aws_kms_key_policy" "orders" {
              key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "*" }
                    Action    = "kms:Decrypt"
                    Resource  = "*"
                    Condition = { StringEquals = {
                      "kms:CallerAccount" = "111122223333"
                      "kms:ViaService"    = "ec2.eu-central-1.amazonaws.com"
                    } }
                  },
                ]
              })
            }
        """,
        "denial": """
            resource "aws_kms_key_policy" "orders" {
              key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Deny"
                    Principal = "*"
                    Action    = "kms:Decrypt"
                    Resource  = "*"
                    Condition = { Bool = { "aws:SecureTransport" = "false" } }
                  },
                ]
              })
            }
        """,
        "allowed and denied": """
            resource "aws_kms_key_policy" "orders" {
              key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "kms:Decrypt"
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
                actions   = ["kms:Decrypt"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::111122223333:role/app"]
                }
              }
            }

            resource "aws_kms_key_policy" "orders" {
              key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
              policy = data.aws_iam_policy_document.orders.json
            }
        """,
        "nothing said": """
            resource "aws_kms_key" "orders" {
              enable_key_rotation = true
            }
        """,
        "open policy that one beside it takes the place of": (
            """
                resource "aws_kms_key" "orders" {
                  policy = jsonencode({
                    Version   = "2012-10-17"
                    Statement = [
                      { Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" },
                    ]
                  })
                }
            """,
            """
                resource "aws_kms_key" "orders" {
                  policy = jsonencode({
                    Version   = "2012-10-17"
                    Statement = [
                      { Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" },
                    ]
                  })
                }

                resource "aws_kms_key_policy" "orders" {
                  key_id = aws_kms_key.orders.id
                  policy = jsonencode({
                    Version   = "2012-10-17"
                    Statement = [
                      { Effect = "Allow", Principal = { AWS = "111122223333" }, Action = "kms:*", Resource = "*" },
                    ]
                  })
                }
            """,
        ),
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

            resource "aws_kms_key_policy" "orders" {
              key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = aws_iam_role.app.arn }
                    Action    = "kms:Decrypt"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
    },
)
def key_public(resource: Resource) -> Iterator[Violation]:
    """KMS key policy lets everybody in.

    Anybody with an AWS account can do what the policy allows: decrypt what he has got hold of, or disable the key and
    take the data from everybody. A condition helps only where it names fixed accounts, organizations or callers; that
    a certain service calls (`kms:ViaService`) says nothing of whose account it calls for.

    Name the account or the roles in `Principal` (`{ AWS = "arn:aws:iam::111122223333:root" }`), or keep `"*"` and add
    `StringEquals` on `kms:CallerAccount` or `aws:PrincipalOrgID`.
    """
    for statement, who in open_statements(resource, "policy"):
        yield violation(statement.path, f"{shown_grant(statement)} for {who}", evidence=statement.evidence)


@rule(
    id="aws-kms-key-without-policy",
    severity="low",
    domain="identity",
    resources=["aws_kms_key"],
    aliases=["CKV2_AWS_64"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "SC-12"]},
    links=["https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"],
    since="0.2.0",
    bad={
        "nothing said": """
            resource "aws_kms_key" "orders" {
              enable_key_rotation = true
            }
        """,
        "policy of another key": """
            resource "aws_kms_key" "orders" {
              enable_key_rotation = true
            }

            resource "aws_kms_key" "reports" {
              enable_key_rotation = true
            }

            resource "aws_kms_key_policy" "reports" {
              key_id = aws_kms_key.reports.key_id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "kms:*"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "an empty text": """
            resource "aws_kms_key" "orders" {
              policy = ""
            }
        """,
    },
    good={
        "in the key itself": """
            resource "aws_kms_key" "orders" {
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "kms:*"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "beside the key": """
            resource "aws_kms_key" "orders" {
              enable_key_rotation = true
            }

            resource "aws_kms_key_policy" "orders" {
              key_id = aws_kms_key.orders.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "kms:*"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "document that is rendered at apply": """
            resource "aws_iam_role" "app" {
              name_prefix        = "app-"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            data "aws_iam_policy_document" "orders" {
              statement {
                actions   = ["kms:*"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_role.app.arn]
                }
              }
            }

            resource "aws_kms_key" "orders" {
              policy = data.aws_iam_policy_document.orders.json
            }
        """,
    },
)
def key_without_policy(key: Resource) -> Iterator[Violation]:
    """KMS key has no policy of its own.

    AWS gives it one that leaves everything to the policies of identities: each user and role of the account that may
    do `kms:*` on `*` can decrypt with it, and nobody sees at the key who that is.

    Set `policy` in the `aws_kms_key`, or add an `aws_kms_key_policy`, with one statement for those who manage the key
    and one for those who use it.
    """
    if not is_left_to_provider(key, "policy") and (is_unknown(key.get("policy")) or key.get("policy")):
        return
    if not satellites(key, _POLICY, via="key_id"):
        yield violation("policy", "the policy is left to AWS", evidence=missing(key, _POLICY, via="key_id"))
