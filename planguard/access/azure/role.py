"""What the role of an assignment holds: a definition that the plan shows, or a built-in one.

Source: Microsoft, "Understand Azure role definitions": what is granted is ``Actions`` without ``NotActions`` and
``DataActions`` without ``NotDataActions``, for each set of permissions; nothing of that denies what another role
grants.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from planguard.access.azure.builtin import DATA, apart, built_in
from planguard.access.part import NOTHING, UNDECIDED, Part, at_least, exactly
from planguard.access.reading import Texts, blocks_of, is_untold, literal, referred, text_of, texts_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

DEFINITION = "azurerm_role_definition"


class Role(Struct, frozen=True):
    """A role as it is assigned.

    :ivar parts: what it holds, as sets of actions
    :ivar why: why not all of it is known; empty where it is
    :ivar definition: the resource that defines it; None where the plan has none
    """

    parts: tuple[Part, ...]
    why: str = ""
    definition: Resource | None = None


class Roles:
    """The role definitions of a snapshot, those that it only reads included."""

    __slots__ = ("_by_id", "_by_name", "_nameless")

    def __init__(self, snapshot: Snapshot) -> None:
        self._by_name: dict[str, Resource] = {}
        self._by_id: dict[str, Resource] = {}
        self._nameless: set[str] = set()
        for one in snapshot.all(f"data.{DEFINITION}", DEFINITION):
            name, own = one.get("name"), one.get("role_definition_id")
            if not is_untold(name) and text_of(name):
                self._by_name[text_of(name).lower()] = one
            if not is_untold(own) and text_of(own):
                self._by_id[_last(text_of(own))] = one
            if is_untold(name):
                self._nameless.add(one.address)

    def assigned(self, assignment: Resource) -> Role:
        """The role that an assignment names, by its name or by its id."""
        name, own = assignment.get("role_definition_name"), assignment.get("role_definition_id")
        if not is_untold(name) and text_of(name):
            return self._known(text_of(name).lower(), self._by_name)
        found = self._referred(assignment)
        if found is not None:
            return self._defined(found)
        if not is_untold(own) and text_of(own):
            # The id of no definition that is known here: the configuration may still say which one is meant.
            meant = referred(assignment, "role_definition_id", DEFINITION, f"data.{DEFINITION}")
            if meant is not None and _last(text_of(own)) not in self._by_id and not built_in(_last(text_of(own))):
                return self._defined(meant)
            return self._known(_last(text_of(own)), self._by_id)
        return Role((UNDECIDED,), "the role is not known yet")

    def _known(self, name: str, definitions: dict[str, Resource]) -> Role:
        definition = definitions.get(name)
        if definition is not None:
            return self._defined(definition)
        parts = built_in(name)
        if parts is not None:
            return Role(tuple(parts))
        if self._nameless and definitions is self._by_name:
            return Role((UNDECIDED,), f"a role definition of the plan may be {name}")
        return Role((exactly((f"role:{literal(name)}",)),), f"the plan does not show what the role {name} holds")

    @staticmethod
    def _referred(assignment: Resource) -> Resource | None:
        for attribute in ("role_definition_name", "role_definition_id"):
            if is_untold(assignment.get(attribute)):
                found = referred(assignment, attribute, DEFINITION, f"data.{DEFINITION}")
                if found is not None:
                    return found
        return None

    @staticmethod
    def _defined(definition: Resource) -> Role:
        blocks, is_open = blocks_of(definition.values.get("permissions"))
        parts = [part for _, block in blocks for part in _permitted(block)]
        if definition.is_data and not blocks:
            name = definition.get("name")
            known = built_in(text_of(name)) if not is_untold(name) else None
            if known is not None:
                return Role(tuple(known), "", definition)
            is_open = True
        why = "" if not is_open and all(one.is_exact for one in parts) else (
            f"a permission of {definition.address} is not known yet"
        )  # fmt: skip
        return Role((*parts, UNDECIDED) if is_open else tuple(parts), why, definition)


def _permitted(block: dict[str, Any]) -> list[Part]:
    control = _without(texts_of(block.get("actions")), texts_of(block.get("not_actions")), "")
    data = _without(texts_of(block.get("data_actions")), texts_of(block.get("not_data_actions")), DATA)
    return [one for one in (control, data) if one.upper.include]


def _without(granted: Texts, taken: Texts, mark: str) -> Part:
    include = [mark + one.lower() for one in granted.known]
    never = apart(include, [mark + one.lower() for one in taken.known])
    part = exactly(include, never)
    if granted.is_open:
        widest = [f"{mark}*"]
        part = at_least(include, widest, apart(widest, never) if not mark else never)
    if taken.is_open and include:
        # What is taken away may be all of it.
        return Part(NOTHING, part.upper)
    return part


def _last(own: str) -> str:
    return own.split("|", 1)[0].rsplit("/", 1)[-1].lower()
