"""One reference between two objects, and what tells a true one from a namesake."""

from __future__ import annotations

from collections import Counter
from typing import Any

from msgspec import Struct

from planguard.graph.configuration import Attribute
from planguard.graph.node import Node
from planguard.graph.reference import Certainty
from planguard.plan.address import Key
from planguard.plan.unknown import Unknown, has_unknown


class Edge(Struct, frozen=True, gc=False):
    """One resource refers to another.

    :ivar attribute: the attribute that refers, without indexes
    :ivar by: ``reference`` (the configuration says so) or ``value`` (an attribute equals the other's name)
    """

    source: Node
    target: Node
    attribute: Attribute
    certainty: Certainty
    by: str


class Crowd(Struct, frozen=True):
    """A resource may refer to any of many, and the plan does not say to which: kept as one thing, not as many edges.

    :ivar targets: the indexes of those many; one object for all resources that refer to the same ones
    """

    source: Node
    attribute: Attribute
    targets: frozenset[int]


class Links:
    """The edges from resources of one type to those of another, in one snapshot, found from both ends."""

    __slots__ = ("_crowds", "backward", "crowd_of", "forward")

    def __init__(self) -> None:
        self.forward: dict[int, list[Edge]] = {}
        self.backward: dict[int, list[Edge]] = {}
        self.crowd_of: dict[int, list[Crowd]] = {}
        self._crowds: dict[tuple[int, Attribute], Crowd] = {}

    def add_crowd(self, crowd: Crowd) -> None:
        self.crowd_of.setdefault(crowd.source.index, []).append(crowd)
        self._crowds.setdefault((id(crowd.targets), crowd.attribute), crowd)

    def crowds_with(self, node: Node) -> list[Crowd]:
        """One crowd of each kind in which an object may be meant."""
        return [crowd for crowd in self._crowds.values() if node.index in crowd.targets]

    def add(self, edge: Edge) -> None:
        self.forward.setdefault(edge.source.index, []).append(edge)
        self.backward.setdefault(edge.target.index, []).append(edge)


def render_key(key: Key) -> str:
    """An instance key as it stands in an address."""
    if key is None:
        return ""
    if isinstance(key, int):
        return f"[{key}]"
    if key == "[*]":
        return key
    escaped = key.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'["{escaped}"]'


def same_provider(one: Node, other: Node) -> bool:
    if one.type.split("_", 1)[0] != other.type.split("_", 1)[0]:
        return False
    if one.block is None or other.block is None:
        return True
    keys = (one.block.config.provider_config_key, other.block.config.provider_config_key)
    return not all(keys) or keys[0] == keys[1]


def unmistaken(
    found: list[tuple[Node, Certainty]], attribute: Attribute, meant: set[tuple[Attribute, int]]
) -> list[tuple[Node, Certainty]]:
    """Where several objects have the name that an attribute holds, the configuration says which one is meant."""
    if len(found) < 2:
        return found
    kinds = Counter(other.kind for other, _ in found)
    told = {other.kind for other, _ in found if (attribute, other.index) in meant}
    kept: list[tuple[Node, Certainty]] = []
    for other, certainty in found:
        if kinds[other.kind] == 1 or (attribute, other.index) in meant:
            kept.append((other, certainty))
        elif other.kind not in told:
            kept.append((other, Certainty.POSSIBLE))
    return kept


def without_namesakes(node: Node, edges: list[Edge]) -> list[Edge]:
    """An attribute that names its own resource is no reference to another of that name."""
    own = ("id",), ("arn",), ("self_link",)
    return [
        edge
        for edge in edges
        if not (edge.attribute in own or (edge.attribute == ("name",) and edge.target.kind == node.kind))
    ]


def value_at(values: Any, attribute: Attribute) -> Any:
    value = values
    for name in attribute:
        if type(value) is Unknown:
            return value
        if isinstance(value, list):
            if list.__len__(value) != 1:
                return None
            value = list.__getitem__(value, 0)
            if type(value) is Unknown:
                return value
        value = value.get(name) if isinstance(value, dict) else None
    return value


def is_open(values: Any, attribute: Attribute) -> bool:
    """Whether anything below an attribute is unknown."""
    if type(values) is Unknown:
        return True
    return has_unknown(values.get(attribute[0]))
