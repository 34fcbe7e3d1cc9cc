"""A slow evaluator of AWS policies: one document, one concrete request, yes or no.

It is written straight from the IAM User Guide, on concrete values: no sets of texts, no automata, and nothing of
``planguard.access`` decides anything here. Tests ask it whether the fast comparison is right.

Sources, all of the IAM User Guide: "Policy evaluation logic"; "IAM JSON policy elements" (Effect, Principal,
NotPrincipal, Action, NotAction, Resource, NotResource, Condition, Version); "Condition operators"; "Single-valued vs.
multivalued context keys"; "Variables and tags".
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

Text = tuple[str, ...]
"""A pattern in pieces: one character each, with the wildcards as ``ANY`` and ``ONE``."""

FIRST_SYMBOL = "\U000f0000"
"""Private characters from here on stand for whole values that are not known; no ``?`` matches one."""
ANY, ONE, ANY_IN_PART, ONE_IN_PART = "any", "one", "any in part", "one in part"


@dataclass(frozen=True)
class Request:
    """One concrete request.

    :ivar principal: with its kind before it, as in ``AWS:arn:aws:iam::111122223333:role/a``
    :ivar context: the condition keys that are there, with one value or a list of values
    """

    principal: str
    action: str
    resource: str
    context: Mapping[str, str | list[str]] = field(default_factory=dict)


class Unresolved(Exception):
    """A policy variable has no value in this request: "causes the statement to be invalid"."""


def allowed(document: Mapping[str, Any], request: Request, *, now: datetime | None = None) -> bool:
    """Whether one policy allows one request: some statement allows it and none denies it.

    :param now: what ``aws:CurrentTime`` and ``aws:EpochTime`` are where the request does not say
    """
    context = _context(request.context, now)
    document = {key.lower(): value for key, value in document.items()}
    has_variables = document.get("version") == "2012-10-17"
    effects = {
        str(statement["effect"]).lower()
        for statement in map(_lowered, _listed(document.get("statement", [])))
        if _applies(statement, request, context, has_variables)
    }
    return "allow" in effects and "deny" not in effects


def _context(context: Mapping[str, str | list[str]], now: datetime | None) -> dict[str, list[str]]:
    found = {key.lower(): [value] if isinstance(value, str) else list(value) for key, value in context.items()}
    if now is not None:
        found.setdefault("aws:currenttime", [now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")])
        found.setdefault("aws:epochtime", [str(int(now.timestamp()))])
    return {key: values for key, values in found.items() if values}


def _lowered(statement: Mapping[str, Any]) -> dict[str, Any]:
    return {key.lower(): value for key, value in statement.items()}


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _applies(
    statement: Mapping[str, Any], request: Request, context: Mapping[str, list[str]], has_variables: bool
) -> bool:
    def resolve(text: Any) -> Text:
        return pieces(_said(text), context if has_variables else None)

    try:
        return (
            _principal_is_meant(statement, request.principal)
            and _action_is_meant(statement, request.action)
            and _resource_is_meant(statement, request.resource, resolve)
            and all(
                line_holds(operator, values, context.get(key.lower(), []), resolve)
                for operator, keys in (statement.get("condition") or {}).items()
                for key, values in keys.items()
            )
        )
    except Unresolved:
        return False


# -- who, what and on what -----------------------------------------------------------------------------------------


def _principal_is_meant(statement: Mapping[str, Any], principal: str) -> bool:
    if "notprincipal" in statement:
        return not _is_among(principal, statement["notprincipal"])
    return "principal" not in statement or _is_among(principal, statement["principal"])


def _is_among(principal: str, named: Any) -> bool:
    if isinstance(named, str):
        named = {"AWS": named}
    return any(_is_principal(principal, kind, name) for kind, names in named.items() for name in _listed(names))


def _is_principal(principal: str, kind: str, name: str) -> bool:
    if name == "*" and kind == "AWS":  # "Principal": "*" and {"AWS": "*"} are equivalent: everybody
        return True
    own_kind, _, own = principal.partition(":")
    if own_kind != kind:
        return False
    account = _account_of_root(name) if kind == "AWS" else None
    if account is not None and own != name:
        part = own.split(":", 5)
        return len(part) == 6 and part[0] == "arn" and part[2] in {"iam", "sts"} and part[4] == account
    return own == name or name == "*"


def _account_of_root(name: str) -> str | None:
    """The account that is named as a whole, by its number or as its root."""
    found = re.fullmatch(r"(?:arn:[^:]*:iam::)?(\d{12})(?::root)?", name)
    return found[1] if found and (name.endswith(":root") == name.startswith("arn:")) else None


def _action_is_meant(statement: Mapping[str, Any], action: str) -> bool:
    def is_one(patterns: Any) -> bool:
        return any(matches(pieces(str(one).lower()), action.lower()) for one in _listed(patterns))

    return not is_one(statement["notaction"]) if "notaction" in statement else is_one(statement["action"])


def _resource_is_meant(statement: Mapping[str, Any], resource: str, resolve: Callable[[Any], Text]) -> bool:
    def is_one(patterns: Any) -> bool:
        return any([matches(resolve(one), resource) for one in _listed(patterns)])  # noqa: C419  (all are resolved)

    if "notresource" in statement:
        return not is_one(statement["notresource"])
    return "resource" not in statement or is_one(statement["resource"])


# -- patterns ------------------------------------------------------------------------------------------------------


def pieces(text: str, context: Mapping[str, list[str]] | None = None) -> Text:
    """A pattern in pieces, with its variables replaced where there is a context to take them from.

    What comes out of a variable is literal, and so are ``${*}``, ``${?}`` and ``${$}``.

    :raises Unresolved: a variable without a default value is not in the request
    """
    return tuple(_pieces(text, context))


def _pieces(text: str, context: Mapping[str, list[str]] | None) -> Iterator[str]:
    at = 0
    while at < len(text):
        end = text.find("}", at) if context is not None and text.startswith("${", at) else -1
        if end > 0:
            yield from _value_of(text[at + 2 : end], context or {})
            at = end + 1
        else:
            yield {"*": ANY, "?": ONE}.get(text[at], text[at])
            at += 1


def _value_of(inside: str, context: Mapping[str, list[str]]) -> str:
    if inside in {"*", "?", "$"}:
        return inside
    key, comma, default = inside.partition(",")
    values = context.get(key.strip().lower(), [])
    if len(values) == 1:
        return values[0]
    if comma:
        return default.strip().strip("'")
    raise Unresolved(inside)


def matches(pattern: Text, text: str) -> bool:
    """Whether a text is one that a pattern means: the plain recursion over both, from the left."""
    if not pattern:
        return not text
    piece, rest = pattern[0], pattern[1:]
    if piece in {ANY, ANY_IN_PART}:
        stops = not text or (piece == ANY_IN_PART and text[0] == ":")
        return matches(rest, text) or (not stops and matches(pattern, text[1:]))
    if not text or (piece == ONE_IN_PART and text[0] == ":"):
        return False
    is_one = piece in {ONE, ONE_IN_PART} and text[0] < FIRST_SYMBOL
    return (is_one or piece == text[0]) and matches(rest, text[1:])


# -- conditions ----------------------------------------------------------------------------------------------------


def line_holds(operator: str, values: Any, present: list[str], resolve: Callable[[Any], Text]) -> bool:
    """Whether one operator holds for one key: ``present`` are its values in the request, none if it is absent."""
    wanted = _listed(values)
    quantifier, colon, name = operator.partition(":")
    if not colon:
        quantifier, name = "", operator
    quantifier, name = quantifier.lower(), name.lower()
    if name == "null":
        return any(_said(one).lower() == ("false" if present else "true") for one in wanted)
    if name.endswith("ifexists"):
        name = name.removesuffix("ifexists")
        if not present:
            return True
    negated, test = _TESTS[name]

    def holds(value: str) -> bool:
        return any([test(value, one, resolve) for one in wanted]) != negated  # noqa: C419  (all are resolved)

    if quantifier == "forallvalues":  # "also returns true if there are no keys in the request, or if the key value
        return all(map(holds, filter(None, present)))  # resolves to a null data set, such as an empty string"
    if quantifier == "foranyvalue":
        return any(map(holds, filter(None, present)))
    # "Multivalued context keys require a set operator"; without one, the line is taken to ask for any match, or none.
    return all(map(holds, present)) if negated else any(map(holds, present))


def _said(value: Any) -> str:
    """A value of a policy as text: JSON's true and 10 are "true" and "10"."""
    return str(value).lower() if isinstance(value, bool) else str(value)


Resolve = Callable[[Any], Text]
Test = Callable[[str, Any, Resolve], bool]


def _equals(value: str, wanted: Any, resolve: Resolve) -> bool:
    return "".join({ANY: "*", ONE: "?"}.get(one, one) for one in resolve(wanted)) == value


def _equals_without_case(value: str, wanted: Any, resolve: Resolve) -> bool:
    return "".join({ANY: "*", ONE: "?"}.get(one, one) for one in resolve(wanted)).lower() == value.lower()


def _is_like(value: str, wanted: Any, resolve: Resolve) -> bool:
    return matches(resolve(wanted), value)


def _is_arn_like(value: str, wanted: Any, resolve: Resolve) -> bool:
    """Each of the six parts between colons is checked separately, and each can include wildcards."""
    pattern = resolve(wanted)
    if pattern == (ANY,):
        return True
    if any(len(piece) == 1 and piece >= "\U000f0000" for piece in pattern):
        return matches(pattern, value)  # what stands for an ARN that is not known yet has no parts
    parts, own = _parts(pattern), value.split(":", 5)
    return len(parts) == len(own) == 6 and all(matches(part, text) for part, text in zip(parts, own, strict=True))


def _parts(pattern: Text) -> list[Text]:
    parts: list[list[str]] = [[]]
    for piece in pattern:
        if piece == ":" and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(piece)
    return [tuple(part) for part in parts]


def _number_test(holds: Callable[[Decimal, Decimal], bool]) -> Test:
    def test(value: str, wanted: Any, _: Resolve) -> bool:
        try:
            return holds(Decimal(value), Decimal(_said(wanted)))
        except InvalidOperation:
            return False

    return test


def _date_test(holds: Callable[[float, float], bool]) -> Test:
    def test(value: str, wanted: Any, _: Resolve) -> bool:
        own, other = moment_of(value), moment_of(_said(wanted))
        return own is not None and other is not None and holds(own, other)

    return test


def moment_of(text: str) -> float | None:
    """A date of W3C's profile of ISO 8601, or an epoch, as seconds since 1970; None where it is neither."""
    if re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
        text += "-01-01"[len(text) - 4 :]
    elif re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _is_bool(value: str, wanted: Any, _: Resolve) -> bool:
    return value.lower() == _said(wanted).lower() and value.lower() in {"true", "false"}


def _is_binary(value: str, wanted: Any, _: Resolve) -> bool:
    try:
        return base64.b64decode(value, validate=True) == base64.b64decode(_said(wanted), validate=True)
    except (binascii.Error, ValueError):
        return False


def _is_address_in(value: str, wanted: Any, _: Resolve) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(_said(wanted), strict=False)
    except ValueError:
        return False


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda own, other: own == other,
    "lessthan": lambda own, other: own < other,
    "lessthanequals": lambda own, other: own <= other,
    "greaterthan": lambda own, other: own > other,
    "greaterthanequals": lambda own, other: own >= other,
}
_TESTS: dict[str, tuple[bool, Test]] = {
    "stringequals": (False, _equals),
    "stringnotequals": (True, _equals),
    "stringequalsignorecase": (False, _equals_without_case),
    "stringnotequalsignorecase": (True, _equals_without_case),
    "stringlike": (False, _is_like),
    "stringnotlike": (True, _is_like),
    "arnequals": (False, _is_arn_like),
    "arnlike": (False, _is_arn_like),
    "arnnotequals": (True, _is_arn_like),
    "arnnotlike": (True, _is_arn_like),
    "bool": (False, _is_bool),
    "binaryequals": (False, _is_binary),
    "ipaddress": (False, _is_address_in),
    "notipaddress": (True, _is_address_in),
    **{f"numeric{name}": (False, _number_test(holds)) for name, holds in _ORDERS.items()},
    **{f"date{name}": (False, _date_test(holds)) for name, holds in _ORDERS.items()},
    "numericnotequals": (True, _number_test(_ORDERS["equals"])),
    "datenotequals": (True, _date_test(_ORDERS["equals"])),
}
OPERATORS: Iterable[str] = tuple(_TESTS)
