"""Messages and records at rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_keys import has_own_key

_KEY = "kms_master_key_id"
_OWN_KEY: dict[str, Iterable[str]] = {"nist-800-53r5": ["SC-12", "SC-13", "SC-28(1)"]}


@rule(
    id="aws-sns-topic-unencrypted",
    severity="high",
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
    if not topic.is_set(_KEY):
        yield violation(_KEY, "messages are not encrypted")


@rule(
    id="aws-sns-topic-without-customer-key",
    severity="medium",
    domain="encryption",
    resources=["aws_sns_topic"],
    aliases=["AVD-AWS-0136"],
    controls=_OWN_KEY,
    links=["https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"],
    since="0.2.0",
    bad={
        "key of AWS": """
            resource "aws_sns_topic" "orders" {
              name              = "orders"
              kms_master_key_id = "alias/aws/sns"
            }
        """,
        "key of AWS, by its arn": """
            resource "aws_sns_topic" "orders" {
              name              = "orders"
              kms_master_key_id = "arn:aws:kms:eu-west-1:111122223333:alias/aws/sns"
            }
        """,
    },
    good={
        "key of this plan": """
            resource "aws_kms_key" "orders" {
              description = "orders"
            }

            resource "aws_sns_topic" "orders" {
              name              = "orders"
              kms_master_key_id = aws_kms_key.orders.id
            }
        """,
        "key by its alias": """
            resource "aws_sns_topic" "orders" {
              name              = "orders"
              kms_master_key_id = "alias/orders"
            }
        """,
        "no encryption is another rule's": """
            resource "aws_sns_topic" "orders" {
              name = "orders"
            }
        """,
    },
)
def topic_without_customer_key(topic: Resource) -> Iterator[Violation]:
    """SNS topic is encrypted with a key that AWS manages.

    The policy of `alias/aws/sns` cannot be changed: AWS services such as CloudWatch, EventBridge and S3 cannot
    publish to the topic, another account cannot read from it, and nobody can take the key away.

    Set `kms_master_key_id = aws_kms_key.<name>.id`; its key policy must let the services publish that send to the
    topic.
    """
    if topic.is_set(_KEY) and not has_own_key(topic, _KEY):
        yield violation(_KEY, "no key of its own")


@rule(
    id="aws-sqs-queue-unencrypted",
    severity="high",
    domain="encryption",
    resources=["aws_sqs_queue"],
    aliases=["CKV_AWS_27", "AVD-AWS-0096"],
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
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    if not queue.effective("sqs_managed_sse_enabled", True) and not queue.is_set(_KEY):
        yield violation("sqs_managed_sse_enabled", "messages are not encrypted")


@rule(
    id="aws-sqs-queue-without-customer-key",
    severity="medium",
    domain="encryption",
    resources=["aws_sqs_queue"],
    aliases=["CKV2_AWS_73", "AVD-AWS-0135"],
    controls=_OWN_KEY,
    links=["https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"],
    since="0.2.0",
    bad={
        "key of AWS": """
            resource "aws_sqs_queue" "orders" {
              name              = "orders"
              kms_master_key_id = "alias/aws/sqs"
            }
        """,
        "key of AWS, by its arn": """
            resource "aws_sqs_queue" "orders" {
              name              = "orders"
              kms_master_key_id = "arn:aws:kms:eu-west-1:111122223333:alias/aws/sqs"
            }
        """,
    },
    good={
        "key of this plan": """
            resource "aws_kms_key" "orders" {
              description = "orders"
            }

            resource "aws_sqs_queue" "orders" {
              name              = "orders"
              kms_master_key_id = aws_kms_key.orders.id
            }
        """,
        "key by its alias": """
            resource "aws_sqs_queue" "orders" {
              name              = "orders"
              kms_master_key_id = "alias/orders"
            }
        """,
        "keys of SQS": """
            resource "aws_sqs_queue" "orders" {
              name = "orders"
            }
        """,
    },
)
def queue_without_customer_key(queue: Resource) -> Iterator[Violation]:
    """SQS queue is encrypted with a key that AWS manages.

    The policy of `alias/aws/sqs` cannot be changed: AWS services such as SNS, EventBridge and S3 cannot send to the
    queue, another account cannot read from it, and nobody can take the key away.

    Set `kms_master_key_id = aws_kms_key.<name>.id`; its key policy must let the services use it that send to the
    queue.
    """
    if queue.is_set(_KEY) and not has_own_key(queue, _KEY):
        yield violation(_KEY, "no key of its own")


@rule(
    id="aws-kinesis-stream-without-customer-key",
    severity="medium",
    domain="encryption",
    resources=["aws_kinesis_stream"],
    aliases=["CKV_AWS_185", "AVD-AWS-0064"],
    controls=_OWN_KEY,
    links=["https://docs.aws.amazon.com/streams/latest/dev/creating-using-sse-master-keys.html"],
    since="0.2.0",
    wider=["aws-kinesis-stream-unencrypted"],
    bad={
        "nothing said": """
            resource "aws_kinesis_stream" "clicks" {
              name        = "clicks"
              shard_count = 1
            }
        """,
        "no key": """
            resource "aws_kinesis_stream" "clicks" {
              name            = "clicks"
              shard_count     = 1
              encryption_type = "KMS"
            }
        """,
        "key of AWS": """
            resource "aws_kinesis_stream" "clicks" {
              name            = "clicks"
              shard_count     = 1
              encryption_type = "KMS"
              kms_key_id      = "alias/aws/kinesis"
            }
        """,
        "a key, but switched off": """
            resource "aws_kinesis_stream" "clicks" {
              name            = "clicks"
              shard_count     = 1
              encryption_type = "NONE"
              kms_key_id      = "alias/clicks"
            }
        """,
    },
    good={
        "key of this plan": """
            resource "aws_kms_key" "clicks" {
              description = "clicks"
            }

            resource "aws_kinesis_stream" "clicks" {
              name            = "clicks"
              shard_count     = 1
              encryption_type = "KMS"
              kms_key_id      = aws_kms_key.clicks.id
            }
        """,
        "key by its alias": """
            resource "aws_kinesis_stream" "clicks" {
              name            = "clicks"
              shard_count     = 1
              encryption_type = "KMS"
              kms_key_id      = "alias/clicks"
            }
        """,
    },
)
def stream_without_customer_key(stream: Resource) -> Iterator[Violation]:
    """Kinesis stream is not encrypted with a key of one's own.

    With `alias/aws/kinesis` everybody in the account who may read the stream may decrypt it, another account never
    can, and nobody can take the key away.

    Set `encryption_type = "KMS"` and `kms_key_id = aws_kms_key.<name>.arn`. Producers need `kms:GenerateDataKey` for
    the key, consumers `kms:Decrypt`.
    """
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kinesis_stream
    if stream.effective("encryption_type", "NONE") != "KMS":
        yield violation("encryption_type", "records are not encrypted")
    elif not has_own_key(stream, "kms_key_id"):
        yield violation("kms_key_id", "no key of its own")
