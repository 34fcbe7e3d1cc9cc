"""What the rules on administrators and escalation say: of changes, outside of the plan, and in which words."""

from __future__ import annotations

import pytest

from planguard.access.atoms import TooComplex
from planguard.access.aws import surplus
from tests.access.aws.escalating import (
    ACCOUNT,
    ADMINISTRATOR,
    IDENTITY_OF_CALLER,
    RULES,
    administrator,
    allow,
    attach,
    document,
    inline,
    policy,
    role,
    said,
    user,
)

ADMIN, ESCALATION = RULES


def test_a_role_that_is_there_already_is_an_administrator_from_the_attachment_on() -> None:
    found = said(role("a"), role("a") + attach("role", "a", f'"{ADMINISTRATOR}"'))

    assert [(one.rule, one.status, one.address) for one in found] == [(ADMIN, "introduced", "aws_iam_role.a")]


def test_an_administrator_who_stays_one_is_inherited_and_one_who_is_not_any_more_is_fixed() -> None:
    held = role("a") + attach("role", "a", f'"{ADMINISTRATOR}"')

    assert [one.status for one in said(held, held + policy("p", allow("s3:*")))] == ["inherited"]
    assert [one.status for one in said(held, role("a"))] == ["fixed"]


def test_a_step_is_worse_once_its_target_is_an_administrator() -> None:
    # What is there already has the ARN that changes of examples have.
    start = allow("ec2:RunInstances"), allow("iam:PassRole", "example:aws_iam_role.b")

    def plan(*more: str) -> str:
        return role("a", *start) + role("b", allow("s3:*")) + "".join(more)

    found = said(plan(), plan(attach("role", "b", f'"{ADMINISTRATOR}"')))
    before, after = (
        [one for one in found if one.address == "aws_iam_role.a" and one.status == status]
        for status in ("fixed", "introduced")
    )

    assert len(before) == len(after) == 1
    assert after[0].mitigation == ""
    assert "which is an administrator" in after[0].message


def test_a_role_that_somebody_is_given_on_purpose_is_told_with_what_takes_the_edge_off() -> None:
    plan = IDENTITY_OF_CALLER + role("b", allow("s3:*"), trust={"AWS": f"arn:aws:iam::{ACCOUNT}:role/a"}) + role("a")
    keys = user("c", allow("s3:*")) + user("d", allow("iam:CreateAccessKey", "arn:aws:iam::*:user/c"))

    assert [one.mitigation for one in said("", plan)] == ["it leads to no administrator"]
    assert [one.mitigation for one in said("", keys)] == [""]


def test_roles_that_are_given_on_purpose_are_told_together() -> None:
    start = allow("ec2:RunInstances"), allow("iam:PassRole", "arn:aws:iam::*:role/app-*")
    plan = role("a", *start) + "".join(role(f"app-{one}", allow("s3:*")) for one in "xyz")

    assert [(one.message, bool(one.mitigation)) for one in said("", plan)] == [
        (
            "role/a can start an instance with role/app-x and 2 more like it: "
            "iam:PassRole on arn:aws:iam::${account}:role/app-x and ec2:RunInstances",
            True,
        )
    ]


def test_messages_name_the_way_and_where_it_ends() -> None:
    plan = (
        IDENTITY_OF_CALLER
        + role("a", allow(["iam:PassRole"], "arn:aws:iam::*:role/b"), allow("ec2:RunInstances"))
        + administrator("b")
        + role("c", trust={"AWS": f"arn:aws:iam::{ACCOUNT}:role/d"})
        + inline("role", "c", allow("iam:PutRolePolicy", "arn:aws:iam::*:role/c"))
        + role("d")
    )

    assert {one.address: one.message for one in said("", plan)} == {
        "aws_iam_role.a": "role/a can start an instance with role/b, which is an administrator: "
        f"iam:PassRole on arn:aws:iam::{ACCOUNT}:role/b and ec2:RunInstances",
        "aws_iam_role.b": "role/b may do everything in IAM, such as iam:AttachRolePolicy on any role",
        "aws_iam_role.c": "role/c can put an inline policy on itself: "
        f"iam:PutRolePolicy on arn:aws:iam::{ACCOUNT}:role/c",
        "aws_iam_role.d": "role/d can assume role/c, which can put an inline policy on itself: "
        f"sts:AssumeRole on arn:aws:iam::{ACCOUNT}:role/c",
    }


def test_a_principal_outside_of_the_plan_is_told_at_what_makes_it_so() -> None:
    def attached(label: str, arn: str) -> str:
        return f"""
        resource "aws_iam_role_policy_attachment" "{label}" {{
          role       = "deploy"
          policy_arn = {arn}
        }}
        """

    plan = (
        attached("read", '"arn:aws:iam::aws:policy/ReadOnlyAccess"')
        + policy("all", allow("*"))
        + attached("all", "aws_iam_policy.all.arn")
        + policy("buckets", allow("s3:*"))
        + attached("buckets", "aws_iam_policy.buckets.arn")
    )

    assert [(one.rule, one.address) for one in said("", plan)] == [(ADMIN, "aws_iam_role_policy_attachment.all")]


def test_steps_of_a_principal_outside_of_the_plan_are_told_at_each_part() -> None:
    def given(label: str, action: str) -> str:
        return f"""
        resource "aws_iam_user_policy" "{label}" {{
          user   = "ci"
          policy = {document(allow(action))}
        }}
        """

    plan = given("pass", "iam:PassRole") + given("run", "ec2:RunInstances") + given("read", "s3:Get*")

    assert [(one.rule, one.address) for one in said("", plan)] == [
        (ESCALATION, "aws_iam_user_policy.pass"),
        (ESCALATION, "aws_iam_user_policy.run"),
    ]


def test_what_is_too_complex_is_neither_yes_nor_no(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise TooComplex("the resources overlap in too many ways")

    monkeypatch.setattr(surplus, "may_request", refuse)
    found = said("", role("a", allow("*")))

    assert [(one.rule, one.status) for one in found] == [(ADMIN, "open"), (ESCALATION, "open")]
    assert {one.message for one in found} == {
        "too complex to compare exactly: the resources overlap in too many ways"
    }
