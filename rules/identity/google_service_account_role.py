"""Which powerful roles Google service accounts hold."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._google_iam import grants, iam

_FULL = ("roles/owner", "roles/editor")


@rule(
    id="google-service-account-privileged-role",
    severity="high",
    domain="identity",
    resources=iam("project", "folder", "organization"),
    aliases=["AVD-GCP-0007"],
    controls={"nist-800-53r5": ["AC-6"]},
    links=["https://cloud.google.com/iam/docs/best-practices-service-accounts"],
    since="0.2.0",
    wider=[
        "google-principal-administrator-equivalent",
        "google-principal-privilege-escalation",
        "google-project-basic-role",
        "google-folder-basic-role",
        "google-organization-basic-role",
    ],
    bad={
        "Owner of a folder": """
resource "google_folder_iam_binding" "ci" {
  folder  = "folders/987654321"
  role    = "roles/owner"
  members = ["group:ci@example.com", "serviceAccount:ci@acme-shop.iam.gserviceaccount.com"]
}
""",
        "admin of a service, for a default account": """
resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/compute.instanceAdmin"
  member  = "serviceAccount:123456789012-compute@developer.gserviceaccount.com"
}
""",
        "admin, for an account of this plan": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

resource "google_organization_iam_member" "app" {
  org_id = "123456789012"
  role   = "roles/storage.admin"
  member = "serviceAccount:${google_service_account.app.email}"
}
""",
        "Editor, for accounts of this plan": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

resource "google_project_iam_binding" "app" {
  project = "acme-shop"
  role    = "roles/editor"
  members = ["serviceAccount:${google_service_account.app.email}"]
}
""",
        "accounts of this plan, of which some may be left out": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

resource "google_project_iam_binding" "app" {
  project = "acme-shop"
  role    = "roles/editor"
  members = compact([google_service_account.app.member])
}
""",
    },
    good={
        "admin for a group": """
resource "google_project_iam_member" "ops" {
  project = "acme-shop"
  role    = "roles/compute.admin"
  member  = "group:ops@example.com"
}
""",
        "a role for the task": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/logging.logWriter"
  member  = "serviceAccount:${google_service_account.app.email}"
}
""",
        "a role for the task, for members that are not known yet": """
resource "terraform_data" "callers" {
  input = ["group:web@example.com"]
}

resource "google_project_iam_binding" "app" {
  project = "acme-shop"
  role    = "roles/run.invoker"
  members = terraform_data.callers.output
}
""",
        "a custom role named after administrators": """
resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "projects/acme-shop/roles/administrators_reader"
  member  = "serviceAccount:app@acme-shop.iam.gserviceaccount.com"
}
""",
    },
    undetermined={
        "a member that is not known yet": """
resource "terraform_data" "member" {
  input = "group:ops@example.com"
}

resource "google_project_iam_member" "ops" {
  project = "acme-shop"
  role    = "roles/compute.admin"
  member  = terraform_data.member.output
}
""",
    },
)
def service_account_privileged_role(access: Resource) -> Iterator[Violation]:
    """Service account is Owner, Editor or an administrator.

    A workload's token is within reach of everyone who finds a flaw in it. With such a role that is enough to change
    access rights, make new keys, or delete what others own.

    Put the role for the task in `role`, such as `role = "roles/storage.objectUser"`, and grant it on the single
    resource instead of the project where the service allows that.
    """
    for grant in grants(access, _is_privileged):
        if grant.is_service_account:
            yield violation(grant.role_path, f"{grant.role} for {grant.who}")


@rule(
    id="google-project-service-account-admin",
    severity="high",
    domain="identity",
    resources=["google_project_iam_member"],
    aliases=["CKV_GCP_42"],
    controls={"nist-800-53r5": ["AC-6"], "cis-gcp-2.0": ["1.5"]},
    links=["https://cloud.google.com/iam/docs/best-practices-service-accounts"],
    since="0.2.0",
    wider=[
        "google-principal-administrator-equivalent",
        "google-principal-privilege-escalation",
        "google-service-account-privileged-role",
    ],
    bad={
        "admin of a service": """
resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/cloudsql.admin"
  member  = "serviceAccount:app@acme-shop.iam.gserviceaccount.com"
}
""",
        "Editor, for an account of this plan": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/editor"
  member  = google_service_account.app.member
}
""",
        "written in capitals": """
resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/cloudsql.admin"
  member  = "serviceAccount:App@Acme-Shop.IAM.GServiceAccount.com"
}
""",
    },
    good={
        "a default account is another rule's": """
resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/cloudsql.admin"
  member  = "serviceAccount:123456789012-compute@developer.gserviceaccount.com"
}
""",
        "admin for a person": """
resource "google_project_iam_member" "dba" {
  project = "acme-shop"
  role    = "roles/cloudsql.admin"
  member  = "user:jane@example.com"
}
""",
        "a role for the task": """
resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/cloudsql.client"
  member  = "serviceAccount:app@acme-shop.iam.gserviceaccount.com"
}
""",
    },
)
def project_service_account_admin(access: Resource) -> Iterator[Violation]:
    """Service account that somebody made administers the project.

    Such an account is made for one workload. With an administrator's role a flaw in that workload reaches every
    resource of the service, or of the whole project.

    Put the role for the task in `role`, such as `role = "roles/cloudsql.client"`.
    """
    for grant in grants(access, _is_privileged):
        if grant.is_made_by_hand:
            yield violation("role", f"{grant.role} for {grant.who}")


def _is_privileged(role: str) -> bool:
    return role in _FULL or role.lower().endswith("admin")
