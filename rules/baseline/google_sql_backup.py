"""Whether Cloud SQL keeps backups."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import given


@rule(
    id="google-sql-backup-off",
    severity="medium",
    domain="baseline",
    resources=["google_sql_database_instance"],
    aliases=["CKV_GCP_14", "AVD-GCP-0024"],
    controls={"nist-800-53r5": ["CP-9", "CP-10"], "cis-gcp-2.0": ["6.7"]},
    links=["https://cloud.google.com/sql/docs/postgres/backup-recovery/backups"],
    since="0.2.0",
    bad={
        "nothing said": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"
  }
}
""",
        "switched off": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "MYSQL_8_0"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    backup_configuration {
      enabled = false
    }
  }
}
""",
        "a time, but not switched on": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "MYSQL_8_0"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    backup_configuration {
      start_time = "03:00"
    }
  }
}
""",
    },
    good={
        "switched on": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    backup_configuration {
      enabled = true
    }
  }
}
""",
        "a replica": """
resource "google_sql_database_instance" "replica" {
  name                 = "app-replica"
  database_version     = "POSTGRES_16"
  region               = "europe-west4"
  master_instance_name = "app"

  settings {
    tier = "db-custom-2-7680"
  }
}
""",
        "a replica of an instance of this plan": """
resource "google_sql_database_instance" "app" {
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    backup_configuration {
      enabled = "true"
    }
  }
}

resource "google_sql_database_instance" "replica" {
  database_version     = "POSTGRES_16"
  region               = "europe-west4"
  master_instance_name = google_sql_database_instance.app.name

  settings {
    tier = "db-custom-2-7680"
  }
}
""",
    },
    undetermined={
        "a choice that is not known yet": """
resource "terraform_data" "choice" {
  input = true
}

resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    backup_configuration {
      enabled = terraform_data.choice.output
    }
  }
}
""",
    },
)
def backup_off(instance: Resource) -> Iterator[Violation]:
    """Cloud SQL instance keeps no automated backups.

    What is deleted by mistake, by a faulty release or by an intruder stays deleted. Replicas are left out: they
    follow every deletion, and their source has the backups.

    Set `backup_configuration { enabled = true }` in `settings`.
    """
    # Cloud SQL documentation: no automated backups unless they are switched on.
    if not given(instance, "settings.backup_configuration.enabled", False) and not instance.is_set(
        "master_instance_name"
    ):
        yield violation("settings[0].backup_configuration", "no automated backups")
