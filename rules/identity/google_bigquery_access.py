"""Who may read BigQuery datasets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource, Violation, is_unknown, rule, violation

from .._satellite import is_left_to_provider
from ._google_iam import iam, public_grants, public_name

_MEMBERS = ("special_group", "iam_member")
_ENTITIES = (
    *_MEMBERS,
    "user_by_email",
    "group_by_email",
    "domain",
    "view",
    "dataset",
    "routine",
)


@rule(
    id="google-bigquery-dataset-public",
    severity="critical",
    domain="identity",
    resources=[
        "google_bigquery_dataset",
        "google_bigquery_dataset_access",
        *iam("bigquery_dataset"),
    ],
    aliases=["CKV_GCP_15", "AVD-GCP-0046"],
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
        "an entry that names nobody": """
resource "google_bigquery_dataset" "claims" {
  dataset_id = "claims"
  location   = "EU"

  access {
    role = "READER"
  }
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
        "a view, a domain and an account that is not known yet": """
resource "google_service_account" "etl" {
  account_id = "etl"
}

resource "google_bigquery_dataset" "claims" {
  dataset_id = "claims"
  location   = "EU"

  access {
    role          = "OWNER"
    user_by_email = google_service_account.etl.email
  }

  access {
    role   = "READER"
    domain = "example.com"
  }

  access {
    view {
      project_id = "acme-shop"
      dataset_id = "views"
      table_id   = "claims_by_month"
    }
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
        "views of another dataset": """
resource "google_bigquery_dataset" "sales" {
  dataset_id = "sales"
  location   = "EU"

  access {
    role          = "OWNER"
    user_by_email = "data@acme-shop.iam.gserviceaccount.com"
  }

  access {
    dataset {
      target_types = ["VIEWS"]

      dataset {
        project_id = "acme-shop"
        dataset_id = "reports"
      }
    }
  }
}
""",
        "a routine of another dataset": """
resource "google_bigquery_dataset" "sales" {
  dataset_id = "sales"
  location   = "EU"

  access {
    role          = "OWNER"
    user_by_email = "data@acme-shop.iam.gserviceaccount.com"
  }

  access {
    routine {
      project_id = "acme-shop"
      dataset_id = "reports"
      routine_id = "mask"
    }
  }
}
""",
    },
)
def dataset_public(access: Resource) -> Iterator[Violation]:
    """BigQuery dataset is open to everyone.

    Anyone, or anyone with a free Google account, queries and copies the tables, and the query runs in a project of
    their own, where nobody here sees it.

    Take `allUsers` and `allAuthenticatedUsers` out of `access`, `member` or `members`, and name groups or service
    accounts.
    """
    if "_iam_" in access.type:
        yield from public_grants(access)
    elif access.type == "google_bigquery_dataset_access":
        yield from _judge("", access.values)
    # BigQuery documentation: by default the owners, writers and readers of the project.
    elif not is_left_to_provider(access, "access"):
        for path, block in access.blocks("access"):
            yield from _judge(f"{path}.", block)
            # Providers before 4 showed everyone as an entry that names nobody.
            if not any(is_unknown(block.get(name)) or block.get(name) for name in _ENTITIES):
                yield violation(path, f"{block.get('role') or 'access'} for nobody in particular")


@rule(
    id="google-bigquery-table-public",
    severity="critical",
    domain="identity",
    resources=iam("bigquery_table"),
    aliases=["CKV_GCP_100"],
    controls={"nist-800-53r5": ["AC-3", "AC-22"]},
    links=["https://cloud.google.com/bigquery/docs/control-access-to-resources-iam"],
    since="0.2.0",
    bad={
        "everyone": """
resource "google_bigquery_table_iam_member" "open" {
  dataset_id = "claims"
  table_id   = "events"
  role       = "roles/bigquery.dataViewer"
  member     = "allUsers"
}
""",
        "one of several, every Google account": """
resource "google_bigquery_table_iam_binding" "open" {
  dataset_id = "claims"
  table_id   = "events"
  role       = "roles/bigquery.dataOwner"
  members    = ["group:data@example.com", "allAuthenticatedUsers"]
}
""",
        "whole policy": """
resource "google_bigquery_table_iam_policy" "open" {
  dataset_id  = "claims"
  table_id    = "events"
  policy_data = jsonencode({ bindings = [{ role = "roles/bigquery.dataViewer", members = ["allUsers"] }] })
}
""",
    },
    good={
        "a group": """
resource "google_bigquery_table_iam_member" "data" {
  dataset_id = "claims"
  table_id   = "events"
  role       = "roles/bigquery.dataViewer"
  member     = "group:data@example.com"
}
""",
        "a domain and a user": """
resource "google_bigquery_table_iam_binding" "data" {
  dataset_id = "claims"
  table_id   = "events"
  role       = "roles/bigquery.dataViewer"
  members    = ["domain:example.com", "user:jane@example.com"]
}
""",
    },
)
def table_public(access: Resource) -> Iterator[Violation]:
    """BigQuery table is open to everyone.

    Anyone, or anyone with a free Google account, queries and copies the table, and the query runs in a project of
    their own, where nobody here sees it.

    Take `allUsers` and `allAuthenticatedUsers` out of `member` or `members`, and name groups or service accounts:
    `member = "group:<name>@<domain>"`.
    """
    yield from public_grants(access)


def _judge(prefix: str, entry: dict[str, Any]) -> Iterator[Violation]:
    for name in _MEMBERS:
        who = public_name(entry.get(name))
        if who:
            yield violation(f"{prefix}{name}", f"{entry.get('role') or 'access'} for {who}")
