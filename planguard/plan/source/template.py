"""Templates as raw text: what heredocs and the strings of .tf.json hold, which the grammar leaves in one piece.

Source: HCL native syntax specification, "Template Expressions" and "Template Sub-expressions".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_ESCAPE = re.compile(r'\\(n|r|t|"|\\|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})|\$(\$\{)|%(%\{)')
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}

_OPENING = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
_IN_CODE = re.compile(r'"|\{|\}|#|//|/\*')
_IN_STRING = re.compile(r'\\.|\$\$\{|%%\{|"|\$\{|%\{', re.DOTALL)
_FOR = re.compile(r"for\s+([\w-]+)\s*(?:,\s*([\w-]+)\s*)?\sin\s(.*)", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """One ``${…}`` or ``%{…}`` of a template.

    :ivar kind: ``value``, ``if``, ``for`` or ``endfor`` (``else`` and ``endif`` say nothing)
    :ivar text: the expression: what is inserted, tested or gone through; empty for ``endfor``
    :ivar line: line breaks between the start of the template and the expression
    :ivar names: iterator names of a ``for``
    """

    kind: str
    text: str
    line: int
    names: tuple[str, ...] = ()


def unescape(text: str) -> str:
    """The meaning of what stands between the quotes of a quoted string without interpolation."""

    def meaning(match: re.Match[str]) -> str:
        escape, dollar, percent = match.groups()
        if escape is None:
            return str(dollar or percent)
        if escape in _PLAIN:
            return _PLAIN[escape]
        code = int(escape[1:], 16)
        return chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else "\N{REPLACEMENT CHARACTER}"

    found = _ESCAPE.sub(meaning, text) if "\\" in text or "{" in text else text
    return found if found.isascii() else unicodedata.normalize("NFC", found)


def split_template(text: str) -> list[Piece]:
    """The interpolations and directives of a raw template, in order."""
    pieces: list[Piece] = []
    at = line = counted = 0
    while match := _OPENING.search(text, at):
        at = match.end()
        if len(match.group()) == 3:  # $${ and %%{ stand for themselves
            continue
        end = closing_brace(text, at)
        if end is None:
            break
        line += text.count("\n", counted, at)
        counted = at
        inner = text[at:end].removeprefix("~").removesuffix("~")
        piece = Piece("value", inner, line) if match.group() == "${" else _directive(inner, line)
        if piece is not None:
            pieces.append(piece)
        at = end + 1
    return pieces


def _directive(inner: str, line: int) -> Piece | None:
    body = inner.strip()
    line += inner[: len(inner) - len(inner.lstrip())].count("\n")
    if body.startswith("endfor"):
        return Piece("endfor", "", line)
    if match := _FOR.fullmatch(body):
        names = tuple(name for name in match.group(1, 2) if name)
        return Piece("for", match[3], line + body[: match.start(3)].count("\n"), names)
    if re.match(r"if\b", body):
        return Piece("if", body[2:], line)
    return None


def closing_brace(text: str, at: int) -> int | None:
    """Where the ``}`` stands that closes what was opened just before ``at``; strings and comments are passed over."""
    open_things = ["{"]
    while open_things:
        in_string = open_things[-1] == '"'
        match = (_IN_STRING if in_string else _IN_CODE).search(text, at)
        if match is None:
            return None
        at, piece = match.end(), match.group()
        if in_string:
            if piece == '"':
                open_things.pop()
            elif piece in {"${", "%{"}:
                open_things.append("{")
        elif piece == "}":
            open_things.pop()
        elif piece in {'"', "{"}:
            open_things.append(piece)
        else:
            at = end_of_comment(text, match.start())
    return at - 1


def end_of_comment(text: str, at: int) -> int:
    """Where the comment that begins at ``at`` is over: before its line break, or after its ``*/``."""
    block = text.startswith("/*", at)
    end = text.find("*/" if block else "\n", at)
    if end < 0:
        return len(text)
    return end + 2 if block else end
