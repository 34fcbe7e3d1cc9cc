"""The .tf files behind a plan: where things stand, and what locals refer to, which plan JSON does not tell."""

from planguard.plan.source.blocks import Block
from planguard.plan.source.tree import Source, SourceModule, load_source, source_from_files

__all__ = ["Block", "Source", "SourceModule", "load_source", "source_from_files"]
