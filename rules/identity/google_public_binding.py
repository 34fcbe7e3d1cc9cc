"""Roles on whole projects, folders and organizations that everybody holds."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._google_iam import POLICY, iam, public_grants


@rule(
    id="google-project-open-to-everyone",
    severity="critical",
    domain="identity",
    resources=iam("project", "folder", "organization"),
    controls={"nist-800-53r5": ["AC-3", "AC-6"]},
    links=["https://cloud.google.com/iam/docs/principals-overview#all-users"],
    bad={
        "a role of a project for all Google accounts": """
resource "google_project_iam_member" "viewers" {
  project = "acme-shop"
  role    = "roles/bigquery.dataViewer"
  member  = "allAuthenticatedUsers"
}
""",
        "everyone among the members of a folder": """
resource "google_folder_iam_binding" "readers" {
  folder  = "folders/987654321"
  role    = "roles/storage.objectViewer"
  members = ["group:analysts@example.com", "allUsers"]
}
""",
        "everyone in a policy that is not known yet": """
resource "google_service_account" "app" {
  account_id = "app-runner"
  project    = "acme-shop"
}

data "google_iam_policy" "open" {
  binding {
    role    = "roles/viewer"
    members = ["allUsers", "serviceAccount:${google_service_account.app.email}"]
  }
}

resource "google_project_iam_policy" "open" {
  project     = "acme-shop"
  policy_data = data.google_iam_policy.open.policy_data
}
""",
    },
    good={
        "a role for a group": """
resource "google_project_iam_member" "viewers" {
  project = "acme-shop"
  role    = "roles/bigquery.dataViewer"
  member  = "group:analysts@example.com"
}
""",
        "a role for a domain and a service account": """
resource "google_project_iam_binding" "viewers" {
  project = "acme-shop"
  role    = "roles/bigquery.dataViewer"
  members = ["domain:example.com", "serviceAccount:etl@acme-shop.iam.gserviceaccount.com"]
}
""",
        "policies that grant nothing": """
resource "google_project_iam_policy" "shop" {
  project     = "acme-shop"
  policy_data = jsonencode({ bindings = [{ role = "roles/viewer" }] })
}

resource "google_project_iam_policy" "platform" {
  project     = "acme-platform"
  policy_data = "{}"
}
""",
    },
    undetermined={
        "an account of this plan, and somebody who may be left out": """
variable "guest" {
  type    = string
  default = "allUsers"
}

resource "google_service_account" "app" {
  account_id = "app-runner"
}

resource "google_project_iam_binding" "app" {
  project = "acme-shop"
  role    = "roles/viewer"
  members = compact([var.guest, google_service_account.app.member])
}
""",
        "a group that is named by the month": """
resource "google_project_iam_member" "on_call" {
  project = "acme-shop"
  role    = "roles/viewer"
  member  = "group:on-call-${formatdate("YYYYMM", timestamp())}@example.com"
}
""",
    },
)
def project_open_to_everyone(resource: Resource) -> Iterator[Violation]:
    """Role on a whole project, folder or organization is granted to everyone.

    What the role allows, anybody may do with every resource below, those that are made tomorrow included.

    Name groups or service accounts in `member` or `members`. What is meant to be public is granted on that one
    resource.
    """
    yield from public_grants(resource)


@rule(
    id="google-iam-policy-open-to-everyone",
    severity="high",
    domain="identity",
    resources=[POLICY],
    aliases=["CKV_GCP_113"],
    controls={"nist-800-53r5": ["AC-3", "AC-22"]},
    links=["https://cloud.google.com/iam/docs/principals-overview#all-users"],
    since="0.2.0",
    bad={
        "everyone": """
data "google_iam_policy" "site" {
  binding {
    role    = "roles/storage.objectViewer"
    members = ["group:web@example.com", "allUsers"]
  }
}
""",
        "every Google account, in the second binding": """
data "google_iam_policy" "site" {
  binding {
    role    = "roles/storage.admin"
    members = ["group:web@example.com"]
  }

  binding {
    role    = "roles/storage.objectViewer"
    members = ["allAuthenticatedUsers"]
  }
}
""",
        "everyone beside an account that is not known yet": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

data "google_iam_policy" "site" {
  binding {
    role    = "roles/storage.objectViewer"
    members = ["serviceAccount:${google_service_account.app.email}", "allUsers"]
  }
}
""",
    },
    good={
        "a group and a domain": """
data "google_iam_policy" "reports" {
  binding {
    role    = "roles/storage.objectViewer"
    members = ["group:finance@example.com", "domain:example.com"]
  }
}
""",
        "an audit configuration only": """
data "google_iam_policy" "audit" {
  audit_config {
    service = "allServices"

    audit_log_configs {
      log_type = "DATA_READ"
    }
  }
}
""",
    },
    undetermined={
        "a member that is not known yet": """
resource "terraform_data" "member" {
  input = "group:finance@example.com"
}

data "google_iam_policy" "reports" {
  binding {
    role    = "roles/storage.objectViewer"
    members = [terraform_data.member.output]
  }
}
""",
    },
)
def policy_open_to_everyone(policy: Resource) -> Iterator[Violation]:
    """IAM policy grants a role to everyone.

    Whatever resource the policy is set on is then open to anybody, or to anybody with a free Google account, with all
    that the role allows.

    Take `allUsers` and `allAuthenticatedUsers` out of `members`, and name groups or service accounts: `members =
    ["group:<name>@<domain>"]`.
    """
    yield from public_grants(policy)
