"""Parameters in a condition: ``$days`` stands for a value that a policy may set.

A condition is parsed once and kept, and its parameters are filled in when a run has its policy. In between, a
literal that no rule can write stands in the tree.
"""

from __future__ import annotations

import json
import re
from typing import Any

from planguard.engine.condition.kinds import Node
from planguard.errors import ConditionError

_MARK = "\x01"
_PIECES = re.compile(
    r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|\$([A-Za-z_][A-Za-z0-9_]*)""", re.DOTALL
)


def with_marks(text: str, parameters: dict[str, Any]) -> str:
    """A condition in plain JMESPath, with a mark for each ``$name``.

    :param parameters: the rule's parameters by name
    :raises ConditionError: for a name that is none of them
    """

    def mark(match: re.Match[str]) -> str:
        name = match.group(1)
        if name is None:
            return match.group()
        if name not in parameters:
            known = ", ".join(f"`${one}`" for one in sorted(parameters)) or "none: give the rule `parameters`"
            raise ConditionError(f"column {match.start() + 1}: `${name}` is no parameter", f"there are {known}")
        return f"`{json.dumps(_MARK + name)}`"

    return _PIECES.sub(mark, text)


def filled(node: Node, values: dict[str, Any]) -> Node:
    """A tree with values in place of the marks; the same tree where it has none."""
    if node["type"] == "literal":
        value = node["value"]
        if isinstance(value, str) and value.startswith(_MARK):
            return {**node, "value": values[value[1:]]}
        return node
    if node["type"] == "slice" or not node["children"]:
        return node
    return {**node, "children": [filled(child, values) for child in node["children"]]}
