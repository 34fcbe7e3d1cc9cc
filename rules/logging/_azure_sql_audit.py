"""The audit policies of Azure SQL servers, in the server and in a resource of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource

from .._satellite import missing, satellites

POLICY = "azurerm_mssql_server_extended_auditing_policy"


def policies_of(server: Resource) -> Iterator[tuple[str, Resource | dict[str, Any]]]:
    """Each audit policy of a server that is switched on, with the address of the resource that it stands in."""
    # In the server it is optional and computed: what nobody set is no policy.
    for block in server.effective("extended_auditing_policy", ()):
        yield server.address, block
    for policy in satellites(server, POLICY, via="server_id"):
        # Provider documentation: "enabled … Defaults to true"
        if policy.get("enabled") != False:  # noqa: E712
            yield policy.address, policy


def days_kept(policy: Resource | dict[str, Any]) -> int:
    """How many days a policy keeps its records; 0, the default in the provider's documentation, is for ever."""
    return int(policy.get("retention_in_days") or 0)


def not_audited(server: Resource) -> list[str]:
    """Make sure that a server without a policy has none indeed; addresses of policies that are off or deleted."""
    if server.type != "azurerm_mssql_server":
        return []
    off = [policy.address for policy in satellites(server, POLICY, via="server_id")]
    return off or missing(server, POLICY, via="server_id")
