"""Encoding and hash functions.

Source: Terraform, "Encoding Functions" and "Hash and Crypto Functions"; Go's ``encoding/json`` escapes ``<``, ``>``
and ``&``, and sorts keys.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote_plus

from planguard.plan.source.evaluation.functions.signature import Function
from planguard.plan.source.evaluation.value import NoValueError, number_text, whole

_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def json_text(value: Any) -> str:
    """A value as Terraform's ``jsonencode`` writes it."""
    text = "".join(_json_parts(value))
    for char, escape in _ESCAPED.items():
        if char in text:
            text = text.replace(char, escape)
    return text


def _json_parts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        mark = "{"
        for key, inner in sorted(value.items()):
            yield f"{mark}{json.dumps(key, ensure_ascii=False)}:"
            yield from _json_parts(inner)
            mark = ","
        yield "}" if value else "{}"
    elif isinstance(value, list | tuple):
        mark = "["
        for inner in value:
            yield mark
            yield from _json_parts(inner)
            mark = ","
        yield "]" if value else "[]"
    elif isinstance(value, float):
        yield number_text(value)
    else:
        yield json.dumps(value, ensure_ascii=False)


def _jsondecode(text: str) -> Any:
    return _whole(json.loads(text, parse_constant=_refuse))


def _refuse(word: str) -> Any:
    raise NoValueError(f"`{word}` is no JSON")


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return whole(value) if isinstance(value, float) else value


def _yamldecode(text: str) -> Any:
    from planguard.plan.source.evaluation.functions.yaml import decode_yaml

    return _whole(decode_yaml(text))


def _yamlencode(value: Any) -> str:
    lines = _yaml_lines(value)
    return "\n".join(lines) + "\n"


def _yaml_lines(value: Any) -> list[str]:
    if isinstance(value, dict) and value:
        return [line for key, inner in sorted(value.items()) for line in _yaml_entry(f"{json.dumps(key)}:", inner)]
    if isinstance(value, list | tuple) and value:
        return [line for inner in value for line in _yaml_item(inner)]
    return [_yaml_leaf(value)]


def _yaml_entry(head: str, value: Any) -> list[str]:
    if isinstance(value, dict) and value:
        return [head, *(f"  {line}" for line in _yaml_lines(value))]
    if isinstance(value, list | tuple) and value:
        return [head, *_yaml_lines(value)]
    first, *rest = _yaml_leaf(value).split("\n")
    return [f"{head} {first}", *(f"  {line}" if line else line for line in rest)]


def _yaml_item(value: Any) -> list[str]:
    first, *rest = _yaml_lines(value)
    return [f"- {first}", *(f"  {line}" for line in rest)]


def _yaml_leaf(value: Any) -> str:
    if isinstance(value, str):
        if "\n" in value:
            keep = "|" if value.endswith("\n") else "|-"
            return "\n".join([keep, *value.removesuffix("\n").split("\n")])
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return number_text(value)
    return json.dumps(value)


def _csvdecode(text: str) -> list[dict[str, str]]:
    head, *rows = [row for row in csv.reader(io.StringIO(text), strict=True) if row]
    if len(set(head)) != len(head):
        raise NoValueError("a column stands twice")
    return [dict(zip(head, row, strict=True)) for row in rows]


def _base64decode(text: str) -> str:
    return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True).decode()


def _base64encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def digest(name: str) -> Callable[[bytes], str]:
    """A hash function, in hex."""
    return lambda content: hashlib.new(name, content, usedforsecurity=False).hexdigest()


def digest64(name: str) -> Callable[[bytes], str]:
    """A hash function, in base64."""
    return lambda content: base64.b64encode(hashlib.new(name, content, usedforsecurity=False).digest()).decode()


def _of_text(function: Callable[[bytes], str]) -> Function:
    return Function(lambda text: function(text.encode()), "s")


_NAMESPACES = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


def _uuidv5(namespace: str, name: str) -> str:
    known = _NAMESPACES.get(namespace)
    return str(uuid.uuid5(known if known is not None else uuid.UUID(namespace), name))


HASHES = {
    "md5": digest("md5"),
    "sha1": digest("sha1"),
    "sha256": digest("sha256"),
    "sha512": digest("sha512"),
    "base64sha256": digest64("sha256"),
    "base64sha512": digest64("sha512"),
}

ENCODING = {
    "base64decode": Function(_base64decode, "s"),
    "base64encode": Function(_base64encode, "s"),
    "csvdecode": Function(_csvdecode, "s"),
    "jsondecode": Function(_jsondecode, "s"),
    "jsonencode": Function(json_text, "a"),
    "textdecodebase64": Function(lambda text, name: base64.b64decode(text).decode(name), "ss"),
    "textencodebase64": Function(lambda text, name: base64.b64encode(text.encode(name)).decode(), "ss"),
    "urlencode": Function(lambda text: quote_plus(text, safe=""), "s"),
    "uuidv5": Function(_uuidv5, "ss"),
    "yamldecode": Function(_yamldecode, "s"),
    "yamlencode": Function(_yamlencode, "a"),
    **{name: _of_text(function) for name, function in HASHES.items()},
}
