"""Every method of escalation: with all that it takes, with one action missing, denied, and outside of a boundary."""

from __future__ import annotations

from typing import Any

import pytest

from planguard.access.aws.methods import METHODS, OWN, POLICY, Method
from planguard.access.aws.principals import GROUP, ROLE, USER
from planguard.access.model import MUST
from tests.access.aws.escalating import ACCOUNT, EC2, Plan, administrator, allow, attach, deny, policy, role, user
from tests.access.reference_clauses import access_allows

_TARGET = {ROLE: "role/target", USER: "user/target", POLICY: "policy/target"}


def _is_about_one(method: Method) -> bool:
    """Whether a method has a target of its own in its test, and not anything of a kind."""
    return method.name == "sts:AssumeRole" or (method.gain == OWN and len(method.needs) > 1)


def _statements(method: Method, *, without: int | None = None) -> list[dict[str, Any]]:
    """What a method takes, each action in a statement of its own."""
    found = []
    for place, need in enumerate(method.needs):
        if place == without or (without is not None and need.actions[0] == method.needs[without].actions[0]):
            continue
        kind = need.on or ""
        narrow = _is_about_one(method) or method.gain == "new"
        on = f"arn:aws:iam::*:{_TARGET[kind]}" if narrow and kind in _TARGET else "*"
        found.append(allow(need.actions[0], on))
    return found or [allow("s3:ListAllMyBuckets")]


def _target(method: Method) -> str:
    if not _is_about_one(method):
        return ""
    if method.on == USER:
        return user("target")
    trust = EC2 if "iam:UpdateAssumeRolePolicy" in method.name else {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    caller = 'data "aws_caller_identity" "this" {}\n'
    if method.on == POLICY:
        held = policy("target", allow("s3:GetObject"))
        return caller + role("target", trust=trust) + held + attach("role", "target", "aws_iam_policy.target.arn")
    return caller + (
        administrator("target", trust=trust) if method.name == "sts:AssumeRole" else role("target", trust=trust)
    )


def _is_found(plan: Plan, method: Method, name: str) -> bool:
    found = [one for one in plan.powers(name).steps if one.method == method.name]
    return any(one.is_certain for one in found)


@pytest.mark.parametrize("method", METHODS, ids=lambda one: one.name)
def test_a_method_is_found_with_all_that_it_takes_and_not_without_one_of_it(method: Method) -> None:
    places = range(len(method.needs))
    everything = _statements(method)
    denied = [deny(list(need.actions)) for need in method.needs]
    plan = Plan(
        _target(method),
        role("all", *everything),
        *(role(f"without{place}", *_statements(method, without=place)) for place in places),
        *(role(f"denied{place}", *everything, denied[place]) for place in places),
        policy("boundary", allow(["s3:*", "logs:*"])),
        role("bounded", *everything, boundary="aws_iam_policy.boundary.arn"),
    )

    assert _is_found(plan, method, "role/all")
    missing = [f"role/without{place}" for place in places] + [f"role/denied{place}" for place in places]
    assert [name for name in (*missing, "role/bounded") if _is_found(plan, method, name)] == []


@pytest.mark.parametrize("method", METHODS, ids=lambda one: one.name)
def test_the_requests_of_a_method_are_allowed_by_the_slow_evaluator(method: Method) -> None:
    plan = Plan(_target(method), role("all", *_statements(method)))
    held = plan.held("role/all")
    step = next(one for one in plan.powers("role/all").steps if one.method == method.name)

    own = [one for one in step.witnesses if not one.principal.startswith("AWS:")]
    assert own
    assert all(access_allows(held.access, one, MUST) for one in own)


@pytest.mark.parametrize(
    "method", [one for one in METHODS if one.on in (USER, ROLE, GROUP) and one.services], ids=lambda one: one.name
)
def test_a_role_is_passed_to_the_service_that_needs_it_and_to_no_other(method: Method) -> None:
    others = [allow(need.actions[0]) for need in method.needs[1:]]

    def passing(*services: str) -> dict[str, Any]:
        return allow("iam:PassRole", StringEquals={"iam:PassedToService": list(services)})

    plan = Plan(
        role("right", *others, passing(method.services[0])),
        role("wrong", *others, passing("backup.amazonaws.com")),
        administrator("trusting", trust={"Service": list(method.services)}),
        administrator("other", trust={"Service": "backup.amazonaws.com"}),
        role("named", *others, allow("iam:PassRole", "arn:aws:iam::*:role/trusting")),
        role("useless", *others, allow("iam:PassRole", "arn:aws:iam::*:role/other")),
    )

    assert _is_found(plan, method, "role/right")
    assert not _is_found(plan, method, "role/wrong")
    assert f"{method.name} -> role/trusting" in plan.steps("role/named")
    assert not [one for one in plan.steps("role/useless") if one.startswith(method.name)]
