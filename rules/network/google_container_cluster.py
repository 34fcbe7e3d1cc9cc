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
    aliases=["CKV_GCP_18", "AVD-GCP-0053"],
    controls={"nist-800-53r5": ["AC-17", "SC-7"]},
    links=["https://cloud.google.com/kubernetes-engine/docs/how-to/authorized-networks"],
    bad={
        "every address, behind an office": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  master_authorized_networks_config {
    cidr_blocks {
      cidr_block = "198.51.100.0/24"
    }

    cidr_blocks {
      cidr_block = "0.0.0.0/0"
    }
  }
}
""",
        "every address over IPv6": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  master_authorized_networks_config {
    cidr_blocks {
      cidr_block = "::/0"
    }
  }
}
""",
        "every address beside private nodes": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  master_authorized_networks_config {
    cidr_blocks {
      cidr_block = "0.0.0.0/0"
    }
  }

  private_cluster_config {
    enable_private_nodes    = true
    enable_private_endpoint = false
    master_ipv4_cidr_block  = "172.16.0.0/28"
  }
}
""",
        "half of the Internet at a time": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  master_authorized_networks_config {
    cidr_blocks {
      cidr_block = "0.0.0.0/1"
    }

    cidr_blocks {
      cidr_block = "128.0.0.0/1"
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
      cidr_block = "198.51.100.0/24"
    }

    cidr_blocks {
      cidr_block = "10.0.0.0/8"
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
        "nothing said is another rule's": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1
}
""",
        "private endpoint": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  master_authorized_networks_config {
    cidr_blocks {
      cidr_block = "0.0.0.0/0"
    }
  }

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

  master_authorized_networks_config {
    cidr_blocks {
      cidr_block = "0.0.0.0/0"
    }
  }

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
    undetermined={
        "a network that is not known yet": """
resource "terraform_data" "choice" {
  input = "198.51.100.0/24"
}

resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  master_authorized_networks_config {
    cidr_blocks {
      cidr_block = terraform_data.choice.output
    }
  }
}
""",
    },
)
def control_plane_open_to_world(cluster: Resource) -> Iterator[Violation]:
    """GKE control plane is authorized for the whole Internet.

    Whoever holds a token that leaked uses it from anywhere, and a flaw in the API server can be tried by everyone.

    Name the networks of administrators in `cidr_blocks { cidr_block = "<range>" }` of
    `master_authorized_networks_config`, or set `enable_private_endpoint = true` in `private_cluster_config`.
    """
    if is_left_to_provider(cluster, _NETWORKS):
        return
    for path, block in cluster.blocks(f"{_NETWORKS}.cidr_blocks"):
        if is_world(block["cidr_block"]) and _has_public_endpoint(cluster):
            yield violation(f"{path}.cidr_block", f"the control plane is open to {block['cidr_block']}")
            return


@rule(
    id="google-gke-authorized-networks-missing",
    severity="high",
    domain="network",
    resources=["google_container_cluster"],
    aliases=["CKV_GCP_20", "AVD-GCP-0061"],
    controls={"nist-800-53r5": ["AC-17", "SC-7"]},
    links=["https://cloud.google.com/kubernetes-engine/docs/how-to/authorized-networks"],
    since="0.2.0",
    bad={
        "nothing said": """
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
        "private endpoint, open to every machine inside": """
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
    good={
        "named networks": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  master_authorized_networks_config {
    cidr_blocks {
      cidr_block = "198.51.100.0/24"
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
def authorized_networks_missing(cluster: Resource) -> Iterator[Violation]:
    """GKE control plane takes connections from any network.

    Without authorized networks its public endpoint answers the whole Internet, and its private one every machine that
    has a way there. Whoever holds a token that leaked uses it from anywhere.

    Name the networks of administrators: `master_authorized_networks_config { cidr_blocks { cidr_block = "<range>" }
    }`. An empty block lets in only what Google needs.
    """
    # GKE documentation: without the block every address is let in, with an empty one none is.
    if not given(cluster, _NETWORKS, ()) and _has_ip_endpoint(cluster):
        yield violation(_NETWORKS, "no authorized networks: every address is let in")


def _has_public_endpoint(cluster: Resource) -> bool:
    """Provider documentation: no private endpoint by default."""
    private = given(cluster, "private_cluster_config.enable_private_endpoint", False)
    return not private and _has_ip_endpoint(cluster)


def _has_ip_endpoint(cluster: Resource) -> bool:
    """Provider documentation: the endpoints with IP addresses are on by default."""
    return bool(given(cluster, "control_plane_endpoints_config.ip_endpoints_config.enabled", True))
