"""Who reads all secrets of a project of Google Cloud."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule
from planguard.access.google.principals import told_secrets

from ._google_iam import iam
from ._told import tell


@rule(
    id="google-principal-reads-secrets",
    severity="medium",
    domain="identity",
    resources=["google_service_account", *iam("project", "folder", "organization")],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "SC-12", "SC-28"]},
    links=[
        "https://cloud.google.com/secret-manager/docs/access-control",
        "https://cloud.google.com/kms/docs/iam",
    ],
    since="0.2.0",
    bad={
        "every secret of a project": """
            resource "google_service_account" "web" {
              account_id = "web"
              project    = "acme-shop"
            }

            resource "google_project_iam_member" "web" {
              project = "acme-shop"
              role    = "roles/secretmanager.secretAccessor"
              member  = google_service_account.web.member
            }
        """,
        "every key below a folder, for a group": """
            resource "google_folder_iam_binding" "keys" {
              folder  = "folders/987654321"
              role    = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
              members = ["group:data@example.com"]
            }
        """,
        "by a custom role, in a whole policy": """
            resource "google_project_iam_policy" "shop" {
              project = "acme-shop"
              policy_data = jsonencode({
                bindings = [{ role = "roles/secretmanager.admin", members = ["group:ops@example.com"] }]
              })
            }
        """,
    },
    good={
        "one secret": """
            resource "google_secret_manager_secret_iam_member" "web" {
              project   = "acme-shop"
              secret_id = "db-password"
              role      = "roles/secretmanager.secretAccessor"
              member    = "serviceAccount:web@acme-shop.iam.gserviceaccount.com"
            }
        """,
        "their names only": """
            resource "google_project_iam_member" "audit" {
              project = "acme-shop"
              role    = "roles/secretmanager.viewer"
              member  = "group:audit@example.com"
            }
        """,
        "some secrets, by a condition": """
            resource "google_project_iam_member" "web" {
              project = "acme-shop"
              role    = "roles/secretmanager.secretAccessor"
              member  = "group:web@example.com"

              condition {
                title      = "only those of the shop"
                expression = "resource.name.startsWith('projects/123456789012/secrets/web-')"
              }
            }
        """,
        "an agent of Google's": """
            resource "google_project_iam_member" "storage" {
              project = "acme-shop"
              role    = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
              member  = "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com"
            }
        """,
        "an Owner, who may grant it to itself": """
            resource "google_project_iam_member" "admin" {
              project = "acme-shop"
              role    = "roles/owner"
              member  = "group:admins@example.com"
            }
        """,
    },
)
def principal_reads_secrets(resource: Resource) -> Iterator[Violation]:
    """Principal reads every secret, or decrypts with every key.

    A secret is kept for whoever uses it. On a project, or above it, its reader has all of them, those of other
    services and those of tomorrow included.

    Grant the role on the single secret with `google_secret_manager_secret_iam_member`, on the single key with
    `google_kms_crypto_key_iam_member`.
    """
    yield from tell(told_secrets(resource))
