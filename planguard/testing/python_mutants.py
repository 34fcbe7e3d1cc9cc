"""Small changes to the code of a rule, each of which an example should notice."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple

from planguard.testing.pack_source import is_message, mark_messages

MOST_OF_A_TABLE = 4
"""How many elements of one module-level table are taken out, one at a time: a sample that edits elsewhere keep."""

_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_TESTING = {ast.If: "if", ast.IfExp: "if", ast.While: "while"}
_CASELESS = frozenset({"re.IGNORECASE", "re.I"})
_IPV6 = re.compile(r"(?i)[0-9a-f:]*::[0-9a-f:/]*|.*ipv6.*")


class Mutant(NamedTuple):
    """One change, not made yet: ``parent.field`` (``[at]``, where that is a list) becomes ``new``.

    :ivar change: the change in one line, the same as long as the code that it touches is
    :ivar line: where it is
    :ivar span: first and last line of the statement that it is in
    :ivar block: tells the mutants of one block from those of others; None below an ``if``, whose own mutants say
        when a branch never runs
    :ivar nodes: the expressions around what is changed, and itself at the end
    :ivar hides: how far weaker mutants go without saying when this one survives: ``inside`` it, at the ``same``
        expression only, or not at all
    """

    change: str
    line: int
    span: tuple[int, int]
    block: int | None
    parent: ast.AST
    field: str
    at: int | None
    new: ast.AST
    nodes: tuple[int, ...] = ()
    hides: str = ""


class Edit:
    """A mutant made for as long as the ``with`` lasts."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        self._old: Any = None

    def __enter__(self) -> None:
        one = self._mutant
        whole = getattr(one.parent, one.field)
        self._old = whole if one.at is None else whole[one.at]
        ast.copy_location(one.new, self._old if hasattr(self._old, "lineno") else one.parent)
        ast.fix_missing_locations(one.new)
        self._put(one.new)

    def __exit__(self, *_: object) -> None:
        self._put(self._old)

    def _put(self, node: Any) -> None:
        one = self._mutant
        if one.at is None:
            setattr(one.parent, one.field, node)
        else:
            getattr(one.parent, one.field)[one.at] = node


def python_mutants(node: ast.FunctionDef | ast.Assign | ast.AnnAssign) -> list[Mutant]:
    """The mutants of a function or of a module-level value, each with a change of its own."""
    if isinstance(node, ast.FunctionDef):
        mark_messages(node)
    found = _Walk().function(node) if isinstance(node, ast.FunctionDef) else _table_mutants(node)
    counts: dict[str, int] = {}
    mutants = []
    for one in found:
        counts[one.change] = number = counts.get(one.change, 0) + 1
        mutants.append(one if number == 1 else one._replace(change=f"{one.change} #{number}"))
    return mutants


def _show(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


class _Walk:
    """Walks through a function and tells of every place that can be changed."""

    def __init__(self) -> None:
        self.span = (0, 0)
        self.block: int | None = None
        self.nodes: tuple[int, ...] = ()

    def function(self, node: ast.FunctionDef) -> Iterator[Mutant]:
        self.span = (node.lineno, node.end_lineno or node.lineno)
        self.block = id(node)
        for field in ("defaults", "kw_defaults"):
            yield from self._children(node.args, field)
        yield from self._body(node, "body", id(node))

    def _body(self, node: ast.AST, field: str, block: int | None) -> Iterator[Mutant]:
        outer = self.block
        self.block = block
        yield from self._children(node, field)
        self.block = outer

    def _children(self, node: ast.AST, field: str) -> Iterator[Mutant]:
        value = getattr(node, field)
        if isinstance(value, list):
            for index, child in enumerate(value):
                if isinstance(child, ast.AST):
                    yield from self._one(node, field, index, child)
        elif isinstance(value, ast.AST):
            yield from self._one(node, field, None, value)

    def _one(self, parent: ast.AST, field: str, index: int | None, node: ast.AST) -> Iterator[Mutant]:
        outer = self.nodes
        if isinstance(node, ast.stmt):
            self.span = (node.lineno, _last_line(node))
            self.nodes = ()
        self.nodes = (*self.nodes, id(node))
        line = getattr(node, "lineno", self.span[0])
        for change, new in _changes(node, parent, field):
            hides = _hides(node, new)
            yield Mutant(change, line, self.span, self.block, parent, field, index, new, self.nodes, hides)
        if not is_message(node) and not _is_still(node):
            yield from self._below(node)
        self.nodes = outer

    def _below(self, node: ast.AST) -> Iterator[Mutant]:
        for name in node._fields:
            if name in ("annotation", "returns", "decorator_list", "ctx") or not hasattr(node, name):
                continue
            if isinstance(node, ast.keyword) and node.arg in ("key", "reverse", "maxsize"):
                continue
            if isinstance(node, ast.stmt) and name in ("body", "orelse", "finalbody", "handlers"):
                yield from self._body(node, name, None if isinstance(node, ast.If) else id(getattr(node, name)))
            else:
                yield from self._children(node, name)


def _hides(node: ast.AST, new: ast.AST) -> str:
    """Where the opposite of a test is not noticed, nothing else about it is; and so on."""
    if isinstance(node, ast.BoolOp) and isinstance(new, ast.BoolOp) and type(new.op) is not type(node.op):
        return "same"
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return "same"
    is_opposite = (
        (isinstance(new, ast.UnaryOp) and new.operand is node)
        or (isinstance(node, ast.UnaryOp) and new is node.operand)
        or (isinstance(node, ast.Compare) and isinstance(new, ast.Compare) and _is_flip(node, new))
    )
    return "inside" if is_opposite else ""


def _is_flip(node: ast.Compare, new: ast.Compare) -> bool:
    return len(node.ops) == 1 and type(new.ops[0]) is _FLIPPED[type(node.ops[0])]


def _last_line(node: ast.stmt) -> int:
    """The last line of a statement, without the block below it."""
    body = getattr(node, "body", None)
    if isinstance(body, list) and body:
        heads = [getattr(node, name, None) for name in ("test", "iter", "subject")]
        return max([int(one.end_lineno) for one in heads if one is not None] or [node.lineno])
    return int(node.end_lineno or node.lineno)


def _is_still(node: ast.AST) -> bool:
    """What never decides: docstrings, assignments that only make a message, raised errors, imports."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, (ast.Raise, ast.Assert, ast.Import, ast.ImportFrom, ast.Slice)):
        return True
    return bool(getattr(node, "for_message", False))


def _changes(node: ast.AST, parent: ast.AST, field: str) -> Iterator[tuple[str, ast.AST]]:
    tested = field == "test" or (isinstance(parent, ast.comprehension) and field == "ifs")
    if tested and isinstance(node, ast.expr):
        yield from _of_test(node, parent)
    if isinstance(node, ast.Compare):
        yield from _of_compare(node, flip=not tested)
    elif isinstance(node, ast.BoolOp):
        yield from _of_bool(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and not tested:
        yield f"`{_show(node)}` -> `{_show(node.operand)}`", node.operand
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.Attribute) and _show(node) in _CASELESS:
        yield f"`{_show(node)}` dropped", ast.parse("re.NOFLAG", mode="eval").body
    elif isinstance(node, ast.Constant) and not isinstance(parent, ast.Expr):
        yield from _of_constant(node, parent)
    elif isinstance(node, ast.Expr) and isinstance(node.value, (ast.Yield, ast.YieldFrom)):
        nothing = ast.Expr(ast.YieldFrom(ast.Tuple([], ast.Load())))
        yield f"`{_yielded(node.value)}` dropped", nothing
    elif isinstance(node, (ast.Tuple, ast.List, ast.Set)) and _is_short_table(node):
        yield from _without_each(node)


def _is_short_table(node: ast.Tuple | ast.List | ast.Set) -> bool:
    is_read = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    constant = all(isinstance(one, ast.Constant) for one in node.elts)
    return is_read and constant and len(node.elts) <= 2 * MOST_OF_A_TABLE


def _yielded(node: ast.Yield | ast.YieldFrom) -> str:
    if node.value is not None and is_message(node.value) and isinstance(node.value, ast.Call) and node.value.args:
        return f"yield violation({_show(node.value.args[0])}, …)"
    return _show(node).removeprefix("(").removesuffix(")")


def _of_test(node: ast.expr, parent: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    word = _TESTING.get(type(parent), "if")
    text = f"`{word} {_show(node)}`"
    opposite = _negated(node)
    yield f"{text} -> `{word} {_show(opposite)}`", opposite
    if not isinstance(parent, ast.While):
        yield f"{text} -> `{word} True`", ast.Constant(True)
    if not isinstance(parent, ast.comprehension):
        yield f"{text} -> `{word} False`", ast.Constant(False)


def _negated(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return node.operand
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return ast.Compare(node.left, [_FLIPPED[type(node.ops[0])]()], node.comparators)
    return ast.UnaryOp(ast.Not(), node)


def _of_compare(node: ast.Compare, *, flip: bool) -> Iterator[tuple[str, ast.AST]]:
    text = _show(node)
    for at, operator in enumerate(node.ops):
        for table in (_FLIPPED, _BOUNDARY):
            other = table.get(type(operator))
            if other is None or (table is _FLIPPED and not flip and len(node.ops) == 1):
                continue
            new = ast.Compare(node.left, [*node.ops[:at], other(), *node.ops[at + 1 :]], node.comparators)
            yield f"`{text}` -> `{_show(new)}`", new
        right = node.comparators[at]
        if isinstance(operator, (ast.Eq, ast.NotEq)) and isinstance(right, ast.Constant) and type(right.value) is str:
            sides = [*node.comparators[:at], ast.Constant(right.value + "~"), *node.comparators[at + 1 :]]
            new = ast.Compare(node.left, node.ops, sides)
            yield f"`{text}` -> `{_show(new)}`", new


def _of_bool(node: ast.BoolOp) -> Iterator[tuple[str, ast.AST]]:
    text = _show(node)
    other = ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    yield f"`{text}` -> `{_show(other)}`", other
    for at in range(len(node.values)):
        rest = node.values[:at] + node.values[at + 1 :]
        new = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        yield f"`{text}` -> `{_show(new)}`", new


def _of_call(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    function = node.func
    if isinstance(function, ast.Name) and function.id in ("any", "all"):
        new = ast.Call(ast.Name("all" if function.id == "any" else "any", ast.Load()), node.args, node.keywords)
        yield f"`{_show(node)}` -> `{_show(new)}`", new
    elif isinstance(function, ast.Attribute) and function.attr in ("lower", "upper", "casefold") and not node.args:
        yield f"`{_show(node)}` -> `{_show(function.value)}`", function.value


def _of_constant(node: ast.Constant, parent: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    value = node.value
    if isinstance(value, bool):
        yield f"`{value}` -> `{not value}`{_within(node, parent)}", ast.Constant(not value)
    elif isinstance(value, (int, float)):
        for other in (value + 1, value - 1):
            yield f"`{value}` -> `{other}`{_within(node, parent)}", ast.Constant(other)
    elif isinstance(value, str):
        if _IPV6.fullmatch(value):
            yield f"`{value!r}` ignored{_within(node, parent)}", ast.Constant("-")
        if value.startswith("(?i)"):
            yield f"`(?i)` dropped in `{value!r}`", ast.Constant(value.removeprefix("(?i)"))


def _within(node: ast.AST, parent: ast.AST) -> str:
    """Where a constant stands, when that is told in a few words."""
    text = _show(parent) if isinstance(parent, ast.expr) else ""
    return f" in `{text}`" if text and len(text) <= 60 and text != _show(node) else ""


def _without_each(node: ast.Tuple | ast.List | ast.Set) -> Iterator[tuple[str, ast.AST]]:
    text = _show(node)
    for at, element in enumerate(node.elts):
        rest = node.elts[:at] + node.elts[at + 1 :]
        new: ast.AST = type(node)(rest, ast.Load()) if not isinstance(node, ast.Set) else _set_of(rest)
        yield f"`{_show(element)}` dropped from `{text}`", new


def _set_of(elements: list[ast.expr]) -> ast.expr:
    empty = ast.Call(ast.Name("set", ast.Load()), [], [])
    return ast.Set(elements) if elements else empty


def _table_mutants(node: ast.Assign | ast.AnnAssign) -> Iterator[Mutant]:
    span = (node.lineno, node.end_lineno or node.lineno)
    dropped: list[Mutant] = []
    for parent, field, at, child in _parts(node):
        line = getattr(child, "lineno", span[0])
        for change, new in _of_table_part(child, parent):
            yield Mutant(change, line, span, None, parent, field, at, new)
        for change, line_, new in _smaller(child):
            dropped.append(Mutant(change, line_, span, None, parent, field, at, new))
    dropped.sort(key=lambda one: sha256(one.change.encode()).digest())
    yield from sorted(dropped[:MOST_OF_A_TABLE], key=lambda one: one.line)


def _parts(node: ast.Assign | ast.AnnAssign) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Each part of the value of an assignment, with what it is the part of."""
    if node.value is None:
        return
    yield node, "value", None, node.value
    for parent in ast.walk(node.value):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, list):
                yield from ((parent, field, at, one) for at, one in enumerate(value) if isinstance(one, ast.AST))
            elif isinstance(value, ast.AST):
                yield parent, field, None, value


def _of_table_part(node: ast.AST, parent: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Attribute) and _show(node) in _CASELESS:
        yield f"`{_show(node)}` dropped", ast.parse("re.NOFLAG", mode="eval").body
    elif isinstance(node, ast.Constant):
        is_alone = isinstance(parent, (ast.Assign, ast.AnnAssign))
        if is_alone or (isinstance(node.value, str) and (_IPV6.fullmatch(node.value) or "(?i)" in node.value)):
            yield from _of_constant(node, parent)


def _smaller(node: ast.AST) -> Iterator[tuple[str, int, ast.AST]]:
    """A collection without one of its elements, for each of them."""
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        for at, element in enumerate(node.elts):
            if isinstance(element, ast.Constant) and _IPV6.fullmatch(str(element.value)):
                continue  # it is ignored as an IPv6 range already
            rest = node.elts[:at] + node.elts[at + 1 :]
            new: ast.AST = _set_of(rest) if isinstance(node, ast.Set) else type(node)(rest, ast.Load())
            yield f"`{_show(element)}` dropped", element.lineno, new
    elif isinstance(node, ast.Dict):
        for at, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
            if key is not None:
                less = ast.Dict(node.keys[:at] + node.keys[at + 1 :], node.values[:at] + node.values[at + 1 :])
                yield f"`{_show(key)}: {_show(value)}` dropped", key.lineno, less
    elif _is_split(node):
        words = node.func.value.value.split()  # type: ignore[attr-defined]
        for word in words:
            others: list[ast.expr] = [ast.Constant(one) for one in words if one != word]
            yield f"`{word}` dropped", node.lineno, ast.List(others, ast.Load())  # type: ignore[attr-defined]


def _is_split(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "split"
        and isinstance(node.func.value, ast.Constant)
        and isinstance(node.func.value.value, str)
        and not node.args
    )
