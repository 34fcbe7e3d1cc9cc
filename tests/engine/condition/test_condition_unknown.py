"""Conditions beside values that are known after apply only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from planguard.engine.condition import compile_condition, compile_value, parse
from planguard.errors import EvaluationError
from planguard.plan.unknown import PartialList, Path, Undetermined, Unknown, is_unknown, origin_of, path_of


@dataclass
class Resource:
    address: str = "aws_instance.x"
    put_off: list[Path] = field(default_factory=list)


ORIGIN = Resource()


def unknown(*path: str | int) -> Unknown:
    return Unknown(path, ORIGIN)


def row(index: int, **values: Any) -> dict[str, Any]:
    return {name: unknown("rows", index, name) if value is ... else value for name, value in values.items()}


DOCUMENT: dict[str, Any] = {
    "u": unknown("u"),
    "w": unknown("w"),
    "t": True,
    "f": False,
    "n": None,
    "text": "abc",
    "list": PartialList(["a", unknown("list", 1), "b"], ("list",), ORIGIN),
    "only": PartialList([unknown("only", 0)], ("only",), ORIGIN),
    "o": {"x": unknown("o", "x"), "y": 1},
    "rows": PartialList([row(0, k="a", v=1), row(1, k="b", v=...), row(2, k=..., v=3)], ("rows",), ORIGIN),
    "open": PartialList([row(0, k="a", v=1), unknown("open", 1)], ("open",), ORIGIN),
    "nested": PartialList([["a"], unknown("nested", 1), "b"], ("nested",), ORIGIN),
}


def value(expression: str) -> Any:
    return compile_value(parse(expression))(DOCUMENT)


def answer(expression: str) -> Any:
    """True, False, or the path of the unknown that the answer hangs on."""
    try:
        return compile_condition(parse(expression))(DOCUMENT)
    except Undetermined as undetermined:
        assert undetermined.origin is ORIGIN
        return undetermined.path


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # Kleene's tables, in both orders
        ("u", ("u",)),
        ("!u", ("u",)),
        ("f && u", False),
        ("u && f", False),
        ("t && u", ("u",)),
        ("u && t", ("u",)),
        ("t || u", True),
        ("u || t", True),
        ("f || u", ("u",)),
        ("u || f", ("u",)),
        ("u && w", ("u",)),
        ("u || w", ("u",)),
        ("u && !u", ("u",)),
        ("(u || t) && t", True),
        ("(u && f) || t", True),
        ("(u && n) || t", True),
        ("!(u && f)", True),
        ("!(u || 'x')", False),
        ("u || !n", True),
        ("(u == 'x' || t) == `true`", True),
        ("(u == 'x' && f) == `false`", True),
        # a value may be chosen, and which one is not known
        ("(u || 'x') == 'x'", ("u",)),
        ("(u && 'x') == 'x'", ("u",)),
        ("(u < `1` || t) == `true`", True),
        ("(length(u) && f) == `false`", True),
        ("(u && f) == `false`", ("u",)),
        ("(u || t) == `true`", ("u",)),
        ("(u && n) && t", False),
        ("(u || t) || f", True),
        # an error behind an unknown is only a possible one
        ("u || abs('x') == `1`", ("u",)),
        ("u && abs('x') == `1`", ("u",)),
        ("u || text", ("u",)),
        # null may hide behind an unknown
        ("u == `null`", ("u",)),
        ("u != `null`", ("u",)),
        ("n == u", ("u",)),
        ("u == u", ("u",)),
        ("u.a.b == 'x'", ("u", "a", "b")),
        ("u[0] == 'x'", ("u", 0)),
        ("u[-1] == 'x'", ("u",)),
        ("u < `1`", ("u",)),
        ("(u < n) == `null`", True),
        ("(rows[*].v < u) == `null`", True),
        # containers
        ("o == `{}`", False),
        ('o == `{"x": 1, "y": 2}`', False),
        ('o == `{"x": 1, "y": 1}`', ("o", "x")),
        ('o == `{"x": 1, "z": 1}`', False),
        ("o != `[]`", True),
        ('list == `["a", "b"]`', False),
        ('list == `["a", "x", "c"]`', False),
        ('list == `["a", "x", "b"]`', ("list", 1)),
        ("list == 'a'", False),
        ("list == list", ("list", 1)),
        ("o.y == `1`", True),
        ("!o", False),
        ("!list", False),
        ("[u] == [length(u)]", ("u",)),
        # membership
        ("contains(list, 'a')", True),
        ("contains(list, 'b')", True),
        ("contains(list, 'x')", ("list", 1)),
        ("contains(u, 'x')", ("u",)),
        ("contains(text, u)", ("u",)),
        ("contains(`[]`, u)", False),
        ("contains(list, o)", ("list", 1)),
        ("contains([o], `1`)", False),
        ("contains(list[*], 'x')", ("list", 1)),
        ("contains(rows[?v].k, 'a')", True),
        ("contains(rows[?v != `3`].k, 'b')", ("rows", 1, "v")),
        ("contains(rows[?v == `7`].k, 'z')", False),
        # filters and projections
        ("!(rows[?k == 'a'])", False),
        ("!(rows[?k == 'c'])", ("rows", 2, "k")),
        ("!(rows[?k == 'c' && v == `4`])", True),
        ("length(rows[?k == 'a' || k == 'b' || v == `3`]) == `3`", True),
        ("length(rows[?k == 'c']) == `0`", ("rows", 2, "k")),
        ("length(rows) == `3`", True),
        ("length(rows[*]) == `3`", True),
        ("length(rows[*].v) == `3`", ("rows", 1, "v")),
        ("length(list[*]) == `3`", ("list", 1)),
        ("length(list) == `3`", True),
        ("rows[*].v | [0] == `1`", ("rows", 1, "v")),
        ("rows[0].v == `1`", True),
        ("list[2] == 'b'", True),
        ("reverse(list)[0] == 'b'", True),
        ("list[::-1] | [0] == 'b'", ("list", 1)),
        ("list[5] == `null`", True),
        ("!only[*]", ("only", 0)),
        ("!only", False),
        ("!open[*].k", False),
        ("length(open[?k == 'a']) > `0`", ("open", 1, "k")),
        ("contains(open[?k == 'a'].v, `1`)", True),
        ("contains(open[*].v, `7`)", ("open", 1, "v")),
        ("contains(nested[], 'a')", True),
        ("contains(nested[], 'x')", ("nested", 1)),
        ("length(nested[]) == `2`", ("nested", 1)),
        ("contains(o.*, `1`)", True),
        ("u[*].a == `[]`", ("u",)),
        ("(u[?a] | [0]).b == 'x'", ("u",)),
        ("(u || o).x == 'x'", ("u",)),
        ("not_null(u, o).x == 'x'", ("u",)),
        ("rows[*].v == `[]`", False),
        ("rows[*].v == 'x'", False),
        ("rows[*].v == `[1]`", False),
        ("rows[*].v == `[1, 4]`", False),
        ("rows[*].v == `[1, 2, 3]`", ("rows", 1, "v")),
        ("sort(list) == `[1]`", False),
        ("contains((rows[*].v)[1:], `1`)", ("rows", 1, "v")),
        ("contains((rows[*].v)[1:], `7`)", ("rows", 1, "v")),
        ("contains((rows[?v == `2`].k)[1:], 'z')", False),
        ("length(open[*].k[0]) == `0`", ("open", 1, "k", 0)),
        ("contains(rows[?v == `2`].k | [?@ == 'b'], 'b')", ("rows", 1, "v")),
        ("length(rows[?v == `2`] | [?abs(k) == `1`]) == `0`", ("rows", 1, "v")),
        ("contains(rows[?v == `2`].[k][], 'a')", False),
        # functions
        ("length(u) == `1`", ("u",)),
        ("length(keys(o)) == `2`", True),
        ("contains(keys(o), 'x')", True),
        ("contains(values(o), `1`)", True),
        ("length(values(o)) == `2`", True),
        ("type(o) == 'object'", True),
        ("type(list) == 'array'", True),
        ("type(rows[?v]) == 'array'", True),
        ("type(u) == 'string'", ("u",)),
        ("not_null(t, u)", True),
        ("not_null(u, t)", ("u",)),
        ("not_null(n, u)", ("u",)),
        ("to_string(o) == 'x'", ("o", "x")),
        ("to_string(text) == 'abc'", True),
        ("to_number(list) == `null`", True),
        ("join(',', list) == 'a'", ("list", 1)),
        ("max(list) == 'a'", ("list", 1)),
        ("length(sort(list)) == `3`", True),
        ("contains(sort(list), 'a')", True),
        ("sort(list)[0] == 'a'", ("list", 1)),
        ("length(sort_by(rows, &v)) == `3`", True),
        ("sort_by(rows, &v)[0].k == 'a'", ("rows", 1, "v")),
        ("max_by(rows, &v).k == 'a'", ("rows", 1, "v")),
        ("max_by(open[*], &k).v == `1`", ("open", 1)),
        ("contains(sort_by(open[*].k, &@), 'z')", ("open", 1, "k")),
        ("length(map(&v, rows)) == `3`", True),
        ("length(map(&k, rows[?v == `2`])) == `0`", ("rows", 1, "v")),
        ("length(map(&abs(k), rows[?v == `2`])) == `0`", ("rows", 1, "v")),
        ("contains(map(&v, rows), `3`)", True),
        ("length(reverse(list)) == `3`", True),
        ("merge(o, {y: `2`}).y == `2`", True),
        ("merge(o, u).y == `1`", ("u",)),
        ("from_json(u).a == `1`", ("u",)),
        ("[u, t] | [1]", True),
        ("{a: u, b: t} | b", True),
        ("u.[a] == `null`", ("u",)),
    ],
)
def test_an_answer_hangs_on_an_unknown_only_where_it_must(expression: str, expected: Any) -> None:
    assert answer(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "text",
        "t && text",
        "list",
        "starts_with(u, `1`)",
        "join(u, [`1`])",
        "max([`1`, 'a', u]) == u",
        "sort([u, `true`]) == u",
        "abs(list) == `1`",
        "contains(text, list)",
        "merge(u, n) == u",
        "map(&abs(k), open[?k == 'a']) == u",
        "(list[*])[::0] == u",
    ],
)
def test_what_is_an_error_in_any_case_is_one_beside_unknowns(expression: str) -> None:
    with pytest.raises(EvaluationError):
        answer(expression)


def test_a_value_may_be_unknown_and_says_where_it_stands() -> None:
    found = value("o.x")
    assert is_unknown(found)
    assert path_of(found) == ("o", "x")
    assert origin_of(found) is ORIGIN


def test_a_list_of_which_it_is_not_certain_what_it_holds_is_given_as_unknown() -> None:
    assert is_unknown(value("rows[?v]"))
    assert is_unknown(value("sort(list)"))
    assert is_unknown(value("to_string(o)"))
    found = value("{a: rows[*].v, b: [rows[*].v], c: list, d: t}")
    assert is_unknown(found["a"])
    assert is_unknown(found["b"][0])
    assert found["c"] is DOCUMENT["list"]
    assert found["d"] is True


def test_a_list_whose_elements_are_certain_is_given_as_it_is() -> None:
    assert value("rows[?k == 'a'].v | [?@ == `9`]") == []
    found = value("[t, u]")
    assert found[0] is True
    assert is_unknown(found[1])


def test_lists_with_unknowns_need_not_be_partial_lists() -> None:
    document = {"a": ["x", unknown("a", 1)]}
    assert compile_condition(parse("contains(a, 'x')"))(document) is True
    with pytest.raises(Undetermined):
        compile_condition(parse("contains(a, 'y')"))(document)
