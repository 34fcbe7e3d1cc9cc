"""What a resource type has, as far as a table of attributes tells: what a plan holds where nobody wrote anything.

The table is asked through :class:`AttributeTable`, so that any will do. ``type`` (Terraform's JSON for a type) and
``write_only`` are taken where an attribute has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from planguard.plan.source.evaluation.constraint import ANY, Type, convert
from planguard.plan.source.evaluation.value import UNKNOWN, Marked, NoValueError, OpenObject, marked, unmarked, whole


class TableAttribute(Protocol):
    """One attribute or nested block of a table."""

    @property
    def computed(self) -> bool: ...
    @property
    def sensitive(self) -> bool: ...
    @property
    def default(self) -> Any: ...
    @property
    def is_block(self) -> bool: ...
    @property
    def nesting(self) -> str: ...
    @property
    def inner(self) -> Mapping[str, Any]: ...


class TableSchema(Protocol):
    """One resource type of a table."""

    @property
    def attributes(self) -> Mapping[str, Any]: ...


class AttributeTable(Protocol):
    """A table: from ``aws_instance`` or ``data.aws_ami`` to what it has, None for a type that it does not hold."""

    def __call__(self, kind: str, /) -> TableSchema | None: ...


@dataclass(frozen=True, slots=True)
class Slot:
    """One attribute or block, ready to be filled.

    :ivar nesting: of a block ``list``, ``set``, ``single`` or ``map``; empty for an attribute
    :ivar optional_block: an attribute that may be written as blocks (a list or set of objects)
    :ivar older: only earlier versions have it, so that it is there only where somebody writes it
    """

    type: Type
    computed: bool
    sensitive: bool
    default: Any
    write_only: bool
    nesting: str
    inner: Mapping[str, Slot]
    optional_block: bool
    older: bool

    def absent(self) -> Any:
        """What a plan holds where nobody sets it."""
        if self.computed:
            return UNKNOWN
        if self.nesting in ("list", "set"):
            return []
        if self.nesting == "map":
            return {}
        return self.default

    def fitted(self, value: Any) -> Any:
        """A value that somebody wrote, as the provider holds it."""
        if unmarked(value) is None:
            return marked(self.absent()) if type(value) is Marked else self.absent()
        if self.write_only:
            return None
        try:
            value = convert(value, self.type)
        except NoValueError:
            value = value if self.type == ANY else UNKNOWN
        if isinstance(self.type, list) and self.type[0] == "set" and _is_object(self.type[1]):
            value = _zeroed(value, self.type[1])
        if self.inner and not self.nesting:
            value = _filled(value, self.inner)
        return marked(value) if self.sensitive else value


Slots = Mapping[str, Slot]


def slots_in(table: AttributeTable | None, kind: str) -> Slots | None:
    """The slots of a resource type, None where nobody knows."""
    shared: Any = table
    return _slots_in(shared, kind)


@lru_cache(maxsize=2048)
def _slots_in(table: Any, kind: str) -> Slots | None:
    schema = table(kind) if table is not None else None
    return slots_of(schema.attributes) if schema is not None else BUILT_IN.get(kind)


def slots_of(attributes: Mapping[str, TableAttribute], *, in_set: bool = False) -> dict[str, Slot]:
    """The slots of a type, or of a block in it."""
    return {name: _slot(attribute, in_set) for name, attribute in attributes.items()}


def _slot(attribute: TableAttribute, in_set: bool) -> Slot:
    nesting = attribute.nesting if attribute.is_block else ""
    default = attribute.default
    if type(default).__name__ == "UnsetType":
        default = None
    if isinstance(default, float):
        default = whole(default)
    type_ = getattr(attribute, "type", None) or _type_like(default)
    if isinstance(type_, str) and type_ != ANY and default is not None and _type_like(default) != type_:
        default = None
    if default is None and in_set and not nesting:
        default = _ZERO.get(type_) if isinstance(type_, str) else None
    objects = bool(attribute.inner) and not nesting and not getattr(attribute, "open", False)
    return Slot(
        type_,
        attribute.computed,
        attribute.sensitive,
        default,
        bool(getattr(attribute, "write_only", False)),
        nesting,
        slots_of(attribute.inner, in_set=nesting == "set"),
        objects or (isinstance(type_, list) and type_[0] in ("list", "set") and _is_object(type_[1])),
        bool(getattr(attribute, "older", False)),
    )


_ZERO = {"string": "", "number": 0, "bool": False}


def _type_like(default: Any) -> Type:
    if isinstance(default, bool):
        return "bool"
    if isinstance(default, int | float):
        return "number"
    return "string" if isinstance(default, str) else ANY


def _is_object(type_: Type) -> bool:
    return isinstance(type_, list) and type_[0] == "object"


def _zeroed(value: Any, type_: Type) -> Any:
    """A set of objects with the zero values that the plugin SDK puts in place of nulls."""
    if not isinstance(value, list | tuple):
        return value
    return [
        OpenObject((name, _zero(kind) if one.get(name) is None else one[name]) for name, kind in type_[1].items())
        if isinstance(one, dict)
        else one
        for one in value
    ]


def _zero(type_: Type) -> Any:
    return _ZERO.get(type_) if isinstance(type_, str) else []


def _filled(value: Any, inner: Slots) -> Any:
    """An object, or a list of some, with what its author left out."""
    if isinstance(value, dict):
        found = OpenObject(value)
        for name, slot in inner.items():
            if name not in value:
                if not slot.older:
                    found[name] = None if slot.default is None else slot.default
            else:
                found[name] = slot.fitted(value[name]) if value[name] is not None else slot.default
        return found
    if isinstance(value, list | tuple):
        return type(value)(_filled(one, inner) for one in value)
    return value


def _built_in(type_: Type = ANY, *, computed: bool = False) -> Slot:
    return Slot(type_, computed, False, None, False, "", {}, False, False)


BUILT_IN: Mapping[str, Slots] = {
    "terraform_data": {
        "id": _built_in("string", computed=True),
        "input": _built_in(),
        "output": _built_in(computed=True),
        "triggers_replace": _built_in(),
    }
}
"""Types that Terraform has itself, which no provider's table holds."""
