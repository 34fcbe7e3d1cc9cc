"""What Cloud SQL for PostgreSQL writes down of its own work."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._google_sql_flags import off_flag

_LINKS = ["https://cloud.google.com/sql/docs/postgres/flags"]


@rule(
    id="google-sql-postgres-log-checkpoints-off",
    severity="medium",
    domain="logging",
    resources=["google_sql_database_instance"],
    aliases=["CKV_GCP_51", "AVD-GCP-0025"],
    controls={"nist-800-53r5": ["AU-2", "AU-12"]},
    links=_LINKS,
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
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    database_flags {
      name  = "log_checkpoints"
      value = "off"
    }
  }
}
""",
        "another flag only": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_11"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    database_flags {
      name  = "log_statement"
      value = "ddl"
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

    database_flags {
      name  = "log_statement"
      value = "ddl"
    }

    database_flags {
      name  = "log_checkpoints"
      value = "on"
    }
  }
}
""",
        "switched on in capitals": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_9_6"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    database_flags {
      name  = "log_checkpoints"
      value = "ON"
    }
  }
}
""",
        "another engine": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "MYSQL_8_0"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"
  }
}
""",
        "a replica that takes the settings of its source": """
resource "google_sql_database_instance" "replica" {
  name                 = "app-replica"
  database_version     = "POSTGRES_16"
  region               = "europe-west4"
  master_instance_name = "app"
}
""",
    },
    undetermined={
        "a value that is not known yet": """
resource "terraform_data" "choice" {
  input = "on"
}

resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    database_flags {
      name  = "log_checkpoints"
      value = terraform_data.choice.output
    }
  }
}
""",
    },
)
def log_checkpoints_off(instance: Resource) -> Iterator[Violation]:
    """Cloud SQL for PostgreSQL does not log checkpoints.

    Checkpoints that come too often, or take too long, slow down every query; without a line for each, nobody finds
    out why the database stalls.

    Add `database_flags { name = "log_checkpoints", value = "on" }` to `settings`, one attribute a line.
    """
    yield from off_flag(instance, "log_checkpoints")


@rule(
    id="google-sql-postgres-log-lock-waits-off",
    severity="medium",
    domain="logging",
    resources=["google_sql_database_instance"],
    aliases=["CKV_GCP_54", "AVD-GCP-0020"],
    controls={"nist-800-53r5": ["AU-2", "AU-12"]},
    links=_LINKS,
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
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    database_flags {
      name  = "log_lock_waits"
      value = "off"
    }
  }
}
""",
        "another flag only": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_11"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    database_flags {
      name  = "log_statement"
      value = "ddl"
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

    database_flags {
      name  = "log_statement"
      value = "ddl"
    }

    database_flags {
      name  = "log_lock_waits"
      value = "on"
    }
  }
}
""",
        "switched on in capitals": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_9_6"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    database_flags {
      name  = "log_lock_waits"
      value = "ON"
    }
  }
}
""",
        "another engine": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "MYSQL_8_0"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"
  }
}
""",
        "a replica that takes the settings of its source": """
resource "google_sql_database_instance" "replica" {
  name                 = "app-replica"
  database_version     = "POSTGRES_16"
  region               = "europe-west4"
  master_instance_name = "app"
}
""",
    },
    undetermined={
        "a value that is not known yet": """
resource "terraform_data" "choice" {
  input = "on"
}

resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    database_flags {
      name  = "log_lock_waits"
      value = terraform_data.choice.output
    }
  }
}
""",
    },
)
def log_lock_waits_off(instance: Resource) -> Iterator[Violation]:
    """Cloud SQL for PostgreSQL does not log waits for locks.

    Sessions that wait for a lock longer than a second are the first sign of a blocked application, or of somebody who
    blocks it on purpose.

    Add `database_flags { name = "log_lock_waits", value = "on" }` to `settings`, one attribute a line.
    """
    yield from off_flag(instance, "log_lock_waits")
