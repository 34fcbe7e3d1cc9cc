"""A parsed condition as text again: what a report shows of a change to it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

Node = dict[str, Any]

_SYMBOLS = {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BINDING = {"pipe": 0, "or_expression": 1, "and_expression": 2, "comparator": 3, "not_expression": 4}
_TIGHT = 5
_PROJECTIONS = frozenset({"filter_projection", "flatten", "projection", "value_projection"})
_CHAINS = _PROJECTIONS | {"index_expression", "subexpression"}


def render_expression(node: Node) -> str:
    """The text of a tree that :func:`planguard.engine.condition.parse` gave, parameters as ``$name``."""
    return _RENDER[node["type"]](node)


def is_parameter(node: Node) -> bool:
    """Whether a literal stands for a parameter."""
    value = node.get("value")
    return node["type"] == "literal" and isinstance(value, str) and value[:1] == "\x01"


def _inside(node: Node, least: int) -> str:
    text = render_expression(node)
    return f"({text})" if _BINDING.get(node["type"], _TIGHT) < least else text


def _field(node: Node) -> str:
    name: str = node["value"]
    return name if _NAME.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _literal(node: Node) -> str:
    value = node["value"]
    if is_parameter(node):
        return f"${value[1:]}"
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return "`" + json.dumps(value, ensure_ascii=False).replace("`", "\\`") + "`"


def _slice(node: Node) -> str:
    start, stop, step = ("" if one is None else str(one) for one in node["children"])
    return f"[{start}:{stop}:{step}]" if step else f"[{start}:{stop}]"


def _joined(node: Node) -> str:
    first, *rest = node["children"]
    text = _base(first)
    if first["type"] in _PROJECTIONS:
        text = f"({text})"
    for child in rest:
        below = render_expression(child)
        text += (
            below if below.startswith("[") and node["type"] == "index_expression" else f".{below}" if text else below
        )
    return text


def _base(node: Node) -> str:
    return "" if node["type"] in ("identity", "current") else _inside(node, _TIGHT)


def _dotted(text: str) -> str:
    return text if not text or text.startswith("[") else f".{text}"


def _projection(node: Node) -> str:
    base, right = node["children"][:2]
    middle = {
        "projection": "[*]",
        "value_projection": ".*" if _base(base) else "*",
        "filter_projection": "",
    }[node["type"]]
    if node["type"] == "projection" and base["type"] == "flatten":
        middle = ""
    if (
        node["type"] == "projection"
        and base["type"] == "index_expression"
        and base["children"][-1]["type"] == "slice"
    ):
        middle = ""
    if node["type"] == "filter_projection":
        middle = f"[?{render_expression(node['children'][2])}]"
    return f"{_base(base)}{middle}{_dotted(_base(right))}"


def _binary(symbol: str, own: int) -> Callable[[Node], str]:
    def render(node: Node) -> str:
        left, right = node["children"]
        return f"{_inside(left, own)} {symbol} {_inside(right, own + 1)}"

    return render


def _comparator(node: Node) -> str:
    return _binary(_SYMBOLS[node["value"]], 3)(node)


def _not(node: Node) -> str:
    # `!a.b` means `(!a).b`.
    [child] = node["children"]
    return f"!({render_expression(child)})" if child["type"] in _CHAINS else f"!{_inside(child, 4)}"


def _listed(node: Node) -> str:
    return ", ".join(render_expression(child) for child in node["children"])


_RENDER: dict[str, Callable[[Node], str]] = {
    "and_expression": _binary("&&", 2),
    "comparator": _comparator,
    "current": lambda _: "@",
    "expref": lambda node: f"&{render_expression(node['children'][0])}",
    "field": _field,
    "filter_projection": _projection,
    "flatten": lambda node: f"{_base(node['children'][0])}[]",
    "function_expression": lambda node: f"{node['value']}({_listed(node)})",
    "identity": lambda _: "@",
    "index": lambda node: f"[{node['value']}]",
    "index_expression": _joined,
    "key_val_pair": lambda node: f"{_field(node)}: {render_expression(node['children'][0])}",
    "literal": _literal,
    "multi_select_dict": lambda node: f"{{{_listed(node)}}}",
    "multi_select_list": lambda node: f"[{_listed(node)}]",
    "not_expression": _not,
    "or_expression": _binary("||", 1),
    "pipe": _binary("|", 0),
    "projection": _projection,
    "slice": _slice,
    "subexpression": _joined,
    "value_projection": _projection,
}
