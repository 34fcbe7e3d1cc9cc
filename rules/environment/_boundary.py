"""What belongs to the other side: to production where one is not production, and to something else where one is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from planguard import Resource, is_unknown

_ACCOUNT = re.compile(r"arn:[\w-]+:[\w-]*:[\w-]*:(\d{12}):")
_SUBSCRIPTION = re.compile(r"/subscriptions/([0-9a-f-]{36})(?=/|$)", re.IGNORECASE)
_PROJECT = re.compile(r"(?:^|/)projects/([a-z][a-z0-9-]{4,28}[a-z0-9])(?=/|$)")
_SERVICE_ACCOUNT = re.compile(r"@([a-z][a-z0-9-]{4,28}[a-z0-9])\.iam\.gserviceaccount\.com")
_PARTS = (_ACCOUNT, _SUBSCRIPTION, _PROJECT, _SERVICE_ACCOUNT)
_BARE = re.compile(r"\d{12}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_OWN = frozenset(
    {"arn", "id", "self_link", "owner_id", "unique_id", "tags", "tags_all", "labels", "effective_labels", "name"}
)
"""What a resource says of itself. Where itself is in the other account, `environment-account-mismatch` says so."""


class Side:
    """One side of the boundary: that of a resource."""

    def __init__(self, resource: Resource) -> None:
        self._resource = resource
        own = resource.environment
        self._own = own

    def other(self, environment: Any) -> str:
        """The name of an environment on the other side; empty for one on this side, or for none."""
        if not environment or not self._own or environment.production == self._own.production:
            return ""
        return str(environment.name)

    def of_account(self, account: str) -> str:
        """The environment on the other side that an account belongs to."""
        return self.other(self._resource.environments.of_account(account))

    def of_range(self, cidr: str) -> str:
        """The environment on the other side that an address range belongs to."""
        return self.other(self._resource.environments.of_network(cidr))

    def of_name(self, name: str) -> str:
        """The environment on the other side that a name belongs to."""
        return self.other(self._resource.environments.of_name(name))

    def of_resource(self, resource: Resource) -> str:
        """The environment on the other side that a resource belongs to."""
        return self.other(resource.environment)


def accounts_in(text: str) -> Iterator[str]:
    """The accounts, subscriptions and projects that a text names: in ARNs, ids and members, or as such."""
    if _BARE.fullmatch(text):
        yield text
    for part in _PARTS:
        yield from part.findall(text)


def texts_of(resource: Resource) -> Iterator[tuple[str, str]]:
    """Every known text that a resource says of others, with the attribute that it stands in."""
    for name, value in resource.values.items():
        if name not in _OWN:
            for text in _texts(value):
                yield name, text


def _texts(value: Any) -> Iterator[str]:
    if is_unknown(value):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for below in value.values():
            yield from _texts(below)
    elif isinstance(value, list):
        for below in list.__iter__(value):
            yield from _texts(below)
