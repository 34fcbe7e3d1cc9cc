"""Which types an expression can come out as, as far as its text alone tells.

Evaluation uses it to know that an unknown can only be true or false; the load-time check, to refuse what can never
be what it is used as. Every set errs on the large side.
"""

from __future__ import annotations

from typing import Any

from planguard.engine.condition.signatures import (
    ANY,
    ARRAY,
    BOOLEAN,
    EXPREF,
    NULL,
    NUMBER,
    OBJECT,
    SIGNATURES,
    Kinds,
)
from planguard.engine.condition.three_valued import kind_of

Node = dict[str, Any]

_FIXED: dict[str, Kinds] = {
    "not_expression": BOOLEAN,
    "multi_select_list": ARRAY | NULL,
    "multi_select_dict": OBJECT | NULL,
    "projection": ARRAY | NULL,
    "value_projection": ARRAY | NULL,
    "filter_projection": ARRAY | NULL,
    "flatten": ARRAY | NULL,
    "slice": ARRAY | NULL,
    "expref": EXPREF,
}
_LAST_DECIDES = frozenset({"subexpression", "index_expression", "pipe"})


def kinds_of(node: Node) -> Kinds:
    """The JMESPath types that a node can come out as; all of them where only the document decides.

    :param node: a node of what :func:`parse` gives
    """
    kind = node["type"]
    if kind in _LAST_DECIDES:
        return kinds_of(node["children"][-1])
    if kind in ("and_expression", "or_expression"):
        left, right = map(kinds_of, node["children"])
        # The left one is the result where it is not true, which a number always is, or where it is, as null never is.
        return right | left - (NUMBER | EXPREF if kind == "and_expression" else NULL)
    return _own_kinds(kind, node.get("value"))


def _own_kinds(kind: str, value: Any) -> Kinds:
    if kind == "literal":
        return frozenset({kind_of(value)})
    if kind == "comparator":
        return BOOLEAN if value in ("eq", "ne") else BOOLEAN | NULL
    if kind == "function_expression" and value in SIGNATURES:
        return SIGNATURES[value].gives
    return _FIXED.get(kind, ANY)


def needed_from(node: Node) -> Kinds | None:
    """What a value has to be for a node to find anything in it, or None where that is not so simple."""
    kind = node["type"]
    if kind in ("field", "value_projection", "index", "slice", "projection", "filter_projection", "flatten"):
        first = node["children"][0] if kind not in ("field", "index", "slice") else None
        if first is not None and first["type"] not in ("identity", "current"):
            return needed_from(first)
        return OBJECT if kind in ("field", "value_projection") else ARRAY
    if kind in _LAST_DECIDES:
        first = node["children"][0]
        return needed_from(first if first["type"] not in ("identity", "current") else node["children"][1])
    return None
