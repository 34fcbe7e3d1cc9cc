"""Parsing: trees that a cache can hold, and messages for what does not parse."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from planguard.engine.condition import fields_read, parse
from planguard.errors import ConditionError

JSON_HINT = "strings stand in single quotes; numbers, true, false, null, arrays and objects in backticks, as JSON"
GRAMMAR_HINT = "the grammar of conditions is JMESPath: https://jmespath.org"


def test_a_tree_can_be_written_to_a_cache_and_read_again() -> None:
    tree = parse("""a.b[?"c" == `{"x": [1, 2.5, null, true]}`] | {d: @[::2]} && length(@) > `0`""")
    assert json.loads(json.dumps(tree, allow_nan=False)) == tree


def test_words_keep_their_places_and_their_quotes() -> None:
    tree = parse('a[?b == "c"].d')
    assert tree == {
        "type": "filter_projection",
        "children": [
            {"type": "field", "value": "a", "at": 0, "children": []},
            {"type": "field", "value": "d", "at": 13, "children": []},
            {
                "type": "comparator",
                "value": "eq",
                "children": [
                    {"type": "field", "value": "b", "at": 3, "children": []},
                    {"type": "field", "value": "c", "at": 8, "quoted": True, "children": []},
                ],
            },
        ],
    }


@pytest.mark.parametrize(
    ("expression", "message", "hint"),
    [
        ("", "condition is empty", "say what must hold: encrypted == `true`"),
        (" \n", "condition is empty", "say what must hold: encrypted == `true`"),
        ("a ==", "column 5: condition ends too early", GRAMMAR_HINT),
        ("a.b[", "column 5: condition ends too early", GRAMMAR_HINT),
        ("a b", "column 3: unexpected `b`", GRAMMAR_HINT),
        ("a > 5", "column 5: unexpected `5`", "numbers stand in backticks: `5`"),
        ("a > -5", "column 5: unexpected `-5`", "numbers stand in backticks: `-5`"),
        ("a = 'x'", "column 3: unexpected `=`", "write `==` to compare"),
        ("a and b", "column 3: unexpected `and`", "write `&&` for *and*"),
        ("a or b", "column 3: unexpected `or`", "write `||` for *or*"),
        ("not a", "column 5: unexpected `a`", "write `!` for *not*"),
        ("'x' in a", "column 5: unexpected `in`", "write `contains(list, element)` for *in*"),
        ("a + b", "column 3: unexpected `+`", "conditions have no arithmetic"),
        ("a == 'x", "column 6: `'` is not closed", JSON_HINT),
        ("a == `x", "column 6: ` is not closed", JSON_HINT),
        ("a == `x`", "column 6: `x` is not JSON", JSON_HINT),
        ("a == 'it\\'s' || b == `x`", "column 22: `x` is not JSON", JSON_HINT),
        ("a == `True`", "column 6: `True` is not JSON", JSON_HINT),
        ("a == `NaN`", "column 6: `NaN` is not JSON", JSON_HINT),
        ("a == `1e999`", "column 6: `1e999` is not JSON", JSON_HINT),
        ('a == "\\x"', "column 6: quoted name is not a JSON string", JSON_HINT),
        ('"length"(a)', 'column 1: unexpected `"length"`', "names of functions are not quoted"),
        ("a[" + "9" * 5000 + "]", "condition cannot be read", GRAMMAR_HINT),
        ("(" * 3000 + "a", "condition is nested too deeply", "split the rule, or write it in Python"),
        ("!" * 150 + "a", "condition is nested too deeply", "split the rule, or write it in Python"),
    ],
)
def test_what_does_not_parse_says_where_and_what_to_do(expression: str, message: str, hint: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(expression)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_the_library_is_imported_for_parsing_only() -> None:
    program = (
        "import sys, json\n"
        "from planguard.engine.condition import check, compile_condition\n"
        "tree = json.loads(sys.stdin.read())\n"
        "check(tree)\n"
        "assert compile_condition(tree)({'a': [{'b': 'x'}]}) is True\n"
        "assert 'jmespath' not in sys.modules\n"
    )
    tree = json.dumps(parse("length(a[?b == 'x']) == `1`"))
    subprocess.run([sys.executable, "-c", program], input=tree, text=True, check=True)


@pytest.mark.parametrize(
    ("expression", "chains"),
    [
        ("a", [("a",)]),
        ("a.b[0].c", [("a", "b")]),
        ("@.a.b", [("a", "b")]),
        ("a.b == c || !(a.b)", [("a", "b"), ("c",)]),
        ("a[?x == 'y'].z", [("a",)]),
        ("a[].b[]", [("a",)]),
        ("a.*.b", [("a",)]),
        ("length(b) > length(a.c)", [("b",), ("a", "c")]),
        ("a.b | c", [("a", "b", "c")]),
        ("a.b | c && d", [("a", "b")]),
        ("sort_by(a, &b)[0].c", [("a",)]),
        ("(a || b).c", [("a",), ("b",)]),
        ("[a, {x: b.c}]", [("a",), ("b", "c")]),
        ("`1` == 'x'", []),
        ("*.a", []),
    ],
)
def test_fields_read_are_those_of_the_document(expression: str, chains: list[tuple[str, ...]]) -> None:
    assert fields_read(parse(expression)) == chains
