"""From the text of an expression to a tree of plain dicts and lists, which a cache file can hold.

The grammar is the ``jmespath`` library's; it is imported when something is parsed, and never for evaluation.
Its tree stays as it is, except that nodes that stand for a word say where the word stands (``at``, from 0) and
whether it was quoted (``quoted``): the library drops both, and the load-time check needs them.

Source: the JMESPath specification, section "Grammar" (jmespath.org/specification.html).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from planguard.engine.condition.kinds import Node
from planguard.errors import ConditionError

DEEPEST = 100
"""Levels that a tree may have: compiling and evaluating it takes a few Python frames a level."""

_GRAMMAR = "the grammar of conditions is JMESPath: https://jmespath.org"
_JSON = "strings stand in single quotes; numbers, true, false, null, arrays and objects in backticks, as JSON"
# Quoted parts of an expression as the lexer sees them, an unclosed one reaching to the end.
_QUOTED = re.compile(r"""'(?:\\.|[^'\\])*(?:'|\Z)|"(?:\\.|[^"\\])*(?:"|\Z)|`((?:\\.|[^`\\])*)(?:`|\Z)""", re.DOTALL)
_WORDS = {
    "and": "write `&&` for *and*",
    "or": "write `||` for *or*",
    "not": "write `!` for *not*",
    "in": "write `contains(list, element)` for *in*",
    "is": "write `==` for *is*",
}


def parse(expression: str) -> Node:
    """The tree of an expression, made of dicts, lists, strings, numbers, booleans and None.

    :param expression: JMESPath
    :raises ConditionError: when it does not parse, is nested too deeply, or has a literal in backticks that is no
        JSON (which the library would take for a string)
    """
    import jmespath
    from jmespath import exceptions
    from jmespath.lexer import Lexer

    if not expression.strip():
        raise ConditionError("condition is empty", "say what must hold: encrypted == `true`")
    _refuse_loose_literals(expression)
    try:
        tokens: list[Any] = list(Lexer().tokenize(expression))
        tree: Any = jmespath.compile(expression).parsed
    except exceptions.LexerError as error:
        raise _unreadable(expression, error.lexer_position, str(error.message)) from None
    except exceptions.IncompleteExpressionError:
        raise ConditionError(f"column {len(expression) + 1}: condition ends too early", _GRAMMAR) from None
    except exceptions.ParseError as error:
        raise _unexpected(expression, error.lex_position) from None
    except RecursionError:
        raise _too_deep() from None
    except (ValueError, LookupError):  # a number of thousands of digits, say
        raise ConditionError("condition cannot be read", _GRAMMAR) from None
    return _annotated(tree, iter([token for token in tokens if "identifier" in token["type"]]), 1)


def _refuse_loose_literals(expression: str) -> None:
    for match in _QUOTED.finditer(expression):
        literal = match.group(1)
        if literal is None or not match.group().endswith("`") or len(match.group()) < 2:
            continue
        try:
            json.loads(literal.replace("\\`", "`"), parse_constant=_refuse_constant, parse_float=_finite)
        except (ValueError, RecursionError):
            column = match.start() + 1
            raise ConditionError(f"column {column}: {match.group()} is not JSON", _JSON) from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(digits)
    return number


def _unreadable(expression: str, position: int, message: str) -> ConditionError:
    column = f"column {position + 1}"
    character = expression[position : position + 1]
    if message.startswith("Unclosed"):
        shown = character if character == "`" else f"`{character}`"
        return ConditionError(f"{column}: {shown} is not closed", _JSON)
    if character == "=":
        return ConditionError(f"{column}: unexpected `=`", "write `==` to compare")
    if character == '"':
        return ConditionError(f"{column}: quoted name is not a JSON string", _JSON)
    hint = "conditions have no arithmetic" if character in ("-", "+", "/", "%") else _GRAMMAR
    return ConditionError(f"{column}: unexpected `{character}`", hint)


def _unexpected(expression: str, position: int) -> ConditionError:
    rest = expression[position:]
    found = re.match(r"-?\d+|\w+|'[^']*'|`[^`]*`|\"[^\"]*\"|[=!<>]=|&&|\|\||\S", rest)
    word = found.group() if found else rest[:1]
    before = re.search(r"(\w+)\s*\Z", expression[:position])
    hint = _WORDS.get(word) or _WORDS.get(before.group(1) if before else "") or _GRAMMAR
    if word.lstrip("-").isdigit():
        hint = f"numbers stand in backticks: `{word}`"
    if word.startswith('"') and expression[position + len(word) :].lstrip().startswith("("):
        hint = "names of functions are not quoted"
    shown = word if word.startswith("`") else f"`{word}`"
    return ConditionError(f"column {position + 1}: unexpected {shown}", hint)


def _too_deep() -> ConditionError:
    return ConditionError("condition is nested too deeply", "split the rule, or write it in Python")


def _annotated(node: Node, words: Iterator[dict[str, Any]], depth: int) -> Node:
    """A copy of a tree with positions; the words come in the order in which the nodes take them up."""
    if depth > DEEPEST:
        raise _too_deep()
    kind = node["type"]
    copy: Node = {"type": kind}
    if "value" in node:
        copy["value"] = node["value"]
    if kind in ("field", "function_expression", "key_val_pair"):
        word = next(words)
        copy["at"] = word["start"]
        if word["type"] == "quoted_identifier":
            copy["quoted"] = True
    children = node["children"]
    if kind == "filter_projection":
        left, right, condition = children
        # Written as left[?condition]right.
        first, third, second = (_annotated(child, words, depth + 1) for child in (left, condition, right))
        copy["children"] = [first, second, third]
    elif kind == "slice":
        copy["children"] = list(children)
    else:
        copy["children"] = [_annotated(child, words, depth + 1) for child in children]
    return copy
