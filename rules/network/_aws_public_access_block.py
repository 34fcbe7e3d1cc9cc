"""The public access blocks that are in effect on a bucket: its own, and that of the account."""

from __future__ import annotations

from planguard import Resource, is_unknown

from .._satellite import satellites, satellites_of

KIND = "aws_s3_bucket_public_access_block"
OF_ACCOUNT = "aws_s3_account_public_access_block"
SETTINGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


def is_any_on(resource: Resource, *settings: str) -> bool:
    """Whether one of the settings is on for a bucket, or for the bucket of a bucket policy.

    :raises Undetermined: when none is for certain, and one may be
    """
    values = [block.get(setting) for block in _in_effect(resource) for setting in settings]
    return any(sorted(values, key=is_unknown))


def is_every_on(resource: Resource, *settings: str) -> bool:
    """Whether each of the settings is on, be it in another block.

    :raises Undetermined: when one may be on, or off
    """
    return all(is_any_on(resource, setting) for setting in settings)


def _in_effect(resource: Resource) -> list[Resource]:
    buckets = [resource] if resource.type == "aws_s3_bucket" else resource.references("aws_s3_bucket", via="bucket")
    if buckets:
        own = [block for bucket in buckets for block in satellites(bucket, KIND, via="bucket")]
    else:
        own = satellites_of(resource.get("bucket"), resource, KIND, via="bucket")
    return own + of_account(resource)


def of_account(resource: Resource) -> list[Resource]:
    """The blocks of the account that a resource is in, as far as the provider configuration tells."""
    return [block for block in resource.others(OF_ACCOUNT) if _account(block) == _account(resource)]


def _account(resource: Resource) -> str:
    block = resource.node.block
    return block.config.provider_config_key if block else ""
