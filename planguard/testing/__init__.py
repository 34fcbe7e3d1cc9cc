"""Rules under test: their examples, what came of them, and whether the examples notice when a rule is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planguard.testing.example import Example
    from planguard.testing.outcome import Result
    from planguard.testing.suite import examples

_WHERE = {
    "Example": "planguard.testing.example",
    "Result": "planguard.testing.outcome",
    "examples": "planguard.testing.suite",
}

__all__ = ["Example", "Result", "examples"]


def __getattr__(name: str) -> Any:
    where = _WHERE.get(name)
    if where is None:
        raise AttributeError(f"module 'planguard.testing' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(where), name)
