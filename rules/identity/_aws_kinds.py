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
        if statement.not_actions:
            if not _allows_nothing(statement, document):
                text = f"allows {shown_actions(statement)} on all resources"
                yield violation(statement.path, text, evidence=statement.evidence)
            continue
        found = [
            action
            for action in statement.actions
            if is_of_kind(action, frozenset(kinds))
            and not is_denied(only(statement, action), document, to="identity")
        ]
        if found:
            yield violation(statement.path, f"allows {shown(found)} on all resources", evidence=statement.evidence)


def _allows_nothing(statement: Statement, document: list[Statement]) -> bool:
    return any(map(is_every_action, statement.not_actions)) or is_denied(statement, document, to="identity")
