"""What policies that are attached to users, groups, roles and permission sets allow, and how far.

A document that is rendered as a data source is judged as part of the policy or document that it goes into; on its own
only where this plan does not say what it goes into.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from planguard import Resource, Undetermined, is_unknown

from .._satellite import in_both_snapshots, is_left_to_provider
from ._aws_limits import is_denied
from ._aws_policy import (
    DOCUMENT,
    LATER_OF_ACCOUNT,
    TAKEN_IN,
    Statement,
    covers,
    deferred_document,
    document_statements,
    is_deferred,
    is_every_action,
    is_every_resource,
    parse_statements,
    statements,
)

_PATHS = {
    "aws_iam_policy": "policy",
    "aws_iam_role_policy": "policy",
    "aws_iam_user_policy": "policy",
    "aws_iam_group_policy": "policy",
    "aws_ssoadmin_permission_set_inline_policy": "inline_policy",
}
_USERS = {**_PATHS, "aws_iam_role": "inline_policy.policy"}
POLICIES = [*_PATHS, "aws_iam_role", DOCUMENT]

_ABOUT_WHO = (
    "aws:currenttime",
    "aws:epochtime",
    "aws:multifactorauth",
    "aws:principal",
    "aws:referer",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:userid",
    "aws:username",
)
"""Condition keys that say who asks, when and from where: what an administrator fulfils every day."""

Grant = tuple[Statement, list[Statement]]
"""An Allow, and all statements of its document."""


def granted(policy: Resource) -> Iterator[Grant]:
    """Each Allow that a resource attaches to an identity, with all statements of its document."""
    for document in policy.shared(_documents):
        for statement in document:
            if statement.allows and not statement.names_principals:
                yield statement, document


def unconstrained(policy: Resource) -> Iterator[Grant]:
    """Each Allow on all resources that no condition narrows, and that does grant something."""
    for statement, document in granted(policy):
        if statement.is_on_everything and not statement.conditions:
            if grants_nothing(policy):
                return
            yield statement, document


def grants_nothing(policy: Resource) -> bool:
    """Whether an Allow in a policy is only a limit to what others give."""
    return _is_boundary(policy) or _is_for_organizations(policy)


def _documents(policy: Resource) -> Iterator[list[Statement]]:
    if policy.is_data:
        if not is_judged_where_used(policy, _USERS):
            yield own_statements(policy)
    elif policy.type == "aws_iam_role":
        if not is_left_to_provider(policy, "inline_policy"):
            for path, block in policy.blocks("inline_policy"):
                if block.get("name") not in _names_of_others(policy):
                    yield statements(policy, f"{path}.policy")
    else:
        yield statements(policy, _PATHS[policy.type])


def own_statements(document: Resource) -> list[Statement]:
    """The statements of a document that is a data source, whether it is rendered already or not."""
    if not is_deferred(document) and any(document.get(one) for one in (*TAKEN_IN, "source_json", "override_json")):
        return parse_statements(document.json("json"), "json")
    return document_statements(document)


def is_judged_where_used(document: Resource, users: Mapping[str, str]) -> bool:
    """Whether a document is judged as part of a policy or of another document that it goes into.

    A document that is rendered already is the same before and after, and may have its first user only after.

    :param users: types of resources whose policies are judged, with the path of the policy
    """
    return any(_goes_into_one(view, users) for view in in_both_snapshots(document))


def _goes_into_one(document: Resource, users: Mapping[str, str]) -> bool:
    for kind, path in users.items():
        for user in list.__iter__(document.referrers(kind, via=path)):
            if any(_is_the_policy(document, user, one) for one in _places(user, path)):
                return True
    return any(list.__len__(document.referrers(DOCUMENT, via=attribute)) for attribute in TAKEN_IN)


def _places(user: Resource, path: str) -> list[str]:
    block, _, leaf = path.partition(".")
    if not leaf or is_unknown(user.get(block)):
        return [path]
    return [f"{place}.{leaf}" for place, _ in user.blocks(block)]


def _is_the_policy(document: Resource, user: Resource, path: str) -> bool:
    text = user.get(path)
    if is_unknown(text):
        return deferred_document(user, path) == document
    if is_deferred(document):
        return False
    return bool(text) and _decoded(text) == _decoded(document.get("json"))


@lru_cache(maxsize=64)
def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _names_of_others(role: Resource) -> list[str]:
    """The names of inline policies that are resources of their own; a role that was read shows them, too."""
    names = [
        policy.get("name")
        for view in in_both_snapshots(role)
        for policy in view.referrers("aws_iam_role_policy", via="role")
    ]
    return [name for name in names if not is_unknown(name)]


def _is_boundary(policy: Resource) -> bool:
    """Whether a policy only limits what others give; in a boundary, an Allow grants nothing."""
    return bool(policy.referrers(via="permissions_boundary")) and not policy.referrers(via="policy_arn")


def _is_for_organizations(document: Resource) -> bool:
    """Whether a document is a service control policy, which grants nothing either."""
    return bool(document.referrers("aws_organizations_policy", via="content"))


# -- how far an Allow goes -----------------------------------------------------------------------------------------


def is_full_admin(statement: Statement, document: Iterable[Statement]) -> bool:
    """Whether an Allow gives so much that its holder can give himself the rest."""
    return (
        (any(map(is_every_action, statement.actions)) or leaves(statement, "iam"))
        and statement.is_on_everything
        and not is_narrowed(statement)
        and not is_denied(only(statement, "iam:*"), document, to="identity")
    )


def leaves(statement: Statement, service: str) -> bool:
    """Whether a ``NotAction`` says nothing of a service, so that all of it is allowed."""
    return bool(statement.not_actions) and not any(
        one.lower().startswith(f"{service}:") or is_every_action(one) for one in statement.not_actions
    )


def only(statement: Statement, action: str) -> Statement:
    """The same Allow for one action."""
    return Statement(statement.path, "Allow", [action], [], statement.resources, statement.not_resources)


def is_narrowed(statement: Statement) -> bool:
    """Whether a condition speaks of the resource, not only of who asks."""
    return any(not block["variable"].lower().startswith(_ABOUT_WHO) for block in statement.conditions)


def is_harmless(statement: Statement, document: Iterable[Statement]) -> bool:
    """Whether a condition on the resource narrows an Allow, or a Deny takes all of it back."""
    return is_narrowed(statement) or is_denied(statement, document, to="identity")


def is_on_all_of(service: str, statement: Statement) -> bool:
    """Whether an Allow is for everything, or for all that a service has of one type (``arn:aws:s3:::*``).

    :raises Undetermined: where it may be for all that an account has, whose number is not known yet
    """
    of_one_type = "" if service == "s3" else r"(?:[\w-]+[/:])?"
    whole = re.compile(rf"arn:[^:]*:{service}:[^:]*:(?:\*|\d{{12}})?:{of_one_type}\*+")
    if statement.is_on_everything or any(whole.fullmatch(one) for one in statement.resources):
        return True
    if service != "s3" and LATER_OF_ACCOUNT in statement.resources:
        raise Undetermined((), None, (), "a resource with the number of an account is not known yet")
    return False


def taken_in(statement: Statement, document: list[Statement], names: frozenset[str]) -> set[str]:
    """Those of some actions that an Allow takes in, and that no Deny of the document takes back.

    :param names: whole names of actions in lower case
    """
    if statement.not_actions:
        found = {one for one in names if not covers(statement.not_actions, one, case=False)}
    else:
        found = {one for action in statement.actions for one in _matching(action, names)}
    return {one for one in found if not is_denied(only(statement, one), document, to="identity")}


@lru_cache(maxsize=4096)
def _matching(action: str, names: frozenset[str]) -> frozenset[str]:
    return frozenset(one for one in names if covers([action], one, case=False))


# -- how it is shown -----------------------------------------------------------------------------------------------


def shown_actions(statement: Statement) -> str:
    """``*``, or all but those in ``NotAction``."""
    if statement.not_actions:
        return f"all actions but {shown(statement.not_actions)}"
    return "*"


def shown_resources(statement: Statement) -> str:
    """The first of the resources of a statement."""
    if statement.not_resources:
        return f"all resources but {shown(statement.not_resources)}"
    resources = list(statement.resources)
    return "*" if any(map(is_every_resource, resources)) else shown(resources)


def shown(values: Iterable[str]) -> str:
    """The first three of some values, and how many more there are."""
    found = sorted(set(values))
    return ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
