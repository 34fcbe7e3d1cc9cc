"""Who may assume an IAM role."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from planguard import Resource, Violation, rule, violation
from planguard.access.aws.strangers import strangers_let_in
from planguard.access.model import ALLOW, ANYTHING, LOWER, TRUST, UPPER, Access, Clause, Terms
from planguard.access.pattern import is_symbol, symbol_name
from planguard.access.standing import standing_at

from ._aws_access import exactly, leave_open, place_of
from ._aws_policy import covers

_ASSUME = ("sts:assumerole", "sts:assumerolewithwebidentity", "sts:assumerolewithsaml")
_EVERYBODY = re.compile(r"AWS:arn:[^:]*:iam::(\d{12}):\*")
_LATER = "whom it lets assume it is known after apply only"
_CALLERS = ("aws:principalarn", "aws:principaltag/", "aws:userid", "sts:externalid")


@rule(
    id="aws-iam-role-trusts-anyone",
    severity="critical",
    domain="identity",
    resources=["aws_iam_role"],
    aliases=["CKV_AWS_60"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-2"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html"],
    bad={
        "anyone, a document each": """
            data "aws_iam_policy_document" "trust" {
              for_each = toset(["deploy", "audit"])
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_user.ci.arn, "*"]
                }
              }
            }

            resource "aws_iam_user" "ci" {
              name = "ci"
            }

            resource "aws_iam_role" "job" {
              for_each           = toset(["deploy", "audit"])
              name               = each.key
              assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
            }
        """,
        "principal is a star": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = "*" }]
              })
            }
        """,
        "any AWS account, with an external id": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = {
                  Effect    = "Allow"
                  Action    = ["sts:TagSession", "sts:assumerole"]
                  Principal = { AWS = ["arn:aws:iam::111122223333:root", "*"] }
                  Condition = { StringEquals = { "sts:ExternalId" = "shop" } }
                }
              })
            }
        """,
        "everybody but one": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect       = "Allow"
                  Action       = "sts:*"
                  NotPrincipal = { AWS = "arn:aws:iam::111122223333:user/intern" }
                }]
              })
            }
        """,
        "condition that holds where its key is absent": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "*" }
                  Condition = { StringEqualsIfExists = { "aws:PrincipalOrgID" = "o-abcdefghij" } }
                }]
              })
            }
        """,
        "document that is rendered at apply": """
            resource "aws_iam_user" "ci" {
              name = "ci"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_user.ci.arn, "*"]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "all actions but one": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = "sts:TagSession", Principal = "*" },
                ]
              })
            }
        """,
        "denied to one account": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } },
                  { Effect = "Deny", Action = "sts:*", Principal = { AWS = "arn:aws:iam::111122223333:root" } },
                ]
              })
            }
        """,
        "another action is denied": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } },
                  { Effect = "Deny", Action = "sts:TagSession", Principal = "*" },
                ]
              })
            }
        """,
        "anyone who signs in with SAML": """
            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sts:AssumeRoleWithSAML", Principal = "*" },
                ]
              })
            }
        """,
        "anyone who signs in elsewhere": """
            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sts:AssumeRoleWithWebIdentity", Principal = "*" },
                ]
              })
            }
        """,
        "all actions but one way to assume it": """
            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = "sts:AssumeRole", Principal = "*" },
                ]
              })
            }
        """,
    },
    good={
        "guests of an identity pool": """
            resource "aws_iam_role" "guest" {
              name               = "guest"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRoleWithWebIdentity"
                  Principal = { Federated = "cognito-identity.amazonaws.com" }
                  Condition = {
                    StringEquals = { "cognito-identity.amazonaws.com:aud" = "eu-west-1:0a1b2c3d" }
                  }
                }]
              })
            }
        """,
        "a document each, denied again": """
            data "aws_iam_policy_document" "trust" {
              for_each = toset(["deploy", "audit"])
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_user.ci.arn, "*"]
                }
              }
              statement {
                effect  = "Deny"
                actions = ["sts:*"]
                principals {
                  type        = "*"
                  identifiers = ["*"]
                }
              }
            }

            resource "aws_iam_user" "ci" {
              name = "ci"
            }

            resource "aws_iam_role" "job" {
              for_each           = toset(["deploy", "audit"])
              name               = each.key
              assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
            }
        """,
        "a document each, for one's own organization": """
            data "aws_iam_policy_document" "trust" {
              for_each = toset(["deploy", "audit"])
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_user.ci.arn, "*"]
                }
                condition {
                  test     = "StringEquals"
                  variable = "aws:PrincipalOrgID"
                  values   = ["o-abcdefghij"]
                }
              }
            }

            resource "aws_iam_user" "ci" {
              name = "ci"
            }

            resource "aws_iam_role" "job" {
              for_each           = toset(["deploy", "audit"])
              name               = each.key
              assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
            }
        """,
        "a document each, for sessions to be tagged": """
            data "aws_iam_policy_document" "trust" {
              for_each = toset(["deploy", "audit"])
              statement {
                actions = ["sts:TagSession"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_user.ci.arn, "*"]
                }
              }
            }

            resource "aws_iam_user" "ci" {
              name = "ci"
            }

            resource "aws_iam_role" "job" {
              for_each           = toset(["deploy", "audit"])
              name               = each.key
              assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
            }
        """,
        "service accounts of a cluster, a document each": """
            resource "aws_eks_cluster" "main" {
              name     = "main"
              role_arn = "arn:aws:iam::111122223333:role/cluster"
              vpc_config {
                subnet_ids = ["subnet-0123456789abcdef0"]
              }
            }

            resource "aws_iam_openid_connect_provider" "main" {
              url            = aws_eks_cluster.main.identity[0].oidc[0].issuer
              client_id_list = ["sts.amazonaws.com"]
            }

            data "aws_iam_policy_document" "trust" {
              for_each = toset(["shop", "search"])
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [aws_iam_openid_connect_provider.main.arn]
                }
                condition {
                  test     = "StringEquals"
                  variable = "${replace(aws_iam_openid_connect_provider.main.url, "https://", "")}:sub"
                  values   = ["system:serviceaccount:${each.key}:app"]
                }
              }
            }

            resource "aws_iam_role" "app" {
              for_each           = toset(["shop", "search"])
              name               = each.key
              assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
            }
        """,
        "a service": """
            resource "aws_iam_role" "app" {
              name               = "app"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }
        """,
        "one's own organization": """
            resource "aws_iam_role" "audit" {
              name               = "audit"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "*" }
                  Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-abcdefghij" } }
                }]
              })
            }
        """,
        "everybody, and all but one role denied": """
            resource "aws_iam_role" "audit" {
              name               = "audit"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } },
                  {
                    Effect    = "Deny"
                    Action    = "sts:*"
                    Principal = "*"
                    Condition = { ArnNotEquals = { "aws:PrincipalArn" = "arn:aws:iam::111122223333:role/auditor" } }
                  },
                ]
              })
            }
        """,
        "another role of this plan": """
            resource "aws_iam_user" "ci" {
              name = "ci"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_user.ci.arn]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "denied to everybody": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } },
                  { Effect = "Deny", Action = "sts:AssumeRole", Principal = "*" },
                ]
              })
            }
        """,
        "everybody may only tag sessions": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "111122223333" } },
                  { Effect = "Allow", Action = "sts:TagSession", Principal = "*" },
                  { Effect = "Allow", NotAction = "sts:Assume*", Principal = "*" },
                ]
              })
            }
        """,
        "all actions but those, in small letters": """
            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = "sts:assume*", Principal = "*" },
                ]
              })
            }
        """,
        "denied without TLS": """
            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "111122223333" } },
                  {
                    Effect    = "Deny"
                    Action    = "sts:AssumeRole"
                    Principal = "*"
                    Condition = { Bool = { "aws:SecureTransport" = "false" } }
                  },
                ]
              })
            }
        """,
    },
    undetermined={
        "the policy is known after apply only": """
            resource "terraform_data" "policy" {
              input = "{}"
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = terraform_data.policy.output
            }
        """,
    },
)
def role_trusts_anyone(role: Resource) -> Iterator[Violation]:
    """IAM role can be assumed from any AWS account.

    With `*` as principal, anybody who has an AWS account anywhere assumes the role and acts with its permissions. An
    external id is no secret, and tags and session names are chosen by whoever asks: none of them is a lock.

    Name in `Principal` the accounts, roles or services that need the role. For a whole organization keep `*` and
    add the condition `StringEquals` on `aws:PrincipalOrgID`; not `StringEqualsIfExists`, which holds for strangers.
    """
    with exactly(role):
        found = [
            one
            for held in standing_at(role, TRUST)
            for one in strangers_let_in(_to_assume(held.access))
            if one.who == "anybody"
        ]
    for one in sorted(found, key=lambda one: not one.is_certain):
        if not one.is_certain:
            leave_open(role, one.clause, _LATER)
        who = "everyone but those in NotPrincipal" if one.clause.principals.exclude else "anyone"
        yield _may_assume(role, who, one.clause)


def _may_assume(role: Resource, who: str, clause: Clause) -> Violation:
    origin = clause.origin
    evidence = [] if origin.address == role.address else [origin.address]
    return violation(place_of(origin, resource=role), f"{who} may assume it", evidence=evidence)


def _to_assume(access: Access) -> Access:
    """What a trust policy says of the ways to assume a role."""
    clauses = [
        replace(one, actions=Terms(ways))
        for one in access.clauses
        if (ways := tuple(way for way in _ASSUME if _takes_in(one.actions, way)))
    ]
    return replace(access, clauses=tuple(clauses))


def _takes_in(actions: Terms, way: str) -> bool:
    return covers(actions.include, way, case=True) and not covers(actions.exclude, way, case=True)


@rule(
    id="aws-iam-role-trusts-whole-account",
    severity="high",
    domain="identity",
    resources=["aws_iam_role"],
    aliases=["CKV_AWS_61"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-2"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"],
    since="0.2.0",
    wider=["aws-iam-role-trusts-anyone"],
    bad={
        "a document each, with several factors": """
            data "aws_iam_policy_document" "trust" {
              for_each = toset(["deploy", "audit"])
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_user.ci.arn, "arn:aws:iam::444455556666:root"]
                }
                condition {
                  test     = "Bool"
                  variable = "aws:MultiFactorAuthPresent"
                  values   = ["true"]
                }
              }
            }

            resource "aws_iam_user" "ci" {
              name = "ci"
            }

            resource "aws_iam_role" "job" {
              for_each           = toset(["deploy", "audit"])
              name               = each.key
              assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
            }
        """,
        "a document each, with an external id or none": """
            data "aws_iam_policy_document" "trust" {
              for_each = toset(["deploy", "audit"])
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_user.ci.arn, "arn:aws:iam::444455556666:root"]
                }
                condition {
                  test     = "StringEqualsIfExists"
                  variable = "sts:ExternalId"
                  values   = ["shop"]
                }
              }
            }

            resource "aws_iam_user" "ci" {
              name = "ci"
            }

            resource "aws_iam_role" "job" {
              for_each           = toset(["deploy", "audit"])
              name               = each.key
              assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
            }
        """,
        "an account, a document each": """
            data "aws_iam_policy_document" "trust" {
              for_each = toset(["deploy", "audit"])
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_user.ci.arn, "arn:aws:iam::444455556666:root"]
                }
              }
            }

            resource "aws_iam_user" "ci" {
              name = "ci"
            }

            resource "aws_iam_role" "job" {
              for_each           = toset(["deploy", "audit"])
              name               = each.key
              assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
            }
        """,
        "root of an account": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "arn:aws:iam::444455556666:root" }
                }]
              })
            }
        """,
        "number of an account": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "444455556666" }
                }]
              })
            }
        """,
        "one of several, in another partition": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = ["arn:aws:iam::111122223333:role/ci", "arn:aws-cn:iam::444455556666:root"] }
                }]
              })
            }
        """,
        "document": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::444455556666:root"]
                }
              }
            }

            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "every action of STS": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = ["sts:*"]
                  Principal = { AWS = "arn:aws:iam::444455556666:root" }
                }]
              })
            }
        """,
        "multi-factor authentication only": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "arn:aws:iam::444455556666:root" }
                  Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
                }]
              })
            }
        """,
        "condition that holds where its key is absent": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "arn:aws:iam::444455556666:root" }
                  Condition = { StringEqualsIfExists = { "sts:ExternalId" = "shop" } }
                }]
              })
            }
        """,
        "one account, and one that is yet to be created": """
            resource "aws_organizations_account" "team" {
              name  = "team"
              email = "team@example.com"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = ["444455556666", "arn:aws:iam::${aws_organizations_account.team.id}:root"]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "an account, and one of which is not known yet whether it is allowed": """
            resource "terraform_data" "effect" {
              input = "Deny"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = ["111122223333"]
                }
              }
              statement {
                effect  = terraform_data.effect.output
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = ["444455556666"]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
    },
    good={
        "everybody in one's own organization": """
            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "*" }
                  Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } }
                }]
              })
            }
        """,
        "a role, of which is not known yet whether it is allowed": """
            resource "terraform_data" "effect" {
              input = "Allow"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                effect  = terraform_data.effect.output
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::444455556666:role/deploy"]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "a role and a user of this plan": """
            resource "aws_iam_role" "runner" {
              name_prefix        = "runner-"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_user" "ci" {
              name = "ci"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_role.runner.arn, aws_iam_user.ci.arn]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "a role that is looked up, or one that it is a session of": """
            resource "terraform_data" "session" {
              input = "arn:aws:sts::444455556666:assumed-role/deploy/ci"
            }

            data "aws_iam_session_context" "deployer" {
              arn = terraform_data.session.output
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [data.aws_iam_session_context.deployer.issuer_arn]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "roles of a permission set, looked up by name": """
            resource "terraform_data" "name" {
              input = "AWSReservedSSO_deploy_.*"
            }

            data "aws_iam_roles" "deployers" {
              name_regex = terraform_data.name.output
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = data.aws_iam_roles.deployers.arns
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "a document each, for sessions to be tagged": """
            data "aws_iam_policy_document" "trust" {
              for_each = toset(["deploy", "audit"])
              statement {
                actions = ["sts:TagSession"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_user.ci.arn, "arn:aws:iam::444455556666:root"]
                }
              }
            }

            resource "aws_iam_user" "ci" {
              name = "ci"
            }

            resource "aws_iam_role" "job" {
              for_each           = toset(["deploy", "audit"])
              name               = each.key
              assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
            }
        """,
        "a document each, for one role and a user of this plan": """
            data "aws_iam_policy_document" "trust" {
              for_each = toset(["deploy", "audit"])
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_user.ci.arn, "arn:aws:iam::444455556666:role/deploy"]
                }
              }
            }

            resource "aws_iam_user" "ci" {
              name = "ci"
            }

            resource "aws_iam_role" "job" {
              for_each           = toset(["deploy", "audit"])
              name               = each.key
              assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
            }
        """,
        "a document each, with an external id": """
            data "aws_iam_policy_document" "trust" {
              for_each = toset(["deploy", "audit"])
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_user.ci.arn, "arn:aws:iam::444455556666:root"]
                }
                condition {
                  test     = "StringEquals"
                  variable = "STS:ExternalId"
                  values   = ["shop"]
                }
              }
            }

            resource "aws_iam_user" "ci" {
              name = "ci"
            }

            resource "aws_iam_role" "job" {
              for_each           = toset(["deploy", "audit"])
              name               = each.key
              assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
            }
        """,
        "service accounts of a cluster, a document each": """
            resource "aws_eks_cluster" "main" {
              name     = "main"
              role_arn = "arn:aws:iam::111122223333:role/cluster"
              vpc_config {
                subnet_ids = ["subnet-0123456789abcdef0"]
              }
            }

            resource "aws_iam_openid_connect_provider" "main" {
              url            = aws_eks_cluster.main.identity[0].oidc[0].issuer
              client_id_list = ["sts.amazonaws.com"]
            }

            data "aws_iam_policy_document" "trust" {
              for_each = toset(["shop", "search"])
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [aws_iam_openid_connect_provider.main.arn]
                }
                condition {
                  test     = "StringEquals"
                  variable = "${replace(aws_iam_openid_connect_provider.main.url, "https://", "")}:sub"
                  values   = ["system:serviceaccount:${each.key}:app"]
                }
              }
            }

            resource "aws_iam_role" "app" {
              for_each           = toset(["shop", "search"])
              name               = each.key
              assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
            }
        """,
        "one role of the account": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "arn:aws:iam::444455556666:role/ci" }
                }]
              })
            }
        """,
        "service": """
            resource "aws_iam_role" "app" {
              name               = "app"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }
        """,
        "external id": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "arn:aws:iam::444455556666:root" }
                  Condition = { StringEquals = { "sts:ExternalId" = "shop" } }
                }]
              })
            }
        """,
        "callers named in a condition": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "444455556666" }
                  Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::444455556666:role/deploy-*" } }
                }]
              })
            }
        """,
        "denial": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Deny"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "arn:aws:iam::444455556666:root" }
                }]
              })
            }
        """,
        "account may only tag sessions": """
            resource "aws_iam_role" "partner" {
              name               = "partner"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:TagSession"
                  Principal = { AWS = "arn:aws:iam::444455556666:root" }
                }]
              })
            }
        """,
        "user of this plan, by reference": """
            resource "aws_iam_user" "deploy" {
              name = "deploy"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_user.deploy.arn]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "callers named by tag and by id": """
            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "sts:AssumeRole"
                    Principal = { AWS = "444455556666" }
                    Condition = { StringEquals = { "aws:PrincipalTag/team" = "shop" } }
                  },
                  {
                    Effect    = "Allow"
                    Action    = "sts:AssumeRole"
                    Principal = { AWS = "444455556666" }
                    Condition = { StringLike = { "aws:userid" = "AROAEXAMPLEID1234567:*" } }
                  },
                ]
              })
            }
        """,
        "identity provider of an account that is yet to be created": """
            resource "aws_organizations_account" "team" {
              name  = "team"
              email = "team@example.com"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithSAML"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::${aws_organizations_account.team.id}:saml-provider/staff"]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
    },
    undetermined={
        "an account, of which is not known yet whether it is allowed": """
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

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "a document each, for whom is known after apply only": """
            resource "terraform_data" "partner" {
              input = "444455556666"
            }

            data "aws_iam_policy_document" "trust" {
              for_each = toset(["deploy", "audit"])
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [terraform_data.partner.output]
                }
              }
            }

            resource "aws_iam_role" "job" {
              for_each           = toset(["deploy", "audit"])
              name               = each.key
              assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
            }
        """,
        "account that is yet to be created": """
            resource "aws_organizations_account" "team" {
              name  = "team"
              email = "team@example.com"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::${aws_organizations_account.team.id}:root"]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "a service, and an account that is yet to be created": """
            resource "aws_organizations_account" "team" {
              name  = "team"
              email = "team@example.com"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "Service"
                  identifiers = ["ec2.amazonaws.com"]
                }
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::${aws_organizations_account.team.id}:root"]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "another role, and an account that is yet to be created": """
            resource "aws_organizations_account" "team" {
              name  = "team"
              email = "team@example.com"
            }

            resource "aws_iam_user" "deployer" {
              name = "deployer"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::${aws_organizations_account.team.id}:root", aws_iam_user.deployer.arn]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
    },
)
def role_trusts_whole_account(role: Resource) -> Iterator[Violation]:
    """IAM role can be assumed by everybody in an account.

    The root of an account, or its number, stands for the account as a whole: whom its administrators allow
    `sts:AssumeRole`, on purpose or with a wildcard, gets in. Who that is, the role does not say.

    Name the roles in `Principal` (`{ AWS = "arn:aws:iam::444455556666:role/deploy" }`), or keep the account and name
    them in a condition: `ArnLike` on `aws:PrincipalArn`. A vendor who cannot say which role calls gets an external
    id: `StringEquals` on `sts:ExternalId`.
    """
    clauses = [one for held in standing_at(role, TRUST) for one in _to_assume(held.access).clauses]
    allowing = [one for one in clauses if one.effect == ALLOW and not _tells_callers(one)]
    told = set()
    for one in allowing:
        for account in _accounts_named(one) if one.bound != UPPER else ():
            told.add(account)
            yield _may_assume(role, f"everybody in {account}", one)
    for one in allowing:
        is_open = one.bound == UPPER and (one.principals.include == ANYTHING or set(_accounts_named(one)) - told)
        # Beside a lower reading stands an upper one, with all that it may speak of.
        if is_open or (one.bound != LOWER and any(map(_may_be_an_account, one.principals.include))):
            leave_open(role, one, _LATER)


def _accounts_named(clause: Clause) -> list[str]:
    """The numbers of the accounts that a statement names as a whole."""
    found = [_EVERYBODY.fullmatch(one) for one in clause.principals.include]
    return sorted({match[1] for match in found if match})


def _may_be_an_account(principal: str) -> bool:
    """Whether a principal is a value that is known after apply only, and is none of the names of roles and users."""
    name = principal.removeprefix("AWS:")
    if name.endswith(":*"):
        return any(map(is_symbol, name))
    return len(name) == 1 and is_symbol(name) and not symbol_name(name).endswith(("arn", "arns"))


def _tells_callers(clause: Clause) -> bool:
    """Whether a condition says which of the account, or knows a word that only the right ones are told."""
    return any(
        line.key.lower().startswith(_CALLERS) and "ifexists" not in line.operator.lower()
        for line in clause.predicates
    )
