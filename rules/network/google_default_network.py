"""Networks that nobody has thought about."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import missing, satellites

_FIREWALL = "google_compute_firewall"
_POLICIES = (
    "google_compute_network_firewall_policy_association",
    "google_compute_region_network_firewall_policy_association",
)


@rule(
    id="google-project-default-network",
    severity="high",
    domain="network",
    resources=["google_project"],
    aliases=["CKV_GCP_27", "AVD-GCP-0010"],
    controls={"nist-800-53r5": ["CM-7", "SC-7"], "cis-gcp-2.0": ["3.1"]},
    links=["https://cloud.google.com/vpc/docs/vpc#default-network"],
    since="0.2.0",
    bad={
        "nothing said": """
resource "google_project" "shop" {
  name       = "shop"
  project_id = "acme-shop"
  org_id     = "123456789012"
}
""",
        "wanted": """
resource "google_project" "shop" {
  name                = "shop"
  project_id          = "acme-shop"
  folder_id           = "987654321"
  auto_create_network = true
}
""",
    },
    good={
        "not wanted": """
resource "google_project" "shop" {
  name                = "shop"
  project_id          = "acme-shop"
  org_id              = "123456789012"
  auto_create_network = false
}
""",
        "not wanted, as a text": """
resource "google_project" "shop" {
  name                = "shop"
  project_id          = "acme-shop"
  org_id              = "123456789012"
  auto_create_network = "false"
}
""",
    },
    undetermined={
        "a choice that is not known yet": """
resource "terraform_data" "choice" {
  input = false
}

resource "google_project" "shop" {
  name                = "shop"
  project_id          = "acme-shop"
  org_id              = "123456789012"
  auto_create_network = terraform_data.choice.output
}
""",
    },
)
def project_default_network(project: Resource) -> Iterator[Violation]:
    """Project has the default network.

    It has a subnetwork in every region, and rules that let SSH, RDP and ping in from the whole Internet; what is made
    without naming a network stands there.

    Set `auto_create_network = false`, and make a `google_compute_network` with the rules that are needed.
    """
    if project.get("auto_create_network"):
        yield violation("auto_create_network", "the default network is created")


@rule(
    id="google-network-without-firewall",
    severity="medium",
    domain="network",
    resources=["google_compute_network"],
    aliases=["CKV2_GCP_18"],
    controls={"nist-800-53r5": ["AC-4", "SC-7"]},
    links=["https://cloud.google.com/firewall/docs/firewalls"],
    since="0.2.0",
    bad={
        "no rule": """
resource "google_compute_network" "main" {
  name                    = "main"
  auto_create_subnetworks = false
}
""",
        "a rule of another network": """
resource "google_compute_network" "main" {
  name = "main"
}

resource "google_compute_firewall" "edge" {
  name          = "edge"
  network       = "edge"
  source_ranges = ["10.0.0.0/8"]

  allow {
    protocol = "icmp"
  }
}
""",
    },
    good={
        "a rule by reference": """
resource "google_compute_network" "main" {
  name                    = "main"
  auto_create_subnetworks = false
}

resource "google_compute_firewall" "internal" {
  name          = "internal"
  network       = google_compute_network.main.id
  source_ranges = ["10.0.0.0/8"]

  allow {
    protocol = "icmp"
  }
}
""",
        "a rule by name": """
resource "google_compute_network" "main" {
  name = "main"
}

resource "google_compute_firewall" "internal" {
  name          = "internal"
  network       = "main"
  source_ranges = ["10.0.0.0/8"]

  allow {
    protocol = "icmp"
  }
}
""",
        "a policy": """
resource "google_compute_network" "main" {
  name = "main"
}

resource "google_compute_network_firewall_policy_association" "main" {
  name              = "main"
  firewall_policy   = "baseline"
  attachment_target = google_compute_network.main.id
}
""",
        "a policy for one region": """
resource "google_compute_network" "main" {
  name                    = "main"
  auto_create_subnetworks = false
}

resource "google_compute_region_network_firewall_policy_association" "main" {
  name              = "main"
  region            = "europe-west4"
  firewall_policy   = "base"
  attachment_target = google_compute_network.main.id
}
""",
    },
)
def network_without_firewall(network: Resource) -> Iterator[Violation]:
    """Network has no firewall rules of its own.

    Nothing then says what its machines may talk to: everything goes out, and whoever needs a way in adds a rule by
    hand that no review has seen.

    Add a `google_compute_firewall` with `network = google_compute_network.<name>.id`: what comes in, and a rule with
    `direction = "EGRESS"` that denies the rest.
    """
    if any(satellites(network, kind, via="attachment_target") for kind in _POLICIES):
        return
    if not satellites(network, _FIREWALL, via="network"):
        yield violation("", "no firewall rules", evidence=missing(network, _FIREWALL, via="network"))
