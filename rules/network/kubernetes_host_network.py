"""Whether a pod uses the network of its node."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ..identity._kubernetes_pods import WORKLOADS
from ._kubernetes_host import shared

_LINKS = ["https://kubernetes.io/docs/concepts/security/pod-security-standards/"]


@rule(
    id="kubernetes-host-network-shared",
    severity="high",
    domain="network",
    resources=WORKLOADS,
    aliases=["CKV_K8S_19", "AVD-KSV-0009"],
    controls={"nist-800-53r5": ["AC-6", "SC-7"], "cis-kubernetes-1.23": ["5.2.5"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "a pod": """
resource "kubernetes_pod_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    host_network = true

    container {
      name  = "debug"
      image = "registry.example.com/debug:0.3.0"
    }
  }
}
""",
        "a daemon set, by a text": """
resource "kubernetes_daemonset" "agent" {
  metadata {
    name = "agent"
  }

  spec {
    selector {
      match_labels = { app = "agent" }
    }

    template {
      metadata {
        labels = { app = "agent" }
      }

      spec {
        host_network = "true"

        container {
          name  = "debug"
          image = "registry.example.com/debug:0.3.0"
        }
      }
    }
  }
}
""",
        "the manifest of a cron job": """
resource "kubernetes_manifest" "report" {
  manifest = {
    apiVersion = "batch/v1"
    kind       = "CronJob"
    metadata   = { name = "report", namespace = "shop" }
    spec = {
      schedule = "0 3 * * *"
      jobTemplate = {
        spec = {
          template = {
            spec = {
              hostNetwork   = true
              restartPolicy = "Never"
              containers    = [{ name = "report", image = "registry.example.com/report:1.0.0" }]
            }
          }
        }
      }
    }
  }
}
""",
        "job of the older type": """
resource "kubernetes_job" "agent" {
  metadata {
    name = "agent"
  }

  spec {
    template {
      metadata {
        labels = { app = "agent" }
      }

      spec {
        host_network = true

        container {
          name  = "agent"
          image = "registry.example.com/agent:1.4"
        }
      }
    }
  }
}
""",
        "manifest of a Job": """
resource "kubernetes_manifest" "this" {
  manifest = {
    apiVersion = "batch/v1"
    kind       = "Job"
    metadata   = { name = "app" }
    spec = {
      template = {
        spec = {
          hostNetwork = true
          containers  = [{ name = "agent", image = "registry.example.com/agent:1.4" }]
        }
      }
    }
  }
}
""",
        "manifest of a StatefulSet": """
resource "kubernetes_manifest" "this" {
  manifest = {
    apiVersion = "apps/v1"
    kind       = "StatefulSet"
    metadata   = { name = "app" }
    spec = {
      template = {
        spec = {
          hostNetwork = true
          containers  = [{ name = "agent", image = "registry.example.com/agent:1.4" }]
        }
      }
    }
  }
}
""",
    },
    good={
        "nothing said": """
resource "kubernetes_pod_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    container {
      name  = "debug"
      image = "registry.example.com/debug:0.3.0"
    }
  }
}
""",
        "refused": """
resource "kubernetes_deployment_v1" "shop" {
  metadata {
    name = "shop"
  }

  spec {
    selector {
      match_labels = { app = "shop" }
    }

    template {
      metadata {
        labels = { app = "shop" }
      }

      spec {
        host_network = false

        container {
          name  = "debug"
          image = "registry.example.com/debug:0.3.0"
        }
      }
    }
  }
}
""",
        "other namespaces": """
resource "kubernetes_pod_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    host_pid = true
    host_ipc = true

    container {
      name  = "debug"
      image = "registry.example.com/debug:0.3.0"
    }
  }
}
""",
    },
    undetermined={
        "a choice that is not known yet": """
resource "terraform_data" "choice" {
  input = true
}

resource "kubernetes_pod_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    host_network = terraform_data.choice.output

    container {
      name  = "debug"
      image = "registry.example.com/debug:0.3.0"
    }
  }
}
""",
    },
)
def host_network_shared(workload: Resource) -> Iterator[Violation]:
    """Pod uses the network of its node.

    It reaches what listens on localhost of the node, sees the traffic of other pods, may take the address of the node
    for its own, and network policies do not apply to it.

    Remove `host_network = true`, and publish ports with a `kubernetes_service_v1`.
    """
    yield from shared(workload, "host_network", "network")
