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
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rendering import Instance, Rendering, fate_of, ordered, quoted, turn_of
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
    known,
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
        address = f'module.{call.name}["{quoted(key)}"]'
        yield address, place, call.kind
        for name, child in call.kind.children:
            yield f"{address}.module.{name}", place, child


def instances_of(module: str, place: Place, kind: Kind) -> Iterator[Instance]:
    """The resource instances of one module instance."""
    turn = turn_of(place)
    for block in kind.blocks:
        for key in block.keys or ("",):
            yield Instance(block, place, module, key, turn if turn != "stay" else fate_of(block, module, key))


def root_instances(number: int) -> Iterator[Instance]:
    """Log groups in the root module, as many as are missing."""
    for index in range(number):
        key = f"trail.{index}"
        yield Instance(_AUDIT, Place(index, KEYS[0]), "", key, fate_of(_AUDIT, "", key))


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
    return ordered(entry)


def _module_config(kind: Kind, platform: str) -> bytes:
    inputs = kind.inputs(platform)
    entry: Values = {"outputs": kind.outputs} if kind.outputs else {}
    entry["resources"] = b"[" + b",".join(map(_block_config, kind.blocks)) + b"]"
    if kind.children:
        entry["module_calls"] = ordered({name: _call_config(child, "", {}) for name, child in kind.children})
    entry["variables"] = {name: {"sensitive": True} if name in kind.sensitive else {} for name in inputs}
    return ordered(entry)


def _call_config(kind: Kind, platform: str, for_each: Values) -> bytes:
    entry: Values = {"source": kind.source, "expressions": kind.inputs(platform)}
    if for_each:
        entry["for_each_expression"] = for_each
    entry["module"] = _module_config(kind, platform)
    return ordered(entry)


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
