"""How buckets are encrypted, and with whose keys."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._aws_s3_bucket import own_blocks
from .._satellite import is_left_to_provider, missing, satellites
from ._aws_keys import has_own_key

_KIND = "aws_s3_bucket_server_side_encryption_configuration"
_DEFAULTS = "rule.apply_server_side_encryption_by_default"
_OWN = "server_side_encryption_configuration"
_ALGORITHMS = ("AES256", "aws:kms", "aws:kms:dsse", "aws:fsx")
_ACL = "aws_s3_bucket_acl"
_LOGS = "log-delivery-write"


@rule(
    id="aws-s3-bucket-without-kms-encryption",
    severity="medium",
    domain="encryption",
    resources=["aws_s3_bucket"],
    aliases=["CKV_AWS_145"],
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
            for message in _without_kms(satellite, _DEFAULTS):
                yield violation("", message, evidence=[satellite.address])
    elif own_blocks(bucket, _OWN, _KIND):
        for message in _without_kms(bucket, f"{_OWN}.{_DEFAULTS}"):
            yield violation("", message)
    else:
        yield violation("", _shown([]), evidence=missing(bucket, _KIND, via="bucket"))


@rule(
    id="aws-s3-bucket-without-customer-key",
    severity="medium",
    domain="encryption",
    resources=["aws_s3_bucket"],
    aliases=["AVD-AWS-0132"],
    controls={"nist-800-53r5": ["SC-12", "SC-13", "SC-28(1)"]},
    links=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"],
    since="0.2.0",
    wider=["aws-s3-bucket-without-kms-encryption"],
    bad={
        "left to the default": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }
        """,
        "key of AWS": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket_server_side_encryption_configuration" "orders" {
              bucket = aws_s3_bucket.orders.id
              rule {
                apply_server_side_encryption_by_default {
                  sse_algorithm = "aws:kms"
                }
              }
            }
        """,
        "key of AWS, by its alias": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket_server_side_encryption_configuration" "orders" {
              bucket = aws_s3_bucket.orders.id
              rule {
                apply_server_side_encryption_by_default {
                  sse_algorithm     = "aws:kms"
                  kms_master_key_id = "alias/aws/s3"
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
              bucket = aws_s3_bucket.orders.id
              rule {
                bucket_key_enabled = true
              }
            }
        """,
    },
    good={
        "key of this plan": """
            resource "aws_kms_key" "orders" {
              description = "orders"
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
        "in the bucket itself": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
              server_side_encryption_configuration {
                rule {
                  apply_server_side_encryption_by_default {
                    sse_algorithm     = "aws:kms"
                    kms_master_key_id = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f"
                  }
                }
              }
            }
        """,
        "bucket for access logs": """
            resource "aws_s3_bucket" "logs" {
              bucket = "example-logs"
              acl    = "log-delivery-write"
            }
        """,
        "bucket for access logs, list of its own": """
            resource "aws_s3_bucket" "logs" {
              bucket = "example-logs"
            }

            resource "aws_s3_bucket_acl" "logs" {
              bucket = aws_s3_bucket.logs.id
              acl    = "log-delivery-write"
            }
        """,
        "buckets for access logs, with the keys that they need": """
            resource "aws_s3_bucket" "logs" {
              bucket = "example-logs"
              acl    = "log-delivery-write"
              server_side_encryption_configuration {
                rule {
                  apply_server_side_encryption_by_default {
                    sse_algorithm = "AES256"
                  }
                }
              }
            }

            resource "aws_s3_bucket" "others" {
              bucket = "example-other-logs"
              acl    = "log-delivery-write"
            }

            resource "aws_s3_bucket_server_side_encryption_configuration" "others" {
              bucket = aws_s3_bucket.others.id
              rule {
                apply_server_side_encryption_by_default {
                  sse_algorithm = "AES256"
                }
              }
            }
        """,
    },
)
def bucket_without_customer_key(bucket: Resource) -> Iterator[Violation]:
    """S3 bucket is not encrypted with a key of one's own.

    With keys of AWS nobody can be shut out: another permission than the one for the bucket is not asked for, or
    everybody in the account has it. The policy of a key of one's own is a second lock, and taking the key away locks
    everybody out at once. Buckets for access logs of S3 are left alone: those are delivered with keys of S3 only.

    Add an `aws_s3_bucket_server_side_encryption_configuration` for the bucket with `sse_algorithm = "aws:kms"`,
    `kms_master_key_id = aws_kms_key.<name>.arn`, and `bucket_key_enabled = true`, which saves most of the requests.
    """
    found = satellites(bucket, _KIND, via="bucket")
    if found:
        for satellite in found:
            if not _has_own_key(satellite, _DEFAULTS) and not _takes_logs(bucket):
                yield violation("", "no key of its own", evidence=[satellite.address])
    elif own_blocks(bucket, _OWN, _KIND):
        if not _has_own_key(bucket, f"{_OWN}.{_DEFAULTS}") and not _takes_logs(bucket):
            yield violation("", "no key of its own")
    elif not _takes_logs(bucket):
        yield violation("", "no key of its own", evidence=missing(bucket, _KIND, via="bucket"))


def _has_own_key(resource: Resource, path: str) -> bool:
    return any(has_own_key(resource, f"{place}.kms_master_key_id") for place, _ in resource.blocks(path))


def _takes_logs(bucket: Resource) -> bool:
    """Whether S3 writes its access logs into a bucket, by its list of grants."""
    if bucket.effective("acl", "") == _LOGS:
        return True
    return any(one.get("acl") == _LOGS for one in bucket.referrers(_ACL, via="bucket"))


@rule(
    id="aws-s3-bucket-encryption-unknown",
    severity="high",
    domain="encryption",
    resources=["aws_s3_bucket", _KIND],
    aliases=["CKV_AWS_19"],
    controls={"nist-800-53r5": ["SC-13", "SC-28", "SC-28(1)"], "cis-aws": ["1.4:2.1.1"]},
    links=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html"],
    since="0.2.0",
    bad={
        "no algorithm": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket_server_side_encryption_configuration" "orders" {
              bucket = aws_s3_bucket.orders.id
              rule {
                apply_server_side_encryption_by_default {
                  sse_algorithm = ""
                }
              }
            }
        """,
        "made up, in the bucket itself": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
              server_side_encryption_configuration {
                rule {
                  apply_server_side_encryption_by_default {
                    sse_algorithm = "none"
                  }
                }
              }
            }
        """,
    },
    good={
        "left to the default": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }
        """,
        "keys of S3": """
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
        "key of KMS": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket_server_side_encryption_configuration" "orders" {
              bucket = aws_s3_bucket.orders.id
              rule {
                apply_server_side_encryption_by_default {
                  sse_algorithm = "aws:kms"
                }
              }
            }
        """,
        "two layers, and the keys of FSx": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
              server_side_encryption_configuration {
                rule {
                  apply_server_side_encryption_by_default {
                    sse_algorithm = "aws:kms:dsse"
                  }
                }
              }
            }

            resource "aws_s3_bucket_server_side_encryption_configuration" "files" {
              bucket = "example-files"
              rule {
                apply_server_side_encryption_by_default {
                  sse_algorithm = "aws:fsx"
                }
              }
            }
        """,
    },
)
def encryption_unknown(configured: Resource) -> Iterator[Violation]:
    """Encryption of an S3 bucket is set to something that S3 does not have.

    S3 encrypts every object since 2023, whatever a bucket says. A configuration that names no algorithm, or one that
    does not exist, is refused when it is applied, and what was meant to be protected stays as it was.

    Set `sse_algorithm = "aws:kms"` (or `"aws:kms:dsse"`, `"AES256"`).
    """
    path = _DEFAULTS if configured.type == _KIND else f"{_OWN}.{_DEFAULTS}"
    if not is_left_to_provider(configured, _OWN):
        for place, block in configured.blocks(path):
            if block.get("sse_algorithm", "") not in _ALGORITHMS:
                yield violation(f"{place}.sse_algorithm", f"no such algorithm: {block.get('sse_algorithm')!r}")


def _without_kms(resource: Resource, path: str) -> Iterator[str]:
    algorithms = [block["sse_algorithm"] for _, block in resource.blocks(path)]
    if not any(one.startswith("aws:kms") for one in algorithms):
        yield _shown(algorithms)


def _shown(algorithms: list[str]) -> str:
    return f"encrypted with keys of S3 ({', '.join(algorithms) or 'AES256'})"
