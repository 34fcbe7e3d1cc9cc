"""Message brokers of AWS with an address on the internet."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._stepping_back import weighed_store


@rule(
    id="aws-mq-publicly-accessible",
    severity="high",
    domain="network",
    resources=["aws_mq_broker"],
    aliases=["CKV_AWS_69", "AVD-AWS-0072"],
    controls={"nist-800-53r5": ["AC-4", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/using-amazon-mq-securely.html"],
    since="0.2.0",
    bad={
        "switched on": """
            resource "aws_mq_broker" "orders" {
              broker_name         = "orders"
              engine_type         = "RabbitMQ"
              engine_version      = "3.13"
              host_instance_type  = "mq.m5.large"
              publicly_accessible = true
              user {
                username = "orders"
                password = "correct-horse-battery"
              }
            }
        """,
        "one of several": """
            resource "aws_mq_broker" "orders" {
              for_each            = toset(["inside", "outside"])
              broker_name         = each.key
              engine_type         = "RabbitMQ"
              engine_version      = "3.13"
              host_instance_type  = "mq.m5.large"
              publicly_accessible = each.key == "outside"
              user {
                username = "orders"
                password = "correct-horse-battery"
              }
            }
        """,
    },
    good={
        "switched off": """
            resource "aws_mq_broker" "orders" {
              broker_name         = "orders"
              engine_type         = "RabbitMQ"
              engine_version      = "3.13"
              host_instance_type  = "mq.m5.large"
              publicly_accessible = false
              user {
                username = "orders"
                password = "correct-horse-battery"
              }
            }
        """,
        "nothing said": """
            resource "aws_mq_broker" "orders" {
              broker_name        = "orders"
              engine_type        = "RabbitMQ"
              engine_version     = "3.13"
              host_instance_type = "mq.m5.large"
              user {
                username = "orders"
                password = "correct-horse-battery"
              }
            }
        """,
    },
)
def broker_publicly_accessible(broker: Resource) -> Iterator[Violation]:
    """MQ broker is publicly accessible.

    Its console and its queues answer on the internet: a password is all that is needed to read and to send
    messages, and the flaws of the broker can be tried by everybody.

    Set `publicly_accessible = false`, or leave it out, and put the broker into private subnets. The setting
    replaces a broker that exists: empty the queues first.
    """
    # Nothing said: false (registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/mq_broker).
    if broker.get("publicly_accessible"):
        yield weighed_store(broker, "publicly_accessible", "has a public address")


@rule(
    id="aws-msk-publicly-accessible",
    severity="high",
    domain="network",
    resources=["aws_msk_cluster"],
    aliases=["CKV_AWS_291"],
    controls={"nist-800-53r5": ["AC-4", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/msk/latest/developerguide/public-access.html"],
    since="0.2.0",
    bad={
        "public": """
            resource "aws_msk_cluster" "events" {
              cluster_name           = "events"
              kafka_version          = "3.6.0"
              number_of_broker_nodes = 3
              broker_node_group_info {
                instance_type   = "kafka.m5.large"
                client_subnets  = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"]
                security_groups = ["sg-0123456789abcdef0"]
                connectivity_info {
                  public_access {
                    type = "SERVICE_PROVIDED_EIPS"
                  }
                }
              }
            }
        """,
        "the type from a variable": """
            variable "public_access" {
              default = "SERVICE_PROVIDED_EIPS"
            }

            resource "aws_msk_cluster" "events" {
              cluster_name           = "events"
              kafka_version          = "3.6.0"
              number_of_broker_nodes = 3
              broker_node_group_info {
                instance_type   = "kafka.m5.large"
                client_subnets  = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"]
                security_groups = ["sg-0123456789abcdef0"]
                connectivity_info {
                  public_access {
                    type = var.public_access
                  }
                }
              }
            }
        """,
    },
    good={
        "switched off": """
            resource "aws_msk_cluster" "events" {
              cluster_name           = "events"
              kafka_version          = "3.6.0"
              number_of_broker_nodes = 3
              broker_node_group_info {
                instance_type   = "kafka.m5.large"
                client_subnets  = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"]
                security_groups = ["sg-0123456789abcdef0"]
                connectivity_info {
                  public_access {
                    type = "DISABLED"
                  }
                }
              }
            }
        """,
        "nothing said": """
            resource "aws_msk_cluster" "events" {
              cluster_name           = "events"
              kafka_version          = "3.6.0"
              number_of_broker_nodes = 3
              broker_node_group_info {
                instance_type   = "kafka.m5.large"
                client_subnets  = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"]
                security_groups = ["sg-0123456789abcdef0"]
              }
            }
        """,
        "public access without a type": """
            resource "aws_msk_cluster" "events" {
              cluster_name           = "events"
              kafka_version          = "3.6.0"
              number_of_broker_nodes = 3
              broker_node_group_info {
                instance_type   = "kafka.m5.large"
                client_subnets  = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"]
                security_groups = ["sg-0123456789abcdef0"]
                connectivity_info {
                  public_access {
                  }
                }
              }
            }
        """,
    },
)
def brokers_publicly_accessible(cluster: Resource) -> Iterator[Violation]:
    """MSK brokers are publicly accessible.

    Every broker gets a public address: credentials that leaked anywhere are enough to read the topics, and the
    flaws of Kafka can be tried by everybody.

    Set `type = "DISABLED"` in `broker_node_group_info`, `connectivity_info`, `public_access`, or leave the block
    out. Clients elsewhere come through a VPN, a peering connection, or `vpc_connectivity`.
    """
    # "Valid values: DISABLED, SERVICE_PROVIDED_EIPS"; AWS begins with DISABLED
    # (registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/msk_cluster).
    for path, _ in cluster.blocks("broker_node_group_info.connectivity_info.public_access"):
        if cluster.effective(f"{path}.type", "DISABLED") != "DISABLED":
            yield weighed_store(cluster, "broker_node_group_info", "brokers have public addresses")
