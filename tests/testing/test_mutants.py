"""Which changes are made to a rule, and what is left alone."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import pytest

from planguard.engine.condition import parse
from planguard.engine.rule import Parameter, Rule
from planguard.errors import RuleFileError
from planguard.testing.condition_mutants import condition_mutants
from planguard.testing.expression import render_expression
from planguard.testing.limit import OutOfTimeError, time_limit
from planguard.testing.pack_source import Reach, load_sources
from planguard.testing.python_mutants import Edit, python_mutants
from planguard.testing.reasons import parse_reasons


def rule_with(**fields: object) -> Rule:
    texts = {name: name for name in ("id", "title", "why", "fix", "domain", "severity")}
    return Rule(resources=("aws_x",), **texts, **fields)  # type: ignore[arg-type]


def of_condition(text: str, **fields: object) -> list[str]:
    return [one.change for one in condition_mutants(rule_with(condition=parse(text), **fields))]


def of_code(text: str) -> list[str]:
    node = ast.parse(text).body[0]
    assert isinstance(node, (ast.FunctionDef, ast.Assign, ast.AnnAssign))
    changes = []
    for mutant in python_mutants(node):
        changes.append(mutant.change)
        with Edit(mutant):
            compile(ast.Module([node], []), "own.py", "exec")
    assert len(set(changes)) == len(changes)
    return changes


EXPRESSIONS = """
a.b[0].c == 'x'
!(a[?b == `1`].c)
!(a[].b) || !c && d
a[*].b.c | [0]
(a || b).c == `null`
length(a[?x > `1` && !y]) >= `0`
sort_by(a, &b.c)[-1].d
a[1:2].b | [::2]
{x: a, y: b.c}.x == 'it\\'s'
[a, b][0]
"x-y".z
(a[*].b)[0]
*.x | @
matches(a, '(?i)^x$')
""".strip().splitlines()


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_is_written_as_it_was_read(text: str) -> None:
    assert render_expression(parse(text)) == text


def test_a_condition_in_every_way() -> None:
    assert of_condition("a > `1` && b == 'on'") == [
        "`a > `1` && b == 'on'` -> `!(a > `1` && b == 'on')`",
        "`a > `1` && b == 'on'` -> `a > `1` || b == 'on'`",
        "`a > `1` && b == 'on'` -> `b == 'on'`",
        "`a > `1` && b == 'on'` -> `a > `1``",
        "`a > `1`` -> `a <= `1``",
        "`a > `1`` -> `a >= `1``",
        "`a > `1`` -> `a > `2``",
        "`a > `1`` -> `a > `0``",
        "`b == 'on'` -> `b != 'on'`",
        "`b == 'on'` -> `b == 'on~'`",
        "`b == 'on'` -> `b == 'ON'`",
    ]


def test_filters_cases_defaults_and_parameters() -> None:
    changes = of_condition(
        "!(lower(a[?b].c | [0]) == `true`)",
        when=parse("kind == `[1, 2]`"),
        defaults={"b": False},
        parameters={"days": Parameter("integer", 90, "how long")},
    )
    assert [one for one in changes if "lower" not in one or "->" not in one] == [
        "`a[?b].c` -> `a[*].c`",
        "`a[?b].c` -> `a[?!b].c`",
        "`when` dropped",
        "when: `kind == `[1, 2]`` -> `kind != `[1, 2]``",
        "when: `kind == `[1, 2]`` -> `kind == `[2]``",
        "when: `kind == `[1, 2]`` -> `kind == `[1]``",
        "default `b: false` dropped",
        "parameter `days`: `90` -> `91`",
        "parameter `days`: `90` -> `89`",
    ]
    assert "`lower(a[?b].c | [0])` -> `a[?b].c | [0]`" in changes


def test_code_in_every_way() -> None:
    text = """
def f(one):
    if one.lower() == "x" and not one.flag:
        return 3
    return any(part in ("a", "::/0") for part in one if part)
"""
    assert of_code(text) == [
        "`if one.lower() == 'x' and (not one.flag)` -> `if not (one.lower() == 'x' and (not one.flag))`",
        "`if one.lower() == 'x' and (not one.flag)` -> `if True`",
        "`if one.lower() == 'x' and (not one.flag)` -> `if False`",
        "`one.lower() == 'x' and (not one.flag)` -> `one.lower() == 'x' or not one.flag`",
        "`one.lower() == 'x' and (not one.flag)` -> `not one.flag`",
        "`one.lower() == 'x' and (not one.flag)` -> `one.lower() == 'x'`",
        "`one.lower() == 'x'` -> `one.lower() != 'x'`",
        "`one.lower() == 'x'` -> `one.lower() == 'x~'`",
        "`one.lower()` -> `one`",
        "`not one.flag` -> `one.flag`",
        "`3` -> `4`",
        "`3` -> `2`",
        "`any((part in ('a', '::/0') for part in one if part))` -> "
        "`all((part in ('a', '::/0') for part in one if part))`",
        "`part in ('a', '::/0')` -> `part not in ('a', '::/0')`",
        "`'a'` dropped from `('a', '::/0')`",
        "`'::/0'` dropped from `('a', '::/0')`",
        "`'::/0'` ignored in `('a', '::/0')`",
        "`if part` -> `if not part`",
        "`if part` -> `if True`",
    ]


def test_what_only_says_something_is_left_alone() -> None:
    text = '''
def f(one):
    """Not 1, not True."""
    words = "and" if one.flag else "or"
    yield violation("a[0]", f"{words} {one.size + 1}")
'''
    assert of_code(text) == ["`yield violation('a[0]', …)` dropped"]


def test_a_large_table_is_sampled() -> None:
    table = "_TYPES = {" + ", ".join(f"'aws_{number}': ('a', 'b')" for number in range(40)) + "}"
    changes = of_code(table)
    assert len(changes) == 4
    assert of_code(table.replace("}", ", 'aws_new': ()}"))[:2] == changes[:2]


def test_tables_with_words_patterns_and_ipv6() -> None:
    text = """
_WORDS: dict[str, tuple[str, ...]] = {"a": ("0.0.0.0/0", "::/0"), "b": set("x y".split()), "c": re.compile("(?i)z")}
"""
    assert of_code(text) == [
        "`'::/0'` ignored in `('0.0.0.0/0', '::/0')`",
        "`(?i)` dropped in `'(?i)z'`",
        "`'0.0.0.0/0'` dropped",
        "`'a': ('0.0.0.0/0', '::/0')` dropped",
        "`'b': set('x y'.split())` dropped",
        "`'c': re.compile('(?i)z')` dropped",
    ]
    assert of_code("_MOST = 90") == ["`90` -> `91`", "`90` -> `89`"]


def test_a_rule_reaches_what_it_needs(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "own.py").write_text(
        "from .. import _ports\nfrom .._words import is_open as asked, shown\n\nUNUSED = 1\n\n"
        "def own(one):\n    if asked(one) and _ports.known(one):\n        yield violation('x', shown(one))\n"
    )
    (tmp_path / "_words.py").write_text(
        "WORDS = ('any',)\n\nclass Word:\n    def matches(self): return True\n    def other(self): return 1\n"
        "    def __contains__(self, x): return False\n\n"
        "def is_open(one): return Word(WORDS).matches()\n\ndef shown(one): return 'x'\n"
    )
    (tmp_path / "_ports.py").write_text("PORTS = (22,)\n\ndef known(one): return one in PORTS\n")
    found = {f"{unit.module}:{unit.name}" for unit in Reach(load_sources(tmp_path), "net.own", "own").units}
    assert found == {
        "net.own:own",
        "_words:is_open",
        "_words:WORDS",
        "_words:Word.matches",
        "_words:Word.__contains__",
        "_ports:known",
        "_ports:PORTS",
    }


def test_time_runs_out() -> None:
    started = time.process_time()
    with pytest.raises(OutOfTimeError), time_limit(0.05):
        while True:
            pass
    assert time.process_time() - started < 5
    with time_limit(0.05):
        pass
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a: b", "own.yaml:1: not a list"),
        ("- file: a\n  in: b\n  change: c", "own.yaml:1: not a reason"),
        (
            "- {file: a, in: b, change: c, reason: d}\n- {file: a, in: b, change: c, reason: 1}",
            "own.yaml:2: not a reason",
        ),
    ],
)
def test_reasons_that_are_none(text: str, error: str) -> None:
    with pytest.raises(RuleFileError) as caught:
        parse_reasons(text, "own.yaml")
    assert str(caught.value) == error
