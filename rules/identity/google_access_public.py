"""Resources of Google Cloud that are open to everyone, of kinds that no other rule speaks of."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._google_iam import grants, iam
from ._google_members import public_members

_OPEN = (
    "api_gateway_api",
    "api_gateway_gateway",
    "apigee_environment",
    "bigquery_analytics_hub_data_exchange",
    "bigquery_analytics_hub_listing",
    "bigquery_connection",
    "bigtable_instance",
    "bigtable_table",
    "binary_authorization_attestor",
    "billing_account",
    "cloud_run_v2_job",
    "cloud_run_v2_worker_pool",
    "cloud_tasks_queue",
    "compute_disk",
    "compute_image",
    "compute_instance",
    "compute_instance_template",
    "compute_machine_image",
    "compute_region_disk",
    "compute_snapshot",
    "compute_subnetwork",
    "data_catalog_entry_group",
    "data_catalog_policy_tag",
    "data_catalog_taxonomy",
    "data_fusion_instance",
    "dataplex_lake",
    "dataplex_zone",
    "dataproc_cluster",
    "dataproc_job",
    "dataproc_metastore_service",
    "dns_managed_zone",
    "healthcare_consent_store",
    "healthcare_dataset",
    "healthcare_dicom_store",
    "healthcare_fhir_store",
    "healthcare_hl7_v2_store",
    "notebooks_instance",
    "notebooks_runtime",
    "privateca_ca_pool",
    "pubsub_schema",
    "pubsub_subscription",
    "secret_manager_regional_secret",
    "secret_manager_secret",
    "service_directory_namespace",
    "service_directory_service",
    "sourcerepo_repository",
    "spanner_database",
    "spanner_instance",
    "storage_managed_folder",
    "workbench_instance",
)
_LINKS = ["https://cloud.google.com/iam/docs/principals-overview"]


@rule(
    id="google-resource-public-access",
    severity="high",
    domain="identity",
    resources=iam(*_OPEN),
    controls={"nist-800-53r5": ["AC-3", "AC-14", "AC-22"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "a secret": """
            resource "google_secret_manager_secret_iam_member" "open" {
              project   = "acme-shop"
              secret_id = "db-password"
              role      = "roles/secretmanager.secretAccessor"
              member    = "allAuthenticatedUsers"
            }
        """,
        "a subscription, beside a reader of its own": """
            resource "google_pubsub_subscription_iam_binding" "open" {
              project      = "acme-shop"
              subscription = "orders"
              role         = "roles/pubsub.subscriber"
              members      = ["serviceAccount:billing@acme-shop.iam.gserviceaccount.com", "allUsers"]
            }
        """,
        "an image, by a whole policy": """
            resource "google_compute_image_iam_policy" "open" {
              project     = "acme-shop"
              image       = "golden"
              policy_data = jsonencode({
                bindings = [{ role = "roles/compute.imageUser", members = ["allAuthenticatedUsers"] }]
              })
            }
        """,
    },
    good={
        "one service account": """
            resource "google_secret_manager_secret_iam_member" "web" {
              project   = "acme-shop"
              secret_id = "db-password"
              role      = "roles/secretmanager.secretAccessor"
              member    = "serviceAccount:web@acme-shop.iam.gserviceaccount.com"
            }
        """,
        "a group": """
            resource "google_spanner_database_iam_binding" "data" {
              project  = "acme-shop"
              instance = "main"
              database = "orders"
              role     = "roles/spanner.databaseReader"
              members  = ["group:data@example.com"]
            }
        """,
    },
)
def resource_public_access(access: Resource) -> Iterator[Violation]:
    """Role on a resource is granted to everyone.

    Anybody, or anybody with a free Google account, has what the role allows there.

    Take `allUsers` and `allAuthenticatedUsers` out of `member` or `members`, and name groups or service accounts:
    `member = "group:<name>@<domain>"`.
    """
    yield from public_members(grants(access))


@rule(
    id="google-service-account-open-to-everyone",
    severity="critical",
    domain="identity",
    resources=iam("service_account"),
    controls={"nist-800-53r5": ["AC-3", "AC-14", "IA-2"]},
    links=[*_LINKS, "https://cloud.google.com/iam/docs/service-account-impersonation"],
    since="0.2.0",
    bad={
        "its tokens": """
            resource "google_service_account_iam_member" "open" {
              service_account_id = "projects/acme-shop/serviceAccounts/deploy@acme-shop.iam.gserviceaccount.com"
              role               = "roles/iam.serviceAccountTokenCreator"
              member             = "allAuthenticatedUsers"
            }
        """,
        "one of several": """
            resource "google_service_account_iam_binding" "open" {
              service_account_id = "projects/acme-shop/serviceAccounts/deploy@acme-shop.iam.gserviceaccount.com"
              role               = "roles/iam.serviceAccountUser"
              members            = ["group:dev@example.com", "allUsers"]
            }
        """,
        "by what another resource holds": """
            resource "google_project" "shop" {
              name       = "shop"
              project_id = "acme-shop"
              labels     = { audience = "allUsers" }
            }

            resource "google_service_account_iam_member" "open" {
              service_account_id = "projects/acme-shop/serviceAccounts/deploy@acme-shop.iam.gserviceaccount.com"
              role               = "roles/iam.serviceAccountUser"
              member             = google_project.shop.labels["audience"]
            }
        """,
    },
    good={
        "a pool whose name is not known yet": """
            resource "google_iam_workload_identity_pool" "ci" {
              workload_identity_pool_id = "ci"
            }

            resource "google_service_account_iam_member" "ci" {
              service_account_id = "projects/acme-shop/serviceAccounts/deploy@acme-shop.iam.gserviceaccount.com"
              role               = "roles/iam.workloadIdentityUser"
              member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.ci.name}/*"
            }
        """,
        "a group": """
            resource "google_service_account_iam_member" "dev" {
              service_account_id = "projects/acme-shop/serviceAccounts/deploy@acme-shop.iam.gserviceaccount.com"
              role               = "roles/iam.serviceAccountUser"
              member             = "group:dev@example.com"
            }
        """,
    },
    undetermined={
        "a member that is not known yet": """
            resource "terraform_data" "member" {
              input = "group:dev@example.com"
            }

            resource "google_service_account_iam_member" "dev" {
              service_account_id = "projects/acme-shop/serviceAccounts/deploy@acme-shop.iam.gserviceaccount.com"
              role               = "roles/iam.serviceAccountUser"
              member             = terraform_data.member.output
            }
        """,
        "a name put together from elsewhere": """
            resource "terraform_data" "member" {
              input = "group:dev@example.com"
            }

            resource "google_project" "shop" {
              name       = "shop"
              project_id = "acme-shop"
            }

            resource "google_service_account_iam_binding" "dev" {
              service_account_id = "projects/acme-shop/serviceAccounts/deploy@acme-shop.iam.gserviceaccount.com"
              role               = "roles/iam.serviceAccountUser"
              members = [
                terraform_data.member.output,
                "serviceAccount:${google_project.shop.number}@cloudbuild.gserviceaccount.com",
              ]
            }
        """,
    },
)
def service_account_open_to_everyone(access: Resource) -> Iterator[Violation]:
    """Service account may be used by everyone.

    With a role on the account, anybody acts as it, or sees what it is, with a Google account that takes a minute to
    make. What it holds is then anybody's.

    Take `allUsers` and `allAuthenticatedUsers` out of `member` or `members`, and name who acts as the account.
    """
    yield from public_members(grants(access))
