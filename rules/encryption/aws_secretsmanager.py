"""Secrets Manager: whose key secrets are encrypted with."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_keys import has_own_key


@rule(
    id="aws-secretsmanager-secret-without-customer-key",
    severity="low",
    domain="encryption",
    resources=["aws_secretsmanager_secret"],
    aliases=["CKV_AWS_149", "AVD-AWS-0098"],
    controls={"nist-800-53r5": ["SC-12", "SC-13", "SC-28(1)"]},
    links=["https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"],
    since="0.2.0",
    bad={
        "nothing said": """
            resource "aws_secretsmanager_secret" "orders" {
              name = "orders/database"
            }
        """,
        "empty key": """
            resource "aws_secretsmanager_secret" "orders" {
              name       = "orders/database"
              kms_key_id = ""
            }
        """,
        "key of AWS": """
            resource "aws_secretsmanager_secret" "orders" {
              name       = "orders/database"
              kms_key_id = "alias/aws/secretsmanager"
            }
        """,
        "key of AWS, by its arn": """
            resource "aws_secretsmanager_secret" "orders" {
              name       = "orders/database"
              kms_key_id = "arn:aws:kms:eu-west-1:111122223333:alias/aws/secretsmanager"
            }
        """,
        "key of AWS that is looked up by its alias": """
            data "aws_kms_alias" "aws" {
              name = "alias/aws/secretsmanager"
            }

            resource "aws_secretsmanager_secret" "smtp" {
              name       = "smtp"
              kms_key_id = data.aws_kms_alias.aws.target_key_arn
            }
        """,
        "key of AWS that is looked up": """
            data "aws_kms_key" "aws" {
              key_id = "alias/aws/secretsmanager"
            }

            resource "aws_secretsmanager_secret" "smtp" {
              name       = "smtp"
              kms_key_id = data.aws_kms_key.aws.arn
            }
        """,
    },
    good={
        "own key that is looked up": """
            data "aws_kms_alias" "own" {
              name = "alias/orders"
            }

            resource "aws_secretsmanager_secret" "smtp" {
              name       = "smtp"
              kms_key_id = data.aws_kms_alias.own.target_key_arn
            }
        """,
        "key of this plan": """
            resource "aws_kms_key" "orders" {
              description = "orders"
            }

            resource "aws_secretsmanager_secret" "orders" {
              name       = "orders/database"
              kms_key_id = aws_kms_key.orders.arn
            }
        """,
        "key by its alias": """
            resource "aws_secretsmanager_secret" "orders" {
              name       = "orders/database"
              kms_key_id = "alias/orders"
            }
        """,
    },
    undetermined={
        "a key that may turn out to be null": """
            resource "terraform_data" "key" {
              input = "alias/orders"
            }

            resource "aws_secretsmanager_secret" "orders" {
              name       = "orders/database"
              kms_key_id = terraform_data.key.output
            }
        """,
    },
)
def secret_without_customer_key(secret: Resource) -> Iterator[Violation]:
    """Secret is not encrypted with a key of one's own.

    With `alias/aws/secretsmanager` everybody in the account who may read the secret may decrypt it, another account
    never can, and nobody can take the key away. The policy of a key of one's own is a second lock.

    Set `kms_key_id = aws_kms_key.<name>.arn`. Versions that exist are encrypted anew at once.
    """
    if not has_own_key(secret, "kms_key_id"):
        yield violation("kms_key_id", "no key of its own")
