"""Messages at rest."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, is_unknown, rule, violation

from .._satellite import given, may_refer

_KEYS = ("aws_kms_key", "aws_kms_alias", "aws_kms_replica_key", "data.aws_kms_key", "data.aws_kms_alias")


@rule(
    id="aws-sns-topic-unencrypted",
    severity="medium",
    domain="encryption",
    resources=["aws_sns_topic"],
    aliases=["CKV_AWS_26", "AVD-AWS-0095"],
    controls={"nist-800-53r5": ["SC-13", "SC-28", "SC-28(1)"]},
    links=["https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html"],
    bad={
        "nothing said": """
            resource "aws_sns_topic" "orders" {
              name = "orders"
            }
        """,
        "empty key": """
            resource "aws_sns_topic" "orders" {
              name              = "orders"
              kms_master_key_id = ""
            }
        """,
    },
    good={
        "key of AWS": """
            resource "aws_sns_topic" "orders" {
              name              = "orders"
              kms_master_key_id = "alias/aws/sns"
            }
        """,
        "key of this plan": """
            resource "aws_kms_key" "orders" {
              description         = "orders"
              enable_key_rotation = true
            }

            resource "aws_sns_topic" "orders" {
              name              = "orders"
              kms_master_key_id = aws_kms_key.orders.id
            }
        """,
    },
)
def topic_unencrypted(topic: Resource) -> Iterator[Violation]:
    """SNS topic does not encrypt its messages.

    Until it is delivered, a message lies on disks of AWS as it was sent, and no key decides who may publish or read.

    Set `kms_master_key_id` to `aws_kms_key.<name>.id` of your own; its key policy must let the services publish that
    send to the topic. `alias/aws/sns` is a start, but AWS services such as CloudWatch cannot publish through it.
    """
    if not _has_key(topic):
        yield violation("kms_master_key_id", "messages are not encrypted")


@rule(
    id="aws-sqs-queue-unencrypted",
    severity="medium",
    domain="encryption",
    resources=["aws_sqs_queue"],
    aliases=["CKV_AWS_27", "CKV2_AWS_73", "AVD-AWS-0096"],
    controls={"nist-800-53r5": ["SC-13", "SC-28", "SC-28(1)"]},
    links=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html"
    ],
    bad={
        "switched off": """
            resource "aws_sqs_queue" "orders" {
              name                    = "orders"
              sqs_managed_sse_enabled = false
            }
        """,
        "switched off, with an empty key": """
            resource "aws_sqs_queue" "orders" {
              name                    = "orders.fifo"
              fifo_queue              = true
              sqs_managed_sse_enabled = false
              kms_master_key_id       = ""
            }
        """,
    },
    good={
        "left to the default": """
            resource "aws_sqs_queue" "orders" {
              name = "orders"
            }
        """,
        "keys of SQS": """
            resource "aws_sqs_queue" "orders" {
              name                    = "orders"
              sqs_managed_sse_enabled = true
            }
        """,
        "key of this plan": """
            resource "aws_kms_key" "orders" {
              description         = "orders"
              enable_key_rotation = true
            }

            resource "aws_sqs_queue" "orders" {
              name              = "orders"
              kms_master_key_id = aws_kms_key.orders.id
            }
        """,
        "own key instead of keys of SQS": """
            resource "aws_sqs_queue" "orders" {
              name                    = "orders"
              sqs_managed_sse_enabled = false
              kms_master_key_id       = "alias/orders"
            }
        """,
    },
)
def queue_unencrypted(queue: Resource) -> Iterator[Violation]:
    """SQS queue does not encrypt its messages.

    Messages wait in a queue for days. SQS encrypts them by default; somebody has turned that off.

    Take `sqs_managed_sse_enabled = false` out, or set `kms_master_key_id` to a key of your own where you want to
    decide who may send and receive.
    """
    if not given(queue, "sqs_managed_sse_enabled", True) and not _has_key(queue):
        yield violation("sqs_managed_sse_enabled", "messages are not encrypted")


def _has_key(resource: Resource) -> bool:
    """Whether a key is set; one of this plan has no id yet, but is one."""
    key = resource.get("kms_master_key_id")
    if is_unknown(key) and any(may_refer(resource, kind, via="kms_master_key_id") for kind in _KEYS):
        return True
    return bool(key)
