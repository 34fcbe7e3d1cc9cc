"""Which GitHub workflows may assume a role."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard import Resource, Undetermined, Violation, is_unknown, rule, violation
from planguard.access.aws.federation import tokens_of_anybody
from planguard.access.model import LOWER, TRUST, Clause
from planguard.access.pattern import is_symbol, shown, symbol_name
from planguard.access.standing import standing_at

from ._aws_access import exactly, leave_open, place_of
from ._aws_grants import is_judged_where_used, own_statements
from ._aws_limits import is_denied
from ._aws_policy import DOCUMENT, LATER, LATER_OF_ACCOUNT, Statement, covers, listed, statements

_HOST = "token.actions.githubusercontent.com"
_ACTION = "sts:AssumeRoleWithWebIdentity"
_PROVIDERS = ("aws_iam_openid_connect_provider", "data.aws_iam_openid_connect_provider")
_ROLE = {"aws_iam_role": "assume_role_policy"}
_LATER = "whose tokens it takes is known after apply only"
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
        "one statement for everybody, and one of which that is not known yet": """
            resource "terraform_data" "subject" {
              input = "repo:example/shop:pull_request"
            }

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
                  values   = [terraform_data.subject.output]
                }
              }
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "a document each, audience only": """
            resource "aws_iam_openid_connect_provider" "pipelines" {
              url            = "https://token.actions.githubusercontent.com"
              client_id_list = ["sts.amazonaws.com"]
            }

            data "aws_iam_policy_document" "trust" {
              for_each = toset(["deploy", "audit"])
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [aws_iam_openid_connect_provider.pipelines.arn]
                }
                condition {
                  test     = "StringEquals"
                  variable = "token.actions.githubusercontent.com:aud"
                  values   = ["sts.amazonaws.com"]
                }
              }
            }

            resource "aws_iam_role" "job" {
              for_each           = toset(["deploy", "audit"])
              name               = each.key
              assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
            }
        """,
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
        "subjects that are not this one": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
                condition {
                  test     = "StringNotLike"
                  variable = "token.actions.githubusercontent.com:sub"
                  values   = ["repo:example/shop:*"]
                }
              }
            }
        """,
        "provider of an account that is yet to be created, audience only": """
            resource "aws_organizations_account" "team" {
              name  = "team"
              email = "team@example.com"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type = "Federated"
                  identifiers = [
                    "arn:aws:iam::${aws_organizations_account.team.id}:oidc-provider/token.actions.githubusercontent.com",
                  ]
                }
                condition {
                  test     = "StringEquals"
                  variable = "token.actions.githubusercontent.com:aud"
                  values   = ["sts.amazonaws.com"]
                }
              }
            }
        """,
        "provider that is looked up": """
            data "aws_iam_openid_connect_provider" "github" {
              url = "https://token.actions.githubusercontent.com"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [data.aws_iam_openid_connect_provider.github.arn]
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
        "two providers in one statement": """
            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "sts:AssumeRoleWithWebIdentity"
                    Principal = {
                      Federated = [
                        "arn:aws:iam::111122223333:oidc-provider/gitlab.com",
                        "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
                      ]
                    }
                  },
                ]
              })
            }
        """,
        "providers of this plan, from one network": """
            resource "aws_iam_openid_connect_provider" "github" {
              url            = "https://token.actions.githubusercontent.com"
              client_id_list = ["sts.amazonaws.com"]
            }

            resource "aws_iam_openid_connect_provider" "gitlab" {
              url            = "https://gitlab.com"
              client_id_list = ["https://gitlab.com"]
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [
                    aws_iam_openid_connect_provider.github.arn,
                    aws_iam_openid_connect_provider.gitlab.arn,
                  ]
                }
                condition {
                  test     = "IpAddress"
                  variable = "aws:SourceIp"
                  values   = ["192.0.2.0/24"]
                }
              }
            }
        """,
        "providers of this plan, audiences in other letters": """
            resource "aws_iam_openid_connect_provider" "github" {
              url            = "https://token.actions.githubusercontent.com"
              client_id_list = ["sts.amazonaws.com"]
            }

            resource "aws_iam_openid_connect_provider" "gitlab" {
              url            = "https://gitlab.com"
              client_id_list = ["https://gitlab.com"]
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [
                    aws_iam_openid_connect_provider.github.arn,
                    aws_iam_openid_connect_provider.gitlab.arn,
                  ]
                }
                condition {
                  test     = "StringEquals"
                  variable = "Token.Actions.GithubUserContent.com:aud"
                  values   = ["sts.amazonaws.com"]
                }
                condition {
                  test     = "StringEquals"
                  variable = "gitlab.com:aud"
                  values   = ["https://gitlab.com"]
                }
              }
            }
        """,
    },
    good={
        "role for another provider that is looked up": """
            data "aws_iam_openid_connect_provider" "gitlab" {
              url = "https://gitlab.example.com"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [data.aws_iam_openid_connect_provider.gitlab.arn]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "role for another provider, of an account that is yet to be created": """
            resource "aws_organizations_account" "team" {
              name  = "team"
              email = "team@example.com"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::${aws_organizations_account.team.id}:oidc-provider/gitlab.com"]
                }
                condition {
                  test     = "StringEquals"
                  variable = "gitlab.com:aud"
                  values   = ["https://gitlab.com"]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "two other providers of this plan": """
            resource "aws_iam_openid_connect_provider" "gitlab" {
              url            = "https://gitlab.example.com"
              client_id_list = ["sts.amazonaws.com"]
            }

            resource "aws_iam_openid_connect_provider" "runners" {
              url            = "https://runners.example.com"
              client_id_list = ["sts.amazonaws.com"]
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [
                    aws_iam_openid_connect_provider.gitlab.arn,
                    aws_iam_openid_connect_provider.runners.arn,
                  ]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "subject of a provider of one's own that is not known yet": """
            resource "terraform_data" "subject" {
              input = "project_path:example/shop:*"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/gitlab.example.com"]
                }
                condition {
                  test     = "StringLike"
                  variable = "gitlab.example.com:sub"
                  values   = [terraform_data.subject.output]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "subject of another provider that is not known yet": """
            resource "terraform_data" "subject" {
              input = "project_path:example/shop:*"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/gitlab.com"]
                }
                condition {
                  test     = "StringLike"
                  variable = "gitlab.com:sub"
                  values   = [terraform_data.subject.output]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "provider of one's own enterprise": """
            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRoleWithWebIdentity"
                  Principal = {
                    Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com/example"
                  }
                }]
              })
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
        "condition on all values of the one subject": """
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
        "condition if there is a subject, and there always is": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
                condition {
                  test     = "StringLikeIfExists"
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
        "cluster of this plan": """
            resource "aws_eks_cluster" "apps" {
              name     = "apps"
              role_arn = "arn:aws:iam::111122223333:role/eks"

              vpc_config {
                subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
              }
            }

            resource "aws_iam_openid_connect_provider" "apps" {
              url            = aws_eks_cluster.apps.identity[0].oidc[0].issuer
              client_id_list = ["sts.amazonaws.com"]
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [aws_iam_openid_connect_provider.apps.arn]
                }
                condition {
                  test     = "StringEquals"
                  variable = "${aws_iam_openid_connect_provider.apps.url}:sub"
                  values   = ["system:serviceaccount:shop:deploy"]
                }
              }
            }
        """,
        "claims of another provider, of an account that is yet to be created": """
            resource "aws_organizations_account" "team" {
              name  = "team"
              email = "team@example.com"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type = "Federated"
                  identifiers = [
                    "arn:aws:iam::${aws_organizations_account.team.id}:oidc-provider/gitlab.com",
                  ]
                }
                condition {
                  test     = "StringLike"
                  variable = "gitlab.com:sub"
                  values   = ["project_path:example/shop:*"]
                }
              }
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
        "subject in other letters": """
            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "sts:AssumeRoleWithWebIdentity"
                    Principal = {
                      Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
                    }
                    Condition = {
                      StringEqualsIgnoreCase = {
                        "Token.Actions.GithubUserContent.com:sub" = "repo:Example/Shop:ref:refs/heads/main"
                      }
                    }
                  },
                ]
              })
            }
        """,
        "any subject, and denied to everybody": """
            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "sts:AssumeRoleWithWebIdentity"
                    Principal = {
                      Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
                    }
                  },
                  { Effect = "Deny", Action = "sts:AssumeRole*", Principal = "*" },
                ]
              })
            }
        """,
        "another role of this plan, with every action": """
            resource "aws_iam_role" "runner" {
              name_prefix        = "runner-"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:*"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_role.runner.arn]
                }
              }
            }
        """,
        "document that is taken into one that denies it": """
            data "aws_iam_policy_document" "pipelines" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
                }
              }
            }

            data "aws_iam_policy_document" "trust" {
              source_policy_documents = [data.aws_iam_policy_document.pipelines.json]
              statement {
                effect  = "Deny"
                actions = ["sts:AssumeRole*"]
                principals {
                  type        = "*"
                  identifiers = ["*"]
                }
              }
            }
        """,
    },
    undetermined={
        "statements that are not known yet, beside a provider of this plan": """
            resource "terraform_data" "provider" {
              input = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
            }

            resource "aws_iam_openid_connect_provider" "gitlab" {
              url            = "https://gitlab.example.com"
              client_id_list = ["sts.amazonaws.com"]
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [aws_iam_openid_connect_provider.gitlab.arn]
                }
              }
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [terraform_data.provider.output]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "role for some provider of an account that is yet to be created": """
            resource "aws_organizations_account" "team" {
              name  = "team"
              email = "team@example.com"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [
                    "arn:aws:iam::${aws_organizations_account.team.id}:oidc-provider/token.actions.githubusercontent.com",
                  ]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "role for a provider whose address is not known yet": """
            resource "terraform_data" "url" {
              input = "https://token.actions.githubusercontent.com"
            }

            resource "aws_iam_openid_connect_provider" "pipelines" {
              url            = terraform_data.url.output
              client_id_list = ["sts.amazonaws.com"]
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [aws_iam_openid_connect_provider.pipelines.arn]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "subject that is not known yet": """
            resource "terraform_data" "subject" {
              input = "repo:example/shop:pull_request"
            }

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
                  values   = [terraform_data.subject.output]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "a document each, of a provider that nothing is said of": """
            resource "terraform_data" "provider" {
              input = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
            }

            resource "terraform_data" "key" {
              input = "token.actions.githubusercontent.com:sub"
            }

            data "aws_iam_policy_document" "trust" {
              for_each = toset(["deploy", "audit"])
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [terraform_data.provider.output]
                }
                condition {
                  test     = "StringEquals"
                  variable = terraform_data.key.output
                  values   = ["repo:example/shop:pull_request"]
                }
              }
            }

            resource "aws_iam_role" "job" {
              for_each           = toset(["deploy", "audit"])
              name               = each.key
              assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
            }
        """,
        "the policy of a role is known after apply only": """
            resource "terraform_data" "policy" {
              input = "{}"
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = terraform_data.policy.output
            }
        """,
        "some provider of an account that is yet to be created": """
            resource "aws_organizations_account" "team" {
              name  = "team"
              email = "team@example.com"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type = "Federated"
                  identifiers = [
                    "arn:aws:iam::${aws_organizations_account.team.id}:oidc-provider/token.actions.githubusercontent.com",
                  ]
                }
              }
            }
        """,
        "provider that nothing is said of": """
            data "aws_iam_openid_connect_provider" "pipelines" {
              arn = terraform_data.provider.output
            }

            resource "terraform_data" "provider" {
              input = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = [data.aws_iam_openid_connect_provider.pipelines.arn]
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
    if trust.is_data:
        document = [] if is_judged_where_used(trust, _ROLE) else own_statements(trust)
    elif is_unknown(trust.get(_ROLE[trust.type])):
        yield from _workflows_later(trust)
        return
    else:
        document = statements(trust, _ROLE[trust.type])
    for statement in document:
        if _lets_workflows_in(statement, trust) and not is_denied(statement, document):
            for what in _open_subjects(statement):
                yield violation(statement.path, what, evidence=statement.evidence)


def _workflows_later(role: Resource) -> Iterator[Violation]:
    """Whose workflows a policy that is rendered at apply only lets in, by what is known of its statements."""
    with exactly(role):
        found = [one for held in standing_at(role, TRUST) for one in tokens_of_anybody(held.access)]
    of_github = [one for one in found if one.issuer.host == _HOST]
    for one in sorted(of_github, key=lambda one: not one.is_certain):
        if not one.is_certain:
            leave_open(role, one.clause, _LATER)
        origin = one.clause.origin
        evidence = [] if origin.address == role.address else [origin.address]
        for what in _open_values(list(map(shown, one.values))):
            yield violation(place_of(origin, resource=role), what, evidence=evidence)
    for one in found:
        # Beside a lower reading stands an upper one, with all that it may speak of.
        if not one.issuer.host and one.clause.bound != LOWER and _may_be_github(one.clause, role):
            leave_open(role, one.clause, _LATER)


def _may_be_github(clause: Clause, role: Resource) -> bool:
    """Whether a provider of a statement, which is known after apply only, may be that of GitHub."""
    names = "".join(one.rpartition(":oidc-provider/")[2] for one in clause.principals.include)
    if "*" in names:
        return True
    documents = role.references(DOCUMENT, via=_ROLE[role.type])
    providers = {one.address: one for each in documents for kind in _PROVIDERS for one in each.references(kind)}
    later = [providers.get(symbol_name(char).rpartition(".")[0]) for char in names if is_symbol(char)]
    return any(not one or _is_of_github(one) for one in later)


def _lets_workflows_in(statement: Statement, trust: Resource) -> bool:
    if not statement.allows or not covers(statement.actions, _ACTION, case=False):
        return False
    providers = [
        one
        for block in statement.principals
        if block.get("type") == "Federated"
        for one in listed(block.get("identifiers"))
    ]
    if any(one.endswith(_HOST) for one in providers):
        return True
    return (LATER in providers or LATER_OF_ACCOUNT in providers) and _is_later_github(statement, trust)


def _is_later_github(statement: Statement, trust: Resource) -> bool:
    """Whether the provider that is known at apply only is that of GitHub.

    :raises Undetermined: when neither a condition tells whose claims are looked at, nor the plan which provider it is
    """
    keys = [block["variable"].lower() for block in statement.conditions if not is_unknown(block["variable"])]
    claims = [one for one in keys if one.endswith((":aud", ":sub"))]
    if claims:
        return any(one.startswith(f"{_HOST}:") for one in claims)
    providers = [one for kind in _PROVIDERS for one in trust.references(kind)]
    if not providers:
        raise Undetermined((), trust, (), "the identity provider is not in this plan")
    return any(map(_is_of_github, providers))


def _is_of_github(provider: Resource) -> bool:
    if provider.references("aws_eks_cluster", via="url"):
        return False
    return str(provider.get("url", "")).endswith(_HOST)


def _open_subjects(statement: Statement) -> list[str]:
    """What lets strangers in; nothing where the subject is limited to one organization."""
    values = [
        value
        for block in statement.conditions
        if block["variable"].lower() == f"{_HOST}:sub" and _is_equality(block["test"])
        for value in listed(block["values"])
    ]
    return _open_values(values)


def _open_values(values: list[str]) -> list[str]:
    if not values:
        return ["no condition limits the subject"]
    return [f"subject may be {one}" for one in sorted(set(values)) if not _SAFE.fullmatch(one)]


def _is_equality(test: str) -> bool:
    """Whether an operator lets only the values through; that it holds without a key does no harm, for all tokens have
    a subject."""
    operator = test.lower().removeprefix("foranyvalue:").removeprefix("forallvalues:").removesuffix("ifexists")
    return operator in {"stringequals", "stringequalsignorecase", "stringlike"}
