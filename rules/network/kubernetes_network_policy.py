"""What a network policy lets in and out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource, Violation, rule, violation

from ..identity._kubernetes_manifest import MANIFEST, blocks, field, inner, is_manifest, manifest_kind

_DIRECTIONS = {"ingress": ("Ingress", "from"), "egress": ("Egress", "to")}


@rule(
    id="kubernetes-network-policy-open-to-world",
    severity="high",
    domain="network",
    resources=["kubernetes_network_policy", "kubernetes_network_policy_v1", MANIFEST],
    aliases=["AVD-KUBE-0001", "AVD-KUBE-0002", "KUBE-0001", "KUBE-0002"],
    controls={"nist-800-53r5": ["AC-4", "SC-7"]},
    links=["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
    bad={
        "in from every IPv4 address": """
resource "kubernetes_network_policy_v1" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }

  spec {
    pod_selector {
      match_labels = { app = "web" }
    }

    ingress {
      from {
        ip_block {
          cidr   = "0.0.0.0/0"
          except = ["169.254.169.254/32"]
        }
      }

      ports {
        port     = "8080"
        protocol = "TCP"
      }
    }

    policy_types = ["Ingress"]
  }
}
""",
        "out to every IPv6 address": """
resource "kubernetes_network_policy_v1" "worker" {
  metadata {
    name      = "worker"
    namespace = "shop"
  }

  spec {
    pod_selector {
      match_labels = { app = "worker" }
    }

    egress {
      to {
        ip_block {
          cidr = "10.0.0.0/8"
        }
      }

      to {
        ip_block {
          cidr = "::/0"
        }
      }
    }

    policy_types = ["Egress"]
  }
}
""",
        "everything in to every pod": """
resource "kubernetes_network_policy" "open" {
  metadata {
    name      = "open"
    namespace = "shop"
  }

  spec {
    pod_selector {}
    ingress {}
    policy_types = ["Ingress"]
  }
}
""",
        "one port of every pod": """
resource "kubernetes_network_policy_v1" "metrics" {
  metadata {
    name      = "metrics"
    namespace = "shop"
  }

  spec {
    pod_selector {}

    ingress {
      ports {
        port     = "9090"
        protocol = "TCP"
      }
    }

    policy_types = ["Ingress"]
  }
}
""",
        "everything out of every pod": """
resource "kubernetes_network_policy_v1" "out" {
  metadata {
    name      = "out"
    namespace = "shop"
  }

  spec {
    pod_selector {}
    egress {}

    policy_types = ["Egress"]
  }
}
""",
        "in a manifest": """
resource "kubernetes_manifest" "web" {
  manifest = {
    apiVersion = "networking.k8s.io/v1"
    kind       = "NetworkPolicy"
    metadata   = { name = "web", namespace = "shop" }
    spec = {
      podSelector = { matchLabels = { app = "web" } }
      ingress     = [{ from = [{ ipBlock = { cidr = "0.0.0.0/0" } }] }]
    }
  }
}
""",
    },
    good={
        "nothing in, nothing out": """
resource "kubernetes_network_policy_v1" "default_deny" {
  metadata {
    name      = "default-deny"
    namespace = "shop"
  }

  spec {
    pod_selector {}
    policy_types = ["Ingress", "Egress"]
  }
}
""",
        "a range and a namespace": """
resource "kubernetes_network_policy_v1" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }

  spec {
    pod_selector {
      match_labels = { app = "web" }
    }

    ingress {
      from {
        ip_block {
          cidr = "10.20.0.0/16"
        }
      }

      from {
        namespace_selector {
          match_labels = { name = "edge" }
        }
      }
    }

    policy_types = ["Ingress"]
  }
}
""",
        "name resolution for every pod": """
resource "kubernetes_network_policy_v1" "dns" {
  metadata {
    name      = "dns"
    namespace = "shop"
  }

  spec {
    pod_selector {}

    egress {
      ports {
        port     = "53"
        protocol = "UDP"
      }
    }

    policy_types = ["Egress"]
  }
}
""",
        "every pod from one namespace": """
resource "kubernetes_network_policy_v1" "edge" {
  metadata {
    name      = "edge"
    namespace = "shop"
  }

  spec {
    pod_selector {}

    ingress {
      from {
        namespace_selector {
          match_labels = { name = "edge" }
        }
      }
    }

    policy_types = ["Ingress"]
  }
}
""",
        "one port of the pods that are there for it": """
resource "kubernetes_network_policy_v1" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }

  spec {
    pod_selector {
      match_expressions {
        key      = "app"
        operator = "In"
        values   = ["web"]
      }
    }

    ingress {
      ports {
        port     = "8080"
        protocol = "TCP"
      }
    }

    policy_types = ["Ingress"]
  }
}
""",
        "any peer of the pods that are there for it": """
resource "kubernetes_network_policy_v1" "proxy" {
  metadata {
    name      = "proxy"
    namespace = "shop"
  }

  spec {
    pod_selector {
      match_labels = { app = "proxy" }
    }

    egress {}

    policy_types = ["Egress"]
  }
}
""",
        "a direction that the policy does not govern": """
resource "kubernetes_network_policy_v1" "worker" {
  metadata {
    name      = "worker"
    namespace = "shop"
  }

  spec {
    pod_selector {
      match_labels = { app = "worker" }
    }

    egress {
      to {
        ip_block {
          cidr = "0.0.0.0/0"
        }
      }
    }

    policy_types = ["Ingress"]
  }
}
""",
    },
)
def network_policy_open_to_world(policy: Resource) -> Iterator[Violation]:
    """Network policy is open to every address.

    Policies only ever add up: what one of them allows, no other takes back. Open to all of the internet, it undoes
    the default deny beside it for the pods that it selects.

    Name the ranges, namespaces or pods that need the way. Let traffic of the internet end at a load balancer or an
    egress gateway, and allow that.
    """
    if is_manifest(policy) and manifest_kind(policy) != "NetworkPolicy":
        return
    for path, spec in blocks(policy, "spec"):
        for direction, (governed, peers) in _DIRECTIONS.items():
            types = field(spec, "policy_types")
            if types and governed not in types:
                continue
            yield from _open_peers(policy, direction, peers)
            if _selects_all(path, spec):
                yield from _open_rules(policy, direction, peers)


def _open_peers(policy: Resource, direction: str, peers: str) -> Iterator[Violation]:
    for place, peer in blocks(policy, f"spec.{direction}.{peers}"):
        path, block = inner(place, peer, "ip_block")
        cidr = field(block, "cidr")
        if cidr and cidr.endswith("/0"):
            yield violation(f"{path}.cidr", f"{direction} {peers} {cidr}{_except(block)}")


def _open_rules(policy: Resource, direction: str, peers: str) -> Iterator[Violation]:
    """Rules without peers: from or to anywhere. Egress on named ports (name resolution) is usual, and passes."""
    for path, allowed in blocks(policy, f"spec.{direction}"):
        if not field(allowed, peers) and not (direction == "egress" and field(allowed, "ports")):
            yield violation(path, f"{direction} {peers} anywhere, for every pod of the namespace")


def _selects_all(path: str, spec: dict[str, Any]) -> bool:
    _, selector = inner(path, spec, "pod_selector")
    return not field(selector, "match_labels") and not field(selector, "match_expressions")


def _except(block: dict[str, Any]) -> str:
    excepted = field(block, "except")
    return f" except {', '.join(sorted(excepted))}" if excepted else ""
