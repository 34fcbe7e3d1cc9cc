"""What security groups let in from the whole internet, whichever resource says it.

Sources: the provider's documentation of ``aws_security_group``, ``aws_security_group_rule`` and
``aws_vpc_security_group_ingress_rule``; "IpPermission" in the EC2 API reference; the protocol numbers of IANA.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from planguard import Resource, is_unknown

from .._satellite import in_both_snapshots, is_left_to_provider
from ._aws_world import world_of

GROUPS = ("aws_security_group", "aws_default_security_group")
RULE = "aws_security_group_rule"
INGRESS_RULE = "aws_vpc_security_group_ingress_rule"
RESOURCES = (*GROUPS, RULE, INGRESS_RULE)

_NAMES = {"-1": "all", "6": "tcp", "17": "udp"}
_LAST = 65535


@dataclass(frozen=True, slots=True)
class Ports:
    """A range of ports of a protocol: tcp, udp, ``all``, or another one as it is written."""

    protocol: str
    first: int
    last: int

    @property
    def is_everything(self) -> bool:
        """Whether it is every protocol and every port."""
        return self.protocol == "all"

    @property
    def are_numbered(self) -> bool:
        """Whether it is about ports at all; ICMP and tunnels have none."""
        return self.protocol in {"tcp", "udp"}

    def __contains__(self, port: int) -> bool:
        return self.first <= port <= self.last

    def __str__(self) -> str:
        if self.is_everything:
            return "all traffic"
        return f"{self.first if self.first == self.last else f'{self.first}-{self.last}'}/{self.protocol}"


Wanted = Callable[[Ports], bool]
Opening = tuple[str, Ports, str]
"""The attribute or block that opens, what it opens, and to where (``0.0.0.0/0``)."""


def openings(resource: Resource, wanted: Wanted) -> Iterator[Opening]:
    """What a security group, or a rule of one, opens to the internet.

    :param wanted: which ports to look for; of others, it does not matter whether their sources are known
    """
    if resource.type in GROUPS:
        if not is_left_to_provider(resource, "ingress"):
            for path, block in resource.blocks("ingress"):
                for opening in _of_block(block, wanted, path, path):
                    if not _is_rule_of_its_own(resource, opening):
                        yield opening
    elif resource.type == INGRESS_RULE:
        yield from _of_ingress_rule(resource, wanted)
    elif resource.get("type") == "ingress":
        yield from _of_block(resource.values, wanted, "cidr_blocks", "ipv6_cidr_blocks")


def _of_block(block: dict[str, Any], wanted: Wanted, path: str, path_six: str) -> Iterator[Opening]:
    ports = (block.get("protocol"), block.get("from_port"), block.get("to_port"))
    sources = [(path, block.get("cidr_blocks")), (path_six, block.get("ipv6_cidr_blocks"))]
    return _openings(ports, sources, wanted)


def _of_ingress_rule(rule: Resource, wanted: Wanted) -> Iterator[Opening]:
    ports = (rule.get("ip_protocol"), rule.get("from_port"), rule.get("to_port"))
    sources = [(name, [rule.get(name, "")]) for name in ("cidr_ipv4", "cidr_ipv6")]
    return _openings(ports, sources, wanted)


def _openings(ports: tuple[Any, ...], sources: list[tuple[str, Any]], wanted: Wanted) -> Iterator[Opening]:
    """Those that are certain; then Undetermined, where ports or sources that are not known yet may open more."""
    open_ports = any(map(is_unknown, ports))
    if not open_ports and not wanted(_ports(*ports)):
        return
    for path, ranges in sources:
        for source in world_of(_known(ranges)):
            _wait_for(ports)
            yield path, _ports(*ports), source
    for _, ranges in sources:
        if not world_of(_known(ranges)):
            _wait_for(ranges)


def _wait_for(ranges: Any) -> None:
    """Raise Undetermined where one of the ranges is not known yet."""
    for one in ranges or []:
        bool(one)


def _known(ranges: Any) -> list[str]:
    return [] if is_unknown(ranges) else [one for one in list.__iter__(ranges or []) if not is_unknown(one)]


def _ports(protocol: Any, first: Any, last: Any) -> Ports:
    name = str.lower(protocol or "-1")
    name = _NAMES.get(name, name)
    low, high = int(first or 0), _LAST if last == None else int(last)  # noqa: E711 - `is None` is blind
    return Ports(name, 0, _LAST) if name == "all" or low < 0 else Ports(name, low, high)


def _is_rule_of_its_own(group: Resource, opening: Opening) -> bool:
    """Whether a group shows what a rule resource beside it opens: a group that was read shows both."""
    return any(
        opening[1:] == other[1:]
        for view in in_both_snapshots(group)
        for kind in (RULE, INGRESS_RULE)
        for rule in view.referrers(kind, via="security_group_id")
        for other in openings(rule, lambda ports: ports == opening[1])
    )
