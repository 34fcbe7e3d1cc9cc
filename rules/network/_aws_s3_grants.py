"""Whom the access control lists of S3 buckets let in, canned or grant by grant.

Source: docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html ("Canned ACL", "Amazon S3 predefined groups").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from planguard import Resource, Violation, violation

from .._satellite import given, is_left_to_provider
from ._aws_public_access_block import is_any_on

BUCKET = "aws_s3_bucket"
ACL = "aws_s3_bucket_acl"
RESOURCES = [BUCKET, ACL]

_POLICY = "access_control_policy"
_EVERYONE = "everyone"
_ACCOUNTS = "everyone with an AWS account"
_GROUPS = {
    "http://acs.amazonaws.com/groups/global/allusers": _EVERYONE,
    "http://acs.amazonaws.com/groups/global/authenticatedusers": _ACCOUNTS,
}
_CANNED = {
    "public-read": ("READ", _EVERYONE),
    "public-read-write": ("READ, WRITE", _EVERYONE),
    "authenticated-read": ("READ", _ACCOUNTS),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a list gives to a group of strangers, and where it says so."""

    path: str
    permissions: str
    group: str

    @property
    def is_for_everyone(self) -> bool:
        """Whether nobody has to log in for it."""
        return self.group == _EVERYONE

    @property
    def is_said_at_bucket(self) -> bool:
        """Whether it opens the bucket to everyone, and is thus said there, wherever the list stands."""
        return self.is_for_everyone and self.gives("READ", "WRITE")

    def gives(self, *permissions: str) -> bool:
        """Whether it gives one of some permissions."""
        return any(one in self.permissions.split(", ") for one in (*permissions, "FULL_CONTROL"))

    def __str__(self) -> str:
        return f"{self.permissions} for {self.group}"


def openings(resource: Resource, wanted: Callable[[Grant], bool]) -> Iterator[Violation]:
    """Violations for the grants of a resource's own list that are wanted, unless the bucket ignores its lists."""
    found = [one for one in _own_grants(resource) if wanted(one)]
    if found and not _is_shut(resource):
        for grant in found:
            yield violation(grant.path, str(grant))


def openings_of_bucket(resource: Resource, wanted: Callable[[Grant], bool]) -> Iterator[Violation]:
    """The same, for a bucket as a whole: what a list beside it opens is said at the bucket, where the plan has it.

    Grants that do not open the bucket to everyone stay with the list, at which narrower rules flag them.
    """
    if resource.type == BUCKET:
        yield from openings(resource, wanted)
        for acl in resource.referrers(ACL, via="bucket"):
            for found in openings(acl, lambda grant: wanted(grant) and grant.is_said_at_bucket):
                yield violation("", f"{acl.type}: {found.message}", evidence=[acl.address])
    else:
        yield from openings(resource, lambda grant: wanted(grant) and not _is_said_elsewhere(resource, grant))


def _is_said_elsewhere(acl: Resource, grant: Grant) -> bool:
    """Whether it is said at its bucket: one that this plan forgets is not looked at any more."""
    buckets = acl.references(BUCKET, via="bucket")
    return grant.is_said_at_bucket and any(not bucket.node.forgotten for bucket in buckets)


def _is_shut(resource: Resource) -> bool:
    """Whether the public access block takes the effect from a public list, or refuses it."""
    refuses = ["block_public_acls"] if resource.is_created else []  # one that was set before stays in effect
    return is_any_on(resource, "ignore_public_acls", *refuses)


def _own_grants(resource: Resource) -> Iterator[Grant]:
    canned = given(resource, "acl", "")
    if canned in _CANNED:
        yield Grant("acl", *_CANNED[canned])
    holder, blocks = ("grant", "grant") if resource.type == BUCKET else (_POLICY, f"{_POLICY}.grant")
    if not is_left_to_provider(resource, holder):
        for path, grant in resource.blocks(blocks):
            yield from _of_block(path, grant)


def _of_block(path: str, grant: dict[str, Any]) -> Iterator[Grant]:
    """Grants of a block, which names one permission and a grantee, or (in the bucket itself) several and an URI."""
    for grantee in grant.get("grantee") or [grant]:
        group = _GROUPS.get(str.lower(grantee.get("uri") or ""))
        if group:
            permissions = grant.get("permissions") or [grant.get("permission")]
            yield Grant(path, ", ".join(sorted(str(one) for one in permissions)), group)
