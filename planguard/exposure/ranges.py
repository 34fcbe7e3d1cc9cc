"""Sets of whole numbers as sorted, disjoint intervals: addresses, ports and protocols are all kept so.

Both families of addresses lie on one line: IPv4 first, IPv6 behind it, and an IPv4 address that is written in IPv6
(``::ffff:0:0/96``, RFC 4291 section 2.5.5.2) is the IPv4 address.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

Ranges = tuple[tuple[int, int], ...]
"""Intervals with both ends in them, sorted, none touching the next."""

EMPTY: Ranges = ()
V6 = 1 << 32
"""Where IPv6 begins."""
END = V6 + (1 << 128) - 1
V4_ALL: Ranges = ((0, V6 - 1),)
V6_ALL: Ranges = ((V6, END),)
ANYWHERE: Ranges = ((0, END),)
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")


def ranges_of(pairs: Iterable[tuple[int, int]]) -> Ranges:
    """Any intervals as a set; those whose ends are the wrong way round are empty."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(pair for pair in pairs if pair[0] <= pair[1]):
        if merged and low <= merged[-1][1] + 1:
            if high > merged[-1][1]:
                merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return tuple(merged)


def union(one: Ranges, other: Ranges) -> Ranges:
    """What is in either."""
    if not one or one == other:
        return other
    return ranges_of((*one, *other)) if other else one


def intersection(one: Ranges, other: Ranges) -> Ranges:
    """What is in both."""
    if one == other:
        return one
    found: list[tuple[int, int]] = []
    at = to = 0
    while at < len(one) and to < len(other):
        low, high = max(one[at][0], other[to][0]), min(one[at][1], other[to][1])
        if low <= high:
            found.append((low, high))
        if one[at][1] < other[to][1]:
            at += 1
        else:
            to += 1
    return tuple(found)


def difference(one: Ranges, other: Ranges) -> Ranges:
    """What is in the first and not in the second."""
    found: list[tuple[int, int]] = []
    to = 0
    for low, high in one:
        while to < len(other) and other[to][1] < low:
            to += 1
        at, start = to, low
        while at < len(other) and other[at][0] <= high:
            if other[at][0] > start:
                found.append((start, other[at][0] - 1))
            start = max(start, other[at][1] + 1)
            at += 1
        if start <= high:
            found.append((start, high))
    return tuple(found)


def size(ranges: Ranges) -> int:
    """How many numbers are in it."""
    return sum(high - low + 1 for low, high in ranges)


# -- addresses -----------------------------------------------------------------------------------------------------


def parse_network(text: str) -> Ranges:
    """The addresses of a network such as ``10.0.0.0/8``, or of one address; bits behind the prefix do not matter.

    :raises ValueError: it is none
    """
    network = ipaddress.ip_network(text.strip(), strict=False)
    low, high = int(network.network_address), int(network.broadcast_address)
    if network.version == 4:
        return ((low, high),)
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_MAPPED):
        return ((low & (V6 - 1), high & (V6 - 1)),)
    return ((V6 + low, V6 + high),)


def networks_of(addresses: Ranges) -> Iterator[str]:
    """The addresses as networks, as few as there can be."""
    for low, high in addresses:
        if low < V6:
            end = ipaddress.IPv4Address(min(high, V6 - 1))
            yield from map(str, ipaddress.summarize_address_range(ipaddress.IPv4Address(low), end))
        if high >= V6:
            first = ipaddress.IPv6Address(max(low - V6, 0))
            yield from map(str, ipaddress.summarize_address_range(first, ipaddress.IPv6Address(high - V6)))


# IANA's registries of special-purpose addresses (RFC 6890), multicast (RFC 5771, RFC 4291 section 2.7): addresses
# from which nobody on the internet can come. IPv6: only 2000::/3 is global unicast (RFC 4291 section 2.4). The ranges
# for documentation (RFC 5737, RFC 3849) are not among them: in a plan they stand for somebody's public addresses.
_RESERVED_V4 = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
    "224.0.0.0/3",
)  # fmt: skip
RESERVED: Ranges = ranges_of(pair for text in _RESERVED_V4 for pair in parse_network(text))
PUBLIC_V4: Ranges = difference(V4_ALL, RESERVED)
PUBLIC_V6: Ranges = parse_network("2000::/3")
PUBLIC: Ranges = union(PUBLIC_V4, PUBLIC_V6)

NONE, NARROW, MANY, BROAD, WHOLE = "none", "narrow", "many", "broad", "whole"
CLASSES = (NONE, NARROW, MANY, BROAD, WHOLE)
"""How much of the internet some addresses are, from nothing to all of it."""


def breadth(addresses: Ranges) -> str:
    """How much of the internet some addresses are, by the wider of the two families.

    ``whole``: all public addresses of a family, but for one in a hundred at the most. ``broad``: more than a /8 of
    IPv4 or a /32 of IPv6 hold (the bounds at which S3 calls a policy public). ``many``: more than 65,536 IPv4
    addresses, or more than a /48 of IPv6. ``narrow``: any public address. ``none``: no public address.
    """
    v4, v6 = intersection(addresses, PUBLIC_V4), intersection(addresses, PUBLIC_V6)
    found = [
        _breadth(size(v4), size(PUBLIC_V4), 1 << 24, 1 << 16),
        _breadth(size(v6), size(PUBLIC_V6), 1 << 96, 1 << 80),
    ]
    return max(found, key=CLASSES.index)


def _breadth(there: int, all_: int, broad: int, many: int) -> str:
    if there * 100 >= all_ * 99:
        return WHOLE
    if there > broad:
        return BROAD
    if there > many:
        return MANY
    return NARROW if there else NONE
