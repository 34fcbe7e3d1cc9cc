"""Who from outside may become a Google service account."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

_GITHUB = "token.actions.githubusercontent.com"
# docs.github.com/actions/reference/openid-connect-reference: the claims that say whose repository it is. The others
# (workflow, ref, environment, actor, …) anybody can bring about in a repository of their own.
_OWNERSHIP = re.compile(
    r"\b(?:sub|subject|repository(?:_id|_owner|_owner_id)?|job_workflow_ref|enterprise(?:_id)?)\b"
)
_ANYBODY = re.compile(r"""['"](?:repo:)?\*""")
_LINKS = ["https://cloud.google.com/iam/docs/best-practices-for-using-workload-identity-federation"]
_TYPES = ["google_iam_workload_identity_pool_provider"]


@rule(
    id="google-workload-identity-without-condition",
    severity="high",
    domain="identity",
    resources=_TYPES,
    aliases=["CKV_GCP_118", "AVD-GCP-0068"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-8"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "nothing said": """
resource "google_iam_workload_identity_pool_provider" "ci" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "github"

  attribute_mapping = {
    "google.subject" = "assertion.sub"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}
""",
        "empty": """
resource "google_iam_workload_identity_pool_provider" "aws" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "aws"
  attribute_condition                = ""

  aws {
    account_id = "999999999999"
  }
}
""",
    },
    good={
        "one repository": """
resource "google_iam_workload_identity_pool_provider" "ci" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "github"
  attribute_condition                = "assertion.repository == 'acme/shop'"

  attribute_mapping = {
    "google.subject" = "assertion.sub"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}
""",
        "one role of an account": """
resource "google_iam_workload_identity_pool_provider" "aws" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "aws"
  attribute_condition                = "attribute.aws_role == 'arn:aws:sts::999999999999:assumed-role/deploy'"

  aws {
    account_id = "999999999999"
  }
}
""",
    },
    undetermined={
        "a condition that is not known yet": """
resource "terraform_data" "condition" {
  input = "assertion.repository == 'acme/shop'"
}

resource "google_iam_workload_identity_pool_provider" "ci" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "github"
  attribute_condition                = terraform_data.condition.output

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}
""",
    },
)
def workload_identity_without_condition(provider: Resource) -> Iterator[Violation]:
    """Workload identity provider takes every token of its issuer.

    Issuers such as GitHub or GitLab make tokens for everybody. Without a condition a stranger's pipeline is as good
    as our own, and only the grants behind it are left to tell them apart.

    Say whose tokens count: `attribute_condition = "assertion.repository_owner_id == '<id>'"`.
    """
    if not provider.get("attribute_condition"):
        yield violation("attribute_condition", "no condition: every token of the issuer is taken")


@rule(
    id="google-workload-identity-github-open",
    severity="high",
    domain="identity",
    resources=_TYPES,
    aliases=["CKV_GCP_125"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-8"]},
    links=[*_LINKS, "https://docs.github.com/actions/reference/openid-connect-reference"],
    since="0.2.0",
    wider=["google-workload-identity-without-condition"],
    bad={
        "no condition": """
resource "google_iam_workload_identity_pool_provider" "ci" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "github"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}
""",
        "a claim that everybody can bring about": """
resource "google_iam_workload_identity_pool_provider" "ci" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "github"
  attribute_condition                = "assertion.workflow == 'deploy' && assertion.ref == 'refs/heads/main'"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com/"
  }
}
""",
        "every repository": """
resource "google_iam_workload_identity_pool_provider" "ci" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "github"
  attribute_condition                = "assertion.sub.matches('repo:*')"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}
""",
        "repository mapped but not asked for": """
resource "google_iam_workload_identity_pool_provider" "ci" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "github"
  attribute_condition                = "attribute.branch == 'refs/heads/main'"

  attribute_mapping = {
    "google.subject"    = "assertion.jti"
    "attribute.branch"  = "assertion.ref"
    "attribute.project" = "assertion.repository"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}
""",
        "no condition, and a mapping that is not known yet": """
resource "terraform_data" "mapping" {
  input = { "google.subject" = "assertion.sub" }
}

resource "google_iam_workload_identity_pool_provider" "ci" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "github"
  attribute_mapping                  = terraform_data.mapping.output

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}
""",
    },
    good={
        "one repository": """
resource "google_iam_workload_identity_pool_provider" "ci" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "github"
  attribute_condition                = "assertion.repository == 'acme/shop'"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}
""",
        "one owner, by a name of one's own": """
resource "google_iam_workload_identity_pool_provider" "ci" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "github"
  attribute_condition                = "attribute.company == '1234567'"

  attribute_mapping = {
    "google.subject"    = "assertion.sub"
    "attribute.company" = "assertion.repository_owner_id"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}
""",
        "another issuer": """
resource "google_iam_workload_identity_pool_provider" "ci" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "internal"

  oidc {
    issuer_uri = "https://login.example.com"
  }
}
""",
        "an account of another cloud": """
resource "google_iam_workload_identity_pool_provider" "aws" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "aws"

  aws {
    account_id = "999999999999"
  }
}
""",
    },
)
def workload_identity_github_open(provider: Resource) -> Iterator[Violation]:
    """Workload identity provider takes tokens of anybody's GitHub Actions.

    GitHub signs tokens for every repository in the world. A condition on the workflow, the branch or the environment
    does not help: anybody names theirs the same.

    Name the repository or its owner: `attribute_condition = "assertion.repository == '<owner>/<name>'"`, or
    `assertion.repository_owner_id`, which nobody can take over by a rename.
    """
    for _, oidc in provider.blocks("oidc"):
        if _GITHUB not in oidc["issuer_uri"]:
            return
        condition = provider.get("attribute_condition", "")
        if not condition:
            yield violation("attribute_condition", "no condition: every repository of GitHub is let in")
        elif _ANYBODY.search(str(condition)) or not _OWNERSHIP.search(_resolved(provider, str(condition))):
            yield violation("attribute_condition", f"the condition does not say whose repository: {condition}")


def _resolved(provider: Resource, condition: str) -> str:
    """A condition together with what the names in it are mapped from."""
    mapping = provider.get("attribute_mapping", {})
    return " ".join([condition, *(mapping[name] for name in mapping if name in condition)])
