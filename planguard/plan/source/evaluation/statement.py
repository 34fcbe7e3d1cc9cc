"""``aws_iam_policy_document`` where some of it is not known: the document with everything that is.

Source: as ``policy``; which statement replaces which is said in "Data Source: aws_iam_policy_document", Merging.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from planguard.plan.source.evaluation.document import tree_of
from planguard.plan.source.evaluation.policy import LISTS, NO_DOCUMENT, OVERRIDES, SOURCES, policy_document
from planguard.plan.source.evaluation.symbol import Document, OpenList, Symbolic
from planguard.plan.source.evaluation.value import (
    UNKNOWN,
    NoValueError,
    SymbolKeyed,
    equal,
    has_unknown,
    is_opaque,
    to_string,
)


def document_with_unknown(values: dict[str, Any]) -> Mapping[str, Any]:
    """``json``, ``minified_json``, ``version`` and ``id`` of a document, symbolic where one of its values is.

    :param values: its arguments and blocks, without marks; what nobody wrote is left out
    :raises NoValueError: something that it merges is no policy
    """
    if not any(is_opaque(one) or has_unknown(one) for one in values.values()):
        return policy_document(values)
    tree = _merged(values)
    text = Symbolic((Document(tree),))
    return {**NO_DOCUMENT, "json": text, "minified_json": text, "version": tree["Version"]}


def _merged(values: dict[str, Any]) -> dict[str, Any]:
    statements: list[Any] = []
    version, name = values.get("version"), values.get("policy_id")
    for source in _documents(values, SOURCES):
        if source is not UNKNOWN:
            version, name = version or source.get("Version"), name or source.get("Id")
        statements = _laid_over(statements, _statements(source))
    blocks = values.get("statement", [])
    written = [_statement(one) for one in blocks] if isinstance(blocks, list | tuple) else [UNKNOWN]
    statements = _laid_over(statements, written)
    for override in _documents(values, OVERRIDES):
        if override is UNKNOWN:
            # Whatever has a name may be replaced.
            statements = [UNKNOWN if _has_name(one) else one for one in statements]
        else:
            version, name = override.get("Version") or version, override.get("Id") or name
        statements = _laid_over(statements, _statements(override))
    document: dict[str, Any] = {"Version": version or "2012-10-17"}
    if name:
        document["Id"] = name
    document["Statement"] = OpenList(statements) if UNKNOWN in statements else statements
    return document


def _has_name(statement: Any) -> bool:
    return statement is UNKNOWN or bool(statement.get("Sid"))


def _documents(values: dict[str, Any], names: tuple[str, ...]) -> list[Any]:
    """The documents that are merged; unknown for each of which nobody can say anything."""
    found: list[Any] = []
    for name in names:
        value = values.get(name)
        found += value if isinstance(value, list | tuple) else [value]
    return [_parsed(one) for one in found if one is not None and one != ""]


def _parsed(text: Any) -> Any:
    try:
        tree = tree_of(text) if type(text) is Symbolic else UNKNOWN if text is UNKNOWN else json.loads(text)
    except (ValueError, TypeError, RecursionError):
        raise NoValueError("a policy that is no JSON") from None
    except NoValueError:
        return UNKNOWN
    if tree is UNKNOWN or type(tree) is SymbolKeyed:
        return UNKNOWN
    if not isinstance(tree, dict):
        raise NoValueError("a policy that is no object")
    return tree


def _statements(document: Any) -> list[Any]:
    found = document.get("Statement") if document is not UNKNOWN else UNKNOWN
    if isinstance(found, list | tuple):
        return list(found)
    return [] if found is None else [found if isinstance(found, dict) else UNKNOWN]


def _laid_over(first: list[Any], second: list[Any]) -> list[Any]:
    """Two lists of statements as one; a statement replaces an earlier one with the same ``Sid``."""
    found = list(first)
    for statement in second:
        sid = statement.get("Sid") if isinstance(statement, dict) else None
        same = [n for n, one in enumerate(found) if sid and isinstance(one, dict) and _is(one.get("Sid"), sid)]
        if same:
            found[same[0]] = statement
        else:
            found.append(statement)
    return found


def _is(one: Any, sid: Any) -> bool:
    return equal(one, sid) is True


def _statement(block: Any) -> Any:
    if not isinstance(block, dict):
        return UNKNOWN
    row: dict[str, Any] = {}
    if block.get("sid"):
        row["Sid"] = block["sid"]
    row["Effect"] = block.get("effect") or "Allow"
    for key, name in LISTS:
        if (items := _listed(block.get(name))) is not None:
            row[key] = items
    for key, name in (("Principal", "principals"), ("NotPrincipal", "not_principals")):
        if block.get(name):
            row[key] = _principals(block[name])
    if block.get("condition"):
        row["Condition"] = _conditions(block["condition"])
    return row


def _listed(value: Any) -> Any:
    """The texts of a set: one alone stands for itself; None where there are none."""
    if value is None or value == []:
        return None
    if not isinstance(value, list | tuple):
        return UNKNOWN
    texts: list[Any] = []
    for item in value:
        text = _variables(item)
        if text is UNKNOWN or not any(equal(text, one) is True for one in texts):
            texts.append(text)
    known = sorted((one for one in texts if isinstance(one, str)), reverse=True)
    ordered = [*known, *(one for one in texts if not isinstance(one, str))]
    if type(value) is OpenList:
        return OpenList(ordered)
    return ordered[0] if len(ordered) == 1 else ordered


def _variables(text: Any) -> Any:
    """``&{aws:username}`` is how Terraform's source writes a policy variable."""
    value = to_string(text)
    if type(value) is Symbolic:
        parts = (one.replace("&{", "${") if isinstance(one, str) else one for one in value.parts)
        return Symbolic(tuple(parts), is_text=True)
    return value.replace("&{", "${") if isinstance(value, str) else value


def _principals(blocks: Any) -> Any:
    if not isinstance(blocks, list | tuple) or any(not isinstance(block, dict) for block in blocks):
        return UNKNOWN
    found: dict[str, list[Any]] = {}
    for block in blocks:
        kind, names = block["type"], block["identifiers"]
        if not isinstance(kind, str) or not isinstance(names, list | tuple) or type(names) is OpenList:
            return UNKNOWN
        if kind == "*" and "*" in names:
            return "*"
        found.setdefault(kind, []).extend(names)
    return {kind: _listed(names) for kind, names in sorted(found.items())}


def _conditions(blocks: Any) -> Any:
    if not isinstance(blocks, list | tuple) or any(not isinstance(block, dict) for block in blocks):
        return UNKNOWN
    found: dict[str, dict[Any, Any]] = {}
    for block in blocks:
        test, variable = block["test"], to_string(block["variable"])
        if not isinstance(test, str) or variable is UNKNOWN:
            return UNKNOWN
        rows = found.setdefault(test, {})
        rows[variable] = _more(rows.get(variable, []), block["values"])
    return {test: _row(rows) for test, rows in sorted(found.items())}


def _more(values: Any, others: Any) -> Any:
    """The values of a condition, with those of another block of the same test and variable."""
    if not isinstance(values, list) or not isinstance(others, list | tuple):
        return UNKNOWN
    texts = [*values, *map(_variables, others)]
    return OpenList(texts) if OpenList in (type(values), type(others)) else texts


def _row(rows: dict[Any, Any]) -> dict[Any, Any]:
    short = {
        variable: values[0] if type(values) is list and len(values) == 1 else values
        for variable, values in rows.items()
    }
    return SymbolKeyed(short) if any(type(one) is Symbolic for one in short) else short
