"""Text of a .tf file to a tree, and the few questions that one asks of such a tree.

The tree is python-hcl2's raw parse tree (``hcl2.api.parses_to_tree``); its dict form has no lines and gives up on
long operator chains. Whoever walks a tree does so with a stack of its own, for trees are as deep as what a user
wrote. python-hcl2 is imported inside the functions, because it takes 80 ms.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from planguard.plan.source.mend import mend
from planguard.plan.source.template import unescape

if TYPE_CHECKING:
    from lark import Token, Tree

    Node: TypeAlias = Tree[Token]

Lines: TypeAlias = tuple[int, int]
"""First and last line, counted from 1."""


class UnparsableError(Exception):
    """Text that is no HCL. Whoever knows the file makes a ``SourceError`` of it.

    :param line: where the grammar gave up, counted from 1
    """

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def parse_text(text: str, *, positions: bool = True) -> Node:
    """The tree of a whole file: a ``start`` node with one ``body``.

    :param positions: with lines and columns on every node; without, only its tokens have them, and it takes half
        the time
    :raises UnparsableError: the text is no HCL, or more than python-hcl2 can take
    """
    try:
        return _parse(text, positions)
    except UnparsableError:
        mended = mend(text)
        if mended == text:
            raise
    return _parse(mended, positions)


def parse_expression(text: str, line: int = 1, *, positions: bool = True) -> Node:
    """The tree of an expression that stands by itself, as between ``${`` and ``}`` of a heredoc.

    :param line: line of the file on which the text begins
    :raises UnparsableError: the text is no expression
    """
    try:
        body = parse_text(f"x = (\n{text}\n)", positions=positions).children[0]
    except UnparsableError as error:
        last = line + text.count("\n")
        raise UnparsableError(min(max(line, line + error.line - 2), last)) from None
    (attribute,) = nodes(body, "attribute")
    expression: Node = attribute_expression(attribute)
    return expression


def _parse(text: str, positions: bool) -> Node:
    from hcl2.api import parses_to_tree
    from lark.exceptions import LarkError, UnexpectedInput

    from planguard.plan.source.driver import parser

    try:
        # A comment in the last line has to be ended, too.
        tree: Node = parses_to_tree(text) if positions else parser()(text + "\n")
    except UnexpectedInput as error:
        last = text.count("\n") + 1
        raise UnparsableError(error.line if 0 < error.line <= last else last) from None
    except (LarkError, RecursionError):
        raise UnparsableError(1) from None
    return tree


def is_node(child: Any) -> bool:
    """Whether a child of a tree is a tree itself, and not a token (tokens are strings)."""
    return not isinstance(child, str)


def nodes(tree: Any, *kinds: str) -> Iterator[Any]:
    """The direct children of these kinds, all trees when none is named."""
    for child in tree.children:
        if is_node(child) and (not kinds or child.data in kinds):
            yield child


def attribute_name(attribute: Any) -> str:
    """The name before the ``=``."""
    return str(attribute.children[0].children[0])


def attribute_expression(attribute: Any) -> Any:
    """The tree after the ``=``."""
    return attribute.children[-1]


def block_body(block: Any) -> Any:
    """The ``body`` of a ``block``."""
    return next(nodes(block, "body"))


def block_header(block: Any) -> tuple[str, tuple[str, ...]]:
    """Kind and labels of a ``block``: ``("resource", ("aws_vpc", "main"))``."""
    words: list[str] = []
    for child in nodes(block):
        if child.data == "string":
            words.append(literal_string(child) or "")
        elif child.data in {"identifier", "keyword", "literal_value"}:
            words.append(str(child.children[0]))
    return words[0], tuple(words[1:])


def literal_string(string: Any) -> str | None:
    """What a quoted string without ``${`` and ``%{`` means, or None when it has one."""
    parts: list[str] = []
    for part in nodes(string, "string_part"):
        piece = part.children[0]
        if is_node(piece):
            return None
        parts.append(str(piece))
    return unescape("".join(parts))


def line_of(tree: Any) -> int:
    """The line of the first token of a tree."""
    while is_node(tree):
        if not tree.children:
            return 1
        tree = tree.children[0]
    return int(tree.line)


def lines_of(tree: Any) -> Lines:
    """First and last line of a block, attribute or expression, without the line breaks that the grammar adds."""
    last: Any = tree
    while is_node(last):
        last = next(
            child for child in reversed(last.children) if not (is_node(child) and child.data == "new_line_or_comment")
        )
    # A heredoc token ends with the line break after its closing word.
    end: int = last.end_line - 1 if last.type.startswith("HEREDOC") else last.end_line
    return tree.meta.line, end
