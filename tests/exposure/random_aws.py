"""Random small worlds of instances on AWS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from tests.exposure.reference import Packet, acl_allows, groups_allow, target_of
from tests.exposure.world import NETWORKS, PORTS, Ref, Rule, World

_ROUTES = (
    (("0.0.0.0/0", "igw"),),
    (("0.0.0.0/0", "igw"),),
    (),
    (("3.0.0.0/8", "igw"),),
    (("0.0.0.0/0", "nat"), ("3.0.0.0/8", "igw")),
    (("0.0.0.0/0", "igw"), ("3.0.0.0/8", "nat")),
)
_OUT_ALL = {
    "rule_no": 100,
    "action": "allow",
    "protocol": "-1",
    "cidr_block": "0.0.0.0/0",
    "from_port": 0,
    "to_port": 0,
}
_OUTS: tuple[list[Rule], ...] = (
    [_OUT_ALL],
    [_OUT_ALL],
    [],
    [{**_OUT_ALL, "cidr_block": "3.0.0.0/8"}],
    [{**_OUT_ALL, "rule_no": 50, "action": "deny", "cidr_block": "3.0.0.0/8"}, _OUT_ALL],
    [{**_OUT_ALL, "protocol": "tcp", "from_port": 1024, "to_port": 65535}],
)


def group_rule(random: Random) -> Rule:
    """One ``ingress`` block of a security group."""
    protocol = random.choice(("tcp", "tcp", "udp", "-1"))
    low, high = (0, 0) if protocol == "-1" else random.choice(PORTS)
    networks = random.sample(NETWORKS, random.choice((1, 1, 2)))
    return {"protocol": protocol, "from_port": low, "to_port": high, "cidr_blocks": sorted(set(networks))}


def acl_rules(random: Random) -> list[Rule]:
    """The ``ingress`` blocks of a network ACL, often with one at the end that allows all."""
    numbers = random.sample(range(10, 90), random.choice((0, 1, 2, 3)))
    rules = [acl_rule(random, number) for number in numbers]
    if random.random() < 0.7:
        rules.append({**_OUT_ALL, "rule_no": 100})
    random.shuffle(rules)
    return rules


def acl_rule(random: Random, number: int, action: str = "") -> Rule:
    """One ``ingress`` block of a network ACL."""
    protocol = random.choice(("tcp", "udp", "-1"))
    low, high = (0, 0) if protocol == "-1" else random.choice(PORTS)
    return {
        "rule_no": number,
        "action": action or random.choice(("allow", "deny")),
        "protocol": protocol,
        "cidr_block": random.choice(NETWORKS),
        "from_port": low,
        "to_port": high,
    }


def random_parts(random: Random) -> dict[str, Any]:
    """What one instance on AWS hangs on."""
    return {
        "groups": [
            [group_rule(random) for _ in range(random.choice((0, 1, 2)))] for _ in range(random.choice((1, 2)))
        ],
        "acl": (acl_rules(random), random.choice(_OUTS)) if random.random() < 0.6 else None,
        "routes": random.choice(_ROUTES),
        "public": random.random() < 0.9,
        "separate": random.random() < 0.4,
    }


def world_of(all_parts: Sequence[Mapping[str, Any]]) -> World:
    """Instances in one network, each in a subnet of its own."""
    world = World()
    world.add("aws_vpc", "v", {"cidr_block": "10.0.0.0/16"})
    world.add("aws_internet_gateway", "g", {"vpc_id": Ref("aws_vpc.v.id")})
    world.add("aws_eip", "n", {"domain": "vpc"})
    world.add("aws_subnet", "nat", {"vpc_id": Ref("aws_vpc.v.id"), "cidr_block": "10.0.255.0/24"})
    world.add(
        "aws_nat_gateway", "n", {"allocation_id": Ref("aws_eip.n.id"), "subnet_id": Ref("aws_subnet.nat.id")}
    )  # fmt: skip
    for index, parts in enumerate(all_parts):
        _add_instance(world, index, parts)
    return world


def _add_instance(world: World, index: int, parts: Mapping[str, Any]) -> None:
    vpc = Ref("aws_vpc.v.id")
    subnet = Ref(f"aws_subnet.s{index}.id")
    world.add("aws_subnet", f"s{index}", {"vpc_id": vpc, "cidr_block": f"10.0.{index}.0/24"})
    ways = {
        "igw": {"gateway_id": Ref("aws_internet_gateway.g.id")},
        "nat": {"nat_gateway_id": Ref("aws_nat_gateway.n.id")},
    }
    routes = [{"cidr_block": network, **ways[target]} for network, target in parts["routes"]]
    world.add("aws_route_table", f"t{index}", {"vpc_id": vpc, "route": routes})
    table = Ref(f"aws_route_table.t{index}.id")
    world.add("aws_route_table_association", f"a{index}", {"subnet_id": subnet, "route_table_id": table})
    if parts["acl"]:
        ingress, egress = parts["acl"]
        body = {"vpc_id": vpc, "subnet_ids": [subnet], "ingress": ingress, "egress": egress}
        world.add("aws_network_acl", f"n{index}", body)
    names = [
        _add_group(world, f"g{index}_{at}", rules, parts["separate"]) for at, rules in enumerate(parts["groups"])
    ]
    body = {
        "ami": "ami-1", "instance_type": "t3.micro", "subnet_id": subnet, "vpc_security_group_ids": names,
        "associate_public_ip_address": parts["public"],
    }  # fmt: skip
    world.reaches[world.add("aws_instance", f"i{index}", body)] = lambda packet: _reaches_instance(parts, packet)


def _add_group(world: World, name: str, rules: Sequence[Rule], is_separate: bool) -> Ref:
    own = {"vpc_id": Ref("aws_vpc.v.id")}
    if not is_separate:
        world.add("aws_security_group", name, {**own, "ingress": list(rules)})
        return Ref(f"aws_security_group.{name}.id")
    world.add("aws_security_group", name, own)
    for index, rule in enumerate(rules):
        for at, network in enumerate(rule["cidr_blocks"]):
            ports = {} if rule["protocol"] == "-1" else {"from_port": rule["from_port"], "to_port": rule["to_port"]}
            group = {"security_group_id": Ref(f"aws_security_group.{name}.id")}
            body = {**group, "ip_protocol": rule["protocol"], "cidr_ipv4": network, **ports}
            world.add("aws_vpc_security_group_ingress_rule", f"{name}_{index}_{at}", body)
    return Ref(f"aws_security_group.{name}.id")


def _reaches_instance(parts: Mapping[str, Any], packet: Packet) -> bool:
    routes = [{"network": network, "target": target} for network, target in parts["routes"]]
    return bool(
        parts["public"]
        and target_of(routes, packet.source) == "igw"
        and (parts["acl"] is None or acl_allows(*parts["acl"], packet))
        and any(groups_allow(rules, packet) for rules in parts["groups"])
    )
