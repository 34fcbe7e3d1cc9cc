"""Whether a principal may make one request: the algebra, asked of the few clauses that speak of one action.

A method of escalation asks for a handful of actions. Cut down to one action, even the access of a principal with
thousands of patterns is a few clauses over resources and conditions.

Sources: IAM User Guide, "AWS global condition context keys" (``aws:RequestedRegion`` of global services,
``aws:PrincipalArn``) and "Available keys for IAM" (``iam:PassedToService``, ``iam:PolicyARN``,
``iam:PermissionsBoundary``, ``iam:ResourceTag``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from fnmatch import translate
from functools import lru_cache
from re import Pattern, compile

from msgspec.structs import replace

from planguard.access.aws.catalogue import FILE
from planguard.access.boxes import clauses_of
from planguard.access.compare import witness_of
from planguard.access.condition import has_symbol
from planguard.access.model import ALLOW, MUST, UPPER, Access, Clause, Predicate, Terms, Witness

Context = tuple[Predicate, ...]
"""What is known of the condition keys of a request; keys that it does not name are as they need to be."""

_MADE_BY_OTHERS = ("aws:principalisawsservice", "aws:viaawsservice")
_GLOBAL = ("iam:",)
_REGION_OF_GLOBAL = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


@lru_cache(maxsize=1)
def earliest() -> datetime:
    """A time before which no plan is judged any more: the day of the tables that come with this version.

    It tells conditions that can never hold again from those that hold at some time.
    """
    with FILE.open("rb") as file:
        day = file.readline(200).decode().partition(",")[0]
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


@lru_cache(maxsize=8192)
def _regex(pattern: str) -> Pattern[str]:
    return compile(translate(pattern.lower().replace("[", "[[]")))


def takes_in(terms: Terms, action: str, *, may_be: bool = False) -> bool:
    """Whether some terms of actions hold an action, given in lower case.

    :param may_be: whether a name that is not known yet counts as any
    """
    return any(_matches(one, action) or (may_be and has_symbol(one)) for one in terms.include) and not any(
        _matches(one, action) for one in terms.exclude
    )


def _matches(pattern: str, action: str) -> bool:
    if "*" in pattern or "?" in pattern:
        return pattern == "*" or _regex(pattern).match(action) is not None
    return pattern == action


def about(access: Access, action: str) -> Access | None:
    """An access cut down to one action, given in lower case; None where nothing allows it."""
    clauses = _about(access.clauses, action)
    if not any(one.effect == ALLOW for one in clauses):
        return None
    return Access(clauses, tuple(_about(limit, action) for limit in access.limits))


def _about(clauses: Iterable[Clause], action: str) -> tuple[Clause, ...]:
    only = Terms((action,))
    return tuple(replace(one, actions=only) for one in clauses if is_about(one, action))


def is_about(clause: Clause, action: str) -> bool:
    """Whether a clause speaks of an action; an upper one also where it may turn out to."""
    return takes_in(clause.actions, action, may_be=clause.bound == UPPER)


def keys_of(access: Access) -> set[str]:
    """The condition keys that decide on an access, in lower case."""
    return {line.key.lower() for clause in clauses_of(access) for line in clause.predicates}


def may_request(
    access: Access,
    action: str,
    resources: Terms,
    context: Context = (),
    *,
    tags: Mapping[str, str] | None = None,
    principals: Terms = Terms(),  # noqa: B008 - frozen
    reading: str = MUST,
) -> Witness | None:
    """A request for an action on one of some resources that is allowed, or None.

    :param action: in lower case
    :param context: what is known of the keys of the request
    :param tags: the tags of the resource, where they matter
    :param principals: for policies that say who
    :raises TooComplex: exact comparison is above the bounds
    """
    small = about(access, action)
    if small is None:
        return None
    asked = keys_of(small)
    if asked:
        known = [line for line in (*context, *_of_every_request(action, resources)) if line.key.lower() in asked]
        known += _of_tags(asked, tags)
        small = replace(small, limits=(*small.limits, (Clause(ALLOW, Terms(), predicates=tuple(known)),)))
    return witness_of(small, Terms((action,)), resources, principals, reading=reading, now=earliest())


def _of_every_request(action: str, resources: Terms) -> Iterator[Predicate]:
    for key in _MADE_BY_OTHERS:
        yield Predicate("Bool", key, ("false",))
    if action.startswith(_GLOBAL):
        partition = resources.include[0].split(":", 2)[1:2] if resources.include else []
        region = _REGION_OF_GLOBAL.get("".join(partition), _REGION_OF_GLOBAL["aws"])
        yield Predicate("StringEquals", "aws:RequestedRegion", (region,))


def _of_tags(asked: Iterable[str], tags: Mapping[str, str] | None) -> Iterator[Predicate]:
    """The keys that tell the tags of a resource, such as ``ssm:resourceTag/team``."""
    if tags is None:
        return
    lower = {name.lower(): value for name, value in tags.items()}
    for key in sorted(asked):
        kind, slash, name = key.partition("/")
        if slash and kind.endswith(":resourcetag"):
            value = lower.get(name)
            yield Predicate("Null", key, ("true",)) if value is None else Predicate("StringEquals", key, (value,))


def could_be(terms: Terms, arn: str) -> bool:
    """A quick test whether patterns of resources may take in an ARN; account and region are not looked at."""
    tail = arn.split(":", 5)[-1]
    return any(_takes_in_name(pattern, arn, tail) for pattern in terms.include)


def _takes_in_name(pattern: str, arn: str, tail: str) -> bool:
    parts = pattern.split(":", 5)
    if len(parts) < 6 or pattern == arn:
        return "*" in pattern or pattern == arn
    return _exact_regex(parts[5]).match(tail) is not None


@lru_cache(maxsize=8192)
def _exact_regex(pattern: str) -> Pattern[str]:
    return compile(translate(pattern.replace("[", "[[]")))
