"""Valid HCL that python-hcl2 8.1 refuses, respelled so that it takes it; every line stays where it is.

Respelled are: ``${~ x ~}``, line breaks within ``"${ }"``, comments within a line, ``!!x``, ``x -12``, a line within
parentheses that begins with ``-``, and ``"$${x"`` without a closing brace. The meaning stays the same.
"""

from __future__ import annotations

import re

from planguard.plan.source.template import end_of_comment

_IN_CODE = re.compile(
    r"""(?P<word>[^\W\d][\w-]*|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<heredoc><<-?(?P<mark>[A-Za-z][\w.-]*)\r?\n(?:.*\n)*?[ \t]*(?P=mark)(?=\r?\n))
    |(?P<comment>\#|//|/\*)
    |(?P<minus>(?P<gap>\n[ \t]*)?-)
    |(?P<twice>!\s*!)
    |(?P<open>["{(\[])
    |(?P<close>[)\]}~])
    |(?P<other>[^\s])""",
    re.VERBOSE,
)
_IN_STRING = re.compile(r"""\\.|(?P<literal>\$\$\{)|%%\{|(?P<close>")|(?P<open>\$\{~?|%\{)""", re.DOTALL)
_END_OF_OPERAND = re.compile(r"[\w)\]}\"]")

_STRIP_LEFT, _STRIP_RIGHT = "%{~ if true }%{ endif }", "%{ if true }%{ endif ~}"
"""Directives that strip as ``${~`` and ``~}`` do."""


def mend(text: str) -> str:
    """The same text in spellings that python-hcl2 takes; unchanged when there is nothing to respell."""
    return _Mender(text).mended()


class _Mender:
    """One pass over a text, from token to token.

    :ivar open_things: what is open around the place: brackets, ``"``, ``${``, ``%{``
    :ivar last: the last character of code, to tell a subtraction from a negative number
    :ivar strips: there was a ``~``, to be minded when the ``${`` closes
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.out: list[str] = []
        self.open_things: list[str] = []
        self.last = ""
        self.strips = False

    def mended(self) -> str:
        at = 0
        while at < len(self.text):
            in_string = bool(self.open_things) and self.open_things[-1] == '"'
            match = (_IN_STRING if in_string else _IN_CODE).search(self.text, at)
            if match is None:
                break
            self.out.append(self.text[at : match.start()])
            at = self._string_token(match) if in_string else self._code_token(match)
        self.out.append(self.text[at:])
        return "".join(self.out)

    def _string_token(self, match: re.Match[str]) -> int:
        token = match.group()
        if match["open"]:
            self.open_things.append(token[:2])
            strips = _STRIP_LEFT if token.endswith("~") else ""
            self.out.append(f"{strips}${{(" if token[0] == "$" else token)
            self.last = "("
        else:
            if match["close"]:
                self.open_things.pop()
                self.last = '"'
            self.out.append("\\u0024{" if match["literal"] else token)
        return match.end()

    def _code_token(self, match: re.Match[str]) -> int:
        if match["comment"]:
            return self._comment(match.start())
        token = match.group()
        if match["open"]:
            self.open_things.append(token)
        elif match["close"]:
            token = self._closed(token)
        elif match["twice"]:
            token = " " * len(token)
        elif match["minus"]:
            token = self._minus(match)
        self.out.append(token)
        self.last = token.strip()[-1:] or self.last
        return match.end()

    def _comment(self, at: int) -> int:
        end = end_of_comment(self.text, at)
        comment = self.text[at:end]
        self.out.append(" " * len(comment) if comment.startswith("/*") and "\n" not in comment else comment)
        if not comment.startswith("/*"):
            self.last = ""
        return end

    def _closed(self, mark: str) -> str:
        inside = self.open_things[-1] if self.open_things else ""
        if mark == "~":
            self.strips = inside == "${"
            return "" if self.strips else mark
        if self.open_things:
            self.open_things.pop()
        if inside != "${":
            return mark
        strips, self.strips = self.strips, False
        return f")}}{_STRIP_RIGHT}" if strips else ")}"

    def _minus(self, match: re.Match[str]) -> str:
        if not _END_OF_OPERAND.match(self.last):
            return match.group()
        gap = match["gap"] or ""
        within = bool(self.open_things) and self.open_things[-1] in {"(", "[", "${"}
        return f" -{gap}" if gap and within else f"{gap}- "
