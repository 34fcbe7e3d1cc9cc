"""One resource instance: what happens to it, and how it stands in each section of the plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stacks.block import Block, Values, encode, has, is_new, is_none, is_own, is_secret, known, mask
from stacks.place import KEYS, Place, fingerprint

_TURNS = ("stay", "create", "stay", "stay", "delete", "stay", "create", "stay", "stay", "stay")
"""What happens to the instances of groups, in turn."""


@dataclass(frozen=True)
class Instance:
    """One resource instance, with what happens to it."""

    block: Block
    place: Place
    module: str
    key: str
    fate: str

    @property
    def address(self) -> str:
        """Its address."""
        step = f'["{quoted(self.key)}"]' if self.key else ""
        return ".".join(part for part in (self.module, self.block.address + step) if part)


def quoted(key: str) -> str:
    """A key as it stands between quotes in an address."""
    return key.replace("\\", "\\\\").replace('"', '\\"')


def fate_of(block: Block, module: str, key: str) -> str:
    """What happens to an instance of a module that stays: of a hundred, some forty change."""
    if block.mode == "data":
        return "stay"
    draw = int(fingerprint(f"{module}/{block.address}/{key}", 8), 16) % 100
    if draw < 3 and key:
        return "delete"
    if draw < 10 and block.forces:
        return "replace"
    if draw < 36 and block.old:
        return "update"
    return {90: "move", 91: "move", 92: "import"}.get(draw, "stay")


def turn_of(place: Place) -> str:
    """What happens to a whole module instance; ``stay``: to each of its resources something else."""
    return _TURNS[(place.group * len(KEYS) + KEYS.index(place.key)) % len(_TURNS)]


def _head(instance: Instance, previous: str = "", module: bool = True) -> Values:
    head: Values = {"address": instance.address}
    if previous:
        head["previous_address"] = previous
    if module and instance.module:
        head["module_address"] = instance.module
    block = instance.block
    head |= {"mode": block.mode, "type": block.type, "name": block.name}
    if instance.key:
        head["index"] = instance.key
    head["provider_name"] = "registry.terraform.io/hashicorp/" + block.type.split("_", 1)[0]
    return head


def _changed(values: Values, changes: Values) -> Values:
    return {**values, **{name: value for name, value in changes.items() if name in values}}


class Rendering:
    """One instance as it stands in each section of the plan; None where it does not."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        block, fate = instance.block, instance.fate
        values = block.values(instance.place, instance.key)
        self.is_open = {"create": is_new, "replace": is_own}.get(fate, is_none)
        self.after: Values | None = None if fate == "delete" else values
        self.before: Values | None = None if fate == "create" else values
        if fate == "update":
            self.before = _changed(values, block.old)
        elif fate == "replace" and block.forces:
            self.before = _changed(values, dict([block.forces]))

    @property
    def is_read(self) -> bool:
        """Whether it is a data source that can be read only while applying."""
        return self.instance.block.mode == "data" and self.instance.fate == "create" and self._opens

    @property
    def _opens(self) -> bool:
        return self.after is not None and has(self.after, self.is_open)

    def change(self) -> bytes | None:
        """Its entry in ``resource_changes``."""
        instance = self.instance
        if instance.block.mode == "data" and not self.is_read:
            return None
        moved = instance.fate == "move"
        name = f".{instance.block.name}"
        entry = _head(instance, instance.address.replace(name, ".former", 1) if moved else "")
        entry["change"] = ordered(self._detail())
        reason = {
            "delete": "delete_because_each_key" if _is_single(instance) else "delete_because_no_module",
            "replace": "replace_because_cannot_update",
        }.get(instance.fate)
        if self.is_read:
            reason = "read_because_config_unknown"
        if reason:
            entry["action_reason"] = reason
        return ordered(entry)

    def _detail(self) -> Values:
        fate = self.instance.fate
        actions = {"create": ["create"], "delete": ["delete"], "replace": ["delete", "create"], "update": ["update"]}
        after = None if self.after is None else known(self.after, self.is_open)
        detail: Values = {
            "actions": ["read"] if self.is_read else actions.get(fate, ["no-op"]),
            "before": None if self.before is None else known(self.before),
            "after": after,
            "after_unknown": mask(self.after, self.is_open) if self._opens else {},
            "before_sensitive": False if self.before is None else mask(self.before, is_secret),
            "after_sensitive": False if self.after is None else mask(self.after, is_secret),
        }
        forces = self.instance.block.forces
        if fate == "replace" and forces:
            detail["replace_paths"] = [[forces[0]]]
        if fate == "import":
            detail["importing"] = {"id": known(self.after)["id"] if self.after else ""}
        return detail

    def planned(self) -> bytes | None:
        """Its entry in ``planned_values``."""
        if self.after is None or (self.instance.block.mode == "data" and not self.is_read):
            return None
        return self._state(self.after, self.is_open)

    def prior(self) -> bytes | None:
        """Its entry in ``prior_state``."""
        if self.before is not None:
            return self._state(self.before)
        if self.instance.block.mode == "data" and not self.is_read and self.after is not None:
            return self._state(self.after)
        return None

    def _state(self, values: Values, is_open: Callable[[Any], bool] = is_none) -> bytes:
        entry = _head(self.instance, module=False)
        entry["schema_version"] = self.instance.block.schema_version
        entry["values"] = known(values, is_open)
        entry["sensitive_values"] = mask(values, is_secret)
        return ordered(entry)


def _is_single(instance: Instance) -> bool:
    return turn_of(instance.place) == "stay" or not instance.module


_ESCAPES = ((b"&", b"\\u0026"), (b"<", b"\\u003c"), (b">", b"\\u003e"))


def ordered(entry: Values) -> bytes:
    """An object whose own keys keep their order, while all below them are sorted: as Go writes structs and maps."""
    parts = [
        encode(name) + b":" + (value if type(value) is bytes else encode(value)) for name, value in entry.items()
    ]
    text = b"{" + b",".join(parts) + b"}"
    for plain, escaped in _ESCAPES:
        if plain in text:
            text = text.replace(plain, escaped)
    return text
