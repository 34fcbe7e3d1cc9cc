"""Google VPC firewall rules that let the whole Internet at a service."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._google_openings import Ports, is_everything, openings, single

_LINKS = ["https://cloud.google.com/firewall/docs/firewalls"]
_ADMINISTRATION = (22, 3389)
_WEB = (80, 443)


def _is_service(ports: Ports) -> bool:
    """Ports with a number that are not for the web, and that no rule on administration speaks of."""
    if not ports.are_numbered or is_everything(ports) or (ports.first == ports.last and ports.first in _WEB):
        return False
    return not (ports.protocol == "tcp" and any(port in ports for port in _ADMINISTRATION))


@rule(
    id="google-firewall-service-port-open-to-world",
    severity="high",
    domain="network",
    resources=["google_compute_firewall"],
    controls={"nist-800-53r5": ["SC-7"]},
    links=_LINKS,
    bad={
        "a database": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443", "5432"]
  }
}
""",
        "some UDP ports over IPv6": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["::/0"]

  allow {
    protocol = "UDP"
    ports    = ["53"]
  }
}
""",
        "a range around 443": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["80-443"]
  }
}
""",
        "number of SSH over UDP": """
resource "google_compute_firewall" "tunnel" {
  name          = "tunnel"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "udp"
    ports    = ["22"]
  }
}
""",
        "SCTP": """
resource "google_compute_firewall" "mobile" {
  name          = "mobile"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "sctp"
    ports    = ["36412"]
  }
}
""",
        "SCTP, by number": """
resource "google_compute_firewall" "signalling" {
  name          = "signalling"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "132"
    ports    = ["3868"]
  }
}
""",
    },
    good={
        "web ports": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0", "::/0"]

  allow {
    protocol = "tcp"
    ports    = ["80", "443"]
  }

  allow {
    protocol = "udp"
    ports    = ["443"]
  }

  allow {
    protocol = "icmp"
  }
}
""",
        "a database for a named range": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["10.0.0.0/8", "198.51.100.0/24"]

  allow {
    protocol = "tcp"
    ports    = ["5432"]
  }
}
""",
        "what other rules say already": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }

  allow {
    protocol = "all"
  }

  allow {
    protocol = "udp"
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
    ports    = ["5432"]
  }
}
""",
        "RDP, which has a rule of its own": """
resource "google_compute_firewall" "desktops" {
  name          = "desktops"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["3389"]
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
    ports    = ["5432"]
  }
}
""",
    },
)
def service_port_open_to_world(firewall: Resource) -> Iterator[Violation]:
    """Firewall rule lets the whole Internet at a port that is not for the web.

    Databases, caches, message brokers and administration pages are made for known clients; open to everyone, each is
    a target of its own, and many answer without a password.

    Name the ranges that may come in, `source_ranges = ["<range>"]`, or put the service behind a load balancer and let
    in only the load balancer's ranges.
    """
    for opening in openings(firewall, _is_service):
        yield opening.violation()


@rule(
    id="google-firewall-mysql-open-to-world",
    severity="high",
    domain="network",
    resources=["google_compute_firewall"],
    aliases=["CKV_GCP_88"],
    controls={"nist-800-53r5": ["SC-7"]},
    links=_LINKS,
    since="0.2.0",
    wider=["google-firewall-all-ports-open-to-world", "google-firewall-service-port-open-to-world"],
    bad={
        "one port": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["3306"]
  }
}
""",
        "within a range, over IPv6": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["10.0.0.0/8", "::/0"]

  allow {
    protocol = "tcp"
    ports    = ["8443", "3304-3308"]
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
        "every TCP port": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
  }
}
""",
    },
    good={
        "from a network": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["198.51.100.0/24"]

  allow {
    protocol = "tcp"
    ports    = ["3306"]
  }
}
""",
        "another port": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["33060", "8443"]
  }
}
""",
        "the same port of UDP": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "udp"
    ports    = ["3306"]
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
    ports    = ["3306"]
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
    ports    = ["3306"]
  }
}
""",
    },
)
def mysql_open_to_world(firewall: Resource) -> Iterator[Violation]:
    """Firewall rule lets the whole Internet at MySQL.

    Port 3306 is a login to all the data: passwords are guessed there without pause, and every flaw in the server is
    open to everyone.

    Name the networks of the applications, `source_ranges = ["<range>"]`, or connect through the Cloud SQL Auth Proxy.
    """
    for opening in openings(firewall, single(3306, "tcp")):
        yield opening.violation(3306)
