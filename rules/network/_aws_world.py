"""Ranges of addresses that are the whole internet, or so much of it that it makes no difference.

Half of all IPv4 addresses, or half of the global unicast addresses of IPv6 (2000::/3, RFC 4291), is the measure: that
takes in the two halves of an ``0.0.0.0/0`` that was cut in two.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

_ALL_IPV4 = IPv4Network("0.0.0.0/0")
_ALL_IPV6 = IPv6Network("::/0")
_GLOBAL_IPV6 = IPv6Network("2000::/3")


def world_of(ranges: Iterable[str]) -> list[str]:
    """What of some ranges is the whole internet, as it is shown: ``0.0.0.0/0``, ``::/0``; empty when nothing is."""
    texts = tuple(text.strip() for text in ranges if isinstance(text, str))
    return list(_world_of(texts))


@lru_cache(maxsize=4096)
def _world_of(texts: tuple[str, ...]) -> list[str]:
    four: list[IPv4Network] = []
    six: list[IPv6Network] = []
    for text in texts:
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            continue
        if isinstance(network, IPv4Network):
            four.append(network)
        else:
            six.append(network)
    return _widest_four(four) + _widest_six(six)


def _widest_four(networks: list[IPv4Network]) -> list[str]:
    whole = sorted(collapse_addresses(networks))
    if sum(one.num_addresses for one in whole) * 2 < _ALL_IPV4.num_addresses:
        return []
    return [", ".join(map(str, whole))]


def _widest_six(networks: list[IPv6Network]) -> list[str]:
    whole = sorted(collapse_addresses(networks))
    if any(_GLOBAL_IPV6.subnet_of(one) for one in whole):
        return [str(_ALL_IPV6)]
    inside = [one for one in whole if one.subnet_of(_GLOBAL_IPV6)]
    if sum(one.num_addresses for one in inside) * 2 < _GLOBAL_IPV6.num_addresses:
        return []
    return [", ".join(map(str, inside))]
