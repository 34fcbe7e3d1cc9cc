"""What keeps a statement that speaks of everybody from meaning everybody: conditions, and denials.

Sources: "The meaning of public" in the S3 User Guide ("Blocking public access to your Amazon S3 storage"); "IAM JSON
policy elements: Condition operators" in the IAM User Guide, for keys that are absent from a request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv6Network, ip_network

from ._aws_policy import Statement, covers, is_every_action, is_every_resource, listed

KEYS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:userid",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    }
)
"""Condition keys that say who asks, or from where, in values that a stranger cannot choose."""

_EQUAL = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"})
_DIFFERENT = frozenset(
    {"stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike", "notipaddress"}
)
_ROLE_SESSION = re.compile(r"A[A-Z0-9]{3,}:\*")
_ARN_OF_ACCOUNT = re.compile(r"arn:[^:]*:[^:]*:[^:]*:\d{12}:")
_ORGANIZATION = re.compile(r"o-[a-z0-9]+/")


def is_limited(statement: Statement) -> bool:
    """Whether a condition narrows a statement to fixed accounts, organizations, networks or callers."""
    return any(
        _operator(block["test"]) in _EQUAL and _names_few(block["variable"], block["values"])
        for block in statement.conditions
    )


def is_denied(allow: Statement, statements: Iterable[Statement], *, to: str = "anyone") -> bool:
    """Whether a Deny takes from everybody (or, with a condition, from all but a few) what an Allow gives.

    :param to: ``anyone`` in a policy at a resource; ``identity`` in one that is attached to whom it speaks of
    """
    return any(
        not one.allows
        and (to == "identity" or one.is_for_anyone)
        and _covers_actions(one, allow)
        and _covers_resources(one, allow)
        and _spares_few(one)
        for one in statements
    )


def _covers_actions(deny: Statement, allow: Statement) -> bool:
    if allow.not_actions:
        return any(is_every_action(one) for one in deny.actions)
    return all(covers(deny.actions, one, case=False) for one in allow.actions)


def _covers_resources(deny: Statement, allow: Statement) -> bool:
    if allow.not_resources:
        return any(is_every_resource(one) for one in deny.resources)
    return all(covers(deny.resources, one, case=True) for one in allow.resources)


def _spares_few(deny: Statement) -> bool:
    """Whether a Deny spares nobody but a few: it spares whoever fails one of its conditions."""
    return all(
        _plain(block["test"]).removesuffix("ifexists") in _DIFFERENT
        and _names_few(block["variable"], block["values"])
        for block in deny.conditions
    )


def _operator(test: str) -> str:
    """An operator that fails where the key is absent; ``ForAllValues:`` and ``…IfExists`` do not."""
    return _plain(test).removeprefix("foranyvalue:")


def _plain(test: str) -> str:
    return test.lower().replace(" ", "")


def _names_few(variable: str, values: Iterable[str]) -> bool:
    key = variable.lower()
    found = listed(values)
    return key in KEYS and bool(found) and all(_is_fixed(key, one) for one in found)


def _is_fixed(key: str, value: str) -> bool:
    if "${" in value:
        return False
    if key == "aws:sourceip":
        return _is_narrow(value)
    if "*" not in value and "?" not in value:
        return True
    if key == "aws:userid":
        return bool(_ROLE_SESSION.fullmatch(value))
    if key.endswith("orgpaths"):
        return bool(_ORGANIZATION.match(value))
    return bool(_ARN_OF_ACCOUNT.match(value))


def _is_narrow(text: str) -> bool:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return True
    return network.prefixlen >= (32 if isinstance(network, IPv6Network) else 8)
