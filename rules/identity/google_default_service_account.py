"""Whose rights Google machines carry."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, is_unknown, rule, violation

from .._satellite import given

_DEFAULT = "-compute@developer.gserviceaccount.com"
_FULL = ("cloud-platform", "https://www.googleapis.com/auth/cloud-platform")


@rule(
    id="google-compute-default-service-account",
    severity="critical",
    domain="identity",
    resources=[
        "google_compute_instance",
        "google_compute_instance_from_template",
        "google_compute_instance_template",
        "google_compute_region_instance_template",
    ],
    aliases=["CKV_GCP_30", "CKV_GCP_31", "AVD-GCP-0044"],
    controls={"nist-800-53r5": ["AC-6"], "cis-gcp-2.0": ["4.1", "4.2"]},
    links=["https://cloud.google.com/compute/docs/access/service-accounts#default_service_account"],
    bad={
        "account not named": """
resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"

  boot_disk {
    initialize_params {
      image = "debian-cloud/debian-12"
    }
  }

  network_interface {
    subnetwork = "main"
  }

  service_account {
    scopes = ["cloud-platform"]
  }
}
""",
        "default account by name, in a template": """
resource "google_compute_instance_template" "app" {
  name         = "app"
  machine_type = "e2-small"
  region       = "europe-west4"

  disk {
    source_image = "debian-cloud/debian-12"
    boot         = true
  }

  network_interface {
    subnetwork = "main"
  }

  service_account {
    email  = "123456789012-compute@developer.gserviceaccount.com"
    scopes = ["https://www.googleapis.com/auth/devstorage.read_only", "https://www.googleapis.com/auth/cloud-platform"]
  }
}
""",
        "default account by its data source": """
data "google_compute_default_service_account" "this" {}

resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"

  boot_disk {
    initialize_params {
      image = "debian-cloud/debian-12"
    }
  }

  network_interface {
    subnetwork = "main"
  }

  service_account {
    email  = data.google_compute_default_service_account.this.email
    scopes = ["cloud-platform"]
  }
}
""",
    },
    good={
        "an account of its own": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"

  boot_disk {
    initialize_params {
      image = "debian-cloud/debian-12"
    }
  }

  network_interface {
    subnetwork = "main"
  }

  service_account {
    email  = google_service_account.app.email
    scopes = ["cloud-platform"]
  }
}
""",
        "no account": """
resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"

  boot_disk {
    initialize_params {
      image = "debian-cloud/debian-12"
    }
  }

  network_interface {
    subnetwork = "main"
  }
}
""",
        "default account with narrow scopes": """
resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"

  boot_disk {
    initialize_params {
      image = "debian-cloud/debian-12"
    }
  }

  network_interface {
    subnetwork = "main"
  }

  service_account {
    scopes = ["logging-write", "monitoring-write"]
  }
}
""",
    },
)
def default_service_account(instance: Resource) -> Iterator[Violation]:
    """Compute instance runs as the default service account with full scope.

    That account is Editor of the whole project unless someone took the role away, and every process on the machine
    can ask for its token: a flaw in one application is then the project.

    Create a `google_service_account` with the roles that the machine needs and set its address as `email` in
    `service_account`; give up the scope `cloud-platform` where the default account must stay.
    """
    for path, block in instance.blocks("service_account"):
        if _is_default(instance) and any(scope in _FULL for scope in block["scopes"]):
            yield violation(f"{path}.email", "the default service account with scope cloud-platform")


def _is_default(instance: Resource) -> bool:
    """Provider documentation: without an address, the machine takes the default account."""
    email = given(instance, "service_account.email", "")
    # What the address comes from says enough, before it is known.
    if instance.references("data.google_compute_default_service_account", via="service_account.email"):
        return True
    if is_unknown(email) and instance.references("google_service_account", via="service_account.email"):
        return False
    return not email or bool(email.endswith(_DEFAULT))
