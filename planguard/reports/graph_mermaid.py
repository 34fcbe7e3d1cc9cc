"""The graph in Mermaid's language, small enough for Mermaid's limits, so that a pull request shows it.

Source of the limits and escapes: Mermaid's configuration (``maxTextSize`` 50,000 characters, ``maxEdges`` 500) and
its page on flowcharts (entity codes). Whatever is no letter, digit, space, dot, dash or underscore of a label is
written as an entity, so that nothing in it can be read as Mermaid, Markdown or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from planguard.reports.graph_drawing import (
    TONES,
    UNCHANGED,
    Box,
    Drawing,
    Group,
    Link,
    action_of,
    clipped,
    counts_of,
    gathered,
    kind_of,
    module_steps,
    near_change,
    printable,
    tone_of,
    what_of,
    without_keys,
    words_of,
)
from planguard.reports.graph_model import GraphDocument

MOST_TEXT = 49_000
MOST_EDGES = 480
MOST_FRAMED, MOST_CROSSING = 80, 40
"""Nodes in frames, and edges from frame to frame. Of more, nobody can read them, and Mermaid's layout is apt to fail.

Source: https://github.com/dagrejs/dagre/issues/255, seen with about one random graph in thirty of this size.
"""

_LONGEST = 90
_PLAIN = frozenset(" -._")
_MERMAID_SIGNS = re.compile(r"\\(?=n)|\$(?=\$)")
_DATA = "data source, unchanged"
Path = tuple[str, ...]
_CLASSES = {action: action.replace("-", "") for action in TONES}


def render_mermaid(document: GraphDocument) -> str:
    """The graph as a Mermaid flowchart, summarised as far as it takes to be drawn."""
    text = ""
    for last_of_unchanged, groups in _summaries(document):
        drawing = gathered(document, groups)
        too_many = len(drawing.boxes) > MOST_FRAMED or len(drawing.links) > MOST_EDGES
        if too_many and not last_of_unchanged:
            continue
        if sum(len(box.nodes[0].type) for box in drawing.boxes) > MOST_TEXT:
            continue  # no need to write it to know that it is too long
        text = _flowchart(document, drawing, _kept(drawing.links))
        if len(text.encode("utf-16-le", "surrogatepass")) // 2 <= MOST_TEXT:
            break
    return text


def _summaries(document: GraphDocument) -> Iterator[tuple[bool, list[Group | None]]]:
    """What is folded, step by step further; and whether nothing that is unchanged is left to be folded.

    From there on edges are left out, and modules are no frames, before anything that changes is folded.
    """
    nodes = document.nodes
    groups: list[Group | None] = [None] * len(nodes)
    yield False, groups
    near = near_change(document)
    groups = [None if node.id in near else (node.module, "", UNCHANGED) for node in nodes]
    yield False, groups
    yield (
        False,
        [
            (node.module, "", _DATA) if group is None and node.mode == "data" and not node.changed else group
            for node, group in zip(nodes, groups, strict=True)
        ],
    )
    yield True, [None if node.changed else (node.module, "", UNCHANGED) for node in nodes]
    yield True, [(node.module, kind_of(node) if node.changed else "", what_of(node)) for node in nodes]
    yield True, [(node.module, "", what_of(node)) for node in nodes]
    calls = [without_keys(node.module) for node in nodes]
    yield True, [(call, "", what_of(node)) for call, node in zip(calls, nodes, strict=True)]
    yield True, [(call and module_steps(call)[0], "", what_of(node)) for call, node in zip(calls, nodes, strict=True)]
    yield True, [("", "", what_of(node)) for node in nodes]


def _kept(links: Sequence[Link]) -> list[Link]:
    """The edges that are drawn: of too many, those that are certain, and those of the most references."""
    ordered = sorted(links, key=lambda link: (link.possible, link.by_value, -len(link.edges)))
    return sorted(ordered[:MOST_EDGES], key=lambda link: (link.source, link.target))


def _flowchart(document: GraphDocument, drawing: Drawing, links: Sequence[Link]) -> str:
    counts = _comment(counts_of(document))
    crossing = sum(drawing.boxes[link.source].module != drawing.boxes[link.target].module for link in links)
    framed = len(drawing.boxes) <= MOST_FRAMED and crossing <= MOST_CROSSING
    notes = _notes(drawing, links)
    if not framed and any(box.module for box in drawing.boxes):
        notes.append("Too many for frames: each node names its module")
    lines = ["flowchart LR", f"  %% {counts}", *(f"  %% {note}" for note in notes)]
    lines += ["  accTitle: Changes of a Terraform plan", f"  accDescr: {counts}"]
    if notes:
        lines.append(f'  note["{"<br/>".join(_entities(note) for note in notes)}"]:::note')
    lines += _modules(drawing.boxes, framed=framed)
    lines += [f"  n{link.source} {'-.->' if link.possible else '-->'} n{link.target}" for link in links]
    lines += _styles(drawing, links)
    return "\n".join(lines) + "\n"


def _notes(drawing: Drawing, links: Sequence[Link]) -> list[str]:
    """What the chart does not show one by one. Objects and references add up to those of the plan."""
    notes = []
    if drawing.folded:
        boxes = sum(1 for box in drawing.boxes if len(box.nodes) > 1)
        notes.append(f"Folded: {drawing.folded} objects into {boxes} nodes")
    shown = sum(len(link.edges) for link in links)
    whole = sum(len(link.edges) for link in drawing.links) + drawing.inside + drawing.astray
    if whole > shown:
        notes.append(f"Not drawn: {whole - shown} of {whole} references, {drawing.inside} of them within one node")
    return notes


def _comment(text: str) -> str:
    """Text for a line that Mermaid does not draw: no sign in it that could end or change it."""
    return "".join(letter if letter.isalnum() or letter in " ,.:-" else "_" for letter in text)


def _entities(text: str) -> str:
    """A label as Mermaid reads it back. What is no ASCII needs no escape.

    A word joiner parts the dollars that would begin a formula, and the backslash from the n of a line break.
    """
    return "".join(
        letter
        if letter.isalnum() or letter in _PLAIN or not letter.isascii()
        else "#quot;"
        if letter == '"'
        else f"#{ord(letter)};"
        for letter in _MERMAID_SIGNS.sub("\\g<0>\u2060", printable(text))
    )


def _label(box: Box, *, framed: bool) -> str:
    name, key, detail = words_of(box)
    # A space that does not break: "+ x" would be an item of a list.
    rows = [f"{tone_of(box).glyph}\u00a0{clipped(name + key, _LONGEST)}", clipped(detail, _LONGEST)]
    if not framed and box.module:
        rows.append(clipped(box.module, _LONGEST))
    return "<br/>".join(_entities(row) for row in rows)


def _modules(boxes: Sequence[Box], *, framed: bool) -> Iterator[str]:
    """The nodes, each in the subgraphs of its module; what stands in a module itself comes before its modules."""
    tree: dict[Path, list[int]] = {(): []}
    inner: dict[Path, list[Path]] = {}
    for index, box in enumerate(boxes):
        path = tuple(module_steps(box.module)) if framed else ()
        for depth in range(1, len(path) + 1):
            if path[:depth] not in tree:
                tree[path[:depth]] = []
                inner.setdefault(path[: depth - 1], []).append(path[:depth])
        tree[path].append(index)
    numbers = {path: number for number, path in enumerate(tree)}
    waiting: list[tuple[Path, bool]] = [((), False)]
    while waiting:
        path, is_done = waiting.pop()
        pad = "  " * len(path)
        if is_done:
            yield f"{pad}end"
            continue
        if path:
            yield f'{pad}subgraph m{numbers[path]}["{_entities(clipped(path[-1], _LONGEST))}"]'
            waiting.append((path, True))
        for index in tree[path]:
            faint = "" if boxes[index].changed else "P"
            kind = _CLASSES[_action(boxes[index])] + faint
            yield f'{pad}  n{index}["{_label(boxes[index], framed=framed)}"]:::{kind}'
        waiting += [(one, False) for one in reversed(inner.get(path, []))]
    if inner:
        yield f"  class {','.join(f'm{number}' for path, number in numbers.items() if path)} module"


def _action(box: Box) -> str:
    """The action whose class a node has; one that is not known, or several, have that of none."""
    actions = {action_of(node) for node in box.nodes}
    action = actions.pop() if len(actions) == 1 else "no-op"
    return action if action in TONES else "no-op"


def _styles(drawing: Drawing, links: Sequence[Link]) -> Iterator[str]:
    """Colours of the nodes that there are, then those of the edges, by their number in the chart."""
    used = {(_action(box), box.changed) for box in drawing.boxes}
    for action, tone in TONES.items():
        if (action, True) in used:
            yield (
                f"  classDef {_CLASSES[action]} fill:{tone.fill},stroke:{tone.stroke},stroke-width:2px,color:#1f2328"
            )
        if (action, False) in used:
            yield f"  classDef {_CLASSES[action]}P fill:#ffffff,stroke:{TONES['no-op'].stroke},color:#57606a"
    yield "  classDef module fill:#f6f8fa,stroke:#c4ccd4,color:#424a53"
    yield "  classDef note fill:#fff8e6,stroke:#bf8700,stroke-dasharray:4 3,color:#1f2328"
    looks: dict[str, list[int]] = {}
    for number, link in enumerate(links):
        colour = {"before": "#cf222e", "after": "#1a7f37", "both": "#6e7781"}[link.when]
        dots = ",stroke-dasharray:2 3" if link.when == "before" else ""
        width = "1px" if link.by_value else "2px"
        looks.setdefault(f"stroke:{colour},stroke-width:{width}{dots}", []).append(number)
    for look, numbers in sorted(looks.items()):
        yield f"  linkStyle {','.join(map(str, numbers))} {look}"
