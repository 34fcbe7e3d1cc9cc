"""Patterns over texts: what ``*`` and ``?`` of policies mean, and symbols for what is not known yet.

A pattern is a text. In it ``*`` is any text and ``?`` any one character. Private characters (which no provider's
names hold) stand for what has another meaning: a literal ``*`` or ``?`` (``${*}`` in a policy), a ``*`` that stops
at a colon (conditions on ARNs are compared part by part), and *symbols*, which stand for one value that is not known
yet, or for a policy variable: a symbol equals itself, is matched by ``*``, and by nothing else.

Sources: IAM User Guide, "IAM JSON policy elements: Resource", "Condition operators" (ARN operators) and "Policy
elements: Variables and tags" (special characters).
"""

from __future__ import annotations

LITERAL_STAR = "\ue000"
LITERAL_QUESTION = "\ue001"
STAR_IN_PART = "\ue002"
"""Any text without a colon."""
ONE_IN_PART = "\ue003"
"""Any one character but a colon."""

_FIRST_SYMBOL = 0xF0000
_LAST_SYMBOL = 0x10FFFD
_names: list[str] = []
_chars: dict[str, str] = {}


def symbol(name: str) -> str:
    """The character that stands for one value, by its name: ``aws_s3_bucket.b.arn`` or ``aws:username``.

    The same name has the same character for as long as the process lives, so that patterns of both snapshots, and of
    several plans, can be compared. Nothing that is told depends on which character it is.

    :raises OverflowError: there are more than a hundred thousand of them
    """
    found = _chars.get(name)
    if found is None:
        code = _FIRST_SYMBOL + len(_names)
        if code > _LAST_SYMBOL:
            raise OverflowError("too many symbols")
        _names.append(name)
        found = _chars[name] = chr(code)
    return found


def is_symbol(char: str) -> bool:
    """Whether a character stands for a value that is not known yet, or for a policy variable."""
    return char >= "\U000f0000"


def symbol_name(char: str) -> str:
    """The name of what a character stands for."""
    return _names[ord(char) - _FIRST_SYMBOL]


def shown(pattern: str) -> str:
    """A pattern, or a text with symbols, as a person reads it: ``${aws_s3_bucket.b.arn}/*``."""
    if pattern.isascii():
        return pattern
    return "".join(map(_shown_char, pattern))


def _shown_char(char: str) -> str:
    if is_symbol(char):
        return "${" + symbol_name(char) + "}"
    return {LITERAL_STAR: "${*}", LITERAL_QUESTION: "${?}", STAR_IN_PART: "*", ONE_IN_PART: "?"}.get(char, char)
