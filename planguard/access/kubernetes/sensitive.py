"""The secrets of a cluster, and the verbs that read them.

Source: Kubernetes, "Good practices for Kubernetes Secrets" and "Role Based Access Control Good Practices" ("Listing
secrets": ``get``, ``list`` and ``watch`` all show what is in them).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard.access.kubernetes.manifest import namespace_of
from planguard.access.model import KUBERNETES
from planguard.access.pattern import shown, symbol
from planguard.access.reading import first_block, is_untold, text_of
from planguard.access.sensitive import Ask, Sensitive, Store
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

_TYPES = ("kubernetes_secret", "kubernetes_secret_v1")
_READS = ("get:/secrets", "list:/secrets", "watch:/secrets")


def stores(snapshot: Snapshot) -> Iterator[Store]:
    """The secrets that the plan holds, or reads, as objects of their own or as manifests."""
    for type_ in _TYPES:
        for one in snapshot.all(type_, f"data.{type_}"):
            yield _store(one, "metadata", first_block(one, "metadata"))
    for one in snapshot.all("kubernetes_manifest"):
        manifest: Any = one.get("manifest")
        if type(manifest) is dict and not is_untold(manifest.get("kind")) and manifest.get("kind") == "Secret":
            yield _store(one, "manifest", manifest.get("metadata"))


def _store(resource: Resource, via: str, metadata: Any) -> Store:
    known = {} if is_unknown(metadata) or type(metadata) is not dict else metadata
    told = known.get("name", metadata)
    name = text_of(told) if not is_untold(told) and text_of(told) else symbol(f"{resource.address}.name")
    namespace = None if is_unknown(metadata) else namespace_of(resource, via, known.get("namespace"))
    place = f"{symbol(f'namespace of {resource.address}') if namespace is None else namespace}/{name}"
    address = "" if resource.is_data else resource.address
    return Store(Sensitive(KUBERNETES, "secret", shown(place), address), (Ask(_READS, (place,)),))
