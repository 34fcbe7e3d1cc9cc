"""Which buckets' objects a trail watches: its event selectors, of both kinds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from planguard import Resource, is_unknown

_OBJECTS = "AWS::S3::Object"
_READS_AND_WRITES = {"ReadOnly": "reads", "WriteOnly": "writes"}
# docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html: this prefix stands for every bucket
_EVERY_BUCKET = re.compile(r"arn:aws[a-z-]*:s3(:::)?")


def is_watched(bucket: Resource, what: str) -> bool:
    """Whether a trail of this plan writes down what is done with the objects of a bucket.

    :param what: ``reads`` or ``writes``
    """
    trails = [trail for trail in bucket.others("aws_cloudtrail") if trail.get("enable_logging")]
    return any(_selects(trail, bucket, what) for trail in trails)


def _selects(trail: Resource, bucket: Resource, what: str) -> bool:
    for path, selector in trail.blocks("event_selector"):
        if _READS_AND_WRITES.get(selector["read_write_type"], what) == what:
            for index, resource in enumerate(selector["data_resource"]):
                if resource.get("type") == _OBJECTS:
                    at = f"{path}.data_resource[{index}].values"
                    if any(_covers(value, trail, at, bucket) for value in _each(resource.get("values"))):
                        return True
    return any(_is_selected(fields, trail, bucket, what) for fields in _advanced(trail))


def _advanced(trail: Resource) -> Iterator[dict[str, dict[str, Any]]]:
    for _, selector in trail.blocks("advanced_event_selector"):
        yield {field.get("field"): field for field in selector["field_selector"]}


def _is_selected(fields: dict[str, dict[str, Any]], trail: Resource, bucket: Resource, what: str) -> bool:
    types = fields.get("resources.type", {}).get("equals") or []
    read_only = fields.get("readOnly", {}).get("equals")
    if _OBJECTS not in types or (read_only and ("true" if what == "reads" else "false") not in read_only):
        return False
    place = fields.get("resources.ARN", {})
    named = [*_each(place.get("equals")), *_each(place.get("starts_with"))]
    return not named or any(
        _covers(value, trail, "advanced_event_selector.field_selector", bucket) for value in named
    )


def _each(values: Any) -> list[Any]:
    """The elements of a list one by one, so that one that is not known yet stops nobody who does not need it."""
    if is_unknown(values):
        return [values]
    return [values[index] for index in range(len(values or []))]


def _covers(value: Any, trail: Resource, path: str, bucket: Resource) -> bool:
    if is_unknown(value):
        sources = trail.comes_from(path)
        if bucket.address in sources:
            return True
        buckets = {other.address for other in bucket.others("aws_s3_bucket")}
        return False if sources and buckets.issuperset(sources) else bool(value)
    if _EVERY_BUCKET.fullmatch(value):
        return True
    return bool(value.partition(":::")[2].partition("/")[0] == bucket.get("bucket"))
