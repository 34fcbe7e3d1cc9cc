"""Resources whose policies let other accounts in, all policies and settings together."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation
from planguard.access.aws.accounts import Foreign, foreign_grants, is_whole, own_accounts
from planguard.access.aws.strangers import is_limiting
from planguard.access.model import RESOURCE, Clause
from planguard.access.standing import standing_at

from ._aws_access import exactly, facts_of, leave_open, place_of, request, why_foreign_is_open
from .aws_access_public import DATA, OTHER

_TYPES = (*DATA, *OTHER, "aws_ecrpublic_repository_policy")
_TAG = "aws:principaltag/"
_LINKS = ["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html"]
_LATER = """
    provider "aws" {
      allowed_account_ids = ["111122223333"]
    }

    resource "terraform_data" "effect" {
      input = "Deny"
    }

    data "aws_iam_policy_document" "db" {
      statement {
        effect    = terraform_data.effect.output
        actions   = ["secretsmanager:GetSecretValue"]
        resources = ["*"]
        principals {
          type        = "AWS"
          identifiers = ["444455556666"]
        }
      }
    }

    resource "aws_secretsmanager_secret" "db" {
      name   = "db"
      policy = data.aws_iam_policy_document.db.json
    }
"""
_KNOWN = {"accounts": "numbers of accounts that may be let in: partners, and others of one's own"}


@rule(
    id="aws-resource-policy-cross-account-unlimited",
    severity="high",
    domain="identity",
    resources=_TYPES,
    controls={"nist-800-53r5": ["AC-3", "AC-4", "AC-6"]},
    links=_LINKS,
    since="0.2.0",
    wider=["aws-resource-policy-public-data", "aws-resource-policy-public-access"],
    parameters=_KNOWN,
    bad={
        "a bucket for everybody in another account": """
            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            resource "aws_s3_bucket" "reports" {
              bucket = "example-reports"
            }

            resource "aws_s3_bucket_policy" "reports" {
              bucket = aws_s3_bucket.reports.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::444455556666:root" }
                    Action    = "s3:GetObject"
                    Resource  = "arn:aws:s3:::example-reports/*"
                  },
                ]
              })
            }
        """,
        "a secret, with the number alone and a condition that limits nobody": """
            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            resource "aws_secretsmanager_secret" "db" {
              name = "db"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "444455556666" }
                    Action    = "secretsmanager:GetSecretValue"
                    Resource  = "*"
                    Condition = { Bool = { "aws:SecureTransport" = "true" } }
                  },
                ]
              })
            }
        """,
    },
    good={
        "one role of it": """
            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            resource "aws_secretsmanager_secret" "db" {
              name = "db"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::444455556666:role/app" }
                    Action    = "secretsmanager:GetSecretValue"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "within the organization, and by tag": """
            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            resource "aws_secretsmanager_secret" "db" {
              name = "db"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "444455556666" }
                    Action    = "secretsmanager:GetSecretValue"
                    Resource  = "*"
                    Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-abcdefghij" } }
                  },
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "444455556666" }
                    Action    = "secretsmanager:DescribeSecret"
                    Resource  = "*"
                    Condition = { StringEquals = { "aws:PrincipalTag/team" = "payments" } }
                  },
                ]
              })
            }
        """,
        "the plan does not tell its account": """
            resource "aws_secretsmanager_secret" "db" {
              name = "db"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "444455556666" }
                    Action    = "secretsmanager:GetSecretValue"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
    },
    undetermined={
        "whether it allows is known after apply only": _LATER,
    },
)
def cross_account_unlimited(resource: Resource, *, accounts: tuple[str, ...] = ()) -> Iterator[Violation]:
    """Resource can be used by everybody in another account.

    The number of an account, or its root, stands for all of it: whom its administrators allow the action, on purpose
    or with a wildcard, gets in. An account is another one where the plan works in none of that number: it tells its
    own by the ARNs of its resources, `aws_caller_identity` and `allowed_account_ids`. Where it tells none, this rule
    says nothing.

    Name the roles in `Principal` (`{ AWS = "arn:aws:iam::444455556666:role/app" }`), or add `StringEquals` on
    `aws:PrincipalOrgID` or `ArnLike` on `aws:PrincipalArn`. An account that is known belongs into the parameter
    `accounts`, or into an environment of the policy file.
    """
    if own_accounts(resource):
        found = _foreign(resource, accounts)
        yield from _told(resource, [one for one in found if is_whole(one.principal) and not _is_narrowed(one.clause)])


@rule(
    id="aws-resource-policy-cross-account-access",
    severity="medium",
    domain="identity",
    resources=_TYPES,
    controls={"nist-800-53r5": ["AC-3", "AC-4", "AC-6"]},
    links=_LINKS,
    since="0.2.0",
    wider=[
        "aws-resource-policy-cross-account-unlimited",
        "aws-resource-policy-public-data",
        "aws-resource-policy-public-access",
        "aws-sns-topic-policy-cross-account",
    ],
    parameters=_KNOWN,
    bad={
        "a role of another account": """
            data "aws_caller_identity" "current" {}

            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            resource "aws_secretsmanager_secret" "db" {
              name = "db"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::444455556666:role/app" }
                    Action    = "secretsmanager:GetSecretValue"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "anybody, by the condition of one account": """
            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            resource "aws_kms_key" "orders" {
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Principal = { AWS = "111122223333" }, Action = "kms:*", Resource = "*" },
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "*" }
                    Action    = "kms:Decrypt"
                    Resource  = "*"
                    Condition = { StringEquals = { "kms:CallerAccount" = "444455556666" } }
                  },
                ]
              })
            }
        """,
        "a function": """
            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            resource "aws_lambda_function" "orders" {
              function_name = "orders"
              role          = "arn:aws:iam::111122223333:role/orders"
            }

            resource "aws_lambda_permission" "orders" {
              function_name = aws_lambda_function.orders.function_name
              action        = "lambda:InvokeFunction"
              principal     = "444455556666"
            }
        """,
    },
    good={
        "one's own account, and a service": """
            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            resource "aws_secretsmanager_secret" "db" {
              name = "db"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:role/app", Service = "lambda.amazonaws.com" }
                    Action    = "secretsmanager:GetSecretValue"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "another account of the plan": """
            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            provider "aws" {
              alias               = "tools"
              allowed_account_ids = ["444455556666"]
            }

            resource "aws_iam_role" "app" {
              provider           = aws.tools
              name               = "app"
              assume_role_policy = "{}"
            }

            resource "aws_secretsmanager_secret" "db" {
              name = "db"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::444455556666:role/app" }
                    Action    = "secretsmanager:GetSecretValue"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "the account that writes the logs of load balancers": """
            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            resource "aws_s3_bucket" "logs" {
              bucket = "example-logs"
            }

            resource "aws_s3_bucket_policy" "logs" {
              bucket = aws_s3_bucket.logs.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::054676820928:root" }
                    Action    = "s3:PutObject"
                    Resource  = "arn:aws:s3:::example-logs/*"
                  },
                ]
              })
            }
        """,
        "denied again": """
            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            resource "aws_secretsmanager_secret" "db" {
              name = "db"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::444455556666:role/app" }
                    Action    = "secretsmanager:GetSecretValue"
                    Resource  = "*"
                  },
                  {
                    Effect    = "Deny"
                    Principal = "*"
                    Action    = "*"
                    Resource  = "*"
                    Condition = { StringNotEquals = { "aws:PrincipalAccount" = "111122223333" } }
                  },
                ]
              })
            }
        """,
    },
    undetermined={
        "whether it allows is known after apply only": _LATER,
        "the plan does not tell its account": """
            resource "aws_secretsmanager_secret" "db" {
              name = "db"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::444455556666:role/app" }
                    Action    = "secretsmanager:GetSecretValue"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
    },
)
def cross_account_access(resource: Resource, *, accounts: tuple[str, ...] = ()) -> Iterator[Violation]:
    """Resource can be used from another account.

    What is read there leaves the account, and its keys and people are looked after by others. An account is another
    one where the plan works in none of that number: it tells its own by the ARNs of its resources,
    `aws_caller_identity` and `allowed_account_ids`. Where it tells none, this is undetermined.

    Take the account out of `Principal`, or say that it is known: in the parameter `accounts`, or as an account of an
    environment of the policy file.
    """
    found = _foreign(resource, accounts)
    if not own_accounts(resource):
        for one in found:
            leave_open(resource, one.clause, why_foreign_is_open(resource, one))
    yield from _told(resource, found)


def _foreign(resource: Resource, accounts: tuple[str, ...]) -> list[Foreign]:
    """What the statements of a resource grant to other accounts."""
    with exactly(resource):
        return [one for held in standing_at(resource, RESOURCE) for one in foreign_grants(resource, held, accounts)]


def _is_narrowed(clause: Clause) -> bool:
    """Whether a condition says which of the account, or from where."""
    return any(is_limiting(line) or line.key.lower().startswith(_TAG) for line in clause.predicates)


def _told(resource: Resource, found: list[Foreign]) -> Iterator[Violation]:
    later = None
    for one in found:
        if one.is_certain:
            yield violation(
                place_of(one.clause.origin, resource=resource),
                f"account {one.account} may {request(one.witness)}",
                facts=[one.account, facts_of(one.clause)],
            )
        else:
            later = one
    if later:
        leave_open(resource, later.clause, why_foreign_is_open(resource, later))
