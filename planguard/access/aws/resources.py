"""What the policies of resources let others do, and what cuts it off.

Sources: AWS KMS Developer Guide, "Default key policy"; AWS Lambda Developer Guide, "Viewing resource-based IAM
policies in Lambda"; AWS KMS Developer Guide, "Grants in AWS KMS"; for buckets see ``planguard.access.aws.public``.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from planguard.access.aws.locations import BESIDE, OWN
from planguard.access.aws.names import Names
from planguard.access.aws.owners import Owners
from planguard.access.aws.permissions import gather_permissions
from planguard.access.aws.policies import Policy, policy_at, policy_of
from planguard.access.aws.principals import Draft
from planguard.access.aws.public import is_public, list_clauses, only_the_account
from planguard.access.model import ALLOW, EXACT, UPPER, Clause, Gap, Origin
from planguard.graph.resource import AFTER, BEFORE, Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

ACCOUNT_BLOCK = "account-public-access-block-unknown"
BUCKET = "aws_s3_bucket"
_KEYS = ("aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key")


def gather_resources(owners: Owners) -> None:
    """Give each resource of a snapshot what its policies grant."""
    names = owners.names
    beside = _beside(owners)
    gone = _beside_before(names) - beside if names.snapshot.name == AFTER else set()
    for type_, standing in OWN.items():
        for one in names.snapshot.all(type_):
            if one.address in beside or (one.address in gone and not _sets(one, standing.policy)):
                continue
            _own(owners, one, standing.policy)
    for key in names.snapshot.all(*_KEYS):
        # A key whose policy nobody sets, or whose policy is taken away, has the default one.
        if key.address not in beside and (key.is_left_to_provider("policy") or key.address in gone):
            owners.of(key).add(_default_key_policy(key, names))
    gather_permissions(owners)
    _buckets(owners)


def _own(owners: Owners, resource: Resource, path: str) -> None:
    value = resource.get(path)
    if is_unknown(value) and resource.is_left_to_provider(path):
        return
    if is_unknown(value) or value:
        draft = owners.of(resource)
        draft.add(policy_at(resource, path, owners.names, plane="resource", on=owners.terms(draft)))


def _sets(resource: Resource, name: str) -> bool:
    block = resource.node.block
    return block is not None and (block.sets((name,)) or resource.graph.is_written(resource.node, (name,)))


def _beside(owners: Owners) -> set[str]:
    """Give resources the policies that stand beside them.

    :returns: the addresses of those that have one
    """
    found: set[str] = set()
    names = owners.names
    for type_, standing in BESIDE.items():
        for one in names.snapshot.all(type_):
            for draft in owners.named(one, standing.owner, standing.types, standing.named):
                policy = policy_at(one, standing.policy, names, plane="resource", on=owners.terms(draft))
                draft.add(policy, touched=one.node.changed)
                found.add(draft.subject.address)
    return found


def _beside_before(names: Names) -> set[str]:
    before = Owners(Names(Snapshot(names.snapshot.graph, BEFORE)))
    found: set[str] = set()
    for type_, standing in BESIDE.items():
        for one in before.names.snapshot.all(type_):
            found |= {
                draft.subject.address for draft in before.named(one, standing.owner, standing.types, standing.named)
            }
    return found


def _default_key_policy(key: Resource, names: Names) -> Policy:
    root = f"arn:{names.partition(key)}:iam::{names.account(key)}:root"
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": root},
        "Action": "kms:*",
        "Resource": "*",
    }
    return policy_of({"Version": "2012-10-17", "Statement": [statement]}, key, "policy", names)


# -- buckets ---------------------------------------------------------------------------------------------------------


def _buckets(owners: Owners) -> None:
    snapshot = owners.names.snapshot
    if not snapshot.has(BUCKET, "aws_s3_bucket_acl", "aws_s3_bucket_policy"):
        return
    blocks = _settings(owners, "aws_s3_bucket_public_access_block")
    controls = _settings(owners, "aws_s3_bucket_ownership_controls")
    for one in snapshot.all(BUCKET):
        arn = owners.names.arn(one)
        clauses = list_clauses(one, arn)
        if clauses:
            owners.of(one).clauses += _seen(clauses, blocks.get(one.address), controls.get(one.address))
    for one in snapshot.all("aws_s3_bucket_acl"):
        for draft in owners.named(one, "bucket", (BUCKET,), ("id", "arn")):
            arn = owners.names.arn(draft.resource) if draft.resource is not None else draft.subject.name
            clauses = list_clauses(one, arn, path="access_control_policy")
            address = draft.subject.address
            draft.clauses += _seen(clauses, blocks.get(address), controls.get(address))
            draft.touched = draft.touched or one.node.changed
    for draft in owners.drafts:
        if draft.subject.kind == "s3_bucket":
            _restrict(draft, blocks.get(draft.subject.address), owners.names)


def _settings(owners: Owners, type_: str) -> dict[str, Resource]:
    """The settings that stand beside buckets, by the address of the bucket."""
    found: dict[str, Resource] = {}
    for one in owners.names.snapshot.all(type_):
        for draft in owners.named(one, "bucket", (BUCKET,), ("id", "arn")):
            found[draft.subject.address] = one
            draft.touched = draft.touched or one.node.changed
    return found


def _flag(block: Resource | None, name: str) -> Any:
    return False if block is None else block.effective(name, False)


def _seen(clauses: list[Clause], block: Resource | None, control: Resource | None) -> list[Clause]:
    """What of an access control list is in force."""
    ignored = _flag(block, "ignore_public_acls")
    ownership = control.get("rule[0].object_ownership") if control is not None else None
    if (not is_unknown(ignored) and ignored) or (not is_unknown(ownership) and ownership == "BucketOwnerEnforced"):
        return []
    if is_unknown(ignored) or is_unknown(ownership):
        return [_perhaps(one) for one in clauses]
    return clauses


def _perhaps(clause: Clause) -> Clause:
    return replace(clause, bound=UPPER)


def _restrict(draft: Draft, block: Resource | None, names: Names) -> None:
    public = [one for one in draft.clauses if one.effect == ALLOW and is_public(one)]
    if not public:
        return
    restricted = _flag(block, "restrict_public_buckets")
    if block is not None and (is_unknown(restricted) or restricted):
        certain = not is_unknown(restricted) and any(one.bound == EXACT for one in public)
        near = draft.resource if draft.resource is not None else block
        account, partition = names.account(near), names.partition(near)
        origin = Origin(block.address, "restrict_public_buckets")
        draft.limits.append(only_the_account(account, partition, origin, is_certain=certain))
    elif not names.snapshot.has("aws_s3_account_public_access_block"):
        text = "the account may block public access to all of its buckets"
        draft.gaps.append(Gap(ACCOUNT_BLOCK, draft.subject.address, "", text))
    else:
        _by_account(draft, names)


def _by_account(draft: Draft, names: Names) -> None:
    """What the block of the whole account leaves, where the plan holds it."""
    for one in names.snapshot.all("aws_s3_account_public_access_block"):
        restricted = one.effective("restrict_public_buckets", False)
        if is_unknown(restricted) or restricted:
            origin = Origin(one.address, "restrict_public_buckets")
            certain = not is_unknown(restricted)
            draft.limits.append(
                only_the_account(names.account(one), names.partition(one), origin, is_certain=certain)
            )
            draft.touched = draft.touched or one.node.changed
