"""Google VPC firewall rules that let the whole Internet at services in the clear."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._google_openings import openings, single

_LINKS = ["https://cloud.google.com/firewall/docs/firewalls"]


@rule(
    id="google-firewall-ftp-open-to-world",
    severity="high",
    domain="network",
    resources=["google_compute_firewall"],
    aliases=["CKV_GCP_75"],
    controls={"nist-800-53r5": ["SC-7", "SC-8"]},
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
    ports    = ["21"]
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
    ports    = ["8443", "19-23"]
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
    ports    = ["21"]
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
    ports    = ["210", "8443"]
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
    ports    = ["21"]
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
    ports    = ["21"]
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
    ports    = ["21"]
  }
}
""",
    },
)
def ftp_open_to_world(firewall: Resource) -> Iterator[Violation]:
    """Firewall rule lets the whole Internet at FTP.

    FTP (21) sends passwords and files in the clear, and its servers are tried with guessed passwords without pause.

    Take the port out of `ports`, and hand files over with SFTP or a storage bucket; else name the ranges,
    `source_ranges = ["<range>"]`.
    """
    for opening in openings(firewall, single(21, "tcp")):
        yield opening.violation(21)


@rule(
    id="google-firewall-ftp-data-open-to-world",
    severity="high",
    domain="network",
    resources=["google_compute_firewall"],
    aliases=["CKV_GCP_77"],
    controls={"nist-800-53r5": ["SC-7", "SC-8"]},
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
    ports    = ["20"]
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
    ports    = ["8443", "18-22"]
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
    ports    = ["20"]
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
    ports    = ["200", "8443"]
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
    ports    = ["20"]
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
    ports    = ["20"]
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
    ports    = ["20"]
  }
}
""",
    },
)
def ftp_data_open_to_world(firewall: Resource) -> Iterator[Violation]:
    """Firewall rule lets the whole Internet at the data port of FTP.

    Files come over port 20 in the clear, for whoever listens on the way.

    Take the port out of `ports`, and hand files over with SFTP or a storage bucket; else name the ranges,
    `source_ranges = ["<range>"]`.
    """
    for opening in openings(firewall, single(20, "tcp")):
        yield opening.violation(20)


@rule(
    id="google-firewall-http-open-to-world",
    severity="medium",
    domain="network",
    resources=["google_compute_firewall"],
    aliases=["CKV_GCP_106"],
    controls={"nist-800-53r5": ["SC-7", "SC-8"]},
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
    ports    = ["80"]
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
    ports    = ["8443", "78-82"]
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
    ports    = ["80"]
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
    ports    = ["800", "8443"]
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
    ports    = ["80"]
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
    ports    = ["80"]
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
    ports    = ["80"]
  }
}
""",
    },
)
def http_open_to_world(firewall: Resource) -> Iterator[Violation]:
    """Firewall rule lets the whole Internet at unencrypted HTTP.

    What comes over port 80 can be read and changed on the way, and machines that answer there themselves have no load
    balancer before them that filters and redirects.

    Let a load balancer redirect to HTTPS, and the machines take only its ranges: `source_ranges = ["130.211.0.0/22",
    "35.191.0.0/16"]`.
    """
    for opening in openings(firewall, single(80, "tcp")):
        yield opening.violation(80)
