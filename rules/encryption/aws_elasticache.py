"""ElastiCache replication groups: on disk, and on the way."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

_GROUP = "aws_elasticache_replication_group"
_REST = "at_rest_encryption_enabled"
_TRANSIT = "transit_encryption_enabled"


@rule(
    id="aws-elasticache-group-unencrypted",
    severity="high",
    domain="encryption",
    resources=[_GROUP],
    aliases=["CKV_AWS_29", "AVD-AWS-0045"],
    controls={"nist-800-53r5": ["SC-13", "SC-28", "SC-28(1)"]},
    links=["https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html"],
    since="0.2.0",
    bad={
        "nothing said": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id = "sessions"
              description          = "sessions"
            }
        """,
        "switched off": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id       = "sessions"
              description                = "sessions"
              at_rest_encryption_enabled = false
            }
        """,
        "Valkey, switched off": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id       = "sessions"
              description                = "sessions"
              engine                     = "valkey"
              at_rest_encryption_enabled = false
            }
        """,
        "Redis by name, nothing said": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id       = "sessions"
              description                = "sessions"
              engine                     = "redis"
              transit_encryption_enabled = true
            }
        """,
    },
    good={
        "switched on": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id       = "sessions"
              description                = "sessions"
              at_rest_encryption_enabled = true
            }
        """,
        "Valkey, nothing said": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id = "sessions"
              description          = "sessions"
              engine               = "valkey"
            }
        """,
        "switched on, as a number": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id       = "sessions"
              description                = "sessions"
              at_rest_encryption_enabled = "1"
            }
        """,
    },
    undetermined={
        "replica of a global group": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id        = "sessions"
              description                 = "sessions"
              global_replication_group_id = "ldgnf-sessions"
              at_rest_encryption_enabled  = terraform_data.encrypt.output
            }

            resource "terraform_data" "encrypt" {
              input = true
            }
        """,
    },
)
def group_unencrypted(group: Resource) -> Iterator[Violation]:
    """ElastiCache replication group is not encrypted at rest.

    What is in memory goes to disk when it is synchronised, backed up or swapped: sessions, tokens, rows of the
    database behind. Only Valkey encrypts it by default; for Redis OSS it has to be asked for, and cannot be turned on
    later.

    Set `at_rest_encryption_enabled = true`. A group that exists is replaced by that: fill the new one from a backup.
    """
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/elasticache_replication_group
    encrypted = group.effective(_REST, "unset")
    if encrypted == "unset":
        encrypted = group.effective("engine", "redis") == "valkey"
    if not _is_on(encrypted):
        yield violation(_REST, "not encrypted at rest")


def _is_on(value: object) -> bool:
    """Whether a switch is on; some majors of the provider write it as a text."""
    return str(value).lower() in {"true", "1"}


@rule(
    id="aws-elasticache-group-plaintext",
    severity="high",
    domain="encryption",
    resources=[_GROUP],
    aliases=["CKV_AWS_30", "AVD-AWS-0051"],
    controls={"nist-800-53r5": ["SC-8", "SC-8(1)"]},
    links=["https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html"],
    since="0.2.0",
    bad={
        "nothing said": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id = "sessions"
              description          = "sessions"
            }
        """,
        "switched off": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id       = "sessions"
              description                = "sessions"
              at_rest_encryption_enabled = true
              transit_encryption_enabled = false
            }
        """,
    },
    good={
        "switched on": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id       = "sessions"
              description                = "sessions"
              transit_encryption_enabled = true
            }
        """,
    },
)
def group_plaintext(group: Resource) -> Iterator[Violation]:
    """ElastiCache replication group talks without TLS.

    Commands, answers and the password go over the network in the clear, between clients and nodes and from node to
    node.

    Set `transit_encryption_enabled = true`. From Redis OSS 7.0.5 on, `transit_encryption_mode = "preferred"` lets
    clients move over one by one first; older groups are replaced.
    """
    if not _is_on(group.effective(_TRANSIT, False)):
        yield violation(_TRANSIT, "no encryption in transit")


@rule(
    id="aws-elasticache-group-without-authentication",
    severity="high",
    domain="encryption",
    resources=[_GROUP],
    aliases=["CKV_AWS_31"],
    controls={"nist-800-53r5": ["AC-3", "IA-2", "SC-8", "SC-8(1)"]},
    links=["https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html"],
    since="0.2.0",
    wider=["aws-elasticache-group-plaintext"],
    bad={
        "TLS alone": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id       = "sessions"
              description                = "sessions"
              transit_encryption_enabled = true
            }
        """,
        "nothing said": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id = "sessions"
              description          = "sessions"
            }
        """,
        "a password over plaintext": """
            variable "token" {
              type      = string
              sensitive = true
              default   = "from-the-pipeline"
            }

            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id       = "sessions"
              description                = "sessions"
              transit_encryption_enabled = false
              auth_token                 = var.token
            }
        """,
        "empty password": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id       = "sessions"
              description                = "sessions"
              transit_encryption_enabled = true
              auth_token                 = ""
              user_group_ids             = []
            }
        """,
        "a password, and nothing said of TLS": """
            variable "token" {
              type      = string
              sensitive = true
              default   = "from-the-pipeline"
            }

            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id = "sessions"
              description          = "sessions"
              auth_token           = var.token
            }
        """,
    },
    good={
        "password": """
            variable "token" {
              type      = string
              sensitive = true
              default   = "from-the-pipeline"
            }

            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id       = "sessions"
              description                = "sessions"
              transit_encryption_enabled = true
              auth_token                 = var.token
            }
        """,
        "password of this plan": """
            resource "random_password" "token" {
              length  = 32
              special = false
            }

            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id       = "sessions"
              description                = "sessions"
              transit_encryption_enabled = true
              auth_token                 = random_password.token.result
            }
        """,
        "users": """
            resource "aws_elasticache_replication_group" "sessions" {
              replication_group_id       = "sessions"
              description                = "sessions"
              transit_encryption_enabled = true
              user_group_ids             = ["sessions"]
            }
        """,
    },
)
def group_without_authentication(group: Resource) -> Iterator[Violation]:
    """ElastiCache replication group asks for no password over TLS.

    Whoever reaches the port may read and change everything: the network is all that protects it. A password needs
    TLS, or it is read on the way.

    Set `transit_encryption_enabled = true`, and `auth_token` (16 to 128 characters, from a secret store) or
    `user_group_ids` with users of their own.
    """
    if not _is_on(group.effective(_TRANSIT, False)):
        yield violation(_TRANSIT, "no encryption in transit, and so no password")
    elif not (group.is_set("auth_token") or group.is_set("user_group_ids")):
        yield violation("auth_token", "no password, and no users")
