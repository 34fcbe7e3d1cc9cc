"""Policies of an organisation that the plan holds, as limits of what its accounts may do.

Sources: AWS Organizations User Guide, "Service control policies" (the management account is not restricted; a request
must be allowed at every level; ``FullAWSAccess`` is attached until somebody takes it off) and "Resource control
policies" (``RCPFullAWSAccess`` cannot be taken off).
"""

from __future__ import annotations

from collections.abc import Iterable

from planguard.access.aws.attached import named_later, together
from planguard.access.aws.names import Names
from planguard.access.aws.policies import Policy, policy_at, unknown_policy
from planguard.access.aws.principals import Draft
from planguard.access.model import ALLOW, EXACT, UPPER, Clause, Gap, Origin, Terms
from planguard.graph.resource import Resource
from planguard.plan.unknown import is_unknown

SERVICE, RESOURCE_CONTROL = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
TARGET = "organization-policy-target"
_POLICY = "aws_organizations_policy"
_ATTACHMENT = "aws_organizations_policy_attachment"


def limit_by_organisation(drafts: Iterable[Draft], names: Names, kind: str) -> None:
    """Hold subjects to the policies that are attached to their account.

    Of a policy that is attached to a root or a unit the plan does not say which accounts are below: that is a gap.

    :param kind: ``SERVICE_CONTROL_POLICY`` for principals, ``RESOURCE_CONTROL_POLICY`` for resources
    """
    if not names.snapshot.has(_ATTACHMENT):
        return
    by_account: dict[str, Policy] = {}
    above: list[Gap] = []
    for one in names.snapshot.all(_ATTACHMENT):
        policy = _attached(one, names, kind)
        if policy is None:
            continue
        target = one.get("target_id")
        if is_unknown(target) or not str(target).isdecimal():
            text = "a policy of the organisation may hold for this account as well"
            above.append(Gap(TARGET, one.address, "target_id", text))
        else:
            account = str.__str__(target)
            by_account[account] = together(by_account.get(account, Policy()), policy)
    for draft in drafts:
        if not draft.account:
            continue
        limit = by_account.get(draft.account)
        if limit is not None:
            draft.limit(Policy((*limit.clauses, _full_access(limit, kind)), limit.gaps, limit.touched))
        draft.gaps += above


def _attached(attachment: Resource, names: Names, kind: str) -> Policy | None:
    """The policy that is attached; None where it is of another kind."""
    value = attachment.get("policy_id")
    if is_unknown(value):
        certain, possible, _ = named_later(attachment, "policy_id", (_POLICY,), names)
    else:
        certain = [one for one in names.snapshot.all(_POLICY) if names.text(one, "id") == value]
        possible = []
    if len(certain) != 1 or possible:
        return None if not is_unknown(value) else unknown_policy(attachment, "policy_id", plane="identity")
    own = certain[0].effective("type", SERVICE)
    if is_unknown(own) or own != kind:
        return None
    return policy_at(certain[0], "content", names)


def _full_access(policy: Policy, kind: str) -> Clause:
    """The policy that AWS attaches itself. Where others allow something, somebody may have taken it off."""
    open_ = kind == SERVICE and any(one.effect == ALLOW for one in policy.clauses)
    return Clause(ALLOW, Terms(), origin=Origin("", "FullAWSAccess"), bound=UPPER if open_ else EXACT)
