"""Instance classes and storage classes that may be used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource, Violation, rule, violation

from ._placement import is_allowed

_CLASS = ("instance_class",)
_TYPE = ("instance_type",)
_NODE = ("node_type",)
_SIZE = ("size",)
_VM_SIZE = ("vm_size",)
_SKU = ("sku_name",)
_MACHINE = ("machine_type",)
_INSTANCES = {
    "aws_db_instance": _CLASS,
    "aws_dms_replication_instance": ("replication_instance_class",),
    "aws_docdb_cluster_instance": _CLASS,
    "aws_eks_node_group": ("instance_types",),
    "aws_elasticache_cluster": _NODE,
    "aws_elasticache_replication_group": _NODE,
    "aws_elasticsearch_domain": ("cluster_config.instance_type", "cluster_config.dedicated_master_type"),
    "aws_emr_cluster": ("master_instance_group.instance_type", "core_instance_group.instance_type"),
    "aws_instance": _TYPE,
    "aws_launch_configuration": _TYPE,
    "aws_launch_template": _TYPE,
    "aws_memorydb_cluster": _NODE,
    "aws_mq_broker": ("host_instance_type",),
    "aws_msk_cluster": ("broker_node_group_info.instance_type",),
    "aws_neptune_cluster_instance": _CLASS,
    "aws_opensearch_domain": ("cluster_config.instance_type", "cluster_config.dedicated_master_type"),
    "aws_rds_cluster": ("db_cluster_instance_class",),
    "aws_rds_cluster_instance": _CLASS,
    "aws_redshift_cluster": _NODE,
    "aws_sagemaker_notebook_instance": _TYPE,
    "aws_spot_instance_request": _TYPE,
    "azurerm_kubernetes_cluster": ("default_node_pool.vm_size",),
    "azurerm_kubernetes_cluster_node_pool": _VM_SIZE,
    "azurerm_linux_virtual_machine": _SIZE,
    "azurerm_linux_virtual_machine_scale_set": ("sku",),
    "azurerm_mssql_database": _SKU,
    "azurerm_mssql_managed_instance": _SKU,
    "azurerm_mysql_flexible_server": _SKU,
    "azurerm_postgresql_flexible_server": _SKU,
    "azurerm_service_plan": _SKU,
    "azurerm_virtual_machine": _VM_SIZE,
    "azurerm_windows_virtual_machine": _SIZE,
    "azurerm_windows_virtual_machine_scale_set": ("sku",),
    "google_compute_instance": _MACHINE,
    "google_compute_instance_template": _MACHINE,
    "google_compute_region_instance_template": _MACHINE,
    "google_container_cluster": ("node_config.machine_type",),
    "google_container_node_pool": ("node_config.machine_type",),
    "google_notebooks_instance": _MACHINE,
    "google_sql_database_instance": ("settings.tier",),
    "google_workbench_instance": ("gce_setup.machine_type",),
}
_VOLUMES = ("root_block_device.volume_type", "ebs_block_device.volume_type")
_DISK = ("os_disk.storage_account_type",)
_TYPED = ("type",)
_BUCKET = ("storage_class",)
_STORAGE = {
    "aws_db_instance": ("storage_type",),
    "aws_ebs_volume": _TYPED,
    "aws_instance": _VOLUMES,
    "aws_launch_configuration": _VOLUMES,
    "aws_launch_template": ("block_device_mappings.ebs.volume_type",),
    "aws_rds_cluster": ("storage_type",),
    "aws_s3_object": _BUCKET,
    "azurerm_linux_virtual_machine": _DISK,
    "azurerm_linux_virtual_machine_scale_set": _DISK,
    "azurerm_managed_disk": ("storage_account_type",),
    "azurerm_storage_account": ("account_replication_type",),
    "azurerm_windows_virtual_machine": _DISK,
    "azurerm_windows_virtual_machine_scale_set": _DISK,
    "google_compute_disk": _TYPED,
    "google_compute_instance": ("boot_disk.initialize_params.type",),
    "google_compute_instance_template": ("disk.disk_type",),
    "google_compute_region_disk": _TYPED,
    "google_filestore_instance": ("tier",),
    "google_storage_bucket": _BUCKET,
    "kubernetes_persistent_volume_claim": ("spec.storage_class_name",),
    "kubernetes_persistent_volume_claim_v1": ("spec.storage_class_name",),
}


@rule(
    id="instance-class-not-allowed",
    severity="low",
    domain="environment",
    resources=_INSTANCES,
    controls={"nist-800-53r5": ["CM-2", "CM-7", "SA-10"]},
    links=["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-types.html"],
    since="0.2.0",
    parameters={"classes": "classes that are allowed, such as `t4g.*` or `Standard_B*`; with none, all are"},
    needs="classes",
    tried_with={"classes": ["t4g.*", "db.t4g.*", "cache.t4g.*", "Standard_B*", "e2-*", "db-f1-micro"]},
    bad={
        "a machine": """
            resource "aws_instance" "build" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "p5.48xlarge"
            }
        """,
        "a machine, in another cloud": """
            resource "azurerm_linux_virtual_machine" "build" {
              name                  = "build"
              resource_group_name   = "shop"
              location              = "westeurope"
              size                  = "Standard_M416ms_v2"
              admin_username        = "build"
              network_interface_ids = []
              os_disk {
                caching              = "ReadWrite"
                storage_account_type = "Premium_ZRS"
              }
            }
        """,
        "a machine, in a third": """
            resource "google_compute_instance" "build" {
              name         = "build"
              machine_type = "a3-megagpu-8g"
              zone         = "europe-west1-b"
              boot_disk {
                initialize_params {
                  type = "pd-balanced"
                }
              }
              network_interface {
                network = "default"
              }
            }
        """,
        "a node of a cache": """
            resource "aws_elasticache_cluster" "sessions" {
              cluster_id      = "sessions"
              engine          = "memcached"
              node_type       = "cache.r7g.16xlarge"
              num_cache_nodes = 1
            }
        """,
        "an instance of a database": """
            resource "aws_rds_cluster_instance" "orders" {
              cluster_identifier = "orders"
              engine             = "aurora-postgresql"
              instance_class     = "db.r7g.16xlarge"
            }
        """,
        "a plan of applications": """
            resource "azurerm_service_plan" "shop" {
              name                = "shop"
              resource_group_name = "shop"
              location            = "westeurope"
              os_type             = "Linux"
              sku_name            = "P3v3"
            }
        """,
        "one of two kinds of node": """
            resource "aws_eks_node_group" "workers" {
              cluster_name   = "main"
              node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
              subnet_ids     = ["subnet-0123456789abcdef0"]
              instance_types = ["t4g.large", "x2idn.32xlarge"]
              scaling_config {
                desired_size = 1
                max_size     = 1
                min_size     = 1
              }
            }
        """,
        "nodes of a cluster": """
            resource "azurerm_kubernetes_cluster_node_pool" "workers" {
              name                  = "workers"
              kubernetes_cluster_id = "/subscriptions/0/resourceGroups/s/providers/Microsoft.ContainerService/x/main"
              vm_size               = "Standard_M416ms_v2"
            }
        """,
        "a database": """
            resource "google_sql_database_instance" "orders" {
              database_version = "POSTGRES_16"
              settings {
                tier = "db-custom-96-368640"
              }
            }
        """,
        "first nodes of a cluster": """
            resource "azurerm_kubernetes_cluster" "main" {
              name                = "main"
              resource_group_name = "shop"
              location            = "westeurope"
              dns_prefix          = "main"
              default_node_pool {
                name    = "system"
                vm_size = "Standard_M416ms_v2"
              }
            }
        """,
    },
    good={
        "a machine": """
            resource "aws_instance" "build" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t4g.large"
            }
        """,
        "a machine, by the address of its type": """
            resource "google_compute_instance" "build" {
              name         = "build"
              machine_type = "zones/europe-west1-b/machineTypes/e2-medium"
              zone         = "europe-west1-b"
              boot_disk {
              }
              network_interface {
                network = "default"
              }
            }
        """,
        "a machine, in another case": """
            resource "azurerm_linux_virtual_machine" "build" {
              name                  = "build"
              resource_group_name   = "shop"
              location              = "westeurope"
              size                  = "standard_b2s"
              admin_username        = "build"
              network_interface_ids = []
              os_disk {
                caching              = "ReadWrite"
                storage_account_type = "Premium_LRS"
              }
            }
        """,
        "one that says nothing": """
            resource "aws_launch_template" "build" {
              name = "build"
            }

            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id = "sessions"
              description          = "sessions"
            }

            resource "aws_spot_instance_request" "build" {
              ami = "ami-0123456789abcdef0"
            }
        """,
        "a database": """
            resource "google_sql_database_instance" "orders" {
              database_version = "POSTGRES_16"
              settings {
                tier = "db-f1-micro"
              }
            }
        """,
    },
    undetermined={
        "not known yet": """
            resource "terraform_data" "type" {
              input = "t4g.large"
            }

            resource "aws_instance" "build" {
              ami           = "ami-0123456789abcdef0"
              instance_type = terraform_data.type.output
            }
        """,
    },
)
def instance_class_not_allowed(resource: Resource, *, classes: tuple[str, ...] = ()) -> Iterator[Violation]:
    """A class of machine is used that is not allowed here.

    Large machines cost as much in a night as a small one in a year, and machines for mining are what a stolen
    credential is used for. Set the parameter for each environment.

    Choose one of the classes that the parameter `classes` names, or have this one added to them.
    """
    yield from _outside(resource, _INSTANCES[resource.type], classes)


@rule(
    id="storage-class-not-allowed",
    severity="low",
    domain="environment",
    resources=_STORAGE,
    controls={"nist-800-53r5": ["CM-2", "CM-7", "CP-9"]},
    links=["https://learn.microsoft.com/azure/storage/common/storage-redundancy"],
    since="0.2.0",
    parameters={"classes": "classes that are allowed, such as `gp3` or `*ZRS`; with none, all are"},
    needs="classes",
    tried_with={"classes": ["gp3", "*ZRS", "pd-balanced"]},
    bad={
        "a volume": """
            resource "aws_ebs_volume" "data" {
              availability_zone = "eu-central-1a"
              size              = 100
              type              = "io2"
              iops              = 64000
            }
        """,
        "copies in one place only": """
            resource "azurerm_storage_account" "orders" {
              name                     = "exampleorders"
              resource_group_name      = "shop"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "LRS"
            }
        """,
        "the disk of a machine": """
            resource "azurerm_linux_virtual_machine" "build" {
              name                  = "build"
              resource_group_name   = "shop"
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "build"
              network_interface_ids = []
              os_disk {
                caching              = "ReadWrite"
                storage_account_type = "Premium_LRS"
              }
            }
        """,
        "the first volume of a machine": """
            resource "aws_instance" "build" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t4g.large"
              root_block_device {
                volume_type = "io2"
                iops        = 64000
              }
            }
        """,
        "objects": """
            resource "google_storage_bucket" "archive" {
              name          = "example-archive"
              location      = "EU"
              storage_class = "ARCHIVE"
            }
        """,
        "a disk": """
            resource "azurerm_managed_disk" "orders" {
              name                 = "orders"
              resource_group_name  = "shop"
              location             = "westeurope"
              storage_account_type = "UltraSSD_LRS"
              create_option        = "Empty"
              disk_size_gb         = 100
            }
        """,
        "the disk of machines that are alike": """
            resource "azurerm_windows_virtual_machine_scale_set" "office" {
              name                = "office"
              resource_group_name = "office"
              location            = "westeurope"
              sku                 = "Standard_B2s"
              instances           = 2
              admin_username      = "office"
              admin_password      = random_password.office.result
              os_disk {
                caching              = "ReadWrite"
                storage_account_type = "Premium_LRS"
              }
              network_interface {
                name = "office"
                ip_configuration {
                  name = "office"
                }
              }
            }

            resource "random_password" "office" {
              length = 32
            }
        """,
        "an object": """
            resource "aws_s3_object" "logo" {
              bucket        = "example-logo"
              key           = "logo.svg"
              storage_class = "ONEZONE_IA"
            }
        """,
        "the disk that a machine starts from": """
            resource "google_compute_instance" "build" {
              name         = "build"
              machine_type = "e2-medium"
              zone         = "europe-west1-b"
              boot_disk {
                initialize_params {
                  type = "pd-extreme"
                }
              }
              network_interface {
                network = "default"
              }
            }
        """,
        "one of two volumes": """
            resource "aws_instance" "build" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t4g.large"
              ebs_block_device {
                device_name = "/dev/sdf"
                volume_type = "gp3"
              }
              ebs_block_device {
                device_name = "/dev/sdg"
                volume_type = "io1"
              }
            }
        """,
    },
    good={
        "a volume": """
            resource "aws_ebs_volume" "data" {
              availability_zone = "eu-central-1a"
              size              = 100
              type              = "gp3"
            }
        """,
        "copies in several places": """
            resource "azurerm_storage_account" "orders" {
              name                     = "exampleorders"
              resource_group_name      = "shop"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "GZRS"
            }
        """,
        "volumes of which nothing is said": """
            resource "aws_instance" "build" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t4g.large"
              ebs_block_device {
                device_name = "/dev/sdf"
                volume_size = 100
              }
              ebs_block_device {
                device_name = "/dev/sdg"
                volume_size = 200
              }
            }

            resource "aws_launch_template" "build" {
              name = "build"
              block_device_mappings {
                device_name = "/dev/sdf"
              }
              block_device_mappings {
                device_name  = "/dev/sdg"
                virtual_name = "ephemeral0"
              }
            }
        """,
        "a machine without volumes": """
            resource "aws_instance" "build" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t4g.large"
            }
        """,
    },
    undetermined={
        "not known yet": """
            resource "terraform_data" "type" {
              input = "gp3"
            }

            resource "aws_ebs_volume" "data" {
              availability_zone = "eu-central-1a"
              size              = 100
              type              = terraform_data.type.output
            }
        """,
    },
)
def storage_class_not_allowed(resource: Resource, *, classes: tuple[str, ...] = ()) -> Iterator[Violation]:
    """A class of storage is used that is not allowed here.

    The class decides how many copies there are and where, how fast they are, and what they cost. Data of production
    on a single copy is lost with one disk; test data on the fastest disks costs without need.

    Choose one of the classes that the parameter `classes` names, or have this one added to them.
    """
    yield from _outside(resource, _STORAGE[resource.type], classes)


def _outside(resource: Resource, paths: tuple[str, ...], classes: tuple[str, ...]) -> Iterator[Violation]:
    for path in paths:
        for at, value in _values(resource, path):
            for one in value if isinstance(value, list) else [value]:
                name = one.rpartition("/")[2]  # Google takes whole addresses, too
                if name and not is_allowed(name, classes):
                    yield violation(at, f"{name} is not allowed")


def _values(resource: Resource, path: str) -> Iterator[tuple[str, Any]]:
    """The values at a path, those that nobody has given left out: what the provider takes is its own matter."""
    if resource.is_left_to_provider(path.partition(".")[0]):
        return
    blocks, dot, leaf = path.rpartition(".")
    for block, _ in resource.blocks(blocks):
        at = f"{block}{dot}{leaf}"
        yield at, resource.effective(at, "")
