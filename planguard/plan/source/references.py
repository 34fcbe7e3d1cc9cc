"""The references of an expression, as the plan JSON of Terraform would list them.

Source followed: the ``Variables`` methods of ``hcl/v2/hclsyntax``: order of the text, a splat or an index that is
no constant ends a traversal, the names that a ``for`` brings in are no references, neither are plain object keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from planguard.plan.source.grammar import (
    is_node,
    literal_string,
    nodes,
    parse_expression,
)
from planguard.plan.source.naming import Index, Step, reference_names
from planguard.plan.source.template import split_template

Scope: TypeAlias = frozenset[str]
"""Names that are iterators here."""

_Task: TypeAlias = tuple[Any, Scope]
_STEPS = frozenset({"get_attr_expr_term", "index_expr_term", "attr_splat_expr_term", "full_splat_expr_term"})
_NO_SCOPE: Scope = frozenset()


def expression_references(expression: Any, scope: Scope = _NO_SCOPE) -> list[str]:
    """References of a parsed expression, in the order of the text, repeated where the text repeats them.

    :param expression: a tree, as ``attribute_expression`` and ``parse_expression`` give it
    :param scope: names of iterators around the expression, which are no references
    :raises UnparsableError: a heredoc has something in ``${}`` that is no expression
    """
    found: list[str] = []
    tasks: list[_Task] = [(expression, scope)]
    while tasks:
        tree, scope = tasks.pop()
        names, rest = _visit(tree, scope)
        found += names
        tasks += reversed(rest)
    return found


def template_references(text: str, scope: Scope = _NO_SCOPE, line: int = 1) -> list[str]:
    """References of a raw template, such as a string of a .tf.json file.

    :raises UnparsableError: something in ``${}`` is no expression
    """
    return [
        name for tree, inner in _scoped(_raw_parts(text, line), scope) for name in expression_references(tree, inner)
    ]


def _visit(tree: Any, scope: Scope) -> tuple[list[str], list[_Task]]:
    """What a tree refers to by itself, and the trees within it that are still to be visited."""
    match str(tree.data):
        case "expr_term":
            return _term(tree, scope)
        case "for_tuple_expr" | "for_object_expr":
            return [], _for(tree, scope)
        case "object_elem_key":
            return [], [] if _is_plain_key(tree) else _children(tree, scope)
        case "string":
            return [], list(_scoped(_string_parts(tree), scope))
        case "heredoc_template" | "heredoc_template_trim":
            token = tree.children[0]
            parts = _raw_parts(_heredoc_body(str(token)), token.line + 1)
            return [], list(_scoped(parts, scope))
        case _:
            return [], _children(tree, scope)


def _children(tree: Any, scope: Scope) -> list[_Task]:
    return [(child, scope) for child in nodes(tree)]


def _is_plain_key(key: Any) -> bool:
    (inner,) = key.children
    return inner.data == "expr_term" and len(inner.children) == 1 and inner.children[0].data == "identifier"


def _for(tree: Any, scope: Scope) -> list[_Task]:
    intro, *rest = (child for child in nodes(tree) if child.data != "new_line_or_comment")
    names = frozenset(str(name.children[0]) for name in nodes(intro, "identifier"))
    collection = [(child, scope) for child in nodes(intro) if child.data != "identifier"]
    return collection + [(child, scope | names) for child in rest]


def _term(tree: Any, scope: Scope) -> tuple[list[str], list[_Task]]:
    """A traversal with all its steps, or whatever else an expression can begin with."""
    steps: list[Any] = []
    base = tree
    while len(base.children) == 1 and base.children[0].data in _STEPS:
        base, step = base.children[0].children
        steps.append(step)
    steps.reverse()
    within = [(child, scope) for step in steps for child in _index_expressions(step)]
    if len(base.children) > 1 or base.children[0].data != "identifier":
        return [], _children(base, scope) + within
    root = str(base.children[0].children[0])
    return [] if root in scope else reference_names(root, tuple(_constant_steps(steps))), within


def _constant_steps(steps: Iterable[Any]) -> Iterator[Step]:
    for step in steps:
        match str(step.data):
            case "get_attr":
                yield str(step.children[-1].children[0])
            case "short_index":
                yield Index(int(step.children[-1]))
            case "braces_index" if (key := _constant_key(next(_index_expressions(step)))) is not None:
                yield Index(key)
            case _:
                return


def _constant_key(expression: Any) -> str | int | float | None:
    if expression.data != "expr_term" or len(expression.children) != 1:
        return None
    literal = expression.children[0]
    if literal.data == "string":
        return literal_string(literal)
    if literal.data not in {"int_lit", "float_lit"} or literal.children[0].startswith("-"):
        return None
    return int(literal.children[0]) if literal.data == "int_lit" else float(literal.children[0])


def _index_expressions(step: Any) -> Iterator[Any]:
    indexes = [step] if step.data == "braces_index" else nodes(step, "braces_index")
    for index in indexes:
        yield from (child for child in nodes(index) if child.data != "new_line_or_comment")


@dataclass(frozen=True)
class _Part:
    """One ``${}`` or ``%{}``: its expression, and how it changes which names are iterators from here on."""

    tree: Any = None
    opens: frozenset[str] | None = None
    closes: bool = False


def _scoped(parts: Iterable[_Part], scope: Scope) -> Iterator[_Task]:
    scopes = [scope]
    for part in parts:
        if part.tree is not None:
            yield part.tree, scopes[-1]
        if part.opens is not None:
            scopes.append(scopes[-1] | part.opens)
        elif part.closes and len(scopes) > 1:
            scopes.pop()


def _string_parts(string: Any) -> Iterator[_Part]:
    for part in nodes(string, "string_part"):
        piece = part.children[0]
        if not is_node(piece):
            # The grammar ends `$${` at the first `}`: what is really inserted may stand before it.
            if piece.count("{") > 1 and piece.type.startswith("ESCAPED"):
                yield from _raw_parts(str(piece), piece.line)
            continue
        names = frozenset(str(name.children[0]) for name in nodes(piece, "identifier"))
        tree = next((child for child in nodes(piece) if child.data != "identifier"), None)
        yield _Part(
            tree,
            opens=names if piece.data == "template_for_start" else None,
            closes=piece.data == "template_endfor",
        )


def _raw_parts(text: str, line: int) -> Iterator[_Part]:
    for piece in split_template(text):
        tree = parse_expression(piece.text, line + piece.line) if piece.text else None
        yield _Part(
            tree,
            opens=frozenset(piece.names) if piece.kind == "for" else None,
            closes=piece.kind == "endfor",
        )


def _heredoc_body(token: str) -> str:
    """The lines between ``<<EOT`` and ``EOT``."""
    return token[token.index("\n") + 1 : token.rstrip("\r\n").rindex("\n") + 1]
