"""Resources whose policies let everybody in, all policies and settings together."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation
from planguard.access.aws.strangers import strangers_let_in
from planguard.access.model import RESOURCE
from planguard.access.standing import standing_at

from ._aws_access import exactly, facts_of, leave_open, place_of, request

DATA = (
    "aws_backup_vault_policy",
    "aws_dynamodb_resource_policy",
    "aws_efs_file_system_policy",
    "aws_elasticsearch_domain",
    "aws_elasticsearch_domain_policy",
    "aws_glacier_vault",
    "aws_glue_resource_policy",
    "aws_kinesis_resource_policy",
    "aws_kms_external_key",
    "aws_kms_grant",
    "aws_kms_key",
    "aws_kms_key_policy",
    "aws_kms_replica_external_key",
    "aws_kms_replica_key",
    "aws_opensearch_domain",
    "aws_opensearch_domain_policy",
    "aws_redshift_resource_policy",
    "aws_redshiftserverless_resource_policy",
    "aws_s3_access_point",
    "aws_s3_bucket",
    "aws_s3_bucket_acl",
    "aws_s3_bucket_policy",
    "aws_s3control_access_point_policy",
    "aws_s3control_bucket_policy",
    "aws_s3files_file_system_policy",
    "aws_s3tables_table_bucket_policy",
    "aws_s3tables_table_policy",
    "aws_s3vectors_vector_bucket_policy",
    "aws_secretsmanager_secret",
    "aws_secretsmanager_secret_policy",
)
"""Where policies of what stores data, keys or secrets stand."""
OTHER = (
    "aws_acmpca_policy",
    "aws_api_gateway_rest_api",
    "aws_api_gateway_rest_api_policy",
    "aws_cloudsearch_domain_service_access_policy",
    "aws_cloudwatch_event_bus_policy",
    "aws_cloudwatch_log_destination_policy",
    "aws_cloudwatch_log_resource_policy",
    "aws_codeartifact_domain_permissions_policy",
    "aws_codeartifact_repository_permissions_policy",
    "aws_codebuild_resource_policy",
    "aws_ecr_registry_policy",
    "aws_ecr_repository_policy",
    "aws_lambda_layer_version_permission",
    "aws_lambda_permission",
    "aws_media_store_container_policy",
    "aws_msk_cluster_policy",
    "aws_oam_sink_policy",
    "aws_prometheus_resource_policy",
    "aws_s3control_access_grants_instance_resource_policy",
    "aws_s3control_object_lambda_access_point_policy",
    "aws_sagemaker_model_package_group_policy",
    "aws_schemas_registry_policy",
    "aws_ses_identity_policy",
    "aws_sesv2_email_identity_policy",
    "aws_sns_topic",
    "aws_sns_topic_policy",
    "aws_sqs_queue",
    "aws_sqs_queue_policy",
)
"""Where policies of all other resources stand. Public repositories of images are public by what they are."""
_LINKS = [
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html",
]


@rule(
    id="aws-resource-policy-public-data",
    severity="critical",
    domain="identity",
    resources=DATA,
    controls={"nist-800-53r5": ["AC-3", "AC-4", "AC-6"]},
    links=_LINKS,
    since="0.2.0",
    wider=[
        "aws-s3-bucket-policy-public",
        "aws-kms-key-policy-public",
        "aws-glacier-vault-policy-public",
        "aws-s3-bucket-acl-public",
        "aws-s3-bucket-acl-public-read",
        "aws-s3-bucket-acl-public-write",
        "aws-s3-acl-permissions-public",
        "aws-s3-acl-open-to-aws-accounts",
    ],
    bad={
        "a secret": """
            resource "aws_secretsmanager_secret" "db" {
              name = "db"
            }

            resource "aws_secretsmanager_secret_policy" "db" {
              secret_arn = aws_secretsmanager_secret.db.arn
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Sid       = "Read"
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "secretsmanager:GetSecretValue"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "a bucket that its block no longer guards": (
            """
            resource "aws_s3_bucket" "site" {
              bucket = "example-site"
            }

            resource "aws_s3_bucket_policy" "site" {
              bucket = aws_s3_bucket.site.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Principal = "*", Action = "s3:*", Resource = "arn:aws:s3:::example-site/*" },
                ]
              })
            }

            resource "aws_s3_bucket_public_access_block" "site" {
              bucket                  = aws_s3_bucket.site.id
              restrict_public_buckets = true
            }
            """,
            """
            resource "aws_s3_bucket" "site" {
              bucket = "example-site"
            }

            resource "aws_s3_bucket_policy" "site" {
              bucket = aws_s3_bucket.site.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Principal = "*", Action = "s3:*", Resource = "arn:aws:s3:::example-site/*" },
                ]
              })
            }
            """,
        ),
        "a file system for whoever signs in at Facebook": """
            resource "aws_efs_file_system" "home" {
              creation_token = "home"
            }

            resource "aws_efs_file_system_policy" "home" {
              file_system_id = aws_efs_file_system.home.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { Federated = "graph.facebook.com" }
                    Action    = "elasticfilesystem:ClientMount"
                  },
                ]
              })
            }
        """,
        "half of the internet, and the other half": """
            resource "aws_opensearch_domain" "logs" {
              domain_name = "logs"
              access_policies = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "*" }
                    Action    = "es:ESHttpGet"
                    Resource  = "*"
                    Condition = { IpAddress = { "aws:SourceIp" = ["0.0.0.0/1", "128.0.0.0/1"] } }
                  },
                ]
              })
            }
        """,
        "a denial that strangers get around": """
            resource "aws_secretsmanager_secret" "db" {
              name = "db"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Principal = "*", Action = "secretsmanager:*", Resource = "*" },
                  {
                    Effect    = "Deny"
                    Principal = "*"
                    Action    = "secretsmanager:*"
                    Resource  = "*"
                    Condition = { StringNotEquals = { "aws:PrincipalTag/team" = "payments" } }
                  },
                ]
              })
            }
        """,
    },
    good={
        "denied to everybody outside of the organization": """
            resource "aws_secretsmanager_secret" "db" {
              name = "db"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Principal = "*", Action = "secretsmanager:GetSecretValue", Resource = "*" },
                  {
                    Effect    = "Deny"
                    Principal = "*"
                    Action    = "secretsmanager:*"
                    Resource  = "*"
                    Condition = {
                      StringNotEqualsIfExists = { "aws:PrincipalOrgID" = "o-abcdefghij" }
                      BoolIfExists            = { "aws:PrincipalIsAWSService" = "false" }
                    }
                  },
                ]
              })
            }
        """,
        "a bucket that its block guards": """
            resource "aws_s3_bucket" "site" {
              bucket = "example-site"
            }

            resource "aws_s3_bucket_policy" "site" {
              bucket = aws_s3_bucket.site.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Principal = "*", Action = "s3:*", Resource = "arn:aws:s3:::example-site/*" },
                ]
              })
            }

            resource "aws_s3_bucket_public_access_block" "site" {
              bucket                  = aws_s3_bucket.site.id
              restrict_public_buckets = true
            }
        """,
        "through mount targets only": """
            resource "aws_efs_file_system" "home" {
              creation_token = "home"
            }

            resource "aws_efs_file_system_policy" "home" {
              file_system_id = aws_efs_file_system.home.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "*" }
                    Action    = "elasticfilesystem:ClientMount"
                    Condition = { Bool = { "elasticfilesystem:AccessedViaMountTarget" = "true" } }
                  },
                ]
              })
            }
        """,
        "through the endpoint of this plan": """
            resource "aws_vpc_endpoint" "secrets" {
              vpc_id       = "vpc-0123456789abcdef0"
              service_name = "com.amazonaws.eu-central-1.secretsmanager"
            }

            data "aws_iam_policy_document" "db" {
              statement {
                actions   = ["secretsmanager:GetSecretValue"]
                resources = ["*"]
                principals {
                  type        = "*"
                  identifiers = ["*"]
                }
                condition {
                  test     = "StringEquals"
                  variable = "aws:SourceVpce"
                  values   = [aws_vpc_endpoint.secrets.id]
                }
              }
            }

            resource "aws_secretsmanager_secret" "db" {
              name = "db"
            }

            resource "aws_secretsmanager_secret_policy" "db" {
              secret_arn = aws_secretsmanager_secret.db.arn
              policy     = data.aws_iam_policy_document.db.json
            }
        """,
        "a role of another account": """
            resource "aws_secretsmanager_secret" "db" {
              name = "db"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::444455556666:role/app" }
                    Action    = "secretsmanager:GetSecretValue"
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
    },
    undetermined={
        "a policy that is known after apply only": """
            resource "terraform_data" "policy" {
              input = "{}"
            }

            resource "aws_secretsmanager_secret" "db" {
              name = "db"
            }

            resource "aws_secretsmanager_secret_policy" "db" {
              secret_arn = aws_secretsmanager_secret.db.arn
              policy     = terraform_data.policy.output
            }
        """,
        "a principal that is known after apply only": """
            resource "terraform_data" "readers" {
              input = ["*"]
            }

            data "aws_iam_policy_document" "db" {
              statement {
                actions   = ["secretsmanager:GetSecretValue"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = terraform_data.readers.output
                }
              }
            }

            resource "aws_secretsmanager_secret" "db" {
              name = "db"
            }

            resource "aws_secretsmanager_secret_policy" "db" {
              secret_arn = aws_secretsmanager_secret.db.arn
              policy     = data.aws_iam_policy_document.db.json
            }
        """,
    },
)
def data_public(resource: Resource) -> Iterator[Violation]:
    """Data, a key or a secret is open to everybody.

    What all policies of the resource allow together, after all denials, limits and public access blocks of this plan,
    takes in people whom nobody has named: anybody with an AWS account, or with an account at a web identity provider
    that is open to all. That the account may block public access elsewhere is not seen, and not counted on.

    Name the accounts or roles in `Principal`, or add `StringEquals` on `aws:PrincipalOrgID`, `aws:SourceVpce` or
    another key that strangers cannot choose. For a bucket, set `restrict_public_buckets = true` in an
    `aws_s3_bucket_public_access_block`.
    """
    yield from _public(resource)


@rule(
    id="aws-resource-policy-public-access",
    severity="high",
    domain="identity",
    resources=OTHER,
    controls={"nist-800-53r5": ["AC-3", "AC-4", "AC-6"]},
    links=_LINKS,
    since="0.2.0",
    wider=[
        "aws-sqs-queue-policy-public",
        "aws-sns-topic-policy-public",
        "aws-ecr-repository-policy-public",
        "aws-lambda-permission-public",
    ],
    bad={
        "an event bus": """
            resource "aws_cloudwatch_event_bus" "orders" {
              name = "orders"
            }

            resource "aws_cloudwatch_event_bus_policy" "orders" {
              event_bus_name = aws_cloudwatch_event_bus.orders.name
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Principal = "*", Action = "events:PutEvents", Resource = "*" },
                ]
              })
            }
        """,
        "an API whose kind nobody tells": """
            resource "aws_api_gateway_rest_api" "orders" {
              name = "orders"
              endpoint_configuration {
                types = null
              }
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "execute-api:/*" },
                ]
              })
            }
        """,
        "an API of the internet": """
            resource "aws_api_gateway_rest_api" "orders" {
              name = "orders"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "execute-api:/*" },
                ]
              })
            }
        """,
    },
    good={
        "an event bus for the organization": """
            resource "aws_cloudwatch_event_bus" "orders" {
              name = "orders"
            }

            resource "aws_cloudwatch_event_bus_policy" "orders" {
              event_bus_name = aws_cloudwatch_event_bus.orders.name
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = "*"
                    Action    = "events:PutEvents"
                    Resource  = "*"
                    Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-abcdefghij" } }
                  },
                ]
              })
            }
        """,
        "an API of the network": """
            resource "aws_api_gateway_rest_api" "orders" {
              name = "orders"
              endpoint_configuration {
                types = ["PRIVATE"]
              }
            }

            resource "aws_api_gateway_rest_api_policy" "orders" {
              rest_api_id = aws_api_gateway_rest_api.orders.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "execute-api:/*" },
                ]
              })
            }
        """,
        "an API of the network, with a policy of its own": """
            resource "aws_api_gateway_rest_api" "orders" {
              name = "orders"
              endpoint_configuration {
                types = ["PRIVATE"]
              }
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "execute-api:/*" },
                ]
              })
            }
        """,
    },
    undetermined={
        "a policy that is known after apply only": """
            resource "terraform_data" "policy" {
              input = "{}"
            }

            resource "aws_cloudwatch_event_bus" "orders" {
              name = "orders"
            }

            resource "aws_cloudwatch_event_bus_policy" "orders" {
              event_bus_name = aws_cloudwatch_event_bus.orders.name
              policy         = terraform_data.policy.output
            }
        """,
    },
)
def resource_public(resource: Resource) -> Iterator[Violation]:
    """Resource can be used by everybody.

    What all policies of the resource allow together, after all denials and limits of this plan, takes in people whom
    nobody has named: they run the function, fill the queue or read from the bus at the cost of its owner.

    Name the accounts, roles or services in `Principal`, or add `StringEquals` on `aws:PrincipalOrgID`,
    `aws:SourceAccount` or another key that strangers cannot choose.
    """
    if not _is_private_api(resource):
        yield from _public(resource)


def _is_private_api(resource: Resource) -> bool:
    """Whether a policy is that of an API that is reached through endpoints of networks only."""
    is_beside = resource.type == "aws_api_gateway_rest_api_policy"
    apis = resource.references("aws_api_gateway_rest_api", via="rest_api_id") if is_beside else [resource]
    blocks = (api.effective("endpoint_configuration", []) for api in apis)
    return any("PRIVATE" in (one.get("types") or ()) for found in blocks for one in found)


def _public(resource: Resource) -> Iterator[Violation]:
    later = None
    for held in standing_at(resource, RESOURCE):
        with exactly(resource):
            found = [one for one in strangers_let_in(held.access) if one.clause.origin.address == resource.address]
        for one in found:
            if not one.is_certain:
                later = one
                continue
            yield violation(
                place_of(one.clause.origin, resource=resource),
                f"{one.who} may {request(one.witness)}",
                facts=[one.who, facts_of(one.clause)],
                evidence=_beside(held.subject.address, resource),
            )
    if later:
        leave_open(resource, later.clause, "whether it lets everybody in is known after apply only")


def _beside(address: str, resource: Resource) -> list[str]:
    """The resource whose policy it is, where that is another one."""
    return [address] if address and address != resource.address else []
