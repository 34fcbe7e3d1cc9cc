"""The account, project or subscription that a resource is in, as far as the plan tells.

Source: the ARN of AWS (``arn:partition:service:region:account:resource``), resource ids of Azure
(``/subscriptions/ID/…``), ``project`` of Google's resources; and what the configuration of the provider says:
``allowed_account_ids`` and ``assume_role`` of ``aws``, ``subscription_id`` of ``azurerm``, ``project`` of ``google``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from planguard.plan.unknown import is_unknown

if TYPE_CHECKING:
    from planguard.graph.resource import Resource

_SUBSCRIPTION = re.compile(r"/subscriptions/([0-9a-f-]{36})(?:/|$)", re.IGNORECASE)
_ARN_OF_ANOTHER = frozenset(
    {"aws_cloudwatch_event_target", "aws_lakeformation_resource", "aws_notifications_channel_association"}
)
"""Types whose ``arn`` is that of what they point to."""
_ROLE = re.compile(r"arn:[\w-]+:iam::(\d{12}):role/.+")


def account_of(resource: Resource) -> tuple[str, str]:
    """The account of a resource, and the attribute that says so; both empty if nothing tells.

    A new resource of AWS says nothing itself: then it is that of an ``aws_caller_identity`` of the same provider, or
    the one that the provider is held to.

    :raises Undetermined: when the attribute that says so is not known yet
    """
    if resource.type.startswith("google_"):
        own = "project_id" if resource.type == "google_project" else "project"
        said = ("", "") if resource.is_left_to_provider(own) else (own, resource.get(own, ""))
        return said if said[1] else ("", _configured(resource, "project"))
    if resource.type.startswith("azurerm_"):
        return _azure(resource)
    account = "" if resource.type in _ARN_OF_ANOTHER else _account_in(resource.values.get("arn"))
    return ("arn", account) if account else ("", _caller(resource) or _held_to(resource))


def _azure(resource: Resource) -> tuple[str, str]:
    for name in ("id", "resource_group_id", "subscription_id", "scope"):
        value = resource.values.get(name)
        if not is_unknown(value) and isinstance(value, str):
            found = _SUBSCRIPTION.search(value)
            if found or (name == "subscription_id" and value):
                return name, found[1] if found else value
    own = "subscription_id"
    said = ("", "") if resource.is_left_to_provider(own) else (own, resource.get(own, ""))
    return said if said[1] else ("", _configured(resource, own))


def _account_in(arn: Any) -> str:
    if is_unknown(arn) or not isinstance(arn, str):
        return ""
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 and parts[0] == "arn" else ""


def _caller(resource: Resource) -> str:
    for identity in resource.others("data.aws_caller_identity"):
        account = identity.values.get("account_id")
        if _provider(identity) == _provider(resource) and not is_unknown(account):
            return str(account or "")
    return ""


def _provider(resource: Resource) -> str:
    block = resource.node.block
    return block.config.provider_config_key.rsplit(":", 1)[-1] if block else ""


def _held_to(resource: Resource) -> str:
    """The account that the configuration of the provider allows or signs in to."""
    allowed = _configured(resource, "allowed_account_ids")
    if allowed:
        return allowed
    role = _ROLE.fullmatch(_configured(resource, "assume_role", "role_arn"))
    return role[1] if role else ""


def _configured(resource: Resource, *path: str) -> str:
    """What the configuration of its provider says at a path, where it is one text; empty where it does not."""
    block = resource.node.block
    if block is None:
        return ""
    return resource.graph.provider_setting(block.config.provider_config_key, path)


def setting_in(expressions: Any, path: tuple[str, ...], variables: dict[str, Any]) -> str:
    """One text of the configuration of a provider, given as a constant or by a variable of the root module.

    :param expressions: the decoded ``expressions`` of a provider
    :param variables: the values of variables by name
    """
    found = expressions
    for name in path:
        found = found[0] if isinstance(found, list) and len(found) == 1 else found
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        return ""
    value = found.get("constant_value")
    references = found.get("references")
    if value is None and isinstance(references, list) and len(references) == 1:
        kind, _, name = str(references[0]).partition(".")
        value = variables.get(name) if kind == "var" else None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, str) else ""
