"""Slow walkers of firewall rules: some rules as the providers' attributes hold them, one concrete packet, yes or no.

Written straight from the clouds' documentation, rule by rule on concrete values: nothing of ``planguard.exposure``
decides anything here.

Sources: Amazon VPC User Guide ("Security group rules", "Network ACL rules", "Route tables: route priority");
Microsoft Learn ("How network security groups filter network traffic"); Google Cloud ("VPC firewall rules": priority,
implied rules); Kubernetes documentation ("Network Policies").
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

Rule = Mapping[str, Any]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NUMBERS = {"icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58}


class Packet(NamedTuple):
    """One packet on its way in.

    :ivar source: the address that it comes from
    :ivar protocol: its number
    :ivar port: the port that it goes to; of ICMP, the type
    :ivar reply_port: the port that the answer goes to
    """

    source: str
    protocol: int
    port: int
    reply_port: int = 50000


def is_in(address: str, network: str) -> bool:
    """Whether an address lies in a network; those of the other family do not."""
    return _unmapped(address) in ipaddress.ip_network(network, strict=False)


def _unmapped(address: str) -> Address:
    found = ipaddress.ip_address(address)
    return getattr(found, "ipv4_mapped", None) or found


def is_protocol(packet: Packet, name: str | int) -> bool:
    """Whether a protocol as rules name it is that of the packet."""
    said = str(name).lower()
    return said in {"-1", "all", "any", "*"} or NUMBERS.get(said, said) in {packet.protocol, str(packet.protocol)}


# -- AWS -----------------------------------------------------------------------------------------------------------


def groups_allow(rules: Iterable[Rule], packet: Packet) -> bool:
    """Security groups: "We evaluate all rules from all groups"; there are only rules that allow.

    :param rules: ``ingress`` blocks of ``aws_security_group``
    """
    return any(
        is_protocol(packet, rule["protocol"])
        and any(is_in(packet.source, network) for network in _networks(rule))
        and (_all_ports(rule["protocol"]) or rule["from_port"] <= packet.port <= rule["to_port"])
        for rule in rules
    )


def _networks(rule: Rule) -> list[str]:
    return [*rule.get("cidr_blocks", ()), *rule.get("ipv6_cidr_blocks", ())]


def _all_ports(protocol: str | int) -> bool:
    return str(protocol) in {"-1", "all"}


def acl_allows(ingress: Sequence[Rule], egress: Sequence[Rule], packet: Packet) -> bool:
    """A network ACL: by number, the first that matches decides.

    It is stateless: without an answer that gets out TCP does not connect; a datagram has arrived all the same.

    :param ingress: ``ingress`` blocks of ``aws_network_acl``
    """
    answer = packet._replace(port=packet.reply_port)
    return _acl_decides(ingress, packet) and (packet.protocol != NUMBERS["tcp"] or _acl_decides(egress, answer))


def _acl_decides(rules: Sequence[Rule], packet: Packet) -> bool:
    for rule in sorted(rules, key=lambda one: int(one["rule_no"])):
        network = rule.get("cidr_block") or rule.get("ipv6_cidr_block")
        if (
            network
            and is_in(packet.source, network)
            and is_protocol(packet, rule["protocol"])
            and (_all_ports(rule["protocol"]) or rule["from_port"] <= packet.port <= rule["to_port"])
        ):
            return bool(rule["action"].lower() == "allow")
    return False  # "*": what no rule matches is denied


def target_of(routes: Iterable[Rule], address: str) -> str | None:
    """A route table: "the most specific route that matches the traffic (longest prefix match)".

    :param routes: each with ``network`` and ``target``
    """
    found = [route for route in routes if is_in(address, route["network"])]
    longest = max(found, key=lambda route: ipaddress.ip_network(route["network"]).prefixlen, default=None)
    return str(longest["target"]) if longest else None


# -- Azure ---------------------------------------------------------------------------------------------------------


def nsg_allows(rules: Sequence[Rule], packet: Packet, virtual_network: Sequence[str]) -> bool:
    """A network security group: by priority, lower numbers first, and the first that matches decides.

    :param rules: ``security_rule`` blocks of ``azurerm_network_security_group``
    :param virtual_network: the networks that the tag ``VirtualNetwork`` means
    """
    inbound = [rule for rule in rules if rule["direction"] == "Inbound"]
    for rule in sorted(inbound, key=lambda one: int(one["priority"])):
        if (
            is_protocol(packet, rule["protocol"])
            and any(_is_source(packet, one, virtual_network) for one in _azure(rule, "source_address_prefix"))
            and any(_is_port(packet, one) for one in _azure(rule, "destination_port_range"))
        ):
            return bool(rule["access"] == "Allow")
    return any(is_in(packet.source, network) for network in virtual_network)  # 65000, before 65500 denies the rest


def _azure(rule: Rule, name: str) -> list[str]:
    plural = f"{name}es" if name.endswith("x") else f"{name}s"
    return [one for one in (rule.get(name), *rule.get(plural, ())) if one]


def _is_source(packet: Packet, said: str, virtual_network: Sequence[str]) -> bool:
    inside = any(is_in(packet.source, network) for network in virtual_network)
    if said == "*":
        return True
    if said == "VirtualNetwork":
        return inside
    if said == "Internet":  # "outside the virtual network and reachable by the public internet"
        return not inside and _unmapped(packet.source).is_global
    return is_in(packet.source, said)


def _is_port(packet: Packet, said: str) -> bool:
    low, _, high = said.partition("-")
    return said == "*" or int(low) <= packet.port <= int(high or low)


# -- Google --------------------------------------------------------------------------------------------------------


def firewalls_allow(rules: Sequence[Rule], packet: Packet, tags: Sequence[str]) -> bool:
    """VPC firewall rules: the lowest number wins, a denial wins over an allow of the same, and ingress is denied.

    :param rules: attributes of ``google_compute_firewall``
    :param tags: the network tags of the instance
    """
    meant = [
        rule
        for rule in rules
        if rule.get("direction", "INGRESS") == "INGRESS"
        and not rule.get("disabled", False)
        and (not rule.get("target_tags") or set(rule["target_tags"]) & set(tags))
        and any(is_in(packet.source, one) for one in rule["source_ranges"])
        and any(_is_one_of(packet, one) for one in (*rule.get("allow", ()), *rule.get("deny", ())))
    ]
    if not meant:
        return False
    first = min(int(rule.get("priority", 1000)) for rule in meant)
    return all(rule.get("allow") for rule in meant if int(rule.get("priority", 1000)) == first)


def _is_one_of(packet: Packet, block: Rule) -> bool:
    ports = block.get("ports") or ["0-65535"]
    return is_protocol(packet, block["protocol"]) and any(_is_port(packet, one) for one in ports)


# -- Kubernetes ----------------------------------------------------------------------------------------------------


def policies_allow(policies: Sequence[Rule], packet: Packet, labels: Mapping[str, str]) -> bool:
    """Network policies: a pod that none selects is open; else what any of those that select it allows.

    :param policies: each with ``selector`` (labels) and ``ingress`` (``from`` networks with ``except``, ``ports``)
    """
    chosen = [one for one in policies if all(labels.get(key) == value for key, value in one["selector"].items())]
    return not chosen or any(_policy_rule_allows(rule, packet) for one in chosen for rule in one["ingress"])


def _policy_rule_allows(rule: Rule, packet: Packet) -> bool:
    peers, ports = rule.get("from", ()), rule.get("ports", ())
    return (not peers or any(_is_peer(packet, one) for one in peers)) and (
        not ports or any(is_protocol(packet, one["protocol"]) and _is_port(packet, one["port"]) for one in ports)
    )


def _is_peer(packet: Packet, peer: Rule) -> bool:
    return is_in(packet.source, peer["cidr"]) and not any(is_in(packet.source, one) for one in peer.get("except", ()))
