"""The ``configuration`` of plan JSON: every block with its expressions, as constants or references.

Source: Terraform's ``internal/command/jsonconfig/config.go`` and ``expression.go``. As there, ``dynamic`` blocks,
``lifecycle`` and the values of locals are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from planguard.plan.address import ANY_KEY
from planguard.plan.source.contents import ModuleContent
from planguard.plan.source.evaluation.constraint import ANY, convert
from planguard.plan.source.evaluation.expression import evaluate
from planguard.plan.source.evaluation.module import Module
from planguard.plan.source.evaluation.provider import provider_home, provider_key
from planguard.plan.source.evaluation.scope import CONSTANTS, Scope
from planguard.plan.source.evaluation.slot import Slot, Slots
from planguard.plan.source.evaluation.value import NoValueError, has_unknown
from planguard.plan.source.planned.constraint import plan_constraint
from planguard.plan.source.planned.mask import known_part
from planguard.plan.source.syntax import (
    LITERAL,
    META_ARGUMENTS,
    META_BLOCKS,
    Argument,
    Section,
    json_sections,
)

_CONSTANT_SCOPE = Scope(CONSTANTS, {})
_CALL_ARGUMENTS = frozenset({"source", "version", "providers", "count", "for_each", "depends_on"})

References = Callable[[list[str]], list[str]]


def configuration_of(root: Module) -> dict[str, Any]:
    """The whole ``configuration``."""
    providers: dict[str, Any] = {}
    module = _module(root, providers)
    return {"provider_config": dict(sorted(providers.items())), "root_module": module}


def expression_of(argument: Argument) -> dict[str, Any]:
    """One expression: its value where it is constant, what it refers to, or nothing where it calls a function."""
    expression = argument.expression
    if expression[0] == LITERAL:
        return {"constant_value": expression[1]}
    if argument.references:
        return {"references": argument.references}
    try:
        value = evaluate(expression, _CONSTANT_SCOPE)
    except NoValueError:
        return {}
    return {} if has_unknown(value) else {"constant_value": known_part(value)}


def _module(module: Module, providers: dict[str, Any]) -> dict[str, Any]:
    content = module.content
    settled = _without_unknown_keys(module)
    found: dict[str, Any] = {}
    _provider_blocks(module, providers)
    if content.outputs:
        found["outputs"] = {name: _output(one) for name, one in sorted(content.outputs.items())}
    resources = [_resource(module, name, one, providers, settled) for name, one in _ordered(content)]
    if resources:
        found["resources"] = resources
    if content.calls:
        found["module_calls"] = {
            name: _call(module, name, one, providers, settled) for name, one in sorted(content.calls.items())
        }
    if content.variables:
        found["variables"] = {name: _variable(module, one) for name, one in sorted(content.variables.items())}
    return found


def _ordered(content: ModuleContent) -> list[tuple[str, Section]]:
    """Managed resources, then data sources, each by type and name."""
    return sorted(content.resources.items(), key=lambda item: (item[1].kind == "data", item[0]))


def _without_unknown_keys(module: Module) -> References:
    """Keys of instances that nobody knows are left out of references, so that these still find what they mean."""
    shared = module.evaluation
    names = [
        name
        for name, section in (*module.content.resources.items(), *_module_names(module.content))
        if ("count" in section.arguments or "for_each" in section.arguments)
        and shared.settle(lambda name=name, section=section: module.repetition(name, section)).kind == "unknown"  # type: ignore[misc]
    ]
    if not names:
        return lambda references: references

    def settled(references: list[str]) -> list[str]:
        found: list[str] = []
        for text in references:
            for name in names:
                if text.startswith(f"{name}["):
                    text = name + text[_end_of_key(text, len(name)) :]  # noqa: PLW2901
            if text not in found:
                found.append(text)
        return found

    return settled


def _end_of_key(text: str, at: int) -> int:
    if not text.startswith('["', at):
        return text.index("]", at) + 1
    at += 2
    while text[at] != '"':
        at += 2 if text[at] == "\\" else 1
    return at + 2


def _module_names(content: ModuleContent) -> list[tuple[str, Section]]:
    return [(f"module.{name}", section) for name, section in content.calls.items()]


def _output(section: Section) -> dict[str, Any]:
    found: dict[str, Any] = {}
    value = section.arguments.get("value")
    if value is not None:
        found["expression"] = expression_of(value)
    if section.literal("sensitive") is True:
        found["sensitive"] = True
    return found


def _variable(module: Module, section: Section) -> dict[str, Any]:
    found: dict[str, Any] = {}
    default = section.arguments.get("default")
    if default is not None:
        constant = expression_of(default)
        if "constant_value" in constant:
            found["default"] = _converted(constant["constant_value"], module.type_of(section))
    if isinstance(text := section.literal("description"), str):
        found["description"] = text
    if section.literal("sensitive") is True:
        found["sensitive"] = True
    return found


def _converted(value: Any, type_: Any) -> Any:
    try:
        return known_part(convert(value, type_))
    except NoValueError:
        return value


def _resource(
    module: Module, name: str, section: Section, providers: dict[str, Any], settled: References
) -> dict[str, Any]:
    type_, label = section.labels
    data = section.kind == "data"
    slots = module.evaluation.slots(f"data.{type_}" if data else type_)
    arguments = {key: one for key, one in section.arguments.items() if key not in META_ARGUMENTS}
    sections = [one for one in section.sections if one.kind not in META_BLOCKS]
    body = Section(section.kind, section.labels, arguments, sections, 0, section.json)
    found: dict[str, Any] = {
        "address": name,
        "mode": "data" if data else "managed",
        "type": type_,
        "name": label,
        "provider_config_key": provider_config_key(module, provider_key(module, section), providers),
    }
    if expressions := _settled(expressions_of(body, slots), settled):
        found["expressions"] = expressions
    found["schema_version"] = 0
    _repeated(found, section, settled)
    return found


def _settled(value: Any, settled: References) -> Any:
    if isinstance(value, dict):
        if type(value.get("references")) is list and len(value) == 1:
            return {"references": settled(value["references"])}
        return {key: inner if key == "constant_value" else _settled(inner, settled) for key, inner in value.items()}
    return [_settled(inner, settled) for inner in value] if isinstance(value, list) else value


def _repeated(found: dict[str, Any], section: Section, settled: References) -> None:
    for name in ("count", "for_each"):
        if name in section.arguments and (expression := expression_of(section.arguments[name])):
            found[f"{name}_expression"] = _settled(expression, settled)
    if "depends_on" in section.arguments:
        found["depends_on"] = section.arguments["depends_on"].references


def expressions_of(section: Section, slots: Slots | None) -> dict[str, Any]:
    """The expressions of a block's arguments, and of the blocks in it."""
    found: dict[str, Any] = {}
    nested: dict[str, list[Section]] = {}
    for name, argument in section.arguments.items():
        slot = slots.get(name) if slots else None
        if section.json and slot is not None and slot.nesting:
            nested.setdefault(name, []).extend(json_sections(name, argument))
        elif not (section.json and name == "dynamic"):
            found[name] = expression_of(argument)
    for one in section.sections:
        if one.kind != "dynamic":
            nested.setdefault(one.kind, []).append(one)
    for name, blocks in nested.items():
        found[name] = _blocks(name, blocks, slots.get(name) if slots else None)
    return found


def _blocks(name: str, blocks: list[Section], slot: Slot | None) -> Any:
    inner = slot.inner if slot is not None else None
    if slot is not None and not slot.nesting:
        return _as_attribute(blocks, slot)
    if (slot is not None and slot.nesting == "single") or (slot is None and name == "timeouts"):
        return expressions_of(blocks[-1], inner)
    if slot is not None and slot.nesting == "map":
        return {block.labels[0] if block.labels else "": expressions_of(block, inner) for block in blocks}
    return [expressions_of(block, inner) for block in blocks]


def _as_attribute(blocks: list[Section], slot: Slot) -> dict[str, Any]:
    """Blocks that stand for one attribute are one expression."""
    references = [name for block in blocks for name in _all_references(block)]
    if references:
        return {"references": references}
    rows = []
    for block in blocks:
        fields = _fields(slot)
        row: dict[str, Any] = dict.fromkeys(fields)
        for name, argument in block.arguments.items():
            constant = expression_of(argument)
            if "constant_value" not in constant:
                return {}
            type_ = fields.get(name)
            row[name] = known_part(
                convert(constant["constant_value"], type_ if isinstance(type_, str | list) else ANY)
            )
        rows.append(row)
    return {"constant_value": rows}


def _fields(slot: Slot) -> Mapping[str, Any]:
    if isinstance(slot.type, list) and isinstance(slot.type[1], list) and slot.type[1][0] == "object":
        fields: Mapping[str, Any] = slot.type[1][1]
        return fields
    return slot.inner


def _all_references(section: Section) -> list[str]:
    found = [name for argument in section.arguments.values() for name in argument.references]
    return found + [name for inner in section.sections for name in _all_references(inner)]


# --- modules and providers -----------------------------------------------------------------------------------------


def _call(
    module: Module, name: str, section: Section, providers: dict[str, Any], settled: References
) -> dict[str, Any]:
    found: dict[str, Any] = {"source": str(section.literal("source") or "")}
    arguments = {key: one for key, one in section.arguments.items() if key not in _CALL_ARGUMENTS}
    if arguments:
        found["expressions"] = _settled({key: expression_of(one) for key, one in arguments.items()}, settled)
    _repeated(found, section, settled)
    children = module.evaluation.settle(lambda: module.children(name))
    if children:
        found["module"] = _module(next(iter(children.values())), providers)
    elif children is not None:
        found["module"] = _module(_nobody(module, name, section), providers)
    if isinstance(version := section.literal("version"), str):
        found["version_constraint"] = version
    return found


def _nobody(module: Module, name: str, section: Section) -> Module:
    """A module of which there is no instance: its configuration is there all the same."""
    path = (*(step for step, _ in module.path), name)
    content = module.evaluation.contents.called(path, module.content, section)
    found = content if content is not None else ModuleContent(module.content.folder)
    return Module(module.evaluation, found, (*module.path, (name, ANY_KEY)), {}, parent=module, call=section)


def provider_source(module: Module, name: str) -> str:
    """``registry.terraform.io/hashicorp/aws`` for the local name ``aws``."""
    if name == "terraform":
        return "terraform.io/builtin/terraform"
    source = module.content.sources.get(name)
    if source is None and module.parent is not None:
        return provider_source(module.parent, name)
    source = (source or f"hashicorp/{name}").lower()
    return source if source.count("/") >= 2 else f"registry.terraform.io/{source}"


def provider_config_key(module: Module, key: str, providers: dict[str, Any]) -> str:
    """The key of a provider's configuration; an entry is made for one that has no block."""
    home, name = provider_home(module, key)
    full = _key_in(home, name)
    if full not in providers:
        providers[full] = _provider_entry(home, name)
    return full


def _key_in(home: Module, name: str) -> str:
    path = ".".join(f"module.{step}" for step, _ in home.path)
    return f"{path}:{name}" if path else name


def _provider_entry(home: Module, name: str) -> dict[str, Any]:
    local, _, alias = name.partition(".")
    found: dict[str, Any] = {"name": local, "full_name": provider_source(home, local)}
    if alias:
        found["alias"] = alias
    if (version := home.content.versions.get(local)) is not None:
        found["version_constraint"] = plan_constraint(version)
    if home.path:
        found["module_address"] = ".".join(f"module.{step}" for step, _ in home.path)
    return found


def _provider_blocks(module: Module, providers: dict[str, Any]) -> None:
    for name, section in module.content.providers.items():
        key = _key_in(module, name)
        if key not in providers:
            providers[key] = _provider_entry(module, name)
        arguments = {one: value for one, value in section.arguments.items() if one not in ("alias", "version")}
        body = Section(section.kind, section.labels, arguments, section.sections, 0, section.json)
        if expressions := expressions_of(body, None):
            providers[key]["expressions"] = expressions
        if isinstance(version := section.literal("version"), str):
            providers[key].setdefault("version_constraint", plan_constraint(version))
