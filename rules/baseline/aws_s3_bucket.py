"""Earlier versions of the objects of S3 buckets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource, Violation, rule, violation

from .._aws_s3_bucket import own_blocks
from .._satellite import missing, satellites

_KIND = "aws_s3_bucket_versioning"


@rule(
    id="aws-s3-bucket-versioning-off",
    severity="medium",
    domain="baseline",
    resources=["aws_s3_bucket"],
    aliases=["CKV_AWS_21", "AVD-AWS-0090"],
    controls={"nist-800-53r5": ["CP-9", "SI-12"]},
    links=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"],
    since="0.2.0",
    bad={
        "nothing said": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }
        """,
        "suspended": """
            resource "aws_s3_bucket" "orders" {
              bucket_prefix = "orders-"
            }

            resource "aws_s3_bucket_versioning" "orders" {
              bucket = aws_s3_bucket.orders.id
              versioning_configuration {
                status = "Suspended"
              }
            }
        """,
        "disabled, by name": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket_versioning" "orders" {
              bucket = "example-orders"
              versioning_configuration {
                status = "Disabled"
              }
            }
        """,
        "switched off in the bucket": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
              versioning {
                enabled = false
              }
            }
        """,
        "the versions of another bucket": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket" "returns" {
              bucket = "example-returns"
            }

            resource "aws_s3_bucket_versioning" "returns" {
              bucket = aws_s3_bucket.returns.id
              versioning_configuration {
                status = "Enabled"
              }
            }
        """,
    },
    good={
        "enabled": """
            resource "aws_s3_bucket" "orders" {
              bucket_prefix = "orders-"
            }

            resource "aws_s3_bucket_versioning" "orders" {
              bucket = aws_s3_bucket.orders.id
              versioning_configuration {
                status = "Enabled"
              }
            }
        """,
        "enabled, by name": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket_versioning" "orders" {
              bucket = "example-orders"
              versioning_configuration {
                status     = "Enabled"
                mfa_delete = "Disabled"
              }
            }
        """,
        "switched on in the bucket": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
              versioning {
                enabled = true
              }
            }
        """,
        "shown by a bucket that is there": (
            """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
              versioning {
                enabled = true
              }
            }
            """,
            """
            resource "aws_s3_bucket" "orders" {
              bucket        = "example-orders"
              force_destroy = true
            }
            """,
        ),
        "taken back into the bucket": (
            """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket_versioning" "orders" {
              bucket = aws_s3_bucket.orders.id
              versioning_configuration {
                status = "Enabled"
              }
            }
            """,
            """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
              versioning {
                enabled = true
              }
            }
            """,
        ),
    },
    undetermined={
        "not known yet": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "terraform_data" "status" {
              input = "Enabled"
            }

            resource "aws_s3_bucket_versioning" "orders" {
              bucket = aws_s3_bucket.orders.id
              versioning_configuration {
                status = terraform_data.status.output
              }
            }
        """,
    },
)
def versioning_off(bucket: Resource) -> Iterator[Violation]:
    """S3 bucket keeps no earlier versions of its objects.

    What is overwritten or deleted, by mistake, by a faulty job or by somebody who wants a ransom, is gone at once.

    Add `resource "aws_s3_bucket_versioning" "<name>" { bucket = aws_s3_bucket.<name>.id, versioning_configuration {
    status = "Enabled" } }`, and a lifecycle rule that deletes versions when they are old enough.
    """
    found = satellites(bucket, _KIND, via="bucket")
    for one in found:
        status = one.get("versioning_configuration.status", "Disabled")
        if status != "Enabled":
            yield violation("", f"versioning is {status.lower()}", evidence=[one.address])
    if found:
        return
    own = own_blocks(bucket, "versioning", _KIND)
    if not own:
        yield violation("", "no versions are kept", evidence=missing(bucket, _KIND, via="bucket"))
    for _, block in own:
        if not block.get("enabled"):
            yield violation("versioning", "no versions are kept")


@rule(
    id="aws-s3-bucket-mfa-delete-off",
    severity="low",
    domain="baseline",
    resources=["aws_s3_bucket"],
    aliases=["AVD-AWS-0170"],
    controls={"nist-800-53r5": ["AC-3", "CP-9", "IA-2(1)"], "cis-aws": ["1.4:2.1.3"]},
    links=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html"],
    since="0.2.0",
    wider=["aws-s3-bucket-versioning-off"],
    bad={
        "versions without a second factor": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket_versioning" "orders" {
              bucket = aws_s3_bucket.orders.id
              versioning_configuration {
                status = "Enabled"
              }
            }
        """,
        "switched off": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket_versioning" "orders" {
              bucket = aws_s3_bucket.orders.id
              versioning_configuration {
                status     = "Enabled"
                mfa_delete = "Disabled"
              }
            }
        """,
        "switched off in the bucket": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
              versioning {
                enabled = true
              }
            }
        """,
        "nothing said": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }
        """,
    },
    good={
        "switched on": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket_versioning" "orders" {
              bucket = aws_s3_bucket.orders.id
              mfa    = "arn:aws:iam::111122223333:mfa/root-account-mfa-device 123456"
              versioning_configuration {
                status     = "Enabled"
                mfa_delete = "Enabled"
              }
            }
        """,
        "switched on in the bucket": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
              versioning {
                enabled    = true
                mfa_delete = true
              }
            }
        """,
    },
    undetermined={
        "not known yet": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "terraform_data" "second_factor" {
              input = "Enabled"
            }

            resource "aws_s3_bucket_versioning" "orders" {
              bucket = aws_s3_bucket.orders.id
              versioning_configuration {
                status     = "Enabled"
                mfa_delete = terraform_data.second_factor.output
              }
            }
        """,
    },
)
def mfa_delete_off(bucket: Resource) -> Iterator[Violation]:
    """Versions in an S3 bucket can be deleted without a second factor.

    Versions help against everything but somebody who deletes them, too. With MFA delete a stolen key is not enough
    for that. Only the root user can switch it on.

    As the root user, set `mfa_delete = "Enabled"` in the `versioning_configuration` of the bucket's
    `aws_s3_bucket_versioning`, with `mfa = "<ARN of the device> <code>"`.
    """
    found = satellites(bucket, _KIND, via="bucket")
    # docs.aws.amazon.com/AmazonS3/latest/API/API_VersioningConfiguration.html: not there until somebody configures it
    values: list[Any] = [one.effective("versioning_configuration.mfa_delete", "Disabled") for one in found]
    if not found:
        values = [block.get("mfa_delete") for _, block in own_blocks(bucket, "versioning", _KIND)]
    if not any(value in (True, "Enabled") for value in values):
        evidence = [one.address for one in found] if values else missing(bucket, _KIND, via="bucket")
        yield violation("", "no second factor is asked for", evidence=evidence)
