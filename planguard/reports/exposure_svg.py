"""Exposure as a picture: one SVG file that needs nothing else.

Layers from the internet to the data stores, left to right; what is in one network stands in one frame. What is new
stands out by thickness, by a word and by colour; what is closed is dashed, what is possible is dotted. The picture
says what it folded and what it leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planguard.reports.analysed import facts_said
from planguard.reports.exposure_drawing import LAYERS, OUTSIDE, STANDINGS, Arrow, Drawing, Place, drawing_of
from planguard.reports.exposure_layout import Placed, Spot, Tie, place
from planguard.reports.exposure_model import CLOSED, NEW, POSSIBLE, UNCHANGED, ExposureDocument
from planguard.reports.exposure_words import kind_said, ledger_of
from planguard.reports.graph_drawing import TONES, printable
from planguard.reports.graph_layout import Rect
from planguard.reports.svg_text import fitted, letters, number, rows, xml

_MARGIN = 24.0
_NARROWEST = 720.0
_BADGE = 24.0
_NAME, _DETAIL, _LABEL = 7.3, 5.8, 6.4  # what a letter takes, on the wide side: the font is the reader's
_MOST_LABEL = 30
_NOTHING = "Nothing outside leads to anything in this plan."
_COLOURS = {NEW: "#cf222e", POSSIBLE: "#953800", CLOSED: "#57606a", UNCHANGED: "#8c959f"}
_LINK_NEW = "#0550ae"
_WORDS = {NEW: "new", POSSIBLE: "possible", CLOSED: "closed", UNCHANGED: "as before"}
STYLE = """\
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;unicode-bidi:isolate}
.h{font-size:16px;font-weight:600;fill:#1f2328}.s{font-size:12px;fill:#424a53}.w{font-size:12px;fill:#953800}
.c{font-size:12px;font-weight:600;fill:#57606a;text-anchor:middle}
.f{fill:#f6f8fa;fill-opacity:.7;stroke:#c4ccd4}.t{font-size:12px;font-weight:600;fill:#424a53}
.m{font-size:12px;font-weight:600;fill:#1f2328}.d{font-size:10px;fill:#57606a}
.g{font-size:15px;font-weight:700;text-anchor:middle}
.a{font-size:11px;fill:#424a53;stroke:#ffffff;stroke-width:3.5px;stroke-linejoin:round;paint-order:stroke}
.a.new,.a.possible,.a.closed{font-weight:700}.a.new{fill:#a40e26}.a.new.l{fill:#0550ae}.a.possible{fill:#953800}
.e{fill:none;stroke-width:1.3}.e.new{stroke-width:3}.e.new.l{stroke-width:2.4}.e.possible{stroke-width:2.2;
stroke-dasharray:1 4;stroke-linecap:round}.e.closed{stroke-width:1.6;stroke-dasharray:7 4}"""
"""The style sheet of the picture. In a page it holds for the whole page, and has to be nested there."""


def render_exposure_svg(document: ExposureDocument, *, inline: bool = False) -> str:
    """The picture of a document.

    :param inline: for a page that has the style sheet, and says itself what it is about
    """
    drawing = drawing_of(document)
    spots = [Spot(one.layer, one.network, _width(one)) for one in drawing.places]
    ties = [Tie(one.source, one.target, _room(one), f"{_classes(one)} {one.label}") for one in drawing.arrows]
    placed = place(spots, ties, _bands(drawing))
    width = max(placed.width + 2 * _MARGIN, _NARROWEST)
    head, top = _header([] if inline else _facts(document), _notes(drawing), width)
    left = (width - placed.width) / 2
    legend, foot = _legend(drawing, top + placed.height + 34.0, width)
    height = foot + _MARGIN - 8.0
    size = f'width="{number(width)}" height="{number(height)}" viewBox="0 0 {number(width)} {number(height)}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<title>{xml(_title(document))}</title>",
        f"<desc>{xml(' '.join([printable(ledger_of(document)) + '.', *_notes(drawing)]))}</desc>",
        *([] if inline else [f"<style>{STYLE}</style>"]),
        f'<rect width="{number(width)}" height="{number(height)}" fill="#ffffff"/>',
        *head,
        f'<g transform="translate({number(left)} {number(top)})">',
        *_body(drawing, placed),
        "</g>",
        *legend,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _title(document: ExposureDocument) -> str:
    return printable(f"Exposure of {document.plan.file}")


def _bands(drawing: Drawing) -> list[str]:
    """The networks in the order of their addresses; what is in none stands below them."""
    named = sorted({one.network for one in drawing.places if one.network})
    return [*named, ""]


def _notes(drawing: Drawing) -> list[str]:
    """What the picture does not show one by one."""
    notes = []
    if drawing.folded:
        boxes = sum(1 for one in drawing.places if one.folded > 1)
        notes.append(f"{drawing.folded} endpoints folded into {boxes} {'box' if boxes == 1 else 'boxes'}.")
    if drawing.inside:
        notes.append(f"{drawing.inside} links within one box not drawn.")
    if drawing.spared:
        notes.append(f"{drawing.spared} links that stand as before not drawn.")
    if drawing.left_out:
        kinds = ", ".join(f"{many} {kind_said(kind)}" for kind, many in drawing.left_out.items())
        notes.append(f"Not drawn, because nothing outside leads to it: {kinds}.")
    if not drawing.places:
        notes.append(_NOTHING)
    return notes


# -- what is painted -----------------------------------------------------------------------------------------------


def _width(one: Place) -> float:
    needed = max(letters(one.name) * _NAME, letters(one.detail) * _DETAIL)
    badge = 0.0 if one.layer == OUTSIDE else _BADGE
    return round(min(max(badge + 24.0 + needed, 110.0), 260.0))


def _shown_label(arrow: Arrow) -> str:
    return fitted(arrow.label, _MOST_LABEL)


def _room(arrow: Arrow) -> float:
    return letters(_shown_label(arrow)) * _LABEL + 12.0


def _facts(document: ExposureDocument) -> list[str]:
    said = (_title(document), printable(ledger_of(document)), printable(facts_said(document.plan)))
    return [one for one in said if one]


def _header(said: Sequence[str], notes: Sequence[str], width: float) -> tuple[list[str], float]:
    """The title and the lines below it, and where the picture begins."""
    room = width - 2 * _MARGIN
    left, y = number(_MARGIN), 14.0
    lines = []
    for kind, text in [
        *(("h" if not at else "s", text) for at, text in enumerate(said)),
        *(("w", one) for one in notes),
    ]:
        for row in [fitted(text, room / 9)] if kind == "h" else rows(text, room / 6.4):
            y += 22.0 if kind == "h" else 18.0
            lines.append(f'<text class="{kind}" x="{left}" y="{number(y)}">{xml(row)}</text>')
    return lines, y + 58.0


def _body(drawing: Drawing, placed: Placed) -> Iterator[str]:
    """Titles of layers, frames, arrows with what is new on top, then boxes, then labels, each place's once."""
    for layer, column in placed.columns.items():
        middle = number(column.x + column.width / 2)
        yield f'<text class="c" x="{middle}" y="-22">{xml(LAYERS[layer][0])}</text>'
    for _, rect in placed.frames:
        yield f'<rect class="f" {_rect(rect)} rx="8"/>'
    for band, rect in placed.frames:
        title = fitted(printable(band), (rect.width - 20.0) / 7.7)
        at = f'x="{number(rect.x + 10.0)}" y="{number(rect.y + 18.0)}"'
        yield f'<text class="t" {at}><title>{xml(printable(band))}</title>{xml(title)}</text>'
    drawn = list(zip(drawing.arrows, placed.routes, strict=True))
    drawn.sort(key=lambda pair: STANDINGS.index(pair[0].standing))
    for arrow, route in drawn:
        yield _arrow(arrow, route)
    for one, rect in zip(drawing.places, placed.boxes, strict=True):
        yield _outside(one, rect) if one.layer == OUTSIDE else _box(one, rect)
    yield from dict.fromkeys(_label(arrow, route) for arrow, route in drawn)


def _rect(rect: Rect) -> str:
    return f'x="{number(rect.x)}" y="{number(rect.y)}" width="{number(rect.width)}" height="{number(rect.height)}"'


def _outside(one: Place, rect: Rect) -> str:
    x, y = number(rect.x + rect.width / 2), rect.y + rect.height / 2
    name, detail = fitted(one.name, rect.width / _NAME), fitted(one.detail, rect.width / _DETAIL)
    return (
        f'<g text-anchor="middle"><title>{xml(printable(one.title))}</title>'
        f'<rect {_rect(rect)} rx="{number(min(rect.height / 2, 21.0))}" fill="#eef2f6" stroke="#57606a"/>'
        f'<text class="m" x="{x}" y="{number(y - 2.0)}">{xml(name)}</text>'
        f'<text class="d" x="{x}" y="{number(y + 12.0)}">{xml(detail)}</text></g>'
    )


def _box(one: Place, rect: Rect) -> str:
    tone = TONES.get(one.action, TONES["no-op"])
    x, y, bottom = rect.x, rect.y, rect.y + rect.height
    parts = [f"<g><title>{xml(one.title)}</title>"]
    if one.folded > 1:
        behind = Rect(x + 4.0, y + 4.0, rect.width, rect.height)
        parts.append(f'<rect {_rect(behind)} rx="6" fill="#ffffff" stroke="#8c959f"/>')
    parts.append(f'<rect {_rect(rect)} rx="6" fill="#ffffff"/>')
    edge = number(x + _BADGE)
    badge = f"M{edge} {number(y)}H{number(x + 6)}q-6 0 -6 6V{number(bottom - 6)}q0 6 6 6H{edge}z"
    parts.append(f'<path d="{badge}" fill="{tone.badge}"/>')
    parts.append(f'<rect {_rect(rect)} rx="6" fill="none" {_border(one)}/>')
    middle = y + rect.height / 2
    sign = f'x="{number(x + _BADGE / 2)}" y="{number(middle + 5.5)}" fill="{tone.ink}"'
    parts.append(f'<text class="g" {sign}>{tone.glyph}</text>')
    room = rect.width - _BADGE - 16.0
    left = number(x + _BADGE + 8.0)
    parts.append(
        f'<text class="m" x="{left}" y="{number(middle - 3.0)}">{xml(fitted(one.name, room / _NAME))}</text>'
    )
    detail = fitted(one.detail, room / _DETAIL + 1)
    parts.append(f'<text class="d" x="{left}" y="{number(middle + 11.0)}">{xml(detail)}</text></g>')
    return "".join(parts)


def _border(one: Place) -> str:
    """The line around a box: what reaches it from outside shows in it as in the arrows."""
    if not one.standing:
        return 'stroke="#c4ccd4"'
    dash = {POSSIBLE: ' stroke-dasharray="1 3" stroke-linecap="round"', CLOSED: ' stroke-dasharray="7 4"'}
    width = "2.4" if one.standing in (NEW, POSSIBLE) else "1.4"
    return f'stroke="{_COLOURS[one.standing]}" stroke-width="{width}"{dash.get(one.standing, "")}'


def _colour(arrow: Arrow) -> str:
    return _LINK_NEW if arrow.is_inner and arrow.standing == NEW else _COLOURS[arrow.standing]


def _classes(arrow: Arrow) -> str:
    return f"{arrow.standing} l" if arrow.is_inner else arrow.standing


def _arrow(arrow: Arrow, route: Sequence[tuple[float, float]]) -> str:
    """A line from its tail to its head: curves between columns, straight within them."""
    (x, y), (end, level) = route[0], route[-1]
    tip = 9.0 if end > route[-2][0] else -9.0
    path = [f"M{number(x)} {number(y)}"]
    for at, (to_x, to_y) in enumerate([*route[1:-1], (end - tip * 0.8, level)]):
        if at % 2:
            path.append(f"H{number(to_x)}")
        elif len(route) == 3 and abs(to_x - x) < abs(route[-2][0] - end) + 40.0 and (tip < 0) == (to_x > x):
            out = max(x, to_x) + 26.0  # both ends at one side: round the outside
            path.append(f"C{number(out)} {number(y)} {number(out)} {number(to_y)} {number(to_x)} {number(to_y)}")
        else:
            middle = (x + to_x) / 2
            path.append(
                f"C{number(middle)} {number(y)} {number(middle)} {number(to_y)} {number(to_x)} {number(to_y)}"
            )
        x, y = to_x, to_y
    colour = _colour(arrow)
    high = 5.0 if arrow.standing == NEW else 4.0
    head = f"M{number(end)} {number(level)}l{number(-tip)} {number(-high)}v{number(2 * high)}z"
    line = f'<path class="e {_classes(arrow)}" stroke="{colour}" d="{"".join(path)}"/>'
    return f'<g><title>{xml(arrow.title)}</title>{line}<path d="{head}" fill="{colour}"/></g>'


def _label(arrow: Arrow, route: Sequence[tuple[float, float]]) -> str:
    end, level = route[-1]
    from_left = end > route[-2][0]
    x = end - 23.0 if from_left else end + 23.0
    anchor = ' text-anchor="end"' if from_left else ""
    at = f'x="{number(x)}" y="{number(level - 4.0)}"'
    return f'<text class="a {_classes(arrow)}" {at}{anchor}>{xml(_shown_label(arrow))}</text>'


def _legend(drawing: Drawing, top: float, width: float) -> tuple[list[str], float]:
    """The lines and signs that this picture uses, in rows as wide as it is."""
    entries = [*_legend_lines(drawing.arrows), *_legend_signs(drawing.places)]
    rule = f'<path d="M{number(_MARGIN)} {number(top - 14)}H{number(width - _MARGIN)}" stroke="#d8dee4"/>'
    lines, x, y = [rule], 0.0, top + 10.0
    for sign, name, start in entries:
        step = start + 26.0 + len(name) * 6.2
        if x and x + step > width - 2 * _MARGIN:
            x, y = 0.0, y + 24.0
        text = f'<text class="s" x="{number(start)}" y="0">{xml(name)}</text>'
        lines.append(f'<g transform="translate({number(_MARGIN + 8 + x)} {number(y)})">{sign}{text}</g>')
        x += step
    return lines, y + 12.0


def _legend_lines(arrows: Sequence[Arrow]) -> Iterator[tuple[str, str, float]]:
    looks = {(_classes(one), _colour(one)): one for one in arrows}
    for standing in reversed(STANDINGS):
        for is_inner in (False, True):
            for (classes, colour), one in looks.items():
                if (one.standing, one.is_inner) == (standing, is_inner) and not (is_inner and standing != NEW):
                    where = {(NEW, False): " from outside", (NEW, True): " inside"}
                    line = f'<path class="e {classes}" stroke="{colour}" d="M0 -4H28"/>'
                    yield line, _WORDS[standing] + where.get((standing, is_inner), ""), 35.0


def _legend_signs(places: Sequence[Place]) -> Iterator[tuple[str, str, float]]:
    shown = {one.action for one in places}
    for action, tone in TONES.items():
        if action in shown:
            yield (
                f'<rect y="-12" width="16" height="16" rx="3" fill="{tone.badge}"/>'
                f'<text x="8" y="1" text-anchor="middle" font-size="12" font-weight="700" fill="{tone.ink}">'
                f"{tone.glyph}</text>",
                action,
                23.0,
            )
