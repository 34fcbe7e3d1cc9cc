"""What security groups let in from the whole internet, and out to it, whichever resource says it.

Sources: the provider's documentation of ``aws_security_group``, ``aws_security_group_rule``,
``aws_vpc_security_group_ingress_rule`` and ``aws_vpc_security_group_egress_rule``; "IpPermission" in the EC2 API
reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource, Violation, is_unknown
from planguard.plan.unknown import has_unknown

from .._satellite import in_both_snapshots, is_left_to_provider
from ._aws_ports import Opening, Wanted, open_to_world
from ._aws_world import world_of
from ._stepping_back import weighed

GROUPS = ("aws_security_group", "aws_default_security_group")
RULE = "aws_security_group_rule"
INGRESS_RULE = "aws_vpc_security_group_ingress_rule"
EGRESS_RULE = "aws_vpc_security_group_egress_rule"
INGRESS = (*GROUPS, RULE, INGRESS_RULE)
EGRESS = (*GROUPS, RULE, EGRESS_RULE)
_RANGES = ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6")


def openings(resource: Resource, wanted: Wanted, direction: str = "ingress") -> Iterator[Opening]:
    """What a security group, or a rule of one, opens to the internet.

    :param wanted: which ports to look for; of others, it does not matter whether their ranges are known
    :param direction: ``ingress`` or ``egress``
    """
    if direction not in resource.shared(_may_open):
        return
    if resource.type in GROUPS:
        if not is_left_to_provider(resource, direction):
            for path, block in resource.blocks(direction):
                for opening in _of_block(path, block, wanted):
                    if not _is_rule_of_its_own(resource, opening, direction):
                        yield opening
    elif resource.type != RULE:
        yield from _of_rule(resource, wanted)
    elif resource.get("type") == direction:
        yield from _of_block("", resource.values, wanted)


def _may_open(resource: Resource) -> Iterator[str]:
    """The directions in which anything could be open to the internet, whatever the ports; asked once."""
    for direction in ("ingress", "egress"):
        blocks = resource.values.get(direction) if resource.type in GROUPS else [resource.values]
        if is_unknown(blocks) or any(_may_be_wide(block.get(name)) for block in _each(blocks) for name in _RANGES):
            yield direction


def _each(blocks: list[Any] | None) -> Iterator[Any]:
    return list.__iter__(blocks or [])


def _may_be_wide(ranges: Any) -> bool:
    return has_unknown(ranges) or bool(world_of([ranges] if isinstance(ranges, str) else ranges or []))


def opens(group: Resource, port: int, *protocols: str) -> Iterator[Violation]:
    """Say where a security group, or a rule of one, lets the internet reach a port.

    :param protocols: those in which the port is a danger
    """
    for path, ports, source in openings(group, lambda ports: ports.has(port, *protocols)):
        yield weighed(group, path, f"{ports} from {source}")


def _of_block(path: str, block: dict[str, Any], wanted: Wanted) -> Iterator[Opening]:
    ports = (block.get("protocol"), block.get("from_port"), block.get("to_port"))
    return open_to_world(path, ports, {name: block.get(name) for name in ("cidr_blocks", "ipv6_cidr_blocks")}, wanted)


def _of_rule(rule: Resource, wanted: Wanted) -> Iterator[Opening]:
    ports = (rule.get("ip_protocol"), rule.get("from_port"), rule.get("to_port"))
    return open_to_world("", ports, {name: [rule.get(name)] for name in ("cidr_ipv4", "cidr_ipv6")}, wanted)


def _is_rule_of_its_own(group: Resource, opening: Opening, direction: str) -> bool:
    """Whether a group shows what a rule resource beside it opens: a group that was read shows both."""
    return any(
        opening[1:] == other[1:]
        for view in in_both_snapshots(group)
        for kind in (RULE, INGRESS_RULE if direction == "ingress" else EGRESS_RULE)
        for rule in view.referrers(kind, via="security_group_id")
        for other in openings(rule, lambda ports: ports == opening[1], direction)
    )
