"""Network policies: what they let in to a pod.

A pod that no policy selects takes everything; one that some select takes what any of these lets in. A cluster whose
network plugin does not enforce policies ignores them: so they make what is certain possible, and never impossible.

Source: kubernetes.io/docs/concepts/services-networking/network-policies.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard.exposure.kubernetes.assumption import POLICY_ENFORCED, missing
from planguard.exposure.kubernetes.manifest import Written, field, inner, inner_all, is_open
from planguard.exposure.kubernetes.workload import Workload, matches, protocol_at
from planguard.exposure.model import Hop, Missing
from planguard.exposure.packets import ALL_PORTS, EVERYTHING, NOTHING, Packets, packets, subtract, unite
from planguard.exposure.passage import OPEN, Bounds, Passage, Stage, certain
from planguard.exposure.ranges import ANYWHERE, EMPTY, Ranges, difference, parse_network, union
from planguard.plan.unknown import is_unknown


class Policies:
    """The network policies of a snapshot, by namespace."""

    def __init__(self, them: list[Written]) -> None:
        self._by_namespace: dict[str | None, list[Written]] = {}
        for one in them:
            self._by_namespace.setdefault(one.namespace, []).append(one)

    def admitted(self, workload: Workload) -> Stage:
        """What is certain to get to a pod, under the policies that select it, or may."""
        namespace = workload.written.namespace
        found: list[tuple[Written, bool | None]] = []
        for policy in (*self._by_namespace.get(namespace, ()), *self._by_namespace.get(None, ())):
            selected = _selects(policy, workload)
            if selected is not False and _governs_ingress(policy):
                found.append((policy, selected if policy.namespace is not None else None))
        if not found:
            return OPEN
        # A policy of which it is not known whether it selects the pod cannot let in more for certain.
        surely: Packets = unite(*(_allowed(policy) for policy, selected in found if selected))
        first, _ = found[0]
        gaps: tuple[Missing, ...] = tuple(missing(POLICY_ENFORCED, policy.address, policy.at) for policy, _ in found)
        opened = Hop(first.address, first.at, "network policy lets it in")
        ignored = Hop(first.address, first.at, "network policy does not let it in, where it is enforced")
        return [
            Passage(certain(surely), (opened,)),
            Passage(Bounds(NOTHING, subtract(EVERYTHING, surely)), (ignored,), (), gaps),
        ]


def _selects(policy: Written, workload: Workload) -> bool | None:
    selector = field(policy.spec, "pod_selector")
    if is_unknown(selector):
        return None
    block = inner(policy.spec, "pod_selector")
    found = matches(field(block, "match_labels"), workload.labels)
    if found is False or not (inner_all(block, "match_expressions") or is_open(block, "match_expressions")):
        return found
    return None


def _governs_ingress(policy: Written) -> bool:
    types = field(policy.spec, "policy_types")
    if is_unknown(types) or not types:
        return True
    return any(is_unknown(one) or one == "Ingress" for one in list.__iter__(types))


def _allowed(policy: Written) -> Packets:
    """The packets from outside the cluster that a policy is certain to let in."""
    return unite(*(packets for rule in inner_all(policy.spec, "ingress") for packets in _rule(rule)))


def _rule(rule: dict[str, Any]) -> Iterator[Packets]:
    sources: Ranges = EMPTY
    peers = inner_all(rule, "from")
    if not peers and not is_open(rule, "from"):
        sources = ANYWHERE
    for peer in peers:
        sources = union(sources, _block(inner(peer, "ip_block")))
    ports = [*inner_all(rule, "ports")]
    if not ports and not is_open(rule, "ports"):
        yield packets(sources)
    for port in ports:
        yield _port(port, sources)


def _block(block: dict[str, Any]) -> Ranges:
    """The addresses of a block without its exceptions; nothing where it is not wholly known."""
    cidr, other = field(block, "cidr"), field(block, "except")
    if is_unknown(cidr) or not cidr or is_unknown(other):
        return EMPTY
    try:
        found = parse_network(str(cidr))
        for one in list.__iter__(other or []):
            found = EMPTY if is_unknown(one) else difference(found, parse_network(str(one)))
    except ValueError:
        return EMPTY
    return found


def _port(port: dict[str, Any], sources: Ranges) -> Packets:
    protocol, number, end = field(port, "protocol"), field(port, "port"), field(port, "end_port")
    if is_unknown(protocol) or is_unknown(number) or is_unknown(end):
        return NOTHING
    protocols, _ = protocol_at(port)
    if number is None or number == "":
        return packets(sources, protocols, ALL_PORTS)
    if not str(number).isdigit():
        return NOTHING  # a name, which each container gives a number of its own
    return packets(sources, protocols, ((int(number), int(end or number)),))
