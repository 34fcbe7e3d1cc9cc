"""Which lines of a pack run while a rule is asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, ModuleType
from typing import Any

_PACK = "planguard_pack_"


@contextmanager
def traced_lines() -> Iterator[dict[str, set[int]]]:
    """Note the lines of packs that run inside, by file.

    What modules of packs keep from earlier calls (``lru_cache``) is forgotten first: it would hide lines.
    """
    found: dict[str, set[int]] = {}

    def enter(frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_globals.get("__name__", "").startswith(_PACK):
            return None
        lines = found.setdefault(frame.f_code.co_filename, set())
        lines.add(frame.f_lineno)

        def step(inner: FrameType, event: str, _: Any) -> Any:
            lines.add(inner.f_lineno)
            return step

        return step

    for name, module in list(sys.modules.items()):
        if name.startswith(_PACK):
            forget_kept(module)
    before = sys.gettrace()
    sys.settrace(enter)
    try:
        yield found
    finally:
        sys.settrace(before)


def forget_kept(module: ModuleType) -> None:
    """Empty what the functions of a module keep from earlier calls."""
    for value in list(vars(module).values()):
        clear = getattr(value, "cache_clear", None) if callable(value) else None
        if clear is not None:
            clear()
