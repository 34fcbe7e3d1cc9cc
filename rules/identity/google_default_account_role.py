"""Roles of the accounts that Google makes for Compute Engine and App Engine."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._google_iam import grants, iam


@rule(
    id="google-project-role-for-default-service-account",
    severity="medium",
    domain="identity",
    resources=iam("project"),
    aliases=["CKV_GCP_46", "AVD-GCP-0006"],
    controls={"nist-800-53r5": ["AC-6"]},
    links=["https://cloud.google.com/iam/docs/service-account-types#default"],
    since="0.2.0",
    bad={
        "Compute Engine": """
resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/storage.objectViewer"
  member  = "serviceAccount:123456789012-compute@developer.gserviceaccount.com"
}
""",
        "App Engine, among others": """
resource "google_project_iam_binding" "app" {
  project = "acme-shop"
  role    = "roles/storage.objectViewer"
  members = ["group:web@example.com", "serviceAccount:acme-shop@appspot.gserviceaccount.com"]
}
""",
        "Compute Engine, looked up": """
data "google_compute_default_service_account" "this" {}

resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/storage.objectViewer"
  member  = "serviceAccount:${data.google_compute_default_service_account.this.email}"
}
""",
        "App Engine, looked up": """
data "google_app_engine_default_service_account" "this" {}

resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/storage.objectViewer"
  member  = "serviceAccount:${data.google_app_engine_default_service_account.this.email}"
}
""",
        "written in capitals": """
resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/run.invoker"
  member  = "serviceAccount:Acme-Shop@AppSpot.GServiceAccount.com"
}
""",
    },
    good={
        "an account made for it": """
resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/storage.objectViewer"
  member  = "serviceAccount:app@acme-shop.iam.gserviceaccount.com"
}
""",
        "an account of this plan": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/storage.objectViewer"
  member  = "serviceAccount:${google_service_account.app.email}"
}
""",
    },
    undetermined={
        "a member that is not known yet": """
resource "terraform_data" "member" {
  input = "group:web@example.com"
}

resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/storage.objectViewer"
  member  = terraform_data.member.output
}
""",
    },
)
def project_role_for_default_account(access: Resource) -> Iterator[Violation]:
    """Default service account is granted a role on a project.

    Every machine and every application that names no account of its own runs as the default one. What is granted to
    it is granted to all of them, to those of tomorrow as well.

    Make a `google_service_account` for the workload, name it there, and grant the role to it with `member =
    google_service_account.<name>.member`.
    """
    yield from _for_default_accounts(access)


@rule(
    id="google-folder-role-for-default-service-account",
    severity="medium",
    domain="identity",
    resources=iam("folder"),
    aliases=["CKV_GCP_48", "AVD-GCP-0004"],
    controls={"nist-800-53r5": ["AC-6"]},
    links=["https://cloud.google.com/iam/docs/service-account-types#default"],
    since="0.2.0",
    bad={
        "Compute Engine": """
resource "google_folder_iam_member" "app" {
  folder = "folders/987654321"
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:123456789012-compute@developer.gserviceaccount.com"
}
""",
        "App Engine, among others": """
resource "google_folder_iam_binding" "app" {
  folder  = "folders/987654321"
  role    = "roles/storage.objectViewer"
  members = ["group:web@example.com", "serviceAccount:acme-shop@appspot.gserviceaccount.com"]
}
""",
    },
    good={
        "an account made for it": """
resource "google_folder_iam_member" "app" {
  folder = "folders/987654321"
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:app@acme-shop.iam.gserviceaccount.com"
}
""",
        "an account of this plan": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

resource "google_folder_iam_member" "app" {
  folder  = "folders/987654321"
  role    = "roles/storage.objectViewer"
  member  = "serviceAccount:${google_service_account.app.email}"
}
""",
    },
    undetermined={
        "a member that is not known yet": """
resource "terraform_data" "member" {
  input = "group:web@example.com"
}

resource "google_folder_iam_member" "app" {
  folder  = "folders/987654321"
  role    = "roles/storage.objectViewer"
  member  = terraform_data.member.output
}
""",
    },
)
def folder_role_for_default_account(access: Resource) -> Iterator[Violation]:
    """Default service account is granted a role on a folder.

    Every machine and every application that names no account of its own runs as the default one. What is granted to
    it is granted to all of them, to those of tomorrow as well.

    Make a `google_service_account` for the workload, name it there, and grant the role to it with `member =
    google_service_account.<name>.member`.
    """
    yield from _for_default_accounts(access)


@rule(
    id="google-organization-role-for-default-service-account",
    severity="medium",
    domain="identity",
    resources=iam("organization"),
    aliases=["CKV_GCP_47", "AVD-GCP-0008"],
    controls={"nist-800-53r5": ["AC-6"]},
    links=["https://cloud.google.com/iam/docs/service-account-types#default"],
    since="0.2.0",
    bad={
        "Compute Engine": """
resource "google_organization_iam_member" "app" {
  org_id = "123456789012"
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:123456789012-compute@developer.gserviceaccount.com"
}
""",
        "App Engine, among others": """
resource "google_organization_iam_binding" "app" {
  org_id  = "123456789012"
  role    = "roles/storage.objectViewer"
  members = ["group:web@example.com", "serviceAccount:acme-shop@appspot.gserviceaccount.com"]
}
""",
    },
    good={
        "an account made for it": """
resource "google_organization_iam_member" "app" {
  org_id = "123456789012"
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:app@acme-shop.iam.gserviceaccount.com"
}
""",
        "an account of this plan": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

resource "google_organization_iam_member" "app" {
  org_id  = "123456789012"
  role    = "roles/storage.objectViewer"
  member  = "serviceAccount:${google_service_account.app.email}"
}
""",
    },
    undetermined={
        "a member that is not known yet": """
resource "terraform_data" "member" {
  input = "group:web@example.com"
}

resource "google_organization_iam_member" "app" {
  org_id  = "123456789012"
  role    = "roles/storage.objectViewer"
  member  = terraform_data.member.output
}
""",
    },
)
def organization_role_for_default_account(access: Resource) -> Iterator[Violation]:
    """Default service account is granted a role on the organization.

    Every machine and every application that names no account of its own runs as the default one. What is granted to
    it is granted to all of them, to those of tomorrow as well.

    Make a `google_service_account` for the workload, name it there, and grant the role to it with `member =
    google_service_account.<name>.member`.
    """
    yield from _for_default_accounts(access)


def _for_default_accounts(access: Resource) -> Iterator[Violation]:
    for grant in grants(access):
        if grant.is_default_account:
            yield violation(grant.path, f"{grant.role} for {grant.who}")
