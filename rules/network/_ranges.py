"""Ports and addresses as cloud firewalls write them, and tests that unknown values do not hide behind."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Network, ip_network
from typing import Any

from planguard.plan.unknown import has_unknown

ADMIN_PORTS = (22, 3389)
"""SSH and RDP: whoever reaches them can try to log in to the machine."""

ALL_PORTS = "0-65535"
_GLOBAL_IPV6 = IPv6Network("2000::/3")


def all_hold(*tests: tuple[Any, Callable[[Any], object]]) -> bool:
    """Whether each value passes its test. Known values come first: a no of theirs decides."""
    return all(test(value) for value, test in sorted(tests, key=lambda one: has_unknown(one[0])))


def ports_of(text: str) -> tuple[int, int]:
    """First and last port of ``22``, ``20-25`` or ``*``."""
    first, _, last = (ALL_PORTS if text.strip() == "*" else text).partition("-")
    return int(first), int(last or first)


def admin_ports_in(text: str) -> list[int]:
    """The administrative ports among those that a text names."""
    first, last = ports_of(text)
    return [port for port in ADMIN_PORTS if first <= port <= last]


def shown_ports(text: str, among: list[int]) -> str:
    """Ports for a message: ``22/tcp``, ``20-25/tcp (22)``, ``all ports/tcp (22, 3389)``."""
    first, last = ports_of(text)
    if first == last:
        return f"{first}/tcp"
    return f"{'all ports' if last - first >= 65534 else text}/tcp ({', '.join(map(str, among))})"


def is_world(text: str) -> bool:
    """Whether a CIDR range holds all IPv4 addresses or a half of them, or all global IPv6 addresses."""
    return _is_world(text.strip())


@lru_cache(maxsize=4096)
def _is_world(text: str) -> bool:
    try:
        network = ip_network(text, strict=False)
    except ValueError:  # a tag, a name
        return False
    if isinstance(network, IPv6Network):
        return network.supernet_of(_GLOBAL_IPV6)
    return network.prefixlen <= 1
