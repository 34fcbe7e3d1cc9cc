"""Templates as expressions: texts, insertions and directives, put together from the pieces in which they come.

Source: HCL native syntax specification, "Template Expressions"; ``hclsyntax/parser_template.go`` for strip markers
(they act on the piece of text beside them, which in a heredoc ends with its line) and for ``<<-``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from planguard.plan.source.grammar import UnparsableError
from planguard.plan.source.syntax import CONDITIONAL, LITERAL, REPEAT, TEMPLATE, Node
from planguard.plan.source.template import closing_brace, unescape

_OPENING = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
_FOR = re.compile(r"for\s+([\w-]+)\s*(?:,\s*([\w-]+)\s*)?\sin\s(.*)", re.DOTALL)
_WORD = re.compile(r"\s*(if|else|endif|endfor)\b")
_EMPTY: Node = [LITERAL, ""]


@dataclass
class Piece:
    """One piece of a template.

    :ivar kind: ``text``, ``value``, ``if``, ``else``, ``endif``, ``for`` or ``endfor``
    :ivar text: of a ``text`` what it says, else the source of the expression
    :ivar line: line breaks before it
    :ivar node: its expression, once that is known
    :ivar left: it takes away the blanks before it
    :ivar right: it takes away the blanks behind it
    """

    kind: str
    text: str = ""
    line: int = 0
    names: tuple[str, ...] = ()
    node: Node = field(default_factory=list)
    left: bool = False
    right: bool = False


def split_pieces(text: str, *, quoted: bool) -> list[Piece]:
    """The pieces of a raw template, texts included.

    :param quoted: backslashes escape, as between quotes; in a heredoc they do not
    """
    pieces: list[Piece] = []
    at = start = 0
    while match := _OPENING.search(text, at):
        if len(match.group()) == 3:
            at = match.end()
            continue
        end = closing_brace(text, match.end())
        if end is None:
            break
        pieces += _texts(text[start : match.start()], quoted)
        pieces.append(_piece(match.group(), text[match.end() : end], text.count("\n", 0, match.end())))
        at = start = end + 1
    return pieces + _texts(text[start:], quoted)


def _texts(text: str, quoted: bool) -> list[Piece]:
    if not text:
        return []
    if quoted:
        return [Piece("text", unescape(text))]
    plain = text.replace("$${", "${").replace("%%{", "%{")
    return [Piece("text", line) for line in plain.splitlines(keepends=True)]


def _piece(opening: str, inner: str, line: int) -> Piece:
    left, right = inner.startswith("~"), inner.endswith("~")
    body = inner.removeprefix("~").removesuffix("~")
    if opening == "${":
        return Piece("value", body, line, left=left, right=right)
    if match := _FOR.fullmatch(body.strip()):
        names = tuple(name for name in match.group(1, 2) if name)
        return Piece("for", match[3], line, names, left=left, right=right)
    if match := _WORD.match(body):
        return Piece(match[1], body[match.end() :], line, left=left, right=right)
    raise UnparsableError(line + 1)


def strip(pieces: list[Piece]) -> None:
    """Let strip markers take away the blanks beside them."""
    for number, piece in enumerate(pieces):
        if piece.left and number and pieces[number - 1].kind == "text":
            pieces[number - 1].text = pieces[number - 1].text.rstrip()
        if piece.right and number + 1 < len(pieces) and pieces[number + 1].kind == "text":
            pieces[number + 1].text = pieces[number + 1].text.lstrip()


def outdent(pieces: list[Piece]) -> None:
    """Take away the indentation that all lines of a ``<<-`` heredoc share."""
    firsts: list[Piece] = []
    least: int | None = None
    at_start = True
    for piece in pieces:
        if at_start:
            blank = piece.kind == "text" and not piece.text.strip() and piece.text.endswith("\n")
            if not blank:
                width = len(piece.text) - len(piece.text.lstrip()) if piece.kind == "text" else 0
                least = width if least is None else min(least, width)
                if piece.kind == "text":
                    firsts.append(piece)
        at_start = piece.kind == "text" and piece.text.endswith("\n")
    for piece in firsts:
        piece.text = piece.text[least or 0 :]


def assemble(pieces: list[Piece], line: int) -> Node:
    """The expression of a template.

    :param line: where it begins, for the error
    :raises UnparsableError: a directive is not closed, or closed and never opened
    """
    rest = _Rest(pieces, line)
    parts, end = rest.parts(())
    if end is not None:
        raise UnparsableError(line + end.line)
    if len(parts) == 1 and len(pieces) == 1 and pieces[0].kind == "value":
        return parts[0]
    return template(parts)


def template(parts: list[Node]) -> Node:
    """The expression that joins parts; a plain text where all of them are texts."""
    joined: list[Node] = []
    for part in parts:
        if joined and _is_text(part) and _is_text(joined[-1]):
            joined[-1] = [LITERAL, joined[-1][1] + part[1]]
        else:
            joined.append(part)
    if not joined:
        return _EMPTY
    return joined[0] if len(joined) == 1 and _is_text(joined[0]) else [TEMPLATE, joined]


def _is_text(part: Node) -> bool:
    return part[0] == LITERAL and isinstance(part[1], str)


class _Rest:
    """The pieces that are still to be put together."""

    def __init__(self, pieces: list[Piece], line: int) -> None:
        self._pieces: Iterator[Piece] = iter(pieces)
        self._line = line
        self._depth = 0

    def parts(self, ends: tuple[str, ...]) -> tuple[list[Node], Piece | None]:
        """Parts up to a piece of one of these kinds, and that piece; all of them where none is named."""
        self._depth += 1
        if self._depth > 50:
            raise UnparsableError(self._line)
        found: list[Node] = []
        for piece in self._pieces:
            match piece.kind:
                case "text":
                    found.append([LITERAL, piece.text])
                case "value":
                    found.append(piece.node)
                case "if":
                    found.append(self._if(piece))
                case "for":
                    found.append(self._for(piece))
                case kind:
                    self._depth -= 1
                    if kind in ends or not ends:
                        return found, piece
                    raise UnparsableError(self._line + piece.line)
        self._depth -= 1
        if ends:
            raise UnparsableError(self._line)
        return found, None

    def _if(self, piece: Piece) -> Node:
        then, end = self.parts(("else", "endif"))
        otherwise: list[Node] = []
        if end is not None and end.kind == "else":
            otherwise, _ = self.parts(("endif",))
        return [CONDITIONAL, piece.node, template(then), template(otherwise)]

    def _for(self, piece: Piece) -> Node:
        body, _ = self.parts(("endfor",))
        key, value = piece.names if len(piece.names) == 2 else (None, piece.names[0])
        return [REPEAT, key, value, piece.node, template(body)]


def resolve(pieces: list[Piece], compile_: Callable[[str, int], Node], line: int) -> None:
    """Give every piece with an expression its node."""
    for piece in pieces:
        if piece.kind in {"value", "if", "for"}:
            piece.node = compile_(piece.text, line + piece.line)
