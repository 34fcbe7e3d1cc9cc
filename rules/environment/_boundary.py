"""The two sides of the boundary of production, and which of them something belongs to."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Any

from planguard import Resource
from planguard.plan.unknown import path_of

_TIE = re.compile(r"aws_cloudwatch_event_target|azurerm_role_assignment|google_.+_iam_(?:member|binding|policy)")
_HARMLESS = re.compile(r"(?:^|\.)(?:aws|azurerm|azuread|google|random|tls|time)_\w+\.")
"""What can be no account of others: attributes of resources of this plan, whose side is known, and what is made up."""


def is_tie(resource: Resource) -> bool:
    """Whether it is nothing in itself, so that what it names is somebody else's: a data source, or a grant."""
    return resource.is_data or bool(_TIE.fullmatch(resource.type))


class Side:
    """One side of the boundary: that of a resource.

    :ivar others: the environments on the other side
    """

    def __init__(self, resource: Resource) -> None:
        self._environments = resource.environments
        self._production = _environment_of(resource).production
        self.others = tuple(one for one in self._environments.all if one.production != self._production)

    def other(self, environment: Any) -> str:
        """The name of an environment on the other side; empty for one on this side, or for none."""
        return str(environment.name) if environment and environment.production != self._production else ""

    def of_account(self, account: str) -> str:
        """The environment on the other side that an account belongs to."""
        return self.other(self.owner(account))

    def owner(self, account: str) -> Any:
        """The environment that an account belongs to, on whichever side."""
        return self._environments.of_account(account)

    def of_range(self, cidr: str) -> str:
        """What the other side has to do with an address range, in words; empty for nothing. The world is nobody's."""
        owner = self._environments.of_network(cidr)
        if owner:
            other = self.other(owner)
            return f"{cidr} belongs to `{other}`" if other else ""
        inside = [one.name for one in self.others if any(_takes_in(cidr, own) for own in one.networks)]
        return f"{cidr} takes in addresses of `{inside[0]}`" if inside else ""

    def of_name(self, name: str) -> str:
        """The environment on the other side that a name belongs to, or else a part of it, between slashes."""
        for part in (name, *name.strip("/").split("/")):
            owner = self._environments.of_name(part)
            if owner:
                return self.other(owner)
        return ""

    def of_tags(self, tags: dict[str, Any]) -> str:
        """The environment on the other side that tags tell."""
        return self.other(self._environments.of_tags(tags))

    def of_resource(self, resource: Resource) -> str:
        """The environment on the other side that a resource belongs to; of one that is nothing in itself, its reader."""
        return self.other(_reader(resource) if is_tie(resource) else resource.environment)


def _environment_of(resource: Resource) -> Any:
    """The environment of a resource. One that has neither account nor tags belongs to what it is for."""
    if is_tie(resource):
        return _reader(resource)
    own = resource.environment
    if own != resource.plan_environment or resource.is_taggable:
        return own
    found: list[Any] = [one.environment for one in list.__iter__(resource.references())]
    return found.pop() if len({one.production for one in found}) == 1 else own


def _reader(resource: Resource) -> Any:
    """The environment of whoever reads a data source or makes a grant: that of its module, else the plan's."""
    return resource.environments.of_module(resource.module) or resource.plan_environment


def _takes_in(cidr: str, other: str) -> bool:
    try:
        network, inner = ip_network(cidr, strict=False), ip_network(other, strict=False)
    except ValueError:
        return False
    return network.prefixlen > 0 and network.version == inner.version and network.supernet_of(inner)  # type: ignore[arg-type]


def refuse_doubt(resource: Resource, unknown: Any) -> None:
    """Refuse to pass over a value that is not known yet and may be anything.

    :raises Undetermined: unless it is left to the provider, or comes from resources of this plan
    """
    path = path_of(unknown)
    if resource.is_given(path):
        return
    sources = resource.comes_from(".".join(step for step in path if isinstance(step, str)))
    if not sources or not all(map(_HARMLESS.search, sources)):
        bool(unknown)
