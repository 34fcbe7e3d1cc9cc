"""From an expression in compact form to its value.

Source: HCL native syntax specification, "Expressions"; ``hclsyntax/expression.go`` for what is unknown when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from planguard.plan.source.evaluation.constraint import in_common
from planguard.plan.source.evaluation.functions import call_function, is_lazy
from planguard.plan.source.evaluation.operators import apply_operator, apply_unary
from planguard.plan.source.evaluation.value import (
    UNKNOWN,
    Marked,
    NoValueError,
    OpenObject,
    equal,
    kind_of,
    marked,
    plain,
    to_bool,
    to_number,
    to_string,
    unmarked,
)
from planguard.plan.source.syntax import Node


class Names(Protocol):
    """What the names of a module mean: variables, locals, resources, modules."""

    def resolve(self, root: str, steps: list[Any], scope: Scope) -> tuple[Any, int]:
        """The value that a traversal begins with, and how many of its steps that has used up."""

    def load(self, path: str) -> bytes:
        """The content of a file of the configuration."""


class _Constants:
    """No names at all, and no functions: what is constant without knowing anything."""

    def resolve(self, root: str, steps: list[Any], scope: Scope) -> tuple[Any, int]:
        raise NoValueError("no constant")

    def load(self, path: str) -> bytes:
        raise NoValueError("no constant")


CONSTANTS = _Constants()


class Scope:
    """Where an expression stands.

    :ivar names: what has a name only here: ``each``, ``count``, the names of a ``for``, of a ``dynamic`` block
    :ivar module: what everything else is asked of; None where only constants count
    """

    __slots__ = ("module", "names")

    def __init__(self, module: Names | None, names: Mapping[str, Any]) -> None:
        self.module = module
        self.names = names

    def within(self, names: Mapping[str, Any]) -> Scope:
        """The same place with further names."""
        return Scope(self.module, {**self.names, **names})


def evaluate(node: Node, scope: Scope) -> Any:
    """The value of an expression; unknown where nobody can say.

    :raises NoValueError: where Terraform would refuse
    """
    return _BY_KIND[node[0]](node, scope)


def evaluate_or_unknown(node: Node, scope: Scope) -> Any:
    """The value of an expression; unknown also where Terraform would refuse."""
    try:
        return _BY_KIND[node[0]](node, scope)
    except NoValueError:
        return UNKNOWN


# --- leaves and traversals -----------------------------------------------------------------------------------------


def _literal(node: Node, scope: Scope) -> Any:
    return node[1]


_LONGEST = 16 << 20
"""Characters of a text; longer ones are made only to use up memory."""


def _template(node: Node, scope: Scope) -> Any:
    texts: list[str] = []
    unknown = sensitive = False
    for part in node[1]:
        value = _BY_KIND[part[0]](part, scope)
        if type(value) is Marked:
            value, sensitive = value.value, True
        if value is UNKNOWN:
            unknown = True
            continue
        if value is None:
            raise NoValueError("null in a template")
        texts.append(value if type(value) is str else to_string(value))
    if sum(map(len, texts)) > _LONGEST:
        raise NoValueError("the text is too long")
    result = UNKNOWN if unknown else "".join(texts)
    return marked(result) if sensitive else result


def _name(node: Node, scope: Scope) -> Any:
    root, steps = node[1], node[2]
    names = scope.names
    if root in names:
        return follow(names[root], steps, scope) if steps else names[root]
    if scope.module is None:
        raise NoValueError("no constant")
    value, used = scope.module.resolve(root, steps, scope)
    return follow(value, steps[used:] if used else steps, scope) if len(steps) > used else value


def _get(node: Node, scope: Scope) -> Any:
    return follow(evaluate(node[1], scope), node[2], scope)


def follow(value: Any, steps: list[Any], scope: Scope) -> Any:
    """What the steps of a traversal lead to.

    :raises NoValueError: there is no such attribute or element
    """
    for number, step in enumerate(steps):
        if type(value) is Marked:
            return marked(follow(value.value, steps[number:], scope))
        if type(step) is str:
            value = attribute(value, step)
        elif len(step) == 2:
            value = _each(value, step[1], scope)
        else:
            value = element(value, evaluate(step[0], scope))
    return value


def attribute(value: Any, name: str) -> Any:
    """``value.name``.

    :raises NoValueError: there is none
    """
    if value is UNKNOWN:
        return UNKNOWN
    if isinstance(value, dict):
        if name in value:
            return value[name]
        if isinstance(value, OpenObject):
            return UNKNOWN
    raise NoValueError(f"a {kind_of(value)} has no `{name}`")


def element(value: Any, key: Any) -> Any:
    """``value[key]``.

    :raises NoValueError: there is none
    """
    if type(key) is Marked:
        return marked(element(value, key.value))
    if value is UNKNOWN:
        return UNKNOWN
    if isinstance(value, dict):
        text = to_string(key)
        return UNKNOWN if text is UNKNOWN else attribute(value, text)
    if isinstance(value, list):
        number = to_number(key)
        if number is UNKNOWN:
            return UNKNOWN
        if isinstance(number, int) and 0 <= number < len(value):
            return value[number]
    raise NoValueError("no such element")


def _splat(node: Node, scope: Scope) -> Any:
    return _each(evaluate(node[1], scope), node[2], scope)


def _each(value: Any, steps: list[Any], scope: Scope) -> Any:
    if type(value) is Marked:
        return marked(_each(value.value, steps, scope))
    if value is UNKNOWN:
        return UNKNOWN
    if value is None:
        return []
    items = value if isinstance(value, list | tuple) else [value]
    return [follow(item, steps, scope) for item in items]


# --- collections ---------------------------------------------------------------------------------------------------


def _tuple(node: Node, scope: Scope) -> Any:
    return [_BY_KIND[item[0]](item, scope) for item in node[1]]


def _object(node: Node, scope: Scope) -> Any:
    found: dict[str, Any] = {}
    open_ = False
    for key, value in node[1]:
        name = unmarked(evaluate(key, scope))
        if name is UNKNOWN:
            open_ = True
            continue
        text = to_string(name)
        if text is None:
            raise NoValueError("a key is null")
        found[text] = _BY_KIND[value[0]](value, scope)
    return UNKNOWN if open_ else found


def items_of(collection: Any) -> Iterator[tuple[Any, Any]]:
    """Keys and values of a collection that is known.

    :raises NoValueError: it is none
    """
    if isinstance(collection, dict):
        yield from sorted(collection.items())
    elif isinstance(collection, list):
        yield from enumerate(collection)
    elif isinstance(collection, tuple):
        yield from ((item, item) for item in collection)
    else:
        raise NoValueError(f"a {kind_of(collection)} is no collection")


def _collection(node: Node, scope: Scope) -> tuple[Any, bool]:
    """What a loop runs over, and whether that is sensitive; unknown where not all of it is known."""
    value = evaluate(node, scope)
    sensitive = type(value) is Marked
    value = unmarked(value)
    return UNKNOWN if isinstance(value, OpenObject) else value, sensitive


def _rounds(node: Node, collection: Any, sensitive: bool, scope: Scope) -> Iterator[Scope]:
    """The scopes of a loop, one after the other; they share their names."""
    names = dict(scope.names)
    inner = Scope(scope.module, names)
    for key, value in items_of(collection):
        if node[1] is not None:
            names[node[1]] = marked(key) if sensitive else key
        names[node[2]] = marked(value) if sensitive else value
        yield inner


def _includes(test: Node | None, scope: Scope) -> Any:
    return True if test is None else to_bool(plain(evaluate(test, scope)))


def _for_list(node: Node, scope: Scope) -> Any:
    collection, sensitive = _collection(node[3], scope)
    if collection is UNKNOWN:
        return UNKNOWN
    found: list[Any] = []
    for inner in _rounds(node, collection, sensitive, scope):
        included = _includes(node[5], inner)
        if included is UNKNOWN:
            return UNKNOWN
        if included:
            found.append(evaluate(node[4], inner))
    return found


def _for_object(node: Node, scope: Scope) -> Any:
    collection, sensitive = _collection(node[3], scope)
    if collection is UNKNOWN:
        return UNKNOWN
    found: dict[str, Any] = {}
    for inner in _rounds(node, collection, sensitive, scope):
        included = _includes(node[6], inner)
        key = to_string(plain(evaluate(node[4], inner))) if included is True else included
        if key is UNKNOWN:
            return UNKNOWN
        if not included:
            continue
        if key is None or (key in found and not node[7]):
            raise NoValueError("a key is null, or stands twice")
        value = evaluate(node[5], inner)
        if node[7]:
            found.setdefault(key, []).append(value)
        else:
            found[key] = value
    return found


def _repeat(node: Node, scope: Scope) -> Any:
    collection, sensitive = _collection(node[3], scope)
    if collection is UNKNOWN:
        return UNKNOWN
    parts = [evaluate(node[4], inner) for inner in _rounds(node, collection, sensitive, scope)]
    if any(type(part) is Marked for part in parts):
        return marked(_joined(plain(parts)))
    return _joined(parts)


def _joined(parts: list[Any]) -> Any:
    return UNKNOWN if UNKNOWN in parts else "".join(parts)


# --- the rest ------------------------------------------------------------------------------------------------------


def _call(node: Node, scope: Scope) -> Any:
    name, arguments = node[1], node[2]
    if scope.module is CONSTANTS:
        raise NoValueError("no constant")
    if is_lazy(name):
        return _lazy(name, arguments, scope)
    values = [evaluate(argument, scope) for argument in arguments]
    if node[3]:
        last = unmarked(values.pop())
        if last is UNKNOWN:
            return UNKNOWN
        if not isinstance(last, list | tuple):
            raise NoValueError("only a list can be expanded")
        values.extend(last)
    return call_function(name, values, scope.module)


def _lazy(name: str, arguments: list[Node], scope: Scope) -> Any:
    """``try`` and ``can``, which look at expressions and not at values; ``templatefile``, which makes one."""
    if name == "templatefile":
        return _templatefile(arguments, scope)
    for argument in arguments:
        try:
            value = evaluate(argument, scope)
        except NoValueError:
            continue
        if name == "can":
            return UNKNOWN if plain(value) is UNKNOWN else True
        return value
    if name == "can":
        return False
    raise NoValueError("no argument of try has a value")


def _templatefile(arguments: list[Node], scope: Scope) -> Any:
    from planguard.plan.source.compact import raw_template
    from planguard.plan.source.grammar import UnparsableError

    path, names = (plain(evaluate(argument, scope)) for argument in arguments)
    if path is UNKNOWN or names is UNKNOWN:
        return UNKNOWN
    if not isinstance(path, str) or not isinstance(names, dict) or scope.module is None:
        raise NoValueError("templatefile needs a path and an object")
    try:
        text = scope.module.load(path).decode()
        return evaluate(raw_template(text, 1, quoted=False), Scope(None, names))
    except (UnicodeDecodeError, UnparsableError):
        raise NoValueError("the file is no template") from None


def _conditional(node: Node, scope: Scope) -> Any:
    test = evaluate(node[1], scope)
    if type(test) is Marked:
        return marked(_chosen(to_bool(test.value), node, scope))
    return _chosen(to_bool(test), node, scope)


def _chosen(test: Any, node: Node, scope: Scope) -> Any:
    if test is UNKNOWN:
        then, other = evaluate_or_unknown(node[2], scope), evaluate_or_unknown(node[3], scope)
        return then if type(then) is type(other) and equal(plain(then), plain(other)) is True else UNKNOWN
    if test is None:
        raise NoValueError("the condition is null")
    value = evaluate(node[2] if test else node[3], scope)
    if value is None or value is UNKNOWN or isinstance(value, str):
        return value
    return in_common(value, evaluate_or_unknown(node[3] if test else node[2], scope))


def _chain(node: Node, scope: Scope) -> Any:
    value = evaluate(node[1], scope)
    for operator, operand in node[2]:
        if value is False and operator == "&&":
            continue
        if value is True and operator == "||":
            continue
        value = apply_operator(operator, value, evaluate(operand, scope))
    return value


def _unary(node: Node, scope: Scope) -> Any:
    return apply_unary(node[1], evaluate(node[2], scope))


_BY_KIND: list[Callable[[Node, Scope], Any]] = [
    _literal,
    _template,
    _name,
    _get,
    _splat,
    _tuple,
    _object,
    _for_list,
    _for_object,
    _call,
    _conditional,
    _chain,
    _unary,
    _repeat,
]
