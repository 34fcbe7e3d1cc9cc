"""Whom vaults let in."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_public import open_statements, shown_grant

_WHOLE = 'Action = "glacier:InitiateJob", Resource = "*"'
_VAULTS = "arn:aws:glacier:eu-west-1:111122223333:vaults"


def _allow(condition: str = "", *, action: str = "InitiateJob", where: str = 'Resource = "*"') -> str:
    return _statement("Allow", action, where, condition)


def _deny(condition: str = "", *, action: str = "InitiateJob", where: str = 'Resource = "*"') -> str:
    return _statement("Deny", action, where, condition)


def _statement(effect: str, action: str, where: str, condition: str) -> str:
    said = f", Condition = {{ {condition} }}" if condition else ""
    return f'Effect = "{effect}", Principal = "*", Action = "glacier:{action}", {where}{said}'


def _vault(*statements: str) -> str:
    rows = "\n".join(f"      {{ {one} }}," for one in statements)
    return f"""
resource "aws_glacier_vault" "archive" {{
  name          = "archive"
  access_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [
{rows}
    ]
  }})
}}
"""


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
        "one of two actions is denied": _vault(
            'Effect = "Allow", Principal = "*", Action = ["glacier:ListJobs", "glacier:DeleteVault"], Resource = "*"',
            _deny(action="DeleteVault"),
        ),
        "all vaults but one, and another is denied": _vault(
            _allow(where=f'NotResource = "{_VAULTS}/a"'),
            _deny(where=f'Resource = "{_VAULTS}/b"'),
        ),
        "denial of a vault whose name differs in case": _vault(
            _allow(where=f'Resource = "{_VAULTS}/a"'),
            _deny(where=f'Resource = "{_VAULTS}/A"'),
        ),
        "denied to the callers of one account only": _vault(
            _allow(),
            _deny('StringEquals = { "aws:PrincipalAccount" = "444455556666" }'),
        ),
        "condition without values": _vault(
            _allow('StringEquals = { "aws:PrincipalOrgID" = [] }'),
        ),
        "condition that is none": _vault(
            _allow('StringEquals = "o-abcdefghij"'),
        ),
        "every number of an account": _vault(
            _allow('StringLike = { "aws:PrincipalAccount" = "????????????" }'),
        ),
        "a range too wide for one owner": _vault(
            _allow('IpAddress = { "aws:SourceIp" = "129.0.0.1/7" }'),
        ),
        "an IPv6 range too wide for one owner": _vault(
            _allow('IpAddress = { "aws:SourceIp" = "2600::/31" }'),
        ),
        "everybody who signs up at Google": _vault(
            f'Effect = "Allow", Principal = {{ Federated = "accounts.google.com" }}, {_WHOLE}',
        ),
        "everybody who signs up at a Cognito identity pool": _vault(
            f'Effect = "Allow", Principal = {{ Federated = "cognito-identity.amazonaws.com" }}, {_WHOLE}',
        ),
        "everybody who signs up at Amazon": _vault(
            f'Effect = "Allow", Principal = {{ Federated = "www.amazon.com" }}, {_WHOLE}',
        ),
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
        "limited in many ways": _vault(
            _allow('StringEquals = { "aws:SourceAccount" = "111122223333" }'),
            _allow('StringEqualsIgnoreCase = { "aws:VpceOrgID" = "o-abcdefghij" }'),
            _allow('ArnLike = { "aws:SourceArn" = "arn:aws:logs:eu-west-1:111122223333:log-group:*" }'),
            _allow('IpAddress = { "aws:SourceIp" = "no-address" }'),
        ),
        "denied in many ways": _vault(
            _allow(),
            _deny('NotIpAddress = { "aws:SourceIp" = "10.0.0.0/8" }'),
            _allow(action="ListJobs"),
            _deny('StringNotEqualsIgnoreCase = { "aws:PrincipalOrgID" = "o-abcdefghij" }', action="ListJobs"),
            _allow(action="DescribeJob"),
            _deny('StringNotLike = { "aws:PrincipalArn" = "arn:aws:iam::111122223333:*" }', action="DescribeJob"),
            _allow(action="GetJobOutput"),
            _deny(action="Get???Output"),
        ),
        "all actions but one, and all are denied": _vault(
            'Effect = "Allow", Principal = "*", NotAction = "glacier:DeleteVault", Resource = "*"',
            'Effect = "Deny", Principal = "*", Action = ["glacier:*", "*"], Resource = "*"',
        ),
        "all vaults but one, and all are denied": _vault(
            _allow(where=f'NotResource = "{_VAULTS}/a"'),
            _deny(where=f'Resource = ["{_VAULTS}/b", "*"]'),
        ),
        "services, also one that is called as a provider is": _vault(
            f'Effect = "Allow", Principal = {{ Service = "cognito-identity.amazonaws.com" }}, {_WHOLE}',
            f'Effect = "Allow", Principal = {{ Service = "*" }}, {_WHOLE}',
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
