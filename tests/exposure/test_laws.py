"""The analyses of exposure against a walker of rules, packet by packet, and the laws that they must keep.

Everything in these worlds is known, so what must get through is what may. (Kubernetes apart: nobody knows whether a
cluster enforces network policies, so they only take from what must.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from importlib import import_module
from random import Random
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from planguard.exposure.packets import Packets, packets, subtract, unite
from planguard.exposure.ranges import PUBLIC, Ranges, parse_network
from planguard.graph.snapshot import Snapshot
from planguard.plan.source.example import example_plan
from planguard.schema import resource_schema
from tests.conftest import graph_from
from tests.exposure import random_aws, random_azure, random_google, random_kubernetes
from tests.exposure.reference import Packet
from tests.exposure.world import PACKETS, Ref, World

Parts = dict[str, Any]
TOGETHER = 12
"""How many endpoints one plan has."""
CLOUDS: dict[str, ModuleType] = {
    "aws": random_aws,
    "azure": random_azure,
    "google": random_google,
    "kubernetes": random_kubernetes,
}
EXACT = ("aws", "azure", "google")


class Reached(NamedTuple):
    """The packets from the internet that get to an endpoint."""

    must: Packets
    may: Packets


FROM_INTERNET = packets(PUBLIC)


def reached(cloud: str, world: World) -> dict[str, Reached]:
    """What the analysis says of every endpoint of a world."""
    graph = graph_from(example_plan(world.text(), table=resource_schema))
    network = import_module(f"planguard.exposure.{cloud}.network").network_of(Snapshot(graph, "after"))
    assert set(world.reaches) <= {endpoint.address for endpoint in network.endpoints}
    found = {}
    for address in world.reaches:
        ways = [way for way in network.ways if way.endpoint.address == address]
        must, may = unite(*[way.must for way in ways]), unite(*[way.may for way in ways])
        assert subtract(must, may) == ()
        outside = subtract(packets(), FROM_INTERNET)
        found[address] = Reached(subtract(must, outside), subtract(may, outside))
    return found


def is_in(packet: Packet, them: Packets) -> bool:
    """Whether one packet is in a set."""
    number = parse_network(packet.source)[0][0]
    return any(
        _has(box.sources, number) and _has(box.protocols, packet.protocol) and _has(box.ports, packet.port)
        for box in them
    )


def _has(side: Ranges, number: int) -> bool:
    return any(low <= number <= high for low, high in side)


def world_of(cloud: str, parts: Sequence[Parts]) -> World:
    """A world of some parts."""
    world: World = CLOUDS[cloud].world_of(parts)
    return world


def some(cloud: str, random: Random) -> list[Parts]:
    """Parts for the endpoints of one plan."""
    return [CLOUDS[cloud].random_parts(random) for _ in range(TOGETHER)]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("cloud", EXACT)
def test_packets_get_where_the_rules_let_them(cloud: str, seed: int) -> None:
    parts = some(cloud, Random(seed))
    world = world_of(cloud, parts)
    for (address, found), own in zip(reached(cloud, world).items(), parts, strict=True):
        for packet in PACKETS:
            expected = world.reaches[address](packet)
            assert is_in(packet, found.may) == expected, (address, packet, own)
            assert is_in(packet, found.must) == expected, (address, packet, own)


@pytest.mark.parametrize("seed", range(8))
def test_network_policies_take_only_from_what_must_get_through(seed: int) -> None:
    parts = some("kubernetes", Random(seed))
    world, open_world = (
        world_of("kubernetes", parts),
        world_of("kubernetes", [{**one, "policies": []} for one in parts]),
    )
    for (address, found), own in zip(reached("kubernetes", world).items(), parts, strict=True):
        for packet in PACKETS:
            assert is_in(packet, found.may) == open_world.reaches[address](packet), (address, packet, own)
            assert is_in(packet, found.must) == world.reaches[address](packet), (address, packet, own)


# -- what is not known ---------------------------------------------------------------------------------------------

UNKNOWN = Ref("terraform_data.later.id")
UNKNOWN_LIST = Ref('split(",", terraform_data.later.id)')
_PLACES = {"groups", "acl", "nic", "subnet", "rules", "tags", "policies", "ranges"}
"""What of some parts can be unknown at a place inside."""
_FIXED = {"name", "selector"}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all values inside, those of lists of texts as well."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key not in _FIXED:
                yield from leaves(one, (*path, key))
    elif isinstance(value, list | tuple):
        if value and isinstance(value, list) and isinstance(value[0], str):
            yield path
        for index, one in enumerate(value):
            yield from leaves(one, (*path, index))
    elif value is not None and path:
        yield path


def with_unknown(parts: Parts, random: Random) -> Parts:
    """The same parts with one value that is known after apply only."""
    places = [(name, *path) for name in sorted(_PLACES & set(parts)) for path in leaves(parts[name])]
    if not places:
        return parts
    new = deepcopy(parts)
    *way, last = random.choice(places)
    place: Any = new
    for step in way:
        place = place[step]
    place[last] = UNKNOWN_LIST if isinstance(place[last], list) else UNKNOWN
    return new


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("cloud", EXACT)
def test_whatever_the_unknown_is_must_and_may_are_bounds(cloud: str, seed: int) -> None:
    random = Random(f"unknown-{cloud}-{seed}")
    parts = some(cloud, random)
    unknown = [with_unknown(one, random) for one in parts]
    exact, open_ = world_of(cloud, parts), world_of(cloud, unknown)
    open_.hcl["later"] = 'resource "terraform_data" "later" {}\n'
    for (address, found), own in zip(reached(cloud, open_).items(), unknown, strict=True):
        for packet in PACKETS:
            gets_there = exact.reaches[address](packet)
            assert gets_there or not is_in(packet, found.must), ("certain, and not so", address, packet, own)
            assert is_in(packet, found.may) or not gets_there, ("overlooked", address, packet, own)


# -- laws ----------------------------------------------------------------------------------------------------------


def one_more_allow(cloud: str, parts: Parts, random: Random) -> Parts:
    """The same with one more rule that allows, in a place where it can take nothing from the others."""
    new = deepcopy(parts)
    if cloud == "aws":
        new["groups"][0].append(random_aws.group_rule(random))
        if new["acl"]:
            new["acl"][0].append(random_aws.acl_rule(random, 5, "allow"))
    elif cloud == "azure":
        for rules in filter(None, (new["nic"], new["subnet"])):
            rules.append({**random_azure.azure_rule(random, 4000, "Allow"), "direction": "Inbound"})
    elif cloud == "google":
        new["rules"].append(random_google.google_rule(random, "allow"))
    return new


def one_more_deny(cloud: str, parts: Parts, random: Random) -> Parts:
    """The same with one more rule that denies."""
    new = deepcopy(parts)
    if cloud == "aws" and new["acl"]:
        new["acl"][0].append(random_aws.acl_rule(random, random.choice((5, 99)), "deny"))
    elif cloud == "azure":
        for rules in filter(None, (new["nic"], new["subnet"])):
            rules.append(random_azure.azure_rule(random, random.choice((99 + len(rules), 4000)), "Deny"))
    elif cloud == "google":
        new["rules"].append(random_google.google_rule(random, "deny"))
    return new


def in_another_order(cloud: str, parts: Parts, random: Random) -> Parts:
    """The same with its rules in another order; numbers stay with their rules."""
    new = deepcopy(parts)
    if cloud == "aws":
        random.shuffle(new["groups"])
        for rules in new["groups"]:
            random.shuffle(rules)
        if new["acl"]:
            random.shuffle(new["acl"][0])
    for name in ("nic", "subnet", "rules", "policies"):
        if new.get(name):
            random.shuffle(new[name])
    return new


Change = Callable[[str, Parts, Random], Parts]


def both(cloud: str, seed: int, change: Change) -> list[tuple[Reached, Reached, Mapping[str, Any]]]:
    """What reaches every endpoint, before and after a change of its parts."""
    random = Random(f"{cloud}-{seed}")
    before = some(cloud, random)
    after = [change(cloud, parts, random) for parts in before]
    olds, news = reached(cloud, world_of(cloud, before)), reached(cloud, world_of(cloud, after))
    return [(olds[address], news[address], parts) for address, parts in zip(olds, after, strict=True)]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("cloud", EXACT)
def test_another_allow_never_shrinks_exposure(cloud: str, seed: int) -> None:
    for old, new, parts in both(cloud, seed, one_more_allow):
        assert subtract(old.must, new.must) == (), parts
        assert subtract(old.may, new.may) == (), parts


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("cloud", EXACT)
def test_another_deny_never_grows_exposure(cloud: str, seed: int) -> None:
    for old, new, parts in both(cloud, seed, one_more_deny):
        assert subtract(new.must, old.must) == (), parts
        assert subtract(new.may, old.may) == (), parts


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_order_in_which_rules_are_written_does_not_matter(cloud: str, seed: int) -> None:
    for old, new, parts in both(cloud, seed, in_another_order):
        for one, other in zip(old, new, strict=True):
            assert subtract(one, other) == subtract(other, one) == (), parts


SSH = Packet("3.1.2.3", 6, 22)


@pytest.mark.parametrize("denial_comes_first", [True, False])
def test_priorities_of_a_security_group_of_azure_decide(denial_comes_first: bool) -> None:
    rule = {
        "direction": "Inbound", "protocol": "Tcp", "source_port_range": "*", "source_address_prefix": "*",
        "destination_address_prefix": "*", "destination_port_range": "22",
    }  # fmt: skip
    first, second = ("Deny", "Allow") if denial_comes_first else ("Allow", "Deny")
    rules = [
        {"name": "second", "priority": 200, "access": second, **rule},
        {"name": "first", "priority": 100, "access": first, **rule},
    ]
    world = world_of("azure", [{"nic": rules, "subnet": None}])
    (found,) = reached("azure", world).values()
    assert is_in(SSH, found.must) is is_in(SSH, found.may) is (not denial_comes_first)


@pytest.mark.parametrize("priority", [999, 1000, 1001])
def test_a_denial_of_google_wins_unless_it_comes_later(priority: int) -> None:
    block = {"protocol": "tcp", "ports": ["22"]}
    rules = [
        {"allow": [block], "source_ranges": ["0.0.0.0/0"]},
        {"deny": [block], "source_ranges": ["3.0.0.0/8"], "priority": priority},
    ]
    world = world_of("google", [{"rules": rules, "tags": [], "public": True}])
    (found,) = reached("google", world).values()
    assert is_in(SSH, found.must) is is_in(SSH, found.may) is (priority > 1000)
