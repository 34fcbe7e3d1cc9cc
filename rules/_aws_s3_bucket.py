"""What a bucket says itself of a setting that has a resource of its own since version 4 of the provider."""

from __future__ import annotations

from planguard import Resource

from ._satellite import in_both_snapshots, is_left_to_provider


def own_blocks(bucket: Resource, path: str, kind: str) -> list[tuple[str, dict[str, object]]]:
    """The blocks of a setting that a bucket has itself, with their paths.

    What the provider has read back from a satellite that this plan deletes is not the bucket's own, unless the
    configuration sets it now.

    :param path: the setting: ``versioning``
    :param kind: the type of its satellite: ``aws_s3_bucket_versioning``
    """
    if is_left_to_provider(bucket, path):
        return []
    views = (view for view in in_both_snapshots(bucket) if view.snapshot == "before")
    gone = [one for view in views for one in view.referrers(kind, via="bucket")]
    return [] if gone and bucket.is_unset((path,)) else list(bucket.blocks(path))
