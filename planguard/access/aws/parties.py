"""The principals of one snapshot as methods of escalation see them: their ARNs, their policies, who may become them.

Sources: IAM User Guide, "IAM identifiers" (ARNs) and "IAM JSON policy elements: Principal"; Service Authorization
Reference (formats of ARNs).
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import product

from msgspec.structs import replace

from planguard.access.aws.attached import OUTSIDE
from planguard.access.aws.locations import ATTACHING, INLINE
from planguard.access.aws.managed import is_managed_by_aws
from planguard.access.aws.names import Names
from planguard.access.aws.principals import GROUP, PERMISSION_SET, ROLE, USER, Principals
from planguard.access.holdings import Holdings, holdings
from planguard.access.model import (
    ALLOW,
    AWS,
    EXACT,
    IDENTITY,
    NO_ACCESS,
    TRUST,
    Access,
    Clause,
    Held,
    Predicate,
    Terms,
)
from planguard.access.pattern import ONE_IN_PART, STAR_IN_PART, is_symbol, symbol
from planguard.graph.node import Node
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

USERNAME = symbol("aws:username")
_SOME_ACCOUNT = symbol("account of somebody outside of the plan")
_MEMBERSHIPS = (
    ("aws_iam_user_group_membership", "user", "groups"),
    ("aws_iam_group_membership", "users", "group"),
)
"""Types that make users members of groups, with the attributes that name them."""
_POLICIES = ("aws_iam_policy", "data.aws_iam_policy")


_SOME_PART = ONE_IN_PART + STAR_IN_PART
_ANY_ACCOUNT = ONE_IN_PART * 12
_OF_ACCOUNT = re.compile(r"AWS:arn:[^:]+:(iam|sts)::\d+:\*")


def variants(arn: str) -> tuple[str, ...]:
    """An ARN, and where nobody knows its account or region yet the pattern of all that it may be."""
    parts = arn.split(":", 5)
    if not arn.startswith("arn:") or len(parts) < 6:
        return (arn,) if arn else ()
    wide = {1: _SOME_PART, 3: _SOME_PART, 4: _ANY_ACCOUNT}
    sides = [
        (part, wide[at]) if at in wide and any(map(is_symbol, part)) else (part,) for at, part in enumerate(parts)
    ]
    return tuple(map(":".join, product(*sides)))


def _renamed(access: Access, name: str) -> Access:
    """An access with a name in place of the variable that stands for it."""
    return Access(
        tuple(_renamed_clause(one, name) for one in access.clauses),
        tuple(tuple(_renamed_clause(one, name) for one in limit) for limit in access.limits),
    )


def _renamed_clause(clause: Clause, name: str) -> Clause:
    resources, lines = clause.resources, clause.predicates
    if not any(USERNAME in text for text in (*resources.include, *resources.exclude)) and not any(
        USERNAME in text for line in lines for text in line.values
    ):
        return clause
    return replace(
        clause,
        resources=Terms(_put(resources.include, name), _put(resources.exclude, name)),
        predicates=tuple(Predicate(line.operator, line.key, _put(line.values, name)) for line in lines),
    )


def _put(texts: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(text.replace(USERNAME, name) for text in texts)


def _name_in(arn: str) -> str:
    """An ARN without its account."""
    parts = arn.split(":", 5)
    return ":".join((*parts[:4], *parts[5:]))


class Party:
    """One principal.

    :ivar held: what it holds, as it is gathered
    :ivar arn: its ARN, with the symbol of an account that nobody knows; empty where nobody knows its name
    :ivar on: the same as the resource of a request, in any account where nobody knows it
    """

    def __init__(self, held: Held, resource: Resource | None, arn: str) -> None:
        self.held = held
        self.resource = resource
        self.kind = held.subject.kind
        self.name = held.subject.name
        self.arn = arn
        self.on = Terms(variants(arn))

    @cached_property
    def access(self) -> Access:
        """What it holds, with its own name in place of the variable that stands for it."""
        if self.kind != USER or not self.arn:
            return self.held.access
        return _renamed(self.held.access, self.arn.rsplit("/", 1)[-1])

    @property
    def partition(self) -> str:
        """The partition that it is in."""
        parts = self.arn.split(":")
        return parts[1] if len(parts) > 1 and parts[1].startswith("aws") else "aws"

    @property
    def accounts(self) -> tuple[str, ...]:
        """The account that it is in, or that it may be in, as patterns."""
        parts = self.arn.split(":")
        if len(parts) < 6:
            return (_ANY_ACCOUNT,)
        return (parts[4], _ANY_ACCOUNT) if any(map(is_symbol, parts[4])) else (parts[4],)

    @property
    def has_open_account(self) -> bool:
        """Whether it has a name, and nobody knows its account."""
        return bool(self.arn) and len(self.accounts) > 1

    @property
    def caller_arns(self) -> tuple[str, ...]:
        """Whose ARN its requests come from, as patterns; that of any member for a group."""
        if self.kind == GROUP:
            return tuple(f"arn:{self.partition}:iam::{one}:user/{USERNAME}" for one in self.accounts)
        if self.kind == PERMISSION_SET:
            return (f"arn:{self.partition}:iam::{_ANY_ACCOUNT}:role/aws-reserved/sso.amazonaws.com/*",)
        return variants(self.arn) or ("*",)

    @property
    def exact_caller(self) -> str:
        """The same where it is one ARN; empty where nobody knows it."""
        return self.caller_arns[0] if self.arn else ""

    @cached_property
    def boundary(self) -> str:
        """The ARN of its permissions boundary as far as the plan tells; empty where it has none."""
        if self.resource is None or self.kind not in (ROLE, USER):
            return ""
        value = self.resource.get("permissions_boundary")
        if is_unknown(value):
            return "" if self.resource.is_left_to_provider("permissions_boundary") else "?"
        return str.__str__(value or "")


def _is_about_somebody(clause: Clause) -> bool:
    return clause.effect == ALLOW and any(one.startswith(("AWS:", "*")) for one in clause.principals.include)


class Parties:
    """All principals of a snapshot.

    :ivar all: those that the plan holds or names, sorted by subject
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.names = Names(snapshot)
        self.holdings: Holdings = holdings(snapshot.graph, snapshot.name)
        self._resources = {
            one.address: one
            for one in snapshot.all("aws_iam_role", "aws_iam_user", "aws_iam_group", "aws_ssoadmin_permission_set")
        }
        held = [one for one in self.holdings.all if (one.subject.provider, one.subject.plane) == (AWS, IDENTITY)]
        self.all = [self._party(one) for one in held]
        self.by_name = {one.name: one for one in self.all}

    def of(self, held: Held) -> Party:
        """The party of a subject; one that stands for nobody else where the snapshot does not hold it."""
        return self.by_name.get(held.subject.name) or self._party(held)

    def _party(self, held: Held) -> Party:
        resource = self._resources.get(held.subject.address)
        if resource is not None and resource.type != "aws_ssoadmin_permission_set":
            return Party(held, resource, self.names.arn(resource))
        name = held.subject.name
        if name.startswith("arn:"):
            return Party(held, resource, name)
        if held.subject.address or held.subject.kind == PERMISSION_SET:
            return Party(held, resource, "")
        return Party(held, resource, f"arn:aws:iam::{_SOME_ACCOUNT}:{name}")

    @cached_property
    def by_kind(self) -> dict[str, list[Party]]:
        """The parties of each kind whose ARN is known."""
        found: dict[str, list[Party]] = {}
        for one in self.all:
            if one.arn:
                found.setdefault(one.kind, []).append(one)
        return found

    @cached_property
    def role_at(self) -> dict[str, Party]:
        """The roles of the plan by their address."""
        return {one.resource.address: one for one in self.all if one.kind == ROLE and one.resource is not None}

    def trust(self, role: Party) -> Access:
        """The trust policy of a role; nobody's of one that is outside of the plan."""
        if role.resource is None:
            return NO_ACCESS
        found = self.holdings.by_address.get(role.resource.address, ())
        return next((one.access for one in found if one.subject.plane == TRUST), NO_ACCESS)

    @cached_property
    def trusting(self) -> list[tuple[Party, Access]]:
        """The roles of the plan that somebody else than a service may become, each with its trust policy."""
        found = [(one, self.trust(one)) for one in self.all if one.kind == ROLE and one.resource is not None]
        return [(one, trust) for one, trust in found if any(map(_is_about_somebody, trust.clauses))]

    @cached_property
    def naming(self) -> dict[str, list[Party]]:
        """The roles of the plan whose trust policies name a principal, by how they name it."""
        found: dict[str, list[Party]] = {}
        for role, trust in self.trusting:
            texts = {text for clause in trust.clauses for text in clause.principals.include if clause.effect == ALLOW}
            for text in texts:
                found.setdefault(text, []).append(role)
        return found

    def perhaps_naming(self, party: Party) -> list[Party]:
        """The roles whose trust policies may name a principal of the plan, for all that is known.

        They name one of its name where nobody knows its account, or hold something that is not known yet and comes
        from it.
        """
        if party.resource is None:
            return []
        found = list(self._referring.get(party.resource.address, ()))
        if party.has_open_account:
            found += self._naming_by_name.get(_name_in(party.arn), ())
        return found

    @cached_property
    def _referring(self) -> dict[str, list[Party]]:
        """The roles whose trust policies are partly not known yet, by the addresses of the principals in them."""
        found: dict[str, list[Party]] = {}
        for role, trust in self.trusting:
            if role.resource is None or all(clause.bound == EXACT for clause in trust.clauses):
                continue
            for kind in ("aws_iam_role", "aws_iam_user"):
                for one in list.__iter__(role.resource.references(kind, via="assume_role_policy")):
                    found.setdefault(one.address, []).append(role)
        return found

    @cached_property
    def _naming_by_name(self) -> dict[str, list[Party]]:
        """The roles whose trust policies name a principal of a known account, by its ARN without that."""
        found: dict[str, list[Party]] = {}
        for text, roles in self.naming.items():
            arn = text.partition(":")[2]
            if arn.startswith("arn:") and arn.split(":", 5)[4].isdecimal():
                found.setdefault(_name_in(arn), []).extend(roles)
        return found

    @cached_property
    def has_trust_of_accounts(self) -> bool:
        """Whether a trust policy lets in whoever a known account lets in."""
        return any(_OF_ACCOUNT.fullmatch(text) for text in self.naming)

    @cached_property
    def has_open_trust(self) -> bool:
        """Whether something of a trust policy is not known yet."""
        return any(clause.bound != EXACT for _, trust in self.trusting for clause in trust.clauses)

    def own_policies(self, party: Party) -> list[str]:
        """The ARNs of the policies attached to a principal, or to a group of it, that somebody can write."""
        found: dict[str, None] = {}
        for clause in party.held.access.clauses:
            policy = self._policies.get(clause.origin.address)
            if policy is not None:
                found[self.names.arn(policy)] = None
        for gap in party.held.gaps:
            if gap.code == OUTSIDE:
                found.update(dict.fromkeys(self._named_at(gap.address, gap.path)))
        return [one for one in found if not is_managed_by_aws(one)]

    def _named_at(self, address: str, path: str) -> list[str]:
        """The ARNs of policies outside of the plan that an attribute holds."""
        node = self._nodes.get(address)
        if node is None or not self.snapshot.graph.is_in(node, self.snapshot.name):
            return []
        value = self.names.value(self.snapshot.graph.view(node, self.snapshot.name), path)
        values = value if not is_unknown(value) and isinstance(value, list) else [value]
        texts = [one for one in list.__iter__(values) if not is_unknown(one) and isinstance(one, str)]
        return [arn for one in texts if (arn := str.__str__(one)) not in self._in_plan]

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        return {node.address: node for node in self.snapshot.graph.nodes if not node.deposed}

    @cached_property
    def _in_plan(self) -> set[str]:
        return {self.names.arn(one) for one in self._policies.values()}

    @cached_property
    def _policies(self) -> dict[str, Resource]:
        return {one.address: one for one in self.snapshot.all(*_POLICIES)}

    def groups_of(self, party: Party) -> list[Party]:
        """A group itself, or the groups of the plan that a user is a member of."""
        if party.kind == GROUP:
            return [party]
        return self._memberships.get(party.name, [])

    def outside_at(self, resource: Resource) -> list[Party]:
        """The principals outside of the plan that an attachment, or an inline policy, names."""
        holding = INLINE.get(resource.type) or ATTACHING.get(resource.type)
        if holding is None:
            return []
        drafts = [
            draft
            for kind, attribute in holding.owners
            for draft, _ in self._principals.named(kind, resource, attribute)
        ]
        found = {
            draft.subject.name: self.by_name.get(draft.subject.name) for draft in drafts if not draft.subject.address
        }
        return [one for one in found.values() if one is not None]

    @cached_property
    def _principals(self) -> Principals:
        return Principals(self.names)

    @cached_property
    def _memberships(self) -> dict[str, list[Party]]:
        """The groups of the plan that the plan adds each user to, by the name of the user."""
        principals = self._principals
        found: dict[str, list[Party]] = {}
        for type_, user, group in _MEMBERSHIPS:
            for one in self.snapshot.all(type_):
                named = [of.subject.name for of, is_certain in principals.named(GROUP, one, group) if is_certain]
                groups = [self.by_name[name] for name in named if name in self.by_name]
                for member, is_certain in principals.named(USER, one, user):
                    if is_certain:
                        found.setdefault(member.subject.name, []).extend(groups)
        return found

    @cached_property
    def holders(self) -> dict[str, list[Party]]:
        """Who holds each policy of the plan, by its ARN."""
        found: dict[str, list[Party]] = {}
        for one in self.all:
            for arn in self.own_policies(one):
                found.setdefault(arn, []).append(one)
        return found
