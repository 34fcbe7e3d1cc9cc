"""What roles allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource

from ._kubernetes_manifest import MANIFEST, blocks, field, is_manifest, manifest_kind

ROLES = (
    "kubernetes_role",
    "kubernetes_role_v1",
    "kubernetes_cluster_role",
    "kubernetes_cluster_role_v1",
    MANIFEST,
)
"""The resource types that describe roles."""


def allowances(role: Resource) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a role allows, each with its path; nothing for a manifest of another kind.

    The rules of a cluster role that gathers others are left to the control plane; those others are judged themselves.
    """
    if _gathers(role):
        return
    if not is_manifest(role) or manifest_kind(role) in ("Role", "ClusterRole"):
        yield from blocks(role, "rule")


def _gathers(role: Resource) -> bool:
    return role.is_left_to_provider("rule") and bool(role.get("aggregation_rule"))


def has_wildcard(allowed: dict[str, Any], name: str) -> bool:
    """Whether one of its lists holds everything."""
    return "*" in (field(allowed, name) or ())
