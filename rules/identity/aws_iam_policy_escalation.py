"""IAM policies with which their holder gets at more permissions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_escalation import ESCALATING, ESCALATIONS, spelled
from ._aws_grants import POLICIES, shown, taken_in, unconstrained
from ._aws_policy import Statement

_WIDER = ["aws-iam-policy-full-admin", "aws-iam-policy-every-action", "aws-iam-policy-all-of-iam"]


@rule(
    id="aws-iam-policy-privilege-escalation",
    severity="critical",
    domain="identity",
    resources=POLICIES,
    aliases=["CKV_AWS_286", "CKV_AWS_110"],
    controls={"nist-800-53r5": ["AC-3", "AC-5", "AC-6", "AC-6(1)", "AC-6(10)"]},
    links=["https://pathfinding.cloud"],
    since="0.2.0",
    wider=_WIDER,
    bad={
        "new version of any policy": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:CreatePolicyVersion", Resource = "*" },
                ]
              })
            }
        """,
        "role and machine in two statements": """
            resource "aws_iam_role_policy" "deploy" {
              name   = "deploy"
              role   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["IAM:PassRole"], Resource = "*" },
                  { Effect = "Allow", Action = ["ec2:RunInstances", "ec2:Describe*"], Resource = "*" },
                ]
              })
            }
        """,
        "role, function and call of it": """
            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = ["iam:PassRole", "lambda:CreateFunction", "lambda:Invoke*"]
                    Resource = "*"
                  },
                ]
              })
            }
        """,
        "wildcard that takes in more than meant": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:Put*", Resource = "*" },
                ]
              })
            }
        """,
        "all but one user": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect      = "Allow"
                    Action      = "iam:CreateLoginProfile"
                    NotResource = "arn:aws:iam::111122223333:user/break-glass"
                  },
                ]
              })
            }
        """,
        "everything but reading": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", NotAction = "s3:Get*", Resource = "*" },
                ]
              })
            }
        """,
        "code of any function": """
            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "lambda:UpdateFunctionCode", Resource = "*" },
                ]
              })
            }
        """,
        "inline policy of a permission set": """
            resource "aws_ssoadmin_permission_set_inline_policy" "ops" {
              instance_arn       = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
              permission_set_arn = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef"
              inline_policy      = jsonencode({
                Version   = "2012-10-17"
                Statement = { Effect = "Allow", Action = "iam:AttachRolePolicy", Resource = "*" }
              })
            }
        """,
        "document that no policy of this plan uses": """
            data "aws_iam_policy_document" "ops" {
              statement {
                actions   = ["iam:AddUserToGroup"]
                resources = ["*"]
              }
            }
        """,
        "another action is denied": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["iam:CreateAccessKey", "iam:PutUserPolicy"], Resource = "*" },
                  { Effect = "Deny", Action = "iam:CreateAccessKey", Resource = "*" },
                ]
              })
            }
        """,
    },
    good={
        "one's own access keys": """
            resource "aws_iam_policy" "self" {
              name   = "self"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect   = "Allow"
                    Action   = "iam:CreateAccessKey"
                    Resource = "arn:aws:iam::*:user/$${aws:username}"
                  },
                ]
              })
            }
        """,
        "role that is not passed on": """
            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["ec2:RunInstances", "lambda:InvokeFunction"], Resource = "*" },
                ]
              })
            }
        """,
        "role alone": """
            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:PassRole", Resource = "*" },
                ]
              })
            }
        """,
        "role and machine, one role only": """
            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:PassRole", Resource = "arn:aws:iam::111122223333:role/app" },
                  { Effect = "Allow", Action = "ec2:RunInstances", Resource = "*" },
                ]
              })
            }
        """,
        "condition on the boundary": """
            locals {
              limit = "arn:aws:iam::111122223333:policy/limit"
            }

            resource "aws_iam_policy" "deploy" {
              name   = "deploy"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = ["iam:PutRolePolicy", "iam:AttachRolePolicy"]
                    Resource  = "*"
                    Condition = { StringEquals = { "iam:PermissionsBoundary" = local.limit } }
                  },
                ]
              })
            }
        """,
        "denied": """
            resource "aws_iam_policy" "ops" {
              name   = "ops"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "iam:Put*", Resource = "*" },
                  {
                    Effect   = "Deny"
                    Action   = ["iam:PutUserPolicy", "iam:PutRolePolicy", "iam:PutGroupPolicy"]
                    Resource = "*"
                  },
                ]
              })
            }
        """,
        "reading": """
            resource "aws_iam_policy" "audit" {
              name   = "audit"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["iam:Get*", "iam:List*"], Resource = "*" },
                ]
              })
            }
        """,
        "denial itself": """
            resource "aws_iam_policy" "guard" {
              name   = "guard"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Deny", Action = "iam:*", Resource = "*" },
                ]
              })
            }
        """,
        "permissions boundary": """
            resource "aws_iam_policy" "boundary" {
              name   = "boundary"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = ["iam:PassRole", "iam:CreatePolicyVersion"], Resource = "*" },
                ]
              })
            }

            resource "aws_iam_role" "app" {
              name                 = "app"
              permissions_boundary = aws_iam_policy.boundary.arn
              assume_role_policy   = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }
                }]
              })
            }
        """,
        "trust of a role in a document": """
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["iam:CreatePolicyVersion"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::111122223333:root"]
                }
              }
            }
        """,
    },
    undetermined={
        "action from elsewhere": """
            resource "terraform_data" "action" {
              input = "s3:GetObject"
            }

            data "aws_iam_policy_document" "app" {
              statement {
                actions   = [terraform_data.action.output]
                resources = ["*"]
              }
            }

            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = data.aws_iam_policy_document.app.json
            }
        """,
    },
)
def privilege_escalation(policy: Resource) -> Iterator[Violation]:
    """IAM policy lets its holder give himself more permissions.

    Some actions, or a few of them together, are worth as much as all: who may write policies writes his own, and who
    may pass any role to a machine, function or stack that he starts acts with the permissions of that role. Only
    what is allowed on all resources and without a condition is judged.

    Name in `Resource` what the actions are needed on (`"arn:aws:iam::111122223333:role/app"`), or add a condition:
    `iam:PassedToService` for `iam:PassRole`, `iam:PermissionsBoundary` for actions that write policies of roles.
    """
    found = [(statement, taken_in(statement, document, ESCALATING)) for statement, document in unconstrained(policy)]
    alone: set[frozenset[str]] = set()
    for statement, actions in found:
        ways = {way for way in ESCALATIONS if way <= actions}
        alone |= ways
        if ways:
            yield violation(statement.path, _shown_ways(ways), evidence=statement.evidence)
    together = frozenset().union(*(actions for _, actions in found))
    ways = {way for way in ESCALATIONS if way <= together} - alone
    if ways:
        first = found[0][0]
        yield violation(_of_document(first), _shown_ways(ways), evidence=first.evidence)


def _of_document(statement: Statement) -> str:
    """The path of the document as a whole: what it allows stands in several statements."""
    return statement.path.rpartition("[")[0].removesuffix(".Statement")


def _shown_ways(ways: Iterable[frozenset[str]]) -> str:
    texts = []
    for way in ways:
        first, *others = sorted(way, key=lambda one: (one != "iam:passrole", one))
        texts.append(f"{spelled(first)} with {' and '.join(map(spelled, others))}" if others else spelled(first))
    return f"allows {shown(texts)} on all resources"
