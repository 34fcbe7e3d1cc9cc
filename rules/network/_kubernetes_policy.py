"""What a network policy lets in and out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource, Violation, violation

from ..identity._kubernetes_manifest import MANIFEST, blocks, field, inner, is_manifest, manifest_kind
from ._ranges import is_world

POLICIES = ("kubernetes_network_policy", "kubernetes_network_policy_v1", MANIFEST)


def open_ways(policy: Resource, direction: str, governed: str, peers: str) -> Iterator[Violation]:
    """A violation for each way that is open to the Internet, or to anywhere for every pod of the namespace.

    :param direction: the name of its rules, ``ingress`` or ``egress``
    :param governed: the policy type that makes them count
    :param peers: the name of its peers, ``from`` or ``to``
    """
    if is_manifest(policy) and manifest_kind(policy) != "NetworkPolicy":
        return
    for path, spec in blocks(policy, "spec"):
        types = field(spec, "policy_types")
        if types and governed not in types:
            continue
        yield from _open_peers(policy, direction, peers)
        if _selects_all(path, spec):
            yield from _open_rules(policy, direction, peers)


def _open_peers(policy: Resource, direction: str, peers: str) -> Iterator[Violation]:
    for place, peer in blocks(policy, f"spec.{direction}.{peers}"):
        path, block = inner(place, peer, "ip_block")
        cidr = field(block, "cidr")
        if cidr and is_world(cidr):
            yield violation(f"{path}.cidr", f"{direction} {peers} {cidr}{_except(block)}")


def _open_rules(policy: Resource, direction: str, peers: str) -> Iterator[Violation]:
    """Rules without peers: from or to anywhere. Egress on named ports (name resolution) is usual, and passes."""
    for path, allowed in blocks(policy, f"spec.{direction}"):
        if not field(allowed, peers) and not (direction == "egress" and field(allowed, "ports")):
            yield violation(path, f"{direction} {peers} anywhere, for every pod of the namespace")


def _selects_all(path: str, spec: dict[str, Any]) -> bool:
    _, selector = inner(path, spec, "pod_selector")
    return not field(selector, "match_labels") and not field(selector, "match_expressions")


def _except(block: dict[str, Any]) -> str:
    excepted = field(block, "except")
    return f" except {', '.join(sorted(excepted))}" if excepted else ""
