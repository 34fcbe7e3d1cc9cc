"""Which environment a plan is for, and why planguard thinks so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from planguard.errors import CallError
from planguard.graph.environments import Environment, Environments, Sign, is_listed
from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER, BEFORE, Resource
from planguard.plan.glob import fits, fits_any
from planguard.plan.unknown import Undetermined, is_unknown

NOTHING_TELLS = "policy does not tell environments apart"


class Resolved(msgspec.Struct, frozen=True):
    """The environment of a plan; ``name`` is None where policy defines none and none was given."""

    name: str | None
    because: str
    environment: Environment | None = None


def resolve_environment(
    environments: Environments, graph: Graph, *, given: str | None, workspace: str | None, project: str | None
) -> Resolved:
    """The environment of a plan: the one that was given, else the first that a sign tells, else the strictest.

    :param given: ``--env``
    :raises CallError: when policy does not define the one that was given
    """
    if given is not None:
        if environments.all and environments.named(given) is None:
            from planguard.engine.metadata import near

            known = [one.name for one in environments.all]
            raise CallError(f"--env `{given}` is not an environment of the policy", near(given, known))
        told = _told(environments, graph, workspace, project)
        other = f", though {told.because}" if told is not None and told.name != given else ""
        return Resolved(given, f"given with --env{other}", environments.named(given))
    if not environments.all:
        return Resolved(None, NOTHING_TELLS)
    told = _told(environments, graph, workspace, project)
    if told is not None:
        return told
    strictest = environments.strictest
    assert strictest is not None  # noqa: S101 - there are some
    return Resolved(strictest.name, "nothing in the plan tells its environment; the strictest counts", strictest)


def _told(environments: Environments, graph: Graph, workspace: str | None, project: str | None) -> Resolved | None:
    reader = _Signs(graph, workspace, project)
    for environment in environments.all:
        for sign in environment.signs:
            because = reader.because(sign)
            if because:
                return Resolved(environment.name, because, environment)
    return None


class _Signs:
    """Looks for signs in one plan; what is costly to gather is gathered once."""

    def __init__(self, graph: Graph, workspace: str | None, project: str | None) -> None:
        self._graph = graph
        self._texts = {"workspace": workspace, "project": project}
        self._resources: list[Resource] | None = None
        self._accounts: Counter[str] | None = None

    def because(self, sign: Sign) -> str:
        """Why a sign tells its environment; empty where it does not."""
        if sign.kind in self._texts:
            return self._matching(sign, f"{sign.kind}", self._texts[sign.kind])
        if sign.kind == "variable":
            text = _text_of(self._graph.variable_values.get(sign.key))
            is_secret = text is not None and self._graph.redactor.text(text) != text
            return "" if is_secret else self._matching(sign, f"variable `{sign.key}`", text)
        if sign.kind == "tag":
            return self._counted(sign, f"tag `{sign.key}`", self._tags(sign.key))
        if sign.kind == "account":
            return self._counted(sign, "account", self._all_accounts(), is_listed)
        return self._counted(sign, "module", Counter(one.module for one in self._all() if one.module))

    def _matching(self, sign: Sign, what: str, value: str | None) -> str:
        pattern = next((one for one in sign.patterns if value is not None and fits(one, value)), None)
        if pattern is None:
            return ""
        return f"{what} is `{value}`" if pattern == value else f"{what} `{value}` matches `{pattern}`"

    def _counted(
        self,
        sign: Sign,
        what: str,
        values: Counter[str],
        is_meant: Callable[[str, tuple[str, ...]], bool] = lambda value, patterns: fits_any(patterns, value),
    ) -> str:
        found = sorted(one for one in values if is_meant(one, sign.patterns))
        if not found:
            return ""
        count = sum(values[one] for one in found)
        return f"{what} is `{found[0]}` on {count} resource{'' if count == 1 else 's'}"

    def _tags(self, key: str) -> Counter[str]:
        values = (one.tags.get(key) for one in self._all())
        plain = self._graph.redactor.text
        return Counter(one for one in values if isinstance(one, str) and not is_unknown(one) and plain(one) == one)

    def _all_accounts(self) -> Counter[str]:
        if self._accounts is None:
            self._accounts = Counter(filter(None, map(_account, self._all())))
        return self._accounts

    def _all(self) -> Iterable[Resource]:
        if self._resources is None:
            self._resources = [
                self._graph.view(node, AFTER if node.in_after else BEFORE)
                for node in self._graph.nodes
                if not node.kind.startswith("data.")
            ]
        return self._resources


def _text_of(value: object) -> str | None:
    """A value as policy writes it, None where it is no single one, or not known."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_unknown(value) or not isinstance(value, str | int):
        return None
    return str(value)


def _account(resource: Resource) -> str:
    try:
        return resource.account
    except Undetermined:
        return ""
