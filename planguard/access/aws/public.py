"""Grants of a bucket to the public: by its policy, by its access control list, and what cuts them off.

Sources: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage" (the meaning of "public", and of
each of the four settings) and "Access control list (ACL) overview" (what each permission allows, canned ACLs).
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from planguard.access.model import ALLOW, EXACT, UPPER, Clause, Origin, Predicate, Terms
from planguard.access.pattern import is_symbol, symbol_name
from planguard.graph.resource import Resource
from planguard.plan.unknown import is_unknown

_EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"
_SIGNED_IN = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
_ACTIONS = {
    "READ": ("s3:listbucket", "s3:listbucketversions", "s3:listbucketmultipartuploads"),
    "WRITE": ("s3:putobject", "s3:deleteobject", "s3:deleteobjectversion"),
    "READ_ACP": ("s3:getbucketacl",),
    "WRITE_ACP": ("s3:putbucketacl",),
}
_ACTIONS["FULL_CONTROL"] = tuple(action for actions in _ACTIONS.values() for action in actions)
_CANNED = {
    "public-read": (("*", "READ"),),
    "public-read-write": (("*", "READ"), ("*", "WRITE")),
    "authenticated-read": (("AWS:*", "READ"),),
}
_FIXING = frozenset(
    {
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalarn",
        "aws:principalaccount",
        "aws:sourcearn",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:sourceowner",
        "aws:sourceaccount",
        "aws:userid",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "s3:dataaccesspointarn",
        "s3:dataaccesspointaccount",
    }
)
"""Keys whose fixed values make a grant to anybody one that is not public."""
_POSITIVE = ("stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike")
_WIDEST = {4: 8, 6: 32}


def is_public(clause: Clause) -> bool:
    """Whether a statement of a bucket policy makes it public, as S3 sees it."""
    if clause.effect != ALLOW or not any(map(_is_anybody, clause.principals.include)):
        return False
    return not any(map(_is_fixed, clause.predicates))


def _is_anybody(principal: str) -> bool:
    """Whether a principal is everybody, or whoever a web identity provider that is open to all has let in."""
    kind, _, name = principal.partition(":")
    return principal == "*" or (kind == "Federated" and not name.startswith("arn:") and "." in name)


def _is_fixed(predicate: Predicate) -> bool:
    operator, key = predicate.operator.lower(), predicate.key.lower()
    operator = operator.removeprefix("foranyvalue:")
    if key == "aws:sourceip":
        return operator == "ipaddress" and all(map(_is_narrow, predicate.values))
    if key == "s3:dataaccesspointarn":
        return operator in _POSITIVE and not any(one.split("/")[0].count("*") for one in predicate.values)
    if key not in _FIXING or operator not in _POSITIVE or not predicate.values:
        return False
    exact = operator.startswith("stringequals")
    return not any(_is_open(value, exact=exact) for value in predicate.values)


def _is_open(value: str, *, exact: bool) -> bool:
    """Whether a value has a wildcard, or a policy variable."""
    if not exact and ("*" in value or "?" in value):
        return True
    return any(is_symbol(char) and ":" in symbol_name(char).split(".")[0] for char in value)


def _is_narrow(text: str) -> bool:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return False
    return network.is_private or network.prefixlen >= _WIDEST[network.version]


def only_the_account(account: str, partition: str, origin: Origin, *, is_certain: bool) -> tuple[Clause, ...]:
    """What ``RestrictPublicBuckets`` leaves of a public policy: the services of AWS, and the account of the bucket.

    :param is_certain: whether that is in force; else it may be
    """
    begin = f"AWS:arn:{partition}"
    principals = (f"{begin}:iam::{account}:*", f"{begin}:sts::{account}:*", "Service:*")
    left = Clause(ALLOW, Terms(), Terms(), Terms(principals), origin=origin)
    return (left,) if is_certain else (left, Clause(ALLOW, Terms(), Terms(), origin=origin, bound=UPPER))


# -- access control lists --------------------------------------------------------------------------------------------


def list_clauses(acl: Resource, bucket: str, *, path: str = "") -> list[Clause]:
    """What an access control list grants to everybody, or to everybody who has an account anywhere.

    :param acl: a bucket, or an ``aws_s3_bucket_acl``
    :param bucket: the ARN of the bucket
    :param path: the block in which grants stand; empty at a bucket
    """
    found: list[Clause] = []
    canned = acl.get("acl")
    if is_unknown(canned):
        if not acl.is_left_to_provider("acl"):
            found.append(_granted("*", "FULL_CONTROL", bucket, Origin(acl.address, "acl"), UPPER))
    else:
        for principal, permission in _CANNED.get(str(canned or ""), ()):
            found.append(_granted(principal, permission, bucket, Origin(acl.address, "acl"), EXACT))
    name = f"{path}.grant" if path else "grant"
    for index, grant in enumerate(_items(acl, path)):
        found += _of_grant(grant, bucket, Origin(acl.address, f"{name}[{index}]"))
    return found


def _items(acl: Resource, path: str) -> list[Any]:
    value = acl.get(f"{path}[0].grant" if path else "grant")
    whole = path or "grant"
    if value is None or (is_unknown(value) and acl.is_left_to_provider(whole)):
        return []
    return [value] if is_unknown(value) else list(list.__iter__(value))


def _of_grant(grant: Any, bucket: str, origin: Origin) -> list[Clause]:
    if is_unknown(grant):
        return [_granted("*", "FULL_CONTROL", bucket, origin, UPPER)]
    uri = _within(grant, "grantee", "uri") or grant.get("uri")
    permissions = grant.get("permission") if "permission" in grant else grant.get("permissions")
    if not is_unknown(uri) and uri not in (_EVERYBODY, _SIGNED_IN):
        return []
    bound = UPPER if is_unknown(uri) or is_unknown(permissions) else EXACT
    principal = "AWS:*" if not is_unknown(uri) and uri == _SIGNED_IN else "*"
    names = [permissions] if is_unknown(permissions) or isinstance(permissions, str) else permissions or []
    return [
        _granted(principal, "FULL_CONTROL" if is_unknown(one) else str(one), bucket, origin, bound)
        for one in list.__iter__(names)
        if is_unknown(one) or str(one) in _ACTIONS
    ]


def _within(block: Any, name: str, leaf: str) -> Any:
    inner = block.get(name)
    if is_unknown(inner) or not isinstance(inner, list) or not list.__len__(inner):
        return inner if is_unknown(inner) else None
    first = list.__getitem__(inner, 0)
    return first if is_unknown(first) else first.get(leaf)


def _granted(principal: str, permission: str, bucket: str, origin: Origin, bound: str) -> Clause:
    resources = Terms((bucket, f"{bucket}/*"))
    return Clause(ALLOW, Terms(_ACTIONS[permission]), resources, Terms((principal,)), origin=origin, bound=bound)
