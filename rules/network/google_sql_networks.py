"""From where a Cloud SQL instance takes connections."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._google_sql import takes_settings_of_another
from .._satellite import given, is_left_to_provider
from ._ranges import is_world

_CONFIGURATION = "settings.ip_configuration"


@rule(
    id="google-sql-instance-open-to-world",
    severity="high",
    domain="network",
    resources=["google_sql_database_instance"],
    aliases=["CKV_GCP_11"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"], "cis-gcp-2.0": ["6.5"]},
    links=["https://cloud.google.com/sql/docs/mysql/authorize-networks"],
    wider=["database-reachable-from-internet"],
    bad={
        "every address": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ssl_mode = "ENCRYPTED_ONLY"

      authorized_networks {
        name  = "office"
        value = "198.51.100.0/24"
      }

      authorized_networks {
        name  = "all"
        value = "0.0.0.0/0"
      }
    }
  }
}
""",
        "every address over IPv6, in a block made of a list": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "MYSQL_8_0"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ssl_mode = "ENCRYPTED_ONLY"

      dynamic "authorized_networks" {
        for_each = ["198.51.100.0/24", "::/0"]

        content {
          value = authorized_networks.value
        }
      }
    }
  }
}
""",
        "every address in two halves": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "MYSQL_8_0"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ipv4_enabled = true
      ssl_mode     = "ENCRYPTED_ONLY"

      authorized_networks {
        value = "0.0.0.0/1"
      }

      authorized_networks {
        value = "128.0.0.0/1"
      }
    }
  }
}
""",
    },
    good={
        "one office": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ssl_mode = "ENCRYPTED_ONLY"

      authorized_networks {
        name  = "office"
        value = "198.51.100.0/24"
      }
    }
  }
}
""",
        "no public address": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ipv4_enabled    = false
      private_network = "projects/acme-platform/global/networks/main"
      ssl_mode        = "ENCRYPTED_ONLY"

      authorized_networks {
        name  = "left over"
        value = "0.0.0.0/0"
      }
    }
  }
}
""",
        "no ip_configuration": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"
  }
}
""",
    },
)
def sql_instance_open_to_world(instance: Resource) -> Iterator[Violation]:
    """Cloud SQL instance takes connections from the whole Internet.

    Anyone can try logins on the database, and every flaw in its server is open to everyone.

    Take the range out of `authorized_networks` and name those that need the database, or set
    `ipv4_enabled = false` and connect over `private_network` or the Cloud SQL Auth Proxy.
    """
    # Cloud SQL documentation: no network is authorized by default.
    if is_left_to_provider(instance, _CONFIGURATION):
        return
    for path, block in instance.blocks(f"{_CONFIGURATION}.authorized_networks"):
        if is_world(block["value"]) and instance.get(f"{_CONFIGURATION}.ipv4_enabled"):
            yield violation(f"{path}.value", f"connections from {block['value']}")
            return


@rule(
    id="google-sql-instance-public-ip",
    severity="high",
    domain="network",
    resources=["google_sql_database_instance"],
    aliases=["CKV_GCP_60"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"], "cis-gcp-2.0": ["6.6"]},
    links=["https://cloud.google.com/sql/docs/mysql/configure-private-ip"],
    since="0.2.0",
    wider=["database-reachable-from-internet"],
    bad={
        "switched on": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "SQLSERVER_2019_STANDARD"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ipv4_enabled = true
    }
  }
}
""",
        "nothing said beside a private network": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
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
        "no settings, and nobody to take them from": """
resource "google_sql_database_instance" "app" {
  name             = "app"
  database_version = "MYSQL_8_0"
  region           = "europe-west4"
}
""",
        "replica with settings of its own": """
resource "google_sql_database_instance" "replica" {
  name                 = "app-replica"
  database_version     = "POSTGRES_16"
  region               = "europe-west4"
  master_instance_name = "app"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ipv4_enabled = true
    }
  }
}
""",
    },
    good={
        "switched off": """
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
        "replica that takes the settings of its source": """
resource "google_sql_database_instance" "replica" {
  name                 = "app-replica"
  database_version     = "POSTGRES_16"
  region               = "europe-west4"
  master_instance_name = "app"
}
""",
        "clone that takes the settings of its source": """
resource "google_sql_database_instance" "copy" {
  name             = "app-copy"
  database_version = "POSTGRES_16"
  region           = "europe-west4"

  clone {
    source_instance_name = "app"
  }
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
def sql_instance_public_ip(instance: Resource) -> Iterator[Violation]:
    """Cloud SQL instance has a public IP address.

    One range too many among its authorized networks, and strangers try logins; what comes in over the private network
    only is out of their reach.

    Set `ipv4_enabled = false` and `private_network = google_compute_network.<name>.id` in `ip_configuration`.
    """
    if takes_settings_of_another(instance):
        return
    # Provider documentation: ipv4_enabled defaults to true.
    if given(instance, f"{_CONFIGURATION}.ipv4_enabled", True):
        yield violation("settings[0].ip_configuration[0].ipv4_enabled", "a public IPv4 address")
