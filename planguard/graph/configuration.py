"""The configuration that the plan carries, as blocks that find their instances and each other.

Source: Terraform's ``internal/command/jsonconfig/config.go``. A block's address there is relative to its module;
``dynamic`` blocks and the values of ``locals`` are left out, which is why source can be given beside the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec import Raw

from planguard.graph.node import Node
from planguard.plan.address import Key, ModulePath, longest_references
from planguard.plan.document import (
    Configuration,
    ModuleCall,
    ModuleConfig,
    ProviderConfig,
    ResourceConfig,
    decode_value,
)
from planguard.plan.likeness import blocks_of_elements
from planguard.plan.unknown import Path, Step, Unknown

Attribute = tuple[str, ...]
UNSAID: Final = object()
"""The configuration does not set it."""
NULL_EXPRESSION: Final = {"constant_value": None}
"""The configuration says ``null``, which is as if it said nothing."""
OPEN: Final = object()
"""A ``dynamic`` block may set it, of which the configuration says nothing."""


class Block:
    """One resource or data block, with the instances that the plan holds of it."""

    __slots__ = ("_attributes", "_repeats", "_said", "by_key", "config", "instances", "module", "name", "place")

    def __init__(self, name: str, config: ResourceConfig, module: Module, place: str) -> None:
        self.name = name
        self.config = config
        self.module = module
        self.place = place
        self.instances: dict[ModulePath, list[Node]] = {}
        self.by_key: dict[tuple[ModulePath, Key], Node] = {}
        self._attributes: list[tuple[Attribute, list[str]]] | None = None
        self._said: Any = None
        self._repeats: list[str] | None = None

    def add(self, node: Node) -> None:
        """Take in one instance. Deposed objects are no targets of references."""
        self.instances.setdefault(node.module, []).append(node)
        self.by_key[node.module, node.key] = node

    @property
    def attributes(self) -> list[tuple[Attribute, list[str]]]:
        """Each attribute whose expression refers to something: its path without indexes, and the traversals."""
        if self._attributes is None:
            self._attributes = list(referring_attributes(self.config.expressions, self.place))
        return self._attributes

    def sets(self, names: Attribute) -> bool:
        """Whether the configuration sets an attribute, or a block that would hold it.

        ``dynamic`` blocks are not in the plan's configuration: where all blocks of a name are dynamic, it does not.
        """
        said = self._expressions
        if names[0] not in said or len(names) == 1:
            return names[0] in said
        return _sets(said, names)

    @property
    def _expressions(self) -> dict[str, Any]:
        if self._said is None:
            decoded = decode_value(self.config.expressions, place=self.place)
            self._said = decoded if isinstance(decoded, dict) else {}
        found: dict[str, Any] = self._said
        return found

    def said_at(self, path: Path, values: Any) -> list[Any]:
        """What the configuration says of the value at a path: expressions, :data:`UNSAID`, or :data:`OPEN`.

        Several, where it is open which of several blocks has made the element that an index names: Terraform sorts
        the elements of a set, so that these are told apart by what is constant in them.

        :param path: attribute names with indexes; one without an index means every block
        :param values: the values of the resource
        """
        first = _value_below(values, path[0])
        found: list[Any] = [self._expressions]
        value = values
        for depth, step in enumerate(path, 1):
            held = depth < len(path) and type(first) is not Unknown
            found = [below for one in found for below in _said_below(one, step, value, held, depth > 1)]
            value = _value_below(value, step)
        return found

    @property
    def for_each(self) -> list[str]:
        """What ``for_each`` or ``count`` refers to."""
        if self._repeats is None:
            self._repeats = references_of(self.config.for_each_expression, self.place) or references_of(
                self.config.count_expression, self.place
            )
        return self._repeats


class Module:
    """One module of the configuration (not an instance of it).

    :ivar providers: of the root module, the providers of the whole configuration by their keys
    """

    __slots__ = ("_arguments", "_given", "blocks", "call", "calls", "config", "name", "parent", "place", "providers")

    def __init__(
        self, name: str, config: ModuleConfig, parent: Module | None, call: ModuleCall | None, place: str
    ) -> None:
        self.name = name
        self.config = config
        self.parent = parent
        self.call = call
        self.place = place
        self.providers: dict[str, ProviderConfig] = {}
        self._arguments: dict[str, list[str]] | None = None
        self._given: dict[str, Any] | None = None
        self.blocks: dict[str, Block] = {}
        for resource in config.resources:
            prefix = "data." if resource.mode == "data" else ""
            block = f"{prefix}{resource.type}.{resource.name}"
            self.blocks[block] = Block(block, resource, self, place)
        self.calls = {key: Module(key, one.module, self, one, place) for key, one in config.module_calls.items()}

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the calls that lead here from the root."""
        return (*self.parent.path, self.name) if self.parent is not None else ()

    def argument(self, variable: str) -> list[str]:
        """What the argument for a variable refers to, in the calling module's names."""
        if self._arguments is None:
            self._arguments = {
                name: longest_references(list(_all_references(value))) for name, value in self.given.items()
            }
        return self._arguments.get(variable, [])

    @property
    def given(self) -> dict[str, Any]:
        """The expressions of its arguments, by variable."""
        if self._given is None:
            decoded = decode_value(self.call.expressions, place=self.place) if self.call else None
            self._given = decoded if isinstance(decoded, dict) else {}
        return self._given

    @property
    def for_each(self) -> list[str]:
        """What this module's own ``for_each`` or ``count`` refers to, in the calling module's names."""
        if self.call is None:
            return []
        return references_of(self.call.for_each_expression, self.place) or references_of(
            self.call.count_expression, self.place
        )

    def output(self, name: str) -> list[str]:
        """What an output refers to, in this module's names."""
        found = self.config.outputs.get(name)
        return references_of(found.expression, self.place) if found else []

    def at(self, path: ModulePath) -> Module | None:
        """The module that an instance path leads to from here."""
        module: Module | None = self
        for name, _ in path:
            module = module.calls.get(name) if module else None
        return module


def root_of(configuration: Configuration, *, place: str) -> Module:
    """The root module of a configuration."""
    root = Module("", configuration.root_module, None, None, place)
    root.providers = configuration.provider_config
    return root


def references_of(raw: Raw, place: str) -> list[str]:
    """The traversals of one expression, each once."""
    return all_references(decode_value(raw, place=place))


def all_references(value: Any) -> list[str]:
    """The traversals of all expressions in a decoded part of the configuration, each once."""
    return longest_references(list(_all_references(value))) if value else []


def _all_references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        found = value.get("references")
        if isinstance(found, list) and all(isinstance(one, str) for one in found):
            yield from found
            return
        if "constant_value" in value and len(value) == 1:
            return
        for below in value.values():
            yield from _all_references(below)
    elif isinstance(value, list):
        for below in value:
            yield from _all_references(below)


def referring_attributes(raw: Raw, place: str) -> Iterator[tuple[Attribute, list[str]]]:
    """Each attribute of a block's ``expressions`` that refers to something."""
    pending: list[tuple[Attribute, Any]] = [((), decode_value(raw, place=place))]
    while pending:
        path, value = pending.pop()
        if isinstance(value, list):
            pending.extend((path, below) for below in reversed(value))
        elif isinstance(value, dict):
            found = value.get("references")
            if path and isinstance(found, list) and all(isinstance(one, str) for one in found):
                yield path, longest_references(found)
            elif not (path and "constant_value" in value and len(value) == 1):
                pending.extend(((*path, name), below) for name, below in reversed(value.items()))


def _said_below(said: Any, step: Step, value: Any, held: bool, deep: bool) -> list[Any]:
    """What is said one step further on."""
    if said is OPEN or said is UNSAID or (deep and is_expression(said)):
        return [said]
    if isinstance(said, list):
        if isinstance(step, int):
            return _makers(said, value, step)
        return [below for one in said for below in _said_below(one, step, value, held, False)]
    if isinstance(step, int):
        return [said]
    if isinstance(said, dict) and step in said:
        return [said[step]]
    return [OPEN if held else UNSAID]


def _makers(blocks: list[Any], value: Any, index: int) -> list[Any]:
    """The blocks that may have made an element of a list."""
    if type(value) is Unknown or not isinstance(value, list) or not 0 <= index < len(value):
        return blocks
    elements = list(list.__iter__(value))
    if len(blocks) < len(elements):
        return [*blocks, OPEN]  # a dynamic block has made others
    literals = [
        {name: one["constant_value"] for name, one in block.items() if is_expression(one) and "constant_value" in one}
        for block in blocks
        if isinstance(block, dict)
    ]
    if len(literals) < len(blocks):
        return blocks
    return [blocks[n] for n in sorted(blocks_of_elements(literals, elements)[index])] or blocks


def _value_below(value: Any, step: Step) -> Any:
    if type(value) is Unknown:
        return value
    if isinstance(value, dict):
        return value.get(step) if isinstance(step, str) else None
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return list.__getitem__(value, step)
    return None


def is_expression(value: Any) -> bool:
    """Whether this is what the configuration says of one attribute, and no block."""
    if not isinstance(value, dict):
        return False
    references = value.get("references")
    return (isinstance(references, list) and all(isinstance(one, str) for one in references)) or (
        "constant_value" in value and len(value) == 1
    )


def _sets(value: Any, names: Attribute) -> bool:
    if isinstance(value, list):
        return any(_sets(below, names) for below in value)
    if not isinstance(value, dict):
        return False
    if "references" in value or "constant_value" in value or not names:
        return True
    return names[0] in value and _sets(value[names[0]], names[1:])
