"""All access that one snapshot shows, worked out once for everybody who asks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from planguard.access.model import AWS, AZURE, GOOGLE, IDENTITY, KUBERNETES, NO_ACCESS, Access, Held, Subject
from planguard.graph.resource import AFTER, BEFORE
from planguard.graph.snapshot import Snapshot

if TYPE_CHECKING:
    from planguard.graph.graph import Graph
    from planguard.graph.resource import Resource

PREFIXES = {
    AWS: ("aws_",),
    AZURE: ("azurerm_", "azuread_"),
    GOOGLE: ("google_",),
    KUBERNETES: ("kubernetes_", "kubectl_", "aws_eks_access_"),
}
"""How the types of a cloud's resources begin."""

Key = tuple[str, str, str]


class Holdings:
    """Whose access one snapshot shows.

    :ivar all: what each subject holds, sorted by subject
    :ivar by_key: the same by provider, plane and name
    :ivar by_address: the same by the address of the resource that stands for it
    """

    __slots__ = ("all", "by_address", "by_key")

    def __init__(self, all_: list[Held]) -> None:
        self.by_key: dict[Key, Held] = {}
        for one in all_:
            key = key_of(one.subject)
            there = self.by_key.get(key)
            self.by_key[key] = one if there is None else _together(there, one)
        self.all = sorted(self.by_key.values(), key=lambda one: one.subject)
        self.by_address: dict[str, list[Held]] = {}
        for one in self.all:
            if one.subject.address:
                self.by_address.setdefault(one.subject.address, []).append(one)


def key_of(subject: Subject) -> Key:
    """What tells a subject from others, the same in both snapshots."""
    return subject.provider, subject.plane, subject.name


def providers_of(graph: Graph) -> list[str]:
    """The clouds of which the plan holds anything."""
    return [name for name, prefixes in PREFIXES.items() if any(_is_of(kind, prefixes) for kind in graph.kinds)]


def _is_of(kind: str, prefixes: tuple[str, ...]) -> bool:
    return kind.removeprefix("data.").startswith(prefixes)


def holdings(graph: Graph, snapshot: str) -> Holdings:
    """All access of one snapshot; the same object for both where nothing of a cloud changes."""
    kept: Holdings | None = graph.derived.get(("access", snapshot))
    if kept is None:
        found: list[Held] = []
        for name in providers_of(graph):
            found += _held_by(graph, name, snapshot)
        kept = graph.derived["access", snapshot] = Holdings(found)
    return kept


def _held_by(graph: Graph, name: str, snapshot: str) -> list[Held]:
    if not any(_is_of(kind, PREFIXES[name]) for kind in graph.changed_kinds):
        snapshot = AFTER
    found: list[Held] | None = graph.derived.get(("access", snapshot, name))
    if found is None:
        module = import_module(f"planguard.access.{name}.grants")
        found = graph.derived["access", snapshot, name] = module.held_by(Snapshot(graph, snapshot))
    return found


def access_of(resource: Resource, plane: str = IDENTITY) -> Held:
    """The access of the subject that a resource stands for, in the snapshot of the resource.

    For rules: it tells the engine whether the answer may differ in the other snapshot.

    :param plane: ``identity``, ``resource`` or ``trust``
    :returns: no access for a resource that stands for no subject
    """
    graph = resource.graph
    here = _at(graph, resource.snapshot, resource.address, plane)
    if graph.changed_kinds:
        there = _at(graph, BEFORE if resource.snapshot == AFTER else AFTER, resource.address, plane)
        if here.access != there.access or here.gaps != there.gaps:
            graph.touched_change = True
    return here


def _at(graph: Graph, snapshot: str, address: str, plane: str) -> Held:
    for one in holdings(graph, snapshot).by_address.get(address, ()):
        if one.subject.plane == plane:
            return one
    return Held(Subject("", plane, address, address), NO_ACCESS)


def _together(one: Held, other: Held) -> Held:
    clauses = (*one.access.clauses, *other.access.clauses)
    limits = tuple(dict.fromkeys((*one.access.limits, *other.access.limits)))
    gaps = tuple(sorted({*one.gaps, *other.gaps}))
    return Held(one.subject, Access(clauses, limits), gaps, one.touched or other.touched)
