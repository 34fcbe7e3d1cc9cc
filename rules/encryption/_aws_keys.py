"""Whose key something is encrypted with."""

from __future__ import annotations

from typing import Any

from planguard import Resource, is_unknown

_OF_AWS = "alias/aws/"


def is_own_key(key: Any) -> bool:
    """Whether a key that is given is the customer's; the ones of AWS have aliases that begin with ``aws/``."""
    return _OF_AWS not in str(key)


def has_own_key(resource: Resource, path: str) -> bool:
    """Whether a customer's key is given at a path; the arn or id of one that is not created yet counts."""
    if not resource.is_set(path):
        return False
    key = resource.get(path)
    return is_unknown(key) or is_own_key(key)
