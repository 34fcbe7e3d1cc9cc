"""The slow evaluator for clauses: what an access says of one concrete request, clause by clause and line by line.

Only the shape of clauses is taken from ``planguard.access``; what patterns and operators mean is the reference's own.
Symbols are characters of the request as well: a symbol is matched by itself and by stars.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from planguard.access.model import Access, Clause, Predicate, Terms, Witness
from planguard.access.pattern import LITERAL_QUESTION, LITERAL_STAR, ONE_IN_PART, STAR_IN_PART
from tests.access.reference import ANY, ANY_IN_PART, FIRST_SYMBOL, ONE, Text, line_holds, matches
from tests.access.reference import ONE_IN_PART as ONE_CHARACTER_IN_PART

_SIGNS = {
    "*": ANY, "?": ONE, STAR_IN_PART: ANY_IN_PART, ONE_IN_PART: ONE_CHARACTER_IN_PART, LITERAL_STAR: "*",
    LITERAL_QUESTION: "?",
}  # fmt: skip
_WITHOUT_VARIABLES = ("numeric", "date", "ipaddress", "notipaddress", "null")


def access_allows(access: Access, witness: Witness, reading: str) -> bool:
    """Whether an access lets a request through, in the reading ``must`` or ``may``.

    What must be: exact and lower clauses that allow, and exact and upper ones that deny. What may be: the opposite.
    """
    within = all(_allows(limit, witness, reading) for limit in access.limits)
    return within and _allows(access.clauses, witness, reading)


def _allows(clauses: Iterable[Clause], witness: Witness, reading: str) -> bool:
    effects = set()
    for clause in clauses:
        wanted = "lower" if (clause.effect == "allow") == (reading == "must") else "upper"
        if clause.bound in {"exact", wanted} and clause_means(clause, witness):
            effects.add(clause.effect)
    return effects == {"allow"}


def clause_means(clause: Clause, witness: Witness) -> bool:
    """Whether a request is one of those that a clause is about."""
    return (
        _is_among(clause.actions, witness.action)
        and _is_among(clause.resources, witness.resource)
        and _is_among(clause.principals, witness.principal)
        and all(_holds(predicate, witness.context) for predicate in clause.predicates)
    )


def _is_among(terms: Terms, text: str) -> bool:
    included = any(matches(_pieces(one), text) for one in terms.include)
    return included and not any(matches(_pieces(one), text) for one in terms.exclude)


def _pieces(pattern: Any) -> Text:
    return tuple(_SIGNS.get(char, char) for char in str(pattern))


def _holds(predicate: Predicate, context: Mapping[str, str | list[str]]) -> bool:
    folded = {key.lower(): value for key, value in context.items()}
    operator = predicate.operator.lower().rpartition(":")[2]
    has_symbol = any(char >= FIRST_SYMBOL for value in predicate.values for char in value)
    if operator == "expression" or (has_symbol and operator.startswith(_WITHOUT_VARIABLES)):
        # Nobody can say what it comes to: the request says whether it holds.
        return folded.get((predicate.key or " ".join(predicate.values)).lower()) == "true"
    value = folded.get(predicate.key.lower(), [])
    present = [value] if isinstance(value, str) else list(value)
    return line_holds(predicate.operator, list(predicate.values), present, _pieces)
