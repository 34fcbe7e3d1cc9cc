"""How a function of Terraform's is declared here, and how it is called: arguments made to fit, unknowns, marks.

Source: Terraform, "Built-in Functions"; ``cty/function`` for what an unknown or a sensitive argument makes of the
result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from planguard.plan.source.evaluation.value import (
    UNKNOWN,
    Marked,
    NoValueError,
    UnknownValue,
    marked,
    plain,
    to_bool,
    to_number,
    to_string,
    unmarked,
)

_UNKNOWN, _MARKED = 1, 2
_WRONG = (TypeError, ValueError, LookupError, AttributeError, OverflowError, ArithmeticError)


class Function(msgspec.Struct, frozen=True):
    """One function.

    :ivar parameters: a letter for each: ``s`` string, ``n`` number, ``b`` bool, ``l`` list or set, ``L`` the same
        of strings, ``m`` map, ``a`` anything; ``*`` repeats the last
    :ivar shallow: what is unknown or sensitive within its arguments does not concern it
    :ivar lenient: it takes unknown arguments and says itself what comes of them
    """

    run: Callable[..., Any]
    parameters: str
    shallow: bool = False
    lenient: bool = False


def shallow(run: Callable[..., Any], parameters: str) -> Function:
    """A function that moves elements about without looking at them."""
    return Function(run, parameters, shallow=True)


def lenient(run: Callable[..., Any], parameters: str) -> Function:
    """A function that takes unknown arguments."""
    return Function(run, parameters, shallow=True, lenient=True)


def call(function: Function, arguments: Sequence[Any]) -> Any:
    """The result of a function.

    :raises NoValueError: the arguments are wrong
    """
    state = 0
    for argument in arguments:
        state |= _inspect(argument)
    sensitive = False
    if state & _MARKED:
        sensitive = not function.shallow or any(type(argument) is Marked for argument in arguments)
        arguments = [unmarked(argument) if function.shallow else plain(argument) for argument in arguments]
    if state & _UNKNOWN and not function.lenient:
        own = UNKNOWN in arguments if function.shallow else True
        if own:
            return marked(UNKNOWN) if sensitive else UNKNOWN
    result = _run(function, arguments)
    return marked(result) if sensitive else result


def _run(function: Function, arguments: Sequence[Any]) -> Any:
    letters = function.parameters
    if letters.endswith("*"):
        letters = letters[:-1] + letters[-2] * (len(arguments) - len(letters) + 1)
    if len(arguments) > len(letters):
        raise NoValueError("too many arguments")
    try:
        return function.run(*[_FIT[letter](one) for letter, one in zip(letters, arguments, strict=False)])
    except _WRONG as error:
        raise NoValueError(f"wrong arguments: {type(error).__name__}") from None


def _inspect(value: Any) -> int:
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return 0
    if kind is UnknownValue:
        return _UNKNOWN
    if kind is Marked:
        return _MARKED | _inspect(value.value)
    found = 0
    if isinstance(value, dict):
        for inner in value.values():
            found |= _inspect(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            found |= _inspect(inner)
    return found


def _text(value: Any) -> Any:
    return _there(to_string(value))


def _number(value: Any) -> Any:
    return _there(to_number(value))


def _bool(value: Any) -> Any:
    return _there(to_bool(value))


def _there(value: Any) -> Any:
    if value is None:
        raise NoValueError("an argument is null")
    return value


def _list(value: Any) -> Any:
    if value is UNKNOWN:
        return value
    if not isinstance(value, list | tuple):
        raise NoValueError("a list is needed")
    return value


def _texts(value: Any) -> Any:
    return [to_string(one) for one in _list(value)]


def _map(value: Any) -> Any:
    if value is UNKNOWN:
        return value
    if not isinstance(value, dict):
        raise NoValueError("a map is needed")
    return value


_FIT: dict[str, Callable[[Any], Any]] = {
    "s": _text,
    "n": _number,
    "b": _bool,
    "l": _list,
    "L": _texts,
    "m": _map,
    "a": lambda value: value,
}
