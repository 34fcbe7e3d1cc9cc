"""Whose key something is encrypted with."""

from __future__ import annotations

from typing import Any

from planguard import Resource, is_unknown

_OF_AWS = "alias/aws/"
_LOOKED_UP = {"data.aws_kms_alias": "name", "data.aws_kms_key": "key_id"}


def is_own_key(key: Any) -> bool:
    """Whether a key that is given is the customer's; the ones of AWS have aliases that begin with ``aws/``."""
    return _OF_AWS not in str(key)


def has_own_key(resource: Resource, path: str) -> bool:
    """Whether a customer's key is given at a path; the arn or id of one that is not created yet counts.

    A key that a data source looks up is what it is looked up by.
    """
    if not resource.is_set(path):
        return False
    for kind, name in _LOOKED_UP.items():
        if any(not is_own_key(one.get(name)) for one in resource.references(kind, via=path)):
            return False
    key = resource.get(path)
    return is_unknown(key) or is_own_key(key)
