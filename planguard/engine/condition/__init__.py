"""Conditions of declarative rules: JMESPath, compiled once, three-valued."""

from planguard.engine.condition.check import check
from planguard.engine.condition.compile import compile_condition, compile_value
from planguard.engine.condition.marks import filled, with_marks
from planguard.engine.condition.parse import parse
from planguard.engine.condition.reads import fields_read, paths_read

__all__ = [
    "check",
    "compile_condition",
    "compile_value",
    "fields_read",
    "filled",
    "parse",
    "paths_read",
    "with_marks",
]
