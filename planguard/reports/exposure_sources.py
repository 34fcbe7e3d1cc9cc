"""Addresses, ports and protocols as a person writes them.

Nobody on the internet has a reserved address, so that it does not matter whether one is in a set. That is what makes
``0.0.0.0/0`` out of all the networks between the reserved ones.
"""

from __future__ import annotations

from collections.abc import Iterable

from planguard.exposure.packets import ALL_PORTS, ALL_PROTOCOLS, protocol_name
from planguard.exposure.ranges import (
    PUBLIC_V4,
    PUBLIC_V6,
    V4_ALL,
    V6_ALL,
    Ranges,
    difference,
    intersection,
    networks_of,
    union,
)

_FAMILIES = (("0.0.0.0/0", V4_ALL, PUBLIC_V4), ("::/0", V6_ALL, PUBLIC_V6))
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
    for everything, family, public in _FAMILIES:
        part = intersection(addresses, family)
        if not part:
            continue
        missing = difference(public, part)
        if not missing:
            listed.append(everything)
            continue
        found = _fewest(part, difference(family, public))
        if intersection(part, public):
            without = _fewest(missing, difference(family, public))
            if 1 + len(without) < len(found):
                listed.append(everything)
                left_out += without
                continue
        listed += found
    return listed, left_out


def _fewest(part: Ranges, reserved: Ranges) -> list[str]:
    """Networks that hold exactly these addresses, or besides them only reserved ones, where that makes fewer."""
    exact = list(networks_of(part))
    if len(exact) < 3:
        return exact
    loose = [one for one in networks_of(union(part, reserved)) if _meets(one, part)]
    return loose if len(loose) < len(exact) else exact


def _meets(network: str, part: Ranges) -> bool:
    from planguard.exposure.ranges import parse_network

    return bool(intersection(parse_network(network), part))


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
