"""Where the access log of a bucket is said."""

from __future__ import annotations

from planguard import Resource

from .._aws_s3_bucket import own_blocks
from .._satellite import satellites

LOGGING = "aws_s3_bucket_logging"


def has_access_log(bucket: Resource) -> bool:
    """Whether a bucket has an access log, said in itself or in a resource of its own."""
    return bool(own_blocks(bucket, "logging", LOGGING) or satellites(bucket, LOGGING, via="bucket"))
