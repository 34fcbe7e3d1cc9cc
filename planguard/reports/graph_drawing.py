"""The vocabulary of all drawings of the graph: boxes, links, what is folded, their words and colours.

A box is an object, or several that a drawing folds into one; a link is every reference between two boxes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from planguard.reports.graph_model import GraphDocument, GraphEdge, GraphNode

Group = tuple[str, str, str]
"""What is folded together: the module that it is drawn in, the type (empty: any), and what happens to it."""

UNCHANGED = "unchanged"
_STEP = re.compile(r'module\.[^.\[\]"]+(\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\])?')
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINER = "\u200d"  # part of many emoji, and harmless
_NO_XML = "\ufffe\uffff"


@dataclass(frozen=True, slots=True)
class Tone:
    """How an action looks: a sign that is legible without colour, and colours."""

    glyph: str
    fill: str
    stroke: str
    badge: str
    ink: str


TONES = {
    "create": Tone("+", "#dafbe1", "#1a7f37", "#1a7f37", "#ffffff"),
    "update": Tone("~", "#fff5b1", "#bf8700", "#f2cc60", "#3d2c00"),
    "replace": Tone("±", "#ffe3cc", "#c2410c", "#c2410c", "#ffffff"),
    "delete": Tone("−", "#ffe1de", "#cf222e", "#cf222e", "#ffffff"),
    "forget": Tone("○", "#f3e6ff", "#8250df", "#8250df", "#ffffff"),
    "read": Tone("◌", "#e6eef5", "#54708c", "#54708c", "#ffffff"),
    "no-op": Tone("=", "#f6f8fa", "#afb8c1", "#d8dee4", "#424a53"),
}
"""The tones, in the order of a legend."""
_SAME_TONE = {"replace-and-forget": "replace", "open": "read"}


@dataclass(frozen=True, slots=True)
class Box:
    """What a drawing shows as one thing."""

    module: str
    nodes: tuple[GraphNode, ...]
    group: Group | None = None

    @property
    def changed(self) -> bool:
        """Whether anything in it changes."""
        return any(node.changed for node in self.nodes)


@dataclass(frozen=True, slots=True)
class Link:
    """All references from one box to another."""

    source: int
    target: int
    edges: tuple[GraphEdge, ...]

    @property
    def possible(self) -> bool:
        """Whether the plan does not say for any of them that it is this one."""
        return all(edge.certainty == "possible" for edge in self.edges)

    @property
    def by_value(self) -> bool:
        """Whether equal values are all that speaks for it."""
        return all(edge.by == "value" for edge in self.edges)

    @property
    def when(self) -> str:
        """``before``, ``after`` or ``both``."""
        before, after = any(edge.before for edge in self.edges), any(edge.after for edge in self.edges)
        return "both" if before == after else "before" if before else "after"


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes and links. Objects and references add up to those of the document.

    :ivar inside: references within one box, which show nowhere
    :ivar astray: references whose ends the document does not list
    """

    boxes: list[Box]
    links: list[Link]
    inside: int
    astray: int

    @property
    def folded(self) -> int:
        """How many objects have no box of their own."""
        return sum(len(box.nodes) for box in self.boxes if len(box.nodes) > 1)


def gathered(document: GraphDocument, groups: Sequence[Group | None]) -> Drawing:
    """A drawing in which the nodes of one group share a box. ``groups`` follows the order of the nodes."""
    sizes = Counter(groups)
    boxes: dict[object, list[GraphNode]] = {}
    kinds: list[Group | None] = []
    place: dict[str, int] = {}
    rank: dict[object, int] = {}
    for index, (node, group) in enumerate(zip(document.nodes, groups, strict=True)):
        key: object = index if group is None or sizes[group] == 1 else group
        if key not in boxes:
            boxes[key], rank[key] = [], len(boxes)
            kinds.append(None if key == index else group)
        boxes[key].append(node)
        place.setdefault(node.id, rank[key])
    between: dict[tuple[int, int], list[GraphEdge]] = {}
    inside = astray = 0
    for edge in document.edges:
        source, target = place.get(edge.source), place.get(edge.target)
        if source is None or target is None:
            astray += 1
        elif source == target:
            inside += 1
        else:
            between.setdefault((source, target), []).append(edge)
    made = [
        Box(group[0] if group else nodes[0].module, tuple(nodes), group)
        for nodes, group in zip(boxes.values(), kinds, strict=True)
    ]
    links = [Link(*ends, tuple(edges)) for ends, edges in sorted(between.items())]
    return Drawing(made, links, inside, astray)


def near_change(document: GraphDocument) -> set[str]:
    """The ids of what changes, and of what a reference ties to it."""
    changed = {node.id for node in document.nodes if node.changed}
    near = set(changed)
    for edge in document.edges:
        if edge.source in changed or edge.target in changed:
            near |= {edge.source, edge.target}
    return near


def kind_of(node: GraphNode) -> str:
    """The type that a node is folded by."""
    return node.type if node.mode == "managed" else f"{node.mode}.{node.type}"


def what_of(node: GraphNode) -> str:
    """What happens to a node, in the word that folded boxes bear."""
    return printable(node.action) if node.changed else UNCHANGED


def boxes_of(groups: Sequence[Group | None]) -> int:
    """How many boxes a drawing of these groups has."""
    return groups.count(None) + len(set(groups) - {None})


def fold(groups: Sequence[Group | None], wanted: Sequence[Group | None], most: int) -> list[Group | None]:
    """Fold further, those groups first that save most boxes, until there are few enough."""
    members: dict[Group, set[object]] = {}
    for index, (group, want) in enumerate(zip(groups, wanted, strict=True)):
        if want is not None:
            members.setdefault(want, set()).add(index if group is None else group)
    boxes = boxes_of(groups)
    chosen = set()
    for want, keys in sorted(members.items(), key=lambda one: (-len(one[1]), one[0])):
        if boxes <= most or len(keys) == 1:
            break
        boxes -= len(keys) - 1
        chosen.add(want)
    return [want if want in chosen else group for group, want in zip(groups, wanted, strict=True)]


def module_steps(module: str) -> list[str]:
    """``module.a["x"].module.b`` as ``module.a["x"]`` and ``module.b``; what cannot be read is one step."""
    if not module:
        return []
    steps = [match.group(0) for match in _STEP.finditer(module)]
    return steps if ".".join(steps) == module else [module]


def without_keys(module: str) -> str:
    """``module.a["x"]`` as ``module.a[*]``: all instances of a module in one."""
    return _STEP.sub(
        lambda step: step.group(0).removesuffix(step.group(1) or "") + ("[*]" if step.group(1) else ""), module
    )


def printable(text: str) -> str:
    """Text without what steers instead of showing: control, direction and private characters become escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"\\u{ord(letter):04x}"
        if letter in _NO_XML or (unicodedata.category(letter) in _HIDDEN and letter != _JOINER)
        else letter
        for letter in text
    )


def clipped(text: str, most: int) -> str:
    """Text of at most so many characters; what is left out of the middle shows as an ellipsis."""
    if len(text) <= most:
        return text
    tail = (most - 1) // 3
    return text[: most - 1 - tail] + "…" + text[len(text) - tail :]


def action_of(node: GraphNode) -> str:
    """The action by the name of its tone; whoever only reads has the tone of reading."""
    action = _SAME_TONE.get(node.action, node.action)
    return "read" if node.mode != "managed" and action == "no-op" else action


def tone_of(box: Box) -> Tone:
    """The tone of a box; a folded box has one if its objects have one."""
    actions = {action_of(node) for node in box.nodes}
    return TONES.get(actions.pop() if len(actions) == 1 else "no-op", TONES["no-op"])


def words_of(box: Box) -> tuple[str, str, str]:
    """Name, instance key and type of a box, as they are written into it."""
    node = box.nodes[0]
    if box.group is not None:
        types = {one.type for one in box.nodes}
        what = box.group[2]
        detail = node.type if len(types) == 1 else f"{len(types)} types"
        return (
            f"{len(box.nodes)} {what}" if what == UNCHANGED else f"{len(box.nodes)} × {what}",
            "",
            printable(detail),
        )
    rest = node.address.removeprefix(node.module + ".") if node.module else node.address
    mode = {"data": "data.", "ephemeral": "ephemeral."}.get(node.mode, "")
    name, bracket, key = rest.removeprefix(mode).removeprefix(node.type + ".").partition("[")
    if node.deposed:
        key += f"\u00a0(deposed {node.deposed})"  # a plain space would be trimmed
    detail = mode.replace(".", " ") + node.type + (" · moved" if node.previous_address else "")
    return printable(name), printable(bracket + key), printable(detail)


def tooltip_of(box: Box) -> str:
    """Everything about a box in one line: the address and the action, or what is folded."""
    node = box.nodes[0]
    if box.group is None:
        moved = f", moved from {node.previous_address}" if node.previous_address else ""
        return printable(f"{node.id}: {node.action}{moved}")
    name, _, detail = words_of(box)
    shown = ", ".join(one.id for one in box.nodes[:3])
    more = f" and {len(box.nodes) - 3} more" if len(box.nodes) > 3 else ""
    return printable(f"{name}, {detail}, in {box.module or 'the root module'}: {shown}{more}")


def reference_of(link: Link, boxes: Sequence[Box]) -> str:
    """A link in one line: from where to where, through which attributes, and how sure that is."""
    ends = []
    for box in (boxes[link.source], boxes[link.target]):
        name, _, detail = words_of(box)
        ends.append(f"{name}, {detail}, in {box.module or 'the root module'}" if box.group else box.nodes[0].id)
    attributes = list(dict.fromkeys(edge.attribute for edge in link.edges))
    more = f" and {len(attributes) - 8} more" if len(attributes) > 8 else ""
    notes = [f"{len(link.edges)} references"] if len(link.edges) > 1 else []
    notes += ["possible"] * link.possible + ["by value"] * link.by_value
    notes += [] if link.when == "both" else [f"only {link.when}"]
    tail = f" ({', '.join(notes)})" if notes else ""
    return printable(f"{ends[0]} → {ends[1]} through {', '.join(attributes[:8])}{more}{tail}")


def counts_of(document: GraphDocument) -> str:
    """``72 objects: 3 create, 69 no-op``, and what the plan holds beyond it."""
    found = Counter(node.action for node in document.nodes)
    order = [*TONES, *sorted(set(found) - set(TONES))]
    listed = ", ".join(f"{found[action]} {printable(action)}" for action in order if found[action])
    whole = "" if document.objects == document.expected else f" of {document.expected} in the plan"
    return f"{document.objects} objects{whole}" + (f": {listed}" if listed else "")


# -- Graphviz ------------------------------------------------------------------------------------------------------
