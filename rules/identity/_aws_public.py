"""Policies at resources that let everybody in."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource

from .._satellite import in_both_snapshots, is_left_to_provider
from ._aws_limits import is_denied, is_limited
from ._aws_policy import Statement, listed, statements

_OPEN_PROVIDERS = frozenset(
    {"accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"}
)
"""Identity providers at which anybody can sign up."""

_POLICIES_BESIDE = {
    "aws_kms_key": ("aws_kms_key_policy", "key_id"),
    "aws_s3_bucket": ("aws_s3_bucket_policy", "bucket"),
    "aws_sns_topic": ("aws_sns_topic_policy", "arn"),
    "aws_sqs_queue": ("aws_sqs_queue_policy", "queue_url"),
}
"""Resources that show the policy of a resource beside them, once they have been read."""


def policy_statements(resource: Resource, path: str) -> list[Statement]:
    """The statements of the policy that a resource gives itself; none where it is left to the provider."""
    if is_left_to_provider(resource, path) or _is_judged_elsewhere(resource):
        return []
    return statements(resource, path)


def open_statements(resource: Resource, path: str) -> Iterator[tuple[Statement, str]]:
    """Each Allow that lets in everybody, with whom that is; what is limited or denied is left out."""
    yield from open_among(policy_statements(resource, path))


def open_among(document: list[Statement]) -> Iterator[tuple[Statement, str]]:
    """Like :func:`open_statements`, of statements."""
    for statement in document:
        for who in _whom(statement):
            if not is_limited(statement) and not is_denied(statement, document):
                yield statement, who


def shown_grant(statement: Statement) -> str:
    """What a statement allows, for a message."""
    if statement.not_actions:
        return "all actions but those in NotAction"
    actions = sorted(set(statement.actions))
    return ", ".join(actions[:3]) + (f" and {len(actions) - 3} more" if len(actions) > 3 else "")


def _is_judged_elsewhere(resource: Resource) -> bool:
    kind, via = _POLICIES_BESIDE.get(resource.type, ("", ""))
    return any(view.referrers(kind, via=via) for view in in_both_snapshots(resource))


def _whom(statement: Statement) -> list[str]:
    if not statement.allows:
        return []
    if statement.is_for_anyone:
        return ["everyone but those in NotPrincipal" if statement.not_principals else "everyone"]
    return [
        f"everyone at {one}"
        for block in statement.principals
        if block.get("type") == "Federated"
        for one in listed(block.get("identifiers"))
        if one in _OPEN_PROVIDERS
    ][:1]
