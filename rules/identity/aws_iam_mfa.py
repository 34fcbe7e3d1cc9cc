"""Groups and users whose members act without a second factor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planguard import Resource, Undetermined, Violation, is_unknown, rule, violation

from .._satellite import missing, satellites
from ._aws_policy import statements

_KEYS = ("aws:multifactorauthpresent", "aws:multifactorauthage")
_OF_AWS = ":iam::aws:policy/"
_BY_GROUP = ("aws_iam_group_policy", "aws_iam_group_policy_attachment", "group")
_BY_USER = ("aws_iam_user_policy", "aws_iam_user_policy_attachment", "user")


@rule(
    id="aws-iam-group-without-mfa",
    severity="medium",
    domain="identity",
    resources=["aws_iam_group"],
    aliases=["AVD-AWS-0123"],
    controls={"nist-800-53r5": ["IA-2", "IA-2(1)", "IA-2(2)", "AC-6"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html"],
    since="0.2.0",
    bad={
        "no policy": """
            resource "aws_iam_group" "ops" {
              name = "ops"
            }
        """,
        "policy that asks for nothing": """
            resource "aws_iam_group" "ops" {
              name = "ops"
            }

            resource "aws_iam_group_policy" "ops" {
              name   = "ops"
              group  = aws_iam_group.ops.name
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "ec2:DescribeInstances", Resource = "*" },
                ]
              })
            }
        """,
        "policy of AWS": """
            resource "aws_iam_group" "ops" {
              name = "ops"
            }

            resource "aws_iam_group_policy_attachment" "ops" {
              group      = aws_iam_group.ops.name
              policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
            }
        """,
        "policy of another group": """
            resource "aws_iam_group" "ops" {
              name = "ops"
            }

            resource "aws_iam_group_policy" "ops" {
              name   = "ops"
              group  = "developers"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Deny"
                    NotAction = ["iam:EnableMFADevice", "sts:GetSessionToken"]
                    Resource  = "*"
                    Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
                  },
                ]
              })
            }
        """,
        "attached policy of this plan that asks for nothing": """
            resource "aws_iam_group" "ops" {
              name = "ops"
            }

            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "ec2:Describe*", Resource = "*" }]
              })
            }

            resource "aws_iam_group_policy_attachment" "ops" {
              group      = aws_iam_group.ops.name
              policy_arn = aws_iam_policy.ops.arn
            }
        """,
    },
    good={
        "denied without": """
            resource "aws_iam_group" "ops" {
              name = "ops"
            }

            resource "aws_iam_group_policy" "ops" {
              name   = "ops"
              group  = aws_iam_group.ops.name
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "ec2:DescribeInstances", Resource = "*" },
                  {
                    Effect    = "Deny"
                    NotAction = ["iam:EnableMFADevice", "sts:GetSessionToken"]
                    Resource  = "*"
                    Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
                  },
                ]
              })
            }
        """,
        "allowed with": """
            resource "aws_iam_group" "ops" {
              name = "ops"
            }

            resource "aws_iam_group_policy" "ops" {
              name   = "ops"
              group  = aws_iam_group.ops.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "ec2:StopInstances"
                    Resource  = "*"
                    Condition = { Bool = { "AWS:MultiFactorAuthPresent" = ["true"] } }
                  },
                ]
              })
            }
        """,
        "attached policy": """
            resource "aws_iam_group" "ops" {
              name = "ops"
            }

            resource "aws_iam_policy" "mfa" {
              name   = "mfa"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Deny"
                    NotAction = ["iam:EnableMFADevice", "sts:GetSessionToken"]
                    Resource  = "*"
                    Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
                  },
                ]
              })
            }

            resource "aws_iam_group_policy_attachment" "ops" {
              group      = aws_iam_group.ops.name
              policy_arn = aws_iam_policy.mfa.arn
            }
        """,
        "policy attached to several groups": """
            resource "aws_iam_group" "ops" {
              name = "ops"
            }

            resource "aws_iam_policy" "mfa" {
              name   = "mfa"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Deny"
                    NotAction = ["iam:EnableMFADevice", "sts:GetSessionToken"]
                    Resource  = "*"
                    Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
                  },
                ]
              })
            }

            resource "aws_iam_policy_attachment" "mfa" {
              name       = "mfa"
              groups     = [aws_iam_group.ops.name]
              policy_arn = aws_iam_policy.mfa.arn
            }
        """,
        "document": """
            resource "aws_iam_group" "ops" {
              name = "ops"
            }

            data "aws_iam_policy_document" "mfa" {
              statement {
                actions   = ["ec2:*"]
                resources = ["*"]
                condition {
                  test     = "NumericLessThan"
                  variable = "aws:MultiFactorAuthAge"
                  values   = ["3600"]
                }
              }
            }

            resource "aws_iam_group_policy" "ops" {
              name   = "ops"
              group  = aws_iam_group.ops.name
              policy = data.aws_iam_policy_document.mfa.json
            }
        """,
    },
    undetermined={
        "policy from elsewhere": """
            resource "aws_iam_group" "ops" {
              name = "ops"
            }

            resource "aws_iam_group_policy_attachment" "ops" {
              group      = aws_iam_group.ops.name
              policy_arn = "arn:aws:iam::111122223333:policy/baseline"
            }
        """,
    },
)
def group_without_mfa(group: Resource) -> Iterator[Violation]:
    """IAM group lets its members act without a second factor.

    A password or an access key that was taken is enough then to do all that the group may do.

    Add an `aws_iam_group_policy` that denies all but setting up a device without a second factor: `Effect = "Deny"`,
    `NotAction = ["iam:EnableMFADevice", "iam:CreateVirtualMFADevice", "iam:ListMFADevices", "sts:GetSessionToken"]`,
    `Resource = "*"`, `Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }`.
    """
    if not _asks_for_mfa(group, _BY_GROUP):
        yield violation("", "no policy asks for a second factor", evidence=missing(group, _BY_GROUP[0], via="group"))


@rule(
    id="aws-iam-user-console-without-mfa",
    severity="medium",
    domain="identity",
    resources=["aws_iam_user"],
    aliases=["AVD-AWS-0145"],
    controls={"nist-800-53r5": ["IA-2", "IA-2(1)", "IA-2(2)"], "cis-aws": ["1.2:1.2"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html"],
    since="0.2.0",
    bad={
        "password only": """
            resource "aws_iam_user" "alice" {
              name = "alice"
            }

            resource "aws_iam_user_login_profile" "alice" {
              user = aws_iam_user.alice.name
            }
        """,
        "policy that asks for nothing": """
            resource "aws_iam_user" "alice" {
              name = "alice"
            }

            resource "aws_iam_user_login_profile" "alice" {
              user = aws_iam_user.alice.name
            }

            resource "aws_iam_user_policy" "alice" {
              name   = "alice"
              user   = aws_iam_user.alice.name
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "ec2:DescribeInstances", Resource = "*" },
                ]
              })
            }
        """,
        "group that asks for nothing": """
            resource "aws_iam_user" "alice" {
              name = "alice"
            }

            resource "aws_iam_user_login_profile" "alice" {
              user = aws_iam_user.alice.name
            }

            resource "aws_iam_group" "ops" {
              name = "ops"
            }

            resource "aws_iam_user_group_membership" "alice" {
              user   = aws_iam_user.alice.name
              groups = [aws_iam_group.ops.name]
            }
        """,
        "group with a list of members that asks for nothing": """
            resource "aws_iam_user" "alice" {
              name = "alice"
            }

            resource "aws_iam_user_login_profile" "alice" {
              user = aws_iam_user.alice.name
            }

            resource "aws_iam_group" "ops" {
              name = "ops"
            }

            resource "aws_iam_group_membership" "ops" {
              name  = "ops"
              group = aws_iam_group.ops.name
              users = [aws_iam_user.alice.name]
            }
        """,
    },
    good={
        "no password": """
            resource "aws_iam_user" "ci" {
              name = "ci"
            }
        """,
        "policy of the user": """
            resource "aws_iam_user" "alice" {
              name = "alice"
            }

            resource "aws_iam_user_login_profile" "alice" {
              user = aws_iam_user.alice.name
            }

            resource "aws_iam_user_policy" "alice" {
              name   = "alice"
              user   = aws_iam_user.alice.name
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Deny"
                    NotAction = ["iam:EnableMFADevice", "sts:GetSessionToken"]
                    Resource  = "*"
                    Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
                  },
                ]
              })
            }
        """,
        "policy of a group": """
            resource "aws_iam_user" "alice" {
              name = "alice"
            }

            resource "aws_iam_user_login_profile" "alice" {
              user = aws_iam_user.alice.name
            }

            resource "aws_iam_group" "ops" {
              name = "ops"
            }

            resource "aws_iam_group_policy" "ops" {
              name   = "ops"
              group  = aws_iam_group.ops.name
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Deny"
                    NotAction = ["iam:EnableMFADevice", "sts:GetSessionToken"]
                    Resource  = "*"
                    Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
                  },
                ]
              })
            }

            resource "aws_iam_user_group_membership" "alice" {
              user   = aws_iam_user.alice.name
              groups = [aws_iam_group.ops.name]
            }
        """,
        "policy of a group with a list of members": """
            resource "aws_iam_user" "alice" {
              name = "alice"
            }

            resource "aws_iam_user_login_profile" "alice" {
              user = aws_iam_user.alice.name
            }

            resource "aws_iam_group" "ops" {
              name = "ops"
            }

            resource "aws_iam_group_policy" "ops" {
              name   = "ops"
              group  = aws_iam_group.ops.name
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Deny"
                    NotAction = ["iam:EnableMFADevice", "sts:GetSessionToken"]
                    Resource  = "*"
                    Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
                  },
                ]
              })
            }

            resource "aws_iam_group_membership" "ops" {
              name  = "ops"
              group = aws_iam_group.ops.name
              users = [aws_iam_user.alice.name]
            }
        """,
    },
    undetermined={
        "group from elsewhere": """
            resource "aws_iam_user" "alice" {
              name = "alice"
            }

            resource "aws_iam_user_login_profile" "alice" {
              user = aws_iam_user.alice.name
            }

            resource "aws_iam_user_group_membership" "alice" {
              user   = aws_iam_user.alice.name
              groups = ["ops"]
            }
        """,
        "in a group that is not in this plan, and in one that is": """
            resource "aws_iam_user" "alice" {
              name = "alice"
            }

            resource "aws_iam_user_login_profile" "alice" {
              user = aws_iam_user.alice.name
            }

            resource "aws_iam_group" "ops" {
              name = "ops"
            }

            resource "aws_iam_user_group_membership" "elsewhere" {
              user   = aws_iam_user.alice.name
              groups = ["staff"]
            }

            resource "aws_iam_user_group_membership" "here" {
              user   = aws_iam_user.alice.name
              groups = [aws_iam_group.ops.name]
            }
        """,
        "in the list of a group that is not in this plan, and of one that is": """
            resource "aws_iam_user" "alice" {
              name = "alice"
            }

            resource "aws_iam_user_login_profile" "alice" {
              user = aws_iam_user.alice.name
            }

            resource "aws_iam_group" "ops" {
              name = "ops"
            }

            resource "aws_iam_group_membership" "elsewhere" {
              name  = "staff"
              group = "staff"
              users = [aws_iam_user.alice.name]
            }

            resource "aws_iam_group_membership" "ops" {
              name  = "ops"
              group = aws_iam_group.ops.name
              users = [aws_iam_user.alice.name]
            }
        """,
    },
)
def user_console_without_mfa(user: Resource) -> Iterator[Violation]:
    """IAM user can sign in to the console without a second factor.

    A password that was guessed, or given away on a copied page, is enough then. That a device is assigned to the user
    the plan does not show; that a policy asks for one it does.

    Let the user sign in through IAM Identity Center, or put him into a group with a policy that, without a second
    factor, denies all but setting up a device:
    `Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }`.
    """
    if not user.referrers("aws_iam_user_login_profile", via="user"):
        return
    if not _asks_for_mfa(user, _BY_USER) and not any(_asks_for_mfa(group, _BY_GROUP) for group in _groups(user)):
        evidence = missing(user, _BY_USER[0], via="user")
        yield violation("", "has a password, and no policy asks for a second factor", evidence=evidence)


def _groups(user: Resource) -> Iterator[Resource]:
    """The groups of a user.

    :raises Undetermined: at the end, where one of them is not in this plan
    """
    outside = False
    for membership in user.referrers("aws_iam_user_group_membership", via="user"):
        found = membership.references("aws_iam_group", via="groups")
        yield from found
        outside = outside or len(found) < len(membership.get("groups", []))
    for membership in user.referrers("aws_iam_group_membership", via="users"):
        found = membership.references("aws_iam_group", via="group")
        yield from found
        outside = outside or not found
    if outside:
        raise Undetermined((), user, (), "it is in a group that is not in this plan")


def _asks_for_mfa(holder: Resource, kinds: tuple[str, str, str]) -> bool:
    """Whether a policy of a group or user has a condition on the second factor.

    :raises Undetermined: when none has, and the text of one is not in this plan
    """
    inline, attachment, via = kinds
    if any(_has_condition(policy) for policy in satellites(holder, inline, via=via)):
        return True
    attached = satellites(holder, attachment, via=via) + holder.referrers("aws_iam_policy_attachment", via=f"{via}s")
    policies = [policy for one in attached for policy in one.references("aws_iam_policy", via="policy_arn")]
    if any(_has_condition(policy) for policy in policies):
        return True
    if _is_text_elsewhere(attached):
        raise Undetermined((), holder, (), "the text of an attached policy is not in this plan")
    return False


def _is_text_elsewhere(attachments: Iterable[Resource]) -> bool:
    """Whether a policy is attached that is neither in this plan nor one of AWS; those ask for no second factor."""
    for one in attachments:
        arn = one.get("policy_arn")
        if not one.references("aws_iam_policy", via="policy_arn") and (is_unknown(arn) or _OF_AWS not in arn):
            return True
    return False


def _has_condition(policy: Resource) -> bool:
    return any(
        block["variable"].lower() in _KEYS
        for statement in statements(policy, "policy")
        for block in statement.conditions
    )
