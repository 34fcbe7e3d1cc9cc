"""From an expression in compact form to its value.

Source: HCL native syntax specification, "Expressions"; ``hclsyntax/expression.go`` for what is unknown when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from planguard.plan.source.evaluation.constraint import in_common
from planguard.plan.source.evaluation.functions import call_function, is_lazy
from planguard.plan.source.evaluation.functions.composing import call_composing
from planguard.plan.source.evaluation.operators import apply_operator, apply_unary
from planguard.plan.source.evaluation.scope import CONSTANTS, Scope
from planguard.plan.source.evaluation.symbol import OpenList, Symbolic, is_sure, named
from planguard.plan.source.evaluation.value import (
    UNKNOWN,
    Marked,
    NoValueError,
    OpenObject,
    SymbolKeyed,
    UnreadableError,
    equal,
    has_unknown,
    is_bag,
    is_opaque,
    joined,
    kind_of,
    marked,
    plain,
    to_bool,
    to_number,
    to_string,
    unmarked,
)
from planguard.plan.source.syntax import Node


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
    texts: list[Any] = []
    sensitive = False
    for part in node[1]:
        value = _BY_KIND[part[0]](part, scope)
        if type(value) is Marked:
            value, sensitive = value.value, True
        if value is None:
            raise NoValueError("null in a template")
        texts.append(value if type(value) is str else to_string(value))
    result = _joined(texts, scope)
    return marked(result) if sensitive else result


def _joined(texts: list[Any], scope: Scope) -> Any:
    """Texts as one; unknown where one of them is, or symbolic where that is allowed."""
    if sum(len(one) for one in texts if type(one) is str) > _LONGEST:
        raise NoValueError("the text is too long")
    if scope.symbolic:
        return joined(texts)
    return UNKNOWN if UNKNOWN in texts else "".join(texts)


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
    if value is UNKNOWN or type(value) is SymbolKeyed:
        return UNKNOWN
    if type(value) is Symbolic:
        return _below(value, name)
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
    if value is UNKNOWN or type(value) is OpenList or type(key) is Symbolic or is_bag(value):
        return UNKNOWN
    if type(value) is Symbolic:
        return _below(value, key)
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


def _below(value: Symbolic, step: Any) -> Any:
    """What stands in a value that is not known yet: it has a name as well."""
    symbol = value.sole
    whole = isinstance(step, str | int) and not isinstance(step, bool)
    return named(symbol.below(step, is_sure=False)) if symbol is not None and not value.is_text and whole else UNKNOWN


def _splat(node: Node, scope: Scope) -> Any:
    return _each(evaluate(node[1], scope), node[2], scope)


def _each(value: Any, steps: list[Any], scope: Scope) -> Any:
    if type(value) is Marked:
        return marked(_each(value.value, steps, scope))
    if value is UNKNOWN or type(value) is Symbolic:
        return UNKNOWN
    if value is None:
        return []
    items = value if isinstance(value, list | tuple) else [value]
    return _like(value, [follow(item, steps, scope) for item in items])


def _like(collection: Any, items: list[Any]) -> Any:
    """Elements that were made of a collection: of unknown number or order, where that is."""
    if is_bag(collection):
        return tuple(items) if is_opaque(items) else UNKNOWN
    return OpenList(items) if type(collection) is OpenList else items


# --- collections ---------------------------------------------------------------------------------------------------


def _tuple(node: Node, scope: Scope) -> Any:
    return [_BY_KIND[item[0]](item, scope) for item in node[1]]


def _object(node: Node, scope: Scope) -> Any:
    found: dict[Any, Any] = {}
    open_ = symbolic = False
    for key, value in node[1]:
        name = unmarked(evaluate(key, scope))
        if name is UNKNOWN:
            open_ = True
            continue
        text = to_string(name)
        if text is None:
            raise NoValueError("a key is null")
        symbolic = symbolic or type(text) is Symbolic
        found[text] = _BY_KIND[value[0]](value, scope)
    if open_:
        return UNKNOWN
    return SymbolKeyed(found) if symbolic else found


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
    return UNKNOWN if isinstance(value, OpenObject | Symbolic) else value, sensitive


def _rounds(node: Node, collection: Any, sensitive: bool, scope: Scope) -> Iterator[Scope]:
    """The scopes of a loop, one after the other; they share their names."""
    names = dict(scope.names)
    inner = Scope(scope.module, names, symbolic=scope.symbolic)
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
    open_ = type(collection) is OpenList
    for inner in _rounds(node, collection, sensitive, scope):
        any_number = open_ and inner.names[node[2]] is UNKNOWN
        included = UNKNOWN if any_number else _includes(node[5], inner)
        if included is UNKNOWN:
            if not scope.symbolic:
                return UNKNOWN
            open_ = True
            found.append(UNKNOWN)
        elif included:
            found.append(evaluate(node[4], inner))
    return OpenList(found) if open_ else _like(collection, found)


def _for_object(node: Node, scope: Scope) -> Any:
    collection, sensitive = _collection(node[3], scope)
    if collection is UNKNOWN or type(collection) is OpenList:
        return UNKNOWN
    found: dict[str, Any] = {}
    for inner in _rounds(node, collection, sensitive, scope):
        included = _includes(node[6], inner)
        key = to_string(plain(evaluate(node[4], inner))) if included is True else included
        if key is UNKNOWN or type(key) is Symbolic:
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
    if collection is UNKNOWN or is_bag(collection):
        return UNKNOWN
    parts = [evaluate(node[4], inner) for inner in _rounds(node, collection, sensitive, scope)]
    if any(type(part) is Marked for part in parts):
        return marked(_joined(plain(parts), scope))
    return _joined(parts, scope)


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
        if last is UNKNOWN or type(last) is Symbolic or (type(last) is OpenList and name != "concat"):
            return UNKNOWN
        if not isinstance(last, list | tuple):
            raise NoValueError("only a list can be expanded")
        values.extend(last)
    if scope.symbolic:
        return call_composing(name, values, scope.module)
    return call_function(name, values, scope.module)


def _lazy(name: str, arguments: list[Node], scope: Scope) -> Any:
    """``try`` and ``can``, which look at expressions and not at values; ``templatefile``, which makes one."""
    if name == "templatefile":
        return _templatefile(arguments, scope)
    for argument in arguments:
        try:
            value = evaluate(argument, scope)
        except UnreadableError:
            return UNKNOWN
        except NoValueError:
            continue
        if name == "can":
            return UNKNOWN if plain(value) is UNKNOWN or type(unmarked(value)) is Symbolic else True
        return value if not scope.symbolic or _is_certain(plain(value)) else UNKNOWN
    if name == "can":
        return False
    raise NoValueError("no argument of try has a value")


def _is_certain(value: Any) -> bool:
    """Whether an expression that has this value cannot fail once all is known."""
    return is_sure(value) and not has_unknown(value)


def _templatefile(arguments: list[Node], scope: Scope) -> Any:
    from planguard.plan.source.compact import raw_template
    from planguard.plan.source.grammar import UnparsableError

    path, names = (plain(evaluate(argument, scope)) for argument in arguments)
    if any(one is UNKNOWN or isinstance(one, Symbolic | SymbolKeyed) for one in (path, names)):
        return UNKNOWN
    if not isinstance(path, str) or not isinstance(names, dict) or scope.module is None:
        raise NoValueError("templatefile needs a path and an object")
    try:
        text = scope.module.load(path).decode()
        return evaluate(raw_template(text, 1, quoted=False), Scope(None, names, symbolic=scope.symbolic))
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
    if value is None or value is UNKNOWN or isinstance(value, str | Symbolic):
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
