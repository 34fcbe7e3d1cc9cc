"""Where policies stand: which attribute of which resource type holds one, and whose it is.

Source: AWS provider documentation of each type.
"""

from __future__ import annotations

from msgspec import Struct

from planguard.access.aws.principals import GROUP, PERMISSION_SET, ROLE, USER


class Holding(Struct, frozen=True):
    """A resource that gives a policy to principals.

    :ivar policy: the attribute that holds the policy, or its ARN
    :ivar owners: the kind of principal, and the attribute that names one or several of it
    """

    policy: str
    owners: tuple[tuple[str, str], ...]


INLINE = {
    "aws_iam_role_policy": Holding("policy", ((ROLE, "role"),)),
    "aws_iam_user_policy": Holding("policy", ((USER, "user"),)),
    "aws_iam_group_policy": Holding("policy", ((GROUP, "group"),)),
    "aws_ssoadmin_permission_set_inline_policy": Holding("inline_policy", ((PERMISSION_SET, "permission_set_arn"),)),
}
"""Types that hold the text of a policy of a principal."""

ATTACHING = {
    "aws_iam_role_policy_attachment": Holding("policy_arn", ((ROLE, "role"),)),
    "aws_iam_user_policy_attachment": Holding("policy_arn", ((USER, "user"),)),
    "aws_iam_group_policy_attachment": Holding("policy_arn", ((GROUP, "group"),)),
    "aws_iam_policy_attachment": Holding("policy_arn", ((ROLE, "roles"), (USER, "users"), (GROUP, "groups"))),
    "aws_iam_role_policy_attachments_exclusive": Holding("policy_arns", ((ROLE, "role_name"),)),
    "aws_iam_user_policy_attachments_exclusive": Holding("policy_arns", ((USER, "user_name"),)),
    "aws_iam_group_policy_attachments_exclusive": Holding("policy_arns", ((GROUP, "group_name"),)),
    "aws_ssoadmin_managed_policy_attachment": Holding(
        "managed_policy_arn", ((PERMISSION_SET, "permission_set_arn"),)
    ),
}
"""Types that attach policies by ARN."""


class Standing(Struct, frozen=True):
    """A resource that holds the policy of a resource, its own or that of another.

    :ivar policy: the attribute that holds the policy
    :ivar owner: the attribute that names the other resource; empty where the policy is its own
    :ivar types: the types that the other may be of
    :ivar named: the attributes of the other that it may be named by
    """

    policy: str
    owner: str = ""
    types: tuple[str, ...] = ()
    named: tuple[str, ...] = ("arn",)


OWN = {
    "aws_s3_bucket": Standing("policy"),
    "aws_sqs_queue": Standing("policy"),
    "aws_sns_topic": Standing("policy"),
    "aws_kms_key": Standing("policy"),
    "aws_kms_external_key": Standing("policy"),
    "aws_kms_replica_key": Standing("policy"),
    "aws_kms_replica_external_key": Standing("policy"),
    "aws_secretsmanager_secret": Standing("policy"),
    "aws_opensearch_domain": Standing("access_policies"),
    "aws_elasticsearch_domain": Standing("access_policies"),
    "aws_api_gateway_rest_api": Standing("policy"),
    "aws_glacier_vault": Standing("access_policy"),
    "aws_s3_access_point": Standing("policy"),
    "aws_cloudwatch_log_destination_policy": Standing("access_policy"),
    "aws_cloudwatch_log_resource_policy": Standing("policy_document"),
    "aws_glue_resource_policy": Standing("policy"),
    "aws_schemas_registry_policy": Standing("policy"),
    "aws_codebuild_resource_policy": Standing("policy"),
    "aws_ses_identity_policy": Standing("policy"),
    "aws_sesv2_email_identity_policy": Standing("policy"),
    "aws_ecr_registry_policy": Standing("policy"),
    "aws_ecrpublic_repository_policy": Standing("policy"),
    "aws_acmpca_policy": Standing("policy"),
    "aws_networkfirewall_resource_policy": Standing("policy"),
    "aws_redshift_resource_policy": Standing("policy"),
    "aws_redshiftserverless_resource_policy": Standing("policy"),
    "aws_api_gateway_domain_name": Standing("policy"),
    "aws_vpclattice_auth_policy": Standing("policy"),
    "aws_vpclattice_resource_policy": Standing("policy"),
    "aws_bedrockagentcore_resource_policy": Standing("policy"),
    "aws_cloudsearch_domain_service_access_policy": Standing("access_policy"),
    "aws_cloudwatch_log_delivery_destination_policy": Standing("delivery_destination_policy"),
    "aws_media_store_container_policy": Standing("policy"),
    "aws_oam_sink_policy": Standing("policy"),
    "aws_prometheus_resource_policy": Standing("policy_document"),
    "aws_s3control_access_grants_instance_resource_policy": Standing("policy"),
    "aws_s3control_object_lambda_access_point_policy": Standing("policy"),
    "aws_s3files_file_system_policy": Standing("policy"),
    "aws_s3vectors_vector_bucket_policy": Standing("policy"),
    "aws_sagemaker_model_package_group_policy": Standing("resource_policy"),
    "aws_xray_resource_policy": Standing("policy_document"),
    "aws_organizations_resource_policy": Standing("content"),
}
"""Types that hold the text of their own policy, or of something that the plan seldom holds as a resource."""

BESIDE = {
    "aws_s3_bucket_policy": Standing("policy", "bucket", ("aws_s3_bucket",), ("id", "arn")),
    "aws_s3tables_table_bucket_policy": Standing(
        "resource_policy", "table_bucket_arn", ("aws_s3tables_table_bucket",), ("arn",)
    ),
    "aws_s3control_access_point_policy": Standing("policy", "access_point_arn", ("aws_s3_access_point",)),
    "aws_s3control_bucket_policy": Standing("policy", "bucket", ("aws_s3control_bucket",)),
    "aws_sqs_queue_policy": Standing("policy", "queue_url", ("aws_sqs_queue",), ("id", "url")),
    "aws_sns_topic_policy": Standing("policy", "arn", ("aws_sns_topic",)),
    "aws_kms_key_policy": Standing("policy", "key_id", ("aws_kms_key",), ("id", "key_id", "arn")),
    "aws_secretsmanager_secret_policy": Standing(
        "policy", "secret_arn", ("aws_secretsmanager_secret",), ("arn", "id")
    ),
    "aws_ecr_repository_policy": Standing("policy", "repository", ("aws_ecr_repository",), ("name", "id")),
    "aws_efs_file_system_policy": Standing("policy", "file_system_id", ("aws_efs_file_system",), ("id",)),
    "aws_opensearch_domain_policy": Standing(
        "access_policies", "domain_name", ("aws_opensearch_domain",), ("domain_name",)
    ),
    "aws_elasticsearch_domain_policy": Standing(
        "access_policies", "domain_name", ("aws_elasticsearch_domain",), ("domain_name",)
    ),
    "aws_api_gateway_rest_api_policy": Standing("policy", "rest_api_id", ("aws_api_gateway_rest_api",), ("id",)),
    "aws_backup_vault_policy": Standing("policy", "backup_vault_name", ("aws_backup_vault",), ("name", "id")),
    "aws_codeartifact_domain_permissions_policy": Standing(
        "policy_document", "domain", ("aws_codeartifact_domain",), ("domain", "id", "arn")
    ),
    "aws_codeartifact_repository_permissions_policy": Standing(
        "policy_document", "repository", ("aws_codeartifact_repository",), ("repository", "id", "arn")
    ),
    "aws_cloudwatch_event_bus_policy": Standing(
        "policy", "event_bus_name", ("aws_cloudwatch_event_bus",), ("name", "id")
    ),
    "aws_msk_cluster_policy": Standing("policy", "cluster_arn", ("aws_msk_cluster", "aws_msk_serverless_cluster")),
    "aws_s3tables_table_policy": Standing("resource_policy", "name", ("aws_s3tables_table",), ("name",)),
    "aws_kinesis_resource_policy": Standing("policy", "resource_arn", ("aws_kinesis_stream",), ("arn", "id")),
    "aws_dynamodb_resource_policy": Standing("policy", "resource_arn", ("aws_dynamodb_table",)),
}
"""Types that hold the policy of another resource."""
