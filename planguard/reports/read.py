"""A report that was stored as JSON, read again, so that it can be rendered in any format."""

from __future__ import annotations

import re

import msgspec

from planguard.errors import CallError
from planguard.reports.model import SCHEMA, Report

_HINT = f"give a file that `planguard check --format json` wrote ({SCHEMA})"
_PATH = re.compile(r"`(\$[^`]*)`$")


class _Named(msgspec.Struct, frozen=True):
    """The one key that says which document it is."""

    schema: str


def read_report(data: bytes) -> Report:
    """The report that ``planguard check --format json`` wrote. Keys that a later release added are passed over.

    :raises CallError: when it is none; the message repeats nothing of what it holds
    """
    try:
        return msgspec.json.decode(data, type=Report)
    except msgspec.ValidationError as error:
        raise CallError(_what_is_wrong(data, str(error)), _HINT) from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise CallError("not a report of planguard: this is no JSON", _HINT) from None


def _what_is_wrong(data: bytes, told: str) -> str:
    try:
        named = msgspec.json.decode(data, type=_Named)
    except (msgspec.MsgspecError, RecursionError):
        return "not a report of planguard: it has no `schema`"
    if named.schema != SCHEMA:
        return f"not a report that this planguard reads: its `schema` is not `{SCHEMA}`"
    found = _PATH.search(told)
    return f"not a report of planguard: `{found[1] if found else '$'}` is not as the schema says"
