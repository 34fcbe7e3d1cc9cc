"""Sets of numbers against sets of Python, and addresses against ``ipaddress``."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planguard.exposure.ranges import (
    ANYWHERE,
    BROAD,
    END,
    MANY,
    NARROW,
    NONE,
    PUBLIC,
    PUBLIC_V4,
    RESERVED,
    V4_ALL,
    V6,
    V6_ALL,
    WHOLE,
    Ranges,
    breadth,
    difference,
    intersection,
    networks_of,
    parse_network,
    ranges_of,
    size,
    union,
)

SMALL = 20
PAIRS = st.lists(st.tuples(st.integers(0, SMALL), st.integers(0, SMALL)), max_size=6)
ENDS = st.sampled_from([0, 1, V6 - 2, V6 - 1, V6, V6 + 1, END - 1, END, 1 << 24, 167772160])
WIDE = st.lists(st.tuples(ENDS, ENDS), max_size=5).map(ranges_of)
V4_NETWORKS = st.builds(
    lambda number, prefix: str(ipaddress.ip_network((number, prefix), strict=False)),
    st.integers(0, (1 << 32) - 1),
    st.integers(0, 32),
)
V6_NETWORKS = st.builds(
    lambda number, prefix: str(ipaddress.ip_network((number, prefix), strict=False)),
    st.integers(1 << 127, (1 << 128) - 1),  # beyond ``::ffff:0:0/96``, which is IPv4
    st.integers(1, 128),
)
NETWORKS = st.one_of(V4_NETWORKS, V6_NETWORKS)


def numbers(ranges: Ranges) -> set[int]:
    """All numbers of a small set, one by one."""
    return {number for low, high in ranges for number in range(low, high + 1)}


def is_sound(ranges: Ranges) -> bool:
    """Whether intervals are sorted, none empty and none touching the next."""
    ends = [number for pair in ranges for number in pair]
    return all(low <= high for low, high in ranges) and all(
        high + 1 < low for high, low in zip(ends[1::2], ends[2::2], strict=False)
    )


@given(PAIRS, PAIRS)
def test_operations_are_those_of_sets(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    a, b = ranges_of(one), ranges_of(other)
    brute = {number for low, high in one for number in range(low, high + 1)}
    assert numbers(a) == brute
    assert size(a) == len(brute)
    for found, expected in (
        (union(a, b), numbers(a) | numbers(b)),
        (intersection(a, b), numbers(a) & numbers(b)),
        (difference(a, b), numbers(a) - numbers(b)),
    ):
        assert numbers(found) == expected
        assert is_sound(found)


@given(WIDE, WIDE)
def test_operations_hold_together_over_all_addresses(a: Ranges, b: Ranges) -> None:
    assert union(difference(a, b), intersection(a, b)) == a
    assert difference(ANYWHERE, union(a, b)) == intersection(difference(ANYWHERE, a), difference(ANYWHERE, b))
    assert size(union(a, b)) == size(a) + size(b) - size(intersection(a, b))
    assert all(map(is_sound, (union(a, b), intersection(a, b), difference(a, b))))


@given(st.lists(NETWORKS, max_size=5))
def test_networks_come_back_as_those_that_ipaddress_collapses(networks: list[str]) -> None:
    parsed: Ranges = ()
    for text in networks:
        parsed = union(parsed, parse_network(text))
    mapped = ipaddress.ip_network("::ffff:0:0/96")
    if any(
        ipaddress.ip_network(text).version == 6 and ipaddress.ip_network(text).overlaps(mapped) for text in networks
    ):
        return
    v4 = ipaddress.collapse_addresses(
        found for found in map(ipaddress.ip_network, networks) if isinstance(found, ipaddress.IPv4Network)
    )
    v6 = ipaddress.collapse_addresses(
        found for found in map(ipaddress.ip_network, networks) if isinstance(found, ipaddress.IPv6Network)
    )
    assert list(networks_of(parsed)) == [*map(str, v4), *map(str, v6)]


@given(st.lists(NETWORKS, min_size=1, max_size=4), st.data())
def test_an_address_is_in_a_set_when_it_is_in_one_of_its_networks(networks: list[str], data: st.DataObject) -> None:
    parsed: Ranges = ()
    for text in networks:
        parsed = union(parsed, parse_network(text))
    near = ipaddress.ip_network(data.draw(st.sampled_from(networks)))
    number = int(near.network_address) + data.draw(st.integers(-1, 1))
    address = type(near.network_address)(max(0, min(number, (1 << near.max_prefixlen) - 1)))
    own = parse_network(str(address))
    inside = any(_v4(address) in ipaddress.ip_network(text) for text in networks)
    assert bool(intersection(parsed, own)) == inside


def _v4(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return getattr(address, "ipv4_mapped", None) or address


@given(V4_NETWORKS)
def test_an_ipv4_network_written_in_ipv6_is_itself(network: str) -> None:
    address, _, prefix = network.partition("/")
    assert parse_network(f"::ffff:{address}/{96 + int(prefix)}") == parse_network(network)


def test_bits_behind_the_prefix_do_not_matter_and_nonsense_is_refused() -> None:
    assert parse_network(" 10.1.2.3/8 ") == parse_network("10.0.0.0/8")
    assert parse_network("1.2.3.4") == parse_network("1.2.3.4/32")
    for text in ("", "10.0.0.0/33", "pl-1", "10.0.0.0/-1", "300.0.0.1"):
        with pytest.raises(ValueError):
            parse_network(text)


def all_of(*networks: str) -> Ranges:
    """The union of some networks."""
    found: Ranges = ()
    for text in networks:
        found = union(found, parse_network(text))
    return found


def test_halves_of_the_world_are_the_world() -> None:
    assert all_of("0.0.0.0/1", "128.0.0.0/1") == V4_ALL
    assert all_of("::/1", "8000::/1") == V6_ALL
    assert all_of("0.0.0.0/0", "::/0") == ANYWHERE


ALL_BUT_10 = (
    "0.0.0.0/5", "8.0.0.0/7", "11.0.0.0/8", "12.0.0.0/6", "16.0.0.0/4", "32.0.0.0/3", "64.0.0.0/2", "128.0.0.0/1",
)  # fmt: skip


@pytest.mark.parametrize(
    ("networks", "expected"),
    [
        (("0.0.0.0/0",), WHOLE),
        (("::/0",), WHOLE),
        (("2000::/3",), WHOLE),
        (ALL_BUT_10, WHOLE),
        (("0.0.0.0/1",), BROAD),
        (("3.0.0.0/7",), BROAD),
        (("2a00::/31",), BROAD),
        (("3.0.0.0/8",), MANY),
        (("2a00::/32",), MANY),
        (("3.0.0.0/15",), MANY),
        (("3.0.0.0/16",), NARROW),
        (("2a00:1::/48",), NARROW),
        (("3.0.0.1",), NARROW),
        (("3.0.0.1", "2a00::/16"), BROAD),
        (("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10"), NONE),
        (("::ffff:0:0/96",), WHOLE),
        ((), NONE),
    ],
)  # fmt: skip
def test_how_much_of_the_internet_it_is(networks: tuple[str, ...], expected: str) -> None:
    assert breadth(all_of(*networks)) == expected


@given(WIDE, WIDE)
def test_more_addresses_are_never_less_of_the_internet(a: Ranges, b: Ranges) -> None:
    order = (NONE, NARROW, MANY, BROAD, WHOLE)
    assert order.index(breadth(union(a, b))) >= order.index(breadth(a))


RELAYS = ("192.0.0.0/24", "192.88.99.0/24")
"""Reserved here as a whole, though single addresses in it are global."""


@given(V4_NETWORKS)
def test_public_addresses_are_those_that_iana_did_not_reserve(network: str) -> None:
    first = ipaddress.ip_network(network).network_address
    own = parse_network(str(first))
    if first.is_global and not first.is_multicast:
        assert intersection(own, PUBLIC) == own or any(first in ipaddress.ip_network(relay) for relay in RELAYS)
    else:
        assert intersection(own, RESERVED) == own
        assert intersection(own, PUBLIC_V4) == ()
