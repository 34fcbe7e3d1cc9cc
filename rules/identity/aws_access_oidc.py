"""Roles that hold out their hand to whoever has a token of an OpenID Connect provider."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from planguard import Resource, Violation, rule, violation
from planguard.access.aws.federation import Taken, tokens_of_anybody, tokens_of_several
from planguard.access.model import TRUST, Access
from planguard.access.pattern import shown
from planguard.access.standing import standing_at

from ._aws_access import exactly, facts_of, leave_open, place_of, some

_LINKS = [
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
    "https://docs.github.com/en/actions/reference/security/oidc",
]


def _role(subject: str, *, host: str = "token.actions.githubusercontent.com", more: str = "") -> str:
    """An example: a role for the tokens of a provider, with a condition on the subject."""
    return f"""
        resource "aws_iam_role" "deploy" {{
          name               = "deploy"
          assume_role_policy = jsonencode({{
            Version   = "2012-10-17"
            Statement = [
              {{
                Effect    = "Allow"
                Action    = "sts:AssumeRoleWithWebIdentity"
                Principal = {{ Federated = "arn:aws:iam::111122223333:oidc-provider/{host}" }}
                Condition = {{
                  StringEquals = {{ "{host}:aud" = "sts.amazonaws.com" }}
                  {subject}
                }}
              }},
              {more}
            ]
          }})
        }}
    """


def _like(value: str, *, host: str = "token.actions.githubusercontent.com", more: str = "") -> str:
    """An example: a role for the tokens of a provider whose subject is like a value."""
    return _role(f'StringLike = {{ "{host}:sub" = {value} }}', host=host, more=more)


_CLUSTER = """
    resource "aws_eks_cluster" "main" {{
      name     = "main"
      role_arn = "arn:aws:iam::111122223333:role/cluster"
      vpc_config {{
        subnet_ids = ["subnet-0123456789abcdef0"]
      }}
    }}

    resource "aws_iam_openid_connect_provider" "eks" {{
      url            = aws_eks_cluster.main.identity[0].oidc[0].issuer
      client_id_list = ["sts.amazonaws.com"]
    }}

    data "aws_iam_policy_document" "trust" {{
      statement {{
        actions = ["sts:AssumeRoleWithWebIdentity"]
        principals {{
          type        = "Federated"
          identifiers = [aws_iam_openid_connect_provider.eks.arn]
        }}
        {condition}
      }}
    }}

    resource "aws_iam_role" "app" {{
      name               = "app"
      assume_role_policy = data.aws_iam_policy_document.trust.json
    }}
"""
_ACCOUNT_CONDITION = """
        condition {{
          test     = "{test}"
          variable = "${{replace(aws_eks_cluster.main.identity[0].oidc[0].issuer, "https://", "")}}:sub"
          values   = ["{value}"]
        }}
"""


def _pod(value: str, test: str = "StringLike") -> str:
    """An example: a role for a service account of a cluster that this plan makes."""
    return _CLUSTER.format(condition=_ACCOUNT_CONDITION.format(test=test, value=value))


@rule(
    id="aws-role-trust-any-oidc-subject",
    severity="critical",
    domain="identity",
    resources=["aws_iam_role"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-2", "IA-8"]},
    links=_LINKS,
    since="0.2.0",
    wider=["aws-iam-role-trusts-any-github-workflow", "aws-iam-role-trusts-anyone"],
    bad={
        "the audience only": _role(""),
        "a star": _like('"*"'),
        "every repository": _like('"repo:*"'),
        "an organization without a slash": _like('["repo:example/shop:ref:refs/heads/main", "repo:example*"]'),
        "GitLab, every project": _like('"project_path:*:ref_type:branch:ref:main"', host="gitlab.com"),
        "HCP Terraform, by the project alone": _like(
            '"organization:*:project:shop:workspace:*:run_phase:*"', host="app.terraform.io"
        ),
        "Buildkite": _role("", host="agent.buildkite.com"),
        "CircleCI, any project": _role("", host="oidc.circleci.com/org/3f1c"),
        "any pod of a cluster": _CLUSTER.format(condition=""),
        "anybody but one": _role(
            'StringNotEquals = { "token.actions.githubusercontent.com:sub" = "repo:a/b:pull_request" }'
        ),
        "whoever signs in at Google": """
            resource "aws_iam_role" "web" {
              name               = "web"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRoleWithWebIdentity"
                  Principal = { Federated = "accounts.google.com" }
                }]
              })
            }
        """,
        "any pool of Cognito": """
            resource "aws_iam_role" "web" {
              name               = "web"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRoleWithWebIdentity"
                  Principal = { Federated = "cognito-identity.amazonaws.com" }
                  Condition = { StringEquals = { "cognito-identity.amazonaws.com:amr" = "authenticated" } }
                }]
              })
            }
        """,
    },
    good={
        "one branch": _like('"repo:example/shop:ref:refs/heads/main"'),
        "any repository of one organization": _like('"repo:example/*"'),
        "by the number of the repository": _role(
            'StringLike = { "token.actions.githubusercontent.com:repository_id" = "12345" }'
        ),
        "strangers denied": _like(
            '"repo:*"',
            more="""
              {
                Effect    = "Deny"
                Action    = "sts:*"
                Principal = "*"
                Condition = {
                  StringNotLike = { "token.actions.githubusercontent.com:sub" = "repo:example/shop:*" }
                }
              },
            """,
        ),
        "GitLab, a group": _like('"project_path:example/*:ref_type:branch:ref:main"', host="gitlab.com"),
        "a service account": _pod("system:serviceaccount:shop:app", "StringEquals"),
        "one pool of Cognito": """
            resource "aws_iam_role" "web" {
              name               = "web"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRoleWithWebIdentity"
                  Principal = { Federated = "cognito-identity.amazonaws.com" }
                  Condition = {
                    StringEquals = {
                      "cognito-identity.amazonaws.com:aud" = "eu-central-1:0a0a0a0a-0b0b-0c0c-0d0d-0e0e0e0e0e0e"
                    }
                  }
                }]
              })
            }
        """,
        "one's own provider, for one application": """
            resource "aws_iam_role" "web" {
              name               = "web"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRoleWithWebIdentity"
                  Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/example.okta.com" }
                  Condition = { StringEquals = { "example.okta.com:aud" = "0oa1b2c3" } }
                }]
              })
            }
        """,
        "SAML, and a service": """
            resource "aws_iam_role" "web" {
              name               = "web"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "sts:*"
                    Principal = { Federated = "arn:aws:iam::111122223333:saml-provider/example" }
                  },
                  { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } },
                ]
              })
            }
        """,
    },
    undetermined={
        "the subjects are known after apply only": """
            resource "terraform_data" "subjects" {
              input = ["repo:example/shop:ref:refs/heads/main"]
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
                  values   = terraform_data.subjects.output
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
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
def any_oidc_subject(role: Resource) -> Iterator[Violation]:
    """IAM role takes any token of an identity provider.

    A provider that serves many organizations signs tokens for all of them, and a cluster signs tokens for all of its
    pods. Only the subject tells whose a token is; the audience does not, because whoever asks for a token names it,
    so that no more is said of a missing one. Where the subject is not limited, or not from its beginning, strangers
    act with the permissions of the role.

    Add `StringEquals` on the provider's `sub`: `repo:example/shop:ref:refs/heads/main` for GitHub Actions,
    `project_path:example/shop:ref_type:branch:ref:main` for GitLab,
    `organization:example:project:shop:workspace:prod:run_phase:apply` for HCP Terraform,
    `system:serviceaccount:shop:app` for a cluster. For Cognito, limit `aud` to one's own pool.
    """
    yield from _told(role, tokens_of_anybody, _of_anybody)


def _of_anybody(one: Taken) -> str:
    if not one.values:
        return f"no condition limits whose tokens of {one.issuer.name} it takes, so any will do: {one.subject}"
    return f"it takes tokens of {one.issuer.name} of strangers: {one.subject}"


@rule(
    id="aws-role-trust-oidc-subject-broad",
    severity="medium",
    domain="identity",
    resources=["aws_iam_role"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-2", "IA-8"]},
    links=_LINKS,
    since="0.2.0",
    wider=[
        "aws-role-trust-any-oidc-subject",
        "aws-iam-role-trusts-any-github-workflow",
        "aws-iam-role-trusts-anyone",
    ],
    bad={
        "any repository of an organization": _like('"repo:example/*"'),
        "any branch and pull request": _like('"repo:example/shop:*"'),
        "environments that begin alike": _like('"repo:example/shop:environment:prod*"'),
        "one branch, and any tag": _like(
            '["repo:example/shop:ref:refs/heads/main", "repo:example/shop:ref:refs/tags/*"]'
        ),
        "a token without a subject": _role(
            '"ForAllValues:StringEquals" = { "token.actions.githubusercontent.com:sub" = "repo:a/b:pull_request" }'
        ),
        "HCP Terraform, any workspace": _like(
            '"organization:example:project:shop:workspace:*:run_phase:apply"', host="app.terraform.io"
        ),
        "any service account of a namespace": _pod("system:serviceaccount:shop:*"),
        "any service account": _pod("system:serviceaccount:*"),
    },
    good={
        "one branch and one environment": _like(
            '["repo:example/shop:ref:refs/heads/main", "repo:example/shop:environment:prod"]'
        ),
        "a star that is taken literally": _role(
            'StringEquals = { "token.actions.githubusercontent.com:sub" = "repo:example/shop:*" }'
        ),
        "others denied": _like(
            '"repo:example/*"',
            more="""
              {
                Effect    = "Deny"
                Action    = "sts:AssumeRoleWithWebIdentity"
                Principal = "*"
                Condition = {
                  StringNotEquals = { "token.actions.githubusercontent.com:sub" = "repo:example/shop:pull_request" }
                }
              },
            """,
        ),
        "HCP Terraform, plan and apply of one workspace": _like(
            '"organization:example:project:shop:workspace:prod:run_phase:*"', host="app.terraform.io"
        ),
        "CircleCI, any user of one project": _like(
            '"org/3f1c/project/9a2b/user/*"', host="oidc.circleci.com/org/3f1c"
        ),
        "Buildkite, one branch": _like(
            '"organization:example:pipeline:shop:ref:refs/heads/main:commit:*:step:*"', host="agent.buildkite.com"
        ),
        "one service account": _pod("system:serviceaccount:shop:app"),
    },
)
def oidc_subject_broad(role: Resource) -> Iterator[Violation]:
    """IAM role takes tokens of more than one branch or workload.

    Whoever can run any workflow that the pattern takes in, on a branch of their own or in a repository next to it, or
    any pod of the namespace, acts with the permissions of the role. `ForAllValues` and `…IfExists` also take a token
    that has no subject.

    Name one repository and its branch or environment (`repo:example/shop:environment:prod`), one workspace, or one
    service account, with `StringEquals`; list several where there are several.
    """
    yield from _told(role, tokens_of_several, _of_several)


def _of_several(one: Taken) -> str:
    if not one.subject:
        return f"it takes a token of {one.issuer.name} without a subject"
    return f"{some(map(shown, one.values))} of {one.issuer.name} is more than one: {one.subject}"


def _told(
    role: Resource, ask: Callable[[Access], Iterator[Taken]], tell: Callable[[Taken], str]
) -> Iterator[Violation]:
    later = None
    with exactly(role):
        found = [one for held in standing_at(role, TRUST) for one in ask(held.access)]
    for one in found:
        if one.is_certain:
            place = place_of(one.clause.origin, resource=role)
            yield violation(place, tell(one), facts=[one.issuer.name, facts_of(one.clause)])
        else:
            later = one
    if later:
        leave_open(role, later.clause, "whose tokens it takes is known after apply only")
