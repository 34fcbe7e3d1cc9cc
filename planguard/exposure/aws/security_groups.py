"""Security groups: what each one's rules let in, and which other groups they let in.

Groups only allow, and several together allow what any of them does. A rule names ranges, prefix lists, other
groups, or the group itself. Rules stand in the group, or are resources of their own; what a group's own attribute
merely mirrors of those is left out, so that a rule that this plan takes away is gone.

Source: "Control traffic to your AWS resources using security groups" in the VPC user guide; the provider's
``aws_security_group``, ``aws_security_group_rule`` and ``aws_vpc_security_group_ingress_rule``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from planguard.access.meant import resources_told
from planguard.exposure.aws.meant import GROUPS, VPCS, vpcs_of
from planguard.exposure.aws.ports import port_span_of
from planguard.exposure.aws.prefix_lists import PrefixLists
from planguard.exposure.meant import UNSET, Meant, meant
from planguard.exposure.model import Hop, Missing
from planguard.exposure.packets import EVERYTHING, NOTHING, port_text, protocol_name, sources_of
from planguard.exposure.passage import ANY_SOURCE, Bounds, Passage, Span, spanned
from planguard.exposure.ranges import PUBLIC, intersection, union
from planguard.exposure.reading import (
    Listing,
    blocks_of,
    is_written,
    listing,
    network_span,
    protocol_span,
    setting,
    texts,
    told,
    truth,
)
from planguard.graph.resource import BEFORE, Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

RULE = "aws_security_group_rule"
INGRESS_RULE = "aws_vpc_security_group_ingress_rule"
_RANGES = ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6")
_LISTS = ("prefix_list_ids", "prefix_list_id")
_BY_GROUP = ("security_groups", "source_security_group_id", "referenced_security_group_id")
_SHOWN = 4

Key = str
"""A group: its address in the plan, or its id where it is outside."""


class GroupRule(NamedTuple):
    """One rule that lets packets in.

    :ivar passage: what it lets in from addresses; with no packets where it names groups only
    :ivar members: protocols and ports that it lets in from the members of groups, whatever their address
    :ivar groups: those groups, each with whether it is meant for certain
    """

    passage: Passage
    members: Bounds = Bounds()
    groups: tuple[tuple[Key, bool], ...] = ()


class Membership(NamedTuple):
    """The groups that an interface is in.

    :ivar is_open: whether there may be others
    :ivar address: the resource that says so
    """

    certain: tuple[Key, ...] = ()
    possible: tuple[Key, ...] = ()
    is_open: bool = False
    address: str = ""
    default: bool = False

    @property
    def all(self) -> tuple[Key, ...]:
        """Every group that it is or may be in."""
        return (*self.certain, *self.possible)


class Groups:
    """The security groups of one snapshot."""

    __slots__ = ("__dict__", "_lists", "_rules", "_snapshot", "_stages", "gaps")

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._lists = PrefixLists(snapshot)
        self._rules: dict[Key, tuple[GroupRule, ...]] = {}
        self._stages: dict[Membership, tuple[Passage, ...]] = {}
        self.gaps: list[Missing] = []

    # -- indexes ---------------------------------------------------------------------------------------------------

    @cached_property
    def _separate(self) -> dict[Key, list[tuple[Resource, bool]]]:
        """Rules that are resources of their own, by their group, with whether it is certain that they are its."""
        found: dict[Key, list[tuple[Resource, bool]]] = {}
        for one in self._snapshot.all(RULE, INGRESS_RULE):
            if one.type == RULE and told(one.get("type")) == "egress":
                continue
            owners = members_of(one, "security_group_id", single=True)
            for key in owners.all:
                found.setdefault(key, []).append((one, key in owners.certain))
            if owners.is_open:
                self.gaps.append(Missing("rule-unclear", one.address, "security_group_id"))
        return found

    @cached_property
    def _mirrored(self) -> dict[Key, set[tuple[Any, ...]]]:
        """What resources of their own allow before the apply, as the attribute of the group mirrors it."""
        found: dict[Key, set[tuple[Any, ...]]] = {}
        for one in Snapshot(self._snapshot.graph, BEFORE).all(RULE, INGRESS_RULE):
            for key in members_of(one, "security_group_id", single=True).all:
                found.setdefault(key, set()).update(_atoms(one, one.values))
        return found

    @cached_property
    def _by_address(self) -> dict[Key, Resource]:
        return {one.address: one for one in self._snapshot.all(*GROUPS) if not one.is_data}

    @cached_property
    def default_of(self) -> dict[str, Key]:
        """The default group of each VPC of the plan that has it managed, by the address of the VPC."""
        return {
            vpc.address: group.address
            for group in self._snapshot.all("aws_default_security_group")
            for vpc in vpcs_of(group).certain
        }

    @cached_property
    def _of_default_vpc(self) -> tuple[Key, ...]:
        """The default group of the account's default VPC, where the plan has it managed."""
        found = []
        for group in self._snapshot.all("aws_default_security_group"):
            vpc = vpcs_of(group)
            if vpc.is_unset or any(one.type == "aws_default_vpc" or _is_default(one) for one in vpc.certain):
                found.append(group.address)
        return tuple(found)

    # -- rules -----------------------------------------------------------------------------------------------------

    def rules(self, key: Key) -> tuple[GroupRule, ...]:
        """The rules of a group that let packets in."""
        found = self._rules.get(key)
        if found is None:
            found = self._rules[key] = tuple(self._read(key))
        return found

    def _read(self, key: Key) -> Iterator[GroupRule]:
        group = self._by_address.get(key)
        if group is None:
            gap = Missing("security-group-outside-plan", key)
            yield GroupRule(
                Passage(Bounds(NOTHING, EVERYTHING), (Hop(key, "", "its rules are not known"),), (), (gap,))
            )
        else:
            yield from self._inline(group)
        for one, certain in self._separate.get(key, ()):
            rule = self._rule(one, "", one.values, key)
            if not certain or (one.type == RULE and is_unknown(one.get("type"))):
                gap = Missing("rule-unclear", one.address, "security_group_id")
                groups = tuple((other, False) for other, _ in rule.groups)
                rule = rule._replace(passage=rule.passage.possibly(gap), members=rule.members.possible, groups=groups)
            yield rule

    def _inline(self, group: Resource) -> Iterator[GroupRule]:
        blocks = blocks_of(group, "ingress")
        mirrored = self._mirrored.get(group.address, set()) if not is_written(group, "ingress") else set()
        for path, block in blocks.items:
            left = _without(group, block, mirrored) if mirrored else block
            if left is not None:
                yield self._rule(group, path, left, group.address)
        if blocks.is_open:
            gap = Missing("rules-unknown", group.address, "ingress")
            hop = Hop(group.address, "ingress", "rules that are not known yet")
            yield GroupRule(Passage(Bounds(NOTHING, EVERYTHING), (hop,), (), (gap,), (hop,)))

    def _rule(self, resource: Resource, path: str, block: dict[str, Any], owner: Key) -> GroupRule:
        protocols = protocol_span(setting(resource, block, "protocol", setting(resource, block, "ip_protocol")))
        ports = port_span_of(protocols, setting(resource, block, "from_port"), setting(resource, block, "to_port"))
        ranges = listing(*(setting(resource, block, name) for name in _RANGES))
        sources = network_span(texts(ranges), is_open=ranges.is_open)
        missing: list[Missing] = []
        assumptions: tuple[str, ...] = ()
        if sources.low != sources.high:
            missing.append(Missing("range-unknown", resource.address, _at(path, _named(resource, block))))
        if protocols.low != protocols.high or ports.low != ports.high:
            missing.append(Missing("setting-unknown", resource.address, _at(path, "from_port")))
        for name in _LISTS:
            value = setting(resource, block, name)
            if is_unknown(value) or value:
                listed = self._lists.listed(resource, _at(path, name), value)
                sources = Span(union(sources.low, listed.span.low), union(sources.high, listed.span.high))
                missing += listed.missing
                assumptions = (*assumptions, *listed.assumptions)
        text = f"{port_text(ports.high)}/{protocol_name(protocols.high)} from "
        groups = tuple(self._sources(resource, path, block, owner))
        others = list(dict.fromkeys(key for key, _ in groups))
        if any(is_unknown(one) or one for one in (setting(resource, block, name) for name in _LISTS)):
            others.append("a prefix list")
        hop = Hop(resource.address, _at(path, _named(resource, block)), text + _listed(ranges, others))
        passage = Passage(spanned(sources, protocols, ports), (hop,), assumptions, tuple(missing), (hop,))
        return GroupRule(passage, spanned(ANY_SOURCE, protocols, ports) if groups else Bounds(), groups)

    def _sources(
        self, resource: Resource, path: str, block: dict[str, Any], owner: Key
    ) -> Iterator[tuple[Key, bool]]:
        if truth(setting(resource, block, "self", False)):
            yield owner, True
        for name in _BY_GROUP:
            value = setting(resource, block, name)
            if not is_unknown(value) and not value:
                continue
            found = members_of(resource, _at(path, name), value=value)
            # The blocks of one attribute are one expression: with several groups in it, each is only possible.
            several = bool(path) and len(found.all) > 1 and any(map(is_unknown, listing_of(value)))
            if several and (sourced := resources_told(resource, _at(path, name))) is not None:
                yield from ((one.address, True) for one in sourced[0] if one.node.kind in GROUPS)
                yield from ((one, True) for one in sourced[1] if one)
                continue
            for key in found.all:
                yield key, key in found.certain and not several

    # -- interfaces ------------------------------------------------------------------------------------------------

    def stage(self, held: Membership) -> tuple[Passage, ...]:
        """What the groups of an interface let in from addresses: one passage for each rule."""
        found = self._stages.get(held)
        if found is None:
            found = self._stages[held] = tuple(self._passages(held))
        return found

    def _passages(self, held: Membership) -> Iterator[Passage]:
        code = ("default-security-group",) if held.default else ()
        unclear = Missing("security-groups-unclear", held.address)
        for key in held.certain:
            for rule in self.rules(key):
                if rule.passage.bounds.may:
                    yield rule.passage._replace(assumptions=(*rule.passage.assumptions, *code))
        for key in held.possible:
            for rule in self.rules(key):
                if rule.passage.bounds.may:
                    yield rule.passage.possibly(unclear)
        if held.is_open:
            hop = Hop(held.address, "", "security groups that are not known yet")
            yield Passage(Bounds(NOTHING, EVERYTHING), (hop,), (), (unclear,))

    def keep_out(self, held: Membership) -> bool:
        """Whether groups that are known, and all of which the plan holds, let in nobody with a public address."""
        if held.is_open or not held.all or any(key not in self._by_address for key in held.all):
            return False
        return not any(intersection(sources_of(one.bounds.may), PUBLIC) for one in self.stage(held))

    def held(self, resource: Resource, path: str, *, value: Any = None, subnets: Meant = UNSET) -> Membership:
        """The groups that an attribute names; the default one of the VPC where it names none."""
        return self.named(resource, path, value=value) or self.default(resource, subnets)

    @staticmethod
    def named(resource: Resource, path: str, *, value: Any = None) -> Membership | None:
        """The groups that an attribute names; None where it names none."""
        found = meant(resource, path, GROUPS, value=value)
        return None if found.is_unset else _membership(resource, found)

    def default(self, resource: Resource, subnets: Meant) -> Membership:
        """The default group of the VPC that some subnets lie in; without any, of the default VPC."""
        if subnets.is_unset:
            return Membership(self._of_default_vpc, (), False, resource.address, default=not self._of_default_vpc)
        vpcs = list(dict.fromkeys(vpc.address for one in subnets.all for vpc in vpcs_of(one).certain))
        keys = tuple(self.default_of[one] for one in vpcs if one in self.default_of)
        return Membership(keys, (), False, resource.address, default=not keys)


def members_of(resource: Resource, path: str, *, value: Any = None, single: bool = False) -> Membership:
    """The groups that an attribute names."""
    found = meant(resource, path, (*GROUPS, *VPCS), value=value, single=single)
    return _membership(resource, found)


def _membership(resource: Resource, found: Meant) -> Membership:
    keys = {one: one.address for one in found.all}
    for one in found.all:
        if one.is_data and isinstance(known := one.values.get("id"), str) and not is_unknown(known):
            keys[one] = known
    certain = tuple(dict.fromkeys(keys[one] for one in found.certain))
    outside = tuple(one.rsplit("/", 1)[-1] for one in found.outside)
    possible = tuple(key for one in found.possible if (key := keys[one]) not in certain)
    return Membership((*certain, *outside), possible, found.is_open, resource.address)


def _is_default(vpc: Resource) -> bool:
    return vpc.is_data and truth(vpc.get("default", False)) is True


def listing_of(value: Any) -> list[Any]:
    """The elements of a list, or the value as the only one."""
    return list(list.__iter__(value)) if not is_unknown(value) and isinstance(value, list) else [value]


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _named(resource: Resource, block: dict[str, Any]) -> str:
    """The attribute by which a rule says from where."""
    for name in (*_RANGES, *_LISTS, *_BY_GROUP):
        value = setting(resource, block, name)
        if is_unknown(value) or value:
            return name
    return "self" if block.get("self") is True else "cidr_blocks"


def _listed(ranges: Listing, others: list[str]) -> str:
    names = [str(one) for one in ranges.items if one]
    names += others
    if ranges.is_open:
        names.append("ranges that are not known yet")
    if len(names) > _SHOWN:
        names[_SHOWN:] = [f"{len(names) - _SHOWN} more"]
    return ", ".join(names) or "nowhere"


def _atoms(resource: Resource, block: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """A rule as one text for each source, to tell what is the same in two places."""
    ends = [setting(resource, block, "protocol", setting(resource, block, "ip_protocol"))]
    ends += [setting(resource, block, name) for name in ("from_port", "to_port")]
    if any(map(is_unknown, ends)):
        return
    protocol = str(ends[0]).lower()
    place = (protocol, *(0 if protocol == "-1" else int(-1 if one is None else one) for one in ends[1:]))
    for name in (*_RANGES, *_LISTS, *_BY_GROUP):
        for one in listing(setting(resource, block, name)).items:
            yield (*place, "".join(one) if isinstance(one, str) else one)


def _without(group: Resource, block: dict[str, Any], mirrored: set[tuple[Any, ...]]) -> dict[str, Any] | None:
    """A block without the sources that rules of their own have given it; None where it has no other."""
    gone = {atom[-1] for atom in _atoms(group, block) if atom in mirrored}
    if not gone:
        return block
    left = dict(block)
    for name in (*_RANGES, *_LISTS, *_BY_GROUP):
        if isinstance(value := block.get(name), list):
            left[name] = [one for one in list.__iter__(value) if is_unknown(one) or one not in gone]
    kept = any(left.get(name) for name in (*_RANGES, *_LISTS, *_BY_GROUP)) or left.get("self") is True
    return left if kept else None
