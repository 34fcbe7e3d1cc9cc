"""Who may read Cloud Storage buckets."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import given
from ._google_iam import grants, public_name

_BUCKET = "google_storage_bucket"
# cloud.google.com/storage/docs/access-control/lists#predefined-acl
_PUBLIC_ACLS = {
    "publicread": "everyone",
    "publicreadwrite": "everyone",
    "authenticatedread": "everyone with a Google account",
}


@rule(
    id="google-storage-bucket-public",
    severity="high",
    domain="identity",
    resources=[
        "google_storage_bucket_access_control",
        "google_storage_bucket_acl",
        "google_storage_bucket_iam_binding",
        "google_storage_bucket_iam_member",
        "google_storage_bucket_iam_policy",
        "google_storage_default_object_access_control",
        "google_storage_default_object_acl",
    ],
    aliases=["CKV_GCP_28", "AVD-GCP-0001"],
    controls={"nist-800-53r5": ["AC-3", "AC-22"], "cis-gcp-2.0": ["5.1"]},
    links=["https://cloud.google.com/storage/docs/public-access-prevention"],
    bad={
        "one member": """
resource "google_storage_bucket" "site" {
  name                        = "acme-site"
  location                    = "EU"
  uniform_bucket_level_access = true
}

resource "google_storage_bucket_iam_member" "site" {
  bucket = google_storage_bucket.site.name
  role   = "roles/storage.objectViewer"
  member = "allUsers"
}
""",
        "one of several members, bucket not in the plan": """
resource "google_storage_bucket_iam_binding" "site" {
  bucket  = "acme-site"
  role    = "roles/storage.objectAdmin"
  members = ["group:web@example.com", "allAuthenticatedUsers"]
}
""",
        "whole policy": """
resource "google_storage_bucket_iam_policy" "site" {
  bucket      = "acme-site"
  policy_data = jsonencode({ bindings = [{ role = "roles/storage.objectViewer", members = ["allUsers"] }] })
}
""",
        "whole policy, not known yet": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

data "google_iam_policy" "site" {
  binding {
    role    = "roles/storage.objectViewer"
    members = ["allUsers"]
  }

  binding {
    role    = "roles/storage.admin"
    members = ["serviceAccount:${google_service_account.app.email}"]
  }
}

resource "google_storage_bucket_iam_policy" "site" {
  bucket      = "acme-site"
  policy_data = data.google_iam_policy.site.policy_data
}
""",
        "predefined list": """
resource "google_storage_bucket" "site" {
  name     = "acme-site"
  location = "EU"
}

resource "google_storage_bucket_acl" "site" {
  bucket         = google_storage_bucket.site.name
  predefined_acl = "publicRead"
}
""",
        "entity in a list": """
resource "google_storage_default_object_acl" "site" {
  bucket      = "acme-site"
  role_entity = ["OWNER:group-web@example.com", "READER:allUsers"]
}
""",
        "entity of its own": """
resource "google_storage_bucket_access_control" "site" {
  bucket = "acme-site"
  role   = "READER"
  entity = "allAuthenticatedUsers"
}
""",
        "readable and writable by a predefined list": """
resource "google_storage_bucket_acl" "site" {
  bucket         = "acme-site"
  predefined_acl = "publicReadWrite"
}
""",
        "objects of tomorrow for every Google account": """
resource "google_storage_bucket_acl" "site" {
  bucket      = "acme-site"
  default_acl = "authenticatedRead"
}
""",
    },
    good={
        "a group": """
resource "google_storage_bucket_iam_member" "reports" {
  bucket = "acme-reports"
  role   = "roles/storage.objectViewer"
  member = "group:finance@example.com"
}
""",
        "public access prevented": """
resource "google_storage_bucket" "reports" {
  name                     = "acme-reports"
  location                 = "EU"
  public_access_prevention = "enforced"
}

resource "google_storage_bucket_iam_binding" "reports" {
  bucket  = google_storage_bucket.reports.name
  role    = "roles/storage.objectViewer"
  members = ["allUsers"]
}
""",
        "lists switched off": """
resource "google_storage_bucket" "reports" {
  name                        = "acme-reports"
  location                    = "EU"
  uniform_bucket_level_access = true
}

resource "google_storage_bucket_access_control" "reports" {
  bucket = google_storage_bucket.reports.name
  role   = "READER"
  entity = "allUsers"
}
""",
        "entity of its own, a group": """
resource "google_storage_bucket_access_control" "reports" {
  bucket = "acme-reports"
  role   = "READER"
  entity = "group-finance@example.com"
}
""",
        "list with entities": """
resource "google_storage_bucket_acl" "reports" {
  bucket      = "acme-reports"
  role_entity = ["OWNER:project-owners-123456789012", "READER:group-finance@example.com"]
}
""",
        "private list": """
resource "google_storage_bucket_acl" "reports" {
  bucket         = "acme-reports"
  predefined_acl = "projectPrivate"
}
""",
    },
)
def bucket_public(access: Resource) -> Iterator[Violation]:
    """Storage bucket is open to everyone.

    Anyone, or anyone with a free Google account, reads what is in it, and search engines for open buckets find it
    within days.

    Take `allUsers` and `allAuthenticatedUsers` out and name groups or service accounts; set `public_access_prevention
    = "enforced"` on the bucket so that it cannot happen again. Publish web sites through a load balancer with a
    backend bucket.
    """
    for path, what, who in _open_to(access):
        if _is_prevented(access):
            return
        yield violation(path, f"{what} for {who}")


def _open_to(access: Resource) -> Iterator[tuple[str, str, str]]:
    """Path, role and name of everyone who is no one in particular."""
    if "_iam_" in access.type:
        for grant in grants(access):
            if grant.public_name:
                yield grant.path, grant.role, grant.public_name
    elif access.type.endswith("_access_control"):
        who = public_name(access.get("entity"))
        if who:
            yield "entity", given(access, "role", "READER"), who
    else:
        for name in ("predefined_acl", "default_acl"):
            who = _PUBLIC_ACLS.get(access.get(name, "").lower(), "")
            if who:
                yield name, access.get(name), who
        for text in given(access, "role_entity", ()):
            role, _, entity = text.partition(":")
            if public_name(entity):
                yield "role_entity", role, public_name(entity)


def _is_prevented(access: Resource) -> bool:
    """Whether the bucket makes the grant void."""
    for bucket in access.references(_BUCKET, via="bucket"):
        # Provider documentation: inherited by default; lists count unless access is uniform.
        if given(bucket, "public_access_prevention", "inherited") == "enforced":
            return True
        if "_iam_" not in access.type and given(bucket, "uniform_bucket_level_access", False):
            return True
    return False
