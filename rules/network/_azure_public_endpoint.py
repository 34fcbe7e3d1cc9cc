"""Whether a service in Azure answers at a public address."""

from __future__ import annotations

from planguard import Resource


def has_public_endpoint(service: Resource) -> bool:
    """Whether the public endpoint of a service is on. Provider documentation, all types: it is by default."""
    return bool(service.effective("public_network_access_enabled", True))
