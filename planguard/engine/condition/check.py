"""Mistakes that a condition shows before any plan is read: a rule that can never fire must not load.

Source: the JMESPath specification (jmespath.org/specification.html) for what is always null, false or an error.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator
from itertools import pairwise

from planguard.engine.condition.kinds import Node, kinds_of, needed_from
from planguard.engine.condition.reads import fields_read
from planguard.engine.condition.signatures import ANY, ARRAY, NUMBER, OBJECT, SIGNATURES, STRING, Kinds, Parameter
from planguard.engine.condition.three_valued import kind_of
from planguard.errors import ConditionError

_CONSTANTS = {"true": "true", "false": "false", "null": "null", "True": "true", "False": "false", "None": "null"}
_SYMBOLS = {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
# Where a string is meant, `"x"` is one far more probably than a field: contains(cidr_blocks, "0.0.0.0/0").
_TEXT_ARGUMENTS = {("contains", 1), ("starts_with", 1), ("ends_with", 1), ("join", 0)}


def check(ast: Node) -> None:
    """Refuse a condition that cannot work, whatever the document.

    That is: unknown functions, a wrong number of arguments, arguments that can only be of a wrong type, comparisons
    that no value can satisfy, parts that can only be null (``!a.b`` reads ``b`` of true or false), names where
    strings or constants are meant (``n == "x"``, ``v == true``), and a condition that can never be true or false.

    :param ast: what :func:`parse` gave
    :raises ConditionError: at the first such mistake, with the column where it stands
    """
    _refuse_constant_name(ast)
    for node in _nodes(ast):
        for child in node["children"] if node["type"] not in ("slice", "function_expression") else ():
            if child["type"] == "expref":
                raise _error(child, "`&` stands for an expression that a function is to apply", "leave it out")
        rule = _RULES.get(node["type"])
        if rule is not None:
            rule(node)
    kinds = kinds_of(ast)
    if "boolean" not in kinds:
        hint = "ask for its `length()`, or compare it" if "array" in kinds else "compare it with something"
        raise _error(ast, f"condition comes out as {_listed(kinds)}, never as true or false", hint)


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    if node["type"] != "slice":
        for child in node["children"]:
            yield from _nodes(child)


def _column(node: Node) -> int | None:
    return next((found["at"] + 1 for found in _nodes(node) if "at" in found), None)


def _error(node: Node, message: str, hint: str | None = None) -> ConditionError:
    column = _column(node)
    return ConditionError(message if column is None else f"column {column}: {message}", hint)


def _listed(kinds: Kinds) -> str:
    if kinds == ANY:
        return "any value"
    return " or ".join(sorted(kinds - {"null"} or kinds))


def _dotted(node: Node) -> str | None:
    """A field or a chain of fields as it was written, None for anything else."""
    if node["type"] == "field":
        name: str = node["value"]
        return json.dumps(name, ensure_ascii=False) if node.get("quoted") else name
    if node["type"] == "subexpression":
        parts = [_dotted(child) for child in node["children"]]
        return None if None in parts else ".".join(part for part in parts if part is not None)
    return None


def _refuse_constant_name(node: Node) -> None:
    if node["type"] == "field" and not node.get("quoted") and node["value"] in _CONSTANTS:
        name = node["value"]
        hint = f"the value stands in backticks: `{_CONSTANTS[name]}`"
        raise _error(node, f"`{name}` is the name of a field here", hint)


def _refuse_quoted(node: Node) -> None:
    if node["type"] == "field" and node.get("quoted"):
        name = json.dumps(node["value"], ensure_ascii=False)
        text = node["value"].replace("'", "\\'")
        message = f"`{name}` is the name of a field here"
        raise _error(node, message, f"the string stands in single quotes: '{text}'; the field is @.{name}")


def _check_operands(node: Node) -> None:
    for child in node["children"]:
        _check_tested(child)


def _check_tested(node: Node) -> None:
    """What is asked whether it is true."""
    _refuse_constant_name(node)
    if kinds_of(node) == NUMBER:
        raise _error(node, "number counts as true, 0 included", "compare it with a number: … > `0`")


def _check_comparator(node: Node) -> None:
    left, right = node["children"]
    for operand in (left, right):
        _refuse_constant_name(operand)
    for operand, other in ((left, right), (right, left)):
        if other["type"] != "literal":
            _refuse_quoted(operand)
    symbol, kinds, others = _SYMBOLS[node["value"]], kinds_of(left), kinds_of(right)
    if symbol in ("==", "!="):
        if not kinds & others:
            answer = "false" if symbol == "==" else "true"
            message = f"`{symbol}` compares {_listed(kinds)} with {_listed(others)}, and is always {answer}"
            hint = "`!` binds tighter than a comparison: write `!(…)`, or turn the comparison round"
            raise _error(node, message, hint if left["type"] == "not_expression" else None)
        return
    for operand in (kinds, others):
        if not operand & (NUMBER | STRING):
            raise _error(node, f"`{symbol}` compares {_listed(operand)}, and is always null")
    if not kinds & others & (NUMBER | STRING):
        message = f"`{symbol}` compares {_listed(kinds)} with {_listed(others)}, which have no order"
        raise _error(node, message, "convert one of them with `to_number()` or `to_string()`")


def _check_chain(node: Node) -> None:
    children = node["children"]
    for before, after in pairwise(children):
        _refuse_part(node, before, after, needed_from(after))


def _check_projection(node: Node) -> None:
    if node["type"] == "filter_projection":
        _check_tested(node["children"][2])
    needed = OBJECT if node["type"] == "value_projection" else ARRAY
    base = node["children"][0]
    if base["type"] not in ("identity", "current") and not kinds_of(base) & needed:
        raise _always_null(node, base, None)


def _refuse_part(node: Node, before: Node, after: Node, needed: Kinds | None) -> None:
    """A part read from what can have no such part: directly, or in the arguments of what follows the dot."""
    kinds = kinds_of(before)
    if needed is None and fields_read(after):
        needed = OBJECT
    if needed is not None and not kinds & needed:
        raise _always_null(node, before, after)


def _always_null(node: Node, before: Node, after: Node | None) -> ConditionError:
    if before["type"] == "not_expression":
        inner = _dotted(before["children"][0])
        rest = [_dotted(child) for child in node["children"][1:]] if node["type"] == "subexpression" else [None]
        if inner is not None and None not in rest:
            tail = ".".join(str(name) for name in rest)
            message = f"`!{inner}.{tail}` means `(!{inner}).{tail}`, which is always null"
            return _error(node, message, f"write `!({inner}.{tail})`")
        return _error(node, "what follows `!…` is read from true or false, and is always null", "write `!(…)`")
    what = None if after is None else _dotted(after)
    read = f"`{what}`" if what else "what follows"
    return _error(after or node, f"{read} is read from {_listed(kinds_of(before))}, and is always null")


def _check_slice(node: Node) -> None:
    if node["children"][2] == 0:
        raise ConditionError("slice has a step of 0", "a step goes forwards or backwards: `[::2]`, `[::-1]`")


def _check_function(node: Node) -> None:
    name, arguments = node["value"], node["children"]
    if name not in SIGNATURES:
        near = difflib.get_close_matches(name, SIGNATURES, n=1)
        hint = f"did you mean `{near[0]}()`?" if near else f"functions are: {', '.join(SIGNATURES)}"
        raise _error(node, f"unknown function `{name}()`", hint)
    signature = SIGNATURES[name]
    if not signature.takes(len(arguments)):
        count = len(signature.parameters)
        wanted = f"{'at least ' if signature.variadic else ''}{count} argument{'' if count == 1 else 's'}"
        raise _error(node, f"`{name}()` takes {wanted}, and got {len(arguments)}")
    for position, argument in enumerate(arguments):
        _refuse_constant_name(argument)
        if (name, position) in _TEXT_ARGUMENTS:
            _refuse_quoted(argument)
        _check_argument(name, position, argument, signature.parameter(position))


def _check_argument(name: str, position: int, argument: Node, wanted: Parameter) -> None:
    kinds = kinds_of(argument)
    if not kinds & wanted.kinds:
        takes = "an expression, as in `&name`," if "expref" in wanted.kinds else _listed(wanted.kinds)
        got = "an expression" if "expref" in kinds else _listed(kinds)
        message = f"`{name}()` takes {takes} as argument {position + 1}, and gets {got}"
        raise _error(argument, message)
    if wanted.elements and argument["type"] == "literal":
        found = {kind_of(element) for element in argument["value"]}
        if not found <= set(wanted.elements) or len(found) > 1:
            elements = " or ".join(f"{kind}s" for kind in wanted.elements)
            message = f"`{name}()` takes an array of {elements}, and gets one with {_listed(frozenset(found))}"
            raise _error(argument, message)


_RULES: dict[str, Callable[[Node], None]] = {
    "and_expression": _check_operands,
    "comparator": _check_comparator,
    "filter_projection": _check_projection,
    "flatten": _check_projection,
    "function_expression": _check_function,
    "index_expression": _check_chain,
    "not_expression": _check_operands,
    "or_expression": _check_operands,
    "pipe": _check_chain,
    "projection": _check_projection,
    "slice": _check_slice,
    "subexpression": _check_chain,
    "value_projection": _check_projection,
}
