"""Addresses, ports and protocols as a person writes them.

Nobody on the internet has a reserved address, so that it does not matter whether one is in a set. That is what makes
``0.0.0.0/0`` out of all the networks between the reserved ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from planguard.exposure.packets import ALL_PORTS, ALL_PROTOCOLS, protocol_name
from planguard.exposure.ranges import (
    PUBLIC_V4,
    PUBLIC_V6,
    V6,
    Ranges,
    difference,
    intersection,
    networks_of,
)

_FAMILIES = ((0, 32, PUBLIC_V4), (V6, 128, PUBLIC_V6))
_MOST = 1000
"""Of more networks nobody reads whether there were a shorter way to write them."""
_WORDS = {
    "whole": "the whole internet",
    "broad": "a broad part of the internet",
    "many": "many public addresses",
    "narrow": "a few public addresses",
    "none": "no public address",
}


def networks_shown(addresses: Ranges) -> tuple[list[str], list[str]]:
    """The networks that some addresses are, and those that are left out of them, as few as there can be.

    ``0.0.0.0/0`` and ``::/0`` stand for all public addresses of their family; other reserved addresses are told only
    where they are the whole of a network.
    """
    listed: list[str] = []
    left_out: list[str] = []
    for low, bits, public in _FAMILIES:
        part = intersection(addresses, ((low, low + (1 << bits) - 1),))
        exact = _Fewest(tuple(networks_of(part)))
        missing = difference(public, part)
        better = exact
        if intersection(part, public) and len(exact.networks) < _MOST:
            found, _ = _fewest(low, bits, part, missing)
            better = min(exact, found, key=_Fewest.cost) if missing else found
        listed += better.networks
        left_out += better.without
    return listed, left_out


class _Fewest(NamedTuple):
    """A set of addresses as networks without others."""

    networks: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def cost(self) -> tuple[int, int]:
        """How much there is to read."""
        return len(self.networks) + len(self.without), len(self.without)

    def and_of(self, other: _Fewest) -> _Fewest:
        """This half of a network and the other one."""
        return _Fewest(self.networks + other.networks, self.without + other.without)


def _fewest(low: int, bits: int, there: Ranges, missing: Ranges) -> tuple[_Fewest, _Fewest]:
    """What tells the addresses of one network in the fewest words: where those around it are not in the set, and
    where it is part of a network that is, so that only what is left out is told.

    :param bits: how many bits are free in the network that begins at ``low``
    :param there: the addresses of the network that must be in the set
    :param missing: those that must not be; of all others it does not matter
    """
    own = (_named(low, bits),)
    if not there:
        return _Fewest(), _Fewest((), own) if missing else _Fewest()
    if not missing:
        return _Fewest(own), _Fewest()
    half = 1 << (bits - 1)
    sides = ((low, low + half - 1),), ((low + half, low + 2 * half - 1),)
    (left_apart, left_within), (right_apart, right_within) = (
        _fewest(side[0][0], bits - 1, intersection(there, side), intersection(missing, side)) for side in sides
    )
    within = left_within.and_of(right_within)
    return min(_Fewest(own).and_of(within), left_apart.and_of(right_apart), key=_Fewest.cost), within


def _named(low: int, bits: int) -> str:
    if low < V6:
        return f"{IPv4Address(low)}/{32 - bits}"
    return f"{IPv6Address(low - V6)}/{128 - bits}"


def ports_shown(ports: Ranges) -> list[str]:
    """``443``, ``8000-8100``; ``all`` for all of them."""
    if ports == ALL_PORTS:
        return ["all"]
    return [str(low) if low == high else f"{low}-{high}" for low, high in ports]


def protocol_shown(protocols: Ranges) -> str:
    """``tcp``; ``all``; ``all but tcp`` where that is shorter than what is left."""
    rest = difference(ALL_PROTOCOLS, protocols)
    if len(protocols) > 1 and rest and sum(high - low + 1 for low, high in rest) < 4:
        return f"all but {protocol_name(rest)}"
    return protocol_name(protocols)


def service_shown(protocol: str, ports: Iterable[str]) -> str:
    """Protocol and ports in one: ``443/tcp``, ``8000-8100/udp``, ``all ports/tcp``, ``icmp``, ``all traffic``."""
    ports = list(ports)
    if ports == ["all"]:
        if protocol == "all":
            return "all traffic"
        return f"all ports/{protocol}" if protocol in {"tcp", "udp", "sctp"} else protocol
    return f"{', '.join(ports)}/{protocol}"


def class_shown(source_class: str) -> str:
    """The class of a set of addresses (``planguard.exposure.ranges.breadth``) in words."""
    return _WORDS[source_class]
