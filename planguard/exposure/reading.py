"""Reading attributes of which a part may not be known yet, without being stopped by it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from planguard.exposure.packets import ALL_PORTS, ALL_PROTOCOLS, protocol_ranges
from planguard.exposure.passage import Span
from planguard.exposure.ranges import ANYWHERE, EMPTY, Ranges, parse_network, ranges_of, union
from planguard.graph.resource import Resource
from planguard.plan.unknown import Undetermined, is_unknown, path_of, render_path


class Listing(NamedTuple):
    """What is known of a list.

    :ivar is_open: whether others may be in it
    """

    items: tuple[Any, ...] = ()
    is_open: bool = False


def listing(*values: Any) -> Listing:
    """The known elements of lists, and single values as elements; null is left out."""
    items: list[Any] = []
    is_open = False
    for value in values:
        if is_unknown(value):
            is_open = True
        elif isinstance(value, list):
            for one in list.__iter__(value):
                is_open = is_open or is_unknown(one)
                if not is_unknown(one) and one is not None:
                    items.append(one)
        elif value is not None:
            items.append(value)
    return Listing(tuple(items), is_open)


def texts(found: Listing) -> tuple[str, ...]:
    """The elements as texts, without empty ones."""
    return tuple("".join(one) if isinstance(one, str) else str(one) for one in found.items if one != "")


def listed(found: Listing, nothing: str = "") -> str:
    """The elements for a person, sorted; a sensitive one does not show.

    :param nothing: what to say where no element is known
    """
    return ", ".join(sorted(str(one) for one in found.items if one != "")) or nothing


class Blocks(NamedTuple):
    """Blocks with their paths.

    :ivar is_open: whether there may be more
    """

    items: tuple[tuple[str, dict[str, Any]], ...] = ()
    is_open: bool = False


def blocks_of(resource: Resource, path: str) -> Blocks:
    """The blocks at a path; those that only the provider would fill in are none."""
    found: list[tuple[str, dict[str, Any]]] = []
    try:
        found.extend(resource.blocks(path))
    except Undetermined:
        return Blocks(tuple(found), bool(found) or not resource.is_left_to_provider(path))
    return Blocks(tuple(found))


def block_of(resource: Resource, path: str) -> dict[str, Any] | None:
    """The first block at a path; None where there is none, and where nobody can say."""
    found = blocks_of(resource, path)
    return found.items[0][1] if found.items else None


def is_written(resource: Resource, name: str) -> bool:
    """Whether the configuration sets an attribute, or writes blocks of that name, itself."""
    block = resource.node.block
    return block is not None and block.sets((name,))


def setting(resource: Resource, block: dict[str, Any], name: str, default: Any = None) -> Any:
    """A value in a block, and the documented default where it is null or left to the provider; else an Unknown."""
    value: Any = block.get(name)
    if is_unknown(value):
        return default if resource.is_unset(path_of(value)) else value
    return default if value is None else value


def truth(value: Any) -> bool | None:
    """Yes, no, or not known. Some attributes write it as a word."""
    if is_unknown(value):
        return None
    if isinstance(value, str):
        return "".join(value).lower() in {"true", "enabled", "yes"}
    return bool(value)


def told(value: Any, default: str = "") -> str | None:
    """A text in lower case; None where it is not known."""
    if is_unknown(value):
        return None
    return default if value is None else "".join(value).lower() if isinstance(value, str) else str(value).lower()


def shown(value: Any, unknown: str = "not known yet") -> str:
    """A value for a person; a sensitive one does not show."""
    return unknown if is_unknown(value) else str(value)


def attribute_at(value: Any) -> str:
    """Where an unknown value stands in its resource."""
    return render_path(path_of(value)) if is_unknown(value) else ""


class Near(NamedTuple):
    """Neighbours of a resource.

    :ivar is_open: whether there may be others
    """

    items: tuple[Resource, ...] = ()
    is_open: bool = False


def near(*found: list[Resource]) -> Near:
    """Neighbours without the raise at their end."""
    items = tuple(dict.fromkeys(one for some in found for one in list.__iter__(some)))
    return Near(items, any(getattr(some, "why", None) is not None for some in found))


def network_span(them: Iterable[str], *, is_open: bool = False) -> Span:
    """The addresses of some networks; one that is none may be any address."""
    low: Ranges = EMPTY
    for text in them:
        try:
            low = union(low, parse_network(text))
        except ValueError:
            is_open = True
    return Span(low, ANYWHERE if is_open else low)


def port_span(them: Iterable[Any], *, is_open: bool = False) -> Span:
    """Ports such as ``22``, ``8000-8100`` or ``*``; one that is none may be any port."""
    pairs: list[tuple[int, int]] = []
    for text in them:
        first, _, last = str(text).strip().partition("-")
        if first in {"*", "any"}:
            return Span(ALL_PORTS, ALL_PORTS)
        try:
            pairs.append((int(first), int(last or first)))
        except ValueError:
            is_open = True
    low = ranges_of(pairs)
    return Span(low, ALL_PORTS if is_open else low)


def protocol_span(value: Any) -> Span:
    """A protocol by name or number; one that is none may be any."""
    if not is_unknown(value):
        try:
            found = protocol_ranges("".join(value) if isinstance(value, str) else value)
        except (TypeError, ValueError):
            return Span(EMPTY, ALL_PROTOCOLS)
        return Span(found, found)
    return Span(EMPTY, ALL_PROTOCOLS)
