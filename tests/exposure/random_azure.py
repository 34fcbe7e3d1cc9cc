"""Random small worlds of machines on Azure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from tests.exposure.reference import nsg_allows
from tests.exposure.world import NETWORKS, Ref, Rule, World

AZURE_NETWORK = ("10.0.0.0/16",)


def azure_rule(random: Random, priority: int, access: str = "") -> Rule:
    """One ``security_rule`` block of a network security group."""
    rule: Rule = {
        "name": f"r{priority}",
        "priority": priority,
        "direction": random.choice(("Inbound", "Inbound", "Inbound", "Outbound")),
        "access": access or random.choice(("Allow", "Allow", "Deny")),
        "protocol": random.choice(("Tcp", "Udp", "*")),
        "source_port_range": "*",
        "destination_address_prefix": "*",
    }
    sources = ("*", "Internet", "VirtualNetwork", *NETWORKS)
    if random.random() < 0.3:
        rule["source_address_prefixes"] = sorted(set(random.sample(NETWORKS, 2)))
    else:
        rule["source_address_prefix"] = random.choice(sources)
    if random.random() < 0.3:
        rule["destination_port_ranges"] = ["22", "80-443"]
    else:
        rule["destination_port_range"] = random.choice(("*", "22", "443", "0-1023", "1024-65535"))
    return rule


def azure_rules(random: Random) -> list[Rule]:
    """The rules of a network security group, in no order."""
    return [azure_rule(random, number) for number in random.sample(range(100, 400), random.choice((0, 1, 2, 3, 4)))]


def random_parts(random: Random) -> dict[str, Any]:
    """What one machine on Azure hangs on: a group on its interface, on its subnet, or on both."""
    where = random.choice((("nic",), ("subnet",), ("nic", "subnet")))
    return {place: azure_rules(random) if place in where else None for place in ("nic", "subnet")}


def world_of(all_parts: Sequence[Mapping[str, Any]]) -> World:
    """Machines with public addresses in one network, each in a subnet of its own."""
    world = World()
    place = {"location": "westeurope", "resource_group_name": "rg"}
    world.add("azurerm_virtual_network", "v", {"name": "v", "address_space": list(AZURE_NETWORK), **place})
    for index, parts in enumerate(all_parts):
        _add_machine(world, index, parts, place)
    return world


def _add_machine(world: World, index: int, parts: Mapping[str, Any], place: Mapping[str, str]) -> None:
    subnet = {"name": f"s{index}", "resource_group_name": "rg", "address_prefixes": [f"10.0.{index}.0/24"]}
    network = {"virtual_network_name": Ref("azurerm_virtual_network.v.name")}
    world.add("azurerm_subnet", f"s{index}", {**subnet, **network})
    address = {"name": f"p{index}", "allocation_method": "Static", "sku": "Standard", **place}
    world.add("azurerm_public_ip", f"p{index}", address)
    configuration = {
        "name": "ip", "subnet_id": Ref(f"azurerm_subnet.s{index}.id"), "private_ip_address_allocation": "Dynamic",
        "public_ip_address_id": Ref(f"azurerm_public_ip.p{index}.id"),
    }  # fmt: skip
    world.add(
        "azurerm_network_interface", f"c{index}", {"name": f"c{index}", **place, "ip_configuration": configuration}
    )
    association = {"nic": "network_interface_security_group", "subnet": "subnet_network_security_group"}
    for target, kind, of in (("nic", "network_interface", f"c{index}"), ("subnet", "subnet", f"s{index}")):
        if parts[target] is not None:
            name = f"g{index}_{target}"
            body = {"name": name, **place, "security_rule": parts[target]}
            world.add("azurerm_network_security_group", name, body)
            link = {
                f"{kind}_id": Ref(f"azurerm_{kind}.{of}.id"),
                "network_security_group_id": Ref(f"azurerm_network_security_group.{name}.id"),
            }
            world.add(f"azurerm_{association[target]}_association", name, link)
    body = {
        "name": f"m{index}", "size": "Standard_B1s", "admin_username": "a", **place,
        "network_interface_ids": [Ref(f"azurerm_network_interface.c{index}.id")],
        "os_disk": {"caching": "ReadWrite", "storage_account_type": "Standard_LRS"},
    }  # fmt: skip
    machine = world.add("azurerm_linux_virtual_machine", f"m{index}", body)
    groups = [parts[one] for one in ("nic", "subnet") if parts[one] is not None]
    world.reaches[machine] = lambda packet: all(nsg_allows(rules, packet, AZURE_NETWORK) for rules in groups)
