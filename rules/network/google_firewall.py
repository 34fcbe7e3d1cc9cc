"""What a Google VPC firewall rule lets in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from planguard import Resource, Violation, rule, violation

from .._satellite import given
from ._ranges import ALL_PORTS, admin_ports_in, all_hold, is_world, ports_of, shown_ports

# IANA protocol numbers stand for the names.
_PROTOCOLS = {"6": "tcp", "17": "udp", "132": "sctp"}
_WEB = (80, 443)
Wanted = Callable[[str, str], bool]


@rule(
    id="google-firewall-admin-port-open-to-world",
    severity="critical",
    domain="network",
    resources=["google_compute_firewall"],
    aliases=[
        "CKV_GCP_2",
        "CKV_GCP_3",
        "CKV2_GCP_12",
        "AVD-GCP-0027",
        "AVD-GCP-0070",
        "AVD-GCP-0071",
        "AVD-GCP-0072",
    ],
    controls={"nist-800-53r5": ["AC-17", "SC-7"], "cis-gcp-2.0": ["3.6", "3.7"]},
    links=["https://cloud.google.com/firewall/docs/firewalls"],
    bad={
        "SSH": """
resource "google_compute_firewall" "ssh" {
  name          = "ssh"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}
""",
        "RDP within a range, over IPv6": """
resource "google_compute_firewall" "range" {
  name          = "range"
  network       = "main"
  direction     = "INGRESS"
  source_ranges = ["2001:db8::/32", "2000::/3"]

  allow {
    protocol = "tcp"
    ports    = ["443", "3300-3400"]
  }
}
""",
        "a slip of the pen that lets everyone in": """
resource "google_compute_firewall" "internal" {
  name          = "internal"
  network       = "main"
  source_ranges = ["10.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["0-65535"]
  }
}
""",
        "every TCP port, by protocol number": """
resource "google_compute_firewall" "tcp" {
  name          = "tcp"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "icmp"
  }

  allow {
    protocol = "6"
  }
}
""",
        "every protocol, half of the Internet at a time": """
resource "google_compute_firewall" "all" {
  name          = "all"
  network       = "main"
  source_ranges = ["0.0.0.0/1", "128.0.0.0/1"]

  allow {
    protocol = "all"
  }
}
""",
        "tags beside the ranges do not narrow them": """
resource "google_compute_firewall" "tagged" {
  name          = "tagged"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]
  source_tags   = ["bastion"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}
""",
    },
    good={
        "SSH through Identity-Aware Proxy": """
resource "google_compute_firewall" "iap" {
  name          = "iap"
  network       = "main"
  source_ranges = ["35.235.240.0/20"]

  allow {
    protocol = "tcp"
    ports    = ["22", "3389"]
  }
}
""",
        "HTTPS from everywhere": """
resource "google_compute_firewall" "web" {
  name          = "web"
  network       = "main"
  source_ranges = ["0.0.0.0/0", "::/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}
""",
        "outwards": """
resource "google_compute_firewall" "out" {
  name               = "out"
  network            = "main"
  direction          = "EGRESS"
  source_ranges      = ["0.0.0.0/0"]
  destination_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}
""",
        "HTTPS from an address that is not known yet": """
resource "google_compute_address" "office" {
  name   = "office"
  region = "europe-west4"
}

resource "google_compute_firewall" "web" {
  name          = "web"
  network       = "main"
  source_ranges = [google_compute_address.office.address]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}
""",
        "disabled": """
resource "google_compute_firewall" "spare" {
  name          = "spare"
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
resource "google_compute_firewall" "deny" {
  name          = "deny"
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
    },
)
def admin_port_open_to_world(firewall: Resource) -> Iterator[Violation]:
    """Firewall rule lets the whole Internet at an administrative port.

    SSH (22) and RDP (3389) that anyone can reach are found within minutes and tried with stolen and guessed
    passwords from then on; one weak account or one flaw in the server is enough to lose the machine.

    Name the ranges that may come in in `source_ranges`; 35.235.240.0/20 alone is enough for Identity-Aware Proxy.
    """
    for path, text, _, source in _open_ports(firewall, _is_admin):
        yield violation(path, f"{shown_ports(text, admin_ports_in(text))} from {source}")


@rule(
    id="google-firewall-service-port-open-to-world",
    severity="high",
    domain="network",
    resources=["google_compute_firewall"],
    aliases=["CKV_GCP_75", "CKV_GCP_77", "CKV_GCP_88", "AVD-GCP-0027"],
    controls={"nist-800-53r5": ["SC-7"]},
    links=["https://cloud.google.com/firewall/docs/firewalls"],
    bad={
        "a database": """
resource "google_compute_firewall" "db" {
  name          = "db"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443", "5432"]
  }
}
""",
        "every UDP port over IPv6": """
resource "google_compute_firewall" "udp" {
  name          = "udp"
  network       = "main"
  source_ranges = ["::/0"]

  allow {
    protocol = "UDP"
  }
}
""",
        "a range around 443": """
resource "google_compute_firewall" "range" {
  name          = "range"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["80-443"]
  }
}
""",
    },
    good={
        "web ports": """
resource "google_compute_firewall" "web" {
  name          = "web"
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
resource "google_compute_firewall" "db" {
  name          = "db"
  network       = "main"
  source_ranges = ["10.0.0.0/8", "198.51.100.0/24"]

  allow {
    protocol = "tcp"
    ports    = ["5432"]
  }
}
""",
        "what the rule on administrative ports says already": """
resource "google_compute_firewall" "all" {
  name          = "all"
  network       = "main"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }

  allow {
    protocol = "all"
  }
}
""",
        "outwards": """
resource "google_compute_firewall" "out" {
  name               = "out"
  network            = "main"
  direction          = "EGRESS"
  destination_ranges = ["0.0.0.0/0"]

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

    Databases, caches, message brokers and administration pages are made for known clients; open to everyone, each
    is a target of its own, and many answer without a password.

    Name the ranges that may come in in `source_ranges`, or put the service behind a load balancer and let in only
    the load balancer's ranges.
    """
    for path, text, protocol, source in _open_ports(firewall, _is_service):
        shown = "all ports" if text == ALL_PORTS else text
        yield violation(path, f"{shown}/{protocol} from {source}")


def _is_admin(protocol: str, text: str) -> bool:
    return protocol in ("tcp", "all") and bool(admin_ports_in(text))


def _is_service(protocol: str, text: str) -> bool:
    if protocol not in _PROTOCOLS.values() or _is_admin(protocol, text):
        return False
    first, last = ports_of(text)
    return first != last or first not in _WEB


def _open_ports(firewall: Resource, wanted: Wanted) -> Iterator[tuple[str, str, str, str]]:
    """Path, ports, protocol and source of what is open to everyone and wanted.

    Tags and service accounts of the source are left aside: they add to the ranges and do not narrow them.
    """
    sources = firewall.get("source_ranges", ())
    for path, block in firewall.blocks("allow"):
        if all_hold(
            # Provider documentation: ingress by default, and enabled.
            (given(firewall, "direction", "INGRESS"), lambda direction: bool(direction == "INGRESS")),
            (firewall.get("disabled", False), lambda disabled: not disabled),
            (sources, lambda sources: any(map(is_world, sources))),
            (block, lambda block: any(wanted(*one) for one in _entries(block))),
        ):
            source = next(one for one in sources if is_world(one))
            for protocol, text in _entries(block):
                if wanted(protocol, text):
                    yield f"{path}.ports", text, protocol, source


def _entries(block: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Protocol and ports of a block; without ports, it is about all of them."""
    name = block["protocol"].lower()
    protocol = _PROTOCOLS.get(name, name)
    for text in block.get("ports") or (ALL_PORTS,):
        yield protocol, text
