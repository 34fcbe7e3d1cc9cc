"""As whom something acts, and what that makes of it."""

from __future__ import annotations

import pytest

from planguard.exposure.acting import acting_as, possible_privilege_of, privilege_of
from planguard.exposure.openings import resource_at
from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER, Resource
from tests.exposure.test_openings import graph_of

ROLE = """
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_instance_profile" "app" {
  role = aws_iam_role.app.name
}
"""
ACCOUNT = 'resource "google_service_account" "app" {\n  account_id = "app"\n}\n'


def at(graph: Graph, address: str) -> Resource:
    found = resource_at(graph, address, AFTER)
    assert found is not None
    return found


def principals(text: str, address: str) -> list[str]:
    return [one.address for one in acting_as(at(graph_of(text), address))]


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (
            "aws_instance.app",
            'resource "aws_instance" "app" {\n  iam_instance_profile = aws_iam_instance_profile.app.name\n}',
        ),
        (
            "aws_autoscaling_group.app",
            """
resource "aws_launch_configuration" "app" {
  iam_instance_profile = aws_iam_instance_profile.app.name
}

resource "aws_autoscaling_group" "app" {
  launch_configuration = aws_launch_configuration.app.name
}
""",
        ),
        (
            "aws_emr_cluster.app",
            """
resource "aws_emr_cluster" "app" {
  service_role = "arn:aws:iam::111122223333:role/emr"
  ec2_attributes {
    instance_profile = aws_iam_instance_profile.app.arn
  }
}
""",
        ),
        (
            "aws_eks_node_group.app",
            'resource "aws_eks_node_group" "app" {\n  node_role_arn = aws_iam_role.app.arn\n}',
        ),
        ("aws_lambda_function.app", 'resource "aws_lambda_function" "app" {\n  role = aws_iam_role.app.arn\n}'),
        (
            "aws_apprunner_service.app",
            """
resource "aws_apprunner_service" "app" {
  instance_configuration {
    instance_role_arn = aws_iam_role.app.arn
  }
}
""",
        ),
        (
            "aws_ecs_service.app",
            """
resource "aws_ecs_task_definition" "app" {
  family                = "app"
  container_definitions = "[]"
  task_role_arn         = aws_iam_role.app.arn
  execution_role_arn    = "arn:aws:iam::111122223333:role/execution"
}

resource "aws_ecs_service" "app" {
  task_definition = aws_ecs_task_definition.app.arn
}
""",
        ),
    ],
)
def test_a_role_of_aws(address: str, text: str) -> None:
    assert principals(ROLE + text, address) == ["aws_iam_role.app"]


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (
            "google_cloud_run_service.app",
            """
resource "google_cloud_run_service" "app" {
  template {
    spec {
      service_account_name = google_service_account.app.email
    }
  }
}
""",
        ),
        (
            "google_cloud_run_v2_service.app",
            """
resource "google_cloud_run_v2_service" "app" {
  template {
    service_account = google_service_account.app.email
  }
}
""",
        ),
        (
            "google_cloudfunctions_function.app",
            """
resource "google_cloudfunctions_function" "app" {
  service_account_email = google_service_account.app.email
}
""",
        ),
        (
            "google_cloudfunctions2_function.app",
            """
resource "google_cloudfunctions2_function" "app" {
  service_config {
    service_account_email = google_service_account.app.email
  }
}
""",
        ),
        (
            "google_compute_instance_group_manager.app",
            """
resource "google_compute_instance_template" "app" {
  service_account {
    email  = google_service_account.app.email
    scopes = ["https://www.googleapis.com/auth/logging.write", "https://www.googleapis.com/auth/cloud-platform"]
  }
}

resource "google_compute_instance_group_manager" "app" {
  version {
    instance_template = google_compute_instance_template.app.self_link_unique
  }
}
""",
        ),
    ],
)
def test_a_service_account_of_google(address: str, text: str) -> None:
    assert principals(ACCOUNT + text, address) == ["google_service_account.app"]


def test_scopes_narrow_what_a_machine_does_with_its_account() -> None:
    text = """
resource "google_compute_instance" "app" {
  service_account {
    email  = google_service_account.app.email
    scopes = ["storage-ro"]
  }
}
"""
    assert principals(ACCOUNT + text, "google_compute_instance.app") == []


def test_identities_of_azure() -> None:
    text = """
resource "azurerm_user_assigned_identity" "app" {
  name = "app"
}

resource "azurerm_linux_web_app" "app" {
  identity {
    type         = "SystemAssigned, UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.app.id]
  }
}
"""
    found = principals(text, "azurerm_linux_web_app.app")
    assert found == ["azurerm_linux_web_app.app", "azurerm_user_assigned_identity.app"]


@pytest.mark.parametrize("kind", ["kubernetes_service_account", "kubernetes_service_account_v1"])
def test_accounts_of_kubernetes(kind: str) -> None:
    text = f"""
resource "{kind}" "app" {{
  metadata {{
    name = "app"
  }}
}}

resource "kubernetes_pod_v1" "app" {{
  spec {{
    service_account_name = {kind}.app.metadata[0].name
  }}
}}

resource "kubernetes_deployment_v1" "app" {{
  spec {{
    template {{
      spec {{
        service_account_name = {kind}.app.metadata[0].name
      }}
    }}
  }}
}}
"""
    for holder in ("kubernetes_pod_v1.app", "kubernetes_deployment_v1.app"):
        assert principals(text, holder) == [f"{kind}.app"]


def policy(name: str, action: str, resource: str = "*") -> str:
    return f"""
resource "aws_iam_role_policy" "{name}" {{
  role = aws_iam_role.{name}.id
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "{action}", Resource = "{resource}" }}]
  }})
}}
"""


def privilege(text: str) -> tuple[str, str, list[str]]:
    role = at(graph_of(text), "aws_iam_role.app")
    said, gaps = possible_privilege_of(role)
    return privilege_of(role), said, [gap.code for gap in gaps]


def test_who_holds_everything() -> None:
    assert privilege_of(at(graph_of(ROLE + policy("app", "*")), "aws_iam_role.app")) == "is an administrator"


def test_who_gives_itself_everything() -> None:
    said = privilege_of(at(graph_of(ROLE + policy("app", "iam:PutRolePolicy")), "aws_iam_role.app"))
    assert said.startswith("can ")


OTHER = (
    ROLE.replace('"app"', '"other"')
    .replace("aws_iam_role.app", "aws_iam_role.other")
    .replace('Service = "ec2.amazonaws.com"', 'AWS = "*"')
)


def test_acting_as_somebody_counts_where_they_hold_everything() -> None:
    assume = ROLE + policy("app", "sts:AssumeRole", "*") + OTHER
    some = at(graph_of(assume + policy("other", "s3:ListAllMyBuckets")), "aws_iam_role.app")
    assert privilege_of(some) == ""
    everything = at(graph_of(assume + policy("other", "*")), "aws_iam_role.app")
    assert privilege_of(everything).startswith("can ")


def test_what_this_plan_leaves_open() -> None:
    unknown = 'resource "terraform_data" "action" {\n  input = "s3:GetObject"\n}\n'
    open_ = privilege(unknown + ROLE + policy("app", "${terraform_data.action.output}"))
    assert open_ == ("", "may be an administrator", ["policy-unknown"])
    assert privilege(ROLE + policy("app", "s3:GetObject")) == ("", "", [])
