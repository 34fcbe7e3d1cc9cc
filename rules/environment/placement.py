"""Regions and accounts that resources may be in."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation
from planguard.graph.account import account_of

from ._placement import is_allowed, regions_of

_CLOUDS = ["aws_*", "azurerm_*", "google_*"]


@rule(
    id="region-not-allowed",
    severity="medium",
    domain="environment",
    resources=_CLOUDS,
    controls={"nist-800-53r5": ["CM-7", "SA-9(5)", "SC-7"]},
    links=[
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html"
    ],
    since="0.2.0",
    parameters={"regions": "regions that are allowed, such as `eu-*` or `westeurope`; with none, all are"},
    needs="regions",
    tried_with={"regions": ["eu-central-1", "eu-west-*", "europe-west1", "westeurope", "EU"]},
    bad={
        "in its own words": """
            resource "aws_sqs_queue" "jobs" {
              name   = "jobs"
              region = "us-east-1"
            }
        """,
        "by its zone": """
            resource "aws_ebs_volume" "data" {
              region            = "eu-central-1"
              availability_zone = "us-east-1a"
              size              = 10
            }
        """,
        "by its zone, where the region is not known yet": """
            resource "terraform_data" "region" {
              input = "eu-central-1"
            }

            resource "aws_ebs_volume" "data" {
              region            = terraform_data.region.output
              availability_zone = "us-east-1a"
              size              = 10
            }
        """,
        "by one of its zones": """
            resource "aws_autoscaling_group" "web" {
              region             = "eu-central-1"
              availability_zones = ["eu-central-1a", "us-east-1a"]
              max_size           = 2
              min_size           = 1
            }
        """,
        "by the address of its zone": """
            resource "google_compute_disk" "data" {
              name = "data"
              zone = "https://www.googleapis.com/compute/v1/projects/example/zones/us-east1-b"
            }
        """,
        "by the name for people": """
            resource "azurerm_resource_group" "shop" {
              name     = "shop"
              location = "East US"
            }
        """,
        "by a zone of Google": """
            resource "google_compute_disk" "data" {
              name = "data"
              zone = "us-east1-b"
            }
        """,
        "a replica elsewhere": """
            resource "aws_dynamodb_table" "orders" {
              name     = "orders"
              region   = "eu-central-1"
              hash_key = "id"
              attribute {
                name = "id"
                type = "S"
              }
              replica {
                region_name = "us-east-1"
              }
            }
        """,
        "copies of a secret elsewhere": """
            resource "aws_secretsmanager_secret" "token" {
              name = "token"
              replica {
                region = "us-east-1"
              }
            }
        """,
        "copies of images elsewhere": """
            resource "azurerm_container_registry" "shop" {
              name                = "exampleshop"
              resource_group_name = "shop"
              location            = "westeurope"
              sku                 = "Premium"
              georeplications {
                location = "East US"
              }
            }
        """,
        "one of the places of a secret": """
            resource "google_secret_manager_secret" "token" {
              secret_id = "token"
              replication {
                user_managed {
                  replicas {
                    location = "europe-west1"
                  }
                  replicas {
                    location = "us-east1"
                  }
                }
              }
            }
        """,
        "a continent": """
            resource "google_storage_bucket" "orders" {
              name     = "example-orders"
              location = "US"
            }
        """,
        "one of several": """
            resource "google_active_directory_domain" "office" {
              domain_name       = "office.example.com"
              locations         = ["europe-west1", "us-east1"]
              reserved_ip_range = "10.0.0.0/24"
            }
        """,
        "by the address of its topic": """
            resource "aws_sns_topic_policy" "jobs" {
              arn    = "arn:aws:sns:us-east-1:111122223333:jobs"
              policy = "{}"
            }
        """,
    },
    good={
        "by several zones": """
            resource "aws_autoscaling_group" "web" {
              region             = "eu-central-1"
              availability_zones = ["eu-central-1a", "eu-central-1b"]
              max_size           = 2
              min_size           = 1
            }
        """,
        "by the address of its zone": """
            resource "google_compute_disk" "data" {
              name = "data"
              zone = "https://www.googleapis.com/compute/v1/projects/example/zones/europe-west1-b"
            }
        """,
        "everywhere": """
            resource "google_kms_key_ring" "main" {
              name     = "main"
              location = "global"
            }

            resource "azurerm_cdn_profile" "shop" {
              name                = "shop"
              resource_group_name = "shop"
              location            = "Global"
              sku                 = "Standard_Microsoft"
            }

            resource "aws_s3_bucket" "orders" {
              bucket = "example-orders"
              region = "aws-global"
            }
        """,
        "a rule here for events that go elsewhere": """
            resource "aws_cloudwatch_event_target" "orders" {
              rule   = "orders"
              region = "eu-central-1"
              arn    = "arn:aws:events:us-east-1:111122223333:event-bus/orders"
            }
        """,
        "in its own words": """
            resource "aws_sqs_queue" "jobs" {
              name   = "jobs"
              region = "eu-central-1"
            }
        """,
        "by its zone": """
            resource "aws_ebs_volume" "data" {
              region            = "eu-central-1"
              availability_zone = "eu-central-1b"
              size              = 10
            }
        """,
        "by the name for people": """
            resource "azurerm_resource_group" "shop" {
              name     = "shop"
              location = "West Europe"
            }
        """,
        "by a zone of Google": """
            resource "google_compute_disk" "data" {
              name = "data"
              zone = "europe-west1-b"
            }

            resource "google_compute_subnetwork" "data" {
              name          = "data"
              network       = "main"
              ip_cidr_range = "10.0.0.0/24"
              region        = "EUROPE-WEST1"
            }
        """,
        "a zone of Azure": """
            resource "azurerm_managed_disk" "data" {
              name                 = "data"
              resource_group_name  = "shop"
              location             = "westeurope"
              zone                 = "1"
              storage_account_type = "Premium_LRS"
              create_option        = "Empty"
              disk_size_gb         = 10
            }
        """,
        "nowhere": """
            resource "google_dns_managed_zone" "example" {
              name     = "example"
              dns_name = "example.com."
            }

            resource "aws_iam_role" "jobs" {
              name               = "jobs"
              assume_role_policy = "{}"
            }
        """,
    },
    undetermined={
        "not known yet": """
            resource "terraform_data" "region" {
              input = "eu-central-1"
            }

            resource "aws_sqs_queue" "jobs" {
              name   = "jobs"
              region = terraform_data.region.output
            }
        """,
    },
)
def region_not_allowed(resource: Resource, *, regions: tuple[str, ...] = ()) -> Iterator[Violation]:
    """A resource is in a region that is not allowed.

    Data leaves the countries that it was promised to stay in, or something runs where nobody looks: alarms, limits
    and network paths are made for the regions that are used.

    Set `region` (`location`, `zone`) to one that is allowed, or use a provider that is configured for it. Where
    something has to be elsewhere, as certificates of CloudFront have, waive this for that resource.
    """
    for path, region in regions_of(resource):
        if not is_allowed(region, regions):
            yield violation(path, f"in {region}")


@rule(
    id="account-not-allowed",
    severity="high",
    domain="environment",
    resources=_CLOUDS,
    controls={"nist-800-53r5": ["CM-5", "CM-7"]},
    links=["https://registry.terraform.io/providers/hashicorp/aws/latest/docs#allowed_account_ids-1"],
    since="0.2.0",
    parameters={"accounts": "accounts, projects and subscriptions that are allowed; with none, all are"},
    needs="accounts",
    tried_with={"accounts": ["111122223333", "example-shop", "00000000-0000-0000-0000-000000000001"]},
    bad={
        "a project": """
            resource "google_pubsub_topic" "jobs" {
              name    = "jobs"
              project = "example-lab"
            }
        """,
        "a subscription": """
            resource "azurerm_subscription_policy_assignment" "regions" {
              name                 = "regions"
              subscription_id      = "/subscriptions/99999999-0000-0000-0000-000000000000"
              policy_definition_id = "/providers/Microsoft.Authorization/policyDefinitions/regions"
            }
        """,
        "the account of its topic": """
            resource "aws_sns_topic_policy" "jobs" {
              arn    = "arn:aws:sns:eu-central-1:999988887777:jobs"
              policy = "{}"
            }
        """,
    },
    good={
        "a project": """
            resource "google_pubsub_topic" "jobs" {
              name    = "jobs"
              project = "example-shop"
            }
        """,
        "a subscription": """
            resource "azurerm_subscription_policy_assignment" "regions" {
              name                 = "regions"
              subscription_id      = "/subscriptions/00000000-0000-0000-0000-000000000001"
              policy_definition_id = "/providers/Microsoft.Authorization/policyDefinitions/regions"
            }
        """,
        "the account of its topic": """
            resource "aws_sns_topic_policy" "jobs" {
              arn    = "arn:aws:sns:eu-central-1:111122223333:jobs"
              policy = "{}"
            }
        """,
        "one that does not say": """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }
        """,
        "a role of another account that is only named": """
            resource "aws_lambda_permission" "partner" {
              function_name = "orders"
              action        = "lambda:InvokeFunction"
              principal     = "arn:aws:iam::999988887777:root"
            }
        """,
    },
    undetermined={
        "not known yet": """
            resource "terraform_data" "project" {
              input = "example-shop"
            }

            resource "google_pubsub_topic" "jobs" {
              name    = "jobs"
              project = terraform_data.project.output
            }
        """,
    },
)
def account_not_allowed(resource: Resource, *, accounts: tuple[str, ...] = ()) -> Iterator[Violation]:
    """A resource is in an account that is not allowed.

    A plan that was made with the wrong credentials puts test data into production, or takes production for a test.

    Run it with the credentials of the right account, and let the provider refuse any other: `allowed_account_ids`
    of the aws provider, `subscription_id` of azurerm, `project` of google.
    """
    path, account = account_of(resource)
    if account and not is_allowed(account, accounts):
        yield violation(path, f"in {account}")
