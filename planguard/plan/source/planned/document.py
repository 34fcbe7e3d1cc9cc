"""The plan document: changes, what is read already, outputs, variables, configuration.

Source: Terraform's ``internal/command/jsonplan/plan.go``. ``planned_values`` is left out: it says nothing that
``resource_changes`` does not say better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from planguard.errors import SourceError
from planguard.plan.address import ANY_KEY, Key
from planguard.plan.source.contents import Contents, ModuleContent
from planguard.plan.source.evaluation.module import Evaluation, Module
from planguard.plan.source.evaluation.provider import provider_key
from planguard.plan.source.evaluation.slot import AttributeTable
from planguard.plan.source.evaluation.value import has_unknown, plain, unmarked
from planguard.plan.source.planned.address import rendered_key
from planguard.plan.source.planned.configuration import configuration_of, provider_source
from planguard.plan.source.planned.mask import known_part, sensitive_mask, unknown_mask
from planguard.plan.source.syntax import Section
from planguard.plan.source.tree import Source
from planguard.plan.source.variables import root_values

VERSION = "1.11.0"
"""The release of Terraform whose plans these are like."""


def plan_document(
    source: Source,
    variables: Mapping[str, Any] | None = None,
    workspace: str | None = "default",
    *,
    table: AttributeTable | None = None,
    data: Mapping[str, Mapping[str, Any]] | None = None,
    var_files: Mapping[str, bytes] | None = None,
) -> dict[str, Any]:
    """The plan that source alone allows: every resource is created, and what nobody can say yet is unknown.

    :param variables: values of root variables; a text is read as Terraform reads ``-var``
    :param workspace: ``terraform.workspace``; None where it is not known
    :param table: what resource types have; without one there is only what is written
    :param data: values of data sources that are known, by type
    :param var_files: further .tfvars files, name and content, the last one wins
    :raises SourceError: a file cannot be read, parsed or evaluated
    """
    contents = Contents(source)
    content = contents.root()
    evaluation = Evaluation(contents, table, data or {}, workspace)
    root = Module(evaluation, content if content is not None else ModuleContent("."))
    try:
        root.given = root_values(root, variables or {}, var_files or {})
        return _document(root)
    except RecursionError:
        raise SourceError("the configuration is nested too deep to be evaluated", place=root.content.folder) from None


def _document(root: Module) -> dict[str, Any]:
    changes: list[dict[str, Any]] = []
    state: dict[str, list[dict[str, Any]]] = {}
    for module in root.modules():
        for name, section in _ordered(module.content):
            for row in _rows(module, name, section):
                if "change" in row:
                    changes.append(row)
                else:
                    state.setdefault(module.address, []).append(row)
    document: dict[str, Any] = {"format_version": "1.2", "terraform_version": VERSION}
    if values := _variables(root):
        document["variables"] = values
    document["resource_changes"] = changes
    outputs = _outputs(root)
    if outputs:
        document["output_changes"] = outputs
    if state:
        document["prior_state"] = _prior_state(state)
    document["configuration"] = configuration_of(root)
    acts = any("create" in one["change"]["actions"] for one in changes) or any(
        "create" in one["actions"] for one in outputs.values()
    )
    document |= {"applyable": acts, "complete": True, "errored": False}
    return document


def _ordered(content: ModuleContent) -> list[tuple[str, Section]]:
    return sorted(content.resources.items(), key=lambda item: (item[1].kind != "data", item[0]))


def _rows(module: Module, name: str, section: Section) -> Iterator[dict[str, Any]]:
    settle = module.evaluation.settle
    repetition = settle(lambda: module.repetition(name, section))
    for key in repetition.instances:
        values = settle(lambda key=key: module.instance(name, section, key))  # type: ignore[misc]
        if section.kind == "data" and _is_read(module, section, values):
            yield _state_row(module, name, section, key, values)
        else:
            yield _change_row(module, name, section, key, values)


def _is_read(module: Module, section: Section, values: dict[str, Any]) -> bool:
    """Whether a data source is read while planning: nothing in its block is unknown, and what it gives is known."""
    known = section.labels[0] in module.evaluation.data or section.labels[0] == "aws_iam_policy_document"
    return known and not module.waits(section) and not has_unknown({**values, "id": None})


def _head(module: Module, name: str, section: Section, key: Key) -> dict[str, Any]:
    type_, label = section.labels
    prefix = f"{module.address}." if module.path else ""
    row: dict[str, Any] = {"address": f"{prefix}{name}{rendered_key(key)}"}
    if module.path:
        row["module_address"] = module.address
    row |= {"mode": "data" if section.kind == "data" else "managed", "type": type_, "name": label}
    if key == ANY_KEY:
        row["index_unknown"] = True
    elif key is not None:
        row["index"] = key
    row["provider_name"] = provider_source(module, provider_key(module, section).split(".")[0])
    return row


def _change_row(module: Module, name: str, section: Section, key: Key, values: Any) -> dict[str, Any]:
    row = _head(module, name, section, key)
    row["change"] = {
        "actions": ["read" if section.kind == "data" else "create"],
        "before": None,
        "after": known_part(values),
        "after_unknown": unknown_mask(values),
        "before_sensitive": False,
        "after_sensitive": sensitive_mask(values),
    }
    if section.kind == "data":
        row["action_reason"] = "read_because_config_unknown"
    return row


def _state_row(module: Module, name: str, section: Section, key: Key, values: Any) -> dict[str, Any]:
    row = _head(module, name, section, key)
    row.pop("module_address", None)
    row |= {"schema_version": 0, "values": known_part(values), "sensitive_values": sensitive_mask(values)}
    return row


def _prior_state(state: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    if "" in state:
        root["resources"] = state[""]
    children = [{"address": address, "resources": rows} for address, rows in sorted(state.items()) if address]
    if children:
        root["child_modules"] = children
    return {"format_version": "1.0", "terraform_version": VERSION, "values": {"root_module": root}}


def _variables(root: Module) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in sorted(root.content.variables):
        value = plain(root.evaluation.settle(lambda name=name: root.variable(name)))  # type: ignore[misc]
        if not has_unknown(value):
            found[name] = {"value": known_part(value)}
    return found


def _outputs(root: Module) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in sorted(root.content.outputs):
        value = root.evaluation.settle(lambda name=name: root.output(name))  # type: ignore[misc]
        inner = unmarked(value)
        unknown = unknown_mask(inner)
        sensitive = inner is not value
        change: dict[str, Any] = {"actions": ["create" if inner is not None else "no-op"], "before": None}
        if unknown is not True:
            change["after"] = known_part(inner)
        change |= {
            "after_unknown": unknown if has_unknown(inner) else False,
            "before_sensitive": sensitive,
            "after_sensitive": sensitive,
        }
        found[name] = change
    return found
