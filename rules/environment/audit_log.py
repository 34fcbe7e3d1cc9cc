"""What writes down who did what, and how long that is kept."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Violation, change_rule, violation

from ._before_after import dropped, edited
from ._neighbours import Guard, losses
from ._reduction import Amount, Given, Level, Members, Off, Setting, reductions

_ACCESS_LOGS = (Level("access_logs.enabled"),)
_LOG_CONFIG = (Given("log_config", "logging"),)
_LOG_CONFIG_ENABLED = (Level("log_config.enable"),)
_DATABASE_LOGS = (Members("enabled_cloudwatch_logs_exports"),)
_AUDIT_CONFIG = (Members("audit_log_config", of=("log_type",)),)
_SINK = (Off("disabled"),)
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
    "aws_mq_broker": (Level("logs.audit"), Level("logs.general")),
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
_SINK_GUARD = Guard("the log sink", "name")
_AUDIT_GUARD = Guard("the auditing", "server_id", "azurerm_mssql_server")
_GUARDS: dict[str, tuple[Guard, ...]] = {
    "aws_cloudtrail": (Guard("the trail", "name", worth=("enable_logging", (True, None))),),
    "aws_cloudwatch_log_delivery": (Guard("the log delivery", "delivery_source_name"),),
    "aws_config_configuration_recorder": (Guard("the recorder of configuration changes", "name"),),
    "aws_config_configuration_recorder_status": (
        Guard(
            "the recording of configuration changes",
            "name",
            worth=("is_enabled", (True,)),
        ),
    ),
    "aws_config_delivery_channel": (Guard("the delivery of configuration changes", "name"),),
    "aws_flow_log": tuple(
        Guard("the flow log", via, owner)
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
        Guard("the delivery of threat findings", "detector_id", "aws_guardduty_detector"),
    ),
    "aws_inspector2_enabler": (Guard("vulnerability scanning", "region"),),
    "aws_macie2_account": (Guard("the search for sensitive data", "region"),),
    "aws_networkfirewall_logging_configuration": (Guard("the log", "firewall_arn", "aws_networkfirewall_firewall"),),
    "aws_redshift_logging": (Guard("the log", "cluster_identifier", "aws_redshift_cluster"),),
    "aws_route53_query_log": (Guard("the query log", "zone_id", "aws_route53_zone"),),
    "aws_route53_resolver_query_log_config_association": (Guard("the query log", "resource_id", "aws_vpc"),),
    "aws_s3_bucket_logging": (Guard("the access log", "bucket", "aws_s3_bucket"),),
    "aws_securityhub_account": (Guard("the collection of security findings", "region"),),
    "aws_wafv2_web_acl_logging_configuration": (Guard("the log", "resource_arn", "aws_wafv2_web_acl"),),
    "azurerm_monitor_aad_diagnostic_setting": (Guard("the directory's logs", "name"),),
    "azurerm_monitor_diagnostic_setting": (Guard("the logs", "target_resource_id"),),
    "azurerm_monitor_log_profile": (Guard("the activity log", "name"),),
    "azurerm_mssql_database_extended_auditing_policy": (
        Guard("the auditing", "database_id", "azurerm_mssql_database"),
    ),
    "azurerm_mssql_server_extended_auditing_policy": (_AUDIT_GUARD,),
    "azurerm_network_watcher_flow_log": (
        Guard("the flow log", "target_resource_id", worth=("enabled", (True,))),
        Guard(
            "the flow log",
            "network_security_group_id",
            "azurerm_network_security_group",
            worth=("enabled", (True,)),
        ),
    ),
    "azurerm_sentinel_log_analytics_workspace_onboarding": (
        Guard("threat detection", "workspace_id", "azurerm_log_analytics_workspace"),
    ),
    "azurerm_synapse_workspace_extended_auditing_policy": (
        Guard("the auditing", "synapse_workspace_id", "azurerm_synapse_workspace"),
    ),
    "google_folder_iam_audit_config": (Guard("the audit log", "folder", "google_folder", same=("service",)),),
    "google_logging_billing_account_sink": (_SINK_GUARD,),
    "google_logging_folder_sink": (_SINK_GUARD,),
    "google_logging_organization_sink": (_SINK_GUARD,),
    "google_logging_project_sink": (
        Guard("the log sink", "project", "google_project", key="project_id", same=("name", "destination")),
    ),
    "google_network_management_vpc_flow_logs_config": (Guard("the flow log", "vpc_flow_logs_config_id"),),
    "google_organization_iam_audit_config": (Guard("the audit log", "org_id", same=("service",)),),
    "google_project_iam_audit_config": (
        Guard("the audit log", "project", "google_project", key="project_id", same=("service",)),
    ),
}
_EXCLUSIONS = (
    "google_logging_billing_account_exclusion",
    "google_logging_folder_exclusion",
    "google_logging_organization_exclusion",
    "google_logging_project_exclusion",
)
"""What drops log entries before any sink sees them."""

_VPC = """
                resource "aws_vpc" "main" {
                  cidr_block = "10.0.0.0/16"
                }
"""
_SINK_OF_PROJECT = """
                resource "google_logging_project_sink" "audit" {
                  name        = "audit"
                  destination = "storage.googleapis.com/acme-audit"
                }
"""


def _exclusion(of: str) -> str:
    where = "" if of == "project" else f'{"org_id" if of == "organization" else of} = "481516234200"'
    return f"""
                resource "google_logging_{of}_exclusion" "noise" {{
                  name   = "noise"
                  filter = "severity < WARNING"
                  {where}
                }}
    """


@change_rule(
    id="logging-removed",
    severity="high",
    domain="environment",
    resources=dict.fromkeys((*_SETTINGS, *_GUARDS, *_EXCLUSIONS)),
    controls={"nist-800-53r5": ["AU-2", "AU-6", "AU-12", "CM-3", "SI-4"]},
    links=["https://attack.mitre.org/techniques/T1562/008/"],
    bad={
        "another service in its place": (
            """
                resource "google_project_iam_audit_config" "all" {
                  project = "acme-platform"
                  service = "allServices"

                  audit_log_config {
                    log_type = "DATA_READ"
                  }
                }
                """,
            """
                resource "google_project_iam_audit_config" "storage" {
                  project = "acme-platform"
                  service = "storage.googleapis.com"

                  audit_log_config {
                    log_type = "DATA_READ"
                  }
                }
                """,
        ),
        "a trail of another name in its place": (
            """
                resource "aws_cloudtrail" "main" {
                  name                       = "main"
                  s3_bucket_name             = "acme-audit-logs"
                  enable_logging             = true
                  is_multi_region_trail      = true
                  enable_log_file_validation = true
                }
                """,
            """
                resource "random_pet" "trail" {}

                resource "aws_cloudtrail" "data" {
                  name                       = random_pet.trail.id
                  s3_bucket_name             = "acme-audit-logs"
                  enable_logging             = true
                  is_multi_region_trail      = true
                  enable_log_file_validation = true
                }
                """,
        ),
        "fewer categories": (
            """
                resource "azurerm_key_vault" "main" {
                  name                = "kv-acme-main"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  tenant_id           = "c0ffee00-1111-4222-8333-444455556666"
                  sku_name            = "standard"
                }

                resource "azurerm_monitor_diagnostic_setting" "main" {
                  name                       = "to-log-analytics"
                  target_resource_id         = azurerm_key_vault.main.id
                  log_analytics_workspace_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/log-acme"

                  enabled_log {
                    category = "AuditEvent"
                  }

                  enabled_log {
                    category = "AzurePolicyEvaluationDetails"
                  }

                }
                """,
            """
                resource "azurerm_key_vault" "main" {
                  name                = "kv-acme-main"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  tenant_id           = "c0ffee00-1111-4222-8333-444455556666"
                  sku_name            = "standard"
                }

                resource "azurerm_monitor_diagnostic_setting" "main" {
                  name                       = "to-log-analytics"
                  target_resource_id         = azurerm_key_vault.main.id
                  log_analytics_workspace_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/log-acme"

                  enabled_log {
                    category = "AzurePolicyEvaluationDetails"
                  }

                }
                """,
        ),
        "one of two settings deleted": (
            """
                resource "azurerm_key_vault" "main" {
                  name                = "kv-acme-main"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  tenant_id           = "c0ffee00-1111-4222-8333-444455556666"
                  sku_name            = "standard"
                }

                resource "azurerm_monitor_diagnostic_setting" "main" {
                  name                       = "to-log-analytics"
                  target_resource_id         = azurerm_key_vault.main.id
                  log_analytics_workspace_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/log-acme"

                  enabled_log {
                    category_group = "allLogs"
                  }

                }

                resource "azurerm_monitor_diagnostic_setting" "archive" {
                  name                       = "to-archive"
                  target_resource_id         = azurerm_key_vault.main.id
                  log_analytics_workspace_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/log-acme"

                  enabled_log {
                    category = "AuditEvent"
                  }

                }
                """,
            """
                resource "azurerm_key_vault" "main" {
                  name                = "kv-acme-main"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  tenant_id           = "c0ffee00-1111-4222-8333-444455556666"
                  sku_name            = "standard"
                }

                resource "azurerm_monitor_diagnostic_setting" "archive" {
                  name                       = "to-archive"
                  target_resource_id         = azurerm_key_vault.main.id
                  log_analytics_workspace_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/log-acme"

                  enabled_log {
                    category = "AuditEvent"
                  }

                }
                """,
        ),
        "turned off": (
            """
                resource "aws_cloudtrail" "main" {
                  name                       = "main"
                  s3_bucket_name             = "acme-audit-logs"
                  enable_logging             = true
                  is_multi_region_trail      = true
                  enable_log_file_validation = true
                }

                resource "aws_eks_cluster" "main" {
                  name                      = "main"
                  role_arn                  = "arn:aws:iam::111122223333:role/eks"
                  enabled_cluster_log_types = ["api", "audit", "authenticator"]

                  vpc_config {
                    subnet_ids = ["subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5061728"]
                  }
                }

                resource "google_compute_subnetwork" "main" {
                  name          = "main"
                  network       = "main"
                  region        = "europe-west1"
                  ip_cidr_range = "10.10.0.0/20"

                  log_config {
                    aggregation_interval = "INTERVAL_5_SEC"
                  }
                }

                resource "google_project_iam_audit_config" "all" {
                  project = "acme-platform"
                  service = "allServices"

                  audit_log_config {
                    log_type = "ADMIN_READ"
                  }

                  audit_log_config {
                    log_type = "DATA_READ"
                  }
                }
                """,
            """
                resource "aws_cloudtrail" "main" {
                  name                       = "main"
                  s3_bucket_name             = "acme-audit-logs"
                  enable_logging             = false
                  is_multi_region_trail      = false
                  enable_log_file_validation = true
                }

                resource "aws_eks_cluster" "main" {
                  name                      = "main"
                  role_arn                  = "arn:aws:iam::111122223333:role/eks"
                  enabled_cluster_log_types = ["api"]

                  vpc_config {
                    subnet_ids = ["subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5061728"]
                  }
                }

                resource "google_compute_subnetwork" "main" {
                  name          = "main"
                  network       = "main"
                  region        = "europe-west1"
                  ip_cidr_range = "10.10.0.0/20"
                }

                resource "google_project_iam_audit_config" "all" {
                  project = "acme-platform"
                  service = "allServices"

                  audit_log_config {
                    log_type = "ADMIN_READ"
                  }
                }
                """,
        ),
        "a trail deleted together with its random name": dropped(
            """
                resource "random_pet" "trail" {}

                resource "aws_cloudtrail" "main" {
                  name           = random_pet.trail.id
                  s3_bucket_name = "acme-audit-logs"
                }
            """
        ),
        "a trail no longer sent to its log group": edited(
            """
                resource "aws_cloudtrail" "main" {
                  name                       = "main"
                  s3_bucket_name             = "acme-audit-logs"
                  cloud_watch_logs_group_arn = "arn:aws:logs:eu-central-1:111122223333:log-group:trail:*"
                }
            """,
            'cloud_watch_logs_group_arn = "arn:aws:logs:eu-central-1:111122223333:log-group:trail:*"',
            "",
        ),
        "the recorder of configuration changes deleted": dropped(
            """
                resource "aws_config_configuration_recorder" "main" {
                  name     = "main"
                  role_arn = "arn:aws:iam::111122223333:role/config"
                }
            """
        ),
        "a recorder that is not running any more": dropped(
            """
                resource "aws_config_configuration_recorder_status" "main" {
                  name       = "main"
                  is_enabled = true
                }
            """
        ),
        "databases that no longer send their audit log": edited(
            """
                resource "aws_db_instance" "orders" {
                  identifier                      = "orders"
                  engine                          = "mysql"
                  instance_class                  = "db.t4g.medium"
                  enabled_cloudwatch_logs_exports = ["audit", "error"]
                }
            """,
            '["audit", "error"]',
            '["error"]',
        ),
        "clusters that send no log any more": edited(
            """
                resource "aws_rds_cluster" "orders" {
                  cluster_identifier              = "orders"
                  engine                          = "aurora-mysql"
                  enabled_cloudwatch_logs_exports = ["audit"]
                }
            """,
            'enabled_cloudwatch_logs_exports = ["audit"]',
            "",
        ),
        "search without its audit log": edited(
            """
                resource "aws_opensearch_domain" "logs" {
                  domain_name = "logs"

                  log_publishing_options {
                    log_type                 = "AUDIT_LOGS"
                    cloudwatch_log_group_arn = "arn:aws:logs:eu-central-1:111122223333:log-group:search"
                  }

                  log_publishing_options {
                    log_type                 = "ES_APPLICATION_LOGS"
                    cloudwatch_log_group_arn = "arn:aws:logs:eu-central-1:111122223333:log-group:search"
                  }
                }
            """,
            "AUDIT_LOGS",
            "INDEX_SLOW_LOGS",
        ),
        "a load balancer without its log": edited(
            """
                resource "aws_lb" "web" {
                  name = "web"

                  access_logs {
                    bucket  = "acme-access-logs"
                    enabled = true
                  }
                }
            """,
            "true",
            "false",
        ),
        "the flow log of a network deleted": dropped(
            """
                resource "aws_flow_log" "main" {
                  vpc_id          = aws_vpc.main.id
                  traffic_type    = "ALL"
                  log_destination = "arn:aws:s3:::acme-flow-logs"
                }
            """,
            _VPC,
        ),
        "the flow log of another gateway in its place": edited(
            """
                resource "aws_flow_log" "a" {
                  regional_nat_gateway_id = "nat-0a1b2c3d4e5f60718"
                  traffic_type            = "ALL"
                  log_destination         = "arn:aws:s3:::acme-flow-logs"
                }
            """,
            '"a" {\n                  regional_nat_gateway_id = "nat-0a1b2c3d4e5f60718"',
            '"b" {\n                  regional_nat_gateway_id = "nat-0b1c2d3e4f5061728"',
        ),
        "the query log of a network deleted": dropped(
            """
                resource "aws_route53_resolver_query_log_config_association" "main" {
                  resolver_query_log_config_id = "rqlc-0123456789abcdef"
                  resource_id                  = aws_vpc.main.id
                }
            """,
            _VPC,
        ),
        "metrics only": edited(
            """
                resource "azurerm_monitor_diagnostic_setting" "main" {
                  name                       = "to-log-analytics"
                  target_resource_id         = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.KeyVault/vaults/kv-acme-main"
                  log_analytics_workspace_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/log-acme"

                  enabled_log {
                    category = "AuditEvent"
                  }

                  enabled_metric {
                    category = "AllMetrics"
                  }
                }
            """,
            """
                  enabled_log {
                    category = "AuditEvent"
                  }
""",
            "",
        ),
        "the auditing of a database off": edited(
            """
                resource "azurerm_mssql_database_extended_auditing_policy" "orders" {
                  database_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.Sql/servers/sql-acme/databases/orders"
                  enabled     = true
                }
            """,
            "true",
            "false",
        ),
        "the auditing of a server no longer sent on": edited(
            """
                resource "azurerm_mssql_server_extended_auditing_policy" "main" {
                  server_id              = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.Sql/servers/sql-acme"
                  log_monitoring_enabled = true
                }
            """,
            "true",
            "false",
        ),
        "a service without its log": edited(
            """
                resource "google_compute_backend_service" "shop" {
                  name = "shop"

                  log_config {
                    enable = true
                  }
                }
            """,
            "true",
            "false",
        ),
        "a firewall without its log": edited(
            """
                resource "google_compute_firewall" "web" {
                  name    = "web"
                  network = "main"

                  allow {
                    protocol = "tcp"
                    ports    = ["443"]
                  }

                  log_config {
                    metadata = "INCLUDE_ALL_METADATA"
                  }
                }
            """,
            """
                  log_config {
                    metadata = "INCLUDE_ALL_METADATA"
                  }
""",
            "",
        ),
        "reads of data no longer logged": edited(
            """
                resource "google_project_iam_audit_config" "all" {
                  project = "acme-platform"
                  service = "allServices"

                  audit_log_config {
                    log_type = "ADMIN_READ"
                  }

                  audit_log_config {
                    log_type = "DATA_READ"
                  }
                }
            """,
            """
                  audit_log_config {
                    log_type = "DATA_READ"
                  }
""",
            "",
        ),
        "the flow log of a Google network deleted together with its random name": dropped(
            """
                resource "random_pet" "log" {}

                resource "google_network_management_vpc_flow_logs_config" "main" {
                  vpc_flow_logs_config_id = random_pet.log.id
                  location                = "global"
                  vpn_tunnel              = "projects/acme-platform/regions/europe-west1/vpnTunnels/office"
                }
            """
        ),
        "a sink disabled": edited(_SINK_OF_PROJECT, '= "audit"', '= "audit"\n                  disabled = true'),
        "a sink deleted": dropped(_SINK_OF_PROJECT),
        "a new exclusion from the logs of a billing account": ("", _exclusion("billing_account")),
        "a new exclusion from the logs of a folder": ("", _exclusion("folder")),
        "a new exclusion from the logs of an organization": ("", _exclusion("organization")),
        "a new exclusion from the logs of a project": ("", _exclusion("project")),
        "an exclusion that drops more": edited(_exclusion("project"), "severity < WARNING", "severity < CRITICAL"),
        "an exclusion enabled": edited(
            _exclusion("project").replace("{", "{\n                  disabled = true", 1), "true", "false"
        ),
    },
    good={
        "at another address": (
            """
                resource "aws_vpc" "main" {
                  cidr_block = "10.0.0.0/16"
                }

                resource "aws_flow_log" "main" {
                  vpc_id               = aws_vpc.main.id
                  traffic_type         = "ALL"
                  log_destination      = "arn:aws:s3:::acme-flow-logs"
                  log_destination_type = "s3"
                }

                resource "aws_cloudtrail" "main" {
                  name                       = "main"
                  s3_bucket_name             = "acme-audit-logs"
                  enable_logging             = true
                  is_multi_region_trail      = true
                  enable_log_file_validation = true
                }
                """,
            """
                resource "aws_vpc" "main" {
                  cidr_block = "10.0.0.0/16"
                }

                resource "aws_flow_log" "all" {
                  vpc_id               = aws_vpc.main.id
                  traffic_type         = "ALL"
                  log_destination      = "arn:aws:s3:::acme-flow-logs"
                  log_destination_type = "s3"
                }

                resource "aws_cloudtrail" "organization" {
                  name                       = "main"
                  s3_bucket_name             = "acme-audit-logs"
                  enable_logging             = true
                  is_multi_region_trail      = true
                  enable_log_file_validation = true
                }
                """,
        ),
        "all logs in place of one": (
            """
                resource "azurerm_key_vault" "main" {
                  name                = "kv-acme-main"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  tenant_id           = "c0ffee00-1111-4222-8333-444455556666"
                  sku_name            = "standard"
                }

                resource "azurerm_monitor_diagnostic_setting" "main" {
                  name                       = "to-log-analytics"
                  target_resource_id         = azurerm_key_vault.main.id
                  log_analytics_workspace_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/log-acme"

                  enabled_log {
                    category = "AuditEvent"
                  }

                }

                resource "aws_eks_cluster" "main" {
                  name                      = "main"
                  role_arn                  = "arn:aws:iam::111122223333:role/eks"
                  enabled_cluster_log_types = ["api"]

                  vpc_config {
                    subnet_ids = ["subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5061728"]
                  }
                }
                """,
            """
                resource "azurerm_key_vault" "main" {
                  name                = "kv-acme-main"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  tenant_id           = "c0ffee00-1111-4222-8333-444455556666"
                  sku_name            = "standard"
                }

                resource "azurerm_monitor_diagnostic_setting" "main" {
                  name                       = "to-log-analytics"
                  target_resource_id         = azurerm_key_vault.main.id
                  log_analytics_workspace_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/log-acme"

                  enabled_log {
                    category_group = "allLogs"
                  }

                }

                resource "aws_eks_cluster" "main" {
                  name                      = "main"
                  role_arn                  = "arn:aws:iam::111122223333:role/eks"
                  enabled_cluster_log_types = ["api", "audit"]

                  vpc_config {
                    subnet_ids = ["subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5061728"]
                  }
                }
                """,
        ),
        "the flow log of a part that goes with it": dropped(
            """
                resource "aws_subnet" "old" {
                  vpc_id     = aws_vpc.main.id
                  cidr_block = "10.0.9.0/24"
                }

                resource "aws_flow_log" "old" {
                  subnet_id       = aws_subnet.old.id
                  traffic_type    = "ALL"
                  log_destination = "arn:aws:s3:::acme-flow-logs"
                }
            """,
            _VPC,
        ),
        "logs where there were none, of kinds that are not known yet": (
            """
                resource "aws_db_instance" "orders" {
                  identifier     = "orders"
                  engine         = "mysql"
                  instance_class = "db.t4g.medium"
                }
            """,
            """
                resource "terraform_data" "logs" {
                  input = ["audit"]
                }

                resource "aws_db_instance" "orders" {
                  identifier                      = "orders"
                  engine                          = "mysql"
                  instance_class                  = "db.t4g.medium"
                  enabled_cloudwatch_logs_exports = terraform_data.logs.output
                }
            """,
        ),
        "an exclusion deleted": dropped(_exclusion("project")),
        "a new exclusion that is disabled": (
            "",
            _exclusion("project").replace("{", "{\n                  disabled = true", 1),
        ),
        "an exclusion described": edited(
            _exclusion("project"), '= "noise"', '= "noise"\n                  description = "Health checks"'
        ),
        "a new sink": (
            "",
            _SINK_OF_PROJECT.replace("{\n", '{\n                  filter = "severity >= ERROR"\n', 1),
        ),
    },
    undetermined={
        "a switch that depends on a new resource": (
            """
                resource "aws_cloudtrail" "main" {
                  name                       = "main"
                  s3_bucket_name             = "acme-audit-logs"
                  enable_logging             = true
                  is_multi_region_trail      = true
                  enable_log_file_validation = true
                }
                """,
            """
                resource "null_resource" "stage" {}

                resource "aws_cloudtrail" "main" {
                  name                       = "main"
                  s3_bucket_name             = "acme-audit-logs"
                  enable_logging             = null_resource.stage.id != ""
                  is_multi_region_trail      = true
                  enable_log_file_validation = true
                }
                """,
        ),
    },
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
        was_off = change.before and change.before.get("disabled")
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

_TABLE = """
                resource "azurerm_log_analytics_workspace_table" "main" {
                  workspace_id            = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/log-acme"
                  name                    = "AppMetrics"
                  retention_in_days       = 90
                  total_retention_in_days = 365
                }
"""


@change_rule(
    id="log-retention-shortened",
    severity="medium",
    domain="environment",
    resources=_LOG_RETENTION,
    controls={"nist-800-53r5": ["AU-11", "CM-3"]},
    links=["https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html"],
    bad={
        "fewer days": (
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name              = "/acme/audit"
                  retention_in_days = 365
                }

                resource "azurerm_log_analytics_workspace" "main" {
                  name                = "log-acme"
                  location            = "westeurope"
                  resource_group_name = "rg-logs"
                  retention_in_days   = 365
                }

                resource "google_logging_project_bucket_config" "audit" {
                  project        = "acme-platform"
                  location       = "global"
                  bucket_id      = "audit"
                  retention_days = 400
                }
                """,
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name              = "/acme/audit"
                  retention_in_days = 30
                }

                resource "azurerm_log_analytics_workspace" "main" {
                  name                = "log-acme"
                  location            = "westeurope"
                  resource_group_name = "rg-logs"
                  retention_in_days   = 90
                }

                resource "google_logging_project_bucket_config" "audit" {
                  project        = "acme-platform"
                  location       = "global"
                  bucket_id      = "audit"
                  retention_days = 30
                }
                """,
        ),
        "an end where there was none": (
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name              = "/acme/audit"
                  retention_in_days = 0
                }

                resource "azurerm_log_analytics_workspace" "main" {
                  name                = "log-acme"
                  location            = "westeurope"
                  resource_group_name = "rg-logs"
                  retention_in_days   = 365
                }

                resource "google_logging_project_bucket_config" "audit" {
                  project        = "acme-platform"
                  location       = "global"
                  bucket_id      = "audit"
                  retention_days = 400
                }
                """,
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name              = "/acme/audit"
                  retention_in_days = 731
                }

                resource "azurerm_log_analytics_workspace" "main" {
                  name                = "log-acme"
                  location            = "westeurope"
                  resource_group_name = "rg-logs"
                  retention_in_days   = 365
                }

                resource "google_logging_project_bucket_config" "audit" {
                  project        = "acme-platform"
                  location       = "global"
                  bucket_id      = "audit"
                  retention_days = 400
                }
                """,
        ),
        "interactive days of a table": edited(_TABLE, "retention_in_days       = 90", "retention_in_days       = 30"),
        "all days of a table": edited(_TABLE, "total_retention_in_days = 365", "total_retention_in_days = 180"),
        "days of the activity log": edited(
            """
                resource "azurerm_monitor_log_profile" "main" {
                  name       = "default"
                  categories = ["Action", "Delete", "Write"]
                  locations  = ["westeurope", "global"]

                  retention_policy {
                    enabled = true
                    days    = 365
                  }
                }
            """,
            "365",
            "90",
        ),
        "days of an analytics workspace": edited(
            """
                resource "azurerm_synapse_workspace_extended_auditing_policy" "main" {
                  synapse_workspace_id = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg-data/providers/Microsoft.Synapse/workspaces/main"
                  retention_in_days    = 365
                }
            """,
            "365",
            "90",
        ),
        "days of a folder": edited(
            """
                resource "google_logging_folder_bucket_config" "audit" {
                  folder         = "folders/481516234200"
                  location       = "global"
                  bucket_id      = "audit"
                  retention_days = 400
                }
            """,
            "400",
            "90",
        ),
    },
    good={
        "without end": (
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name              = "/acme/audit"
                  retention_in_days = 365
                }

                resource "azurerm_log_analytics_workspace" "main" {
                  name                = "log-acme"
                  location            = "westeurope"
                  resource_group_name = "rg-logs"
                  retention_in_days   = 90
                }

                resource "google_logging_project_bucket_config" "audit" {
                  project        = "acme-platform"
                  location       = "global"
                  bucket_id      = "audit"
                  retention_days = 30
                }
                """,
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name              = "/acme/audit"
                  retention_in_days = 0
                }

                resource "azurerm_log_analytics_workspace" "main" {
                  name                = "log-acme"
                  location            = "westeurope"
                  resource_group_name = "rg-logs"
                  retention_in_days   = 90
                }

                resource "google_logging_project_bucket_config" "audit" {
                  project        = "acme-platform"
                  location       = "global"
                  bucket_id      = "audit"
                  retention_days = 30
                }
                """,
        ),
        "more days": (
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name              = "/acme/audit"
                  retention_in_days = 30
                }

                resource "azurerm_log_analytics_workspace" "main" {
                  name                = "log-acme"
                  location            = "westeurope"
                  resource_group_name = "rg-logs"
                  retention_in_days   = 90
                }

                resource "google_logging_project_bucket_config" "audit" {
                  project        = "acme-platform"
                  location       = "global"
                  bucket_id      = "audit"
                  retention_days = 30
                }
                """,
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name              = "/acme/audit"
                  retention_in_days = 365
                }

                resource "azurerm_log_analytics_workspace" "main" {
                  name                = "log-acme"
                  location            = "westeurope"
                  resource_group_name = "rg-logs"
                  retention_in_days   = 365
                }

                resource "google_logging_project_bucket_config" "audit" {
                  project        = "acme-platform"
                  location       = "global"
                  bucket_id      = "audit"
                  retention_days = 400
                }
                """,
        ),
        "updated otherwise": (
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name              = "/acme/audit"
                  retention_in_days = 365
                }

                resource "azurerm_log_analytics_workspace" "main" {
                  name                = "log-acme"
                  location            = "westeurope"
                  resource_group_name = "rg-logs"
                  retention_in_days   = 365
                }

                resource "google_logging_project_bucket_config" "audit" {
                  project        = "acme-platform"
                  location       = "global"
                  bucket_id      = "audit"
                  retention_days = 400
                }
                """,
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name              = "/acme/audit"
                  tags              = { owner = "platform" }
                  retention_in_days = 365
                }

                resource "azurerm_log_analytics_workspace" "main" {
                  name                = "log-acme"
                  location            = "westeurope"
                  resource_group_name = "rg-logs"
                  retention_in_days   = 365
                }

                resource "google_logging_project_bucket_config" "audit" {
                  project        = "acme-platform"
                  location       = "global"
                  bucket_id      = "audit"
                  retention_days = 400
                }
                """,
        ),
    },
    undetermined={
        "days that depend on a new resource": (
            """
                resource "aws_cloudwatch_log_group" "audit" {
                  name              = "/acme/audit"
                  retention_in_days = 365
                }
                """,
            """
                resource "random_integer" "days" {
                  min = 1
                  max = 400
                }

                resource "aws_cloudwatch_log_group" "audit" {
                  name              = "/acme/audit"
                  retention_in_days = random_integer.days.result
                }
                """,
        ),
    },
)
def log_retention_shortened(change: Change) -> Iterator[Violation]:
    """Logs are kept for a shorter time.

    Entries older than the new time are deleted soon after the apply. Intrusions are often found months later, and
    then the entries that would tell what happened are gone.

    Keep the old time, or copy older entries to a store where they stay before this is applied.
    """
    yield from reductions(change, _LOG_RETENTION[change.type])
