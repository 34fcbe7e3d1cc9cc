"""Whether Cloud SQL for PostgreSQL writes down who connects."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._google_sql_flags import off_flag

_LINKS = ["https://cloud.google.com/sql/docs/postgres/flags"]


@rule(
    id="google-sql-postgres-log-connections-off",
    severity="medium",
    domain="logging",
    resources=["google_sql_database_instance"],
    aliases=["CKV_GCP_52", "AVD-GCP-0016"],
    controls={"nist-800-53r5": ["AU-2", "AU-12"], "cis-gcp-2.0": ["6.2.2"]},
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
      name  = "log_connections"
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
      name  = "log_connections"
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
      name  = "log_connections"
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
        "on, beside a flag that is off": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    database_flags {
      name  = "log_connections"
      value = "on"
    }

    database_flags {
      name  = "log_duration"
      value = "off"
    }
  }
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
      name  = "log_connections"
      value = terraform_data.choice.output
    }
  }
}
""",
    },
)
def log_connections_off(instance: Resource) -> Iterator[Violation]:
    """Cloud SQL for PostgreSQL does not log connections.

    Who logged in or tried to, from where and when, stands nowhere: guessed passwords and stolen accounts go
    unnoticed.

    Add `database_flags { name = "log_connections", value = "on" }` to `settings`, one attribute a line.
    """
    yield from off_flag(instance, "log_connections")


@rule(
    id="google-sql-postgres-log-disconnections-off",
    severity="medium",
    domain="logging",
    resources=["google_sql_database_instance"],
    aliases=["CKV_GCP_53", "AVD-GCP-0022"],
    controls={"nist-800-53r5": ["AU-2", "AU-12"], "cis-gcp-2.0": ["6.2.3"]},
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
      name  = "log_disconnections"
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
      name  = "log_disconnections"
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
      name  = "log_disconnections"
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
      name  = "log_disconnections"
      value = terraform_data.choice.output
    }
  }
}
""",
    },
)
def log_disconnections_off(instance: Resource) -> Iterator[Violation]:
    """Cloud SQL for PostgreSQL does not log the end of connections.

    How long a session lasted stands nowhere, so that nobody can tell afterwards which of them was connected when data
    went away.

    Add `database_flags { name = "log_disconnections", value = "on" }` to `settings`, one attribute a line.
    """
    yield from off_flag(instance, "log_disconnections")
