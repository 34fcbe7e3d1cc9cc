"""String functions.

Source: Terraform, "String Functions"; Go's ``strings`` and ``regexp/syntax``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from planguard.plan.source.evaluation.functions.formatting import format_list, format_text
from planguard.plan.source.evaluation.functions.signature import Function, lenient
from planguard.plan.source.evaluation.value import UNKNOWN, NoValueError

_PATIENCE = 1.0
"""Seconds that one expression may take: a pattern from source must not hold up the gate."""


@lru_cache(256)
def _compiled(pattern: str) -> Any:
    """A pattern of Go's; what Python lacks, the ``regex`` module has."""
    import regex  # type: ignore[import-untyped, unused-ignore]

    try:
        return regex.compile(pattern.replace(r"\z", r"\Z"), regex.VERSION1)
    except regex.error:
        raise NoValueError("the pattern is wrong") from None


def _captured(match: Any) -> Any:
    names = match.groupdict()
    if names:
        return names
    return list(match.groups()) if match.re.groups else match.group()


def _regex(pattern: str, text: str) -> Any:
    try:
        match = _compiled(pattern).search(text, timeout=_PATIENCE)
    except TimeoutError:
        return UNKNOWN
    if match is None:
        raise NoValueError("the pattern does not match")
    return _captured(match)


def _regexall(pattern: str, text: str) -> Any:
    try:
        return [_captured(match) for match in _compiled(pattern).finditer(text, timeout=_PATIENCE)]
    except TimeoutError:
        return UNKNOWN


def _replace(text: str, old: str, new: str) -> Any:
    if len(old) < 2 or not (old.startswith("/") and old.endswith("/")):
        return text.replace(old, new)
    new = re.sub(r"\$(?:\{(\w+)\}|(\w+))|\\", _replacement, new)
    try:
        return _compiled(old[1:-1]).sub(new, text, timeout=_PATIENCE)
    except TimeoutError:
        return UNKNOWN


def _replacement(match: re.Match[str]) -> str:
    name = match[1] or match[2]
    return f"\\g<{name}>" if name else "\\\\"


def _substr(text: str, offset: int, length: int) -> str:
    start = len(text) + offset if offset < 0 else offset
    return text[max(start, 0) :] if length < 0 else text[max(start, 0) : max(start, 0) + length]


def _split(separator: str, text: str) -> list[str]:
    return text.split(separator) if separator else list(text)


def _join(separator: str, *lists: list[Any]) -> str:
    items = [item for one in lists for item in one]
    if None in items:
        raise NoValueError("an element is null")
    return separator.join(items)


def _title(text: str) -> str:
    return re.sub(r"(^|[^\w'’])([^\W\d_])", lambda match: match[1] + match[2].upper(), text)


def _indent(width: int, text: str) -> str:
    return text.replace("\n", "\n" + " " * width)


def _chomp(text: str) -> str:
    return re.sub(r"(?:\r\n?|\n)*\Z", "", text)


def _strcontains(text: str, part: str) -> bool:
    return part in text


def _startswith(text: Any, prefix: Any) -> Any:
    return UNKNOWN if text is UNKNOWN or prefix is UNKNOWN else text.startswith(prefix)


STRING = {
    "chomp": Function(_chomp, "s"),
    "endswith": Function(str.endswith, "ss"),
    "format": Function(format_text, "sa*"),
    "formatlist": Function(format_list, "sa*"),
    "indent": Function(_indent, "ns"),
    "join": Function(_join, "sL*"),
    "lower": Function(str.lower, "s"),
    "regex": Function(_regex, "ss"),
    "regexall": Function(_regexall, "ss"),
    "replace": Function(_replace, "sss"),
    "split": Function(_split, "ss"),
    "startswith": lenient(_startswith, "ss"),
    "strcontains": Function(_strcontains, "ss"),
    "strrev": Function(lambda text: text[::-1], "s"),
    "substr": Function(_substr, "snn"),
    "title": Function(_title, "s"),
    "trim": Function(str.strip, "ss"),
    "trimprefix": Function(str.removeprefix, "ss"),
    "trimspace": Function(str.strip, "s"),
    "trimsuffix": Function(str.removesuffix, "ss"),
    "upper": Function(str.upper, "s"),
}
