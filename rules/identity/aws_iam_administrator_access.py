"""The policies of AWS that make an administrator, attached."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard import Resource, Violation, is_unknown, rule, violation

from .._satellite import in_both_snapshots, is_left_to_provider, may_refer

_WHERE = {
    "aws_iam_role_policy_attachment": "policy_arn",
    "aws_iam_user_policy_attachment": "policy_arn",
    "aws_iam_group_policy_attachment": "policy_arn",
    "aws_iam_policy_attachment": "policy_arn",
    "aws_ssoadmin_managed_policy_attachment": "managed_policy_arn",
    "aws_iam_role_policy_attachments_exclusive": "policy_arns",
    "aws_iam_user_policy_attachments_exclusive": "policy_arns",
    "aws_iam_group_policy_attachments_exclusive": "policy_arns",
    "aws_ssoadmin_managed_policy_attachments_exclusive": "managed_policy_arns",
    "aws_iam_role": "managed_policy_arns",
}
_READ = "data.aws_iam_policy"
_ADMINISTRATOR = "AdministratorAccess"
_FULL_IAM = "IAMFullAccess"


@rule(
    id="aws-iam-administrator-access-attached",
    severity="critical",
    domain="identity",
    resources=[*_WHERE, _READ],
    aliases=["CKV_AWS_274", "CKV_AWS_275"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "AC-6(10)"], "cis-aws": ["1.2:1.22", "1.4:1.16"]},
    links=["https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html"],
    bad={
        "attached to a role": """
            resource "aws_iam_role_policy_attachment" "deploy" {
              role       = "deploy"
              policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            }
        """,
        "in the list of a role of another partition": """
            resource "aws_iam_role" "deploy" {
              name                = "deploy"
              managed_policy_arns = [
                "arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess",
                "arn:aws-us-gov:iam::aws:policy/AdministratorAccess",
              ]
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }
        """,
        "permission set": """
            resource "aws_ssoadmin_managed_policy_attachment" "ops" {
              instance_arn       = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
              permission_set_arn = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef"
              managed_policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            }
        """,
        "in the list that a role is kept to": """
            resource "aws_iam_role_policy_attachments_exclusive" "deploy" {
              role_name   = "deploy"
              policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/AdministratorAccess"]
            }
        """,
        "looked up by name": """
            data "aws_iam_policy" "admin" {
              name = "AdministratorAccess"
            }
        """,
        "looked up by its ARN": """
            data "aws_iam_policy" "admin" {
              arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            }
        """,
        "in the list that a user is kept to": """
            resource "aws_iam_user_policy_attachments_exclusive" "ops" {
              user_name   = "ops"
              policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
            }
        """,
        "in the list that a permission set is kept to": """
            resource "aws_ssoadmin_managed_policy_attachments_exclusive" "ops" {
              instance_arn        = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
              permission_set_arn  = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef"
              managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
            }
        """,
        "rather than a policy of this plan": """
            variable "own" {
              type    = bool
              default = false
            }

            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "ec2:Describe*", Resource = "*" }]
              })
            }

            resource "aws_iam_role_policy_attachment" "ops" {
              role       = "ops"
              policy_arn = var.own ? aws_iam_policy.ops.arn : "arn:aws:iam::aws:policy/AdministratorAccess"
            }
        """,
        "looked up, while another one is attached": """
            variable "all" {
              type    = bool
              default = false
            }

            data "aws_iam_policy" "administrator" {
              arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            }

            resource "aws_iam_role_policy_attachment" "ops" {
              role       = "ops"
              policy_arn = var.all ? data.aws_iam_policy.administrator.arn : "arn:aws:iam::aws:policy/ReadOnlyAccess"
            }
        """,
        "looked up for the list of a role": """
            data "aws_iam_policy" "administrator" {
              arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            }

            resource "aws_iam_role" "ops" {
              name                = "ops"
              managed_policy_arns = [data.aws_iam_policy.administrator.arn]
              assume_role_policy  = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }
        """,
        "in the list of a role that is attached a policy from elsewhere as well": """
            resource "terraform_data" "policy" {
              input = "arn:aws:iam::aws:policy/ReadOnlyAccess"
            }

            resource "aws_iam_role" "ops" {
              name                = "ops"
              managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
              assume_role_policy  = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }

            resource "aws_iam_role_policy_attachment" "ops" {
              role       = aws_iam_role.ops.name
              policy_arn = terraform_data.policy.output
            }
        """,
    },
    good={
        "another managed policy": """
            resource "aws_iam_role_policy_attachment" "audit" {
              role       = "audit"
              policy_arn = "arn:aws:iam::aws:policy/SecurityAudit"
            }
        """,
        "a policy of this plan": """
            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::artifacts/*" }]
              })
            }

            resource "aws_iam_role_policy_attachment" "deploy" {
              role       = "deploy"
              policy_arn = aws_iam_policy.deploy.arn
            }
        """,
        "a policy that only bears the name": """
            resource "aws_iam_group_policy_attachment" "ops" {
              group      = "ops"
              policy_arn = "arn:aws:iam::111122223333:policy/AdministratorAccess"
            }
        """,
        "role without managed policies": """
            resource "aws_iam_role" "app" {
              name               = "app"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }
        """,
        "another policy that is looked up": """
            data "aws_iam_policy" "audit" {
              name = "SecurityAudit"
            }

            data "aws_iam_policy" "reading" {
              arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
            }
        """,
        "role that still shows an attachment that goes": (
            """
                resource "aws_iam_role" "ops" {
                  name                = "ops"
                  managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
                  assume_role_policy  = jsonencode({
                    Version   = "2012-10-17"
                    Statement = [{
                      Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                    }]
                  })
                }

                resource "aws_iam_role_policy_attachment" "ops" {
                  role       = aws_iam_role.ops.name
                  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
                }
            """,
            """
                resource "aws_iam_role" "ops" {
                  name                = "ops"
                  managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
                  assume_role_policy  = jsonencode({
                    Version   = "2012-10-17"
                    Statement = [{
                      Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                    }]
                  })
                }
            """,
        ),
    },
    undetermined={
        "policy from elsewhere": """
            resource "terraform_data" "policy" {
              input = "arn:aws:iam::aws:policy/ReadOnlyAccess"
            }

            resource "aws_iam_role_policy_attachment" "ops" {
              role       = "ops"
              policy_arn = terraform_data.policy.output
            }
        """,
        "policies from elsewhere, beside one of this plan": """
            resource "terraform_data" "policies" {
              input = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
            }

            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "ec2:Describe*", Resource = "*" }]
              })
            }

            resource "aws_iam_role" "ops" {
              name                = "ops"
              managed_policy_arns = concat([aws_iam_policy.ops.arn], terraform_data.policies.output)
              assume_role_policy  = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }
        """,
    },
)
def administrator_access_attached(attachment: Resource) -> Iterator[Violation]:
    """AdministratorAccess is attached.

    Whoever holds it, or gets hold of one credential of its holder, owns the account, and can let others in and wipe
    out the traces.

    Attach a policy that lists what the work needs: change `policy_arn` to a narrower managed policy or to an
    `aws_iam_policy` of your own; IAM Access Analyzer writes one from what a role has really used. Keep administrators
    to a permission set that is asked for and expires.
    """
    yield from _attached(attachment, _ADMINISTRATOR)


@rule(
    id="aws-iam-full-access-attached",
    severity="critical",
    domain="identity",
    resources=[*_WHERE, _READ],
    aliases=["CKV2_AWS_56"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "AC-6(1)", "AC-6(10)"]},
    links=["https://docs.aws.amazon.com/aws-managed-policy/latest/reference/IAMFullAccess.html"],
    since="0.2.0",
    bad={
        "attached to a role": """
            resource "aws_iam_role_policy_attachment" "deploy" {
              role       = "deploy"
              policy_arn = "arn:aws:iam::aws:policy/IAMFullAccess"
            }
        """,
        "attached to a group, in China": """
            resource "aws_iam_group_policy_attachment" "ops" {
              group      = "ops"
              policy_arn = "arn:aws-cn:iam::aws:policy/IAMFullAccess"
            }
        """,
        "attached to users and roles at once": """
            resource "aws_iam_policy_attachment" "ops" {
              name       = "ops"
              users      = ["alice"]
              roles      = ["deploy"]
              policy_arn = "arn:aws:iam::aws:policy/IAMFullAccess"
            }
        """,
        "in the list of a role": """
            resource "aws_iam_role" "deploy" {
              name                = "deploy"
              managed_policy_arns = ["arn:aws:iam::aws:policy/IAMFullAccess"]
              assume_role_policy  = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }
        """,
        "permission set": """
            resource "aws_ssoadmin_managed_policy_attachment" "ops" {
              instance_arn       = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
              permission_set_arn = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef"
              managed_policy_arn = "arn:aws:iam::aws:policy/IAMFullAccess"
            }
        """,
        "looked up by name": """
            data "aws_iam_policy" "iam" {
              name = "IAMFullAccess"
            }
        """,
    },
    good={
        "reading only": """
            resource "aws_iam_user_policy_attachment" "audit" {
              user       = "audit"
              policy_arn = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"
            }
        """,
        "a policy that only bears the name": """
            resource "aws_iam_group_policy_attachment" "ops" {
              group      = "ops"
              policy_arn = "arn:aws:iam::111122223333:policy/IAMFullAccess"
            }
        """,
    },
)
def iam_full_access_attached(attachment: Resource) -> Iterator[Violation]:
    """IAMFullAccess is attached.

    Whoever may do everything in IAM attaches AdministratorAccess to himself, or makes a user for later: it is as much
    as owning the account.

    Change `policy_arn` to `"arn:aws:iam::aws:policy/IAMReadOnlyAccess"` for looking, or to an `aws_iam_policy` with
    the few actions that are needed. Whoever has to create roles gets the condition `iam:PermissionsBoundary` with it.
    """
    yield from _attached(attachment, _FULL_IAM)


def _attached(attachment: Resource, name: str) -> Iterator[Violation]:
    """Where a policy of AWS with this name is attached, or looked up for that."""
    if attachment.is_data:
        if _is_meant(attachment, name) and not _is_judged_where_used(attachment, name):
            yield violation("arn" if is_left_to_provider(attachment, "name") else "name", name)
        return
    where = _WHERE[attachment.type]
    if is_left_to_provider(attachment, where):
        return
    value = attachment.get(where, [])
    if is_unknown(value) and not where.endswith("s") and may_refer(attachment, "aws_iam_policy", via=where):
        return  # Which policy of this plan it is does not matter: those are none of AWS.
    for arn in [value] if isinstance(value, str) else value:
        if _is_of_aws(arn, name) and arn not in _attached_otherwise(attachment):
            yield violation(where, name)


def _is_of_aws(arn: str, name: str) -> bool:
    return bool(re.fullmatch(rf"arn:aws[a-z-]*:iam::aws:policy/{name}", arn))


def _is_meant(policy: Resource, name: str) -> bool:
    """Whether a policy with this name is looked up, or that of AWS by its ARN; one of the two says which."""
    named = policy.effective("name", "") == name
    return named or _is_of_aws(policy.effective("arn", ""), name)


def _is_judged_where_used(policy: Resource, name: str) -> bool:
    """Whether an attachment that is flagged itself got the policy from here."""
    users = [
        user
        for view in in_both_snapshots(policy)
        for kind, where in _WHERE.items()
        for user in list.__iter__(view.referrers(kind, via=where))
    ]
    values = [user.get(_WHERE[user.type]) for user in users]
    return any(isinstance(one, str) and _is_of_aws(one, name) for one in values if not is_unknown(one))


def _attached_otherwise(attachment: Resource) -> list[str]:
    """What attachments of their own give a role; a role that was read shows it, too."""
    return [
        other.get("policy_arn")
        for view in in_both_snapshots(attachment)
        for other in view.referrers("aws_iam_role_policy_attachment", via="role")
        if not is_unknown(other.get("policy_arn"))
    ]
