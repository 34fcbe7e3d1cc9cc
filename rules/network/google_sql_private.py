"""Whether a Cloud SQL instance is kept apart from the Internet."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._google_sql import takes_settings_of_another
from .._satellite import given, is_left_to_provider
from ._ranges import is_world

_CONFIGURATION = "settings.ip_configuration"


@rule(
    id="google-sql-instance-not-kept-private",
    severity="medium",
    domain="network",
    resources=["google_sql_database_instance"],
    aliases=["AVD-GCP-0017"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"]},
    links=["https://cloud.google.com/sql/docs/mysql/configure-private-ip"],
    since="0.2.0",
    wider=["database-reachable-from-internet", "google-sql-instance-open-to-world", "google-sql-instance-public-ip"],
    bad={
        "public address": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ipv4_enabled = true
    }
  }
}
""",
        "public address by default": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "MYSQL_8_0"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"
  }
}
""",
        "everybody authorized in advance": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ipv4_enabled    = false
      private_network = "projects/acme-platform/global/networks/main"

      authorized_networks {
        name  = "office"
        value = "198.51.100.0/24"
      }

      authorized_networks {
        name  = "anywhere"
        value = "0.0.0.0/0"
      }
    }
  }
}
""",
    },
    good={
        "private": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ipv4_enabled    = false
      private_network = "projects/acme-platform/global/networks/main"
    }
  }
}
""",
        "private, one office authorized": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ipv4_enabled    = false
      private_network = "projects/acme-platform/global/networks/main"

      authorized_networks {
        name  = "office"
        value = "198.51.100.0/24"
      }
    }
  }
}
""",
        "replica that takes the settings of its source": """
resource "google_sql_database_instance" "replica" {
  name                 = "app-replica"
  database_version     = "POSTGRES_16"
  region               = "europe-west4"
  master_instance_name = "app"
}
""",
    },
    undetermined={
        "a choice that is not known yet": """
resource "terraform_data" "choice" {
  input = false
}

resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ipv4_enabled    = terraform_data.choice.output
      private_network = "projects/acme-platform/global/networks/main"
    }
  }
}
""",
    },
)
def sql_instance_not_kept_private(instance: Resource) -> Iterator[Violation]:
    """Cloud SQL instance has a public address, or lets everybody in as soon as it has one.

    Ranges in `authorized_networks` wait for the day on which someone switches the public address on, for a migration
    or by mistake; from then on strangers try logins.

    Set `ipv4_enabled = false` in `ip_configuration`, and take `0.0.0.0/0` out of `authorized_networks`.
    """
    if takes_settings_of_another(instance):
        return
    # Cloud SQL documentation: no network is authorized by default.
    if not is_left_to_provider(instance, _CONFIGURATION):
        for path, block in instance.blocks(f"{_CONFIGURATION}.authorized_networks"):
            if is_world(block["value"]):
                yield violation(f"{path}.value", f"{block['value']} is authorized")
                return
    # Provider documentation: ipv4_enabled defaults to true.
    if given(instance, f"{_CONFIGURATION}.ipv4_enabled", True):
        yield violation("settings[0].ip_configuration[0].ipv4_enabled", "a public IPv4 address")
