"""How far policies are read whose text the plan does not know."""

from __future__ import annotations

import pytest

from planguard.access.aws.managed import managed_policy, table_date
from planguard.access.model import IDENTITY, RESOURCE, TRUST
from tests.access.aws.plans import codes, lines, planned

STACK = """
resource "aws_s3_bucket" "new" { bucket = "new" }
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_iam_role_policy" "app" {
  role   = aws_iam_role.app.id
  policy = %s
}
"""
BLOCKS = STACK % "data.aws_iam_policy_document.app.json"


def held_by_blocks(blocks: str, *, more: str = "", with_source: bool = False) -> list[str]:
    """What the role holds by a document of these blocks."""
    hcl = f'{BLOCKS}{more}data "aws_iam_policy_document" "app" {{\n{blocks}\n}}'
    return lines(planned(hcl, with_source=with_source)[IDENTITY, "aws_iam_role.app"])


def test_a_wholly_unknown_policy_may_allow_anything() -> None:
    text = 'jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = aws_s3_bucket.new.arn }] })'
    held = planned(STACK % text)[IDENTITY, "aws_iam_role.app"]

    assert lines(held) == ["allow/upper * * *", "deny/upper * * *"]
    assert codes(held) == ["policy-unknown"]


def test_source_tells_what_the_plan_does_not() -> None:
    text = (
        'jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "${aws_s3_bucket.new.arn}/*" }] })'
    )
    held = planned(STACK % text, with_source=True)[IDENTITY, "aws_iam_role.app"]

    assert lines(held) == ["allow * s3:* arn:aws:s3:::new/*"]
    assert codes(held) == []


def test_a_document_of_known_blocks_is_read_exactly() -> None:
    found = held_by_blocks(
        """
        statement {
          sid       = "Buckets"
          actions   = ["s3:Get*"]
          resources = ["arn:aws:s3:::a/&{aws:username}/*"]
          condition {
            test     = "StringEquals"
            variable = "aws:SourceVpc"
            values   = ["vpc-1"]
          }
        }
        statement {
          effect        = "Deny"
          not_actions   = ["iam:*"]
          not_resources = ["arn:aws:s3:::b"]
        }
        statement {
          actions   = ["s3:List*"]
          resources = [aws_s3_bucket.new.arn]
        }"""
    )

    assert found[0] == "allow * s3:get* arn:aws:s3:::a/${aws:username}/* StringEquals(aws:SourceVpc)=vpc-1"
    assert found[1] == "deny * *-iam:* *-arn:aws:s3:::b"


def test_a_resource_that_comes_from_a_new_arn_is_in_it_for_certain_and_may_be_all_of_it() -> None:
    assert held_by_blocks('statement {\n actions = ["s3:*"]\n resources = ["${aws_s3_bucket.new.arn}/*"]\n}') == [
        "allow/lower * s3:* arn:aws:s3:::new${rest of data.aws_iam_policy_document.app.statement[0].resources[0]}",
        "allow/upper * s3:* arn:aws:s3:::new*",
    ]


@pytest.mark.parametrize("with_source", [False, True])
def test_what_a_resource_only_hands_on_may_be_anything(with_source: bool) -> None:
    block = 'statement {\n actions = ["s3:*"]\n resources = [terraform_data.handed.output]\n}'
    more = 'resource "terraform_data" "handed" {\n input = "*"\n}\n'
    assert "allow/upper * s3:* *" in held_by_blocks(block, more=more, with_source=with_source)


def test_an_action_that_is_not_known_yet_may_be_any() -> None:
    block = 'statement {\n actions = ["s3:Get*", aws_s3_bucket.new.arn]\n resources = ["*"]\n}'
    assert held_by_blocks(block) == ["allow/lower * s3:get* *", "allow/upper * * *"]


def test_source_reads_a_document_exactly() -> None:
    block = 'statement {\n actions = ["s3:*"]\n resources = ["${aws_s3_bucket.new.arn}/*"]\n}'
    assert held_by_blocks(block, with_source=True) == ["allow * s3:* arn:aws:s3:::new/*"]


def test_a_denial_of_a_part_takes_the_certainty_away() -> None:
    found = held_by_blocks(
        """
        statement {
          actions   = ["s3:*"]
          resources = [aws_s3_bucket.new.arn]
        }
        statement {
          effect    = "Deny"
          actions   = ["s3:*"]
          resources = ["arn:aws:s3:::new/secret/*"]
        }"""
    )

    assert [one.split()[0] for one in found] == ["allow/upper", "deny"]


def test_statements_of_the_same_sid_replace_those_that_are_taken_in() -> None:
    found = held_by_blocks(
        """
        source_policy_documents = [data.aws_iam_policy_document.base.json]
        statement {
          sid       = "One"
          actions   = ["s3:Put*"]
          resources = [aws_s3_bucket.new.arn]
        }""",
        more="""
        data "aws_iam_policy_document" "base" {
          statement {
            sid       = "One"
            actions   = ["s3:*"]
            resources = [aws_s3_bucket.new.arn]
          }
          statement {
            sid       = "Two"
            actions   = ["sqs:*"]
            resources = ["*"]
          }
        }
        """,
    )

    assert [one.split()[2] for one in found] == ["s3:put*", "s3:put*", "sqs:*"]


def test_who_trusts_a_new_provider_is_told_by_its_arn_and_the_key_by_a_symbol() -> None:
    held = planned(
        """
        resource "aws_eks_cluster" "c" {
          name     = "c"
          role_arn = "arn:aws:iam::111122223333:role/eks"
          vpc_config { subnet_ids = ["subnet-1"] }
        }
        resource "aws_iam_openid_connect_provider" "c" {
          url            = aws_eks_cluster.c.identity[0].oidc[0].issuer
          client_id_list = ["sts.amazonaws.com"]
        }
        data "aws_iam_policy_document" "trust" {
          statement {
            actions = ["sts:AssumeRoleWithWebIdentity"]
            principals {
              type        = "Federated"
              identifiers = [aws_iam_openid_connect_provider.c.arn]
            }
            condition {
              test     = "StringEquals"
              variable = "${replace(aws_iam_openid_connect_provider.c.url, "https://", "")}:sub"
              values   = ["system:serviceaccount:ns:sa"]
            }
          }
        }
        resource "aws_iam_role" "sa" {
          name               = "sa"
          assume_role_policy = data.aws_iam_policy_document.trust.json
        }"""
    )[TRUST, "aws_iam_role.sa"]

    assert lines(held) == [
        "allow Federated:arn:aws:iam::${account}:oidc-provider/${aws_iam_openid_connect_provider.c.url}"
        " sts:assumerolewithwebidentity arn:aws:iam::${account}:role/sa"
        " StringEquals(${data.aws_iam_policy_document.trust.statement[0].condition[0].variable})"
        "=system:serviceaccount:ns:sa"
    ]


def test_a_text_that_is_no_policy_is_a_gap() -> None:
    held = planned(STACK % 'jsonencode({ Version = "2012-10-17" })')[IDENTITY, "aws_iam_role.app"]

    assert codes(held) == ["policy-invalid"]


def test_an_unknown_trust_policy_may_trust_anybody_and_an_unknown_bucket_policy_allow_anything() -> None:
    held = planned(
        """
        resource "aws_s3_bucket" "new" { bucket = "new" }
        resource "aws_iam_role" "app" {
          name               = "app"
          assume_role_policy = jsonencode({ Statement = [{ Principal = { AWS = aws_iam_user.u.unique_id } }] })
        }
        resource "aws_iam_user" "u" { name = "u" }
        resource "aws_s3_bucket_policy" "new" {
          bucket = aws_s3_bucket.new.id
          policy = jsonencode({ Statement = [{ Resource = aws_iam_user.u.unique_id }] })
        }"""
    )

    role = "arn:aws:iam::${account}:role/app"
    assert lines(held[TRUST, "aws_iam_role.app"]) == [f"allow/upper * sts:* {role}", f"deny/upper * sts:* {role}"]
    assert lines(held[RESOURCE, "aws_s3_bucket.new"]) == [
        "allow/upper * * arn:aws:s3:::new,arn:aws:s3:::new/*,arn:aws:s3:::new:*",
        "deny/upper * * arn:aws:s3:::new,arn:aws:s3:::new/*,arn:aws:s3:::new:*",
    ]


def test_the_table_of_managed_policies_has_those_that_can_be_attached() -> None:
    names = ("AdministratorAccess", "service-role/AWSLambdaBasicExecutionRole", "job-function/ViewOnlyAccess")
    assert all(managed_policy(f"arn:aws:iam::aws:policy/{name}") for name in names)
    assert managed_policy("arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy") is None
    assert managed_policy("arn:aws-cn:iam::aws:policy/ReadOnlyAccess") is None
    assert table_date() > "2026"
