"""And, or, not; in three places, in which the same operators mean different things.

*Truth* is asked for by a filter, by ``!`` and by the operands of ``&&`` and ``||`` there: any value will do, and
unknown combines as in Kleene's logic. A *value* is asked for everywhere else: ``a || b`` is then one of its
operands, and of an unknown operand it is not known which. The *root* of a condition must come out as true or false
and nothing else; an unknown that would make it something else would be an error and no other answer, so that
``unknown || true`` is true there.
"""

from __future__ import annotations

from typing import Any

from planguard.engine.condition.three_valued import Evaluate, Test, Truth, detached, guarded, kind_of, negate, truth
from planguard.errors import EvaluationError
from planguard.plan.unknown import Unknown


def truth_of_field(name: str, read: Evaluate) -> Test:
    """Whether a field is true. ``read`` reads the same field, of anything."""

    def test(value: Any) -> Truth:
        if type(value) is dict:
            found = value.get(name)
            if found is True or found is False:
                return found
            return truth(found)
        return truth(read(value))

    return test


def truth_of_value(read: Evaluate) -> Test:
    """Whether what ``read`` gives is true."""

    def test(value: Any) -> Truth:
        return truth(read(value))

    return test


def inverted(test: Test) -> Test:
    """``!test``"""

    def invert(value: Any) -> Truth:
        answer = test(value)
        if answer is True:
            return False
        return True if answer is False else negate(answer)

    return invert


def both(left: Test, right: Test) -> Test:
    """``left && right`` of two answers."""

    def test(value: Any) -> Truth:
        answer = left(value)
        if answer is True:
            return right(value)
        if answer is False or guarded(right, value, answer) is False:
            return False
        return answer

    return test


def either(left: Test, right: Test) -> Test:
    """``left || right`` of two answers."""

    def test(value: Any) -> Truth:
        answer = left(value)
        if answer is False:
            return right(value)
        if answer is True or guarded(right, value, answer) is True:
            return True
        return answer

    return test


def last_if_true(left: Evaluate, right: Evaluate, *, false_only: bool) -> Evaluate:
    """``left && right`` as a value. ``false_only``: where left is not true, it can only be ``false``."""

    def choose(value: Any) -> Any:
        found = left(value)
        answer = truth(found)
        if answer is True:
            return right(value)
        if answer is False:
            return found
        return False if false_only and guarded(right, value, answer) is False else detached(answer)

    return choose


def first_if_true(left: Evaluate, right: Evaluate, *, true_only: bool) -> Evaluate:
    """``left || right`` as a value. ``true_only``: where left counts as true, it can only be ``true``."""

    def choose(value: Any) -> Any:
        found = left(value)
        answer = truth(found)
        if answer is True:
            return found
        if answer is False:
            return right(value)
        return True if true_only and guarded(right, value, answer) is True else detached(answer)

    return choose


def strict(read: Evaluate) -> Test:
    """A root that is not made of && and ||.

    :raises EvaluationError: when evaluated, where the value is neither true nor false
    """

    def decide(value: Any) -> Truth:
        found = read(value)
        if found is True or found is False or type(found) is Unknown:
            return found
        raise not_boolean(found)

    return decide


def root_and(test: Test, left: Evaluate, right: Test) -> Test:
    """``left && right`` as the root of a condition. ``test`` is the truth of ``left``, ``right`` a root."""

    def decide(value: Any) -> Truth:
        answer = test(value)
        if answer is True:
            return right(value)
        if answer is False:
            found = left(value)
            if found is False or type(found) is Unknown:
                return False
            raise not_boolean(found)
        return False if guarded(right, value, answer) is False else answer

    return decide


def root_or(test: Test, left: Evaluate, right: Test) -> Test:
    """``left || right`` as the root of a condition. ``test`` is the truth of ``left``, ``right`` a root."""

    def decide(value: Any) -> Truth:
        answer = test(value)
        if answer is False:
            return right(value)
        if answer is True:
            found = left(value)
            if found is True or type(found) is Unknown:
                return True
            raise not_boolean(found)
        return True if guarded(right, value, answer) is True else answer

    return decide


def not_boolean(value: Any) -> EvaluationError:
    """The error of a condition that came out as something else; it names the type and never the value."""
    kind = kind_of(value)
    if kind == "null":
        hint = "a field that is not there is null: compare it (x == `true`) or give a default (x || `false`)"
    else:
        hint = "compare it with something, or ask for its `length()`"
    return EvaluationError(f"condition came out as {kind}, not true or false", hint)
