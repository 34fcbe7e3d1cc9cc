"""The fields of a rule, checked the same way for both forms that a rule can have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from planguard.engine.rule import (
    DOMAINS,
    ENVIRONMENTS,
    PLAN_ENVIRONMENT,
    SEVERITIES,
    TAGGABLE,
    Hcl,
    Pair,
    Parameter,
    Rule,
)
from planguard.errors import RuleFileError

ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
"""What an id of a rule looks like."""
_VERSION = re.compile(r"(?:\d+\.\d+\.\d+)?")
_PARAMETER = re.compile(r"[a-z][a-z0-9_]*")
_PARAMETER_FIELDS = ("type", "default", "description")
PARAMETER_KINDS = ("integer", "number", "string", "boolean", "list")
_RESOURCE = re.compile(r"(?:data\.|ephemeral\.)?[a-z*][a-z0-9_*]*")

Place = Callable[[str], str]
"""From the name of a field to ``file:line``."""


def near(word: str, known: list[str] | tuple[str, ...]) -> str:
    """``did you mean `x`?`` for a word that is close to a known one; otherwise the known ones."""
    from difflib import get_close_matches

    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else f"known are {', '.join(sorted(known)) or 'none'}"


def checked_rule(fields: dict[str, Any], place: Place, **extra: Any) -> Rule:
    """A rule from its fields.

    :param fields: what the author wrote, text fields stripped already
    :param place: where a field stands, for errors
    :param extra: what the loader knows: kind, file, line, …
    :raises RuleFileError: naming file, line, field, what was expected, and what is near
    """
    identity = _text(fields, "id", place)
    if not ID.fullmatch(identity):
        raise RuleFileError(
            f"`id`: `{identity}` is not a rule id",
            "lower-case words joined by hyphens that name what is bad, such as `aws-ebs-volume-unencrypted`",
            place=place("id"),
        )
    return Rule(
        id=identity,
        title=_text(fields, "title", place),
        why=_text(fields, "why", place),
        fix=_text(fields, "fix", place),
        domain=_one_of(fields, "domain", DOMAINS, place),
        severity=_one_of(fields, "severity", SEVERITIES, place),
        judges=_one_of({"judges": "state", **fields}, "judges", ("state", "change"), place),
        resources=_resources(fields, place),
        aliases=tuple(_texts(fields, "aliases", place)),
        links=tuple(_texts(fields, "links", place)),
        controls=_controls(fields, place),
        since=_version(fields, place),
        wider=tuple(_texts(fields, "wider", place)),
        parameters=(parameters := checked_parameters(fields, place)),
        needs=_needs(fields, parameters, place),
        tried_with=_tried_with(fields, parameters, place),
        bad=_examples(fields, "bad", place),
        good=_examples(fields, "good", place),
        undetermined=_examples(fields, "undetermined", place),
        **extra,
    )


def _text(fields: dict[str, Any], name: str, place: Place) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise RuleFileError(f"`{name}` is missing", f"every rule has a text `{name}`", place=place(name))
    return " ".join(value.split())


def _one_of(fields: dict[str, Any], name: str, known: tuple[str, ...], place: Place) -> str:
    value = fields.get(name)
    if value not in known:
        shown = f": `{value}`" if isinstance(value, str) else " is missing" if value is None else ""
        raise RuleFileError(f"`{name}`{shown}", near(str(value), known), place=place(name))
    return str(value)


def _texts(fields: dict[str, Any], name: str, place: Place) -> list[str]:
    value = fields.get(name)
    if value is None:
        return []
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise RuleFileError(f"`{name}` must be a list of texts", place=place(name))
    found = list(value)
    if not all(isinstance(one, str) and one for one in found):
        raise RuleFileError(f"`{name}` must be a list of texts", place=place(name))
    return found


def _resources(fields: dict[str, Any], place: Place) -> tuple[str, ...]:
    found = _texts(fields, "resources", place)
    if not found:
        raise RuleFileError(
            "`resources` is missing",
            f"name resource types, such as `aws_s3_bucket`, patterns such as `aws_*`, or `{TAGGABLE}`",
            place=place("resources"),
        )
    for one in found:
        if not _RESOURCE.fullmatch(one):
            raise RuleFileError(
                f"`resources`: `{one}` is not a resource type", "such as `aws_s3_bucket`", place=place("resources")
            )
    return tuple(found)


def _controls(fields: dict[str, Any], place: Place) -> dict[str, tuple[str, ...]]:
    value = fields.get("controls")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RuleFileError(
            "`controls` must be a mapping from standard to sections",
            "such as `nist-800-53r5: [SC-7]`",
            place=place("controls"),
        )
    return {str(standard): tuple(_texts(value, standard, place)) for standard in value}


def _version(fields: dict[str, Any], place: Place) -> str:
    value = fields.get("since") or ""
    if not isinstance(value, str) or not _VERSION.fullmatch(value):
        raise RuleFileError("`since` must be a version", 'such as `"1.2.0"`, in quotes', place=place("since"))
    return value


def kind_of_parameter(value: Any) -> str | None:
    """The kind of parameter that a value is for; None for a value that none takes."""
    if isinstance(value, (list, tuple)):
        return "list" if all(isinstance(one, str) for one in value) else None
    # A boolean is an integer to Python, so it is asked for first.
    kinds = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"))
    return next((kind for type_, kind in kinds if isinstance(value, type_)), None)


def fits_parameter(parameter: Parameter, value: Any) -> bool:
    """Whether a parameter can be set to a value; a whole number is a number, too."""
    kind = kind_of_parameter(value)
    return kind == parameter.kind or (kind, parameter.kind) == ("integer", "number")


def checked_parameters(fields: dict[str, Any], place: Place) -> dict[str, Parameter]:
    """The parameters of a rule from what its author wrote of them.

    :raises RuleFileError: when one has no type, default and description, or a default of another type
    """
    value = fields.get("parameters")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RuleFileError(
            "`parameters` must map a name to its type, default and description",
            "such as `days: {type: integer, default: 90, description: …}`",
            place=place("parameters"),
        )
    return {str(name): _parameter(str(name), one, place) for name, one in value.items()}


def _needs(fields: dict[str, Any], parameters: dict[str, Parameter], place: Place) -> str:
    name = fields.get("needs") or ""
    if name and name not in parameters and name != ENVIRONMENTS:
        raise RuleFileError(
            f"`needs`: `{name}` is no parameter", near(str(name), sorted(parameters)), place=place("needs")
        )
    return str(name)


def _tried_with(fields: dict[str, Any], parameters: dict[str, Parameter], place: Place) -> dict[str, Any]:
    values = fields.get("tried_with") or {}
    if not isinstance(values, Mapping):
        raise RuleFileError("`tried_with` must map parameters to values", place=place("tried_with"))
    for name, value in values.items():
        if name in (ENVIRONMENTS, PLAN_ENVIRONMENT) and fields.get("needs") == ENVIRONMENTS:
            continue
        if name not in parameters:
            raise RuleFileError(
                f"`tried_with`: `{name}` is no parameter",
                near(str(name), sorted(parameters)),
                place=place("tried_with"),
            )
        if not fits_parameter(parameters[name], value):
            kind = parameters[name].kind
            raise RuleFileError(f"`tried_with`: `{name}` must be of type {kind}", place=place("tried_with"))
    return dict(values)


def _parameter(name: str, value: Any, place: Place) -> Parameter:
    at = place("parameters")
    if not _PARAMETER.fullmatch(name):
        raise RuleFileError(f"`parameters`: `{name}` is not a name", "lower-case letters and `_`", place=at)
    if not isinstance(value, dict):
        raise RuleFileError(f"`parameters.{name}` must have `type`, `default` and `description`", place=at)
    for key in value:
        if key not in _PARAMETER_FIELDS:
            raise RuleFileError(f"`parameters.{name}`: unknown field `{key}`", near(key, _PARAMETER_FIELDS), place=at)
    kind = _one_of(value, "type", PARAMETER_KINDS, lambda _: at)
    parameter = Parameter(kind, value.get("default"), _text(value, "description", lambda _: at))
    if not fits_parameter(parameter, parameter.default):
        raise RuleFileError(f"`parameters.{name}`: the default is not of type {kind}", place=at)
    return parameter


def _examples(fields: dict[str, Any], name: str, place: Place) -> dict[str, Hcl]:
    value = fields.get(name)
    if value is None:
        return {}
    if isinstance(value, (list, tuple)):
        value = {f"{name} {number}": text for number, text in enumerate(value, 1)}
    if not isinstance(value, dict):
        raise RuleFileError(f"`{name}` must map the name of an example to its HCL", place=place(name))
    return {str(label): _hcl(one, name, str(label), place) for label, one in value.items()}


def _hcl(value: Any, name: str, label: str, place: Place) -> Hcl:
    """One configuration; or two, ``(before, after)`` in Python and ``{before, after}`` in YAML.

    Behind them, as a third part or as ``replaces``, may stand what is replaced: addresses with the attribute that
    forces it.
    """
    if isinstance(value, str) and value.strip():
        return value
    parts = value
    if isinstance(value, dict) and {"before", "after"} <= value.keys() <= {"before", "after", "replaces"}:
        parts = (value["before"], value["after"], value.get("replaces") or {})
    if isinstance(parts, (list, tuple)) and len(parts) in (2, 3):
        before, after, replaces = (*parts, {})[:3]
        texts = [before, after, *replaces, *replaces.values()] if isinstance(replaces, dict) else [None]
        if all(isinstance(text, str) for text in texts) and (before.strip() or after.strip()):
            return Pair(before, after, replaces)
    raise RuleFileError(
        f"`{name}`: `{label}` is no example",
        "a text in HCL, or two of them: `(before, after)` in Python, `{before: …, after: …}` in YAML",
        place=place(name),
    )
