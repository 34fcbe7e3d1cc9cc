"""Who gets at the access of Google Cloud's service accounts."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule
from planguard.access.google.principals import told_escalations

from ._google_iam import iam
from ._told import tell


@rule(
    id="google-principal-privilege-escalation",
    severity="high",
    domain="identity",
    resources=["google_service_account", *iam("project", "folder", "organization", "service_account")],
    controls={"nist-800-53r5": ["AC-3", "AC-5", "AC-6", "AC-6(1)", "AC-6(10)"]},
    links=[
        "https://cloud.google.com/iam/docs/service-account-impersonation",
        "https://cloud.google.com/iam/docs/best-practices-service-accounts",
    ],
    since="0.2.0",
    bad={
        "tokens of every service account of a project": """
            resource "google_project_iam_member" "ci" {
              project = "acme-shop"
              role    = "roles/iam.serviceAccountTokenCreator"
              member  = "serviceAccount:ci@acme-shop.iam.gserviceaccount.com"
            }
        """,
        "keys, with a custom role": """
            resource "google_project_iam_custom_role" "keys" {
              project     = "acme-shop"
              role_id     = "keys"
              title       = "Keys"
              permissions = ["iam.serviceAccountKeys.create", "iam.serviceAccountKeys.list"]
            }

            resource "google_project_iam_member" "keys" {
              project = "acme-shop"
              role    = google_project_iam_custom_role.keys.name
              member  = "group:dev@example.com"
            }
        """,
        "code as any account, by two roles": """
            resource "google_service_account" "ci" {
              account_id = "ci"
              project    = "acme-shop"
            }

            resource "google_project_iam_member" "ci" {
              for_each = toset(["roles/run.developer", "roles/iam.serviceAccountUser"])
              project  = "acme-shop"
              role     = each.key
              member   = google_service_account.ci.member
            }
        """,
        "into machines with the account of their project": """
            resource "google_project_iam_binding" "ssh" {
              for_each = toset(["roles/compute.osLogin", "roles/iam.serviceAccountUser"])
              project  = "acme-shop"
              role     = each.key
              members  = ["group:dev@example.com"]
            }
        """,
        "tokens of one account, which is Owner": """
            resource "google_service_account" "admin" {
              account_id = "admin"
              project    = "acme-shop"
            }

            resource "google_project_iam_member" "admin" {
              project = "acme-shop"
              role    = "roles/owner"
              member  = google_service_account.admin.member
            }

            resource "google_service_account_iam_member" "ci" {
              service_account_id = google_service_account.admin.name
              role               = "roles/iam.serviceAccountTokenCreator"
              member             = "group:dev@example.com"
            }
        """,
        "a pod that is an account, which is as good as Owner by another": """
            resource "google_service_account" "admin" {
              account_id = "admin"
              project    = "acme-shop"
            }

            resource "google_service_account" "deploy" {
              account_id = "deploy"
              project    = "acme-shop"
            }

            resource "google_project_iam_member" "admin" {
              project = "acme-shop"
              role    = "roles/resourcemanager.projectIamAdmin"
              member  = google_service_account.admin.member
            }

            resource "google_service_account_iam_member" "deploy" {
              service_account_id = google_service_account.admin.name
              role               = "roles/iam.serviceAccountKeyAdmin"
              member             = google_service_account.deploy.member
            }

            resource "google_service_account_iam_member" "pod" {
              service_account_id = google_service_account.deploy.name
              role               = "roles/iam.workloadIdentityUser"
              member             = "serviceAccount:acme-shop.svc.id.goog[shop/web]"
            }
        """,
        "a machine that runs as Owner": """
            resource "google_service_account" "admin" {
              account_id = "admin"
              project    = "acme-shop"
            }

            resource "google_project_iam_member" "admin" {
              project = "acme-shop"
              role    = "roles/owner"
              member  = google_service_account.admin.member
            }

            resource "google_compute_instance" "bastion" {
              name         = "bastion"
              machine_type = "e2-small"
              zone         = "europe-west1-b"

              boot_disk {
                initialize_params {
                  image = "debian-12"
                }
              }

              network_interface {
                network = "default"
              }

              service_account {
                email  = google_service_account.admin.email
                scopes = ["cloud-platform"]
              }
            }

            resource "google_project_iam_member" "ssh" {
              project = "acme-shop"
              role    = "roles/compute.osLogin"
              member  = "group:dev@example.com"
            }

            resource "google_service_account_iam_member" "ssh" {
              service_account_id = google_service_account.admin.name
              role               = "roles/iam.serviceAccountUser"
              member             = "group:dev@example.com"
            }
        """,
        "permissions for its own role": """
            resource "google_project_iam_custom_role" "ops" {
              project     = "acme-shop"
              role_id     = "ops"
              title       = "Ops"
              permissions = ["iam.roles.get", "iam.roles.update"]
            }

            resource "google_project_iam_member" "ops" {
              project = "acme-shop"
              role    = google_project_iam_custom_role.ops.name
              member  = "group:ops@example.com"
            }
        """,
        "builds that run as an administrator": """
            resource "google_project_iam_member" "builder" {
              project = "acme-shop"
              role    = "roles/resourcemanager.projectIamAdmin"
              member  = "serviceAccount:123456789012@cloudbuild.gserviceaccount.com"
            }

            resource "google_project_iam_member" "dev" {
              project = "acme-shop"
              role    = "roles/cloudbuild.builds.editor"
              member  = "group:dev@example.com"
            }
        """,
        "by way of an account that can be asked on behalf of others": """
            resource "google_service_account" "admin" {
              account_id = "admin"
              project    = "acme-shop"
            }

            resource "google_service_account" "relay" {
              account_id = "relay"
              project    = "acme-shop"
            }

            resource "google_project_iam_member" "admin" {
              project = "acme-shop"
              role    = "roles/owner"
              member  = google_service_account.admin.member
            }

            resource "google_service_account_iam_member" "relay" {
              service_account_id = google_service_account.admin.name
              role               = "roles/iam.serviceAccountTokenCreator"
              member             = google_service_account.relay.member
            }

            resource "google_project_iam_custom_role" "delegate" {
              project     = "acme-shop"
              role_id     = "delegate"
              title       = "Delegate"
              permissions = ["iam.serviceAccounts.implicitDelegation"]
            }

            resource "google_service_account_iam_member" "dev" {
              service_account_id = google_service_account.relay.name
              role               = google_project_iam_custom_role.delegate.name
              member             = "group:dev@example.com"
            }
        """,
        "as an Editor, by deployments": """
            resource "google_project_iam_member" "deployer" {
              project = "acme-shop"
              role    = "roles/deploymentmanager.editor"
              member  = "group:dev@example.com"
            }
        """,
    },
    good={
        "one account that deploys a service": """
            resource "google_service_account" "web" {
              account_id = "web"
              project    = "acme-shop"
            }

            resource "google_service_account" "ci" {
              account_id = "ci"
              project    = "acme-shop"
            }

            resource "google_project_iam_member" "web" {
              project = "acme-shop"
              role    = "roles/cloudsql.client"
              member  = google_service_account.web.member
            }

            resource "google_project_iam_member" "ci" {
              project = "acme-shop"
              role    = "roles/run.developer"
              member  = google_service_account.ci.member
            }

            resource "google_service_account_iam_member" "ci" {
              service_account_id = google_service_account.web.name
              role               = "roles/iam.serviceAccountUser"
              member             = google_service_account.ci.member
            }
        """,
        "a pod with an account of its own": """
            resource "google_service_account" "web" {
              account_id = "web"
              project    = "acme-shop"
            }

            resource "google_project_iam_member" "web" {
              project = "acme-shop"
              role    = "roles/pubsub.publisher"
              member  = google_service_account.web.member
            }

            resource "google_service_account_iam_member" "web" {
              service_account_id = google_service_account.web.name
              role               = "roles/iam.workloadIdentityUser"
              member             = "serviceAccount:acme-shop.svc.id.goog[shop/web]"
            }
        """,
        "the use of accounts, and nothing to use them with": """
            resource "google_project_iam_member" "dev" {
              project = "acme-shop"
              role    = "roles/iam.serviceAccountUser"
              member  = "group:dev@example.com"
            }
        """,
        "code, and no account to run it as": """
            resource "google_project_iam_member" "dev" {
              project = "acme-shop"
              role    = "roles/run.developer"
              member  = "group:dev@example.com"
            }
        """,
        "an Owner has nothing to gain": """
            resource "google_project_iam_member" "admin" {
              project = "acme-shop"
              role    = "roles/owner"
              member  = "group:admins@example.com"
            }
        """,
        "builds that run as an account for builds": """
            resource "google_project_iam_member" "builder" {
              project = "acme-shop"
              role    = "roles/artifactregistry.writer"
              member  = "serviceAccount:123456789012@cloudbuild.gserviceaccount.com"
            }

            resource "google_project_iam_member" "dev" {
              project = "acme-shop"
              role    = "roles/cloudbuild.builds.editor"
              member  = "group:dev@example.com"
            }
        """,
        "custom roles that it does not hold": """
            resource "google_project_iam_member" "ops" {
              project = "acme-shop"
              role    = "roles/iam.roleAdmin"
              member  = "group:ops@example.com"
            }
        """,
        "an agent of Google's": """
            resource "google_project_iam_member" "agent" {
              project = "acme-shop"
              role    = "roles/editor"
              member  = "serviceAccount:123456789012@cloudservices.gserviceaccount.com"
            }
        """,
        "an account that is made here and holds nothing": """
            resource "google_service_account" "web" {
              account_id = "web"
              project    = "acme-shop"
            }

            resource "google_service_account_iam_member" "dev" {
              service_account_id = google_service_account.web.name
              role               = "roles/iam.serviceAccountTokenCreator"
              member             = "group:dev@example.com"
            }
        """,
    },
    undetermined={
        "one account that is not in the plan": """
            resource "google_service_account_iam_member" "dev" {
              service_account_id = "projects/acme-shop/serviceAccounts/deploy@acme-shop.iam.gserviceaccount.com"
              role               = "roles/iam.serviceAccountTokenCreator"
              member             = "group:dev@example.com"
            }
        """,
        "a role that is not known yet": """
            resource "terraform_data" "role" {
              input = "roles/iam.serviceAccountViewer"
            }

            resource "google_project_iam_member" "dev" {
              project = "acme-shop"
              role    = terraform_data.role.output
              member  = "group:dev@example.com"
            }
        """,
    },
)
def principal_privilege_escalation(resource: Resource) -> Iterator[Violation]:
    """Principal gets at more than it holds by way of service accounts.

    Who makes tokens or keys of service accounts, or runs code as them, has all that they have. On a project that is
    each of its accounts, those of tomorrow included; on one account it is what that holds, which may be everything.
    The log then names the account.

    Grant the use of single accounts, with `google_service_account_iam_member`, that hold what their one task needs;
    and keep who deploys as an account apart from who grants it roles.
    """
    yield from tell(told_escalations(resource))
