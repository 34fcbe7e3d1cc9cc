"""Where a rule on one firewall, or on one address, steps back: the whole network says that nobody gets through.

A violation with a mitigation is one still; policy warns of it at the most. What leads to something that the internet
reaches has that as its evidence instead.
"""

from __future__ import annotations

from planguard import Resource, Violation, violation
from planguard.exposure.standing import standing_of, unreached


def mitigation_of(resource: Resource) -> str:
    """Why nobody from the internet gets through a firewall; empty where somebody may, or where nobody can say."""
    return standing_of(resource).mitigation


def weighed(firewall: Resource, path: str, message: str) -> Violation:
    """A violation of a rule on one firewall, with what the whole network says of it.

    :param firewall: a security group, or a rule of one, or a firewall rule
    """
    return violation(path, message, evidence=standing_of(firewall).evidence, mitigation=mitigation_of(firewall))


def weighed_store(store: Resource, path: str, message: str) -> Violation:
    """A violation of a rule on a data store of AWS that has a public address."""
    return violation(path, message, mitigation=unreached(store))
