"""Who may use the service accounts of a whole project, folder or organization."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._google_iam import held_roles, iam

_ACTING = frozenset(("roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator"))


@rule(
    id="google-project-service-account-user",
    severity="medium",
    domain="identity",
    resources=iam("project"),
    aliases=["CKV_GCP_41", "AVD-GCP-0011"],
    controls={"nist-800-53r5": ["AC-3", "AC-6"], "cis-gcp-2.0": ["1.6"]},
    links=["https://cloud.google.com/iam/docs/service-account-permissions"],
    since="0.2.0",
    wider=[
        "google-principal-administrator-equivalent",
        "google-principal-privilege-escalation",
        "google-project-impersonation-role",
    ],
    bad={
        "user of all accounts": """
resource "google_project_iam_member" "jane" {
  project = "acme-shop"
  role    = "roles/iam.serviceAccountUser"
  member  = "user:jane@example.com"
}
""",
        "creator of tokens for all accounts": """
resource "google_project_iam_binding" "ci" {
  project = "acme-shop"
  role    = "roles/iam.serviceAccountTokenCreator"
  members = ["group:ci@example.com"]
}
""",
    },
    good={
        "viewer of accounts": """
resource "google_project_iam_member" "jane" {
  project = "acme-shop"
  role    = "roles/iam.serviceAccountViewer"
  member  = "user:jane@example.com"
}
""",
        "a role that is a broader rule's": """
resource "google_project_iam_binding" "ops" {
  project = "acme-shop"
  role    = "roles/iam.serviceAccountAdmin"
  members = ["group:ops@example.com"]
}
""",
    },
)
def project_service_account_user(access: Resource) -> Iterator[Violation]:
    """Service Account User or Token Creator is granted on a project.

    Either role is meant for one service account. Here its holder acts as every account of the project, the most
    powerful one included, and the log names that account.

    Grant the role on the account that is needed: a `google_service_account_iam_member` with `service_account_id =
    google_service_account.<name>.name`.
    """
    yield from held_roles(access, _ACTING)


@rule(
    id="google-folder-service-account-user",
    severity="medium",
    domain="identity",
    resources=iam("folder"),
    aliases=["AVD-GCP-0005"],
    controls={"nist-800-53r5": ["AC-3", "AC-6"]},
    links=["https://cloud.google.com/iam/docs/service-account-permissions"],
    since="0.2.0",
    wider=[
        "google-principal-administrator-equivalent",
        "google-principal-privilege-escalation",
        "google-folder-impersonation-role",
    ],
    bad={
        "user of all accounts": """
resource "google_folder_iam_member" "jane" {
  folder = "folders/987654321"
  role   = "roles/iam.serviceAccountUser"
  member = "user:jane@example.com"
}
""",
        "creator of tokens for all accounts": """
resource "google_folder_iam_binding" "ci" {
  folder  = "folders/987654321"
  role    = "roles/iam.serviceAccountTokenCreator"
  members = ["group:ci@example.com"]
}
""",
    },
    good={
        "viewer of accounts": """
resource "google_folder_iam_member" "jane" {
  folder = "folders/987654321"
  role   = "roles/iam.serviceAccountViewer"
  member = "user:jane@example.com"
}
""",
        "a role that is a broader rule's": """
resource "google_folder_iam_binding" "ops" {
  folder  = "folders/987654321"
  role    = "roles/iam.serviceAccountAdmin"
  members = ["group:ops@example.com"]
}
""",
    },
)
def folder_service_account_user(access: Resource) -> Iterator[Violation]:
    """Service Account User or Token Creator is granted on a folder.

    Either role is meant for one service account. Here its holder acts as every account of any project of the folder,
    the most powerful one included, and the log names that account.

    Grant the role on the account that is needed: a `google_service_account_iam_member` with `service_account_id =
    google_service_account.<name>.name`.
    """
    yield from held_roles(access, _ACTING)


@rule(
    id="google-organization-service-account-user",
    severity="medium",
    domain="identity",
    resources=iam("organization"),
    aliases=["AVD-GCP-0009"],
    controls={"nist-800-53r5": ["AC-3", "AC-6"]},
    links=["https://cloud.google.com/iam/docs/service-account-permissions"],
    since="0.2.0",
    wider=[
        "google-principal-administrator-equivalent",
        "google-principal-privilege-escalation",
        "google-organization-impersonation-role",
    ],
    bad={
        "user of all accounts": """
resource "google_organization_iam_member" "jane" {
  org_id = "123456789012"
  role   = "roles/iam.serviceAccountUser"
  member = "user:jane@example.com"
}
""",
        "creator of tokens for all accounts": """
resource "google_organization_iam_binding" "ci" {
  org_id  = "123456789012"
  role    = "roles/iam.serviceAccountTokenCreator"
  members = ["group:ci@example.com"]
}
""",
    },
    good={
        "viewer of accounts": """
resource "google_organization_iam_member" "jane" {
  org_id = "123456789012"
  role   = "roles/iam.serviceAccountViewer"
  member = "user:jane@example.com"
}
""",
        "a role that is a broader rule's": """
resource "google_organization_iam_binding" "ops" {
  org_id  = "123456789012"
  role    = "roles/iam.serviceAccountAdmin"
  members = ["group:ops@example.com"]
}
""",
    },
)
def organization_service_account_user(access: Resource) -> Iterator[Violation]:
    """Service Account User or Token Creator is granted on the organization.

    Either role is meant for one service account. Here its holder acts as every account of any project of the company,
    the most powerful one included, and the log names that account.

    Grant the role on the account that is needed: a `google_service_account_iam_member` with `service_account_id =
    google_service_account.<name>.name`.
    """
    yield from held_roles(access, _ACTING)
