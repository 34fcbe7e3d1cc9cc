"""Which values name a resource, and whether an attribute that holds such a value means it.

An ARN, a self link or a path of segments names one object wherever it stands. A bare name ("main") does not: it
counts only in an attribute that says what it names, such as ``role``, ``bucket`` or ``cluster_name``.

Sources: the ARN format of the AWS general reference, Azure Resource Manager's resource ids (compared without
case), Google Cloud's full resource names and self links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

NAMING = (
    "id",
    "arn",
    "self_link",
    "name",
    "bucket",
    "email",
    "key_id",
    "unique_id",
    "uid",
    "identifier",
    "qualified_arn",
)
"""Attributes whose value names the resource that they stand in."""

_SUFFIXES = (
    "_identifiers",
    "_identifier",
    "_arns",
    "_arn",
    "_ids",
    "_id",
    "_names",
    "_name",
    "_link",
    "_uri",
    "_url",
)
_ALWAYS_THERE = frozenset(
    {
        *NAMING,
        "dns_name",
        "endpoint",
        "fqdn",
        "hex",
        "ip_address",
        "json",
        "member",
        "result",
        "url",
        "uri",
        "vault_uri",
    }
)
"""What every resource that has such an attribute gives a value to, once it exists."""

_GOOGLE_LINK = re.compile(r"https://[a-z.-]*googleapis\.com/(?:[a-z]+/)?(?:v[0-9][a-z0-9]*/)?(?=projects/)")
_MEMBER = re.compile(r"(?:serviceAccount|user|group|deleted:serviceAccount):(?=[^:@]+@)")
_GENERATED = re.compile(r"(?:[a-z]{1,12}-)+[0-9a-f]{8,}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_LONGEST = 2048


def normalised(value: str) -> str:
    """The form in which two spellings of one name are equal."""
    if value.startswith("/subscriptions/"):
        return value.lower()
    if value.startswith("https://"):
        return _GOOGLE_LINK.sub("", value)
    if ":" in value:
        return _MEMBER.sub("", value)
    return value


@lru_cache(maxsize=65536)
def is_telling(value: str) -> bool:
    """Whether a value names one object wherever it stands."""
    return (
        ":" in value
        or value.count("/") >= 2
        or "@" in value
        or _GENERATED.fullmatch(value) is not None
        or _UUID.fullmatch(value) is not None
    )


@lru_cache(maxsize=16384)
def stem(attribute: str) -> str:
    """What an attribute says it names: ``load_balancer_arn`` names a ``load_balancer``."""
    for suffix in _SUFFIXES:
        if attribute.endswith(suffix) and len(attribute) > len(suffix):
            return attribute[: -len(suffix)]
    return attribute


def is_name(rest: tuple[str | tuple[object], ...]) -> bool:
    """Whether what a reference reads of a resource is never null once that exists: a name of it, or all of it.

    :param rest: the steps behind the resource, instance keys as tuples
    """
    names = [step for step in rest if isinstance(step, str)]
    return not names or names[-1] in _ALWAYS_THERE or stem(names[-1]) != names[-1]


NO_REFERENCE = frozenset({"region", "location", "zone", "availability_zone", "partition", "account_id", "project"})
"""Attributes that say where a resource is, not what it belongs to."""

_VERSION = re.compile(r"_v\d+(?:beta\d+|alpha\d+)?$")


@lru_cache(maxsize=16384)
def names_type(attribute: str, type_: str) -> bool:
    """Whether an attribute of this name speaks of a resource of this type."""
    if attribute in NO_REFERENCE:
        return False
    plain = _VERSION.sub("", type_)
    what = stem(attribute)
    return plain.endswith("_" + what) or plain.endswith("_" + what.removesuffix("s"))


def names_of(values: dict[str, Any], type_: str) -> Iterator[str]:
    """The values that name a resource, normalised. Unknown ones are left out."""
    for attribute in NAMING:
        value = values.get(attribute)
        if type(value) is str and 0 < len(value) <= _LONGEST:
            yield normalised(value)
    for attribute, value in values.items():
        if type(value) is str and attribute not in NAMING and 0 < len(value) <= _LONGEST and "_" in attribute:
            last = stem(attribute)
            if last != attribute and names_type(attribute, type_):
                yield normalised(value)
    metadata = values.get("metadata")
    if type_.startswith("kubernetes_") and type(metadata) is list and metadata and type(metadata[0]) is dict:
        name = metadata[0].get("name")
        if type(name) is str and name:
            yield name


def leaves_of(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """The known strings in a resource's values, with their attribute paths (indexes left out)."""
    kind = type(value)
    if kind is str:
        if 0 < len(value) <= _LONGEST:
            yield path, value
    elif kind is dict:
        for key, below in value.items():
            if below is not None:
                yield from leaves_of(below, (*path, key))
    elif kind is list or (kind.__name__ == "PartialList"):
        for below in list.__iter__(value):
            if below is not None:
                yield from leaves_of(below, path)
