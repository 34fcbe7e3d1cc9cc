"""Where an expression stands: what its names mean there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from planguard.plan.source.evaluation.value import NoValueError


class Names(Protocol):
    """What the names of a module mean: variables, locals, resources, modules."""

    def resolve(self, root: str, steps: list[Any], scope: Scope) -> tuple[Any, int]:
        """The value that a traversal begins with, and how many of its steps that has used up."""

    def load(self, path: str) -> bytes:
        """The content of a file of the configuration."""


class _Constants:
    """No names at all, and no functions: what is constant without knowing anything."""

    def resolve(self, root: str, steps: list[Any], scope: Scope) -> tuple[Any, int]:
        raise NoValueError("no constant")

    def load(self, path: str) -> bytes:
        raise NoValueError("no constant")


CONSTANTS = _Constants()


class Scope:
    """Where an expression stands.

    :ivar names: what has a name only here: ``each``, ``count``, the names of a ``for``, of a ``dynamic`` block
    :ivar module: what everything else is asked of; None where only constants count
    :ivar symbolic: whether what is not known yet may stay in a text, as a part of it
    """

    __slots__ = ("module", "names", "symbolic")

    def __init__(self, module: Names | None, names: Mapping[str, Any], *, symbolic: bool = False) -> None:
        self.module = module
        self.names = names
        self.symbolic = symbolic

    def within(self, names: Mapping[str, Any]) -> Scope:
        """The same place with further names."""
        return Scope(self.module, {**self.names, **names}, symbolic=self.symbolic)
