"""IP network functions.

Source: Terraform, "IP Network Functions".
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from planguard.plan.source.evaluation.functions.signature import Function
from planguard.plan.source.evaluation.value import NoValueError

_Network = IPv4Network | IPv6Network


def _network(prefix: str) -> _Network:
    return ip_network(prefix, strict=False)


def _host(prefix: str, number: int) -> str:
    network = _network(prefix)
    if not -network.num_addresses <= number < network.num_addresses:
        raise NoValueError("no such host in the prefix")
    return str(network[number])


def _netmask(prefix: str) -> str:
    network = _network(prefix)
    if network.version != 4:
        raise NoValueError("netmasks are for IPv4")
    return str(network.netmask)


def _subnet(prefix: str, bits: int, number: int) -> str:
    network = _network(prefix)
    length = network.prefixlen + bits
    if bits < 0 or length > network.max_prefixlen or not 0 <= number < 1 << bits:
        raise NoValueError("no such subnet in the prefix")
    first = int(network.network_address) + (number << (network.max_prefixlen - length))
    return f"{_address(network, first)}/{length}"


def _address(network: _Network, number: int) -> str:
    if network.version == 4:
        return str(ip_address(number))
    return str(ip_address(number.to_bytes(16, "big")))


def _subnets(prefix: str, *bits: int) -> list[str]:
    network = _network(prefix)
    size = network.max_prefixlen
    at, end = int(network.network_address), int(network.broadcast_address) + 1
    found: list[str] = []
    for more in bits:
        length = network.prefixlen + more
        if more < 1 or length > size:
            raise NoValueError("no such subnet in the prefix")
        step = 1 << (size - length)
        at = -(-at // step) * step
        if at + step > end:
            raise NoValueError("not enough room in the prefix")
        found.append(f"{_address(network, at)}/{length}")
        at += step
    return found


NETWORK = {
    "cidrhost": Function(_host, "sn"),
    "cidrnetmask": Function(_netmask, "s"),
    "cidrsubnet": Function(_subnet, "snn"),
    "cidrsubnets": Function(_subnets, "sn*"),
}
