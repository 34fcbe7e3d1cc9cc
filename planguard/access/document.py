"""AWS's policy documents: their statements as clauses.

Source: IAM User Guide, "IAM JSON policy element reference" (Statement, Effect, Principal, NotPrincipal, Action,
NotAction, Resource, NotResource, Condition) and "Policy elements: Variables and tags".

A part of a document may be unknown: an :class:`~planguard.plan.unknown.Unknown` in place of a value, of an element
of a list, or of a whole statement. Then there is a lower clause, of what the statement grants whatever the part turns
out to be, and an upper one, of what it may grant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct

from planguard.access.condition import split_operator
from planguard.access.model import (
    ALLOW,
    ANYTHING,
    DENY,
    LOWER,
    UPPER,
    Clause,
    Origin,
    Predicate,
    Terms,
)
from planguard.access.pattern import LITERAL_QUESTION, LITERAL_STAR, symbol
from planguard.plan.unknown import is_unknown

_VARIABLES_SINCE = "2012-10-17"
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_SIGNS = {"*": LITERAL_STAR, "?": LITERAL_QUESTION, "$": "$"}
_ACCOUNT = re.compile(r"arn:([^:]*):iam::([^:]+):root")
_KINDS = {"aws": "AWS", "service": "Service", "federated": "Federated", "canonicaluser": "CanonicalUser"}
_ELEMENTS = {
    "sid", "effect", "principal", "notprincipal", "action", "notaction", "resource", "notresource", "condition",
}  # fmt: skip


class DocumentError(ValueError):
    """What is given is no policy document; the text is one clause that says why."""


class _Span(Struct, frozen=True):
    """One side of a statement in both readings; without a lower one nothing is granted for certain."""

    lower: Terms | None
    upper: Terms


class _Lines(Struct, frozen=True):
    """The condition of a statement in both readings; without a lower one it holds never for certain."""

    lower: tuple[Predicate, ...] | None
    upper: tuple[Predicate, ...]


def parse_document(document: dict[str, Any], *, address: str, attribute: str = "") -> tuple[Clause, ...]:
    """The statements of an AWS policy document of any kind as clauses.

    :param document: parsed JSON; tolerant as AWS is: one statement or a list, one text or a list
    :param address: the resource or file that it is of, for the origins
    :raises DocumentError: it is no policy document
    """
    if is_unknown(document):
        return _anything(Origin(address, attribute))
    elements = _elements(document, "the policy document")
    if "statement" not in elements:
        raise DocumentError("the policy document has no `Statement`")
    version = elements.get("version")
    has_variables = is_unknown(version) or version == _VARIABLES_SINCE
    found: list[Clause] = []
    for number, statement in enumerate(_listed(elements["statement"])):
        place = f"Statement[{number}]"
        if is_unknown(statement):
            found += _anything(Origin(address, attribute, place))
            continue
        parts = _elements(statement, place)
        sid = parts.get("sid")
        name = sid if _is_a(sid, str) and sid else place
        found += _clauses(parts, place, Origin(address, attribute, name), has_variables=has_variables)
    return tuple(found)


def is_about_principals(document: dict[str, Any]) -> bool | None:
    """Whether a document says who: it is the policy of a resource, or of who may become a role.

    None where a statement is not known and none of the others says who.

    :raises DocumentError: it is no policy document
    """
    if is_unknown(document):
        return None
    statements = list(_listed(_elements(document, "the policy document").get("statement", ())))
    names = [_elements(each, "a statement") for each in statements if not is_unknown(each)]
    if any("principal" in each or "notprincipal" in each for each in names):
        return True
    return False if len(names) == len(statements) else None


def _is_a(value: object, *kinds: type) -> bool:
    """``isinstance`` that is false of what is not known."""
    return not is_unknown(value) and isinstance(value, kinds)


def _anything(origin: Origin) -> tuple[Clause, ...]:
    """A statement of which nothing is known: it may allow anything, and it may deny anything."""
    return Clause(ALLOW, Terms(), origin=origin, bound=UPPER), Clause(DENY, Terms(), origin=origin, bound=UPPER)


def _elements(value: object, place: str) -> dict[str, Any]:
    """The elements of an object by their names in lower case."""
    if is_unknown(value) or not isinstance(value, dict):
        raise DocumentError(f"{place} is no JSON object")
    return {str(name).lower(): element for name, element in value.items()}


def _listed(value: Any) -> Iterator[Any]:
    """The elements of a list, or the one that stands for it; unknown ones included."""
    if _is_a(value, list, tuple):
        yield from list.__iter__(value) if isinstance(value, list) else value
    else:
        yield value


def _clauses(parts: dict[str, Any], place: str, origin: Origin, *, has_variables: bool) -> list[Clause]:
    unknown_elements = sorted(set(parts) - _ELEMENTS)
    if unknown_elements:
        raise DocumentError(f"{place} has an element `{unknown_elements[0]}`, which no statement has")
    substitute = _with_variables if has_variables else _as_it_is
    sides = (
        _texts(parts, "action", place, str.lower),
        _texts(parts, "resource", place, substitute, is_required=False),
        _principals(parts, place),
    )
    lines = _lines(parts.get("condition"), place, substitute)
    effects = _effects(parts.get("effect"), place)
    is_exact = len(effects) == 1 and all(side.lower == side.upper for side in sides) and lines.lower == lines.upper
    if is_exact:
        return [Clause(effects[0], sides[0].upper, sides[1].upper, sides[2].upper, lines.upper, origin)]
    found = []
    who_and_what = [side.lower for side in sides if side.lower is not None]
    if len(effects) == 1 and len(who_and_what) == len(sides) and lines.lower is not None:
        actions, resources, principals = who_and_what
        found.append(Clause(effects[0], actions, resources, principals, lines.lower, origin, LOWER))
    actions, resources, principals = (side.upper for side in sides)
    found += (Clause(effect, actions, resources, principals, lines.upper, origin, UPPER) for effect in effects)
    return found


def _effects(effect: object, place: str) -> tuple[str, ...]:
    """The effects that a statement may have."""
    if is_unknown(effect):
        return ALLOW, DENY
    found = str(effect).lower()
    if found not in {ALLOW, DENY}:
        raise DocumentError(f"{place} has no `Effect` that is Allow or Deny")
    return (found,)


# -- actions, resources, principals --------------------------------------------------------------------------------


def _texts(
    parts: dict[str, Any], name: str, place: str, convert: Callable[[str], str], *, is_required: bool = True
) -> _Span:
    is_given, is_excluding = name in parts, f"not{name}" in parts
    if is_given and is_excluding:
        raise DocumentError(f"{place} has both `{name}` and `not{name}`")
    if not is_given and not is_excluding:
        if is_required:
            raise DocumentError(f"{place} has neither `{name}` nor `not{name}`")
        return _Span(Terms(), Terms())
    patterns: list[str] = []
    missing: list[str] = []
    for value in _listed(parts[f"not{name}" if is_excluding else name]):
        if is_unknown(value):
            missing = ["*"]
        else:
            patterns.append(convert(_text(value, f"{place}: `{name}`")))
    return _span(patterns, missing, is_excluding=is_excluding)


def _span(patterns: Iterable[str], missing: Iterable[str], *, is_excluding: bool) -> _Span:
    """Patterns, and the widest that those which are not known can be."""
    known, missing = tuple(dict.fromkeys(patterns)), tuple(missing)
    if is_excluding:
        return _Span(None if missing else Terms(ANYTHING, known), Terms(ANYTHING, known))
    widest = ANYTHING if "*" in missing else (*known, *missing)
    return _Span(Terms(known) if known or not missing else None, Terms(widest))


def _principals(parts: dict[str, Any], place: str) -> _Span:
    is_given, is_excluding = "principal" in parts, "notprincipal" in parts
    if is_given and is_excluding:
        raise DocumentError(f"{place} has both `principal` and `notprincipal`")
    if not is_given and not is_excluding:
        return _Span(Terms(), Terms())
    given = parts["notprincipal" if is_excluding else "principal"]
    if is_unknown(given):
        return _span((), ("*",), is_excluding=is_excluding)
    groups = given.items() if isinstance(given, dict) else [("AWS", given)]
    patterns: list[str] = []
    missing: list[str] = []
    for name, values in groups:
        kind = _KINDS.get(str(name).lower(), str(name))
        for value in _listed(values):
            if is_unknown(value):
                missing.append("*" if kind == "AWS" else f"{kind}:*")
            else:
                patterns += _principal_patterns(kind, _text(value, f"{place}: `Principal`"))
    return _span(patterns, dict.fromkeys(missing), is_excluding=is_excluding)


def _principal_patterns(kind: str, text: str) -> Iterator[str]:
    """The patterns of one principal. An account is everybody in it; a ``*`` within an ARN is no wildcard."""
    if text == "*":
        yield "*" if kind == "AWS" else f"{kind}:*"
        return
    if kind == "AWS" and text.isdecimal() and len(text) <= 12:
        text = f"arn:aws:iam::{text.zfill(12)}:root"
    named = _ACCOUNT.fullmatch(text) if kind == "AWS" else None
    literal = text.replace("*", LITERAL_STAR).replace("?", LITERAL_QUESTION)
    if named is None:
        yield f"{kind}:{literal}"
    else:
        yield f"AWS:arn:{named[1]}:iam::{named[2]}:*"
        yield f"AWS:arn:{named[1]}:sts::{named[2]}:*"


# -- conditions ----------------------------------------------------------------------------------------------------


def _lines(condition: object, place: str, substitute: Callable[[str], str]) -> _Lines:
    if condition is None:
        return _Lines((), ())
    if is_unknown(condition):
        return _Lines(None, ())
    if not isinstance(condition, dict):
        raise DocumentError(f"{place}: `Condition` is no JSON object")
    lower: list[Predicate] | None = []
    upper: list[Predicate] = []
    for operator, keys in condition.items():
        if is_unknown(keys):
            lower = None
            continue
        if not isinstance(keys, dict):
            raise DocumentError(f"{place}: `{operator}` in `Condition` is no JSON object")
        for key, values in keys.items():
            low, high = _line(str(operator), str(key), values, place, substitute)
            lower = None if lower is None or low is None else [*lower, low]
            upper += [high] if high is not None else []
    return _Lines(None if lower is None else tuple(lower), tuple(upper))


def _line(
    operator: str, key: str, values: object, place: str, substitute: Callable[[str], str]
) -> tuple[Predicate | None, Predicate | None]:
    """One line in both readings: a lower one that is None never holds, an upper one that is None always does."""
    _, name, _ = split_operator(operator)
    takes_variables = name.startswith(("string", "arn", "bool"))
    texts = []
    is_open = False
    for value in _listed(values):
        if is_unknown(value):
            is_open = True
        else:
            text = _text(value, f"{place}: `{key}`")
            texts.append(substitute(text) if takes_variables else text)
    line = Predicate(operator, key, tuple(texts))
    if not is_open:
        return line, line
    # A value more makes a positive line hold more often, and a negated one less often.
    if "not" in name:
        return None, line
    return (line if texts and name != "null" else None), None


def _text(value: object, place: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise DocumentError(f"{place} holds something that is neither a text nor a number")


def _as_it_is(text: str) -> str:
    return text


def _with_variables(text: str) -> str:
    """A text with its policy variables as symbols; their keys are compared without case."""
    return _VARIABLE.sub(_variable, text) if "${" in text else text


def _variable(found: re.Match[str]) -> str:
    sign = _SIGNS.get(found[1])
    if sign is not None:
        return sign
    key, comma, default = found[1].partition(",")
    return symbol(f"{key.strip().lower()}, {default.strip()}" if comma else key.strip().lower())
