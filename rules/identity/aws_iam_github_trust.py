"""Which GitHub workflows may assume a role."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_grants import is_judged_where_used, own_statements
from ._aws_limits import is_denied
from ._aws_policy import DOCUMENT, LATER, Statement, covers, listed, statements

_HOST = "token.actions.githubusercontent.com"
_ACTION = "sts:AssumeRoleWithWebIdentity"
_PROVIDER = "aws_iam_openid_connect_provider"
_ROLE = {"aws_iam_role": "assume_role_policy"}
_SAFE = re.compile(
    r"repo:[^/*?]+/.+"
    r"|(?:repository|job_workflow_ref):[^/*?]+/.+"
    r"|(?:enterprise|enterprise_id|repository_id|repository_owner|repository_owner_id):[^:*?]+(?::.*)?"
)
"""Subjects that begin with something that only one organization has."""


@rule(
    id="aws-iam-role-trusts-any-github-workflow",
    severity="critical",
    domain="identity",
    resources=["aws_iam_role", DOCUMENT],
    aliases=["CKV_AWS_358", "CKV_AWS_393"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-2", "IA-8"]},
    links=[
        "https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services"
    ],
    since="0.2.0",
    bad={
        "no condition": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
              }
            }
        """,
        "audience only": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
                condition {
                  test     = "StringEquals"
                  variable = "token.actions.githubusercontent.com:aud"
                  values   = ["sts.amazonaws.com"]
                }
              }
            }
        """,
        "any subject": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
                condition {
                  test     = "StringEquals"
                  variable = "token.actions.githubusercontent.com:aud"
                  values   = ["sts.amazonaws.com"]
                }
                condition {
                  test     = "StringLike"
                  variable = "token.actions.githubusercontent.com:sub"
                  values   = ["*"]
                }
              }
            }
        """,
        "any repository": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
                condition {
                  test     = "StringLike"
                  variable = "token.actions.githubusercontent.com:sub"
                  values   = ["repo:*"]
                }
              }
            }
        """,
        "organizations that begin alike": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
                condition {
                  test     = "StringLike"
                  variable = "token.actions.githubusercontent.com:sub"
                  values   = ["repo:example*"]
                }
              }
            }
        """,
        "claim that anybody can have": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
                condition {
                  test     = "StringEquals"
                  variable = "token.actions.githubusercontent.com:sub"
                  values   = ["environment:prod"]
                }
              }
            }
        """,
        "one subject of several": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
                condition {
                  test     = "StringLike"
                  variable = "token.actions.githubusercontent.com:sub"
                  values   = ["repo:example/shop:ref:refs/heads/main", "workflow:deploy"]
                }
              }
            }
        """,
        "condition that holds where its key is absent": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
                condition {
                  test     = "ForAllValues:StringLike"
                  variable = "token.actions.githubusercontent.com:sub"
                  values   = ["repo:example/shop:*"]
                }
              }
            }
        """,
        "role": """
            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRoleWithWebIdentity"
                  Principal = {
                    Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
                  }
                  Condition = {
                    StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
                  }
                }]
              })
            }
        """,
        "role, any repository": """
            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = ["STS:AssumeRoleWithWebIdentity"]
                  Principal = {
                    Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
                  }
                  Condition = {
                    StringLike = { "token.actions.githubusercontent.com:sub" = "repo:*" }
                  }
                }]
              })
            }
        """,
        "provider of this plan": """
            resource "aws_iam_openid_connect_provider" "github" {
              url            = "https://token.actions.githubusercontent.com"
              client_id_list = ["sts.amazonaws.com"]
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [aws_iam_openid_connect_provider.github.arn]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "document of a role": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
                condition {
                  test     = "StringLike"
                  variable = "token.actions.githubusercontent.com:sub"
                  values   = ["*"]
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
        "one branch": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
                condition {
                  test     = "StringEquals"
                  variable = "token.actions.githubusercontent.com:aud"
                  values   = ["sts.amazonaws.com"]
                }
                condition {
                  test     = "StringEquals"
                  variable = "token.actions.githubusercontent.com:sub"
                  values   = ["repo:example/shop:ref:refs/heads/main"]
                }
              }
            }
        """,
        "all repositories of an organization": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
                condition {
                  test     = "StringLike"
                  variable = "token.actions.githubusercontent.com:sub"
                  values   = ["repo:example/*"]
                }
              }
            }
        """,
        "shared workflow of one organization": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
                condition {
                  test     = "StringEquals"
                  variable = "token.actions.githubusercontent.com:sub"
                  values   = ["job_workflow_ref:example/workflows/.github/workflows/deploy.yml@refs/heads/main"]
                }
              }
            }
        """,
        "role": """
            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRoleWithWebIdentity"
                  Principal = {
                    Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
                  }
                  Condition = {
                    StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
                    StringLike   = { "token.actions.githubusercontent.com:sub" = ["repo:example/shop:environment:*"] }
                  }
                }]
              })
            }
        """,
        "provider of this plan": """
            resource "aws_iam_openid_connect_provider" "github" {
              url            = "https://token.actions.githubusercontent.com"
              client_id_list = ["sts.amazonaws.com"]
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [aws_iam_openid_connect_provider.github.arn]
                }
                condition {
                  test     = "StringLike"
                  variable = "token.actions.githubusercontent.com:sub"
                  values   = ["repo:example/shop:*"]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "another provider": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/gitlab.example.com"]
                }
              }
            }
        """,
        "another provider of this plan": """
            resource "aws_iam_openid_connect_provider" "other" {
              url            = "https://gitlab.example.com"
              client_id_list = ["sts.amazonaws.com"]
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [aws_iam_openid_connect_provider.other.arn]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
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
                  Principal = {
                    Service = "ec2.amazonaws.com"
                  }
                }]
              })
            }
        """,
        "denial": """
            data "aws_iam_policy_document" "trust" {
              statement {
                effect  = "Deny"
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
              }
            }
        """,
        "may only tag sessions": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:TagSession"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
              }
            }
        """,
    },
)
def any_github_workflow(trust: Resource) -> Iterator[Violation]:
    """IAM role can be assumed from GitHub repositories of strangers.

    GitHub signs tokens for the workflows of everybody. Only the subject tells whose workflow it is, and only from its
    beginning: `repo:` and the organization with a slash behind it. Environments, branches and workflows are named by
    whoever owns the repository, and `repo:example*` takes in `example-evil`.

    Add `StringLike` (or `StringEquals`) on `token.actions.githubusercontent.com:sub` with
    `["repo:example/shop:ref:refs/heads/main"]`, and `StringEquals` on `token.actions.githubusercontent.com:aud` with
    `["sts.amazonaws.com"]`.
    """
    if trust.is_data and is_judged_where_used(trust, _ROLE):
        return
    document = own_statements(trust) if trust.is_data else statements(trust, _ROLE[trust.type])
    for statement in document:
        if _lets_workflows_in(statement, trust) and not is_denied(statement, document):
            for what in _open_subjects(statement):
                yield violation(statement.path, what, evidence=statement.evidence)


def _lets_workflows_in(statement: Statement, trust: Resource) -> bool:
    if not statement.allows or not covers(statement.actions, _ACTION, case=False):
        return False
    providers = [
        one
        for block in statement.principals
        if block.get("type") == "Federated"
        for one in listed(block.get("identifiers"))
    ]
    if LATER in providers and _refers_to_github(trust):
        return True
    return any(one.endswith(_HOST) for one in providers)


def _refers_to_github(trust: Resource) -> bool:
    """Whether the provider that is known at apply only is that of GitHub."""
    documents = [trust] if trust.is_data else trust.references(DOCUMENT, via="assume_role_policy")
    return any(
        str(provider.get("url", "")).endswith(_HOST)
        for document in documents
        for provider in document.references(_PROVIDER)
    )


def _open_subjects(statement: Statement) -> list[str]:
    """What lets strangers in; nothing where the subject is limited to one organization."""
    values = [
        value
        for block in statement.conditions
        if block["variable"].lower() == f"{_HOST}:sub" and _fails_without_key(block["test"])
        for value in listed(block["values"])
    ]
    if not values:
        return ["no condition limits the subject"]
    return [f"subject may be {one}" for one in sorted(set(values)) if not _SAFE.fullmatch(one)]


def _fails_without_key(test: str) -> bool:
    operator = test.lower().removeprefix("foranyvalue:")
    return operator in {"stringequals", "stringequalsignorecase", "stringlike"}
