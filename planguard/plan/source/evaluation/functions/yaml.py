"""``yamldecode``.

Source: Terraform, "yamldecode Function"; only ``true`` and ``false`` are bools there, and dates are texts.
"""

from __future__ import annotations

from typing import Any

from planguard.plan.source.evaluation.value import NoValueError


def decode_yaml(text: str) -> Any:
    """The value of a YAML document.

    :raises NoValueError: it is none, or has other tags than those of JSON
    """
    import yaml

    class _Loader(yaml.SafeLoader):
        """SafeLoader with the words of YAML 1.2."""

    keep = {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:null"}
    _Loader.yaml_implicit_resolvers = {
        char: [(tag, pattern) for tag, pattern in rows if tag in keep or (tag.endswith(":bool") and char in "tfTF")]
        for char, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    try:
        return _keyed(yaml.load(text, Loader=_Loader))  # noqa: S506  a SafeLoader
    except (yaml.YAMLError, RecursionError):
        raise NoValueError("the text is no YAML") from None


def _keyed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key if isinstance(key, str) else str(key): _keyed(inner) for key, inner in value.items()}
    return [_keyed(inner) for inner in value] if isinstance(value, list) else value
