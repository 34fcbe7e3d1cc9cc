"""What reaches from production into something else, or from there into production."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from planguard import Resource, Violation, is_unknown, rule, violation

from ._boundary import Side, is_tie, refuse_doubt
from ._crossing import ties
from ._joined import GROUPS, PEERINGS, RANGES, joins, values_at
from ._mentions import Text, accounts_in, asked_by, texts_of
from ._reading import is_unused_yet, reads_across

_CONTROLS: dict[str, Iterable[str]] = {"nist-800-53r5": ["AC-4", "CM-4(1)", "SC-3", "SC-7"]}
_LINK = "https://docs.aws.amazon.com/whitepapers/latest/organizing-your-aws-environment/production-and-non-production-workload-environments.html"
_TRIED: dict[str, Any] = {
    "environments": {
        "prod": {
            "production": True,
            "account": ["111111111111", "shop-prod", "11111111-1111-1111-1111-111111111111"],
            "tag": {"Environment": "prod"},
            "network": "10.10.0.0/16",
            "name": ["*-prod", "*-prod-*", "prod", "prod/*"],
        },
        "dev": {
            "account": [
                "222222222222",
                "shop-dev",
                "22222222-2222-2222-2222-22222222222d",
                "22222222-2222-2222-2222-22222222222E",
            ],
            "tag": {"Environment": ["dev", "development"]},
            "network": ["10.20.0.0/16", "fd00:20::1/32"],
            "name": ["*-dev", "*-dev-*", "dev", "dev/*"],
        },
    },
    "plan_environment": "prod",
}


@rule(
    id="environment-boundary-crossed",
    severity="high",
    domain="environment",
    resources=["aws_*", "azurerm_*", "google_*", "data.aws_*", "data.azurerm_*", "data.google_*"],
    controls=_CONTROLS,
    links=[_LINK],
    since="0.2.0",
    needs="environments",
    tried_with=_TRIED,
    bad={
        "a role that another side may take": """
            resource "aws_iam_role" "deploy" {
              name = "deploy"
              assume_role_policy = jsonencode({
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "arn:aws:iam::222222222222:root" }
                }]
              })
            }
        """,
        "a key that another side may use, by the account alone": """
            resource "aws_kms_grant" "reports" {
              name              = "reports"
              key_id            = "alias/reports"
              grantee_principal = "222222222222"
              operations        = ["Decrypt"]
            }
        """,
        "backups written to the other side": """
            resource "aws_s3_bucket_replication_configuration" "orders" {
              bucket = "orders"
              role   = "arn:aws:iam::111111111111:role/replication"
              rule {
                status = "Enabled"
                destination {
                  bucket  = "arn:aws:s3:::orders-copy"
                  account = "222222222222"
                }
              }
            }
        """,
        "an identity of the other side, in a list": """
            resource "google_storage_bucket_iam_binding" "readers" {
              bucket  = "orders"
              role    = "roles/storage.objectViewer"
              members = ["user:ann@example.com", "serviceAccount:ci@shop-dev.iam.gserviceaccount.com"]
            }
        """,
        "a project of the other side": """
            resource "google_pubsub_subscription" "orders" {
              name  = "orders"
              topic = "projects/shop-dev/topics/orders"
            }
        """,
        "a subscription of the other side": """
            resource "azurerm_monitor_diagnostic_setting" "vault" {
              name                       = "vault"
              target_resource_id         = "/subscriptions/11111111-1111-1111-1111-111111111111/vault"
              log_analytics_workspace_id = "/subscriptions/22222222-2222-2222-2222-22222222222d/logs"
            }
        """,
        "a resource of the same plan that belongs to the other side": """
            resource "aws_kms_key" "dev" {
              description = "dev"
              tags        = { Environment = "dev" }
            }

            resource "aws_ebs_volume" "orders" {
              availability_zone = "eu-central-1a"
              size              = 100
              encrypted         = true
              kms_key_id        = aws_kms_key.dev.arn
            }
        """,
        "read by name": """
            data "aws_s3_bucket" "reports" {
              bucket = "reports-dev"
            }
        """,
        "development that reaches into production": """
            resource "aws_sqs_queue" "orders" {
              name                    = "orders"
              sqs_managed_sse_enabled = true
              tags                    = { Environment = "dev" }
              policy = jsonencode({
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sqs:SendMessage"
                  Resource  = "*"
                  Principal = { AWS = ["arn:aws:iam::222222222222:root", "arn:aws:iam::111111111111:role/orders"] }
                }]
              })
            }
        """,
        "a bucket that another side may read, by the account alone": """
            resource "aws_s3_bucket_policy" "orders" {
              bucket = "orders"
              policy = jsonencode({
                Statement = {
                  Effect    = "Allow"
                  Action    = "s3:GetObject"
                  Resource  = "*"
                  Principal = { AWS = "222222222222" }
                }
              })
            }
        """,
        "a document that is put together at apply": """
            data "aws_iam_policy_document" "orders" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["${aws_s3_bucket.orders.arn}/*"]
                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::222222222222:root"]
                }
              }
            }

            resource "aws_s3_bucket" "orders" {
              bucket_prefix = "orders"
            }

            resource "aws_s3_bucket_policy" "orders" {
              bucket = aws_s3_bucket.orders.id
              policy = data.aws_iam_policy_document.orders.json
            }
        """,
        "a role of the other side, in a document that is put together at apply": """
            resource "aws_iam_role" "ci" {
              name               = "ci"
              assume_role_policy = "{}"
              tags               = { Environment = "dev" }
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_role.ci.arn]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "a service that acts for another side": """
            resource "aws_lambda_permission" "orders" {
              function_name  = "orders"
              action         = "lambda:InvokeFunction"
              principal      = "s3.amazonaws.com"
              source_account = "222222222222"
            }
        """,
        "a condition that lets another side in": """
            resource "aws_sns_topic_policy" "orders" {
              arn = "arn:aws:sns:eu-central-1:111111111111:orders"
              policy = jsonencode({
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sns:Publish"
                  Resource  = "*"
                  Principal = "*"
                  Condition = { StringEquals = { "aws:SourceAccount" = ["333333333333", "222222222222"] } }
                }]
              })
            }
        """,
        "a role that may act on the other side": """
            resource "aws_iam_role_policy" "deploy" {
              role = "deploy"
              policy = jsonencode({
                Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::222222222222:role/*" }]
              })
            }
        """,
        "an image from the registry of the other side": """
            resource "aws_ecs_task_definition" "shop" {
              family = "shop"
              container_definitions = jsonencode([{
                name  = "shop"
                image = "222222222222.dkr.ecr.eu-central-1.amazonaws.com/shop:1"
              }])
            }
        """,
        "a queue of the other side, in a script": """
            resource "aws_instance" "worker" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "m6i.large"
              user_data     = "export QUEUE=https://sqs.eu-central-1.amazonaws.com/222222222222/jobs"
            }
        """,
        "events sent to the other side": """
            resource "aws_cloudwatch_event_target" "orders" {
              rule = "orders"
              arn  = "arn:aws:events:eu-central-1:222222222222:event-bus/default"
            }
        """,
        "logs written to a bucket of the other side, by its name": """
            resource "aws_s3_bucket_logging" "orders" {
              bucket        = "orders"
              target_bucket = "logs-dev"
              target_prefix = "orders/"
            }
        """,
        "copies in a bucket of the other side, by its name": """
            resource "aws_flow_log" "vpc" {
              vpc_id               = "vpc-0123456789abcdef0"
              traffic_type         = "ALL"
              log_destination_type = "s3"
              log_destination      = "arn:aws:s3:::logs-dev/vpc"
            }
        """,
        "a workload of the other side": """
            resource "google_project_iam_member" "app" {
              project = "shop-prod"
              role    = "roles/viewer"
              member  = "serviceAccount:shop-dev.svc.id.goog[shop/app]"
            }
        """,
        "everybody who edits the project of the other side": """
            resource "google_storage_bucket_iam_member" "editors" {
              bucket = "orders"
              role   = "roles/storage.objectViewer"
              member = "projectEditor:shop-dev"
            }
        """,
        "a grant in a project of the other side": """
            resource "google_project_iam_member" "app" {
              project = "shop-dev"
              role    = "roles/viewer"
              member  = "serviceAccount:app@shop-prod.iam.gserviceaccount.com"
            }
        """,
        "an image from a project of the other side": """
            resource "google_cloud_run_v2_service" "shop" {
              name     = "shop"
              location = "europe-west1"
              template {
                containers {
                  image = "europe-docker.pkg.dev/shop-dev/shop/app:1"
                }
              }
            }
        """,
        "a data set that views of the other side may read": """
            resource "google_bigquery_dataset_access" "views" {
              dataset_id = "orders"
              dataset {
                target_types = ["VIEWS"]
                dataset {
                  project_id = "shop-dev"
                  dataset_id = "reports"
                }
              }
            }
        """,
        "a role in a subscription of the other side, in capitals": """
            resource "azurerm_role_assignment" "app" {
              scope                = "/SUBSCRIPTIONS/22222222-2222-2222-2222-22222222222D/resourceGroups/shop"
              role_definition_name = "Reader"
              principal_id         = "00000000-0000-0000-0000-000000000001"
            }
        """,
        "a zone that a network of the other side asks": """
            resource "aws_vpc" "dev" {
              cidr_block = "10.20.0.0/16"
              tags       = { Environment = "dev" }
            }

            resource "aws_route53_zone" "shop" {
              name = "shop.example.com"
            }

            resource "aws_route53_zone_association" "dev" {
              zone_id = aws_route53_zone.shop.zone_id
              vpc_id  = aws_vpc.dev.id
            }
        """,
        "read from an account of the other side": """
            data "aws_ami" "shop" {
              owners      = ["222222222222"]
              most_recent = true
            }
        """,
        "read from a project of the other side": """
            data "google_secret_manager_secret_version" "password" {
              secret  = "password"
              project = "shop-dev"
            }
        """,
        "read through a provider that signs in to the other side": """
            provider "aws" {
              alias  = "dev"
              region = "eu-central-1"
              assume_role {
                role_arn = "arn:aws:iam::222222222222:role/read"
              }
            }

            data "aws_subnets" "all" {
              provider = aws.dev
            }
        """,
        "read by a path with the other side in it": """
            provider "aws" {
              region              = "eu-central-1"
              allowed_account_ids = ["111111111111"]
            }

            data "aws_ssm_parameter" "password" {
              name = "/dev/password"
            }
        """,
        "read by a tag": """
            data "aws_vpc" "other" {
              tags = { Environment = "development" }
            }
        """,
        "read by a filter on a tag": """
            data "aws_subnets" "other" {
              filter {
                name   = "vpc-id"
                values = ["vpc-0123456789abcdef0", "vpc-0fedcba9876543210"]
              }
              filter {
                name   = "tag:Environment"
                values = ["development"]
              }
            }
        """,
        "a network of the other side's project in one of production": """
            resource "google_compute_network" "shop" {
              name    = "shop"
              project = "shop-prod"
            }

            resource "google_compute_subnetwork" "dev" {
              name          = "dev"
              project       = "shop-dev"
              ip_cidr_range = "10.10.4.0/24"
              network       = google_compute_network.shop.id
            }
        """,
        "a store of the other side that a role may use, in a document that is put together at apply": """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
              tags = { Environment = "dev" }
            }

            data "aws_iam_policy_document" "jobs" {
              statement {
                actions   = ["sqs:SendMessage"]
                resources = [aws_sqs_queue.jobs.arn]
              }
              statement {
                effect    = "Deny"
                actions   = ["sqs:DeleteQueue"]
                resources = ["*"]
              }
            }

            resource "aws_iam_policy" "jobs" {
              name   = "jobs"
              policy = data.aws_iam_policy_document.jobs.json
            }
        """,
        "a source of the other side, in a document that is put together at apply": """
            resource "aws_sns_topic" "jobs" {
              name = "jobs"
              tags = { Environment = "dev" }
            }

            data "aws_iam_policy_document" "orders" {
              statement {
                actions   = ["sqs:SendMessage"]
                resources = ["*"]
                principals {
                  type        = "Service"
                  identifiers = ["sns.amazonaws.com"]
                }
                condition {
                  test     = "ArnEquals"
                  variable = "aws:SourceArn"
                  values   = [aws_sns_topic.jobs.arn]
                }
              }
            }

            resource "aws_sqs_queue_policy" "orders" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111111111111/orders"
              policy    = data.aws_iam_policy_document.orders.json
            }
        """,
        "read by a name, from a project of neither": """
            data "google_storage_bucket" "reports" {
              name    = "reports-dev"
              project = "shop-tools"
            }
        """,
        "a trust in a role that is there, and that tags tell": (
            """
                resource "aws_iam_role" "ci" {
                  name               = "ci"
                  assume_role_policy = "{}"
                  tags               = { Environment = "dev" }
                }

                resource "aws_iam_role" "deploy" {
                  name = "deploy"
                  assume_role_policy = jsonencode({
                    Statement = [{
                      Effect    = "Allow"
                      Action    = "sts:AssumeRole"
                      Principal = { AWS = aws_iam_role.ci.arn }
                    }]
                  })
                }
            """,
            """
                resource "aws_iam_role" "ci" {
                  name               = "ci"
                  assume_role_policy = "{}"
                  tags               = { Environment = "dev" }
                }

                resource "aws_iam_role" "deploy" {
                  name = "deploy"
                  assume_role_policy = jsonencode({
                    Statement = [{
                      Effect    = "Allow"
                      Action    = "sts:AssumeRole"
                      Principal = { AWS = aws_iam_role.ci.arn }
                    }]
                  })
                }
            """,
        ),
        "read still, though nothing uses it any more": (
            """
                data "aws_kms_key" "other" {
                  key_id = "arn:aws:kms:eu-central-1:222222222222:key/orders"
                }

                resource "aws_ebs_volume" "orders" {
                  availability_zone = "eu-central-1a"
                  size              = 100
                  encrypted         = true
                  kms_key_id        = data.aws_kms_key.other.arn
                }
            """,
            """
                data "aws_kms_key" "other" {
                  key_id = "arn:aws:kms:eu-central-1:222222222222:key/orders"
                }

                resource "aws_ebs_volume" "orders" {
                  availability_zone = "eu-central-1a"
                  size              = 100
                  encrypted         = true
                }
            """,
        ),
    },
    good={
        "the same side": """
            resource "aws_iam_role" "deploy" {
              name = "deploy"
              assume_role_policy = jsonencode({
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "arn:aws:iam::111111111111:role/ci" }
                }]
              })
            }

            data "aws_s3_bucket" "reports" {
              bucket = "reports-prod"
            }
        """,
        "an account of neither": """
            resource "aws_ebs_snapshot_copy" "golden" {
              source_region      = "eu-central-1"
              source_snapshot_id = "snap-0123456789abcdef0"
              kms_key_id         = "arn:aws:kms:eu-central-1:333333333333:key/golden"
            }
        """,
        "development among itself, in one plan with production": """
            resource "aws_kms_key" "dev" {
              description = "dev"
              tags        = { Environment = "dev" }
            }

            resource "aws_ebs_volume" "scratch" {
              availability_zone = "eu-central-1a"
              size              = 100
              encrypted         = true
              kms_key_id        = aws_kms_key.dev.arn
              tags              = { Environment = "dev" }
            }
        """,
        "digits that are no account": """
            resource "aws_ssm_parameter" "build" {
              name  = "build"
              type  = "String"
              value = "x222222222222y"
            }
        """,
        "what is refused, left out, or written for people": """
            resource "aws_iam_role" "deploy" {
              name        = "222222222222"
              description = "not for arn:aws:iam::222222222222:root"
              tags        = { Peer = "arn:aws:iam::222222222222:root", Owner = "222222222222" }
              assume_role_policy = jsonencode({
                Statement = [
                  {
                    Effect    = "Deny"
                    Action    = "sts:AssumeRole"
                    Principal = { AWS = "arn:aws:iam::222222222222:root" }
                  },
                  {
                    Sid          = "arn:aws:iam::222222222222:root"
                    Effect       = "Allow"
                    Action       = "sts:AssumeRole"
                    NotPrincipal = { AWS = "arn:aws:iam::222222222222:root" }
                    Condition    = { StringNotEquals = { "aws:PrincipalAccount" = "222222222222" } }
                  },
                ]
              })
            }

            resource "google_pubsub_topic" "orders" {
              name   = "orders"
              labels = { from = "projects/shop-dev/topics/orders" }
            }
        """,
        "a refusal in a document that is put together at apply": """
            resource "aws_iam_role" "ci" {
              name               = "ci"
              assume_role_policy = "{}"
              tags               = { Environment = "dev" }
            }

            data "aws_iam_policy_document" "orders" {
              statement {
                effect    = "Deny"
                actions   = ["s3:*"]
                resources = ["*"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_role.ci.arn]
                }
              }
            }

            resource "aws_s3_bucket_policy" "orders" {
              bucket = "orders"
              policy = data.aws_iam_policy_document.orders.json
            }
        """,
        "networks that are joined, which another rule tells": """
            resource "aws_vpc_peering_connection" "dev" {
              vpc_id        = "vpc-0123456789abcdef0"
              peer_vpc_id   = data.aws_vpc.dev.id
              peer_owner_id = "222222222222"
            }

            data "aws_vpc" "dev" {
              tags = { Environment = "dev" }
            }

            resource "aws_security_group_rule" "database" {
              type                     = "ingress"
              security_group_id        = "sg-0123456789abcdef0"
              source_security_group_id = "222222222222/sg-0fedcba9876543210"
              from_port                = 5432
              to_port                  = 5432
              protocol                 = "tcp"
            }

            resource "aws_security_group" "database" {
              name = "database"
            }

            resource "aws_security_group" "ci" {
              name = "ci"
              tags = { Environment = "dev" }
            }

            resource "aws_security_group_rule" "ci" {
              type                     = "ingress"
              security_group_id        = aws_security_group.database.id
              source_security_group_id = aws_security_group.ci.id
              from_port                = 5432
              to_port                  = 5432
              protocol                 = "tcp"
            }
        """,
        "what belongs to a bucket of the other side": """
            resource "aws_s3_bucket" "scratch" {
              bucket = "scratch-dev"
              tags   = { Environment = "dev" }
            }

            resource "aws_s3_bucket_versioning" "scratch" {
              bucket = aws_s3_bucket.scratch.id
              versioning_configuration {
                status = "Enabled"
              }
            }

            resource "aws_s3_bucket_policy" "scratch" {
              bucket = aws_s3_bucket.scratch.id
              policy = jsonencode({
                Statement = [{
                  Effect    = "Allow"
                  Action    = "s3:GetObject"
                  Resource  = "arn:aws:s3:::scratch-dev/*"
                  Principal = { AWS = "222222222222" }
                }]
              })
            }
        """,
        "a tag that names something of the other side": """
            resource "aws_kms_key" "dev" {
              description = "dev"
              tags        = { Environment = "dev" }
            }

            resource "aws_sqs_queue" "orders" {
              name = "orders"
              tags = { Next = aws_kms_key.dev.arn }
            }
        """,
        "what a provider for the other side says of itself": """
            provider "aws" {
              alias  = "dev"
              region = "eu-central-1"
              assume_role {
                role_arn = "arn:aws:iam::222222222222:role/read"
              }
            }

            data "aws_availability_zone" "dev" {
              provider = aws.dev
              name     = "eu-central-1a"
            }

            data "aws_availability_zones" "dev" {
              provider = aws.dev
            }

            data "aws_canonical_user_id" "dev" {
              provider = aws.dev
            }

            data "aws_iam_policy_document" "dev" {
              provider = aws.dev
              statement {
                actions = ["s3:*"]
                principals {
                  type        = "AWS"
                  identifiers = ["222222222222"]
                }
              }
            }

            data "aws_partition" "dev" {
              provider = aws.dev
            }

            data "aws_region" "dev" {
              provider = aws.dev
            }

            resource "aws_ssm_parameter" "region" {
              name  = "region"
              type  = "String"
              value = data.aws_region.dev.region
            }

            provider "azurerm" {
              subscription_id = "22222222-2222-2222-2222-22222222222d"
            }

            data "azurerm_client_config" "dev" {}

            provider "google" {
              project = "shop-dev"
            }

            data "google_client_config" "dev" {}

            data "google_iam_policy" "dev" {
              binding {
                role    = "roles/viewer"
                members = ["projectViewer:shop-dev"]
              }
            }
        """,
        "a name like the other side's, in an account of the same side": """
            data "google_storage_bucket" "reports" {
              name    = "reports-dev"
              project = "shop-prod"
            }

            data "aws_ssm_parameter" "password" {
              name = "prod/database-dev"
            }
        """,
        "a value that is made up, and one of the same side that is not known yet": """
            resource "random_id" "suffix" {
              byte_length = 4
            }

            resource "aws_s3_bucket" "orders" {
              bucket = "orders-${random_id.suffix.hex}"
            }

            resource "aws_ssm_parameter" "bucket" {
              name  = "bucket"
              type  = "String"
              value = aws_s3_bucket.orders.bucket_regional_domain_name
            }
        """,
        "names of its own that look like the other side's": """
            resource "aws_db_instance" "orders" {
              identifier     = "orders-dev"
              instance_class = "db.r6g.large"
            }

            resource "aws_s3_bucket" "scratch" {
              bucket = "scratch-dev"
            }

            resource "aws_s3_bucket_versioning" "scratch" {
              bucket = "scratch-dev"
              versioning_configuration {
                status = "Enabled"
              }
            }
        """,
        "what is written for people in another document": """
            resource "aws_sfn_state_machine" "orders" {
              name     = "orders"
              role_arn = "arn:aws:iam::111111111111:role/orders"
              definition = jsonencode({
                Comment = "as in arn:aws:states:eu-central-1:222222222222:stateMachine:orders"
                StartAt = "End"
                States  = { End = { Type = "Succeed" } }
              })
            }

            resource "aws_ecs_task_definition" "shop" {
              family                = "shop"
              container_definitions = jsonencode([{ image = "shop:1", description = "arn:aws:iam::222222222222:root" }])
            }
        """,
        "a role of the same side, in a document that is put together at apply": """
            resource "aws_iam_role" "ci" {
              name               = "ci"
              assume_role_policy = "{}"
            }

            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRole"]
                principals {
                  type        = "AWS"
                  identifiers = [aws_iam_role.ci.arn]
                }
              }
            }

            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
        """,
        "read from an account of neither, and by a name of the same plan": """
            data "aws_ami" "shop" {
              owners      = ["333333333333"]
              most_recent = true
            }

            resource "aws_s3_bucket" "orders" {
              bucket_prefix = "orders"
            }

            data "aws_s3_objects" "orders" {
              bucket = aws_s3_bucket.orders.bucket_regional_domain_name
            }
        """,
        "a time that is known after apply": """
            resource "aws_ssm_parameter" "deployed" {
              name  = "deployed"
              type  = "String"
              value = timestamp()
            }
        """,
        "a network of the other side, described by one of production": """
            resource "google_compute_network" "shop" {
              name    = "shop"
              project = "shop-prod"
            }

            resource "google_compute_subnetwork" "dev" {
              name          = "dev"
              project       = "shop-dev"
              description   = "as in ${google_compute_network.shop.name}"
              ip_cidr_range = "10.20.4.0/24"
              network       = "projects/shop-dev/global/networks/shop"
            }
        """,
        "one of two keys of the same side": """
            resource "aws_kms_key" "all" {
              for_each    = toset(["a", "b"])
              description = each.key
            }

            resource "aws_ebs_volume" "orders" {
              availability_zone = "eu-central-1a"
              size              = 100
              encrypted         = true
              kms_key_id        = values(aws_kms_key.all)[0].arn
            }

            resource "aws_kms_key" "dev" {
              description = "dev"
              tags        = { Environment = "dev" }
            }
        """,
    },
    undetermined={
        "a trust that is known after apply": """
            resource "terraform_data" "account" {
              input = "222222222222"
            }

            resource "aws_iam_role" "deploy" {
              name = "deploy"
              assume_role_policy = jsonencode({
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = terraform_data.account.output }
                }]
              })
            }
        """,
        "a policy that is written together with the name of a bucket": """
            resource "aws_s3_bucket" "orders" {
              bucket_prefix = "orders"
            }

            resource "aws_s3_bucket_policy" "orders" {
              bucket = aws_s3_bucket.orders.id
              policy = jsonencode({
                Statement = [{
                  Effect    = "Allow"
                  Action    = "s3:GetObject"
                  Resource  = "${aws_s3_bucket.orders.arn}/*"
                  Principal = { AWS = "222222222222" }
                }]
              })
            }
        """,
        "an account that comes from elsewhere": """
            resource "terraform_data" "account" {
              input = "222222222222"
            }

            resource "aws_ami_launch_permission" "shop" {
              image_id   = "ami-0123456789abcdef0"
              account_id = terraform_data.account.output
            }
        """,
        "read by a name that comes from elsewhere": """
            resource "terraform_data" "name" {
              input = "reports-dev"
            }

            data "aws_s3_bucket" "reports" {
              bucket = terraform_data.name.output
            }
        """,
        "one of two keys, one of which belongs to the other side": """
            resource "aws_kms_key" "all" {
              for_each    = toset(["dev", "prod"])
              description = each.key
              tags        = { Environment = each.key }
            }

            resource "aws_ebs_volume" "orders" {
              availability_zone = "eu-central-1a"
              size              = 100
              encrypted         = true
              kms_key_id        = values(aws_kms_key.all)[0].arn
            }
        """,
        "an account in a block, together with something of the same plan": """
            resource "terraform_data" "account" {
              input = "222222222222"
            }

            resource "aws_s3_bucket" "copy" {
              bucket_prefix = "copy"
            }

            resource "aws_s3_bucket_replication_configuration" "orders" {
              bucket = "orders"
              role   = "arn:aws:iam::111111111111:role/replication"
              rule {
                status = "Enabled"
                destination {
                  bucket = "arn:aws:s3:${terraform_data.account.output}:${aws_s3_bucket.copy.arn}"
                }
              }
            }
        """,
        "a refusal that is known after apply": """
            resource "aws_iam_role" "ci" {
              name               = "ci"
              assume_role_policy = "{}"
              tags               = { Environment = "dev" }
            }

            resource "aws_iam_role" "deploy" {
              name = "deploy"
              assume_role_policy = jsonencode({
                Statement = [{ Effect = "Deny", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_role.ci.arn } }]
              })
            }
        """,
        "an account that comes from elsewhere, by a local value": """
            resource "terraform_data" "account" {
              input = "222222222222"
            }

            locals {
              account = terraform_data.account.output
            }

            resource "aws_ami_launch_permission" "shop" {
              image_id   = "ami-0123456789abcdef0"
              account_id = local.account
            }
        """,
    },
)
def environment_boundary_crossed(resource: Resource) -> Iterator[Violation]:
    """Something of production is tied to another environment, or the other way round.

    What is outside of production is watched and patched less, and more people can change it. A trust, a key, a copy
    or a source of data across the boundary lets a mistake there, or an intruder, reach production. Which environment
    an account, a name or a resource belongs to, policy says.

    Give each environment its own, and name the account, the key or the resource of the same environment. Where
    something has to cross, let it do so in one place that is watched, and ask for a waiver.
    """
    side = Side(resource)
    if not side.others:
        return
    if not resource.is_data:
        for tie in ties(resource, side):
            yield violation(tie.name, tie.message, facts=[tie.name, tie.fact], evidence=tie.evidence)
    elif not is_unused_yet(resource) and not any(resource.referrers(kind) for kind in PEERINGS):
        found = reads_across(resource, side)
        if found:
            yield violation(found.path, found.message, facts=[found.path, found.fact])


@rule(
    id="environment-networks-connected",
    severity="high",
    domain="environment",
    resources=[*PEERINGS, *RANGES],
    controls=_CONTROLS,
    links=[_LINK],
    since="0.2.0",
    needs="environments",
    tried_with=_TRIED,
    bad={
        "a peering with an account of the other side": """
            resource "aws_vpc_peering_connection" "dev" {
              vpc_id        = "vpc-0123456789abcdef0"
              peer_vpc_id   = "vpc-0fedcba9876543210"
              peer_owner_id = "222222222222"
            }
        """,
        "a peering with a network of the same plan": """
            resource "aws_vpc" "dev" {
              cidr_block = "10.20.0.0/16"
              tags       = { Environment = "dev" }
            }

            resource "aws_vpc_peering_connection" "dev" {
              vpc_id      = "vpc-0123456789abcdef0"
              peer_vpc_id = aws_vpc.dev.id
            }
        """,
        "a peering in Azure": """
            resource "azurerm_virtual_network_peering" "dev" {
              name                      = "dev"
              resource_group_name       = "shop"
              virtual_network_name      = "shop"
              remote_virtual_network_id = "/subscriptions/22222222-2222-2222-2222-22222222222d/networks/shop"
            }
        """,
        "a peering in Google Cloud": """
            resource "google_compute_network_peering" "dev" {
              name         = "dev"
              network      = "projects/shop-prod/global/networks/shop"
              peer_network = "projects/shop-dev/global/networks/shop"
            }
        """,
        "a port for the other side": """
            resource "aws_vpc_security_group_ingress_rule" "database" {
              security_group_id = "sg-0123456789abcdef0"
              cidr_ipv4         = "10.20.4.0/24"
              ip_protocol       = "tcp"
              from_port         = 5432
              to_port           = 5432
            }
        """,
        "a port for the other side, in a block and by IPv6": """
            resource "aws_security_group" "database" {
              name = "database"
              ingress {
                from_port        = 5432
                to_port          = 5432
                protocol         = "tcp"
                cidr_blocks      = ["10.10.4.0/24"]
                ipv6_cidr_blocks = ["fd00:20:1::/48"]
              }
            }
        """,
        "a firewall of Google Cloud": """
            resource "google_compute_firewall" "database" {
              name          = "database"
              network       = "shop"
              source_ranges = ["10.10.0.0/16", "10.20.0.0/16"]
              allow {
                protocol = "tcp"
                ports    = ["5432"]
              }
            }
        """,
        "a rule of Azure": """
            resource "azurerm_network_security_rule" "database" {
              name                        = "database"
              resource_group_name         = "shop"
              network_security_group_name = "database"
              priority                    = 100
              direction                   = "Inbound"
              access                      = "Allow"
              protocol                    = "Tcp"
              source_port_range           = "*"
              source_address_prefix       = "10.20.0.0/16"
              destination_port_range      = "5432"
              destination_address_prefix  = "*"
            }
        """,
        "a peering with a network that is looked up": """
            data "aws_vpc" "dev" {
              tags = { Environment = "dev" }
            }

            resource "aws_vpc_peering_connection" "dev" {
              vpc_id      = "vpc-0123456789abcdef0"
              peer_vpc_id = data.aws_vpc.dev.id
            }
        """,
        "a network of the other side at a transit gateway": """
            resource "aws_vpc" "dev" {
              cidr_block = "10.20.0.0/16"
              tags       = { Environment = "dev" }
            }

            resource "aws_ec2_transit_gateway" "hub" {
              description = "hub"
            }

            resource "aws_ec2_transit_gateway_vpc_attachment" "dev" {
              transit_gateway_id = aws_ec2_transit_gateway.hub.id
              vpc_id             = aws_vpc.dev.id
              subnet_ids         = ["subnet-0123456789abcdef0"]
            }
        """,
        "a project that shares the network": """
            resource "google_compute_shared_vpc_service_project" "dev" {
              host_project    = "shop-prod"
              service_project = "shop-dev"
            }
        """,
        "a route to the other side": """
            resource "aws_route" "dev" {
              route_table_id         = "rtb-0123456789abcdef0"
              destination_cidr_block = "10.20.0.0/16"
              transit_gateway_id     = "tgw-0123456789abcdef0"
            }
        """,
        "a range that takes in the other side": """
            resource "aws_security_group_rule" "database" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 5432
              to_port           = 5432
              protocol          = "tcp"
              cidr_blocks       = ["10.1.0.0/8"]
            }
        """,
        "a port by IPv6": """
            resource "aws_security_group_rule" "database" {
              type              = "ingress"
              security_group_id = "sg-0123456789abcdef0"
              from_port         = 5432
              to_port           = 5432
              protocol          = "tcp"
              ipv6_cidr_blocks  = ["fd00:20:1::/48"]
            }
        """,
        "a group of the other side": """
            resource "aws_security_group" "ci" {
              name = "ci"
              tags = { Environment = "dev" }
            }

            resource "aws_security_group" "database" {
              name = "database"
            }

            resource "aws_security_group_rule" "database" {
              type                     = "ingress"
              security_group_id        = aws_security_group.database.id
              source_security_group_id = aws_security_group.ci.id
              from_port                = 5432
              to_port                  = 5432
              protocol                 = "tcp"
            }
        """,
        "a group in an account of the other side": """
            resource "aws_vpc_security_group_ingress_rule" "database" {
              security_group_id            = "sg-0123456789abcdef0"
              referenced_security_group_id = "222222222222/sg-0fedcba9876543210"
              ip_protocol                  = "tcp"
              from_port                    = 5432
              to_port                      = 5432
            }
        """,
        "several ranges of Azure, in a block": """
            resource "azurerm_network_security_group" "database" {
              name                = "database"
              resource_group_name = "shop"
              location            = "westeurope"
              security_rule {
                name                       = "database"
                priority                   = 100
                direction                  = "Inbound"
                access                     = "Allow"
                protocol                   = "Tcp"
                source_port_range          = "*"
                source_address_prefixes    = ["10.10.0.0/16", "10.20.0.0/16"]
                destination_port_range     = "5432"
                destination_address_prefix = "*"
              }
            }
        """,
        "half of the world, which is too much": """
            resource "aws_network_acl_rule" "all" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "-1"
              rule_action    = "allow"
              cidr_block     = "0.0.0.0/1"
            }
        """,
        "a range of IPv6 that takes in the other side": """
            resource "aws_vpc_security_group_ingress_rule" "database" {
              security_group_id = "sg-0123456789abcdef0"
              cidr_ipv6         = "fd00::/16"
              ip_protocol       = "-1"
            }
        """,
        "an entry of an access list, by IPv6": """
            resource "aws_network_acl_rule" "all" {
              network_acl_id  = "acl-0123456789abcdef0"
              rule_number     = 100
              protocol        = "-1"
              rule_action     = "allow"
              ipv6_cidr_block = "fd00:20:1::/48"
            }
        """,
        "an access list, by IPv6": """
            resource "aws_network_acl" "all" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no         = 100
                protocol        = "-1"
                action          = "allow"
                ipv6_cidr_block = "fd00:20:1::/48"
                from_port       = 0
                to_port         = 0
              }
            }
        """,
        "the default group of a network, by IPv6": """
            resource "aws_default_security_group" "all" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                from_port        = 0
                to_port          = 0
                protocol         = "-1"
                ipv6_cidr_blocks = ["fd00:20:1::/48"]
              }
            }
        """,
        "a group of the other side in the default group": """
            resource "aws_default_security_group" "all" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                from_port       = 0
                to_port         = 0
                protocol        = "-1"
                security_groups = ["222222222222/sg-0fedcba9876543210"]
              }
            }
        """,
        "a group of the other side in a block": """
            resource "aws_security_group" "all" {
              name = "all"
              ingress {
                from_port       = 0
                to_port         = 0
                protocol        = "-1"
                security_groups = ["sg-0123456789abcdef0", "222222222222/sg-0fedcba9876543210"]
              }
            }
        """,
        "a route by IPv6": """
            resource "aws_route" "dev" {
              route_table_id              = "rtb-0123456789abcdef0"
              destination_ipv6_cidr_block = "fd00:20:1::/48"
              transit_gateway_id          = "tgw-0123456789abcdef0"
            }
        """,
        "a table of routes, by IPv6": """
            resource "aws_route_table" "all" {
              vpc_id = "vpc-0123456789abcdef0"
              route {
                ipv6_cidr_block    = "fd00:20:1::/48"
                transit_gateway_id = "tgw-0123456789abcdef0"
              }
            }
        """,
        "a route through a peering that is made elsewhere": """
            resource "aws_route" "dev" {
              route_table_id            = "rtb-0123456789abcdef0"
              destination_cidr_block    = "10.20.0.0/16"
              vpc_peering_connection_id = "pcx-0123456789abcdef0"
            }
        """,
        "a tunnel to a gateway of the other side": """
            resource "aws_ec2_transit_gateway" "dev" {
              description = "dev"
              tags        = { Environment = "dev" }
            }

            resource "aws_vpn_connection" "dev" {
              customer_gateway_id = "cgw-0123456789abcdef0"
              transit_gateway_id  = aws_ec2_transit_gateway.dev.id
              type                = "ipsec.1"
            }
        """,
        "a hub of Azure": """
            resource "azurerm_virtual_hub_connection" "dev" {
              name                      = "dev"
              virtual_hub_id            = "/subscriptions/11111111-1111-1111-1111-111111111111/virtualHubs/hub"
              remote_virtual_network_id = "/subscriptions/22222222-2222-2222-2222-22222222222E/virtualNetworks/shop"
            }
        """,
        "a tunnel of Azure": """
            resource "azurerm_local_network_gateway" "dev" {
              name                = "dev"
              resource_group_name = "shop"
              location            = "westeurope"
              gateway_address     = "192.0.2.1"
              address_space       = ["10.20.0.0/16"]
            }
        """,
        "a network of the other side in a table of a transit gateway": """
            resource "aws_ec2_transit_gateway_route_table" "prod" {
              transit_gateway_id = "tgw-0123456789abcdef0"
            }

            resource "aws_ec2_transit_gateway_vpc_attachment" "dev" {
              transit_gateway_id = "tgw-0123456789abcdef0"
              vpc_id             = "vpc-0123456789abcdef0"
              subnet_ids         = ["subnet-0123456789abcdef0"]
              tags               = { Environment = "dev" }
            }

            resource "aws_ec2_transit_gateway_route_table_association" "dev" {
              transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.dev.id
              transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.prod.id
            }
        """,
        "a gateway in an account of the other side": """
            resource "aws_dx_gateway_association_proposal" "dev" {
              dx_gateway_id               = "00000000-0000-0000-0000-000000000000"
              dx_gateway_owner_account_id = "222222222222"
              associated_gateway_id       = "vgw-0123456789abcdef0"
            }
        """,
        "a table of routes, one of which goes through a peering": """
            resource "aws_vpc_peering_connection" "shared" {
              vpc_id      = "vpc-0123456789abcdef0"
              peer_vpc_id = "vpc-0fedcba9876543210"
            }

            resource "aws_route_table" "all" {
              vpc_id = "vpc-0123456789abcdef0"
              route {
                cidr_block                = "10.10.0.0/16"
                vpc_peering_connection_id = aws_vpc_peering_connection.shared.id
              }
              route {
                cidr_block         = "10.20.0.0/16"
                transit_gateway_id = "tgw-0123456789abcdef0"
              }
            }
        """,
    },
    good={
        "a peering on the same side": """
            resource "aws_vpc_peering_connection" "shared" {
              vpc_id        = "vpc-0123456789abcdef0"
              peer_vpc_id   = "vpc-0fedcba9876543210"
              peer_owner_id = "111111111111"
            }
        """,
        "a port for the same side, and for everybody": """
            resource "aws_security_group" "edge" {
              name = "edge"
              ingress {
                from_port   = 443
                to_port     = 443
                protocol    = "tcp"
                cidr_blocks = ["10.10.4.0/24", "0.0.0.0/0"]
              }
            }
        """,
        "traffic that goes out": """
            resource "aws_security_group_rule" "out" {
              security_group_id = "sg-0123456789abcdef0"
              type              = "egress"
              from_port         = 443
              to_port           = 443
              protocol          = "tcp"
              cidr_blocks       = ["10.20.0.0/16"]
            }
        """,
        "traffic that is refused": """
            resource "azurerm_network_security_rule" "no" {
              name                        = "no"
              resource_group_name         = "shop"
              network_security_group_name = "database"
              priority                    = 100
              direction                   = "Inbound"
              access                      = "Deny"
              protocol                    = "*"
              source_port_range           = "*"
              source_address_prefix       = "10.20.0.0/16"
              destination_port_range      = "*"
              destination_address_prefix  = "*"
            }

            resource "google_compute_firewall" "no" {
              name          = "no"
              network       = "shop"
              source_ranges = ["10.20.0.0/16"]
              deny {
                protocol = "all"
              }
            }
        """,
        "a route through a peering, which is told itself": """
            resource "aws_vpc_peering_connection" "shared" {
              vpc_id      = "vpc-0123456789abcdef0"
              peer_vpc_id = "vpc-0fedcba9876543210"
            }

            resource "aws_route" "dev" {
              route_table_id            = "rtb-0123456789abcdef0"
              destination_cidr_block    = "10.20.0.0/16"
              vpc_peering_connection_id = aws_vpc_peering_connection.shared.id
            }
        """,
        "a range of neither, a tag of Azure, and nothing said": """
            resource "aws_security_group" "edge" {
              name = "edge"
            }

            resource "aws_vpc_security_group_ingress_rule" "office" {
              security_group_id = aws_security_group.edge.id
              cidr_ipv4         = "192.0.2.0/24"
              ip_protocol       = "-1"
            }

            resource "azurerm_network_security_rule" "balancer" {
              name                        = "balancer"
              resource_group_name         = "shop"
              network_security_group_name = "database"
              priority                    = 100
              direction                   = "Inbound"
              access                      = "Allow"
              protocol                    = "*"
              source_port_range           = "*"
              source_address_prefix       = "AzureLoadBalancer"
              destination_port_range      = "*"
              destination_address_prefix  = "*"
            }
        """,
        "every way out, and every refusal": """
            resource "aws_security_group" "ci" {
              name = "ci"
              tags = { Environment = "dev" }
            }

            resource "aws_security_group" "edge" {
              name = "edge"
              egress {
                from_port       = 443
                to_port         = 443
                protocol        = "tcp"
                security_groups = ["222222222222/sg-0fedcba9876543210"]
              }
            }

            resource "aws_security_group_rule" "out" {
              type                     = "egress"
              security_group_id        = aws_security_group.edge.id
              source_security_group_id = aws_security_group.ci.id
              from_port                = 443
              to_port                  = 443
              protocol                 = "tcp"
            }

            resource "azurerm_network_security_rule" "out" {
              name                        = "out"
              resource_group_name         = "shop"
              network_security_group_name = "database"
              priority                    = 100
              direction                   = "Outbound"
              access                      = "Allow"
              protocol                    = "*"
              source_port_range           = "*"
              source_address_prefix       = "10.20.0.0/16"
              destination_port_range      = "*"
              destination_address_prefix  = "*"
            }

            resource "google_compute_firewall" "out" {
              name          = "out"
              network       = "shop"
              direction     = "EGRESS"
              source_ranges = ["10.20.0.0/16"]
              allow {
                protocol = "tcp"
              }
            }

            resource "aws_network_acl_rule" "no" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              protocol       = "-1"
              rule_action    = "deny"
              cidr_block     = "10.20.0.0/16"
            }

            resource "aws_network_acl_rule" "out" {
              network_acl_id = "acl-0123456789abcdef0"
              rule_number    = 100
              egress         = true
              protocol       = "-1"
              rule_action    = "allow"
              cidr_block     = "10.20.0.0/16"
            }

            resource "aws_network_acl" "no" {
              vpc_id = "vpc-0123456789abcdef0"
              ingress {
                rule_no    = 100
                protocol   = "-1"
                action     = "deny"
                cidr_block = "10.20.0.0/16"
                from_port  = 0
                to_port    = 0
              }
            }

            resource "aws_ec2_transit_gateway_route" "no" {
              destination_cidr_block         = "10.20.0.0/16"
              transit_gateway_route_table_id = "tgw-rtb-0123456789abcdef0"
              blackhole                      = true
            }

            resource "azurerm_route" "no" {
              name                = "no"
              resource_group_name = "shop"
              route_table_name    = "shop"
              address_prefix      = "10.20.0.0/16"
              next_hop_type       = "None"
            }
        """,
        "an address of the same plan that is not known yet": """
            resource "aws_eip" "nat" {
              domain = "vpc"
            }

            resource "aws_vpc_security_group_ingress_rule" "nat" {
              security_group_id = "sg-0123456789abcdef0"
              cidr_ipv4         = "${aws_eip.nat.public_ip}/32"
              ip_protocol       = "-1"
            }
        """,
        "a route through a peering that is there, which is told itself": (
            """
                resource "aws_vpc_peering_connection" "shared" {
                  vpc_id      = "vpc-0123456789abcdef0"
                  peer_vpc_id = "vpc-0fedcba9876543210"
                }
            """,
            """
                resource "aws_vpc_peering_connection" "shared" {
                  vpc_id      = "vpc-0123456789abcdef0"
                  peer_vpc_id = "vpc-0fedcba9876543210"
                }

                resource "aws_route" "dev" {
                  route_table_id            = "rtb-0123456789abcdef0"
                  destination_cidr_block    = "10.20.0.0/16"
                  vpc_peering_connection_id = aws_vpc_peering_connection.shared.id
                }
            """,
        ),
        "a range that takes in its own network, and no other": """
            resource "aws_vpc_security_group_ingress_rule" "own" {
              security_group_id = "sg-0123456789abcdef0"
              cidr_ipv4         = "10.10.0.0/15"
              ip_protocol       = "-1"
            }

            resource "aws_vpc_security_group_ingress_rule" "tools" {
              security_group_id            = "sg-0123456789abcdef0"
              referenced_security_group_id = "333333333333/sg-0fedcba9876543210"
              ip_protocol                  = "-1"
            }
        """,
    },
    undetermined={
        "a range that is known after apply": """
            resource "terraform_data" "office" {
              input = "10.20.0.0/16"
            }

            resource "aws_vpc_security_group_ingress_rule" "database" {
              security_group_id = "sg-0123456789abcdef0"
              cidr_ipv4         = terraform_data.office.output
              ip_protocol       = "tcp"
              from_port         = 5432
              to_port           = 5432
            }
        """,
        "a peer that comes from elsewhere": """
            resource "terraform_data" "account" {
              input = "222222222222"
            }

            resource "aws_vpc_peering_connection" "other" {
              vpc_id        = "vpc-0123456789abcdef0"
              peer_vpc_id   = "vpc-0fedcba9876543210"
              peer_owner_id = terraform_data.account.output
            }
        """,
    },
)
def environment_networks_connected(resource: Resource) -> Iterator[Violation]:
    """Networks of production and of another environment are joined, or let each other in.

    Whoever gets a foothold in development, where passwords are shared and patches wait, then stands in front of
    production's databases. Which ranges and accounts belong to an environment, policy says.

    Take the peering or the range away. Where data has to flow, publish one endpoint for it (PrivateLink, Private
    Service Connect, Private Link), and let production connect outwards.
    """
    side = Side(resource)
    if not side.others:
        return
    joined = next(_peered(resource, side), ())
    yield from [joined] if joined else _let_in(resource, side)


def _peered(resource: Resource, side: Side) -> Iterator[Violation]:
    """The far ends that are on the other side; one is enough to say so."""
    ends = PEERINGS.get(resource.type, ())
    for via in ends:
        for neighbour in list.__iter__(resource.references(via=via)):
            read = reads_across(neighbour, side) if neighbour.is_data else None
            if read or side.of_resource(neighbour):
                belongs = read.message if read else f"belongs to `{side.of_resource(neighbour)}`"
                message = f"joins {neighbour.address}, which {belongs}"
                yield violation(via, message, facts=[via, neighbour.address], evidence=[neighbour.address])
    for text in texts_of(resource):
        if text.name in ends:
            if is_unknown(text.text):
                refuse_doubt(resource, text.text)
                continue
            for account, _ in accounts_in(text):
                other = side.of_account(account)
                if other:
                    message = f"joins a network of `{account}`, which belongs to `{other}`"
                    yield violation(text.name, message, facts=[text.name, account])


def _let_in(resource: Resource, side: Side) -> Iterator[Violation]:
    told = set()
    for path in RANGES.get(resource.type, ()):
        for at, cidr in values_at(resource, path):
            message = side.of_range(cidr)
            if message:
                told.add(path.partition(".")[0])
                yield violation(at, message, facts=[path, cidr])
    group = GROUPS.get(resource.type)
    if not group or resource.get("type") == "egress":
        return
    for at, name in values_at(resource, group):
        for account, shown in accounts_in(Text(group, group, name)):
            other = side.of_account(account)
            if other:
                yield violation(at, f"`{shown}` belongs to `{other}`", facts=[group, shown])
    for via in sorted(joins(resource.type) - told):
        for neighbour in list.__iter__(resource.references(via=via)):
            other = side.of_resource(neighbour)
            if other:
                message = f"lets in {neighbour.address}, which belongs to `{other}`"
                yield violation(via, message, facts=[via, neighbour.address], evidence=[neighbour.address])


@rule(
    id="environment-state-shared",
    severity="medium",
    domain="environment",
    resources=["data.terraform_remote_state"],
    controls=_CONTROLS,
    links=["https://developer.hashicorp.com/terraform/language/state/remote-state-data"],
    since="0.2.0",
    needs="environments",
    tried_with=_TRIED,
    bad={
        "a file of the other side": """
            resource "terraform_data" "first" {
              input = "read when this is there"
            }

            data "terraform_remote_state" "network" {
              backend    = "local"
              depends_on = [terraform_data.first]
              config = {
                path = "../dev/terraform.tfstate"
              }
            }
        """,
        "a key of the other side": """
            data "terraform_remote_state" "network" {
              backend = "s3"
              config = {
                bucket = "shop-state"
                key    = "dev/network.tfstate"
                region = "eu-central-1"
              }
            }
        """,
        "a workspace of the other side": """
            data "terraform_remote_state" "network" {
              backend   = "gcs"
              workspace = "dev"
              config = {
                bucket = "shop-state"
              }
            }
        """,
        "a role in an account of the other side": """
            data "terraform_remote_state" "network" {
              backend = "s3"
              config = {
                bucket   = "shop-state"
                key      = "network.tfstate"
                role_arn = "arn:aws:iam::222222222222:role/state"
              }
            }
        """,
        "a path with the other side in it": """
            data "terraform_remote_state" "network" {
              backend = "azurerm"
              config = {
                storage_account_name = "shopstate"
                container_name       = "network-dev"
                key                  = "terraform.tfstate"
              }
            }
        """,
    },
    good={
        "a file of the same side": """
            resource "terraform_data" "first" {
              input = "read when this is there"
            }

            data "terraform_remote_state" "network" {
              backend    = "local"
              depends_on = [terraform_data.first]
              config = {
                path = "../prod/terraform.tfstate"
              }
            }
        """,
        "the same side": """
            data "terraform_remote_state" "network" {
              backend = "s3"
              config = {
                bucket = "shop-state"
                key    = "prod/network.tfstate"
                region = "eu-central-1"
              }
            }
        """,
        "nobody's": """
            data "terraform_remote_state" "organization" {
              backend = "s3"
              config = {
                bucket = "state"
                key    = "organization.tfstate"
                region = "eu-central-1"
              }
            }
        """,
        "a place that this plan makes": """
            resource "aws_s3_bucket" "state" {
              bucket_prefix = "state"
            }

            data "terraform_remote_state" "network" {
              backend = "s3"
              config = {
                bucket = aws_s3_bucket.state.bucket_regional_domain_name
                key    = "network.tfstate"
                region = "eu-central-1"
              }
            }
        """,
    },
    undetermined={
        "a file that comes from elsewhere": """
            resource "terraform_data" "first" {
              input = "../dev/terraform.tfstate"
            }

            data "terraform_remote_state" "network" {
              backend = "local"
              config = {
                path = terraform_data.first.output
              }
            }
        """,
    },
)
def environment_state_shared(resource: Resource) -> Iterator[Violation]:
    """The state of another environment is read.

    A state holds every secret of what it describes, and whoever can write it decides what is read from it: production
    then takes its networks, keys and addresses from where more people can change them.

    Read the state of the same environment, or hand over the few values that are needed by a parameter store that
    production owns.
    """
    side = Side(resource)
    for text in asked_by(resource) if side.others else ():
        if is_unknown(text.text):
            refuse_doubt(resource, text.text)
            continue
        others = [side.of_account(account) for account, _ in accounts_in(text)] or [side.of_name(text.text)]
        other = next(filter(None, others), "")
        if other:
            yield violation(text.name, f"`{text.text}` belongs to `{other}`", facts=[text.name, text.text])
            return


@rule(
    id="environment-account-mismatch",
    severity="critical",
    domain="environment",
    resources=["aws_*", "azurerm_*", "google_*"],
    controls=_CONTROLS,
    links=[_LINK],
    since="0.2.0",
    needs="environments",
    tried_with={**_TRIED, "plan_environment": "dev"},
    bad={
        "a project of production": """
            resource "google_storage_bucket" "orders" {
              name     = "orders"
              project  = "shop-prod"
              location = "EU"
            }
        """,
        "a subscription of production": """
            resource "azurerm_management_lock" "orders" {
              name       = "orders"
              scope      = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/orders"
              lock_level = "CanNotDelete"
            }
        """,
        "a provider that signs in to production": """
            provider "aws" {
              region = "eu-central-1"
              assume_role {
                role_arn = "arn:aws:iam::111111111111:role/deploy"
              }
            }

            resource "aws_sqs_queue" "orders" {
              name = "orders"
            }
        """,
        "a provider that is held to production, by a variable": """
            variable "account" {
              default = "111111111111"
            }

            provider "aws" {
              region              = "eu-central-1"
              allowed_account_ids = [var.account]
            }

            resource "aws_sqs_queue" "orders" {
              name = "orders"
            }
        """,
        "a project of production that is made anew": """
            resource "google_project" "shop" {
              name       = "shop"
              project_id = "shop-prod"
            }
        """,
    },
    good={
        "its own": """
            resource "google_storage_bucket" "orders" {
              name     = "orders"
              project  = "shop-dev"
              location = "EU"
            }
        """,
        "nobody's, and one that is not told": """
            resource "google_storage_bucket" "orders" {
              name     = "orders"
              project  = "shop-tools"
              location = "EU"
            }

            resource "aws_sqs_queue" "orders" {
              name = "orders"
            }
        """,
        "a grant in production, and one that is read there, which another rule tells": """
            resource "google_project_iam_member" "app" {
              project = "shop-prod"
              role    = "roles/viewer"
              member  = "serviceAccount:app@shop-dev.iam.gserviceaccount.com"
            }
        """,
        "a project that this plan makes": """
            resource "random_id" "suffix" {
              byte_length = 4
            }

            resource "google_project" "shop" {
              name       = "shop"
              project_id = "shop-${random_id.suffix.hex}"
            }

            resource "google_storage_bucket" "orders" {
              name     = "orders"
              project  = google_project.shop.project_id
              location = "EU"
            }
        """,
    },
    undetermined={
        "a scope that comes from elsewhere": """
            resource "terraform_data" "scope" {
              input = "/subscriptions/11111111-1111-1111-1111-111111111111"
            }

            resource "azurerm_management_lock" "orders" {
              name       = "orders"
              scope      = terraform_data.scope.output
              lock_level = "CanNotDelete"
            }
        """,
    },
)
def environment_account_mismatch(resource: Resource) -> Iterator[Violation]:
    """A plan for one side of the boundary changes an account of the other.

    Most likely the wrong credentials or variables are set: what was tried in development is then applied to
    production, under the gates of development. Told for each resource in such an account.

    Look at the credentials, the provider's `assume_role` and the variables of this run. Set `allowed_account_ids`
    (`subscription_id`, `project`) in the provider, so that a run with others stops.
    """
    environment: Any = resource.plan_environment
    if is_tie(resource):
        return
    own = resource.get("project_id" if resource.type == "google_project" else "scope")
    if is_unknown(own):
        refuse_doubt(resource, own)
        return
    if any(is_unknown(one.get("project_id")) for one in resource.references("google_project", via="project")):
        return  # this plan makes the project
    account = resource.account
    there = resource.environments.of_account(account)
    if there and there.production != environment.production:
        message = f"it is in `{account}`, which belongs to `{there.name}`, and the plan is for `{environment.name}`"
        yield violation("", message, facts=[account])
