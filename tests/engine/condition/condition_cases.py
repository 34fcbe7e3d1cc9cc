"""Random expressions and documents over one small alphabet, so that they meet."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from planguard.plan.unknown import PartialList, Unknown

NAMES = ["a", "b", "c"]
TEXTS = ["", "a", "b", "ab", "5", '{"a": [1]}', "[]"]
NUMBERS = [0, 1, 2, -1, 1.0, 2.5]

scalars = st.sampled_from([None, True, False, *TEXTS, *NUMBERS])


class Hole:
    """Where an unknown is put, and later a value."""

    def __init__(self, number: int) -> None:
        self.number = number


def documents(*, holes: bool) -> st.SearchStrategy[Any]:
    leaves: st.SearchStrategy[Any] = scalars
    if holes:
        leaves = st.one_of(scalars, st.integers(0, 7).map(Hole))
    values = st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
            st.lists(st.dictionaries(st.sampled_from(NAMES), inner, min_size=1, max_size=2), max_size=3),
        ),
        max_leaves=8,
    )
    return st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, values))


def with_unknowns(value: Any, path: tuple[str | int, ...] = ()) -> Any:
    """A document whose holes are unknown, its lists made as the plan reader makes them."""
    if isinstance(value, Hole):
        return Unknown(path)
    if isinstance(value, dict):
        return {key: with_unknowns(part, (*path, key)) for key, part in value.items()}
    if isinstance(value, list):
        parts = [with_unknowns(part, (*path, index)) for index, part in enumerate(value)]
        return PartialList(parts, path) if has_hole(value) else parts
    return value


def has_hole(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(has_hole, value.values()))
    return isinstance(value, Hole) or (isinstance(value, list) and any(map(has_hole, value)))


def completed(value: Any, fillings: list[Any]) -> Any:
    """The same document with a known value in every hole."""
    if isinstance(value, Hole):
        return fillings[value.number]
    if isinstance(value, dict):
        return {key: completed(part, fillings) for key, part in value.items()}
    return [completed(part, fillings) for part in value] if isinstance(value, list) else value


names = st.sampled_from([*NAMES, *NAMES, '"a"', '"b"', "@"])
literals = st.one_of(
    scalars.map(lambda value: f"`{json.dumps(value)}`"),
    st.sampled_from(["'a'", "'b'", "''", "'5'"]),
    st.sampled_from(["`[]`", "`{}`", '`["a", "b"]`', "`[1, 2]`", '`{"a": 1}`', "`[null, [1], true]`"]),
)
comparators = st.sampled_from(["==", "==", "!=", "<", "<=", ">", ">="])
slices = st.sampled_from(["[:]", "[1:]", "[:2]", "[::-1]", "[-2:]", "[::2]", "[::0]"])
indexes = st.sampled_from(["[0]", "[1]", "[-1]", "[5]"])

ONE = [
    *["abs", "avg", "ceil", "floor", "keys", "length", "max", "merge", "min", "not_null", "reverse", "sort", "sum"],
    *["to_array", "to_number", "to_string", "type", "values", "from_json"],
]
TWO = ["contains", "contains", "ends_with", "join", "starts_with", "merge", "not_null"]
BY = ["max_by", "min_by", "sort_by"]
FROM_JSON = "from_json"


def calls(inner: st.SearchStrategy[str], *, ours: bool) -> st.SearchStrategy[str]:
    one = [name for name in ONE if ours or name != FROM_JSON]
    return st.one_of(
        st.builds(lambda name, a: f"{name}({a})", st.sampled_from(one), inner),
        st.builds(lambda name, a, b: f"{name}({a}, {b})", st.sampled_from(TWO), inner, inner),
        st.builds(lambda name, a, b: f"{name}({a}, &{b})", st.sampled_from(BY), inner, inner),
        st.builds(lambda a, b: f"map(&{a}, {b})", inner, inner),
        st.builds(lambda name, a: f"{name}({a}, {a})", st.sampled_from([*one, *BY, "map"]), inner),
        st.builds(lambda a, b, c: f"not_null({a}, {b}, {c})", inner, inner, inner),
    )


def suffixes(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        indexes,
        slices,
        st.sampled_from(["[]", "[*]", ".*"]),
        names.filter(lambda name: name != "@").map(lambda name: f".{name}"),
        inner.map(lambda test: f"[?{test}]"),
        inner.map(lambda part: f".[{part}]"),
        inner.map(lambda part: f".{{a: {part}}}"),
    )


def expressions(*, ours: bool = True) -> st.SearchStrategy[str]:
    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds(lambda base, suffix: base + suffix, inner, suffixes(inner)),
            st.builds(lambda base, one, two: base + one + two, names, suffixes(inner), suffixes(inner)),
            st.builds(lambda a, symbol, b: f"{a} {symbol} {b}", inner, comparators, inner),
            st.builds(lambda a, symbol, b: f"{a} {symbol} {b}", names, comparators, literals),
            st.builds(lambda a, symbol, b: f"({a} {symbol} {b})", inner, st.sampled_from(["&&", "||"]), inner),
            st.builds(lambda a, symbol, b: f"{a} {symbol} {b}", inner, st.sampled_from(["&&", "||", "|"]), inner),
            inner.map(lambda a: f"!{a}"),
            inner.map(lambda a: f"!({a})"),
            inner.map(lambda a: f"({a})"),
            inner.map(lambda a: f"[{a}, @]"),
            st.builds(lambda a, b: f"{{a: {a}, b: {b}}}", inner, inner),
            calls(inner, ours=ours),
        )

    return st.recursive(st.one_of(names, names, literals), larger, max_leaves=6)


# Well-typed expressions over documents of one shape: errors are rare, so that unknowns get to matter.

few = st.sampled_from([None, True, False, 0, 1, 2, "a", "b", ""])
perhaps = st.one_of(few, few, st.integers(0, 7).map(Hole))
hole = st.integers(0, 7).map(Hole)


def shaped_documents() -> st.SearchStrategy[Any]:
    """``a``: list of objects with a scalar ``a``, a list ``b``, anything in ``c``; ``b``: list; ``c``: object."""
    scalar_lists = st.one_of(st.lists(perhaps, max_size=3), st.lists(perhaps, max_size=3), hole)
    items = st.fixed_dictionaries({"a": perhaps, "b": scalar_lists}, optional={"c": perhaps})
    item_lists = st.lists(st.one_of(items, items, items, hole), max_size=3)
    nested = st.lists(st.one_of(perhaps, scalar_lists), max_size=3)
    objects = st.dictionaries(st.sampled_from(NAMES), st.one_of(perhaps, scalar_lists), max_size=3)
    return st.fixed_dictionaries(
        {
            "a": st.one_of(item_lists, item_lists, item_lists, hole),
            "b": st.one_of(scalar_lists, nested),
            "c": st.one_of(objects, objects, perhaps),
        }
    )


plain = st.sampled_from(["`0`", "`1`", "`2`", "`true`", "`false`", "`null`", "'a'", "'b'", "''"])
element_tests = st.deferred(lambda: conditions)


def join_with(*parts: Any) -> st.SearchStrategy[str]:
    """Text of fixed parts and random ones."""
    return st.tuples(*[st.just(part) if isinstance(part, str) else part for part in parts]).map("".join)


lists: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["a", "b", "a[*]", "b[*]", "a[*].a", "a[*].b", "b[]", "a[].b[]", "a[*].b[]", "c.*", "c.b"]),
        join_with(st.sampled_from(["a", "b"]), "[?", element_tests, "]"),
        join_with("a[?", element_tests, "]", st.sampled_from([".a", ".b", ".b[]", "[]", ".c", ".[a, c]"])),
        join_with("a[*].b[?", element_tests, "]", st.sampled_from(["", "[]"])),
        join_with(lists, " | @", st.sampled_from(["[1:]", "[:1]", "[::-1]", "[]", "[*]", "[][]"])),
        join_with(lists, " | [?", element_tests, "]"),
        join_with("map(&", few_values, ", ", lists, ")"),
        join_with(st.sampled_from(["sort", "reverse", "to_array"]), "(", lists, ")"),
        join_with("sort_by(", lists, ", &", st.sampled_from(["a", "@", "length(b)", "to_string(@)"]), ")"),
        join_with("[", few_values, ", ", few_values, "]"),
        join_with("[", lists, ", ", lists, "]", st.sampled_from(["", "[]"])),
        st.sampled_from(["values(c)", "keys(c)", "merge(c, {d: b}) | values(@)"]),
    )
)
few_values: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        plain,
        st.sampled_from(["a", "b", "c", "@", "c.a", "a[0].a", "a[-1].c", "b[0]", "b[1]", "c.b[0]"]),
        join_with("length(", lists, ")"),
        join_with("(", lists, " | [0])"),
        join_with("(", few_values, st.sampled_from([" || ", " && "]), few_values, ")"),
        join_with("(", conditions, ")"),
        join_with("not_null(", few_values, ", ", few_values, ")"),
        join_with(st.sampled_from(["max", "min", "sum", "type", "to_string", "not_null"]), "(", lists, ")"),
        join_with(st.sampled_from(["max_by", "min_by"]), "(", lists, ", &", few_values, ")"),
        join_with("{a: ", few_values, "}", st.sampled_from(["", ".a"])).map(lambda text: f"({text})"),
        lists.map(lambda text: f"({text})"),
    )
)
conditions: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        join_with(few_values, " ", comparators, " ", few_values),
        join_with(st.sampled_from(["a", "@", "c", "b"]), " ", comparators, " ", plain),
        join_with("length(", lists, ") ", comparators, " ", st.sampled_from(["`0`", "`1`", "`2`"])),
        join_with("contains(", lists, ", ", few_values, ")"),
        join_with("(", conditions, st.sampled_from([" && ", " || "]), conditions, ")"),
        join_with(conditions, st.sampled_from([" && ", " || "]), conditions),
        conditions.map(lambda text: f"!({text})"),
        lists.map(lambda text: f"!({text})"),
    )
)
