"""A network as a few lines that a test can compare, and networks of texts."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

from planguard.exposure.model import Network
from planguard.exposure.packets import Packets, port_text, protocol_name
from planguard.exposure.ranges import breadth
from planguard.graph.build import build_graph
from planguard.graph.resource import AFTER
from planguard.graph.snapshot import Snapshot
from planguard.testing.example import plan_by_source
from tests.conftest import plan_from

Reading = Callable[[Snapshot], Network]


def network_from(text: str, reading: Reading) -> Network:
    """What a cloud's reading makes of a configuration."""
    return reading(Snapshot(build_graph(plan_from(plan_by_source(dedent(text), "main.tf"))), AFTER))


def shown(these: Packets) -> str:
    """Packets as ``22/tcp whole``."""
    parts = [f"{port_text(box.ports)}/{protocol_name(box.protocols)} {breadth(box.sources)}" for box in these]
    return "; ".join(parts) or "nothing"


def ways(network: Network) -> list[str]:
    """Each way on one line: endpoint, what gets there for certain, and what may where that is more."""
    found = []
    for way in network.ways:
        line = f"{way.endpoint.address}: {shown(way.must)}"
        found.append(line if way.must == way.may else f"{line}, perhaps {shown(way.may)}")
    return sorted(found)


def links(network: Network) -> list[str]:
    """Each link on one line."""
    return sorted({f"{one.source} -> {one.target.address}{'' if one.is_certain else '?'}" for one in network.links})
