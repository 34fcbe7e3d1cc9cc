"""A YAML document checked against a model: every error names file, line, what was expected and what is near."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, TypeVar, get_args, get_origin

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
    "string_too_short": "a text that is not empty",
    "string_too_long": "shorter",
    "too_long": "shorter",
}
_BOUNDS = {"greater_than_equal": ("ge", "more"), "less_than_equal": ("le", "less")}


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
        errors = wrong.errors(include_url=False)
        # A key that is misspelled is missing as well: what was written tells more.
        errors.sort(key=lambda one: (one["type"] != "extra_forbidden", _is_other_kind(one)))
        raise _explained(model, errors[0], document, error) from None


def _is_other_kind(wrong: Any) -> bool:
    """Whether it is only said that a mapping is no text, where it might have been either."""
    return wrong["type"] == "string_type" and isinstance(wrong["input"], dict)


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
    wanted = _wanted(wrong)
    if "parameters" in at[2:]:
        wanted = "a number, a text, true or false, or a list of texts"
    return kind(f"`{name}` must be {wanted}" if name else f"it must be {wanted}", place=place)


def _wanted(wrong: Any) -> str:
    """What stands where the value that is wrong stands, in words."""
    kind = wrong["type"]
    if kind == "too_short":
        return f"a {'mapping' if wrong['ctx']['field_type'] == 'Dictionary' else 'list'} that is not empty"
    if kind in _BOUNDS:
        bound, more = _BOUNDS[kind]
        return f"{wrong['ctx'][bound]} or {more}"
    return _WANTED.get(kind) or str(wrong["msg"]).removeprefix("Input should be ")


def _named(at: list[str | int]) -> str:
    text = ""
    for step in at:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _keys(model: type[BaseModel], at: list[str | int]) -> tuple[str, ...]:
    """The keys that the model knows at a place."""
    kinds: list[Any] = [model]
    for step in at:
        kinds = [below for kind in kinds for below in _below(kind, step)]
    models = [one for kind in kinds for one in _plain(kind) if _is_model(one)]
    return tuple(field.alias or name for one in models for name, field in one.model_fields.items())


def _below(kind: Any, step: str | int) -> Iterator[Any]:
    """What stands at a key or an index of a kind."""
    for one in _plain(kind):
        if _is_model(one):
            yield from (field.annotation for name, field in one.model_fields.items() if step in (name, field.alias))
        elif get_origin(one) in (list, dict):
            yield get_args(one)[-1]


def _plain(kind: Any) -> Iterator[Any]:
    """The kinds that a union stands for, without what is noted of them."""
    if get_origin(kind) in (None, list, dict):
        yield kind
    elif get_origin(kind) is Annotated:
        yield from _plain(get_args(kind)[0])
    else:
        for one in get_args(kind):
            yield from _plain(one)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
