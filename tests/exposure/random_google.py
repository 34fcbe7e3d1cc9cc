"""Random small worlds of instances on Google Cloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from tests.exposure.reference import firewalls_allow
from tests.exposure.world import NETWORKS, Reaches, Ref, Rule, World

_TAGS = ("web", "db")


def google_rule(random: Random, effect: str = "") -> Rule:
    """One ``google_compute_firewall``."""
    block: Rule = {"protocol": random.choice(("tcp", "tcp", "udp", "all"))}
    if block["protocol"] != "all" and random.random() < 0.8:
        block["ports"] = random.choice((["22"], ["80-443"], ["22", "443"], ["0-65535"]))
    rule: Rule = {
        (effect or random.choice(("allow", "allow", "deny"))): [block],
        "source_ranges": sorted(set(random.sample(NETWORKS, random.choice((1, 2))))),
    }
    if random.random() < 0.7:
        rule["priority"] = random.choice((10, 20, 20, 1000))
    if random.random() < 0.4:
        rule["target_tags"] = random.sample(_TAGS, random.choice((1, 1, 2)))
    if random.random() < 0.1:
        rule["disabled"] = True
    if random.random() < 0.1:
        rule["direction"] = "INGRESS"
    return rule


def random_parts(random: Random) -> dict[str, Any]:
    """What instances of one Google network hang on."""
    return {
        "rules": [google_rule(random) for _ in range(random.choice((0, 1, 2, 3, 4)))],
        "tags": random.choice(([], ["web"], ["db"], ["web", "db"])),
        "public": random.random() < 0.9,
    }


def world_of(all_parts: Sequence[Mapping[str, Any]]) -> World:
    """Instances, each in a network of its own."""
    world = World()
    for index, parts in enumerate(all_parts):
        network = {"name": f"n{index}", "auto_create_subnetworks": False}
        world.add("google_compute_network", f"n{index}", network)
        own = {"network": Ref(f"google_compute_network.n{index}.id")}
        subnet = {"name": f"s{index}", "ip_cidr_range": "10.0.0.0/24", "region": "europe-west1", **own}
        world.add("google_compute_subnetwork", f"s{index}", subnet)
        for at, rule in enumerate(parts["rules"]):
            world.add("google_compute_firewall", f"f{index}_{at}", {"name": f"f{index}-{at}", **own, **rule})
        interface: dict[str, Any] = {"subnetwork": Ref(f"google_compute_subnetwork.s{index}.id")}
        if parts["public"]:
            interface["access_config"] = {}
        body = {
            "name": f"i{index}", "machine_type": "e2-micro", "zone": "europe-west1-b", "tags": parts["tags"],
            "boot_disk": {"initialize_params": {"image": "debian-cloud/debian-12"}}, "network_interface": interface,
        }  # fmt: skip
        address = world.add("google_compute_instance", f"i{index}", body)
        world.reaches[address] = _google_reaches(parts)
    return world


def _google_reaches(parts: Mapping[str, Any]) -> Reaches:
    return lambda packet: parts["public"] and firewalls_allow(parts["rules"], packet, parts["tags"])
