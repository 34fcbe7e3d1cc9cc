"""Which identities the pods of a GKE cluster can get hold of."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._google_nodes import NODE_TYPES, node_configs, node_value
from .._satellite import given


@rule(
    id="google-gke-metadata-server-off",
    severity="high",
    domain="network",
    resources=NODE_TYPES,
    aliases=["CKV_GCP_69", "AVD-GCP-0057"],
    controls={"nist-800-53r5": ["AC-6", "SC-7"]},
    links=["https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity"],
    since="0.2.0",
    bad={
        "nothing said": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1
}
""",
        "a pool that says nothing": """
resource "google_container_node_pool" "app" {
  name       = "app"
  cluster    = "projects/acme-shop/locations/europe-west4/clusters/app"
  node_count = 1

  node_config {
    machine_type = "e2-standard-4"
  }
}
""",
        "metadata of the node": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  node_config {
    workload_metadata_config {
      mode = "GCE_METADATA"
    }
  }
}
""",
        "metadata of the node, though the cluster has identities": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  node_config {
    workload_metadata_config {
      mode = "GCE_METADATA"
    }
  }

  workload_identity_config {
    workload_pool = "acme-shop.svc.id.goog"
  }
}
""",
        "a pool whose mode is left open": """
resource "google_container_node_pool" "app" {
  name       = "app"
  cluster    = "projects/acme-shop/locations/europe-west4/clusters/app"
  node_count = 1

  node_config {
    workload_metadata_config {
      mode = "MODE_UNSPECIFIED"
    }
  }
}
""",
    },
    good={
        "switched on": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  node_config {
    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }
}
""",
        "switched on in a pool": """
resource "google_container_node_pool" "app" {
  name       = "app"
  cluster    = "projects/acme-shop/locations/europe-west4/clusters/app"
  node_count = 1

  node_config {
    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }
}
""",
        "default pool removed": """
resource "google_container_cluster" "app" {
  name                     = "app"
  location                 = "europe-west4"
  initial_node_count       = 1
  remove_default_node_pool = true
}
""",
        "a cluster with identities, whose nodes have it by default": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  workload_identity_config {
    workload_pool = "acme-shop.svc.id.goog"
  }
}
""",
        "a pool of a cluster with identities": """
resource "google_container_cluster" "app" {
  name                     = "app"
  location                 = "europe-west4"
  initial_node_count       = 1
  remove_default_node_pool = true

  workload_identity_config {
    workload_pool = "acme-shop.svc.id.goog"
  }
}

resource "google_container_node_pool" "app" {
  name       = "app"
  cluster    = google_container_cluster.app.name
  node_count = 1
}
""",
        "autopilot, which Google configures": """
resource "google_container_cluster" "app" {
  name             = "app"
  location         = "europe-west4"
  enable_autopilot = true
}
""",
        "switched on, by the names of older versions of the provider": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  node_config {
    workload_metadata_config {
      node_metadata = "GKE_METADATA_SERVER"
    }
  }
}
""",
    },
    undetermined={
        "a mode that is not known yet": """
resource "terraform_data" "choice" {
  input = "GKE_METADATA"
}

resource "google_container_node_pool" "app" {
  name       = "app"
  cluster    = "projects/acme-shop/locations/europe-west4/clusters/app"
  node_count = 1

  node_config {
    workload_metadata_config {
      mode = terraform_data.choice.output
    }
  }
}
""",
    },
)
def metadata_server_off(cluster: Resource) -> Iterator[Violation]:
    """GKE pods reach the metadata server of their node.

    A pod asks there for the token of the node's service account, and for the keys that the kubelet came up with. One
    application that fetches addresses of strangers is enough.

    Set `workload_metadata_config { mode = "GKE_METADATA" }` in `node_config`, and `workload_identity_config {
    workload_pool = "<project>.svc.id.goog" }` on the cluster.
    """
    for place in node_configs(cluster):
        metadata = f"{place}.workload_metadata_config"
        # node_metadata: the name of it before version 4 of the provider
        mode = node_value(cluster, f"{metadata}.mode", "") or node_value(cluster, f"{metadata}.node_metadata", "")
        # GKE documentation: new nodes of a cluster with workload identity have it by default.
        if mode not in ("GKE_METADATA", "GKE_METADATA_SERVER") and (mode or not _has_identities(cluster)):
            yield violation(metadata, f"the mode is {mode or 'not set'}")


def _has_identities(resource: Resource) -> bool:
    """Whether the cluster, or that of a pool, has workload identity."""
    clusters = [resource] if resource.type == NODE_TYPES[0] else resource.references(NODE_TYPES[0], via="cluster")
    return any(given(cluster, "workload_identity_config", ()) for cluster in clusters)
