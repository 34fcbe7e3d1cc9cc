"""``aws_iam_policy_document``: the JSON that the provider makes of its blocks.

Source: AWS provider, ``internal/service/iam/policy_document_data_source.go`` and ``policy_model.go``, and the
documentation of the data source (merging by ``sid``).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

from planguard.plan.source.evaluation.value import UNKNOWN, NoValueError, has_unknown

LISTS = (
    ("Action", "actions"),
    ("NotAction", "not_actions"),
    ("Resource", "resources"),
    ("NotResource", "not_resources"),
)
SOURCES = ("source_json", "source_policy_documents")
OVERRIDES = ("override_json", "override_policy_documents")


DOCUMENT_PARTS = ("statement", "version", "policy_id", *SOURCES, *OVERRIDES)
"""The arguments and blocks that a document is made of."""

NO_DOCUMENT: Mapping[str, Any] = {
    "id": UNKNOWN,
    "json": UNKNOWN,
    "minified_json": UNKNOWN,
    "version": UNKNOWN,
}
"""What a document gives of which something is unknown."""


def policy_document(values: dict[str, Any]) -> Mapping[str, Any]:
    """``json``, ``minified_json``, ``version`` and ``id`` of a document; unknown where one of its values is.

    :param values: its arguments and blocks, without marks
    :raises NoValueError: something that it merges is no policy
    """
    if any(has_unknown(values.get(name)) for name in DOCUMENT_PARTS):
        return NO_DOCUMENT
    document = _merged(values)
    text = _escaped(json.dumps(document, indent=2, ensure_ascii=False))
    minified = _escaped(json.dumps(document, separators=(",", ":"), ensure_ascii=False))
    return {
        "id": str(zlib.crc32(text.encode())),
        "json": text,
        "minified_json": minified,
        "version": document["Version"],
    }


def _escaped(text: str) -> str:
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _merged(values: dict[str, Any]) -> dict[str, Any]:
    statements: list[dict[str, Any]] = []
    version, name = values.get("version"), values.get("policy_id")
    for text in _texts(values, SOURCES):
        source = _parsed(text)
        version, name = version or source.get("Version"), name or source.get("Id")
        statements = _laid_over(statements, _statements(source))
    statements = _laid_over(statements, [_statement(one) for one in values.get("statement") or []])
    for text in _texts(values, OVERRIDES):
        override = _parsed(text)
        version, name = override.get("Version") or version, override.get("Id") or name
        statements = _laid_over(statements, _statements(override))
    document: dict[str, Any] = {"Version": version or "2012-10-17"}
    if name:
        document["Id"] = name
    document["Statement"] = statements
    return document


def _texts(values: dict[str, Any], names: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for name in names:
        value = values.get(name)
        found += [value] if isinstance(value, str) else value or []
    return [text for text in found if text]


def _parsed(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        raise NoValueError("a policy that is no JSON") from None
    if not isinstance(document, dict):
        raise NoValueError("a policy that is no object")
    return document


def _statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    found = document.get("Statement") or []
    return [found] if isinstance(found, dict) else list(found)


def _laid_over(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two lists of statements as one; a statement replaces an earlier one with the same ``Sid``."""
    found = list(first)
    for statement in second:
        sid = statement.get("Sid")
        at = next((n for n, one in enumerate(found) if sid and one.get("Sid") == sid), None)
        if at is None:
            found.append(statement)
        else:
            found[at] = statement
    return found


def _one_or_all(values: list[Any]) -> Any:
    """One alone stands for itself; several are a list, in the provider's order."""
    texts = sorted({str(value) for value in values}, reverse=True)
    return texts[0] if len(texts) == 1 else texts


def _statement(block: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    if block.get("sid"):
        row["Sid"] = block["sid"]
    row["Effect"] = block.get("effect") or "Allow"
    for key, name in LISTS:
        if block.get(name):
            row[key] = _one_or_all([_variables(text) for text in block[name]])
    for key, name in (("Principal", "principals"), ("NotPrincipal", "not_principals")):
        if block.get(name):
            row[key] = _principals(block[name])
    if block.get("condition"):
        row["Condition"] = _conditions(block["condition"])
    return row


def _variables(text: Any) -> str:
    """``&{aws:username}`` is how Terraform's source writes a policy variable."""
    return str(text).replace("&{", "${")


def _principals(blocks: list[dict[str, Any]]) -> Any:
    if any(block["type"] == "*" and "*" in block["identifiers"] for block in blocks):
        return "*"
    found: dict[str, list[Any]] = {}
    for block in blocks:
        found.setdefault(block["type"], []).extend(_variables(one) for one in block["identifiers"])
    return {kind: _one_or_all(names) for kind, names in sorted(found.items())}


def _conditions(blocks: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, list[str]]] = {}
    for block in blocks:
        values = found.setdefault(block["test"], {}).setdefault(block["variable"], [])
        values += [_variables(value) for value in block["values"]]
    return {
        test: {variable: values[0] if len(values) == 1 else values for variable, values in sorted(rows.items())}
        for test, rows in sorted(found.items())
    }
