"""What the policies of resources grant, and what cuts it off."""

from __future__ import annotations

from planguard.access.aws.grants import held_by
from planguard.access.model import RESOURCE, TRUST
from planguard.graph.resource import AFTER, BEFORE
from planguard.graph.snapshot import Snapshot
from tests.access.aws.plans import by_address, codes, graph_of, lines, planned
from tests.conftest import change, plan_document

PUBLIC = (
    'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", '
    'Action = "s3:GetObject", Resource = "arn:aws:s3:::b/*" }] })'
)


def test_a_policy_beside_a_bucket_is_that_of_the_bucket_and_a_block_limits_it() -> None:
    held = planned(
        f"""
        data "aws_caller_identity" "me" {{}}
        resource "aws_s3_bucket" "b" {{ bucket = "b" }}
        resource "aws_s3_bucket_policy" "b" {{
          bucket = aws_s3_bucket.b.id
          policy = {PUBLIC}
        }}
        resource "aws_s3_bucket_public_access_block" "b" {{
          bucket                  = aws_s3_bucket.b.id
          restrict_public_buckets = true
        }}"""
    )[RESOURCE, "aws_s3_bucket.b"]

    assert held.subject.name == "arn:aws:s3:::b"
    assert lines(held) == ["allow * s3:getobject arn:aws:s3:::b/*"]
    assert held.access.limits[0][0].principals.include == (
        "AWS:arn:aws:iam::111122223333:*",
        "AWS:arn:aws:sts::111122223333:*",
        "Service:*",
    )
    assert codes(held) == []


def test_a_public_bucket_without_a_block_may_be_held_back_by_the_account() -> None:
    held = planned(f'resource "aws_s3_bucket_policy" "b" {{\n bucket = "b"\n policy = {PUBLIC}\n}}')

    assert codes(held[RESOURCE, "arn:aws:s3:::b"]) == ["account-public-access-block-unknown"]


def test_an_access_control_list_grants_unless_it_is_ignored() -> None:
    acl = """
    resource "aws_s3_bucket" "b" { bucket = "b" }
    resource "aws_s3_bucket_acl" "b" {
      bucket = aws_s3_bucket.b.id
      acl    = "public-read"
    }
    """
    block = """
    resource "aws_s3_bucket_public_access_block" "b" {
      bucket             = aws_s3_bucket.b.id
      ignore_public_acls = true
    }
    """

    assert lines(planned(acl)[RESOURCE, "aws_s3_bucket.b"]) == [
        "allow * s3:listbucket,s3:listbucketversions,s3:listbucketmultipartuploads arn:aws:s3:::b,arn:aws:s3:::b/*"
    ]
    assert (RESOURCE, "aws_s3_bucket.b") not in planned(acl + block)


def test_grants_to_everybody_who_has_an_account_are_told_from_those_to_everybody() -> None:
    held = planned(
        """
        resource "aws_s3_bucket_acl" "b" {
          bucket = "b"
          access_control_policy {
            grant {
              permission = "WRITE_ACP"
              grantee {
                type = "Group"
                uri  = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
              }
            }
            grant {
              permission = "READ"
              grantee {
                type = "CanonicalUser"
                id   = "abc"
              }
            }
            owner { id = "abc" }
          }
        }"""
    )

    assert lines(held[RESOURCE, "arn:aws:s3:::b"]) == ["allow AWS:* s3:putbucketacl arn:aws:s3:::b,arn:aws:s3:::b/*"]


def test_permissions_of_a_function_are_its_policy() -> None:
    held = planned(
        """
        data "aws_caller_identity" "me" {}
        resource "aws_lambda_function" "f" {
          function_name = "f"
          role          = "arn:aws:iam::111122223333:role/f"
        }
        resource "aws_lambda_permission" "bucket" {
          function_name  = aws_lambda_function.f.arn
          statement_id   = "bucket"
          action         = "lambda:InvokeFunction"
          principal      = "s3.amazonaws.com"
          source_arn     = "arn:aws:s3:::b"
          source_account = "111122223333"
        }
        resource "aws_lambda_permission" "url" {
          function_name          = "f"
          statement_id           = "url"
          action                 = "lambda:InvokeFunctionUrl"
          principal              = "*"
          function_url_auth_type = "NONE"
        }"""
    )[RESOURCE, "aws_lambda_function.f"]
    arn = "arn:aws:lambda:${region}:111122223333:function:f"

    assert lines(held) == [
        f"allow Service:s3.amazonaws.com lambda:invokefunction {arn}"
        " ArnLike(aws:SourceArn)=arn:aws:s3:::b StringEquals(aws:SourceAccount)=111122223333",
        f"allow * lambda:invokefunctionurl {arn} StringEquals(lambda:FunctionUrlAuthType)=NONE",
    ]


def test_a_key_whose_policy_nobody_sets_has_the_default_one() -> None:
    held = planned('data "aws_caller_identity" "me" {}\nresource "aws_kms_key" "k" {}')[RESOURCE, "aws_kms_key.k"]

    assert lines(held) == ["allow AWS:arn:aws:iam::111122223333:*,AWS:arn:aws:sts::111122223333:* kms:* *"]


def test_grants_on_a_key_belong_to_it() -> None:
    held = planned(
        """
        resource "aws_kms_key" "k" { policy = jsonencode({ Version = "2012-10-17", Statement = [] }) }
        resource "aws_kms_grant" "g" {
          key_id            = aws_kms_key.k.key_id
          grantee_principal = "arn:aws:iam::444455556666:role/other"
          operations        = ["Decrypt"]
        }"""
    )[RESOURCE, "aws_kms_key.k"]

    assert lines(held) == ["allow AWS:arn:aws:iam::444455556666:role/other kms:decrypt *"]


def test_the_resource_of_a_trust_policy_is_the_role() -> None:
    held = planned(
        """
        data "aws_caller_identity" "me" {}
        resource "aws_iam_role" "r" {
          name               = "r"
          assume_role_policy = jsonencode({
            Statement = { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }
          })
        }"""
    )[TRUST, "aws_iam_role.r"]

    assert lines(held) == ["allow Service:ec2.amazonaws.com sts:assumerole arn:aws:iam::111122223333:role/r"]


def test_a_policy_that_is_taken_away_beside_a_bucket_is_not_found_again_in_what_the_bucket_has_read() -> None:
    text = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}'
    bucket = {"bucket": "b", "id": "b", "arn": "arn:aws:s3:::b", "policy": text}
    graph = graph_of(
        plan_document(
            change("aws_s3_bucket.b", ["no-op"], before=bucket, after=bucket),
            change("aws_s3_bucket_policy.b", ["delete"], before={"bucket": "b", "policy": text}, after=None),
        )
    )
    before, after = (by_address(held_by(Snapshot(graph, side))) for side in (BEFORE, AFTER))

    assert lines(before[RESOURCE, "aws_s3_bucket.b"]) == ["allow * s3:* *"]
    assert (RESOURCE, "aws_s3_bucket.b") not in after


def test_a_replaced_bucket_and_role_keep_their_names() -> None:
    bucket = {"bucket": "b", "id": "b", "arn": "arn:aws:s3:::b", "policy": '{"Statement":[]}'}
    role = {
        "name": "r",
        "path": "/",
        "arn": "arn:aws:iam::111122223333:role/r",
        "assume_role_policy": '{"Statement":[]}',
    }
    graph = graph_of(
        plan_document(
            change(
                "aws_s3_bucket.b",
                ["delete", "create"],
                before=bucket,
                after={
                    "bucket": "b",
                    "policy": '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}',
                },
                after_unknown={"id": True, "arn": True},
            ),
            change(
                "aws_iam_role.r",
                ["delete", "create"],
                before=role,
                after={**role, "arn": None},
                after_unknown={"arn": True},
            ),
        )
    )
    before, after = (by_address(held_by(Snapshot(graph, side))) for side in (BEFORE, AFTER))

    assert after[RESOURCE, "aws_s3_bucket.b"].subject.name == "arn:aws:s3:::b"
    assert before[TRUST, "aws_iam_role.r"].subject == after[TRUST, "aws_iam_role.r"].subject
