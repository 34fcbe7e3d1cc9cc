"""Why nobody from the internet gets to something with a public address, where the plan says so for certain."""

from __future__ import annotations

from planguard.exposure.aws.layout import Interface
from planguard.exposure.aws.meant import vpcs_of
from planguard.exposure.aws.network import layout_of
from planguard.graph.snapshot import Snapshot

_LETS_NOBODY_IN = "its security groups let in nobody from the internet"
_NO_PATH = "the whole VPC is new, and no path from the internet leads to it"


def why_closed(snapshot: Snapshot, address: str) -> str:
    """Why no way leads to an endpoint to which none does; empty where something outside of the plan may make one."""
    layout = layout_of(snapshot)
    places = layout.interfaces.get(address, [])
    if places and all(layout.groups.keep_out(one.groups) for one in places):
        return _LETS_NOBODY_IN
    return _NO_PATH if places and all(map(_is_in_new_network, places)) else ""


def _is_in_new_network(place: Interface) -> bool:
    vpcs = [vpcs_of(subnet) for subnet in place.subnets.all]
    found = [place.subnets, *vpcs]
    if not vpcs or any(some.outside or some.is_open for some in found):
        return False
    return all(one.is_created and not one.is_data for some in vpcs for one in some.all)
