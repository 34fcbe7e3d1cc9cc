"""What can be said of values with unknown parts: truth, equality, membership, in Kleene's three-valued logic.

An answer is ``True``, ``False`` or the :class:`Unknown` that it hangs on. The one law: an answer of ``True`` or
``False`` holds whatever the unknown parts turn out to be, null and absent list elements included.

Unknowns are told by ``type(x) is Unknown`` only, and never by identity: an operation on an unknown hands the same
unknown on, so that two equal objects may stand for two different values (``x`` and ``length(x)``, say).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from planguard.errors import EvaluationError
from planguard.plan.unknown import PartialList, Step, Unknown, origin_of, path_of

Truth = bool | Unknown
Evaluate = Callable[[Any], Any]
Test = Callable[[Any], Truth]


class Uncertain:
    """A list of which it is not certain what it holds, or in what order.

    :ivar definite: elements that are in it in any case, in no certain order; an Unknown among them is one element
        whose value is unknown
    :ivar possible: everything that may be in it besides, each any number of times; an Unknown among them stands
        for any elements at all
    :ivar why: the unknown that it hangs on
    """

    __slots__ = ("definite", "possible", "why")

    def __init__(self, definite: list[Any], possible: list[Any], why: Unknown) -> None:
        self.definite = definite
        self.possible = possible
        self.why = why


class Expression:
    """An expression that a function is to apply (``&name``)."""

    __slots__ = ("evaluate",)

    def __init__(self, evaluate: Evaluate) -> None:
        self.evaluate = evaluate


LISTS = frozenset({list, PartialList})
CONTAINERS = frozenset({list, PartialList, dict, Uncertain})
SIZED = frozenset({str, list, PartialList, dict})
NUMBERS = frozenset({int, float})

_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    PartialList: "array",
    Uncertain: "array",
    dict: "object",
    Expression: "expref",
}


def kind_of(value: Any) -> str:
    """The JMESPath type of a value: all that an error message may say of it."""
    return _KINDS.get(type(value), "unknown")


class _Detached(tuple[Step, ...]):
    """The place of an unknown that a result hangs on: what is read of the result does not stand below it."""

    __slots__ = ()


def detached(unknown: Unknown) -> Unknown:
    """The unknown that a computed value hangs on, as that value: its fields are no fields of the document."""
    return Unknown(_Detached(path_of(unknown)), origin_of(unknown))


def is_detached(unknown: Unknown) -> bool:
    """Whether an unknown stands for a computed value, and not for one of the document."""
    return type(path_of(unknown)) is _Detached


def below(unknown: Unknown, step: Step) -> Unknown:
    """A field or an element of an unknown value."""
    return unknown if is_detached(unknown) else unknown[step]


def refuse_foreign(value: Any) -> None:
    """Refuse what no JSON has, a subclass of ``str`` say: types decide here, and it would quietly fit none.

    :raises EvaluationError: when the value is of such a type
    """
    if type(value) not in _KINDS:
        raise EvaluationError(f"value of Python type `{type(value).__name__}` is no JSON value")


def uncertain_list(definite: list[Any], possible: list[Any], why: Unknown) -> list[Any] | Uncertain:
    """A list of these elements; a plain one where nothing is left open, not even the order."""
    if not possible and len(definite) < 2:
        return definite
    return Uncertain(definite, possible, why)


def truth(value: Any) -> Truth:
    """Whether a value counts as true: null, false, and what is empty do not; 0 does."""
    if value is True or value is False:
        return bool(value)
    if value is None:
        return False
    kind = type(value)
    if kind in SIZED:
        return len(value) > 0
    if kind is Unknown:
        return value  # type: ignore[no-any-return]
    if kind is Uncertain and not value.definite:
        return value.why if value.possible else False
    refuse_foreign(value)
    return True


def negate(answer: Truth) -> Truth:
    """The opposite of an answer; what is unknown stays so."""
    if answer is True:
        return False
    return True if answer is False else answer


def guarded(evaluate: Evaluate, value: Any, doubt: Unknown) -> Any:
    """What an expression gives that will perhaps not be reached: an error in it is only a possible error."""
    try:
        return evaluate(value)
    except EvaluationError:
        return detached(doubt)


def equals(left: Any, right: Any) -> Truth:
    """``left == right`` as JMESPath sees it: unlike in Python, ``1`` is not ``true``."""
    kind, other = type(left), type(right)
    if kind is Unknown:
        return left  # type: ignore[no-any-return]
    if other is Unknown:
        return right  # type: ignore[no-any-return]
    if kind in CONTAINERS or other in CONTAINERS:
        return same(left, right)
    if kind is bool or other is bool:
        return left is right
    return bool(left == right)


def same(left: Any, right: Any) -> Truth:
    """``left == right`` for parts of containers, where the library leaves the comparison to Python."""
    kind, other = type(left), type(right)
    if kind is Unknown:
        return left  # type: ignore[no-any-return]
    if other is Unknown:
        return right  # type: ignore[no-any-return]
    if kind in CONTAINERS or other in CONTAINERS:
        return _same_containers(left, right)
    return left is right or bool(left == right)


def _same_containers(left: Any, right: Any) -> Truth:
    kind, other = type(left), type(right)
    if kind in LISTS and other in LISTS:
        return len(left) == len(right) and _all_same(zip(elements(left), elements(right), strict=True))
    if kind is dict and other is dict:
        return left.keys() == right.keys() and _all_same((found, right[key]) for key, found in left.items())
    if kind is Uncertain:
        return _same_uncertain(left, right)
    return _same_uncertain(right, left) if other is Uncertain else False


def _all_same(pairs: Iterator[tuple[Any, Any]]) -> Truth:
    doubt: Unknown | None = None
    for left, right in pairs:
        answer = same(left, right)
        if answer is False:
            return False
        if answer is not True and doubt is None:
            doubt = answer
    return True if doubt is None else doubt


def _same_uncertain(left: Uncertain, right: Any) -> Truth:
    if type(right) is Uncertain:
        return left.why
    if type(right) not in LISTS:
        return False
    fewest = len(left.definite)
    if fewest > len(right) or (not left.possible and fewest != len(right)):
        return False
    if any(among(element, right) is False for element in left.definite):
        return False
    return left.why


def among(wanted: Any, array: Any) -> Truth:
    """Whether a value is an element of an array (list, PartialList or Uncertain)."""
    doubt: Unknown | None = None
    for element in array.definite if type(array) is Uncertain else elements(array):
        answer = same(element, wanted)
        if answer is True:
            return True
        if answer is not False and doubt is None:
            doubt = answer
    if doubt is None and type(array) is Uncertain:
        if any(same(element, wanted) is not False for element in array.possible):
            return array.why
        return False
    return False if doubt is None else doubt


def elements(array: list[Any]) -> Iterator[Any]:
    """The elements in the order of their indexes; a PartialList has an order of its own, and raises at its end."""
    return list.__iter__(array)


def first_unknown(value: Any) -> Unknown | None:
    """The first unknown anywhere in a value."""
    kind = type(value)
    if kind is Unknown:
        return value  # type: ignore[no-any-return]
    if kind is Uncertain:
        return value.why  # type: ignore[no-any-return]
    if kind is dict:
        parts = iter(value.values())
    elif kind in LISTS:
        parts = elements(value)
    else:
        return None
    return next((found for part in parts if (found := first_unknown(part)) is not None), None)


def settled(value: Any) -> Any:
    """A value to hand out: what is uncertain in it becomes Unknown, the rest is left as it is."""
    return _settle(value) if _is_unsettled(value) else value


def _is_unsettled(value: Any) -> bool:
    kind = type(value)
    if kind is dict:
        return any(map(_is_unsettled, value.values()))
    if kind is list:
        return any(map(_is_unsettled, value))
    return kind is Uncertain


def _settle(value: Any) -> Any:
    kind = type(value)
    if kind is Uncertain:
        return value.why
    if kind is dict:
        return {key: _settle(part) for key, part in value.items()}
    return [_settle(part) for part in value] if kind is list else value
