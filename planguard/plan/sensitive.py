"""What Terraform marks sensitive appears nowhere but as ``(sensitive)``.

Marks alone are not enough: they do not follow a value that is copied (into a tag, an output of a resource, a
trigger), so that the same secret stands unmarked elsewhere in the same plan. Values are therefore known by mark
*and* by content: a :class:`Redactor` holds every value that is marked anywhere and takes it out of every text.

Values too short to be told from ordinary words (under four characters) are taken out by mark only: where a rule
reads a marked value, it gets a :class:`SensitiveText` or :class:`SensitiveNumber`, which compares like the value
and prints as ``(sensitive)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from planguard.plan.address import replace_keys

SENSITIVE = "(sensitive)"
_SHORTEST = 4
_SHORTEST_LINE = 8
_NO_SECRETS = frozenset({"true", "false", "null", "none", "None", "True", "False"})


class SensitiveText(str):
    """A sensitive string: equal to its value, printed as ``(sensitive)``."""

    __slots__ = ()

    def __str__(self) -> str:
        return SENSITIVE

    def __format__(self, spec: str) -> str:
        return SENSITIVE

    def __repr__(self) -> str:
        return SENSITIVE


class SensitiveNumber(float):
    """A sensitive number: equal to its value, printed as ``(sensitive)``."""

    __slots__ = ()

    def __str__(self) -> str:
        return SENSITIVE

    def __format__(self, spec: str) -> str:
        return SENSITIVE

    def __repr__(self) -> str:
        return SENSITIVE


class SensitiveInteger(int):
    """A sensitive whole number: equal to its value, printed as ``(sensitive)``."""

    __slots__ = ()

    def __str__(self) -> str:
        return SENSITIVE

    def __format__(self, spec: str) -> str:
        return SENSITIVE

    def __repr__(self) -> str:
        return SENSITIVE


def wrap_sensitive(value: Any, mask: Any) -> Any:
    """Wrap the leaves that a mask marks, so that a rule's f-string cannot print them.

    :param value: a freshly decoded value, changed in place
    :param mask: the matching ``*_sensitive``
    """
    if mask is True:
        return _wrap_all(value)
    if type(mask) is dict and type(value) is dict:
        for key, below in mask.items():
            if below and key in value:
                value[key] = wrap_sensitive(value[key], below)
    elif type(mask) is list and type(value) is list:
        for index, below in enumerate(mask[: len(value)]):
            if below:
                value[index] = wrap_sensitive(value[index], below)
    return value


def _wrap_all(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        return SensitiveText(value)
    if kind is dict:
        return {SensitiveText(key): _wrap_all(below) for key, below in value.items()}
    if kind is list:
        return [_wrap_all(below) for below in value]
    if kind is int:
        return SensitiveInteger(value)
    if kind is float:
        return SensitiveNumber(value)
    return value


def marked_leaves(value: Any, mask: Any) -> Iterable[Any]:
    """The leaves of a value that its mask marks as sensitive."""
    if mask is True:
        yield from _leaves(value)
    elif type(mask) is dict and type(value) is dict:
        for key, below in mask.items():
            if below:
                yield from marked_leaves(value.get(key), below)
    elif type(mask) is list and type(value) is list:
        for item, below in zip(value, mask, strict=False):
            if below:
                yield from marked_leaves(item, below)


def _leaves(value: Any) -> Iterable[Any]:
    kind = type(value)
    if kind is dict:
        for below in value.values():
            yield from _leaves(below)
    elif kind is list:
        for below in value:
            yield from _leaves(below)
    elif value is not None:
        yield value


class Redactor:
    """Takes every sensitive value of a plan out of a text."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._by_start: dict[str, list[str]] | None = None
        self._done: dict[str, str] = {}

    def add(self, leaves: Iterable[Any]) -> None:
        """Take in sensitive leaves: strings, numbers; each form in which a text may carry them."""
        for leaf in leaves:
            if isinstance(leaf, str):
                self._add_text(str.__str__(leaf))
            elif isinstance(leaf, (int, float)) and not isinstance(leaf, bool):
                self._add_text(int.__repr__(leaf) if isinstance(leaf, int) else float.__repr__(leaf))

    def _add_text(self, text: str) -> None:
        if len(text) < _SHORTEST or text in _NO_SECRETS or text in self._secrets:
            return
        self._by_start = None
        self._done.clear()
        self._secrets.add(text)
        self._secrets.add(text.lower())  # names that a cloud compares without case are told in lower case
        stripped = text.strip()
        if len(stripped) >= _SHORTEST:
            self._secrets.add(stripped)
        if "\n" in text:
            self._secrets.update(line for line in map(str.strip, text.splitlines()) if len(line) >= _SHORTEST_LINE)
        if not text.isalnum() or not text.isascii():
            self._secrets.update(_spellings(text))
        if text[0] in "{[" and text[-1] in "}]":
            self.add(_leaves_of_document(text))

    def __bool__(self) -> bool:
        return bool(self._secrets)

    def text(self, text: str) -> str:
        """The text with every sensitive value replaced by ``(sensitive)``."""
        if not self._secrets:
            return text
        found = self._done.get(text)
        if found is None:
            found = self._done[text] = self._taken_out(text)
        return found

    def _taken_out(self, text: str) -> str:
        """Look up each four characters of the text, so that its cost does not grow with the number of secrets."""
        if self._by_start is None:
            self._by_start = {}
            for secret in self._secrets:
                self._by_start.setdefault(secret[:_SHORTEST], []).append(secret)
        starts = self._by_start
        there = {
            secret
            for at in range(len(text) - _SHORTEST + 1)
            if (begin := text[at : at + _SHORTEST]) in starts
            for secret in starts[begin]
            if text.startswith(secret, at)
        }
        # Longest first: a secret that holds another one goes as a whole.
        for secret in sorted(there, key=lambda one: (-len(one), one)):
            text = text.replace(secret, SENSITIVE)
        return text

    def address(self, address: str) -> str:
        """An address with sensitive values taken out of its instance keys; names are code, not values."""
        if not self._secrets or '["' not in address:
            return address
        return replace_keys(address, self.text)

    def anything(self, value: Any) -> Any:
        """Every string in a structure of dicts, lists and tuples, redacted."""
        if isinstance(value, str):
            return self.text(value if type(value) is str else str(value))
        if isinstance(value, dict):
            return {self.text(str(key)): self.anything(below) for key, below in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.anything(below) for below in value]
        if isinstance(value, (SensitiveInteger, SensitiveNumber)):
            return SENSITIVE
        return value


def short_secrets(leaves: Iterable[Any]) -> list[str]:
    """The spellings of sensitive values that are too short to be looked for everywhere, the longest first."""
    found: set[str] = set()
    for leaf in leaves:
        if isinstance(leaf, str):
            found.add(str.__str__(leaf))
        elif isinstance(leaf, (int, float)) and not isinstance(leaf, bool):
            number = float(leaf)
            found |= {f"{number:g}", f"{number:.1f}", f"{number:.2f}", str(int(number)), str(round(number))}
    return sorted((one for one in found if one.strip()), key=lambda one: (-len(one), one))


def without_short(text: str, secrets: list[str]) -> str:
    """A text about a resource without that resource's own short secrets, where they stand as words of their own."""
    import re

    for secret in secrets:
        if secret in text:  # cheaper than the pattern, and mostly false
            text = re.sub(rf"(?<![\w.]){re.escape(secret)}(?![\w.]*\w)", SENSITIVE, text)
    return text


def _leaves_of_document(text: str) -> Iterable[Any]:
    """What stands in a secret that is a JSON document: each of its values is one, too."""
    import json

    try:
        return list(_leaves(json.loads(text)))
    except (ValueError, RecursionError):
        return []


def _spellings(text: str) -> Iterable[str]:
    """The forms that a value takes inside other text: escaped for JSON, for a Python repr, for HTML."""
    import json

    forms = (
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        repr(text)[1:-1],
        text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"),
        json.dumps(json.dumps(text)[1:-1])[1:-1],
    )
    return (form for form in forms if form != text)
