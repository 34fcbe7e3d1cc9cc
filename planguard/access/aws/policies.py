"""From an attribute that holds a policy to its clauses, as far as the plan and its source tell.

What is known is read exactly; what the source tells, with symbols for names that are not known yet; a document that
is rendered at apply only, from its blocks. Of a policy of which nothing is known the upper reading is everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from planguard.access.aws.deferred import DOCUMENT, VERSION, is_deferred, statements_of
from planguard.access.aws.names import Names
from planguard.access.document import parse_document
from planguard.access.model import (
    ALLOW,
    DENY,
    EXACT,
    IDENTITY,
    LOWER,
    TRUST,
    UPPER,
    Clause,
    Gap,
    Origin,
    Terms,
)
from planguard.graph.configuration import all_references, is_expression
from planguard.graph.resource import AFTER, Resource, steps_of
from planguard.plan.unknown import has_unknown, is_unknown

POLICY_UNKNOWN = "policy-unknown"
POLICY_INVALID = "policy-invalid"
_KEPT = (EXACT, UPPER)
_KEYS = {"each.key", "count.index"}
_STATEMENT = re.compile(r"Statement\[\d+\]")


class Policy(Struct, frozen=True):
    """What one policy says.

    :ivar touched: whether anything that it was read from differs between the snapshots
    """

    clauses: tuple[Clause, ...] = ()
    gaps: tuple[Gap, ...] = ()
    touched: bool = False

    def about(self, resources: Terms) -> Policy:
        """The same policy, for these resources only: that of a role says nothing of what it stands at."""
        return replace(self, clauses=tuple(replace(one, resources=resources) for one in self.clauses))

    def perhaps(self) -> Policy:
        """The same policy, where it is open whether it is there."""
        clauses = tuple(replace(one, bound=UPPER) for one in self.clauses if one.bound in _KEPT)
        return replace(self, clauses=clauses)


def policy_at(
    resource: Resource, path: str, names: Names, *, plane: str = IDENTITY, on: Terms | None = None
) -> Policy:
    """The policy that an attribute holds; no clauses where there is none.

    :param path: such as ``policy`` or ``inline_policy[0].policy``
    :param on: the resource that it stands at, for the upper reading of what nobody knows
    """
    touched = resource.node.changed
    value = resource.get(path)
    if not is_unknown(value):
        if not value:
            return Policy(touched=touched)
        return _of_text(resource, path, value, names, touched)
    if resource.is_left_to_provider(path):
        return Policy(touched=touched)
    found = (
        _by_source(resource, path, names, partly=False)
        or _by_document(resource, path, names)
        or _by_source(resource, path, names, partly=True)
        or unknown_policy(resource, path, plane=plane, on=on)
    )
    return found if plane == IDENTITY or on is None else _kept_to(found, on)


def _kept_to(policy: Policy, on: Terms) -> Policy:
    """A policy of a resource, where what it allows something on is not known: that can be no other resource.

    What may be denied stays as wide as what it would be taken from.
    """
    clauses = (
        replace(one, resources=on) if one.effect == ALLOW and one.bound == UPPER and one.resources == Terms() else one
        for one in policy.clauses
    )
    return replace(policy, clauses=tuple(clauses))


def unknown_policy(resource: Resource, path: str, *, plane: str, on: Terms | None = None) -> Policy:
    """A policy of which nobody knows anything: it may allow everything, and may deny what others allow."""
    allowed = Clause(
        ALLOW,
        Terms(("sts:*",)) if plane == TRUST else Terms(),
        Terms() if plane == IDENTITY or on is None else on,
        origin=Origin(resource.address, path),
        bound=UPPER,
    )
    gap = Gap(POLICY_UNKNOWN, resource.address, path, "the policy is known after apply only")
    return Policy((allowed, replace(allowed, effect=DENY)), (gap,), touched=resource.node.changed)


def policy_of(document: dict[str, Any], resource: Resource, path: str, names: Names) -> Policy:
    """The policy that a document says; a gap where it is none."""
    touched = resource.node.changed
    try:
        clauses = parse_document(names.resolved_in(document), address=resource.address, attribute=path)
    except ValueError as error:
        return Policy((), (invalid_policy(resource, path, error),), touched)
    return Policy(tuple(clauses), policy_gaps(clauses, resource, path), touched)


def _of_text(resource: Resource, path: str, text: Any, names: Names, touched: bool) -> Policy:
    try:
        document = parse_text(text)
    except ValueError as error:
        return Policy((), (invalid_policy(resource, path, error),), touched)
    return policy_of(document, resource, path, names)


def parse_text(text: Any) -> dict[str, Any]:
    """The document in a text.

    :raises ValueError: when it is no JSON object
    """
    try:
        found = msgspec.json.decode("".join(text))
    except (msgspec.DecodeError, RecursionError, TypeError):
        raise ValueError("the text is no JSON document") from None
    if not isinstance(found, dict):
        raise ValueError("the text is no JSON object")  # noqa: TRY004 (it is the text that is wrong)
    return found


def invalid_policy(resource: Resource, path: str, error: Exception) -> Gap:
    """What to tell of a policy that AWS would refuse."""
    return Gap(POLICY_INVALID, resource.address, path, str(error))


def policy_gaps(clauses: Iterable[Clause], resource: Resource, path: str) -> tuple[Gap, ...]:
    """What to tell of clauses of which a part is not known."""
    if all(one.bound == EXACT for one in clauses):
        return ()
    return (Gap(POLICY_UNKNOWN, resource.address, path, "a part of the policy is known after apply only"),)


def _by_source(resource: Resource, path: str, names: Names, *, partly: bool) -> Policy | None:
    """What the source says of it.

    :param partly: also where the source does not tell all of it
    """
    if resource.snapshot != AFTER:
        return None
    document = resource.recovered_json(path)
    if is_unknown(document) or not isinstance(document, dict) or (has_unknown(document) and not partly):
        return None
    return policy_of(document, resource, path, names)


# -- documents that are rendered at apply only -----------------------------------------------------------------------


def _by_document(resource: Resource, path: str, names: Names) -> Policy | None:
    """What the blocks of the one document say that a policy is; None where it is not certain to be that document."""
    via = re.sub(r"\[\d+\]", "", path)
    near = resource.references(DOCUMENT, via=via)
    found = [one for one in list.__iter__(near) if is_deferred(one)]
    if len(found) != 1 or getattr(near, "why", None) is not None or not _is_whole(resource, path, found[0]):
        return None
    document = found[0]
    clauses: list[Clause] = []
    try:
        for index, one in enumerate(statements_of(document, names, parse_text)):
            clauses += clauses_of(one.lower, one.upper, index, _version(document), resource, path)
    except (TypeError, ValueError) as error:
        return Policy((), (invalid_policy(resource, path, error),), touched=resource.node.changed)
    return Policy(
        tuple(clauses), policy_gaps(clauses, resource, path), touched=resource.node.changed or document.node.changed
    )


def _is_whole(resource: Resource, path: str, document: Resource) -> bool:
    """Whether the configuration takes a policy from one reference, and nothing else.

    Of an instance, what is in the brackets is another reference: ``data.aws_iam_policy_document.x[each.key].json``.
    """
    block = resource.node.block
    if block is None:
        return False
    said = block.said_at(steps_of(path), resource.values)
    if len(said) != 1 or not is_expression(said[0]):
        return False
    named = set(all_references(said[0]))
    if document.node.key is not None and document.node.key == resource.node.key:
        named -= _KEYS
    return len(named) == 1


def _version(document: Resource) -> str:
    version = document.get("version")
    return VERSION if is_unknown(version) or not version else str(version)


def clauses_of(
    lower: dict[str, Any] | None, upper: dict[str, Any], index: int, version: str, resource: Resource, path: str
) -> list[Clause]:
    """The clauses of one statement in both readings.

    :param lower: None where it may speak of nothing; the same object as the other where nothing is open
    :param index: its place in the document
    :raises ValueError: it is no statement
    """

    def parsed(statement: dict[str, Any]) -> list[Clause]:
        document = {"Version": version, "Statement": [statement]}
        found = parse_document(document, address=resource.address, attribute=path)
        return [_placed(one, index) for one in found]

    if lower is upper:
        return parsed(upper)
    above = [replace(one, bound=UPPER) for one in parsed(upper) if one.bound != LOWER]
    if lower is None:
        return above
    return [replace(one, bound=LOWER) for one in parsed(lower) if one.bound != UPPER] + above


def _placed(clause: Clause, index: int) -> Clause:
    if not _STATEMENT.fullmatch(clause.origin.statement):
        return clause
    return replace(clause, origin=replace(clause.origin, statement=f"Statement[{index}]"))
