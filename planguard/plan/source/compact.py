"""Expressions from python-hcl2's tree to compact form.

Operator chains and traversals lean to the left in the tree and are unrolled; what is left is nested as deep as the
user nested it, up to a limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from planguard.plan.source.grammar import UnparsableError, is_node, line_of, nodes, parse_expression
from planguard.plan.source.pieces import Piece, assemble, outdent, resolve, split_pieces, strip
from planguard.plan.source.syntax import (
    CALL,
    CHAIN,
    CONDITIONAL,
    FOR_LIST,
    FOR_OBJECT,
    GET,
    LITERAL,
    MOST_NESTED,
    NAME,
    OBJECT,
    SPLAT,
    TUPLE,
    UNARY,
    Node,
)
from planguard.plan.source.template import unescape

_TRAVERSAL = re.compile(r"\s*([A-Za-z_][\w-]*)((?:\.[A-Za-z_][\w-]*)*)\s*", re.ASCII)
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_STEPS = frozenset({"get_attr_expr_term", "index_expr_term", "attr_splat_expr_term", "full_splat_expr_term"})
_BREAK = "new_line_or_comment"


class TooDeepError(UnparsableError):
    """An expression that is nested deeper than anybody nests one."""


def compact(tree: Any, depth: int = 0) -> Node:
    """The compact form of an expression.

    :raises UnparsableError: something in ``${}`` of a heredoc is no expression
    :raises TooDeepError: it is nested too deep
    """
    if depth > MOST_NESTED:
        raise TooDeepError(line_of(tree))
    kind = tree.data
    if kind == "expr_term":
        return _term(tree, depth)
    if kind == "binary_op":
        return _chain(tree, depth)
    if kind == "conditional":
        return [CONDITIONAL, *(compact(child, depth + 1) for child in _parts(tree))]
    if kind == "unary_op":
        return _unary(tree, depth)
    return _simple(tree, depth)


def _parts(tree: Any) -> list[Any]:
    return [child for child in tree.children if is_node(child) and child.data != _BREAK]


def _chain(tree: Any, depth: int) -> Node:
    terms: list[Any] = []
    while tree.data == "binary_op":
        first, term = _parts(tree)
        terms.append(term)
        tree = first
    pairs = []
    for term in reversed(terms):
        operator, operand = _parts(term)
        pairs.append([str(operator.children[0]), compact(operand, depth + 1)])
    return [CHAIN, compact(tree, depth + 1), pairs]


def _unary(tree: Any, depth: int) -> Node:
    operator, operand = tree.children
    inner = compact(operand, depth + 1)
    if operator == "-" and inner[0] == LITERAL and type(inner[1]) in (int, float):
        return [LITERAL, -inner[1]]
    return [UNARY, str(operator), inner]


def _term(tree: Any, depth: int) -> Node:
    """A traversal with all its steps, or whatever else an expression can begin with."""
    links: list[Any] = []
    while len(tree.children) == 1 and tree.children[0].data in _STEPS:
        tree, link = tree.children[0].children
        links.append(link)
    base: Node
    if len(tree.children) > 1:  # in parentheses
        base = [GET, compact(_parts(tree)[0], depth + 1), []]
    elif tree.children[0].data == "identifier":
        base = [NAME, str(tree.children[0].children[0]), []]
    else:
        base = _simple(tree.children[0], depth)
    base = _linked(base, links[::-1], depth)
    if base[0] == GET and not base[2]:
        inner: Node = base[1]
        return inner
    return base


def _linked(base: Node, links: list[Any], depth: int) -> Node:
    """An expression with its steps; behind ``[*]`` they are taken from each element, further ``[*]`` included."""
    each: list[Any] | None = None
    for link in links:
        if link.data not in {"attr_splat", "full_splat"}:
            steps = [_step(link, depth)]
            base = base if each is not None else _followed(base, steps)
            if each is not None:
                each += steps
            continue
        steps = [_step(child, depth) for child in _parts(link)]
        if each is not None:
            each.append([None, steps])
            each = steps
        elif link.data == "full_splat":
            base, each = [SPLAT, base, steps], steps
        else:
            names = next((n for n, step in enumerate(steps) if not isinstance(step, str)), len(steps))
            base = _followed([SPLAT, base, steps[:names]], steps[names:])
    return base


def _followed(base: Node, steps: list[Any]) -> Node:
    if not steps:
        return base
    if base[0] in (NAME, GET):
        base[2].extend(steps)
        return base
    return [GET, base, steps]


def _step(link: Any, depth: int) -> Any:
    if link.data == "get_attr":
        return str(link.children[-1].children[0])
    if link.data == "short_index":
        return [[LITERAL, int(link.children[-1])]]
    return [compact(_parts(link)[0], depth + 1)]


def _simple(tree: Any, depth: int) -> Node:
    build = _BUILDERS.get(str(tree.data))
    if build is None:
        raise UnparsableError(line_of(tree))
    return build(tree, depth)


def _list(tree: Any, depth: int) -> Node:
    return [TUPLE, [compact(child, depth + 1) for child in _parts(tree)]]


def _object(tree: Any, depth: int) -> Node:
    return [OBJECT, [_element(child, depth) for child in nodes(tree, "object_elem")]]


def number(text: str) -> int | float:
    """A number as Terraform sees it: 1.0 is 1."""
    value = float(text)
    return int(Decimal(text)) if value.is_integer() and abs(value) < 1e300 else value


def _element(element: Any, depth: int) -> list[Node]:
    key, *_, value = element.children
    inner = key.children[0]
    word = inner.children[0] if inner.data == "expr_term" and len(inner.children) == 1 else inner
    if is_node(word) and word.data in {"keyword", "identifier", "literal_value"}:
        return [[LITERAL, str(word.children[0])], compact(value, depth + 1)]
    return [compact(inner, depth + 1), compact(value, depth + 1)]


def _call(tree: Any, depth: int) -> Node:
    name = "::".join(str(word.children[0]) for word in nodes(tree, "identifier"))
    arguments = next(nodes(tree, "arguments"), None)
    if arguments is None:
        return [CALL, name, [], False]
    expanded = any(not is_node(child) and child.type == "ELLIPSIS" for child in arguments.children)
    return [CALL, name, [compact(child, depth + 1) for child in _parts(arguments)], expanded]


def _for(tree: Any, depth: int) -> Node:
    intro, *rest = _parts(tree)
    names = [str(name.children[0]) for name in nodes(intro, "identifier")]
    collection = next(child for child in _parts(intro) if child.data != "identifier")
    key, value = names if len(names) == 2 else (None, names[0])
    condition = rest.pop() if rest[-1].data == "for_cond" else None
    test = compact(_parts(condition)[0], depth + 1) if condition is not None else None
    over = compact(collection, depth + 1)
    inner = [compact(child, depth + 1) for child in rest]
    if tree.data == "for_tuple_expr":
        return [FOR_LIST, key, value, over, inner[0], test]
    grouped = any(not is_node(child) and child.type == "ELLIPSIS" for child in tree.children)
    return [FOR_OBJECT, key, value, over, *inner, test, grouped]


# --- strings and heredocs ------------------------------------------------------------------------------------------


def _string(tree: Any, depth: int) -> Node:
    children = tree.children
    if len(children) == 2:
        return [LITERAL, ""]
    if len(children) == 3:
        piece = children[1].children[0]
        if not is_node(piece) and not piece.type.startswith("ESCAPED"):
            return [LITERAL, unescape(str(piece))]
    pieces: list[Piece] = []
    for part in nodes(tree, "string_part"):
        pieces += _string_pieces(part.children[0], depth)
    strip(pieces)
    return assemble(pieces, line_of(tree))


def _string_pieces(piece: Any, depth: int) -> list[Piece]:
    if not is_node(piece):
        text = str(piece)
        if piece.type.startswith("ESCAPED") and text.count("{") > 1:
            # The grammar ends `$${` at the first `}`: what is really inserted may stand before it.
            inner = split_pieces(text[3:], quoted=True)
            resolve(inner, compact_text, piece.line)
            return [Piece("text", text[1:3]), *inner]
        return [Piece("text", unescape(text))]
    if piece.data == "interpolation":
        return [Piece("value", node=compact(piece.children[1], depth + 1))]
    kind = str(piece.data).removeprefix("template_").removesuffix("_start")
    marks = [child == "~" for child in piece.children if not is_node(child)]
    found = Piece(kind, left=marks[1], right=marks[-2])
    if kind in {"if", "for"}:
        found.names = tuple(str(name.children[0]) for name in nodes(piece, "identifier"))
        found.node = compact([child for child in nodes(piece) if child.data != "identifier"][-1], depth + 1)
    return [found]


def _heredoc(tree: Any, depth: int) -> Node:
    token = tree.children[0]
    text = str(token).replace("\r\n", "\n")
    body = text[text.index("\n") + 1 : text.rstrip("\n").rindex("\n") + 1]
    return raw_template(body, token.line + 1, quoted=False, trimmed=tree.data == "heredoc_template_trim")


def raw_template(text: str, line: int, *, quoted: bool, trimmed: bool = False) -> Node:
    """The expression of a template that the grammar leaves in one piece.

    :raises UnparsableError: something in ``${}`` is no expression
    """
    if "${" not in text and "%{" not in text and not trimmed:
        return [LITERAL, unescape(text) if quoted else text]
    pieces = split_pieces(text, quoted=quoted)
    resolve(pieces, compact_text, line)
    strip(pieces)
    if trimmed:
        outdent(pieces)
    return assemble(pieces, line)


def compact_text(text: str, line: int) -> Node:
    """The compact form of an expression that stands by itself; plain traversals without asking the grammar.

    :raises UnparsableError: the text is no expression
    """
    if (match := _TRAVERSAL.fullmatch(text)) and match[1] not in _WORDS:
        return [NAME, match[1], match[2].split(".")[1:]]
    return compact(parse_expression(text, line, positions=False))


_BUILDERS: dict[str, Callable[[Any, int], Node]] = {
    "string": _string,
    "int_lit": lambda tree, _: [LITERAL, int(tree.children[0])],
    "float_lit": lambda tree, _: [LITERAL, number(tree.children[0])],
    "literal_value": lambda tree, _: [LITERAL, _WORDS[str(tree.children[0])]],
    "tuple": _list,
    "object": _object,
    "function_call": _call,
    "heredoc_template": _heredoc,
    "heredoc_template_trim": _heredoc,
    "for_tuple_expr": _for,
    "for_object_expr": _for,
    "template_string": lambda tree, _: [LITERAL, unescape(str(tree.children[0]).replace('\\"', '"')[1:-1])],
    "identifier": lambda tree, _: [NAME, str(tree.children[0]), []],
    "keyword": lambda tree, _: [NAME, str(tree.children[0]), []],
}
