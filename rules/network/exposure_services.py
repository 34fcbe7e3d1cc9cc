"""Services that the internet reaches: control planes, brokers, and functions that ask nobody who is there."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule
from planguard.exposure.model import CONTROL_PLANE, FUNCTION, MESSAGING

from ._endpoints import BROKERS, CONTROL_PLANES, OPEN_FUNCTIONS, WORKLOADS
from ._exposed_machines import AWS_NETWORK, aws_group, kubernetes_service
from ._exposure import reached

_BROKER = f"""{AWS_NETWORK}
resource "aws_mq_broker" "orders" {{
  broker_name         = "orders"
  engine_type         = "ActiveMQ"
  engine_version      = "5.18"
  host_instance_type  = "mq.m5.large"
  subnet_ids          = [aws_subnet.public.id]
  security_groups     = [aws_security_group.app.id]
  publicly_accessible = true
  user {{
    username = "orders"
    password = "from-a-vault-instead"
  }}
}}
"""
_RABBIT = """
resource "aws_mq_broker" "orders" {
  broker_name         = "orders"
  engine_type         = "RabbitMQ"
  engine_version      = "3.13"
  host_instance_type  = "mq.m5.large"
  publicly_accessible = true
  user {
    username = "orders"
    password = "from-a-vault-instead"
  }
}
"""
_FUNCTION = """
resource "aws_lambda_function" "hook" {
  function_name = "hook"
  role          = "arn:aws:iam::111122223333:role/hook"
  handler       = "hook.main"
  runtime       = "python3.12"
  filename      = "hook.zip"
}

resource "aws_lambda_function_url" "hook" {
  function_name      = aws_lambda_function.hook.function_name
  authorization_type = "NONE"
}
"""


@rule(
    id="control-plane-reachable-from-internet",
    severity="high",
    domain="network",
    resources=CONTROL_PLANES,
    controls={"nist-800-53r5": ["AC-4", "AC-17", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html"],
    since="0.2.0",
    wider=[
        "aws-eks-endpoint-open-to-world",
        "azure-aks-api-server-open-to-world",
        "google-gke-control-plane-open-to-world",
        "google-gke-authorized-networks-missing",
    ],
    bad={
        "EKS, for a quarter of the internet": """
            resource "aws_eks_cluster" "this" {
              name     = "shop"
              role_arn = "arn:aws:iam::111122223333:role/eks"
              vpc_config {
                subnet_ids          = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
                public_access_cidrs = ["64.0.0.0/2"]
              }
            }
        """,
        "AKS": """
            resource "azurerm_kubernetes_cluster" "shop" {
              name                = "aks-shop"
              location            = "westeurope"
              resource_group_name = "rg-shop"
              dns_prefix          = "shop"
              default_node_pool {
                name       = "system"
                vm_size    = "Standard_D2s_v5"
                node_count = 2
              }
              identity {
                type = "SystemAssigned"
              }
            }
        """,
        "GKE": """
            resource "google_container_cluster" "shop" {
              name             = "shop"
              location         = "europe-west4"
              enable_autopilot = true
            }
        """,
    },
    good={
        "EKS, for an office": """
            resource "aws_eks_cluster" "this" {
              name     = "shop"
              role_arn = "arn:aws:iam::111122223333:role/eks"
              vpc_config {
                subnet_ids          = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
                public_access_cidrs = ["203.0.113.0/24"]
              }
            }
        """,
        "private AKS": """
            resource "azurerm_kubernetes_cluster" "shop" {
              name                    = "aks-shop"
              location                = "westeurope"
              resource_group_name     = "rg-shop"
              dns_prefix              = "shop"
              private_cluster_enabled = true
              default_node_pool {
                name       = "system"
                vm_size    = "Standard_D2s_v5"
                node_count = 2
              }
              identity {
                type = "SystemAssigned"
              }
            }
        """,
    },
    undetermined={
        "EKS, for an address that is not known yet": """
            resource "aws_eip" "office" {
              domain = "vpc"
            }

            resource "aws_eks_cluster" "this" {
              name     = "shop"
              role_arn = "arn:aws:iam::111122223333:role/eks"
              vpc_config {
                subnet_ids          = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
                public_access_cidrs = ["${aws_eip.office.public_ip}/32"]
              }
            }
        """,
    },
)
def control_plane_reachable(endpoint: Resource) -> Iterator[Violation]:
    """Internet reaches the control plane of a cluster.

    Only credentials protect it then: a token that leaked into a log works from everywhere, and a flaw in the API
    server can be tried by everybody.

    Name the networks that may come (`public_access_cidrs`, `authorized_ip_ranges`,
    `master_authorized_networks_config`), or make the endpoint private.
    """
    yield from reached(endpoint, CONTROL_PLANE)


@rule(
    id="message-broker-reachable-from-internet",
    severity="high",
    domain="network",
    resources=[*BROKERS, *WORKLOADS],
    controls={"nist-800-53r5": ["AC-4", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/using-amazon-mq-securely.html"],
    since="0.2.0",
    wider=["aws-mq-publicly-accessible", "aws-msk-publicly-accessible"],
    bad={
        "public broker": _BROKER + aws_group("5671"),
        "public broker of RabbitMQ, which no group protects": _RABBIT,
        "in containers": kubernetes_service("rabbitmq:3.13-management", 5672),
    },
    good={
        "private broker": _BROKER.replace("= true", "= false") + aws_group("5671"),
        "public broker for one network": _BROKER + aws_group("5671", '["203.0.113.0/24"]'),
        "in containers, inside only": kubernetes_service("rabbitmq:3.13-management", 5672, "ClusterIP"),
    },
    undetermined={
        "whether it is public": (
            """
                resource "terraform_data" "is_public" {
                  input = false
                }
            """
            + _BROKER.replace("= true", "= terraform_data.is_public.output")
            + aws_group("5671")
        ),
    },
)
def message_broker_reachable(endpoint: Resource) -> Iterator[Violation]:
    """Internet reaches a message broker.

    Who gets in reads what systems tell each other, and can tell them something else.

    Set `publicly_accessible = false` (for MSK, leave `public_access` out), make the service internal, or name the
    ranges that need it in the rule that lets it in.
    """
    yield from reached(endpoint, MESSAGING)


@rule(
    id="open-function-reachable-from-internet",
    severity="medium",
    domain="network",
    resources=OPEN_FUNCTIONS,
    controls={"nist-800-53r5": ["AC-3", "AC-4", "SC-7"]},
    links=["https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"],
    since="0.2.0",
    wider=["aws-lambda-url-without-authentication"],
    bad={
        "function URL": _FUNCTION,
        "service of Google that everybody may call": """
            resource "google_cloud_run_v2_service" "hook" {
              name     = "hook"
              location = "europe-west4"
              ingress  = "INGRESS_TRAFFIC_ALL"
              template {
                containers {
                  image = "europe-docker.pkg.dev/acme/run/hook:1"
                }
              }
            }

            resource "google_cloud_run_v2_service_iam_member" "hook" {
              name   = google_cloud_run_v2_service.hook.name
              role   = "roles/run.invoker"
              member = "allUsers"
            }
        """,
        "function of Google that everybody may call": """
            resource "google_cloudfunctions_function" "hook" {
              name             = "hook"
              runtime          = "python312"
              trigger_http     = true
              ingress_settings = "ALLOW_ALL"
            }

            resource "google_cloudfunctions_function_iam_member" "hook" {
              cloud_function = google_cloudfunctions_function.hook.name
              role           = "roles/cloudfunctions.invoker"
              member         = "allUsers"
            }
        """,
    },
    good={
        "function URL that asks for a signature": _FUNCTION.replace("NONE", "AWS_IAM"),
        "service of Google that one account may call": """
            resource "google_cloud_run_v2_service" "hook" {
              name     = "hook"
              location = "europe-west4"
              ingress  = "INGRESS_TRAFFIC_ALL"
              template {
                containers {
                  image = "europe-docker.pkg.dev/acme/run/hook:1"
                }
              }
            }

            resource "google_cloud_run_v2_service_iam_member" "hook" {
              name   = google_cloud_run_v2_service.hook.name
              role   = "roles/run.invoker"
              member = "serviceAccount:caller@acme.iam.gserviceaccount.com"
            }
        """,
        "behind a load balancer, as a site is": (
            _FUNCTION.replace("NONE", "AWS_IAM")
            + AWS_NETWORK
            + aws_group("443")
            + """
                resource "aws_lb" "site" {
                  name            = "site"
                  subnets         = [aws_subnet.public.id, aws_subnet.other.id]
                  security_groups = [aws_security_group.app.id]
                }

                resource "aws_lb_target_group" "hook" {
                  name        = "hook"
                  target_type = "lambda"
                }

                resource "aws_lb_target_group_attachment" "hook" {
                  target_group_arn = aws_lb_target_group.hook.arn
                  target_id        = aws_lambda_function.hook.arn
                }

                resource "aws_lb_listener" "site" {
                  load_balancer_arn = aws_lb.site.arn
                  port              = 443
                  protocol          = "HTTPS"
                  default_action {
                    type             = "forward"
                    target_group_arn = aws_lb_target_group.hook.arn
                  }
                }
            """
        ),
    },
    undetermined={
        "authorization that is not known yet": (
            """
                resource "terraform_data" "authorization" {
                  input = "AWS_IAM"
                }
            """
            + _FUNCTION.replace('"NONE"', "terraform_data.authorization.output")
        ),
    },
)
def open_function_reachable(endpoint: Resource) -> Iterator[Violation]:
    """Internet calls a function without authorization.

    Everybody may run it, as often as they like, with whatever they send: its role acts for them, and the bill is
    yours.

    Set `authorization_type = "AWS_IAM"`, or name those who may call it in place of `allUsers`. Waive this for what is
    meant for the public and checks requests itself, such as the receiver of a webhook.
    """
    yield from reached(endpoint, FUNCTION)
