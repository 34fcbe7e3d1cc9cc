"""What an Allow on all resources takes in, by kind of action."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, violation

from ._aws_actions import is_of_kind
from ._aws_grants import only, shown, shown_actions, unconstrained
from ._aws_limits import is_denied
from ._aws_policy import Statement, is_every_action

WIDER = (
    "aws-iam-policy-full-admin",
    "aws-iam-policy-every-action",
    "aws-iam-policy-all-of-iam",
    "aws-iam-policy-all-of-s3",
    "aws-iam-policy-service-wildcard",
)
"""Rules that say of whole services what others say of single actions."""


def unconstrained_of_kind(policy: Resource, *kinds: str) -> Iterator[Violation]:
    """Each Allow on all resources, without a condition, that takes in an action of some kinds."""
    for statement, document in unconstrained(policy):
        found = _actions_of_kind(statement, document, frozenset(kinds))
        if found:
            yield violation(statement.path, f"allows {found} on all resources", evidence=statement.evidence)


def _actions_of_kind(statement: Statement, document: list[Statement], kinds: frozenset[str]) -> str:
    """The actions of one Allow that are, or take in, actions of some kinds, as they are shown."""
    if statement.not_actions:
        nothing = any(map(is_every_action, statement.not_actions)) or is_denied(statement, document, to="identity")
        return "" if nothing else shown_actions(statement)
    found = [
        action
        for action in statement.actions
        if is_of_kind(action, kinds) and not is_denied(only(statement, action), document, to="identity")
    ]
    return shown(found)
