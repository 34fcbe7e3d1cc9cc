"""Patterns over addresses and names: ``*`` stands for any text, ``?`` for one character, all else for itself.

Brackets are no pattern, because addresses are full of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_WILD = {"*": ".*", "?": "."}


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(_WILD.get(one) or re.escape(one) for one in pattern), re.DOTALL)


def is_pattern(text: str) -> bool:
    """Whether a text stands for more than itself."""
    return "*" in text or "?" in text


def fits(pattern: str, text: str) -> bool:
    """Whether a pattern stands for a text, as a whole."""
    return _compiled(pattern).fullmatch(text) is not None if is_pattern(pattern) else pattern == text


def fits_any(patterns: Iterable[str], text: str) -> bool:
    """Whether one of the patterns stands for a text."""
    return any(fits(pattern, text) for pattern in patterns)
