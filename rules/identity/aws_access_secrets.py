"""Principals that may read any secret, all of their policies and boundaries together."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation
from planguard.access.aws.secrets import may_hold_everything, secrets_readable
from planguard.access.holdings import access_of
from planguard.access.model import Origin
from planguard.access.pattern import shown
from planguard.access.powers import powers_of

from ._aws_access import context, exactly, leave_open, place_of


def _role(actions: str, resources: str, *, more: str = "", condition: str = "", bound: str = "") -> str:
    """An example: a role that may do something, with a policy beside it."""
    return f"""
        resource "aws_iam_role" "app" {{
          name               = "app"
          assume_role_policy = "{{}}"
          {bound}
        }}

        resource "aws_iam_role_policy" "app" {{
          role   = aws_iam_role.app.name
          name   = "app"
          policy = jsonencode({{
            Version   = "2012-10-17"
            Statement = [
              {{ Effect = "Allow", Action = {actions}, Resource = {resources} {condition} }},
              {more}
            ]
          }})
        }}
    """


_GET = '"secretsmanager:GetSecretValue"'
_ANY = '"arn:aws:secretsmanager:eu-central-1:111122223333:secret:*"'
_DENIED = '{ Effect = "Deny", Action = "secretsmanager:*", Resource = "*" },'


@rule(
    id="aws-principal-reads-secrets",
    severity="medium",
    domain="identity",
    resources=["aws_iam_role", "aws_iam_user", "aws_iam_group", "aws_ssoadmin_permission_set"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "SC-12", "SC-28"]},
    links=["https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html"],
    since="0.2.0",
    wider=["aws-iam-policy-data-exposed", "aws-iam-policy-service-wildcard"],
    bad={
        "every secret": _role(_GET, '"*"'),
        "every secret of a region": _role('["s3:GetObject", "secretsmanager:Get*"]', _ANY),
        "every parameter": _role('"ssm:GetParametersByPath"', '"arn:aws:ssm:*:*:parameter/*"'),
        "every key": _role('"kms:Decrypt"', '"arn:aws:kms:eu-central-1:111122223333:key/*"'),
        "all but one": _role(_GET, '"*"', more='{ Effect = "Deny", Action = "*", Resource = "arn:aws:s3:::x" },'),
        "by a policy of AWS": """
            resource "aws_iam_user" "ops" {
              name = "ops"
            }

            resource "aws_iam_user_policy_attachment" "ops" {
              user       = aws_iam_user.ops.name
              policy_arn = "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess"
            }
        """,
        "in the role itself": """
            resource "aws_iam_role" "app" {
              name               = "app"
              assume_role_policy = "{}"
              inline_policy {
                name   = "app"
                policy = jsonencode({
                  Version   = "2012-10-17"
                  Statement = [{ Effect = "Allow", NotAction = "s3:*", NotResource = "arn:aws:s3:::*" },
                    { Effect = "Deny", Action = ["iam:*", "sts:*"], Resource = "*" }]
                })
              }
            }
        """,
    },
    good={
        "the secrets of one application": _role(
            _GET, '"arn:aws:secretsmanager:eu-central-1:111122223333:secret:app/*"'
        ),
        "the parameters of one application": _role(
            '["ssm:GetParameter", "ssm:GetParameters"]', '"arn:aws:ssm:eu-central-1:111122223333:parameter/app/*"'
        ),
        "listing": _role('["secretsmanager:ListSecrets", "ssm:DescribeParameters"]', '"*"'),
        "denied again": _role(_GET, '"*"', more=_DENIED),
        "by tag": _role(
            _GET, '"*"', condition=', Condition = { StringEquals = { "secretsmanager:ResourceTag/app" = "shop" } }'
        ),
        "a key, by way of one service": _role(
            '"kms:Decrypt"',
            '"*"',
            condition=', Condition = { StringLike = { "kms:ViaService" = "s3.*.amazonaws.com" } }',
        ),
        "an administrator, of whom another rule tells": _role('"*"', '"*"'),
        "beyond its boundary": _role(_GET, '"*"', bound="permissions_boundary = aws_iam_policy.limits.arn")
        + """
            resource "aws_iam_policy" "limits" {
              name   = "limits"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
              })
            }
        """,
    },
    undetermined={
        "a policy that is known after apply only": """
            resource "terraform_data" "policy" {
              input = "{}"
            }

            resource "aws_iam_role" "app" {
              name               = "app"
              assume_role_policy = "{}"
            }

            resource "aws_iam_role_policy" "app" {
              role   = aws_iam_role.app.name
              name   = "app"
              policy = terraform_data.policy.output
            }
        """,
    },
)
def reads_secrets(principal: Resource) -> Iterator[Violation]:
    """Principal may read any secret of the account.

    One leaked credential of the principal, and every secret, parameter or key of the account is as good as leaked,
    those too that are added later. Told is what all policies allow together, after denials and boundaries; a pattern
    that names the beginning of a name is taken for the secrets of one application. Of an administrator another rule
    tells.

    Name in `Resource` what is to be read: the ARN of the secret, `"arn:aws:ssm:…:parameter/app/*"`, or the ARN of the
    key; or limit it by tag.
    """
    held = access_of(principal)
    with exactly(principal):
        found = secrets_readable(held.access)
    # What else a principal can make of its access is costly to ask, and only wanted of who may hold everything.
    if not found or (may_hold_everything(held.access) and powers_of(principal).administrator):
        return
    later = None
    for one in found:
        if one.is_certain:
            yield violation(
                _place(one.origins, principal),
                f"may {one.spelled} on any {one.what}, such as {shown(one.witness.resource)}{context(one.witness)}",
                facts=[one.spelled, one.what],
                evidence=sorted({origin.address for origin in one.origins} - {principal.address}),
            )
        else:
            later = one
    if later:
        leave_open(principal, later.clause, f"whether it may read any {later.what} is known after apply only")


def _place(origins: tuple[Origin, ...], principal: Resource) -> str:
    here = [one for one in origins if one.address == principal.address]
    return place_of(here[0], resource=principal) if here else ""
