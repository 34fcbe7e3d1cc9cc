"""With whose keys a bucket is encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import in_both_snapshots, is_left_to_provider, missing, satellites

_KIND = "aws_s3_bucket_server_side_encryption_configuration"
_DEFAULTS = "rule.apply_server_side_encryption_by_default"
_OWN = "server_side_encryption_configuration"


@rule(
    id="aws-s3-bucket-without-kms-encryption",
    severity="medium",
    domain="encryption",
    resources=["aws_s3_bucket"],
    aliases=["CKV_AWS_145", "CKV_AWS_19", "AVD-AWS-0132"],
    controls={"nist-800-53r5": ["SC-12", "SC-13", "SC-28", "SC-28(1)"]},
    links=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"],
    bad={
        "left to the default": """
            resource "aws_s3_bucket" "orders" {
              bucket_prefix = "orders-"
            }
        """,
        "keys of S3": """
            resource "aws_s3_bucket" "orders" {
              bucket_prefix = "orders-"
            }

            resource "aws_s3_bucket_server_side_encryption_configuration" "orders" {
              bucket = aws_s3_bucket.orders.id
              rule {
                apply_server_side_encryption_by_default {
                  sse_algorithm = "AES256"
                }
              }
            }
        """,
        "keys of S3, in the bucket itself": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
              server_side_encryption_configuration {
                rule {
                  apply_server_side_encryption_by_default {
                    sse_algorithm = "AES256"
                  }
                }
              }
            }
        """,
        "a configuration that only saves requests": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket_server_side_encryption_configuration" "orders" {
              bucket = "example-orders"
              rule {
                bucket_key_enabled = true
              }
            }
        """,
    },
    good={
        "key of this plan": """
            resource "aws_kms_key" "orders" {
              description         = "orders"
              enable_key_rotation = true
            }

            resource "aws_s3_bucket" "orders" {
              bucket_prefix = "orders-"
            }

            resource "aws_s3_bucket_server_side_encryption_configuration" "orders" {
              bucket = aws_s3_bucket.orders.id
              rule {
                apply_server_side_encryption_by_default {
                  sse_algorithm     = "aws:kms"
                  kms_master_key_id = aws_kms_key.orders.arn
                }
              }
            }
        """,
        "two layers, by name": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket_server_side_encryption_configuration" "orders" {
              bucket = "example-orders"
              rule {
                bucket_key_enabled = true
                apply_server_side_encryption_by_default {
                  sse_algorithm = "aws:kms:dsse"
                }
              }
            }
        """,
        "in the bucket itself": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
              server_side_encryption_configuration {
                rule {
                  apply_server_side_encryption_by_default {
                    sse_algorithm = "aws:kms"
                  }
                }
              }
            }
        """,
    },
)
def bucket_without_kms(bucket: Resource) -> Iterator[Violation]:
    """S3 bucket is encrypted with keys of S3, not of KMS.

    S3 encrypts everything it stores, but with keys that nobody can refuse: whoever may read an object gets it in the
    clear. With a key of KMS reading takes a second permission, every use of the key stands in the trail, and taking
    the key away locks everybody out at once. Logs of load balancers are the exception: they need keys of S3.

    Add an `aws_s3_bucket_server_side_encryption_configuration` for the bucket with `sse_algorithm = "aws:kms"`,
    `kms_master_key_id = aws_kms_key.<name>.arn`, and `bucket_key_enabled = true`, which saves most of the requests.
    """
    found = satellites(bucket, _KIND, via="bucket")
    if found:
        for satellite in found:
            algorithms = _algorithms(satellite, _DEFAULTS)
            if not any(map(_is_kms, algorithms)):
                yield violation("", _shown(algorithms), evidence=[satellite.address])
    elif _shows_itself(bucket):
        algorithms = _algorithms(bucket, f"{_OWN}.{_DEFAULTS}")
        if not any(map(_is_kms, algorithms)):
            yield violation("", _shown(algorithms))
    else:
        yield violation("", _shown([]), evidence=missing(bucket, _KIND, via="bucket"))


def _shows_itself(bucket: Resource) -> bool:
    """Whether a bucket's own values say how it is encrypted, and not how a satellite did before it was deleted."""
    if is_left_to_provider(bucket, _OWN) or not bucket.get(_OWN):
        return False
    gone = bucket.snapshot == "after" and any(
        view.referrers(_KIND, via="bucket") for view in in_both_snapshots(bucket) if view.snapshot == "before"
    )
    return not gone


def _algorithms(resource: Resource, path: str) -> list[str]:
    return [block.get("sse_algorithm") or "AES256" for _, block in resource.blocks(path)]


def _is_kms(algorithm: str) -> bool:
    return algorithm.startswith("aws:kms")


def _shown(algorithms: list[str]) -> str:
    return f"encrypted with keys of S3 ({', '.join(algorithms) or 'AES256'})"
