"""The policy file: what a team sets of the rules. So far it holds the section ``rules``.

Every key is known or refused, with the line and what is near; a key that was meant and is not read would be a gate
that only seems to be shut.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from planguard.engine.metadata import near
from planguard.engine.rule import SEVERITIES
from planguard.engine.settings import Setting
from planguard.errors import PolicyFileError, RuleFileError
from planguard.yaml_file import YamlText, parse_yaml


class RuleModel(BaseModel):
    """What is said of a rule, an alias or a domain."""

    model_config = ConfigDict(extra="forbid", strict=True)

    enabled: bool | None = None
    severity: Literal["critical", "high", "medium", "low"] | None = None
    parameters: dict[str, bool | int | float | str | list[str]] = Field(default_factory=dict)


class PolicyModel(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    rules: dict[str, RuleModel] = Field(default_factory=dict)


class PolicyFile(msgspec.Struct, frozen=True):
    """A policy file that was read.

    :ivar digest: ``sha256:`` and the hex digest of its bytes
    """

    text: YamlText
    settings: dict[str, Setting]
    digest: str

    def place(self, name: str, parameter: str = "") -> str:
        """Where a setting stands, or one of its parameters."""
        return self.text.place(("rules", name, "parameters", parameter) if parameter else ("rules", name))


def load_policy(path: Path) -> PolicyFile:
    """Read a policy file.

    :raises PolicyFileError: when it cannot be read, or does not say what a policy file says
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "unknown").lower()
        raise PolicyFileError(f"cannot be read: {reason}", "name a policy file in YAML", place=str(path)) from None
    try:
        return parse_policy(data.decode("utf-8-sig"), str(path), "sha256:" + sha256(data).hexdigest())
    except UnicodeDecodeError:
        raise PolicyFileError("not UTF-8 text", place=str(path)) from None


def parse_policy(text: str, file: str, digest: str) -> PolicyFile:
    """The policy in a text.

    :param file: how errors name it
    :raises PolicyFileError: likewise
    """
    try:
        document = parse_yaml(text, file)
    except RuleFileError as error:
        raise PolicyFileError(error.message, error.hint, place=error.place) from None
    value = document.value if document.value is not None else {}
    if not isinstance(value, dict):
        raise PolicyFileError("a policy is a mapping of its sections", "such as `rules:`", place=document.place())
    try:
        model = PolicyModel.model_validate(value)
    except ValidationError as error:
        raise _explained(error.errors(include_url=False)[0], document) from None
    settings = {name: Setting(one.enabled, one.severity, dict(one.parameters)) for name, one in model.rules.items()}
    return PolicyFile(document, settings, digest)


def _explained(error: Any, document: YamlText) -> PolicyFileError:
    at = tuple(step for step in error["loc"] if step not in _UNION)
    place = document.place(at)
    name = ".".join(map(str, at))
    if error["type"] == "extra_forbidden":
        known = tuple(PolicyModel.model_fields if len(at) == 1 else RuleModel.model_fields)
        return PolicyFileError(f"unknown key `{name}`", near(str(at[-1]), known), place=place)
    if error["type"] == "literal_error":
        return PolicyFileError(f"`{name}`: `{error['input']}`", near(str(error["input"]), SEVERITIES), place=place)
    if "parameters" in at[2:]:
        wanted = "a number, a text, true or false, or a list of texts"
    else:
        wanted = _WANTED.get(error["type"], error["msg"].removeprefix("Input should be "))
    return PolicyFileError(f"`{name}` must be {wanted}", place=place)


_WANTED = {"bool_type": "true or false", "dict_type": "a mapping", "model_type": "a mapping"}


_UNION = frozenset({"bool", "int", "float", "str", "list[str]"})
"""Steps that are names of types: where several types are allowed, the error says which one was tried."""
