"""Who may log in to Google machines."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._google_machines import MACHINES, is_on

_KEY = "enable-oslogin"
_LINKS = ["https://cloud.google.com/compute/docs/oslogin/set-up-oslogin"]


@rule(
    id="google-project-oslogin-disabled",
    severity="medium",
    domain="identity",
    resources=["google_compute_project_metadata", "google_compute_project_metadata_item"],
    aliases=["CKV_GCP_33", "AVD-GCP-0042"],
    controls={"nist-800-53r5": ["AC-2", "IA-2"], "cis-gcp-2.0": ["4.4"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "nothing said": """
resource "google_compute_project_metadata" "this" {
  metadata = {
    foo = "bar"
  }
}
""",
        "switched off": """
resource "google_compute_project_metadata" "this" {
  metadata = {
    enable-oslogin = false
  }
}
""",
        "switched off, in an item of its own": """
resource "google_compute_project_metadata_item" "oslogin" {
  key   = "enable-oslogin"
  value = "FALSE"
}
""",
    },
    good={
        "switched on": """
resource "google_compute_project_metadata" "this" {
  metadata = {
    enable-oslogin = true
  }
}
""",
        "switched on in capitals": """
resource "google_compute_project_metadata" "this" {
  metadata = {
    foo            = "bar"
    enable-oslogin = "TRUE"
  }
}
""",
        "an item about something else": """
resource "google_compute_project_metadata_item" "zone" {
  key   = "google-compute-default-zone"
  value = "europe-west4-a"
}
""",
        "an item that switches it on": """
resource "google_compute_project_metadata_item" "oslogin" {
  key   = "enable-oslogin"
  value = "TRUE"
}
""",
    },
    undetermined={
        "a value that is not known yet": """
resource "terraform_data" "oslogin" {
  input = "TRUE"
}

resource "google_compute_project_metadata" "this" {
  metadata = {
    enable-oslogin = terraform_data.oslogin.output
  }
}
""",
    },
)
def project_oslogin_disabled(metadata: Resource) -> Iterator[Violation]:
    """OS Login is not enabled for the project.

    SSH keys then stand in metadata: whoever may write that logs in everywhere, and the keys of people who have left
    stay. With OS Login, IAM decides who logs in, with a second factor where one is set.

    Set `enable-oslogin = "TRUE"` in `metadata` of the `google_compute_project_metadata`.
    """
    if metadata.type == "google_compute_project_metadata_item":
        if metadata.get("key") == _KEY and not is_on(metadata.get("value")):
            yield violation("value", f"{_KEY} is {metadata.get('value')}")
        return
    value = metadata.get("metadata", {}).get(_KEY)
    if not is_on(value):
        yield violation("metadata", f"{_KEY} is {value or 'not set'}")


@rule(
    id="google-compute-oslogin-overridden",
    severity="medium",
    domain="identity",
    resources=MACHINES,
    aliases=["CKV_GCP_34", "AVD-GCP-0036"],
    controls={"nist-800-53r5": ["AC-2", "IA-2"], "cis-gcp-2.0": ["4.4"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "switched off": """
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

  metadata = {
    enable-oslogin = false
  }
}
""",
        "switched off in capitals, in a template": """
resource "google_compute_instance_template" "app" {
  name_prefix  = "app-"
  machine_type = "e2-small"

  disk {
    source_image = "debian-cloud/debian-12"
  }

  network_interface {
    subnetwork = "main"
  }

  metadata = {
    enable-oslogin = "FALSE"
  }
}
""",
    },
    good={
        "nothing said": """
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

  metadata = {
    foo = "bar"
  }
}
""",
        "switched on": """
resource "google_compute_region_instance_template" "app" {
  name_prefix  = "app-"
  machine_type = "e2-small"
  region       = "europe-west4"

  disk {
    source_image = "debian-cloud/debian-12"
  }

  network_interface {
    subnetwork = "main"
  }

  metadata = {
    enable-oslogin = "TRUE"
  }
}
""",
        "what the template says": """
resource "google_compute_instance_from_template" "app" {
  name                     = "app"
  zone                     = "europe-west4-a"
  source_instance_template = "projects/acme-shop/global/instanceTemplates/app"
}
""",
    },
    undetermined={
        "a value that is not known yet": """
resource "terraform_data" "oslogin" {
  input = "TRUE"
}

resource "google_compute_instance_from_template" "app" {
  name                     = "app"
  zone                     = "europe-west4-a"
  source_instance_template = "projects/acme-shop/global/instanceTemplates/app"

  metadata = {
    enable-oslogin = terraform_data.oslogin.output
  }
}
""",
    },
)
def oslogin_overridden(machine: Resource) -> Iterator[Violation]:
    """Machine overrides OS Login of the project.

    On this machine SSH keys in metadata open the door again, whatever IAM says, and there is no second factor.

    Take `enable-oslogin` out of `metadata`, or set `enable-oslogin = "TRUE"`.
    """
    value = machine.effective("metadata", {}).get(_KEY) or "TRUE"
    if not is_on(value):
        yield violation("metadata", f"{_KEY} is {value}")
