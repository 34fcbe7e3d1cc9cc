"""Lines of a text report: wrapped at a width, colours not counted, no name torn apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r'(?:\["(?:[^"\\]|\\.)*"\]|\S)+\s*')  # an instance key may hold spaces
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def wrapped(text: str, indent: int, width: int) -> list[str]:
    """A text as lines; those after the first begin with so many spaces. A longer word stays whole."""
    if cells(text) <= width:
        return [text]
    lines: list[str] = []
    lead = len(text) - len(text.lstrip(" "))
    current, length = text[:lead], lead
    for word in _WORD.findall(text[lead:]):
        if length + cells(word.rstrip()) > width and current.strip():
            lines.append(current.rstrip())
            current, length = " " * indent, indent
        current += word
        length += cells(word)
    lines.append(current.rstrip())
    return lines


def cells(text: str) -> int:
    """How many letters of a text show."""
    return len(_COLOUR.sub("", text)) if "\x1b" in text else len(text)


def listed(names: Iterable[str], most: int, what: str = "more") -> str:
    """Names in a row; of more than ``most``, how many others there are."""
    names = list(names)
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} {what}"
