"""Which Google machines get an address on the Internet."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

_ADDRESSES = ("access_config", "ipv6_access_config")


@rule(
    id="google-compute-instance-public-ip",
    severity="high",
    domain="network",
    resources=[
        "google_compute_instance",
        "google_compute_instance_from_template",
        "google_compute_instance_template",
        "google_compute_region_instance_template",
    ],
    aliases=["CKV_GCP_40", "AVD-GCP-0031"],
    controls={"nist-800-53r5": ["SC-7"], "cis-gcp-2.0": ["4.9"]},
    links=["https://cloud.google.com/compute/docs/ip-addresses"],
    bad={
        "an ephemeral address": """
resource "google_compute_instance" "web" {
  name         = "web"
  machine_type = "e2-small"
  zone         = "europe-west4-a"

  boot_disk {
    initialize_params {
      image = "debian-cloud/debian-12"
    }
  }

  network_interface {
    subnetwork = "main"

    access_config {}
  }
}
""",
        "IPv6, on the second interface of a template": """
resource "google_compute_instance_template" "web" {
  name         = "web"
  machine_type = "e2-small"
  region       = "europe-west4"

  disk {
    source_image = "debian-cloud/debian-12"
    boot         = true
  }

  network_interface {
    subnetwork = "main"
  }

  network_interface {
    subnetwork = "edge"
    stack_type = "IPV4_IPV6"

    ipv6_access_config {
      network_tier = "PREMIUM"
    }
  }
}
""",
        "a reserved address that is not known yet": """
resource "google_compute_address" "web" {
  name   = "web"
  region = "europe-west4"
}

resource "google_compute_instance" "web" {
  name         = "web"
  machine_type = "e2-small"
  zone         = "europe-west4-a"

  boot_disk {
    initialize_params {
      image = "debian-cloud/debian-12"
    }
  }

  network_interface {
    subnetwork = "main"

    access_config {
      nat_ip = google_compute_address.web.address
    }
  }
}
""",
    },
    good={
        "a private address only": """
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
        "a template with private addresses": """
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

  network_interface {
    subnetwork = "data"
  }
}
""",
    },
)
def instance_public_ip(instance: Resource) -> Iterator[Violation]:
    """Compute instance gets a public IP address.

    Whatever the firewall lets through, now or after a later mistake, reaches the machine straight from the Internet.

    Take `access_config` and `ipv6_access_config` out of `network_interface`; use Cloud NAT for the way out, and a
    load balancer or Identity-Aware Proxy for the way in.
    """
    for name in _ADDRESSES:
        for path, _ in instance.blocks(f"network_interface.{name}"):
            yield violation(path, f"a public {'IPv6' if name.startswith('ipv6') else 'IPv4'} address")
