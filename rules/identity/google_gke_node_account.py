"""Whose rights GKE nodes carry."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, is_unknown, rule, violation

from .._google_nodes import NODE_TYPES, node_configs, node_value

_DEFAULT = "-compute@developer.gserviceaccount.com"
_AUTOPILOT = "cluster_autoscaling.auto_provisioning_defaults"
_LINKS = ["https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#use_least_privilege_sa"]


@rule(
    id="google-gke-node-default-service-account",
    severity="medium",
    domain="identity",
    resources=NODE_TYPES,
    aliases=["AVD-GCP-0050"],
    controls={"nist-800-53r5": ["AC-6"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "cluster that says nothing of its nodes": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1
}
""",
        "cluster whose nodes have no account": """
resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  node_config {
    machine_type = "e2-standard-4"
  }
}
""",
        "pool without an account": """
resource "google_container_node_pool" "app" {
  name       = "app"
  cluster    = "projects/acme-shop/locations/europe-west4/clusters/app"
  node_count = 1

  node_config {
    machine_type = "e2-standard-4"
  }
}
""",
        "pool with the default account by name": """
resource "google_container_node_pool" "app" {
  name       = "app"
  cluster    = "projects/acme-shop/locations/europe-west4/clusters/app"
  node_count = 1

  node_config {
    service_account = "123456789012-compute@developer.gserviceaccount.com"
  }
}
""",
        "default account in the short form": """
resource "google_container_node_pool" "app" {
  name       = "app"
  cluster    = "projects/acme-shop/locations/europe-west4/clusters/app"
  node_count = 1

  node_config {
    service_account = "default"
  }
}
""",
        "second pool inside a cluster": """
resource "google_container_cluster" "app" {
  name     = "app"
  location = "europe-west4"

  node_pool {
    name       = "a"
    node_count = 1

    node_config {
      service_account = "nodes@acme-shop.iam.gserviceaccount.com"
    }
  }

  node_pool {
    name       = "b"
    node_count = 1
  }
}
""",
        "autopilot that says nothing of its nodes": """
resource "google_container_cluster" "app" {
  name             = "app"
  location         = "europe-west4"
  enable_autopilot = true
}
""",
        "autopilot with the default account by name": """
resource "google_container_cluster" "app" {
  name             = "app"
  location         = "europe-west4"
  enable_autopilot = true

  cluster_autoscaling {
    auto_provisioning_defaults {
      service_account = "default"
    }
  }
}
""",
        "pool with an empty name": """
resource "google_container_node_pool" "app" {
  name       = "app"
  cluster    = "projects/acme-shop/locations/europe-west4/clusters/app"
  node_count = 1

  node_config {
    service_account = ""
  }
}
""",
        "an account for the nodes that autoscaling adds, and none for the others": """
resource "google_service_account" "nodes" {
  account_id = "nodes"
}

resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  cluster_autoscaling {
    enabled = true

    auto_provisioning_defaults {
      service_account = google_service_account.nodes.email
    }
  }
}
""",
        "a pool inside a cluster that does not name one": """
resource "google_container_cluster" "app" {
  name     = "app"
  location = "europe-west4"

  node_pool {
    name       = "a"
    node_count = 1

    node_config {
      machine_type = "e2-standard-4"
    }
  }
}
""",
    },
    good={
        "an account of this plan": """
resource "google_service_account" "nodes" {
  account_id = "nodes"
}

resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  node_config {
    service_account = google_service_account.nodes.email
  }
}
""",
        "pool with an account of its own": """
resource "google_container_node_pool" "app" {
  name       = "app"
  cluster    = "projects/acme-shop/locations/europe-west4/clusters/app"
  node_count = 1

  node_config {
    service_account = "nodes@acme-shop.iam.gserviceaccount.com"
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
        "autopilot with an account of its own": """
resource "google_container_cluster" "app" {
  name             = "app"
  location         = "europe-west4"
  enable_autopilot = true

  cluster_autoscaling {
    auto_provisioning_defaults {
      service_account = "nodes@acme-shop.iam.gserviceaccount.com"
    }
  }
}
""",
        "autopilot with an account for its first nodes": """
resource "google_container_cluster" "app" {
  name             = "app"
  location         = "europe-west4"
  enable_autopilot = true

  node_config {
    service_account = "nodes@acme-shop.iam.gserviceaccount.com"
  }
}
""",
        "autopilot with an account of this plan": """
resource "google_service_account" "nodes" {
  account_id = "nodes"
}

resource "google_container_cluster" "app" {
  name             = "app"
  location         = "europe-west4"
  enable_autopilot = true

  cluster_autoscaling {
    auto_provisioning_defaults {
      service_account = google_service_account.nodes.email
    }
  }
}
""",
        "pools inside a cluster": """
resource "google_container_cluster" "app" {
  name     = "app"
  location = "europe-west4"

  node_pool {
    name       = "a"
    node_count = 1

    node_config {
      service_account = "nodes@acme-shop.iam.gserviceaccount.com"
    }
  }
}
""",
    },
    undetermined={
        "an account that is not known yet": """
resource "terraform_data" "account" {
  input = "nodes@acme-shop.iam.gserviceaccount.com"
}

resource "google_container_node_pool" "app" {
  name       = "app"
  cluster    = "projects/acme-shop/locations/europe-west4/clusters/app"
  node_count = 1

  node_config {
    service_account = terraform_data.account.output
  }
}
""",
    },
)
def node_default_service_account(resource: Resource) -> Iterator[Violation]:
    """GKE nodes run as the default service account.

    That account is Editor of the whole project unless someone took the role away. A pod that gets out to its node, or
    asks the metadata server where that is open, has these rights.

    Create a `google_service_account` with the role `roles/container.defaultNodeServiceAccount`, and set
    `service_account = google_service_account.<name>.email` in `node_config`; for autopilot, in
    `auto_provisioning_defaults` of `cluster_autoscaling`.
    """
    # cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster: nodes of autopilot are no exception.
    for place in _autopilot(resource) if resource.get("enable_autopilot") else node_configs(resource):
        # Provider documentation: if not specified, the "default" service account is used.
        account = node_value(resource, f"{place}.service_account", "default")
        if is_unknown(account) and resource.references("google_service_account"):
            continue
        if account == "default" or not account or account.endswith(_DEFAULT):
            yield violation(f"{place}.service_account", "nodes run as the default service account")


def _autopilot(cluster: Resource) -> tuple[str]:
    return ("node_config" if cluster.is_set("node_config.service_account") else _AUTOPILOT,)


@rule(
    id="google-gke-uses-project-default-service-account",
    severity="medium",
    domain="identity",
    resources=["google_project_default_service_accounts"],
    aliases=["CKV2_GCP_1"],
    controls={"nist-800-53r5": ["AC-6"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "nodes of a cluster": """
resource "google_project_default_service_accounts" "this" {
  project = "acme-shop"
  action  = "KEEP"
}

resource "google_container_cluster" "app" {
  name               = "app"
  location           = "europe-west4"
  initial_node_count = 1

  node_config {
    service_account = google_project_default_service_accounts.this.id
  }
}
""",
        "nodes of a pool": """
resource "google_project_default_service_accounts" "this" {
  project = "acme-shop"
  action  = "DEPRIVILEGE"
}

resource "google_container_node_pool" "app" {
  name       = "app"
  cluster    = "projects/acme-shop/locations/europe-west4/clusters/app"
  node_count = 1

  node_config {
    service_account = google_project_default_service_accounts.this.service_accounts["compute"]
  }
}
""",
    },
    good={
        "taken the rights away": """
resource "google_project_default_service_accounts" "this" {
  project = "acme-shop"
  action  = "DEPRIVILEGE"
}

resource "google_container_node_pool" "app" {
  name       = "app"
  cluster    = "projects/acme-shop/locations/europe-west4/clusters/app"
  node_count = 1

  node_config {
    service_account = "nodes@acme-shop.iam.gserviceaccount.com"
  }
}
""",
    },
)
def project_default_account_for_nodes(accounts: Resource) -> Iterator[Violation]:
    """Default service accounts of a project are used for GKE nodes.

    Every machine, function and application that names no account shares them, so that what the nodes need is granted
    to all of those as well.

    Create a `google_service_account` for the nodes, and set `service_account = google_service_account.<name>.email`
    in `node_config`.
    """
    for kind in NODE_TYPES:
        for nodes in accounts.referrers(kind):
            yield violation("", f"used by {nodes.address}", evidence=[nodes.address])
