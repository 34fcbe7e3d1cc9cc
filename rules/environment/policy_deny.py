"""What policies refuse, and no longer do."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Resource, Violation, change_rule, violation

from ._before_after import dropped, edited
from ._deny import lost_denials
from ._neighbours import Guard, losses

_AT_A_RESOURCE = {
    "aws_api_gateway_rest_api_policy": ("rest_api_id", "aws_api_gateway_rest_api"),
    "aws_backup_vault_policy": ("backup_vault_name", "aws_backup_vault", "aws_backup_logically_air_gapped_vault"),
    "aws_codeartifact_domain_permissions_policy": ("domain", "aws_codeartifact_domain"),
    "aws_codeartifact_repository_permissions_policy": ("repository", "aws_codeartifact_repository"),
    "aws_dynamodb_resource_policy": ("resource_arn", "aws_dynamodb_table"),
    "aws_ecr_repository_policy": ("repository", "aws_ecr_repository"),
    "aws_efs_file_system_policy": ("file_system_id", "aws_efs_file_system"),
    "aws_elasticsearch_domain_policy": ("domain_name", "aws_elasticsearch_domain"),
    "aws_iam_group_policy": ("group", "aws_iam_group"),
    "aws_iam_role_policy": ("role", "aws_iam_role"),
    "aws_iam_user_policy": ("user", "aws_iam_user"),
    "aws_kinesis_resource_policy": ("resource_arn", "aws_kinesis_stream", "aws_kinesis_stream_consumer"),
    "aws_kms_key_policy": ("key_id", "aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key"),
    "aws_opensearch_domain_policy": ("domain_name", "aws_opensearch_domain"),
    "aws_s3_bucket_policy": ("bucket", "aws_s3_bucket"),
    "aws_s3control_access_point_policy": ("access_point_arn", "aws_s3_access_point"),
    "aws_s3control_bucket_policy": ("bucket", "aws_s3control_bucket"),
    "aws_secretsmanager_secret_policy": ("secret_arn", "aws_secretsmanager_secret"),
    "aws_sns_topic_policy": ("arn", "aws_sns_topic"),
    "aws_sqs_queue_policy": ("queue_url", "aws_sqs_queue"),
    "aws_ssoadmin_permission_set_inline_policy": ("permission_set_arn", "aws_ssoadmin_permission_set"),
    "aws_vpc_endpoint_policy": ("vpc_endpoint_id", "aws_vpc_endpoint"),
}
"""Policies that are resources of their own, each with the attribute that names what it protects, and its types."""
_WITHIN = (
    "aws_api_gateway_rest_api",
    "aws_ecr_registry_policy",
    "aws_elasticsearch_domain",
    "aws_glacier_vault",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_kms_external_key",
    "aws_kms_key",
    "aws_kms_replica_key",
    "aws_opensearch_domain",
    "aws_organizations_policy",
    "aws_organizations_resource_policy",
    "aws_s3_access_point",
    "aws_secretsmanager_secret",
    "aws_sns_topic",
    "aws_sqs_queue",
    "aws_vpc_endpoint",
)
"""Where a policy is an attribute: it goes with the resource, and that is another matter."""
_PATHS = {
    "aws_codeartifact_domain_permissions_policy": "policy_document",
    "aws_codeartifact_repository_permissions_policy": "policy_document",
    "aws_elasticsearch_domain": "access_policies",
    "aws_elasticsearch_domain_policy": "access_policies",
    "aws_glacier_vault": "access_policy",
    "aws_iam_role": "assume_role_policy",
    "aws_opensearch_domain": "access_policies",
    "aws_opensearch_domain_policy": "access_policies",
    "aws_organizations_policy": "content",
    "aws_organizations_resource_policy": "content",
    "aws_ssoadmin_permission_set_inline_policy": "inline_policy",
}
"""Where a policy stands, if not at ``policy``."""
_GOOGLE = "google_iam_deny_policy"
_MOST_SHOWN = 3
_QUEUE = """
            resource "aws_sqs_queue" "jobs" {{
              name = "jobs"
              policy = jsonencode({{
                Version   = "2012-10-17"
                Statement = [{{ Effect = "Deny", {} }}]
              }})
            }}
"""
_BUCKET = """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }
"""
_PET = """
            resource "random_pet" "orders" {
              prefix = "orders"
            }
"""
_TRUST = """
            resource "aws_iam_role" "deploy" {{
              name = "deploy"
              assume_role_policy = jsonencode({{
                Version = "2012-10-17"
                Statement = [
                  {{ Effect = "Allow", Principal = {{ Service = "ec2.amazonaws.com" }}, Action = "sts:AssumeRole" }},
                  {},
                ]
              }})
            }}
"""
_NAMED = {
    "aws_codeartifact_repository_permissions_policy": 'domain = "shop"',
    "aws_elasticsearch_domain": 'domain_name = "shop"',
    "aws_glacier_vault": 'name = "shop"',
    "aws_opensearch_domain": 'domain_name = "shop"',
    "aws_ssoadmin_permission_set_inline_policy": 'instance_arn = "arn:aws:sso:::instance/ssoins-0123456789abcdef"',
}


def _denying(kind: str, named: str = "") -> str:
    """An example: a resource whose policy refuses something."""
    return f"""
            resource "{kind}" "shop" {{
              {named}
              {_NAMED.get(kind, "")}
              {_PATHS.get(kind, "policy")} = jsonencode({{
                Version   = "2012-10-17"
                Statement = [{{ Effect = "Deny", Principal = "*", Action = "*", Resource = "*" }}]
              }})
            }}
    """


@change_rule(
    id="policy-deny-removed",
    severity="high",
    domain="environment",
    resources=dict.fromkeys((*_AT_A_RESOURCE, *_WITHIN, _GOOGLE)),
    controls={"nist-800-53r5": ["AC-3", "AC-6", "CM-3"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"],
    since="0.2.0",
    bad={
        "a statement taken out of a bucket policy": (
            """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket_policy" "orders" {
              bucket = aws_s3_bucket.orders.id
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Deny"
                    Principal = "*"
                    Action    = "s3:*"
                    Resource  = ["arn:aws:s3:::example-orders", "arn:aws:s3:::example-orders/*"]
                    Condition = { Bool = { "aws:SecureTransport" = "false" } }
                  },
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:role/orders" }
                    Action    = "s3:GetObject"
                    Resource  = "arn:aws:s3:::example-orders/*"
                  },
                ]
              })
            }
            """,
            """
            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
            }

            resource "aws_s3_bucket_policy" "orders" {
              bucket = aws_s3_bucket.orders.id
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::111122223333:role/orders" }
                    Action    = "s3:GetObject"
                    Resource  = "arn:aws:s3:::example-orders/*"
                  },
                ]
              })
            }
            """,
        ),
        "one action less for the whole organization": (
            """
            resource "aws_organizations_policy" "limits" {
              name = "limits"
              content = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Deny", Action = ["cloudtrail:StopLogging", "guardduty:D*"], Resource = "*" }]
              })
            }
            """,
            """
            resource "aws_organizations_policy" "limits" {
              name = "limits"
              content = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Deny", Action = "guardduty:D*", Resource = "*" }]
              })
            }
            """,
        ),
        "a condition more": (
            """
            resource "aws_iam_policy" "limits" {
              name = "limits"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Deny", Action = "iam:*", Resource = "*" }]
              })
            }
            """,
            """
            resource "aws_iam_policy" "limits" {
              name = "limits"
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Deny"
                  Action    = "iam:*"
                  Resource  = "*"
                  Condition = { StringNotEquals = { "aws:PrincipalTag/team" = "security" } }
                }]
              })
            }
            """,
        ),
        "the policy of a queue that stays": (
            """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }

            resource "aws_sqs_queue_policy" "jobs" {
              queue_url = aws_sqs_queue.jobs.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Deny", Principal = "*", NotAction = "sqs:SendMessage", Resource = "*" }]
              })
            }
            """,
            """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }
            """,
        ),
        **{
            f"a whole {kind} deleted": dropped(_denying(kind, f'{via} = "shop"'))
            for kind, (via, *_) in _AT_A_RESOURCE.items()
        },
        **{
            f"a denial taken out of an {kind}": edited(_denying(kind), "Deny", "Allow")
            for kind in _PATHS
            if kind in _WITHIN and kind not in ("aws_iam_role", "aws_organizations_policy")
        },
        "the same actions left out, and more resources": edited(
            _QUEUE.format('Principal = "*", NotAction = "sqs:SendMessage", NotResource = ["arn:aws:sqs:*:*:m"]'),
            '"arn:aws:sqs:*:*:m"',
            '"arn:aws:sqs:*:*:m", "arn:aws:sqs:*:*:jobs"',
        ),
        "more left out of what is refused": (
            _QUEUE.format('Principal = "*", NotAction = "sqs:SendMessage", Resource = "*"'),
            _QUEUE.format('Principal = "*", NotAction = ["sqs:SendMessage", "sqs:Purge*"], Resource = "*"'),
        ),
        "the same left out, on one resource": (
            _QUEUE.format('Principal = "*", NotAction = "sqs:SendMessage", Resource = "*"'),
            _QUEUE.format('Principal = "*", NotAction = "sqs:SendMessage", Resource = "arn:aws:sqs:*:*:jobs"'),
        ),
        "the same left out, on all resources but one": (
            _QUEUE.format('Principal = "*", NotAction = "sqs:SendMessage", NotResource = "arn:aws:sqs:*:*:m"'),
            _QUEUE.format('Principal = "*", NotAction = "sqs:SendMessage", Resource = "arn:aws:sqs:*:*:jobs"'),
        ),
        "the same left out, on one of two resources": (
            _QUEUE.format(
                'Principal = "*", NotAction = "sqs:Send*", Resource = ["arn:aws:sqs:*:*:jobs", "arn:aws:sqs:*:*:m"]'
            ),
            _QUEUE.format('Principal = "*", NotAction = "sqs:Send*", Resource = "arn:aws:sqs:*:*:jobs"'),
        ),
        "one resource left out, and then another one in another case": (
            _QUEUE.format('Principal = "*", Action = "sqs:*", NotResource = "arn:aws:sqs:*:*:jobs"'),
            _QUEUE.format('Principal = "*", Action = "sqs:*", NotResource = "arn:aws:sqs:*:*:Jobs"'),
        ),
        "one action, and then everything but that": (
            _QUEUE.format('Principal = "*", Action = "sqs:PurgeQueue", Resource = "*"'),
            _QUEUE.format('Principal = "*", NotAction = "SQS:Purge*", Resource = "*"'),
        ),
        "everything but one action, and then a single one": (
            _QUEUE.format('Principal = "*", NotAction = "sqs:SendMessage", Resource = "*"'),
            _QUEUE.format('Principal = "*", Action = "sqs:PurgeQueue", Resource = "*"'),
        ),
        "more resources left out": (
            _QUEUE.format('Principal = "*", Action = "sqs:*", NotResource = "arn:aws:sqs:*:*:jobs"'),
            _QUEUE.format(
                'Principal = "*", Action = "sqs:*", NotResource = ["arn:aws:sqs:*:*:jobs", "arn:aws:sqs:*:*:m"]'
            ),
        ),
        "all resources but one, and then that one": (
            _QUEUE.format('Principal = "*", Action = "sqs:*", NotResource = "arn:aws:sqs:*:*:mail"'),
            _QUEUE.format('Principal = "*", Action = "sqs:*", Resource = "arn:aws:sqs:*:*:mail"'),
        ),
        "one resource, and then all but that": (
            _QUEUE.format('Principal = "*", Action = "sqs:*", Resource = "arn:aws:sqs:*:*:jobs"'),
            _QUEUE.format('Principal = "*", Action = "sqs:*", NotResource = "arn:aws:sqs:*:*:jobs"'),
        ),
        "a resource in another case": (
            _QUEUE.format('Principal = "*", Action = "sqs:*", Resource = "arn:aws:sqs:*:*:Jobs"'),
            _QUEUE.format('Principal = "*", Action = "sqs:*", Resource = "arn:aws:sqs:*:*:jobs"'),
        ),
        "everybody, and then one account": (
            _QUEUE.format('Principal = "*", Action = "sqs:*", Resource = "*"'),
            _QUEUE.format('Principal = { AWS = "111122223333" }, Action = "sqs:*", Resource = "*"'),
        ),
        "more principals left out": (
            _QUEUE.format('NotPrincipal = { AWS = "111122223333" }, Action = "sqs:*", Resource = "*"'),
            _QUEUE.format(
                'NotPrincipal = { AWS = ["111122223333", "444455556666"] }, Action = "sqs:*", Resource = "*"'
            ),
        ),
        "all principals but one, and then that one": (
            _QUEUE.format('NotPrincipal = { AWS = "111122223333" }, Action = "sqs:*", Resource = "*"'),
            _QUEUE.format('Principal = { AWS = "111122223333" }, Action = "sqs:*", Resource = "*"'),
        ),
        "another value of a condition": (
            _QUEUE.format(
                'Principal = "*", Action = "sqs:*", Resource = "*", '
                'Condition = { StringNotEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } }'
            ),
            _QUEUE.format(
                'Principal = "*", Action = "sqs:*", Resource = "*", '
                'Condition = { StringNotEquals = { "aws:PrincipalOrgID" = "o-f6g7h8i9j0" } }'
            ),
        ),
        "a denial in the trust of a role": (
            _TRUST.format('{ Effect = "Deny", Principal = { AWS = "*" }, Action = "sts:TagSession" }'),
            _TRUST.format('{ Effect = "Allow", Principal = { AWS = "*" }, Action = "sts:TagSession" }'),
        ),
        "a deny policy that is deleted": (
            """
            resource "google_iam_deny_policy" "keys" {
              parent = "cloudresourcemanager.googleapis.com%2Fprojects%2Fexample"
              name   = "keys"
              rules {
                deny_rule {
                  denied_principals  = ["principalSet://goog/public:all"]
                  denied_permissions = ["iam.googleapis.com/roles.update"]
                }
              }
            }
            """,
            """
            resource "google_service_account" "keys" {
              account_id = "keys"
            }
            """,
        ),
        "a deny policy of a project": (
            """
            resource "google_iam_deny_policy" "keys" {
              parent = "cloudresourcemanager.googleapis.com%2Fprojects%2Fexample"
              name   = "keys"
              rules {
                deny_rule {
                  denied_principals  = ["principalSet://goog/public:all"]
                  denied_permissions = ["iam.googleapis.com/roles.create", "iam.googleapis.com/roles.update"]
                }
              }
            }
            """,
            """
            resource "google_iam_deny_policy" "keys" {
              parent = "cloudresourcemanager.googleapis.com%2Fprojects%2Fexample"
              name   = "keys"
              rules {
                deny_rule {
                  denied_principals  = ["principalSet://goog/public:all"]
                  denied_permissions = ["iam.googleapis.com/roles.update"]
                }
              }
            }
            """,
        ),
    },
    good={
        "a statement cut in two, another order and other words": (
            """
            resource "aws_organizations_policy" "limits" {
              name = "limits"
              content = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Deny", Action = ["cloudtrail:StopLogging", "guardduty:D*"], Resource = "*" }]
              })
            }
            """,
            """
            resource "aws_organizations_policy" "limits" {
              name = "limits"
              content = jsonencode({
                Version = "2012-10-17"
                Statement = [
                  { Sid = "Threats", Effect = "Deny", Action = "GuardDuty:*", Resource = "*" },
                  { Sid = "Trails", Effect = "Deny", Action = ["cloudtrail:StopLogging"], Resource = ["*"] },
                ]
              })
            }
            """,
        ),
        "a condition less": (
            """
            resource "aws_iam_policy" "limits" {
              name = "limits"
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Deny"
                  Action    = "iam:*"
                  Resource  = "*"
                  Condition = { StringNotEquals = { "aws:PrincipalTag/team" = "security" } }
                }]
              })
            }
            """,
            """
            resource "aws_iam_policy" "limits" {
              name = "limits"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Deny", Action = "iam:*", Resource = "*" }]
              })
            }
            """,
        ),
        "less left out of what is refused": (
            _QUEUE.format('Principal = "*", NotAction = ["sqs:SendMessage", "sqs:Purge*"], Resource = "*"'),
            _QUEUE.format('Principal = "*", NotAction = "sqs:SendMessage", Resource = "*"'),
        ),
        "what is left out, in other words": (
            _QUEUE.format(
                'NotPrincipal = { AWS = "111122223333" }, NotAction = "sqs:Send*", NotResource = "arn:aws:sqs:*:*:m"'
            ),
            _QUEUE.format(
                'Sid = "Others", NotPrincipal = { AWS = "arn:aws:iam::111122223333:root" }, '
                'NotAction = "SQS:SendMessage", NotResource = ["arn:aws:sqs:*:*:m"]'
            ),
        ),
        "everything but one action, and then everything": (
            _QUEUE.format('NotPrincipal = { AWS = "111122223333" }, NotAction = "sqs:Send*", Resource = "*"'),
            _QUEUE.format('Principal = "*", Action = "*", Resource = "*"'),
        ),
        "one resource left out, by two statements": (
            _QUEUE.format('Principal = "*", Action = "sqs:*", NotResource = "arn:aws:sqs:*:*:m"'),
            _QUEUE.format(
                'Principal = "*", Action = "sqs:*", NotResource = "arn:aws:sqs:*:*:m" }, '
                '{ Effect = "Deny", Principal = "*", Action = "sqs:*", Resource = "arn:aws:sqs:*:*:jobs"'
            ),
        ),
        "one resource, and then all but one in another case": (
            _QUEUE.format('Principal = "*", Action = "sqs:*", Resource = "arn:aws:sqs:*:*:jobs"'),
            _QUEUE.format('Principal = "*", Action = "sqs:*", NotResource = "arn:aws:sqs:*:*:Jobs"'),
        ),
        "everything but one action on one resource, and then on all": (
            _QUEUE.format('Principal = "*", NotAction = "sqs:Send*", Resource = "arn:aws:sqs:*:*:jobs"'),
            _QUEUE.format('Principal = "*", NotAction = "sqs:Send*", NotResource = "arn:aws:sqs:*:*:m"'),
        ),
        "one action, and then everything but another": (
            _QUEUE.format('Principal = "*", Action = "sqs:PurgeQueue", Resource = "*"'),
            _QUEUE.format('Principal = "*", NotAction = "sqs:SendMessage", Resource = "*"'),
        ),
        "fewer resources left out": (
            _QUEUE.format(
                'Principal = "*", Action = "sqs:*", NotResource = ["arn:aws:sqs:*:*:jobs", "arn:aws:sqs:*:*:m"]'
            ),
            _QUEUE.format('Principal = "*", Action = "sqs:*", NotResource = "arn:aws:sqs:*:*:jobs"'),
        ),
        "all resources but one, and then all": (
            _QUEUE.format('Principal = "*", Action = "sqs:*", NotResource = "arn:aws:sqs:*:*:jobs"'),
            _QUEUE.format('Principal = "*", Action = "sqs:*", Resource = "*"'),
        ),
        "one resource, and then all but another": (
            _QUEUE.format('Principal = "*", Action = "sqs:*", Resource = "arn:aws:sqs:*:*:jobs"'),
            _QUEUE.format('Principal = "*", Action = "sqs:*", NotResource = "arn:aws:sqs:*:*:mail"'),
        ),
        "one account, and then everybody": (
            _QUEUE.format('Principal = { AWS = "111122223333" }, Action = "sqs:*", Resource = "*"'),
            _QUEUE.format('Principal = { AWS = "*" }, Action = "sqs:*", Resource = "*"'),
        ),
        "two accounts, in another order": (
            _QUEUE.format('Principal = { AWS = ["111122223333", "444455556666"] }, Action = "sqs:*", Resource = "*"'),
            _QUEUE.format('Principal = { AWS = ["444455556666", "111122223333"] }, Action = "sqs:*", Resource = "*"'),
        ),
        "fewer principals left out": (
            _QUEUE.format(
                'NotPrincipal = { AWS = ["111122223333", "444455556666"] }, Action = "sqs:*", Resource = "*"'
            ),
            _QUEUE.format('NotPrincipal = { AWS = "111122223333" }, Action = "sqs:*", Resource = "*"'),
        ),
        "a condition in another spelling, and of another order": (
            _QUEUE.format(
                'Principal = "*", Action = "sqs:*", Resource = "*", '
                'Condition = { StringNotEquals = { "aws:PrincipalOrgID" = ["o-a1b2c3d4e5", "o-f6g7h8i9j0"] } }'
            ),
            _QUEUE.format(
                'Principal = "*", Action = "sqs:*", Resource = "*", '
                'Condition = { stringNotEquals = { "aws:principalOrgId" = ["o-f6g7h8i9j0", "o-a1b2c3d4e5"] } }'
            ),
        ),
        "a trust in other words": (
            _TRUST.format('{ Effect = "Deny", Principal = { AWS = "*" }, Action = "sts:TagSession" }'),
            _TRUST.format('{ Effect = "Deny", Principal = { AWS = "*" }, Action = ["sts:Tag*"] }'),
        ),
        "an allow taken out": (
            """
            resource "aws_iam_policy" "orders" {
              name = "orders"
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Action = "s3:GetObject", Resource = "*" },
                  { Effect = "Deny", Action = "s3:DeleteObject", Resource = "*" },
                ]
              })
            }
            """,
            """
            resource "aws_iam_policy" "orders" {
              name = "orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Deny", Action = "s3:DeleteObject", Resource = "*" }]
              })
            }
            """,
        ),
        "a policy that goes with its queue": (
            """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }

            resource "aws_sqs_queue_policy" "jobs" {
              queue_url = aws_sqs_queue.jobs.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Deny", Principal = "*", NotAction = "sqs:SendMessage", Resource = "*" }]
              })
            }
            """,
            """
            resource "aws_sqs_queue" "mail" {
              name = "mail"
            }
            """,
        ),
        "policies that go with what they protect": dropped(
            """
            resource "aws_vpc_endpoint" "shop" {
              vpc_id       = "vpc-0a1b2c3d4e5f60718"
              service_name = "com.amazonaws.eu-central-1.s3"
            }

            resource "aws_efs_file_system" "shop" {
              encrypted = true
            }
            """
            + _denying("aws_vpc_endpoint_policy", "vpc_endpoint_id = aws_vpc_endpoint.shop.id")
            + _denying("aws_efs_file_system_policy", "file_system_id = aws_efs_file_system.shop.id")
        ),
        "a policy that goes with its bucket, and the name of both stays": (
            _PET
            + _BUCKET.replace('"example-orders"', "random_pet.orders.id")
            + _denying("aws_s3_bucket_policy", "bucket = random_pet.orders.id"),
            _PET,
        ),
        "a policy that stays, unmanaged": (
            _BUCKET + _denying("aws_s3_bucket_policy", "bucket = aws_s3_bucket.orders.id"),
            _BUCKET
            + """
            removed {
              from = aws_s3_bucket_policy.shop

              lifecycle {
                destroy = false
              }
            }
            """,
        ),
        "one permission more denied": (
            """
            resource "google_iam_deny_policy" "keys" {
              parent = "cloudresourcemanager.googleapis.com%2Fprojects%2Fexample"
              name   = "keys"
              rules {
                deny_rule {
                  denied_principals  = ["principalSet://goog/public:all"]
                  denied_permissions = ["iam.googleapis.com/roles.update"]
                }
              }
            }
            """,
            """
            resource "google_iam_deny_policy" "keys" {
              parent = "cloudresourcemanager.googleapis.com%2Fprojects%2Fexample"
              name   = "keys"
              rules {
                deny_rule {
                  denied_principals  = ["principalSet://goog/public:all"]
                  denied_permissions = ["iam.googleapis.com/roles.create", "iam.googleapis.com/roles.update"]
                }
              }
              rules {
                description = "nothing yet"
                deny_rule {
                  denied_principals = ["principalSet://goog/public:all"]
                }
              }
            }
            """,
        ),
    },
    undetermined={
        "a policy that is not known yet": (
            """
            resource "aws_iam_policy" "limits" {
              name = "limits"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Deny", Action = "iam:*", Resource = "*" }]
              })
            }
            """,
            """
            resource "terraform_data" "scope" {
              input = "*"
            }

            resource "aws_iam_policy" "limits" {
              name = "limits"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Deny", Action = "iam:*", Resource = terraform_data.scope.output }]
              })
            }
            """,
        ),
    },
)
def policy_deny_removed(change: Change) -> Iterator[Violation]:
    """A policy refuses less than before.

    A denial stands above every permission, whoever has given it. Once it is gone, or holds under one condition more,
    permissions that it covered take effect at once, also those that nobody remembers.

    Keep the statement with `Effect = "Deny"`. Where it stood in the way of somebody, leave that one out by a
    condition on `aws:PrincipalArn`, and say so in the pull request.
    """
    before, after = change.before, change.after
    if not before or change.is_deposed:
        return
    path = _PATHS.get(change.type, "policy")
    if change.type == _GOOGLE:
        yield from _google(before, after)
    elif after:
        yield from _told(path, lost_denials(before, after, path))
    elif change.type in _AT_A_RESOURCE:
        via, *owners = _AT_A_RESOURCE[change.type]
        if lost := lost_denials(before, None, path):
            yield from losses(change, [Guard(f"the denial of {_shown(lost)}", via, tuple(owners))])


def _google(before: Resource, after: Resource | None) -> Iterator[Violation]:
    if not after:
        if denied := _denied(before):
            yield from _told("", sorted(denied))
        return
    yield from _told("rules", sorted(_denied(before) - _denied(after)))


def _denied(policy: Resource) -> set[str]:
    return {name for _, rule in policy.blocks("rules.deny_rule") for name in rule.get("denied_permissions") or []}


def _told(path: str, lost: list[str]) -> Iterator[Violation]:
    if lost:
        yield violation(path, f"no longer refuses {_shown(lost)}", facts=lost)


def _shown(lost: list[str]) -> str:
    more = len(lost) - _MOST_SHOWN
    return "; ".join(lost[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")
