"""Stores of data that the internet reaches: databases, caches, search, objects and secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planguard import Resource, Violation, rule
from planguard.exposure.model import CACHE, DATABASE, SEARCH, STORAGE

from ._endpoints import CACHES, DATABASES, MACHINES, SEARCHES, STORES, WORKLOADS
from ._exposed_machines import (
    AWS_MACHINE,
    AWS_NETWORK,
    AZURE_MACHINE,
    GOOGLE_MACHINE,
    aws_group,
    azure_group,
    google_rule,
    kubernetes_service,
)
from ._exposure import reached

_CONTROLS: dict[str, Iterable[str]] = {"nist-800-53r5": ["AC-3", "AC-4", "SC-7", "SC-7(5)"]}

_AWS_DATABASE = f"""{AWS_NETWORK}
resource "aws_db_subnet_group" "orders" {{
  name       = "orders"
  subnet_ids = [aws_subnet.public.id, aws_subnet.other.id]
}}

resource "aws_db_instance" "orders" {{
  identifier             = "orders"
  engine                 = "postgres"
  instance_class         = "db.t4g.medium"
  allocated_storage      = 20
  db_subnet_group_name   = aws_db_subnet_group.orders.name
  vpc_security_group_ids = [aws_security_group.app.id]
  publicly_accessible    = true
}}
"""

_AZURE_DATABASE = """
resource "azurerm_mssql_server" "orders" {
  name                = "sql-orders"
  resource_group_name = "rg-data"
  location            = "westeurope"
  version             = "12.0"
}

resource "azurerm_mssql_firewall_rule" "all" {
  name             = "all"
  server_id        = azurerm_mssql_server.orders.id
  start_ip_address = "0.0.0.0"
  end_ip_address   = "255.255.255.255"
}
"""

_GOOGLE_DATABASE = """
resource "google_sql_database_instance" "orders" {
  name             = "orders"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ipv4_enabled = true
      authorized_networks {
        value = "0.0.0.0/0"
      }
    }
  }
}
"""


@rule(
    id="database-reachable-from-internet",
    severity="critical",
    domain="network",
    resources=[*DATABASES, *MACHINES, *WORKLOADS],
    controls=_CONTROLS,
    links=["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html"],
    since="0.2.0",
    wider=["aws-redshift-publicly-accessible"],
    bad={
        "public instance in public subnets": _AWS_DATABASE + aws_group("5432"),
        "on a machine": AWS_MACHINE + aws_group("27017"),
        "Oracle": AWS_MACHINE + aws_group("1521"),
        "Redshift's port, of a proxy": AWS_MACHINE + aws_group("5439"),
        "Cassandra": AWS_MACHINE + aws_group("9042"),
        "whose browser service answers over UDP": AWS_MACHINE + aws_group("1434", protocol="udp"),
        "server of Azure": _AZURE_DATABASE,
        "on a machine of Azure": AZURE_MACHINE + azure_group("1433", "*"),
        "instance of Google": _GOOGLE_DATABASE,
        "on a machine of Google": GOOGLE_MACHINE + google_rule("3306"),
        "in containers, at whatever port": kubernetes_service("docker.io/library/postgres:16", 8080),
    },
    good={
        "group that lets another port in": _AWS_DATABASE + aws_group("443"),
        "public instance without a route": _AWS_DATABASE.replace('"0.0.0.0/0"', '"10.1.0.0/16"') + aws_group("5432"),
        "private instance": _AWS_DATABASE.replace("= true", "= false") + aws_group("5432"),
        "for the networks of the company": _AWS_DATABASE + aws_group("5432", '["203.0.113.0/24", "10.0.0.0/8"]'),
        "the same port of the other protocol": AWS_MACHINE + aws_group("1433", protocol="udp"),
        "server of Azure for one address": _AZURE_DATABASE.replace('"0.0.0.0"', '"198.51.100.7"').replace(
            '"255.255.255.255"', '"198.51.100.7"'
        ),
        "instance of Google without a public address": _GOOGLE_DATABASE.replace("= true", "= false"),
        "containers, inside only": kubernetes_service("docker.io/library/postgres:16", 5432, "ClusterIP"),
    },
    undetermined={
        "whether it gets a public address": (
            """
                resource "terraform_data" "is_public" {
                  input = false
                }
            """
            + _AWS_DATABASE.replace("= true", "= terraform_data.is_public.output")
            + aws_group("5432")
        ),
        "which addresses may come": (
            """
                resource "terraform_data" "last" {
                  input = "198.51.100.7"
                }
            """
            + _AZURE_DATABASE.replace('"255.255.255.255"', "terraform_data.last.output")
        ),
    },
)
def database_reachable(endpoint: Resource) -> Iterator[Violation]:
    """Internet reaches a database.

    There is a whole path to its log-in: a public address, a route, and firewalls that let everybody in. Passwords are
    tried from everywhere, and one that has leaked is enough.

    Close any part of the path: set `publicly_accessible = false` (`public_network_access_enabled`, `ipv4_enabled`),
    or name the ranges that need the database in the rule that lets it in; people come through a VPN or a bastion.
    """
    yield from reached(endpoint, DATABASE)


@rule(
    id="cache-reachable-from-internet",
    severity="critical",
    domain="network",
    resources=[*CACHES, *MACHINES, *WORKLOADS],
    controls=_CONTROLS,
    links=["https://redis.io/docs/latest/operate/oss_and_stack/management/security/"],
    since="0.2.0",
    bad={
        "on a machine": AWS_MACHINE + aws_group("6379"),
        "over TLS": AWS_MACHINE + aws_group("6380"),
        "over UDP": AWS_MACHINE + aws_group("11211", protocol="udp"),
        "of Azure, without rules": """
            resource "azurerm_redis_cache" "sessions" {
              name                = "redis-sessions"
              location            = "westeurope"
              resource_group_name = "rg-app"
              capacity            = 1
              family              = "C"
              sku_name            = "Standard"
            }
        """,
        "on a machine of Google": GOOGLE_MACHINE + google_rule("11211"),
        "in containers": kubernetes_service("bitnami/redis:7.2", 6379),
    },
    good={
        "from inside": AWS_MACHINE + aws_group("6379", '["10.0.0.0/16"]'),
        "the same port of the other protocol": AWS_MACHINE + aws_group("6379", protocol="udp"),
        "of Azure, closed to the public": """
            resource "azurerm_redis_cache" "sessions" {
              name                          = "redis-sessions"
              location                      = "westeurope"
              resource_group_name           = "rg-app"
              capacity                      = 1
              family                        = "C"
              sku_name                      = "Standard"
              public_network_access_enabled = false
            }
        """,
        "of Azure, for one address": """
            resource "azurerm_redis_cache" "sessions" {
              name                = "redis-sessions"
              location            = "westeurope"
              resource_group_name = "rg-app"
              capacity            = 1
              family              = "C"
              sku_name            = "Standard"
            }

            resource "azurerm_redis_firewall_rule" "office" {
              name                = "office"
              redis_cache_name    = azurerm_redis_cache.sessions.name
              resource_group_name = "rg-app"
              start_ip            = "198.51.100.7"
              end_ip              = "198.51.100.7"
            }
        """,
        "containers, inside only": kubernetes_service("bitnami/redis:7.2", 6379, "ClusterIP"),
    },
    undetermined={
        "whether it is closed": """
            resource "terraform_data" "is_public" {
              input = false
            }

            resource "azurerm_redis_cache" "sessions" {
              name                          = "redis-sessions"
              location                      = "westeurope"
              resource_group_name           = "rg-app"
              capacity                      = 1
              family                        = "C"
              sku_name                      = "Standard"
              public_network_access_enabled = terraform_data.is_public.output
            }
        """,
    },
)
def cache_reachable(endpoint: Resource) -> Iterator[Violation]:
    """Internet reaches a cache.

    Redis and memcached are made for a network in which everybody is trusted: many ask for no password, what they hold
    are sessions and tokens, and a command or two of Redis write files on the machine.

    Close any part of the path: take `0.0.0.0/0` out of the rule that lets it in, or set
    `public_network_access_enabled = false`; applications reach it inside the network.
    """
    yield from reached(endpoint, CACHE)


@rule(
    id="search-reachable-from-internet",
    severity="high",
    domain="network",
    resources=[*SEARCHES, *MACHINES, *WORKLOADS],
    controls=_CONTROLS,
    links=["https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html"],
    since="0.2.0",
    bad={
        "on a machine": AWS_MACHINE + aws_group("9200"),
        "its nodes": AWS_MACHINE + aws_group("9300"),
        "its dashboards": AWS_MACHINE + aws_group("5601"),
        "Solr": AWS_MACHINE + aws_group("8983"),
        "domain that everybody may ask": """
            resource "aws_opensearch_domain" "logs" {
              domain_name = "logs"
              access_policies = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = { AWS = "*" }
                  Action    = "es:*"
                  Resource  = "*"
                }]
              })
            }
        """,
        "service of Azure without a list": """
            resource "azurerm_search_service" "docs" {
              name                = "search-docs"
              resource_group_name = "rg-app"
              location            = "westeurope"
              sku                 = "standard"
            }
        """,
        "in containers": kubernetes_service("docker.elastic.co/elasticsearch/elasticsearch:8.14.0", 9200),
    },
    good={
        "domain for one account": """
            resource "aws_opensearch_domain" "logs" {
              domain_name = "logs"
              access_policies = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = { AWS = "arn:aws:iam::111122223333:root" }
                  Action    = "es:*"
                  Resource  = "*"
                }]
              })
            }
        """,
        "service of Azure for one network": """
            resource "azurerm_search_service" "docs" {
              name                = "search-docs"
              resource_group_name = "rg-app"
              location            = "westeurope"
              sku                 = "standard"
              allowed_ips         = ["198.51.100.0/24"]
            }
        """,
        "from inside": GOOGLE_MACHINE + google_rule("9200", "10.0.0.0/8"),
    },
    undetermined={
        "policy that is not known yet": """
            resource "terraform_data" "policy" {
              input = "{}"
            }

            resource "aws_opensearch_domain" "logs" {
              domain_name     = "logs"
              access_policies = terraform_data.policy.output
            }
        """,
    },
)
def search_reachable(endpoint: Resource) -> Iterator[Violation]:
    """Internet reaches a search service.

    Indexes hold copies of what other systems keep, often whole records and logs; whoever gets to the service reads,
    and mostly also deletes them.

    Put it into a network of its own (`vpc_options`), or name who may ask: `allowed_ips`, the `Principal` of
    `access_policies`, the ranges of the rule that lets it in.
    """
    yield from reached(endpoint, SEARCH)


@rule(
    id="storage-reachable-from-internet",
    severity="high",
    domain="network",
    resources=STORES,
    controls=_CONTROLS,
    links=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"],
    since="0.2.0",
    wider=[
        "azure-storage-account-open-to-all-networks",
        "azure-key-vault-open-to-all-networks",
        "azure-storage-container-public",
        "aws-s3-bucket-acl-public",
    ],
    bad={
        "bucket with a policy for everybody": """
            resource "aws_s3_bucket" "exports" {
              bucket = "acme-exports"
            }

            resource "aws_s3_bucket_public_access_block" "exports" {
              bucket                  = aws_s3_bucket.exports.id
              block_public_policy     = false
              restrict_public_buckets = false
            }

            resource "aws_s3_bucket_policy" "exports" {
              bucket = aws_s3_bucket.exports.id
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = "*"
                  Action    = "s3:GetObject"
                  Resource  = "arn:aws:s3:::acme-exports/*"
                }]
              })
            }
        """,
        "account and container of Azure": """
            resource "azurerm_storage_account" "exports" {
              name                            = "acmeexports"
              resource_group_name             = "rg-data"
              location                        = "westeurope"
              account_tier                    = "Standard"
              account_replication_type        = "ZRS"
              allow_nested_items_to_be_public = true
            }

            resource "azurerm_storage_container" "exports" {
              name                  = "exports"
              storage_account_id    = azurerm_storage_account.exports.id
              container_access_type = "blob"
            }
        """,
        "key vault": """
            resource "azurerm_key_vault" "app" {
              name                = "kv-app"
              location            = "westeurope"
              resource_group_name = "rg-app"
              tenant_id           = "00000000-0000-0000-0000-000000000001"
              sku_name            = "standard"
              network_acls {
                bypass         = "AzureServices"
                default_action = "Allow"
              }
            }
        """,
        "bucket of Google": """
            resource "google_storage_bucket" "exports" {
              name     = "acme-exports"
              location = "EU"
            }

            resource "google_storage_bucket_iam_member" "exports" {
              bucket = google_storage_bucket.exports.name
              role   = "roles/storage.objectViewer"
              member = "allUsers"
            }
        """,
    },
    good={
        "bucket without a policy": """
            resource "aws_s3_bucket" "exports" {
              bucket = "acme-exports"
            }
        """,
        "account of Azure for one network": """
            resource "azurerm_storage_account" "exports" {
              name                     = "acmeexports"
              resource_group_name      = "rg-data"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "ZRS"
              network_rules {
                default_action = "Deny"
                ip_rules       = ["198.51.100.0/24"]
              }
            }
        """,
        "bucket of Google that refuses everybody": """
            resource "google_storage_bucket" "exports" {
              name                     = "acme-exports"
              location                 = "EU"
              public_access_prevention = "enforced"
            }

            resource "google_storage_bucket_iam_member" "exports" {
              bucket = google_storage_bucket.exports.name
              role   = "roles/storage.objectViewer"
              member = "allUsers"
            }
        """,
    },
    undetermined={
        "ranges that are not known yet": """
            resource "terraform_data" "ranges" {
              input = ["198.51.100.0/24"]
            }

            resource "azurerm_storage_account" "exports" {
              name                     = "acmeexports"
              resource_group_name      = "rg-data"
              location                 = "westeurope"
              account_tier             = "Standard"
              account_replication_type = "ZRS"
              network_rules {
                default_action = "Deny"
                ip_rules       = terraform_data.ranges.output
              }
            }
        """,
    },
)
def storage_reachable(endpoint: Resource) -> Iterator[Violation]:
    """Internet reaches a store of objects or secrets.

    A bucket or container that everybody reads gives away whatever is put into it by mistake. Of an account or a key
    vault that answers every network, a key or a token that leaked opens it from everywhere.

    Close it for the public (`azurerm_storage_account.network_rules`, `network_acls`, the public access block of a
    bucket, `public_access_prevention = "enforced"`), and hand out signed addresses or roles. Waive this for what is
    meant for everybody, such as the files of a site.
    """
    yield from reached(endpoint, STORAGE)
