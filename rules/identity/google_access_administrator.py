"""Who may set the policy of a project, a folder or an organization of Google Cloud."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule
from planguard.access.google.principals import told_administrators

from ._google_iam import iam
from ._told import tell


@rule(
    id="google-principal-administrator-equivalent",
    severity="critical",
    domain="identity",
    resources=["google_service_account", *iam("project", "folder", "organization")],
    controls={"nist-800-53r5": ["AC-3", "AC-5", "AC-6", "AC-6(1)", "AC-6(5)"]},
    links=[
        "https://cloud.google.com/iam/docs/roles-overview",
        "https://cloud.google.com/iam/docs/setting-limits-on-granting-roles",
    ],
    since="0.2.0",
    bad={
        "a service account is Owner": """
            resource "google_service_account" "deploy" {
              account_id = "deploy"
              project    = "acme-shop"
            }

            resource "google_project_iam_member" "deploy" {
              project = "acme-shop"
              role    = "roles/owner"
              member  = google_service_account.deploy.member
            }
        """,
        "a group sets the policy of a project": """
            resource "google_project_iam_binding" "iam" {
              project = "acme-shop"
              role    = "roles/resourcemanager.projectIamAdmin"
              members = ["group:platform@example.com"]
            }
        """,
        "a custom role with one permission too many": """
            resource "google_project_iam_custom_role" "release" {
              project     = "acme-shop"
              role_id     = "release"
              title       = "Release"
              permissions = ["run.services.update", "resourcemanager.projects.setIamPolicy"]
            }

            resource "google_project_iam_member" "release" {
              project = "acme-shop"
              role    = google_project_iam_custom_role.release.name
              member  = "user:jane@example.com"
            }
        """,
        "a folder, in a whole policy": """
            data "google_iam_policy" "shop" {
              binding {
                role    = "roles/resourcemanager.folderAdmin"
                members = ["group:platform@example.com"]
              }
            }

            resource "google_folder_iam_policy" "shop" {
              folder      = "folders/987654321"
              policy_data = data.google_iam_policy.shop.policy_data
            }
        """,
        "every project below a folder": """
            resource "google_folder_iam_member" "iam" {
              folder = "folders/987654321"
              role   = "roles/resourcemanager.projectIamAdmin"
              member = "group:platform@example.com"
            }
        """,
        "the organization": """
            resource "google_organization_iam_member" "security" {
              org_id = "123456789012"
              role   = "roles/iam.securityAdmin"
              member = "group:security@example.com"
            }
        """,
        "until the end of the month": """
            resource "google_project_iam_member" "contractor" {
              project = "acme-shop"
              role    = "roles/iam.securityAdmin"
              member  = "user:jane@example.com"

              condition {
                title      = "until the end of the month"
                expression = "request.time < timestamp('2027-01-01T00:00:00Z')"
              }
            }
        """,
        "may grant Owner among others": """
            resource "google_project_iam_member" "grants" {
              project = "acme-shop"
              role    = "roles/resourcemanager.projectIamAdmin"
              member  = "user:jane@example.com"

              condition {
                title      = "only some roles"
                expression = join("", [
                  "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', [])",
                  ".hasOnly(['roles/run.viewer', 'roles/owner'])",
                ])
              }
            }
        """,
        "from a reader to an Owner": (
            """
            resource "google_project_iam_member" "jane" {
              project = "acme-shop"
              role    = "roles/browser"
              member  = "user:jane@example.com"
            }
            """,
            """
            resource "google_project_iam_member" "jane" {
              project = "acme-shop"
              role    = "roles/owner"
              member  = "user:jane@example.com"
            }
            """,
        ),
    },
    good={
        "roles for the task": """
            resource "google_service_account" "deploy" {
              account_id = "deploy"
              project    = "acme-shop"
            }

            resource "google_project_iam_member" "deploy" {
              for_each = toset(["roles/run.developer", "roles/artifactregistry.writer"])
              project  = "acme-shop"
              role     = each.key
              member   = google_service_account.deploy.member
            }
        """,
        "Editor, who sets no policy": """
            resource "google_project_iam_binding" "editors" {
              project = "acme-shop"
              role    = "roles/editor"
              members = ["serviceAccount:123456789012@cloudservices.gserviceaccount.com"]
            }
        """,
        "the policy of one bucket": """
            resource "google_storage_bucket_iam_member" "media" {
              bucket = "acme-media"
              role   = "roles/storage.legacyBucketOwner"
              member = "user:jane@example.com"
            }
        """,
        "may grant harmless roles only": """
            resource "google_project_iam_member" "grants" {
              project = "acme-shop"
              role    = "roles/resourcemanager.projectIamAdmin"
              member  = "user:jane@example.com"

              condition {
                title      = "only some roles"
                expression = join("", [
                  "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', [])",
                  ".hasOnly(['roles/run.viewer'])",
                ])
              }
            }
        """,
        "a role whose table is not complete": """
            resource "google_project_iam_member" "builder" {
              project = "acme-shop"
              role    = "roles/cloudbuild.builds.builder"
              member  = "serviceAccount:builder@acme-shop.iam.gserviceaccount.com"
            }
        """,
        "the right to set the policy of folders, granted on a project": """
            resource "google_project_iam_custom_role" "odd" {
              project     = "acme-shop"
              role_id     = "odd"
              title       = "Odd"
              permissions = ["resourcemanager.folders.setIamPolicy"]
            }

            resource "google_project_iam_member" "odd" {
              project = "acme-shop"
              role    = google_project_iam_custom_role.odd.name
              member  = "user:jane@example.com"
            }
        """,
    },
    undetermined={
        "a role that is not known yet": """
            resource "terraform_data" "role" {
              input = "roles/run.viewer"
            }

            resource "google_project_iam_member" "jane" {
              project = "acme-shop"
              role    = terraform_data.role.output
              member  = "user:jane@example.com"
            }
        """,
        "a condition that only a request decides": """
            resource "google_project_iam_member" "jane" {
              project = "acme-shop"
              role    = "roles/iam.securityAdmin"
              member  = "user:jane@example.com"

              condition {
                title      = "from the office"
                expression = "'accessPolicies/1/accessLevels/office' in request.auth.access_levels"
              }
            }
        """,
    },
)
def principal_administrator_equivalent(resource: Resource) -> Iterator[Violation]:
    """Principal may grant itself everything.

    Whoever sets the policy of a project, a folder or the organization gives any role to anybody, to itself as well.
    That is as good as Owner, whatever else its roles leave out, and one stolen token is enough.

    Grant the roles that the task needs, on the resource that it is about. Who must hand out roles is limited to those
    that are harmless: a `condition` with `api.getAttribute('iam.googleapis.com/modifiedGrantsByRole',
    []).hasOnly([...])`.
    """
    yield from tell(told_administrators(resource))
