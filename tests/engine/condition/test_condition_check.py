"""What is refused before any plan is read, and in which words."""

from __future__ import annotations

import pytest

from planguard.engine.condition import check, parse
from planguard.errors import ConditionError, ExitCode

REFUSED = {
    "an unknown function": (
        "lenght(a) > `1`",
        "column 1: unknown function `lenght()`",
        "did you mean `length()`?",
    ),
    "an unknown function in a branch that is never reached": (
        "a || contain(b, 'x')",
        "column 6: unknown function `contain()`",
        "did you mean `contains()`?",
    ),
    "too many arguments": (
        "length(a, b) > `1`",
        "column 1: `length()` takes 1 argument, and got 2",
        None,
    ),
    "too few arguments": (
        "contains(a)",
        "column 1: `contains()` takes 2 arguments, and got 1",
        None,
    ),
    "no argument at all": (
        "merge() == a",
        "column 1: `merge()` takes at least 1 argument, and got 0",
        None,
    ),
    "a constant of a wrong type": (
        "starts_with(a, `5`)",
        "`starts_with()` takes string as argument 2, and gets number",
        None,
    ),
    "a result of a wrong type": (
        "starts_with(a, length(b))",
        "column 16: `starts_with()` takes string as argument 2, and gets number",
        None,
    ),
    "a constant list of a wrong type": (
        "join(',', `[1]`) == a",
        "`join()` takes an array of strings, and gets one with number",
        None,
    ),
    "a list to sort that mixes types": (
        'sort(`[1, "a"]`) == a',
        "`sort()` takes an array of numbers or strings, and gets one with number or string",
        None,
    ),
    "a value where an expression is wanted": (
        "sort_by(a, b) == c",
        "column 12: `sort_by()` takes an expression, as in `&name`, as argument 2, and gets any value",
        None,
    ),
    "an expression where a value is wanted": (
        "to_string(&a) == b",
        "column 12: `to_string()` takes any value as argument 1, and gets an expression",
        None,
    ),
    "an expression that no function applies": (
        "(&a) == b",
        "column 3: `&` stands for an expression that a function is to apply",
        "leave it out",
    ),
    "a negated chain": (
        "!after.tags.owner",
        "column 2: `!after.tags.owner` means `(!after).tags.owner`, which is always null",
        "write `!(after.tags.owner)`",
    ),
    "a negated chain inside a conjunction": (
        "a.b && !c.d",
        "column 9: `!c.d` means `(!c).d`, which is always null",
        "write `!(c.d)`",
    ),
    "a negated filter": (
        "!a[?b]",
        "column 2: what follows `!…` is read from true or false, and is always null",
        "write `!(…)`",
    ),
    "a negated flatten": (
        "!a[]",
        "column 2: what follows `!…` is read from true or false, and is always null",
        "write `!(…)`",
    ),
    "a negated field of an element": (
        "!a[0].b",
        "column 2: what follows `!…` is read from true or false, and is always null",
        "write `!(…)`",
    ),
    "a negated wildcard": (
        "!a.*",
        "column 2: what follows `!…` is read from true or false, and is always null",
        "write `!(…)`",
    ),
    "a function of fields of a negation": (
        "!a.contains(b, 'x')",
        "column 2: what follows `!…` is read from true or false, and is always null",
        "write `!(…)`",
    ),
    "a field of a comparison": (
        "(a == b).c",
        "column 10: `c` is read from boolean, and is always null",
        None,
    ),
    "a field of a function that gives a boolean": (
        "contains(a, 'x').c",
        "column 18: `c` is read from boolean, and is always null",
        None,
    ),
    "a field of a list": (
        "a[*].b | c",
        "column 10: `c` is read from array, and is always null",
        None,
    ),
    "a comparison in which negation binds tighter": (
        "!name == 'x'",
        "column 2: `==` compares boolean with string, and is always false",
        "`!` binds tighter than a comparison: write `!(…)`, or turn the comparison round",
    ),
    "types that are never equal": (
        "length(a) != '1'",
        "column 1: `!=` compares number with string, and is always true",
        None,
    ),
    "an order of lists": (
        "a[*].b > `1`",
        "column 1: `>` compares array, and is always null",
        None,
    ),
    "an order of a string and a number": (
        "length(a) > '5'",
        "column 1: `>` compares number with string, which have no order",
        "convert one of them with `to_number()` or `to_string()`",
    ),
    "a string in double quotes": (
        'n == "x"',
        'column 6: `"x"` is the name of a field here',
        "the string stands in single quotes: 'x'; the field is @.\"x\"",
    ),
    "a string in double quotes on the left": (
        '"x" != n',
        'column 1: `"x"` is the name of a field here',
        "the string stands in single quotes: 'x'; the field is @.\"x\"",
    ),
    "a string in double quotes that no field name could be without them": (
        'a[?region == "eu-west-1"] && b',
        'column 14: `"eu-west-1"` is the name of a field here',
        "the string stands in single quotes: 'eu-west-1'; the field is @.\"eu-west-1\"",
    ),
    "a string in double quotes as an argument": (
        'contains(cidr_blocks, "0.0.0.0/0")',
        'column 23: `"0.0.0.0/0"` is the name of a field here',
        "the string stands in single quotes: '0.0.0.0/0'; the field is @.\"0.0.0.0/0\"",
    ),
    "true without backticks": (
        "v == true",
        "column 6: `true` is the name of a field here",
        "the value stands in backticks: `true`",
    ),
    "null without backticks": (
        "null != v",
        "column 1: `null` is the name of a field here",
        "the value stands in backticks: `null`",
    ),
    "false without backticks in a filter": (
        "length(a[?v == false]) == `0`",
        "column 16: `false` is the name of a field here",
        "the value stands in backticks: `false`",
    ),
    "true as the right side of or": (
        "a || true",
        "column 6: `true` is the name of a field here",
        "the value stands in backticks: `true`",
    ),
    "a constant of another language": (
        "a == None",
        "column 6: `None` is the name of a field here",
        "the value stands in backticks: `null`",
    ),
    "a condition that is a string": (
        "'x'",
        "condition comes out as string, never as true or false",
        "compare it with something",
    ),
    "a condition that is a list": (
        "a[?b == 'x']",
        "column 1: condition comes out as array, never as true or false",
        "ask for its `length()`, or compare it",
    ),
    "a condition that is an object": (
        "{a: b}",
        "column 2: condition comes out as object, never as true or false",
        "compare it with something",
    ),
    "a number asked whether it is true": (
        "!length(a)",
        "column 2: number counts as true, 0 included",
        "compare it with a number: … > `0`",
    ),
    "a step that goes nowhere": (
        "length(a[::0]) == `1`",
        "slice has a step of 0",
        "a step goes forwards or backwards: `[::2]`, `[::-1]`",
    ),
}


@pytest.mark.parametrize(("expression", "message", "hint"), REFUSED.values(), ids=REFUSED)
def test_refused(expression: str, message: str, hint: str | None) -> None:
    with pytest.raises(ConditionError) as caught:
        check(parse(expression))
    assert (caught.value.message, caught.value.hint) == (message, hint)
    assert caught.value.exit_code is ExitCode.WRONG_CALL


@pytest.mark.parametrize(
    "expression",
    [
        "a",
        "!a",
        "!(a.b.c)",
        "!a[0]",
        "!a[*].b",
        "!contains(a, 'x')",
        "!a && b == 'x'",
        "!(a) == `true`",
        "a.b[0].c.*.d | contains(@, 'x')",
        "a.true == `true`",
        '@."x" == n',
        "\"a-b\" == 'x'",
        "\"x\" == 'y'",
        'tags."kubernetes.io/name" == n',
        "n == 'x' || n == 'y'",
        "contains(['a', 'b'], n)",
        "length(a[?b > `5` && b < c]) == `0`",
        "a == `null` || a == `[]`",
        "(a > b) == `null`",
        "a || `false`",
        "not_null(a, `false`)",
        "from_json(policy).Statement[?Effect == 'Allow'] | length(@) == `0`",
        "sort_by(a, &b)[0].c == 'x'",
        "max(a) > `1`",
        "max(a) == 'x'",
        "join(',', `[]`) == a",
        "reverse(a) == 'cba'",
        "a.to_string(@) == 'x'",
        "to_array(a)[0] == b",
    ],
)
def test_accepted(expression: str) -> None:
    check(parse(expression))
