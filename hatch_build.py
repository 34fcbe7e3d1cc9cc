"""Build step: puts the index of the built-in rules into the wheel, so that no first call has to parse them."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class IndexHook(BuildHookInterface):  # type: ignore[type-arg]
    """Writes the index and has it included; an editable install parses what is there instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by the builder before it collects files."""
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            import msgspec

            from planguard.engine.pack import SHIPPED, builtin_index
        finally:
            sys.path.remove(self.root)
        index, examples = builtin_index()
        folder = Path(tempfile.mkdtemp(prefix="planguard-index-"))
        for name, content in ((SHIPPED, msgspec.msgpack.encode(index)), (f"{SHIPPED}-examples", examples)):
            (folder / f"{name}.msgpack").write_bytes(content)
            build_data["force_include"][str(folder / f"{name}.msgpack")] = f"planguard/{name}.msgpack"
