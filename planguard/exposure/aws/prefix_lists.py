"""The addresses in prefix lists.

Source: "Consolidate and manage network CIDR blocks with managed prefix lists" and "AWS-managed prefix lists" in the
VPC user guide; the provider's ``aws_ec2_managed_prefix_list`` and ``aws_ec2_managed_prefix_list_entry``.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

from planguard.exposure.meant import meant
from planguard.exposure.model import Missing
from planguard.exposure.passage import Span
from planguard.exposure.ranges import ANYWHERE, EMPTY, union
from planguard.exposure.reading import Listing, blocks_of, listing, network_span, texts
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

_LISTS = ("aws_ec2_managed_prefix_list", "data.aws_ec2_managed_prefix_list", "data.aws_prefix_list")
_ENTRY = "aws_ec2_managed_prefix_list_entry"
_CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"


class Listed(NamedTuple):
    """What some prefix lists hold."""

    span: Span = Span(EMPTY, EMPTY)
    assumptions: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()


class PrefixLists:
    """The prefix lists of one snapshot."""

    __slots__ = ("__dict__", "_snapshot")

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @cached_property
    def _entries(self) -> dict[str, list[Any]]:
        """The ranges of entries that are resources of their own, by the address of their list."""
        found: dict[str, list[Any]] = {}
        for entry in self._snapshot.all(_ENTRY):
            for one in meant(entry, "prefix_list_id", _LISTS[:1], single=True).all:
                found.setdefault(one.address, []).append(entry.get("cidr"))
        return found

    def listed(self, resource: Resource, path: str, value: Any) -> Listed:
        """What the lists hold that an attribute of a rule names.

        :param value: the value of that attribute
        """
        asked = meant(resource, path, _LISTS, value=value)
        found = Listed()
        for one in asked.certain:
            found = _both(found, self._of(one))
        if asked.possible or asked.outside or asked.is_open:
            gap = Missing("prefix-list-outside-plan", resource.address, path)
            found = _both(found, Listed(Span(EMPTY, ANYWHERE), (), (gap,)))
        return found

    def _of(self, one: Resource) -> Listed:
        if one.is_data:
            name = one.get("name")
            if not is_unknown(name) and name == _CLOUDFRONT:
                return Listed(assumptions=("cloudfront-addresses",))
        ranges = self._ranges(one)
        span = network_span(texts(ranges), is_open=ranges.is_open)
        gap = Missing("prefix-list-outside-plan", one.address)
        return Listed(span, (), (gap,) if ranges.is_open else ())

    def _ranges(self, one: Resource) -> Listing:
        if one.type == "aws_prefix_list":
            return listing(one.get("cidr_blocks"))
        name = "entries" if one.is_data else "entry"
        blocks = blocks_of(one, name)
        found = listing(*(block.get("cidr") for _, block in blocks.items), *self._entries.get(one.address, ()))
        return Listing(found.items, found.is_open or blocks.is_open)


def _both(one: Listed, other: Listed) -> Listed:
    span = Span(union(one.span.low, other.span.low), union(one.span.high, other.span.high))
    return Listed(span, (*one.assumptions, *other.assumptions), (*one.missing, *other.missing))
