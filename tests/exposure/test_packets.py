"""Sets of packets against every single packet of a small world."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planguard.exposure.packets import (
    ALL_PORTS,
    ALL_PROTOCOLS,
    EVERYTHING,
    NOTHING,
    Box,
    Packets,
    intersect,
    packets,
    packets_of,
    port_text,
    protocol_name,
    protocol_ranges,
    sources_of,
    subtract,
    unite,
)
from planguard.exposure.ranges import Ranges, ranges_of

SMALL = 4
WORLD = frozenset(product(range(SMALL), repeat=3))
SIDES = st.lists(st.tuples(st.integers(0, SMALL - 1), st.integers(0, SMALL - 1)), min_size=1, max_size=2).map(
    ranges_of
)
BOXES = st.builds(packets, SIDES, SIDES, SIDES)
SETS: st.SearchStrategy[Packets] = st.lists(BOXES, max_size=4).map(lambda boxes: sum(boxes, ()))
"""Boxes that may overlap, as operations may be given them."""


def numbers(ranges: Ranges) -> set[int]:
    """All numbers of a small set."""
    return {number for low, high in ranges for number in range(low, high + 1)}


def all_in(them: Packets) -> list[tuple[int, int, int]]:
    """Every packet of a set, as often as there are boxes that hold it."""
    return [one for box in them for one in product(*map(numbers, box))]


def is_disjoint(them: Packets) -> bool:
    """Whether no packet is in two boxes."""
    return len(all_in(them)) == len(set(all_in(them)))


@given(SETS, SETS)
def test_operations_are_those_of_sets(a: Packets, b: Packets) -> None:
    one, other = set(all_in(a)), set(all_in(b))
    assert set(all_in(intersect(a, b))) == one & other
    assert set(all_in(subtract(a, b))) == one - other
    assert set(all_in(unite(a, b))) == one | other


@given(SETS, SETS)
def test_a_union_holds_every_packet_once_and_is_always_told_alike(a: Packets, b: Packets) -> None:
    both = unite(a, b)
    assert is_disjoint(both)
    assert set(all_in(unite(b, a))) == set(all_in(both))
    assert set(all_in(subtract(both, a))) == set(all_in(b)) - set(all_in(a))
    assert unite(both) == both
    assert list(both) == sorted(both, key=lambda box: (box.protocols, box.ports, box.sources))


@given(SETS)
def test_boxes_are_never_empty(a: Packets) -> None:
    for them in (unite(a), subtract(EVERYTHING, a), intersect(EVERYTHING, a), packets_of(unite(a))):
        assert all(all(side for side in box) for box in them)
    assert subtract(a, EVERYTHING) == NOTHING
    assert set(all_in(intersect(a, EVERYTHING))) == set(all_in(a))


@given(SETS, SETS)
def test_laws_of_sets(a: Packets, b: Packets) -> None:
    outside = subtract(EVERYTHING, unite(a, b))
    assert intersect(outside, a) == intersect(outside, b) == NOTHING
    one_by_one = subtract(subtract(EVERYTHING, a), b)
    assert subtract(outside, one_by_one) == subtract(one_by_one, outside) == NOTHING
    assert subtract(a, a) == NOTHING
    assert intersect(subtract(unite(a, b), b), b) == NOTHING


@given(SETS)
def test_sources_are_those_of_all_packets(a: Packets) -> None:
    assert numbers(sources_of(a)) == {source for source, _, _ in all_in(a)}


@given(st.permutations([Box(((0, 1),), ((6, 6),), ((22, 22),)), Box(((0, 3),), ((6, 6),), ((22, 80),)),
                        Box(((2, 3),), ((17, 17),), ((53, 53),))]))  # fmt: skip
def test_the_order_in_which_rules_are_united_changes_no_packet(boxes: list[Box]) -> None:
    found = unite(*[(box,) for box in boxes])
    assert subtract(found, tuple(boxes)) == subtract(tuple(boxes), found) == NOTHING


def test_a_side_without_numbers_makes_no_box() -> None:
    assert packets(()) == packets(protocols=()) == packets(ports=()) == NOTHING
    assert packets() == EVERYTHING


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tcp", ((6, 6),)), ("TCP", ((6, 6),)), ("6", ((6, 6),)), (17, ((17, 17),)), ("-1", ALL_PROTOCOLS),
        (-1, ALL_PROTOCOLS), ("all", ALL_PROTOCOLS), ("*", ALL_PROTOCOLS), ("icmpv6", ((58, 58),)),
    ],
)  # fmt: skip
def test_protocols_have_names_and_numbers(name: str | int, expected: Ranges) -> None:
    assert protocol_ranges(name) == expected


@pytest.mark.parametrize("name", ["", "tcpp", "256", "-2"])
def test_what_is_no_protocol_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        protocol_ranges(name)


def test_how_protocols_and_ports_are_told() -> None:
    assert protocol_name(ALL_PROTOCOLS) == "all"
    assert protocol_name(((6, 6), (17, 17), (200, 210))) == "tcp, udp, 200-210"
    assert port_text(ALL_PORTS) == "all"
    assert port_text(((80, 80), (443, 445))) == "80, 443-445"
