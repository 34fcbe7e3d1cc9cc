"""Which identities of other providers are let in by a grant of Google Cloud."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation
from planguard.access.pattern import shown

from ._google_iam import grants, iam
from ._google_members import made_of

_POOL = re.compile(
    r"principalSet://iam\.googleapis\.com/(?:(?:.*/)?(?:workloadIdentityPools|workforcePools)/([^/]+)|([^/]))/\*"
)
_GRANTED_ON = ("project", "folder", "organization", "service_account", "storage_bucket", "secret_manager_secret")


@rule(
    id="google-workload-identity-any-subject",
    severity="high",
    domain="identity",
    resources=iam(*_GRANTED_ON),
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-8"]},
    links=[
        "https://cloud.google.com/iam/docs/principal-identifiers",
        "https://cloud.google.com/iam/docs/best-practices-for-using-workload-identity-federation",
    ],
    since="0.2.0",
    bad={
        "an account for every identity of a pool": """
            resource "google_service_account_iam_member" "ci" {
              service_account_id = "projects/acme-shop/serviceAccounts/ci@acme-shop.iam.gserviceaccount.com"
              role               = "roles/iam.workloadIdentityUser"
              member             = "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/ci/*"
            }
        """,
        "a project, beside a subject of its own": """
            resource "google_project_iam_binding" "deploy" {
              project = "acme-shop"
              role    = "roles/run.developer"
              members = [
                "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/ci/subject/main",
                "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/ci/*",
              ]
            }
        """,
        "everybody of a workforce": """
            resource "google_storage_bucket_iam_member" "reports" {
              bucket = "acme-reports"
              role   = "roles/storage.objectViewer"
              member = "principalSet://iam.googleapis.com/locations/global/workforcePools/partners/*"
            }
        """,
    },
    good={
        "one repository": """
            resource "google_service_account_iam_member" "ci" {
              service_account_id = "projects/acme-shop/serviceAccounts/ci@acme-shop.iam.gserviceaccount.com"
              role               = "roles/iam.workloadIdentityUser"
              member             = "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/ci/attribute.repository/acme/shop"
            }
        """,
        "one subject": """
            resource "google_project_iam_member" "deploy" {
              project = "acme-shop"
              role    = "roles/run.developer"
              member  = "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/ci/subject/main"
            }
        """,
        "a service account whose name is not known yet": """
            resource "terraform_data" "name" {
              input = "deploy"
            }

            resource "google_service_account" "deploy" {
              account_id = terraform_data.name.output
              project    = "acme-shop"
            }

            resource "google_project_iam_member" "deploy" {
              project = "acme-shop"
              role    = "roles/run.developer"
              member  = google_service_account.deploy.member
            }
        """,
        "an agent of Google's, by the number of a project that is not known yet": """
            resource "google_project" "shop" {
              name       = "shop"
              project_id = "acme-shop"
            }

            resource "google_project_iam_member" "storage" {
              project = google_project.shop.project_id
              role    = "roles/pubsub.publisher"
              member  = "serviceAccount:service-${google_project.shop.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
            }
        """,
        "a group": """
            resource "google_project_iam_member" "deploy" {
              project = "acme-shop"
              role    = "roles/run.developer"
              member  = "group:dev@example.com"
            }
        """,
    },
    undetermined={
        "one of several, beside an agent of Google's": """
            resource "terraform_data" "member" {
              input = "group:dev@example.com"
            }

            resource "google_project" "shop" {
              name       = "shop"
              project_id = "acme-shop"
            }

            resource "google_project_iam_binding" "publish" {
              project = "acme-shop"
              role    = "roles/pubsub.publisher"
              members = [
                terraform_data.member.output,
                "serviceAccount:${google_project.shop.number}@cloudbuild.gserviceaccount.com",
              ]
            }
        """,
        "a pool whose name is not known yet": """
            resource "google_iam_workload_identity_pool" "ci" {
              workload_identity_pool_id = "ci"
            }

            resource "google_project_iam_member" "deploy" {
              project = "acme-shop"
              role    = "roles/run.developer"
              member  = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.ci.name}/*"
            }
        """,
        "a member that is not known yet": """
            resource "terraform_data" "member" {
              input = "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/subject/main"
            }

            resource "google_project_iam_member" "deploy" {
              project = "acme-shop"
              role    = "roles/run.developer"
              member  = terraform_data.member.output
            }
        """,
    },
)
def workload_identity_any_subject(access: Resource) -> Iterator[Violation]:
    """Role is granted to every identity of a pool.

    Whoever the pool lets in has the role: each pipeline of each repository, each person of a partner, and those that
    a provider is added for tomorrow.

    Name whom it is for: `member = "principal://…/subject/<subject>"`, or a set with one attribute that only they
    have, such as `principalSet://…/attribute.repository/<owner>/<name>`.
    """
    for grant in grants(access):
        kinds = made_of(grant)
        if kinds and all(kind.startswith("google_") and "_pool" not in kind for kind in kinds):
            continue
        for member in grant.told or [grant.member]:
            found = _pool(member)
            if found:
                yield violation(
                    grant.path, f"{grant.role} for every identity of the pool {shown(found[1] or found[2])}"
                )


def _pool(member: str) -> re.Match[str] | None:
    return _POOL.fullmatch(str(member))
