"""Buckets that answer everybody, by their policy or their ACL.

A public access block takes both back: ``restrict_public_buckets`` the policy's grants, ``ignore_public_acls`` those
of ACLs. New buckets come with all four settings on, so that without a block in the plan it is *perhaps*.

Source: "Blocking public access to your Amazon S3 storage" and "Access control list (ACL) overview" in the S3 user
guide.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from planguard.exposure.aws.documents import anonymous
from planguard.exposure.aws.layout import Layout
from planguard.exposure.aws.switches import WEB
from planguard.exposure.meant import meant
from planguard.exposure.model import STORAGE, Hop, Missing
from planguard.exposure.packets import NOTHING, TCP, packets
from planguard.exposure.passage import Bounds, Passage
from planguard.exposure.ranges import ANYWHERE
from planguard.exposure.reading import blocks_of, listing, setting, told, truth
from planguard.graph.resource import Resource
from planguard.plan.unknown import is_unknown

BUCKET = "aws_s3_bucket"
_READ = ("s3:getobject", "s3:putobject", "s3:listbucket", "s3:deleteobject")
_PUBLIC_ACLS = ("public-read", "public-read-write", "authenticated-read")
_EVERYBODY = (
    "http://acs.amazonaws.com/groups/global/allusers",
    "http://acs.amazonaws.com/groups/global/authenticatedusers",
)


class Blocked(NamedTuple):
    """What the public access block of a bucket takes back; None where it is not known."""

    policies: bool | None
    acls: bool | None
    gap: str = ""


def read_buckets(layout: Layout) -> None:
    """Find every bucket, and what everybody can do there."""
    blocks = _by_bucket(layout, "aws_s3_bucket_public_access_block")
    policies = _by_bucket(layout, "aws_s3_bucket_policy")
    acls = _by_bucket(layout, "aws_s3_bucket_acl")
    controls = _by_bucket(layout, "aws_s3_bucket_ownership_controls")
    for one in layout.snapshot.all(BUCKET):
        endpoint = layout.endpoint(one, STORAGE)
        blocked = _blocked(one, blocks.get(one.address, []))
        for found in _by_policies(one, policies.get(one.address, [])):
            if (passage := _less(found, one, blocked.policies, blocked.gap)) is not None:
                layout.reach(endpoint, (passage,))
        code = _ownership(controls.get(one.address, []))
        for found in _by_acls(one, acls.get(one.address, [])) if code is not None else ():
            if (passage := _less(found, one, blocked.acls, blocked.gap)) is not None:
                layout.reach(endpoint, (passage._replace(assumptions=code or ()),))


def _by_bucket(layout: Layout, kind: str) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for one in layout.snapshot.all(kind):
        for bucket in meant(one, "bucket", (BUCKET,), single=True).all:
            found.setdefault(bucket.address, []).append(one)
    return found


def _blocked(one: Resource, blocks: list[Resource]) -> Blocked:
    if not blocks:
        return Blocked(None, None, "public-access-block-outside-plan")
    block = blocks[0]
    return Blocked(
        truth(block.effective("restrict_public_buckets", False)),
        truth(block.effective("ignore_public_acls", False)),
        "setting-unknown",
    )


def _ownership(controls: list[Resource]) -> tuple[str, ...] | None:
    """What is assumed of a bucket's ACLs; None where they are switched off."""
    said = [told(block.get("object_ownership")) for one in controls for _, block in blocks_of(one, "rule").items]
    if "bucketownerenforced" in said:
        return None
    return () if said and None not in said else ("bucket-acls",)


def _less(found: Passage, one: Resource, blocked: bool | None, gap: str) -> Passage | None:
    if blocked:
        return None
    return found if blocked is False else found.possibly(Missing(gap, one.address))


def _by_policies(one: Resource, policies: list[Resource]) -> Iterator[Passage]:
    for holder in (one, *policies):
        span = anonymous(holder, "policy", _READ)
        if span is not None and span.high:
            hop = Hop(holder.address, "policy", "lets everybody in")
            gaps = (Missing("policy-unknown", holder.address, "policy"),) if span.low != span.high else ()
            bounds = Bounds(packets(span.low, TCP, WEB), packets(span.high, TCP, WEB))
            yield Passage(bounds, (hop,), (), gaps, (hop,))


def _by_acls(one: Resource, acls: list[Resource]) -> Iterator[Passage]:
    for holder in (one, *acls):
        name = setting(holder, holder.values, "acl")
        grants = list(_grants(holder))
        public = told(name) in _PUBLIC_ACLS or any(told(uri) in _EVERYBODY for uri in grants)
        unclear = is_unknown(name) or any(map(is_unknown, grants))
        if not public and not unclear:
            continue
        hop = Hop(holder.address, "acl", "grants everybody something")
        them = packets(ANYWHERE, TCP, WEB)
        gaps = () if public else (Missing("setting-unknown", holder.address, "acl"),)
        yield Passage(Bounds(them if public else NOTHING, them), (hop,), (), gaps, (hop,))


def _grants(holder: Resource) -> Iterator[object]:
    for _, block in blocks_of(holder, "grant").items:
        if "uri" in block:
            yield from listing(block.get("uri")).items
    for _, block in blocks_of(holder, "access_control_policy.grant.grantee").items:
        yield from listing(block.get("uri")).items
