"""Values of resources as grants are read from them: what is known, what is not, and what an unknown one stands for.

A grant must not stop at the first value that is not known yet: its other values still say something. So nothing here
raises; it is told beside the known values whether there may be others.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from planguard.access.pattern import LITERAL_QUESTION, LITERAL_STAR
from planguard.graph.resource import AFTER, BEFORE, Resource
from planguard.plan.sensitive import SensitiveText
from planguard.plan.unknown import is_unknown


class Texts(Struct, frozen=True):
    """Some texts, sorted, each once.

    :ivar known: those that can be told
    :ivar is_open: whether there may be others
    """

    known: tuple[str, ...] = ()
    is_open: bool = False


def is_untold(value: Any) -> bool:
    """Whether a value is not known yet, or is sensitive, so that it cannot be told."""
    return is_unknown(value) or type(value) is SensitiveText


def text_of(value: Any) -> str:
    """A text that can be told; empty where there is none."""
    return value if type(value) is str else ""


def texts_of(value: Any) -> Texts:
    """The texts of a list or set; one text counts as a list of it."""
    if is_untold(value):
        return Texts((), True)
    if type(value) is str:
        return Texts((value,))
    if not isinstance(value, list):
        return Texts()
    items = list(list.__iter__(value))
    known = {item for item in items if type(item) is str}
    return Texts(tuple(sorted(known)), any(map(is_untold, items)))


def blocks_of(value: Any) -> tuple[list[tuple[int, dict[str, Any]]], bool]:
    """The blocks of a list with their indexes, and whether there may be others.

    :param value: a list of blocks, a single one, or what may become either
    """
    if is_unknown(value):
        return [], True
    if isinstance(value, dict):
        return [(0, value)], False
    if not isinstance(value, list):
        return [], False
    items = list(enumerate(list.__iter__(value)))
    return (
        [(index, item) for index, item in items if type(item) is dict],
        any(is_unknown(item) for _, item in items),
    )


def first_block(resource: Resource, name: str) -> Any:
    """The first block of a name; an empty dict where there is none, the Unknown where it is one."""
    value: Any = resource.values.get(name)
    if not is_unknown(value) and isinstance(value, list):
        value = next(iter(list.__iter__(value)), None)
    return value if is_unknown(value) or type(value) is dict else {}


def referred(resource: Resource, via: str, *kinds: str) -> Resource | None:
    """The one resource that an attribute refers to; None where it is none, several, or may be another.

    :param kinds: only resources of these types; without them, of any
    """
    found: dict[str, Resource] = {}
    for kind in kinds or (None,):
        neighbours = resource.references(kind, via=via)
        if getattr(neighbours, "why", None) is not None:
            return None
        found.update((one.address, one) for one in list.__iter__(neighbours))
    return next(iter(found.values())) if len(found) == 1 else None


def settled(resource: Resource) -> Resource:
    """A resource as it is named in both snapshots: as it will be, or as it was where it goes away."""
    node, graph = resource.node, resource.graph
    return graph.view(node, AFTER if graph.is_in(node, AFTER) else BEFORE)


def literal(text: str) -> str:
    """A text as a pattern that matches nothing else."""
    return text.replace("*", LITERAL_STAR).replace("?", LITERAL_QUESTION)
