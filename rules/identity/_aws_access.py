"""How rules tell what they find in access: where a statement stands, what is open, and requests in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from planguard import Resource, Undetermined, is_unknown
from planguard.access.atoms import TooComplex
from planguard.access.aws.accounts import Foreign, own_accounts
from planguard.access.aws.catalogue import spelled
from planguard.access.model import Clause, Origin, Terms, Witness
from planguard.access.pattern import shown

_STATEMENT = re.compile(r"Statement\[\d+\]")
TOO_COMPLEX = "too complex to compare exactly"
_MOST_NAMED = 3


@contextmanager
def exactly(resource: Resource) -> Iterator[None]:
    """Turn what is above the bounds of exact comparison into something that is not known.

    :raises Undetermined: the statements of the resource are too complex
    """
    try:
        yield
    except TooComplex as why:
        raise Undetermined((), resource, (), f"{TOO_COMPLEX}: {why}") from None


# -- what is open ----------------------------------------------------------------------------------------------------


def leave_open(resource: Resource, clause: Clause, why: str) -> None:
    """Say that what a statement does hangs on something that is not known yet.

    :raises Undetermined: always, with the attribute that is not known where it is one of the resource
    """
    path, address = clause.origin.attribute, clause.origin.address
    if address != resource.address:
        raise Undetermined((), resource, (address,), why)
    if path and is_unknown(resource.get(path)):
        bool(resource.get(path))
    raise Undetermined((path,) if path else (), resource, (), why)


def why_foreign_is_open(resource: Resource, one: Foreign) -> str:
    """Why nobody knows yet whether a statement lets another account in."""
    if own_accounts(resource):
        return f"whether it lets account {one.account} in is known after apply only"
    return f"the plan does not tell which account it works in: {one.account} may be that, or another one"


# -- texts -----------------------------------------------------------------------------------------------------------


def place_of(origin: Origin, *, resource: Resource) -> str:
    """Where a statement stands in a resource; empty for one that is another resource, or the whole of this one."""
    if origin.address != resource.address:
        return ""
    if _STATEMENT.fullmatch(origin.statement) and origin.attribute:
        return f"{origin.attribute}.{origin.statement}"
    return origin.attribute


def request(witness: Witness) -> str:
    """A request in words: ``s3:GetObject on arn:aws:s3:::reports/x``."""
    return f"{spelled(witness.action)} on {shown(witness.resource)}" + context(witness)


def context(witness: Witness) -> str:
    """The context of a request in words, with a blank before it; empty where it needs none."""
    told = [
        f"{shown(key)} {shown(value) if isinstance(value, str) else ', '.join(map(shown, value))}"
        for key, value in sorted(witness.context.items(), key=lambda item: shown(item[0]))
    ]
    return f" with {' and '.join(told)}" if told else ""


def some(texts: Iterable[str]) -> str:
    """Several texts, the first three by name."""
    found = sorted(set(texts))
    more = len(found) - _MOST_NAMED
    return ", ".join(found[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def terms(found: Terms) -> list[list[str]]:
    """Terms as facts: the same whatever the order in which they are written."""
    return [sorted(set(map(shown, found.include))), sorted(set(map(shown, found.exclude)))]


def facts_of(clause: Clause) -> list[object]:
    """A statement as facts: what it grants, to whom and when; not where it stands, or what it is called."""
    lines = sorted(
        [line.operator.lower(), shown(line.key).lower(), *sorted(set(map(shown, line.values)))]
        for line in clause.predicates
    )
    return [terms(clause.actions), terms(clause.resources), terms(clause.principals), lines]
