"""Which tokens a trust policy takes, by issuer, with the subject that shows it."""

from __future__ import annotations

from typing import Any

import pytest

from planguard.access.aws.federation import tokens_of_anybody, tokens_of_several
from planguard.access.aws.issuers import CLUSTER, ISSUERS, OTHER, issuer_of
from planguard.access.document import parse_document
from planguard.access.model import Access

GITHUB = "token.actions.githubusercontent.com"
TERRAFORM = "app.terraform.io"
EKS = "oidc.eks.eu-central-1.amazonaws.com/id/ABC"


def trusting(host: str, operator: str = "", values: Any = (), *, claim: str = "sub", more: Any = None) -> Access:
    """A trust policy for a provider, with a condition on a claim, and one on the audience."""
    principal = f"arn:aws:iam::111122223333:oidc-provider/{host}" if "/" in host or "." in host else host
    condition: dict[str, Any] = {"StringLike": {f"{host}:aud": "sts.amazonaws.com"}}
    if operator:
        condition.setdefault(operator, {})[f"{host}:{claim}"] = values
    condition.update(more or {})
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": principal},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }
    return Access(parse_document({"Version": "2012-10-17", "Statement": [statement]}, address="x"))


def of_anybody(access: Access) -> list[str]:
    """Subjects of strangers that are taken."""
    return [one.subject for one in tokens_of_anybody(access)]


def of_several(access: Access) -> list[str]:
    """Subjects that are taken beside the one that is meant."""
    return [one.subject for one in tokens_of_several(access)]


STRANGERS = [
    (GITHUB, "", (), "repo:stranger/x:ref:refs/heads/main"),
    (GITHUB, "StringLike", "*", "x:pull_request"),
    (GITHUB, "StringLike", "repo:*", "repo:-x/x:pull_request"),
    (GITHUB, "StringLike", "repo:example*", "repo:example-x/x:pull_request"),
    (GITHUB, "StringLike", "repo:*/shop:ref:refs/heads/main", "repo:x/shop:ref:refs/heads/main"),
    (GITHUB, "StringEquals", "environment:prod", "environment:prod"),
    ("gitlab.com", "", (), "project_path:stranger/x:ref_type:branch:ref:main"),
    (
        "gitlab.com",
        "StringLike",
        "project_path:*:ref_type:branch:ref:main",
        "project_path:stranger/x:ref_type:branch:ref:main",
    ),
    ("app.terraform.io", "", (), "organization:stranger:project:x:workspace:x:run_phase:apply"),
    ("agent.buildkite.com", "", (), "organization:stranger:pipeline:x:ref:refs/heads/main:commit:x:step:x"),
    ("oidc.circleci.com/org/1", "", (), "x"),
    (EKS, "", (), "system:serviceaccount:default:x"),
    ("example.okta.com", "", (), "x"),
]


@pytest.mark.parametrize(("host", "operator", "values", "subject"), STRANGERS)
def test_strangers_are_taken(host: str, operator: str, values: Any, subject: str) -> None:
    found = of_anybody(trusting(host, operator, values))
    if subject == "x:pull_request":
        assert len(found) == 1
    else:
        assert found == [subject]


OWNED = [
    (GITHUB, "StringEquals", "repo:example/shop:ref:refs/heads/main"),
    (GITHUB, "StringLike", "repo:example/*"),
    (GITHUB, "StringLikeIfExists", "repo:example/*"),
    (GITHUB, "ForAnyValue:StringLike", ["repo:example/*", "repo:other/*"]),
    (f"{GITHUB}/example", "StringLike", "repo:*"),
    ("gitlab.com", "StringLike", "project_path:example/*"),
    ("app.terraform.io", "StringLike", "organization:example:*"),
    ("agent.buildkite.com", "StringLike", "organization:example:*"),
    ("oidc.circleci.com/org/1", "StringLike", "org/1/project/*"),
    (EKS, "StringLike", "system:serviceaccount:*"),
    ("gitlab.example.com", "StringLike", "project_path:*"),
]


@pytest.mark.parametrize(("host", "operator", "values"), OWNED)
def test_tokens_of_one_organization_are_its_own(host: str, operator: str, values: Any) -> None:
    assert of_anybody(trusting(host, operator, values)) == []


@pytest.mark.parametrize(
    ("host", "claim", "value", "is_told"),
    [
        (GITHUB, "repository_id", "1", True),
        (GITHUB, "job_workflow_ref", "example/shop/.github/workflows/deploy.yml@*", True),
        (GITHUB, "job_workflow_ref", "*", False),
        (GITHUB, "environment", "prod", False),
        ("gitlab.com", "project_id", "1", True),
        ("example.okta.com", "aud", "0oa1", True),
        ("gitlab.example.com", "aud", "https://gitlab.example.com", False),
    ],
)
def test_other_claims_tell_whose_a_token_is(host: str, claim: str, value: str, is_told: bool) -> None:
    found = of_anybody(trusting(host, "StringLike", (), more={"StringLike": {f"{host}:{claim}": value}}))
    assert (found == []) == is_told


def test_a_claim_that_may_be_absent_tells_nothing() -> None:
    more = {"StringEqualsIfExists": {f"{GITHUB}:repository_id": "1"}}
    assert len(of_anybody(trusting(GITHUB, more=more))) == 1


BROAD = [
    (GITHUB, "StringLike", "repo:example/*", "repo:example/x:pull_request"),
    (GITHUB, "StringLike", "repo:example/shop:*", "repo:example/shop:ref:refs/heads/x"),
    (GITHUB, "StringLike", "repo:example/shop:environment:prod*", "repo:example/shop:environment:prodx"),
    (GITHUB, "ForAllValues:StringEquals", "repo:example/shop:pull_request", ""),
    ("gitlab.com", "StringLike", "project_path:a/b:ref_type:tag:ref:*", "project_path:a/b:ref_type:tag:ref:x"),
    (TERRAFORM, "StringLike", "organization:a:project:b:*", "organization:a:project:b:workspace:x:run_phase:apply"),
    (EKS, "StringLike", "system:serviceaccount:shop:*", "system:serviceaccount:shop:x"),
    (EKS, "StringLike", "system:serviceaccount:*", "system:serviceaccount:x:x"),
]


@pytest.mark.parametrize(("host", "operator", "values", "subject"), BROAD)
def test_more_than_one_workload(host: str, operator: str, values: Any, subject: str) -> None:
    assert of_several(trusting(host, operator, values)) == [subject]


NARROW = [
    (GITHUB, "StringLike", ["repo:example/shop:ref:refs/heads/main", "repo:example/shop:environment:prod"]),
    (GITHUB, "StringEquals", "repo:example/shop:*"),
    (GITHUB, "", ()),
    ("app.terraform.io", "StringLike", "organization:a:project:b:workspace:c:run_phase:*"),
    ("agent.buildkite.com", "StringLike", "organization:a:pipeline:b:ref:refs/heads/main:commit:*:step:*"),
    ("oidc.circleci.com/org/1", "StringLike", "org/1/project/2/user/*"),
    ("api.bitbucket.org/2.0/workspaces/a/pipelines-config/identity/oidc", "StringLike", "{1}:{2}:*"),
    (EKS, "StringEquals", "system:serviceaccount:shop:app"),
]


@pytest.mark.parametrize(("host", "operator", "values"), NARROW)
def test_one_workload(host: str, operator: str, values: Any) -> None:
    assert of_several(trusting(host, operator, values)) == []


def test_whose_issuer_it_is() -> None:
    assert issuer_of("GitLab.com").name == "GitLab"
    assert issuer_of("gitlab.community") is OTHER
    assert issuer_of(EKS) is CLUSTER
    assert issuer_of(f"{GITHUB}/example").owner == ""
    assert len({one.host for one in ISSUERS}) == len(ISSUERS)
