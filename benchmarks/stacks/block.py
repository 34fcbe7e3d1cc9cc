"""A block of configuration, the values of its instances, and what is not known or not to be shown of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from stacks.place import Place

Values = dict[str, Any]
Expressions = dict[str, Any]


@dataclass(frozen=True)
class Own:
    """A value that the provider computes: unknown while its resource is created or replaced."""

    value: Any


@dataclass(frozen=True)
class Ref:
    """A value out of another resource: unknown while both are created."""

    value: Any


@dataclass(frozen=True)
class Secret:
    """A sensitive value."""

    value: Any


@dataclass(frozen=True)
class Block:
    """One resource or data block.

    :ivar values: the attributes of one instance, from its place and its ``each.key``
    :ivar keys: the keys of its ``for_each``; none: a single instance
    :ivar old: attributes that an update changes, with what they were before
    :ivar forces: the attribute that a replacement is forced by, with what it was before
    """

    type: str
    name: str
    values: Callable[[Place, str], Values]
    expressions: Expressions = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    for_each: Expressions = field(default_factory=dict)
    old: Values = field(default_factory=dict)
    forces: tuple[str, Any] | None = None
    mode: str = "managed"
    schema_version: int = 0

    @property
    def address(self) -> str:
        """Its address in its module."""
        return f"{'data.' if self.mode == 'data' else ''}{self.type}.{self.name}"


@dataclass(frozen=True)
class Kind:
    """A module: its blocks, its inputs as its caller gives them, its outputs, the modules that it calls."""

    source: str
    blocks: tuple[Block, ...]
    inputs: Callable[[str], Expressions] = lambda _: {}
    outputs: Expressions = field(default_factory=dict)
    sensitive: tuple[str, ...] = ()
    children: tuple[tuple[str, Kind], ...] = ()
    needs_platform: bool = False

    @property
    def size(self) -> int:
        """How many managed instances one instance of the module has."""
        own = sum(max(len(block.keys), 1) for block in self.blocks if block.mode == "managed")
        return own + sum(child.size for _, child in self.children)


def const(value: Any) -> Expressions:
    """A constant in an expression."""
    return {"constant_value": value}


def uses(*names: str) -> Expressions:
    """An expression that refers to something: each traversal followed by its shorter forms, as Terraform does."""
    found: list[str] = []
    for name in names:
        found.append(name)
        steps = name.split(".")
        whole = {"var": 2, "each": 2, "module": 2, "data": 3}.get(steps[0], 2)
        found.extend(".".join(steps[:length]) for length in range(len(steps) - 1, whole - 1, -1))
    return {"references": found}


def document(*statements: Values) -> str:
    """An IAM policy as ``jsonencode`` writes it."""
    return encode({"Statement": list(statements), "Version": "2012-10-17"}).decode()


def assumed_by(service: str) -> str:
    """A trust policy for a service."""
    return document({"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": service}})


_encode = msgspec.json.Encoder(order="deterministic").encode


def encode(value: Any) -> bytes:
    """Compact JSON with sorted keys."""
    return _encode(value)


def is_none(value: Any) -> bool:
    """What is unknown where everything is known: nothing."""
    return value is is_none


def known(value: Any, is_open: Callable[[Any], bool] = is_none) -> Any:
    """A value as it stands in the plan: unknown attributes left out, unknown list elements null."""
    if type(value) is dict:
        return {name: known(below, is_open) for name, below in value.items() if not is_open(below)}
    if type(value) is list:
        return [None if is_open(below) else known(below, is_open) for below in value]
    if isinstance(value, (Own, Ref, Secret)):
        return known(value.value, is_open)
    return value


def mask(value: Any, is_marked: Callable[[Any], bool]) -> Any:
    """``true`` where a value is marked, in the shape in which Terraform writes it."""
    if is_marked(value):
        return True
    if isinstance(value, (Own, Ref, Secret)):
        return mask(value.value, is_marked)
    if type(value) is dict:
        found = {name: mask(below, is_marked) for name, below in value.items()}
        return {name: below for name, below in found.items() if below is not False}
    if type(value) is list:
        return [mask(below, is_marked) for below in value]
    return False


def is_secret(value: Any) -> bool:
    """Whether a value is marked as sensitive."""
    while isinstance(value, (Own, Ref)):
        value = value.value
    return isinstance(value, Secret)


def is_own(value: Any) -> bool:
    """Whether a value is unknown in a replacement."""
    return isinstance(value, Own)


def is_new(value: Any) -> bool:
    """Whether a value is unknown in a creation."""
    return isinstance(value, (Own, Ref))


def has(value: Any, is_marked: Callable[[Any], bool]) -> bool:
    """Whether a marked value stands anywhere."""
    if is_marked(value):
        return True
    if isinstance(value, (Own, Ref, Secret)):
        return has(value.value, is_marked)
    if type(value) is dict:
        return any(has(below, is_marked) for below in value.values())
    return type(value) is list and any(has(below, is_marked) for below in value)
