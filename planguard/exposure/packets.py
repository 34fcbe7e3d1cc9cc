"""Sets of packets: where they come from, which protocol they are, and to which port they go.

A set is a list of boxes, each a product of three sets of numbers. The operations are exact, but one set may be
written as different boxes; to ask whether two are the same, subtract them both ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from planguard.exposure.ranges import ANYWHERE, PUBLIC, Ranges, difference, intersection, union

ALL_PROTOCOLS: Ranges = ((0, 255),)
ALL_PORTS: Ranges = ((0, 65535),)
PROTOCOLS = {"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ah": 51, "icmpv6": 58, "sctp": 132}
"""Protocol numbers that people write by name (IANA, "Assigned Internet Protocol Numbers")."""
_NAMES = {number: name for name, number in PROTOCOLS.items()}
TCP: Ranges = ((6, 6),)
UDP: Ranges = ((17, 17),)


class Box(NamedTuple):
    """Packets from some addresses, of some protocols, to some ports (of ICMP, the types)."""

    sources: Ranges
    protocols: Ranges = ALL_PROTOCOLS
    ports: Ranges = ALL_PORTS


Packets = tuple[Box, ...]
NOTHING: Packets = ()
EVERYTHING: Packets = (Box(ANYWHERE),)
FROM_INTERNET: Packets = (Box(PUBLIC),)


def packets(sources: Ranges = ANYWHERE, protocols: Ranges = ALL_PROTOCOLS, ports: Ranges = ALL_PORTS) -> Packets:
    """One box as a set; empty when one of its sides is."""
    return (Box(sources, protocols, ports),) if sources and protocols and ports else NOTHING


def protocol_ranges(name: str | int) -> Ranges:
    """The number of a protocol by its name or number; ``-1``, ``all``, ``any`` and ``*`` are all of them.

    :raises ValueError: it is none
    """
    text = str(name).strip().lower()
    if text in {"-1", "all", "any", "*"}:
        return ALL_PROTOCOLS
    number = PROTOCOLS.get(text)
    if number is None:
        number = int(text)
    if not 0 <= number <= 255:
        raise ValueError(f"`{name}` is no protocol")
    return ((number, number),)


def intersect(one: Packets, other: Packets) -> Packets:
    """Packets in both sets."""
    found = []
    for a in one:
        for b in other:
            sources = intersection(a.sources, b.sources)
            protocols = intersection(a.protocols, b.protocols) if sources else ()
            ports = intersection(a.ports, b.ports) if protocols else ()
            if ports:
                found.append(Box(sources, protocols, ports))
    return tuple(found)


def subtract(one: Packets, other: Packets) -> Packets:
    """Packets in the first set and not in the second."""
    left = list(one)
    for b in other:
        left = [rest for a in left for rest in _without(a, b)]
    return tuple(left)


def _without(a: Box, b: Box) -> Iterator[Box]:
    sources = intersection(a.sources, b.sources)
    protocols = intersection(a.protocols, b.protocols) if sources else ()
    ports = intersection(a.ports, b.ports) if protocols else ()
    if not ports:
        yield a
        return
    if rest := difference(a.sources, b.sources):
        yield Box(rest, a.protocols, a.ports)
    if rest := difference(a.protocols, b.protocols):
        yield Box(sources, rest, a.ports)
    if rest := difference(a.ports, b.ports):
        yield Box(sources, protocols, rest)


def unite(*sets: Packets) -> Packets:
    """Packets in any of the sets, each in one box only."""
    found: list[Box] = []
    for one in sets:
        for box in one:
            found += subtract((box,), tuple(found))
    return packets_of(found)


def packets_of(boxes: Iterable[Box]) -> Packets:
    """Disjoint boxes as a sorted set, with those put together that differ on one side only."""
    left = list(boxes)
    while True:
        merged = left
        for side in range(3):
            merged = _merged(merged, side)
        if len(merged) == len(left):
            return tuple(sorted(merged, key=lambda box: (box.protocols, box.ports, box.sources)))
        left = merged


def _merged(boxes: list[Box], side: int) -> list[Box]:
    together: dict[tuple[Ranges, ...], Ranges] = {}
    for box in boxes:
        rest = (*box[:side], *box[side + 1 :])
        together[rest] = union(together.get(rest, ()), box[side])
    return [Box._make((*rest[:side], own, *rest[side:])) for rest, own in together.items()]


def sources_of(them: Packets) -> Ranges:
    """All addresses that some of the packets come from."""
    found: Ranges = ()
    for box in them:
        found = union(found, box.sources)
    return found


def protocol_name(protocols: Ranges) -> str:
    """``tcp``, ``all``, or numbers where there is no name."""
    if protocols == ALL_PROTOCOLS:
        return "all"
    return ", ".join(
        _NAMES.get(low, str(low)) if low == high else f"{low}-{high}" for low, high in protocols
    )  # fmt: skip


def port_text(ports: Ranges) -> str:
    """``443``, ``80, 443`` or ``all``."""
    if ports == ALL_PORTS:
        return "all"
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in ports)
