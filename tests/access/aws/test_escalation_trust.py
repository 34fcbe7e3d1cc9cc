"""Roles that lead to roles: by way of some that hold nothing, in unknown accounts, by trust that is open."""

from __future__ import annotations

from tests.access.aws.escalating import (
    ACCOUNT,
    EC2,
    Plan,
    administrator,
    allow,
    inline,
    role,
    said,
    user,
)
from tests.access.aws.plans import planned

ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def named(kind: str, name: str) -> dict[str, str]:
    """Trust in one principal of an account."""
    return {"AWS": f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"}


def trusting(name: str, *references: str) -> str:
    """A role whose trust policy takes its principals from the plan, so that nobody knows its text."""
    principals = ", ".join(references)
    return f"""
    resource "aws_iam_role" "{name}" {{
      name               = "{name}"
      assume_role_policy = jsonencode({{
        Version   = "2012-10-17"
        Statement = [
          {{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ AWS = [{principals}] }} }},
        ]
      }})
    }}
    """


# -- by way of roles that hold nothing -----------------------------------------------------------------------------


def test_a_role_that_holds_nothing_leads_on_to_one_that_holds_everything() -> None:
    plan = Plan(
        trusting("end", "aws_iam_role.middle.arn"),
        inline("role", "end", allow("*")),
        trusting("middle", "aws_iam_role.start.arn"),
        role("start"),
        with_source=True,
    )

    assert plan.steps("aws_iam_role.middle") == ["sts:AssumeRole -> role/end"]
    assert plan.steps("aws_iam_role.start") == ["sts:AssumeRole -> role/middle"]
    assert [one.leads_to_everything for one in plan.powers("aws_iam_role.start").steps] == [True]
    assert len(plan.powers("aws_iam_role.start").chain) == 2


def test_passing_a_role_or_making_keys_leads_on_as_well() -> None:
    end = trusting("end", "aws_iam_role.middle.arn", "aws_iam_user.middle.arn") + inline("role", "end", allow("*"))
    middle = role("middle", trust=EC2) + user("middle")
    passing = [allow("iam:PassRole", "arn:aws:iam::*:role/middle"), allow("ec2:RunInstances")]
    plan = Plan(
        end,
        middle,
        role("passing", *passing),
        user("keys", allow("iam:CreateAccessKey", "arn:aws:iam::*:user/middle")),
        with_source=True,
    )

    assert plan.steps("aws_iam_role.passing") == ["iam:PassRole+ec2:RunInstances -> role/middle"]
    assert plan.steps("aws_iam_user.keys") == ["iam:CreateAccessKey -> user/middle"]


def test_roles_that_lead_to_nothing_or_back_are_no_steps() -> None:
    plan = Plan(
        trusting("a", "aws_iam_role.b.arn"),
        inline("role", "a", allow("s3:GetObject")),
        trusting("b", "aws_iam_role.c.arn"),
        role("c", allow("s3:GetObject")),
        with_source=True,
    )

    assert plan.steps("aws_iam_role.a") == []
    assert plan.steps("aws_iam_role.c") == []


# -- in an account that nobody knows -------------------------------------------------------------------------------


def test_the_account_in_a_policy_that_names_the_role_is_the_account_that_it_trusts() -> None:
    named_role = allow("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/admin")
    plan = Plan(administrator("admin", trust=ROOT), user("dev", named_role))

    assert plan.steps("aws_iam_user.dev") == ["sts:AssumeRole -> role/admin"]


def test_trust_in_a_known_account_may_be_trust_in_ones_own() -> None:
    plan = Plan(administrator("admin", trust=ROOT), user("dev", allow("sts:AssumeRole")), user("other"))
    by_name = Plan(administrator("admin", trust=named("user", "dev")), user("dev"), user("other"))
    step = "sts:AssumeRole -> role/admin (not-known-yet)"

    assert step in plan.steps("aws_iam_user.dev")
    assert by_name.steps("aws_iam_user.dev") == [step]
    assert plan.steps("aws_iam_user.other") == by_name.steps("aws_iam_user.other") == []


# -- by trust that is not known yet --------------------------------------------------------------------------------


def test_trust_that_is_taken_from_a_principal_may_be_trust_in_it() -> None:
    text = trusting("end", "aws_iam_role.middle.arn") + inline("role", "end", allow("*")) + role("middle")
    plan = Plan(text, trusting("start", "aws_iam_role.other.arn"), role("other"))

    assert plan.steps("aws_iam_role.middle") == ["sts:AssumeRole -> role/end (not-known-yet)"]
    assert plan.steps("aws_iam_role.other") == []
    assert [(one.status, one.message) for one in said("", text) if one.address == "aws_iam_role.middle"] == [
        ("open", "role/middle may assume role/end: that hangs on what is known after apply only")
    ]


def test_what_may_follow_a_step_that_is_certain_may_be_reached() -> None:
    plan = Plan(
        trusting("end", "aws_iam_role.middle.arn"),
        inline("role", "end", allow("*")),
        role("middle", trust={"AWS": "*"}),
        role("start", allow("sts:AssumeRole", "arn:aws:iam::*:role/middle")),
    )

    assert plan.steps("aws_iam_role.start") == ["sts:AssumeRole -> role/middle (not-known-yet)"]


# -- policies of AWS that the plan reads ---------------------------------------------------------------------------


def test_a_policy_of_aws_whose_text_cannot_be_read_is_known_by_its_arn() -> None:
    found = planned("""
    resource "aws_iam_user" "dev" { name = "dev" }

    data "aws_iam_policy" "all" {
      arn    = "arn:aws:iam::aws:policy/AdministratorAccess"
      policy = "no document"
    }

    resource "aws_iam_user_policy_attachment" "dev" {
      user       = aws_iam_user.dev.name
      policy_arn = data.aws_iam_policy.all.arn
    }
    """)

    assert [one.actions.include for one in found["identity", "aws_iam_user.dev"].access.clauses] == [("*",)]


# -- other things that are told by the plan only in part -----------------------------------------------------------


def test_a_role_that_a_document_names_by_its_arn_is_passed_for_certain() -> None:
    plan = Plan(
        administrator("runner", trust={"Service": "lambda.amazonaws.com"}),
        role("ci"),
        """
        data "aws_iam_policy_document" "ci" {
          statement {
            actions   = ["lambda:CreateFunction", "lambda:InvokeFunction"]
            resources = ["*"]
          }
          statement {
            actions   = ["iam:PassRole"]
            resources = [aws_iam_role.runner.arn]
          }
        }

        resource "aws_iam_role_policy" "ci" {
          name   = "ci"
          role   = aws_iam_role.ci.id
          policy = data.aws_iam_policy_document.ci.json
        }
        """,
    )

    assert "iam:PassRole+lambda:CreateFunction+lambda:InvokeFunction -> role/runner" in plan.steps("aws_iam_role.ci")


def test_whoever_gives_tags_meets_a_condition_on_them() -> None:
    by_tag = allow("iam:CreateAccessKey", StringEquals={"aws:ResourceTag/developer": "true"})
    own = allow("iam:TagUser", "arn:aws:iam::*:user/${aws:username}")

    assert Plan(user("a", by_tag, allow("iam:TagUser"))).steps("aws_iam_user.a") == ["iam:CreateAccessKey"]
    assert Plan(user("a", by_tag, own)).steps("aws_iam_user.a") == ["iam:CreateAccessKey -> * (outside-plan)"]
    assert Plan(user("a", by_tag, allow("iam:TagRole"))).steps("aws_iam_user.a") == [
        "iam:CreateAccessKey -> * (outside-plan)"
    ]
