"""Values that nobody knows yet, and that have a name: what recovery puts where a plan says *known after apply*.

A :class:`Symbolic` is a text of which some parts are not known. It is no ``str``, so that nothing can look into it by
mistake: whatever is not made for it sees a value of a foreign type. Only recovery brings these values in; a plan that
is made of source alone has ``UNKNOWN`` in their place.

Source: Terraform, "Types and Values" (unknown values); the attribute types are those of the table of resource types.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import msgspec

from planguard.schema.table import resource_schema

_THERE = frozenset(
    {
        "arn",
        "bucket",
        "dns_name",
        "email",
        "endpoint",
        "hex",
        "id",
        "json",
        "member",
        "name",
        "result",
        "self_link",
        "unique_id",
        "url",
    }
)
"""Attributes that are neither null nor empty once their resource exists."""


class Symbol(msgspec.Struct, frozen=True):
    """One value that is not known yet.

    :ivar name: the address of the instance and the attribute: ``module.a.aws_s3_bucket.b[0].arn``
    :ivar kind: the type that has the attribute: ``aws_s3_bucket``, ``data.aws_ami``; empty where there is none
    :ivar names: the attribute's names without indexes
    :ivar is_sure: whether there is such a value; nobody can say of an element of a list that is not known yet
    """

    name: str
    kind: str = ""
    names: tuple[str, ...] = ()
    is_sure: bool = True

    def below(self, step: str | int, *, is_sure: bool = True) -> Symbol:
        """What stands in it under a name, or at an index."""
        names = (*self.names, step) if isinstance(step, str) else self.names
        return Symbol(f"{self.name}{_rendered(step)}", self.kind, names, self.is_sure and is_sure)

    @property
    def is_text(self) -> bool:
        """Whether it is certain to be a string."""
        attribute = self._attribute
        if attribute is not None:
            return attribute.base == "string" and not attribute.collection and not attribute.nesting
        return bool(self.names) and (self.names[-1] in _THERE or self.names[-1].endswith("_arn"))

    @property
    def is_list(self) -> bool:
        """Whether it is certain to be a list, whose order is that of the source."""
        attribute = self._attribute
        return attribute is not None and "list" in (attribute.nesting, attribute.collection)

    @property
    def is_there(self) -> bool:
        """Whether it is certain to be neither null nor empty."""
        if not self.names or not self.is_sure:
            return False
        attribute = self._attribute
        if attribute is not None and attribute.required:
            return True
        last = self.names[-1]
        return last in _THERE or (last.endswith(("_arn", "_id")) and not (attribute and attribute.optional))

    @property
    def _attribute(self) -> Any:
        schema = resource_schema(self.kind) if self.kind else None
        return schema.at(self.names) if schema is not None and self.names else None


def _rendered(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if step.replace("_", "a").replace("-", "a").isalnum():
        return f".{step}"
    escaped = step.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'


class Document:
    """What ``jsonencode`` was given, where some of it is not known.

    :ivar tree: dicts, lists and leaves, without marks; texts may be symbolic, anything may be unknown
    """

    __slots__ = ("tree",)

    def __init__(self, tree: Any) -> None:
        self.tree = tree


class _Hole:
    """The type of :data:`HOLE`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "HOLE"


HOLE: Final = _Hole()
"""A part of a text of which nobody knows anything, not even a name."""

Part: TypeAlias = str | Symbol | Document | _Hole


class Symbolic:
    """A value with a name, or a text that is made of texts and such values.

    :ivar parts: from left to right; two texts are never neighbours
    :ivar is_text: whether it is certain to be a string
    """

    __slots__ = ("is_text", "parts")

    def __init__(self, parts: tuple[Part, ...], *, is_text: bool = False) -> None:
        self.parts = parts
        self.is_text = is_text or len(parts) > 1 or not isinstance(parts[0], Symbol) or parts[0].is_text

    def __repr__(self) -> str:
        return f"Symbolic({self.parts!r})"

    @property
    def sole(self) -> Symbol | None:
        """The symbol that it consists of; None where there is more to it."""
        first = self.parts[0]
        return first if len(self.parts) == 1 and isinstance(first, Symbol) else None

    @property
    def is_there(self) -> bool:
        """Whether it is certain to be neither null nor empty."""
        return any(
            not isinstance(one, Symbol | _Hole) or (isinstance(one, Symbol) and one.is_there) for one in self.parts
        )

    @property
    def is_sure(self) -> bool:
        """Whether the expression that it comes from certainly has a value, be it known or not."""
        return not self.has_hole and all(
            one.is_sure if isinstance(one, Symbol) else not isinstance(one, Document) or is_sure(one.tree)
            for one in self.parts
        )

    @property
    def has_hole(self) -> bool:
        """Whether a part of it has no name."""
        return HOLE in self.parts

    def as_text(self) -> Symbolic:
        """The same where it can be nothing but a string."""
        return self if self.is_text else Symbolic(self.parts, is_text=True)

    def is_same(self, other: Symbolic) -> bool:
        """Whether it is certain to equal another one."""
        return self.parts == other.parts and not self.has_hole


def named(symbol: Symbol) -> Symbolic:
    """The value that a symbol stands for."""
    return Symbolic((symbol,))


class OpenList(list[Any]):
    """A list of which some elements stand for any number of them: those that are ``UNKNOWN``."""

    __slots__ = ()


def is_sure(value: Any) -> bool:
    """Whether all that is symbolic in a value is certain to be there."""
    if isinstance(value, Symbolic):
        return value.is_sure
    if isinstance(value, dict):
        return all(map(is_sure, value)) and all(map(is_sure, value.values()))
    return not isinstance(value, list | tuple) or all(map(is_sure, value))
