"""The drawings of the graph: nothing is lost, nothing breaks them, and the same graph is the same picture."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from planguard.graph.build import build_graph
from planguard.plan.plan import plan_of
from planguard.reports.graph_dot import render_dot
from planguard.reports.graph_drawing import gathered, module_steps, near_change, printable, without_keys
from planguard.reports.graph_layout import Rect, lay_out
from planguard.reports.graph_mermaid import render_mermaid
from planguard.reports.graph_model import SCHEMA, GraphDocument, GraphEdge, GraphNode, graph_document
from planguard.reports.graph_svg import MOST_BOXES, render_svg

FIXTURES = Path(__file__).parents[2] / "fixtures"
PLANS = [
    *sorted(FIXTURES.glob("stacks/*/plan.json")),
    *sorted(FIXTURES.glob("stacks/*/plan-update.json")),
    FIXTURES / "modules-for-each/plan.json",
    FIXTURES / "moved/plan-update.json",
    FIXTURES / "deposed/plan-deposed.json",
]
RENDERERS = {"dot": render_dot, "mermaid": render_mermaid, "svg": render_svg}
SVG = "{http://www.w3.org/2000/svg}"
ACTIONS = ["create", "update", "replace", "delete", "forget", "read", "no-op", "replace-and-forget", "open"]


def node(address: str, action: str = "no-op", **more: object) -> GraphNode:
    module, _, rest = address.rpartition("/")
    whole = f"{module}.{rest}" if module else rest
    mode = "data" if rest.startswith("data.") else "managed"
    type_ = rest.removeprefix("data.").split(".")[0]
    fields = {"changed": action != "no-op", "deposed": None, "previous_address": None} | more
    name = whole + (f" (deposed {fields['deposed']})" if fields["deposed"] else "")
    in_after = action not in ("delete", "forget")
    return GraphNode(name, whole, type_, mode, module, action, [action], action != "create", in_after, **fields)


def edge(source: GraphNode, target: GraphNode, attribute: str = "x", **more: object) -> GraphEdge:
    fields = {"certainty": "exact", "by": "reference", "before": True, "after": True} | more
    return GraphEdge(source.id, target.id, attribute, **fields)


def document(nodes: list[GraphNode], edges: list[GraphEdge], file: str = "plan.json") -> GraphDocument:
    return GraphDocument(SCHEMA, file, "1.11.4", len(nodes), len(nodes), nodes, edges)


def every_action() -> GraphDocument:
    """Each action and each kind of edge once, modules in modules."""
    key = node("aws_kms_key.main", "update")
    bucket = node('module.store["a.b"]/aws_s3_bucket.this["logs"]', "create")
    policy = node('module.store["a.b"]/aws_s3_bucket_policy.this', "delete")
    audit = node('module.store["a.b"].module.audit[0]/aws_s3_bucket_versioning.this', "replace")
    role = node("data.aws_iam_policy_document.assume", "read")
    queue = node("aws_sqs_queue.jobs", "forget")
    table = node("module.net/aws_route_table.main")
    edges = [
        edge(bucket, key, "kms_key_id", before=False),
        edge(policy, bucket, "bucket", after=False),
        edge(policy, role, "policy"),
        edge(audit, bucket, "bucket", certainty="possible"),
        edge(queue, key, "kms_master_key_id", by="value"),
        edge(table, key, "tags.owner", certainty="key"),
    ]
    return document([key, bucket, policy, audit, role, queue, table], edges)


def circle() -> GraphDocument:
    """A cycle, a long edge beside it, a deposed object, a moved one, and one that nothing is tied to."""
    groups = [node(f"aws_security_group.{name}", "update") for name in ("app", "db", "web")]
    old = node("aws_security_group.app", "delete", deposed="dd83eacd")
    rule = node("aws_vpc.main", "no-op", changed=True, previous_address='aws_vpc.old["`"]')
    edges = [edge(one, other, "ingress") for one, other in zip(groups, [*groups[1:], groups[0]], strict=True)]
    return document([*groups, old, rule, node("random_id.x")], [*edges, edge(groups[0], groups[2], "egress")])


HOSTILE_KEYS = {
    "quotes": r"say \"hi\"",
    "end of the picture": "</svg><script>alert(1)</script>",
    "end of a comment": "--> n0",
    "backticks": "`tick` ```",
    "escaped newline": r"line\nbreak",
    "newline": "real\nnewline\r\ttab",
    "right to left": "שלום עולם",
    "direction override": "\u202eevil\u202c",
    "emoji": "🚀👩‍💻",
    "entities and directives": "#quot;&amp;%%{init:{}}%%",
    "style": "style:x#1;",
    "word": "end",
    "brackets": "a]b[c(d){e}|f",
    "backslash at the end": "\\",
    "picture": "<img src=x onerror=alert(1)>",
    "cdata": "]]>",
    "list": "1. list",
    "formula": "$$x^2$$ ${x}",
    "terminal": "\x00\x1b[31m",
    "surrogate": "\ud800",
    "no character": "\ufffe\uffff",
    "escaped entity": "&lt;b&gt;",
    "long": "k" * 5000,
    "empty": "",
}


def hostile(keys: list[str]) -> GraphDocument:
    nodes = []
    for index, key in enumerate(keys):
        module = f'module.m["{key}"]/' if index % 2 else ""
        made = node("aws_x.name", ACTIONS[index % len(ACTIONS)], deposed='de"ad<b>' if index == 3 else None)
        address = (module.replace("/", ".") if module else "") + f'aws_x.name["{key}"]'
        nodes.append(msgspec.structs.replace(made, id=address, address=address, module=module.rstrip("/")))
    edges = [edge(one, other, 'x"<y>`\n') for one, other in pairwise(nodes)]
    edges.append(GraphEdge("nowhere", nodes[0].id, "astray", "exact", "reference", True, True))
    return document(nodes, edges, file='plan "<x>" `a`\n.json')


def random_graph(count: int, changed: float, *, modules: int = 20, reach: int = 60) -> GraphDocument:
    chance = random.Random(7)
    types = ["aws_s3_bucket", "aws_iam_role", "aws_lambda_function", "aws_kms_key", "aws_sqs_queue", "aws_subnet"]
    places = ["", *(f'module.team["{n}"]/' for n in range(modules)), "module.net.module.vpc/"]
    nodes = []
    for index in range(count):
        action = chance.choice(ACTIONS[:4]) if chance.random() < changed else "no-op"
        data = "data." if action == "no-op" and chance.random() < 0.2 else ""
        nodes.append(node(f"{chance.choice(places)}{data}{chance.choice(types)}.r{index}", action))
    edges = [
        edge(nodes[index], nodes[chance.randrange(max(0, index - reach), index)], "ref", before=chance.random() < 0.8)
        for index in range(1, count)
    ]
    return document(nodes, edges)


def real(path: Path) -> GraphDocument:
    top = msgspec.json.decode(path.read_bytes(), type=dict[str, msgspec.Raw])
    plan = plan_of("plan.json", top)
    return graph_document(plan, build_graph(plan))


def titles(svg: str) -> list[str]:
    return [found.text or "" for found in ET.fromstring(svg).iter(f"{SVG}title")]


def number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    return int(found.group(1)) if found else 0


def drawn_references(svg: str) -> int:
    links = [title for title in titles(svg) if " → " in title]
    return sum(number(r"\((\d+) references", title) or 1 for title in links)


# -- the texts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("graph", [every_action, circle], ids=lambda graph: graph.__name__)
@pytest.mark.parametrize(("name", "ending"), [("dot", ".dot"), ("mermaid", ".mmd"), ("svg", ".svg")])
def test_the_drawing_of_a_small_graph(name, ending, graph, file_regression):
    text = RENDERERS[name](graph())
    file_regression.check(text, basename=graph.__name__, extension=ending, encoding="utf-8", newline="\n")


@pytest.mark.parametrize("name", RENDERERS)
def test_a_graph_of_nothing_is_drawn(name):
    assert "0 objects" in RENDERERS[name](document([], []))


@pytest.mark.parametrize("name", RENDERERS)
def test_objects_that_the_plan_holds_beyond_the_graph_are_told(name):
    short = msgspec.structs.replace(every_action(), expected=9)
    assert "7 objects of 9 in the plan" in RENDERERS[name](short)


@pytest.mark.parametrize("name", RENDERERS)
def test_the_same_graph_is_the_same_text_whatever_the_seed(name):
    program = (
        "import sys, pathlib; sys.path[:0] = sys.argv[1:3]; import test_graph_drawings as t;"
        "text = ''.join(t.RENDERERS[sys.argv[3]](g) for g in (t.every_action(), t.random_graph(400, 0.3)));"
        "sys.stdout.buffer.write(text.encode())"
    )
    here = Path(__file__).parent
    said = {
        subprocess.run(
            [sys.executable, "-c", program, str(here), str(here.parents[1]), name],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2", "77")
    }
    assert len(said) == 1


# -- hostile names -------------------------------------------------------------------------------------------------

EACH_KEY = pytest.mark.parametrize("key", HOSTILE_KEYS.values(), ids=HOSTILE_KEYS)


@EACH_KEY
def test_svg_is_xml_whatever_the_names(key):
    svg = render_svg(hostile([key, key, "plain"])).encode("utf-8")
    tree = ET.fromstring(svg)
    allowed = {"svg", "title", "desc", "style", "rect", "g", "path", "text", "tspan"}
    assert {one.tag.removeprefix(SVG) for one in tree.iter()} <= allowed
    assert {name for one in tree.iter() for name in one.attrib if name.startswith("on") or "href" in name} == set()
    assert printable(f'aws_x.name["{key}"]: create') in titles(svg.decode())


DOT_STRING = r'"(?:[^"\\\n]|\\[\\"nr])*"'
DOT_LINE = re.compile(
    rf"\s*(?:digraph plan \{{|\}}|subgraph cluster_\d+_\d+ \{{|//[^\n]*"
    rf"|label={DOT_STRING}(?:; \w+=(?:\w+|{DOT_STRING}))*;"
    rf"|n\d+(?: -> n\d+)? \[\w+=(?:\w+|{DOT_STRING})(?:, \w+=(?:[\w.]+|{DOT_STRING}))*\];)"
)


@EACH_KEY
def test_dot_has_only_well_formed_lines_whatever_the_names(key):
    lines = render_dot(hostile([key, key, "plain"])).removesuffix("\n").split("\n")
    head = lines.index("digraph plan {")
    rest = lines[head + 1 + 4 :]  # behind the settings
    assert [line for line in rest if not DOT_LINE.fullmatch(line)] == []
    assert sum(line.endswith("{") for line in lines) == sum(line.strip() == "}" for line in lines)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed: its own parser cannot be asked")
@pytest.mark.parametrize("graph", [every_action, circle, lambda: hostile(list(HOSTILE_KEYS.values()))])
def test_graphviz_reads_it_and_shows_every_label(graph):
    drawn = graph()
    found = subprocess.run(["dot", "-Tsvg"], input=render_dot(drawn).encode(), capture_output=True, check=True)
    assert found.stderr == b""
    shown = {text.text for text in ET.fromstring(found.stdout).iter(f"{SVG}text")}
    assert {printable(module_steps(one.module)[-1]) for one in drawn.nodes if one.module} <= {
        (text or "").replace("\xa0", " ") for text in shown
    }


MERMAID_LABEL = r'\["(?:[^"#`<>\[\]{}|&\\;%$\n]|\$\u2060?|#(?:quot|\d+);|<br/>)*"\]'
MERMAID_LINE = re.compile(
    rf"flowchart LR|\s+(?:%% [\w ,.:-]*|acc(?:Title|Descr): [\w ,.:-]*|subgraph m\d+{MERMAID_LABEL}|end"
    rf"|n(?:\d+|ote){MERMAID_LABEL}:::\w+|n\d+ (?:-->|-\.->) n\d+|class m\d+(?:,m\d+)* module"
    r"|classDef \w+ [\w:#,\- ]+|linkStyle \d+(?:,\d+)* [\w:#,\- ]+)"
)


@EACH_KEY
def test_mermaid_has_only_well_formed_lines_whatever_the_names(key):
    lines = render_mermaid(hostile([key, key, "plain"])).removesuffix("\n").split("\n")
    assert [line for line in lines if not MERMAID_LINE.fullmatch(line)] == []
    assert sum(line.strip().startswith("subgraph") for line in lines) == sum(line.strip() == "end" for line in lines)


def test_mermaid_labels_say_what_was_escaped():
    text = render_mermaid(document([node('aws_x.a["#1 `b` <i>"]', "create")], []))
    assert "a#91;#quot;#35;1 #96;b#96; #60;i#62;#quot;#93;" in text


def test_characters_that_steer_become_escapes():
    assert printable("a\nb\u202e\ud800\ufffe👩‍💻é") == "a\\u000ab\\u202e\\ud800\\ufffe👩‍💻é"


# -- nothing disappears --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PLANS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_object_and_reference_of_a_real_plan_is_in_the_picture(path):
    graph = real(path)
    svg = render_svg(graph)
    shown = titles(svg)
    for one in graph.nodes:
        assert any(title.startswith(f"{printable(one.id)}: {one.action}") for title in shown), one.id
    for one in graph.edges:
        between = [title for title in shown if title.startswith(printable(f"{one.source} → {one.target} through "))]
        assert any(printable(one.attribute) in title for title in between), one
    assert drawn_references(svg) == len(graph.edges)


LARGE = {
    "400 objects, few changed": (400, 0.05, 20),
    "400 objects, all changed": (400, 1.0, 20),
    "3000 objects in 300 modules": (3000, 0.05, 300),
    "10000 objects, few changed": (10_000, 0.01, 20),
    "10000 objects, all changed": (10_000, 1.0, 200),
}


@pytest.mark.parametrize(("count", "changed", "modules"), LARGE.values(), ids=LARGE)
def test_a_large_picture_folds_and_counts_what_it_folds(count, changed, modules):
    graph = random_graph(count, changed, modules=modules)
    svg = render_svg(graph)
    says = ET.fromstring(svg).findtext(f"{SVG}desc")
    whole = [title for title in titles(svg) if " → " not in title]
    boxes = [title for title in whole if re.search(r"\.r\d+: [a-z-]+$|^\d+ (?:unchanged|×)", title)]
    alone = [title for title in boxes if not re.match(r"\d+ (?:unchanged|×)", title)]
    folded = sum(number(r"^(\d+)", title) for title in boxes if title not in alone)
    assert len(boxes) <= MOST_BOXES + 5
    assert len(alone) + folded == count
    assert number(r"(\d+) objects folded", says) == folded
    assert drawn_references(svg) + number(r"(\d+) of \d+ references not drawn", says) == len(graph.edges)
    width, height = (float(size) for size in re.search(r'viewBox="0 0 (\S+) (\S+)"', svg).groups())
    assert width < 6000 and height < 12_000


def test_what_changes_and_its_neighbours_keep_their_boxes_when_the_rest_is_folded():
    graph = random_graph(400, 0.05)
    shown = titles(render_svg(graph))
    near = near_change(graph)
    assert {one.id for one in graph.nodes if one.changed} < near
    for one in graph.nodes:
        if one.id in near:
            assert f"{one.id}: {one.action}" in shown


@pytest.mark.parametrize("shape", ["chain", "star", "all to all", "one circle"])
def test_ten_thousand_objects_are_drawn_in_less_than_five_seconds(shape):
    nodes = [node(f"aws_x{index % 7}.r{index}", "create") for index in range(10_000)]
    pairs = {
        "chain": [(index, index + 1) for index in range(9_999)],
        "star": [(index, 0) for index in range(1, 10_000)],
        "all to all": [(index, other) for index in range(140) for other in range(9_000, 9_140)],
        "one circle": [(index, (index + 1) % 10_000) for index in range(10_000)],
    }[shape]
    graph = document(nodes, [edge(nodes[one], nodes[other]) for one, other in pairs])
    start = time.perf_counter()
    ET.fromstring(render_svg(graph))
    assert time.perf_counter() - start < 5


MERMAID = {**LARGE, "90 objects, all changed": (90, 1.0, 4), "600 objects, all changed": (600, 1.0, 4)}


@pytest.mark.parametrize(("count", "changed", "modules"), MERMAID.values(), ids=MERMAID)
def test_mermaid_stays_below_its_limits_and_counts_what_it_folds(count, changed, modules):
    graph = random_graph(count, changed, modules=modules)
    text = render_mermaid(graph)
    boxes = re.findall(r"^ +n\d+\[.(?:#\d+;|\S)\xa0(?:(\d+) (?:unchanged|×))?", text, re.MULTILINE)
    folded = sum(int(size) for size in boxes if size)
    arrows = len(re.findall(r"n\d+ -\S+> n\d+", text))
    assert len(text) < 50_000
    assert arrows < 500
    assert boxes.count("") + folded == count
    assert number(r"%% Folded: (\d+) objects", text) == folded
    assert number(r'note\["Folded#58; (\d+) objects', text) == folded
    left = number(r"%% Not drawn: (\d+) of", text)
    assert arrows <= len(graph.edges) - left  # an arrow may be several references
    assert left or arrows == len({(one.source, one.target) for one in graph.edges})


def test_mermaid_folds_unchanged_objects_before_data_sources_and_before_what_changes():
    few = random_graph(300, 0.02)
    text = render_mermaid(few)
    for one in few.nodes:
        if one.changed:
            assert f"{one.address.rpartition('.')[2]}<br/>" in text
    assert "unchanged<br/>" in text


def test_dot_holds_every_object_and_every_pair_that_refers():
    graph = random_graph(400, 0.3)
    text = render_dot(graph)
    assert len(re.findall(r"^ +n\d+ \[", text, re.MULTILINE)) == 400
    assert len(re.findall(r"^ +n\d+ -> ", text, re.MULTILINE)) == len({(e.source, e.target) for e in graph.edges})


def test_objects_and_references_of_a_drawing_add_up():
    graph = random_graph(200, 0.5)
    drawing = gathered(graph, [("", "", one.action) if index % 2 else None for index, one in enumerate(graph.nodes)])
    assert sum(len(box.nodes) for box in drawing.boxes) == 200
    assert sum(len(link.edges) for link in drawing.links) + drawing.inside + drawing.astray == len(graph.edges)


def test_two_objects_that_redaction_gave_one_name_keep_two_boxes():
    twins = [node("aws_x.same", "create"), node("aws_x.same", "delete")]
    shown = titles(render_svg(document(twins, [])))
    assert {"aws_x.same: create", "aws_x.same: delete"} <= set(shown)


# -- the layout ----------------------------------------------------------------------------------------------------


def overlap(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def holds(outer: Rect, inner: Rect) -> bool:
    return (
        outer.x <= inner.x
        and inner.x + inner.width <= outer.x + outer.width
        and outer.y <= inner.y
        and inner.y + inner.height <= outer.y + outer.height
    )


LAYOUTS = {
    **{f"{path.parent.name}-{path.stem}": (lambda path=path: real(path)) for path in PLANS},
    "random": lambda: random_graph(90, 0.5, modules=5),
    "deep": lambda: document(
        [node(f"aws_x.r{index}") for index in range(60)],
        [edge(node(f"aws_x.r{index}"), node(f"aws_x.r{index + 1}")) for index in range(59)],
    ),
}


@pytest.mark.parametrize("graph", LAYOUTS.values(), ids=LAYOUTS)
def test_boxes_frames_and_lanes_keep_clear_of_each_other(graph):
    drawing = gathered(graph_ := graph(), [None] * len(graph().nodes))
    paths = [tuple(module_steps(box.module)) for box in drawing.boxes]
    links = [(link.source, link.target) for link in drawing.links]
    layout = lay_out(paths, [150.0] * len(paths), links)
    assert len(layout.boxes) == len(graph_.nodes)
    for at, one in enumerate(layout.boxes):
        assert not any(overlap(one, other) for other in layout.boxes[:at])
    for module, frame in layout.frames:
        for path, box in zip(paths, layout.boxes, strict=True):
            assert holds(frame, box) if path[: len(module)] == module else not overlap(frame, box)
    for route in layout.routes:
        for (x, y), (to, _) in zip(route[1:-1:2], route[2:-1:2], strict=True):
            lane = Rect(x, y, to - x, 0.0)
            assert not any(overlap(Rect(lane.x, lane.y - 1, lane.width, 2.0), box) for box in layout.boxes)


def test_who_refers_stands_left_of_what_it_refers_to():
    links = [(0, 1), (1, 2), (0, 2), (3, 2)]
    boxes = lay_out([()] * 4, [100.0] * 4, links).boxes
    assert all(boxes[one].x < boxes[other].x for one, other in links)


def test_a_cycle_is_drawn_with_one_edge_turned_round():
    boxes = lay_out([()] * 3, [100.0] * 3, [(0, 1), (1, 2), (2, 0)]).boxes
    assert [box.x for box in boxes] == sorted(box.x for box in boxes)


def test_a_module_is_taken_apart_at_dots_outside_its_keys():
    assert module_steps(r'module.a["x.module.y[0]"].module.b[0]') == [r'module.a["x.module.y[0]"]', "module.b[0]"]
    assert module_steps("") == []
    assert module_steps("what is this") == ["what is this"]
    assert without_keys(r'module.a["q\"]"].module.b.module.c[1]') == "module.a[*].module.b.module.c[*]"
