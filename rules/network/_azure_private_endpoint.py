"""Private endpoints, through which networks reach a service in Azure without the Internet."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, violation

from .._satellite import missing, satellites

_KIND = "azurerm_private_endpoint"
_VIA = "private_service_connection"


def without_private_endpoint(service: Resource) -> Iterator[Violation]:
    """A violation where no private endpoint leads to a service."""
    if not satellites(service, _KIND, via=_VIA):
        yield violation("", "no private endpoint leads to it", evidence=missing(service, _KIND, via=_VIA))
