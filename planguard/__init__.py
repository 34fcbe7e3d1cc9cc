"""planguard: judges a Terraform or OpenTofu plan before it is applied.

What stands in ``__all__`` is public; anything else may change between releases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planguard.version import __version__

if TYPE_CHECKING:
    from planguard.engine.rule import Violation, change_rule, rule, violation
    from planguard.errors import PlanguardError
    from planguard.graph.build import build_graph
    from planguard.graph.change import Change
    from planguard.graph.graph import Graph
    from planguard.graph.resource import Resource
    from planguard.plan.plan import Plan
    from planguard.plan.unknown import Undetermined, Unknown, is_unknown

_WHERE = {
    "Change": "planguard.graph.change",
    "Graph": "planguard.graph.graph",
    "Plan": "planguard.plan.plan",
    "PlanguardError": "planguard.errors",
    "Resource": "planguard.graph.resource",
    "Undetermined": "planguard.plan.unknown",
    "Unknown": "planguard.plan.unknown",
    "Violation": "planguard.engine.rule",
    "build_graph": "planguard.graph.build",
    "change_rule": "planguard.engine.rule",
    "is_unknown": "planguard.plan.unknown",
    "rule": "planguard.engine.rule",
    "violation": "planguard.engine.rule",
}

__all__ = [
    "Change",
    "Graph",
    "Plan",
    "PlanguardError",
    "Resource",
    "Undetermined",
    "Unknown",
    "Violation",
    "__version__",
    "build_graph",
    "change_rule",
    "is_unknown",
    "rule",
    "violation",
]


def __getattr__(name: str) -> Any:
    where = _WHERE.get(name)
    if where is None:
        raise AttributeError(f"module 'planguard' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(where), name)
