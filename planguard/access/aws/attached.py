"""Policies that are attached by their ARN: those of the plan, those that it reads, and those of AWS."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from planguard.access.aws.managed import is_managed_by_aws, managed_policy
from planguard.access.aws.names import Names
from planguard.access.aws.policies import POLICY_INVALID, Policy, policy_at, unknown_policy
from planguard.access.document import parse_document
from planguard.access.model import Clause, Gap, Origin
from planguard.access.pattern import shown
from planguard.graph.resource import Resource, steps_of
from planguard.plan.unknown import is_unknown

MANAGED_UNKNOWN = "managed-policy-unknown"
OUTSIDE = "policy-outside-plan"
LISTS = frozenset({"managed_policy_arns", "policy_arns", "roles", "users", "groups"})
"""Attributes that name several."""
_KINDS = ("aws_iam_policy", "data.aws_iam_policy")


class Attached:
    """The policies that can be attached in one snapshot."""

    def __init__(self, names: Names) -> None:
        self.names = names
        snapshot = names.snapshot
        self._by_arn: dict[str, Resource] = {}
        for one in reversed(snapshot.all(*reversed(_KINDS))):
            self._by_arn[names.arn(one)] = one
        self._policies: dict[int, Policy] = {}

    def at(self, resource: Resource, path: str) -> Policy:
        """The policy, or all of them, that an attribute of an attachment names."""
        value = self.names.value(resource, path)
        touched = resource.node.changed
        if value is None or resource.is_left_to_provider(path):
            return Policy(touched=touched)
        found = Policy(touched=touched)
        values = value if not is_unknown(value) and isinstance(value, list) else [value]
        later = False
        for one in list.__iter__(values):
            if is_unknown(one):
                later = True
            elif one:
                found = together(found, self.named(str.__str__(one), resource, path))
        return together(found, self._later(resource, path)) if later else found

    def named(self, arn: str, resource: Resource, path: str) -> Policy:
        """The policy of an ARN; a gap where nobody knows its text."""
        own = self._by_arn.get(arn)
        found = self._of(own) if own is not None else None
        if found is not None and not (is_managed_by_aws(arn) and _is_invalid(found)):
            return found
        if is_managed_by_aws(arn):
            clauses = _managed(arn)
            if clauses is None:
                return Policy((), (Gap(MANAGED_UNKNOWN, resource.address, path, f"the text of {arn} is not known"),))
            name = arn.rsplit("/", 1)[-1]
            return Policy(tuple(_at(one, resource, path, name) for one in clauses))
        return Policy((), (Gap(OUTSIDE, resource.address, path, f"{shown(arn)} is not in the plan"),))

    def _of(self, policy: Resource) -> Policy:
        index = policy.node.index
        if index not in self._policies:
            self._policies[index] = policy_at(policy, "policy", self.names)
        return self._policies[index]

    def _later(self, resource: Resource, path: str) -> Policy:
        """The policies that are named by a value which is not known yet."""
        certain, possible, is_open = named_later(resource, path, _KINDS, self.names)
        found = Policy()
        for one in certain:
            found = together(found, self._of(one))
        for one in possible:
            found = together(found, self._of(one).perhaps())
        if not certain and not possible and not is_open:
            arns = [one.text for one in self.names.origins(resource, steps_of(path))]
            if arns:  # of data sources that are read at apply only
                gaps = [Gap(OUTSIDE, resource.address, path, f"{shown(one)} is not in the plan") for one in arns]
                return Policy((), tuple(gaps))
            is_open = True
        return together(found, unknown_policy(resource, path, plane="identity")) if is_open else found


def named_later(
    resource: Resource, path: str, kinds: tuple[str, ...], names: Names
) -> tuple[list[Resource], list[Resource], bool]:
    """Whom a value names that is not known yet: for certain, perhaps, and whether it may be somebody else."""
    certain: list[Resource] = []
    possible: list[Resource] = []
    is_open = False
    for kind in kinds:
        near = resource.references(kind, via=path)
        certain += list.__iter__(near)
        why = getattr(near, "why", None)
        if why is not None:
            there = list(_addressed(why.known_after, kind, names))
            possible += there
            is_open = is_open or not there
    if len(possible) == 1 and not certain and not is_open:
        # What is not known comes from what is not known: where that is one thing only, it is meant.
        origins = names.origins(resource, steps_of(path))
        if [one.node for one in origins] == [possible[0].node]:
            return possible, [], False
    # Of a list that is not known as a whole, nobody says which texts stand in it beside its references.
    return certain, possible, is_open or (path in LISTS and is_unknown(resource.get(path)))


def _addressed(addresses: tuple[str, ...], kind: str, names: Names) -> Iterator[Resource]:
    wanted = set(addresses)
    return (one for one in names.snapshot.all(kind) if one.address in wanted)


def together(one: Policy, other: Policy) -> Policy:
    """Two policies of one subject."""
    return Policy(one.clauses + other.clauses, one.gaps + other.gaps, one.touched or other.touched)


def _is_invalid(policy: Policy) -> bool:
    return any(gap.code == POLICY_INVALID for gap in policy.gaps)


@lru_cache(maxsize=256)
def _managed(arn: str) -> tuple[Clause, ...] | None:
    document: dict[str, Any] | None = managed_policy(arn)
    if document is None:
        return None
    return tuple(parse_document(document, address="", attribute=""))


def _at(clause: Clause, resource: Resource, path: str, name: str) -> Clause:
    statement = f"{name} {clause.origin.statement}"
    return replace(clause, origin=Origin(resource.address, path, statement))
