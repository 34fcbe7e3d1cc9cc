"""Numbers and text in an SVG, and how much room text takes there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from planguard.reports.graph_drawing import clipped


def number(value: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


def xml(text: str) -> str:
    """Text for XML. What XML may not hold has to be made printable before."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def letters(text: str) -> int:
    """How many letters wide a text is."""
    if text.isascii():
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(letter) in "WF" else not unicodedata.combining(letter) for letter in text
    )


def fitted(text: str, room: float) -> str:
    """A text that is at most so many letters wide; what is left out of its middle shows as an ellipsis."""
    most = max(int(room), 4)
    while letters(text) > int(room) and most >= 4:
        text = clipped(text, most)
        most -= 1
    return text


def rows(text: str, room: float) -> Iterator[str]:
    """A text in rows of so many letters."""
    row = ""
    for word in text.split(" "):
        if row and letters(row) + letters(word) + 1 > room:
            yield row
            row = word
        else:
            row = f"{row} {word}" if row else word
    yield fitted(row, room)
