"""An attribute or a block of a resource type, and a type with all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET


class Attribute(msgspec.Struct, frozen=True):
    """One attribute, or one kind of nested block.

    :ivar computed: the provider may give it a value
    :ivar default: what a plan holds where nobody sets it; UNSET where the provider has no default of its own
    :ivar older: earlier versions of the provider had it, the newest has not
    :ivar nesting: of a block ``list``, ``set``, ``single`` or ``map``; empty for an attribute
    :ivar inner: what stands in a block, or in an object
    :ivar base: of an attribute what it is, or its elements are: ``string``, ``number``, ``bool``, ``object`` (see
        ``inner``) or ``dynamic``
    :ivar collection: of an attribute ``list``, ``set`` or ``map``; empty for a single value
    :ivar write_only: it goes to the provider and is kept in no plan
    """

    computed: bool = False
    optional: bool = False
    required: bool = False
    sensitive: bool = False
    default: Any = UNSET
    older: bool = False
    nesting: str = ""
    inner: dict[str, Attribute] = {}
    base: str = ""
    collection: str = ""
    write_only: bool = False

    @property
    def type(self) -> Any:
        """The type of an attribute as Terraform writes it in JSON: ``"string"``, ``["set", "string"]``, …"""
        base: Any = self.base or "dynamic"
        if self.base == "object":
            base = ["object", {name: one.type for name, one in self.inner.items()}]
        return [self.collection, base] if self.collection else base

    @property
    def open(self) -> bool:
        """Whether its keys are the author's: it is a map, or may be anything."""
        return self.collection == "map" or self.base == "dynamic"

    @property
    def is_block(self) -> bool:
        """Whether it is written as a block, and not with an equals sign."""
        return bool(self.nesting)


class ResourceSchema(msgspec.Struct, frozen=True):
    """One resource type (``aws_instance``) or data source (``data.aws_ami``)."""

    kind: str
    attributes: dict[str, Attribute]

    def at(self, names: tuple[str, ...]) -> Attribute | None:
        """The attribute at a path of names without indexes; None where no version has it.

        What lies in a map is whatever its author wrote, and is there.
        """
        found: Attribute | None = None
        inner = self.attributes
        for name in names:
            if found is not None and found.open:
                return found
            found = inner.get(name)
            if found is None:
                return None
            inner = found.inner
        return found

    def paths(self) -> Iterator[tuple[str, ...]]:
        """Every path, parents first."""
        pending: list[tuple[tuple[str, ...], Attribute]] = [((name,), one) for name, one in self.attributes.items()]
        while pending:
            path, one = pending.pop(0)
            yield path
            pending += [((*path, name), below) for name, below in one.inner.items()]
