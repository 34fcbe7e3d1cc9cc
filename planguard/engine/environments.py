"""Environments as a policy file or a rule writes them, as what they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planguard.graph.environments import KINDS, Environment, Environments, Sign


def environments_of(written: Mapping[str, Mapping[str, Any]]) -> Environments:
    """Environments from what is written of each, by name.

    The order in which they, and the signs of each, are written is the order in which they are tried.
    """
    return Environments(tuple(_environment(name, one or {}) for name, one in written.items()))


def _environment(name: str, written: Mapping[str, Any]) -> Environment:
    signs: list[Sign] = []
    for kind, values in written.items():
        if kind in KINDS and isinstance(values, Mapping):
            signs += [Sign(kind, key, _texts(patterns)) for key, patterns in values.items()]
        elif kind in KINDS and values is not None:
            signs.append(Sign(kind, "", _texts(values)))
    return Environment(
        name,
        bool(written.get("production")),
        tuple(signs),
        _texts(written.get("network")),
        _texts(written.get("name")),
    )


def _texts(values: Any) -> tuple[str, ...]:
    """One value stands for a list of one."""
    if values is None:
        return ()
    return tuple(str(one) for one in (values if isinstance(values, list | tuple) else [values]))
