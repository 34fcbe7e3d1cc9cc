"""What the internet reaches, and acts as somebody who may do everything."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Undetermined, Violation, rule, violation
from planguard.exposure.acting import acting_as, possible_privilege_of, privilege_of, unknown_identity
from planguard.exposure.openings import Opening, openings_of

from ._endpoints import RUNNING
from ._exposed_machines import (
    AWS_MACHINE,
    AZURE_MACHINE,
    GOOGLE_MACHINE,
    aws_group,
    azure_group,
    google_rule,
    kubernetes_service,
)
from ._exposure import WORDS, along, undetermined


def _aws_role(action: str, resource: str = "*") -> str:
    return f"""
resource "aws_iam_role" "app" {{
  name = "app"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Principal = {{ Service = ["ec2.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com"] }}
      Action    = "sts:AssumeRole"
    }}]
  }})
}}

resource "aws_iam_role_policy" "app" {{
  name = "app"
  role = aws_iam_role.app.id
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect   = "Allow"
      Action   = "{action}"
      Resource = "{resource}"
    }}]
  }})
}}

resource "aws_iam_instance_profile" "app" {{
  name = "app"
  role = aws_iam_role.app.name
}}
"""


_AWS_APPLICATION = AWS_MACHINE.replace(
    "associate_public", "iam_instance_profile = aws_iam_instance_profile.app.name\n  associate_public"
) + aws_group("443")

_AWS_FUNCTION = """
resource "aws_lambda_function" "hook" {
  function_name = "hook"
  role          = aws_iam_role.app.arn
  handler       = "hook.main"
  runtime       = "python3.12"
  filename      = "hook.zip"
}

resource "aws_lambda_function_url" "hook" {
  function_name      = aws_lambda_function.hook.function_name
  authorization_type = "NONE"
}
"""

_AWS_SERVICE = """
resource "aws_ecs_task_definition" "app" {
  family                   = "app"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  task_role_arn            = aws_iam_role.app.arn
  container_definitions    = jsonencode([{ name = "app", image = "registry.example.com/app:1" }])
}

resource "aws_ecs_service" "app" {
  name            = "app"
  cluster         = "shop"
  task_definition = aws_ecs_task_definition.app.arn
  launch_type     = "FARGATE"
  network_configuration {
    subnets          = [aws_subnet.public.id]
    security_groups  = [aws_security_group.app.id]
    assign_public_ip = true
  }
}
"""

_AWS_GROUP_OF_MACHINES = """
resource "aws_launch_template" "app" {
  name                   = "app"
  image_id               = "ami-0123456789abcdef0"
  instance_type          = "t3.micro"
  vpc_security_group_ids = [aws_security_group.app.id]
  iam_instance_profile {
    name = aws_iam_instance_profile.app.name
  }
}

resource "aws_autoscaling_group" "app" {
  name                = "app"
  min_size            = 1
  max_size            = 2
  vpc_zone_identifier = [aws_subnet.public.id]
  launch_template {
    id = aws_launch_template.app.id
  }
}
"""
_PUBLIC_SUBNET = AWS_MACHINE.partition('resource "aws_instance"')[0].replace(
    'cidr_block = "10.0.0.0/24"', 'cidr_block = "10.0.0.0/24"\n  map_public_ip_on_launch = true'
)

_AZURE_IDENTITY = """
resource "azurerm_user_assigned_identity" "app" {
  name                = "id-app"
  location            = "westeurope"
  resource_group_name = "rg-app"
}

resource "azurerm_role_assignment" "app" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000001"
  role_definition_name = "Owner"
  principal_id         = azurerm_user_assigned_identity.app.principal_id
}
"""
_AZURE_APPLICATION = AZURE_MACHINE.replace(
    "  os_disk {",
    """  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.app.id]
  }
  os_disk {""",
) + azure_group("443")

_GOOGLE_APPLICATION = (
    GOOGLE_MACHINE.replace(
        "  network_interface {",
        """  service_account {
    email  = google_service_account.app.email
    scopes = ["cloud-platform"]
  }
  network_interface {""",
    )
    + google_rule("443")
    + """
resource "google_service_account" "app" {
  account_id = "app"
}

resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/owner"
  member  = "serviceAccount:${google_service_account.app.email}"
}
"""
)
_KUBERNETES_APPLICATION = (
    kubernetes_service("registry.example.com/shop/app:1", 443).replace(
        "        container {",
        "        service_account_name = kubernetes_service_account_v1.app.metadata[0].name\n        container {",
    )
    + """
resource "kubernetes_service_account_v1" "app" {
  metadata {
    name      = "app"
    namespace = "shop"
  }
}

resource "kubernetes_cluster_role_binding_v1" "app" {
  metadata {
    name = "app"
  }
  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "cluster-admin"
  }
  subject {
    kind      = "ServiceAccount"
    name      = kubernetes_service_account_v1.app.metadata[0].name
    namespace = "shop"
  }
}
"""
)


@rule(
    id="privileged-workload-reachable-from-internet",
    severity="critical",
    domain="network",
    resources=RUNNING,
    controls={"nist-800-53r5": ["AC-3", "AC-6", "SC-7"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"],
    since="0.2.0",
    bad={
        "machine whose role may do everything": _AWS_APPLICATION + _aws_role("*"),
        "machine whose role may give itself more": _AWS_APPLICATION + _aws_role("iam:PutRolePolicy"),
        "function that everybody may call": _AWS_FUNCTION + _aws_role("*"),
        "containers": AWS_MACHINE + aws_group("443") + _AWS_SERVICE + _aws_role("*"),
        "group of machines, by its template": (
            _PUBLIC_SUBNET + aws_group("443") + _AWS_GROUP_OF_MACHINES + _aws_role("*")
        ),
        "identity of Azure": _AZURE_APPLICATION + _AZURE_IDENTITY,
        "the machine's own identity at Azure": (
            _AZURE_APPLICATION.replace("UserAssigned", "SystemAssigned").replace(
                "    identity_ids = [azurerm_user_assigned_identity.app.id]\n", ""
            )
            + """
resource "azurerm_role_assignment" "app" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000001"
  role_definition_name = "Owner"
  principal_id         = azurerm_linux_virtual_machine.app.identity[0].principal_id
}
"""
        ),
        "service account of Google": _GOOGLE_APPLICATION,
        "service account of Kubernetes": _KUBERNETES_APPLICATION,
    },
    good={
        "role for one bucket": _AWS_APPLICATION + _aws_role("s3:GetObject", "arn:aws:s3:::acme-exports/*"),
        "not reached": (
            AWS_MACHINE.replace(
                "associate_public", "iam_instance_profile = aws_iam_instance_profile.app.name\n  associate_public"
            )
            + aws_group("443", '["203.0.113.0/24"]')
            + _aws_role("*")
        ),
        "perhaps reached, with a role for one bucket": (
            """
resource "terraform_data" "ranges" {
  input = ["203.0.113.0/24"]
}

resource "terraform_data" "action" {
  input = "s3:GetObject"
}
"""
            + _AWS_APPLICATION.replace('["0.0.0.0/0"]', "terraform_data.ranges.output")
            + _aws_role("${terraform_data.action.output}", "arn:aws:s3:::acme-exports/*")
        ),
        "without a role": AWS_MACHINE + aws_group("443") + _aws_role("*"),
        "reader at Azure": _AZURE_APPLICATION + _AZURE_IDENTITY.replace("Owner", "Reader"),
        "viewer at Google": _GOOGLE_APPLICATION.replace("roles/owner", "roles/viewer"),
        "scopes that narrow it": _GOOGLE_APPLICATION.replace("cloud-platform", "devstorage.read_only"),
        "account of Kubernetes for reading": _KUBERNETES_APPLICATION.replace("cluster-admin", "view"),
    },
    undetermined={
        "policy that is not known yet": (
            """
resource "terraform_data" "action" {
  input = "s3:GetObject"
}
"""
            + _AWS_APPLICATION
            + _aws_role("${terraform_data.action.output}")
        ),
        "profile that is not known yet": (
            """
resource "terraform_data" "profile" {
  input = "app"
}
"""
            + AWS_MACHINE.replace("= true", "= true\n  iam_instance_profile = terraform_data.profile.output")
            + aws_group("22")
        ),
        "ranges that are not known yet": (
            """
resource "terraform_data" "ranges" {
  input = ["203.0.113.0/24"]
}
"""
            + _AWS_APPLICATION.replace('["0.0.0.0/0"]', "terraform_data.ranges.output")
            + _aws_role("*")
        ),
    },
)
def privileged_workload_reachable(endpoint: Resource) -> Iterator[Violation]:
    """Internet reaches something that acts as an administrator.

    One flaw in what answers there, and a stranger speaks with its credentials: they open everything that the role,
    identity or service account may do, or may give itself.

    Give it a role of its own with the few actions and resources that it needs, or take it off the internet: a load
    balancer alone does not do that, for the same requests get through.
    """
    reached: dict[bool, Opening] = {}
    for opening in openings_of(endpoint):
        reached.setdefault(opening.is_certain, opening)
    if not reached:
        return
    certain = reached.get(True)
    waiting: list[Undetermined] = []
    for principal in acting_as(endpoint):
        who = "it" if principal == endpoint else principal.address
        holds = privilege_of(principal)
        if certain and holds:
            way = certain.ways[0]
            yield violation(
                "",
                f"{certain.ports} from {WORDS[certain.breadth]}, and {who} {holds}",
                facts=(principal.address, holds, certain.breadth),
                evidence=[*dict.fromkeys((*along(way), principal.address))],
            )
        elif holds:
            open_ = reached[False]
            why = f"{open_.ports} may be open to {WORDS[open_.breadth]}, and {who} {holds}"
            waiting.append(undetermined(endpoint, open_.ways[0].missing[0], why))
        elif certain:
            may_hold, gaps = possible_privilege_of(principal)
            why = f"{certain.ports} from {WORDS[certain.breadth]}, and {who} {may_hold}"
            waiting += [undetermined(endpoint, gap, why) for gap in gaps]
    if waiting:
        raise waiting[0]
    path = unknown_identity(endpoint)
    if path:
        raise Undetermined(tuple(path.split(".")), endpoint, why="as whom it acts is known after apply only")
