"""Whom policies of image repositories let in."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_public import open_statements, shown_grant


@rule(
    id="aws-ecr-repository-policy-public",
    severity="high",
    domain="identity",
    resources=["aws_ecr_repository_policy"],
    aliases=["CKV_AWS_32", "AVD-AWS-0032"],
    controls={"nist-800-53r5": ["AC-3", "AC-4", "AC-6", "SC-7"]},
    links=["https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html"],
    since="0.2.0",
    bad={
        "everybody": """
            resource "aws_ecr_repository_policy" "app" {
              repository = "app"
              policy     = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "ecr:BatchGetImage"
                  },
                ]
              })
            }
        """,
        "any AWS account, among others": """
            resource "aws_ecr_repository_policy" "app" {
              repository = "app"
              policy     = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "ecr:BatchGetImage"
                  },
                  {
                    Effect    = "Allow"
                    Principal = { AWS = ["arn:aws:iam::111122223333:root", "*"] }
                    Action    = ["ecr:BatchGetImage"]
                  },
                ]
              })
            }
        """,
        "everybody but one": """
            resource "aws_ecr_repository_policy" "app" {
              repository = "app"
              policy     = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect       = "Allow"
                    NotPrincipal = { AWS = "arn:aws:iam::111122223333:user/intern" }
                    Action       = "ecr:BatchGetImage"
                  },
                ]
              })
            }
        """,
        "condition that anybody can fulfil": """
            resource "aws_ecr_repository_policy" "app" {
              repository = "app"
              policy     = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "ecr:BatchGetImage"
                    Condition = { StringLike = { "aws:UserAgent" = "shop-*" } }
                  },
                ]
              })
            }
        """,
        "whole internet as a source": """
            resource "aws_ecr_repository_policy" "app" {
              repository = "app"
              policy     = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "ecr:BatchGetImage"
                    Condition = { IpAddress = { "aws:SourceIp" = "0.0.0.0/0" } }
                  },
                ]
              })
            }
        """,
        "document": """
            data "aws_iam_policy_document" "app" {
              statement {
                actions = ["ecr:BatchGetImage"]
                principals {
                  type        = "*"
                  identifiers = ["*"]
                }
              }
            }

            resource "aws_ecr_repository_policy" "app" {
              repository = "app"
              policy     = data.aws_iam_policy_document.app.json
            }
        """,
    },
    good={
        "one account": """
            resource "aws_ecr_repository_policy" "app" {
              repository = "app"
              policy     = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Action    = "ecr:BatchGetImage"
                  },
                ]
              })
            }
        """,
        "service": """
            resource "aws_ecr_repository_policy" "app" {
              repository = "app"
              policy     = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { Service = "events.amazonaws.com" }
                    Action    = "ecr:BatchGetImage"
                  },
                ]
              })
            }
        """,
        "one's own organization": """
            resource "aws_ecr_repository_policy" "app" {
              repository = "app"
              policy     = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "ecr:BatchGetImage"
                    Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-abcdefghij" } }
                  },
                ]
              })
            }
        """,
        "one source": """
            resource "aws_ecr_repository_policy" "app" {
              repository = "app"
              policy     = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "*" }
                    Action    = "ecr:BatchGetImage"
                    Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:s3:::example-images" } }
                  },
                ]
              })
            }
        """,
        "denial": """
            resource "aws_ecr_repository_policy" "app" {
              repository = "app"
              policy     = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Deny"
                    Principal = "*"
                    Action    = "ecr:BatchGetImage"
                    Condition = { Bool = { "aws:SecureTransport" = "false" } }
                  },
                ]
              })
            }
        """,
        "allowed and denied": """
            resource "aws_ecr_repository_policy" "app" {
              repository = "app"
              policy     = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "ecr:BatchGetImage"
                  },
                  {
                    Effect    = "Deny"
                    Principal = "*"
                    Action    = "*"
                  },
                ]
              })
            }
        """,
        "document with a named account": """
            data "aws_iam_policy_document" "app" {
              statement {
                actions = ["ecr:BatchGetImage"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::111122223333:role/app"]
                }
              }
            }

            resource "aws_ecr_repository_policy" "app" {
              repository = "app"
              policy     = data.aws_iam_policy_document.app.json
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

            resource "aws_ecr_repository_policy" "app" {
              repository = "app"
              policy     = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = aws_iam_role.app.arn }
                    Action    = "ecr:BatchGetImage"
                  },
                ]
              })
            }
        """,
    },
)
def repository_public(resource: Resource) -> Iterator[Violation]:
    """ECR repository policy lets everybody in.

    Anybody with an AWS account can do what the policy allows: pull the images, with all code and secrets in them, or
    push images that the next deployment runs.

    Name the accounts or roles in `Principal` (`{ AWS = "arn:aws:iam::444455556666:root" }`), or keep `"*"` and add
    `StringEquals` on `aws:PrincipalOrgID`.
    """
    for statement, who in open_statements(resource, "policy"):
        yield violation(statement.path, f"{shown_grant(statement)} for {who}", evidence=statement.evidence)
