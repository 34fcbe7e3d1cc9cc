"""Resource policies: from which addresses somebody without an account of AWS is let in.

Only what stands in one document is looked at: statements that allow everybody, cut down to address ranges by
``aws:SourceIp``, less those that deny everybody. Any other condition makes it *perhaps*.

Source: "AWS JSON policy elements: Principal", "IP address condition operators" and "AWS global condition context
keys" in the IAM user guide.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from planguard.exposure.passage import Span
from planguard.exposure.ranges import ANYWHERE, EMPTY, Ranges, difference, intersection, parse_network, union
from planguard.graph.resource import Resource
from planguard.plan.unknown import Undetermined, has_unknown, is_unknown

_PRIVATE_KEYS = ("aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:principalorgid", "aws:principalaccount",
                 "aws:sourceaccount", "aws:sourceowner", "aws:principalarn", "aws:sourcearn")  # fmt: skip
"""Keys that only a principal or a network of one's own has, so that nobody else comes in."""


def anonymous(resource: Resource, path: str, actions: tuple[str, ...]) -> Span | None:
    """The addresses from which the policy in an attribute lets anybody in.

    :param actions: those that would do, in lower case
    :returns: None where there is no policy
    """
    value = resource.get(path)
    if value is None or (is_unknown(value) and resource.is_unset((path,))):
        return None
    if is_unknown(value):
        return Span(EMPTY, ANYWHERE)
    try:
        document = resource.json(path)
    except (ValueError, Undetermined):
        return Span(EMPTY, ANYWHERE)
    return in_document(document, actions) if document else None


def in_document(document: Any, actions: tuple[str, ...]) -> Span:
    """The addresses from which a policy document lets anybody in."""
    if not isinstance(document, dict):
        return Span(EMPTY, ANYWHERE)
    low, high = EMPTY, EMPTY
    denied, maybe_denied = EMPTY, EMPTY
    for statement in _list(document.get("Statement")):
        if not isinstance(statement, dict) or has_unknown(statement):
            return Span(EMPTY, ANYWHERE)
        span = _allowed(statement, actions)
        if _text(statement.get("Effect")) == "Allow":
            low, high = union(low, span.low), union(high, span.high)
        else:
            denied, maybe_denied = union(denied, span.low), union(maybe_denied, span.high)
    return Span(difference(low, maybe_denied), difference(high, denied))


def _allowed(statement: dict[str, Any], actions: tuple[str, ...]) -> Span:
    if not _names_everybody(statement) or not _names_action(statement, actions):
        return Span()
    low: Ranges = ANYWHERE
    high: Ranges = ANYWHERE
    for operator, lines in (statement.get("Condition") or {}).items():
        for key, values in lines.items() if isinstance(lines, dict) else ():
            span = _condition(operator.lower(), key.lower(), _list(values))
            low, high = intersection(low, span.low), intersection(high, span.high)
    return Span(low, high)


def _condition(operator: str, key: str, values: list[Any]) -> Span:
    if key == "aws:sourceip" and operator in ("ipaddress", "notipaddress"):
        found: Ranges = EMPTY
        try:
            for one in values:
                found = union(found, parse_network("".join(one)))
        except (TypeError, ValueError):
            return Span(EMPTY, ANYWHERE)
        found = found if operator == "ipaddress" else difference(ANYWHERE, found)
        return Span(found, found)
    if key == "aws:securetransport" and [_text(one).lower() for one in values] == ["true"]:
        return Span(ANYWHERE, ANYWHERE)
    negated = "not" in operator or operator == "null"
    if key in _PRIVATE_KEYS and not negated and not any(_text(one) == "*" for one in values):
        return Span(EMPTY, EMPTY)
    return Span(EMPTY, ANYWHERE)


def _names_everybody(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    if isinstance(principal, dict):
        return any(_text(one) == "*" for kind in ("AWS", "*") for one in _list(principal.get(kind)))
    return _text(principal) == "*" or ("NotPrincipal" in statement and _text(statement.get("Effect")) == "Allow")


def _names_action(statement: dict[str, Any], actions: tuple[str, ...]) -> bool:
    if "NotAction" in statement:
        excluded = [_text(one).lower() for one in _list(statement["NotAction"])]
        return any(not any(fnmatchcase(action, one) for one in excluded) for action in actions)
    named = [_text(one).lower() for one in _list(statement.get("Action"))]
    return any(fnmatchcase(action, one) for one in named for action in actions)


def _list(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, (list, tuple)) else [value]


def _text(value: Any) -> str:
    """A text as it is, one that is sensitive, too: nothing of a document is ever shown."""
    return "".join(value) if isinstance(value, str) else str(value)
