"""Lists of rules of which the first that matches decides, where a part of them is not known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planguard.exposure.model import Hop
from planguard.exposure.packets import TCP, Packets, intersect, packets, subtract, unite
from planguard.exposure.passage import Bounds, Passage, Rule, certain, first_match, to_port
from planguard.exposure.ranges import V4_ALL
from planguard.exposure.reading import listed, listing
from planguard.plan.sensitive import SensitiveText

PORTS = range(12)


def to(low: int, high: int) -> Packets:
    return packets(V4_ALL, TCP, ((low, high),))


def rule(order: int | None, allows: bool | None, low: int, high: int, *, is_certain: bool = True) -> Rule:
    bounds = certain(to(low, high)) if is_certain else Bounds((), to(low, high))
    return Rule(order, allows, Passage(bounds, (Hop(f"r{order}"),)))


def let_in(rules: list[Rule]) -> tuple[set[int], set[int]]:
    found = first_match(rules)
    must = unite(*(one.bounds.must for one in found))
    may = unite(*(one.bounds.may for one in found))
    return {port for port in PORTS if intersect(must, to(port, port))}, {
        port for port in PORTS if intersect(may, to(port, port))
    }


Known = tuple[int, bool, int, int]
KNOWN = st.lists(
    st.tuples(st.integers(1, 6), st.booleans(), st.integers(0, 11), st.integers(0, 11)), max_size=6
)  # fmt: skip


def walked(rules: list[Known], port: int) -> bool:
    """One packet, rule by rule: of one order those that refuse are asked first."""
    for _, allows, low, high in sorted(rules, key=lambda one: (one[0], one[1])):
        if low <= port <= high:
            return allows
    return False


@given(KNOWN)
def test_known_rules_decide_as_a_walk_through_them_does(rules: list[Known]) -> None:
    expected = {port for port in PORTS if walked(rules, port)}
    assert let_in([rule(*one) for one in rules]) == (expected, expected)


@given(KNOWN, st.lists(st.sampled_from(["order", "allows", "matches", ""]), min_size=6, max_size=6), st.data())
def test_whatever_the_unknown_turns_out_to_be_it_lies_between_the_bounds(
    rules: list[Known], unknown: list[str], data: st.DataObject
) -> None:
    blurred, settled = [], []
    for (order, allows, low, high), what in zip(rules, unknown, strict=False):
        blurred.append(
            rule(
                None if what == "order" else order,
                None if what == "allows" else allows,
                low,
                high,
                is_certain=what != "matches",
            )
        )
        if what == "matches" and data.draw(st.booleans()):
            continue
        settled.append(
            (
                data.draw(st.integers(1, 6)) if what == "order" else order,
                data.draw(st.booleans()) if what == "allows" else allows,
                low,
                high,
            )
        )
    must, may = let_in(blurred)
    actual = {port for port in PORTS if walked(settled, port)}
    assert must <= actual <= may


def test_what_no_rule_matches_is_left() -> None:
    found = first_match([rule(1, False, 0, 5)], left=True)
    assert not intersect(found[0].bounds.must, to(0, 5))
    assert subtract(to(6, 11), found[0].bounds.must) == ()


def test_a_port_in_front_stands_for_the_port_behind() -> None:
    stage = [Passage(certain(to(443, 443)))]
    assert to_port(stage, ((443, 443),), ((8443, 8443),), TCP)[0].bounds == certain(to(8443, 8443))
    assert to_port(stage, ((80, 80),), ((8080, 8080),), TCP) == []


def test_a_sensitive_address_does_not_show() -> None:
    assert listed(listing([SensitiveText("8.8.8.8/32"), "1.1.1.1/32"])) == "(sensitive), 1.1.1.1/32"
