"""What writes down who did what, and how long that is kept."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Violation, change_rule, violation

from ._neighbours import Guard, losses
from ._reduction import Amount, Given, Level, Members, Setting, reductions

_ACCESS_LOGS = (Level("access_logs.enabled"),)
_LOG_CONFIG = (Given("log_config", "logging"),)
_LOG_CONFIG_ENABLED = (Level("log_config.enable"),)
_DATABASE_LOGS = (Members("enabled_cloudwatch_logs_exports"),)
_AUDIT_CONFIG = (Members("audit_log_config", of=("log_type",)),)
_SINK = (Level("disabled", ((False, None),)),)
_EXTENDED_AUDITING = (Level("enabled"), Level("log_monitoring_enabled"))
_PUBLISHED = (Members("log_publishing_options", of=("log_type",)),)

_SETTINGS: dict[str, tuple[Setting, ...]] = {
    "aws_alb": _ACCESS_LOGS,
    "aws_api_gateway_stage": (Given("access_log_settings", "the access log"),),
    "aws_apigatewayv2_stage": (Given("access_log_settings", "the access log"),),
    "aws_cloudfront_distribution": (Given("logging_config", "the access log"),),
    "aws_cloudtrail": (
        Level("enable_logging"),
        Level("is_multi_region_trail"),
        Level("include_global_service_events"),
        Level("enable_log_file_validation"),
        Level("is_organization_trail"),
        Given("cloud_watch_logs_group_arn", "delivery to the log group"),
    ),
    "aws_config_configuration_recorder_status": (Level("is_enabled"),),
    "aws_db_instance": _DATABASE_LOGS,
    "aws_docdb_cluster": _DATABASE_LOGS,
    "aws_eks_cluster": (Members("enabled_cluster_log_types"),),
    "aws_elasticsearch_domain": _PUBLISHED,
    "aws_flow_log": (Level("traffic_type", ("ALL", "REJECT")),),
    "aws_elb": _ACCESS_LOGS,
    "aws_guardduty_detector": (Level("enable"),),
    "aws_guardduty_detector_feature": (Level("status", ("ENABLED",)),),
    "aws_lb": _ACCESS_LOGS,
    "aws_macie2_account": (Level("status", ("ENABLED",)),),
    "aws_mq_broker": (Level("logs.audit", ((True, "true"),)), Level("logs.general")),
    "aws_neptune_cluster": (Members("enable_cloudwatch_logs_exports"),),
    "aws_opensearch_domain": _PUBLISHED,
    "aws_rds_cluster": _DATABASE_LOGS,
    "aws_redshift_cluster": (Level("logging.enable"),),
    "aws_s3_bucket": (Given("logging", "the access log"),),
    "aws_sfn_state_machine": (Level("logging_configuration.level", ("ALL", "ERROR", "FATAL")),),
    "azurerm_monitor_aad_diagnostic_setting": (Members("enabled_log", of=("category",)),),
    "azurerm_monitor_diagnostic_setting": (
        Members("enabled_log", of=("category", "category_group"), everything="allLogs"),
    ),
    "azurerm_mssql_database_extended_auditing_policy": _EXTENDED_AUDITING,
    "azurerm_mssql_server_extended_auditing_policy": _EXTENDED_AUDITING,
    "azurerm_network_watcher_flow_log": (Level("enabled"), Level("traffic_analytics.enabled")),
    "azurerm_security_center_subscription_pricing": (Level("tier", ("Standard",)),),
    "google_compute_backend_service": _LOG_CONFIG_ENABLED,
    "google_compute_firewall": _LOG_CONFIG,
    "google_compute_region_backend_service": _LOG_CONFIG_ENABLED,
    "google_compute_router_nat": _LOG_CONFIG_ENABLED,
    "google_compute_subnetwork": _LOG_CONFIG,
    "google_container_cluster": (
        Level("logging_service", ("logging.googleapis.com/kubernetes", "logging.googleapis.com")),
        Members("logging_config.enable_components"),
    ),
    "google_dns_policy": (Level("enable_logging"),),
    "google_folder_iam_audit_config": _AUDIT_CONFIG,
    "google_logging_billing_account_sink": _SINK,
    "google_logging_folder_sink": _SINK,
    "google_logging_organization_sink": _SINK,
    "google_logging_project_sink": _SINK,
    "google_organization_iam_audit_config": _AUDIT_CONFIG,
    "google_project_iam_audit_config": _AUDIT_CONFIG,
    "google_storage_bucket": (Given("logging", "the access log"),),
}
_PROJECT = ("google_project",)
_SINK_GUARD = Guard("the log sink", "name")
_AUDIT_GUARD = Guard("the auditing", "server_id", ("azurerm_mssql_server",))
_GUARDS: dict[str, tuple[Guard, ...]] = {
    "aws_cloudtrail": (Guard("the trail", "name", worth=("enable_logging", (True, None))),),
    "aws_cloudwatch_log_delivery": (Guard("the log delivery", "delivery_source_name"),),
    "aws_config_configuration_recorder": (Guard("the recorder of configuration changes", "name"),),
    "aws_config_configuration_recorder_status": (
        Guard(
            "the recording of configuration changes",
            "name",
            ("aws_config_configuration_recorder",),
            worth=("is_enabled", (True,)),
        ),
    ),
    "aws_config_delivery_channel": (Guard("the delivery of configuration changes", "name"),),
    "aws_flow_log": tuple(
        Guard("the flow log", via, (owner,))
        for via, owner in (
            ("vpc_id", "aws_vpc"),
            ("subnet_id", "aws_subnet"),
            ("eni_id", "aws_network_interface"),
            ("transit_gateway_id", "aws_ec2_transit_gateway"),
            ("transit_gateway_attachment_id", "aws_ec2_transit_gateway_vpc_attachment"),
        )
    ),
    "aws_guardduty_detector": (Guard("the threat detector", "region", worth=("enable", (True, None))),),
    "aws_guardduty_publishing_destination": (
        Guard("the delivery of threat findings", "detector_id", ("aws_guardduty_detector",)),
    ),
    "aws_inspector2_enabler": (Guard("vulnerability scanning", "region"),),
    "aws_macie2_account": (Guard("the search for sensitive data", "region"),),
    "aws_networkfirewall_logging_configuration": (
        Guard("the log", "firewall_arn", ("aws_networkfirewall_firewall",)),
    ),
    "aws_redshift_logging": (Guard("the log", "cluster_identifier", ("aws_redshift_cluster",)),),
    "aws_route53_query_log": (Guard("the query log", "zone_id", ("aws_route53_zone",)),),
    "aws_route53_resolver_query_log_config_association": (Guard("the query log", "resource_id", ("aws_vpc",)),),
    "aws_s3_bucket_logging": (Guard("the access log", "bucket", ("aws_s3_bucket",)),),
    "aws_securityhub_account": (Guard("the collection of security findings", "region"),),
    "aws_wafv2_web_acl_logging_configuration": (Guard("the log", "resource_arn", ("aws_wafv2_web_acl",)),),
    "azurerm_monitor_aad_diagnostic_setting": (Guard("the directory's logs", "name"),),
    "azurerm_monitor_diagnostic_setting": (Guard("the logs", "target_resource_id"),),
    "azurerm_monitor_log_profile": (Guard("the activity log", "name"),),
    "azurerm_mssql_database_extended_auditing_policy": (
        Guard("the auditing", "database_id", ("azurerm_mssql_database",)),
    ),
    "azurerm_mssql_server_extended_auditing_policy": (_AUDIT_GUARD,),
    "azurerm_network_watcher_flow_log": (
        Guard("the flow log", "target_resource_id", worth=("enabled", (True,))),
        Guard(
            "the flow log",
            "network_security_group_id",
            ("azurerm_network_security_group",),
            worth=("enabled", (True,)),
        ),
    ),
    "azurerm_sentinel_log_analytics_workspace_onboarding": (
        Guard("threat detection", "workspace_id", ("azurerm_log_analytics_workspace",)),
    ),
    "azurerm_synapse_workspace_extended_auditing_policy": (
        Guard("the auditing", "synapse_workspace_id", ("azurerm_synapse_workspace",)),
    ),
    "google_folder_iam_audit_config": (Guard("the audit log", "folder", ("google_folder",), same=("service",)),),
    "google_logging_billing_account_sink": (_SINK_GUARD,),
    "google_logging_folder_sink": (_SINK_GUARD,),
    "google_logging_organization_sink": (_SINK_GUARD,),
    "google_logging_project_sink": (
        Guard("the log sink", "project", _PROJECT, key="project_id", same=("name", "destination")),
    ),
    "google_network_management_vpc_flow_logs_config": (Guard("the flow log", "vpc_flow_logs_config_id"),),
    "google_organization_iam_audit_config": (Guard("the audit log", "org_id", same=("service",)),),
    "google_project_iam_audit_config": (
        Guard("the audit log", "project", _PROJECT, key="project_id", same=("service",)),
    ),
}
_EXCLUSIONS = (
    "google_logging_billing_account_exclusion",
    "google_logging_folder_exclusion",
    "google_logging_organization_exclusion",
    "google_logging_project_exclusion",
)
"""What drops log entries before any sink sees them."""


@change_rule(
    id="logging-removed",
    severity="high",
    domain="environment",
    resources=dict.fromkeys((*_SETTINGS, *_GUARDS, *_EXCLUSIONS)),
    controls={"nist-800-53r5": ["AU-2", "AU-6", "AU-12", "CM-3", "SI-4"]},
    links=["https://attack.mitre.org/techniques/T1562/008/"],
)
def logging_removed(change: Change) -> Iterator[Violation]:
    """Logging or threat detection is taken away.

    What happens from now on is not written down, or nobody looks at it, while what was watched stays. Turning off
    the logs is also the first thing that an intruder does.

    Keep it. Where another log takes over, make that in the same plan, or say in the pull request which it is.
    """
    yield from reductions(change, _SETTINGS.get(change.type, ()))
    yield from losses(change, _GUARDS.get(change.type, ()))
    if change.type in _EXCLUSIONS and change.after and not change.after.get("disabled"):
        was_off = change.before.get("disabled") if change.before else True
        if was_off or change.changed("filter"):
            yield violation("filter", f"drops log entries: {change.after.get('filter')}")


_DAYS = Amount("retention_in_days")
_FOREVER_AT_ZERO = Amount("retention_in_days", forever=0)
_BUCKET_DAYS = Amount("retention_days", unset=30)
_TABLE_DAYS = (Amount("total_retention_in_days"), _DAYS)
_POLICY_DAYS = (Amount("retention_policy.days", forever=0),)

_LOG_RETENTION: dict[str, tuple[Setting, ...]] = {
    "aws_cloudtrail_event_data_store": (Amount("retention_period", unset=2555),),
    "aws_cloudwatch_log_group": (_FOREVER_AT_ZERO,),
    "aws_config_retention_configuration": (Amount("retention_period_in_days"),),
    "azurerm_application_insights": (Amount("retention_in_days", unset=90),),
    "azurerm_log_analytics_workspace": (Amount("retention_in_days", unset=30),),
    "azurerm_log_analytics_workspace_table": _TABLE_DAYS,
    "azurerm_log_analytics_workspace_table_custom_log": _TABLE_DAYS,
    "azurerm_monitor_log_profile": _POLICY_DAYS,
    "azurerm_mssql_database_extended_auditing_policy": (_FOREVER_AT_ZERO,),
    "azurerm_mssql_server_extended_auditing_policy": (_FOREVER_AT_ZERO,),
    "azurerm_network_watcher_flow_log": _POLICY_DAYS,
    "azurerm_synapse_sql_pool_extended_auditing_policy": (_FOREVER_AT_ZERO,),
    "azurerm_synapse_workspace_extended_auditing_policy": (_FOREVER_AT_ZERO,),
    "google_logging_billing_account_bucket_config": (_BUCKET_DAYS,),
    "google_logging_folder_bucket_config": (_BUCKET_DAYS,),
    "google_logging_organization_bucket_config": (_BUCKET_DAYS,),
    "google_logging_project_bucket_config": (_BUCKET_DAYS,),
}


@change_rule(
    id="log-retention-shortened",
    severity="medium",
    domain="environment",
    resources=_LOG_RETENTION,
    controls={"nist-800-53r5": ["AU-11", "CM-3"]},
    links=["https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html"],
)
def log_retention_shortened(change: Change) -> Iterator[Violation]:
    """Logs are kept for a shorter time.

    Entries older than the new time are deleted soon after the apply. Intrusions are often found months later, and
    then the entries that would tell what happened are gone.

    Keep the old time, or copy older entries to a store where they stay before this is applied.
    """
    yield from reductions(change, _LOG_RETENTION[change.type])
