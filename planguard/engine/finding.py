"""What evaluation gives: violations with their status, what stayed undetermined, and errors."""

from __future__ import annotations

from typing import Any

import msgspec

from planguard.engine.rule import Rule
from planguard.graph.node import Node

INTRODUCED = "introduced"
INHERITED = "inherited"
FIXED = "fixed"


class Found(msgspec.Struct, frozen=True):
    """A violation of a rule by one object of the plan.

    :ivar status: introduced (only after, or before with other facts), inherited (the same before and after), or
        fixed (only before)
    :ivar facts: what makes it this violation: part of its fingerprint
    :ivar part_of: the wider rule that says the same, empty where there is none
    :ivar mitigation: what takes the edge off it, so that it is a warning at the most; empty where nothing does
    """

    rule: Rule
    node: Node
    status: str
    path: str
    message: str
    facts: Any
    evidence: tuple[str, ...]
    part_of: str = ""
    mitigation: str = ""


class Open(msgspec.Struct, frozen=True):
    """A rule that needs a value which is not known before apply.

    :ivar known_after: the addresses that the value will come from
    :ivar status: inherited where it was open before for the same reason, introduced where this plan makes it so
    """

    rule: Rule
    node: Node
    path: str
    known_after: tuple[str, ...]
    why: str
    status: str = INTRODUCED
    part_of: str = ""


class Failed(msgspec.Struct, frozen=True):
    """A rule that crashed on an object, or came out neither true nor false."""

    rule: Rule
    node: Node
    message: str


class Findings(msgspec.Struct):
    """Everything that the rules say of one plan.

    :ivar unmodelled: resource types of the plan that no rule judges
    :ivar idle: ids of rules that found nothing to judge in the plan
    """

    violations: list[Found] = msgspec.field(default_factory=list)
    undetermined: list[Open] = msgspec.field(default_factory=list)
    errors: list[Failed] = msgspec.field(default_factory=list)
    passes: list[tuple[Rule, Node]] = msgspec.field(default_factory=list)
    evaluations: int = 0
    unmodelled: set[str] = msgspec.field(default_factory=set)
    idle: list[str] = msgspec.field(default_factory=list)
