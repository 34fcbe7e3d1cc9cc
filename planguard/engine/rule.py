"""A rule, and what it says of a resource."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from textwrap import dedent
from typing import Any, TypeVar

import msgspec

ENVIRONMENTS = "environments"
"""What a rule needs that asks to which environment things belong; in ``tried_with``, those of its examples, by name
and as a policy file defines them."""
PLAN_ENVIRONMENT = "plan_environment"
"""In ``tried_with``, the name of the one that the plans of its examples are for."""
SEVERITIES = ("critical", "high", "medium", "low")
DOMAINS = ("identity", "network", "encryption", "logging", "baseline", "environment")
TAGGABLE = "taggable"
"""A resource pattern: every resource that takes tags or labels."""
FIRST_IN_MODULE = "module"
"""A resource pattern: the first resource of each module, for rules that are about the module."""

_MARK = "__planguard_rule__"


class Parameter(msgspec.Struct, frozen=True):
    """Something about a rule that a policy may set.

    :ivar kind: integer, number, string, boolean or list (of strings)
    :ivar default: its value where no policy sets it
    :ivar description: what it means, for the rule's page
    """

    kind: str
    default: Any
    description: str


class Pair(msgspec.Struct, frozen=True):
    """An example of a change: the configuration before it and the one after it, both in HCL.

    :ivar replaces: addresses that are replaced instead of updated, each with the attribute that forces it
    """

    before: str
    after: str
    replaces: dict[str, str] = {}

    def __str__(self) -> str:
        return f"# before\n{dedent(self.before).strip()}\n\n# after\n{dedent(self.after).strip()}\n"


Hcl = str | Pair
"""What an example is made of: one configuration, or those before and after a change."""


class Rule(msgspec.Struct, frozen=True):
    """Everything about a rule but its code; small enough to be kept in a cache and read back without the code.

    :ivar judges: ``state`` (asked of a resource in both snapshots) or ``change`` (asked of what the plan does)
    :ivar kind: ``python`` or ``yaml``
    :ivar module: for a Python rule, its module inside the pack (``network.aws_security_group``)
    :ivar function: for a Python rule, the name of its function
    :ivar condition: for a declarative rule, the parsed condition; what must hold
    :ivar resources: resource types, patterns with ``*``, or ``taggable``, or ``module`` (the first resource of
        each module); ``data.aws_x`` for data sources
    :ivar since: the version of the pack that brought it
    :ivar wider: ids of rules that say the same of more: what they flag too is shown as part of theirs
    :ivar needs: a parameter without which the rule asks nothing: it runs only where a policy sets it;
        ``environments`` where it asks nothing unless policy defines those
    :ivar tried_with: values of parameters with which its examples are run
    :ivar lines: for a declarative rule, the line on which each field stands
    :ivar defaults: for a declarative rule, what a missing attribute means, by its path
    """

    id: str
    title: str
    why: str
    fix: str
    domain: str
    severity: str
    resources: tuple[str, ...]
    judges: str = "state"
    aliases: tuple[str, ...] = ()
    controls: dict[str, tuple[str, ...]] = {}
    links: tuple[str, ...] = ()
    since: str = ""
    wider: tuple[str, ...] = ()
    parameters: dict[str, Parameter] = {}
    needs: str = ""
    tried_with: dict[str, Any] = {}
    kind: str = "python"
    file: str = ""
    line: int = 0
    pack: str = ""
    module: str = ""
    function: str = ""
    condition: Any = None
    when: Any = None
    path: str = ""
    message: str = ""
    lines: dict[str, int] = {}
    defaults: dict[str, Any] = {}
    bad: dict[str, Hcl] = {}
    good: dict[str, Hcl] = {}
    undetermined: dict[str, Hcl] = {}

    @property
    def provider(self) -> str:
        """The cloud that the rule speaks of: aws, azure, google, kubernetes, any."""
        clouds = {provider_of(pattern) for pattern in self.resources}
        return clouds.pop() if len(clouds) == 1 else "any"


def has_alias(rule: Rule, name: str) -> bool:
    """Whether a rule is the check of this name in another tool; ``AWS-0107`` is short for ``AVD-AWS-0107``."""
    return name in rule.aliases or f"AVD-{name}" in rule.aliases


_CLOUDS = {
    "aws": "aws",
    "azurerm": "azure",
    "azuread": "azure",
    "azapi": "azure",
    "google": "google",
    "kubernetes": "kubernetes",
    "helm": "kubernetes",
}


def provider_of(pattern: str) -> str:
    """The cloud of a resource type or pattern, ``any`` for one that names none."""
    return _CLOUDS.get(pattern.removeprefix("data.").split("_", 1)[0], "any")


class Violation(msgspec.Struct, frozen=True):
    """What a rule yields: one thing that is wrong with the resource that it looks at.

    :ivar path: the attribute that makes it wrong, ``ingress[0].cidr_blocks``; empty for the resource as a whole
    :ivar message: what is wrong, in words and values: ``22/tcp from 0.0.0.0/0``
    :ivar facts: what makes it the same violation in another snapshot; by default the path without indexes, and
        the message
    :ivar evidence: addresses of other resources that it rests on
    :ivar mitigation: what takes the edge off it, in words: then it is a warning at the most
    """

    path: str
    message: str
    facts: Any = None
    evidence: tuple[str, ...] = ()
    mitigation: str = ""


def violation(
    path: str, message: str, *, facts: Any = None, evidence: Iterable[str] = (), mitigation: str = ""
) -> Violation:
    """Say that something is wrong: ``yield violation("account_id", "shared with all accounts")``.

    :param path: the attribute, empty for the resource as a whole
    :param message: what is wrong, in words and values; no full stop
    :param facts: what makes it the same violation before and after, where path and message do not say it
    :param evidence: addresses of other resources that it rests on
    :param mitigation: what takes the edge off it, in words and for certain: policy then warns of it at the most
    """
    return Violation(path, message, facts, tuple(evidence), mitigation)


Function = TypeVar("Function", bound=Callable[..., Any])
Examples = Mapping[str, str | tuple[str, str] | tuple[str, str, dict[str, str]]] | list[str]
"""HCL by the name of the example; for a change, HCL before and HCL after, and behind them the addresses that are
replaced, each with the attribute that forces it."""


def rule(
    *,
    id: str,
    severity: str,
    domain: str,
    resources: Iterable[str],
    aliases: Iterable[str] = (),
    controls: dict[str, Iterable[str]] | None = None,
    links: Iterable[str] = (),
    since: str = "",
    wider: Iterable[str] = (),
    parameters: dict[str, str] | None = None,
    needs: str = "",
    tried_with: Mapping[str, Any] | None = None,
    bad: Examples | None = None,
    good: Examples | None = None,
    undetermined: Examples | None = None,
) -> Callable[[Function], Function]:
    """Make a generator function a state rule: it is asked of each resource, before and after.

    The function takes a :class:`planguard.Resource` and yields :func:`violation` for each thing that is wrong. The
    first line of its docstring is the title, the first paragraph below it says why, the second how to fix it.

    :param id: what is bad, readable after *waive*: ``aws-ebs-volume-unencrypted``
    :param severity: critical, high, medium or low
    :param domain: identity, network, encryption, logging, baseline or environment
    :param resources: resource types; patterns such as ``aws_*``; ``data.aws_x``; ``taggable``
    :param aliases: ids of the same check in other tools
    :param controls: sections of standards, by standard
    :param since: the version of the pack that brought it
    :param wider: ids of rules that say the same of more
    :param parameters: what each keyword-only argument of the function means; its type and default are the argument's
    :param needs: a parameter without which the rule asks nothing: it runs only where a policy sets it
    :param tried_with: values of parameters with which the examples are run
    :param bad: configurations in HCL that it must flag, by name
    :param good: configurations in HCL that it must leave alone, by name
    :param undetermined: configurations in HCL that it cannot judge before the apply, by name
    """
    return _marker("state", dict(locals()))


def change_rule(
    *,
    id: str,
    severity: str,
    domain: str,
    resources: Iterable[str],
    aliases: Iterable[str] = (),
    controls: dict[str, Iterable[str]] | None = None,
    links: Iterable[str] = (),
    since: str = "",
    wider: Iterable[str] = (),
    parameters: dict[str, str] | None = None,
    needs: str = "",
    tried_with: Mapping[str, Any] | None = None,
    bad: Examples | None = None,
    good: Examples | None = None,
    undetermined: Examples | None = None,
) -> Callable[[Function], Function]:
    """Make a generator function a change rule: it is asked of each change that the plan makes.

    Like :func:`rule`, but the function takes a :class:`planguard.Change`. What it finds is always *introduced*.
    """
    return _marker("change", dict(locals()))


def _marker(judges: str, fields: dict[str, Any]) -> Callable[[Function], Function]:
    def mark(function: Function) -> Function:
        setattr(function, _MARK, {**fields, "judges": judges})
        return function

    return mark


def fields_of(function: object) -> dict[str, Any] | None:
    """What the decorator was given, None for a function that is no rule."""
    found: dict[str, Any] | None = getattr(function, _MARK, None)
    return found
