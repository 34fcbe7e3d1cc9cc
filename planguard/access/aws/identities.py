"""What principals may do by the policies that they hold, or are members of a group that holds."""

from __future__ import annotations

from typing import Any

from planguard.access.aws.attached import Attached
from planguard.access.aws.locations import ATTACHING, INLINE
from planguard.access.aws.names import Names
from planguard.access.aws.policies import Policy, policy_at, unknown_policy
from planguard.access.aws.principals import GROUP, PERMISSION_SET, ROLE, USER, Draft, Principals
from planguard.access.model import Gap
from planguard.graph.resource import BEFORE, Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

BOUNDARY_UNKNOWN = "boundary-unknown"


def gather_identities(principals: Principals, attached: Attached) -> None:
    """Give each principal of a snapshot its policies and its permissions boundary."""
    names = principals.names
    snapshot = names.snapshot
    for type_, holding in INLINE.items():
        for one in snapshot.all(type_):
            policy = policy_at(one, holding.policy, names)
            for kind, attribute in holding.owners:
                _give(principals, kind, one, attribute, policy)
    for type_, holding in ATTACHING.items():
        for one in snapshot.all(type_):
            policy = attached.at(one, holding.policy)
            for kind, attribute in holding.owners:
                _give(principals, kind, one, attribute, policy)
    for one in snapshot.all("aws_ssoadmin_customer_managed_policy_attachment"):
        _give(
            principals,
            PERMISSION_SET,
            one,
            "permission_set_arn",
            _by_name(one, "customer_managed_policy_reference", attached),
        )
    _of_roles(principals, attached)
    _bound(principals, attached)
    _join(principals)


def _give(principals: Principals, kind: str, resource: Resource, attribute: str, policy: Policy) -> None:
    for draft, is_certain in principals.named(kind, resource, attribute):
        draft.add(policy if is_certain else policy.perhaps(), touched=resource.node.changed)


def _by_name(resource: Resource, block: str, attached: Attached) -> Policy:
    """The policy of the account that a block names: a permission set takes it in each account by its name."""
    names = attached.names
    name, path = resource.get(f"{block}[0].name"), resource.get(f"{block}[0].path", "/")
    if is_unknown(name) or is_unknown(path) or not name:
        return unknown_policy(resource, f"{block}[0].name", plane="identity")
    arn = f"arn:{names.partition(resource)}:iam::{names.account(resource)}:policy{path}{name}"
    return attached.named(arn, resource, f"{block}[0].name")


# -- what stands in a role itself ------------------------------------------------------------------------------------


class _Beside:
    """Of each role, by name, what other resources give it before the apply.

    The provider reads all policies of a role into its own attributes, so that what the plan takes away elsewhere
    still stands there.
    """

    def __init__(self, names: Names) -> None:
        before = Snapshot(names.snapshot.graph, BEFORE)
        self.arns: set[tuple[str, str]] = set()
        self.inline: set[tuple[str, str]] = set()
        for one in before.all("aws_iam_role_policy_attachment"):
            self.arns.add((_text(one, "role"), _text(one, "policy_arn")))
        for one in before.all("aws_iam_policy_attachment"):
            self.arns |= {(role, _text(one, "policy_arn")) for role in _texts(one, "roles")}
        for one in before.all("aws_iam_role_policy_attachments_exclusive"):
            self.arns |= {(_text(one, "role_name"), arn) for arn in _texts(one, "policy_arns")}
        for one in before.all("aws_iam_role_policy"):
            self.inline.add((_text(one, "role"), _text(one, "name")))


def _text(resource: Resource, path: str) -> str:
    value = resource.get(path)
    return "" if is_unknown(value) or not isinstance(value, str) else str.__str__(value)


def _texts(resource: Resource, path: str) -> list[str]:
    value = resource.get(path)
    if is_unknown(value) or not isinstance(value, list):
        return []
    return [str.__str__(one) for one in list.__iter__(value) if not is_unknown(one) and isinstance(one, str)]


def _of_roles(principals: Principals, attached: Attached) -> None:
    names = principals.names
    beside = _Beside(names)
    for role in names.snapshot.all("aws_iam_role"):
        draft = principals.of(ROLE, role)
        name = _text(role, "name")
        if _is_set(role, "managed_policy_arns"):
            draft.add(attached.at(role, "managed_policy_arns"))
        else:
            for arn in _texts(role, "managed_policy_arns"):
                if (name, arn) not in beside.arns:
                    draft.add(attached.named(arn, role, "managed_policy_arns"))
        _inline(draft, role, names, set() if _is_set(role, "inline_policy") else beside.inline)


def _is_set(role: Resource, name: str) -> bool:
    block = role.node.block
    return block is not None and (block.sets((name,)) or role.graph.is_written(role.node, (name,)))


def _inline(draft: Draft, role: Resource, names: Names, beside: set[tuple[str, str]]) -> None:
    blocks = role.get("inline_policy")
    if blocks is None or role.is_left_to_provider("inline_policy"):
        return
    if is_unknown(blocks):
        draft.add(unknown_policy(role, "inline_policy", plane="identity"))
        return
    for index, block in enumerate(list.__iter__(blocks)):
        path = f"inline_policy[{index}]"
        if is_unknown(block):
            draft.add(unknown_policy(role, path, plane="identity"))
        elif not _is_beside(role, block, beside):
            draft.add(policy_at(role, f"{path}.policy", names))


def _is_beside(role: Resource, block: dict[str, Any], beside: set[tuple[str, str]]) -> bool:
    name = block.get("name")
    return not is_unknown(name) and (_text(role, "name"), name) in beside


# -- boundaries and groups -------------------------------------------------------------------------------------------


def _bound(principals: Principals, attached: Attached) -> None:
    for kind in (ROLE, USER):
        for draft in principals.all(kind):
            if draft.resource is not None:
                _limit(draft, draft.resource, "permissions_boundary", attached)
    for one in principals.names.snapshot.all("aws_ssoadmin_permissions_boundary_attachment"):
        for draft, is_certain in principals.named(PERMISSION_SET, one, "permission_set_arn"):
            path = "permissions_boundary[0].managed_policy_arn"
            if one.get(path) is None:
                policy = _by_name(one, "permissions_boundary[0].customer_managed_policy_reference", attached)
            else:
                policy = attached.at(one, path)
            if is_certain:
                draft.limit(_as_limit(policy, one, path))


def _limit(draft: Draft, resource: Resource, path: str, attached: Attached) -> None:
    value = resource.get(path)
    if is_unknown(value):
        if not resource.is_left_to_provider(path):
            draft.limit(_as_limit(attached.at(resource, path), resource, path))
    elif value:
        draft.limit(_as_limit(attached.at(resource, path), resource, path))


def _as_limit(policy: Policy, resource: Resource, path: str) -> Policy:
    """A policy as a boundary: where nobody knows its text it may allow anything, and nothing for certain."""
    if policy.clauses or not policy.gaps:
        return policy
    unknown = unknown_policy(resource, path, plane="identity")
    gap = Gap(
        BOUNDARY_UNKNOWN, resource.address, path, f"the permissions boundary is not known: {policy.gaps[0].text}"
    )
    return Policy(unknown.clauses, (gap,), policy.touched)


def _join(principals: Principals) -> None:
    """Users hold what their groups hold."""
    members: list[tuple[Draft, Draft, bool, bool]] = []
    for type_, user, group in (
        ("aws_iam_user_group_membership", "user", "groups"),
        ("aws_iam_group_membership", "users", "group"),
    ):
        for one in principals.names.snapshot.all(type_):
            for member, is_member in principals.named(USER, one, user):
                for of, is_group in principals.named(GROUP, one, group):
                    members.append((member, of, is_member and is_group, one.node.changed))
    for member, of, is_certain, touched in members:
        held = Policy(tuple(of.clauses), tuple(of.gaps), of.touched)
        member.add(held if is_certain else held.perhaps(), touched=touched)
