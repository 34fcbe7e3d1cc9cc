"""Real plans that are stored: of a sample of the examples, and of changes."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.conftest import FIXTURES

FOLDER = FIXTURES / "rules"


class Stored(NamedTuple):
    """One stored plan: the example that it is of, and where it stands."""

    rule: str
    kind: str
    name: str
    of: str
    path: Path
    line: int

    @property
    def id(self) -> str:
        return f"{self.rule}/{self.kind}-{self.name.replace(' ', '-')}"

    def document(self) -> dict[str, Any]:
        """The plan."""
        if self.line < 0:
            found: dict[str, Any] = json.loads(self.path.read_bytes())
            return found
        return _rows(self.path)[self.line]["plan"]  # type: ignore[no-any-return]


@lru_cache(maxsize=4)
def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def stored_examples() -> list[Stored]:
    """The plans of examples, in the order of rules."""
    return [
        Stored(path.stem, row["kind"], row["name"], row["of"], path, line)
        for path in sorted(FOLDER.glob("*.jsonl"))
        for line, row in enumerate(_rows(path))
    ]


def stored_changes() -> list[Stored]:
    """The plans of changes, which stand beside the configurations before and after."""
    return [
        Stored(path.parent.name, *path.stem.split("-", 1), "", path, -1) for path in sorted(FOLDER.glob("*/*.json"))
    ]
