"""What network ACLs let in from the whole internet, in blocks or in rules of their own.

Entries are tried in the order of their numbers, and the first that fits decides ("Network ACL rules" in the VPC User
Guide), so one that denies takes the effect from those behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource, Violation, is_unknown, violation

from .._satellite import is_left_to_provider, refuse_unsettled, satellites_of
from ._aws_ports import Opening, Ports, Wanted, open_to_world, ports_from
from ._aws_world import world_of

ACLS = ("aws_network_acl", "aws_default_network_acl")
RULE = "aws_network_acl_rule"
RESOURCES = (*ACLS, RULE)

Entry = dict[str, Any]


def openings(resource: Resource, wanted: Wanted) -> Iterator[Opening]:
    """What a network ACL, or a rule of one, lets in from the internet.

    :param wanted: which ports to look for; an entry that denies them stands in the way
    """
    for path, entry in _entries(resource):
        if _does(entry, "allow"):
            sources = {name: [entry.get(name)] for name in ("cidr_block", "ipv6_cidr_block")}
            for opening in open_to_world(path, _ports(entry), sources, wanted):
                if not any(_denies(other, entry, opening, wanted) for other in _siblings(resource)):
                    yield opening


def allowed(resource: Resource) -> Iterator[tuple[str, Ports]]:
    """What the entries of a network ACL, or a rule of one, allow, from wherever."""
    for path, entry in _entries(resource):
        if _does(entry, "allow"):
            yield path, ports_from(*_ports(entry))


def opens(acl: Resource, port: int, *protocols: str) -> Iterator[Violation]:
    """Say where a network ACL, or a rule of one, lets the internet reach a port.

    :param protocols: those in which the port is a danger
    """
    for path, ports, source in openings(acl, lambda ports: ports.has(port, *protocols)):
        yield violation(path, f"{_shown(ports, port)} from {source}")


def _shown(ports: Ports, port: int) -> str:
    return str(ports) if ports.first == ports.last else f"{ports} ({port})"


def _entries(resource: Resource) -> Iterator[tuple[str, Entry]]:
    if resource.type != RULE:
        if not is_left_to_provider(resource, "ingress"):
            yield from resource.blocks("ingress")
    elif not resource.get("egress"):
        yield "", resource.values


def _siblings(resource: Resource) -> Iterator[Entry]:
    """All entries of the ACL, those of the resource itself among them."""
    acls = [resource] if resource.type != RULE else resource.references("aws_network_acl", via="network_acl_id")
    for acl in acls:
        yield from (entry for _, entry in _entries(acl))
        for rule in acl.referrers(RULE, via="network_acl_id"):
            yield from (entry for _, entry in _entries(rule))
    if not acls:
        for rule in _rules_beside(resource):
            yield from (entry for _, entry in _entries(rule))


def _rules_beside(rule: Resource) -> Iterator[Resource]:
    """The rules of an ACL that is not in this plan; one that the plan makes cannot have an id that is known."""
    acl_id = rule.get("network_acl_id")
    if is_unknown(acl_id):
        source = rule.comes_from("network_acl_id")
        yield from (one for one in rule.others(RULE) if one.comes_from("network_acl_id") == source)
    else:
        yield from satellites_of(acl_id, rule, RULE, via="network_acl_id")
        refuse_unsettled(rule, RULE, via="network_acl_id")


def _denies(entry: Entry, allowed: Entry, opening: Opening, wanted: Wanted) -> bool:
    """Whether an entry decides before another one, and denies what that would open."""
    if not _does(entry, "deny") or _number(entry) >= _number(allowed):
        return False
    family = "ipv6_cidr_block" if ":" in opening[2] else "cidr_block"
    denied = world_of([entry.get(family, "")])
    return wanted(ports_from(*_ports(entry))) and ("0.0.0.0/0" in denied or opening[2] in denied)


def _does(entry: Entry, action: str) -> bool:
    return str(entry.get("rule_action") or entry.get("action")).lower() == action


def _number(entry: Entry) -> int:
    return int(entry.get("rule_number") or entry["rule_no"])


def _ports(entry: Entry) -> tuple[Any, ...]:
    """Protocol, first and last port; a protocol without ports has all of them."""
    return entry.get("protocol"), entry.get("from_port"), entry.get("to_port")
