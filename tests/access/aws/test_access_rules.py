"""What rules on access say of changes: where they tell it, with which status, and in which words."""

from __future__ import annotations

from functools import lru_cache

from planguard.engine.evaluate import evaluate
from planguard.engine.pack import builtin_root, load_pack
from planguard.engine.ruleset import RuleSet, select_rules
from planguard.plan.source.example import example_plan
from planguard.schema import resource_schema
from planguard.testing.transition import transition_plan
from tests.access.aws.plans import graph_of

RULES = (
    "aws-access-condition-widened",
    "aws-access-deny-removed",
    "aws-permission-boundary-removed",
    "aws-principal-reads-secrets",
    "aws-resource-policy-cross-account-access",
    "aws-resource-policy-public-data",
    "aws-role-trust-any-oidc-subject",
)


@lru_cache
def rules(*only: str) -> RuleSet:
    """Some of the built-in rules."""
    return select_rules([load_pack(builtin_root())], only=list(only or RULES))


def said(before: str, after: str, *only: str) -> list[tuple[str, str, str, str, str]]:
    """What the rules say of a change: rule, status, address, path, and message or reason."""
    first, second = (example_plan(text, table=resource_schema) for text in (before, after))
    plan = transition_plan(first, second, after, {}) if before else second
    found = evaluate(graph_of(plan), rules(*only))
    assert not found.errors
    told = [(one.rule.id, one.status, one.node.address, one.path, one.message) for one in found.violations]
    return told + [(one.rule.id, "open", one.node.address, one.path, one.why) for one in found.undetermined]


def policy(*statements: str) -> str:
    """A document."""
    return (
        f'jsonencode({{ Version = "2012-10-17", Statement = [{", ".join(f"{{ {one} }}" for one in statements)}] }})'
    )


def role(name: str = "app", *, more: str = "") -> str:
    """A role that nobody may become."""
    return f"""
    resource "aws_iam_role" "{name}" {{
      name               = "{name}"
      assume_role_policy = "{{}}"
      {more}
    }}
    """


def managed(name: str, text: str) -> str:
    """A policy that stands alone."""
    return f"""
    resource "aws_iam_policy" "{name}" {{
      name   = "{name}"
      policy = {text}
    }}
    """


def attached(name: str, to: str = "app") -> str:
    """A policy that is attached to a role."""
    return f"""
    resource "aws_iam_role_policy_attachment" "{name}_{to}" {{
      role       = aws_iam_role.{to}.name
      policy_arn = aws_iam_policy.{name}.arn
    }}
    """


EVERY_OBJECT = 'Effect = "Allow", Action = "s3:*", Resource = "*"'
NO_DELETE = 'Sid = "Keep", Effect = "Deny", Action = "s3:DeleteObject", Resource = "*"'
MFA = 'Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }'


def test_a_denial_that_is_detached_is_told_at_its_statement() -> None:
    held = role() + managed("all", policy(EVERY_OBJECT)) + attached("all") + managed("limits", policy(NO_DELETE))
    assert said(held + attached("limits"), held) == [
        (
            "aws-access-deny-removed",
            "introduced",
            "aws_iam_policy.limits",
            "policy",
            "example:aws_iam_role.app may s3:DeleteObject on arn:aws:s3:::x, "
            "which Keep of aws_iam_policy.limits denied",
        )
    ]


def test_a_denial_that_is_deleted_is_told_at_the_principal() -> None:
    held = role() + managed("all", policy(EVERY_OBJECT)) + attached("all")
    found = said(held + managed("limits", policy(NO_DELETE)) + attached("limits"), held)
    assert [one[:4] for one in found] == [("aws-access-deny-removed", "introduced", "aws_iam_role.app", "")]


def test_a_condition_of_several_principals_is_told_once() -> None:
    def held(condition: str) -> str:
        names = ["a", "b", "c", "d", "e"]
        roles = "".join(role(name) + attached("all", name) for name in names)
        return roles + managed("all", policy(f"{EVERY_OBJECT}{condition}"))

    assert said(held(f", {MFA}"), held("")) == [
        (
            "aws-access-condition-widened",
            "introduced",
            "aws_iam_policy.all",
            "policy.Statement[0]",
            "example:aws_iam_role.a, example:aws_iam_role.b, example:aws_iam_role.c and 2 more may s3:GetObject "
            "on arn:aws:s3:::x, before only where "
            "aws:MultiFactorAuthPresent Bool true",
        )
    ]
    assert said(held(""), held(f", {MFA}")) == []
    assert said(held(""), held("")) == []


def test_a_boundary_whose_policy_allows_more_is_told_at_the_role_that_does_not_change() -> None:
    def held(actions: str) -> str:
        within = managed("within", policy(f'Effect = "Allow", Action = "{actions}", Resource = "*"'))
        bound = role(more="permissions_boundary = aws_iam_policy.within.arn")
        return bound + within + managed("all", policy('Effect = "Allow", NotAction = "iam:*", Resource = "*"'))

    assert said(
        held("s3:*") + attached("all"), held("ec2:*") + attached("all"), "aws-permission-boundary-removed"
    ) == [
        (
            "aws-permission-boundary-removed",
            "introduced",
            "aws_iam_role.app",
            "permissions_boundary",
            "may ec2:RunInstances on arn:aws:ec2:::x, which its permissions boundary did not allow",
        )
    ]


def test_secrets_are_told_at_the_role_to_which_a_policy_is_attached() -> None:
    held = role() + managed("read", policy('Effect = "Allow", Action = "secretsmanager:Get*", Resource = "*"'))
    found = said(held, held + attached("read"))
    assert [one[:4] for one in found] == [("aws-principal-reads-secrets", "introduced", "aws_iam_role.app", "")]
    assert [one[1] for one in said(held + attached("read"), held)] == ["fixed"]
    assert [one[1] for one in said(held + attached("read"), held + attached("read"))] == ["inherited"]
    later = 'resource "terraform_data" "p" {\n  input = "x"\n}\n'
    unknown = later + role() + managed("read", "terraform_data.p.output")
    assert said(role(), unknown + attached("read"), "aws-principal-reads-secrets") == [
        (
            "aws-principal-reads-secrets",
            "open",
            "aws_iam_role.app",
            "",
            "whether it may read any key is known after apply only",
        )
    ]


BUCKET = (
    """
    resource "aws_s3_bucket" "site" {
      bucket = "example-site"
    }
    """
    + f"""
    resource "aws_s3_bucket_policy" "site" {{
      bucket = aws_s3_bucket.site.id
      policy = {policy('Effect = "Allow", Principal = "*", Action = "s3:*", Resource = "arn:aws:s3:::example-site"')}
    }}
    """
)
BLOCK = """
    resource "aws_s3_bucket_public_access_block" "site" {
      bucket                  = aws_s3_bucket.site.id
      restrict_public_buckets = true
    }
"""


def test_a_bucket_is_public_when_its_block_goes() -> None:
    assert [one[:4] for one in said(BUCKET + BLOCK, BUCKET)] == [
        ("aws-resource-policy-public-data", "introduced", "aws_s3_bucket_policy.site", "policy.Statement[0]")
    ]
    assert [one[1] for one in said(BUCKET, BUCKET + BLOCK)] == ["fixed"]
    assert [one[1] for one in said(BUCKET, BUCKET)] == ["inherited"]
    assert said(BUCKET + BLOCK, BUCKET + BLOCK) == []


def test_each_statement_is_told_where_it_stands() -> None:
    def bucket(effect: str) -> str:
        statement = f'Effect = "{effect}", Principal = "*", Action = "s3:GetObject", Resource = "*"'
        return f"""
        resource "aws_s3_bucket" "site" {{
          bucket = "example-site"
          policy = {policy(statement)}
        }}

        resource "aws_s3_bucket_acl" "site" {{
          bucket = aws_s3_bucket.site.id
          acl    = "public-read"
        }}
        """

    found = said("", bucket("Allow"), "aws-resource-policy-public-data")
    assert [one[2:4] for one in found] == [
        ("aws_s3_bucket.site", "policy.Statement[0]"),
        ("aws_s3_bucket_acl.site", "acl"),
    ]
    assert [one[2:4] for one in said("", bucket("Deny"), "aws-resource-policy-public-data")] == [
        ("aws_s3_bucket_acl.site", "acl")
    ]


def test_why_an_account_is_open_is_told() -> None:
    secret = f"""
    resource "aws_secretsmanager_secret" "db" {{
      name   = "db"
      policy = {policy('Effect = "Allow", Principal = { AWS = "444455556666" }, Action = "*", Resource = "*"')}
    }}
    """
    rule = "aws-resource-policy-cross-account-access"
    reason = "the plan does not tell which account it works in: 444455556666 may be that, or another one"
    assert said("", secret, rule) == [(rule, "open", "aws_secretsmanager_secret.db", "policy", reason)]


def test_whose_tokens_are_taken_is_told() -> None:
    host = "token.actions.githubusercontent.com"

    def trusting(condition: str) -> str:
        principal = f'Principal = {{ Federated = "arn:aws:iam::111122223333:oidc-provider/{host}" }}'
        text = policy(f'Effect = "Allow", Action = "sts:AssumeRoleWithWebIdentity", {principal}{condition}')
        return role().replace('"{}"', text)

    rule = "aws-role-trust-any-oidc-subject"
    assert [one[4] for one in said("", trusting(""), rule)] == [
        "no condition limits whose tokens of GitHub Actions it takes, so any will do: "
        "repo:stranger/x:ref:refs/heads/main"
    ]
    star = f', Condition = {{ StringLike = {{ "{host}:sub" = "repo:example*" }} }}'
    assert [one[4] for one in said("", trusting(star), rule)] == [
        "it takes tokens of GitHub Actions of strangers: repo:example-x/x:pull_request"
    ]
    broad = f', Condition = {{ StringLike = {{ "{host}:sub" = "repo:example/shop:*" }} }}'
    assert [one[4] for one in said("", trusting(broad), "aws-role-trust-oidc-subject-broad")] == [
        "repo:example/shop:* of GitHub Actions is more than one: repo:example/shop:ref:refs/heads/x"
    ]
    absent = f', Condition = {{ StringLikeIfExists = {{ "{host}:sub" = "repo:example/shop:pull_request" }} }}'
    assert [one[4] for one in said("", trusting(absent), "aws-role-trust-oidc-subject-broad")] == [
        "it takes a token of GitHub Actions without a subject"
    ]


def test_a_denial_spares_whoever_fails_one_of_its_conditions() -> None:
    def bucket(keys: str) -> str:
        allow = 'Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::site/*"'
        deny = f'Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "*", Condition = {{ {keys} }}'
        return f'resource "aws_s3_bucket_policy" "site" {{\n bucket = "site"\n policy = {policy(allow, deny)}\n}}'

    public = ("aws-s3-bucket-policy-public", "aws-resource-policy-public-data")
    network = 'NotIpAddressIfExists = { "aws:SourceIp" = "203.0.113.0/24" }'
    place = 'StringNotEqualsIfExists = { "aws:SourceVpc" = "vpc-1a2b3c4d" }'
    tag = 'StringNotEqualsIfExists = { "aws:PrincipalTag/team" = "site" }'

    assert said("", bucket(f"{network}, {place}"), *public) == []
    assert {one[0] for one in said("", bucket(f"{network}, {tag}"), *public)} == set(public)
