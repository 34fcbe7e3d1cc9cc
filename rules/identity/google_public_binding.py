"""Roles on whole projects, folders and organizations that everybody holds."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._google_iam import grants, public_name


@rule(
    id="google-project-open-to-everyone",
    severity="critical",
    domain="identity",
    resources=[
        f"google_{level}_iam_{form}"
        for level in ("folder", "organization", "project")
        for form in ("binding", "member", "policy")
    ],
    aliases=["CKV_GCP_113"],
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
    },
)
def project_open_to_everyone(resource: Resource) -> Iterator[Violation]:
    """Role on a whole project, folder or organization is granted to everyone.

    What the role allows, anybody may do with every resource below, those that are made tomorrow included.

    Name groups or service accounts in `member` or `members`. What is meant to be public is granted on that one
    resource.
    """
    for grant in grants(resource):
        who = public_name(grant.member)
        if who:
            yield violation(grant.path, f"{grant.role} for {who}")
