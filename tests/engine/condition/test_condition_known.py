"""Conditions on known values: JMESPath as the specification and the library have it."""

from __future__ import annotations

from typing import Any

import jmespath
import pytest

from planguard.engine.condition import compile_condition, compile_value, parse
from planguard.engine.condition.functions import FUNCTIONS
from planguard.engine.condition.signatures import SIGNATURES
from planguard.errors import EvaluationError

DOCUMENT: dict[str, Any] = {
    "t": True,
    "f": False,
    "n": None,
    "zero": 0,
    "one": 1,
    "float": 1.0,
    "text": "abc",
    "empty": "",
    "list": [1, "a", None, [2, [3]], True],
    "texts": ["b", "a"],
    "numbers": [3, 1, 2],
    "none": [],
    "o": {"x": 1, "y": {"z": [0, 1]}, "e": {}},
    "rows": [{"k": "a", "v": 2}, {"k": "b", "v": 1}, {"k": "c"}],
    "json": '{"Statement": [{"Effect": "Allow"}]}',
}


def value(expression: str, document: Any = DOCUMENT) -> Any:
    return compile_value(parse(expression))(document)


def holds(expression: str, document: Any = DOCUMENT) -> bool:
    return compile_condition(parse(expression))(document)


# Three spaces apart.
SAME = """
t   f   n   missing   o.x   o.y.z[1]   o.y.z[-1]   o.y.z[7]   o.y.z[-7]   text[0]   o[0]   list.x   text.x
n.x.y   one == `true`   zero == `false`   one == float   one == `1.0`   t == `true`   t == `1`   text == 'abc'
n == missing   list[0:1] == `[true]`   `{"a": 0}` == `{"a": false}`   none == `[]`   o.e == `{}`   empty == ''
n == `null`   'abc' == text   one != `true`   text != 'x'   n != `null`   list != texts   o == o
list == list   one < `2`   one < text   text < 'b'   n < one   t < `2`   list < list   zero >= float
one <= `1`   `5` > one   'b' > 'a'   !zero   !empty   !none   !o.e   !n   !t   !f   !missing   !one   !rows
zero && text   empty && text   n || text   none || text   text || n   f || n   t && n   f && n   !t || text
list[*]   list[]   list[][]   rows[*].v   rows[].v   o.*   o.*.z   text[*]   n[*]   missing[]   rows.*
o.y.z[*]   list[1:3]   list[::-1]   list[::2]   list[-2:]   text[1:]   list[::0]   n[::0]   rows[?v].k
rows[?v > `1`].k   rows[?k == 'b']   rows[?k == 'b'] | [0].v   missing[?k]   rows[?v < k]
rows[?v == `2`].k[]   [one, n]   {a: one, b: n}   n.[one]   n.{a: one}   rows[*].[k, v]   rows[*].{q: k}
rows[*].k | [0]   rows[*].k[0]   abs(`-1`)   abs(t)   avg(numbers)   avg(none)   avg(texts)   ceil(`1.2`)
floor(`1.8`)   sum(numbers)   sum(none)   contains(list, `1`)   contains(list, `true`)   contains(text, 'b')
contains(text, one)   contains(n, 'a')   contains(o, 'x')   contains(texts, text)   contains(list, list)
contains(rows, rows[0])   contains(`[0]`, `false`)   ends_with(text, 'c')   starts_with(text, 'b')
starts_with(n, 'a')   starts_with(text, one)   join(',', texts)   join(',', list)   join(one, texts)   keys(o)
values(o)   keys(list)   length(o)   length(text)   length(one)   map(&v, rows)   map(&k, n)   map(rows, rows)
max(numbers)   max(texts)   max(list)   max(none)   min(texts)   min(numbers)   max_by(rows, &v)
max_by(rows[:2], &v)   min_by(rows, &k)   sort_by(rows, &k)   sort_by(rows, &v)   sort_by(none, &v)
sort_by(rows[:2], &v)   min_by(none, &v)   max_by(list, &@)   sort(numbers)   sort(texts)   sort(list)
sort(none)   merge(o, o.y)   merge(o, n)   merge(n, o)   merge(o, `[["q", 1]]`)   merge(o, `[1]`)
merge(o, '')   merge(o, one)   not_null(n, missing, text)   not_null(n)   reverse(text)   reverse(list)
reverse(one)   to_array(one)   to_array(list)   to_number('1')   to_number('1.5')   to_number('x')
to_number(' 7 ')   to_number('1_0')   to_number(t)   to_number(list)   to_number(n)   to_string(o)
to_string(text)   to_string(n)   to_string(float)   type(n)   type(t)   type(one)   type(text)   type(list)
type(o)   ceil(to_number('inf'))   floor(to_number('nan'))   nope(text)   length(text, text)   length()
merge()   f && nope(text)   to_number('nan') == to_number('nan')   sum([`1e308`, `1e308`])   @   @.one
@.rows[0].k   text | length(@)   one.type(@)
"""


@pytest.mark.parametrize("expression", [text for line in SAME.splitlines() for text in line.split("   ") if text])
def test_values_and_errors_are_the_library_s(expression: str) -> None:
    try:
        expected = jmespath.search(expression, DOCUMENT)
    except Exception:  # noqa: BLE001 - a plain TypeError among others
        with pytest.raises(EvaluationError):
            value(expression)
    else:
        assert repr(value(expression)) == repr(expected)


def test_every_function_has_a_signature() -> None:
    assert set(FUNCTIONS) == set(SIGNATURES)


def test_a_condition_gives_true_or_false_and_nothing_else() -> None:
    assert holds("t") is True
    assert holds("f") is False
    assert holds("!missing") is True
    assert holds("one == `1.0` && text == 'abc'") is True
    assert holds("n || f") is False
    assert holds("text && t") is True
    assert holds("t || text") is True
    assert holds("f && text") is False
    assert holds("(t && text) && f") is False


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("text", "condition came out as string, not true or false"),
        ("missing.x", "condition came out as null, not true or false"),
        ("one", "condition came out as number, not true or false"),
        ("list", "condition came out as array, not true or false"),
        ("o", "condition came out as object, not true or false"),
        ("o | x", "condition came out as number, not true or false"),
        ("text || t", "condition came out as string, not true or false"),
        ("empty && t", "condition came out as string, not true or false"),
        ("t && text", "condition came out as string, not true or false"),
        ("f || n", "condition came out as null, not true or false"),
        ("(t && n) && f", "condition came out as null, not true or false"),
        ("(n && !f) && t", "condition came out as null, not true or false"),
        ("(n && t) && t", "condition came out as null, not true or false"),
        ("text < `1`", "comparison of string with number: they have no order"),
        ("n < `1`", "condition came out as null, not true or false"),
        ("length(n) == `1`", "`length()` takes array or object or string as its argument, and got null"),
        ("starts_with(text, one)", "`starts_with()` takes string as argument 2, and got number"),
        ("join(',', list) == text", "`join()` takes an array of strings, and met number in it"),
        ("contains(text, one)", "`contains()` looks for a string in a string, and got number"),
        ("ceil(to_number('inf')) == one", "`ceil()` failed: OverflowError"),
        ("max_by(list, &@) == one", "`max_by()` compares numbers or strings, and its expression gave string"),
        ("sort_by(rows, &v) == one", "`sort_by()` compares numbers or strings, and its expression gave null"),
        ("list[::0] == one", "slice has a step of 0"),
        ("from_json(text) == one", "`from_json()` got a string that is no JSON: line 1, column 1"),
        ("from_json(one) == one", "`from_json()` takes null or string as its argument, and got number"),
        ("from_json('[NaN]') == one", "`from_json()` failed: ValueError"),
        ("nope(text)", "`nope()` is unknown, or takes another number of arguments"),
    ],
)
def test_errors_name_types(expression: str, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        holds(expression)
    assert caught.value.message == message


SECRET = "hunter2"


@pytest.mark.parametrize(
    "expression",
    [
        "s", "s || s", "!s || s", "s < `1`", "abs(s)", "avg([s])", "join(s, [`1`, s])", "from_json(s)",
        "merge(s)", "merge(@, s)", "merge(@, [s])", "max([s, `1`])", "sort_by([s, `1`], &@)", "contains(s, `1`)",
        "keys(s)", "starts_with(s, `1`)", "map(s, [s])", "sum([s])", "ceil(s)", "[s]", "{a: s}",
    ],
)  # fmt: skip
def test_no_error_tells_a_value(expression: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        holds(expression, {"s": SECRET})
    assert SECRET not in f"{caught.value} {caught.value.hint} {caught.value.__cause__}"


def test_json_in_a_string_is_read() -> None:
    assert value("from_json(json).Statement[0].Effect") == "Allow"
    assert value("from_json(missing)") is None
    assert value("from_json('5')") == 5
    assert holds("length(from_json(json).Statement[?Effect == 'Allow']) == `1`") is True


def test_a_closure_leaves_the_document_as_it_was() -> None:
    document = {"a": [3, 1, [2]], "o": {"x": 1}}
    for expression in ("sort(a[:2])", "a[]", "merge(o, {y: a})", "reverse(a)", "to_array(a) | [*]"):
        value(expression, document)
    assert document == {"a": [3, 1, [2]], "o": {"x": 1}}


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    "expression", ["s == 'x'", "o.s != 'x'", "!s", "s && t", "s < 'y'", "starts_with(s, 'x')", "length(s) == `1`"]
)
def test_a_value_of_a_foreign_type_is_an_error_and_no_answer(expression: str) -> None:
    with pytest.raises(EvaluationError):
        holds(expression, {"s": Text("x"), "t": True, "o": {"s": Text("x")}})
