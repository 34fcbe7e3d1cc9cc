"""What a GKE cluster or node pool says of its nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource

from ._satellite import given

NODE_TYPES = ("google_container_cluster", "google_container_node_pool")
_POOLS = "node_pool"


def node_configs(resource: Resource) -> Iterator[str]:
    """The places where a cluster or a pool describes nodes, whether something is written there or not.

    Google describes those of an autopilot cluster. A default pool that is removed at once needs no description.
    """
    if resource.get("enable_autopilot") or resource.get("remove_default_node_pool"):
        return
    pools = resource.effective(_POOLS, ())
    for index in range(len(pools)):
        yield f"{_POOLS}[{index}].node_config"
    if not pools:
        yield "node_config"


def node_value(resource: Resource, path: str, default: Any) -> Any:
    """A value of a node configuration; the documented default where it is missing, or left to the provider."""
    return resource.effective(path, default) if path.startswith(_POOLS) else given(resource, path, default)
