"""Ports of the node that a pod takes for itself."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ..identity._kubernetes_manifest import field, inner_blocks, spelt
from ..identity._kubernetes_pods import WORKLOADS, containers, titled


@rule(
    id="kubernetes-host-port",
    severity="high",
    domain="network",
    resources=WORKLOADS,
    aliases=["CKV_K8S_26", "AVD-KSV-0024"],
    controls={"nist-800-53r5": ["CM-7", "SC-7"], "cis-kubernetes-1.23": ["5.2.13"]},
    links=["https://kubernetes.io/docs/concepts/configuration/overview/"],
    since="0.2.0",
    bad={
        "one port": """
resource "kubernetes_pod_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    container {
      name  = "debug"
      image = "registry.example.com/debug:0.3.0"

      port {
        container_port = 8080
        host_port      = 8080
      }
    }
  }
}
""",
        "second port of an init container": """
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
        init_container {
          name  = "warm"
          image = "registry.example.com/warm:1.0.0"

          port {
            container_port = 8080
          }

          port {
            container_port = 9090
            host_port      = 9090
          }
        }

        container {
          name  = "debug"
          image = "registry.example.com/debug:0.3.0"
        }
      }
    }
  }
}
""",
        "in a manifest": """
resource "kubernetes_manifest" "agent" {
  manifest = {
    apiVersion = "v1"
    kind       = "Pod"
    metadata   = { name = "agent", namespace = "shop" }
    spec = {
      containers = [{
        name  = "agent"
        image = "registry.example.com/agent:1.4.2"
        ports = [{ containerPort = 8080, hostPort = 80 }]
      }]
    }
  }
}
""",
    },
    good={
        "a port of its own": """
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
        container {
          name  = "debug"
          image = "registry.example.com/debug:0.3.0"

          port {
            container_port = 8080
          }
        }
      }
    }
  }
}
""",
        "no port": """
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
        "a manifest without ports": """
resource "kubernetes_manifest" "web" {
  manifest = {
    apiVersion = "v1"
    kind       = "Pod"
    metadata   = { name = "web", namespace = "shop" }
    spec       = { containers = [{ name = "web", image = "registry.example.com/web:8.2.0" }] }
  }
}
""",
    },
    undetermined={
        "a port that is not known yet": """
resource "terraform_data" "port" {
  input = 8080
}

resource "kubernetes_pod_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    container {
      name  = "debug"
      image = "registry.example.com/debug:0.3.0"

      port {
        container_port = 8080
        host_port      = terraform_data.port.output
      }
    }
  }
}
""",
    },
)
def host_port(workload: Resource) -> Iterator[Violation]:
    """Container takes a port of its node.

    Whoever reaches the node reaches the container, past services and, with some network plug-ins, past network
    policies; and only one such pod fits on a node.

    Remove `host_port`, and publish the port with a `kubernetes_service_v1`.
    """
    for place, container in containers(workload):
        for path, port in inner_blocks(place, container, "port"):
            if field(port, "host_port"):
                number = field(port, "host_port")
                yield violation(
                    f"{path}.{spelt(port, 'host_port')}", f"{titled('container', container)} takes {number}"
                )
