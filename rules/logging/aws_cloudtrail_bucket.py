"""Buckets that trails are written to."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import given, is_left_to_provider, missing, users
from ..network._aws_public_access_block import is_any_on
from ._aws_access_log import LOGGING, has_access_log

# docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
_CANNED = ("public-read", "public-read-write", "authenticated-read")
_GROUPS = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)


@rule(
    id="aws-cloudtrail-bucket-public",
    severity="critical",
    domain="logging",
    resources=["aws_s3_bucket"],
    aliases=["AVD-AWS-0161"],
    controls={"nist-800-53r5": ["AC-3", "AU-9", "SC-7"], "cis-aws": ["1.2:2.3", "1.4:3.3"]},
    links=["https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html"],
    since="0.2.0",
    bad={
        "everybody reads, said in the bucket": """
            resource "aws_s3_bucket" "trail" {
              bucket = "example-trail"
              acl    = "public-read"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
            }
        """,
        "everybody writes, by a list of its own": """
            resource "aws_s3_bucket" "trail" {
              bucket_prefix = "trail-"
            }

            resource "aws_s3_bucket_acl" "trail" {
              bucket = aws_s3_bucket.trail.id
              acl    = "public-read-write"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = aws_s3_bucket.trail.id
            }
        """,
        "everybody with an account reads, said in the bucket": """
            resource "aws_s3_bucket" "trail" {
              bucket = "example-trail"
              acl    = "authenticated-read"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
            }
        """,
        "a grant for everybody with an account": """
            resource "aws_s3_bucket" "trail" {
              bucket_prefix = "trail-"
            }

            resource "aws_s3_bucket_acl" "trail" {
              bucket = aws_s3_bucket.trail.id
              access_control_policy {
                owner {
                  id = "c1daexampleaaf850ea79cf0430f33d72579fd1611c97f7ded193374c0b163b6"
                }
                grant {
                  permission = "READ"
                  grantee {
                    type = "Group"
                    uri  = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
                  }
                }
              }
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = aws_s3_bucket.trail.id
            }
        """,
        "a grant in the bucket": """
            resource "aws_s3_bucket" "trail" {
              bucket = "example-trail"
              grant {
                type        = "Group"
                permissions = ["READ"]
                uri         = "http://acs.amazonaws.com/groups/global/AllUsers"
              }
              grant {
                type        = "Group"
                permissions = ["WRITE"]
                uri         = "http://acs.amazonaws.com/groups/s3/LogDelivery"
              }
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = aws_s3_bucket.trail.id
            }
        """,
    },
    good={
        "private, by a list of its own": """
            resource "aws_s3_bucket" "trail" {
              bucket_prefix = "trail-"
            }

            resource "aws_s3_bucket_acl" "trail" {
              bucket = aws_s3_bucket.trail.id
              acl    = "private"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = aws_s3_bucket.trail.id
            }
        """,
        "private": """
            resource "aws_s3_bucket" "trail" {
              bucket = "example-trail"
              acl    = "private"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
            }
        """,
        "public, but of no trail": """
            resource "aws_s3_bucket" "site" {
              bucket = "example-site"
              acl    = "public-read"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
            }
        """,
        "public, and the list ignored": """
            resource "aws_s3_bucket" "trail" {
              bucket = "example-trail"
              acl    = "public-read"
            }

            resource "aws_s3_bucket_public_access_block" "trail" {
              bucket             = aws_s3_bucket.trail.id
              ignore_public_acls = true
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
            }
        """,
        "a grant for log delivery": """
            resource "aws_s3_bucket" "trail" {
              bucket = "example-trail"
              grant {
                type        = "Group"
                permissions = ["WRITE"]
                uri         = "http://acs.amazonaws.com/groups/s3/LogDelivery"
              }
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = aws_s3_bucket.trail.id
            }
        """,
    },
)
def trail_bucket_public(bucket: Resource) -> Iterator[Violation]:
    """Bucket of a CloudTrail trail is open to everybody.

    The trail names every user, role, address and resource of the account, and tells which calls are refused. It is
    the best map that an intruder can get.

    Take `acl` out, or set it to `private`, and add an `aws_s3_bucket_public_access_block` for the bucket with all
    four settings `true`.
    """
    opened = list(_openings(bucket))
    if not opened or is_any_on(bucket, "ignore_public_acls"):
        return
    trails = users(bucket, "aws_cloudtrail", via="s3_bucket_name", name="bucket")
    if trails:
        where = "" if opened[0] == bucket.address else opened[0]
        evidence = [one.address for one in list.__getitem__(trails, slice(None))]
        yield violation("", "its access list lets everybody in", evidence=[*([where] if where else []), *evidence])


def _openings(bucket: Resource) -> Iterator[str]:
    """The addresses of the bucket and of its access lists that let everybody in."""
    by_grant = not is_left_to_provider(bucket, "grant") and _is_for_all(bucket, "grant")
    if by_grant or given(bucket, "acl", "") in _CANNED:
        yield bucket.address
    for acl in bucket.referrers("aws_s3_bucket_acl", via="bucket"):
        if acl.get("acl") in _CANNED or _is_for_all(acl, "access_control_policy.grant.grantee"):
            yield acl.address


def _is_for_all(resource: Resource, path: str) -> bool:
    return any(block.get("uri") in _GROUPS for _, block in resource.blocks(path))


@rule(
    id="aws-cloudtrail-bucket-without-access-log",
    severity="low",
    domain="logging",
    resources=["aws_s3_bucket"],
    aliases=["AVD-AWS-0163"],
    controls={"nist-800-53r5": ["AU-2", "AU-9", "AU-12"], "cis-aws": ["1.2:2.6", "1.4:3.6"]},
    links=["https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html"],
    since="0.2.0",
    wider=["aws-s3-bucket-without-access-log"],
    bad={
        "bucket of a trail": """
            resource "aws_s3_bucket" "trail" {
              bucket_prefix = "trail-"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = aws_s3_bucket.trail.id
            }
        """,
        "bucket of a trail, by name, that takes other logs too": """
            resource "aws_s3_bucket" "trail" {
              bucket = "example-trail"
              acl    = "log-delivery-write"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
            }
        """,
        "bucket of a trail, beside a trail for another bucket, its name not known yet": """
            resource "terraform_data" "name" {
              input = "example-trail"
            }

            resource "aws_s3_bucket" "trail" {
              bucket = terraform_data.name.output
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = aws_s3_bucket.trail.id
            }

            resource "aws_cloudtrail" "central" {
              name           = "central"
              s3_bucket_name = "example-central-trail"
            }
        """,
    },
    good={
        "bucket of a trail with a log": """
            resource "aws_s3_bucket" "trail" {
              bucket_prefix = "trail-"
            }

            resource "aws_s3_bucket_logging" "trail" {
              bucket        = aws_s3_bucket.trail.id
              target_bucket = "example-logs"
              target_prefix = "trail/"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = aws_s3_bucket.trail.id
            }
        """,
        "a bucket that is given a name, and is of no trail": """
            resource "aws_s3_bucket" "orders" {
              bucket_prefix = "orders-"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
            }
        """,
        "bucket of no trail": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
            }
        """,
        "a bucket whose name is not known yet, and the trail of another one": """
            resource "terraform_data" "name" {
              input = "example-orders"
            }

            resource "aws_s3_bucket" "orders" {
              bucket = terraform_data.name.output
            }

            resource "aws_s3_bucket" "trail" {
              bucket_prefix = "trail-"
            }

            resource "aws_s3_bucket_logging" "trail" {
              bucket        = aws_s3_bucket.trail.id
              target_bucket = "example-logs"
              target_prefix = "trail/"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = aws_s3_bucket.trail.id
            }
        """,
    },
    undetermined={
        "a bucket whose name is not known yet": """
            resource "terraform_data" "name" {
              input = "example-trail"
            }

            resource "aws_s3_bucket" "trail" {
              bucket = terraform_data.name.output
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
            }
        """,
    },
)
def trail_bucket_without_access_log(bucket: Resource) -> Iterator[Violation]:
    """Bucket of a CloudTrail trail keeps no access log.

    The trail is the first thing that an intruder reads, to learn what has been seen, and the first that he deletes.
    Only the access log of its bucket tells of that.

    Add an `aws_s3_bucket_logging` for the bucket with `bucket = aws_s3_bucket.<name>.id` and `target_bucket` another
    bucket, best one of another account.
    """
    trails = users(bucket, "aws_cloudtrail", via="s3_bucket_name", name="bucket")
    if trails and not has_access_log(bucket):
        evidence = [trail.address for trail in list.__getitem__(trails, slice(None))]
        yield violation("", "no access log", evidence=[*evidence, *missing(bucket, LOGGING, via="bucket")])
