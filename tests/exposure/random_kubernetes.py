"""Random small worlds of workloads on Kubernetes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from tests.exposure.reference import groups_allow, policies_allow
from tests.exposure.world import Labels, Reaches, Rule, World

_SERVICE_PORTS = (80, 443)


def kubernetes_policy(random: Random) -> Rule:
    """One network policy over ingress."""
    rules = []
    for _ in range(random.choice((0, 1, 1, 2))):
        rule: Rule = {}
        if random.random() < 0.7:
            peer: Rule = {"cidr": random.choice(("0.0.0.0/0", "3.0.0.0/8", "128.0.0.0/1"))}
            if peer["cidr"] == "3.0.0.0/8" and random.random() < 0.5:
                peer["except"] = ["3.1.0.0/16"]
            rule["from"] = [peer]
        if random.random() < 0.5:
            rule["ports"] = [{"port": random.choice(("80", "443")), "protocol": "TCP"}]
        rules.append(rule)
    return {"selector": random.choice(({}, {"app": "own"}, {"app": "other"})), "ingress": rules}


def random_parts(random: Random) -> dict[str, Any]:
    """What one workload behind a load balancer hangs on."""
    return {
        "policies": [kubernetes_policy(random) for _ in range(random.choice((0, 1, 2)))],
        "ranges": random.choice(([], ["3.0.0.0/8"], ["0.0.0.0/1", "128.0.0.0/2"])),
    }


def world_of(all_parts: Sequence[Mapping[str, Any]]) -> World:
    """Deployments behind services of the type LoadBalancer, each in a namespace of its own."""
    world = World()
    for index, parts in enumerate(all_parts):
        meta = {"name": f"w{index}", "namespace": f"ns{index}"}
        labels = Labels((("app", "own"),))
        container = {"name": "c", "image": "i", "port": [{"container_port": port} for port in _SERVICE_PORTS]}
        spec = {
            "selector": {"match_labels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"container": container}},
        }
        address = world.add("kubernetes_deployment", f"w{index}", {"metadata": meta, "spec": spec})
        service = {
            "type": "LoadBalancer", "selector": labels, "load_balancer_source_ranges": parts["ranges"],
            "external_traffic_policy": "Local",
            "port": [{"name": f"p{port}", "port": port, "target_port": str(port)} for port in _SERVICE_PORTS],
        }  # fmt: skip
        world.add("kubernetes_service", f"w{index}", {"metadata": meta, "spec": service})
        for at, policy in enumerate(parts["policies"]):
            world.add("kubernetes_network_policy", f"p{index}_{at}", _policy_body(policy, f"ns{index}", at))
        world.reaches[address] = _kubernetes_reaches(parts)
    return world


def _policy_body(policy: Rule, namespace: str, at: int) -> dict[str, Any]:
    selector = {"match_labels": Labels(tuple(policy["selector"].items()))} if policy["selector"] else {}
    ingress = [
        {
            **({"from": [{"ip_block": peer} for peer in rule["from"]]} if "from" in rule else {}),
            **({"ports": rule["ports"]} if "ports" in rule else {}),
        }
        for rule in policy["ingress"]
    ]
    spec = {"pod_selector": selector, "policy_types": ["Ingress"], "ingress": ingress}
    return {"metadata": {"name": f"p{at}", "namespace": namespace}, "spec": spec}


def _kubernetes_reaches(parts: Mapping[str, Any]) -> Reaches:
    front = [{"protocol": "tcp", "from_port": port, "to_port": port, "cidr_blocks": parts["ranges"] or ["0.0.0.0/0"]}
             for port in _SERVICE_PORTS]  # fmt: skip
    own = {"app": "own"}
    return lambda packet: groups_allow(front, packet) and policies_allow(parts["policies"], packet, own)
