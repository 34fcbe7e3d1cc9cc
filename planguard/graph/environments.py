"""Which environment a plan, an account, an address range or a name belongs to, as policy defines environments.

Policy writes environments in order, and the first that is told wins: whoever lists production first cannot have it
mistaken for something else by a weaker sign.
"""

from __future__ import annotations

from typing import Any

import msgspec

from planguard.plan.glob import fits_any
from planguard.plan.unknown import is_unknown

KINDS = ("workspace", "project", "variable", "tag", "account", "module")
"""By what an environment is told from a plan."""


class Sign(msgspec.Struct, frozen=True):
    """One sign by which an environment is known.

    :ivar kind: one of :data:`KINDS`
    :ivar key: of a variable its name, of a tag its key; empty for the others
    :ivar patterns: the values that tell it, with ``*`` and ``?``
    """

    kind: str
    key: str
    patterns: tuple[str, ...]


class Environment(msgspec.Struct, frozen=True):
    """One environment, as policy defines it.

    :ivar production: whether it is one of those that must not depend on the others
    :ivar signs: in the order in which policy writes them
    :ivar networks: its address ranges
    :ivar names: patterns that names of its resources fit
    """

    name: str
    production: bool = False
    signs: tuple[Sign, ...] = ()
    networks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def patterns(self, kind: str) -> tuple[str, ...]:
        """The values of one kind that tell it, whatever their key."""
        return tuple(pattern for sign in self.signs if sign.kind == kind for pattern in sign.patterns)


class Environments(msgspec.Struct, frozen=True):
    """All environments of a policy, in order; none where policy does not tell them apart."""

    all: tuple[Environment, ...] = ()

    def named(self, name: str | None) -> Environment | None:
        """The environment of that name."""
        return next((one for one in self.all if one.name == name), None)

    @property
    def strictest(self) -> Environment | None:
        """What a plan is judged as when nothing tells its environment: the first of production, else the first."""
        return next((one for one in self.all if one.production), self.all[0] if self.all else None)

    def of_account(self, account: str) -> Environment | None:
        """The environment that an account, subscription or project belongs to."""
        return next((one for one in self.all if is_listed(account, one.patterns("account"))), None)

    def of_network(self, cidr: str) -> Environment | None:
        """The environment that a whole address range belongs to. The world belongs to none."""
        return next((one for one in self.all if any(_within(cidr, own) for own in one.networks)), None)

    def of_name(self, name: str) -> Environment | None:
        """The environment that a name belongs to."""
        return next((one for one in self.all if fits_any(one.names, name)), None)

    def of_tags(self, tags: dict[str, Any]) -> Environment | None:
        """The environment that tags or labels tell."""
        return next((one for one in self.all if any(_tells(sign, tags) for sign in one.signs)), None)

    def of_module(self, module: str) -> Environment | None:
        """The environment that a module address belongs to."""
        return next((one for one in self.all if fits_any(one.patterns("module"), module)), None)


def is_listed(account: str, patterns: tuple[str, ...]) -> bool:
    """Whether an account is meant. Azure writes the ids of subscriptions in capitals and in small letters."""
    return fits_any((one.casefold() for one in patterns), account.casefold())


def _within(cidr: str, own: str) -> bool:
    from ipaddress import ip_network

    try:
        network, outer = ip_network(cidr, strict=False), ip_network(own, strict=False)
    except ValueError:
        return False
    return network.version == outer.version and network.subnet_of(outer)  # type: ignore[arg-type]


def _tells(sign: Sign, tags: dict[str, Any]) -> bool:
    if sign.kind != "tag":
        return False
    value = tags.get(sign.key)
    return isinstance(value, str) and not is_unknown(value) and fits_any(sign.patterns, value)
