"""Which resources an attribute means: those of the plan, for certain or perhaps, and those outside of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from planguard.access.meant import resources_told
from planguard.graph import identity
from planguard.graph.reference import Certainty
from planguard.graph.resource import Resource, steps_of
from planguard.plan.unknown import is_unknown


class Meant(Struct, frozen=True):
    """What an attribute refers to.

    :ivar certain: resources of the plan that are meant
    :ivar possible: resources of which some are meant, and the plan does not say which
    :ivar outside: ids of what the plan does not hold
    :ivar is_open: whether anything else may be meant: a value is known after apply, and nothing says where it comes
        from
    :ivar is_unset: whether the attribute is not there at all
    """

    certain: tuple[Resource, ...] = ()
    possible: tuple[Resource, ...] = ()
    outside: tuple[str, ...] = ()
    is_open: bool = False
    is_unset: bool = False

    @property
    def all(self) -> tuple[Resource, ...]:
        """Every resource of the plan that is or may be meant."""
        return (*self.certain, *self.possible)


UNSET = Meant(is_unset=True)


def meant(resource: Resource, path: str, kinds: tuple[str, ...], *, value: Any = None, single: bool = False) -> Meant:
    """What an attribute refers to.

    :param path: the attribute, with the indexes of blocks
    :param value: its value, where it has been read already
    :param single: whether it takes one thing only, so that of several each is only possible
    """
    if value is None:
        value = resource.get(path)
    steps = steps_of(path)
    if value is None or (is_unknown(value) and resource.is_unset(steps)):
        return UNSET
    items = [one for one in elements(value) if is_unknown(one) or one]
    if not items:
        return UNSET
    names = tuple(step for step in steps if isinstance(step, str))
    certain, possible, crowded = referred(resource, names, kinds)
    known = {one for one in items if not is_unknown(one)}
    unknown = len(known) < len(items) and any(map(is_unknown, items))
    if not unknown:
        possible = []
    elif possible or not certain or (single and len(certain) > 1):
        told = resources_told(resource, path)
        if told is not None:
            kept = tuple(one for one in told[0] if one.node.kind in kinds)
            named = {text for one in kept for text in names_of(one)}
            outside = tuple(one for one in told[1] if one and one not in named)
            return Meant(kept, (), outside, is_open=len(kept) < len(told[0]))
        if single and len(certain) > 1:
            certain, possible = [], [*certain, *possible]
    outside = ()
    if len(known) != len(certain) or unknown:  # else each text is the name of one of them
        named = {text for one in certain for text in names_of(one)} if known else set()
        outside = tuple(str(one) for one in items if not is_unknown(one) and one not in named)
    is_open = unknown and (crowded or not (certain or possible))
    return Meant(tuple(certain), tuple(possible), outside, is_open)


def referred(
    resource: Resource, names: tuple[str, ...], kinds: tuple[str, ...]
) -> tuple[list[Resource], list[Resource], bool]:
    """What an attribute refers to: resources for certain, others perhaps, and whether there are too many to tell."""
    graph, index = resource.graph, resource.node.index
    certain: dict[int, Resource] = {}
    possible: dict[int, Resource] = {}
    crowded = False
    for kind in kinds:
        if kind not in graph.kinds:
            continue
        links = graph.links(resource.node.kind, kind, resource.snapshot, names[0])
        for edge in links.forward.get(index, ()):
            # Blocks that are attributes (``ingress``) are one expression in the plan's configuration.
            if edge.attribute[: len(names)] == names[: len(edge.attribute)]:
                into = possible if edge.certainty is Certainty.POSSIBLE else certain
                into[edge.target.index] = graph.view(edge.target, resource.snapshot)
        crowded = crowded or any(
            one.attribute[: len(names)] == names[: len(one.attribute)] for one in links.crowd_of.get(index, ())
        )
    return (
        [certain[one] for one in sorted(certain)],
        [possible[one] for one in sorted(possible) if one not in certain],
        crowded,
    )


def names_of(resource: Resource) -> Iterator[str]:
    """The known values by which others name a resource."""
    values: Any = resource.values
    if is_unknown(values) or not isinstance(values, dict):
        return
    yield from identity.names_of(values, resource.type)
    for name in ("allocation_id", "association_id", "identifier", "cluster_identifier"):
        value = values.get(name)
        if not is_unknown(value) and isinstance(value, str):
            yield value


def elements(value: Any) -> list[Any]:
    """The elements of a list, unknown ones included, or the one value that is no list."""
    if is_unknown(value) or not isinstance(value, list):
        return [value]
    return list(list.__iter__(value))
