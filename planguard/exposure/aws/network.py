"""The network of an AWS snapshot.

The readings go from what runs to what stands in front of it; each adds its endpoints and the ways to them. What is
indexed once: route tables, network ACLs and the rules of each security group.
"""

from __future__ import annotations

from planguard.exposure.aws.buckets import read_buckets
from planguard.exposure.aws.compute import read_compute
from planguard.exposure.aws.databases import read_stores
from planguard.exposure.aws.layout import Layout
from planguard.exposure.aws.links import read_links
from planguard.exposure.aws.load_balancers import read_load_balancers
from planguard.exposure.aws.services import read_services
from planguard.exposure.model import Network
from planguard.graph.snapshot import Snapshot


def network_of(snapshot: Snapshot) -> Network:
    """Endpoints, the ways from the internet to them, and the links between them."""
    layout = layout_of(snapshot)
    return Network(
        tuple(sorted(layout.endpoints.values())),
        tuple(layout.ways),
        tuple(layout.links),
        tuple(dict.fromkeys((*layout.gaps, *layout.groups.gaps))),
    )


def layout_of(snapshot: Snapshot) -> Layout:
    """Where everything stands, read once for each snapshot."""
    key = ("layout", snapshot.name)
    if key not in snapshot.graph.derived:
        snapshot.graph.derived[key] = _read(Layout(snapshot))
    found: Layout = snapshot.graph.derived[key]
    return found


def _read(layout: Layout) -> Layout:
    read_compute(layout)
    read_stores(layout)
    read_load_balancers(layout)
    read_buckets(layout)
    read_services(layout)
    read_links(layout)
    return layout
