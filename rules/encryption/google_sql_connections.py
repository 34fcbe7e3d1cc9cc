"""Whether connections to Cloud SQL are encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._google_sql import takes_settings_of_another
from .._satellite import given

_CONFIGURATION = "settings.ip_configuration"
_PLAIN = "ALLOW_UNENCRYPTED_AND_ENCRYPTED"


@rule(
    id="google-sql-plain-connections",
    severity="high",
    domain="encryption",
    resources=["google_sql_database_instance"],
    aliases=["CKV_GCP_6", "AVD-GCP-0015"],
    controls={"nist-800-53r5": ["SC-8"], "cis-gcp-2.0": ["6.4"]},
    links=["https://cloud.google.com/sql/docs/postgres/configure-ssl-instance"],
    bad={
        "both kinds allowed": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ipv4_enabled    = false
      private_network = "projects/acme-platform/global/networks/main"
      ssl_mode        = "ALLOW_UNENCRYPTED_AND_ENCRYPTED"
    }
  }
}
""",
        "no mode": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "MYSQL_8_0"
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
        "no ip_configuration": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "MYSQL_8_0"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"
  }
}
""",
    },
    good={
        "encrypted only": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ssl_mode = "ENCRYPTED_ONLY"
    }
  }
}
""",
        "client certificates": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ssl_mode = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    }
  }
}
""",
        "older attribute": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      require_ssl = true
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
        "connectors only, which encrypt": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier                  = "db-custom-2-7680"
    connector_enforcement = "REQUIRED"

    ip_configuration {
      private_network = "projects/acme-platform/global/networks/main"
    }
  }
}
""",
    },
)
def plain_connections(instance: Resource) -> Iterator[Violation]:
    """Cloud SQL instance takes unencrypted connections.

    Passwords and data go over the network in the clear for whoever listens on the way, and can be changed there.

    Set `ssl_mode = "ENCRYPTED_ONLY"` in `ip_configuration` of `settings`, or
    "TRUSTED_CLIENT_CERTIFICATE_REQUIRED" where every client has a certificate.
    """
    # A replica or clone may leave all settings out and takes what its source has.
    if takes_settings_of_another(instance):
        return
    if given(instance, "settings.connector_enforcement", "") == "REQUIRED":
        return
    # Cloud SQL documentation: unencrypted connections are allowed by default. Before version 6 of the provider,
    # require_ssl could say it, too.
    mode = given(instance, f"{_CONFIGURATION}.ssl_mode", "")
    if mode == _PLAIN if mode else not given(instance, f"{_CONFIGURATION}.require_ssl", False):
        # Left out before the first apply, written out by the provider after it: the same violation.
        message = f"ssl_mode is {mode}" if mode else "no ssl_mode: unencrypted connections are taken"
        yield violation("settings[0].ip_configuration[0].ssl_mode", message, facts=_PLAIN)
