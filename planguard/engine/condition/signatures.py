"""What every function takes and gives: the table that load-time checks and evaluation share.

Source: the JMESPath specification, section "Built-in Functions" (jmespath.org/specification.html), as the
``jmespath`` library implements it; ``from_json``, ``is_set``, ``lower`` and ``matches`` are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

Kinds = frozenset[str]

NULL: Kinds = frozenset({"null"})
BOOLEAN: Kinds = frozenset({"boolean"})
NUMBER: Kinds = frozenset({"number"})
STRING: Kinds = frozenset({"string"})
ARRAY: Kinds = frozenset({"array"})
OBJECT: Kinds = frozenset({"object"})
EXPREF: Kinds = frozenset({"expref"})
ANY: Kinds = NULL | BOOLEAN | NUMBER | STRING | ARRAY | OBJECT


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument: its types, and those of its elements where it has to be an array of something."""

    kinds: Kinds
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes and gives. ``variadic``: the last argument may come more than once."""

    parameters: tuple[Parameter, ...]
    gives: Kinds
    variadic: bool = False

    def takes(self, count: int) -> bool:
        """Whether the function can be called with so many arguments."""
        return count >= len(self.parameters) if self.variadic else count == len(self.parameters)

    def parameter(self, position: int) -> Parameter:
        """What the argument at a position has to be; the last one stands for all that follow."""
        return self.parameters[min(position, len(self.parameters) - 1)]


_any = Parameter(ANY)
_number = Parameter(NUMBER)
_string = Parameter(STRING)
_array = Parameter(ARRAY)
_object = Parameter(OBJECT)
_expression = Parameter(EXPREF)
_numbers = Parameter(ARRAY, ("number",))
_strings = Parameter(ARRAY, ("string",))
_sortable = Parameter(ARRAY, ("number", "string"))

SIGNATURES: dict[str, Signature] = {
    "abs": Signature((_number,), NUMBER),
    "avg": Signature((_numbers,), NUMBER | NULL),
    "ceil": Signature((_number,), NUMBER),
    "contains": Signature((Parameter(ARRAY | STRING), _any), BOOLEAN),
    "ends_with": Signature((_string, _string), BOOLEAN),
    "floor": Signature((_number,), NUMBER),
    "from_json": Signature((Parameter(STRING | NULL),), ANY),
    "is_set": Signature((_any,), BOOLEAN),
    "join": Signature((_string, _strings), STRING),
    "keys": Signature((_object,), ARRAY),
    "length": Signature((Parameter(STRING | ARRAY | OBJECT),), NUMBER),
    "lower": Signature((Parameter(STRING | NULL),), STRING | NULL),
    "map": Signature((_expression, _array), ARRAY),
    "matches": Signature((_any, _string), BOOLEAN),
    "max": Signature((_sortable,), NUMBER | STRING | NULL),
    "max_by": Signature((_array, _expression), ANY),
    "merge": Signature((_object,), OBJECT, variadic=True),
    "min": Signature((_sortable,), NUMBER | STRING | NULL),
    "min_by": Signature((_array, _expression), ANY),
    "not_null": Signature((_any,), ANY, variadic=True),
    "reverse": Signature((Parameter(ARRAY | STRING),), ARRAY | STRING),
    "sort": Signature((_sortable,), ARRAY),
    "sort_by": Signature((_array, _expression), ARRAY),
    "starts_with": Signature((_string, _string), BOOLEAN),
    "sum": Signature((_numbers,), NUMBER),
    "to_array": Signature((_any,), ARRAY),
    "to_number": Signature((_any,), NUMBER | NULL),
    "to_string": Signature((_any,), STRING),
    "type": Signature((_any,), STRING),
    "values": Signature((_object,), ARRAY),
}
