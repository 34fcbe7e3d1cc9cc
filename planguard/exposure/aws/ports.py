"""The ports of a rule.

Source: "Security group rules" (port range; ICMP type and code) in the VPC user guide and ``IpPermission`` in the
EC2 API reference: a rule of protocol -1, and of any but TCP, UDP, ICMP and ICMPv6, is for all ports whatever it
says.
"""

from __future__ import annotations

from typing import Any

from planguard.exposure.packets import ALL_PORTS, PROTOCOLS
from planguard.exposure.passage import Span
from planguard.exposure.ranges import EMPTY
from planguard.plan.unknown import is_unknown

_WITH_PORTS = (PROTOCOLS["tcp"], PROTOCOLS["udp"])
_WITH_TYPES = (PROTOCOLS["icmp"], PROTOCOLS["icmpv6"])


def port_span_of(protocols: Span, first: Any, last: Any) -> Span:
    """The ports from the first to the last one; of ICMP, the type that stands in the first."""
    if protocols.low != protocols.high:
        known = not is_unknown(first) and not is_unknown(last)
        return Span(_between(first, last) if known else EMPTY, ALL_PORTS)
    protocol = protocols.low[0][0] if protocols.low and protocols.low[0][0] == protocols.low[0][1] else -1
    if protocol in _WITH_TYPES:
        last = first
    elif protocol not in _WITH_PORTS:
        return Span(ALL_PORTS, ALL_PORTS)
    if is_unknown(first) or is_unknown(last):
        return Span(EMPTY, ALL_PORTS)
    found = _between(first, last)
    return Span(found, found)


def _between(first: Any, last: Any) -> tuple[tuple[int, int], ...]:
    try:
        low, high = int(-1 if first is None else first), int(-1 if last is None else last)
    except (TypeError, ValueError):
        return ALL_PORTS
    if low < 0:
        return ALL_PORTS
    return ((low, min(high, 65535)),) if low <= high else EMPTY
