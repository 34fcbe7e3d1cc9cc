"""DynamoDB: whose key tables are encrypted with."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_keys import has_own_key

_BLOCK = "server_side_encryption"


@rule(
    id="aws-dynamodb-table-without-customer-key",
    severity="low",
    domain="encryption",
    resources=["aws_dynamodb_table"],
    aliases=["CKV_AWS_119", "AVD-AWS-0025"],
    controls={"nist-800-53r5": ["SC-12", "SC-13", "SC-28(1)"]},
    links=["https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html"],
    since="0.2.0",
    bad={
        "nothing said": """
            resource "aws_dynamodb_table" "this" {
              name         = "orders"
              hash_key     = "id"
              billing_mode = "PAY_PER_REQUEST"

              attribute {
                name = "id"
                type = "S"
              }
            }
        """,
        "key of AWS": """
            resource "aws_dynamodb_table" "this" {
              name         = "orders"
              hash_key     = "id"
              billing_mode = "PAY_PER_REQUEST"

              attribute {
                name = "id"
                type = "S"
              }

              server_side_encryption {
                enabled = true
              }
            }
        """,
        "switched off": """
            resource "aws_dynamodb_table" "this" {
              name         = "orders"
              hash_key     = "id"
              billing_mode = "PAY_PER_REQUEST"

              attribute {
                name = "id"
                type = "S"
              }

              server_side_encryption {
                enabled = false
              }
            }
        """,
        "a key, but switched off": """
            resource "aws_dynamodb_table" "this" {
              name         = "orders"
              hash_key     = "id"
              billing_mode = "PAY_PER_REQUEST"

              attribute {
                name = "id"
                type = "S"
              }

              server_side_encryption {
                enabled     = false
                kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f"
              }
            }
        """,
        "key of AWS, by its alias": """
            resource "aws_dynamodb_table" "this" {
              name         = "orders"
              hash_key     = "id"
              billing_mode = "PAY_PER_REQUEST"

              attribute {
                name = "id"
                type = "S"
              }

              server_side_encryption {
                enabled     = true
                kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/aws/dynamodb"
              }
            }
        """,
    },
    good={
        "key of this plan": """
            resource "aws_kms_key" "own" {
              description = "own"
            }

            resource "aws_dynamodb_table" "this" {
              name         = "orders"
              hash_key     = "id"
              billing_mode = "PAY_PER_REQUEST"

              attribute {
                name = "id"
                type = "S"
              }

              server_side_encryption {
                enabled     = true
                kms_key_arn = aws_kms_key.own.arn
              }
            }
        """,
        "key by its arn": """
            resource "aws_dynamodb_table" "this" {
              name         = "orders"
              hash_key     = "id"
              billing_mode = "PAY_PER_REQUEST"

              attribute {
                name = "id"
                type = "S"
              }

              server_side_encryption {
                enabled     = true
                kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f"
              }
            }
        """,
    },
    undetermined={
        "a key that may turn out to be null": """
            resource "terraform_data" "key" {
              input = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f"
            }

            resource "aws_dynamodb_table" "this" {
              name         = "orders"
              hash_key     = "id"
              billing_mode = "PAY_PER_REQUEST"

              attribute {
                name = "id"
                type = "S"
              }

              server_side_encryption {
                enabled     = true
                kms_key_arn = terraform_data.key.output
              }
            }
        """,
    },
)
def table_without_customer_key(table: Resource) -> Iterator[Violation]:
    """DynamoDB table is not encrypted with a key of one's own.

    DynamoDB encrypts every table, by default with keys of AWS that no one can refuse: whoever may read an item gets
    it in the clear. With a key of one's own, reading takes a second permission, and its use stands in the trail.

    Write `server_side_encryption { enabled = true, kms_key_arn = aws_kms_key.<name>.arn }` into the table, one
    argument a line. The table stays in use meanwhile.
    """
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table#server_side_encryption
    if not table.effective(f"{_BLOCK}[0].enabled", False) or not has_own_key(table, f"{_BLOCK}[0].kms_key_arn"):
        yield violation(_BLOCK, "no key of its own")
