"""Regular expressions as Go has them (RE2), on top of the ``regex`` module.

Source: Go's ``regexp/syntax`` for the grammar, ``regexp`` for which empty matches count and for ``$1`` in
replacements. Patterns come from source, so that none may take long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from planguard.plan.source.evaluation.value import NoValueError

PATIENCE = 1.0
"""Seconds that one expression may take."""

_FOREIGN = re.compile(r"\(\?(?:[=!>#]|<[=!])")
"""What RE2 does not have: looking ahead and behind, atomic groups."""
_PIECE = re.compile(
    r"""\\Q(?P<plain>.*?)(?:\\E|\Z)
    |\\x\{(?P<code>[0-9A-Fa-f]{1,6})\}
    |\\(?P<escape>.)
    |\[:\^?\w+:\]
    |(?P<mark>[\[\]$]|--|&&|~~|\|\|)""",
    re.DOTALL | re.VERBOSE,
)
_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_MULTILINE = re.compile(r"\(\?[a-zA-Z]*m[a-zA-Z]*(?:-[a-zA-Z]+)?[:)]")


@lru_cache(256)
def _compiled(pattern: str) -> Any:
    import regex  # type: ignore[import-untyped, unused-ignore]

    if _FOREIGN.search(pattern):
        raise NoValueError("the pattern is wrong")
    try:
        return regex.compile(_respelled(pattern), regex.VERSION1)
    except (regex.error, ValueError):
        raise NoValueError("the pattern is wrong") from None


def _respelled(pattern: str) -> str:
    r"""The pattern in the spelling of ``regex``: ``\d`` is ASCII, ``$`` is the very end, classes hold no sets."""
    by_line = bool(_MULTILINE.search(pattern))
    in_class = False

    def one(match: re.Match[str]) -> str:
        nonlocal in_class
        if match["plain"] is not None:
            return re.escape(match["plain"])
        if match["code"] is not None:
            return re.escape(chr(int(match["code"], 16)))
        if (escape := match["escape"]) is not None:
            return _escape(escape, in_class)
        mark = match["mark"]
        if mark is None:
            return match.group()
        if mark == "$":
            return "$" if in_class or by_line else r"\Z"
        if mark == "]" or (mark == "[" and not in_class):
            in_class = mark == "["
            return mark
        return f"{mark[:-1]}\\{mark[-1]}" if in_class else mark

    return _PIECE.sub(one, pattern)


def _escape(letter: str, in_class: bool) -> str:
    if letter in _CLASSES:
        return _CLASSES[letter] if in_class else f"[{_CLASSES[letter]}]"
    if letter.lower() in _CLASSES and not in_class:
        return f"[^{_CLASSES[letter.lower()]}]"
    return r"\Z" if letter == "z" else f"\\{letter}"


def first_match(pattern: str, text: str) -> Any:
    """What the first match has captured.

    :raises NoValueError: there is none, or the pattern is wrong
    :raises TimeoutError: it takes too long
    """
    match = _compiled(pattern).search(text, timeout=PATIENCE)
    if match is None:
        raise NoValueError("the pattern does not match")
    return _captured(match)


def all_matches(pattern: str, text: str) -> list[Any]:
    """What all matches have captured; errors as for :func:`first_match`, but none is no error."""
    return [_captured(match) for match in _matches(pattern, text)]


def replaced(pattern: str, text: str, new: str) -> str:
    """The text with all matches replaced; errors as for :func:`all_matches`."""
    parts: list[str] = []
    at = 0
    for match in _matches(pattern, text):
        parts += [text[at : match.start()], _expanded(new, match)]
        at = match.end()
    return "".join([*parts, text[at:]])


def _matches(pattern: str, text: str) -> Iterator[Any]:
    end = -1
    for match in _compiled(pattern).finditer(text, timeout=PATIENCE):
        if match.end() > match.start() or match.start() != end:  # no empty match right behind another one
            yield match
        end = match.end()


def _captured(match: Any) -> Any:
    names = match.groupdict()
    if names:
        return names
    return list(match.groups()) if match.re.groups else match.group()


def _expanded(new: str, match: Any) -> str:
    def one(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name is None:
            return "$"
        if name.isdecimal():
            return (match.group(int(name)) or "") if int(name) <= match.re.groups else ""
        return match.groupdict().get(name) or ""

    return re.sub(r"\$(?:\{(\w+)\}|(\w+)|\$)", one, new, flags=re.ASCII)
