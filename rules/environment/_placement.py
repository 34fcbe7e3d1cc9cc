"""Where a resource is: its regions, and its account, project or subscription, as far as the plan tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from planguard import Resource, is_unknown

_AT = ("region", "location", "locations", "zone", "availability_zone", "availability_zones", "node_locations")
_ALSO_AT = {
    "aws_dynamodb_table": ("replica.region_name",),
    "aws_secretsmanager_secret": ("replica.region",),
    "azurerm_container_registry": ("georeplications.location",),
    "azurerm_cosmosdb_account": ("geo_location.location",),
    "google_secret_manager_secret": ("replication.user_managed.replicas.location",),
}
_NOWHERE = frozenset({"", "global", "aws-global"})
_AWS_ZONE = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)(?:[a-z]|-[a-z0-9-]+)?")
_GOOGLE_ZONE = re.compile(r"([a-z]+(?:-[a-z]+)+\d+)-[a-z]")
_SUBSCRIPTION = re.compile(r"/subscriptions/([0-9a-f-]{36})(?:/|$)", re.IGNORECASE)


def is_allowed(value: str, patterns: tuple[str, ...]) -> bool:
    """Whether a value is one of those allowed; ``*`` and ``?`` stand for others, and case does not count."""
    return any(fnmatchcase(value.casefold(), pattern.casefold()) for pattern in patterns)


def regions_of(resource: Resource) -> Iterator[tuple[str, str]]:
    """The regions that a resource is in, each with the attribute that says so; none where it is nowhere.

    :raises Undetermined: at the end, when one of them is not known yet
    """
    found = []
    for name in _AT:
        values = resource.values.get(name)
        if not is_unknown(values) or not resource.is_left_to_provider(name):
            found.append((name, values))
    for path in _ALSO_AT.get(resource.type, ()):
        blocks, leaf = path.rsplit(".", 1)
        found += [(f"{at}.{leaf}", block.get(leaf)) for at, block in resource.blocks(blocks)]
    if not any(is_unknown(values) or values for _, values in found):
        found.append(("arn", _part(resource, 3)))
    for name, values in sorted(found, key=lambda one: is_unknown(one[1])):
        for value in values if isinstance(values, list) else [values]:
            region = _region(value) if value else ""
            if region not in _NOWHERE:
                yield name, region


def _region(text: Any) -> str:
    """The region that a place is in, in the spelling of programs: ``West Europe`` as ``westeurope``."""
    place = str(text).replace(" ", "").lower().rsplit("/", 1)[-1]
    if place.isdigit():
        return ""  # a zone of Azure, inside a region that is said elsewhere
    zone = _GOOGLE_ZONE.fullmatch(place) or _AWS_ZONE.fullmatch(place)
    return zone[1] if zone else place


def account_of(resource: Resource) -> tuple[str, str]:
    """The account, project or subscription that a resource is in, and the attribute that says so; empty if none does.

    A new resource of AWS says nothing itself: then it is that of an ``aws_caller_identity`` of the same provider.
    """
    if resource.type.startswith("google_"):
        own = "project_id" if resource.type == "google_project" else "project"
        return ("", "") if resource.is_left_to_provider(own) else (own, resource.get(own, ""))
    if resource.type.startswith("azurerm_"):
        for name in ("id", "resource_group_id", "subscription_id", "scope"):
            value = resource.values.get(name)
            if not is_unknown(value) and isinstance(value, str):
                found = _SUBSCRIPTION.search(value)
                if found or name == "subscription_id":
                    return name, found[1] if found else value
        own = "subscription_id"
        return ("", "") if resource.is_left_to_provider(own) else (own, resource.get(own, ""))
    account = _part(resource, 4)
    return ("arn", account) if account else ("", _caller(resource))


def _part(resource: Resource, index: int) -> str:
    """A part of the ARN of a resource, empty where it is not known or has none."""
    arn = resource.values.get("arn")
    if is_unknown(arn) or not isinstance(arn, str):
        return ""
    parts = arn.split(":")
    return parts[index] if len(parts) > index and parts[0] == "arn" else ""


def _caller(resource: Resource) -> str:
    for identity in resource.others("data.aws_caller_identity"):
        account = identity.values.get("account_id")
        if _provider(identity) == _provider(resource) and not is_unknown(account):
            return str(account or "")
    return ""


def _provider(resource: Resource) -> str:
    block = resource.node.block
    return block.config.provider_config_key.rsplit(":", 1)[-1] if block else ""
