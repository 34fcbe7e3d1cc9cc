"""Networks of the nodes and pods of a GKE cluster."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import given

_PRIVATE = "private_cluster_config"
_DATAPLANE_V2 = "ADVANCED_DATAPATH"


@rule(
    id="google-gke-nodes-public",
    severity="medium",
    domain="network",
    resources=["google_container_cluster"],
    aliases=["CKV_GCP_64", "AVD-GCP-0059"],
    controls={"nist-800-53r5": ["SC-7"]},
    links=["https://cloud.google.com/kubernetes-engine/docs/how-to/private-clusters"],
    since="0.2.0",
    bad={
        "nothing said": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1
}
""",
        "switched off": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  private_cluster_config {
    enable_private_nodes    = false
    enable_private_endpoint = true
    master_ipv4_cidr_block  = "172.16.0.0/28"
  }
}
""",
        "not said in the block": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  private_cluster_config {
    enable_private_endpoint = true
    master_ipv4_cidr_block  = "172.16.0.0/28"
  }
}
""",
    },
    good={
        "private nodes": """
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
        "private nodes, as a text": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  private_cluster_config {
    enable_private_nodes    = "true"
    master_ipv4_cidr_block  = "172.16.0.0/28"
  }
}
""",
    },
    undetermined={
        "a choice that is not known yet": """
resource "terraform_data" "choice" {
  input = true
}

resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  private_cluster_config {
    enable_private_nodes    = terraform_data.choice.output
    enable_private_endpoint = false
    master_ipv4_cidr_block  = "172.16.0.0/28"
  }
}
""",
    },
)
def nodes_public(cluster: Resource) -> Iterator[Violation]:
    """GKE nodes have public IP addresses.

    Whatever the firewall lets through, now or after a later mistake, reaches the kubelet and what pods open on the
    node, straight from the Internet.

    Set `enable_private_nodes = true` in `private_cluster_config`; Cloud NAT is the way out.
    """
    # Provider documentation: false by default.
    if not given(cluster, f"{_PRIVATE}.enable_private_nodes", False):
        yield violation(f"{_PRIVATE}[0].enable_private_nodes", "nodes have public addresses")


@rule(
    id="google-gke-cluster-not-private",
    severity="medium",
    domain="network",
    resources=["google_container_cluster"],
    aliases=["CKV_GCP_25"],
    controls={"nist-800-53r5": ["SC-7"]},
    links=["https://cloud.google.com/kubernetes-engine/docs/how-to/private-clusters"],
    since="0.2.0",
    wider=["google-gke-nodes-public"],
    bad={
        "nothing said": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1
}
""",
        "neither nodes nor endpoint": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  private_cluster_config {
    enable_private_nodes    = false
    enable_private_endpoint = false
    master_ipv4_cidr_block  = "172.16.0.0/28"
  }
}
""",
    },
    good={
        "private nodes": """
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
        "private endpoint": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  private_cluster_config {
    enable_private_nodes    = false
    enable_private_endpoint = true
    master_ipv4_cidr_block  = "172.16.0.0/28"
  }
}
""",
        "both": """
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
    },
    undetermined={
        "a choice that is not known yet": """
resource "terraform_data" "choice" {
  input = true
}

resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  private_cluster_config {
    enable_private_nodes    = terraform_data.choice.output
    enable_private_endpoint = false
    master_ipv4_cidr_block  = "172.16.0.0/28"
  }
}
""",
    },
)
def cluster_not_private(cluster: Resource) -> Iterator[Violation]:
    """GKE cluster is public altogether.

    Both its nodes and its control plane have addresses on the Internet, so that firewall rules alone keep strangers
    away.

    Set `enable_private_nodes = true` in `private_cluster_config`, and `enable_private_endpoint = true` where
    administrators come over the network.
    """
    names = ("enable_private_nodes", "enable_private_endpoint")
    if not any(given(cluster, f"{_PRIVATE}.{name}", False) for name in names):
        yield violation(_PRIVATE, "nodes and control plane are public")


@rule(
    id="google-gke-network-policy-off",
    severity="medium",
    domain="network",
    resources=["google_container_cluster"],
    aliases=["CKV_GCP_12", "AVD-GCP-0056"],
    controls={"nist-800-53r5": ["AC-4", "SC-7"]},
    links=["https://cloud.google.com/kubernetes-engine/docs/how-to/network-policy"],
    since="0.2.0",
    bad={
        "nothing said": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1
}
""",
        "switched off": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  network_policy {
    enabled = false
  }
}
""",
        "the older data plane": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1
  datapath_provider  = "LEGACY_DATAPATH"
}
""",
    },
    good={
        "switched on": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  network_policy {
    enabled = true
  }
}
""",
        "Dataplane V2": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1
  datapath_provider  = "ADVANCED_DATAPATH"
}
""",
        "autopilot": """
resource "google_container_cluster" "app" {
  name             = "app"
  location         = "europe-west4"
  enable_autopilot = true
}
""",
    },
    undetermined={
        "a choice that is not known yet": """
resource "terraform_data" "choice" {
  input = true
}

resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  network_policy {
    enabled = terraform_data.choice.output
  }
}
""",
    },
)
def network_policy_off(cluster: Resource) -> Iterator[Violation]:
    """GKE cluster enforces no network policies.

    Network policies may be written, but every pod still reaches every other, and one with a flaw reaches the
    databases and consoles of all teams.

    Set `datapath_provider = "ADVANCED_DATAPATH"` on a new cluster, or `network_policy { enabled = true }` on one that
    exists.
    """
    # Autopilot clusters run Dataplane V2: cloud.google.com/kubernetes-engine/docs/concepts/autopilot-overview
    if cluster.get("enable_autopilot") or cluster.effective("datapath_provider", "") == _DATAPLANE_V2:
        return
    if not any(block["enabled"] for _, block in cluster.blocks("network_policy")):
        yield violation("network_policy", "network policies are not enforced")
