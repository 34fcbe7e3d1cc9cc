"""Who may call or read services of Google Cloud."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._google_iam import iam, public_grants


@rule(
    id="google-cloud-run-public",
    severity="high",
    domain="identity",
    resources=iam("cloud_run_service", "cloud_run_v2_service"),
    aliases=["CKV_GCP_102"],
    controls={"nist-800-53r5": ["AC-3", "AC-14"]},
    links=["https://cloud.google.com/run/docs/authenticating/overview"],
    since="0.2.0",
    bad={
        "everyone": """
resource "google_cloud_run_service_iam_member" "open" {
  service  = "web"
  location = "europe-west4"
  role     = "roles/run.invoker"
  member   = "allUsers"
}
""",
        "every Google account, one of several": """
resource "google_cloud_run_v2_service_iam_binding" "open" {
  name     = "web"
  role     = "roles/run.invoker"
  members  = ["group:web@example.com", "allAuthenticatedUsers"]
}
""",
        "whole policy": """
resource "google_cloud_run_service_iam_policy" "open" {
  service     = "web"
  location    = "europe-west4"
  policy_data = jsonencode({ bindings = [{ role = "roles/run.invoker", members = ["allUsers"] }] })
}
""",
    },
    good={
        "a service account": """
resource "google_cloud_run_service_iam_member" "caller" {
  service  = "web"
  location = "europe-west4"
  role     = "roles/run.invoker"
  member   = "serviceAccount:caller@acme-shop.iam.gserviceaccount.com"
}
""",
        "an account of this plan": """
resource "google_service_account" "caller" {
  account_id = "caller"
}

resource "google_cloud_run_service_iam_member" "caller" {
  service  = "web"
  location = "europe-west4"
  role     = "roles/run.invoker"
  member   = google_service_account.caller.member
}
""",
        "a group and a domain": """
resource "google_cloud_run_v2_service_iam_binding" "callers" {
  name     = "web"
  role     = "roles/run.invoker"
  members  = ["group:web@example.com", "domain:example.com"]
}
""",
    },
)
def cloud_run_public(access: Resource) -> Iterator[Violation]:
    """Cloud Run service answers everyone.

    Anybody on the Internet calls it without a token, so that all that guards it is the application's own code.

    Take `allUsers` and `allAuthenticatedUsers` out, and name the callers: `member = "serviceAccount:<caller>"`. What
    is meant for everybody belongs behind a load balancer that has rate limits and a firewall.
    """
    yield from public_grants(access)


@rule(
    id="google-cloud-function-public",
    severity="high",
    domain="identity",
    resources=iam("cloudfunctions_function", "cloudfunctions2_function"),
    aliases=["CKV_GCP_107"],
    controls={"nist-800-53r5": ["AC-3", "AC-14"]},
    links=["https://cloud.google.com/functions/docs/securing/managing-access-iam"],
    since="0.2.0",
    bad={
        "everyone": """
resource "google_cloudfunctions_function_iam_member" "open" {
  cloud_function = "resize"
  role           = "roles/cloudfunctions.invoker"
  member         = "allUsers"
}
""",
        "every Google account, one of several": """
resource "google_cloudfunctions2_function_iam_binding" "open" {
  cloud_function = "resize"
  role           = "roles/cloudfunctions.invoker"
  members        = ["group:web@example.com", "allAuthenticatedUsers"]
}
""",
        "whole policy": """
resource "google_cloudfunctions_function_iam_policy" "open" {
  cloud_function = "resize"
  policy_data = jsonencode({ bindings = [{ role = "roles/cloudfunctions.invoker", members = ["allUsers"] }] })
}
""",
    },
    good={
        "a service account": """
resource "google_cloudfunctions_function_iam_member" "caller" {
  cloud_function = "resize"
  role           = "roles/cloudfunctions.invoker"
  member         = "serviceAccount:caller@acme-shop.iam.gserviceaccount.com"
}
""",
        "an account of this plan": """
resource "google_service_account" "caller" {
  account_id = "caller"
}

resource "google_cloudfunctions_function_iam_member" "caller" {
  cloud_function = "resize"
  role           = "roles/cloudfunctions.invoker"
  member         = google_service_account.caller.member
}
""",
        "a group and a domain": """
resource "google_cloudfunctions2_function_iam_binding" "callers" {
  cloud_function = "resize"
  role           = "roles/cloudfunctions.invoker"
  members        = ["group:web@example.com", "domain:example.com"]
}
""",
    },
)
def cloud_function_public(access: Resource) -> Iterator[Violation]:
    """Cloud Function is open to everyone.

    Anybody on the Internet calls it without a token, at our cost, and with an administrator's role replaces its code.

    Take `allUsers` and `allAuthenticatedUsers` out, and name the callers: `member = "serviceAccount:<caller>"`.
    """
    yield from public_grants(access)


@rule(
    id="google-pubsub-topic-public",
    severity="high",
    domain="identity",
    resources=iam("pubsub_topic"),
    aliases=["CKV_GCP_99"],
    controls={"nist-800-53r5": ["AC-3", "AC-22"]},
    links=["https://cloud.google.com/pubsub/docs/access-control"],
    since="0.2.0",
    bad={
        "everyone": """
resource "google_pubsub_topic_iam_member" "open" {
  topic  = "orders"
  role   = "roles/pubsub.publisher"
  member = "allUsers"
}
""",
        "every Google account, one of several": """
resource "google_pubsub_topic_iam_binding" "open" {
  topic   = "orders"
  role    = "roles/pubsub.publisher"
  members = ["group:web@example.com", "allAuthenticatedUsers"]
}
""",
        "whole policy": """
resource "google_pubsub_topic_iam_policy" "open" {
  topic       = "orders"
  policy_data = jsonencode({ bindings = [{ role = "roles/pubsub.publisher", members = ["allUsers"] }] })
}
""",
    },
    good={
        "a service account": """
resource "google_pubsub_topic_iam_member" "caller" {
  topic  = "orders"
  role   = "roles/pubsub.publisher"
  member = "serviceAccount:caller@acme-shop.iam.gserviceaccount.com"
}
""",
        "an account of this plan": """
resource "google_service_account" "caller" {
  account_id = "caller"
}

resource "google_pubsub_topic_iam_member" "caller" {
  topic  = "orders"
  role   = "roles/pubsub.publisher"
  member = google_service_account.caller.member
}
""",
        "a group and a domain": """
resource "google_pubsub_topic_iam_binding" "callers" {
  topic   = "orders"
  role    = "roles/pubsub.publisher"
  members = ["group:web@example.com", "domain:example.com"]
}
""",
    },
)
def pubsub_topic_public(access: Resource) -> Iterator[Violation]:
    """Pub/Sub topic is open to everyone.

    Anybody publishes messages that the subscribers take for ours, or attaches a subscription and reads along.

    Take `allUsers` and `allAuthenticatedUsers` out, and name the publishers: `member = "serviceAccount:<publisher>"`.
    """
    yield from public_grants(access)


@rule(
    id="google-artifact-registry-public",
    severity="high",
    domain="identity",
    resources=iam("artifact_registry_repository"),
    aliases=["CKV_GCP_101"],
    controls={"nist-800-53r5": ["AC-3", "AC-22", "CM-5"]},
    links=["https://cloud.google.com/artifact-registry/docs/access-control"],
    since="0.2.0",
    bad={
        "everyone": """
resource "google_artifact_registry_repository_iam_member" "open" {
  repository = "images"
  location   = "europe-west4"
  role       = "roles/artifactregistry.reader"
  member     = "allUsers"
}
""",
        "every Google account, one of several": """
resource "google_artifact_registry_repository_iam_binding" "open" {
  repository = "images"
  location   = "europe-west4"
  role       = "roles/artifactregistry.reader"
  members    = ["group:web@example.com", "allAuthenticatedUsers"]
}
""",
        "whole policy": """
resource "google_artifact_registry_repository_iam_policy" "open" {
  repository  = "images"
  location    = "europe-west4"
  policy_data = jsonencode({ bindings = [{ role = "roles/artifactregistry.reader", members = ["allUsers"] }] })
}
""",
    },
    good={
        "a service account": """
resource "google_artifact_registry_repository_iam_member" "caller" {
  repository = "images"
  location   = "europe-west4"
  role       = "roles/artifactregistry.reader"
  member     = "serviceAccount:caller@acme-shop.iam.gserviceaccount.com"
}
""",
        "an account of this plan": """
resource "google_service_account" "caller" {
  account_id = "caller"
}

resource "google_artifact_registry_repository_iam_member" "caller" {
  repository = "images"
  location   = "europe-west4"
  role       = "roles/artifactregistry.reader"
  member     = google_service_account.caller.member
}
""",
        "a group and a domain": """
resource "google_artifact_registry_repository_iam_binding" "callers" {
  repository = "images"
  location   = "europe-west4"
  role       = "roles/artifactregistry.reader"
  members    = ["group:web@example.com", "domain:example.com"]
}
""",
    },
)
def artifact_registry_public(access: Resource) -> Iterator[Violation]:
    """Artifact Registry repository is open to everyone.

    Anybody pulls the images and packages and reads what is in them; with a writer's role, anybody puts their own in
    their place.

    Take `allUsers` and `allAuthenticatedUsers` out, and name who pulls: `member = "serviceAccount:<puller>"`.
    """
    yield from public_grants(access)
