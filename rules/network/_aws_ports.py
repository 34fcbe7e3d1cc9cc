"""Ports that a rule of AWS opens to the internet, whether of a security group or of a network ACL.

Sources: "IpPermission" and "NetworkAclEntry" in the EC2 API reference; the protocol numbers of IANA.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from planguard import is_unknown

from ._aws_world import world_of

_NAMES = {"-1": "all", "6": "tcp", "17": "udp"}
_LAST = 65535


@dataclass(frozen=True, slots=True)
class Ports:
    """A range of ports of a protocol: tcp, udp, ``all``, or another one as it is written."""

    protocol: str
    first: int = 0
    last: int = _LAST

    @property
    def is_everything(self) -> bool:
        """Whether it is every protocol and every port."""
        return self.protocol == "all"

    @property
    def are_all_of_a_protocol(self) -> bool:
        """Whether it is every protocol, or every port of TCP or of UDP; nothing has any use for port 0."""
        return self.is_everything or (self.are_numbered and self.first <= 1 and self.last >= _LAST)

    @property
    def are_numbered(self) -> bool:
        """Whether it is about ports at all; ICMP and tunnels have none."""
        return self.protocol in {"tcp", "udp"}

    def has(self, port: int, *protocols: str) -> bool:
        """Whether a port of one of some protocols is among them."""
        return port in self and (self.is_everything or self.protocol in protocols)

    def __contains__(self, port: int) -> bool:
        return self.first <= port <= self.last

    def __str__(self) -> str:
        if self.is_everything:
            return "all traffic"
        return f"{self.first if self.first == self.last else f'{self.first}-{self.last}'}/{self.protocol}"


Wanted = Callable[[Ports], bool]
Opening = tuple[str, Ports, str]
"""The attribute or block that opens, what it opens, and to where (``0.0.0.0/0``)."""


def open_to_world(path: str, ports: tuple[Any, ...], sources: dict[str, Any], wanted: Wanted) -> Iterator[Opening]:
    """Those that are certain; then Undetermined, where ports or sources that are not known yet may open more.

    :param path: the block that opens; empty for a resource, of which it is the attribute
    :param sources: ranges by the attribute that names them
    """
    open_ports = any(map(is_unknown, ports))
    if not open_ports and not wanted(ports_from(*ports)):
        return
    for name, ranges in sources.items():
        for source in world_of(known(ranges)):
            wait_for(ports)
            yield path or name, ports_from(*ports), source
    for ranges in sources.values():
        wait_unless_wide(ranges)


def worlds_in(ranges: Any) -> Iterator[str]:
    """Those ranges that are the whole internet; then Undetermined, where one that is not known yet may be."""
    yield from world_of(known(ranges))
    wait_unless_wide(ranges)


def wait_unless_wide(ranges: Any) -> None:
    """Raise Undetermined where one that is not known yet may make ranges the whole internet."""
    if not world_of(known(ranges)):
        wait_for(ranges)


def wait_for(ranges: Any) -> None:
    """Raise Undetermined where one of the ranges is not known yet."""
    for one in ranges or []:
        bool(one)


def known(ranges: Any) -> list[str]:
    """Those of some ranges that are known."""
    return [] if is_unknown(ranges) else [one for one in list.__iter__(ranges or []) if not is_unknown(one)]


def ports_from(protocol: Any, first: Any, last: Any) -> Ports:
    """A range of ports from what a resource says; all of them where it names none."""
    name = _NAMES.get(protocol, protocol.lower())
    low, high = int(first or 0), _LAST if last == None else int(last)  # noqa: E711 - `is None` is blind
    return Ports(name) if name == "all" or low < 0 else Ports(name, low, high)
