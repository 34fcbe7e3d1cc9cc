"""Write a made-up plan that looks real: ``generate.py 10000 plan.json``.

The same number gives the same bytes. About half of the resources change; of the bytes, ``resource_changes`` has about
48 %, ``planned_values`` 26 %, ``prior_state`` 23 % and ``configuration`` 5 %, at some 3.1 KB a resource. Sections
are written to files of their own and put together at the end, so that memory does not grow with the plan.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from stacks.azure import LANDING
from stacks.block import (
    Block,
    Kind,
    Ref,
    Secret,
    Values,
    const,
    encode,
    has,
    is_new,
    is_none,
    is_own,
    is_secret,
    known,
    mask,
    uses,
)
from stacks.cluster import CLUSTER
from stacks.database import DATABASE
from stacks.google import LAKE
from stacks.kubernetes import WORKLOAD
from stacks.place import KEYS, Place, fingerprint
from stacks.platform import PLATFORM, logs
from stacks.web import WEB

GROUP: tuple[tuple[str, Kind], ...] = (
    ("platform", PLATFORM),
    ("web", WEB),
    ("database", DATABASE),
    ("lake", LAKE),
    ("cluster", CLUSTER),
    ("landing", LANDING),
    ("workload", WORKLOAD),
)
"""The modules of one group, in the order in which they are put into a plan."""

_TURNS = ("stay", "create", "stay", "stay", "delete", "stay", "create", "stay", "stay", "stay")
"""What happens to the instances of groups, in turn."""

_PROVIDERS = ("aws", "azurerm", "google", "kubernetes")
_AUDIT = Block(
    "aws_cloudwatch_log_group",
    "audit",
    logs,
    {"name": uses("each.key"), "retention_in_days": const(90)},
    for_each=uses("var.trails"),
    old={"retention_in_days": 14},
)


@dataclass(frozen=True)
class Call:
    """A call of a module from the root."""

    name: str
    kind: Kind
    group: int


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
        step = f'["{_quoted(self.key)}"]' if self.key else ""
        return ".".join(part for part in (self.module, self.block.address + step) if part)


def _quoted(key: str) -> str:
    return key.replace("\\", "\\\\").replace('"', '\\"')


# --- what the plan has ---------------------------------------------------------------------------------------------


def calls_for(number: int) -> tuple[list[Call], int]:
    """The module calls of a plan of so many resources, and how many are left for the root module."""
    calls: list[Call] = []
    left, group = number, 0
    while True:
        taken: set[str] = set()
        for name, kind in GROUP:
            size = kind.size * len(KEYS)
            if size <= left and (not kind.needs_platform or "platform" in taken):
                taken.add(name)
                calls.append(Call(f"{name}_{group:04d}", kind, group))
                left -= size
        if len(taken) < len(GROUP):
            return calls, left
        group += 1


def module_instances(call: Call) -> Iterator[tuple[str, Place, Kind]]:
    """The address of each module instance of a call, those of the modules below it included."""
    for key in KEYS:
        place = Place(call.group, key)
        address = f'module.{call.name}["{_quoted(key)}"]'
        yield address, place, call.kind
        for name, child in call.kind.children:
            yield f"{address}.module.{name}", place, child


def instances_of(module: str, place: Place, kind: Kind) -> Iterator[Instance]:
    """The resource instances of one module instance."""
    turn = _TURNS[(place.group * len(KEYS) + KEYS.index(place.key)) % len(_TURNS)]
    for block in kind.blocks:
        for key in block.keys or ("",):
            yield Instance(block, place, module, key, turn if turn != "stay" else _fate(block, module, key))


def root_instances(number: int) -> Iterator[Instance]:
    """Log groups in the root module, as many as are missing."""
    for index in range(number):
        key = f"trail.{index}"
        yield Instance(_AUDIT, Place(index, KEYS[0]), "", key, _fate(_AUDIT, "", key))


def _fate(block: Block, module: str, key: str) -> str:
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


# --- one resource --------------------------------------------------------------------------------------------------


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
        entry["change"] = _ordered(self._detail())
        reason = {
            "delete": "delete_because_each_key" if _is_single(instance) else "delete_because_no_module",
            "replace": "replace_because_cannot_update",
        }.get(instance.fate)
        if self.is_read:
            reason = "read_because_config_unknown"
        if reason:
            entry["action_reason"] = reason
        return _ordered(entry)

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
        return _ordered(entry)


def _is_single(instance: Instance) -> bool:
    turn = _TURNS[(instance.place.group * len(KEYS) + KEYS.index(instance.place.key)) % len(_TURNS)]
    return turn == "stay" or not instance.module


_ESCAPES = ((b"&", b"\\u0026"), (b"<", b"\\u003c"), (b">", b"\\u003e"))


def _ordered(entry: Values) -> bytes:
    """An object whose own keys keep their order, while all below them are sorted: as Go writes structs and maps."""
    parts = [
        encode(name) + b":" + (value if type(value) is bytes else encode(value)) for name, value in entry.items()
    ]
    text = b"{" + b",".join(parts) + b"}"
    for plain, escaped in _ESCAPES:
        if plain in text:
            text = text.replace(plain, escaped)
    return text


# --- configuration -------------------------------------------------------------------------------------------------


def _block_config(block: Block) -> bytes:
    entry: Values = {
        "address": block.address,
        "mode": block.mode,
        "type": block.type,
        "name": block.name,
        "provider_config_key": block.type.split("_", 1)[0],
    }
    if block.expressions:
        entry["expressions"] = block.expressions
    entry["schema_version"] = block.schema_version
    if block.for_each:
        entry["for_each_expression"] = block.for_each
    return _ordered(entry)


def _module_config(kind: Kind, platform: str) -> bytes:
    inputs = kind.inputs(platform)
    entry: Values = {"outputs": kind.outputs} if kind.outputs else {}
    entry["resources"] = b"[" + b",".join(map(_block_config, kind.blocks)) + b"]"
    if kind.children:
        entry["module_calls"] = _ordered({name: _call_config(child, "", {}) for name, child in kind.children})
    entry["variables"] = {name: {"sensitive": True} if name in kind.sensitive else {} for name in inputs}
    return _ordered(entry)


def _call_config(kind: Kind, platform: str, for_each: Values) -> bytes:
    entry: Values = {"source": kind.source, "expressions": kind.inputs(platform)}
    if for_each:
        entry["for_each_expression"] = for_each
    entry["module"] = _module_config(kind, platform)
    return _ordered(entry)


def _write_configuration(file: IO[bytes], calls: list[Call], filler: int) -> None:
    providers = {
        name: {"name": name, "full_name": f"registry.terraform.io/hashicorp/{name}", "version_constraint": ">= 2.0"}
        for name in _PROVIDERS
    }
    file.write(b'{"provider_config":' + encode(providers) + b',"root_module":{"outputs":{')
    outputs = [call for call in calls if call.kind.outputs]
    for number, call in enumerate(outputs):
        expression = encode({"expression": uses(f"module.{call.name}")})
        file.write((b"," if number else b"") + encode(call.name) + b":" + expression)
    file.write(b'},"resources":[' + (_block_config(_AUDIT) if filler else b"") + b'],"module_calls":{')
    for number, call in enumerate(sorted(calls, key=lambda one: one.name)):
        config = _call_config(call.kind, f"module.platform_{call.group:04d}", uses("var.lanes"))
        file.write((b"," if number else b"") + encode(call.name) + b":" + config)
    variables = {name: {"sensitive": True} if type(value) is Secret else {} for name, value in VARIABLES.items()}
    file.write(b'},"variables":' + encode(variables) + b"}}")


# --- the file ------------------------------------------------------------------------------------------------------

VARIABLES: Values = {
    "admin_range": "10.0.0.0/8",
    "certificate_arn": "arn:aws:acm:eu-west-1:111122223333:certificate/1f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b",
    "db_password": Secret("not-a-real-password"),
    "image": "registry.example.com/app:2.1.1",
    "labels": {"managed-by": "terraform"},
    "lanes": {key: {"clients": ["10.0.0.0/8"], "retention": 90, "sources": ["10.0.0.0/8"]} for key in KEYS},
    "network": "main",
    "project": "acme",
    "subnet_ids": ["subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5a60718"],
    "token": Secret("not-a-real-token"),
    "trails": ["trail"],
    "vpc_id": "vpc-0a1b2c3d4e5f60718",
}


class Section:
    """One part of the plan in a file of its own."""

    def __init__(self, stack: ExitStack) -> None:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the stack closes it
        self.file: IO[bytes] = stack.enter_context(file)
        self.is_empty = True

    def add(self, entry: bytes | None) -> bool:
        """Add an entry of a list, with the comma before it where one belongs."""
        if entry is None:
            return False
        self.file.write(entry if self.is_empty else b"," + entry)
        self.is_empty = False
        return True

    def begin(self, text: bytes) -> None:
        """Write what opens a list."""
        self.file.write(text)
        self.is_empty = True

    def end(self, text: bytes) -> None:
        """Write what closes a list."""
        self.file.write(text)
        self.is_empty = False

    def into(self, target: IO[bytes]) -> None:
        """Copy everything to another file."""
        self.file.seek(0)
        shutil.copyfileobj(self.file, target, 1 << 20)


@dataclass(frozen=True)
class Sections:
    """The parts that grow with the number of resources."""

    planned: Section
    changes: Section
    prior: Section
    relevant: Section

    def put(self, instance: Instance) -> None:
        """Write one instance to every part that it stands in."""
        rendering = Rendering(instance)
        self.planned.add(rendering.planned())
        self.changes.add(rendering.change())
        self.prior.add(rendering.prior())
        if has(rendering.after or {}, lambda value: isinstance(value, Ref)) and instance.fate == "update":
            self.relevant.add(encode({"attribute": ["id"], "resource": instance.address}))


def _write_resources(sections: Sections, calls: list[Call], filler: int) -> None:
    trees = (sections.planned, sections.prior)
    for tree in trees:
        tree.begin(b'"root_module":{"resources":[')
    for instance in root_instances(filler):
        sections.put(instance)
    for tree in trees:
        tree.begin(b'],"child_modules":[')
    for call in calls:
        for address, place, kind in module_instances(call):
            is_child = kind is not call.kind
            for tree in trees:
                tree.begin(_open_module(tree, address, is_child))
            for instance in instances_of(address, place, kind):
                sections.put(instance)
            for tree in trees:
                tree.end(b"]" if kind.children else b"]}]}" if is_child else b"]}")
    for tree in trees:
        tree.end(b"]}")


def _open_module(tree: Section, address: str, is_child: bool) -> bytes:
    head = b'{"address":' + encode(address) + b',"resources":['
    if is_child:
        return b',"child_modules":[' + head
    return head if tree.is_empty else b"," + head


def write_plan(number: int, file: IO[bytes]) -> None:
    """Write a plan of so many managed resource instances."""
    calls, filler = calls_for(number)
    outputs = {call.name: {"sensitive": False, "type": "string", "value": "-"} for call in calls if call.kind.outputs}
    with ExitStack() as stack:
        sections = Sections(Section(stack), Section(stack), Section(stack), Section(stack))
        _write_resources(sections, calls, filler)
        variables = {name: {"value": known(value)} for name, value in VARIABLES.items()}
        file.write(b'{"format_version":"1.2","terraform_version":"1.11.4","variables":' + encode(variables))
        file.write(b',"planned_values":{"outputs":' + encode(outputs) + b",")
        sections.planned.into(file)
        file.write(b'},"resource_changes":[')
        sections.changes.into(file)
        file.write(b'],"output_changes":' + encode({name: _output_change(name) for name in outputs}))
        file.write(b',"prior_state":{"format_version":"1.0","terraform_version":"1.11.4","values":{"outputs":')
        file.write(encode(outputs) + b",")
        sections.prior.into(file)
        file.write(b'}},"configuration":')
        _write_configuration(file, calls, filler)
        file.write(b',"relevant_attributes":[')
        sections.relevant.into(file)
        file.write(b'],"timestamp":"2026-01-31T12:00:00Z","applyable":true,"complete":true,"errored":false}')


def _output_change(name: str) -> Values:
    changes = int(fingerprint(name, 4), 16) % 5 == 0
    return {
        "actions": ["update" if changes else "no-op"],
        "after": "-",
        "after_sensitive": False,
        "after_unknown": False,
        "before": "+" if changes else "-",
        "before_sensitive": False,
    }


def main(words: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Write a made-up plan that looks real.")
    parser.add_argument("number", type=int, metavar="N", help="how many resource instances it has")
    parser.add_argument("file", type=Path, metavar="FILE", help="where to write it")
    arguments = parser.parse_args(words)
    if arguments.number < 1:
        parser.error("N must be at least 1")
    with arguments.file.open("wb") as file:
        write_plan(arguments.number, file)
    print(f"{arguments.number} resources, {arguments.file.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
