"""What principals hold: by attachments, groups, boundaries, and what a role has read of itself."""

from __future__ import annotations

from planguard.access.aws.grants import held_by
from planguard.access.model import IDENTITY
from planguard.graph.resource import AFTER, BEFORE
from planguard.graph.snapshot import Snapshot
from tests.access.aws.plans import by_address, codes, graph_of, lines, planned
from tests.conftest import change, plan_document

ROLE = """
resource "aws_iam_role" "app" {
  name               = "app"
  path               = "/svc/"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
"""
ALL = '{ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] }'


def test_a_role_holds_what_is_attached_to_it_by_name_or_by_an_arn_that_is_not_known_yet() -> None:
    held = planned(
        f"""{ROLE}
        resource "aws_iam_policy" "own" {{
          name   = "own"
          policy = jsonencode({ALL})
        }}
        resource "aws_iam_role_policy_attachment" "own" {{
          role       = aws_iam_role.app.name
          policy_arn = aws_iam_policy.own.arn
        }}
        resource "aws_iam_role_policy_attachment" "admin" {{
          role       = "app"
          policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
        }}"""
    )[IDENTITY, "aws_iam_role.app"]

    assert held.subject.name == "role/app"
    assert lines(held) == ["allow * s3:* *", "allow * * *"]
    assert [one.origin.statement for one in held.access.clauses] == [
        "Statement[0]",
        "AdministratorAccess Statement[0]",
    ]
    assert codes(held) == []


def test_a_policy_that_is_attached_to_each_of_a_map_is_found_by_its_key() -> None:
    held = planned(
        f"""{ROLE}
        resource "aws_iam_policy" "own" {{
          for_each = toset(["a", "b"])
          name     = each.key
          policy = jsonencode({{
            Statement = [{{ Effect = "Allow", Action = "${{each.key}}:*", Resource = "*" }}]
          }})
        }}
        resource "aws_iam_role_policy_attachment" "own" {{
          for_each   = aws_iam_policy.own
          role       = aws_iam_role.app.name
          policy_arn = each.value.arn
        }}"""
    )[IDENTITY, "aws_iam_role.app"]

    assert lines(held) == ["allow * a:* *", "allow * b:* *"]


def test_a_managed_policy_that_nobody_knows_is_a_gap_and_no_star() -> None:
    held = planned(
        f"""{ROLE}
        resource "aws_iam_role_policy_attachment" "new" {{
          role       = aws_iam_role.app.name
          policy_arn = "arn:aws:iam::aws:policy/FromNextYear"
        }}
        resource "aws_iam_role_policy_attachment" "other" {{
          role       = aws_iam_role.app.name
          policy_arn = "arn:aws:iam::111122223333:policy/other"
        }}"""
    )[IDENTITY, "aws_iam_role.app"]

    assert lines(held) == []
    assert codes(held) == ["managed-policy-unknown", "policy-outside-plan"]


def test_a_role_outside_of_the_plan_is_a_subject_with_a_gap() -> None:
    held = planned(
        f"""data "aws_caller_identity" "me" {{}}
        resource "aws_iam_role_policy" "more" {{
          role   = "legacy"
          policy = jsonencode({ALL})
        }}"""
    )[IDENTITY, "arn:aws:iam::111122223333:role/legacy"]

    assert lines(held) == ["allow * s3:* *"]
    assert codes(held) == ["principal-outside-plan"]


def test_members_of_a_group_hold_what_the_group_holds() -> None:
    held = planned(
        f"""
        resource "aws_iam_group" "ops" {{ name = "ops" }}
        resource "aws_iam_group_policy" "ops" {{
          group  = aws_iam_group.ops.name
          policy = jsonencode({ALL})
        }}
        resource "aws_iam_user" "ann" {{ name = "ann" }}
        resource "aws_iam_user_group_membership" "ann" {{
          user   = aws_iam_user.ann.name
          groups = [aws_iam_group.ops.name]
        }}
        resource "aws_iam_group_membership" "ops" {{
          name  = "ops"
          group = aws_iam_group.ops.name
          users = ["bob"]
        }}"""
    )

    assert lines(held[IDENTITY, "aws_iam_group.ops"]) == ["allow * s3:* *"]
    assert lines(held[IDENTITY, "aws_iam_user.ann"]) == ["allow * s3:* *"]
    assert lines(held[IDENTITY, "user/bob"]) == ["allow * s3:* *"]


def test_a_boundary_limits_and_one_that_nobody_knows_may_allow_anything() -> None:
    held = planned(
        f"""
        resource "aws_iam_policy" "edge" {{
          name   = "edge"
          policy = jsonencode({ALL})
        }}
        resource "aws_iam_user" "known" {{
          name                 = "known"
          permissions_boundary = aws_iam_policy.edge.arn
        }}
        resource "aws_iam_user" "open" {{
          name                 = "open"
          permissions_boundary = "arn:aws:iam::111122223333:policy/edge"
        }}"""
    )

    known = held[IDENTITY, "aws_iam_user.known"]
    assert [(one.effect, one.bound, one.actions.include) for one in known.access.limits[0]] == [
        ("allow", "exact", ("s3:*",))
    ]
    opened = held[IDENTITY, "aws_iam_user.open"]
    assert [(one.effect, one.bound, one.actions.include) for one in opened.access.limits[0]] == [
        ("allow", "upper", ("*",)),
        ("deny", "upper", ("*",)),
    ]
    assert codes(opened) == ["boundary-unknown"]


def test_a_list_of_policies_that_is_not_known_as_a_whole_may_hold_others_than_it_refers_to() -> None:
    """Terraform shows a set with one unknown name in it as unknown, the literal names beside it as well."""
    role = {"name": "app", "path": "/"}
    policy = {
        "name": "own",
        "path": "/",
        "policy": '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
    }
    block = {"mode": "managed", "type": "aws_iam_role", "name": "app", "address": "aws_iam_role.app"}
    expressions = {"managed_policy_arns": {"references": ["aws_iam_policy.own.arn", "aws_iam_policy.own"]}}
    other = {"mode": "managed", "type": "aws_iam_policy", "name": "own", "address": "aws_iam_policy.own"}
    resources = [{**block, "expressions": expressions}, {**other, "expressions": {}}]
    graph = graph_of(
        plan_document(
            change(
                "aws_iam_role.app",
                ["create"],
                after=role,
                after_unknown={"arn": True, "managed_policy_arns": True},
            ),
            change("aws_iam_policy.own", ["create"], after=policy, after_unknown={"arn": True}),
            configuration={"root_module": {"resources": resources}},
        )
    )
    held = by_address(held_by(Snapshot(graph, AFTER)))[IDENTITY, "aws_iam_role.app"]

    assert lines(held) == ["allow * s3:* *", "allow/upper * * *", "deny/upper * * *"]
    assert codes(held) == ["policy-unknown"]


def test_a_permission_set_holds_what_is_attached_to_it() -> None:
    held = planned(
        """
        resource "aws_ssoadmin_permission_set" "admin" {
          name         = "Admin"
          instance_arn = "arn:aws:sso:::instance/ssoins-1"
        }
        resource "aws_ssoadmin_managed_policy_attachment" "admin" {
          instance_arn       = "arn:aws:sso:::instance/ssoins-1"
          managed_policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
          permission_set_arn = aws_ssoadmin_permission_set.admin.arn
        }"""
    )[IDENTITY, "aws_ssoadmin_permission_set.admin"]

    assert held.subject.name == "permission_set/Admin"
    assert lines(held) == ["allow * * *"]


def test_what_a_role_has_read_of_its_attachments_goes_with_them() -> None:
    """The provider reads all attached policies into the role: one that the plan takes off still stands there."""
    arns = ["arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"]
    role = {"name": "app", "path": "/", "arn": "arn:aws:iam::111122223333:role/app", "managed_policy_arns": arns}
    attachment = {"role": "app", "policy_arn": arns[0]}
    graph = graph_of(
        plan_document(
            change("aws_iam_role.app", ["no-op"], before=role, after=role),
            change("aws_iam_role_policy_attachment.admin", ["delete"], before=attachment, after=None),
            configuration={
                "root_module": {
                    "resources": [
                        {
                            "address": "aws_iam_role.app",
                            "mode": "managed",
                            "type": "aws_iam_role",
                            "name": "app",
                            "expressions": {"name": {"constant_value": "app"}},
                        }
                    ]
                }
            },
        )
    )
    before, after = (
        by_address(held_by(Snapshot(graph, side)))[IDENTITY, "aws_iam_role.app"] for side in (BEFORE, AFTER)
    )

    assert "allow * * *" in lines(before)
    assert "allow * * *" not in lines(after)
    assert [one for one in lines(after) if "sqs:" in one]


def test_a_service_control_policy_limits_the_account_that_it_is_attached_to() -> None:
    held = planned(
        f"""{ROLE}
        data "aws_caller_identity" "me" {{}}
        resource "aws_organizations_policy" "scp" {{
          name    = "scp"
          content = jsonencode({{
            Statement = [{{ Effect = "Deny", Action = "ec2:*", Resource = "*" }}]
          }})
        }}
        resource "aws_organizations_policy_attachment" "own" {{
          policy_id = aws_organizations_policy.scp.id
          target_id = data.aws_caller_identity.me.account_id
        }}
        resource "aws_organizations_policy_attachment" "root" {{
          policy_id = aws_organizations_policy.scp.id
          target_id = "r-abcd"
        }}"""
    )[IDENTITY, "aws_iam_role.app"]

    assert [(one.effect, one.bound, one.actions.include) for one in held.access.limits[0]] == [
        ("allow", "exact", ("*",)),
        ("deny", "exact", ("ec2:*",)),
    ]
    assert codes(held) == ["organization-policy-target"]


def test_nothing_is_told_of_policies_that_nobody_holds() -> None:
    assert planned(f'resource "aws_iam_policy" "alone" {{\n name = "alone"\n policy = jsonencode({ALL})\n}}') == {}
