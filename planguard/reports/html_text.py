"""Text as HTML: whatever is no markup already is escaped, so that forgetting it cannot happen.

Source: the HTML standard, section 13.3 (escaping a string), and section 13.1.2 (elements and attributes).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from planguard.reports.text import plain

_VOID = frozenset({"br", "input", "link", "meta", "wbr"})
_BREAK = re.compile(r"(?<=[./])(?=[^./])|(?=\[)")
_CODE = re.compile(r"`([^`\n]+)`")


class Markup(str):
    """HTML that is safe to put into a page as it is."""

    __slots__ = ()


EMPTY = Markup()


def text(value: str) -> Markup:
    """Text that shows every letter as it is; what cannot be seen, or turns round its neighbours, is spelled out."""
    return Markup(escape("\n".join(map(plain, value.split("\n"))), quote=True))


def el(name: str, /, *inner: str, **attributes: str | bool | None) -> Markup:
    """One element. Text in it is escaped, markup is not; ``class_`` is ``class``, ``data_x`` is ``data-x``.

    :param attributes: None and False leave an attribute out, True gives it no value
    """
    said = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{text(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Markup(f"<{name}{said}>")
    return Markup(f"<{name}{said}>{join(inner)}</{name}>")


def join(parts: Iterable[str], between: str = "") -> Markup:
    """Parts in a row; text among them is escaped."""
    return Markup(_safe(between).join(_safe(part) for part in parts))


def _safe(part: str) -> Markup:
    return part if isinstance(part, Markup) else text(part)


def code(value: str) -> Markup:
    """A name as it stands in a file, which may break where a reader would break it."""
    return el("code", join(_BREAK.split(value), Markup("<wbr>")))


def codes(values: Iterable[str]) -> Markup:
    """Names in a row."""
    return join(map(code, values), ", ")


def prose(value: str) -> Markup:
    """A sentence, in which what stands in backticks is a name."""
    parts = _CODE.split(value)
    return join(code(part) if at % 2 else part for at, part in enumerate(parts))


def items(entries: Iterable[str], class_: str | None = None) -> Markup:
    """A list; nothing where there is nothing to list."""
    entries = list(entries)
    return el("ul", *(el("li", entry) for entry in entries), class_=class_) if entries else EMPTY


def facts(pairs: Iterable[tuple[str, str | None]], class_: str) -> Markup:
    """Names and values; a pair without a value is left out."""
    return el(
        "dl",
        *(el("div", el("dt", name), el("dd", value)) for name, value in pairs if value),
        class_=class_,
    )


def count(number: int, noun: str, many: str | None = None) -> str:
    """``1 rule``, ``1,200 rules``."""
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"
