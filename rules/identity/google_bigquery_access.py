"""Who may read BigQuery datasets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource, Violation, rule, violation

from .._satellite import is_left_to_provider
from ._google_iam import grants, public_name

_MEMBERS = ("special_group", "iam_member")


@rule(
    id="google-bigquery-dataset-public",
    severity="critical",
    domain="identity",
    resources=[
        "google_bigquery_dataset",
        "google_bigquery_dataset_access",
        "google_bigquery_dataset_iam_binding",
        "google_bigquery_dataset_iam_member",
        "google_bigquery_dataset_iam_policy",
        "google_bigquery_table_iam_binding",
        "google_bigquery_table_iam_member",
        "google_bigquery_table_iam_policy",
    ],
    aliases=["CKV_GCP_15", "CKV_GCP_100", "AVD-GCP-0046"],
    controls={"nist-800-53r5": ["AC-3", "AC-22"], "cis-gcp-2.0": ["7.1"]},
    links=["https://cloud.google.com/bigquery/docs/control-access-to-resources-iam"],
    bad={
        "inline, every Google account": """
resource "google_bigquery_dataset" "claims" {
  dataset_id = "claims"
  location   = "EU"

  access {
    role          = "OWNER"
    user_by_email = "data@example.com"
  }

  access {
    role          = "READER"
    special_group = "allAuthenticatedUsers"
  }
}
""",
        "separate, everyone": """
resource "google_bigquery_dataset" "claims" {
  dataset_id = "claims"
  location   = "EU"
}

resource "google_bigquery_dataset_access" "open" {
  dataset_id = google_bigquery_dataset.claims.dataset_id
  role       = "roles/bigquery.dataViewer"
  iam_member = "allUsers"
}
""",
        "by IAM, one of several": """
resource "google_bigquery_dataset_iam_binding" "open" {
  dataset_id = "claims"
  role       = "roles/bigquery.dataViewer"
  members    = ["group:data@example.com", "allUsers"]
}
""",
    },
    good={
        "owners and a group": """
resource "google_bigquery_dataset" "claims" {
  dataset_id = "claims"
  location   = "EU"

  access {
    role          = "OWNER"
    special_group = "projectOwners"
  }

  access {
    role           = "READER"
    group_by_email = "data@example.com"
  }
}
""",
        "access left to the default": """
resource "google_bigquery_dataset" "claims" {
  dataset_id = "claims"
  location   = "EU"
}
""",
        "by IAM, a group": """
resource "google_bigquery_dataset_iam_member" "data" {
  dataset_id = "claims"
  role       = "roles/bigquery.dataViewer"
  member     = "group:data@example.com"
}
""",
    },
)
def dataset_public(access: Resource) -> Iterator[Violation]:
    """BigQuery data is open to everyone.

    Anyone, or anyone with a free Google account, queries and copies the tables, and the query runs in a project of
    their own, where nobody here sees it.

    Take `allUsers` and `allAuthenticatedUsers` out of `access`, `member` or `members`, and name groups or service
    accounts.
    """
    if "_iam_" in access.type:
        for grant in grants(access):
            who = public_name(grant.member)
            if who:
                yield violation(grant.path, f"{grant.role} for {who}")
    elif access.type == "google_bigquery_dataset_access":
        yield from _judge("", access.values)
    # BigQuery documentation: by default the owners, writers and readers of the project.
    elif not is_left_to_provider(access, "access"):
        for path, block in access.blocks("access"):
            yield from _judge(f"{path}.", block)


def _judge(prefix: str, entry: dict[str, Any]) -> Iterator[Violation]:
    for name in _MEMBERS:
        who = public_name(entry.get(name))
        if who:
            yield violation(f"{prefix}{name}", f"{entry.get('role') or 'access'} for {who}")
