"""The types of resources that answer packets from the internet, or may, by what answers there."""

from __future__ import annotations

MACHINES = (
    "aws_instance", "aws_spot_instance_request", "aws_network_interface", "aws_autoscaling_group", "aws_ec2_fleet",
    "aws_spot_fleet_request", "aws_ecs_service", "aws_emr_cluster", "aws_eks_node_group",
    "aws_dms_replication_instance", "aws_lightsail_instance",
    "azurerm_linux_virtual_machine", "azurerm_windows_virtual_machine", "azurerm_virtual_machine",
    "azurerm_network_interface", "azurerm_linux_virtual_machine_scale_set",
    "azurerm_windows_virtual_machine_scale_set", "azurerm_orchestrated_virtual_machine_scale_set",
    "azurerm_container_group",
    "google_compute_instance", "google_compute_instance_from_template", "google_compute_instance_group_manager",
    "google_compute_region_instance_group_manager", "google_container_cluster", "google_container_node_pool",
    "google_notebooks_instance", "google_workbench_instance", "google_dataproc_cluster",
)  # fmt: skip
"""What runs anything that it is told to."""

WORKLOADS = (
    "kubernetes_deployment", "kubernetes_deployment_v1", "kubernetes_stateful_set", "kubernetes_stateful_set_v1",
    "kubernetes_daemonset", "kubernetes_daemon_set_v1", "kubernetes_replication_controller",
    "kubernetes_replication_controller_v1", "kubernetes_pod", "kubernetes_pod_v1", "kubernetes_service",
    "kubernetes_service_v1", "kubernetes_ingress", "kubernetes_ingress_v1", "kubernetes_manifest",
    "kubectl_manifest", "azurerm_container_app",
)  # fmt: skip
"""Containers, and what stands in front of containers of which the plan shows nothing."""

BALANCERS = (
    "aws_lb", "aws_alb", "aws_elb", "azurerm_lb", "azurerm_application_gateway", "azurerm_firewall",
    "google_compute_forwarding_rule", "google_compute_global_forwarding_rule",
)  # fmt: skip

DATABASES = (
    "aws_db_instance", "aws_rds_cluster_instance", "aws_redshift_cluster", "aws_redshiftserverless_workgroup",
    "aws_neptune_cluster_instance", "aws_lightsail_database",
    "azurerm_mssql_server", "azurerm_sql_server", "azurerm_mssql_managed_instance", "azurerm_postgresql_server",
    "azurerm_postgresql_flexible_server", "azurerm_mysql_server", "azurerm_mysql_flexible_server",
    "azurerm_mariadb_server", "azurerm_cosmosdb_account", "azurerm_cosmosdb_postgresql_cluster",
    "azurerm_synapse_workspace", "azurerm_kusto_cluster",
    "google_sql_database_instance", "google_alloydb_instance",
)  # fmt: skip
"""Of Databricks, it is the site of the workspace that answers: a log-in, and no database."""

CACHES = ("azurerm_redis_cache", "azurerm_managed_redis", "azurerm_redis_enterprise_cluster")
"""Those of the other clouds have no public address."""

SEARCHES = ("aws_opensearch_domain", "aws_elasticsearch_domain", "azurerm_search_service")

CONTROL_PLANES = ("aws_eks_cluster", "azurerm_kubernetes_cluster", "google_container_cluster")

STORES = (
    "aws_s3_bucket", "azurerm_storage_account", "azurerm_storage_container", "azurerm_key_vault",
    "azurerm_key_vault_managed_hardware_security_module", "google_storage_bucket",
)  # fmt: skip

OPEN_FUNCTIONS = (
    "aws_lambda_function", "aws_lambda_function_url", "google_cloudfunctions_function",
    "google_cloudfunctions2_function", "google_cloud_run_service", "google_cloud_run_v2_service",
)  # fmt: skip
"""Those of which the analysis knows that they ask nobody who is there before it says that they are reached."""

BROKERS = ("aws_mq_broker", "aws_msk_cluster")
"""Those of Azure are made for senders on the internet, which show a key."""

RUNNING = (
    "aws_instance", "aws_spot_instance_request", "aws_autoscaling_group", "aws_ec2_fleet", "aws_spot_fleet_request",
    "aws_ecs_service", "aws_emr_cluster", "aws_eks_node_group", "aws_lambda_function", "aws_apprunner_service",
    "azurerm_linux_virtual_machine", "azurerm_windows_virtual_machine", "azurerm_virtual_machine",
    "azurerm_linux_virtual_machine_scale_set", "azurerm_windows_virtual_machine_scale_set",
    "azurerm_orchestrated_virtual_machine_scale_set", "azurerm_container_group", "azurerm_container_app",
    "azurerm_linux_web_app", "azurerm_windows_web_app", "azurerm_linux_function_app",
    "azurerm_windows_function_app",
    "google_compute_instance", "google_compute_instance_group_manager",
    "google_compute_region_instance_group_manager", "google_cloud_run_service", "google_cloud_run_v2_service",
    "google_cloudfunctions_function", "google_cloudfunctions2_function",
    "kubernetes_deployment", "kubernetes_deployment_v1", "kubernetes_stateful_set", "kubernetes_stateful_set_v1",
    "kubernetes_daemonset", "kubernetes_daemon_set_v1", "kubernetes_pod", "kubernetes_pod_v1",
)  # fmt: skip
"""What runs code of one's own, as somebody."""
