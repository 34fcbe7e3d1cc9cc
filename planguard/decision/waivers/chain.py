"""Renewals: a waiver that goes on where another ends, and the chain that it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from planguard.decision.policy import Approval
from planguard.decision.time import show_days
from planguard.decision.waivers.waiver import Waiver


def chain_of(waiver: Waiver, by_id: Mapping[str, Waiver]) -> list[Waiver]:
    """The waivers that a waiver goes on from, the first of them first, itself last.

    It ends where one is missing, or where it comes back to itself; :func:`chain_trouble` tells.
    """
    found = [waiver]
    seen = {waiver.id}
    while (before := found[0].renews) is not None and before in by_id and before not in seen:
        seen.add(before)
        found.insert(0, by_id[before])
    return found


def chain_trouble(waiver: Waiver, by_id: Mapping[str, Waiver]) -> str:
    """Why the chain of a waiver does not hold, empty where it does."""
    chain = chain_of(waiver, by_id)
    if chain[0].renews is not None:
        if chain[0].renews in by_id:
            return f"its renewals come back to `{chain[0].renews}`"
        return f"it renews `{chain[0].renews}`, which is not there"
    for before, after in pairwise(chain):
        if before.revoked is not None:
            return f"it renews `{before.id}`, which was revoked"
        if before.reason.strip() == after.reason.strip():
            return f"it gives the same reason as `{before.id}`, which it renews; a renewal needs a new one"
        if not set(after.rules) <= set(before.rules) or not set(after.addresses) <= set(before.addresses):
            return f"it excuses more than `{before.id}`, which it renews"
        if (before.environment, before.project) != (after.environment, after.project):
            return f"it is for another place than `{before.id}`, which it renews"
        if after.created < before.created:
            return f"it was created before `{before.id}`, which it renews"
    return ""


def time_trouble(waiver: Waiver, by_id: Mapping[str, Waiver], needed: Approval) -> str:
    """Why a waiver is longer, or renewed more often, than policy allows; empty where it is not."""
    length = waiver.expires - waiver.created
    if length > needed.longest:
        return (
            f"it is for {show_days(length.total_seconds())}, and approval `{needed.name}` allows "
            f"{show_days(needed.longest.total_seconds())}"
        )
    renewals = len(chain_of(waiver, by_id)) - 1
    if renewals > needed.renewals:
        return f"it is renewal {renewals}, and approval `{needed.name}` allows {needed.renewals}"
    return ""
