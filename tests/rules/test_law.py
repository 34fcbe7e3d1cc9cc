"""Making a known value unknown never turns a violation into a pass: the law, on every bad example of every rule.

Terraform leaves an unknown attribute out of ``after`` and marks it in ``after_unknown``; so does this test, one
attribute at a time, for each attribute of the resource that a rule flags.
"""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import Any

import pytest

from planguard.engine.evaluate import evaluate
from planguard.engine.ruleset import RuleSet
from planguard.engine.settings import for_examples
from tests.conftest import graph_from
from tests.rules.stored import Stored, stored_changes, stored_examples

WRITTEN_IN_THE_CONFIGURATION = {"aws-lambda-environment-secret", "secret-in-configuration"}
"""Rules for what stands in the configuration: a value that comes from elsewhere does not."""
_AWS_TRUST = ("aws-role-trust-any-oidc-subject",)
_AWS_RESOURCE = ("aws-resource-policy-public-data", "aws-resource-policy-public-access")
_AZURE = ("azure-principal-administrator-equivalent", "azure-principal-resource-group-administrator")
ASKED_WITH = {
    "aws-resource-policy-cross-account-access": _AWS_RESOURCE,
    "aws-resource-policy-cross-account-unlimited": _AWS_RESOURCE,
    "aws-role-trust-another-account": _AWS_TRUST,
    "aws-role-trust-oidc-subject-broad": _AWS_TRUST,
    "azure-principal-privilege-escalation": _AZURE,
    "azure-principal-reads-secrets": _AZURE,
    "message-broker-reachable-from-internet": ("aws-mq-publicly-accessible",),
}  # fmt: skip
"""Rules that say nothing of what is wholly unknown, because a graver one is stopped by the same value."""
TOLD_AT_THE_GRANT = {
    "aws-principal-administrator-equivalent",
    "aws-principal-privilege-escalation",
    "kubernetes-principal-administrator-equivalent",
    "kubernetes-principal-reads-secrets",
}
"""Rules on principals: one without a known name is outside of the plan for who names it, and told of at the grant."""
SOMEBODY_ELSE = {
    ("aws-principal-reads-secrets", "name"): "a grant by name is to somebody else then",
    ("aws-permission-boundary-removed", "name"): "a grant by name is to somebody else then",
}
"""Attributes without which a grant is of nobody whom the rule is about."""
PLANS = [
    one
    for one in (*stored_examples(), *stored_changes())
    if one.kind == "bad" and one.rule not in WRITTEN_IN_THE_CONFIGURATION
]


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The places of a value that could be unknown: its leaves, and the attributes that hold blocks or maps."""
    found = [path] if path and not isinstance(value, dict) else []
    if isinstance(value, dict):
        for key, below in value.items():
            found += leaves(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            found += leaves(below, (*path, index))
    return found


def with_unknown(change: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    """The same change with the value at a path unknown, written as terraform writes it."""
    changed = copy.deepcopy(change)
    after = changed["after"]
    mask = changed.setdefault("after_unknown", {})
    if not isinstance(mask, dict):
        return changed
    for step, following in pairwise(path):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(mask, list):
            while len(mask) <= step:  # type: ignore[operator]
                mask.append({} if isinstance(empty, dict) else [])
            if not mask[step]:  # type: ignore[index]
                mask[step] = empty  # type: ignore[index]
        elif not mask.get(step):
            mask[step] = empty
        mask = mask[step]  # type: ignore[index]
        after = after[step]
        if mask is True:
            return changed
    last = path[-1]
    if isinstance(mask, list):
        while len(mask) <= last:  # type: ignore[operator]
            mask.append(False)
        after[last] = None
        mask[last] = True  # type: ignore[index]
    else:
        del after[last]
        mask[last] = True
    return changed


LATER = {"references": ["terraform_data.later.output", "terraform_data.later"]}


def with_reference(document: dict[str, Any], entry: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    """The same plan with the attribute taken from something that is known later, where its block sets it."""
    changed = copy.deepcopy(document["configuration"])
    name = f"{'data.' if entry['mode'] == 'data' else ''}{entry['type']}.{entry['name']}"
    blocks = [one for one in changed["root_module"].get("resources", []) if one["address"] == name]
    part: Any = blocks[0].get("expressions", {}) if blocks else {}
    for step in path:
        known = step in part if isinstance(part, dict) else isinstance(step, int) and step < len(part)
        if not known:
            break
        if isinstance(part[step], dict) and part[step].keys() & {"constant_value", "references"}:
            part[step] = LATER
            break
        part = part[step]
    return {**document, "configuration": changed}


@pytest.mark.parametrize("stored", PLANS, ids=lambda stored: stored.id)
def test_no_violation_becomes_a_pass(stored: Stored, by_id: dict[str, RuleSet]) -> None:
    rules = by_id[stored.rule]
    document = stored.document()
    flagged = {
        one.node.address
        for one in evaluate(graph_from(document), rules).violations
        if one.status != "fixed" and one.rule.id == stored.rule
    }
    passed = []
    for index, entry in enumerate(document.get("resource_changes", ())):
        if entry["address"] not in flagged or not isinstance(entry["change"]["after"], dict):
            continue
        for place in leaves(entry["change"]["after"]):
            spoiled = with_reference(document, entry, place)
            spoiled["resource_changes"] = list(document["resource_changes"])
            spoiled["resource_changes"][index] = {**entry, "change": with_unknown(entry["change"], place)}
            findings = evaluate(graph_from(spoiled), rules)
            answers = [*findings.violations, *findings.undetermined, *findings.errors]
            if not any(
                one.node.address == entry["address"] or stored.rule in TOLD_AT_THE_GRANT for one in answers
            ) and ((stored.rule, place[0]) not in SOMEBODY_ELSE):
                passed.append((entry["address"], place))
    assert passed == []


@pytest.fixture(scope="module")
def by_id(builtin_rules: RuleSet) -> dict[str, RuleSet]:
    """Each rule alone, with the parameters with which its examples are run."""
    rules = {rule.id: for_examples(rule) for rule in builtin_rules.rules}
    return {
        name: RuleSet((), [rule, *(rules[other] for other in ASKED_WITH.get(name, ()))])
        for name, rule in rules.items()
    }
