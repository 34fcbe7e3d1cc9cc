"""Declarative rules: the same fields in YAML, with a condition that says what must hold."""

from __future__ import annotations

from typing import Any

from planguard.engine.condition import check, fields_read, parse
from planguard.engine.metadata import checked_rule, near
from planguard.engine.rule import Rule
from planguard.errors import ConditionError, RuleFileError
from planguard.plan.unknown import render_path
from planguard.yaml_file import YamlPath, YamlText, parse_yaml

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
    "when",
    "condition",
    "path",
    "message",
    "bad",
    "good",
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
    condition = _condition(fields, "condition", place("condition"))
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
        when=_condition(fields, "when", place("when")),
        path=path,
        message=" ".join((message or str(fields.get("title", ""))).split()),
    )


def _condition(fields: dict[str, Any], name: str, place: str) -> Any:
    text = fields.get(name)
    if text is None:
        return None
    if not isinstance(text, str):
        raise RuleFileError(f"`{name}` must be a JMESPath expression", "put it in quotes", place=place)
    try:
        tree = parse(text)
        check(tree)
    except ConditionError as error:
        raise ConditionError(f"`{name}`: {error.message}", error.hint, place=place) from None
    return tree
