"""The examples of a rule, and the plan that each of them stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from textwrap import dedent

import msgspec

from planguard.engine.rule import Pair, Rule
from planguard.graph.build import build_graph
from planguard.graph.graph import Graph
from planguard.plan.kind import recognise
from planguard.plan.plan import plan_of

BAD, GOOD, UNDETERMINED = "bad", "good", "undetermined"
KINDS = (BAD, GOOD, UNDETERMINED)
_NOTHING = (
    b'{"format_version":"1.2","terraform_version":"1.11.4","resource_changes":[],"configuration":{"root_module":{}}}'
)

PlanMaker = Callable[[str, str], bytes]
"""From HCL and a name to plan JSON. With several jobs it must be a function of a module."""


class Example(msgspec.Struct, frozen=True):
    """One example of a rule.

    :ivar kind: ``bad``, ``good`` or ``undetermined``
    :ivar hcl: its configuration, or the two of before and after
    """

    rule: Rule
    kind: str
    name: str
    hcl: str | Pair

    @property
    def id(self) -> str:
        """``rule-id::bad::name``."""
        return f"{self.rule.id}::{self.kind}::{self.name}"


def examples_of(rule: Rule) -> list[Example]:
    """The examples of a rule, as they stand in it: bad, good, undetermined."""
    return [
        Example(rule, kind, name, hcl) for kind in KINDS for name, hcl in (getattr(rule, kind, None) or {}).items()
    ]


def select_examples(examples: Iterable[Example], word: str) -> list[Example]:
    """Those with a word in their id, whatever its case; all of them for an empty word."""
    wanted = word.lower()
    return [one for one in examples if wanted in one.id.lower()]


def plan_by_source(text: str, name: str) -> bytes:
    """Plan JSON as terraform would write it for a configuration, as far as its source tells.

    :raises SourceError: when the text is no HCL
    """
    from planguard.plan.source.example import example_plan
    from planguard.schema import resource_schema

    return example_plan(text, table=resource_schema)


def plan_bytes(example: Example, make: PlanMaker) -> bytes:
    """The plan JSON of an example; of a pair, the plan that leads from the one to the other.

    :raises PlanguardError: when a configuration cannot be planned
    """
    if isinstance(example.hcl, str):
        return make(dedent(example.hcl), example.id)
    from planguard.testing.transition import transition_plan

    before, after = (dedent(text) for text in (example.hcl.before, example.hcl.after))
    first, second = (make(text, example.id) if text.strip() else _NOTHING for text in (before, after))
    return transition_plan(first, second, after, example.hcl.replaces)


def graph_of(plan: bytes, name: str) -> Graph:
    """The graph of a plan.

    :param name: how errors name the plan
    :raises PlanError: when it is no plan
    """
    return build_graph(plan_of(name, recognise(plan, name)))
