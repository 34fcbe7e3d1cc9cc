"""What is not said in a resource itself: resources that guard it from beside it, and what the provider fills in.

A *satellite* configures another resource (the public access block of a bucket) and may be managed elsewhere. That one
is missing is certain only of a resource that this plan creates, and where this plan deletes the satellite.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from planguard import Graph, Resource, Undetermined, is_unknown
from planguard.plan.document import decode_value

_unsettled: WeakKeyDictionary[Graph, dict[tuple[str, str, str], list[Resource]]] = WeakKeyDictionary()


def satellites(resource: Resource, kind: str, *, via: str) -> list[Resource]:
    """The resources of a type that name this one in the attribute ``via``.

    :raises Undetermined: when there is none, but one that does not say yet whom it guards
    """
    found = resource.referrers(kind, via=via)
    if not found:
        refuse_unsettled(resource, kind, via=via)
    return found


def satellites_of(name: str, resource: Resource, kind: str, *, via: str) -> list[Resource]:
    """Like :func:`satellites`, for something that is not in this plan and is known by name only.

    :param resource: a resource in whose snapshot to look
    """
    values = [(one, one.get(via)) for one in resource.others(kind)]
    found = [one for one, value in values if not is_unknown(value) and value == name]
    if not found:
        refuse_unsettled(resource, kind, via=via)
    return found


def refuse_unsettled(resource: Resource, kind: str, *, via: str) -> None:
    """Refuse to say that there is no satellite while one does not say yet whom it guards.

    :raises Undetermined: when there is such a one
    """
    graph = resource._graph
    known = _unsettled.setdefault(graph, {})
    asked = (kind, via, resource.snapshot)
    if asked not in known:
        known[asked] = [
            one
            for one in resource.others(kind)
            if is_unknown(one.get(via)) and not graph.sources_of(one.node, (via,))
        ]
    for one in known[asked]:
        raise Undetermined((via,), one, (), f"it may belong to {resource.address}")


def missing(resource: Resource, kind: str, *, via: str) -> list[str]:
    """Make sure that a satellite that was not found is missing indeed.

    :returns: the addresses of satellites that this plan deletes (or, asked of the state before, creates)
    :raises Undetermined: when it may be managed elsewhere
    """
    other = _in_other_snapshot(resource)
    others = other.referrers(kind, via=via) if other else []
    managed = [one.address for one in others if not one.get("skip_destroy")]  # with that, it is only forgotten
    if managed or (resource.is_created and resource.snapshot == "after"):
        return managed
    raise Undetermined(
        (kind.removeprefix(f"{resource.type}_"),),
        resource,
        (),
        f"no {kind} for it is in the plan; it may be managed elsewhere",
    )


def _in_other_snapshot(resource: Resource) -> Resource | None:
    node, graph = resource.node, resource._graph
    if resource.snapshot == "after":
        return graph.view(node, "before") if node.in_before else None
    return graph.view(node, "after") if node.in_after else None


def in_both_snapshots(resource: Resource) -> list[Resource]:
    """The resource as it is looked at, and as it is in the other snapshot, where it is."""
    other = _in_other_snapshot(resource)
    return [resource, other] if other else [resource]


def is_left_to_provider(resource: Resource, path: str) -> bool:
    """Whether a value is unknown only because the configuration does not set it, and the provider will.

    Of a ``dynamic`` block over an unknown collection the plan's configuration says nothing either; it looks the same.

    :param path: attribute names, without indexes
    """
    block = resource.node.block
    if not is_unknown(resource.get(path)) or not block:
        return False
    here: Any = decode_value(block.config.expressions, place=resource.address)
    names = path.split(".")
    for depth, name in enumerate(names, 1):
        blocks = [one for one in (here if isinstance(here, list) else [here]) if isinstance(one, dict)]
        if any("references" in one or "constant_value" in one for one in blocks):
            return False
        here = [one[name] for one in blocks if name in one]
        here = here[0] if len(here) == 1 else here
        if not here:
            return is_unknown(resource.get(".".join(names[:depth])))
    return False


def given(resource: Resource, path: str, default: Any) -> Any:
    """The value at a path; the documented default where it is missing, or left to the provider."""
    return default if is_left_to_provider(resource, path) else resource.get(path, default)


def may_refer(resource: Resource, kind: str, *, via: str) -> bool:
    """Whether an attribute refers to a resource of a type in this plan, even where it is open to which instance."""
    node = resource.node
    edges = resource._graph.links(node.kind, kind, resource.snapshot).forward.get(node.index, [])
    return any(edge.attribute[:1] == (via,) for edge in edges)
