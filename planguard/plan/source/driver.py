"""python-hcl2's grammar driven without what only its own tools need: positions of trees, recovery from errors.

The tables and the lexer are those of python-hcl2; a tree comes out the same but for its ``meta``. Where the parts
that this rests on are not as expected, the parser of python-hcl2 itself is used.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any


class _State:
    """What the lexer asks of a parser: the state in which it is."""

    __slots__ = ("position",)

    def __init__(self, position: int) -> None:
        self.position = position


@lru_cache(maxsize=1)
def parser() -> Callable[[str], Any]:
    """A function from a text to its tree. It raises what lark raises."""
    from hcl2.api import parses_to_tree
    from hcl2.parser import parser as grammar

    try:
        return _driver(grammar())
    except (AttributeError, ImportError, KeyError, TypeError, ValueError):
        fallback: Callable[[str], Any] = parses_to_tree
        return fallback


def _driver(grammar: Any) -> Callable[[str], Any]:
    from lark import Tree
    from lark.exceptions import UnexpectedToken as Unexpected
    from lark.lexer import Token
    from lark.parse_tree_builder import ParseTreeBuilder
    from lark.parsers.lalr_analysis import Shift

    builder: Any = ParseTreeBuilder(grammar.rules, Tree, False, False, grammar.options.maybe_placeholders)  # type: ignore[no-untyped-call]
    callbacks = builder.create_callback(None)
    frontend = grammar.parser
    table = frontend.parser._parse_table
    (start,) = frontend.parser_conf.start
    states, first, last = table.states, table.start_states[start], table.end_states[start]
    rules = {rule: (callbacks[rule], len(rule.expansion), rule.origin.name) for rule in callbacks}

    def parse(text: str) -> Any:
        stack, values = [first], []
        state = _State(first)

        def reduce(token: Any) -> None:
            """Do all that can be done before a token, then take it."""
            while True:
                try:
                    action, argument = states[stack[-1]][token.type]
                except KeyError:
                    raise Unexpected(token, set()) from None  # type: ignore[no-untyped-call]
                if action is Shift:
                    stack.append(argument)
                    values.append(token)
                    return
                build, size, name = rules[argument]
                if size:
                    children = values[-size:]
                    del stack[-size:], values[-size:]
                else:
                    children = []
                stack.append(states[stack[-1]][name][1])
                values.append(build(children))
                if stack[-1] == last and token.type == "$END":
                    return

        token = None
        for token in frontend._make_lexer_thread(text).lex(state):
            reduce(token)
            state.position = stack[-1]
        reduce(Token.new_borrow_pos("$END", "", token) if token is not None else Token("$END", "", 0, 1, 1))
        return values[-1]

    parse('a "b" {\n  c = [1]\n}\n')
    return parse
