"""The two spellings of a Kubernetes object: the blocks of a typed resource, and what a manifest says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource
from planguard.plan.unknown import has_unknown

MANIFEST = "kubernetes_manifest"
_SPELLINGS = {"host_pid": "hostPID", "host_ipc": "hostIPC"}
_LISTS = ("container", "init_container", "volume", "rule", "subject", "port")


def is_manifest(resource: Resource) -> bool:
    """Whether the object is written as a manifest."""
    return resource.type == MANIFEST


def manifest_kind(resource: Resource) -> str:
    """The kind that a manifest says it is."""
    return str(resource.get("manifest.kind", ""))


def manifest_spelling(name: str) -> str:
    """A name as a manifest writes it: ``host_path`` as ``hostPath``, ``container`` as ``containers``."""
    if name in _SPELLINGS:
        return _SPELLINGS[name]
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest) + ("s" if name in _LISTS else "")


def blocks(resource: Resource, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The blocks at a path of a typed resource, or what stands in their place in a manifest."""
    if is_manifest(resource):
        path = ".".join(["manifest", *map(manifest_spelling, path.split("."))])
    return resource.blocks(path)


def field(block: dict[str, Any], name: str) -> Any:
    """A field of a block, in either spelling; None where it is not set."""
    return block.get(spelt(block, name))


def spelt(block: dict[str, Any], name: str) -> str:
    """The name of a field as this block spells it."""
    return name if name in block else manifest_spelling(name)


def inner(path: str, block: dict[str, Any], name: str) -> tuple[str, dict[str, Any]]:
    """The one block inside another, with its path; an empty dict where there is none."""
    path, value = f"{path}.{spelt(block, name)}", field(block, name)
    if isinstance(value, list):
        path, value = f"{path}[0]", next(iter(value), None)
    return path, value or {}


def inner_blocks(path: str, block: dict[str, Any], name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The blocks of a kind inside another, with their paths."""
    spelling = spelt(block, name)
    values = block.get(spelling) or ()
    for index in sorted(range(len(values)), key=lambda index: has_unknown(values[index])):
        yield f"{path}.{spelling}[{index}]", values[index]
