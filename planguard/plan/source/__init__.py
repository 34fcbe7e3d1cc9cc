"""The .tf files behind a plan: where things stand, and what locals refer to, which plan JSON does not tell.

And a plan made from them alone, before there is one: :func:`plan_document`.
"""

from typing import Any

from planguard.plan.source.blocks import Block
from planguard.plan.source.tree import Source, SourceModule, load_source, source_from_files

__all__ = ["Block", "Source", "SourceModule", "example_plan", "load_source", "plan_document", "source_from_files"]


def __getattr__(name: str) -> Any:
    # What evaluates is imported when it is asked for: a check of a plan has no need of it.
    if name == "example_plan":
        from planguard.plan.source.example import example_plan

        return example_plan
    if name == "plan_document":
        from planguard.plan.source.planned.document import plan_document

        return plan_document
    raise AttributeError(name)
