"""The graph in Graphviz's language.

Source of the escapes: Graphviz's ``lang`` page (a quoted string knows ``\\"`` only), its ``escString`` (labels know
``\\\\`` and ``\\n``) and its character entities (``&amp;``), which plain labels know as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planguard.reports.graph_drawing import (
    Box,
    Link,
    counts_of,
    gathered,
    module_steps,
    printable,
    reference_of,
    tone_of,
    tooltip_of,
    words_of,
)
from planguard.reports.graph_model import GraphDocument

_HEAD = """\
  graph [rankdir=LR, fontname="Helvetica,Arial,sans-serif", fontsize=11, bgcolor="#ffffff", ranksep=0.9, nodesep=0.15,
         labelloc=t, labeljust=l];
  node [shape=box, style="rounded,filled", fontname="Helvetica,Arial,sans-serif", fontsize=10, margin="0.12,0.06"];
  edge [color="#6e7781", arrowsize=0.6, penwidth=1.4];"""


def render_dot(document: GraphDocument) -> str:
    """The graph as Graphviz text, every object and every reference in it, modules as clusters."""
    drawing = gathered(document, [None] * len(document.nodes))
    title = f"{document.file} · Terraform {document.terraform_version} · {counts_of(document)}"
    lines = ["digraph plan {", _HEAD, f"  label={_quoted(title)};"]
    lines += _clusters(drawing.boxes)
    lines += [_edge(link, drawing.boxes) for link in drawing.links]
    if drawing.inside + drawing.astray:
        lines.append(f"  // {drawing.inside + drawing.astray} references have an end that cannot be drawn")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(*rows: str) -> str:
    escaped = (printable(row).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') for row in rows)
    return '"' + "\\n".join(escaped) + '"'


def _clusters(boxes: Sequence[Box]) -> Iterator[str]:
    """The nodes, module by module; a cluster is opened when its first node comes, and closed after its last."""
    paths = [(tuple(module_steps(box.module)), index) for index, box in enumerate(boxes)]
    first: dict[tuple[str, ...], int] = {}
    for path, index in paths:
        for depth in range(len(path) + 1):
            first.setdefault(path[:depth], index)
    # Modules stay together, in the order of the plan; what stands in a module itself comes before its modules.
    paths.sort(key=lambda one: ([first[one[0][: depth + 1]] for depth in range(len(one[0]))], one[0], one[1]))
    opened: tuple[str, ...] = ()
    for number, (path, index) in enumerate(paths):
        while opened != path[: len(opened)]:
            yield "  " * len(opened) + "}"
            opened = opened[:-1]
        for step in path[len(opened) :]:
            opened += (step,)
            pad = "  " * len(opened)
            yield f"{pad}subgraph cluster_{number}_{len(opened)} {{"
            yield f'{pad}  label={_quoted(step)}; color="#d0d7de"; style=rounded; fontcolor="#424a53";'
        yield "  " * (len(opened) + 1) + _node(boxes[index], index)
    for depth in range(len(opened), 0, -1):
        yield "  " * depth + "}"


def _node(box: Box, index: int) -> str:
    tone = tone_of(box)
    name, key, detail = words_of(box)
    look = f'fillcolor="{tone.fill}", color="{tone.stroke}", ' + (
        'penwidth=1.8, fontcolor="#1f2328"' if box.changed else 'penwidth=0.8, fontcolor="#57606a"'
    )
    label, tooltip = _quoted(f"{tone.glyph} {name}{key}", detail), _quoted(tooltip_of(box))
    return f"n{index} [label={label}, tooltip={tooltip}, {look}];"


def _edge(link: Link, boxes: Sequence[Box]) -> str:
    look = [f"tooltip={_quoted(reference_of(link, boxes))}"]
    if link.when != "both":
        look.append('color="#cf222e"' if link.when == "before" else 'color="#1a7f37"')
    if link.when == "before":
        look.append("style=dotted")
    elif link.possible:
        look.append("style=dashed")
    if link.by_value:
        look.append("penwidth=0.7")
    return f"  n{link.source} -> n{link.target} [{', '.join(look)}];"
