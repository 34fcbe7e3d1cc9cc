"""What is written down of the use of S3 buckets."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import given, missing
from ._aws_access_log import LOGGING, has_access_log
from ._aws_data_events import is_watched

_LOG_DELIVERY = "log-delivery-write"


@rule(
    id="aws-s3-bucket-without-access-log",
    severity="low",
    domain="logging",
    resources=["aws_s3_bucket"],
    aliases=["CKV_AWS_18", "AVD-AWS-0089"],
    controls={"nist-800-53r5": ["AU-2", "AU-12"]},
    links=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html"],
    since="0.2.0",
    bad={
        "nothing said": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }
        """,
        "private list, and no log": """
            resource "aws_s3_bucket" "orders" {
              bucket_prefix = "orders-"
            }

            resource "aws_s3_bucket_acl" "orders" {
              bucket = aws_s3_bucket.orders.id
              acl    = "private"
            }
        """,
        "the log of another bucket": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket_logging" "returns" {
              bucket        = "example-returns"
              target_bucket = "example-logs"
              target_prefix = "returns/"
            }
        """,
        "its log is taken away, which the bucket shows as it was read": (
            """
                resource "aws_s3_bucket" "orders" {
                  bucket = "example-orders"
                  logging {
                    target_bucket = "example-logs"
                  }
                }

                resource "aws_s3_bucket_logging" "orders" {
                  bucket        = aws_s3_bucket.orders.id
                  target_bucket = "example-logs"
                  target_prefix = "orders/"
                }
            """,
            """
                resource "aws_s3_bucket" "orders" {
                  bucket = "example-orders"
                }
            """,
        ),
    },
    good={
        "log in a bucket of this plan": """
            resource "aws_s3_bucket" "logs" {
              bucket_prefix = "logs-"
            }

            resource "aws_s3_bucket" "orders" {
              bucket_prefix = "orders-"
            }

            resource "aws_s3_bucket_logging" "orders" {
              bucket        = aws_s3_bucket.orders.id
              target_bucket = aws_s3_bucket.logs.id
              target_prefix = "orders/"
            }
        """,
        "log by name": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket_logging" "orders" {
              bucket        = "example-orders"
              target_bucket = "example-logs"
              target_prefix = "orders/"
            }
        """,
        "log in the bucket itself": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
              logging {
                target_bucket = "example-logs"
                target_prefix = "orders/"
              }
            }
        """,
        "a bucket for logs, by its list": """
            resource "aws_s3_bucket" "logs" {
              bucket = "example-logs"
            }

            resource "aws_s3_bucket_acl" "logs" {
              bucket = aws_s3_bucket.logs.id
              acl    = "log-delivery-write"
            }
        """,
        "a bucket for logs, by its own list": """
            resource "aws_s3_bucket" "logs" {
              bucket = "example-logs"
              acl    = "log-delivery-write"
            }
        """,
        "a bucket that another one names in itself": """
            resource "aws_s3_bucket" "logs" {
              bucket = "example-logs"
            }

            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
              logging {
                target_bucket = aws_s3_bucket.logs.id
              }
            }
        """,
    },
    undetermined={
        "a log that does not say yet whose it is": """
            resource "aws_s3_bucket" "orders" {
              count  = 2
              bucket = "example-orders-${count.index}"
            }

            resource "terraform_data" "which" {
              input = 1
            }

            resource "aws_s3_bucket_logging" "one" {
              bucket        = aws_s3_bucket.orders[terraform_data.which.output].id
              target_bucket = "example-logs"
              target_prefix = "one/"
            }
        """,
    },
)
def bucket_without_access_log(bucket: Resource) -> Iterator[Violation]:
    """S3 bucket keeps no access log.

    After a leak, the access log is what tells who has read which object, and with which request. It cannot be
    written afterwards. Buckets that logs are delivered to are left out: one that logs into itself never ends.

    Add `resource "aws_s3_bucket_logging" "<name>" { bucket = aws_s3_bucket.<name>.id, target_bucket = "<log bucket>",
    target_prefix = "<name>/" }`. The log bucket must let `logging.s3.amazonaws.com` put objects into it.
    """
    if has_access_log(bucket) or _takes_logs(bucket):
        return
    yield violation("", "no access log", evidence=missing(bucket, LOGGING, via="bucket"))


def _takes_logs(bucket: Resource) -> bool:
    if given(bucket, "acl", "") == _LOG_DELIVERY:
        return True
    if any(acl.get("acl") == _LOG_DELIVERY for acl in bucket.referrers("aws_s3_bucket_acl", via="bucket")):
        return True
    return bool(
        bucket.referrers(LOGGING, via="target_bucket")
        or bucket.referrers("aws_s3_bucket", via="logging.target_bucket")
    )


@rule(
    id="aws-s3-object-writes-unlogged",
    severity="low",
    domain="logging",
    resources=["aws_s3_bucket"],
    aliases=["AVD-AWS-0171"],
    controls={"nist-800-53r5": ["AU-2", "AU-12"], "cis-aws": ["1.4:3.10"]},
    links=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-cloudtrail-logging-for-s3.html"],
    since="0.2.0",
    bad={
        "no trail": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }
        """,
        "a trail of another bucket, and of reads": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket" "trail" {
              bucket = "example-trail"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = aws_s3_bucket.trail.id
              event_selector {
                read_write_type = "WriteOnly"
                data_resource {
                  type   = "AWS::S3::Object"
                  values = ["arn:aws:s3:::example-orders-old/", "arn:aws:s3:::example-trail/"]
                }
              }
              event_selector {
                read_write_type = "ReadOnly"
                data_resource {
                  type   = "AWS::S3::Object"
                  values = ["arn:aws:s3:::example-orders/"]
                }
              }
            }
        """,
        "a trail that is switched off": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              enable_logging = false
              event_selector {
                data_resource {
                  type   = "AWS::S3::Object"
                  values = ["arn:aws:s3"]
                }
              }
            }
        """,
        "a trail of functions": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              event_selector {
                data_resource {
                  type   = "AWS::Lambda::Function"
                  values = ["arn:aws:lambda"]
                }
              }
            }
        """,
        "a trail of another bucket of this plan": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket" "returns" {
              bucket_prefix = "returns-"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              event_selector {
                data_resource {
                  type   = "AWS::S3::Object"
                  values = ["${aws_s3_bucket.returns.arn}/"]
                }
              }
              event_selector {
                data_resource {
                  type   = "AWS::S3::Object"
                  values = ["arn:aws:s3:::example-returns/"]
                }
              }
            }

            resource "aws_cloudtrail" "returns" {
              name           = "returns"
              s3_bucket_name = "example-trail"
              event_selector {
                data_resource {
                  type   = "AWS::S3::Object"
                  values = ["${aws_s3_bucket.orders.arn}/"]
                }
                read_write_type = "ReadOnly"
              }
            }
        """,
        "an advanced selector of calls that manage": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              advanced_event_selector {
                field_selector {
                  field  = "eventCategory"
                  equals = ["Management"]
                }
              }
            }
        """,
        "an advanced selector of reads": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              advanced_event_selector {
                field_selector {
                  field  = "resources.type"
                  equals = ["AWS::S3::Object"]
                }
                field_selector {
                  field  = "readOnly"
                  equals = ["true"]
                }
              }
            }
        """,
        "a trail of a function that is not known yet": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_lambda_function" "orders" {
              function_name = "orders"
              role          = "arn:aws:iam::111122223333:role/orders"
              runtime       = "python3.12"
              handler       = "app.main"
              filename      = "app.zip"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              event_selector {
                data_resource {
                  type   = "AWS::Lambda::Function"
                  values = [aws_lambda_function.orders.arn]
                }
              }
            }
        """,
    },
    good={
        "every bucket": """
            resource "aws_s3_bucket" "orders" {
              bucket_prefix = "orders-"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              event_selector {
                read_write_type = "All"
                data_resource {
                  type   = "AWS::S3::Object"
                  values = ["arn:aws:s3"]
                }
              }
            }
        """,
        "bucket of this plan": """
            resource "aws_s3_bucket" "orders" {
              bucket_prefix = "orders-"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              event_selector {
                read_write_type = "WriteOnly"
                data_resource {
                  type   = "AWS::S3::Object"
                  values = ["${aws_s3_bucket.orders.arn}/"]
                }
              }
            }
        """,
        "bucket by name": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              event_selector {
                data_resource {
                  type   = "AWS::S3::Object"
                  values = ["arn:aws:s3:::example-orders/"]
                }
              }
            }
        """,
        "a bucket of this plan, in a set": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              event_selector {
                data_resource {
                  type   = "AWS::S3::Object"
                  values = [for arn in toset([aws_s3_bucket.orders.arn]) : "${arn}/"]
                }
              }
            }
        """,
        "one of two buckets": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              event_selector {
                data_resource {
                  type   = "AWS::S3::Object"
                  values = ["arn:aws:s3:::example-returns/", "arn:aws:s3:::example-orders/"]
                }
              }
            }
        """,
        "every bucket, in China": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              event_selector {
                data_resource {
                  type   = "AWS::S3::Object"
                  values = ["arn:aws-cn:s3:::"]
                }
              }
            }
        """,
        "an advanced selector of everything": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              advanced_event_selector {
                field_selector {
                  field  = "eventCategory"
                  equals = ["Data"]
                }
                field_selector {
                  field  = "resources.type"
                  equals = ["AWS::S3::Object"]
                }
              }
            }
        """,
        "a trail of this bucket, in a list of which some may be left out": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              event_selector {
                data_resource {
                  type   = "AWS::S3::Object"
                  values = formatlist("%s/", compact([aws_s3_bucket.orders.arn]))
                }
              }
            }
        """,
    },
    undetermined={
        "a trail of something that is not known yet": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "terraform_data" "watched" {
              input = "arn:aws:s3:::example-orders/"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              event_selector {
                data_resource {
                  type   = "AWS::S3::Object"
                  values = [terraform_data.watched.output]
                }
              }
            }
        """,
        "a trail of a bucket that is named by the year": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              event_selector {
                data_resource {
                  type   = "AWS::S3::Object"
                  values = ["arn:aws:s3:::example-${formatdate("YYYY", timestamp())}/"]
                }
              }
            }
        """,
    },
)
def object_writes_unlogged(bucket: Resource) -> Iterator[Violation]:
    """No trail writes down who changes the objects of an S3 bucket.

    A trail knows of buckets by default, not of objects: that somebody overwrote or deleted thousands of them stands
    nowhere. A trail outside this plan may watch every bucket; then waive this rule for the whole stack.

    Give the trail an `event_selector` with `read_write_type = "All"` and
    `data_resource { type = "AWS::S3::Object", values = ["arn:aws:s3"] }`, or the ARN of this bucket and `/`.
    """
    if not is_watched(bucket, "writes"):
        yield violation("", "changes of objects are not written down")


@rule(
    id="aws-s3-object-reads-unlogged",
    severity="low",
    domain="logging",
    resources=["aws_s3_bucket"],
    aliases=["AVD-AWS-0172"],
    controls={"nist-800-53r5": ["AU-2", "AU-12"], "cis-aws": ["1.4:3.11"]},
    links=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-cloudtrail-logging-for-s3.html"],
    since="0.2.0",
    wider=["aws-s3-object-writes-unlogged"],
    bad={
        "no trail": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }
        """,
        "a trail of writes": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              event_selector {
                read_write_type = "WriteOnly"
                data_resource {
                  type   = "AWS::S3::Object"
                  values = ["arn:aws:s3"]
                }
              }
            }
        """,
        "an advanced selector of another bucket": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              advanced_event_selector {
                field_selector {
                  field  = "resources.type"
                  equals = ["AWS::S3::Object"]
                }
                field_selector {
                  field       = "resources.ARN"
                  starts_with = ["arn:aws:s3:::example-returns/"]
                }
              }
            }
        """,
    },
    good={
        "reads of every bucket": """
            resource "aws_s3_bucket" "orders" {
              bucket_prefix = "orders-"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              event_selector {
                read_write_type = "ReadOnly"
                data_resource {
                  type   = "AWS::S3::Object"
                  values = ["arn:aws:s3:::"]
                }
              }
            }
        """,
        "an advanced selector of reads of this bucket": """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_cloudtrail" "this" {
              name           = "trail"
              s3_bucket_name = "example-trail"
              advanced_event_selector {
                field_selector {
                  field  = "resources.type"
                  equals = ["AWS::S3::Object"]
                }
                field_selector {
                  field  = "readOnly"
                  equals = ["true"]
                }
                field_selector {
                  field       = "resources.ARN"
                  starts_with = ["arn:aws:s3:::example-returns/", "arn:aws:s3:::example-orders/"]
                }
              }
            }
        """,
    },
)
def object_reads_unlogged(bucket: Resource) -> Iterator[Violation]:
    """No trail writes down who reads the objects of an S3 bucket.

    When data turns up where it should not be, the question is who has read it. A trail knows of buckets by default,
    not of objects. A trail outside this plan may watch every bucket; then waive this rule for the whole stack.

    Give the trail an `event_selector` with `read_write_type = "All"` and
    `data_resource { type = "AWS::S3::Object", values = ["arn:aws:s3"] }`, or the ARN of this bucket and `/`.
    """
    if not is_watched(bucket, "reads"):
        yield violation("", "reads of objects are not written down")
