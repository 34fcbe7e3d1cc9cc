"""What keeps a bucket from being made public by accident."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import missing, satellites
from ._aws_public_access_block import KIND, SETTINGS, is_every_on, of_account


@rule(
    id="aws-s3-bucket-without-public-access-block",
    severity="medium",
    domain="network",
    resources=["aws_s3_bucket"],
    aliases=["AVD-AWS-0094"],
    controls={"nist-800-53r5": ["AC-3", "AC-21", "SC-7"], "cis-aws": ["1.4:2.1.5"]},
    links=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"],
    bad={
        "bucket alone": """
            resource "aws_s3_bucket" "reports" {
              bucket = "example-reports"
            }
        """,
        "block of another bucket": """
            resource "aws_s3_bucket" "reports" {
              bucket = "example-reports"
            }

            resource "aws_s3_bucket_public_access_block" "archive" {
              bucket                  = "example-archive"
              block_public_acls       = true
              block_public_policy     = true
              ignore_public_acls      = true
              restrict_public_buckets = true
            }
        """,
        "block of the account with one setting": """
            resource "aws_s3_bucket" "reports" {
              bucket = "example-reports"
            }

            resource "aws_s3_account_public_access_block" "this" {
              block_public_acls = true
            }
        """,
        "block of the account that accepts public ACLs": """
            resource "aws_s3_bucket" "reports" {
              bucket = "example-reports"
            }

            resource "aws_s3_account_public_access_block" "this" {
              block_public_policy     = true
              ignore_public_acls      = true
              restrict_public_buckets = true
            }
        """,
        "block of the account that accepts public policies": """
            resource "aws_s3_bucket" "reports" {
              bucket = "example-reports"
            }

            resource "aws_s3_account_public_access_block" "this" {
              block_public_acls       = true
              ignore_public_acls      = true
              restrict_public_buckets = true
            }
        """,
        "block of the account that does not ignore public ACLs": """
            resource "aws_s3_bucket" "reports" {
              bucket = "example-reports"
            }

            resource "aws_s3_account_public_access_block" "this" {
              block_public_acls       = true
              block_public_policy     = true
              restrict_public_buckets = true
            }
        """,
        "block of the account that leaves public buckets open": """
            resource "aws_s3_bucket" "reports" {
              bucket = "example-reports"
            }

            resource "aws_s3_account_public_access_block" "this" {
              block_public_acls   = true
              block_public_policy = true
              ignore_public_acls  = true
            }
        """,
        "block of another account": """
            provider "aws" {
              alias  = "archive"
              region = "eu-central-1"
            }

            resource "aws_s3_bucket" "reports" {
              provider = aws.archive
              bucket   = "example-reports"
            }

            resource "aws_s3_account_public_access_block" "this" {
              block_public_acls       = true
              block_public_policy     = true
              ignore_public_acls      = true
              restrict_public_buckets = true
            }
        """,
        "one of two buckets": """
            resource "aws_s3_bucket" "team" {
              for_each      = toset(["blue", "green"])
              bucket_prefix = each.key
            }

            resource "aws_s3_bucket_public_access_block" "blue" {
              bucket                  = aws_s3_bucket.team["blue"].id
              block_public_acls       = true
              block_public_policy     = true
              ignore_public_acls      = true
              restrict_public_buckets = true
            }
        """,
    },
    good={
        "block by reference": """
            resource "aws_s3_bucket" "reports" {
              bucket_prefix = "reports-"
            }

            resource "aws_s3_bucket_public_access_block" "reports" {
              bucket                  = aws_s3_bucket.reports.id
              block_public_acls       = true
              block_public_policy     = true
              ignore_public_acls      = true
              restrict_public_buckets = true
            }
        """,
        "block by name": """
            resource "aws_s3_bucket" "reports" {
              bucket = "example-reports"
            }

            resource "aws_s3_bucket_public_access_block" "reports" {
              bucket                  = "example-reports"
              block_public_acls       = true
              block_public_policy     = true
              ignore_public_acls      = true
              restrict_public_buckets = true
            }
        """,
        "a block for each": """
            resource "aws_s3_bucket" "team" {
              for_each      = toset(["blue", "green"])
              bucket_prefix = each.key
            }

            resource "aws_s3_bucket_public_access_block" "team" {
              for_each                = aws_s3_bucket.team
              bucket                  = each.value.id
              block_public_acls       = true
              block_public_policy     = true
              ignore_public_acls      = true
              restrict_public_buckets = true
            }
        """,
        "block of the account": """
            resource "aws_s3_bucket" "reports" {
              bucket = "example-reports"
            }

            resource "aws_s3_account_public_access_block" "this" {
              block_public_acls       = true
              block_public_policy     = true
              ignore_public_acls      = true
              restrict_public_buckets = true
            }
        """,
    },
)
def bucket_without_public_access_block(bucket: Resource) -> Iterator[Violation]:
    """S3 bucket has no public access block.

    A public access block is the lock that holds when an object, an access control list or a policy is made public by
    mistake. A new bucket gets one from AWS, but nothing in this configuration keeps it: anybody may take it off, and
    no plan will show it. One for the whole account, in the same plan, counts.

    Add an `aws_s3_bucket_public_access_block` with `bucket = aws_s3_bucket.<name>.id` and all four settings `true`:
    `block_public_acls`, `block_public_policy`, `ignore_public_acls`, `restrict_public_buckets`.
    """
    if satellites(bucket, KIND, via="bucket"):
        return
    if any(all(block.get(setting) for setting in SETTINGS) for block in of_account(bucket)):
        return
    yield violation("", "no public access block", evidence=missing(bucket, KIND, via="bucket"))


@rule(
    id="aws-s3-bucket-public-access-not-blocked",
    severity="medium",
    domain="network",
    resources=["aws_s3_bucket"],
    aliases=["CKV2_AWS_6"],
    controls={"nist-800-53r5": ["AC-3", "AC-21", "SC-7"], "cis-aws": ["1.4:2.1.5"]},
    links=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"],
    since="0.2.0",
    wider=["aws-s3-bucket-without-public-access-block"],
    bad={
        "bucket alone": """
            resource "aws_s3_bucket" "reports" {
              bucket = "example-reports"
            }
        """,
        "block with nothing in it": """
            resource "aws_s3_bucket" "reports" {
              bucket = "example-reports"
            }

            resource "aws_s3_bucket_public_access_block" "reports" {
              bucket = aws_s3_bucket.reports.id
            }
        """,
        "policies only": """
            resource "aws_s3_bucket" "reports" {
              bucket = "example-reports"
            }

            resource "aws_s3_bucket_public_access_block" "reports" {
              bucket              = "example-reports"
              block_public_acls   = false
              block_public_policy = true
            }
        """,
        "ACLs only": """
            resource "aws_s3_bucket" "reports" {
              bucket = "example-reports"
            }

            resource "aws_s3_bucket_public_access_block" "reports" {
              bucket                  = aws_s3_bucket.reports.bucket
              block_public_acls       = true
              ignore_public_acls      = true
              restrict_public_buckets = true
            }
        """,
    },
    good={
        "all four": """
            resource "aws_s3_bucket" "reports" {
              bucket_prefix = "reports-"
            }

            resource "aws_s3_bucket_public_access_block" "reports" {
              bucket                  = aws_s3_bucket.reports.id
              block_public_acls       = true
              block_public_policy     = true
              ignore_public_acls      = true
              restrict_public_buckets = true
            }
        """,
        "the two that refuse": """
            resource "aws_s3_bucket" "reports" {
              bucket = "example-reports"
            }

            resource "aws_s3_bucket_public_access_block" "reports" {
              bucket              = aws_s3_bucket.reports.id
              block_public_acls   = true
              block_public_policy = true
            }
        """,
        "what the bucket leaves open, the account blocks": """
            resource "aws_s3_bucket" "reports" {
              bucket = "example-reports"
            }

            resource "aws_s3_bucket_public_access_block" "reports" {
              bucket            = aws_s3_bucket.reports.id
              block_public_acls = true
            }

            resource "aws_s3_account_public_access_block" "this" {
              block_public_policy = true
            }
        """,
    },
)
def public_access_not_blocked(bucket: Resource) -> Iterator[Violation]:
    """S3 bucket can be made public by an ACL or a policy.

    One upload with `public-read`, or one policy with `Principal: "*"`, opens it to everybody, and nothing refuses
    that.

    In the `aws_s3_bucket_public_access_block` of the bucket set `block_public_acls = true` and
    `block_public_policy = true`, and the other two as well.
    """
    if is_every_on(bucket, "block_public_acls", "block_public_policy"):
        return
    gone = [] if satellites(bucket, KIND, via="bucket") else missing(bucket, KIND, via="bucket")
    yield violation("", "public ACLs or policies are not blocked", evidence=gone)
