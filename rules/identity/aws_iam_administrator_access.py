"""The policy of AWS that allows everything, attached."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard import Resource, Violation, is_unknown, rule, violation

from .._satellite import in_both_snapshots, is_left_to_provider, may_refer

_ADMINISTRATOR = re.compile(r"arn:aws[a-z-]*:iam::aws:policy/AdministratorAccess")
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


@rule(
    id="aws-iam-administrator-access-attached",
    severity="critical",
    domain="identity",
    resources=_WHERE,
    aliases=["CKV_AWS_274", "CKV_AWS_275", "CKV2_AWS_56"],
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
    where = _WHERE[attachment.type]
    if is_left_to_provider(attachment, where):
        return
    value = attachment.get(where, [])
    if is_unknown(value) and not where.endswith("s") and may_refer(attachment, "aws_iam_policy", via=where):
        return  # Which policy of this plan it is does not matter: those are none of AWS.
    for arn in [value] if isinstance(value, str) else value:
        if _ADMINISTRATOR.fullmatch(arn) and arn not in _attached_otherwise(attachment):
            yield violation(where, "AdministratorAccess")


def _attached_otherwise(attachment: Resource) -> list[str]:
    """What attachments of their own give a role; a role that was read shows it, too."""
    if attachment.type != "aws_iam_role":
        return []
    return [
        other.get("policy_arn")
        for view in in_both_snapshots(attachment)
        for other in view.referrers("aws_iam_role_policy_attachment", via="role")
        if not is_unknown(other.get("policy_arn"))
    ]
