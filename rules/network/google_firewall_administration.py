"""Google VPC firewall rules that let the whole Internet at a way to administer machines."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._google_openings import openings, single

_LINKS = ["https://cloud.google.com/firewall/docs/firewalls"]


@rule(
    id="google-firewall-ssh-open-to-world",
    severity="critical",
    domain="network",
    resources=["google_compute_firewall"],
    aliases=["CKV_GCP_2", "AVD-GCP-0071"],
    controls={"nist-800-53r5": ["AC-17", "SC-7"], "cis-gcp-2.0": ["3.6"]},
    links=_LINKS,
    since="0.2.0",
    wider=["google-firewall-all-ports-open-to-world"],
    bad={
        "one port": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}
""",
        "within a range, over IPv6": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  direction     = "INGRESS"
  source_ranges = ["2001:db8::/32", "2000::/3"]

  allow {
    protocol = "tcp"
    ports    = ["443", "20-25"]
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
        "tags beside the ranges do not narrow them": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_tags   = ["bastion"]
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}
""",
        "beside a source that is not known yet": """
resource "terraform_data" "office" {
  input = "198.51.100.7/32"
}

resource "google_compute_firewall" "office" {
  name          = "office"
  network       = "main"
  source_ranges = ["198.51.100.0/24"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
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
    ports    = ["22"]
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
    ports    = ["22"]
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
    ports    = ["22"]
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
    ports    = ["22"]
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
    ports    = ["22"]
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
    ports    = ["443", "8022", "222"]
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
    ports    = ["22"]
  }
}
""",
        "another port, from a source that is not known yet": """
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
    ports    = ["22"]
  }
}
""",
    },
)
def ssh_open_to_world(firewall: Resource) -> Iterator[Violation]:
    """Firewall rule lets the whole Internet at SSH.

    Port 22 is found within minutes and tried with stolen and guessed passwords from then on; one weak account or one
    flaw in the server is enough to lose the machine.

    Name the ranges that may come in, `source_ranges = ["<range>"]`; 35.235.240.0/20 alone is enough for
    Identity-Aware Proxy.
    """
    for opening in openings(firewall, single(22, "tcp")):
        yield opening.violation(22)


@rule(
    id="google-firewall-rdp-open-to-world",
    severity="critical",
    domain="network",
    resources=["google_compute_firewall"],
    aliases=["CKV_GCP_3", "AVD-GCP-0070"],
    controls={"nist-800-53r5": ["AC-17", "SC-7"], "cis-gcp-2.0": ["3.7"]},
    links=_LINKS,
    since="0.2.0",
    wider=["google-firewall-all-ports-open-to-world"],
    bad={
        "one port": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["3389"]
  }
}
""",
        "within a range, over IPv6": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["::/0"]

  allow {
    protocol = "tcp"
    ports    = ["443", "3300-3400"]
  }
}
""",
        "over UDP": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "udp"
    ports    = ["3389"]
  }
}
""",
        "every protocol": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "ALL"
  }
}
""",
        "UDP by its number": """
resource "google_compute_firewall" "desktops" {
  name          = "desktops"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "17"
    ports    = ["3389"]
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
    ports    = ["3389"]
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
    ports    = ["3389"]
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
    ports    = ["3389"]
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
    ports    = ["443", "33890"]
  }
}
""",
        "the same port of SCTP": """
resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "sctp"
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
    ports    = ["3389"]
  }
}
""",
    },
)
def rdp_open_to_world(firewall: Resource) -> Iterator[Violation]:
    """Firewall rule lets the whole Internet at RDP.

    Port 3389 is found within minutes and tried with stolen and guessed passwords from then on; flaws in Remote
    Desktop have let strangers in without any.

    Name the ranges that may come in, `source_ranges = ["<range>"]`; 35.235.240.0/20 alone is enough for
    Identity-Aware Proxy.
    """
    for opening in openings(firewall, single(3389, "tcp", "udp")):
        yield opening.violation(3389)
