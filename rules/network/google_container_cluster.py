"""Who reaches the control plane of a GKE cluster."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import given, is_left_to_provider
from ._ranges import is_world

_NETWORKS = "master_authorized_networks_config"


@rule(
    id="google-gke-control-plane-open-to-world",
    severity="high",
    domain="network",
    resources=["google_container_cluster"],
    aliases=["CKV_GCP_18", "CKV_GCP_20", "AVD-GCP-0053", "AVD-GCP-0061"],
    controls={"nist-800-53r5": ["AC-17", "SC-7"]},
    links=["https://cloud.google.com/kubernetes-engine/docs/how-to/authorized-networks"],
    bad={
        "no authorized networks": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1
}
""",
        "private nodes, public endpoint": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  private_cluster_config {
    enable_private_nodes    = true
    enable_private_endpoint = false
    master_ipv4_cidr_block  = "172.16.0.0/28"
  }
}
""",
        "every address authorized": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  master_authorized_networks_config {
    cidr_blocks {
      display_name = "office"
      cidr_block   = "198.51.100.0/24"
    }

    cidr_blocks {
      display_name = "all"
      cidr_block   = "0.0.0.0/0"
    }
  }
}
""",
    },
    good={
        "named networks": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  master_authorized_networks_config {
    cidr_blocks {
      display_name = "office"
      cidr_block   = "198.51.100.0/24"
    }
  }
}
""",
        "no network authorized": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  master_authorized_networks_config {}
}
""",
        "private endpoint": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  private_cluster_config {
    enable_private_nodes    = true
    enable_private_endpoint = true
    master_ipv4_cidr_block  = "172.16.0.0/28"
  }
}
""",
        "endpoint by name only": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  control_plane_endpoints_config {
    dns_endpoint_config {
      allow_external_traffic = true
    }

    ip_endpoints_config {
      enabled = false
    }
  }
}
""",
    },
)
def control_plane_open_to_world(cluster: Resource) -> Iterator[Violation]:
    """GKE control plane answers the whole Internet.

    Whoever holds a token that leaked uses it from anywhere, and a flaw in the API server can be tried by everyone.

    Name the networks that may reach it in `cidr_blocks` of `master_authorized_networks_config`, or set
    `enable_private_endpoint = true` in `private_cluster_config`.
    """
    # Provider documentation: no private endpoint by default, and the IP endpoints are on.
    if given(cluster, "private_cluster_config.enable_private_endpoint", False):
        return
    if not given(cluster, "control_plane_endpoints_config.ip_endpoints_config.enabled", True):
        return
    # GKE documentation: without the block every address is let in, with an empty one none is.
    if is_left_to_provider(cluster, _NETWORKS) or not cluster.get(_NETWORKS):
        yield violation(_NETWORKS, "no authorized networks: the control plane is open to every address")
        return
    for path, block in cluster.blocks(f"{_NETWORKS}.cidr_blocks"):
        if is_world(block["cidr_block"]):
            yield violation(f"{path}.cidr_block", f"the control plane is open to {block['cidr_block']}")
            return
