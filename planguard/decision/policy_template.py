"""A policy file to begin with, made to fit plans: the environments and owners that they show, and comments."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable

import msgspec

from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER, BEFORE, Resource
from planguard.plan.unknown import Undetermined, is_unknown

SCHEMA_NAME = "planguard.schema.json"
_ENVIRONMENT = ("environment", "env", "stage")
_OWNER = ("team", "owner", "service")
_PRODUCTION = re.compile(r"(?:^|[-_.])(?:prod|prd|production|live)(?:$|[-_.])", re.IGNORECASE)
_MOST_OWNERS = 12


class PlanSigns(msgspec.Struct):
    """What plans show of where they belong.

    :ivar workspaces: by environment, where a workspace is named like one
    :ivar variables: by environment, name and value of the variable that tells it
    :ivar tags: by environment, key and value of the tag that tells it
    :ivar accounts: by environment, the accounts that its plans are in
    :ivar owners: by team, the tag that tells it
    """

    environments: list[str] = []
    workspaces: dict[str, list[str]] = {}
    variables: dict[str, tuple[str, str]] = {}
    tags: dict[str, tuple[str, str]] = {}
    accounts: dict[str, list[str]] = {}
    owners: dict[str, tuple[str, str]] = {}


def signs_of(graphs: Iterable[tuple[Graph, str | None]]) -> PlanSigns:
    """What plans show; each with the workspace that it is for, where that is known."""
    found = PlanSigns()
    for graph, workspace in graphs:
        _gather(graph, workspace, found)
    shared = Counter(one for accounts in found.accounts.values() for one in accounts)
    # An account of two environments tells neither.
    found.accounts = {
        name: [one for one in accounts if shared[one] == 1] for name, accounts in found.accounts.items()
    }
    found.environments.sort(key=lambda name: (not is_production(name), name))
    return found


def is_production(name: str) -> bool:
    """Whether an environment is one of production, as names go."""
    return _PRODUCTION.search(name) is not None


def _gather(graph: Graph, workspace: str | None, found: PlanSigns) -> None:
    resources = [
        graph.view(node, AFTER if node.in_after else BEFORE)
        for node in graph.nodes
        if not node.kind.startswith("data.")
    ]
    variable = next(
        (
            (name, value)
            for name, value in sorted(graph.variable_values.items())
            if name.lower() in _ENVIRONMENT and _is_plain(value, graph)
        ),
        None,
    )
    tag = _commonest(resources, _ENVIRONMENT, graph)
    name = variable[1] if variable else tag[1] if tag else workspace
    if name and name != "default":
        if name not in found.environments:
            found.environments.append(name)
        if variable:
            found.variables.setdefault(name, variable)
        if tag:
            found.tags.setdefault(name, tag)
        if workspace and workspace != "default":
            found.workspaces.setdefault(name, []).append(workspace)
        accounts = sorted(set(filter(None, map(_account, resources))))
        found.accounts.setdefault(name, []).extend(one for one in accounts if one not in found.accounts.get(name, []))
    for resource in resources:
        for key, value in resource.tags.items():
            if key.lower() in _OWNER and _is_plain(value, graph) and len(found.owners) < _MOST_OWNERS:
                found.owners.setdefault(value, (key, value))


def _is_plain(value: object, graph: Graph) -> bool:
    """Whether a value is a known text that is no secret."""
    return isinstance(value, str) and bool(value) and not is_unknown(value) and graph.redactor.text(value) == value


def _commonest(resources: list[Resource], names: tuple[str, ...], graph: Graph) -> tuple[str, str] | None:
    counts = Counter(
        (key, value)
        for resource in resources
        for key, value in resource.tags.items()
        if key.lower() in names and _is_plain(value, graph)
    )
    return min(counts, key=lambda pair: (-counts[pair], pair)) if counts else None


def _account(resource: Resource) -> str:
    try:
        return resource.account
    except Undetermined:
        return ""


def policy_text(signs: PlanSigns) -> str:
    """The text of a policy file, which holds as it is."""
    return (
        f"# yaml-language-server: $schema={SCHEMA_NAME}\n"
        + _HEAD
        + _environments(signs)
        + _gates(signs)
        + _owners(signs)
        + _TAIL
    )


def _quoted(text: str) -> str:
    """A text as YAML takes it, whatever is in it."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _environments(signs: PlanSigns) -> str:
    if not signs.environments:
        return _NO_ENVIRONMENTS
    lines = [_ENVIRONMENTS, "environments:\n"]
    for name in signs.environments:
        lines.append(f"  {_quoted(name)}:\n")
        lines.append(f"    production: {'true' if is_production(name) else 'false'}\n")
        for workspace in sorted(set(signs.workspaces.get(name, ()))):
            lines.append(f"    workspace: {_quoted(workspace)}\n")
            break
        if name in signs.variables:
            key, value = signs.variables[name]
            lines.append(f"    variable: {{{_quoted(key)}: {_quoted(value)}}}\n")
        if name in signs.tags:
            key, value = signs.tags[name]
            lines.append(f"    tag: {{{_quoted(key)}: {_quoted(value)}}}\n")
        if signs.accounts.get(name):
            shown = ", ".join(map(_quoted, signs.accounts[name]))
            lines.append(f"    account: [{shown}]\n")
        lines.append("    # network: [10.0.0.0/16]   # its address ranges, for rules on reaching across\n")
        lines.append(f"    # name: {_quoted(f'*-{name}*')}   # what its resources are called, likewise\n")
    return "".join(lines) + "\n"


def _gates(signs: PlanSigns) -> str:
    production = [name for name in signs.environments if is_production(name)]
    if not production:
        return _GATES.replace("@ENVIRONMENT@", "")
    shown = ", ".join(map(_quoted, production))
    return _GATES.replace("@ENVIRONMENT@", f"    environment: [{shown}]\n")


def _owners(signs: PlanSigns) -> str:
    if not signs.owners:
        return _NO_OWNERS
    lines = [_OWNERS, "owners:\n"]
    for team, (key, value) in sorted(signs.owners.items()):
        lines.append(f"  - team: {_quoted(team)}\n    tag: {{{_quoted(key)}: {_quoted(value)}}}\n")
    return "".join(lines) + "\n"


_HEAD = """\
# What planguard blocks, whose it is, and who may excuse it.
# `planguard policy check` validates this file; `planguard policy explain --env prod --severity high` asks it.

"""
_ENVIRONMENTS = """\
# By what a plan's environment is known. They are tried in this order, and the signs of each in the order written; the
# first that fits decides. A plan that none fits is judged as the first of production.
"""
_NO_ENVIRONMENTS = """\
# By what a plan's environment is known: workspace, project (--project), variable, tag, account, module.
# environments:
#   prod:
#     production: true
#     workspace: "*-prod"
#     account: ["111111111111"]
#   dev:
#     workspace: "*-dev"

"""
_GATES = """\
# What happens to a finding. The first gate that fits decides; behind these stand the built-in ones: what a plan
# introduces is blocked when it is critical or high and warned of when it is less, what was there before is observed.
gates:
  - name: production-undetermined-critical
@ENVIRONMENT@    severity: critical
    status: undetermined
    effect: block
  # - name: nobody-loses-data
  #   rule: stateful-store-*
  #   effect: block
  #   waivable: false

"""
_OWNERS = """\
# Whose a finding is. The first that fits decides: address, module, tag or path.
"""
_NO_OWNERS = """\
# Whose a finding is: by address, module, tag or path.
# owners:
#   - team: payments
#     module: module.payments
#     tag: {Team: payments}

"""
_TAIL = """\
# Who may approve waivers, with the SSH keys that they sign with. Without `approvals`, no waiver counts.
# identities:
#   alice@example.com:
#     roles: [security]
#     keys: ["ssh-ed25519 AAAA… alice"]
# approvals:
#   - name: grave
#     severity: [critical, high]
#     roles: {security: 1}
#     longest: 7d
#     renewals: 1
#   - name: lesser
#     roles: {security: 1}
#     longest: 30d
#     binding: change
# not_waivable:
#   - rule: secret-in-configuration

# Settings of rules, by id, by name in another tool, or by domain; `planguard rules show ID` lists parameters.
# rules:
#   required-tag-missing:
#     parameters: {keys: [Team, Environment]}
"""
