"""The graph as a picture: one SVG file that needs nothing else.

What changes stands out, by colour and by a sign; what does not is pale. A large graph is folded until it can be
read, from the least interesting end: first what no change is near to, then other unchanged objects, then changed
ones of one type, one module, one action. The picture says what it folded and what it does not draw.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planguard.reports.graph_columns import Path
from planguard.reports.graph_drawing import (
    TONES,
    UNCHANGED,
    Box,
    Drawing,
    Group,
    Link,
    action_of,
    boxes_of,
    counts_of,
    fold,
    gathered,
    kind_of,
    module_steps,
    near_change,
    printable,
    reference_of,
    tone_of,
    tooltip_of,
    what_of,
    without_keys,
    words_of,
)
from planguard.reports.graph_layout import Layout, Rect, lay_out
from planguard.reports.graph_model import GraphDocument, GraphNode
from planguard.reports.svg_text import fitted, letters, number, rows, xml

MOST_BOXES = 150
MOST_FRAMES = 40
MOST_FAR = 24
MOST_LINKS, MOST_LINKS_FOLDED = 700, 240
CALM = 90
"""Up to so many objects, all of them are drawn."""

_MARGIN = 24.0
_NARROWEST = 720.0
_DEEPEST = 6  # modules in modules that get a frame of their own
_BADGE = 24.0
_NAME, _TYPE = 7.3, 5.6  # what a letter takes, on the wide side: the font is the reader's
_LEGEND = {"no-op": "no-op, unchanged", "read": "read, data source"}
_STYLE = """\
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;unicode-bidi:isolate}
.h{font-size:16px;font-weight:600;fill:#1f2328}.s{font-size:12px;fill:#424a53}.w{font-size:12px;fill:#953800}
.f{fill:#f6f8fa;fill-opacity:.7;stroke:#c4ccd4}.t{font-size:12px;font-weight:600;fill:#424a53;stroke:#f6f8fa;
stroke-width:3px;stroke-linejoin:round;paint-order:stroke}
.n{font-size:12px;fill:#1f2328}.b{font-weight:600}.k{fill:#424a53;font-weight:400}.d{font-size:10px;fill:#57606a}
.p .n,.p .k{fill:#656d76}.p .b{font-weight:500}.p .d{fill:#6e7781}
.g{font-size:15px;font-weight:700;text-anchor:middle}
.e{fill:none;stroke-width:1.4}.v{stroke-width:.8}.o{stroke-dasharray:5 3}.x{stroke-dasharray:1.5 3}"""


def render_svg(document: GraphDocument) -> str:
    """The graph as SVG: who refers stands left of what it refers to."""
    drawing = gathered(document, _groups(document))
    links = _drawn_links(drawing)
    paths = [_path(box.module) for box in drawing.boxes]
    widths = [_width(box) for box in drawing.boxes]
    layout = lay_out(paths, widths, [(link.source, link.target) for link in links])
    width = max(layout.width + 2 * _MARGIN, _NARROWEST)
    head, top = _header(document, drawing, links, width)
    legend, foot = _legend(drawing, links, top + layout.height + 30.0, width)
    title, height = printable(f"Changes of {document.file}"), foot + _MARGIN - 8.0
    body = [*_body(drawing, links, layout)]
    size = f'width="{number(width)}" height="{number(height)}" viewBox="0 0 {number(width)} {number(height)}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<title>{xml(title)}</title>",
        f"<desc>{xml(' '.join([counts_of(document) + '.', *_notes(drawing, links)]))}</desc>",
        f"<style>{_STYLE}</style>",
        f'<rect width="{number(width)}" height="{number(height)}" fill="#ffffff"/>',
        *head,
        f'<g transform="translate({number((width - layout.width) / 2)} {number(top)})">',
        *body,
        "</g>",
        *legend,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


# -- what is folded ------------------------------------------------------------------------------------------------


def _groups(document: GraphDocument) -> list[Group | None]:
    """What each object is folded into, None for a box of its own."""
    nodes = document.nodes
    groups: list[Group | None] = [None] * len(nodes)
    if len(nodes) <= CALM:
        return groups
    near = near_change(document)
    far = [node if node.id not in near else None for node in nodes]
    groups = [(node.module, kind_of(node), UNCHANGED) if node else None for node in far]
    wider = [(node.module, "", UNCHANGED) if node else None for node in far]
    groups = fold(groups, wider, far.count(None) + MOST_FAR)
    calm = [None if node.changed else (node.module, kind_of(node), UNCHANGED) for node in nodes]
    return _smaller(nodes, fold(groups, calm, MOST_BOXES))


def _smaller(nodes: Sequence[GraphNode], groups: list[Group | None]) -> list[Group | None]:
    """Fold what changes as well: in one module, then over all instances of a module, then over everything."""
    groups = fold(groups, [(node.module, kind_of(node), what_of(node)) for node in nodes], MOST_BOXES)
    calls = [without_keys(node.module) for node in nodes]
    boxes = boxes_of(groups)
    most = MOST_FRAMES if len({node.module for node in nodes}) > MOST_FRAMES < boxes else MOST_BOXES
    groups = fold(groups, [(call, kind_of(n), what_of(n)) for call, n in zip(calls, nodes, strict=True)], most)
    tops = [call and module_steps(call)[0] for call in calls]
    groups = fold(groups, [(top, "", what_of(node)) for top, node in zip(tops, nodes, strict=True)], MOST_BOXES)
    return fold(groups, [("", "", what_of(node)) for node in nodes], MOST_BOXES)


def _drawn_links(drawing: Drawing) -> list[Link]:
    """The links that are drawn: none between folded boxes that do not change; of too many, the weightiest."""

    def weight(link: Link) -> tuple[bool, int]:
        ends = drawing.boxes[link.source], drawing.boxes[link.target]
        return ends[0].changed or ends[1].changed, len(link.edges)

    telling = [
        link
        for link in drawing.links
        if weight(link)[0] or not (drawing.boxes[link.source].group and drawing.boxes[link.target].group)
    ]
    kept = sorted(telling, key=weight, reverse=True)[: MOST_LINKS_FOLDED if drawing.folded else MOST_LINKS]
    return sorted(kept, key=lambda link: (link.source, link.target))


def _notes(drawing: Drawing, links: Sequence[Link]) -> list[str]:
    """What the picture does not show one by one. Objects and references add up to those of the plan."""
    notes = []
    if drawing.folded:
        boxes = sum(1 for box in drawing.boxes if len(box.nodes) > 1)
        notes.append(f"{_many(drawing.folded, 'object')} folded into {_many(boxes, 'box')}.")
    total = sum(len(link.edges) for link in drawing.links)
    unseen = total - sum(len(link.edges) for link in links)
    missing = [
        f"{drawing.inside} within one box" if drawing.inside else "",
        f"{unseen} between boxes" if unseen else "",
        f"{drawing.astray} with an end that the plan does not list" if drawing.astray else "",
    ]
    if any(missing):
        whole = total + drawing.inside + drawing.astray
        left = drawing.inside + unseen + drawing.astray
        notes.append(f"{left} of {_many(whole, 'reference')} not drawn: {', '.join(filter(None, missing))}.")
    return notes


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "es" if noun.endswith("x") else "s")


# -- what is painted -----------------------------------------------------------------------------------------------


def _path(module: str) -> Path:
    steps = module_steps(module)
    return (*steps[:_DEEPEST], ".".join(steps[_DEEPEST:])) if len(steps) > _DEEPEST else tuple(steps)


def _width(box: Box) -> float:
    name, key, detail = words_of(box)
    needed = max((letters(name) + letters(key) + 0.5) * _NAME, letters(detail) * _TYPE)
    return round(min(max(_BADGE + 22.0 + needed, 130.0), 290.0))


def _header(
    document: GraphDocument, drawing: Drawing, links: Sequence[Link], width: float
) -> tuple[list[str], float]:
    room = width - 2 * _MARGIN
    lines = [f'<text class="h" x="{number(_MARGIN)}" y="36">{xml(fitted(printable(document.file), room / 9))}</text>']
    y = 38.0
    said = [("s", f"{counts_of(document)} · Terraform {printable(document.terraform_version)}")]
    said += [("w", note) for note in _notes(drawing, links)]
    for kind, text in said:
        for row in rows(text, room / 6.4):
            y += 18.0
            lines.append(f'<text class="{kind}" x="{number(_MARGIN)}" y="{number(y)}">{xml(row)}</text>')
    return lines, y + 22.0


def _body(drawing: Drawing, links: Sequence[Link], layout: Layout) -> Iterator[str]:
    """Frames, then links, the pale ones first, then titles and boxes above them."""
    for _, rect in layout.frames:
        yield f'<rect class="f" {_rect(rect)} rx="8"/>'
    strong = [drawing.boxes[link.source].changed or drawing.boxes[link.target].changed for link in links]
    for wanted in (False, True):
        for link, route, is_strong in zip(links, layout.routes, strong, strict=True):
            if is_strong == wanted:
                yield _link(link, drawing.boxes, route, is_strong)
    for path, rect in layout.frames:
        title = fitted(printable(path[-1]), (rect.width - 20.0) / 7.0)
        whole = xml(printable(".".join(path)))
        place = f'x="{number(rect.x + 10.0)}" y="{number(rect.y + 17.0)}"'
        yield f'<text class="t" {place}><title>{whole}</title>{xml(title)}</text>'
    for box, rect in zip(drawing.boxes, layout.boxes, strict=True):
        yield _box(box, rect)


def _rect(rect: Rect) -> str:
    return f'x="{number(rect.x)}" y="{number(rect.y)}" width="{number(rect.width)}" height="{number(rect.height)}"'


def _box(box: Box, rect: Rect) -> str:
    tone = tone_of(box)
    fill, line = (tone.fill, 'stroke-width="1.6"') if box.changed else ("#ffffff", 'stroke-width="1"')
    parts = ['<g class="p">' if not box.changed else "<g>", f"<title>{xml(tooltip_of(box))}</title>"]
    if box.group is not None:
        behind = Rect(rect.x + 4.0, rect.y + 4.0, rect.width, rect.height)
        parts.append(f'<rect {_rect(behind)} rx="6" fill="#ffffff" stroke="{tone.stroke}" stroke-opacity=".7"/>')
    parts.append(f'<rect {_rect(rect)} rx="6" fill="{fill}"/>')
    x, y, bottom = rect.x, rect.y, rect.y + rect.height
    edge = number(x + _BADGE)
    badge = f"M{edge} {number(y)}H{number(x + 6)}q-6 0 -6 6V{number(bottom - 6)}q0 6 6 6H{edge}z"
    fade = "" if box.changed else ' fill-opacity=".55"'
    ink = tone.ink if box.changed else "#424a53"
    parts.append(f'<path d="{badge}" fill="{tone.badge if box.changed else "#d8dee4"}"{fade}/>')
    border = tone.stroke if box.changed else "#c4ccd4"
    parts.append(f'<rect {_rect(rect)} rx="6" fill="none" stroke="{border}" {line}/>')
    parts.append(
        f'<text class="g" x="{number(x + _BADGE / 2)}" y="{number(y + 25.5)}" fill="{ink}">{tone.glyph}</text>'
    )
    name, key, detail = _fitted(box, rect.width - _BADGE - 18.0)
    span = f'<tspan class="k">{xml(key)}</tspan>' if key else ""
    left = number(x + _BADGE + 9.0)
    parts.append(
        f'<text class="n" x="{left}" y="{number(y + 17.0)}"><tspan class="b">{xml(name)}</tspan>{span}</text>'
    )
    parts.append(f'<text class="d" x="{left}" y="{number(y + 31.0)}">{xml(detail)}</text></g>')
    return "".join(parts)


def _fitted(box: Box, room: float) -> tuple[str, str, str]:
    """Name, key and type, shortened to the room that there is; the name and the key share theirs."""
    name, key, detail = words_of(box)
    cells = room / _NAME
    if letters(name) + letters(key) > cells:
        name = fitted(name, max(cells / 2, cells - letters(key)))
        key = fitted(key, cells - letters(name))
    return name, key, fitted(detail, room / _TYPE + 1)


def _look(link: Link, is_strong: bool) -> tuple[str, str]:
    """The classes and the colour of a link."""
    kinds = "e" + " v" * link.by_value
    if link.when == "before":
        return kinds + " x", "#cf222e"
    colour = "#1a7f37" if link.when == "after" else "#6e7781" if is_strong else "#b6bfc8"
    return kinds + " o" * link.possible, colour


def _link(link: Link, boxes: Sequence[Box], route: Sequence[tuple[float, float]], is_strong: bool) -> str:
    kinds, colour = _look(link, is_strong)
    (x, y), (end, level) = route[0], route[-1]
    tip = 7.0 if end > x else -7.0
    points = [*route[1:-1], (end - tip * 0.8, level)]
    path = [f"M{number(x)} {number(y)}"]
    if end == x:  # two boxes of one column: round the outside
        out = x + 18.0 + min(abs(level - y) / 8, 40.0)
        path.append(f"C{number(out)} {number(y)} {number(out)} {number(level)} {number(end + 5.6)} {number(level)}")
        points = []
    for at, (to_x, to_y) in enumerate(points):
        if at % 2:
            path.append(f"H{number(to_x)}")
        else:
            middle = (x + to_x) / 2
            path.append(
                f"C{number(middle)} {number(y)} {number(middle)} {number(to_y)} {number(to_x)} {number(to_y)}"
            )
        x, y = to_x, to_y
    head = f"M{number(end)} {number(level)}l{number(-tip)} -3.2v6.4z"
    title = xml(reference_of(link, boxes))
    return (
        f'<g><title>{title}</title><path class="{kinds}" stroke="{colour}" d="{"".join(path)}"/>'
        f'<path d="{head}" fill="{colour}"/></g>'
    )


def _legend(drawing: Drawing, links: Sequence[Link], top: float, width: float) -> tuple[list[str], float]:
    """The signs and lines that this picture uses, in rows as wide as it is."""
    shown = {action_of(node) for box in drawing.boxes for node in box.nodes}
    entries: list[tuple[str, str]] = []
    for action, tone in TONES.items():
        if action in shown:
            sign = (
                f'<rect y="-12" width="16" height="16" rx="3" fill="{tone.badge}"/>'
                f'<text x="8" y="1" text-anchor="middle" font-size="12" font-weight="700" fill="{tone.ink}">'
                f"{tone.glyph}</text>"
            )
            entries.append((sign, _LEGEND.get(action, action)))
    used = {(link.when, link.possible, link.by_value) for link in links}
    samples = [
        ("e", "#6e7781", "refers to", any(not possible and not value for _, possible, value in used)),
        ("e v", "#6e7781", "by value", any(value for _, _, value in used)),
        ("e o", "#6e7781", "possible", any(possible for _, possible, _ in used)),
        ("e", "#1a7f37", "only after", any(when == "after" for when, _, _ in used)),
        ("e x", "#cf222e", "only before", any(when == "before" for when, _, _ in used)),
    ]
    for kinds, colour, name, is_used in samples:
        if is_used:
            entries.append((f'<path class="{kinds}" stroke="{colour}" d="M0 -4H24"/>', name))
    lines, x, y = (
        [f'<path d="M{number(_MARGIN)} {number(top - 14)}H{number(width - _MARGIN)}" stroke="#d8dee4"/>'],
        0.0,
        top + 10.0,
    )
    for sign, name in entries:
        start = 31.0 if "path" in sign else 23.0
        step = start + 26.0 + len(name) * 6.2
        if x and x + step > width - 2 * _MARGIN:
            x, y = 0.0, y + 24.0
        text = f'<text class="s" x="{number(start)}" y="0">{xml(name)}</text>'
        lines.append(f'<g transform="translate({number(_MARGIN + 8 + x)} {number(y)})">{sign}{text}</g>')
        x += step
    return lines, y + 12.0
