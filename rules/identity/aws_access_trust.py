"""Roles that other accounts may become."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation
from planguard.access.aws.accounts import foreign_grants, is_whole, own_accounts
from planguard.access.model import TRUST, Clause, Terms
from planguard.access.standing import standing_at

from ._aws_access import exactly, facts_of, leave_open, place_of, why_foreign_is_open


@rule(
    id="aws-role-trust-another-account",
    severity="medium",
    domain="identity",
    resources=["aws_iam_role"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-2"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html"],
    since="0.2.0",
    wider=["aws-iam-role-trusts-anyone", "aws-iam-role-trusts-whole-account"],
    parameters={"accounts": "numbers of accounts that may become roles: partners, and others of one's own"},
    bad={
        "a role of another account": """
            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "arn:aws:iam::444455556666:role/deploy" }
                }]
              })
            }
        """,
        "a vendor with an external id": """
            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            resource "aws_iam_role" "vendor" {
              name               = "vendor"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "444455556666" }
                  Condition = { StringEquals = { "sts:ExternalId" = "shop" } }
                }]
              })
            }
        """,
    },
    good={
        "another role of one's own, and a service": """
            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            resource "aws_iam_role" "app" {
              name               = "app"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "arn:aws:iam::111122223333:role/ci", Service = "ec2.amazonaws.com" }
                }]
              })
            }
        """,
        "denied again": """
            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            resource "aws_iam_role" "app" {
              name               = "app"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "444455556666" } },
                  { Effect = "Deny", Action = "sts:*", Principal = { AWS = "444455556666" } },
                ]
              })
            }
        """,
        "an account that may do nothing but tag": """
            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            resource "aws_iam_role" "app" {
              name               = "app"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "sts:TagSession", Principal = { AWS = "444455556666" } }]
              })
            }
        """,
    },
    undetermined={
        "whether it allows is known after apply only": """
            provider "aws" {
              allowed_account_ids = ["111122223333"]
            }

            resource "terraform_data" "effect" {
              input = "Deny"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                effect  = terraform_data.effect.output
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = ["444455556666"]
                }
              }
            }

            resource "aws_iam_role" "app" {
              name               = "app"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "the plan does not tell its account": """
            resource "aws_iam_role" "app" {
              name               = "app"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "444455556666" } }]
              })
            }
        """,
    },
)
def trust_another_account(role: Resource, *, accounts: tuple[str, ...] = ()) -> Iterator[Violation]:
    """IAM role can be assumed from another account.

    Whoever holds the named principal there, or administers that account, acts with the permissions of this role; the
    keys and people of that account are looked after by others. An account is another one where the plan works in none
    of that number. A vendor acts for many customers: without an external id, another of them may have it use this
    role.

    Take the account out of `Principal`, or say that it is known: in the parameter `accounts`, or as an account of an
    environment of the policy file. For a vendor, add `StringEquals` on `sts:ExternalId`.
    """
    with exactly(role):
        found = [
            one
            for held in standing_at(role, TRUST)
            for one in foreign_grants(role, held, accounts, actions=Terms(("sts:assumerole",)))
        ]
    later = None
    for one in found:
        if one.is_certain and own_accounts(role):
            yield violation(
                place_of(one.clause.origin, resource=role),
                f"{_who(one.principal, one.account)} may assume it{_without_id(one.clause)}",
                facts=[one.account, facts_of(one.clause)],
            )
        else:
            later = one
    if later:
        leave_open(role, later.clause, why_foreign_is_open(role, later))


def _who(principal: str, account: str) -> str:
    return f"everybody in account {account}" if is_whole(principal) else principal.removeprefix("AWS:")


def _without_id(clause: Clause) -> str:
    has_id = any(line.key.lower() == "sts:externalid" for line in clause.predicates)
    return "" if has_id else ", without an external id"
