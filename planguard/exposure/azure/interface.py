"""Network interfaces: which machine has them, which public address, and what security groups let in.

Source: learn.microsoft.com/azure/virtual-network/network-security-group-how-it-works (inbound: the subnet's, then
the interface's), learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses (SKUs).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from planguard.exposure.alternatives import one_of
from planguard.exposure.azure.assumption import (
    BASIC_OPEN,
    DYNAMIC_ADDRESS,
    GROUP_OUTSIDE,
    ONLY_THESE_GROUPS,
    STANDARD_ADDRESS,
    SUBNET_OUTSIDE,
    SUBNET_UNCLEAR,
    UNKNOWN_VALUE,
    missing,
)
from planguard.exposure.azure.security_group import GROUP, MACHINES, Target, admitted_by
from planguard.exposure.meant import meant
from planguard.exposure.model import AZURE, COMPUTE, Endpoint, Hop
from planguard.exposure.packets import EVERYTHING, packets
from planguard.exposure.passage import OPEN, Bounds, Passage, Stage, certain, through
from planguard.exposure.ranges import EMPTY, V4_ALL, V6_ALL, Ranges, union
from planguard.exposure.reading import (
    Near,
    blocks_of,
    listing,
    near,
    network_span,
    setting,
    shown,
    texts,
    told,
    truth,
)
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

INTERFACE = "azurerm_network_interface"
SUBNET = "azurerm_subnet"
NETWORK = "azurerm_virtual_network"
PEERING = "azurerm_virtual_network_peering"
ADDRESS = "azurerm_public_ip"
MACHINE_TYPES = (
    "azurerm_linux_virtual_machine",
    "azurerm_windows_virtual_machine",
    "azurerm_virtual_machine",
)
SET_TYPES = (
    "azurerm_linux_virtual_machine_scale_set",
    "azurerm_windows_virtual_machine_scale_set",
    "azurerm_orchestrated_virtual_machine_scale_set",
)
_PEERING_ENDS = (
    ("virtual_network_name", "remote_virtual_network_id"),
    ("remote_virtual_network_id", "virtual_network_name"),
)
_SUBNET_GROUP = "azurerm_subnet_network_security_group_association"
_INTERFACE_GROUP = "azurerm_network_interface_security_group_association"
_INTERFACE_MACHINES = "azurerm_network_interface_application_security_group_association"


class Card(NamedTuple):
    """A network interface, of its own or of a scale set.

    :ivar holder: the resource that it stands in
    :ivar at: where in it: ``ip_configuration``, or ``network_interface.ip_configuration`` of a scale set
    """

    endpoint: Endpoint
    holder: Resource
    at: str

    @property
    def subnets(self) -> Near:
        """The subnets that it is in."""
        return near(self.holder.references(SUBNET, via=f"{self.at}.subnet_id"))

    @property
    def places(self) -> list[Near]:
        """The subnets that it is in; one after the other, where it is in one of several."""
        certain = self.subnets
        if certain.items:
            return [certain]
        found = [
            meant(self.holder, f"{path}.subnet_id", (SUBNET,), value=block.get("subnet_id"), single=True)
            for path, block in blocks_of(self.holder, self.at).items
        ]
        sure = tuple(dict.fromkeys(subnet for one in found for subnet in one.certain))
        possible = dict.fromkeys(subnet for one in found for subnet in one.possible)
        return [Near(sure)] if sure else [Near((one,)) for one in possible] or [certain]


class Cards:
    """The network interfaces of a snapshot, and the security groups in front of them."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.all = [*_of_machines(snapshot), *_of_sets(snapshot)]
        self._admitted: dict[tuple[Resource, Target], list[Passage]] = {}

    def of(self, holder: Resource) -> list[Card]:
        """The interfaces that stand in a resource."""
        return [card for card in self.all if card.holder == holder]

    def target(self, card: Card, subnets: Near) -> Target:
        """What a security group has to know of an interface in some subnets."""
        machines = near(card.holder.references(MACHINES, via=f"{card.at}.application_security_group_ids"))
        if card.holder.type == INTERFACE:
            joined = near(card.holder.referrers(_INTERFACE_MACHINES, via="network_interface_id"))
            found = [near(one.references(MACHINES, via="application_security_group_id")) for one in joined.items]
            machines = Near(
                tuple(group for some in found for group in some.items),
                joined.is_open or any(some.is_open for some in found),
            )
        return Target(_own_address(card) or addresses_of(subnets), space_of(subnets), machines)

    def admitted(self, group: Resource, target: Target) -> list[Passage]:
        """What a group lets in to a target; worked out once."""
        kept = self._admitted.get((group, target))
        if kept is None:
            kept = self._admitted[group, target] = admitted_by(group, target)
        return kept

    def groups(self, card: Card, subnets: Near) -> list[Stage]:
        """What the security groups of an interface let in: of its subnet, then its own; empty where it has none."""
        target = self.target(card, subnets)
        return [stage for stage in (self.of_subnets(subnets, target), self._own(card, target)) if stage]

    def of_subnets(self, subnets: Near, target: Target) -> Stage:
        """What the groups of some subnets let in; empty where there is none."""
        if not subnets.items:
            gap = missing(SUBNET_OUTSIDE, "")
            return [Passage(Bounds((), EVERYTHING), (), (), (gap,))]
        found: list[Passage] = []
        for subnet in subnets.items:
            joined = near(subnet.referrers(_SUBNET_GROUP, via="subnet_id"))
            found += [one for link in joined.items for one in self._of_link(link, target)]
        return found

    def _own(self, card: Card, target: Target) -> Stage:
        if card.holder.type == INTERFACE:
            joined = near(card.holder.referrers(_INTERFACE_GROUP, via="network_interface_id"))
            return [one for link in joined.items for one in self._of_link(link, target)]
        return self._of_link(card.holder, target, "network_interface.network_security_group_id")

    def _of_link(self, link: Resource, target: Target, via: str = "network_security_group_id") -> Stage:
        groups = near(link.references(GROUP, via=via))
        value = link.get(via) if "." not in via else _first(link, via)
        if not groups.items and not groups.is_open and not is_unknown(value) and not value:
            return []
        found = [one for group in groups.items for one in self.admitted(group, target)]
        if groups.items and not groups.is_open:
            return found or [Passage(Bounds())]
        gap = missing(GROUP_OUTSIDE, link.address, via)
        return [one.possibly(gap) for one in found] + [
            Passage(Bounds((), EVERYTHING), (Hop(link.address, via),), (), (gap,))
        ]


def _first(resource: Resource, path: str) -> Any:
    parent, _, name = path.rpartition(".")
    blocks = blocks_of(resource, parent)
    return next((block[name] for _, block in blocks.items if is_unknown(block.get(name)) or block.get(name)), None)


def _of_machines(snapshot: Snapshot) -> Iterator[Card]:
    owners: dict[Resource, Resource] = {}
    for machine in snapshot.all(*MACHINE_TYPES):
        for card in near(machine.references(INTERFACE, via="network_interface_ids")).items:
            owners.setdefault(card, machine)
    for card in snapshot.all(INTERFACE):
        owner = owners.get(card, card)
        yield Card(Endpoint(owner.address, COMPUTE, AZURE), card, "ip_configuration")


def _of_sets(snapshot: Snapshot) -> Iterator[Card]:
    for one in snapshot.all(*SET_TYPES):
        yield Card(Endpoint(one.address, COMPUTE, AZURE), one, "network_interface.ip_configuration")


def addresses_of(subnets: Near) -> Ranges:
    """All addresses of some subnets; empty when they are not all known."""
    found: Ranges = EMPTY
    for subnet in subnets.items:
        prefixes = listing(subnet.get("address_prefixes"), subnet.get("address_prefix"))
        span = network_span(texts(prefixes), is_open=prefixes.is_open)
        if span.low != span.high or not span.low:
            return EMPTY
        found = union(found, span.low)
    return EMPTY if subnets.is_open else found


def networks_of(subnets: Near) -> Near:
    """The virtual networks that some subnets are in."""
    found = [near(one.references(NETWORK, via="virtual_network_name")) for one in subnets.items]
    return Near(tuple(dict.fromkeys(one for some in found for one in some.items)))


def space_of(subnets: Near) -> Ranges:
    """The known addresses of the networks of some subnets, and of those that a peering of the plan joins to them."""
    found: Ranges = EMPTY
    own = networks_of(subnets).items
    for network in dict.fromkeys((*own, *(peer for one in own for peer in peers_of(one)))):
        found = union(found, network_span(texts(listing(network.get("address_space")))).low)
    return found


def peers_of(network: Resource) -> Iterator[Resource]:
    """The networks of the plan that a peering joins to this one."""
    for own, other in _PEERING_ENDS:
        for peering in near(network.referrers(PEERING, via=own)).items:
            if truth(peering.effective("allow_virtual_network_access", True)) is not False:
                yield from near(peering.references(NETWORK, via=other)).items


def _own_address(card: Card) -> Ranges:
    found = [block.get("private_ip_address") for _, block in blocks_of(card.holder, card.at).items]
    if any(is_unknown(one) or not one for one in found):
        return EMPTY
    return network_span(texts(listing(*found))).low


class Public(NamedTuple):
    """The public addresses of something.

    :ivar stage: how packets get to them
    :ivar is_basic: whether they are of the Basic SKU; None: not known
    """

    stage: Stage
    is_basic: bool | None


def public_of(holder: Resource, path: str, name: str = "public_ip_address_id") -> list[Public]:
    """The public addresses that blocks name; one that is not in the plan is taken for a Standard one."""
    found = []
    addresses = near(holder.references(ADDRESS, via=f"{path}.{name}"))
    for address in addresses.items:
        version = told(address.get("ip_version"), "ipv4")
        family = V6_ALL if version == "ipv6" else V4_ALL
        sku = told(address.effective("sku", "standard"), "standard")
        number = address.get("ip_address")
        taken = (DYNAMIC_ADDRESS,) if not is_unknown(number) and not number else ()
        hop = Hop(address.address, "sku", f"public address, {shown(address.get('sku'), 'Standard')}")
        link = Hop(holder.address, f"{_where(holder, path, name)}", "has the public address")
        passage = Passage(certain(packets(family)), (hop, link), taken)
        found.append(Public((passage,), None if sku is None else sku == "basic"))
    if not addresses.items:
        found += _outside(holder, path, name)
    return found


def _where(holder: Resource, path: str, name: str) -> str:
    for where, block in blocks_of(holder, path).items:
        if is_unknown(block.get(name)) or block.get(name):
            return f"{where}.{name}"
    return f"{path}.{name}"


def _outside(holder: Resource, path: str, name: str) -> Iterator[Public]:
    for where, block in blocks_of(holder, path).items:
        value = setting(holder, block, name)
        if not is_unknown(value) and not value:
            continue
        hop = Hop(holder.address, f"{where}.{name}", "a public address that is not in the plan")
        passage = Passage(certain(packets(V4_ALL)), (hop,), (STANDARD_ADDRESS,))
        if is_unknown(value) and holder.is_given((*_steps(where), name)) is None:
            passage = passage.possibly(missing(UNKNOWN_VALUE, holder.address, f"{where}.{name}"))
        yield Public((passage,), False)


def _steps(path: str) -> tuple[str | int, ...]:
    from planguard.graph.resource import steps_of

    return steps_of(path)


def own_addresses(card: Card) -> list[Public]:
    """The public addresses of an interface itself: named ones, or those that a scale set makes for each machine."""
    if card.holder.type == INTERFACE:
        return public_of(card.holder, card.at)
    found = []
    for path, block in blocks_of(card.holder, f"{card.at}.public_ip_address").items:
        sku = told(block.get("sku_name"), "standard")
        hop = Hop(card.holder.address, path, f"a public address for each machine: {shown(block.get('name'))}")
        found.append(
            Public((Passage(certain(packets(V4_ALL)), (hop,)),), sku is not None and sku.startswith("basic"))
        )
    return found


def behind_groups(cards: Cards, card: Card, *, is_basic: bool | None) -> Stage:
    """What reaches an interface through a public address: what the groups let in; without any, what the SKU does."""
    gap = missing(SUBNET_UNCLEAR, card.holder.address, f"{card.at}.subnet_id")
    return one_of([_behind(cards, card, place, is_basic=is_basic) for place in card.places], gap)


def _behind(cards: Cards, card: Card, subnets: Near, *, is_basic: bool | None) -> Stage:
    stages = cards.groups(card, subnets)
    taken = () if card.holder.is_created else (ONLY_THESE_GROUPS,)
    if stages:
        return [one._replace(assumptions=(*one.assumptions, *taken)) for one in through(*stages)]
    if is_basic is False:
        return []
    open_ = OPEN[0]._replace(assumptions=(BASIC_OPEN, *taken))
    return [open_ if is_basic else open_.possibly(missing(UNKNOWN_VALUE, card.holder.address, "sku"))]
