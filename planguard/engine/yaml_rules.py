"""Declarative rules: the same fields in YAML, with a condition that says what must hold."""

from __future__ import annotations

import re
from typing import Any

from planguard.engine.condition import check, fields_read, filled, parse, with_marks
from planguard.engine.metadata import checked_parameters, checked_rule, near
from planguard.engine.rule import Rule
from planguard.errors import ConditionError, RuleFileError
from planguard.plan.unknown import render_path
from planguard.yaml_file import YamlPath, YamlText, parse_yaml

_PATH = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*")
FIELDS = (
    "id",
    "title",
    "why",
    "fix",
    "domain",
    "severity",
    "judges",
    "resources",
    "aliases",
    "controls",
    "links",
    "since",
    "wider",
    "parameters",
    "needs",
    "tried_with",
    "defaults",
    "when",
    "condition",
    "path",
    "message",
    "bad",
    "good",
    "undetermined",
)


def parse_yaml_rules(text: str, *, file: str, pack: str) -> list[Rule]:
    """The rules of a YAML file: one rule, or a list of them.

    :raises RuleFileError: naming file, line and field
    """
    document = parse_yaml(text, file)
    value = document.value
    if isinstance(value, dict):
        return [_rule(value, (), document, pack)]
    if isinstance(value, list):
        return [_rule(one, (number,), document, pack) for number, one in enumerate(value)]
    raise RuleFileError("a rule file holds a rule or a list of rules", place=document.place())


def _rule(fields: Any, at: YamlPath, document: YamlText, pack: str) -> Rule:
    if not isinstance(fields, dict):
        raise RuleFileError("a rule is a mapping of its fields", place=document.place(at))

    def place(name: str) -> str:
        return document.place((*at, name))

    for name in fields:
        if name not in FIELDS:
            raise RuleFileError(f"unknown field `{name}`", near(name, FIELDS), place=place(name))
    parameters = {name: one.default for name, one in checked_parameters(fields, place).items()}
    condition = _condition(fields, "condition", place("condition"), parameters)
    if condition is None:
        raise RuleFileError(
            "`condition` is missing", "a JMESPath expression that says what must hold", place=place("condition")
        )
    path, message = fields.get("path"), fields.get("message")
    if path is None:
        read = fields_read(condition)
        path = render_path(read[0]) if read else ""
    if not isinstance(path, str) or not isinstance(message, str | None):
        raise RuleFileError("`path` and `message` must be texts", place=place("path"))
    return checked_rule(
        fields,
        place,
        kind="yaml",
        file=document.file,
        line=document.line_of(at),
        pack=pack,
        condition=condition,
        when=_condition(fields, "when", place("when"), parameters),
        defaults=_defaults(fields, place("defaults")),
        lines={name: document.line_of((*at, name)) for name in fields},
        path=path,
        message=" ".join((message or str(fields.get("title", ""))).split()),
    )


def _condition(fields: dict[str, Any], name: str, place: str, parameters: dict[str, Any]) -> Any:
    text = fields.get(name)
    if text is None:
        return None
    if not isinstance(text, str):
        raise RuleFileError(f"`{name}` must be a JMESPath expression", "put it in quotes", place=place)
    try:
        tree = parse(with_marks(text, parameters))
        check(filled(tree, parameters))
    except ConditionError as error:
        raise ConditionError(f"`{name}`: {error.message}", error.hint, place=place) from None
    return tree


def _defaults(fields: dict[str, Any], place: str) -> dict[str, Any]:
    value = fields.get("defaults")
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(_PATH.fullmatch(path) for path in value):
        raise RuleFileError(
            "`defaults` must map the paths of attributes to what the provider takes when they are missing",
            "such as `storage_encrypted: false`, or `root_block_device.encrypted: false`",
            place=place,
        )
    return dict(value)
