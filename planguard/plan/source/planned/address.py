"""Addresses of instances, as plan JSON writes them."""

from __future__ import annotations

from planguard.plan.address import ANY_KEY, Key
from planguard.plan.source.naming import quoted


def rendered_key(key: Key) -> str:
    """``["a"]``, ``[0]``, ``[*]`` for one that nobody knows, nothing where there is none.

    >>> rendered_key("a"), rendered_key(0), rendered_key(None)
    ('["a"]', '[0]', '')
    """
    if key is None:
        return ""
    if key == ANY_KEY:
        return ANY_KEY
    return f"[{key}]" if isinstance(key, int) else f"[{quoted(key)}]"
