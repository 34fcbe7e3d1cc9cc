"""Addresses and references, as Terraform writes them.

``module.a["x.y[0]"].module.b[0].data.aws_x.y["k"]``: instance keys may hold dots, quotes and brackets, so that an
address has to be read character by character.

Source: Terraform's ``internal/addrs`` (``ModuleInstance.String``, ``ResourceInstance.String``) and the
``references`` of ``internal/command/jsonconfig/expression.go``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from planguard.errors import PlanError

Key = str | int | None
ModuleStep = tuple[str, Key]
ModulePath = tuple[ModuleStep, ...]
Token = tuple[str, Key]

# A name, then any number of instance keys: ["quoted"], [0], or [*] for an instance that is not known yet.
_TOKEN = re.compile(r'([^.\[\]"]+)|\[(?:"((?:[^"\\]|\\.)*)"|(-?\d+)|(\*))\]|(\.)')
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
ANY_KEY = "[*]"
"""The key of an instance whose key Terraform does not know yet (``index_unknown``)."""


def _unescape(text: str) -> str:
    if "\\" not in text and "$" not in text and "%" not in text:
        return text

    def plain(match: re.Match[str]) -> str:
        code = match.group(1) or match.group(2)
        if code:
            return chr(int(code, 16))
        return _PLAIN_ESCAPES.get(match.group(3), match.group(3))

    return _ESCAPE.sub(plain, text).replace("$${", "${").replace("%%{", "%{")


@lru_cache(maxsize=65536)
def tokens(text: str) -> tuple[str | tuple[Key], ...]:
    """An address or a reference as steps: names as text, keys as a tuple of one.

    :raises PlanError: when it is no address
    """
    steps: list[str | tuple[Key]] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise PlanError("an address in the plan cannot be read", "was the plan edited by hand?")
        name, quoted, number, star, _dot = match.groups()
        if name is not None:
            steps.append(name)
        elif quoted is not None:
            steps.append((_unescape(quoted),))
        elif number is not None:
            steps.append((int(number),))
        elif star is not None:
            steps.append((ANY_KEY,))
        position = match.end()
    return tuple(steps)


@lru_cache(maxsize=65536)
def module_path(address: str) -> ModulePath:
    """``module.a["x"].module.b`` as ``(("a", "x"), ("b", None))``; the empty address is the root module.

    :raises PlanError: when it is no module address
    """
    if not address:
        return ()
    path: list[ModuleStep] = []
    steps = tokens(address)
    position = 0
    while position < len(steps):
        name = steps[position + 1] if position + 1 < len(steps) else None
        if steps[position] != "module" or not isinstance(name, str):
            raise PlanError("a module address in the plan cannot be read", "was the plan edited by hand?")
        position += 2
        key: Key = None
        if position < len(steps) and isinstance(steps[position], tuple):
            key = steps[position][0]
            position += 1
        path.append((name, key))
    return tuple(path)


_QUOTED_KEY = re.compile(r'\["((?:[^"\\]|\\.)*)"\]')


def replace_keys(address: str, replacement: Callable[[str], str]) -> str:
    """An address with each quoted instance key passed through ``replacement(key) -> str``."""
    return _QUOTED_KEY.sub(lambda match: f'["{replacement(match.group(1))}"]', address)


class Reference:
    """One traversal of a ``references`` list, taken apart.

    :ivar kind: ``resource``, ``module``, ``var``, ``local``, ``each``, ``count`` or ``other``
    :ivar name: ``aws_x.y`` / ``data.aws_x.y``, the module call, the variable, the local, or what follows ``each.``
    :ivar key: the constant instance key, if one is written
    :ivar has_key: whether one is
    :ivar rest: what follows, as steps (attribute names as text, constant indexes as a tuple of one)
    """

    __slots__ = ("has_key", "key", "kind", "name", "rest")

    def __init__(self, kind: str, name: str, key: Key, has_key: bool, rest: tuple[str | tuple[Key], ...]) -> None:
        self.kind = kind
        self.name = name
        self.key = key
        self.has_key = has_key
        self.rest = rest


_SIMPLE = {"var": "var", "local": "local", "each": "each", "count": "count", "module": "module"}
_NO_RESOURCE = frozenset({"path", "terraform", "self", "ephemeral", "provider", "action", "run", "check"})


@lru_cache(maxsize=65536)
def parse_reference(text: str) -> Reference:
    """Take one reference apart.

    :raises PlanError: when it is no reference
    """
    steps = tokens(text)
    head = steps[0] if steps else ""
    if isinstance(head, str) and head in _SIMPLE and len(steps) > 1 and isinstance(steps[1], str):
        name, at = steps[1], 2
        kind = _SIMPLE[head]
    elif head == "data" and len(steps) > 2:
        kind, name, at = "resource", f"data.{steps[1]}.{steps[2]}", 3
    elif isinstance(head, str) and head not in _NO_RESOURCE and len(steps) > 1 and isinstance(steps[1], str):
        kind, name, at = "resource", f"{head}.{steps[1]}", 2
    else:
        return Reference("other", str(head), None, False, ())
    if kind in ("resource", "module") and at < len(steps) and isinstance(steps[at], tuple):
        return Reference(kind, name, steps[at][0], True, steps[at + 1 :])
    return Reference(kind, name, None, False, steps[at:])


def longest_references(references: list[str]) -> list[str]:
    """Each traversal of a ``references`` list once: Terraform writes it, then all of its prefixes."""
    kept: list[str] = []
    for text in references:
        if not any(one == text or one.startswith((text + ".", text + "[")) for one in kept):
            kept.append(text)
    return kept
