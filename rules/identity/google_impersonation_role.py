"""Roles that let their holder act as service accounts, granted on a project, a folder or the organization."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule
from planguard.access.google.condition import lets_grant_none_of

from ._google_iam import held_roles, iam, role_of

# Roles with iam.serviceAccounts.actAs, getAccessToken, signJwt or setIamPolicy, with keys to make, or with a service
# that runs as an account of one's choice: cloud.google.com/iam/docs/service-account-permissions,
# cloud.google.com/iam/docs/roles-permissions
_IMPERSONATING = frozenset(
    f"roles/{name}"
    for name in (
        "owner",
        "editor",
        "iam.securityAdmin",
        "iam.serviceAccountAdmin",
        "iam.serviceAccountKeyAdmin",
        "iam.serviceAccountUser",
        "iam.serviceAccountTokenCreator",
        "iam.workloadIdentityUser",
        "dataproc.admin",
        "dataproc.editor",
        "dataproc.serviceAgent",
        "dataflow.admin",
        "dataflow.developer",
        "resourcemanager.folderAdmin",
        "resourcemanager.folderIamAdmin",
        "resourcemanager.organizationAdmin",
        "resourcemanager.projectIamAdmin",
        "serverless.serviceAgent",
    )
)

_GRANTING = frozenset({"roles/resourcemanager.folderIamAdmin", "roles/resourcemanager.projectIamAdmin"})
"""Those of them that only hand out roles."""


@rule(
    id="google-project-impersonation-role",
    severity="medium",
    domain="identity",
    resources=iam("project"),
    aliases=["CKV_GCP_49"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-2"]},
    links=["https://cloud.google.com/iam/docs/best-practices-service-accounts"],
    since="0.2.0",
    wider=[
        "google-principal-administrator-equivalent",
        "google-principal-privilege-escalation",
        "google-project-basic-role",
    ],
    bad={
        "one of two roles": """
variable "is_sandbox" {
  default = true
}

resource "google_project_iam_custom_role" "deployer" {
  project     = "acme-shop"
  role_id     = "deployer"
  title       = "Deployer"
  permissions = ["run.services.update"]
}

resource "google_project_iam_member" "ci" {
  project = "acme-shop"
  role    = var.is_sandbox ? "roles/iam.serviceAccountUser" : google_project_iam_custom_role.deployer.name
  member  = "group:ci@example.com"
}
""",
        "a role that acts as accounts, until nobody knows when": """
resource "terraform_data" "end" {
  input = "2030-01-01T00:00:00Z"
}

resource "google_project_iam_member" "ops" {
  project = "acme-shop"
  role    = "roles/iam.serviceAccountUser"
  member  = "group:ops@example.com"
  condition {
    title      = "for some time"
    expression = "request.time < timestamp('${terraform_data.end.output}')"
  }
}
""",
        "an administrator of access who hands out keys": """
resource "google_project_iam_member" "ops" {
  project = "acme-shop"
  role    = "roles/resourcemanager.projectIamAdmin"
  member  = "group:ops@example.com"
  condition {
    title      = "keys"
    expression = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/editor'])"
  }
}
""",
        "a role that manages access or accounts": """
resource "google_project_iam_member" "ops" {
  project = "acme-shop"
  role    = "roles/iam.securityAdmin"
  member  = "group:ops@example.com"
}
""",
        "a role for a group and a service account": """
resource "google_project_iam_binding" "data" {
  project = "acme-shop"
  role    = "roles/dataproc.editor"
  members = ["group:data@example.com", "serviceAccount:etl@acme-shop.iam.gserviceaccount.com"]
}
""",
        "token creator in a policy": """
resource "google_project_iam_policy" "this" {
  project     = "acme-shop"
  policy_data = jsonencode({
    bindings = [{ role = "roles/iam.serviceAccountTokenCreator", members = ["user:jane@example.com"] }]
  })
}
""",
    },
    good={
        "an administrator of access who hands out one harmless role": """
resource "google_project_iam_member" "ops" {
  project = "acme-shop"
  role    = "roles/resourcemanager.projectIamAdmin"
  member  = "group:ops@example.com"
  condition {
    title      = "viewers"
    expression = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/run.viewer'])"
  }
}
""",
        "a role that acts as nobody else": """
resource "google_project_iam_member" "ops" {
  project = "acme-shop"
  role    = "roles/iam.serviceAccountViewer"
  member  = "group:ops@example.com"
}
""",
        "a role of one's own": """
resource "google_project_iam_custom_role" "deployer" {
  project     = "acme-shop"
  role_id     = "deployer"
  title       = "Deployer"
  permissions = ["run.services.update"]
}

resource "google_project_iam_member" "ci" {
  project = "acme-shop"
  role    = google_project_iam_custom_role.deployer.name
  member  = "group:ci@example.com"
}
""",
        "a reader of dataproc": """
resource "google_project_iam_binding" "data" {
  project = "acme-shop"
  role    = "roles/dataproc.viewer"
  members = ["group:data@example.com"]
}
""",
        "on one service account": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

resource "google_service_account_iam_member" "ci" {
  service_account_id = google_service_account.app.name
  role               = "roles/iam.serviceAccountUser"
  member             = "group:ci@example.com"
}
""",
    },
)
def project_impersonation_role(access: Resource) -> Iterator[Violation]:
    """Role on a project lets its holder act as the service accounts there.

    It allows to use, to manage or to hand out service accounts, or to start jobs that run as them. Whoever holds it
    has the rights of every service account of the project as well, also of those that come later.

    Grant `roles/iam.serviceAccountUser` on the single account with `google_service_account_iam_member`, and here put
    a role in `role` that holds only what the task needs.
    """
    yield from held_roles(access, _impersonating(access))


@rule(
    id="google-folder-impersonation-role",
    severity="medium",
    domain="identity",
    resources=iam("folder"),
    aliases=["CKV_GCP_44"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-2"]},
    links=["https://cloud.google.com/iam/docs/best-practices-service-accounts"],
    since="0.2.0",
    wider=[
        "google-principal-administrator-equivalent",
        "google-principal-privilege-escalation",
        "google-folder-basic-role",
    ],
    bad={
        "a role that manages access or accounts": """
resource "google_folder_iam_member" "ops" {
  folder = "folders/987654321"
  role   = "roles/resourcemanager.folderIamAdmin"
  member = "group:ops@example.com"
}
""",
        "a role for a group and a service account": """
resource "google_folder_iam_binding" "data" {
  folder  = "folders/987654321"
  role    = "roles/iam.serviceAccountKeyAdmin"
  members = ["group:data@example.com", "serviceAccount:etl@acme-shop.iam.gserviceaccount.com"]
}
""",
        "token creator in a policy": """
resource "google_folder_iam_policy" "this" {
  folder      = "folders/987654321"
  policy_data = jsonencode({
    bindings = [{ role = "roles/iam.serviceAccountTokenCreator", members = ["user:jane@example.com"] }]
  })
}
""",
        "Editor": """
resource "google_folder_iam_member" "ci" {
  folder = "folders/987654321"
  role   = "roles/editor"
  member = "group:ci@example.com"
}
""",
        "administrator of clusters that run as any account": """
resource "google_folder_iam_member" "ci" {
  folder = "folders/987654321"
  role   = "roles/dataproc.admin"
  member = "group:ci@example.com"
}
""",
    },
    good={
        "an administrator of access who hands out one harmless role": """
resource "google_folder_iam_member" "ops" {
  folder = "folders/123456789012"
  role   = "roles/resourcemanager.folderIamAdmin"
  member = "group:ops@example.com"
  condition {
    title      = "viewers"
    expression = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/run.viewer'])"
  }
}
""",
        "a role that acts as nobody else": """
resource "google_folder_iam_member" "ops" {
  folder = "folders/987654321"
  role   = "roles/iam.serviceAccountViewer"
  member = "group:ops@example.com"
}
""",
        "a reader of dataproc": """
resource "google_folder_iam_binding" "data" {
  folder  = "folders/987654321"
  role    = "roles/dataproc.viewer"
  members = ["group:data@example.com"]
}
""",
    },
)
def folder_impersonation_role(access: Resource) -> Iterator[Violation]:
    """Role on a folder lets its holder act as the service accounts below it.

    It allows to use, to manage or to hand out service accounts, or to start jobs that run as them. Whoever holds it
    has the rights of every service account of any project of the folder as well, also of those that come later.

    Grant `roles/iam.serviceAccountUser` on the single account with `google_service_account_iam_member`, and here put
    a role in `role` that holds only what the task needs.
    """
    yield from held_roles(access, _impersonating(access))


@rule(
    id="google-organization-impersonation-role",
    severity="medium",
    domain="identity",
    resources=iam("organization"),
    aliases=["CKV_GCP_45"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-2"]},
    links=["https://cloud.google.com/iam/docs/best-practices-service-accounts"],
    since="0.2.0",
    wider=[
        "google-principal-administrator-equivalent",
        "google-principal-privilege-escalation",
        "google-organization-basic-role",
    ],
    bad={
        "a role that manages access or accounts": """
resource "google_organization_iam_member" "ops" {
  org_id = "123456789012"
  role   = "roles/iam.serviceAccountAdmin"
  member = "group:ops@example.com"
}
""",
        "a role for a group and a service account": """
resource "google_organization_iam_binding" "data" {
  org_id  = "123456789012"
  role    = "roles/iam.workloadIdentityUser"
  members = ["group:data@example.com", "serviceAccount:etl@acme-shop.iam.gserviceaccount.com"]
}
""",
        "token creator in a policy": """
resource "google_organization_iam_policy" "this" {
  org_id      = "123456789012"
  policy_data = jsonencode({
    bindings = [{ role = "roles/iam.serviceAccountTokenCreator", members = ["user:jane@example.com"] }]
  })
}
""",
    },
    good={
        "a role that acts as nobody else": """
resource "google_organization_iam_member" "ops" {
  org_id = "123456789012"
  role   = "roles/iam.serviceAccountViewer"
  member = "group:ops@example.com"
}
""",
        "a reader of dataproc": """
resource "google_organization_iam_binding" "data" {
  org_id  = "123456789012"
  role    = "roles/dataproc.viewer"
  members = ["group:data@example.com"]
}
""",
    },
)
def organization_impersonation_role(access: Resource) -> Iterator[Violation]:
    """Role on the organization lets its holder act as all its service accounts.

    It allows to use, to manage or to hand out service accounts, or to start jobs that run as them. Whoever holds it
    has the rights of every service account of any project of the company as well, also of those that come later.

    Grant `roles/iam.serviceAccountUser` on the single account with `google_service_account_iam_member`, and here put
    a role in `role` that holds only what the task needs.
    """
    yield from held_roles(access, _impersonating(access))


def _impersonating(access: Resource) -> frozenset[str]:
    """The roles that let act as service accounts; without those that only grant, where a condition limits it."""
    if role_of(access) not in _GRANTING:
        return _IMPERSONATING
    expressions = [block.get("expression", "") for _, block in access.blocks("condition")]
    if any(lets_grant_none_of(one, _IMPERSONATING) for one in expressions):
        return _IMPERSONATING - _GRANTING
    return _IMPERSONATING
