"""Ways around the network of Google machines."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._google_machines import MACHINES, is_of_gke, is_on

_SERIAL = "serial-port-enable"


@rule(
    id="google-compute-ip-forwarding",
    severity="high",
    domain="network",
    resources=MACHINES,
    aliases=["CKV_GCP_36", "AVD-GCP-0043"],
    controls={"nist-800-53r5": ["AC-4", "SC-7"], "cis-gcp-2.0": ["4.6"]},
    links=["https://cloud.google.com/vpc/docs/using-routes#canipforward"],
    since="0.2.0",
    bad={
        "switched on": """
resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"
  can_ip_forward = true

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
        "switched on, as a text, in a template": """
resource "google_compute_instance_template" "app" {
  name_prefix  = "app-"
  machine_type = "e2-small"
  can_ip_forward = "true"

  disk {
    source_image = "debian-cloud/debian-12"
  }

  network_interface {
    subnetwork = "main"
  }
}
""",
        "switched on, other than the template": """
resource "google_compute_instance_from_template" "app" {
  name                     = "app"
  zone                     = "europe-west4-a"
  source_instance_template = "projects/acme-shop/global/instanceTemplates/app"
  can_ip_forward           = true
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
}
""",
        "switched off": """
resource "google_compute_instance_template" "app" {
  name_prefix  = "app-"
  machine_type = "e2-small"
  can_ip_forward = false

  disk {
    source_image = "debian-cloud/debian-12"
  }

  network_interface {
    subnetwork = "main"
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
        "a node of GKE": """
resource "google_compute_instance" "app" {
  name         = "gke-app-pool-1"
  machine_type = "e2-small"
  zone         = "europe-west4-a"
  can_ip_forward = true

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
    },
    undetermined={
        "a choice that is not known yet": """
resource "terraform_data" "choice" {
  input = true
}

resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"
  can_ip_forward = terraform_data.choice.output

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
    },
)
def ip_forwarding(machine: Resource) -> Iterator[Violation]:
    """Compute instance forwards packets of others.

    It may send packets with any source and take those that are for others. Whoever is on it poses as other machines,
    and traffic goes past the firewall rules that stand between networks. Nodes of GKE (`gke-…`) need it.

    Take `can_ip_forward = true` away (false is the default), except for a machine that is a router; use Cloud NAT for
    the way out.
    """
    if machine.effective("can_ip_forward", False) and not is_of_gke(machine):
        yield violation("can_ip_forward", "forwards packets of others")


@rule(
    id="google-compute-serial-port-enabled",
    severity="medium",
    domain="network",
    resources=MACHINES,
    aliases=["CKV_GCP_35", "AVD-GCP-0032"],
    controls={"nist-800-53r5": ["AC-17", "CM-7"], "cis-gcp-2.0": ["4.5"]},
    links=["https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-using-serial-console"],
    since="0.2.0",
    bad={
        "switched on": """
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
    serial-port-enable = true
  }
}
""",
        "switched on in capitals, in a template": """
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
    serial-port-enable = "TRUE"
  }
}
""",
        "switched on by a number": """
resource "google_compute_instance_from_template" "app" {
  name                     = "app"
  zone                     = "europe-west4-a"
  source_instance_template = "projects/acme-shop/global/instanceTemplates/app"

  metadata = {
    serial-port-enable = 1
  }
}
""",
        "yes": """
resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-medium"
  zone         = "europe-west4-a"

  boot_disk {
    initialize_params {
      image = "debian-cloud/debian-12"
    }
  }

  network_interface {
    network = "main"
  }

  metadata = {
    serial-port-enable = "yes"
  }
}
""",
        "one letter": """
resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-medium"
  zone         = "europe-west4-a"

  boot_disk {
    initialize_params {
      image = "debian-cloud/debian-12"
    }
  }

  network_interface {
    network = "main"
  }

  metadata = {
    serial-port-enable = "Y"
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
}
""",
        "other metadata": """
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
    enable-oslogin = "TRUE"
  }
}
""",
        "switched off": """
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
    serial-port-enable = false
  }
}
""",
        "switched off in capitals": """
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
    serial-port-enable = "FALSE"
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
        "a choice that is not known yet": """
resource "terraform_data" "choice" {
  input = true
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

  metadata = {
    serial-port-enable = terraform_data.choice.output
  }
}
""",
    },
)
def serial_port_enabled(machine: Resource) -> Iterator[Violation]:
    """Serial console of a Compute instance can be reached.

    The console is reached from any address, past every firewall rule; whoever has a key or a password is on the
    machine, below everything that watches it.

    Take `serial-port-enable` out of `metadata`, or set `serial-port-enable = "FALSE"`.
    """
    value = machine.effective("metadata", {}).get(_SERIAL)
    if is_on(value):
        yield violation("metadata", f"{_SERIAL} is {value}")
