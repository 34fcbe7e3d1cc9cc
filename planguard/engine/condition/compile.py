"""Conditions compiled to closures: once per rule, so that a resource costs calls and no walk of a syntax tree.

Source: the JMESPath specification (jmespath.org/specification.html) for the meaning of every node, and the
``jmespath`` library, whose parser makes the tree, where the specification leaves things open. Kleene's three-valued
logic for unknown values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from planguard.engine.condition import access, comparisons, logic, projections
from planguard.engine.condition.functions import FUNCTIONS
from planguard.engine.condition.kinds import Node, kinds_of
from planguard.engine.condition.signatures import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, SIGNATURES
from planguard.engine.condition.three_valued import NUMBERS, Evaluate, Expression, Test, detached, settled
from planguard.errors import EvaluationError
from planguard.plan.unknown import Undetermined, Unknown, origin_of, path_of


def compile_condition(ast: Node) -> Callable[[dict[str, Any]], bool]:
    """A closure that says whether a condition holds for a document.

    The closure takes plain dicts, lists and scalars, with Unknown leaves and PartialLists in them. It gives exactly
    True or False, and that answer holds whatever the unknown values turn out to be. It raises
    :class:`Undetermined`, with path and origin of the unknown that the answer hangs on, and
    :class:`EvaluationError` where the condition comes out as something else or the library would raise.

    :param ast: what :func:`parse` gave; :func:`check` has passed it, or mistakes in it show at evaluation only
    """
    root = _root(ast)

    def decide(document: dict[str, Any]) -> bool:
        answer = root(document)
        if answer is True or answer is False:
            return answer
        raise Undetermined(tuple(path_of(answer)), origin_of(answer))

    return decide


def compile_value(ast: Node) -> Callable[[dict[str, Any]], Any]:
    """A closure that gives the value of an expression for a document.

    What it gives may be an Unknown, and may hold Unknowns; known documents give what the ``jmespath`` library
    gives. It raises :class:`EvaluationError` where the library raises.

    :param ast: what :func:`parse` gave
    """
    evaluate = _value(ast)

    def read(document: dict[str, Any]) -> Any:
        return settled(evaluate(document))

    return read


def _is_boolean(node: Node) -> bool:
    return kinds_of(node) == BOOLEAN


def _root(node: Node) -> Test:
    kind = node["type"]
    if kind in ("and_expression", "or_expression"):
        left, right = node["children"]
        test, follow = _truth(left), _root(right)
        if _is_boolean(left):
            return logic.both(test, follow) if kind == "and_expression" else logic.either(test, follow)
        combine = logic.root_and if kind == "and_expression" else logic.root_or
        return combine(test, _value(left), follow)
    if kind == "pipe":
        first, last = node["children"]
        return access.chained([_value(first), _root(last)])
    return _value(node) if _is_boolean(node) else logic.strict(_value(node))


def _truth(node: Node) -> Test:
    kind = node["type"]
    if kind == "and_expression":
        return logic.both(*map(_truth, node["children"]))
    if kind == "or_expression":
        return logic.either(*map(_truth, node["children"]))
    if kind == "pipe":
        first, last = node["children"]
        return access.chained([_value(first), _truth(last)])
    if kind == "field":
        return logic.truth_of_field(node["value"], _value(node))
    return _value(node) if _is_boolean(node) else logic.truth_of_value(_value(node))


def _value(node: Node) -> Evaluate:
    return _BUILD[node["type"]](node)


def _field(node: Node) -> Evaluate:
    return access.field(node["value"])


def _index(node: Node) -> Evaluate:
    return access.index(node["value"])


def _slice(node: Node) -> Evaluate:
    return access.part(*node["children"])


def _identity(node: Node) -> Evaluate:
    return access.identity


def _literal(node: Node) -> Evaluate:
    return access.constant(node["value"])


def _steps(node: Node) -> list[Node]:
    """The nodes that a chain applies one after the other."""
    if node["type"] in ("subexpression", "index_expression"):
        return [step for child in node["children"] for step in _steps(child)]
    return [] if node["type"] in ("identity", "current") else [node]


def _chain(node: Node) -> Evaluate:
    steps = _steps(node)
    names: list[str] = []
    for step in steps:
        if step["type"] != "field":
            break
        names.append(step["value"])
    parts = [_value(step) for step in steps[len(names) :]]
    return access.chained([access.fields(tuple(names)), *parts] if names else parts)


def _pipe(node: Node) -> Evaluate:
    return access.chained([_value(child) for child in node["children"]])


def _not(node: Node) -> Evaluate:
    return logic.inverted(_truth(node["children"][0]))


def _and(node: Node) -> Evaluate:
    left, right = node["children"]
    if _is_boolean(left) and _is_boolean(right):
        return _truth(node)
    # Numbers count as true: where such a left one is not true, it is `false`.
    return logic.last_if_true(_value(left), _value(right), false_only=kinds_of(left) <= BOOLEAN | NUMBER)


def _or(node: Node) -> Evaluate:
    left, right = node["children"]
    if _is_boolean(left) and _is_boolean(right):
        return _truth(node)
    return logic.first_if_true(_value(left), _value(right), true_only=kinds_of(left) <= BOOLEAN | NULL)


def _is_scalar(node: Node) -> bool:
    return node["type"] == "literal" and type(node["value"]) in comparisons.SCALARS


def _comparator(node: Node) -> Evaluate:
    symbol = node["value"]
    left, right = node["children"]
    if symbol not in ("eq", "ne"):
        if right["type"] == "literal" and type(right["value"]) in NUMBERS:
            return comparisons.ordered_to_number(symbol, _value(left), right["value"])
        return comparisons.ordered(symbol, _value(left), _value(right))
    if _is_scalar(left):
        left, right = right, left  # equality has no sides
    if not _is_scalar(right):
        build = comparisons.equal if symbol == "eq" else comparisons.unequal
        return build(_value(left), _value(right))
    literal, wanted = right["value"], symbol == "eq"
    compare = comparisons.equal_to_scalar(_value(left), literal, wanted=wanted)
    if left["type"] == "field":
        return comparisons.field_equal_to_scalar(left["value"], literal, compare, wanted=wanted)
    return compare


def _projection(node: Node) -> Evaluate:
    base, right = node["children"]
    return projections.projected(_value(base), _value(right))


def _value_projection(node: Node) -> Evaluate:
    base, right = node["children"]
    return projections.values_projected(_value(base), _value(right))


def _filter(node: Node) -> Evaluate:
    base, right, condition = node["children"]
    return projections.filtered(_value(base), _truth(condition), _value(right))


def _flatten(node: Node) -> Evaluate:
    return projections.flattened(_value(node["children"][0]))


def _list(node: Node) -> Evaluate:
    return access.list_of([_value(child) for child in node["children"]])


def _object(node: Node) -> Evaluate:
    return access.object_of([(pair["value"], _value(pair["children"][0])) for pair in node["children"]])


def _expression(node: Node) -> Evaluate:
    return access.constant(Expression(_value(node["children"][0])))


def _function(node: Node) -> Evaluate:
    name, children = node["value"], node["children"]
    arguments = [_value(child) for child in children]
    if name not in FUNCTIONS or not SIGNATURES[name].takes(len(arguments)):
        return _uncallable(name)
    call = FUNCTIONS[name]
    if SIGNATURES[name].gives & (ARRAY | OBJECT):
        call = _detaching(call)
    if name == "contains" and _is_scalar(children[1]):
        return comparisons.contains_scalar(arguments[0], children[1]["value"], call)
    if len(arguments) == 1:
        (only,) = arguments

        def call_one(value: Any) -> Any:
            return call(only(value))

        return call_one
    if len(arguments) == 2:
        first, second = arguments

        def call_two(value: Any) -> Any:
            return call(first(value), second(value))

        return call_two

    def call_all(value: Any) -> Any:
        return call(*[argument(value) for argument in arguments])

    return call_all


def _detaching(call: Callable[..., Any]) -> Callable[..., Any]:
    def detach(*arguments: Any) -> Any:
        found = call(*arguments)
        return detached(found) if type(found) is Unknown else found

    return detach


def _uncallable(name: str) -> Evaluate:
    # The library finds out at evaluation only; `check` refuses it before.
    def refuse(value: Any) -> Any:
        raise EvaluationError(f"`{name}()` is unknown, or takes another number of arguments")

    return refuse


_BUILD: dict[str, Callable[[Node], Evaluate]] = {
    "and_expression": _and,
    "comparator": _comparator,
    "current": _identity,
    "expref": _expression,
    "field": _field,
    "filter_projection": _filter,
    "flatten": _flatten,
    "function_expression": _function,
    "identity": _identity,
    "index": _index,
    "index_expression": _chain,
    "literal": _literal,
    "multi_select_dict": _object,
    "multi_select_list": _list,
    "not_expression": _not,
    "or_expression": _or,
    "pipe": _pipe,
    "projection": _projection,
    "slice": _slice,
    "subexpression": _chain,
    "value_projection": _value_projection,
}
