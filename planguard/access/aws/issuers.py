"""The issuers of OpenID Connect tokens that trust policies are met with, and what the subjects of their tokens tell.

Sources: GitHub Docs, "OpenID Connect reference" (claims and subjects); GitLab Docs, "ID token payload"; HCP Terraform
documentation, "Workload identity" (structure of the subject); Buildkite documentation, "OIDC with AWS"; CircleCI
documentation, "Using OpenID Connect tokens in jobs"; Bitbucket documentation, "Integrate Pipelines with resource
servers using OIDC"; Amazon EKS User Guide, "Assign IAM roles to Kubernetes service accounts"; IAM User Guide,
"Available keys for AWS web identity federation".
"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace


class Issuer(Struct, frozen=True):
    """What is known of an issuer of tokens.

    :ivar name: what a person calls it
    :ivar host: what the URL of the issuer begins with, without the scheme
    :ivar owner: a value of the subject that only one organization has, as a regular expression; empty where the
        issuer serves one organization only, so that any subject that is named is of that
    :ivar one: a value with wildcards that is one workload on one branch, or in one environment, all the same
    :ivar claims: other claims that tell whose a token is
    :ivar shape: what the subjects of its tokens look like
    :ivar strangers: subjects of other organizations
    :ivar endings: what may stand behind the beginning of a subject, to make a whole one of it
    """

    name: str
    host: str = ""
    owner: str = ""
    one: str = r"(?!)"
    claims: tuple[str, ...] = ()
    shape: str = r".+"
    strangers: tuple[str, ...] = ()
    endings: tuple[str, ...] = ("x",)


_GITHUB = (
    "x",
    "ref:refs/heads/x",
    "pull_request",
    "x:pull_request",
    "-x/x:pull_request",
    "x/x:pull_request",
    "/x:pull_request",
)
_GITLAB = (
    "x",
    "/x:ref_type:branch:ref:x",
    "x:ref_type:branch:ref:x",
    "ref_type:branch:ref:x",
    "x/x:ref_type:branch:ref:x",
)
_TERRAFORM = (
    "apply", "run_phase:apply", "x:run_phase:apply", "workspace:x:run_phase:apply", "x:workspace:x:run_phase:apply",
    "project:x:workspace:x:run_phase:apply", "x:project:x:workspace:x:run_phase:apply",
)  # fmt: skip
_BUILDKITE = ("x", "ref:refs/heads/x:commit:x:step:x", "x:ref:refs/heads/x:commit:x:step:x")

ISSUERS = (
    Issuer(
        "GitHub Actions",
        "token.actions.githubusercontent.com",
        owner=r"repo:[^/*?]+/.+"
        r"|(?:repository|job_workflow_ref):[^/*?]+/.+"
        r"|(?:enterprise|enterprise_id|repository_id|repository_owner|repository_owner_id):[^:*?]+(?::.*)?",
        claims=(
            "repository", "repository_id", "repository_owner", "repository_owner_id", "job_workflow_ref",
            "workflow_ref", "enterprise", "enterprise_id",
        ),
        shape=r"repo:[^/:]+/[^/:]+:(?:ref:refs/.+|environment:.+|pull_request)",
        strangers=("repo:stranger/x:ref:refs/heads/main",),
        endings=_GITHUB,
    ),
    Issuer(
        "GitLab",
        "gitlab.com",
        owner=r"project_path:[^/*?:]+/.+",
        claims=("namespace_id", "namespace_path", "project_id", "project_path"),
        shape=r"project_path:[^:]+/[^:]+:ref_type:[^:]+:ref:.+",
        strangers=("project_path:stranger/x:ref_type:branch:ref:main",),
        endings=_GITLAB,
    ),
    Issuer(
        "HCP Terraform",
        "app.terraform.io",
        owner=r"organization:[^:*?]+:.+",
        one=r"organization:[^:*?]+:project:[^:*?]+:workspace:[^:*?]+:run_phase:\*",
        claims=("terraform_organization_id", "terraform_project_id", "terraform_workspace_id"),
        shape=r"organization:[^:]+:project:[^:]+:workspace:[^:]+:run_phase:(?:plan|apply)",
        strangers=("organization:stranger:project:x:workspace:x:run_phase:apply",),
        endings=_TERRAFORM,
    ),
    Issuer(
        "Buildkite",
        "agent.buildkite.com",
        owner=r"organization:[^:*?]+:.+",
        one=r"organization:[^:*?]+:pipeline:[^:*?]+:ref:[^:*?]+:\*|organization:[^:*?]+:pipeline:[^:*?]+:ref:[^:*?]+:commit:\*.*",
        claims=("organization_id", "organization_slug", "pipeline_id"),
        shape=r"organization:[^:]+:pipeline:[^:]+:ref:[^:]+:commit:.+",
        strangers=("organization:stranger:pipeline:x:ref:refs/heads/main:commit:x:step:x",),
        endings=_BUILDKITE,
    ),
    Issuer("Google", "accounts.google.com", owner=r"[^*?]+", claims=("aud", "oaud", "email"), strangers=("1",)),
    Issuer("Cognito", "cognito-identity.amazonaws.com", owner=r"[^*?]+", claims=("aud",), strangers=("x",)),
    Issuer("Facebook", "graph.facebook.com", owner=r"[^*?]+", claims=("app_id", "id"), strangers=("1",)),
    Issuer("Login with Amazon", "www.amazon.com", owner=r"[^*?]+", claims=("app_id", "user_id"), strangers=("1",)),
    Issuer("CircleCI", "oidc.circleci.com", one=r"org/[^/*?]+/project/[^/*?]+/user/.*"),
    Issuer("Bitbucket", "api.bitbucket.org", one=r"\{[^}*?]+\}:\{[^}*?]+\}:.*"),
    Issuer(
        "the cluster",
        "oidc.eks",
        shape=r"system:serviceaccount:[^:]+:[^:]+",
        strangers=("system:serviceaccount:default:x",),
        endings=("x", "x:x", ":x", ":x:x", "default:x"),
    ),
)  # fmt: skip
CLUSTER = ISSUERS[-1]
OTHER = Issuer("the provider")


def issuer_of(prefix: str) -> Issuer:
    """The issuer that the condition keys of its tokens are named after, such as ``gitlab.com``."""
    lower = prefix.lower()
    found = next((one for one in ISSUERS if re.match(rf"{re.escape(one.host)}(?:[./:]|$)", lower)), OTHER)
    # An issuer of GitHub with a name behind it is that of one enterprise.
    return replace(found, owner="") if found.owner and lower != found.host else found
