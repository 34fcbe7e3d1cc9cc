"""String functions.

Source: Terraform, "String Functions"; Go's ``strings``.
"""

from __future__ import annotations

import re
from typing import Any

from planguard.plan.source.evaluation.functions.formatting import format_list, format_text
from planguard.plan.source.evaluation.functions.pattern import all_matches, first_match, replaced
from planguard.plan.source.evaluation.functions.signature import Function, lenient
from planguard.plan.source.evaluation.value import UNKNOWN, NoValueError


def _regex(pattern: str, text: str) -> Any:
    try:
        return first_match(pattern, text)
    except TimeoutError:
        return UNKNOWN


def _regexall(pattern: str, text: str) -> Any:
    try:
        return all_matches(pattern, text)
    except TimeoutError:
        return UNKNOWN


def _replace(text: str, old: str, new: str) -> Any:
    if len(old) < 2 or not (old.startswith("/") and old.endswith("/")):
        return text.replace(old, new)
    try:
        return replaced(old[1:-1], text, new)
    except TimeoutError:
        return UNKNOWN


def letters(text: str) -> list[str]:
    """The characters of a text as its reader counts them: an accent belongs to its letter."""
    if text.isascii() and "\r" not in text:
        return list(text)
    import regex  # type: ignore[import-untyped, unused-ignore]

    found: list[str] = regex.findall(r"\X", text)
    return found


def _substr(text: str, offset: int, length: int) -> str:
    found = letters(text)
    start = max(len(found) + offset if offset < 0 else offset, 0)
    return "".join(found[start:] if length < 0 else found[start : start + length])


def _split(separator: str, text: str) -> list[str]:
    return text.split(separator) if separator else list(text)


def _join(separator: str, *lists: list[Any]) -> str:
    items = [item for one in lists for item in one]
    if not lists:
        raise NoValueError("there is nothing to join")
    if None in items:
        raise NoValueError("an element is null")
    return separator.join(items)


def _title(text: str) -> str:
    return re.sub(r"(^|[\x00-\x7f]|\s)(?<![0-9A-Za-z_])([^\W\d_])", lambda match: match[1] + _upper(match[2]), text)


def _upper(text: str) -> str:
    return "".join(char.upper() if len(char.upper()) == 1 else char for char in text)


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
    "strrev": Function(lambda text: "".join(reversed(letters(text))), "s"),
    "substr": Function(_substr, "snn"),
    "title": Function(_title, "s"),
    "trim": Function(str.strip, "ss"),
    "trimprefix": Function(str.removeprefix, "ss"),
    "trimspace": Function(str.strip, "s"),
    "trimsuffix": Function(str.removesuffix, "ss"),
    "upper": Function(_upper, "s"),
}
