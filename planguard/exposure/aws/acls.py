"""Network ACLs: the first rule by number that matches decides, for what comes in and for its answers.

They keep no state: what answers a TCP packet must be let out as well, to the port that the client has chosen. One
that has some port from 1024 to 65535 left to choose gets its answers.

Source: "Control subnet traffic with network access control lists" (rule order, default ACL, ephemeral ports) in the
VPC user guide.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from planguard.exposure.alternatives import one_of
from planguard.exposure.aws.meant import SUBNETS, VPCS, vpcs_of
from planguard.exposure.aws.ports import port_span_of
from planguard.exposure.meant import meant
from planguard.exposure.model import Hop, Missing
from planguard.exposure.packets import (
    ALL_PORTS,
    PROTOCOLS,
    TCP,
    Box,
    Packets,
    intersect,
    packets,
    port_text,
    protocol_name,
    subtract,
    unite,
)
from planguard.exposure.passage import OPEN, Bounds, Passage, Rule, Stage, first_match, spanned
from planguard.exposure.ranges import ANYWHERE, WHOLE, breadth, intersection
from planguard.exposure.reading import (
    blocks_of,
    is_written,
    listing,
    network_span,
    protocol_span,
    setting,
    shown,
    texts,
    told,
    truth,
)
from planguard.graph.resource import BEFORE, Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

_ACLS = ("aws_network_acl", "aws_default_network_acl")
_EPHEMERAL = ((1024, 65535),)
_TCP_ALL = packets(ANYWHERE, TCP)
_ICMP = (PROTOCOLS["icmp"], PROTOCOLS["icmpv6"])


class Acls:
    """The network ACLs of one snapshot, and which one each subnet has."""

    __slots__ = ("__dict__", "_snapshot", "_stages")

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._stages: dict[str, Stage] = {}

    @cached_property
    def _rules(self) -> dict[str, list[tuple[Resource, bool]]]:
        """Rules that are resources of their own, by the address of their ACL, or of a VPC for its default one."""
        found: dict[str, list[tuple[Resource, bool]]] = {}
        for one in self._snapshot.all("aws_network_acl_rule"):
            owners = meant(one, "network_acl_id", (*_ACLS, *VPCS), single=True)
            for owner in owners.all:
                found.setdefault(owner.address, []).append((one, owner in owners.certain))
        return found

    @cached_property
    def _mirrored(self) -> dict[str, set[tuple[bool | None, str]]]:
        """Direction and number of rules of their own before the apply, by the address of their ACL."""
        found: dict[str, set[tuple[bool | None, str]]] = {}
        for one in Snapshot(self._snapshot.graph, BEFORE).all("aws_network_acl_rule"):
            for acl in meant(one, "network_acl_id", _ACLS, single=True).all:
                place = (truth(one.get("egress", False)), shown(one.get("rule_number")))
                found.setdefault(acl.address, set()).add(place)
        return found

    @cached_property
    def _held(self) -> dict[str, list[tuple[Resource, bool]]]:
        """The ACLs that name a subnet, with whether it is certain, by the address of the subnet."""
        found: dict[str, list[tuple[Resource, bool]]] = {}
        for acl in self._snapshot.all(*_ACLS):
            subnets = meant(acl, "subnet_ids", SUBNETS)
            for subnet in subnets.all:
                found.setdefault(subnet.address, []).append((acl, subnet in subnets.certain))
        for one in self._snapshot.all("aws_network_acl_association"):
            acls = meant(one, "network_acl_id", _ACLS, single=True)
            subnets = meant(one, "subnet_id", SUBNETS, single=True)
            for subnet in subnets.all:
                for acl in acls.all:
                    certain = subnet in subnets.certain and acl in acls.certain
                    found.setdefault(subnet.address, []).append((acl, certain))
        return found

    @cached_property
    def _defaults(self) -> dict[str, Resource]:
        """The default ACL of each VPC of the plan that has it managed, by the address of the VPC."""
        return {
            vpc.address: acl
            for acl in self._snapshot.all("aws_default_network_acl")
            for vpc in (
                *meant(acl, "default_network_acl_id", VPCS, single=True).certain,
                *meant(acl, "vpc_id", VPCS, single=True).certain,
            )
        }

    def stage(self, subnet: Resource) -> Stage:
        """What the ACL of a subnet lets in, with its answers out: one passage for each rule that does."""
        held = self._held.get(subnet.address, [])
        named = [acl for acl, certain in held if certain]
        if named:
            return self._of(named[-1])
        rest = self._default(subnet)
        if not held:
            return rest
        gap = Missing("acl-unknown", subnet.address)
        stages = [*(self._of(acl) for acl, _ in held), rest]
        return one_of(list(dict.fromkeys(map(tuple, stages))), gap)

    def _default(self, subnet: Resource) -> Stage:
        for vpc in vpcs_of(subnet).certain:
            if vpc.address in self._defaults:
                return self._of(self._defaults[vpc.address])
            if vpc.address in self._rules:  # rules that name the default ACL by an attribute of the VPC
                return self._of(vpc)
            if vpc.is_created:
                return OPEN
        return [OPEN[0]._replace(assumptions=("default-acl",))]

    def _of(self, acl: Resource) -> Stage:
        found = self._stages.get(acl.address)
        if found is None:
            found = self._stages[acl.address] = self._read(acl)
        return found

    def _read(self, acl: Resource) -> Stage:
        untouched = acl.type in VPCS
        incoming = first_match(list(self._directed(acl, "ingress", egress=False)), left=untouched)
        outgoing = first_match(list(self._directed(acl, "egress", egress=True)), left=untouched)
        must = unite(*(one.bounds.must for one in outgoing))
        may = unite(*(one.bounds.may for one in outgoing))
        answered = Bounds(_answered(must), _answered(may))
        gaps = tuple(gap for one in outgoing for gap in one.missing)
        found = []
        for one in incoming:
            bounds = Bounds(
                _with_answers(one.bounds.must, answered.must), _with_answers(one.bounds.may, answered.may)
            )
            if bounds.may:
                found.append(one._replace(bounds=bounds, missing=(*one.missing, *gaps)))
        return found

    def _directed(self, acl: Resource, name: str, *, egress: bool) -> Iterator[Rule]:
        blocks = blocks_of(acl, name)
        # What the ACL's attribute merely mirrors is left out, so that a rule that this plan takes away is gone.
        mirrored = set() if is_written(acl, name) else self._mirrored.get(acl.address, set())
        for path, block in blocks.items:
            if (egress, shown(block.get("rule_no"))) not in mirrored:
                yield _rule(acl, path, block, "rule_no", "action")
        if blocks.is_open:
            gap = Missing("acl-unknown", acl.address, name)
            yield Rule(None, None, OPEN[0].possibly(gap))
        for one, certain in self._rules.get(acl.address, ()):
            goes_out = truth(one.get("egress", False))
            if goes_out is None or goes_out == egress:
                found = _rule(one, "", one.values, "rule_number", "rule_action")
                if not certain or goes_out is None:
                    found = found._replace(passage=found.passage.possibly(Missing("acl-unknown", one.address)))
                yield found


def _rule(resource: Resource, path: str, block: dict[str, Any], order: str, action: str) -> Rule:
    protocols = protocol_span(setting(resource, block, "protocol", "-1"))
    first, last = setting(resource, block, "from_port"), setting(resource, block, "to_port")
    kind = protocols.low[0][0] if len(protocols.low) == 1 and protocols.low[0][0] == protocols.low[0][1] else None
    if kind in _ICMP:
        first = last = setting(resource, block, "icmp_type", -1)
    ports = port_span_of(protocols, first, last)
    ranges = listing(setting(resource, block, "cidr_block"), setting(resource, block, "ipv6_cidr_block"))
    sources = network_span(texts(ranges), is_open=ranges.is_open)
    number, says = setting(resource, block, order), told(setting(resource, block, action))
    gaps: tuple[Missing, ...] = ()
    if (
        sources.low != sources.high
        or protocols.low != protocols.high
        or ports.low != ports.high
        or is_unknown(number)
        or says is None
    ):
        gaps = (Missing("acl-unknown", resource.address, path),)
    text = f"rule {shown(number)}: {says or 'allow or deny'} {port_text(ports.high)}/{protocol_name(protocols.high)}"
    listed = ", ".join(str(one) for one in ranges.items if one) or "somewhere"
    hop = Hop(resource.address, path, f"{text} from {listed}")
    guards = () if breadth(sources.high) == WHOLE else (hop,)  # what lets in everybody keeps nobody out
    return Rule(
        None if is_unknown(number) or number is None else int(number),
        None if says is None else says == "allow",
        Passage(spanned(sources, protocols, ports), (hop,), (), gaps, guards),
    )


def _answered(outgoing: Packets) -> Packets:
    """To which addresses answers get, by protocol, when a client may choose its port."""
    return unite(
        tuple(
            Box(box.sources, box.protocols, ALL_PORTS)
            for box in outgoing
            if intersection(box.ports, _EPHEMERAL) or not intersection(box.protocols, TCP)
        )
    )


def _with_answers(incoming: Packets, answered: Packets) -> Packets:
    """Without TCP that gets no answer: a connection is never made. Other packets need none."""
    tcp = intersect(incoming, _TCP_ALL)
    if not tcp or not subtract(tcp, answered):
        return incoming
    return unite(intersect(tcp, answered), subtract(incoming, _TCP_ALL))
