"""The picture of what is around a finding, as a part of the page.

A style sheet in an SVG holds for the whole page that it stands in. So the pictures come without theirs, and the page
has it once, nested below the class of the pictures (CSS Nesting Module Level 1).
"""

from __future__ import annotations

from functools import cache

from planguard.reports.graph_model import SCHEMA, GraphDocument
from planguard.reports.graph_svg import render_svg
from planguard.reports.html_text import Markup, el

_BEGIN, _END = "<style>", "</style>\n"


def picture(document: GraphDocument) -> Markup:
    """A graph, to be opened. At narrow widths it scrolls on its own, also by keyboard."""
    drawn = render_svg(document)
    begin, end = _style(drawn)
    bare = Markup(drawn[: begin - len(_BEGIN)] + drawn[end + len(_END) :])
    scroller = el(
        "div", bare, class_="scroll", tabindex="0", role="group", aria_label=f"What is around {document.file}"
    )
    return el("details", el("summary", "Surroundings"), el("figure", scroller), class_="picture")


@cache
def picture_style() -> str:
    """The style sheet of all pictures, for the page."""
    drawn = render_svg(GraphDocument(SCHEMA, "", "", 0, 0, [], []))
    begin, end = _style(drawn)
    return f".picture svg{{{drawn[begin:end]}}}"


def _style(drawn: str) -> tuple[int, int]:
    """Where the style sheet of a picture begins and ends. Text in a picture holds no `<` that could be mistaken."""
    return drawn.index(_BEGIN) + len(_BEGIN), drawn.index(_END)
