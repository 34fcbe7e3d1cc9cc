"""Grants that are resources of their own: permissions of functions and layers, grants on keys."""

from __future__ import annotations

from typing import Any

from planguard.access.aws.deferred import VERSION, Reading, read_texts
from planguard.access.aws.names import Names
from planguard.access.aws.owners import Owners
from planguard.access.aws.policies import Policy, clauses_of, invalid_policy, policy_gaps
from planguard.graph.resource import Resource
from planguard.plan.unknown import Unknown, is_unknown

_EQUAL = "StringEquals"
_FUNCTION_KEYS = (
    ("source_arn", "ArnLike", "aws:SourceArn"),
    ("source_account", _EQUAL, "aws:SourceAccount"),
    ("principal_org_id", _EQUAL, "aws:PrincipalOrgID"),
    ("event_source_token", _EQUAL, "lambda:EventSourceToken"),
    ("function_url_auth_type", _EQUAL, "lambda:FunctionUrlAuthType"),
)
_LAYER_KEYS = (("organization_id", _EQUAL, "aws:PrincipalOrgID"),)
_KEY_NAMES = ("id", "key_id", "arn")


def gather_permissions(owners: Owners) -> None:
    """Give functions, layers and keys what such resources grant on them."""
    names = owners.names
    for one in names.snapshot.all("aws_lambda_permission"):
        for draft in owners.named(one, "function_name", ("aws_lambda_function",), ("function_name", "arn")):
            arn = names.arn(draft.resource) if draft.resource is not None else "*"
            draft.add(_permission(one, _FUNCTION_KEYS, arn, names), touched=one.node.changed)
    for one in names.snapshot.all("aws_lambda_layer_version_permission"):
        for draft in owners.named(one, "layer_name", ("aws_lambda_layer_version",), ("layer_name", "layer_arn")):
            draft.add(_permission(one, _LAYER_KEYS, "*", names), touched=one.node.changed)
    for one in names.snapshot.all("aws_kms_grant"):
        for draft in owners.named(one, "key_id", ("aws_kms_key",), _KEY_NAMES):
            draft.add(_grant(one, names), touched=one.node.changed)


def _permission(resource: Resource, keys: tuple[tuple[str, str, str], ...], arn: str, names: Names) -> Policy:
    principal = _principal(resource, "principal", names)
    qualifier = resource.get("qualifier")
    target: Any = [arn]
    if is_unknown(qualifier):
        target = Unknown() if arn == "*" else [f"{arn}:*"]
    elif qualifier and arn != "*":
        target = [f"{arn}:{qualifier}"]
    lower: dict[str, Any] = {}
    upper: dict[str, Any] = {}
    differ, never = principal.lower is not principal.upper, principal.is_nothing
    for attribute, operator, key in keys:
        value = resource.get(attribute)
        if value is None or (is_unknown(value) and resource.is_left_to_provider(attribute)):
            continue
        read = read_texts(resource, (attribute,), value, names, exact=operator == _EQUAL)
        differ, never = differ or read.lower is not read.upper, never or read.is_nothing
        lower.setdefault(operator, {})[key] = read.lower
        upper.setdefault(operator, {})[key] = read.upper
    if _is_by_url(resource):
        upper["Bool"] = lower["Bool"] = {"lambda:InvokedViaFunctionUrl": "true"}
    statement = {"Effect": "Allow", "Action": resource.get("action"), "Resource": target}
    sid = resource.get("statement_id")
    if not is_unknown(sid) and sid:
        statement["Sid"] = sid
    above = {**statement, "Principal": principal.upper, "Condition": upper}
    if not differ:
        return _policy(above, above, resource, "")
    below = None if never else {**statement, "Principal": principal.lower, "Condition": lower}
    return _policy(below, above, resource, "")


def _is_by_url(resource: Resource) -> bool:
    value = resource.get("invoked_via_function_url")
    return not is_unknown(value) and bool(value)


def _principal(resource: Resource, path: str, names: Names) -> Reading:
    """A principal as the document of a policy has it."""
    value = names.value(resource, path)
    if not is_unknown(value):
        found = _of_text(str.__str__(value or ""))
        return Reading(found, found)
    read = read_texts(resource, (path,), value, names, exact=True)
    if is_unknown(read.upper):
        return read
    above = {"AWS": read.upper}
    return Reading(above if read.lower is read.upper else read.lower and {"AWS": read.lower}, above)


def _of_text(text: str) -> Any:
    if text == "*":
        return "*"
    is_service = "." in text and not text.startswith("arn:")
    return {"Service" if is_service else "AWS": text}


def _grant(resource: Resource, names: Names) -> Policy:
    principal = _principal(resource, "grantee_principal", names)
    operations = resource.get("operations")
    actions: Any = operations
    if not is_unknown(operations):
        actions = [one if is_unknown(one) else f"kms:{one}" for one in list.__iter__(operations or [])]
    above = {"Effect": "Allow", "Action": actions, "Principal": principal.upper}
    below = above if principal.lower is principal.upper else None
    policy = _policy(below, above, resource, "operations")
    # Constraints on the encryption context are kept out: the grant holds for some contexts, or for all.
    constraints = resource.get("constraints")
    return policy.perhaps() if is_unknown(constraints) or constraints else policy


def _policy(lower: dict[str, Any] | None, upper: dict[str, Any], resource: Resource, path: str) -> Policy:
    try:
        clauses = clauses_of(lower, upper, 0, VERSION, resource, path)
    except ValueError as error:
        return Policy((), (invalid_policy(resource, path, error),), resource.node.changed)
    return Policy(tuple(clauses), policy_gaps(clauses, resource, path), resource.node.changed)
