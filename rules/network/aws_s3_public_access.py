"""What keeps a bucket from being made public by accident."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, is_unknown, rule, violation

from .._satellite import missing, satellites
from ._aws_public_access_block import KIND, OF_ACCOUNT, SETTINGS, of_account


@rule(
    id="aws-s3-bucket-without-public-access-block",
    severity="medium",
    domain="network",
    resources=["aws_s3_bucket"],
    aliases=["CKV2_AWS_6", "AVD-AWS-0094"],
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
    id="aws-s3-public-access-block-incomplete",
    severity="high",
    domain="network",
    resources=[KIND, OF_ACCOUNT],
    aliases=[
        "CKV_AWS_53",
        "CKV_AWS_54",
        "CKV_AWS_55",
        "CKV_AWS_56",
        "AVD-AWS-0086",
        "AVD-AWS-0087",
        "AVD-AWS-0091",
        "AVD-AWS-0093",
    ],
    controls={"nist-800-53r5": ["AC-3", "AC-21", "SC-7"], "cis-aws": ["1.4:2.1.5"]},
    links=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"],
    bad={
        "two of four": """
            resource "aws_s3_bucket_public_access_block" "reports" {
              bucket             = "example-reports"
              block_public_acls  = true
              ignore_public_acls = true
            }
        """,
        "one switched off": """
            resource "aws_s3_bucket_public_access_block" "reports" {
              bucket                  = "example-reports"
              block_public_acls       = true
              block_public_policy     = true
              ignore_public_acls      = true
              restrict_public_buckets = false
            }
        """,
        "account": """
            resource "aws_s3_account_public_access_block" "this" {
              block_public_acls       = true
              block_public_policy     = false
              ignore_public_acls      = true
              restrict_public_buckets = true
            }
        """,
    },
    good={
        "all four": """
            resource "aws_s3_bucket_public_access_block" "reports" {
              bucket                  = "example-reports"
              block_public_acls       = true
              block_public_policy     = true
              ignore_public_acls      = true
              restrict_public_buckets = true
            }
        """,
        "all four of the account": """
            resource "aws_s3_account_public_access_block" "this" {
              block_public_acls       = true
              block_public_policy     = true
              ignore_public_acls      = true
              restrict_public_buckets = true
            }
        """,
    },
)
def public_access_block_incomplete(block: Resource) -> Iterator[Violation]:
    """S3 public access block leaves a setting off.

    Each of the four settings closes another way: `block_public_acls` and `block_public_policy` refuse new public
    grants, `ignore_public_acls` and `restrict_public_buckets` take the effect from those that are there. With one
    off, a single mistake makes objects public.

    Set all four to `true`; what is left out is `false`. Serve public files through CloudFront with origin access
    control, which needs none of them off.
    """
    values = [(setting, block.get(setting)) for setting in SETTINGS]
    for setting, value in sorted(values, key=lambda one: is_unknown(one[1])):
        if not value:
            yield violation(setting, f"{setting} is off")
