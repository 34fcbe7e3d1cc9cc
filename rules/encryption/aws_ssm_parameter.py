"""SSM parameters: whose key they are encrypted with."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_keys import has_own_key


@rule(
    id="aws-ssm-parameter-without-customer-key",
    severity="low",
    domain="encryption",
    resources=["aws_ssm_parameter"],
    aliases=["CKV_AWS_337"],
    controls={"nist-800-53r5": ["SC-12", "SC-13", "SC-28(1)"]},
    links=[
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html",
    ],
    since="0.2.0",
    wider=["aws-ssm-parameter-unencrypted"],
    bad={
        "key of AWS": """
            resource "aws_ssm_parameter" "this" {
              name  = "/orders/smtp"
              value = "smtp.example.com"
              type  = "SecureString"
            }
        """,
        "empty key": """
            resource "aws_ssm_parameter" "this" {
              name   = "/orders/smtp"
              value  = "smtp.example.com"
              type   = "SecureString"
              key_id = ""
            }
        """,
        "nothing said at all": """
            resource "aws_ssm_parameter" "this" {
              name  = "/orders/smtp"
              value = "smtp.example.com"
              type  = "String"
            }
        """,
        "key of AWS, by its alias": """
            resource "aws_ssm_parameter" "this" {
              name   = "/orders/smtp"
              value  = "smtp.example.com"
              type   = "SecureString"
              key_id = "alias/aws/ssm"
            }
        """,
        "a key, but stored as plain text": """
            resource "aws_ssm_parameter" "this" {
              name   = "/orders/smtp"
              value  = "smtp.example.com"
              type   = "String"
              key_id = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f"
            }
        """,
    },
    good={
        "key of this plan": """
            resource "aws_kms_key" "own" {
              description = "own"
            }

            resource "aws_ssm_parameter" "this" {
              name   = "/orders/smtp"
              value  = "smtp.example.com"
              type   = "SecureString"
              key_id = aws_kms_key.own.arn
            }
        """,
        "key by its arn": """
            resource "aws_ssm_parameter" "this" {
              name   = "/orders/smtp"
              value  = "smtp.example.com"
              type   = "SecureString"
              key_id = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f"
            }
        """,
    },
    undetermined={
        "a key that may turn out to be null": """
            resource "terraform_data" "key" {
              input = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f"
            }

            resource "aws_ssm_parameter" "this" {
              name   = "/orders/smtp"
              value  = "smtp.example.com"
              type   = "SecureString"
              key_id = terraform_data.key.output
            }
        """,
    },
)
def parameter_without_customer_key(parameter: Resource) -> Iterator[Violation]:
    """SSM parameter is not encrypted with a key of one's own.

    With the key of the account, `alias/aws/ssm`, everybody in the account who may read the parameter may decrypt
    it, and another account never can.

    Set `type = "SecureString"` and `key_id = aws_kms_key.<name>.arn`.
    """
    if parameter.get("type") != "SecureString":
        yield violation("type", "no key of its own")
    elif not has_own_key(parameter, "key_id"):
        yield violation("key_id", "no key of its own")
