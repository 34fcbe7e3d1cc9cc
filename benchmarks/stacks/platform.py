"""AWS: what a service stands on: a key, logs, a topic, a queue, and the storage module that it calls."""

from __future__ import annotations

from stacks.block import Block, Kind, Own, Ref, Values, assumed_by, const, document, uses
from stacks.iam import role
from stacks.place import Place
from stacks.storage import BUCKETS, STORAGE


def _key(place: Place, _: str) -> Values:
    return {
        "arn": Own(place.kms),
        "bypass_policy_lockout_safety_check": False,
        "custom_key_store_id": "",
        "customer_master_key_spec": "SYMMETRIC_DEFAULT",
        "deletion_window_in_days": 30,
        "description": f"Data of {place.slug}",
        "enable_key_rotation": not place.one_in(10, "rotation"),
        "id": Own(place.uuid("kms")),
        "is_enabled": True,
        "key_id": Own(place.uuid("kms")),
        "key_usage": "ENCRYPT_DECRYPT",
        "multi_region": Own(False),
        "policy": document(
            {
                "Action": "kms:*",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{place.account}:root"},
                "Resource": "*",
            }
        ),
        "rotation_period_in_days": Own(365),
        "tags": None,
        "tags_all": place.tags,
        "timeouts": None,
        "xks_key_id": "",
    }


def _alias(place: Place, _: str) -> Values:
    name = f"alias/{place.slug}"
    return {
        "arn": Own(place.arn("kms", name)),
        "id": Own(name),
        "name": name,
        "name_prefix": Own(""),
        "target_key_arn": Own(place.kms),
        "target_key_id": Ref(place.uuid("kms")),
    }


def logs(place: Place, key: str) -> Values:
    """A log group."""
    name = f"/{place.service}/{place.slug}/{key}"
    return {
        "arn": Own(place.arn("logs", f"log-group:{name}")),
        "id": Own(name),
        "kms_key_id": Ref(place.kms),
        "log_group_class": Own("STANDARD"),
        "name": name,
        "name_prefix": Own(""),
        "retention_in_days": 0 if place.one_in(15, "retention" + key) else 90,
        "skip_destroy": False,
        "tags": None,
        "tags_all": place.tags,
    }


def _topic(place: Place, _: str) -> Values:
    arn = place.arn("sns", f"{place.slug}-events")
    return {
        "arn": Own(arn),
        "content_based_deduplication": False,
        "delivery_policy": "",
        "display_name": "",
        "fifo_topic": False,
        "id": Own(arn),
        "kms_master_key_id": "" if place.one_in(10, "topic") else Ref(place.kms),
        "name": f"{place.slug}-events",
        "name_prefix": Own(""),
        "owner": Own(place.account),
        "policy": Own(document({"Action": "SNS:Publish", "Effect": "Allow", "Principal": "*", "Resource": arn})),
        "signature_version": 0,
        "tags": None,
        "tags_all": place.tags,
        "tracing_config": Own(""),
    }


def _queue(place: Place, key: str) -> Values:
    name = f"{place.slug}-{key}"
    url = f"https://sqs.{place.region}.amazonaws.com/{place.account}/{name}"
    return {
        "arn": Own(place.arn("sqs", name)),
        "content_based_deduplication": False,
        "delay_seconds": 0,
        "fifo_queue": False,
        "id": Own(url),
        "kms_data_key_reuse_period_seconds": Own(300),
        "kms_master_key_id": Ref(place.kms),
        "max_message_size": 262144,
        "message_retention_seconds": 345600,
        "name": name,
        "name_prefix": Own(""),
        "policy": Own(""),
        "receive_wait_time_seconds": 0,
        "redrive_policy": "",
        "sqs_managed_sse_enabled": Own(False),
        "tags": None,
        "tags_all": place.tags,
        "url": Own(url),
        "visibility_timeout_seconds": 30,
    }


def _writes(place: Place, _: str) -> Values:
    name = f"{place.slug}-writer"
    actions = "s3:*" if place.one_in(10, "writes") else ["s3:PutObject", "s3:GetObject"]
    resources = [f"arn:aws:s3:::{place.bucket(key)}/*" for key in BUCKETS]
    return {
        "id": Own(f"{name}:write"),
        "name": "write",
        "name_prefix": Own(""),
        "policy": Ref(document({"Action": actions, "Effect": "Allow", "Resource": resources, "Sid": "Write"})),
        "role": Ref(name),
    }


PLATFORM = Kind(
    source="./modules/platform",
    blocks=(
        Block(
            "aws_cloudwatch_log_group",
            "this",
            logs,
            {
                "kms_key_id": uses("aws_kms_key.this.arn"),
                "name": uses("var.name", "each.key"),
                "retention_in_days": uses("var.retention"),
            },
            ("app", "audit"),
            const(["app", "audit"]),
            old={"retention_in_days": 14},
        ),
        Block(
            "aws_iam_role",
            "writer",
            lambda place, _: role(place, f"{place.slug}-writer", "lambda.amazonaws.com"),
            {"assume_role_policy": const(assumed_by("lambda.amazonaws.com")), "name": uses("var.name")},
            old={"max_session_duration": 43200},
        ),
        Block(
            "aws_iam_role_policy",
            "writer",
            _writes,
            {
                "name": const("write"),
                "policy": uses("module.storage.names"),
                "role": uses("aws_iam_role.writer.id"),
            },
            old={"policy": document({"Action": "s3:*", "Effect": "Allow", "Resource": "*"})},
        ),
        Block(
            "aws_kms_alias",
            "this",
            _alias,
            {"name": uses("var.name"), "target_key_id": uses("aws_kms_key.this.key_id")},
        ),
        Block(
            "aws_kms_key",
            "this",
            _key,
            {
                "deletion_window_in_days": const(30),
                "description": uses("var.name"),
                "enable_key_rotation": const(True),
                "policy": uses("data.aws_caller_identity.current.account_id"),
            },
            old={"enable_key_rotation": False},
        ),
        Block(
            "aws_sns_topic",
            "events",
            _topic,
            {"kms_master_key_id": uses("aws_kms_key.this.id"), "name": uses("var.name")},
            old={"tags": {"ticket": "OPS-411"}},
        ),
        Block(
            "aws_sqs_queue",
            "this",
            _queue,
            {"kms_master_key_id": uses("aws_kms_key.this.id"), "name": uses("var.name", "each.value")},
            ("orders",),
            uses("var.queues"),
            old={"visibility_timeout_seconds": 10},
        ),
        Block(
            "aws_caller_identity",
            "current",
            lambda place, _: {
                "account_id": place.account,
                "arn": f"arn:aws:sts::{place.account}:assumed-role/ci/terraform",
                "id": place.account,
                "user_id": "AROAEXAMPLE:terraform",
            },
            mode="data",
        ),
    ),
    inputs=lambda _: {"name": uses("var.project", "each.key"), "retention": uses("each.value.retention")},
    outputs={
        "kms_key_arn": {"expression": uses("aws_kms_key.this.arn")},
        "log_bucket": {"expression": uses("module.storage.log_bucket")},
    },
    children=(("storage", STORAGE),),
)
