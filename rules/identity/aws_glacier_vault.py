"""Whom vaults let in."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_public import open_statements, shown_grant


@rule(
    id="aws-glacier-vault-policy-public",
    severity="high",
    domain="identity",
    resources=["aws_glacier_vault"],
    aliases=["CKV_AWS_167"],
    controls={"nist-800-53r5": ["AC-3", "AC-4", "AC-6", "SC-7"]},
    links=["https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-access-policy.html"],
    since="0.2.0",
    bad={
        "everybody": """
            resource "aws_glacier_vault" "archive" {
              name          = "archive"
              access_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "glacier:InitiateJob"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "any AWS account, among others": """
            resource "aws_glacier_vault" "archive" {
              name          = "archive"
              access_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "glacier:InitiateJob"
                    Resource  = "*"
                  },
                  {
                    Effect    = "Allow"
                    Principal = { AWS = ["arn:aws:iam::111122223333:root", "*"] }
                    Action    = ["glacier:InitiateJob"]
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "everybody but one": """
            resource "aws_glacier_vault" "archive" {
              name          = "archive"
              access_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect       = "Allow"
                    NotPrincipal = { AWS = "arn:aws:iam::111122223333:user/intern" }
                    Action       = "glacier:InitiateJob"
                    Resource     = "*"
                  },
                ]
              })
            }
        """,
        "condition that anybody can fulfil": """
            resource "aws_glacier_vault" "archive" {
              name          = "archive"
              access_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "glacier:InitiateJob"
                    Resource  = "*"
                    Condition = { StringLike = { "aws:UserAgent" = "shop-*" } }
                  },
                ]
              })
            }
        """,
        "whole internet as a source": """
            resource "aws_glacier_vault" "archive" {
              name          = "archive"
              access_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "glacier:InitiateJob"
                    Resource  = "*"
                    Condition = { IpAddress = { "aws:SourceIp" = "0.0.0.0/0" } }
                  },
                ]
              })
            }
        """,
        "document": """
            data "aws_iam_policy_document" "archive" {
              statement {
                actions   = ["glacier:InitiateJob"]
                resources = ["*"]
                principals {
                  type        = "*"
                  identifiers = ["*"]
                }
              }
            }

            resource "aws_glacier_vault" "archive" {
              name          = "archive"
              access_policy = data.aws_iam_policy_document.archive.json
            }
        """,
    },
    good={
        "one account": """
            resource "aws_glacier_vault" "archive" {
              name          = "archive"
              access_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "glacier:InitiateJob"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "service": """
            resource "aws_glacier_vault" "archive" {
              name          = "archive"
              access_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { Service = "events.amazonaws.com" }
                    Action    = "glacier:InitiateJob"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "one's own organization": """
            resource "aws_glacier_vault" "archive" {
              name          = "archive"
              access_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "glacier:InitiateJob"
                    Resource  = "*"
                    Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-abcdefghij" } }
                  },
                ]
              })
            }
        """,
        "one source": """
            resource "aws_glacier_vault" "archive" {
              name          = "archive"
              access_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "*" }
                    Action    = "glacier:InitiateJob"
                    Resource  = "*"
                    Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:s3:::example-images" } }
                  },
                ]
              })
            }
        """,
        "denial": """
            resource "aws_glacier_vault" "archive" {
              name          = "archive"
              access_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Deny"
                    Principal = "*"
                    Action    = "glacier:InitiateJob"
                    Resource  = "*"
                    Condition = { Bool = { "aws:SecureTransport" = "false" } }
                  },
                ]
              })
            }
        """,
        "allowed and denied": """
            resource "aws_glacier_vault" "archive" {
              name          = "archive"
              access_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "glacier:InitiateJob"
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
            data "aws_iam_policy_document" "archive" {
              statement {
                actions   = ["glacier:InitiateJob"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::111122223333:role/app"]
                }
              }
            }

            resource "aws_glacier_vault" "archive" {
              name          = "archive"
              access_policy = data.aws_iam_policy_document.archive.json
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

            resource "aws_glacier_vault" "archive" {
              name          = "archive"
              access_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = aws_iam_role.app.arn }
                    Action    = "glacier:InitiateJob"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
    },
)
def vault_public(resource: Resource) -> Iterator[Violation]:
    """Glacier vault policy lets everybody in.

    Anybody with an AWS account can do what the policy allows: fetch the archives, or delete what was put away to be
    there when all else is lost.

    Name the accounts or roles in `Principal` of `access_policy`: `{ AWS = "arn:aws:iam::111122223333:role/backup" }`.
    """
    for statement, who in open_statements(resource, "access_policy"):
        yield violation(statement.path, f"{shown_grant(statement)} for {who}", evidence=statement.evidence)
