"""Whether a Google project writes down who reads and changes its data."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import missing, satellites

_KIND = "google_project_iam_audit_config"


@rule(
    id="google-project-audit-logs-incomplete",
    severity="low",
    domain="logging",
    resources=["google_project"],
    aliases=["CKV2_GCP_5", "AVD-GCP-0079"],
    controls={"nist-800-53r5": ["AU-2", "AU-12"], "cis-gcp-2.0": ["2.1"]},
    links=["https://cloud.google.com/logging/docs/audit/configure-data-access"],
    since="0.2.0",
    bad={
        "no configuration": """
resource "google_project" "shop" {
  name       = "shop"
  project_id = "acme-shop"
  org_id     = "123456789012"
}
""",
        "one service only": """
resource "google_project" "shop" {
  name       = "shop"
  project_id = "acme-shop"
  org_id     = "123456789012"
}

resource "google_project_iam_audit_config" "shop" {
  project = google_project.shop.project_id
  service = "storage.googleapis.com"

  audit_log_config {
    log_type = "DATA_READ"
  }

  audit_log_config {
    log_type = "DATA_WRITE"
  }
}
""",
        "one user left out": """
resource "google_project" "shop" {
  name       = "shop"
  project_id = "acme-shop"
  org_id     = "123456789012"
}

resource "google_project_iam_audit_config" "shop" {
  project = google_project.shop.id
  service = "allServices"

  audit_log_config {
    log_type = "ADMIN_READ"
  }

  audit_log_config {
    log_type         = "DATA_READ"
    exempted_members = ["user:jane@example.com"]
  }
}
""",
        "nothing about data": """
resource "google_project" "shop" {
  name       = "shop"
  project_id = "acme-shop"
  org_id     = "123456789012"
}

resource "google_project_iam_audit_config" "shop" {
  project = "acme-shop"
  service = "allServices"

  audit_log_config {
    log_type = "ADMIN_READ"
  }
}
""",
        "only what administrators read": """
resource "google_project" "shop" {
  name       = "shop"
  project_id = "acme-shop"
  org_id     = "123456789012"
}

resource "google_project_iam_audit_config" "shop" {
  project = google_project.shop.project_id
  service = "allServices"

  audit_log_config {
    log_type = "ADMIN_READ"
  }
}
""",
    },
    good={
        "all services and all users": """
resource "google_project" "shop" {
  name       = "shop"
  project_id = "acme-shop"
  org_id     = "123456789012"
}

resource "google_project_iam_audit_config" "shop" {
  project = google_project.shop.project_id
  service = "allServices"

  audit_log_config {
    log_type = "ADMIN_READ"
  }

  audit_log_config {
    log_type = "DATA_READ"
  }

  audit_log_config {
    log_type = "DATA_WRITE"
  }
}
""",
        "all services, beside one that leaves a user out": """
resource "google_project" "shop" {
  name       = "shop"
  project_id = "acme-shop"
  org_id     = "123456789012"
}

resource "google_project_iam_audit_config" "storage" {
  project = google_project.shop.id
  service = "storage.googleapis.com"

  audit_log_config {
    log_type         = "DATA_READ"
    exempted_members = ["user:jane@example.com"]
  }
}

resource "google_project_iam_audit_config" "shop" {
  project = google_project.shop.id
  service = "allServices"

  audit_log_config {
    log_type = "DATA_READ"
  }
}
""",
    },
    undetermined={
        "a service that is not known yet": """
resource "terraform_data" "service" {
  input = "allServices"
}

resource "google_project" "shop" {
  name       = "shop"
  project_id = "acme-shop"
  org_id     = "123456789012"
}

resource "google_project_iam_audit_config" "shop" {
  project = google_project.shop.project_id
  service = terraform_data.service.output

  audit_log_config {
    log_type = "DATA_READ"
  }
}
""",
    },
)
def audit_logs_incomplete(project: Resource) -> Iterator[Violation]:
    """Project does not log every access to its data.

    By default Google logs who changes the configuration, but not who reads or writes data. Without that, nobody can
    say after a break-in what was taken; whoever is exempted leaves no trace at all.

    Add a `google_project_iam_audit_config` with `service = "allServices"` and a block `audit_log_config` for each of
    `DATA_READ` and `DATA_WRITE`, without `exempted_members`.
    """
    found = satellites(project, _KIND, via="project")
    if not any(_is_complete(config) for config in found):
        evidence = [config.address for config in found] or missing(project, _KIND, via="project")
        yield violation("", "no audit logs of all services and all users", evidence=evidence)


def _is_complete(config: Resource) -> bool:
    if config.get("service") != "allServices":
        return False
    logs = [block for _, block in config.blocks("audit_log_config")]
    return any(log["log_type"].startswith("DATA_") for log in logs) and not any(
        log.get("exempted_members") for log in logs
    )
