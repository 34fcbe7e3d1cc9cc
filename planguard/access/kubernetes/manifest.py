"""Objects of role-based access control, in whatever way a plan writes them.

Sources: the provider ``hashicorp/kubernetes`` (``kubernetes_role`` and its neighbours, ``kubernetes_manifest``),
``kubectl_manifest`` with ``yaml_body``, and the API ``rbac.authorization.k8s.io/v1``.
"""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from planguard.access.pattern import symbol
from planguard.access.reading import blocks_of, first_block, is_untold, referred, text_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

ROLE, CLUSTER_ROLE = "Role", "ClusterRole"
ROLE_BINDING, CLUSTER_ROLE_BINDING = "RoleBinding", "ClusterRoleBinding"
SERVICE_ACCOUNT = "ServiceAccount"
CONFIG_MAP = "ConfigMap"
DEFAULT_NAMESPACE = "default"

_STEMS = {
    "role": ROLE,
    "cluster_role": CLUSTER_ROLE,
    "role_binding": ROLE_BINDING,
    "cluster_role_binding": CLUSTER_ROLE_BINDING,
    "service_account": SERVICE_ACCOUNT,
    "default_service_account": SERVICE_ACCOUNT,
    "config_map": CONFIG_MAP,
    "config_map_v1_data": CONFIG_MAP,
}
_TYPED = {
    f"kubernetes_{stem}{version}": kind
    for stem, kind in _STEMS.items()
    for version in ("", "_v1")
    if not (stem.endswith("_data") and version)
}
_KINDS = frozenset(_STEMS.values())
_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_RENAMED = {"rules": "rule", "subjects": "subject"}
_KEPT = frozenset({"labels", "match_labels", "annotations", "data"})
"""Maps whose keys are no names of fields."""


class Manifest(Struct, frozen=True):
    """One object, with the fields named as the typed resources name them.

    :ivar kind: ``Role``, ``ClusterRoleBinding`` …
    :ivar name: its name; a symbol where it is not known yet
    :ivar namespace: its namespace; empty for objects of the cluster, a symbol for one that the plan creates without a
        name that is known yet, None where nobody can say
    :ivar labels: its labels; an Unknown where they are not known
    :ivar body: the object
    :ivar top: the attribute that holds it, empty for a typed resource
    :ivar is_open: whether its body is not known, so that only the kind and the name may be
    """

    kind: str
    name: str
    namespace: str | None
    labels: Any
    body: Any
    resource: Resource
    top: str = ""
    is_open: bool = False

    def path(self, field: str) -> str:
        """A field as it is called in the plan."""
        return f"{self.top}.{field}" if self.top else field


def manifests(snapshot: Snapshot) -> dict[str, list[Manifest]]:
    """The objects of a snapshot by their kind, each in the order of the plan."""
    found: dict[str, list[Manifest]] = {}
    for resource in snapshot.all(*_TYPED):
        one = _typed(resource)
        found.setdefault(one.kind, []).append(one)
    for resource in snapshot.all("kubernetes_manifest"):
        written = _written(resource, "manifest", resource.get("manifest"))
        if written is not None:
            found.setdefault(written.kind, []).append(written)
    for resource in snapshot.all("kubectl_manifest"):
        top, text = _yaml(resource)
        for document in _documents(text):
            written = _written(resource, top, document)
            if written is not None:
                found.setdefault(written.kind, []).append(written)
    return found


def unread(snapshot: Snapshot) -> list[Resource]:
    """Manifests of which nobody can say yet what object they are."""
    written = [(one, one.get("manifest")) for one in snapshot.all("kubernetes_manifest")]
    written += [(one, _yaml(one)[1]) for one in snapshot.all("kubectl_manifest") if not _is_of_other_kind(one)]
    return [
        one for one, value in written if is_untold(value) or (type(value) is dict and is_unknown(value.get("kind")))
    ]


def is_not_known(resource: Resource) -> bool:
    """Whether a manifest, or what kind of object it is, is known after apply only; else it is sensitive."""
    value = resource.get("manifest") if resource.type == "kubernetes_manifest" else resource.get("yaml_body")
    return is_unknown(value) or (type(value) is dict and is_unknown(value.get("kind")))


def _yaml(resource: Resource) -> tuple[str, Any]:
    """The text of a ``kubectl_manifest`` and the attribute that holds it.

    The provider keeps ``yaml_body`` from being shown, whatever it is, and shows the same object with what is secret
    in it replaced as ``yaml_body_parsed``.
    """
    shown = resource.get("yaml_body_parsed")
    if not is_untold(shown) and text_of(shown):
        return "yaml_body_parsed", shown
    return "yaml_body", resource.get("yaml_body")


def _is_of_other_kind(resource: Resource) -> bool:
    """Whether a ``kubectl_manifest`` is known to be none of the objects that access hangs on."""
    kind = resource.get("kind")
    return not is_untold(kind) and bool(text_of(kind)) and kind not in _KINDS


def _typed(resource: Resource) -> Manifest:
    kind = _TYPED[resource.type]
    metadata = first_block(resource, "metadata")
    body: Any = resource.values
    if is_unknown(metadata):
        return Manifest(kind, symbol(f"{resource.address}.name"), _unknown_namespace(kind), metadata, body, resource)
    name = _name(resource, metadata.get("name"))
    if kind in (CLUSTER_ROLE, CLUSTER_ROLE_BINDING):
        namespace: str | None = ""
    else:
        namespace = namespace_of(resource, "metadata", metadata.get("namespace"))
    return Manifest(kind, name, namespace, metadata.get("labels"), body, resource)


def _unknown_namespace(kind: str) -> str | None:
    return "" if kind in (CLUSTER_ROLE, CLUSTER_ROLE_BINDING) else None


def _name(resource: Resource, value: Any) -> str:
    return symbol(f"{resource.address}.name") if is_untold(value) else text_of(value)


def namespace_of(resource: Resource, via: str, value: Any) -> str | None:
    """The namespace that an object or a subject says; None where nobody can say yet."""
    if not is_untold(value):
        return text_of(value) or DEFAULT_NAMESPACE
    for kind in ("kubernetes_namespace", "kubernetes_namespace_v1"):
        found = referred(resource, via, kind)
        if found is not None:
            metadata = first_block(found, "metadata")
            return _name(found, metadata if is_unknown(metadata) else metadata.get("name"))
    return None


def _written(resource: Resource, top: str, value: Any) -> Manifest | None:
    if type(value) is not dict:
        return None
    body = _snake(value)
    kind = body.get("kind")
    if is_untold(kind) or kind not in _KINDS:
        return None
    metadata = body.get("metadata")
    if is_unknown(metadata) or type(metadata) is not dict:
        return Manifest(
            kind, symbol(f"{resource.address}.name"), _unknown_namespace(kind), metadata, body, resource, top
        )
    if kind in (CLUSTER_ROLE, CLUSTER_ROLE_BINDING):
        namespace: str | None = ""
    else:
        namespace = namespace_of(resource, top, metadata.get("namespace"))
    return Manifest(
        kind, _name(resource, metadata.get("name")), namespace, metadata.get("labels"), body, resource, top
    )


def _documents(value: Any) -> list[Any]:
    if is_untold(value) or not text_of(value):
        return []
    import yaml

    try:
        found = list(yaml.safe_load_all(value))
    except yaml.YAMLError:
        return []
    return [one for top in found if isinstance(top, dict) for one in _listed(top)]


def _listed(document: dict[str, Any]) -> list[Any]:
    items = document.get("items")
    return items if document.get("kind") == "List" and isinstance(items, list) else [document]


def _snake(value: Any) -> Any:
    """An object as the API writes it, with its fields named as the typed resources name them."""
    if is_unknown(value):
        return value
    if isinstance(value, list):
        return [_snake(one) for one in list.__iter__(value)]
    if type(value) is not dict:
        return value
    found: dict[str, Any] = {}
    for key, inner in value.items():
        name = _CAMEL.sub(lambda letter: "_" + letter[1].lower(), str(key)).lower()
        name = _RENAMED.get(name, name)
        found[name] = inner if name in _KEPT else _snake(inner)
    return found


def inner(body: Any, name: str) -> Any:
    """The one block or object of a name; an empty dict where there is none, the Unknown where it is one."""
    if is_unknown(body):
        return body
    value = body.get(name)
    if is_unknown(value):
        return value
    blocks, is_open = blocks_of(value)
    if blocks:
        return blocks[0][1]
    return list.__getitem__(value, 0) if is_open else {}
