"""AWS: buckets with what protects them."""

from __future__ import annotations

from stacks.block import Block, Kind, Own, Ref, Values, const, document, uses
from stacks.place import Place

BUCKETS = ("assets", "data.raw", "logs")


def _bucket(place: Place, key: str) -> Values:
    name = place.bucket(key)
    return {
        "acceleration_status": "",
        "acl": None,
        "arn": Own(f"arn:aws:s3:::{name}"),
        "bucket": name,
        "bucket_domain_name": Own(f"{name}.s3.amazonaws.com"),
        "bucket_prefix": "",
        "bucket_regional_domain_name": Own(f"{name}.s3.{place.region}.amazonaws.com"),
        "cors_rule": [],
        "force_destroy": place.one_in(20, "force" + key),
        "grant": [],
        "hosted_zone_id": Own(place.hex("zone", 14).upper()),
        "id": Own(name),
        "lifecycle_rule": [],
        "logging": [],
        "object_lock_configuration": [],
        "object_lock_enabled": False,
        "policy": Own(""),
        "region": place.region,
        "replication_configuration": [],
        "request_payer": Own("BucketOwner"),
        "server_side_encryption_configuration": [],
        "tags": {"content": key},
        "tags_all": {**place.tags, "content": key},
        "timeouts": None,
        "versioning": [],
        "website": [],
    }


def _public_access(place: Place, key: str) -> Values:
    shut = not place.one_in(12, "public" + key)
    return {
        "block_public_acls": True,
        "block_public_policy": shut,
        "bucket": Ref(place.bucket(key)),
        "id": Own(place.bucket(key)),
        "ignore_public_acls": True,
        "restrict_public_buckets": shut,
    }


def _encryption(place: Place, key: str) -> Values:
    default = {"kms_master_key_id": Ref(place.kms), "sse_algorithm": "aws:kms"}
    return {
        "bucket": Ref(place.bucket(key)),
        "expected_bucket_owner": "",
        "id": Own(place.bucket(key)),
        "rule": [{"apply_server_side_encryption_by_default": [default], "bucket_key_enabled": True}],
    }


def _versioning(place: Place, key: str) -> Values:
    status = "Suspended" if place.one_in(15, "version" + key) else "Enabled"
    return {
        "bucket": Ref(place.bucket(key)),
        "expected_bucket_owner": "",
        "id": Own(place.bucket(key)),
        "mfa": None,
        "versioning_configuration": [{"mfa_delete": "", "status": status}],
    }


def _ownership(place: Place, key: str) -> Values:
    rule = [{"object_ownership": "BucketOwnerEnforced"}]
    return {"bucket": Ref(place.bucket(key)), "id": Own(place.bucket(key)), "rule": rule}


def _access_statement(place: Place, key: str) -> str:
    arn = f"arn:aws:s3:::{place.bucket(key)}"
    reader = (
        "*" if place.one_in(40, "reader" + key) else {"AWS": f"arn:aws:iam::{place.account}:role/{place.slug}-app"}
    )
    return document(
        {"Action": "s3:GetObject", "Effect": "Allow", "Principal": reader, "Resource": f"{arn}/*", "Sid": "Read"},
        {
            "Action": "s3:*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            "Effect": "Deny",
            "Principal": "*",
            "Resource": [arn, f"{arn}/*"],
            "Sid": "TlsOnly",
        },
    )


def _access(place: Place, key: str) -> Values:
    bucket = place.bucket(key)
    return {"bucket": Ref(bucket), "id": Own(bucket), "policy": Ref(_access_statement(place, key))}


def _access_document(place: Place, key: str) -> Values:
    return {
        "id": Own(place.hex("document", 10)),
        "json": Own(_access_statement(place, "assets")),
        "override_policy_documents": None,
        "policy_id": None,
        "source_policy_documents": None,
        "version": "2012-10-17",
    }


_EACH_BUCKET = {"bucket": {"references": ["aws_s3_bucket.this", "each.key"]}}
_OVER_BUCKETS = uses("var.buckets")

STORAGE = Kind(
    source="./modules/storage",
    blocks=(
        Block(
            "aws_s3_bucket",
            "this",
            _bucket,
            {"bucket": uses("var.name", "each.key"), "force_destroy": uses("var.force"), "tags": uses("each.key")},
            BUCKETS,
            _OVER_BUCKETS,
            old={"tags": None},
        ),
        Block(
            "aws_s3_bucket_ownership_controls",
            "this",
            _ownership,
            {**_EACH_BUCKET, "rule": [{"object_ownership": const("BucketOwnerEnforced")}]},
            BUCKETS,
            _OVER_BUCKETS,
        ),
        Block(
            "aws_s3_bucket_policy",
            "this",
            _access,
            {
                "bucket": uses('aws_s3_bucket.this["assets"].id'),
                "policy": uses("data.aws_iam_policy_document.access.json"),
            },
            ("assets",),
            const(["assets"]),
            old={"policy": document()},
        ),
        Block(
            "aws_s3_bucket_public_access_block",
            "this",
            _public_access,
            {
                **_EACH_BUCKET,
                "block_public_acls": const(True),
                "block_public_policy": uses("each.value.shut"),
                "ignore_public_acls": const(True),
                "restrict_public_buckets": uses("each.value.shut"),
            },
            BUCKETS,
            _OVER_BUCKETS,
            old={"block_public_acls": False},
        ),
        Block(
            "aws_s3_bucket_server_side_encryption_configuration",
            "this",
            _encryption,
            {
                **_EACH_BUCKET,
                "rule": [
                    {
                        "apply_server_side_encryption_by_default": [
                            {"kms_master_key_id": uses("var.kms_key_arn"), "sse_algorithm": const("aws:kms")}
                        ],
                        "bucket_key_enabled": const(True),
                    }
                ],
            },
            BUCKETS,
            _OVER_BUCKETS,
        ),
        Block(
            "aws_s3_bucket_versioning",
            "this",
            _versioning,
            {**_EACH_BUCKET, "versioning_configuration": [{"status": uses("each.value.versioning")}]},
            BUCKETS,
            _OVER_BUCKETS,
        ),
        Block(
            "aws_iam_policy_document",
            "access",
            _access_document,
            {"statement": [{"actions": const(["s3:GetObject"]), "resources": uses("aws_s3_bucket.this")}]},
            mode="data",
        ),
    ),
    inputs=lambda _: {
        "buckets": const({key: {"shut": True, "versioning": "Enabled"} for key in BUCKETS}),
        "kms_key_arn": uses("aws_kms_key.this.arn"),
        "name": uses("var.name"),
    },
    outputs={
        "log_bucket": {"expression": uses('aws_s3_bucket.this["logs"].id')},
        "names": {"expression": {"references": ["aws_s3_bucket.this"]}},
    },
)
