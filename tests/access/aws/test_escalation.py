"""Who is an administrator, and who gets at more: what published labs describe, and what is easily got wrong."""

from __future__ import annotations

from typing import Any

from planguard.access.aws.escalation import named_outside
from planguard.access.pattern import shown
from planguard.access.powers import Powers
from planguard.graph.resource import AFTER
from planguard.graph.snapshot import Snapshot
from tests.access.aws.escalating import (
    ACCOUNT,
    ADMINISTRATOR,
    IDENTITY_OF_CALLER,
    Plan,
    administrator,
    allow,
    attach,
    deny,
    group,
    inline,
    policy,
    role,
    told,
    user,
)

ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
NOT_S3: Any = {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}


def is_administrator(*statements: Any) -> bool:
    return Plan(role("a", *statements)).powers("role/a").administrator is not None


# -- administrators --------------------------------------------------------------------------------


def test_whoever_may_do_everything_in_iam_is_an_administrator() -> None:
    assert is_administrator(allow("*"))
    assert is_administrator(allow("iam:*"))
    assert is_administrator(NOT_S3)
    assert is_administrator({"Effect": "Allow", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::secret/*"})
    assert is_administrator(allow("*"), deny("organizations:*"), deny("iam:*", "arn:aws:iam::*:role/break-glass"))
    assert is_administrator(allow("*", Bool={"aws:MultiFactorAuthPresent": "true"}))
    assert is_administrator(allow("*", IpAddress={"aws:SourceIp": "203.0.113.0/24"}))
    assert is_administrator(allow(["iam:A*", "iam:C*", "iam:P*", "iam:U*", "iam:z*"]))


def test_whoever_lacks_a_part_of_iam_is_none() -> None:
    assert not is_administrator(allow("s3:*"))
    assert not is_administrator(allow(["iam:Get*", "iam:List*"]))
    assert not is_administrator(allow("iam:*", "arn:aws:iam::*:role/app-*"))
    assert not is_administrator(allow("*"), deny("iam:*"))
    assert not is_administrator(allow("*"), deny("iam:CreateAccessKey"))
    assert not is_administrator({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
    assert not is_administrator(allow("*", DateLessThan={"aws:CurrentTime": "2020-01-01T00:00:00Z"}))
    assert not is_administrator(allow("*", StringEquals={"aws:ResourceTag/team": "shop"}))
    assert not is_administrator(allow("*", StringEquals={"aws:RequestedRegion": "eu-west-1"}))
    assert not is_administrator(allow("*", StringEquals={"aws:PrincipalArn": "arn:aws:iam::*:role/other"}))
    assert not is_administrator(allow("iam:*", StringEquals={"iam:PermissionsBoundary": "arn:aws:iam::1:policy/b"}))


def test_policies_of_aws_are_known_by_their_text() -> None:
    def with_policy(name: str) -> Powers:
        return Plan(role("a"), attach("role", "a", f'"arn:aws:iam::aws:policy/{name}"')).powers("role/a")

    assert with_policy("AdministratorAccess").administrator
    assert with_policy("IAMFullAccess").administrator
    assert not with_policy("PowerUserAccess").perhaps_administrator
    assert with_policy("ReadOnlyAccess") == Powers()


def test_a_boundary_decides_whatever_is_attached() -> None:
    limits = policy("most", allow("*"), deny("ec2:*")), policy("least", allow(["s3:*", "ec2:*"]))
    plan = Plan(
        *limits,
        role("free", allow("*"), boundary="aws_iam_policy.most.arn"),
        role("bound", allow("*"), boundary="aws_iam_policy.least.arn"),
        role("unknown", allow("*"), boundary='"arn:aws:iam::111122223333:policy/elsewhere"'),
    )

    assert plan.powers("role/free").administrator
    assert not plan.powers("role/bound").perhaps_administrator
    assert not plan.powers("role/unknown").administrator
    assert plan.powers("role/unknown").perhaps_administrator
    assert [gap.code for gap in plan.powers("role/unknown").gaps] == ["boundary-unknown"]


def test_users_have_the_powers_of_their_groups() -> None:
    plan = Plan(user("u"), user("v"), group("admins", allow("*"), members=["u"]))

    assert plan.powers("user/u").administrator
    assert plan.powers("group/admins").administrator
    assert plan.powers("user/v") == Powers()


def test_what_makes_an_administrator_is_told_with_its_statements() -> None:
    plan = Plan(role("a", allow("s3:*")), attach("role", "a", f'"{ADMINISTRATOR}"'))

    assert [one.address for one in plan.powers("role/a").origins] == ["aws_iam_role_policy_attachment.a"]


# -- labelled cases of a published lab, by their descriptions --------------------------------------


def own_policy(name: str, *statements: Any) -> str:
    """A role with a policy of its own that is attached to it."""
    return role(name) + policy(name, *statements) + attach("role", name, f"aws_iam_policy.{name}.arn")


def test_a_method_whose_actions_stand_in_two_attached_policies_is_found() -> None:
    plan = Plan(
        own_policy("one", allow("iam:PassRole")),
        policy("two", allow("ec2:RunInstances")),
        attach("role", "one", "aws_iam_policy.two.arn", label="two"),
    )

    assert plan.steps("role/one") == ["iam:PassRole+ec2:RunInstances"]
    assert [one.address for one in plan.powers("role/one").steps[0].origins] == [
        "aws_iam_policy.one",
        "aws_iam_policy.two",
    ]


def test_a_constraint_on_the_resource_counts_by_what_it_takes_in() -> None:
    plan = Plan(
        own_policy("exploitable", allow("iam:CreatePolicyVersion", "arn:aws:iam::*:policy/exploitable*")),
        own_policy("harmless", allow("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/harmless*")),
    )

    assert plan.steps("role/exploitable") == ["iam:CreatePolicyVersion"]
    assert plan.steps("role/harmless") == []


def test_a_condition_counts_by_whether_it_can_hold() -> None:
    old, action = "2020-01-01T00:00:01Z", "iam:CreatePolicyVersion"
    plan = Plan(
        own_policy("can", allow(action, DateGreaterThan={"aws:TokenIssueTime": old})),
        own_policy("never", allow(action, DateLessThan={"aws:TokenIssueTime": old})),
        own_policy("nobody", allow(action, StringEquals={"aws:PrincipalArn": "arn:aws:iam::000000000000:role/x"})),
    )

    assert plan.steps("role/can") == ["iam:CreatePolicyVersion"]
    assert plan.steps("role/never") == []
    assert plan.steps("role/nobody") == []


def test_everything_but_some_actions_is_everything_else() -> None:
    left_out: Any = {"Effect": "Allow", "NotAction": ["iam:Put*", "iam:AttachRolePolicy", "ec2:*"], "Resource": "*"}
    found = Plan(own_policy("a", left_out)).steps("role/a")

    assert "iam:CreatePolicyVersion" in found
    assert "iam:PassRole+lambda:CreateFunction" in {one.rsplit("+", 1)[0] for one in found}
    assert not [one for one in found if "ec2:RunInstances" in one or "iam:PutRolePolicy" in one.split("+")]


def test_a_denial_takes_it_away_in_the_same_policy_and_from_another_one() -> None:
    plan = Plan(
        own_policy("same", allow("iam:*"), deny("iam:*")),
        own_policy("other", allow("iam:*")),
        inline("role", "other", deny("iam:*"), label="guard"),
        own_policy("only", deny("iam:*")),
    )

    assert [plan.powers(f"role/{name}") for name in ("same", "other", "only")] == [Powers()] * 3


# -- what a policy is written for ------------------------------------------------------------------


def test_a_policy_that_is_attached_to_nobody_gives_nobody_anything() -> None:
    write = allow("iam:CreatePolicyVersion", "arn:aws:iam::*:policy/draft")
    plan = Plan(role("a", write), policy("draft", allow("s3:*")), role("b", allow("s3:GetObject")))

    assert plan.steps("role/a") == []


def test_a_policy_that_is_attached_to_somebody_else_is_a_step_to_him() -> None:
    write = allow("iam:CreatePolicyVersion", "arn:aws:iam::*:policy/app")
    plan = Plan(
        role("a", write), policy("app", allow("s3:*")), role("b"), attach("role", "b", "aws_iam_policy.app.arn")
    )

    assert plan.steps("role/a") == ["iam:CreatePolicyVersion -> role/b"]


def test_a_policy_of_the_group_counts_as_ones_own() -> None:
    plan = Plan(
        user("u", allow("iam:SetDefaultPolicyVersion", "arn:aws:iam::*:policy/team")),
        policy("team", allow("s3:*")),
        group("team", members=["u"]),
        attach("group", "team", "aws_iam_policy.team.arn"),
    )

    assert plan.steps("user/u") == ["iam:SetDefaultPolicyVersion"]
    assert (
        plan.powers("user/u").steps[0].text == "set another version of policy/team, which is attached to it in force"
    )


def test_roles_users_and_groups_write_their_own_policies() -> None:
    plan = Plan(
        role("r", allow("iam:PutRolePolicy", "arn:aws:iam::*:role/svc/r"), path="/svc/"),
        role("s", allow("iam:PutRolePolicy", "arn:aws:iam::*:role/r")),
        user("u", allow("iam:AttachUserPolicy", "arn:aws:iam::*:user/${aws:username}")),
        user("m"),
        group("g", allow("iam:PutGroupPolicy", "arn:aws:iam::*:group/g"), members=["m"]),
        user("n", allow("iam:PutGroupPolicy", "arn:aws:iam::*:group/g")),
    )

    assert plan.steps("role/r") == ["iam:PutRolePolicy"]
    assert plan.steps("role/s") == []
    assert plan.steps("user/u") == ["iam:AttachUserPolicy"]
    assert plan.steps("group/g") == ["iam:PutGroupPolicy"]
    assert plan.steps("user/m") == ["iam:PutGroupPolicy"]
    assert plan.steps("user/n") == []


def test_members_of_a_group_change_themselves_by_the_variable() -> None:
    plan = Plan(
        group("g", allow(["iam:PutUserPolicy", "iam:CreateAccessKey"], "arn:aws:iam::*:user/${aws:username}"))
    )

    assert plan.steps("group/g") == ["iam:PutUserPolicy"]


def test_keys_of_ones_own_are_no_escalation() -> None:
    own = allow(["iam:CreateAccessKey", "iam:*LoginProfile"], "arn:aws:iam::*:user/${aws:username}")

    assert Plan(user("u", own)).powers("user/u") == Powers()


def test_a_condition_on_the_attached_policy_counts() -> None:
    def attaching(arn: str) -> list[str]:
        condition = {"ArnEquals": {"iam:PolicyARN": arn}}
        return Plan(role("a", allow("iam:AttachRolePolicy", **condition))).steps("role/a")

    assert attaching("arn:aws:iam::aws:policy/ReadOnlyAccess") == []
    assert attaching("arn:aws:iam::aws:policy/*") == ["iam:AttachRolePolicy"]


def test_within_a_boundary_one_gives_oneself_no_more_than_it_allows() -> None:
    write = allow(["iam:PutRolePolicy", "s3:*"], "*")
    own = allow("iam:PutRolePolicy", "arn:aws:iam::*:role/*")
    plan = Plan(
        policy("tight", write),
        policy("wide", allow(["iam:PutRolePolicy", "s3:*", "ec2:*"])),
        role(
            "a",
            allow(["iam:PutRolePolicy"], "arn:aws:iam::*:role/a"),
            allow("s3:*"),
            boundary="aws_iam_policy.wide.arn",
        ),
        role("b", allow("iam:PutRolePolicy", "arn:aws:iam::*:role/b"), boundary="aws_iam_policy.only.arn"),
        policy("only", allow("iam:PutRolePolicy", "arn:aws:iam::*:role/b")),
        role("c", own, boundary="aws_iam_policy.tight.arn"),
    )

    assert plan.steps("role/a") == ["iam:PutRolePolicy"]
    assert plan.steps("role/b") == []
    assert plan.steps("role/c") == ["iam:PutRolePolicy"]


def test_a_delegated_administrator_who_has_to_set_a_boundary_gets_no_further() -> None:
    bounded = {"StringEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/boundary"}}
    delegated = allow(["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"], "*", **bounded)
    plan = Plan(
        role("delegated", delegated),
        role("free", allow(["iam:CreateRole", "iam:PutRolePolicy"], "arn:aws:iam::*:role/app-*")),
    )

    assert plan.steps("role/delegated") == []
    assert plan.steps("role/free") == ["iam:CreateRole+iam:AttachRolePolicy"]


# -- other principals ------------------------------------------------------------------------------


def test_keys_of_somebody_else_count_where_he_holds_more() -> None:
    plan = Plan(
        user(
            "helper",
            allow("iam:CreateAccessKey", ["arn:aws:iam::*:user/more", "arn:aws:iam::*:user/less"]),
            allow("s3:*"),
        ),
        user("more", allow("ec2:*")),
        user("less", allow("s3:GetObject")),
    )

    assert plan.steps("user/helper") == ["iam:CreateAccessKey -> user/more"]


def test_whom_a_policy_names_outside_of_the_plan_nobody_can_judge() -> None:
    exact = allow("iam:UpdateLoginProfile", f"arn:aws:iam::{ACCOUNT}:user/owner")
    narrow = allow("iam:UpdateAssumeRolePolicy", "arn:aws:iam::*:role/app-*")
    plan = Plan(user("a", exact), user("b", narrow))

    assert plan.steps("user/a") == ["iam:UpdateLoginProfile -> user/owner (outside-plan)"]
    assert plan.steps("user/b") == ["iam:UpdateAssumeRolePolicy -> arn:aws:iam::*:role/app-* (outside-plan)"]
    assert plan.powers("user/a").chain == ()
    assert plan.powers("user/a").perhaps_chain == plan.powers("user/a").steps


def test_anybody_but_one_is_anybody() -> None:
    all_but: Any = {
        "Effect": "Allow",
        "Action": "iam:CreateLoginProfile",
        "NotResource": "arn:aws:iam::*:user/break-glass",
    }

    assert Plan(user("a", all_but)).steps("user/a") == ["iam:CreateLoginProfile"]


def test_roles_that_only_aws_writes_do_not_count() -> None:
    reserved = allow("iam:UpdateAssumeRolePolicy", "arn:aws:iam::*:role/aws-service-role/*")

    assert Plan(role("a", reserved)).steps("role/a") == []


def test_tags_of_the_target_count() -> None:
    tagged = allow("iam:CreateAccessKey", StringEquals={"aws:ResourceTag/team": "shop"})
    more = inline("user", "shop", allow("ec2:*")) + inline("user", "other", allow("ec2:*"))
    plan = Plan(
        user("a", tagged),
        'resource "aws_iam_user" "shop" { \n name = "shop" \n tags = { team = "shop" } \n }',
        'resource "aws_iam_user" "other" { \n name = "other" \n tags = { team = "other" } \n }',
        more,
    )

    assert "iam:CreateAccessKey -> user/shop" in plan.steps("user/a")
    assert "iam:CreateAccessKey -> user/other" not in plan.steps("user/a")


# -- roles -----------------------------------------------------------------------------------------


def test_a_trust_policy_that_names_one_is_enough_and_one_that_names_the_account_is_not() -> None:
    plan = Plan(
        IDENTITY_OF_CALLER,
        role("named"),
        role("allowed", allow("sts:AssumeRole")),
        administrator("one", trust={"AWS": f"arn:aws:iam::{ACCOUNT}:role/named"}),
        administrator("all", trust=ROOT),
        administrator("far", trust={"AWS": "arn:aws:iam::444455556666:root"}),
    )

    assert plan.steps("role/named") == ["sts:AssumeRole -> role/one"]
    assert [one for one in plan.steps("role/allowed") if "outside" not in one] == ["sts:AssumeRole -> role/all"]


def test_a_denial_keeps_one_from_a_role_of_the_account() -> None:
    plan = Plan(
        IDENTITY_OF_CALLER,
        role("a", allow("sts:*"), deny("sts:AssumeRole", "arn:aws:iam::*:role/admin")),
        administrator("admin", trust=ROOT),
    )

    assert [one for one in plan.steps("role/a") if "outside" not in one] == []


def test_roles_lead_to_roles() -> None:
    def trusting(name: str) -> dict[str, str]:
        return {"AWS": f"arn:aws:iam::{ACCOUNT}:role/{name}"}

    plan = Plan(
        IDENTITY_OF_CALLER,
        role("first"),
        role("second", allow("s3:GetObject"), trust=trusting("first")),
        role(
            "third",
            allow("sqs:*"),
            allow("lambda:UpdateFunctionCode", "arn:aws:lambda:*:*:function:job"),
            trust=trusting("second"),
        ),
        administrator("runner", trust={"Service": "lambda.amazonaws.com"}),
        """
        resource "aws_lambda_function" "job" {
          function_name = "job"
          role          = aws_iam_role.runner.arn
        }
        """,
    )

    assert [told(one) for one in plan.powers("role/first").chain] == [
        "sts:AssumeRole -> role/second",
        "sts:AssumeRole -> role/third",
        "lambda:UpdateFunctionCode -> role/runner",
    ]
    assert plan.steps("role/first") == ["sts:AssumeRole -> role/second"]


def test_roles_that_trust_each_other_come_to_an_end() -> None:
    one = role("one", allow("s3:*"), trust={"AWS": f"arn:aws:iam::{ACCOUNT}:role/two"})
    two = role("two", allow("sqs:*"), trust={"AWS": f"arn:aws:iam::{ACCOUNT}:role/one"})
    plan = Plan(IDENTITY_OF_CALLER, one, two)

    assert [told(step) for step in plan.powers("role/one").chain] == ["sts:AssumeRole -> role/two"]


def test_a_role_that_is_passed_by_its_name_counts_where_it_holds_more() -> None:
    start = allow("ec2:RunInstances")
    plan = Plan(
        role("a", start, allow("iam:PassRole", "arn:aws:iam::*:role/more")),
        role("b", start, allow("iam:PassRole", "arn:aws:iam::*:role/less")),
        role("c", start, allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/elsewhere")),
        role("more", allow("s3:*")),
        role("less", start),
    )

    assert plan.steps("role/a") == ["iam:PassRole+ec2:RunInstances -> role/more"]
    assert plan.steps("role/b") == []
    assert plan.steps("role/c") == ["iam:PassRole+ec2:RunInstances -> role/elsewhere (outside-plan)"]


# -- what runs already -----------------------------------------------------------------------------


def test_machines_run_with_the_role_of_their_profile() -> None:
    plan = Plan(
        administrator("admin"),
        """
        resource "aws_iam_instance_profile" "admin" {
          name = "admin"
          role = aws_iam_role.admin.name
        }

        resource "aws_instance" "bastion" {
          ami                  = "ami-1"
          iam_instance_profile = aws_iam_instance_profile.admin.name
          tags                 = { access = "shell" }
        }
        """,
        role("ops", allow("ssm:StartSession", StringEquals={"ssm:resourceTag/access": "shell"})),
        role("dev", allow("ssm:StartSession", StringEquals={"ssm:resourceTag/access": "none"})),
    )

    assert "ssm:StartSession -> role/admin" in plan.steps("role/ops")
    assert (
        plan.powers("role/ops").chain[0].text
        == "open a session on instance aws_instance.bastion, which runs as role/admin"
    )
    assert "ssm:StartSession -> role/admin" not in plan.steps("role/dev")


def test_tasks_run_with_the_role_of_their_definition() -> None:
    plan = Plan(
        administrator("task", trust={"Service": "ecs-tasks.amazonaws.com"}),
        """
        resource "aws_ecs_cluster" "shop" {
          name = "shop"
        }

        resource "aws_ecs_task_definition" "app" {
          family                = "app"
          container_definitions = "[]"
          task_role_arn         = aws_iam_role.task.arn
        }

        resource "aws_ecs_service" "app" {
          name            = "app"
          cluster         = aws_ecs_cluster.shop.id
          task_definition = aws_ecs_task_definition.app.arn
        }
        """,
        role("ops", allow("ecs:ExecuteCommand", "arn:aws:ecs:*:*:task/shop/*")),
        role("other", allow("ecs:ExecuteCommand", "arn:aws:ecs:*:*:task/bank/*")),
    )

    assert "ecs:ExecuteCommand -> role/task" in plan.steps("role/ops")
    assert "ecs:ExecuteCommand -> role/task" not in plan.steps("role/other")


def test_a_function_that_runs_with_less_is_no_step() -> None:
    plan = Plan(
        role("runner", allow("logs:PutLogEvents"), trust={"Service": "lambda.amazonaws.com"}),
        """
        resource "aws_lambda_function" "job" {
          function_name = "job"
          role          = aws_iam_role.runner.arn
        }
        """,
        role("ci", allow("lambda:UpdateFunctionCode", "arn:aws:lambda:*:*:function:job"), allow("logs:*")),
    )

    assert plan.steps("role/ci") == []


# -- what is not known -----------------------------------------------------------------------------

UNKNOWN = """
resource "terraform_data" "action" {
  input = "s3:GetObject"
}

data "aws_iam_policy_document" "open" {
  statement {
    actions   = [terraform_data.action.output]
    resources = ["*"]
  }
}
"""


def test_a_policy_that_nobody_knows_may_make_an_administrator() -> None:
    powers = Plan(
        UNKNOWN,
        role("a", allow("iam:PutRolePolicy")),
        """
        resource "aws_iam_role_policy" "open" {
          role   = aws_iam_role.a.name
          policy = data.aws_iam_policy_document.open.json
        }
        """,
    ).powers("role/a")

    assert not powers.administrator
    assert powers.perhaps_administrator
    assert [told(one) for one in powers.steps] == ["iam:PutRolePolicy"]
    assert [gap.address for gap in powers.gaps] == ["aws_iam_role_policy.open"]


def test_a_part_that_is_not_known_makes_steps_that_are_not_certain() -> None:
    hcl = """
    resource "terraform_data" "role" {
      input = "x"
    }

    data "aws_iam_policy_document" "pass" {
      statement {
        actions   = ["iam:PassRole"]
        resources = ["arn:aws:iam::111122223333:role/${terraform_data.role.output}"]
      }
    }

    resource "aws_iam_role_policy" "pass" {
      role   = aws_iam_role.a.name
      policy = data.aws_iam_policy_document.pass.json
    }
    """
    powers = Plan(hcl, role("a", allow("ec2:RunInstances"))).powers("role/a")

    assert not any(one.is_certain for one in powers.steps)
    assert [one.method for one in powers.steps] == ["iam:PassRole+ec2:RunInstances"]


def test_a_policy_whose_source_is_at_hand_is_known() -> None:
    hcl = """
    resource "aws_iam_role_policy" "pass" {
      role   = aws_iam_role.a.name
      policy = jsonencode({
        Version   = "2012-10-17"
        Statement = [
          { Effect = "Allow", Action = ["ec2:RunInstances"], Resource = "*" },
          { Effect = "Allow", Action = ["iam:PassRole"], Resource = aws_iam_role.admin.arn },
        ]
      })
    }
    """
    plan = Plan(hcl, role("a"), administrator("admin"), with_source=True)

    assert plan.steps("role/a") == ["iam:PassRole+ec2:RunInstances -> role/admin"]


# -- outside of the plan ---------------------------------------------------------------------------


def test_principals_outside_of_the_plan_are_known_by_what_the_plan_gives_them() -> None:
    plan = Plan(f"""
    resource "aws_iam_role_policy_attachment" "deploy" {{
      role       = "deploy"
      policy_arn = "{ADMINISTRATOR}"
    }}
    """)
    attachment = Snapshot(plan.graph, AFTER).all("aws_iam_role_policy_attachment")[0]

    assert [shown(one.name) for one in named_outside(attachment)] == ["role/deploy"]
    assert plan.powers("role/deploy").administrator


def test_a_policy_outside_of_the_plan_that_is_attached_is_ones_own() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/elsewhere"
    plan = Plan(role("a", allow("iam:CreatePolicyVersion", arn)), attach("role", "a", f'"{arn}"'))

    assert plan.steps("role/a") == ["iam:CreatePolicyVersion"]


def test_permission_sets_pass_roles_and_do_not_write_their_own() -> None:
    plan = Plan("""
    resource "aws_ssoadmin_permission_set" "dev" {
      name         = "dev"
      instance_arn = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
    }

    resource "aws_ssoadmin_permission_set_inline_policy" "dev" {
      instance_arn       = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
      permission_set_arn = aws_ssoadmin_permission_set.dev.arn
      inline_policy      = jsonencode({
        Version   = "2012-10-17"
        Statement = [
          { Effect = "Allow", Action = ["iam:PassRole", "lambda:*"], Resource = "*" },
          { Effect = "Allow", Action = "iam:PutRolePolicy", Resource = "arn:aws:iam::*:role/aws-reserved/*" },
        ]
      })
    }
    """)

    assert plan.steps("permission_set/dev") == [
        "iam:PassRole+lambda:CreateFunction+lambda:InvokeFunction",
        "iam:PassRole+lambda:UpdateFunctionConfiguration+lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionCode",
    ]
