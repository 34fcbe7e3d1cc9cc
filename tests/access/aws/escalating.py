"""Principals for the tests of escalation: roles, users and groups with policies, and what they can make of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from planguard.access.holdings import holdings
from planguard.access.model import AWS, IDENTITY, Held
from planguard.access.pattern import shown
from planguard.access.powers import Powers, Step, powers
from planguard.engine.evaluate import evaluate
from planguard.engine.pack import builtin_root, load_pack
from planguard.engine.ruleset import RuleSet, select_rules
from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER
from planguard.plan.source.example import example_plan
from planguard.schema import resource_schema
from planguard.testing.transition import transition_plan
from tests.access.aws.plans import graph_of

ACCOUNT = "111122223333"
IDENTITY_OF_CALLER = 'data "aws_caller_identity" "this" {}\n'
EC2 = {"Service": "ec2.amazonaws.com"}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def allow(actions: Any, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    """A statement that allows some actions."""
    found = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return {**found, "Condition": condition} if condition else found


def deny(actions: Any, resource: Any = "*") -> dict[str, Any]:
    """A statement that denies some actions."""
    return {"Effect": "Deny", "Action": actions, "Resource": resource}


def document(*statements: dict[str, Any]) -> str:
    """A policy as a text of HCL."""
    return json.dumps(json.dumps({"Version": "2012-10-17", "Statement": list(statements)})).replace("${", "$${")


def role(name: str, *statements: dict[str, Any], trust: Any = EC2, boundary: str = "", path: str = "/") -> str:
    """A role with an inline policy."""
    trusting = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trust}
    limit = f"permissions_boundary = {boundary}" if boundary else ""
    text = f"""
    resource "aws_iam_role" "{name}" {{
      name               = "{name}"
      path               = "{path}"
      assume_role_policy = {document(trusting)}
      {limit}
    }}
    """
    return text + inline("role", name, *statements)


def user(name: str, *statements: dict[str, Any]) -> str:
    """A user with an inline policy."""
    return f'resource "aws_iam_user" "{name}" {{ name = "{name}" }}\n' + inline("user", name, *statements)


def group(name: str, *statements: dict[str, Any], members: Iterable[str] = ()) -> str:
    """A group with an inline policy and members."""
    text = f'resource "aws_iam_group" "{name}" {{ name = "{name}" }}\n' + inline("group", name, *statements)
    for one in members:
        text += f"""
        resource "aws_iam_user_group_membership" "{name}_{one}" {{
          user   = aws_iam_user.{one}.name
          groups = [aws_iam_group.{name}.name]
        }}
        """
    return text


def inline(kind: str, name: str, *statements: dict[str, Any], label: str = "") -> str:
    """An inline policy of a principal of the plan."""
    if not statements:
        return ""
    return f"""
    resource "aws_iam_{kind}_policy" "{label or name}" {{
      name   = "{label or name}"
      {kind}   = aws_iam_{kind}.{name}.name
      policy = {document(*statements)}
    }}
    """


def policy(name: str, *statements: dict[str, Any]) -> str:
    """A policy that can be attached."""
    return f"""
    resource "aws_iam_policy" "{name}" {{
      name   = "{name}"
      policy = {document(*statements)}
    }}
    """


def attach(kind: str, name: str, arn: str, *, label: str = "") -> str:
    """A policy attached to a principal of the plan."""
    return f"""
    resource "aws_iam_{kind}_policy_attachment" "{label or name}" {{
      {kind}       = aws_iam_{kind}.{name}.name
      policy_arn = {arn}
    }}
    """


def administrator(name: str, *, trust: Any = EC2) -> str:
    """A role that holds everything."""
    return role(name, trust=trust) + attach("role", name, f'"{ADMINISTRATOR}"')


RULES = ("aws-principal-administrator-equivalent", "aws-principal-privilege-escalation")


@cache
def _rules() -> RuleSet:
    return select_rules([load_pack(builtin_root())], only=list(RULES))


class Said(NamedTuple):
    """What a rule says of a resource.

    :ivar status: ``introduced`` and the like, ``open`` where it is undetermined
    """

    rule: str
    status: str
    address: str
    message: str
    mitigation: str


def said(before: str, after: str) -> list[Said]:
    """What the rules say of a change, or where there is nothing before of what is created."""
    first, second = (example_plan(text, table=resource_schema) for text in (before, after))
    found = evaluate(graph_of(transition_plan(first, second, after, {}) if before else second), _rules())
    assert not found.errors
    told = [Said(one.rule.id, one.status, one.node.address, one.message, one.mitigation) for one in found.violations]
    return told + [Said(one.rule.id, "open", one.node.address, one.why, "") for one in found.undetermined]


class Plan:
    """What a configuration that is applied for the first time makes of its principals."""

    def __init__(self, *hcl: str, with_source: bool = False) -> None:
        text = "\n".join(hcl)
        self.graph: Graph = graph_of(example_plan(text, table=resource_schema), source=text if with_source else "")

    def held(self, name: str) -> Held:
        """What a principal holds, by the address of its resource or by its name."""
        found = holdings(self.graph, AFTER)
        for one in found.all:
            subject = one.subject
            is_named = subject.name == name or subject.name.endswith(f":{name}") or subject.address == name
            if (subject.provider, subject.plane) == (AWS, IDENTITY) and is_named:
                return one
        raise KeyError(name)

    def powers(self, name: str) -> Powers:
        """What a principal can make of it."""
        return powers(self.graph, AFTER, self.held(name).subject)

    def steps(self, name: str) -> list[str]:
        """The steps of a principal, each in one line: method, target where there is one, doubt."""
        return [told(one) for one in self.powers(name).steps]


def told(step: Step) -> str:
    """A step in one line."""
    doubt = "" if step.is_certain else f" ({step.doubt})"
    target = shown(step.target).removeprefix(f"arn:aws:iam::{ACCOUNT}:")
    return step.method + (f" -> {target}" if target else "") + doubt
