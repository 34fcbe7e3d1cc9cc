"""``yamldecode``.

Source: Terraform, "yamldecode Function"; ``go-cty-yaml``, ``resolve.go``, for which words are no texts.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from planguard.plan.source.evaluation.value import NoValueError, parsed_number

_NULL = r"~|null|Null|NULL|"
_TRUE = r"y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON"
_FALSE = r"n|N|no|No|NO|false|False|FALSE|off|Off|OFF"
_NUMBER = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0x[0-9a-fA-F]+|0o[0-7]+"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_UNHEARD = rf"{_DAY}[Tt ].*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
_WORDS = {"null": _NULL, "true": _TRUE, "false": _FALSE, "number": _NUMBER, "day": _DAY, "unheard": _UNHEARD}


def decode_yaml(text: str) -> Any:
    """The value of a YAML document.

    :raises NoValueError: it is none, is empty, or has other tags than those of JSON
    """
    import yaml

    try:
        if yaml.compose(text, Loader=yaml.SafeLoader) is None:
            raise NoValueError("the text is empty")
        return _keyed(yaml.load(text, Loader=_loader(yaml)))  # noqa: S506  a SafeLoader
    except (yaml.YAMLError, RecursionError):
        raise NoValueError("the text is no YAML") from None


def _loader(yaml: Any) -> Any:
    """A SafeLoader with the words of ``go-cty-yaml``."""

    class _Loader(yaml.SafeLoader):  # type: ignore[misc]
        yaml_implicit_resolvers: ClassVar[Any] = {}

    _Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile("<<"), "<")
    for name, pattern in _WORDS.items():
        _Loader.add_implicit_resolver(f"!planguard/{name}", re.compile(rf"(?:{pattern})\Z"), None)
        _Loader.add_constructor(f"!planguard/{name}", _Word(name))
    return _Loader


class _Word:
    """What makes a value of a word."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, loader: Any, node: Any) -> Any:
        text = str(node.value)
        if self.name == "number":
            return int(text, 0) if text.startswith(("0x", "0o")) else parsed_number(text)
        if self.name == "unheard":
            raise NoValueError("a moment, or no finite number")
        return {"null": None, "true": True, "false": False, "day": f"{text}T00:00:00Z"}[self.name]


def _keyed(value: Any) -> Any:
    if isinstance(value, dict):
        return {_key(key): _keyed(inner) for key, inner in value.items()}
    return [_keyed(inner) for inner in value] if isinstance(value, list) else value


def _key(key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    return key if isinstance(key, str) else str(key)
