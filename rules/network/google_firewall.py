"""Google VPC firewall rules that let the whole Internet at every port."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._google_openings import is_everything, openings

_LINKS = ["https://cloud.google.com/firewall/docs/firewalls"]


@rule(
    id="google-firewall-all-ports-open-to-world",
    severity="critical",
    domain="network",
    resources=["google_compute_firewall"],
    aliases=["CKV2_GCP_12", "AVD-GCP-0072"],
    controls={"nist-800-53r5": ["AC-17", "SC-7"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "every protocol": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "all"
  }
}
""",
        "every TCP port, by protocol number": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "6"
  }
}
""",
        "every UDP port, in capitals, over IPv6": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["10.0.0.0/8", "::/0"]

  allow {
    protocol = "UDP"
  }
}
""",
        "the range of all ports, behind a narrow block": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }

  allow {
    protocol = "tcp"
    ports    = ["0-65535"]
  }
}
""",
        "every port but zero": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["1-65535"]
  }
}
""",
        "half of the Internet at a time": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/1", "128.0.0.0/1"]

  allow {
    protocol = "all"
  }
}
""",
        "a slip of the pen that lets everyone in": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["10.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["0-65535"]
  }
}
""",
    },
    good={
        "from a network": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["198.51.100.0/24", "10.0.0.0/8"]

  allow {
    protocol = "tcp"
    ports    = ["0-65535"]
  }
}
""",
        "outwards": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  direction     = "EGRESS"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["0-65535"]
  }
}
""",
        "disabled": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  disabled      = true
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["0-65535"]
  }
}
""",
        "denied": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  deny {
    protocol = "tcp"
    ports    = ["0-65535"]
  }
}
""",
        "from tagged machines": """
resource "google_compute_firewall" "tagged" {
  name        = "tagged"
  network     = "main"
  source_tags = ["bastion"]

  allow {
    protocol = "tcp"
    ports    = ["0-65535"]
  }
}
""",
        "many ports": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["1024-65535"]
  }
}
""",
        "ping": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "icmp"
  }
}
""",
        "every protocol in the network": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["10.0.0.0/8"]

  allow {
    protocol = "all"
  }
}
""",
        "the lower ports only": """
resource "google_compute_firewall" "low" {
  name          = "low"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["0-1023"]
  }
}
""",
    },
    undetermined={
        "a source that is not known yet": """
resource "terraform_data" "office" {
  input = "198.51.100.7/32"
}

resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = [terraform_data.office.output]

  allow {
    protocol = "tcp"
    ports    = ["0-65535"]
  }
}
""",
    },
)
def all_ports_open_to_world(firewall: Resource) -> Iterator[Violation]:
    """Firewall rule lets the whole Internet at every port.

    Databases, consoles and agents that were never made for strangers answer them, on machines of tomorrow as well:
    scanners find each within minutes.

    Name the ranges in `source_ranges`, and in `allow` the ports that callers need: `ports = ["443"]`.
    """
    for opening in openings(firewall, is_everything):
        yield opening.violation()
