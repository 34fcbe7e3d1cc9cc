"""Documents that let everybody in, and go into a policy that no other rule reads."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_grants import is_judged_where_used, own_statements
from ._aws_policy import DOCUMENT
from ._aws_public import open_among, shown_grant

_JUDGED = {
    "aws_ecr_repository_policy": "policy",
    "aws_glacier_vault": "access_policy",
    "aws_iam_role": "assume_role_policy",
    "aws_kms_external_key": "policy",
    "aws_kms_key": "policy",
    "aws_kms_key_policy": "policy",
    "aws_kms_replica_key": "policy",
    "aws_s3_bucket": "policy",
    "aws_s3_bucket_policy": "policy",
    "aws_sns_topic": "policy",
    "aws_sns_topic_policy": "policy",
    "aws_sqs_queue": "policy",
    "aws_sqs_queue_policy": "policy",
}
"""Resources whose policies other rules read, with the path of the policy."""


@rule(
    id="aws-iam-document-open-to-everyone",
    severity="critical",
    domain="identity",
    resources=[DOCUMENT],
    aliases=["CKV_AWS_283"],
    controls={"nist-800-53r5": ["AC-3", "AC-4", "AC-6", "SC-7"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"],
    since="0.2.0",
    bad={
        "any principal": """
            data "aws_iam_policy_document" "share" {
              statement {
                actions = ["secretsmanager:GetSecretValue"]
                resources = ["*"]
                principals {
                  type        = "*"
                  identifiers = ["*"]
                }
              }
            }
        """,
        "any AWS account, among others": """
            data "aws_iam_policy_document" "share" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "Service"
                  identifiers = ["ec2.amazonaws.com"]
                }
              }
              statement {
                effect  = "Allow"
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::111122223333:root", "*"]
                }
              }
            }
        """,
        "everybody but one": """
            data "aws_iam_policy_document" "share" {
              statement {
                actions = ["sqs:SendMessage"]
                resources = ["*"]
                not_principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::111122223333:user/intern"]
                }
              }
            }
        """,
        "condition that anybody can fulfil": """
            data "aws_iam_policy_document" "share" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = ["*"]
                }
                condition {
                  test     = "StringEquals"
                  variable = "sts:ExternalId"
                  values   = ["shop"]
                }
              }
            }
        """,
        "rendered at apply": """
            resource "aws_secretsmanager_secret" "orders" {
              name_prefix = "orders-"
            }

            data "aws_iam_policy_document" "share" {
              statement {
                actions = ["secretsmanager:GetSecretValue"]
                resources = [aws_secretsmanager_secret.orders.arn]
                principals {
                  type        = "AWS"
                  identifiers = ["*"]
                }
              }
            }

            resource "aws_secretsmanager_secret_policy" "orders" {
              secret_arn = aws_secretsmanager_secret.orders.arn
              policy     = data.aws_iam_policy_document.share.json
            }
        """,
        "not given to the vault": """
            variable "switch" {
              type    = bool
              default = false
            }

            data "aws_iam_policy_document" "open" {
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
              access_policy = var.switch ? data.aws_iam_policy_document.open.json : null
            }
        """,
    },
    good={
        "named principals": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::111122223333:role/ci"]
                }
              }
            }
        """,
        "service": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "Service"
                  identifiers = ["ec2.amazonaws.com"]
                }
              }
            }
        """,
        "one's own organization": """
            data "aws_iam_policy_document" "share" {
              statement {
                actions = ["secretsmanager:GetSecretValue"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = ["*"]
                }
                condition {
                  test     = "StringEquals"
                  variable = "aws:PrincipalOrgID"
                  values   = ["o-abcdefghij"]
                }
              }
            }
        """,
        "denial": """
            data "aws_iam_policy_document" "guard" {
              statement {
                effect  = "Deny"
                actions = ["s3:*"]
                resources = ["*"]
                principals {
                  type        = "*"
                  identifiers = ["*"]
                }
                condition {
                  test     = "Bool"
                  variable = "aws:SecureTransport"
                  values   = ["false"]
                }
              }
            }
        """,
        "policy of an identity": """
            data "aws_iam_policy_document" "reader" {
              statement {
                actions = ["s3:GetObject"]
                resources = ["*"]
              }
            }
        """,
        "judged at the queue that it goes into": """
            resource "aws_sqs_queue" "orders" {
              name = "orders"
            }

            data "aws_iam_policy_document" "queue" {
              statement {
                actions = ["sqs:SendMessage"]
                resources = [aws_sqs_queue.orders.arn]
                principals {
                  type        = "AWS"
                  identifiers = ["*"]
                }
              }
            }

            resource "aws_sqs_queue_policy" "orders" {
              queue_url = aws_sqs_queue.orders.id
              policy    = data.aws_iam_policy_document.queue.json
            }
        """,
        "judged at the role that trusts": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = ["*"]
                }
              }
            }

            resource "aws_iam_role" "app" {
              name               = "app"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "judged at the keys and topics that they go into": """
            data "aws_iam_policy_document" "open" {
              for_each = toset(["external", "key", "topic", "beside"])
              statement {
                actions   = ["kms:Decrypt", "sns:Publish"]
                resources = ["*"]
                principals {
                  type        = "*"
                  identifiers = ["*"]
                }
              }
            }

            resource "aws_kms_external_key" "external" {
              policy = data.aws_iam_policy_document.open["external"].json
            }

            resource "aws_kms_key_policy" "key" {
              key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
              policy = data.aws_iam_policy_document.open["key"].json
            }

            resource "aws_sns_topic" "topic" {
              policy = data.aws_iam_policy_document.open["topic"].json
            }

            resource "aws_sns_topic_policy" "beside" {
              arn    = "arn:aws:sns:eu-west-1:111122223333:orders"
              policy = data.aws_iam_policy_document.open["beside"].json
            }
        """,
        "roles that are looked up at apply": """
            resource "terraform_data" "pattern" {
              input = "^staff-"
            }

            data "aws_iam_roles" "staff" {
              name_regex = terraform_data.pattern.output
            }

            data "aws_iam_policy_document" "reports" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = data.aws_iam_roles.staff.arns
                }
              }
            }
        """,
    },
    undetermined={
        "principals that are known after apply": """
            resource "terraform_data" "readers" {
              input = ["arn:aws:iam::111122223333:role/reports"]
            }

            data "aws_iam_policy_document" "reports" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = terraform_data.readers.output
                }
              }
            }
        """,
        "principals that nobody has said yet": """
            variable "reader_arns" {
              type = list(string)
            }

            data "aws_iam_policy_document" "reports" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = var.reader_arns
                }
              }
            }
        """,
    },
)
def document_open(document: Resource) -> Iterator[Violation]:
    """Policy document lets everybody in.

    With `*` as principal, anybody with an AWS account can do what the document allows with whatever it is attached
    to. A condition helps only where it names fixed accounts, organizations, networks or resources. A document that
    goes into a policy of this plan that another rule reads is judged there.

    Name accounts, roles or services in `identifiers`. For a whole organization keep `"*"` and add a `condition` with
    `test = "StringEquals"`, `variable = "aws:PrincipalOrgID"`.
    """
    for statement, who in open_among(own_statements(document)):
        if not is_judged_where_used(document, _JUDGED):
            yield violation(statement.path, f"{shown_grant(statement)} for {who}")
