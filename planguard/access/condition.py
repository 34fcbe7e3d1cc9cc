"""Operators of conditions, taken apart: what a line of a condition asks of the values of its key.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for multi-valued context
keys". Where the key is not in the request, positive operators do not match and negated ones do; ``…IfExists``
matches; ``ForAllValues:`` matches and ``ForAnyValue:`` does not.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from planguard.access.atoms import Glob, literally
from planguard.access.model import Predicate
from planguard.access.pattern import LITERAL_QUESTION, LITERAL_STAR, ONE_IN_PART, STAR_IN_PART, is_symbol

TEXT, NUMBER, ADDRESS, TRUTH, PRESENCE, OPAQUE = "text", "number", "address", "truth", "presence", "opaque"
ANY_VALUE, ALL_VALUES = "foranyvalue", "forallvalues"
EXPRESSION = "expression"

V6 = 1 << 32
"""Where IPv6 begins, on the one line that both families of addresses lie on."""
LAST_ADDRESS = V6 + (1 << 128) - 1
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")

Interval = tuple[Fraction | None, Fraction | None, bool, bool]
"""From, to (None: without end), and whether each end is in it."""


class Test(Struct, frozen=True):
    """One line of a condition, taken apart.

    :ivar kind: what it compares: texts, numbers (dates are seconds since 1970), addresses, truth values; ``presence``
        asks whether the key is there, ``opaque`` is not understood here and may be anything
    :ivar quantifier: ``foranyvalue``, ``forallvalues`` or nothing
    :ivar is_negated: one value matches when it is none of what is listed
    :ivar when_absent: whether it matches where the key is not in the request
    :ivar globs: for texts and truth values: what a value must match
    :ivar intervals: for numbers and addresses: what a value must be in
    """

    kind: str
    quantifier: str = ""
    is_negated: bool = False
    when_absent: bool = False
    globs: tuple[Glob, ...] = ()
    intervals: tuple[Interval, ...] = ()


_TEXTS = {
    "stringequals": (True, False), "stringequalsignorecase": (True, True), "stringlike": (False, False),
    "binaryequals": (True, False),
}  # fmt: skip
"""Operators on texts: whether they compare literally, and whether they ignore case."""
_NEGATED_TEXTS = {
    "stringnotequals": "stringequals", "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
}  # fmt: skip
_ARNS = {"arnequals": False, "arnlike": False, "arnnotequals": True, "arnnotlike": True}
_RELATIONS = {"equals", "notequals", "lessthan", "lessthanequals", "greaterthan", "greaterthanequals"}


@lru_cache(maxsize=8192)
def parse_predicate(predicate: Predicate) -> Test:
    """A line of a condition, taken apart. What cannot be understood is opaque: equal to itself and no other."""
    quantifier, operator, if_exists = split_operator(predicate.operator)
    found = _test_of(operator, predicate.values)
    if found.kind in {OPAQUE, PRESENCE}:
        return found
    when_absent = quantifier != ANY_VALUE and (found.is_negated or quantifier == ALL_VALUES)
    return Test(found.kind, quantifier, found.is_negated, when_absent or if_exists, found.globs, found.intervals)


def split_operator(operator: str) -> tuple[str, str, bool]:
    """The set operator, the operator itself and whether ``IfExists`` is behind it, in lower case."""
    quantifier, _, name = operator.strip().lower().rpartition(":")
    if name.endswith("ifexists"):
        return quantifier, name.removesuffix("ifexists"), True
    return quantifier, name, False


def _test_of(operator: str, values: tuple[str, ...]) -> Test:
    if operator in _TEXTS or operator in _NEGATED_TEXTS:
        is_literal, ignores_case = _TEXTS[_NEGATED_TEXTS.get(operator, operator)]
        globs = tuple(Glob(literally(value) if is_literal else value, ignores_case) for value in values)
        return Test(TEXT, is_negated=operator in _NEGATED_TEXTS, globs=globs)
    if operator in _ARNS:
        return Test(TEXT, is_negated=_ARNS[operator], globs=tuple(Glob(arn_pattern(value)) for value in values))
    if operator == "bool":
        if any(has_symbol(value) for value in values):
            return Test(OPAQUE)
        return Test(TRUTH, globs=tuple(Glob(literally(value), True) for value in values))
    if operator == "null":
        return _presence(values)
    if operator in {"ipaddress", "notipaddress"}:
        return _addresses(values, is_negated=operator == "notipaddress")
    for prefix, parse in (("numeric", parse_number), ("date", parse_time)):
        if operator.startswith(prefix) and operator.removeprefix(prefix) in _RELATIONS:
            return _numbers(operator.removeprefix(prefix), values, parse)
    return Test(OPAQUE)


def arn_pattern(value: str) -> str:
    """The pattern of an ARN operator: wildcards do not cross a colon, but in the last of the six parts.

    A lone ``*`` matches everything. Where there are fewer parts than six, the last one is taken for the rest.
    """
    if value.strip("*") == "":
        return value
    *parts, last = value.split(":", 5)
    within = [part.replace("*", STAR_IN_PART).replace("?", ONE_IN_PART) for part in parts]
    return ":".join([*within, last])


def _presence(values: tuple[str, ...]) -> Test:
    """``Null``: ``when_absent`` says that the key may be absent, ``is_negated`` that it may be there."""
    wanted = {value.lower() for value in values}
    if any(has_symbol(value) for value in values):
        return Test(OPAQUE)
    return Test(PRESENCE, is_negated="false" in wanted, when_absent="true" in wanted)


def _addresses(values: tuple[str, ...], *, is_negated: bool) -> Test:
    if any(has_symbol(value) for value in values):
        return Test(OPAQUE)
    found = []
    for value in values:
        network = parse_network(value)
        if network is not None:
            found.append((Fraction(network[0]), Fraction(network[1]), True, True))
    return Test(ADDRESS, is_negated=is_negated, intervals=tuple(found))


def _numbers(relation: str, values: tuple[str, ...], parse: Callable[[str], Fraction | None]) -> Test:
    if any(has_symbol(value) for value in values):
        return Test(OPAQUE)
    found: list[Interval] = []
    for value in values:
        number = parse(value)
        if number is None:
            continue
        if relation in {"equals", "notequals"}:
            found.append((number, number, True, True))
        elif relation.startswith("less"):
            found.append((None, number, False, relation.endswith("equals")))
        else:
            found.append((number, None, relation.endswith("equals"), False))
    return Test(NUMBER, is_negated=relation == "notequals", intervals=tuple(found))


def has_symbol(text: str) -> bool:
    """Whether a part of a text is not known yet, or is a policy variable."""
    return not text.isascii() and any(map(is_symbol, text))


def plain(text: str) -> str:
    """A value with literal signs in place of the private characters for them."""
    return text.replace(LITERAL_STAR, "*").replace(LITERAL_QUESTION, "?")


def parse_number(text: str) -> Fraction | None:
    """A number of a condition, or None where it is none."""
    try:
        return Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        return None


def parse_time(text: str) -> Fraction | None:
    """Seconds since 1970 of a date in the W3C's profile of ISO 8601 or in epoch time; None where it is none."""
    text = text.strip()
    digits = text.removeprefix("-")
    if digits.isdecimal() and len(digits) != 4:
        return Fraction(text)
    if text.isdecimal():
        text = f"{text}-01-01"
    elif len(text) == 7:
        text = f"{text}-01"
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return parse_number(text)
    return seconds_of(time)


def seconds_of(time: datetime) -> Fraction:
    """A time as seconds since 1970; one without a zone is taken for UTC."""
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return Fraction(time.timestamp()).limit_denominator(1_000_000)


def parse_network(text: str) -> tuple[int, int] | None:
    """First and last address of a network, IPv6 behind IPv4, and IPv4 in IPv6 as IPv4; None where it is none."""
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    low, high = int(network.network_address), int(network.broadcast_address)
    if isinstance(network, ipaddress.IPv4Network):
        return low, high
    if network.subnet_of(_MAPPED):
        return low & (V6 - 1), high & (V6 - 1)
    return V6 + low, V6 + high


def address_text(number: int) -> str:
    """An address by its place on the line of both families."""
    return str(ipaddress.IPv4Address(number)) if number < V6 else str(ipaddress.IPv6Address(number - V6))
