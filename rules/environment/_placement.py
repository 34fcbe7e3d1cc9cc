"""Where a resource is, as far as the plan tells."""

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


def is_allowed(value: str, patterns: tuple[str, ...]) -> bool:
    """Whether a value is one of those allowed; ``*`` and ``?`` stand for others, and case does not count."""
    return any(fnmatchcase(value.casefold(), pattern.casefold()) for pattern in patterns)


def regions_of(resource: Resource) -> Iterator[tuple[str, str]]:
    """The regions that a resource is in, each with the attribute that says so; none where it is nowhere.

    :raises Undetermined: at the end, when one of them is not known yet
    """
    found = [(name, resource.values.get(name)) for name in _AT if not resource.is_left_to_provider(name)]
    for path in _ALSO_AT.get(resource.type, ()):
        blocks, _, leaf = path.rpartition(".")
        found += [(f"{at}.{leaf}", block.get(leaf)) for at, block in resource.blocks(blocks)]
    if not any(is_unknown(values) or values for _, values in found):
        found.append(("arn", _region_in(resource.values.get("arn"))))
    for name, values in sorted(found, key=lambda one: is_unknown(one[1])):
        for value in values if isinstance(values, list) else [values]:
            region = _region(value) if value else ""
            if region not in _NOWHERE:
                yield name, region


def _region(text: Any) -> str:
    """The region that a place is in, in the spelling of programs: ``West Europe`` as ``westeurope``."""
    place = str(text).replace(" ", "").lower().rpartition("/")[2]
    if place.isdigit():
        return ""  # a zone of Azure, inside a region that is said elsewhere
    zone = _GOOGLE_ZONE.fullmatch(place) or _AWS_ZONE.fullmatch(place)
    return zone[1] if zone else place


def _region_in(arn: Any) -> str:
    """The region that an ARN names, empty where it is not known or names none."""
    if is_unknown(arn) or not isinstance(arn, str):
        return ""
    return "".join(arn.split(":")[3:4])
