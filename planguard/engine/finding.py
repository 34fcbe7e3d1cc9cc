"""What evaluation gives: violations with their status, what stayed undetermined, and errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from planguard.engine.rule import Rule
from planguard.graph.node import Node

INTRODUCED = "introduced"
INHERITED = "inherited"
FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Found:
    """A violation of a rule by one object of the plan.

    :ivar status: introduced (only after, or before with other facts), inherited (the same before and after), or
        fixed (only before)
    :ivar facts: what makes it this violation: part of its fingerprint
    """

    rule: Rule
    node: Node
    status: str
    path: str
    message: str
    facts: Any
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """A rule that needs a value which is not known before apply.

    :ivar known_after: the addresses that the value will come from
    """

    rule: Rule
    node: Node
    path: str
    known_after: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A rule that crashed on an object, or came out neither true nor false."""

    rule: Rule
    node: Node
    message: str


@dataclass(slots=True)
class Findings:
    """Everything that the rules say of one plan."""

    violations: list[Found] = field(default_factory=list)
    undetermined: list[Open] = field(default_factory=list)
    errors: list[Failed] = field(default_factory=list)
    passes: list[tuple[Rule, Node]] = field(default_factory=list)
    evaluations: int = 0
    unmodelled: set[str] = field(default_factory=set)
