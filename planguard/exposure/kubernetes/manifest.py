"""Kubernetes objects, whichever way they are written: typed resources, manifests, and manifests as YAML text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from planguard.exposure.reading import near
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

TYPED = {
    "kubernetes_service": "Service",
    "kubernetes_service_v1": "Service",
    "kubernetes_ingress": "Ingress",
    "kubernetes_ingress_v1": "Ingress",
    "kubernetes_network_policy": "NetworkPolicy",
    "kubernetes_network_policy_v1": "NetworkPolicy",
    "kubernetes_deployment": "Deployment",
    "kubernetes_deployment_v1": "Deployment",
    "kubernetes_stateful_set": "StatefulSet",
    "kubernetes_stateful_set_v1": "StatefulSet",
    "kubernetes_daemonset": "DaemonSet",
    "kubernetes_daemon_set_v1": "DaemonSet",
    "kubernetes_replication_controller": "ReplicationController",
    "kubernetes_replication_controller_v1": "ReplicationController",
    "kubernetes_pod": "Pod",
    "kubernetes_pod_v1": "Pod",
}
MANIFEST = "kubernetes_manifest"
TEXT = "kubectl_manifest"
_NAMESPACES = ("kubernetes_namespace", "kubernetes_namespace_v1")
_SPELLINGS = {"host_ip": "hostIP", "external_ips": "externalIPs"}
_LISTS = ("container", "rule", "port", "path", "listener")
_ROUTES_ALSO = ("Gateway", "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "ReplicaSet")
KINDS = frozenset({*TYPED.values(), *_ROUTES_ALSO})


class Written(NamedTuple):
    """An object of the cluster.

    :ivar at: where its specification stands: ``spec[0]`` or ``manifest.spec``
    :ivar namespace: None where it is not known
    :ivar metadata: the block as it is written
    """

    resource: Resource
    kind: str
    at: str
    name: str | None
    namespace: str | None
    metadata: dict[str, Any]
    spec: dict[str, Any]

    @property
    def address(self) -> str:
        """The address of its resource."""
        return self.resource.address


def written(snapshot: Snapshot) -> tuple[list[Written], list[Resource]]:
    """All objects that matter here, and the resources that cannot be read as one."""
    found = [_typed(one) for one in snapshot.all(*TYPED)]
    unreadable: list[Resource] = []
    for resource in snapshot.all(MANIFEST, TEXT):
        documents = list(_documents(resource))
        if any(one is None for one in documents):
            unreadable.append(resource)
        found += [_of_document(resource, one) for one in documents if one is not None and _kind(one) in KINDS]
    return found, unreadable


def _kind(document: dict[str, Any]) -> str:
    kind = document.get("kind")
    return "" if is_unknown(kind) else str(kind)


def _documents(resource: Resource) -> Iterator[dict[str, Any] | None]:
    """What a manifest says; None where it cannot be read."""
    if resource.type == MANIFEST:
        value = resource.get("manifest")
        is_readable = not is_unknown(value) and isinstance(value, dict) and not is_unknown(value.get("kind"))
        yield value if is_readable else None
        return
    text = resource.get("yaml_body")
    if is_unknown(text) or not isinstance(text, str):
        yield None
        return
    yield from _parsed("".join(text))


def _parsed(text: str) -> Iterator[dict[str, Any] | None]:
    import yaml

    try:
        documents = list(yaml.safe_load_all(text))
    except yaml.YAMLError:
        yield None
        return
    for one in documents:
        if isinstance(one, dict):
            yield one


def _typed(resource: Resource) -> Written:
    metadata, spec = inner(resource.values, "metadata"), inner(resource.values, "spec")
    return _made(resource, TYPED[resource.type], "spec[0]", metadata, spec)


def _of_document(resource: Resource, document: dict[str, Any]) -> Written:
    at = "manifest.spec" if resource.type == MANIFEST else "yaml_body"
    return _made(resource, _kind(document), at, inner(document, "metadata"), inner(document, "spec"))


def _made(resource: Resource, kind: str, at: str, metadata: dict[str, Any], spec: dict[str, Any]) -> Written:
    name = metadata.get("name")
    known = None if is_unknown(name) or name is None else str(name)
    return Written(resource, kind, at, known, _namespace(resource, metadata), metadata, spec)


def _namespace(resource: Resource, metadata: dict[str, Any]) -> str | None:
    value = metadata.get("namespace")
    if not is_unknown(value):
        return "default" if value is None or value == "" else str(value)
    for kind in _NAMESPACES:
        for one in near(resource.references(kind, via="metadata.namespace")).items:
            return f"the one that {one.address} makes"
    return "default" if resource.is_left_to_provider("metadata.namespace") else None


def spelling(name: str) -> str:
    """A name as manifests write it: ``load_balancer_source_ranges`` as ``loadBalancerSourceRanges``."""
    if name in _SPELLINGS:
        return _SPELLINGS[name]
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest) + ("s" if name in _LISTS else "")


def field(block: dict[str, Any], name: str) -> Any:
    """A field of a block in either spelling; None where it is not set, an Unknown where it is not known."""
    value = block.get(name)
    if is_unknown(value) or value is not None:
        return value
    return block.get(spelling(name))


def inner(block: dict[str, Any], name: str) -> dict[str, Any]:
    """The one block inside another; an empty one where there is none, or none that is known."""
    value = field(block, name)
    if is_unknown(value):
        return {}
    if isinstance(value, list):
        value = next((one for one in list.__iter__(value) if not is_unknown(one)), None)
    return value if isinstance(value, dict) else {}


def inner_all(block: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The blocks of a kind inside another, as far as they are known."""
    value = field(block, name)
    if is_unknown(value) or value is None:
        return []
    values = list.__iter__(value) if isinstance(value, list) else iter([value])
    return [one for one in values if not is_unknown(one) and isinstance(one, dict)]


def is_open(block: dict[str, Any], name: str) -> bool:
    """Whether a list of blocks may hold others than those that are known."""
    value = field(block, name)
    if is_unknown(value):
        return True
    return isinstance(value, list) and any(is_unknown(one) for one in list.__iter__(value))


def annotation(one: Written, name: str) -> Any:
    """An annotation; None where it is not set, an Unknown where the annotations are not known."""
    annotations = field(one.metadata, "annotations")
    if is_unknown(annotations):
        return None if one.resource.is_left_to_provider("metadata.annotations") else annotations
    return (annotations or {}).get(name)
