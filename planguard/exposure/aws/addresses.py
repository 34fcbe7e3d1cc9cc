"""Public addresses: elastic ones, those that a setting asks for, and IPv6.

Source: "Amazon EC2 instance IP addressing" and "Elastic IP addresses" in the EC2 user guide; "Modify the IP
addressing attributes of your subnet" in the VPC user guide.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from planguard.exposure.aws.subnets import BY_SUBNET, NO, NOT, UNCLEAR, YES, Address
from planguard.exposure.meant import meant
from planguard.exposure.model import Hop
from planguard.exposure.reading import setting, truth
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

_INSTANCES = ("aws_instance", "aws_spot_instance_request")
_INTERFACES = ("aws_network_interface",)


class Elastic:
    """The elastic addresses of one snapshot, and what they belong to."""

    __slots__ = ("__dict__", "_snapshot")

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @cached_property
    def _held(self) -> dict[str, Address]:
        found: dict[str, Address] = {}
        for kind, attributes in (
            ("aws_eip", (("instance", _INSTANCES), ("network_interface", _INTERFACES))),
            ("aws_eip_association", (("instance_id", _INSTANCES), ("network_interface_id", _INTERFACES))),
        ):
            for one in self._snapshot.all(kind):
                for attribute, kinds in attributes:
                    owners = meant(one, attribute, kinds, single=True)
                    hop = Hop(one.address, attribute, "an elastic address")
                    for owner in owners.certain:
                        found[owner.address] = Address(YES, hop)
                    for owner in owners.possible:
                        found.setdefault(owner.address, Address(UNCLEAR, hop))
        return found

    def of(self, resource: Resource) -> Address | None:
        """The elastic address of an instance or a network interface; None where the plan has none."""
        return self._held.get(resource.address)


def asked_for(resource: Resource, path: str, block: dict[str, Any]) -> Address:
    """The public IPv4 address that ``associate_public_ip_address`` says something has.

    :param path: where the block stands; empty for the resource itself
    """
    value = setting(resource, block, "associate_public_ip_address")
    place = f"{path}.associate_public_ip_address" if path else "associate_public_ip_address"
    if value is None or (not is_unknown(value) and value == ""):
        return BY_SUBNET
    hop = Hop(resource.address, place, "a public address")
    given = truth(value)
    return Address(UNCLEAR, hop) if given is None else Address(YES, hop) if given else NO


def public_address(resource: Resource) -> Address:
    """The public IPv4 address of an instance, without elastic ones."""
    found = asked_for(resource, "", resource.values)
    shown = resource.get("public_ip")
    if found.says == BY_SUBNET.says and not is_unknown(shown) and shown:
        return Address(YES, Hop(resource.address, "public_ip", "a public address"))
    return found


def ipv6_address(resource: Resource, path: str, block: dict[str, Any]) -> Address:
    """The IPv6 address that settings give an instance or an interface; else its subnet decides."""
    for name in ("ipv6_addresses", "ipv6_address_count", "ipv6_prefix_count", "ipv6_prefixes"):
        value = setting(resource, block, name)
        hop = Hop(resource.address, f"{path}.{name}" if path else name, "an IPv6 address")
        if is_unknown(value):
            return Address(UNCLEAR, hop)
        if value and str(value) != "0":
            return Address(YES, hop)
    said = setting(resource, block, "ipv6_address_count")
    return Address(NOT) if said is not None and str(said) == "0" else BY_SUBNET
