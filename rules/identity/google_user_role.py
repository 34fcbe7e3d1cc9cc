"""Roles that people hold by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._google_iam import grants, iam


@rule(
    id="google-iam-role-for-single-user",
    severity="medium",
    domain="identity",
    resources=iam("project", "folder", "organization"),
    aliases=["AVD-GCP-0003"],
    controls={"nist-800-53r5": ["AC-2", "AC-6"]},
    links=["https://cloud.google.com/iam/docs/groups-best-practices"],
    since="0.2.0",
    bad={
        "a user of a project": """
resource "google_project_iam_member" "jane" {
  project = "acme-shop"
  role    = "roles/run.developer"
  member  = "user:jane@example.com"
}
""",
        "a user beside a group": """
resource "google_organization_iam_binding" "audit" {
  org_id  = "123456789012"
  role    = "roles/logging.viewer"
  members = ["group:audit@example.com", "user:jane@example.com"]
}
""",
        "a user in the policy of a folder": """
resource "google_folder_iam_policy" "this" {
  folder      = "folders/987654321"
  policy_data = jsonencode({ bindings = [{ role = "roles/browser", members = ["user:jane@example.com"] }] })
}
""",
        "written in capitals": """
resource "google_project_iam_member" "jane" {
  project = "acme-shop"
  role    = "roles/run.developer"
  member  = "User:Jane@Example.com"
}
""",
    },
    good={
        "a group": """
resource "google_project_iam_member" "developers" {
  project = "acme-shop"
  role    = "roles/run.developer"
  member  = "group:developers@example.com"
}
""",
        "a domain and a service account": """
resource "google_folder_iam_binding" "browsers" {
  folder  = "folders/987654321"
  role    = "roles/browser"
  members = ["domain:example.com", "serviceAccount:app@acme-shop.iam.gserviceaccount.com"]
}
""",
        "an account of this plan": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/run.invoker"
  member  = "serviceAccount:${google_service_account.app.email}"
}
""",
    },
    undetermined={
        "a member that is not known yet": """
resource "terraform_data" "member" {
  input = "group:developers@example.com"
}

resource "google_project_iam_member" "developers" {
  project = "acme-shop"
  role    = "roles/run.developer"
  member  = terraform_data.member.output
}
""",
        "an account of this plan, or somebody who is not known yet": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

resource "terraform_data" "choice" {
  input = { own = true, member = "group:web@example.com" }
}

resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/run.invoker"
  member  = terraform_data.choice.output.own ? google_service_account.app.member : terraform_data.choice.output.member
}
""",
    },
)
def role_for_single_user(access: Resource) -> Iterator[Violation]:
    """Role is granted to a single user.

    Who has which rights is then written down person by person. Somebody who changes teams keeps what they had, since
    nobody takes it away in every project.

    Grant the role to a group that the person is a member of: `member = "group:<team>@<domain>"`.
    """
    for grant in grants(access):
        if grant.is_user:
            yield violation(grant.path, f"{grant.role} for {grant.member}")
