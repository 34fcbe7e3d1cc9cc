"""Google VPC firewall rules that are open to the whole Internet, whatever for."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._google_openings import everything, open_egress, openings

_LINKS = ["https://cloud.google.com/firewall/docs/firewalls"]


@rule(
    id="google-firewall-ingress-open-to-world",
    severity="medium",
    domain="network",
    resources=["google_compute_firewall"],
    aliases=["AVD-GCP-0027"],
    controls={"nist-800-53r5": ["SC-7"]},
    links=_LINKS,
    since="0.2.0",
    wider=[
        "google-firewall-all-ports-open-to-world",
        "google-firewall-ssh-open-to-world",
        "google-firewall-rdp-open-to-world",
        "google-firewall-service-port-open-to-world",
        "google-firewall-http-open-to-world",
    ],
    bad={
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
        "a web port": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}
""",
        "tunnels, over IPv6": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["::/0"]

  allow {
    protocol = "esp"
  }
}
""",
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
    },
    good={
        "from a network": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["198.51.100.0/24", "10.0.0.0/8"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
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
    ports    = ["443"]
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
    ports    = ["443"]
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
    ports    = ["443"]
  }
}
""",
        "from one address": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["198.51.100.7/32"]

  allow {
    protocol = "icmp"
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
    ports    = ["443"]
  }
}
""",
    },
)
def ingress_open_to_world(firewall: Resource) -> Iterator[Violation]:
    """Firewall rule lets the whole Internet in.

    Whatever listens there is tried by everybody. Machines that are meant to be public are better reached through a
    load balancer, which hides them and filters.

    Name the ranges that may come in; for what is behind a load balancer of Google, `source_ranges =
    ["130.211.0.0/22", "35.191.0.0/16"]`.
    """
    for opening in openings(firewall, everything):
        yield opening.violation()


@rule(
    id="google-firewall-egress-open-to-world",
    severity="medium",
    domain="network",
    resources=["google_compute_firewall"],
    aliases=["AVD-GCP-0035"],
    controls={"nist-800-53r5": ["AC-4", "SC-7(5)"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "every protocol": """
resource "google_compute_firewall" "out" {
  name               = "out"
  network            = "main"
  direction          = "EGRESS"
  destination_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "all"
  }
}
""",
        "one port, over IPv6": """
resource "google_compute_firewall" "out" {
  name               = "out"
  network            = "main"
  direction          = "EGRESS"
  destination_ranges = ["10.0.0.0/8", "::/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}
""",
        "no destination named": """
resource "google_compute_firewall" "out" {
  name               = "out"
  network            = "main"
  direction          = "EGRESS"

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}
""",
    },
    good={
        "a network": """
resource "google_compute_firewall" "out" {
  name               = "out"
  network            = "main"
  direction          = "EGRESS"
  destination_ranges = ["10.0.0.0/8", "198.51.100.0/24"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}
""",
        "disabled": """
resource "google_compute_firewall" "out" {
  name               = "out"
  network            = "main"
  direction          = "EGRESS"
  disabled           = true
  destination_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}
""",
        "denied": """
resource "google_compute_firewall" "out" {
  name               = "out"
  network            = "main"
  direction          = "EGRESS"
  destination_ranges = ["0.0.0.0/0"]

  deny {
    protocol = "tcp"
    ports    = ["443"]
  }
}
""",
        "inwards": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}
""",
    },
    undetermined={
        "a destination that is not known yet": """
resource "terraform_data" "office" {
  input = "198.51.100.7/32"
}

resource "google_compute_firewall" "out" {
  name               = "out"
  network            = "main"
  direction          = "EGRESS"
  destination_ranges = [terraform_data.office.output]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}
""",
    },
)
def egress_open_to_world(firewall: Resource) -> Iterator[Violation]:
    """Firewall rule lets machines out to the whole Internet.

    Whoever gets into a machine fetches tools, takes orders and carries data away, and nothing stands in the way. The
    rule counts where others deny what goes out.

    Name what the machines talk to: `destination_ranges = ["<range>"]`; for the services of Google, 199.36.153.8/30 is
    enough.
    """
    yield from open_egress(firewall)
