"""Pods, wherever they are described: alone, in the template of a workload, in a manifest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource, is_unknown

from ._kubernetes_manifest import MANIFEST, blocks, field, is_manifest, manifest_kind

_ALONE = "spec"
_IN_TEMPLATE = "spec.template.spec"
_IN_JOB_TEMPLATE = "spec.job_template.spec.template.spec"

_PATHS = {
    "kubernetes_pod": _ALONE,
    "kubernetes_pod_v1": _ALONE,
    "kubernetes_deployment": _IN_TEMPLATE,
    "kubernetes_deployment_v1": _IN_TEMPLATE,
    "kubernetes_daemonset": _IN_TEMPLATE,
    "kubernetes_daemon_set_v1": _IN_TEMPLATE,
    "kubernetes_stateful_set": _IN_TEMPLATE,
    "kubernetes_stateful_set_v1": _IN_TEMPLATE,
    "kubernetes_replication_controller": _IN_TEMPLATE,
    "kubernetes_replication_controller_v1": _IN_TEMPLATE,
    "kubernetes_job": _IN_TEMPLATE,
    "kubernetes_job_v1": _IN_TEMPLATE,
    "kubernetes_cron_job": _IN_JOB_TEMPLATE,
    "kubernetes_cron_job_v1": _IN_JOB_TEMPLATE,
}
_KINDS = {
    "Pod": _ALONE,
    "Deployment": _IN_TEMPLATE,
    "DaemonSet": _IN_TEMPLATE,
    "StatefulSet": _IN_TEMPLATE,
    "ReplicaSet": _IN_TEMPLATE,
    "ReplicationController": _IN_TEMPLATE,
    "Job": _IN_TEMPLATE,
    "CronJob": _IN_JOB_TEMPLATE,
}
WORKLOADS = (*_PATHS, MANIFEST)
"""The resource types that describe pods."""


def pods(resource: Resource) -> Iterator[tuple[str, dict[str, Any]]]:
    """The pod that a workload describes, with its path; nothing for a manifest of another kind."""
    for path in _paths(resource):
        yield from blocks(resource, path)


def containers(resource: Resource) -> Iterator[tuple[str, dict[str, Any]]]:
    """Its containers with their paths, those that run before it included."""
    for path in _paths(resource):
        yield from blocks(resource, f"{path}.container")
        yield from blocks(resource, f"{path}.init_container")


def volumes(resource: Resource) -> Iterator[tuple[str, dict[str, Any]]]:
    """Its volumes with their paths."""
    for path in _paths(resource):
        yield from blocks(resource, f"{path}.volume")


def titled(kind: str, block: dict[str, Any]) -> str:
    """A container or a volume as a message calls it: ``container `agent```."""
    name = field(block, "name")
    return kind if is_unknown(name) or not name else f"{kind} `{name}`"


def _paths(resource: Resource) -> list[str]:
    if not is_manifest(resource):
        return [_PATHS[resource.type]]
    kind = manifest_kind(resource)
    return [_KINDS[kind]] if kind in _KINDS else []
