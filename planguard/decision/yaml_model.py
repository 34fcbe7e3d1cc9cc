"""A YAML document checked against a model: every error names file, line, what was expected and what is near."""

from __future__ import annotations

from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from planguard.engine.metadata import near
from planguard.errors import PlanguardError, PolicyFileError, RuleFileError
from planguard.yaml_file import YamlText, parse_yaml

Model = TypeVar("Model", bound=BaseModel)
_WANTED = {
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "int_type": "a whole number",
    "string_type": "a text",
    "list_type": "a list",
    "none_required": "null",
}


def parsed(text: str, file: str, error: type[PlanguardError] = PolicyFileError) -> YamlText:
    """The YAML in a text.

    :raises PlanguardError: of the given type, when it is no YAML, or a key stands twice
    """
    try:
        return parse_yaml(text, file)
    except RuleFileError as wrong:
        raise error(wrong.message, wrong.hint, place=wrong.place) from None


def validated(model: type[Model], document: YamlText, error: type[PlanguardError] = PolicyFileError) -> Model:
    """The document as the model says.

    :raises PlanguardError: of the given type, when it does not fit
    """
    try:
        return model.model_validate(document.value if document.value is not None else {})
    except ValidationError as wrong:
        raise _explained(model, wrong.errors(include_url=False)[0], document, error) from None


def _explained(model: type[BaseModel], wrong: Any, document: YamlText, kind: type[PlanguardError]) -> PlanguardError:
    value = document.value
    at: list[str | int] = []
    for step in wrong["loc"]:
        # Where several types are allowed, the location also names the one that was tried.
        if isinstance(value, dict) and (step in value or wrong["type"] == "missing"):
            at.append(step)
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            at.append(step)
            value = value[step]
    place = document.place(tuple(at))
    name = _named(at)
    if wrong["type"] == "extra_forbidden":
        return kind(f"unknown key `{name}`", near(str(at[-1]), _keys(model, at[:-1])), place=place)
    if wrong["type"] == "missing":
        return kind(f"`{name}` is missing", place=place)
    if wrong["type"] in ("literal_error", "enum"):
        expected = [part.strip().strip("'") for part in wrong["ctx"]["expected"].replace(" or ", ", ").split(",")]
        return kind(f"`{name}`: `{wrong['input']}`", near(str(wrong["input"]), expected), place=place)
    if wrong["type"] == "value_error":
        message, _, hint_ = str(wrong["ctx"]["error"]).partition("; ")
        return kind(f"`{name}`: {message}" if name else message, hint_ or None, place=place)
    wanted = _WANTED.get(wrong["type"], wrong["msg"].removeprefix("Input should be "))
    if "parameters" in at[2:]:
        wanted = "a number, a text, true or false, or a list of texts"
    return kind(f"`{name}` must be {wanted}" if name else f"it must be {wanted}", place=place)


def _named(at: list[str | int]) -> str:
    text = ""
    for step in at:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _keys(model: type[BaseModel], at: list[str | int]) -> tuple[str, ...]:
    """The keys that the model knows at a place."""
    kind: Any = model
    for step in at:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            field = next((one for name, one in kind.model_fields.items() if step in (name, one.alias)), None)
            kind = field.annotation if field is not None else None
        kind = _inner(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return tuple(one.alias or name for name, one in kind.model_fields.items())
    return ()


def _inner(kind: Any) -> Any:
    """The model inside a list, a mapping or a union."""
    found = [kind]
    while found:
        one = found.pop()
        if isinstance(one, type) and issubclass(one, BaseModel):
            return one
        found.extend(get_args(one))
    return None
